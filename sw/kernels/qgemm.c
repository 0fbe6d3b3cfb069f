/* AVX2 bodies of qgemm.h: the sums of sixteen positions stay in two registers over all synapses.
 * SPDX-License-Identifier: Apache-2.0 */
#include "kernels/qgemm.h"
#include <immintrin.h>

static inline __m256i load(const int32_t *p) { return _mm256_loadu_si256((const __m256i *)p); }
static inline void store(int32_t *p, __m256i v) { _mm256_storeu_si256((__m256i *)p, v); }

/* Sixteen positions of all synapses; sixteen look-ups a step. */
static inline void table_tile(const int32_t *rows, const uint8_t *wcode, const uint8_t *col, int K, int X,
                              int32_t *acc) {
  __m256i s0 = _mm256_setzero_si256(), s1 = s0;
  for (int k = 0; k < K; k++) {
    const int *row = (const int *)rows + (size_t)wcode[k] * 256;
    __m128i a = _mm_loadu_si128((const __m128i *)(col + (size_t)k * X));
    s0 = _mm256_add_epi32(s0, _mm256_i32gather_epi32(row, _mm256_cvtepu8_epi32(a), 4));
    s1 = _mm256_add_epi32(s1, _mm256_i32gather_epi32(row, _mm256_cvtepu8_epi32(_mm_srli_si128(a, 8)), 4));
  }
  store(acc, s0);
  store(acc + 8, s1);
}

void axf_qgemm_table(const int32_t *rows, const uint8_t *wcode, const uint8_t *col, int K, int X, int32_t *acc) {
  for (int x = 0; x < X; x += 16)
    table_tile(rows, wcode, col + x, K, X, acc + x);
}

/* Two synapses of sixteen positions: pairs of bytes side by side, widened, then multiply-add of pairs. */
static inline void exact_step(__m256i *s0, __m256i *s1, __m256i w2, const uint8_t *even, const uint8_t *odd,
                              int a_signed) {
  __m128i e = _mm_loadu_si128((const __m128i *)even), o = _mm_loadu_si128((const __m128i *)odd);
  __m128i lo = _mm_unpacklo_epi8(e, o), hi = _mm_unpackhi_epi8(e, o);
  __m256i a0 = a_signed ? _mm256_cvtepi8_epi16(lo) : _mm256_cvtepu8_epi16(lo);
  __m256i a1 = a_signed ? _mm256_cvtepi8_epi16(hi) : _mm256_cvtepu8_epi16(hi);
  *s0 = _mm256_add_epi32(*s0, _mm256_madd_epi16(a0, w2));
  *s1 = _mm256_add_epi32(*s1, _mm256_madd_epi16(a1, w2));
}

static inline __m256i pair(const int16_t *w) {
  return _mm256_set1_epi32((int)((uint32_t)(uint16_t)w[0] | (uint32_t)(uint16_t)w[1] << 16));
}

static inline void exact_tile(const int16_t *w, const uint8_t *col, int a_signed, int K2, int X, int32_t *acc) {
  __m256i s0 = _mm256_setzero_si256(), s1 = s0;
  for (int k = 0; k < K2; k += 2)
    exact_step(&s0, &s1, pair(w + k), col + (size_t)k * X, col + (size_t)(k + 1) * X, a_signed);
  store(acc, s0);
  store(acc + 8, s1);
}

void axf_qgemm_exact(const int16_t *w, const uint8_t *col, int a_signed, int K2, int X, int32_t *acc) {
  if (a_signed)
    for (int x = 0; x < X; x += 16)
      exact_tile(w, col + x, 1, K2, X, acc + x);
  else
    for (int x = 0; x < X; x += 16)
      exact_tile(w, col + x, 0, K2, X, acc + x);
}
