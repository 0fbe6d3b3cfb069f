/* Plans for signed cores: the table holds two's complement, the codes are sign-magnitude, and the products of a weight
 * and its negative need not be alike. Look-ups therefore go by the whole activation code.
 * SPDX-License-Identifier: Apache-2.0 */
#include "agemm/plan.h"

/* The bits in two's complement of the number a code stands for; minus zero is 0. */
static int twos_of(int code) { return (code & 0x80 ? -(code & 127) : code) & 255; }

int32_t agemm_twos(const uint16_t *t, int w, int a) { return (int16_t)t[twos_of(w) * 256 + twos_of(a)]; }

int agemm_twos_as_unsigned(const uint16_t *t, uint16_t *out) {
  for (int w = 0; w < 256; w++)
    for (int a = 0; a < 256; a++) {
      int32_t p = agemm_twos(t, w, a), plain = agemm_twos(t, w & 127, a & 127);
      if (plain < 0 || p != ((w ^ a) & 0x80 ? -plain : plain))
        return 0;
      out[w * 256 + a] = (uint16_t)plain;
    }
  return 1;
}

/* Smallest and largest of product - slope * value over the activation codes of weight code w. */
static void rest(const uint16_t *t, int w, int slope, int *lo, int *hi) {
  *lo = INT32_MAX;
  *hi = INT32_MIN;
  for (int a = 0; a < 256; a++) {
    int e = agemm_twos(t, w, a) - slope * (int)agemm_signed(a, a & 127);
    *lo = e < *lo ? e : *lo;
    *hi = e > *hi ? e : *hi;
  }
}

static void put(axf_agemm *p, int w, int a, uint32_t v) {
  for (int b = 0; b < p->planes; b++)
    p->rows[(w * p->planes + b) * p->width + a] = (uint8_t)(v >> 8 * b);
}

/* The slope whose rest spans least: downhill from the weight's value, since the span is convex in the slope. */
static int find_slope(const uint16_t *t, int w) {
  int slope = (int)agemm_signed(w, w & 127), lo, hi;
  rest(t, w, slope, &lo, &hi);
  for (int step = -1; step <= 1; step += 2)
    for (int s = slope + step; s >= -127 && s <= 127; s += step) {
      int l, h;
      rest(t, w, s, &l, &h);
      if (h - l >= hi - lo)
        break;
      slope = s;
      lo = l;
      hi = h;
    }
  return slope;
}

int agemm_twos_error_plane(axf_agemm *p, const uint16_t *t) {
  int slope[256], lo, hi;
  agemm_term *term = &p->term[0];
  for (int w = 0; w < 256; w++) {
    slope[w] = find_slope(t, w);
    rest(t, w, slope[w], &lo, &hi);
    if (hi - lo > 255)
      return -1;
  }
  if (agemm_rows_alloc(p, 1) < 0)
    return -1;
  p->nterms = 1;
  term->scale = 1;
  term->g_identity = 0;
  for (int a = 0; a < 256; a++) /* 128 too large; the row constant takes it back */
    term->g[a] = (uint8_t)(128 + agemm_signed(a, a & 127));
  for (int w = 0; w < 256; w++) {
    rest(t, w, slope[w], &lo, &hi);
    term->f[w] = (int8_t)slope[w];
    for (int a = 0; a < 256; a++)
      put(p, w, a, (uint32_t)(agemm_twos(t, w, a) - slope[w] * (int)agemm_signed(a, a & 127) - lo));
    p->row_const[w] = (uint32_t)(lo - 128 * slope[w]);
  }
  return 0;
}

int agemm_twos_planes(axf_agemm *p, const uint16_t *t) {
  int lo, hi;
  if (agemm_rows_alloc(p, 2) < 0)
    return -1;
  for (int w = 0; w < 256; w++) {
    rest(t, w, 0, &lo, &hi);
    for (int a = 0; a < 256; a++)
      put(p, w, a, (uint32_t)(agemm_twos(t, w, a) - lo));
    p->row_const[w] = (uint32_t)lo;
  }
  return 0;
}
