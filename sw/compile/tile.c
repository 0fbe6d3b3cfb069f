/* Legality of the unrolling factors, and the tiling of a layer into what the local stores hold.
 * SPDX-License-Identifier: Apache-2.0 */
#include "compile/plan.h"

#define FAIL(...) (quiet ? -1 : axf_fail(__VA_ARGS__))

int axf_check_factors(const axf_work *w, const axf_factors *f, int D) {
  const char *name = w->net->name;
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

/* Largest spatial tile for `nc` map steps in `cap` words and `ps` partial sums (0: none needed); fewest words in all.
 */
static int spatial(axf_tiling *t, const axf_work *w, const axf_factors *f, int nc, int cap, int ps) {
  int64_t best = -1;
  for (int cs = 1; cs <= t->CS; cs++) {
    if (cs < t->CS && axf_ceil_div(t->CS, cs) == axf_ceil_div(t->CS, cs - (cs > 1)) && cs > 1)
      continue; /* the smallest step count for each number of tiles is enough */
    int xc = groups(w->C, cs, f->Tc, w->P, w->s, w->Kx, f->Tj, w->loose);
    if (xc > 255 || (int64_t)xc * nc > cap)
      continue;
    int lo = 0, yc = 0;
    for (int hi = t->RS, rs; lo < hi;) { /* largest rs that fits; the need grows with rs */
      rs = (lo + hi + 1) / 2;
      int y = groups(w->R, rs, f->Tr, w->P, w->s, w->Ky, f->Ti, w->loose);
      int64_t results = (int64_t)rs * cs * w->P * w->P;
      if ((int64_t)y * xc * nc <= cap && y <= 1023 && (!ps || results <= ps))
        lo = rs;
      else
        hi = rs - 1;
    }
    if (!lo)
      continue;
    int rs = axf_ceil_div(t->RS, axf_ceil_div(t->RS, lo)); /* even tiles */
    yc = groups(w->R, rs, f->Tr, w->P, w->s, w->Ky, f->Ti, w->loose);
    int64_t tiles = (int64_t)axf_ceil_div(t->CS, cs) * axf_ceil_div(t->RS, rs);
    int64_t cost = tiles * ((int64_t)yc * xc * t->NS + 8);
    if (best < 0 || cost < best) {
      best = cost;
      t->cs = cs;
      t->rs = rs;
      t->yc = yc;
      t->xc = xc;
    }
  }
  return best < 0 ? -1 : 0;
}

int axf_tile(axf_tiling *t, const axf_work *w, const axf_factors *f, const axf_arch *a, int quiet) {
  const char *name = w->net->name;
  const int KK = w->Ky * w->Kx;
  *t = (axf_tiling){.MS = axf_ceil_div(w->M, f->Tm),
                    .RS = axf_ceil_div(w->R, f->Tr),
                    .CS = axf_ceil_div(w->C, f->Tc),
                    .NS = axf_ceil_div(w->N, f->Tn),
                    .IS = axf_ceil_div(w->Ky, f->Ti),
                    .JS = axf_ceil_div(w->Kx, f->Tj)};
  if (KK > a->ks_words)
    return FAIL("layer %s: a %dx%d kernel is %d words, the kernel local store holds %d", name, w->Ky, w->Kx, KK,
                a->ks_words);
  t->par_slots = 2;
  /* Double-buffered halves where they do, whole stores else. */
  for (t->ks_slots = t->ns_slots = 2;; t->ks_slots == 2 && KK > a->ks_words / 2 ? t->ks_slots-- : t->ns_slots--) {
    if (!t->ns_slots)
      return FAIL("layer %s: one step of its input does not fit the %d words of the neuron local store", name,
                  a->ns_words);
    int kcap = a->ks_words / t->ks_slots, ncap = a->ns_words / t->ns_slots;
    if (KK > kcap)
      continue;
    t->nc = axf_min(t->NS, kcap / KK);
    if (t->nc == t->NS && !spatial(t, w, f, t->nc, ncap, 0))
      break;
    /* Partial sums: every chunk of maps adds to the same results, so a tile's results must fit the partial-sum store.
     */
    int found = 0;
    for (t->nc = axf_min(t->nc, t->NS > 1 ? t->NS - 1 : 1); t->nc >= 1 && !found; t->nc--)
      found = !spatial(t, w, f, t->nc, ncap, a->ps_words);
    t->nc++;
    if (found && t->NS > 1)
      break;
  }
  const int chunks = axf_ceil_div(t->NS, t->nc);
  t->nc = axf_ceil_div(t->NS, chunks);
  const int64_t tiles = (int64_t)axf_ceil_div(t->RS, t->rs) * axf_ceil_div(t->CS, t->cs);
  const int kcap = a->ks_words / t->ks_slots;

  /* Map groups: all maps at once if the kernels then stay for the whole layer; else one step a group, so that the first
   * products start as soon as the first kernels are there. */
  int fit = axf_min(axf_min(kcap / (t->nc * KK), a->par_words / 2), t->MS);
  if (chunks > 1)
    fit = axf_max(1, axf_min(fit, a->ps_words / (t->rs * t->cs * w->P * w->P)));
  t->ms = tiles == 1 ? 1 : axf_ceil_div(t->MS, axf_ceil_div(t->MS, fit));
  const int64_t groups_m = axf_ceil_div(t->MS, t->ms);
  const int64_t kwords = (int64_t)t->MS * ((int64_t)w->N * KK + 64 / a->W);
  const int64_t nwords = tiles * ((int64_t)t->NS * t->yc * t->xc);
  t->compute = (int64_t)t->MS * t->RS * t->CS * w->P * w->P * t->NS * t->IS * t->JS + tiles * groups_m * chunks;
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
  return 0;
}
