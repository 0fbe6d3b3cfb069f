/* The mapper: unrolling factors, segments and positions in line by exhaustive search. Rows and columns are searched
 * together because the stores tie them. SPDX-License-Identifier: Apache-2.0 */
#include "compile/plan.h"
#include <stdlib.h>

/* One way to use the rows and the segments. */
typedef struct {
  axf_factors f; /* Tn = Ti = Tj = 1 */
  int64_t steps; /* positions of pooling windows, of all output maps */
  int64_t bound; /* no choice of columns takes less */
} row_choice;

static int by_bound(const void *x, const void *y) {
  const row_choice *a = x, *b = y;
  if (a->bound != b->bound)
    return a->bound < b->bound ? -1 : 1;
  const int *p = &a->f.Tm, *q = &b->f.Tm; /* a total order: the same choice everywhere */
  const int one[] = {p[0], a->f.Tr, a->f.Tc, a->f.seg, a->f.Qm, a->f.flat};
  const int two[] = {q[0], b->f.Tr, b->f.Tc, b->f.seg, b->f.Qm, b->f.flat};
  for (int i = 0; i < 6; i++)
    if (one[i] != two[i])
      return one[i] < two[i] ? -1 : 1;
  return 0;
}

static int64_t column_steps(const axf_work *w, int Tn, int Ti, int Tj) {
  return (int64_t)axf_ceil_div(w->N, Tn) * axf_ceil_div(w->Ky, Ti) * axf_ceil_div(w->Kx, Tj);
}

#define MOST_ROWS 4096
/* All row choices, the best bound first; their number. most: output positions in line that a tile may not exceed. */
static int row_choices(row_choice *list, const axf_work *w, int ext, const axf_arch *a) {
  int n = 0;
  for (int seg = a->D; seg >= 1 && a->D / seg <= a->segs; seg /= 2) {
    int64_t fewest = column_steps(w, 1, 1, 1);
    for (int Tn = 1; Tn <= axf_min(seg, w->N); Tn++)
      for (int Ti = 1; Tn * Ti <= seg && Ti <= (ext ? 1 : w->Ky); Ti++) {
        const int64_t s = column_steps(w, Tn, Ti, axf_min(seg / Tn / Ti, ext ? 1 : w->Kx));
        fewest = s < fewest ? s : fewest;
      }
    /* With half of the segments idle or more, larger ones do as well. */
    const int most = axf_min(axf_min(a->D / seg, w->M), a->par_words / 2);
    for (int Qm = a->D / seg / 2 + 1; Qm <= most; Qm++)
      for (int Tm = 1; Tm <= axf_min(a->D, axf_ceil_div(w->M, Qm)); Tm++)
        for (int Tr = 1; Tm * Tr <= a->D && Tr <= w->R; Tr++)
          for (int Tc = 1; Tm * Tr * Tc <= a->D && Tc <= w->C; Tc++)
            for (int flat = 0; flat <= (Tr == 1 && w->C % Tc != 0) && n < MOST_ROWS; flat++) {
              row_choice *x = &list[n++];
              x->f = (axf_factors){Tm, 1, Tr, Tc, 1, 1, seg, Qm, flat};
              x->steps = (int64_t)axf_ceil_div(w->M, Tm * Qm) * axf_area_steps(&x->f, w->R, w->C) * w->P * w->P;
              x->bound = x->steps * (fewest > Qm ? fewest : Qm);
            }
  }
  qsort(list, (size_t)n, sizeof *list, by_bound);
  return n;
}

typedef struct {
  int64_t worst, sum; /* of the engines' cycles; worst < 0: nothing found yet */
} cost;

/* Tries factors f; keeps them if they are the cheapest so far. */
static void try_factors(axf_factors *best, cost *least, const axf_factors *f, const axf_work *w, int64_t rows,
                        int resident, const axf_arch *a) {
  axf_tiling t;
  const int64_t cols = column_steps(w, f->Tn, f->Ti, f->Tj);
  if (cols < f->Qm || (least->worst >= 0 && rows * cols > least->worst) || axf_tile(&t, w, f, a, 1))
    return;
  /* Resident kernels cost no cycles, but room: the words an element keeps. */
  const int64_t kwords = resident ? (int64_t)t.MS * t.NS * w->Ky * w->Kx : t.kload;
  int64_t m = resident || t.compute > t.kload ? t.compute : t.kload;
  m = m > t.nload ? m : t.nload;
  const int64_t sum = t.compute + kwords + t.nload;
  if (least->worst < 0 || m < least->worst || (m == least->worst && sum < least->sum)) {
    *least = (cost){m, sum};
    *best = *f;
  }
}

int axf_map(axf_factors *best, const axf_work *w, int ext, int resident, const axf_arch *a) {
  cost least = {-1, 0};
  row_choice *list = axf_alloc(MOST_ROWS, sizeof *list);
  if (!list)
    return -1;
  const int n = row_choices(list, w, ext, a);
  for (int i = 0; i < n && (least.worst < 0 || list[i].bound <= least.worst); i++) {
    axf_factors f = list[i].f;
    for (f.Tn = 1; f.Tn <= axf_min(f.seg, w->N); f.Tn++)
      for (f.Ti = 1; f.Tn * f.Ti <= f.seg && f.Ti <= (ext ? 1 : w->Ky); f.Ti++)
        for (f.Tj = 1; f.Tn * f.Ti * f.Tj <= f.seg && f.Tj <= (ext ? 1 : w->Kx); f.Tj++)
          try_factors(best, &least, &f, w, list[i].steps, resident, a);
  }
  free(list);
  if (least.worst < 0) {
    axf_tiling t;
    axf_factors one = {1, 1, 1, 1, 1, 1, a->D, 1, 0};
    if (axf_tile(&t, w, &one, a, 0) == 0)
      axf_fail("layer %s: no unrolling factors fit the local stores", w->net->name);
    return -1;
  }
  return 0;
}
