/* What the compiler makes small: cycles, accesses or energy, and the file of energy coefficients.
 * SPDX-License-Identifier: Apache-2.0 */
#include "compile/program.h"
#include <stdlib.h>
#include <string.h>

#define SECOND 1e-3 /* weight of what decides near ties */

int64_t axf_accesses(const axf_cost *c, const axf_arch *a) {
  return c->store_writes + c->buffer + c->psum + c->ext_bytes * 8 / a->W;
}

double axf_energy(const axf_goal *g, const axf_cost *c) {
  const axf_energy_table *e = &g->pj;
  return e->mac * (double)c->macs + e->store_write * (double)c->store_writes + e->buffer * (double)c->buffer +
         e->psum * (double)c->psum + e->ext_byte * (double)c->ext_bytes + e->cycle * (double)c->cycles;
}

double axf_value(const axf_goal *g, const axf_cost *c, const axf_arch *a) {
  const double cycles = (double)c->cycles, words = (double)axf_accesses(c, a);
  switch (g ? g->objective : AXF_MIN_CYCLES) {
  case AXF_MIN_ACCESSES:
    return words + SECOND * cycles;
  case AXF_MIN_ENERGY:
    return axf_energy(g, c);
  default: /* a word in a thousand words a cycle: more of them never pay for a cycle */
    return cycles + SECOND * words / (a->D * a->D);
  }
}
