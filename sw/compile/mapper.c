/* The mapper: all unrolling factors in the order of the steps the array takes with them; the best by their price.
 * SPDX-License-Identifier: Apache-2.0 */
#include "compile/price.h"
#include <stdlib.h>

/* Factors that are priced: of a layer whose maps stay in the neuron buffers, and of one that passes through them. */
#define MOST_RESIDENT 600
#define MOST_EXTERNAL 60
/* Factors with so many times the fewest steps are not looked at. */
#define MOST_STEPS 1.5
/* The search ends when the best plan is so close to the steps alone. */
#define CLOSE 1.002

typedef struct {
  axf_factors f;
  int64_t steps;
  int order; /* of enumeration: decides ties */
} candidate;

typedef struct {
  candidate *c;
  int n, cap, failed;
} list;

static void add(list *l, const axf_factors *f, int64_t steps) {
  if (l->n == l->cap) {
    const int cap = l->cap ? 2 * l->cap : 256;
    candidate *c = realloc(l->c, (size_t)cap * sizeof *c);
    if (!c) {
      l->failed = 1;
      return;
    }
    l->c = c;
    l->cap = cap;
  }
  l->c[l->n] = (candidate){*f, steps, l->n};
  l->n++;
}

static int by_steps(const void *x, const void *y) {
  const candidate *a = x, *b = y;
  return a->steps != b->steps ? (a->steps > b->steps) - (a->steps < b->steps)
                              : (a->order > b->order) - (a->order < b->order);
}

/* Choices of rows and segments: seg, Qm, Tm, Tr, Tc, flat. */
static void rows(list *l, const axf_work *w, const axf_factors *want, int whole, const axf_arch *a) {
  const int D = a->D;
  for (int seg = D; seg >= 1 && D / seg <= (whole ? 1 : a->segs); seg /= 2)
    for (int Qm = D / seg; Qm > D / seg / 2; Qm--) /* fewer: larger segments do as well */
      for (int Tm = axf_min(D, w->M); Tm >= 1; Tm--)
        for (int Tr = 1; Tm * Tr <= D && Tr <= w->R; Tr++)
          for (int Tc = 1; Tm * Tr * Tc <= D && Tc <= w->C; Tc++)
            for (int flat = 0; flat < 2; flat++) {
              const axf_factors f = {Tm, 1, Tr, Tc, 1, 1, seg, Qm, flat};
              if (Qm * Tm >= w->M + Qm || Qm > a->par_words / 2)
                continue;
              if (flat && (whole || Tr > 1 || w->C % Tc == 0))
                continue;
              if (want->Tm && (want->Tm != Tm || want->Tr != Tr || want->Tc != Tc))
                continue;
              add(l, &f, axf_ceil_div(w->M, Tm * Qm) * (int64_t)axf_area_steps(&f, w->R, w->C) * w->P * w->P);
            }
}

/* Choices of columns: Tn, Ti, Tj. */
static void columns(list *l, const axf_work *w, const axf_factors *want, const axf_arch *a) {
  const int D = a->D;
  for (int Tn = axf_min(D, w->N); Tn >= 1; Tn--)
    for (int Ti = 1; Tn * Ti <= D && Ti <= w->Ky; Ti++)
      for (int Tj = 1; Tn * Ti * Tj <= D && Tj <= w->Kx; Tj++) {
        const axf_factors f = {1, Tn, 1, 1, Ti, Tj, D, 1, 0};
        if (want->Tn && (want->Tn != Tn || want->Ti != Ti || want->Tj != Tj))
          continue;
        add(l, &f, (int64_t)axf_ceil_div(w->N, Tn) * axf_ceil_div(w->Ky, Ti) * axf_ceil_div(w->Kx, Tj));
      }
}

/* All legal pairs of them up to MOST_STEPS times the fewest steps, fewest first. */
static int pairs(list *l, const axf_work *w, int layer, const axf_factors *want, int whole, const axf_arch *a) {
  list r = {0}, c = {0};
  int64_t fewest = -1;
  rows(&r, w, want, whole, a);
  columns(&c, w, want, a);
  for (int pass = 0; pass < 2; pass++)
    for (int i = 0; i < r.n; i++)
      for (int j = 0; j < c.n; j++) {
        axf_factors f = r.c[i].f;
        f.Tn = c.c[j].f.Tn;
        f.Ti = c.c[j].f.Ti;
        f.Tj = c.c[j].f.Tj;
        const int64_t steps = r.c[i].steps * c.c[j].steps;
        if (f.Tn * f.Ti * f.Tj > f.seg || c.c[j].steps < f.Qm)
          continue;
        if (pass == 0 && fewest >= 0 && steps >= fewest)
          continue;
        if (pass == 1 && (double)steps > MOST_STEPS * (double)fewest)
          continue;
        axf_placement p;
        int ext = 0;
        if (f.Ti * f.Tj > 1 && layer > 0) { /* from memory, other layers are read with Ti = Tj = 1 */
          axf_place_input(&p, &ext, a, w, &f, layer);
          if (ext)
            continue;
        }
        if (pass == 0)
          fewest = steps;
        else
          add(l, &f, steps);
      }
  l->failed |= r.failed | c.failed;
  free(r.c);
  free(c.c);
  if (l->failed)
    return axf_fail("out of memory for the choices of layer %s", w->net->name);
  qsort(l->c, (size_t)l->n, sizeof *l->c, by_steps);
  return 0;
}

/* Keeps x among the best n plans. */
static void keep(axf_plan *plans, int n, int *count, const axf_plan *x) {
  int at = *count;
  while (at > 0 && x->value < plans[at - 1].value)
    at--;
  if (at >= n)
    return;
  *count = axf_min(*count + 1, n);
  for (int k = *count - 1; k > at; k--)
    plans[k] = plans[k - 1];
  plans[at] = *x;
}

int axf_map(axf_plan *plans, int n, const axf_work *w, int l, const axf_placement *out, int out_ext,
            const axf_factors *want, int whole, const axf_arch *a) {
  list choices = {0};
  int count = 0, priced = 0;
  if (pairs(&choices, w, l, want, whole, a)) {
    free(choices.c);
    return -1;
  }
  for (int i = 0; i < choices.n; i++) {
    const axf_factors *f = &choices.c[i].f;
    axf_placement in, to;
    axf_plan x;
    int in_ext;
    if (!out)
      axf_place_output(&to, &out_ext, a, w, f, l);
    axf_place_input(&in, &in_ext, a, w, f, l);
    if (priced >= (in_ext || out_ext ? MOST_EXTERNAL : MOST_RESIDENT))
      break;
    if (count >= n && (!w->goal || w->goal->objective == AXF_MIN_CYCLES) &&
        (double)choices.c[i].steps * CLOSE >= (double)plans[0].cost.cycles)
      break;
    priced += count > 0 || i % 8 == 0; /* those that do not fit are cheap */
    if (axf_stream_plan(&x, in_ext, out_ext, w, f, out ? out : &to, a, 1) == 0)
      keep(plans, n, &count, &x);
  }
  free(choices.c);
  if (!count) {
    const axf_factors one = {1, 1, 1, 1, 1, 1, a->D, 1, 0};
    axf_tiling t;
    if (want->Tm || want->Tn)
      return axf_fail("layer %s: no factors fit what its neighbours and the stores ask for", w->net->name);
    if (axf_tile(&t, w, &one, a, 0) == 0)
      axf_fail("layer %s: no unrolling factors fit the local stores", w->net->name);
    return -1;
  }
  return count;
}
