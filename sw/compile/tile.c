/* Legality of the unrolling factors, and the tiling of a layer into what the local stores hold.
 * SPDX-License-Identifier: Apache-2.0 */
#include "compile/plan.h"

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

/* Steps of Tr x Tc outputs over all tiles of rs x cs. */
static int64_t all_steps(const axf_tiling *t, const axf_factors *f) {
  if (!f->flat)
    return (int64_t)t->RS * t->CS;
  return (int64_t)(t->CS / t->cs) *
         ((int64_t)(t->RS / t->rs) * axf_area_steps(f, t->rs, t->cs) + axf_area_steps(f, t->RS % t->rs, t->cs));
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
  return t->xc <= 255 && t->yc <= 1023 && (int64_t)t->yc * t->xc * nc <= cap && t->yc * staged <= w->stage &&
         (!f->flat || steps <= 1023) && (!ps || (int64_t)steps * w->P * w->P * f->Qm <= ps);
}

/* Keeps the tile in t if it is better than *best: fewest words in all; of a flat layer, whose steps depend on its
 * tiles, first the shortest by steps or words, whichever takes longer. cost[0] < 0: there is none yet. */
static void keep_tile(axf_tiling *best, int64_t cost[2], const axf_tiling *t, const axf_work *w, const axf_factors *f) {
  const int64_t tiles = (int64_t)axf_ceil_div(t->CS, t->cs) * axf_ceil_div(t->RS, t->rs);
  const int64_t words = tiles * ((int64_t)t->yc * t->xc * t->NS + 8);
  int64_t time = 0;
  if (f->flat) {
    time = all_steps(t, f) * t->MS * w->P * w->P * t->NS * axf_ceil_div(w->Ky, f->Ti) * axf_ceil_div(w->Kx, f->Tj);
    time = time > words ? time : words;
  }
  if (cost[0] >= 0 && (time > cost[0] || (time == cost[0] && words >= cost[1])))
    return;
  cost[0] = time;
  cost[1] = words;
  best->rs = t->rs;
  best->cs = t->cs;
  best->yc = t->yc;
  best->xc = t->xc;
}

/* Best spatial tile for `nc` map steps and `ps` partial sums (0: none needed). 0: found. */
static int spatial(axf_tiling *t, const axf_work *w, const axf_factors *f, const axf_arch *a, int nc, int ps) {
  int64_t cost[2] = {-1, 0};
  axf_tiling x = *t;
  for (x.cs = 1; x.cs <= t->CS; x.cs++) {
    if (f->flat ? x.cs < f->Tc || t->CS % x.cs
                : x.cs > 1 && x.cs < t->CS && axf_ceil_div(t->CS, x.cs) == axf_ceil_div(t->CS, x.cs - 1))
      continue; /* the smallest step count for each number of tiles is enough */
    int lo = 0;
    for (int hi = t->RS; lo < hi;) { /* largest rs that fits; the need grows with rs */
      x.rs = (lo + hi + 1) / 2;
      if (tile_fits(&x, w, f, a, nc, ps))
        lo = x.rs;
      else
        hi = x.rs - 1;
    }
    if (!lo)
      continue;
    x.rs = axf_ceil_div(t->RS, axf_ceil_div(t->RS, lo)); /* even tiles */
    tile_fits(&x, w, f, a, nc, ps);
    keep_tile(t, cost, &x, w, f);
    for (x.rs = axf_min(lo, x.rs + f->Tc); f->flat && x.rs >= 1 && x.rs > lo - 2 * f->Tc; x.rs--)
      if (tile_fits(&x, w, f, a, nc, ps)) /* any number of rows may leave the fewest lanes without a position */
        keep_tile(t, cost, &x, w, f);
  }
  return cost[0] < 0 ? -1 : 0;
}

/* Input-map steps a chunk may have: kernel store, kernel buffer (one map step and its parameters; half of it if that is
 * possible, so that the next chunk is loaded meanwhile), and the fields. */
static int most_steps(const axf_tiling *t, const axf_work *w, const axf_factors *f, const axf_arch *a) {
  const int KK = t->ic * t->jc, kb = a->kb_words / f->Qm, half = (kb / 2 - 64 / a->W) / (f->Tn * KK);
  int most = axf_min(a->ks_words / t->ks_slots / KK, half ? half : (kb - 64 / a->W) / (f->Tn * KK));
  most = axf_min(axf_min(most, t->NS), 4095 / f->Tn);
  return w->stage ? axf_min(most, axf_max(1, w->stage)) : most;
}

