/* An exact 8-bit product with AVX-512 VNNI: tiles of six rows and 64 columns whose sums stay in 24 registers.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The activations of 64 columns are mapped by g and laid out so that the bytes of four k lie side by side:
 *     pack[k/4][column][k%4]       one register holds 16 columns
 * which is what a dot-product instruction multiplies by four weights and adds. */
#include "agemm/plan.h"
#include <immintrin.h>

#define V512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi,avx512vnni")))
#define V512_INLINE V512 __attribute__((always_inline)) static inline
#define COLUMNS 64
#define KC 384 /* k of one packing: 24 KB, half of the smallest first-level cache */

/* The columns of a vector that exist, left to right. */
static inline uint64_t low_bits(int n) { return n >= 64 ? ~UINT64_C(0) : n <= 0 ? 0 : (UINT64_C(1) << n) - 1; }

/* Four rows, mapped already, to bytes of four k side by side. */
V512_INLINE void store4(const __m512i row[4], uint8_t *out) {
  /* Blocks of four columns change places first, so that the unpacking, which stays in 128 bits, ends in column order.
   */
  const __m512i turn = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
  __m512i r[4];
  for (int i = 0; i < 4; i++)
    r[i] = _mm512_permutexvar_epi32(turn, row[i]);
  __m512i lo01 = _mm512_unpacklo_epi8(r[0], r[1]), hi01 = _mm512_unpackhi_epi8(r[0], r[1]);
  __m512i lo23 = _mm512_unpacklo_epi8(r[2], r[3]), hi23 = _mm512_unpackhi_epi8(r[2], r[3]);
  _mm512_store_si512(out, _mm512_unpacklo_epi16(lo01, lo23));
  _mm512_store_si512(out + 64, _mm512_unpackhi_epi16(lo01, lo23));
  _mm512_store_si512(out + 128, _mm512_unpacklo_epi16(hi01, hi23));
  _mm512_store_si512(out + 192, _mm512_unpackhi_epi16(hi01, hi23));
}

/* K rows of up to 64 columns, through g unless that is the identity; the rows that fill up the last four are 0. */
V512_INLINE void pack_as(int identity, const uint8_t *table, const uint8_t *a, size_t lda, int K, uint64_t columns,
                         uint8_t *out) {
  __m512i g[4], r[4];
  for (int i = 0; i < 4; i++) {
    g[i] = _mm512_loadu_si512(table + 64 * i);
    __asm__("" : "+v"(g[i])); /* stays in a register */
  }
  for (int k = 0; k < K; k += 4, out += 4 * COLUMNS) {
#pragma GCC unroll 4
    for (int i = 0; i < 4; i++, a += lda) {
      r[i] = _mm512_maskz_loadu_epi8(k + i < K ? columns : 0, k + i < K ? a : out);
      if (!identity) {
        __m512i lo = _mm512_permutex2var_epi8(g[0], r[i], g[1]), hi = _mm512_permutex2var_epi8(g[2], r[i], g[3]);
        r[i] = _mm512_mask_blend_epi8(_mm512_movepi8_mask(r[i]), lo, hi);
      }
    }
    store4(r, out);
  }
}

V512 static void pack(const agemm_term *t, const uint8_t *a, size_t lda, int K, uint64_t columns, uint8_t *out) {
  if (t->g_identity)
    pack_as(1, t->g, a, lda, K, columns, out);
  else
    pack_as(0, t->g, a, lda, K, columns, out);
}

/* s += the dot products of 16 columns, in place: spelled out, since GCC 12 makes copies of s. */
V512_INLINE void dot4(__m512i *s, __m512i b, __m512i w) { __asm__("vpdpbusd %2, %1, %0" : "+v"(*s) : "v"(b), "v"(w)); }

/* mr rows and nv vectors of 16 columns. f: (mr, pitch) weights; c: the tile's corner; row: NULL or row constants. */
V512_INLINE void tile(int mr, int nv, const uint8_t *pack, const int8_t *f, size_t pitch, int K, int32_t scale,
                      const uint32_t *row, int32_t *c, size_t ldc, uint64_t columns) {
  __m512i s[6][4];
#pragma GCC unroll 6
  for (int m = 0; m < mr; m++)
#pragma GCC unroll 4
    for (int v = 0; v < nv; v++)
      s[m][v] = _mm512_setzero_si512();
  for (int k = 0; k < K; k += 4, pack += 4 * COLUMNS) {
    __m512i b[4];
#pragma GCC unroll 4
    for (int v = 0; v < nv; v++)
      b[v] = _mm512_load_si512(pack + 64 * v);
#pragma GCC unroll 6
    for (int m = 0; m < mr; m++) {
      int32_t w4;
      __builtin_memcpy(&w4, f + m * pitch + k, 4);
      __m512i w = _mm512_set1_epi32(w4);
#pragma GCC unroll 4
      for (int v = 0; v < nv; v++)
        dot4(&s[m][v], b[v], w);
    }
  }
#pragma GCC unroll 6
  for (int m = 0; m < mr; m++)
#pragma GCC unroll 4
    for (int v = 0; v < nv; v++) {
      int32_t *to = c + m * ldc + 16 * v;
      const __mmask16 k = (__mmask16)(columns >> 16 * v);
      __m512i x = scale == 1 ? s[m][v] : _mm512_mullo_epi32(s[m][v], _mm512_set1_epi32(scale));
      x = _mm512_add_epi32(x, row ? _mm512_set1_epi32((int32_t)row[m]) : _mm512_maskz_loadu_epi32(k, to));
      _mm512_mask_storeu_epi32(to, k, x);
    }
}

/* All rows of one packing. */
V512_INLINE void rows_of(int nv, const uint8_t *pack, const int8_t *f, size_t pitch, int M, int K, int32_t scale,
                         const uint32_t *row, int32_t *c, size_t ldc, uint64_t columns) {
  int m = 0;
#define TILE(mr) tile(mr, nv, pack, f + m * pitch, pitch, K, scale, row ? row + m : NULL, c + m * ldc, ldc, columns)
  for (; m + 6 <= M; m += 6)
    TILE(6);
  switch (M - m) {
  case 5:
    TILE(5);
    break;
  case 4:
    TILE(4);
    break;
  case 3:
    TILE(3);
    break;
  case 2:
    TILE(2);
    break;
  case 1:
    TILE(1);
    break;
  default:
    break;
  }
#undef TILE
}

V512 void agemm_term_vnni(const agemm_job *j, int i, int start) {
  const agemm_term *t = &j->p->term[i];
  const axf_agemm_weights *w = j->w;
  const int8_t *f = (const int8_t *)w->f + (size_t)i * w->M * w->pitch;
  uint8_t *packed = j->scratch; /* (KC / 4, 64, 4) */
  for (int n = 0; n < j->N; n += COLUMNS) {
    const uint64_t columns = low_bits(j->N - n);
    for (int k0 = 0; k0 < w->K; k0 += KC) {
      const int here = w->K - k0 < KC ? w->K - k0 : KC;
      const uint32_t *row = start && k0 == 0 ? w->row : NULL;
      pack(t, j->a + (size_t)k0 * j->lda + n, j->lda, here, columns, packed);
      if (j->N - n > 32)
        rows_of(4, packed, f + k0, (size_t)w->pitch, w->M, here, t->scale, row, j->c + n, j->ldc, columns);
      else
        rows_of(2, packed, f + k0, (size_t)w->pitch, w->M, here, t->scale, row, j->c + n, j->ldc, columns);
    }
  }
}
