/* Legality of the unrolling factors, and the tiling of a layer into what the local stores hold.
 * SPDX-License-Identifier: Apache-2.0 */
#include "compile/price.h"
#include <string.h>

#define FAIL(...) (quiet ? -1 : axf_fail(__VA_ARGS__))

int axf_check_factors(const axf_work *w, const axf_factors *f, const axf_arch *a) {
  const char *name = w->net->name;
  const int D = a->D;
  const struct {
    const char *what, *limit;
    int v, max;
  } c[] = {{"Tm", "M", f->Tm, w->M},
           {"Tn", "N", f->Tn, w->N},
           {"Tr", "pooled rows", f->Tr, w->R},
           {"Tc", "pooled columns", f->Tc, w->C},
           {"Ti", "kernel rows", f->Ti, w->Ky},
           {"Tj", "kernel columns", f->Tj, w->Kx}};
  for (int i = 0; i < 6; i++)
    if (c[i].v < 1 || c[i].v > c[i].max)
      return axf_fail("layer %s: %s = %d is outside 1..%d (%s)", name, c[i].what, c[i].v, c[i].max, c[i].limit);
  if (f->Tn * f->Ti * f->Tj > D)
    return axf_fail("layer %s: Tn*Ti*Tj = %d exceeds the %d columns of the array", name, f->Tn * f->Ti * f->Tj, D);
  if (f->Tm * f->Tr * f->Tc > D)
    return axf_fail("layer %s: Tm*Tr*Tc = %d exceeds the %d rows of the array", name, f->Tm * f->Tr * f->Tc, D);
  if (f->seg < 1 || D % f->seg || D / f->seg > a->segs || (f->seg & (f->seg - 1)))
    return axf_fail(
        "layer %s: segments of %d columns; the array's %d columns are cut into 1, 2, 4 .. %d equal segments", name,
        f->seg, D, a->segs);
  if (f->Qm < 1 || f->Qm > D / f->seg)
    return axf_fail("layer %s: Qm = %d is outside 1..%d, the segments of a row", name, f->Qm, D / f->seg);
  if (f->Tn * f->Ti * f->Tj > f->seg)
    return axf_fail("layer %s: Tn*Ti*Tj = %d exceeds the %d columns of a segment", name, f->Tn * f->Ti * f->Tj, f->seg);
  if (f->flat && f->Tr != 1)
    return axf_fail("layer %s: Tr = %d; positions in line (flat) go with Tr = 1", name, f->Tr);
  const int steps = axf_ceil_div(w->N, f->Tn) * axf_ceil_div(w->Ky, f->Ti) * axf_ceil_div(w->Kx, f->Tj);
  if (steps < f->Qm)
    return axf_fail("layer %s: a sum takes %d steps, its Qm = %d results leave one a cycle", name, steps, f->Qm);
  if (f->Qm > a->par_words / 2)
    return axf_fail("layer %s: Qm = %d exceeds half of the %d records of the parameter store", name, f->Qm,
                    a->par_words);
  return 0;
}

/* Groups of T touched by `steps` steps of `pooled` pooled outputs each, in the worst alignment of all tiles. */
static int groups(int total, int steps, int pooled, int P, int s, int K, int T, int loose) {
  int worst = 0;
  if (loose)
    return axf_ceil_div(((axf_min(steps * pooled, total) - 1) * P + P - 1) * s + K - 1, T) + 1;
  for (int first = 0; first < total; first += steps * pooled) {
    int n = axf_min(steps * pooled, total - first);
    int start = first * P * s, end = ((first + n - 1) * P + P - 1) * s + K - 1;
    worst = axf_max(worst, end / T - start / T + 1);
  }
  return worst;
}

int axf_chunks(const axf_tiling *t, const axf_work *w) {
  return axf_ceil_div(w->Ky, t->ic) * axf_ceil_div(w->Kx, t->jc) * axf_ceil_div(t->NS, t->nc);
}

axf_chunk axf_chunk_at(const axf_tiling *t, const axf_work *w, int k) {
  const int NN = axf_ceil_div(t->NS, t->nc), NJ = axf_ceil_div(w->Kx, t->jc);
  axf_chunk c = {.ns0 = k % NN * t->nc, .j0 = k / NN % NJ * t->jc, .i0 = k / NN / NJ * t->ic};
  c.ns = axf_min(t->nc, t->NS - c.ns0);
  c.ky = axf_min(t->ic, w->Ky - c.i0);
  c.kx = axf_min(t->jc, w->Kx - c.j0);
  return c;
}

/* A tile of t->rs x t->cs: sets its row and column groups; 1: it fits `cap` words, its staging and `ps` partial sums
 * (0: none needed). */
