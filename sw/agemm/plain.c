/* The kernels in plain C, for any processor.
 * SPDX-License-Identifier: Apache-2.0 */
#include "agemm/plan.h"
#include <string.h>

#define COLUMNS 1024 /* columns whose sums are held at a time */
#define KC (AXF_AGEMM_SCRATCH / COLUMNS)

/* sum[n] += f[k] * g[k][n] */
static void add_products(const int16_t *f, const uint8_t *g, int K, size_t columns, uint32_t *sum) {
  for (int k = 0; k < K; k++, g += COLUMNS)
    for (size_t n = 0; n < columns; n++)
      sum[n] += (uint32_t)(f[k] * g[n]);
}

void agemm_term_plain(const agemm_job *j, int i, int start) {
  const agemm_term *t = &j->p->term[i];
  const axf_agemm_weights *w = j->w;
  uint8_t *g = j->scratch; /* (KC, COLUMNS) transformed activations */
  uint32_t sum[COLUMNS];
  for (int n0 = 0; n0 < j->N; n0 += COLUMNS)
    for (int k0 = 0; k0 < w->K; k0 += KC) {
      const size_t columns = (size_t)(j->N - n0 < COLUMNS ? j->N - n0 : COLUMNS);
      const int here = w->K - k0 < KC ? w->K - k0 : KC;
      for (int k = 0; k < here; k++)
        for (size_t n = 0; n < columns; n++)
          g[(size_t)k * COLUMNS + n] = t->g[j->a[(size_t)(k0 + k) * j->lda + (size_t)n0 + n]];
      for (int m = 0; m < w->M; m++) {
        int32_t *c = j->c + m * j->ldc + n0;
        memset(sum, 0, sizeof sum);
        add_products((const int16_t *)w->f + ((size_t)i * w->M + m) * w->pitch + k0, g, here, columns, sum);
        for (size_t n = 0; n < columns; n++)
          c[n] = (int32_t)((start && k0 == 0 ? w->row[m] : (uint32_t)c[n]) + sum[n] * (uint32_t)t->scale);
      }
    }
}

/* Four weights at a time: their products are added to the sums together. Gathers would be slower than plain look-ups.
 */
__attribute__((optimize("no-tree-vectorize"))) void agemm_product_plain(const agemm_job *j, int start) {
  static const uint8_t no_activation[COLUMNS];
  static const int32_t no_product[256];
  const axf_agemm_weights *w = j->w;
  uint32_t sum[COLUMNS];
  for (int n0 = 0; n0 < j->N; n0 += COLUMNS) {
    const size_t here = (size_t)(j->N - n0 < COLUMNS ? j->N - n0 : COLUMNS);
    for (int m = 0; m < w->M; m++) {
      int32_t *c = j->c + m * j->ldc + n0;
      for (size_t n = 0; n < here; n++)
        sum[n] = start ? 0 : (uint32_t)c[n];
      for (int k = 0; k < w->K; k += 4) {
        const int32_t *row[4];
        const uint8_t *a[4];
        for (int i = 0; i < 4; i++) {
          const int there = k + i < w->K;
          row[i] = there ? j->p->product + (size_t)w->code[(size_t)m * w->K + k + i] * 256 : no_product;
          a[i] = there ? j->a + (k + i) * j->lda + n0 : no_activation;
        }
        for (size_t n = 0; n < here; n++)
          sum[n] += (uint32_t)row[0][a[0][n]] + (uint32_t)row[1][a[1][n]] + (uint32_t)row[2][a[2][n]] +
                    (uint32_t)row[3][a[3][n]];
      }
      for (size_t n = 0; n < here; n++)
        c[n] = (int32_t)sum[n];
    }
  }
}
