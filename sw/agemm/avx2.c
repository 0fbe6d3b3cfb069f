/* An exact 8-bit product with AVX2, by multiply-add of 16-bit pairs.
 * SPDX-License-Identifier: Apache-2.0 */
#include "agemm/plan.h"
#include <immintrin.h>
#include <string.h>

#define V256 __attribute__((target("avx2")))
#define V256_INLINE V256 __attribute__((always_inline)) static inline
#define COLUMNS 16
#define KC 512 /* k of one packing: 16 KB */

/* Up to 16 columns of a row, the rest 0. */
V256_INLINE __m128i load_columns(const uint8_t *a, int columns) {
  uint8_t some[16] = {0};
  if (columns >= 16)
    return _mm_loadu_si128((const __m128i *)a);
  memcpy(some, a, (size_t)columns);
  return _mm_loadu_si128((const __m128i *)some);
}

V256_INLINE __m128i map(const agemm_term *t, __m128i x) {
  uint8_t b[16];
  if (t->g_identity)
    return x;
  _mm_storeu_si128((__m128i *)b, x);
  for (int i = 0; i < 16; i++)
    b[i] = t->g[b[i]];
  return _mm_loadu_si128((const __m128i *)b);
}

/* out[k/2][column][k%2] = g(a[k][column]) */
V256 static void pack(const agemm_term *t, const uint8_t *a, size_t lda, int K, int columns, int16_t *out) {
  for (int k = 0; k < K; k += 2, out += 2 * COLUMNS) {
    __m128i even = map(t, load_columns(a + k * lda, columns));
    __m128i odd = k + 1 < K ? map(t, load_columns(a + (k + 1) * lda, columns)) : _mm_setzero_si128();
    _mm256_store_si256((__m256i *)out, _mm256_cvtepu8_epi16(_mm_unpacklo_epi8(even, odd)));
    _mm256_store_si256((__m256i *)(out + COLUMNS), _mm256_cvtepu8_epi16(_mm_unpackhi_epi8(even, odd)));
  }
}

/* c[0..columns) = old + s * scale, old the row constant or c itself. */
V256_INLINE void finish(const __m256i s[2], int32_t scale, const uint32_t *row, int32_t *c, int columns) {
  uint32_t sum[COLUMNS];
  _mm256_storeu_si256((__m256i *)sum, s[0]);
  _mm256_storeu_si256((__m256i *)(sum + 8), s[1]);
  for (int n = 0; n < columns; n++)
    c[n] = (int32_t)((row ? *row : (uint32_t)c[n]) + sum[n] * (uint32_t)scale);
}

/* mr rows of 16 columns. f: (mr, pitch). */
V256_INLINE void tile(int mr, const int16_t *pack, const int16_t *f, size_t pitch, int K, int32_t scale,
                      const uint32_t *row, int32_t *c, size_t ldc, int columns) {
  __m256i s[4][2];
#pragma GCC unroll 4
  for (int m = 0; m < mr; m++)
    s[m][0] = s[m][1] = _mm256_setzero_si256();
  for (int k = 0; k < K; k += 2, pack += 2 * COLUMNS) {
    const __m256i a0 = _mm256_load_si256((const __m256i *)pack);
    const __m256i a1 = _mm256_load_si256((const __m256i *)(pack + COLUMNS));
#pragma GCC unroll 4
    for (int m = 0; m < mr; m++) {
      int32_t w2;
      memcpy(&w2, f + m * pitch + k, 4);
      const __m256i w = _mm256_set1_epi32(w2);
      s[m][0] = _mm256_add_epi32(s[m][0], _mm256_madd_epi16(a0, w));
      s[m][1] = _mm256_add_epi32(s[m][1], _mm256_madd_epi16(a1, w));
    }
  }
#pragma GCC unroll 4
  for (int m = 0; m < mr; m++)
    finish(s[m], scale, row ? row + m : NULL, c + m * ldc, columns);
}

V256 void agemm_term_avx2(const agemm_job *j, int i, int start) {
  const agemm_term *t = &j->p->term[i];
  const axf_agemm_weights *w = j->w;
  const size_t pitch = (size_t)w->pitch;
  const int16_t *f = (const int16_t *)w->f + (size_t)i * w->M * pitch;
  int16_t *packed = j->scratch; /* (KC / 2, 16, 2) */
  for (int n = 0; n < j->N; n += COLUMNS) {
    const int columns = j->N - n < COLUMNS ? j->N - n : COLUMNS;
    for (int k = 0; k < w->K; k += KC) {
      const int here = w->K - k < KC ? w->K - k : KC;
      const uint32_t *row = start && k == 0 ? w->row : NULL;
      int32_t *c = j->c + n;
      int m = 0;
      pack(t, j->a + k * j->lda + n, j->lda, here, columns, packed);
      for (; m + 4 <= w->M; m += 4)
        tile(4, packed, f + m * pitch + k, pitch, here, t->scale, row ? row + m : NULL, c + m * j->ldc, j->ldc,
             columns);
      for (; m < w->M; m++)
        tile(1, packed, f + m * pitch + k, pitch, here, t->scale, row ? row + m : NULL, c + m * j->ldc, j->ldc,
             columns);
    }
  }
}