/* Steps of T synapses over K of them in chunks of `part`. */
static int steps(int K, int part, int T) { return K / part * axf_ceil_div(part, T) + axf_ceil_div(K % part, T); }

/* Steps of the shortest chunk of a sum: its Qm results leave the row in as many cycles. */
static int fewest_steps(const axf_tiling *t, const axf_work *w, const axf_factors *f) {
  const axf_chunk k = axf_chunk_at(t, w, axf_chunks(t, w) - 1);
  return k.ns * axf_ceil_div(k.ky, f->Ti) * axf_ceil_div(k.kx, f->Tj);
}

/* Cycles in which the array waits for write-back: a window's Qm results go one after the other, and each takes as long
 * as the busiest bank of the layout that the next layer reads, while the steps of the next window (of its last chunk,
 * when partial sums are kept) go on. */
static int64_t write_back(const axf_tiling *t, const axf_work *w, const axf_factors *f, int last_steps) {
  if (!w->oTn)
    return 0;
  int words = axf_ceil_div(f->Tm, w->oTn) * axf_ceil_div(f->Tr, w->oTi) * axf_ceil_div(f->Tc, w->oTj);
  if (f->flat && w->oTi == 1) /* the end of a row and the begin of the next may meet in a bank */
    words = axf_ceil_div(f->Tm, w->oTn) * axf_min(f->Tc, axf_ceil_div(f->Tc, w->oTj) + (t->cs % w->oTj != 0));
  const int more = f->Qm * words - last_steps * w->P * w->P;
  return more > 0 ? more * t->MS * all_steps(t, f) : 0;
}

/* Map groups, loop order and cycles of the three engines for tiles and chunks that are chosen. */
static void evaluate(axf_tiling *t, const axf_work *w, const axf_factors *f, const axf_arch *a) {
  t->nc = axf_ceil_div(t->NS, axf_ceil_div(t->NS, t->nc));
  const int chunks = axf_chunks(t, w), KKc = t->ic * t->jc;
  const int64_t tiles = (int64_t)axf_ceil_div(t->RS, t->rs) * axf_ceil_div(t->CS, t->cs);
  const int kcap = a->ks_words / t->ks_slots;

  /* Map groups: all maps at once if the kernels then stay for the whole layer; else one step a group, so that the first
   * products start as soon as the first kernels are there. */
  int fit = axf_min(axf_min(kcap / (t->nc * KKc), a->par_words / 2 / f->Qm), t->MS);
  fit = axf_max(1, axf_min(fit, a->kb_words / (f->Qm * (f->Tn * t->nc * KKc + 64 / a->W))));
  if (chunks > 1) {
    const int sums = (f->flat ? axf_area_steps(f, t->rs, t->cs) : t->rs * t->cs) * w->P * w->P;
    fit = axf_max(1, axf_min(fit, a->ps_words / (sums * f->Qm)));
  }
  t->ms = tiles == 1 ? 1 : axf_ceil_div(t->MS, axf_ceil_div(t->MS, fit));
  const int64_t groups_m = axf_ceil_div(t->MS, t->ms);
  const int64_t kwords = (int64_t)t->MS * f->Qm * ((int64_t)w->N * w->Ky * w->Kx + 64 / a->W);
  const int64_t nwords = tiles * ((int64_t)t->NS * t->yc * t->xc) * (chunks / axf_ceil_div(t->NS, t->nc));
  const int64_t synapses = (int64_t)t->NS * steps(w->Ky, t->ic, f->Ti) * steps(w->Kx, t->jc, f->Tj);
  t->compute = t->MS * all_steps(t, f) * w->P * w->P * synapses + write_back(t, w, f, fewest_steps(t, w, f));
  if (groups_m == 1 && chunks == 1) {
    t->kload = kwords;
    t->nload = nwords;
    t->maps_inner = 1;
  } else if (chunks > 1) { /* both are loaded again for every tile and group */
    t->kload = kwords * tiles;
    t->nload = nwords * groups_m;
    t->maps_inner = 1;
  } else {
    int64_t ki = kwords * tiles, ni = nwords, ko = kwords, no = nwords * groups_m;
    int64_t worst_i = ki > ni ? ki : ni, worst_o = ko > no ? ko : no;
    t->maps_inner = worst_i < worst_o || (worst_i == worst_o && ki + ni <= ko + no);
    t->kload = t->maps_inner ? ki : ko;
    t->nload = t->maps_inner ? ni : no;
  }
}

