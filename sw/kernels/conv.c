/* Convolution of one image as a matrix product with its unfolded input, which stays in the cache.
 * SPDX-License-Identifier: Apache-2.0 */
#include "kernels/kernels.h"
#include <cblas.h>

void axf_conv_fwd(const axf_layer *l, const float *w, const float *b, const float *in, float *out, float *col) {
  const int m = l->out_c, n = l->out_h * l->out_w, k = l->in_c * l->ky * l->kx;
  axf_im2col(l, in, col);
  for (int i = 0; i < m; i++)
    for (int j = 0; j < n; j++)
      out[(size_t)i * (size_t)n + (size_t)j] = b[i];
  /* out (m, n) += w (m, k) * col (k, n) */
  cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, m, n, k, 1, w, k, col, n, 1, out, n);
  if (l->relu)
    axf_relu_fwd((size_t)m * (size_t)n, out);
}

/* Sum of n floats in eight interleaved partial sums: the order is fixed, and the compiler can vectorise it. */
static float sum(const float *v, int n) {
  float part[8] = {0}, total = 0;
  int i = 0;
  for (; i + 8 <= n; i += 8)
    for (int j = 0; j < 8; j++)
      part[j] += v[i + j];
  for (; i < n; i++)
    part[i % 8] += v[i];
  for (int j = 0; j < 8; j++)
    total += part[j];
  return total;
}

void axf_conv_bwd(const axf_layer *l, const float *w, const float *in, const float *dout, int first, float *dw,
                  float *db, float *din, float *col) {
  const int m = l->out_c, n = l->out_h * l->out_w, k = l->in_c * l->ky * l->kx;
  for (int i = 0; i < m; i++)
    db[i] = (first ? 0 : db[i]) + sum(dout + (size_t)i * (size_t)n, n);
  axf_im2col(l, in, col);
  /* dw (m, k) += dout (m, n) * col^T (n, k) */
  cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, m, k, n, 1, dout, n, col, n, first ? 0 : 1, dw, k);
  if (!din)
    return;
  /* dcol (k, n) = w^T (k, m) * dout (m, n) */
  cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, k, n, m, 1, w, k, dout, n, 0, col, n);
  axf_col2im(l, col, din);
}