static int tile_fits(axf_tiling *t, const axf_work *w, const axf_factors *f, const axf_arch *a, int nc, int ps) {
  const int cap = a->ns_words / t->ns_slots;
  const int loose = w->loose || t->ic < w->Ky || t->jc < w->Kx; /* chunks of a kernel begin anywhere */
  const int steps = f->flat ? axf_area_steps(f, t->rs, t->cs) : t->rs * t->cs;
  t->xc = groups(w->C, t->cs, axf_step_cols(f), w->P, w->s, t->jc, f->Tj, loose);
  t->yc = groups(w->R, t->rs, f->Tr, w->P, w->s, t->ic, f->Ti, loose);
  const int64_t staged = w->stage ? (int64_t)nc * axf_stage_pitch(t->xc, a) : 0; /* words of a row of groups */
  return t->xc <= 255 && t->yc <= 1023 && (int64_t)t->yc * t->xc * (t->n_once ? t->NS : nc) <= cap &&
         t->yc * staged <= w->stage && (!f->flat || steps <= 1023) &&
         (!ps || (int64_t)steps * w->P * w->P * f->Qm <= ps);
}

/* Input-map steps a chunk may have: kernel store, kernel buffer (one map step and its parameters; half of it if that is
 * possible, so that the next chunk is loaded meanwhile), and the fields. */
static int most_steps(const axf_tiling *t, const axf_work *w, const axf_factors *f, const axf_arch *a) {
  const int KK = t->ic * t->jc, kb = a->kb_words / f->Qm, half = (kb / 2 - axf_record_words(a)) / (f->Tn * KK);
  int most = axf_min(a->ks_words / t->ks_slots / KK, half ? half : (kb - axf_record_words(a)) / (f->Tn * KK));
  most = axf_min(axf_min(most, t->NS), 4095 / f->Tn);
  return w->stage ? axf_min(most, axf_max(1, w->stage)) : most;
}

/* Steps of the shortest chunk of a sum: its Qm results leave the row in as many cycles. */
static int fewest_steps(const axf_tiling *t, const axf_work *w, const axf_factors *f) {
  const axf_chunk k = axf_chunk_at(t, w, axf_chunks(t, w) - 1);
  return k.ns * axf_ceil_div(k.ky, f->Ti) * axf_ceil_div(k.kx, f->Tj);
}

/* The search: the layer, the best tiling so far and its value. */
typedef struct {
  const axf_work *w;
  const axf_factors *f;
  const axf_arch *a;
  axf_tiling best;
  double value; /* below 0: there is none */
} search;

static void price(search *s, axf_tiling *t) {
  memset(&t->cost, 0, sizeof t->cost);
  axf_price_block(&t->cost, t, s->w, s->f, s->a, s->w->R, s->w->C, 1);
  axf_cost all = t->cost; /* with its share of the layer's start */
  all.cycles = all.cycles > all.bus ? all.cycles : all.bus;
  if (!s->w->stream)
    all.cycles += axf_price_start(t, s->w, s->f, s->a) / axf_max(1, s->w->blocks);
  const double v = axf_value(s->w->goal, &all, s->a);
  if (s->value < 0 || v < s->value) {
    s->value = v;
    s->best = *t;
  }
}

/* Tiles and chunks are chosen: prices the map groups and loop orders. All maps at once, as far as the stores hold
 * them, or one step a group: then the first products start as soon as the first kernels are there. */
static void groups_and_orders(search *s, axf_tiling *t) {
  const axf_work *w = s->w;
  const axf_factors *f = s->f;
  const axf_arch *a = s->a;
  const int chunks = axf_chunks(t, w), KK = t->ic * t->jc;
  const int tiles = axf_ceil_div(t->RS, t->rs) * axf_ceil_div(t->CS, t->cs);
  int fit = axf_min(axf_min(a->ks_words / t->ks_slots / (t->nc * KK), a->par_words / 2 / f->Qm), t->MS);
  fit = axf_min(fit, a->kb_words / (f->Qm * (f->Tn * t->nc * KK + axf_record_words(a))));
  if (chunks > 1) {
    const int sums = (f->flat ? axf_area_steps(f, t->rs, t->cs) : t->rs * t->cs) * w->P * w->P;
    fit = axf_min(fit, a->ps_words / (sums * f->Qm));
  }
  fit = axf_ceil_div(t->MS, axf_ceil_div(t->MS, axf_max(1, fit)));
  for (int k = tiles == 1 ? 1 : 0; k < 2; k++) {
    t->ms = k ? 1 : fit;
    if (k && tiles > 1 && fit == 1)
      break;
    t->maps_inner = 1;
    price(s, t);
    t->maps_inner = 0;
    if (t->ms < t->MS && tiles > 1 && !t->n_once)
      price(s, t);
  }
}

