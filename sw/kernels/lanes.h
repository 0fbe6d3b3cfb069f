/* Products of the float layers, on vectors. Private to sw/kernels.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Every result is one chain of fused multiply-adds in a fixed order, so it does not depend on how a kernel cuts its
 * work into tiles, nor on the vector length: the AVX2 and the AVX-512 kernels give the same bits. Convolutions run on
 * 16 images at a time, one a lane: value v of image i stands at [v * 16 + i] ("lanes"), and a layer's border, width and
 * stride cost no vector anything. */
#ifndef AXF_LANES_H
#define AXF_LANES_H
#include <stddef.h>

#define AXF_LANES 16

/* c[r * ldc + j] = start + sum over t of a[r * a_row + t * a_step] * b[off[t] + j], t ascending, for r < rows, j <
 * cols. start: c itself if keep, else init[r], or 0 if init is NULL. */
typedef struct {
  int rows, cols, depth, keep;
  const float *a;
  ptrdiff_t a_row, a_step;
  const float *b;
  const ptrdiff_t *off; /* (depth) */
  float *c;
  ptrdiff_t ldc;
  const float *init;
} axf_product_job;

/* sums[(r * taps + t) * 16 + lane] = sum over y < h, x < w of d[r * d_map + (y * w + x) * 16 + lane]
 * * in[y * in_row + x * in_col + t * 16 + lane], positions in order; r < maps <= AXF_CORR_MAPS, taps <= AXF_CORR_TAPS.
 */
#define AXF_CORR_MAPS 4
#define AXF_CORR_TAPS 5
typedef struct {
  int maps, taps, h, w;
  const float *d, *in;
  ptrdiff_t d_map, in_row, in_col;
  float *sums;
} axf_corr_job;

typedef struct {
  const char *name;
  void (*product)(const axf_product_job *j);
  void (*corr)(const axf_corr_job *j);
} axf_lane_kernels;
extern const axf_lane_kernels axf_lanes_avx2, axf_lanes_avx512;
/* The kernels to use: the widest of this processor; AXF_FLOAT_PATH=avx2 asks for the narrower ones. */
const axf_lane_kernels *axf_lanes(void);

/* The dense case: b[t * ldb + j] in place of b[off[t] + j]; j->off is not used. */
void axf_product_dense(const axf_product_job *j, ptrdiff_t ldb);
/* to[v * 16 + i] = from[i * step + v] for v < count; images i >= n become 0. */
void axf_to_lanes(int n, int count, const float *from, size_t step, float *to);
/* to[i * step + v] = from[v * 16 + i] for v < count, i < n; negative values become 0 if relu. */
void axf_from_lanes(int n, int count, const float *from, size_t step, float *to, int relu);
/* Sum of 16 lanes, as a tree. */
float axf_lane_sum(const float *v);
#endif
