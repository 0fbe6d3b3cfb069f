/* The look-up of one or two bytes with AVX-512 VBMI, for any table: 64 activations a step.
 * SPDX-License-Identifier: Apache-2.0
 *
 * One weight's row lies in registers and a byte permutation looks 64 activations up in it. Sums are kept in 16-bit
 * lanes: `both` adds pairs of bytes as they are, `odd` the upper bytes alone; the sum of the lower bytes is
 * both - (odd << 8), exact for 257 additions. After KC additions the sums go to C.
 *
 * Up to four vectors of columns are treated together; their activations are packed as pack[k][vector][64] with the
 * column 16i + j at byte 4j + i, so that the four bytes of the 32-bit lanes are four whole vectors of sums. In a signed
 * layer every vector is followed by its mask of negative activations. */
#include "agemm/plan.h"
#include <immintrin.h>

#define V512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi,avx512vnni")))
#define V512_INLINE V512 __attribute__((always_inline)) static inline
#define VECTORS 4
#define KC 252      /* most additions of a 16-bit sum; at most 255 for the counts of negative activations */
#define PANEL 32768 /* bytes packed at a time: the smallest first-level cache */

_Static_assert(PANEL + VECTORS * 64 * 4 <= AXF_AGEMM_SCRATCH, "scratch of the look-up kernel");

static inline uint64_t low_bits(int n) { return n >= 64 ? ~UINT64_C(0) : n <= 0 ? 0 : (UINT64_C(1) << n) - 1; }

/* Byte i of all 32-bit lanes: the columns 16i..16i+15. */
V512_INLINE __m512i byte_of(__m512i x, int i) {
  return _mm512_and_si512(_mm512_srli_epi32(x, (unsigned)(8 * i)), _mm512_set1_epi32(255));
}

/* K rows of nv vectors from column n on; adds what negative activations contribute to neg: (nv * 64). */
V512_INLINE void pack(const agemm_job *j, int nv, int k0, int K, int n, uint8_t *out, int32_t *neg) {
  uint8_t place[64];
  for (int i = 0; i < 64; i++)
    place[i] = (uint8_t)(16 * (i % 4) + i / 4);
  const __m512i turn = _mm512_loadu_si512(place);
  const int wide = j->p->a_signed;
  for (int v = 0; v < nv; v++) {
    const __mmask64 columns = low_bits(j->N - n - 64 * v);
    const uint8_t *a = j->a + (size_t)k0 * j->lda + n + 64 * v;
    uint8_t *to = out + (size_t)v * (wide ? 128 : 64);
    __m512i count = _mm512_setzero_si512();
    for (int k = 0; k < K; k++, a += j->lda, to += nv * (wide ? 128 : 64)) {
      __m512i x = _mm512_permutexvar_epi8(turn, _mm512_maskz_loadu_epi8(columns, a));
      _mm512_store_si512(to, x);
      if (wide) {
        __m512i negative = _mm512_movm_epi8(_mm512_movepi8_mask(x));
        _mm512_store_si512(to + 64, negative);
        count = _mm512_sub_epi8(count, negative);
      }
    }
    for (int i = 0; wide && i < 4; i++)
      _mm512_store_si512(neg + 64 * v + 16 * i,
                         _mm512_mullo_epi32(byte_of(count, i), _mm512_set1_epi32((int32_t)j->p->col_neg)));
  }
}

/* acc += y in place, and the look-up that overwrites its copy of x: spelled out, since GCC 12 makes copies of both. */
V512_INLINE void add16(__m512i *acc, __m512i y) { __asm__("vpaddw %1, %0, %0" : "+v"(*acc) : "v"(y)); }
V512_INLINE __m512i look_up(__m512i low, __m512i x, __m512i high) {
  __asm__("vpermi2b %2, %1, %0" : "+v"(x) : "v"(low), "v"(high));
  return x;
}

/* Adds the 64 sums of a plane, shifted left, to s[i] (columns 16i..16i+15). */
V512_INLINE void widen(__m512i both, __m512i odd, int shift, __m512i s[4]) {
  const __m512i low = _mm512_set1_epi32(0xffff);
  const unsigned by = (unsigned)shift;
  __m512i even = _mm512_sub_epi16(both, _mm512_slli_epi16(odd, 8));
  s[0] = _mm512_add_epi32(s[0], _mm512_slli_epi32(_mm512_and_si512(even, low), by));
  s[1] = _mm512_add_epi32(s[1], _mm512_slli_epi32(_mm512_and_si512(odd, low), by));
  s[2] = _mm512_add_epi32(s[2], _mm512_slli_epi32(_mm512_srli_epi32(even, 16), by));
  s[3] = _mm512_add_epi32(s[3], _mm512_slli_epi32(_mm512_srli_epi32(odd, 16), by));
}

