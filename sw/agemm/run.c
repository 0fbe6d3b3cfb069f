/* Weights made ready, and a run: the plan's terms one after the other, then its look-up.
 * SPDX-License-Identifier: Apache-2.0 */
#include "agemm/plan.h"
#include <stdlib.h>
#include <string.h>

/* The VNNI kernel takes f as int8, the others as int16. */
static size_t f_size(const axf_agemm *p) { return p->path == AXF_AGEMM_AVX512 ? 1 : 2; }

/* Terms that are computed: none when whole products are looked up. */
static int terms(const axf_agemm *p) { return p->product ? 0 : p->nterms; }

/* 1 if M weights fill vectors of 64 better than N columns do, skipped zeros counted as a third of the work. */
static int turn(const axf_agemm *p, int M, int N) {
  const int vectors = (M + 63) / 64;
  return p->cols && N > 0 && N <= 64 && 3 * M >= 2 * N * vectors;
}

int axf_agemm_weights_new(axf_agemm_weights *w, const axf_agemm *p, int M, int K, int N) {
  memset(w, 0, sizeof *w);
  w->M = M;
  w->K = K;
  w->pitch = (K + 3) / 4 * 4;
  const int turned = turn(p, M, N);
  if (turned)
    w->turned = axf_alloc((size_t)(M + 63) / 64 * K, 64);
  else
    w->code = axf_alloc((size_t)M * K, 1);
  if (!turned && terms(p))
    w->f = axf_alloc((size_t)terms(p) * M * w->pitch, f_size(p));
  w->row = axf_alloc((size_t)M, sizeof *w->row);
  if ((w->code || w->turned) && w->row && (w->f || turned || !terms(p)))
    return 0;
  axf_agemm_weights_free(w);
  return -1;
}

void axf_agemm_weights_free(axf_agemm_weights *w) {
  free(w->code);
  free(w->f);
  free(w->row);
  free(w->turned);
  memset(w, 0, sizeof *w);
}

void axf_agemm_weights_set(axf_agemm_weights *w, const axf_agemm *p, const uint8_t *code) {
  const size_t K = (size_t)w->K;
  if (w->turned) {
    agemm_turn_vbmi(w, p, code);
    return;
  }
  memcpy(w->code, code, (size_t)w->M * K);
  for (int m = 0; m < w->M; m++) {
    uint32_t sum = 0;
    for (size_t k = 0; !p->product && k < K; k++)
      sum += p->row_const[code[m * K + k]];
    w->row[m] = sum;
  }
  for (int i = 0; i < terms(p); i++) /* the padding of a row stays zero */
    for (int m = 0; m < w->M; m++) {
      const size_t to = ((size_t)i * w->M + m) * w->pitch;
      for (size_t k = 0; k < K; k++)
        if (f_size(p) == 1)
          ((int8_t *)w->f)[to + k] = p->term[i].f[code[m * K + k]];
        else
          ((int16_t *)w->f)[to + k] = p->term[i].f[code[m * K + k]];
    }
}

/* The row constants, for a plan without anything else and for adding to C. */
static void add_rows(const agemm_job *j, int start) {
  for (int m = 0; m < j->w->M; m++)
    for (int n = 0; n < j->N; n++)
      j->c[m * j->ldc + n] = (int32_t)((start ? 0 : (uint32_t)j->c[m * j->ldc + n]) + j->w->row[m]);
}

void axf_agemm_run(const axf_agemm *p, const axf_agemm_weights *w, const uint8_t *a, size_t lda, int N, int32_t *c,
                   size_t ldc, int accumulate, void *scratch) {
  const agemm_job j = {p, w, a, lda, N, c, ldc, scratch, 0};
  int start = !accumulate;
  if (w->turned) {
    agemm_turned_vbmi(&j, start);
    return;
  }
  if (!start || (terms(p) == 0 && p->planes == 0)) {
    add_rows(&j, start);
    start = 0;
  }
  for (int i = 0; i < terms(p); i++) {
    if (p->path == AXF_AGEMM_AVX512)
      agemm_term_vnni(&j, i, start);
    else if (p->path == AXF_AGEMM_AVX2)
      agemm_term_avx2(&j, i, start);
    else
      agemm_term_plain(&j, i, start);
    start = 0;
  }
  if (p->planes == 0)
    return;
  if (p->path == AXF_AGEMM_AVX512)
    agemm_planes_vbmi(&j, start);
  else
    agemm_product_plain(&j, start);
}

void axf_agemm_run_rows(const axf_agemm *p, const axf_agemm_weights *w, const uint8_t *a, size_t lda, int N, int32_t *c,
                        size_t ldc, int accumulate, void *scratch) {
  const agemm_job j = {p, w, a, lda, N, c, ldc, scratch, 1};
  agemm_turned_vbmi(&j, !accumulate);
}
