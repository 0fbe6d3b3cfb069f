/* The look-up of one or two bytes with AVX-512 VBMI, for any table: 64 activations a step.
 * SPDX-License-Identifier: Apache-2.0
 *
 * One weight's row lies in registers and a byte permutation looks 64 activations up in it. Sums are kept in 16-bit
 * lanes: `both` adds pairs of bytes as they are, `odd` the upper bytes alone; the sum of the lower bytes is
 * both - (odd << 8). After at most KC additions the sums go to C.
 *
 * Up to four vectors of columns are treated together; their activations are packed as pack[k][vector][64] with the
 * column 16i + j at byte 4j + i, so that the four bytes of the 32-bit lanes are four whole vectors of sums. Packing
 * finds out which rows are needed: where no activation of a panel has its top bit set, half of a row does, and two
 * registers hold it. Else a row of 256 bytes takes four, and in a signed layer, whose rows go by magnitude, the bytes
 * of negative activations are complemented.
 *
 * A processor of 256-bit units takes two of its cycles for each instruction here, so their number and how they spread
 * over the ports is what counts: permutations and blends are merged, and one plane's upper bytes come by a shift, the
 * other's by a multiplication, which run on different ports. */
#include "agemm/vbmi.h"

#define PANEL 20480 /* bytes packed at a time: the smallest first-level cache also holds rows of the table */

/* What lies in the scratch of a run. */
typedef struct {
  int32_t neg[VECTORS * 64]; /* what negative activations add to a column, over all k so far */
  _Alignas(64) uint8_t pack[PANEL + 64];
} room;
_Static_assert(sizeof(room) <= AXF_AGEMM_SCRATCH, "scratch of the look-up kernel");

enum { HALF, WHOLE, SIGNED }; /* which look-up a panel needs */

/* Bytes of a packed vector of columns: in a signed layer it is followed by a mask of the negative ones. */
static inline size_t step_of(int is_signed) { return is_signed ? 128 : 64; }

/* Byte i of all 32-bit lanes: the columns 16i..16i+15. */
V512_INLINE __m512i byte_of(__m512i x, int i) {
  return _mm512_and_si512(_mm512_srli_epi32(x, (unsigned)(8 * i)), _mm512_set1_epi32(255));
}

/* K rows of nv vectors from column n on; in a signed layer adds what negative activations contribute to r->neg.
 * Returns the look-up they need. */
V512_INLINE int pack(const agemm_job *j, int nv, int k0, int K, int n, room *r) {
  uint64_t any = 0;
  const __m512i turn = packed_order(), col_neg = _mm512_set1_epi32((int32_t)j->p->col_neg);
  const int is_signed = j->p->a_signed;
  const size_t step = step_of(is_signed);
  for (int v = 0; v < nv; v++) {
    const __mmask64 columns = low_bits(j->N - n - 64 * v);
    const uint8_t *a = j->a + (size_t)k0 * j->lda + n + 64 * v;
    __m512i count = _mm512_setzero_si512();
    for (int k = 0; k < K; k++, a += j->lda) {
      const __m512i x = _mm512_permutexvar_epi8(turn, _mm512_maskz_loadu_epi8(columns, a));
      const __mmask64 top = _mm512_movepi8_mask(x);
      _mm512_store_si512(r->pack + step * (size_t)(k * nv + v), x);
      any |= top;
      if (is_signed) {
        const __m512i negative = _mm512_movm_epi8(top);
        _mm512_store_si512(r->pack + step * (size_t)(k * nv + v) + 64, negative);
        count = _mm512_sub_epi8(count, negative);
      }
    }
    for (int i = 0; is_signed && i < 4; i++) {
      int32_t *to = r->neg + 64 * v + 16 * i;
      const __m512i old = k0 ? _mm512_load_si512(to) : _mm512_setzero_si512();
      _mm512_store_si512(to, _mm512_add_epi32(old, _mm512_mullo_epi32(byte_of(count, i), col_neg)));
    }
  }
  return !any ? HALF : is_signed ? SIGNED : WHOLE;
}

/* What the rows of a panel have in common. */
typedef struct {
  const uint8_t *rows; /* of the plan, `stride` bytes a weight and `width` a plane */
  size_t stride, width, step;
  const room *r;
  int K, columns;
  const int32_t *neg; /* NULL: not to be added (yet) */
} view;

