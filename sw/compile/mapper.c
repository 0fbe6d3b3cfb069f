/* The mapper: unrolling factors by exhaustive search. Rows and columns are searched together because the stores tie
 * them. SPDX-License-Identifier: Apache-2.0 */
#include "compile/plan.h"

/* Rows that write to the same bank in one cycle, at worst, for the layout read by `next`. */
static int conflicts(const axf_factors *f, const axf_factors *next, int pad, int D) {
  if (!next)
    return 1;
  int count[64] = {0}, worst = 1;
  for (int m = 0; m < f->Tm; m++)
    for (int r = 0; r < f->Tr; r++)
      for (int c = 0; c < f->Tc; c++) {
        int bank = ((m % next->Tn) * next->Ti + (r + pad) % next->Ti) * next->Tj + (c + pad) % next->Tj;
        if (bank < D && ++count[bank] > worst)
          worst = count[bank];
      }
  return worst;
}

int axf_map(axf_factors *best, const axf_work *w, const axf_factors *next, int next_pad, int flat, const axf_arch *a) {
  int64_t best_max = -1, best_sum = 0;
  const int D = a->D;
  axf_tiling t;
  /* Output side first: only the row choices that minimise the steps, and their ties, survive. */
  for (int Tm = 1; Tm <= axf_min(D, w->M); Tm++)
    for (int Tr = 1; Tm * Tr <= D && Tr <= w->R; Tr++)
      for (int Tc = 1; Tm * Tr * Tc <= D && Tc <= w->C; Tc++) {
        int64_t rows = (int64_t)axf_ceil_div(w->M, Tm) * axf_ceil_div(w->R, Tr) * axf_ceil_div(w->C, Tc) * w->P * w->P;
        int64_t floor_cols = axf_ceil_div(w->N * w->Ky * w->Kx, D);
        if (best_max >= 0 && rows * floor_cols > best_max)
          continue;
        for (int Tn = 1; Tn <= axf_min(D, w->N); Tn++)
          for (int Ti = 1; Tn * Ti <= D && Ti <= (flat ? 1 : w->Ky); Ti++)
            for (int Tj = 1; Tn * Ti * Tj <= D && Tj <= (flat ? 1 : w->Kx); Tj++) {
              axf_factors f = {Tm, Tn, Tr, Tc, Ti, Tj, D, 1, 0};
              int64_t cols = (int64_t)axf_ceil_div(w->N, Tn) * axf_ceil_div(w->Ky, Ti) * axf_ceil_div(w->Kx, Tj);
              if (best_max >= 0 && rows * cols > best_max)
                continue;
              if (axf_tile(&t, w, &f, a, 1))
                continue;
              int64_t results = rows / (w->P * w->P);
              int64_t write = results * conflicts(&f, next, next_pad, D);
              int64_t m = t.compute;
              m = m > t.kload ? m : t.kload;
              m = m > t.nload ? m : t.nload;
              m = m > write ? m : write;
              int64_t sum = t.compute + t.kload + t.nload + write;
              if (best_max < 0 || m < best_max || (m == best_max && sum < best_sum)) {
                best_max = m;
                best_sum = sum;
                *best = f;
              }
            }
      }
  if (best_max < 0) {
    axf_factors one = {1, 1, 1, 1, 1, 1, D, 1, 0};
    if (axf_tile(&t, w, &one, a, 0) == 0)
      axf_fail("layer %s: no unrolling factors fit the local stores", w->net->name);
    return -1;
  }
  return 0;
}
