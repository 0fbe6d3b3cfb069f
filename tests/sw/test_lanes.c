/* The vector kernels of the float layers: bit for bit the chain of multiply-adds they promise, on every path of this
 * processor; and the block convolution against plain loops.
 * SPDX-License-Identifier: Apache-2.0 */
#include "check.h"
#include "kernels/kernels.h"
#include "kernels/lanes.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define L AXF_LANES
static axf_rng rng;

static float *random_floats(size_t n) {
  float *v = axf_alloc(n + 1, sizeof *v);
  for (size_t i = 0; i < n; i++)
    v[i] = axf_rng_normal(&rng);
  v[n] = 12345; /* nothing may write here */
  return v;
}

static int paths(const axf_lane_kernels *k[2]) {
  k[0] = &axf_lanes_avx2;
  k[1] = &axf_lanes_avx512;
  return __builtin_cpu_supports("avx512f") ? 2 : 1;
}

/* c = start + a * b with the order of one chain, against the kernel and the dense form. transposed: a_row = 1. */
static void check_product(int rows, int cols, int depth, int keep, int bias, int transposed) {
  const axf_lane_kernels *k[2];
  float *a = random_floats((size_t)rows * (size_t)depth), *b = random_floats((size_t)depth * (size_t)cols);
  float *init = random_floats((size_t)rows), *start = random_floats((size_t)rows * (size_t)cols);
  float *want = axf_alloc((size_t)rows * (size_t)cols, 4), *c = axf_alloc((size_t)rows * (size_t)cols + 1, 4);
  ptrdiff_t *off = axf_alloc((size_t)depth, sizeof *off);
  axf_product_job j = {
      rows, cols, depth, keep, a, transposed ? 1 : depth, transposed ? rows : 1, b, off, c, cols, bias ? init : NULL};
  for (int t = 0; t < depth; t++)
    off[t] = (ptrdiff_t)t * cols;
  for (int r = 0; r < rows; r++)
    for (int x = 0; x < cols; x++) {
      float s = keep ? start[r * cols + x] : bias ? init[r] : 0;
      for (int t = 0; t < depth; t++)
        s = fmaf(a[r * j.a_row + t * j.a_step], b[t * cols + x], s);
      want[r * cols + x] = s;
    }
  const size_t bytes = (size_t)rows * (size_t)cols * 4;
  for (int p = 0; p < paths(k) + 1; p++) {
    memcpy(c, start, bytes + 4);
    if (p < paths(k))
      k[p]->product(&j);
    else
      axf_product_dense(&j, cols);
    CHECK_MSG(memcmp(c, want, bytes) == 0 && c[rows * cols] == 12345, "%d x %d x %d keep %d bias %d, path %d", rows,
              cols, depth, keep, bias, p);
  }
  free(a), free(b), free(init), free(start), free(want), free(c), free(off);
}

static void check_corr(int maps, int taps, int h, int w, int step) {
  const axf_lane_kernels *k[2];
  const int in_w = (w - 1) * step + taps, d_map = h * w * L;
  float *d = random_floats((size_t)(maps * d_map)), *in = random_floats((size_t)(h * step * in_w * L));
  float want[AXF_CORR_MAPS * AXF_CORR_TAPS * L] = {0}, got[AXF_CORR_MAPS * AXF_CORR_TAPS * L];
  axf_corr_job j = {maps, taps, h, w, d, in, d_map, (ptrdiff_t)step * in_w * L, (ptrdiff_t)step * L, got};
  for (int i = 0; i < maps * taps * L; i++) {
    float s = 0;
    for (int y = 0; y < h; y++)
      for (int x = 0; x < w; x++)
        s = fmaf(d[i / (taps * L) * d_map + (y * w + x) * L + i % L],
                 in[y * j.in_row + x * j.in_col + i / L % taps * L + i % L], s);
    want[i] = s;
  }
  for (int p = 0; p < paths(k); p++) {
    memset(got, 0, sizeof got);
    k[p]->corr(&j);
    CHECK_MSG(memcmp(got, want, (size_t)(maps * taps * L) * 4) == 0, "%d maps, %d taps, %s", maps, taps, k[p]->name);
  }
  free(d), free(in);
}

static void check_lanes(int n, int count) {
  float *x = random_floats((size_t)(n * count)), *lanes = random_floats((size_t)(count * L));
  float *back = random_floats((size_t)(n * count));
  int wrong = 0;
  axf_to_lanes(n, count, x, (size_t)count, lanes);
  for (int v = 0; v < count; v++)
    for (int i = 0; i < L; i++)
      wrong += lanes[v * L + i] != (i < n ? x[i * count + v] : 0);
  for (int relu = 0; relu < 2; relu++) {
    axf_from_lanes(n, count, lanes, (size_t)count, back, relu);
    for (int i = 0; i < n * count; i++)
      wrong += back[i] != (relu && x[i] < 0 ? 0 : x[i]);
  }
  CHECK_MSG(wrong == 0 && back[n * count] == 12345 && lanes[count * L] == 12345, "%d images of %d: %d wrong", n, count,
            wrong);
  free(x), free(lanes), free(back);
}

/* Largest difference of a float array from a double one, in units of the latter's largest value. */
static double apart(size_t n, const float *v, const double *want) {
  double worst = 0, most = 1e-30;
  for (size_t i = 0; i < n; i++) {
    worst = fmax(worst, fabs((double)v[i] - want[i]));
    most = fmax(most, fabs(want[i]));
  }
  return worst / most;
}

