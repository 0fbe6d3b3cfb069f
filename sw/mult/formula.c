/* What each library multiplier should compute, written from its definition and not from its Verilog. Only for checking:
 * everything else uses the tables extracted from the Verilog.
 * SPDX-License-Identifier: Apache-2.0 */
#include "mult/mult.h"
#include <stdlib.h>
#include <string.h>

/* par: the two numbers of the name, zero where it has fewer. */
typedef axf_mult_fn formula_fn;

static uint64_t exact(int width, const long *par, uint64_t w, uint64_t a) {
  (void)width;
  (void)par;
  return w * a;
}

/* Bit i of a multiplies the bits of w whose product lands in column T or above. */
static uint64_t trunc_columns(int width, const long *par, uint64_t w, uint64_t a) {
  uint64_t p = 0;
  for (int i = 0; i < width; i++)
    if (a >> i & 1) {
      int low = par[0] > i ? (int)par[0] - i : 0; /* bits of w below `low` are lost */
      p += (w >> low << low) << i;
    }
  return p;
}

static int leading_one(uint64_t x) { return x == 0 ? -1 : 63 - __builtin_clzll(x); }

/* The K leading bits of x; when bits are cut, the lowest kept one stands for them and is 1. */
static uint64_t drum_operand(long k, uint64_t x) {
  int cut = leading_one(x) + 1 - (int)k;
  return cut > 0 ? (x >> cut | 1) << cut : x;
}

static uint64_t drum(int width, const long *par, uint64_t w, uint64_t a) {
  (void)width;
  return drum_operand(par[0], w) * drum_operand(par[0], a);
}

static uint64_t leading_bits(int width, const long *par, uint64_t w, uint64_t a) {
  uint64_t drop = par[0] < width ? (UINT64_C(1) << (width - par[0])) - 1 : 0;
  return (w & ~drop) * (a & ~drop);
}

/* Rows below par[0] and columns below par[1] are missing. */
static uint64_t broken_array(int width, const long *par, uint64_t w, uint64_t a) {
  return trunc_columns(width, par + 1, w >> par[0] << par[0], a);
}

/* par[1] rows from row par[0] on are missing. */
static uint64_t perforated(int width, const long *par, uint64_t w, uint64_t a) {
  (void)width;
  return (w & ~(((UINT64_C(1) << par[1]) - 1) << par[0])) * a;
}

static uint64_t static_segment(int width, const long *par, uint64_t w, uint64_t a) {
  const uint64_t drop = par[0] < width ? (UINT64_C(1) << (width - par[0])) - 1 : 0;
  return (w >> par[0] ? w & ~drop : w) * (a >> par[0] ? a & ~drop : a);
}

static uint64_t lower_or(int width, const long *par, uint64_t w, uint64_t a) {
  uint64_t any = 0;
  for (int j = 0; j < width; j++)
    if (w >> j & 1)
      any |= a << j;
  return trunc_columns(width, par, w, a) + any % (UINT64_C(1) << par[0]);
}

/* With the remainders x = w - 2^l and y = a - 2^k, the fractions f + g are (x*2^k + y*2^l) / 2^(k+l). */
static uint64_t mitchell(int width, const long *par, uint64_t w, uint64_t a) {
  (void)width;
  (void)par;
  if (w == 0 || a == 0)
    return 0;
  int l = leading_one(w), k = leading_one(a);
  uint64_t one = UINT64_C(1) << (k + l), rest = ((w << k) - one) + ((a << l) - one);
  return rest < one ? one + rest : 2 * rest;
}

/* The power of two nearest to x > 0; half way up, but 3 goes down. */
static uint64_t nearest_power(uint64_t x) {
  uint64_t low = UINT64_C(1) << leading_one(x);
  return x != 3 && x - low >= 2 * low - x ? 2 * low : low;
}

static uint64_t roba(int width, const long *par, uint64_t w, uint64_t a) {
  (void)width;
  (void)par;
  if (w == 0 || a == 0)
    return 0;
  uint64_t rw = nearest_power(w), ra = nearest_power(a);
  return ra * w + rw * a - ra * rw;
}

/* Digit by digit, as on paper in base 4. */
static uint64_t kulkarni(int width, const long *par, uint64_t w, uint64_t a) {
  uint64_t p = 0;
  (void)par;
  for (int i = 0; i < width; i += 2)
    for (int j = 0; j < width; j += 2) {
      uint64_t x = a >> i & 3, y = w >> j & 3;
      p += (x == 3 && y == 3 ? 7 : x * y) << (i + j);
    }
  return p;
}

/* The dropped partial products, each 1 with probability 1/4, are worth this much on average. */
static uint64_t rounded_truncation(int width, const long *par, uint64_t w, uint64_t a) {
  double mean = 0;
  for (int i = 0; i < width; i++)
    for (int j = 0; j < width && i + j < par[0]; j++)
      mean += 0.25 * (double)(UINT64_C(1) << (i + j));
  return trunc_columns(width, par, w, a) + (uint64_t)(mean + 0.5);
}

/* Column c of four rows of the compressor tree below the exact part: what it sends down and to its left. */
static void compress_column(int have, int x, int *sum, int *carry) {
  int ones = __builtin_popcount((unsigned)x);
  if (have == 15) { /* the truth table of Momeni's design 2, with the four inputs as a number */
    static const char value[16] = {1, 1, 1, 1, 1, 2, 2, 3, 1, 2, 2, 3, 1, 3, 3, 3};
    ones = value[x];
  }
  *sum = ones & 1;
  *carry = ones >> 1;
}

/* Bits of column c of rows[0..3], row k as bit k. */
static int column(const uint64_t *rows, int c) {
  int x = 0;
  for (int k = 0; k < 4; k++)
    x |= (int)(rows[k] >> c & 1) << k;
  return x;
}

