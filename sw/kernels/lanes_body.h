/* The vector kernels of lanes.h, written once: included by lanes_avx2.c and lanes_avx512.c, which define the vector
 * type VEC of WIDTH floats with LOAD, STORE, SPREAD, FMA and ZERO, the largest tile ROWS, and TARGET.
 * SPDX-License-Identifier: Apache-2.0 */
#define INLINE static inline __attribute__((always_inline)) TARGET

/* One tile: `rows` (a constant after inlining) times nv vectors. */
INLINE void tile(const axf_product_job *j, int r0, int col, const int rows, const int nv) {
  VEC acc[ROWS][2];
  const float *a = j->a + r0 * j->a_row, *b = j->b + col;
  float *c = j->c + r0 * j->ldc + col;
  for (int r = 0; r < rows; r++)
    for (int v = 0; v < nv; v++)
      acc[r][v] = j->keep ? LOAD(c + r * j->ldc + v * WIDTH) : j->init ? SPREAD(j->init[r0 + r]) : ZERO();
  for (int t = 0; t < j->depth; t++, a += j->a_step) {
    VEC x[2];
    for (int v = 0; v < nv; v++)
      x[v] = LOAD(b + j->off[t] + v * WIDTH);
    for (int r = 0; r < rows; r++) {
      VEC w = SPREAD(a[r * j->a_row]);
      for (int v = 0; v < nv; v++)
        acc[r][v] = FMA(w, x[v], acc[r][v]);
    }
  }
  for (int r = 0; r < rows; r++)
    for (int v = 0; v < nv; v++)
      STORE(c + r * j->ldc + v * WIDTH, acc[r][v]);
}

#define CASE(n)                                                                                                        \
  case n:                                                                                                              \
    tile(j, r0, col, n, nv);                                                                                           \
    break;
INLINE void any_rows(const axf_product_job *j, int r0, int rows, int col, const int nv) {
  // clang-format off
  switch (rows) {
    CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6)
#if ROWS > 6
    CASE(7) CASE(8) CASE(9) CASE(10) CASE(11) CASE(12)
#endif
  default: break;
  }
  // clang-format on
}
#undef CASE

TARGET static void two(const axf_product_job *j, int r0, int rows, int col) { any_rows(j, r0, rows, col, 2); }
TARGET static void one(const axf_product_job *j, int r0, int rows, int col) { any_rows(j, r0, rows, col, 1); }

/* A number of columns below the vector length. */
TARGET static void narrow(const axf_product_job *j, int r0, int rows) {
  for (int r = r0; r < r0 + rows; r++)
    for (int k = 0; k < j->cols; k++) {
      float *c = j->c + r * j->ldc + k, s = j->keep ? *c : j->init ? j->init[r] : 0;
      for (int t = 0; t < j->depth; t++)
        s = __builtin_fmaf(j->a[r * j->a_row + t * j->a_step], j->b[j->off[t] + k], s);
      *c = s;
    }
}

/* All columns of a strip of rows. What is left of a vector at the end is computed together with values before it,
 * unless that would count on top of a result (keep). */
TARGET static void strip(const axf_product_job *j, int r0, int rows) {
  int col = 0;
  for (; col + 2 * WIDTH <= j->cols; col += 2 * WIDTH)
    two(j, r0, rows, col);
  for (; col + WIDTH <= j->cols; col += WIDTH)
    one(j, r0, rows, col);
  if (col == j->cols)
    return;
  if (col > 0 && !j->keep) {
    one(j, r0, rows, j->cols - WIDTH);
    return;
  }
  axf_product_job rest = *j;
  rest.b += col;
  rest.c += col;
  rest.cols -= col;
  narrow(&rest, r0, rows);
}

/* Rows in equal strips. Few rows: the columns outside, so that b passes once. */
TARGET static void product(const axf_product_job *j) {
  const int strips = (j->rows + ROWS - 1) / ROWS, high = (j->rows + strips - 1) / (strips ? strips : 1);
  if (j->rows > 2 * ROWS || j->cols < 4 * WIDTH) {
    for (int r = 0; r < j->rows; r += high)
      strip(j, r, j->rows - r < high ? j->rows - r : high);
    return;
  }
  int col = 0;
  for (; col + 2 * WIDTH <= j->cols; col += 2 * WIDTH)
    for (int r = 0; r < j->rows; r += high)
      two(j, r, j->rows - r < high ? j->rows - r : high, col);
  axf_product_job rest = *j;
  rest.b += col;
  rest.c += col;
  rest.cols -= col;
  for (int r = 0; r < j->rows && rest.cols > 0; r += high)
    strip(&rest, r, j->rows - r < high ? j->rows - r : high);
}

/* `maps` x `taps` sums (constants after inlining) of the lanes first .. first + WIDTH - 1. */
INLINE void corr_tile(const axf_corr_job *j, int m0, int first, const int maps, const int taps) {
  VEC acc[AXF_CORR_MAPS][AXF_CORR_TAPS];
  const float *d = j->d + m0 * j->d_map + first;
  for (int m = 0; m < maps; m++)
    for (int t = 0; t < taps; t++)
      acc[m][t] = ZERO();
  for (int y = 0; y < j->h; y++) {
    const float *in = j->in + y * j->in_row + first;
    for (int x = 0; x < j->w; x++, in += j->in_col, d += AXF_LANES) {
      VEC v[AXF_CORR_MAPS];
      for (int m = 0; m < maps; m++)
        v[m] = LOAD(d + m * j->d_map);
      for (int t = 0; t < taps; t++) {
        VEC p = LOAD(in + t * AXF_LANES);
        for (int m = 0; m < maps; m++)
          acc[m][t] = FMA(v[m], p, acc[m][t]);
      }
    }
  }
  for (int m = 0; m < maps; m++)
    for (int t = 0; t < taps; t++)
      STORE(j->sums + ((m0 + m) * taps + t) * AXF_LANES + first, acc[m][t]);
}

#define CASE(n)                                                                                                        \
  case n:                                                                                                              \
    corr_tile(j, m0, first, maps, n);                                                                                  \
    break;
INLINE void any_taps(const axf_corr_job *j, int m0, int first, const int maps) {
  // clang-format off
  switch (j->taps) {
    CASE(1) CASE(2) CASE(3) CASE(4) CASE(5)
  default: break;
  }
  // clang-format on
}
#undef CASE

TARGET static void corr(const axf_corr_job *j) {
  for (int first = 0; first < AXF_LANES; first += WIDTH) {
    int m = 0;
    for (; m + CORR_MAPS <= j->maps; m += CORR_MAPS)
      any_taps(j, m, first, CORR_MAPS);
    for (; m < j->maps; m++)
      any_taps(j, m, first, 1);
  }
}
