/* Look-ups for few columns, as a fully connected layer has them, with AVX-512 VBMI: the activation chooses the row.
 * SPDX-License-Identifier: Apache-2.0
 *
 *     C[m][n] = sum_k zero(w[m][k]) + sum over k with a[k][n] not 0 of (product(w[m][k], a[k][n]) - zero(w[m][k]))
 *
 * with zero(w) the product of activation code 0. The first sum does not depend on the column and is found when the
 * weights are set; the second one leaves out the zeros, of which there are many behind a ReLU. Its differences fit 16
 * bits (else there is no such plan) and are stored 32,768 too large. The row of an activation, 256 weight codes of two
 * bytes, lies in eight registers; up to four vectors of 64 weights are looked up in it. */
#include "agemm/vbmi.h"
#include <string.h>

#define WIDE 5     /* vectors of weights treated together */
#define IMAGES 16  /* columns treated together */
#define CHUNK 1024 /* their activations, at a time */

typedef struct {
  int32_t sum[IMAGES][64 * WIDE];
  int32_t count[IMAGES]; /* look-ups of each column */
  _Alignas(64) uint8_t a[IMAGES][CHUNK];
} room;
_Static_assert(sizeof(room) <= AXF_AGEMM_SCRATCH, "scratch of the turned look-up kernel");

/* Four rounds of interleaving turn 16 rows of 16 bytes into columns. */
V512_INLINE void transpose(__m128i x[16]) {
  __m128i y[16];
#pragma GCC unroll 5
  for (int round = 0; round < 4; round++) {
#pragma GCC unroll 8
    for (int i = 0; i < 8; i++) {
      y[2 * i] = _mm_unpacklo_epi8(x[i], x[i + 8]);
      y[2 * i + 1] = _mm_unpackhi_epi8(x[i], x[i + 8]);
    }
#pragma GCC unroll 16
    for (int i = 0; i < 16; i++)
      x[i] = y[i];
  }
}

/* Bytes (rows, columns) of pitch ld, at most 16 of each, the rest zeros. */
V512_INLINE void load16(const uint8_t *from, size_t ld, int rows, int columns, __m128i x[16]) {
  const __mmask16 m = (__mmask16)low_bits(columns);
#pragma GCC unroll 16
  for (int i = 0; i < 16; i++)
    x[i] = i < rows ? _mm_maskz_loadu_epi8(m, from + (size_t)i * ld) : _mm_setzero_si128();
}

/* The activations k.. of the columns n.., by columns. */
V512_INLINE void gather_columns(const agemm_job *j, int n, int k0, int K, room *r) {
  for (int k = 0; k < K; k += 16) {
    __m128i x[16];
    load16(j->a + (size_t)(k0 + k) * j->lda + n, j->lda, K - k, j->N - n, x);
    transpose(x);
#pragma GCC unroll 16
    for (int i = 0; i < IMAGES; i++)
      _mm_store_si128((__m128i *)(r->a[i] + k), x[i]);
  }
}

/* One column, at most KC activations, nv vectors of weights; w: those of the first activation, `pitch` bytes between
 * vectors. */
V512_INLINE void column(const uint8_t *rows, int nv, const uint8_t *a, int K, const uint8_t *w, size_t pitch,
                        int32_t *sum, int32_t *count) {
  const __m512i second = _mm512_set1_epi16(0x0100);
  __m512i both[2][WIDE], odd[2][WIDE];
#pragma GCC unroll 2
  for (int b = 0; b < 2; b++)
#pragma GCC unroll 5
    for (int v = 0; v < nv; v++)
      both[b][v] = odd[b][v] = _mm512_setzero_si512();
  int done = 0;
  for (int k0 = 0; k0 < K; k0 += 64) {
    const __m512i x = _mm512_maskz_loadu_epi8(low_bits(K - k0), a + k0);
    uint64_t left = _mm512_test_epi8_mask(x, x);
    done += __builtin_popcountll(left);
    for (; left; left &= left - 1) {
      const int k = k0 + __builtin_ctzll(left);
      const uint8_t *row = rows + 512 * (size_t)a[k], *codes = w + 64 * (size_t)k;
      __m512i t[2][4];
#pragma GCC unroll 2
      for (int b = 0; b < 2; b++)
#pragma GCC unroll 5
        for (int q = 0; q < 4; q++)
          t[b][q] = _mm512_load_si512(row + 256 * b + 64 * q);
#pragma GCC unroll 5
      for (int v = 0; v < nv; v++) {
        const __m512i in = _mm512_load_si512(codes + v * pitch);
        const __mmask64 top = _mm512_movepi8_mask(in);
#pragma GCC unroll 2
        for (int b = 0; b < 2; b++) {
          __m512i y = look_up_some(t[b][0], in, _knot_mask64(top), t[b][1]);
          y = look_up_some(t[b][2], y, top, t[b][3]);
          add16(&both[b][v], y);
          add16(&odd[b][v], b == 0 ? _mm512_maddubs_epi16(y, second) : _mm512_srli_epi16(y, 8));
        }
      }
    }
  }
  if (done == 0)
    return;
  *count += done;
#pragma GCC unroll 5
  for (int v = 0; v < nv; v++) {
    __m512i s[4];
    for (int i = 0; i < 4; i++)
      s[i] = _mm512_load_si512(sum + 64 * v + 16 * i);
#pragma GCC unroll 2
    for (int b = 0; b < 2; b++)
      widen(both[b][v], odd[b][v], 1 << 8 * b, s);
    for (int i = 0; i < 4; i++)
      _mm512_store_si512(sum + 64 * v + 16 * i, s[i]);
  }
}