/* Every tile of t->rs x t->cs for its chunks, with `ps` partial sums (0: none needed). */
static void spatial(search *s, const axf_tiling *t, int ps) {
  const axf_work *w = s->w;
  const axf_factors *f = s->f;
  const axf_arch *a = s->a;
  axf_tiling x = *t;
  for (x.cs = 1; x.cs <= t->CS; x.cs++) {
    if (f->flat ? x.cs < f->Tc || t->CS % x.cs
                : x.cs > 1 && x.cs < t->CS && axf_ceil_div(t->CS, x.cs) == axf_ceil_div(t->CS, x.cs - 1))
      continue; /* the smallest step count for each number of tiles is enough */
    int lo = 0;
    for (int hi = t->RS; lo < hi;) { /* largest rs that fits; the need grows with rs */
      x.rs = (lo + hi + 1) / 2;
      if (tile_fits(&x, w, f, a, t->nc, ps))
        lo = x.rs;
      else
        hi = x.rs - 1;
    }
    if (!lo)
      continue;
    x.rs = axf_ceil_div(t->RS, axf_ceil_div(t->RS, lo)); /* even tiles */
    if (tile_fits(&x, w, f, a, t->nc, ps) && fewest_steps(&x, w, f) >= f->Qm)
      groups_and_orders(s, &x);
    for (x.rs = axf_min(lo, x.rs + f->Tc); f->flat && x.rs >= 1 && x.rs > lo - 2 * f->Tc; x.rs--)
      if (tile_fits(&x, w, f, a, t->nc, ps) && fewest_steps(&x, w, f) >= f->Qm)
        groups_and_orders(s, &x); /* any number of rows may leave the fewest lanes without a position */
  }
}

/* With the kernel whole: the input maps at once, or in chunks whose partial sums are kept (a tile's results must then
 * fit the partial-sum store): many maps of few positions or few maps of many, whichever is cheaper. */
static void whole_kernel(search *s, axf_tiling *t) {
  t->ic = s->w->Ky;
  t->jc = s->w->Kx;
  for (int slots = 3; slots >= 0; slots--) { /* double-buffered halves of the stores, or all of one or both */
    t->ks_slots = 1 + slots / 2;
    t->ns_slots = 1 + slots % 2;
    const int most = most_steps(t, s->w, s->f, s->a);
    for (int chunks = 1, last = 0; most && chunks <= t->NS; chunks++) {
      t->nc = axf_ceil_div(t->NS, chunks);
      if (t->nc > most || t->nc == last)
        continue;
      last = t->nc;
      if (s->w->chunks && chunks < s->w->chunks)
        continue;
      if (s->w->chunks && s->value >= 0 && s->best.nc != t->nc)
        break;
      if (chunks > 1 && slots < 3 && s->value >= 0)
        break; /* both stores take turns with every chunk: halves are better, if they do */
      for (t->n_once = chunks > 1 && !s->w->stage; t->n_once >= 0; t->n_once--)
        spatial(s, t, t->nc == t->NS ? 0 : s->a->ps_words);
      t->n_once = 0;
    }
  }
}

/* With the kernel cut into the fewest rows and columns that fit, one input-map step at a time. */
static void cut_kernel(search *s, axf_tiling *t) {
  t->nc = 1;
  for (t->ks_slots = t->ns_slots = 2; t->ns_slots; t->ks_slots == 2 ? t->ks_slots-- : t->ns_slots--)
    for (int cols = 1; cols <= s->w->Kx; cols++)
      for (int rows = 1; rows <= s->w->Ky; rows++) {
        t->ic = axf_ceil_div(s->w->Ky, rows);
        t->jc = axf_ceil_div(s->w->Kx, cols);
        if (s->f->Ti * t->jc <= 1023 && most_steps(t, s->w, s->f, s->a))
          spatial(s, t, s->a->ps_words);
        if (s->value >= 0)
          return;
      }
}

int axf_tile(axf_tiling *t, const axf_work *w, const axf_factors *f, const axf_arch *a, int quiet) {
  search s = {.w = w, .f = f, .a = a, .value = -1};
  axf_tiling x = {.MS = axf_ceil_div(w->M, axf_step_maps(f)),
                  .RS = axf_ceil_div(w->R, f->Tr),
                  .CS = axf_ceil_div(w->C, axf_step_cols(f)),
                  .NS = axf_ceil_div(w->N, f->Tn),
                  .par_slots = 2};
  whole_kernel(&s, &x);
  if (s.value < 0)
    cut_kernel(&s, &x);
  if (s.value < 0)
    return FAIL("layer %s: one step of its input fits neither the %d words of the neuron local store nor, when it is "
                "streamed, half a neuron buffer bank of %d",
                w->net->name, a->ns_words, a->nb_words);
  *t = s.best;
  return 0;
}
