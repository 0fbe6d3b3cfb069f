/* Loads, slews and energies; see power.h. SPDX-License-Identifier: Apache-2.0 */
#include "power.h"
#include "core/core.h"
#include "types.h"
#include <stdlib.h>
#include <string.h>

int axf_power_init(axf_power *p, const axf_sim *s) {
  const axf_flat *f = s->f;
  p->load = axf_alloc((size_t)f->nnets, sizeof *p->load);
  p->slew = axf_alloc((size_t)f->nnets, sizeof *p->slew);
  if (!p->load || !p->slew)
    return -1;
  for (int i = 0; i < f->ncells; i++)
    for (int k = 0; k < f->cell[i].type->npins; k++)
      if (f->cell[i].net[k] >= 0)
        p->load[f->cell[i].net[k]] += f->cell[i].type->pin[k].cap;
  for (int pass = 0; pass < 2; pass++) /* the flip-flops stand last in the order: their slews come first */
    for (int k = 0; k < s->norder; k++) {
      const axf_flat_cell *c = &f->cell[s->order[k]];
      if (c->type->is_ff == pass)
        continue;
      for (int o = 0; o < c->type->npins; o++) {
        double sum = 0;
        int count = 0;
        if (!c->type->pin[o].is_output || c->net[o] < 0)
          continue;
        for (int a = 0; a < c->type->narcs; a++) {
          const axf_lib_arc *arc = &c->type->arc[a];
          const int from = arc->related < 0 ? -1 : c->net[arc->related];
          if (arc->pin != o)
            continue;
          const double in = c->type->is_ff || from < 0 ? 0 : p->slew[from], out = p->load[c->net[o]];
          if (arc->rise.nslew)
            sum += axf_lib_lookup(&arc->rise, in, out), count++;
          if (arc->fall.nslew)
            sum += axf_lib_lookup(&arc->fall, in, out), count++;
        }
        p->slew[c->net[o]] = count ? sum / count : 0;
      }
    }
  return 0;
}

void axf_power_free(axf_power *p) {
  free(p->load);
  free(p->slew);
  memset(p, 0, sizeof *p);
}

/* Energy of an edge by a table: the slew of the related pin or of the pin itself; the load of the output. */
static double energy(const axf_power *p, const axf_flat_cell *c, const axf_lib_power *g, int fall) {
  const int cause = g->related >= 0 ? g->related : c->type->pin[g->pin].is_output ? -1 : g->pin;
  const int from = cause < 0 || cause == c->type->clock ? -1 : c->net[cause];
  const double load = c->type->pin[g->pin].is_output && c->net[g->pin] >= 0 ? p->load[c->net[g->pin]] : 0;
  return axf_lib_lookup(fall ? &g->fall : &g->rise, from < 0 ? 0 : p->slew[from], load);
}

/* Energy of events as axf_sim_cell.event counts them. */
static double events(const axf_power *p, const axf_flat_cell *c, const float *event) {
  double sum = 0;
  for (int g = 0; g < c->type->npowers; g++)
    for (int fall = 0; fall < 2; fall++)
      if (event[2 * g + fall] != 0)
        sum += (double)event[2 * g + fall] * energy(p, c, &c->type->power[g], fall);
  return sum;
}

/* The clock pin of a flip-flop through a cycle that ends in `state`: rise and fall. Several fitting groups are
 * averaged. */
static double clock_energy(const axf_power *p, const axf_flat_cell *c, const axf_sim_type *t, int state) {
  double sum = 0;
  for (int fall = 0; fall < 2; fall++) {
    double e = 0;
    int n = 0;
    for (int g = 0; g < c->type->npowers; g++)
      if (c->type->power[g].pin == c->type->clock &&
          axf_expr_eval(&c->type->power[g].when, axf_sim_variables(t, state, fall))) {
        e += energy(p, c, &c->type->power[g], fall);
        n++;
      }
    sum += n ? e / n : 0;
  }
  return sum;
}

static double state_leakage(const axf_sim_type *t, int state, double mean) {
  const axf_lib_cell *c = t->cell;
  double sum = 0;
  int n = 0;
  for (int clock = 0; clock < (c->is_ff ? 2 : 1); clock++)
    for (int k = 0; k < c->nleaks; k++)
      if (axf_expr_eval(&c->leak[k].when, axf_sim_variables(t, state, clock))) {
        sum += c->leak[k].watt;
        n++;
      }
  return n ? sum / n : mean;
}

void axf_power_cell(const axf_power *p, const axf_sim *s, const axf_lib *lib, int cell, axf_power_sum *to) {
  const axf_flat_cell *c = &s->f->cell[cell];
  const axf_sim_cell *x = &s->cell[cell];
  const axf_sim_type *t = &s->type[x->type];
  const double v2 = lib->voltage * lib->voltage, cycles = s->counted ? (double)s->counted : 1;
  const double mean = c->type->leakage < 0 ? 0 : c->type->leakage;
  to->cells++;
  to->flip_flops += c->type->is_ff;
  for (int o = 0; o < t->nout; o++) {
    const int n = c->net[t->out[o]];
    if (n >= 0)
      to->net += 0.5 * p->load[n] * v2 * s->toggles[n];
  }
  to->internal += events(p, c, x->event);
  to->leakage_mean += mean;
  for (int state = 0; state < t->nstates; state++) {
    if (!x->time[state])
      continue;
    to->leakage += state_leakage(t, state, mean) * x->time[state] / cycles;
    if (c->type->is_ff)
      to->clock += clock_energy(p, c, t, state) * x->time[state];
  }
  if (c->type->is_ff) {
    const double pin = c->type->pin[c->type->clock].cap * v2 * (double)s->counted;
    to->clock += pin;
    to->clock_net += pin;
  }
}

void axf_power_glitches(const axf_power *p, const axf_timed *t, const axf_lib *lib, int cell, axf_power_sum *to) {
  const axf_flat_cell *c = &t->s->f->cell[cell];
  const double scale = t->cycles ? (double)t->s->counted / (double)t->cycles : 0;
  for (int k = 0; k < c->type->npins; k++) {
    const int n = c->net[k];
    if (n < 0 || !c->type->pin[k].is_output)
      continue;
    const double joule = 0.5 * p->load[n] * lib->voltage * lib->voltage * scale;
    to->glitch_net += joule * ((double)t->with[n] - (double)t->without[n]);
    to->seen_net += joule * (double)t->without[n];
    to->with += (double)t->with[n];
    to->without += (double)t->without[n];
  }
  to->glitch_internal += scale * events(p, c, t->more + t->first[cell]);
}