/* Block convolution, forward and backward, of n images: against loops in double, and the same bits on every path. */
static void check_conv(int n, int c, int h, int w, int maps, int ky, int kx, int stride, int pad, int relu) {
  axf_layer l = {.kind = AXF_CONV, .in_c = c, .in_h = h, .in_w = w, .ky = ky, .kx = kx, .stride = stride, .pad = pad};
  l.out_c = maps;
  l.out_h = (h + 2 * pad - ky) / stride + 1;
  l.out_w = (w + 2 * pad - kx) / stride + 1;
  l.relu = relu;
  const size_t si = (size_t)(c * h * w), so = (size_t)(maps * l.out_h * l.out_w), nw = axf_weight_count(&l);
  const size_t count[5] = {(size_t)n * so, nw, (size_t)maps, (size_t)n * si, axf_col_count(&l)};
  float *in = random_floats((size_t)n * si), *wt = random_floats(nw), *b = random_floats((size_t)maps);
  float *dout = random_floats((size_t)n * so), *got[2][5];
  double *want[4];
  for (int i = 0; i < 4; i++)
    want[i] = axf_alloc(count[i], sizeof(double));
  for (size_t i = 0; i < (size_t)n; i++)
    for (int m = 0; m < maps; m++)
      for (int y = 0; y < l.out_h; y++)
        for (int x = 0; x < l.out_w; x++) {
          const size_t o = i * so + (size_t)((m * l.out_h + y) * l.out_w + x);
          double s = (double)b[m], g = (double)dout[o];
          for (int k = 0; k < c * ky * kx; k++) {
            const int r = y * stride + k / kx % ky - pad, q = x * stride + k % kx - pad;
            if (r < 0 || r >= h || q < 0 || q >= w)
              continue;
            const size_t at = i * si + (size_t)((k / (ky * kx) * h + r) * w + q), f = (size_t)(m * c * ky * kx + k);
            s += (double)wt[f] * (double)in[at];
            want[1][f] += g * (double)in[at];
            want[3][at] += g * (double)wt[f];
          }
          want[0][o] = relu && s < 0 ? 0 : s;
          want[2][m] += g;
        }
  for (int p = 0; p < 2; p++) {
    for (int i = 0; i < 5; i++)
      got[p][i] = random_floats(count[i]);
    setenv("AXF_FLOAT_PATH", p ? "avx2" : "", 1);
    axf_conv_fwd(&l, n, wt, b, in, got[p][0], got[p][4]);
    axf_conv_bwd(&l, n, wt, in, dout, got[p][1], got[p][2], got[p][3], got[p][4]);
    for (int i = 0; i < 4; i++) {
      CHECK_MSG(apart(count[i], got[p][i], want[i]) < 2e-6 * (1 + sqrt((double)(nw + so))), "part %d of %dx%dx%d: %g",
                i, c, h, w, apart(count[i], got[p][i], want[i]));
      CHECK(memcmp(got[0][i], got[p][i], count[i] * 4) == 0);
    }
    for (int i = 0; i < 5; i++)
      CHECK_MSG(got[p][i][count[i]] == 12345, "wrote behind array %d", i);
  }
  unsetenv("AXF_FLOAT_PATH");
  for (int i = 0; i < 5; i++)
    free(got[0][i]), free(got[1][i]);
  for (int i = 0; i < 4; i++)
    free(want[i]);
  free(in), free(wt), free(b), free(dout);
}

int main(void) {
  axf_rng_seed(&rng, 3, 0);
  for (int i = 0; i < 60; i++)
    check_product(1 + (int)axf_rng_below(&rng, 40), 1 + (int)axf_rng_below(&rng, 150), 1 + (int)axf_rng_below(&rng, 60),
                  i % 2, i / 2 % 2, i / 4 % 2);
  check_product(5, 37, 1300, 0, 1, 0); /* deeper than one piece of the dense product */
  check_product(300, 16, 40, 0, 1, 0);
  check_product(16, 784, 300, 0, 0, 0);
  for (int maps = 1; maps <= AXF_CORR_MAPS; maps++)
    for (int taps = 1; taps <= AXF_CORR_TAPS; taps++)
      check_corr(maps, taps, 1 + maps, 7 - taps, 1 + taps % 2);
  for (int n = 1; n <= L; n += n < 15 ? 7 : 1)
    for (int count = 1; count < 30; count += 3)
      check_lanes(n, count);
  check_conv(16, 1, 28, 28, 6, 5, 5, 1, 2, 1);
  check_conv(16, 6, 14, 14, 16, 5, 5, 1, 0, 1);
  check_conv(21, 3, 9, 7, 5, 3, 2, 2, 1, 0);
  check_conv(1, 2, 5, 20, 4, 5, 1, 1, 3, 1);
  check_conv(3, 1, 3, 3, 2, 5, 5, 1, 4, 1);
  check_conv(40, 2, 8, 8, 13, 1, 1, 3, 0, 0);
  check_conv(2, 1, 12, 9, 3, 2, 9, 3, 8, 0);
  check_conv(17, 3, 6, 17, 7, 7, 6, 1, 3, 1);
  return check_done("test_lanes");
}
