/* What each library multiplier should compute, written from its definition and not from its Verilog. Only for checking:
 * everything else uses the tables extracted from the Verilog.
 * SPDX-License-Identifier: Apache-2.0 */
#include "mult/mult.h"
#include <stdlib.h>
#include <string.h>

/* par: the two numbers of the name, zero where it has fewer. */
typedef uint64_t (*formula_fn)(int width, const long *par, uint64_t w, uint64_t a);

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

/* Families: a name is the prefix and `npar` decimal numbers with `_` between them, the first in lo..hi, a second up to
 * 29 (no shift above can then leave its type). */
static const struct {
  const char *prefix;
  int npar, lo, hi;
  formula_fn fn;
} families[] = {
    {"exact", 0, 0, 0, exact},         {"trunc", 1, 0, 29, trunc_columns}, {"drum", 1, 2, 15, drum},
    {"exact", 1, 2, 15, leading_bits}, {"bam", 2, 0, 14, broken_array},    {"perf", 2, 0, 15, perforated},
    {"ssm", 1, 2, 15, static_segment}, {"lor", 1, 1, 29, lower_or},        {"mitchell", 0, 0, 0, mitchell},
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

int axf_mult_formula(const char *name, uint32_t w, uint32_t a, uint32_t *p) {
  return axf_mult_formula_w(name, 8, w, a, p);
}