/* A tree of 4:2 compressors: four rows become two, level by level; columns below par[0] are approximate, what lies
 * above is added exactly there and then. */
static uint64_t compressors(int width, const long *par, uint64_t w, uint64_t a) {
  uint64_t row[16] = {0}, have[16] = {0}, above = 0;
  const int cut = par[0] < 2 * width ? (int)par[0] : 2 * width;
  const uint64_t low = (UINT64_C(1) << cut) - 1;
  for (int j = 0; j < width; j++) {
    have[j] = ((UINT64_C(1) << width) - 1) << j & low;
    row[j] = (w >> j & 1 ? a << j : 0) & low;
    above += (w >> j & 1 ? a << j : 0) & ~low;
  }
  for (int n = width; n > 2; n /= 2)
    for (int g = 0; g < n / 4; g++) {
      uint64_t out[2] = {0, 0}, there[2] = {0, 0};
      for (int c = 0; c < cut; c++) {
        int sum, carry, places = column(have + 4 * g, c);
        compress_column(places, column(row + 4 * g, c), &sum, &carry);
        out[0] |= (uint64_t)sum << c;
        out[1] |= (uint64_t)carry << (c + 1);
        there[0] |= (uint64_t)(places != 0) << c;
        there[1] |= (uint64_t)(__builtin_popcount((unsigned)places) > 1) << (c + 1);
      }
      above += out[1] & ~low;
      for (int k = 0; k < 2; k++) {
        row[2 * g + k] = out[k] & low;
        have[2 * g + k] = there[k] & low;
      }
    }
  return (row[0] + row[1] + above) & ((UINT64_C(1) << (2 * width)) - 1);
}

/* The number that `width` bits stand for in two's complement. */
static int64_t twos(int width, uint64_t x) { return (int64_t)x - (x >> (width - 1) & 1 ? INT64_C(1) << width : 0); }

/* The exact product less the partial products of the columns below par[0], which no sign bit reaches. */
static uint64_t signed_truncation(int width, const long *par, uint64_t w, uint64_t a) {
  int64_t lost = 0;
  for (int i = 0; i < par[0]; i++)
    for (int j = 0; i + j < par[0]; j++)
      lost += (int64_t)(a >> i & w >> j & 1) << (i + j);
  return (uint64_t)(twos(width, w) * twos(width, a) - lost) & ((UINT64_C(1) << (2 * width)) - 1);
}

/* Families: a name is the prefix and `npar` decimal numbers with `_` between them, the first in lo..hi, a second up to
 * 29 (no shift above can then leave its type). */
static const struct {
  const char *prefix;
  int npar, lo, hi;
  formula_fn fn;
} families[] = {
    {"exact", 0, 0, 0, exact},
    {"trunc", 1, 0, 29, trunc_columns},
    {"drum", 1, 2, 15, drum},
    {"exact", 1, 2, 15, leading_bits},
    {"bam", 2, 0, 14, broken_array},
    {"perf", 2, 0, 15, perforated},
    {"ssm", 1, 2, 15, static_segment},
    {"lor", 1, 1, 29, lower_or},
    {"mitchell", 0, 0, 0, mitchell},
    {"roba", 0, 0, 0, roba},
    {"kulkarni", 0, 0, 0, kulkarni},
    {"comp", 1, 0, 29, compressors},
    {"rtrunc", 1, 0, 29, rounded_truncation},
    {"s_exact", 0, 0, 0, signed_truncation},
    {"s_trunc", 1, 0, 7, signed_truncation},
};

/* Finds the family of a name and its numbers; NULL if there is none. */
static formula_fn find(const char *name, long par[2]) {
  for (size_t f = 0; f < sizeof families / sizeof *families; f++) {
    const char *s = name + strlen(families[f].prefix);
    int i = 0;
    if (strncmp(name, families[f].prefix, (size_t)(s - name)) != 0)
      continue;
    for (; i < families[f].npar; i++) {
      char *end;
      if (*s < '0' || *s > '9')
        break;
      par[i] = strtol(s, &end, 10);
      s = end + (i + 1 < families[f].npar && *end == '_');
    }
    if (i < families[f].npar || *s != 0)
      continue;
    if (i > 0 && (par[0] < families[f].lo || par[0] > families[f].hi || par[1] > 29))
      continue;
    return families[f].fn;
  }
  return NULL;
}

int axf_mult_formula_w(const char *name, int width, uint32_t w, uint32_t a, uint32_t *p) {
  long par[2] = {0, 0};
  formula_fn fn = find(name, par);
  if (fn == NULL)
    return axf_fail("multiplier '%s' has no formula", name);
  if (width < 4 || width > 16 || w >> width != 0 || a >> width != 0)
    return axf_fail("operands of %d bits: w=%u a=%u is not possible", width, w, a);
  *p = (uint32_t)fn(width, par, w, a);
  return 0;
}

int axf_mult_wide(axf_mult *m, const char *name) {
  char core[64];
  memset(m, 0, sizeof *m);
  if (axf_mult_core(core, name))
    return -1;
  m->wide = find(core, m->par);
  if (m->wide != exact && m->wide != trunc_columns && m->wide != drum)
    return axf_fail("multiplier '%s': at 16 bits there are exact, truncT and drumK only", name);
  snprintf(m->name, sizeof m->name, "%s", name);
  m->pmax = UINT32_MAX;
  m->zero_exact = 1;
  return 0;
}

int axf_mult_formula(const char *name, uint32_t w, uint32_t a, uint32_t *p) {
  return axf_mult_formula_w(name, 8, w, a, p);
}
