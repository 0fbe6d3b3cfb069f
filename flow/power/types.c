/* Truth tables of cells and the energy arcs of each change of state. SPDX-License-Identifier: Apache-2.0 */
#include "types.h"
#include "core/core.h"
#include <stdlib.h>
#include <string.h>

unsigned axf_sim_variables(const axf_sim_type *t, int state, int clock) {
  const axf_lib_cell *c = t->cell;
  unsigned v = 0;
  for (int k = 0; k < t->nin; k++)
    v |= (unsigned)(state >> k & 1) << t->in[k];
  if (c->is_ff) {
    const unsigned q = (unsigned)(state >> t->nin & 1);
    v |= (unsigned)clock << c->clock | q << c->npins | !q << (c->npins + 1);
  }
  for (int o = 0; o < t->nout; o++)
    v |= (unsigned)axf_expr_eval(&c->pin[t->out[o]].function, v) << t->out[o];
  return v;
}

int axf_sim_type_init(axf_sim_type *t, const axf_lib_cell *cell) {
  memset(t, 0, sizeof *t);
  t->cell = cell;
  for (int p = 0; p < cell->npins; p++)
    if (cell->pin[p].is_output)
      t->out[t->nout++] = p;
    else if (p != cell->clock)
      t->in[t->nin++] = p;
  t->nstates = 1 << (t->nin + cell->is_ff);
  if (t->nin + cell->is_ff > 10)
    return axf_fail("cell %s has too many inputs", cell->name);
  t->output = axf_alloc((size_t)t->nstates, 1);
  t->next = axf_alloc((size_t)t->nstates, 1);
  t->move = axf_alloc((size_t)t->nstates * (size_t)t->nstates, sizeof *t->move);
  if (!t->output || !t->next || !t->move)
    return -1;
  for (int i = 0; i < t->nstates * t->nstates; i++)
    t->move[i].count = -1;
  for (int s = 0; s < t->nstates; s++) {
    const unsigned v = axf_sim_variables(t, s, 1);
    for (int o = 0; o < t->nout; o++)
      t->output[s] |= (uint8_t)((v >> t->out[o] & 1) << o);
    if (cell->is_ff)
      t->next[s] = (uint8_t)((axf_expr_eval(&cell->next, v) && !(cell->has_clear && axf_expr_eval(&cell->clear, v))) ||
                             (cell->has_preset && axf_expr_eval(&cell->preset, v)));
  }
  return 0;
}

void axf_sim_type_free(axf_sim_type *t) {
  for (int i = 0; t->move && i < t->nstates * t->nstates; i++)
    free(t->move[i].event);
  free(t->output);
  free(t->next);
  free(t->move);
}

/* Adds the arcs of an edge of `pin`. `changed`: pins that moved; state: variables to judge `when` by. An arc whose
 * related pin moved and whose `when` holds explains it; failing that, the related pin alone; failing that, any. */
static int explain(const axf_lib_cell *c, axf_sim_move *m, int pin, int fall, unsigned changed, unsigned state) {
  for (int attempt = 0; attempt < 3; attempt++) {
    int found = 0;
    for (int pass = 0; pass < 2; pass++)
      for (int g = 0; g < c->npowers; g++) {
        const axf_lib_power *p = &c->power[g];
        const int near = p->related < 0 || (changed >> p->related & 1), held = axf_expr_eval(&p->when, state);
        if (p->pin != pin || (attempt < 2 && !near) || (attempt < 1 && !held))
          continue;
        if (!pass) {
          found++;
        } else {
          axf_sim_event *more = realloc(m->event, (size_t)(m->count + 1) * sizeof *more);
          if (!more)
            return axf_fail("out of memory");
          m->event = more;
          m->event[m->count++] = (axf_sim_event){(short)g, (short)fall, 1.0f / (float)found};
        }
      }
    if (found || !c->pin[pin].is_output) /* an input without a fitting `when` has no energy of its own */
      return 0;
  }
  return 0;
}

const axf_sim_move *axf_sim_move_of(axf_sim_type *t, int from, int to) {
  axf_sim_move *m = &t->move[from * t->nstates + to];
  const axf_lib_cell *c = t->cell;
  if (m->count >= 0)
    return m;
  m->count = 0;
  /* A flip-flop: the content moves at the edge, before its inputs do. */
  const int content = c->is_ff ? 1 << t->nin : 0, middle = (from & ~content) | (to & content);
  const unsigned v0 = axf_sim_variables(t, from, 0), v1 = axf_sim_variables(t, middle, 1),
                 v2 = axf_sim_variables(t, to, 1);
  for (int o = 0; o < t->nout; o++) {
    const int p = t->out[o];
    if (c->is_ff && (v0 ^ v1) >> p & 1 && explain(c, m, p, !(v1 >> p & 1), 1u << c->clock, v1))
      return NULL;
    if (!c->is_ff && (v0 ^ v2) >> p & 1 && explain(c, m, p, !(v2 >> p & 1), v0 ^ v2, v2))
      return NULL;
  }
  for (int k = 0; k < t->nin; k++) {
    const int p = t->in[k];
    if ((v1 ^ v2) >> p & 1 && c->is_ff && explain(c, m, p, !(v2 >> p & 1), 1u << p, v2))
      return NULL;
    if (!c->is_ff && (v0 ^ v2) >> p & 1 && explain(c, m, p, !(v2 >> p & 1), 1u << p, v2))
      return NULL;
  }
  return m;
}
