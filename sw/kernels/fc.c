/* Fully connected layer on a block of images: one matrix product each way.
 * SPDX-License-Identifier: Apache-2.0 */
#include "kernels/kernels.h"
#include <cblas.h>
#include <string.h>

void axf_fc_fwd(const axf_layer *l, int n, const float *w, const float *b, const float *in, float *out) {
  const int m = l->out_c, k = l->in_c * l->ky * l->kx;
  for (int i = 0; i < n; i++)
    memcpy(out + (size_t)i * (size_t)m, b, (size_t)m * sizeof *out);
  /* out (n, m) += in (n, k) * w^T (k, m) */
  cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, n, m, k, 1, in, k, w, k, 1, out, m);
  if (l->relu)
    axf_relu_fwd((size_t)n * (size_t)m, out);
}

void axf_fc_bwd(const axf_layer *l, int n, const float *w, const float *in, const float *dout, float *dw, float *db,
                float *din) {
  const int m = l->out_c, k = l->in_c * l->ky * l->kx;
  memset(db, 0, (size_t)m * sizeof *db);
  for (int i = 0; i < n; i++)
    for (int j = 0; j < m; j++)
      db[j] += dout[(size_t)i * (size_t)m + (size_t)j];
  /* dw (m, k) = dout^T (m, n) * in (n, k) */
  cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, m, k, n, 1, dout, m, in, k, 0, dw, k);
  if (din) /* din (n, k) = dout (n, m) * w (m, k) */
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, k, m, 1, dout, m, w, k, 0, din, k);
}
