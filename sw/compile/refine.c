/* Tries other plans of a program of one image out: the price of a layer alone does not know its neighbours, whose loads
 * share the buses with it, nor the order in which instructions are handed out. The cycle model does.
 * SPDX-License-Identifier: Apache-2.0 */
#include "compile/lower.h"

#define MOST_OTHERS 10
/* Programs of more cycles are not refined: the model would take longer than the mapper. */
#define MOST_CYCLES 200000
#define ROUNDS 2

/* Tries `other` for layer l; keeps it, in *p and plan, if the program takes fewer than *cycles. 1: kept, 0: not. */
static int try_plan(axf_program *p, const axf_chosen *e, axf_plan *plan, int l, const axf_plan *other,
                    uint64_t *cycles) {
  const axf_plan before = plan[l];
  axf_program with;
  axf_counters k;
  plan[l] = *other;
  if (axf_build(&with, e, plan) == 0) {
    if (axf_cycle_model(&with, e->o->refine, &k) == 0 && k.cycles < *cycles) {
      axf_program_free(p);
      *p = with;
      *cycles = k.cycles;
      return 1;
    }
    axf_program_free(&with);
  }
  plan[l] = before;
  return 0;
}

int axf_refine(axf_program *p, const axf_chosen *e, axf_plan *plan) {
  axf_counters k;
  axf_plan other[MOST_OTHERS];
  if ((e->o->goal && e->o->goal->objective != AXF_MIN_CYCLES) || e->o->images > 1)
    return 0;
  if (axf_cycle_model(p, e->o->refine, &k)) {
    axf_program_free(p);
    return -1;
  }
  uint64_t cycles = k.cycles;
  for (int round = 0, better = 1; round < ROUNDS && better && cycles <= MOST_CYCLES; round++) {
    better = 0;
    for (int l = e->n - 1; l >= 0; l--) {
      const int n = axf_others(other, MOST_OTHERS, e, plan, l);
      for (int i = 0; i < n; i++)
        better |= try_plan(p, e, plan, l, &other[i], &cycles);
    }
  }
  return 0;
}
