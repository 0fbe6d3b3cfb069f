/* Fully connected layer on a block of images: one matrix product each way.
 * SPDX-License-Identifier: Apache-2.0 */
#include "kernels/kernels.h"
#include "kernels/lanes.h"
#include <string.h>

#define L AXF_LANES
#define DEEP 512 /* inputs */
#define HIGH 256 /* and outputs of 16 images that are in lanes at a time */

/* Forward of up to 16 images, outputs m0 .. m0 + high - 1. */
static void forward(const axf_layer *l, int n, int m0, int high, const float *w, const float *b, const float *in,
                    float *out) {
  const int k = l->in_c * l->ky * l->kx;
  float x[DEEP * L], y[HIGH * L];
  for (int first = 0; first < k; first += DEEP) {
    const int deep = k - first < DEEP ? k - first : DEEP;
    axf_to_lanes(n, deep, in + first, (size_t)k, x);
    axf_product_dense(&(axf_product_job){.rows = high,
                                         .cols = L,
                                         .depth = deep,
                                         .keep = first > 0,
                                         .a = w + (size_t)m0 * (size_t)k + (size_t)first,
                                         .a_row = k,
                                         .a_step = 1,
                                         .b = x,
                                         .c = y,
                                         .ldc = L,
                                         .init = b + m0},
                      L);
  }
  axf_from_lanes(n, high, y, (size_t)l->out_c, out + m0, l->relu);
}

void axf_fc_fwd(const axf_layer *l, int n, const float *w, const float *b, const float *in, float *out) {
  const int m = l->out_c;
  const size_t k = axf_weight_count(l) / (size_t)m;
  for (int i = 0; i < n; i += L)
    for (int m0 = 0; m0 < m; m0 += HIGH)
      forward(l, n - i < L ? n - i : L, m0, m - m0 < HIGH ? m - m0 : HIGH, w, b, in + (size_t)i * k,
              out + (size_t)i * (size_t)m);
}

void axf_fc_bwd(const axf_layer *l, int n, const float *w, const float *in, const float *dout, float *dw, float *db,
                float *din) {
  const int m = l->out_c, k = l->in_c * l->ky * l->kx;
  memset(db, 0, (size_t)m * sizeof *db);
  for (int i = 0; i < n; i++)
    for (int j = 0; j < m; j++)
      db[j] += dout[(size_t)i * (size_t)m + (size_t)j];
  /* dw (m, k) = dout^T (m, n) * in (n, k) */
  axf_product_dense(
      &(axf_product_job){
          .rows = m, .cols = k, .depth = n, .a = dout, .a_row = 1, .a_step = m, .b = in, .c = dw, .ldc = k},
      k);
  if (din) /* din (n, k) = dout (n, m) * w (m, k) */
    axf_product_dense(
        &(axf_product_job){
            .rows = n, .cols = k, .depth = m, .a = dout, .a_row = m, .a_step = 1, .b = w, .c = din, .ldc = k},
        k);
}