/* The products of activation code 0, summed over all k: by the same look-up, in which every activation chooses their
 * row. */
V512_INLINE void sum_zeros(axf_agemm_weights *w, const axf_agemm *p) {
  _Alignas(64) int32_t sum[64];
  uint8_t one[KC];
  memset(one, 1, sizeof one);
  for (int m = 0; m < w->M; m += 64) {
    int32_t count = 0;
    memset(sum, 0, sizeof sum);
    for (int k = 0; k < w->K; k += KC)
      column(p->cols + 255 * 512, 1, one, w->K - k < KC ? w->K - k : KC, w->turned + (size_t)m * w->K + 64 * (size_t)k,
             0, sum, &count);
    for (int i = 0; i < 64 && m + i < w->M; i++)
      w->row[m + i] = (uint32_t)sum[i] - 32768u * (uint32_t)count;
  }
}

V512 void agemm_turn_vbmi(axf_agemm_weights *w, const axf_agemm *p, const uint8_t *code) {
  const __m512i order = packed_order();
  for (int m = 0; m < w->M; m += 64) {
    uint8_t *to = w->turned + (size_t)m * w->K;
    for (int k = 0; k < w->K; k += 16) {
      const int columns = w->K - k < 16 ? w->K - k : 16;
      __m128i x[4][16];
      for (int g = 0; g < 4; g++) {
        load16(code + (size_t)(m + 16 * g) * w->K + k, (size_t)w->K, w->M - m - 16 * g, columns, x[g]);
        transpose(x[g]);
      }
      for (int i = 0; i < columns; i++) {
        __m512i y = _mm512_castsi128_si512(x[0][i]);
        y = _mm512_inserti32x4(y, x[1][i], 1);
        y = _mm512_inserti32x4(y, x[2][i], 2);
        y = _mm512_inserti32x4(y, x[3][i], 3);
        _mm512_storeu_si512(to + 64 * (size_t)(k + i), _mm512_permutexvar_epi8(order, y));
      }
    }
  }
  if (p->zeros)
    sum_zeros(w, p);
}

/* What was summed of the rows m.. and the columns n.., to C. */
V512_INLINE void put(const agemm_job *j, int m, int rows, int n, const room *r, int start) {
  const int images = j->N - n < IMAGES ? j->N - n : IMAGES;
  for (int i = 0; i < rows; i++) {
    int32_t *c = j->c + (size_t)(m + i) * j->ldc + n;
    for (int b = 0; b < images; b++) {
      const uint32_t v = (uint32_t)r->sum[b][i] - 32768u * (uint32_t)r->count[b] + j->w->row[m + i];
      c[b] = (int32_t)(v + (start ? 0 : (uint32_t)c[b]));
    }
  }
}

/* nv vectors of weights from row m on, IMAGES columns from n on. */
V512_INLINE void tile(const agemm_job *j, int nv, int m, int n, int start) {
  room *r = j->scratch;
  const int K = j->w->K, images = j->N - n < IMAGES ? j->N - n : IMAGES;
  const size_t pitch = 64 * (size_t)K;
  memset(r->sum, 0, sizeof r->sum);
  memset(r->count, 0, sizeof r->count);
  for (int k = 0; k < K; k += CHUNK) {
    const int here = K - k < CHUNK ? K - k : CHUNK;
    if (!j->by_rows)
      gather_columns(j, n, k, here, r);
    for (int i = 0; i < images; i++) {
      const uint8_t *a = j->by_rows ? j->a + (size_t)(n + i) * j->lda + k : r->a[i];
      for (int part = 0; part < here; part += KC)
        column(j->p->cols, nv, a + part, here - part < KC ? here - part : KC,
               j->w->turned + (size_t)m * K + 64 * (size_t)(k + part), pitch, r->sum[i], &r->count[i]);
    }
  }
  put(j, m, j->w->M - m < 64 * nv ? j->w->M - m : 64 * nv, n, r, start);
}

V512 void agemm_turned_vbmi(const agemm_job *j, int start) {
  const int vectors = (j->w->M + 63) / 64;
  int left = (vectors + WIDE - 1) / WIDE;
  for (int v = 0, nv; v < vectors; v += nv, left--) {
    nv = (vectors - v + left - 1) / left;
    for (int n = 0; n < j->N; n += IMAGES) {
      if (nv == 5)
        tile(j, 5, 64 * v, n, start);
      else if (nv == 4)
        tile(j, 4, 64 * v, n, start);
      else if (nv == 3)
        tile(j, 3, 64 * v, n, start);
      else if (nv == 2)
        tile(j, 2, 64 * v, n, start);
      else
        tile(j, 1, 64 * v, n, start);
    }
  }
}