/* One output row: K weights, nv vectors of columns. c: (columns) sums, starting from *row if that is given. */
V512_INLINE void output_row(const view *x, int planes, int look, int nv, const uint8_t *w, const uint32_t *row,
                            int32_t *c) {
  const __m512i second = _mm512_set1_epi16(0x0100);
  const uint8_t *a = x->r->pack;
  const size_t step = x->step;
  __m512i both[2][VECTORS], odd[2][VECTORS];
#pragma GCC unroll 2
  for (int b = 0; b < planes; b++)
#pragma GCC unroll 4
    for (int v = 0; v < nv; v++)
      both[b][v] = odd[b][v] = _mm512_setzero_si512();
  for (int k = 0; k < x->K; k++, a += nv * step) {
    const uint8_t *r = x->rows + w[k] * x->stride;
    __m512i t[2][4];
#pragma GCC unroll 2
    for (int b = 0; b < planes; b++)
      for (int q = 0; q < 2 + 2 * (look == WHOLE); q++)
        t[b][q] = _mm512_load_si512(r + (size_t)b * x->width + 64 * q);
#pragma GCC unroll 4
    for (int v = 0; v < nv; v++) {
      __m512i in = _mm512_load_si512(a + v * step), turned = in;
      __mmask64 top = 0;
      if (look == WHOLE)
        top = _mm512_movepi8_mask(in);
      if (look == SIGNED)
        turned = _mm512_load_si512(a + v * step + 64);
      __asm__("" : "+v"(in), "+v"(turned));
#pragma GCC unroll 2
      for (int b = 0; b < planes; b++) {
        __m512i y;
        if (look == WHOLE) {
          y = look_up_some(t[b][0], in, _knot_mask64(top), t[b][1]);
          y = look_up_some(t[b][2], y, top, t[b][3]);
        } else
          y = look_up(t[b][0], in, t[b][1]);
        if (look == SIGNED)
          y = _mm512_xor_si512(y, turned);
        add16(&both[b][v], y);
        add16(&odd[b][v], b == 0 ? _mm512_maddubs_epi16(y, second) : _mm512_srli_epi16(y, 8));
      }
    }
  }
#pragma GCC unroll 4
  for (int v = 0; v < nv; v++) {
    __m512i s[4];
    for (int i = 0; i < 4; i++) {
      const int32_t *from = c + 64 * v + 16 * i;
      const __mmask16 m = (__mmask16)low_bits(x->columns - 64 * v - 16 * i);
      s[i] = row ? _mm512_set1_epi32((int32_t)*row) : _mm512_maskz_loadu_epi32(m, from);
      if (x->neg)
        s[i] = _mm512_add_epi32(s[i], _mm512_load_si512(x->neg + 64 * v + 16 * i));
    }
#pragma GCC unroll 2
    for (int b = 0; b < planes; b++)
      widen(both[b][v], odd[b][v], 1 << 8 * b, s);
    for (int i = 0; i < 4; i++)
      _mm512_mask_storeu_epi32(c + 64 * v + 16 * i, (__mmask16)low_bits(x->columns - 64 * v - 16 * i), s[i]);
  }
}

V512_INLINE void all_rows(const agemm_job *j, const view *x, int planes, int look, int nv, int k, int32_t *c,
                          const uint32_t *row) {
  for (int m = 0; m < j->w->M; m++)
    output_row(x, planes, look, nv, j->w->code + (size_t)m * j->w->K + k, row ? row + m : NULL, c + m * j->ldc);
}

/* All rows, nv vectors from column n on. */
V512_INLINE void panel(const agemm_job *j, int planes, int nv, int n, int start) {
  const axf_agemm_weights *w = j->w;
  room *r = j->scratch;
  const int fit = PANEL / (nv * (int)step_of(j->p->a_signed)), most = fit < KC ? fit : KC;
  const int blocks = (w->K + most - 1) / most, kc = (w->K + blocks - 1) / blocks;
  for (int k = 0; k < w->K; k += kc) {
    const int here = w->K - k < kc ? w->K - k : kc, look = pack(j, nv, k, here, n, r);
    const view x = {j->p->rows,
                    (size_t)planes * j->p->width,
                    (size_t)j->p->width,
                    step_of(j->p->a_signed),
                    r,
                    here,
                    j->N - n,
                    j->p->a_signed && k + here == w->K ? r->neg : NULL};
    const uint32_t *row = start && k == 0 ? w->row : NULL;
    if (look == HALF)
      all_rows(j, &x, planes, HALF, nv, k, j->c + n, row);
    else if (look == WHOLE)
      all_rows(j, &x, planes, WHOLE, nv, k, j->c + n, row);
    else
      all_rows(j, &x, planes, SIGNED, nv, k, j->c + n, row);
  }
}

/* As few panels as do, of about equal width. */
V512_INLINE void panels(const agemm_job *j, int planes, int start) {
  const int vectors = (j->N + 63) / 64;
  int left = (vectors + VECTORS - 1) / VECTORS;
  for (int v = 0, nv; v < vectors; v += nv, left--) {
    nv = (vectors - v + left - 1) / left;
    if (nv == 4)
      panel(j, planes, 4, 64 * v, start);
    else if (nv == 3)
      panel(j, planes, 3, 64 * v, start);
    else if (nv == 2)
      panel(j, planes, 2, 64 * v, start);
    else
      panel(j, planes, 1, 64 * v, start);
  }
}

V512 static void one_byte(const agemm_job *j, int start) { panels(j, 1, start); }
V512 static void two_bytes(const agemm_job *j, int start) { panels(j, 2, start); }

void agemm_planes_vbmi(const agemm_job *j, int start) {
  if (j->p->planes == 1)
    one_byte(j, start);
  else
    two_bytes(j, start);
}
