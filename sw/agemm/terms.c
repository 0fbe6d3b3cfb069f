/* From whole-numbered factors of a table to exact 8-bit products: common divisors become a scale, offsets row
 * constants, and a factor of more than eight bits is cut in two. SPDX-License-Identifier: Apache-2.0 */
#include "agemm/plan.h"
#include <string.h>

/* A factor as up to two pieces: v[i] = offset + scale * (piece0[i] + step * piece1[i]). */
typedef struct {
  int n;
  int64_t offset, scale, step;
  int64_t piece[2][256];
} pieces;

static int64_t gcd_of(int64_t x, int64_t y) {
  while (y != 0) {
    int64_t t = x % y;
    x = y;
    y = t;
  }
  return x < 0 ? -x : x;
}

/* Numbers that keep their sign: pieces of magnitude 127 at most. */
static int cut_signed(pieces *c, const int64_t *v, int n) {
  int64_t max = 0;
  c->offset = c->scale = 0;
  for (int i = 0; i < n; i++)
    c->scale = gcd_of(c->scale, v[i]);
  c->scale += c->scale == 0;
  c->step = 128;
  for (int i = 0; i < n; i++) {
    int64_t x = v[i] / c->scale, size = x < 0 ? -x : x;
    max = size > max ? size : max;
    c->piece[0][i] = x;
    c->piece[1][i] = 0;
  }
  c->n = max > 127 ? 2 : 1;
  for (int i = 0; c->n == 2 && i < n; i++) {
    c->piece[1][i] = c->piece[0][i] / 128;
    c->piece[0][i] %= 128;
  }
  return max / 128 > 127 ? -1 : 0;
}

/* Numbers of an unsigned operand: pieces 0..255 above the smallest one. */
static int cut_unsigned(pieces *c, const int64_t *v, int n) {
  int64_t max = 0;
  c->offset = v[0];
  c->scale = 0;
  for (int i = 0; i < n; i++)
    c->offset = v[i] < c->offset ? v[i] : c->offset;
  for (int i = 0; i < n; i++)
    c->scale = gcd_of(c->scale, v[i] - c->offset);
  c->scale += c->scale == 0;
  c->step = 256;
  for (int i = 0; i < n; i++) {
    int64_t x = (v[i] - c->offset) / c->scale;
    max = x > max ? x : max;
    c->piece[0][i] = x & 255;
    c->piece[1][i] = x >> 8;
  }
  c->n = max > 255 ? 2 : 1;
  return max >> 8 > 255 ? -1 : 0;
}

/* Appends scale * f * g, by codes. f: (128) magnitudes -> -127..127; g: (columns). */
static int append(axf_agemm *p, int most, int64_t scale, const int64_t *f, const int64_t *g) {
  if (p->nterms == most || scale > INT32_MAX)
    return -1;
  agemm_term *t = &p->term[p->nterms++];
  t->scale = (int32_t)scale;
  for (int w = 0; w < 256; w++)
    t->f[w] = (int8_t)agemm_signed(w, f[w & 127]);
  t->g_identity = 1;
  for (int a = 0; a < 256; a++) { /* a signed activation is stored 128 too large, and the row constant takes it back */
    t->g[a] = (uint8_t)(p->a_signed ? agemm_signed(a, g[a & 127]) + 128 : g[a]);
    t->g_identity &= t->g[a] == a;
  }
  for (int w = 0; p->a_signed && w < 256; w++)
    p->row_const[w] -= (uint32_t)t->f[w] * 128u * (uint32_t)scale;
  return 0;
}

int agemm_terms(axf_agemm *p, const agemm_factors *x, int most) {
  static const int64_t none[256];
  for (int i = 0; i < x->rank; i++) {
    pieces f, g;
    if (cut_signed(&f, x->f[i], 128) < 0 ||
        (p->a_signed ? cut_signed(&g, x->g[i], 128) : cut_unsigned(&g, x->g[i], 256)) < 0)
      return -1;
    for (int u = 0; u < f.n; u++)
      for (int v = 0; v < g.n; v++) {
        int64_t scale = f.scale * g.scale * (u ? f.step : 1) * (v ? g.step : 1);
        if (memcmp(f.piece[u], none, sizeof *none * 128) == 0 ||
            memcmp(g.piece[v], none, sizeof *none * x->columns) == 0)
          continue;
        if (append(p, most, scale, f.piece[u], g.piece[v]) < 0)
          return -1;
      }
    for (int w = 0; w < 256; w++)
      p->row_const[w] += (uint32_t)(g.offset * agemm_signed(w, x->f[i][w & 127]));
  }
  return 0;
}