/* One output row: K weights, nv vectors of columns. c: (columns) sums, starting from *row if that is given. */
V512_INLINE void output_row(const axf_agemm *p, int planes, int is_signed, int nv, const uint8_t *w, int K,
                            const uint8_t *a, const int32_t *neg, const uint32_t *row, int32_t *c, int columns) {
  const int width = is_signed ? 128 : 256, step = is_signed ? 128 : 64;
  __m512i both[2][VECTORS], odd[2][VECTORS];
#pragma GCC unroll 2
  for (int b = 0; b < planes; b++)
#pragma GCC unroll 4
    for (int v = 0; v < nv; v++)
      both[b][v] = odd[b][v] = _mm512_setzero_si512();
  for (int k = 0; k < K; k++, a += nv * step) {
    const uint8_t *r = p->rows + (size_t)w[k] * planes * width;
    __m512i t[2][4];
#pragma GCC unroll 2
    for (int b = 0; b < planes; b++)
#pragma GCC unroll 4
      for (int q = 0; q < width / 64; q++)
        t[b][q] = _mm512_load_si512(r + b * width + 64 * q);
#pragma GCC unroll 4
    for (int v = 0; v < nv; v++) {
      __m512i x = _mm512_load_si512(a + v * step), negative = x;
      if (is_signed)
        negative = _mm512_load_si512(a + v * step + 64);
      __asm__("" : "+v"(x), "+v"(negative));
#pragma GCC unroll 2
      for (int b = 0; b < planes; b++) {
        __m512i y = look_up(t[b][0], x, t[b][1]);
        if (is_signed)
          y = _mm512_xor_si512(y, negative);
        else
          y = _mm512_mask_blend_epi8(_mm512_movepi8_mask(x), y, look_up(t[b][2], x, t[b][3]));
        add16(&both[b][v], y);
        add16(&odd[b][v], _mm512_srli_epi16(y, 8));
      }
    }
  }
#pragma GCC unroll 4
  for (int v = 0; v < nv; v++) {
    __m512i s[4];
    for (int i = 0; i < 4; i++)
      s[i] = is_signed ? _mm512_load_si512(neg + 64 * v + 16 * i) : _mm512_setzero_si512();
#pragma GCC unroll 2
    for (int b = 0; b < planes; b++)
      widen(both[b][v], odd[b][v], 8 * b, s);
    for (int i = 0; i < 4; i++) {
      int32_t *to = c + 64 * v + 16 * i;
      __mmask16 m = (__mmask16)low_bits(columns - 64 * v - 16 * i);
      s[i] = _mm512_add_epi32(s[i], row ? _mm512_set1_epi32((int32_t)*row) : _mm512_maskz_loadu_epi32(m, to));
      _mm512_mask_storeu_epi32(to, m, s[i]);
    }
  }
}

/* All rows, nv vectors from column n on. */
V512_INLINE void panel(const agemm_job *j, int planes, int is_signed, int nv, int n, int start) {
  const axf_agemm_weights *w = j->w;
  uint8_t *packed = (uint8_t *)j->scratch + VECTORS * 64 * 4;
  int32_t *neg = j->scratch;
  const int fit = PANEL / (nv * (is_signed ? 128 : 64)), most = fit < KC ? fit : KC;
  const int blocks = (w->K + most - 1) / most, kc = (w->K + blocks - 1) / blocks;
  for (int k = 0; k < w->K; k += kc) {
    const int here = w->K - k < kc ? w->K - k : kc;
    pack(j, nv, k, here, n, packed, neg);
    for (int m = 0; m < w->M; m++)
      output_row(j->p, planes, is_signed, nv, w->code + (size_t)m * w->K + k, here, packed, neg,
                 start && k == 0 ? w->row + m : NULL, j->c + m * j->ldc + n, j->N - n);
  }
}

V512_INLINE void panels(const agemm_job *j, int planes, int is_signed, int start) {
  int n = 0;
  for (; j->N - n > 192; n += 256)
    panel(j, planes, is_signed, 4, n, start);
  if (j->N - n > 128)
    panel(j, planes, is_signed, 3, n, start);
  else if (j->N - n > 64)
    panel(j, planes, is_signed, 2, n, start);
  else if (j->N - n > 0)
    panel(j, planes, is_signed, 1, n, start);
}

V512 static void one_unsigned(const agemm_job *j, int start) { panels(j, 1, 0, start); }
V512 static void one_signed(const agemm_job *j, int start) { panels(j, 1, 1, start); }
V512 static void two_unsigned(const agemm_job *j, int start) { panels(j, 2, 0, start); }
V512 static void two_signed(const agemm_job *j, int start) { panels(j, 2, 1, start); }

void agemm_planes_vbmi(const agemm_job *j, int start) {
  if (j->p->planes == 1)
    (j->p->a_signed ? one_signed : one_unsigned)(j, start);
  else
    (j->p->a_signed ? two_signed : two_unsigned)(j, start);
}
