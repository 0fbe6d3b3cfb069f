/* Plans with look-ups: one byte beside an exact product, or two bytes that hold the whole product.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Unsigned activations: a row of signed products is moved by its smallest entry, a row constant, and fits 16 bits.
 * Signed activations: the look-up knows only the magnitude. With the rest e of a positive activation stored as e +
 * half, the complement of these bits is -e - 1 + half, so that a negative activation needs a complement and +1. Entries
 * above 32,767 do not fit that: they are stored as they are, the complement is 65,535 - e, and what is missing, 65,535
 * for every pair of unequal signs, is sw + sa - 2*sw*sa: constants and one exact product of sign bits. */
#include "agemm/plan.h"
#include <stdlib.h>
#include <string.h>

int agemm_rows_alloc(axf_agemm *p, int planes) {
  p->planes = planes;
  p->width = p->a_signed ? 128 : 256;
  p->rows = axf_alloc((size_t)256 * planes * p->width, 1);
  return p->rows ? 0 : -1;
}

static void put(axf_agemm *p, int w, int a, uint32_t v) {
  for (int b = 0; b < p->planes; b++)
    p->rows[(w * p->planes + b) * p->width + a] = (uint8_t)(v >> 8 * b);
}

/* Smallest and largest of row - slope * a. */
static void rest(const uint16_t *row, int slope, int columns, int *lo, int *hi) {
  *lo = *hi = row[0];
  for (int a = 1; a < columns; a++) {
    int e = row[a] - slope * a;
    *lo = e < *lo ? e : *lo;
    *hi = e > *hi ? e : *hi;
  }
}

/* How far from fitting a byte: at most 0 is a fit. */
static int excess(const axf_agemm *p, const uint16_t *row, int slope) {
  int lo, hi;
  rest(row, slope, p->width, &lo, &hi);
  return !p->a_signed ? hi - lo - 255 : (hi > -lo ? hi : -lo) - 127;
}

/* The slope for a row: from w downhill (the excess is convex in the slope); -1 if the best does not fit. */
static int find_slope(const axf_agemm *p, const uint16_t *row, int w, int *slope) {
  int best = excess(p, row, w), step = 1;
  *slope = w;
  for (int s = w - 1; s >= -127 && excess(p, row, s) < best; s--) {
    best = excess(p, row, s);
    *slope = s;
    step = 0;
  }
  for (int s = w + 1; step && s <= 127 && excess(p, row, s) < best; s++) {
    best = excess(p, row, s);
    *slope = s;
  }
  return best <= 0 ? 0 : -1;
}

int agemm_error_plane(axf_agemm *p, const uint16_t *t) {
  int slope[128], lo, hi;
  agemm_term *term = &p->term[0];
  p->width = p->a_signed ? 128 : 256;
  for (int w = 0; w < 128; w++)
    if (find_slope(p, t + w * 256, w, &slope[w]) < 0)
      return -1;
  if (agemm_rows_alloc(p, 1) < 0)
    return -1;
  p->nterms = 1;
  p->col_neg = 1;
  term->scale = 1;
  term->g_identity = !p->a_signed;
  for (int a = 0; a < 256; a++)
    term->g[a] = (uint8_t)(p->a_signed ? 128 + agemm_signed(a, a & 127) : a);
  for (int w = 0; w < 256; w++) {
    const uint16_t *row = t + (w & 127) * 256;
    term->f[w] = (int8_t)agemm_signed(w, slope[w & 127]);
    rest(row, slope[w & 127], p->width, &lo, &hi);
    int64_t base = p->a_signed ? -128 : w & 128 ? -hi : lo;
    for (int a = 0; a < p->width; a++)
      put(p, w, a, (uint32_t)(agemm_signed(w, row[a] - slope[w & 127] * a) - base));
    p->row_const[w] = (uint32_t)base - (p->a_signed ? (uint32_t)term->f[w] * 128u : 0);
  }
  return 0;
}

/* Signed activations, some entry above 32,767. */
static void sign_bits(axf_agemm *p, const uint16_t *t) {
  agemm_term *term = &p->term[p->nterms++];
  term->scale = 2 * 65535;
  term->g_identity = 0;
  p->col_neg = (uint32_t)-65535;
  for (int c = 0; c < 256; c++) {
    term->f[c] = (int8_t)(c >> 7);
    term->g[c] = (uint8_t)(c >> 7);
    p->row_const[c] = c >> 7 ? (uint32_t)-65535 : 0;
    for (int a = 0; a < 128; a++)
      put(p, c, a, t[(c & 127) * 256 + a] ^ (c >> 7 ? 0xffffu : 0));
  }
}

int agemm_table_planes(axf_agemm *p, const uint16_t *t) {
  int lo, hi, max = 0;
  if (agemm_rows_alloc(p, 2) < 0)
    return -1;
  for (int w = 0; w < 128; w++) {
    rest(t + w * 256, 0, p->width, &lo, &hi);
    max = hi > max ? hi : max;
  }
  if (p->a_signed && max > 32767) {
    sign_bits(p, t);
    return 0;
  }
  p->col_neg = 1;
  for (int w = 0; w < 256; w++) {
    const uint16_t *row = t + (w & 127) * 256;
    rest(row, 0, p->width, &lo, &hi);
    int64_t base = p->a_signed ? -32768 : w & 128 ? -hi : lo;
    for (int a = 0; a < p->width; a++)
      put(p, w, a, (uint32_t)(agemm_signed(w, row[a]) - base));
    p->row_const[w] = (uint32_t)base;
  }
  return 0;
}

/* A row of 256 numbers that fit 16 bits, 32,768 too large; 0 if one does not fit. */
static int put_column(uint8_t *row, const int32_t *v) {
  for (int w = 0; w < 256; w++) {
    if (v[w] < -32768 || v[w] > 32767)
      return 0;
    row[w] = (uint8_t)(v[w] + 32768);
    row[256 + w] = (uint8_t)((v[w] + 32768) >> 8);
  }
  return 1;
}

int agemm_columns(axf_agemm *p, int32_t (*product)(const uint16_t *t, int kind, int w, int a), const uint16_t *t) {
  int32_t zero[256], v[256];
  if (p->planes == 0 || p->path != AXF_AGEMM_AVX512)
    return 0;
  if (!(p->cols = axf_alloc(257, 512)))
    return -1;
  for (int w = 0; w < 256; w++) {
    zero[w] = product(t, p->kind, w, 0);
    p->zeros |= zero[w] != 0;
  }
  int fits = put_column(p->cols + 256 * 512, zero);
  for (int a = 0; a < 256 && fits; a++) {
    for (int w = 0; w < 256; w++)
      v[w] = product(t, p->kind, w, a) - zero[w];
    fits = put_column(p->cols + 512 * a, v);
  }
  if (!fits) {
    free(p->cols);
    p->cols = NULL;
  }
  return 0;
}