/* Cycles of the engine that takes longest. */
static int64_t slowest(const axf_tiling *t) {
  int64_t worst = t->compute > t->kload ? t->compute : t->kload;
  return worst > t->nload ? worst : t->nload;
}

/* Is tiling x better than y? */
static int better(const axf_tiling *x, const axf_tiling *y) {
  const int64_t a = slowest(x), b = slowest(y);
  return a != b ? a < b : x->compute + x->kload + x->nload < y->compute + y->kload + y->nload;
}

/* With the kernel whole: the input maps at once, or in chunks whose partial sums are kept (a tile's results must then
 * fit the partial-sum store): many maps of few positions or few maps of many, whichever is faster. 0: found. */
static int whole_kernel(axf_tiling *t, const axf_work *w, const axf_factors *f, const axf_arch *a) {
  axf_tiling best;
  int found = 0;
  t->ic = w->Ky;
  t->jc = w->Kx;
  /* Double-buffered halves where they do, whole stores else. */
  const int KK = w->Ky * w->Kx;
  for (t->ks_slots = t->ns_slots = 2; t->ns_slots && !found;
       t->ks_slots == 2 && KK > a->ks_words / 2 ? t->ks_slots-- : t->ns_slots--) {
    const int most = most_steps(t, w, f, a), slots[2] = {t->ks_slots, t->ns_slots};
    for (int chunks = 1, last = 0; most && chunks <= t->NS; chunks++) {
      t->nc = axf_ceil_div(t->NS, chunks);
      if (t->nc > most || t->nc == last)
        continue;
      last = t->nc;
      t->ks_slots = slots[0];
      t->ns_slots = slots[1];
      if (spatial(t, w, f, a, t->nc, t->nc == t->NS ? 0 : a->ps_words))
        continue;
      evaluate(t, w, f, a);
      if (fewest_steps(t, w, f) < f->Qm)
        continue;
      if (!found || better(t, &best))
        best = *t;
      found = 1;
      if (t->nc == t->NS && t->compute >= t->kload && t->compute >= t->nload)
        break; /* nothing is faster */
    }
  }
  if (found)
    *t = best;
  return found ? 0 : -1;
}

/* With the kernel cut into the fewest rows and columns that fit, one input-map step at a time. 0: found. */
static int cut_kernel(axf_tiling *t, const axf_work *w, const axf_factors *f, const axf_arch *a) {
  t->nc = 1;
  for (t->ks_slots = t->ns_slots = 2; t->ns_slots; t->ks_slots == 2 ? t->ks_slots-- : t->ns_slots--)
    for (int cols = 1; cols <= w->Kx; cols++)
      for (int rows = 1; rows <= w->Ky; rows++) {
        t->ic = axf_ceil_div(w->Ky, rows);
        t->jc = axf_ceil_div(w->Kx, cols);
        t->nc = 1;
        if (f->Ti * t->jc <= 1023 && most_steps(t, w, f, a) && !spatial(t, w, f, a, 1, a->ps_words)) {
          evaluate(t, w, f, a);
          if (fewest_steps(t, w, f) >= f->Qm)
            return 0;
        }
      }
  return -1;
}

int axf_tile(axf_tiling *t, const axf_work *w, const axf_factors *f, const axf_arch *a, int quiet) {
  *t = (axf_tiling){.MS = axf_ceil_div(w->M, axf_step_maps(f)),
                    .RS = axf_ceil_div(w->R, f->Tr),
                    .CS = axf_ceil_div(w->C, axf_step_cols(f)),
                    .NS = axf_ceil_div(w->N, f->Tn)};
  t->par_slots = 2;
  if (whole_kernel(t, w, f, a) && cut_kernel(t, w, f, a))
    return FAIL("layer %s: one step of its input fits neither the %d words of the neuron local store nor, when it is "
                "streamed, half a neuron buffer bank of %d",
                w->net->name, a->ns_words, a->nb_words);
  return 0;
}
