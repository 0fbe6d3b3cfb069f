/* exp, log, sin, cos of floats from additions, multiplications and divisions of doubles alone: IEEE 754 fixes every
 * bit of those, so every machine agrees, which libm does not promise. Within 1 ulp of the true value.
 * SPDX-License-Identifier: Apache-2.0
 *
 *     exp  x = n ln2 + r, |r| <= ln2/2;  Taylor polynomial of degree 10 in r, times 2^n
 *     log  x = 2^n m, sqrt(1/2) <= m < sqrt(2);  n ln2 + 2 atanh(s), s = (m-1)/(m+1)
 *     sin  x = n pi/2 + r, |r| <= pi/4;  Taylor polynomial of sin or cos by n mod 4 */
#include "core/core.h"
#include <float.h>
#include <string.h>

#define LN2_HI 0x1.62e42fefa0000p-1 /* 38 bits: n * LN2_HI is exact */
#define LN2_LO 0x1.cf79abc9e3b39p-40
#define PIO2_HI 0x1.921fb54400000p+0 /* 33 bits: n * PIO2_HI is exact for |n| < 2^20 */
#define PIO2_LO 0x1.0b4611a626331p-34
#define SIN_MAX 1048576.0f

static double from_bits(uint64_t b) {
  double d;
  memcpy(&d, &b, sizeof d);
  return d;
}

static uint64_t to_bits(double d) {
  uint64_t b;
  memcpy(&b, &d, sizeof b);
  return b;
}

/* Nearest integer for |x| < 2^31. */
static int nearest(double x) { return (int)(x < 0 ? x - 0.5 : x + 0.5); }

float axf_expf(float x) {
  if (x != x)
    return x;
  if (x > 88.72283f)
    return FLT_MAX;
  if (x < -87.33654f) /* below the smallest normal float */
    return 0.0f;
  int n = nearest(x * 0x1.71547652b82fep+0);
  double r = (x - n * LN2_HI) - n * LN2_LO, p = 1.0 / 3628800;
  p = p * r + 1.0 / 362880;
  p = p * r + 1.0 / 40320;
  p = p * r + 1.0 / 5040;
  p = p * r + 1.0 / 720;
  p = p * r + 1.0 / 120;
  p = p * r + 1.0 / 24;
  p = p * r + 1.0 / 6;
  p = p * r + 0.5;
  p = p * r + 1.0;
  p = p * r + 1.0;
  return (float)(p * from_bits((uint64_t)(n + 1023) << 52));
}

float axf_logf(float x) {
  if (x != x || x > FLT_MAX)
    return x;
  if (x <= 0)
    return x == 0 ? -__builtin_inff() : __builtin_nanf("");
  uint64_t b = to_bits(x); /* a float, subnormal or not, is a normal double */
  int n = (int)(b >> 52) - 1023;
  double m = from_bits((b & 0xfffffffffffffu) | 0x3ff0000000000000u); /* [1, 2) */
  if (m >= 1.4142135623730951) {
    m *= 0.5;
    n++;
  }
  double s = (m - 1.0) / (m + 1.0), z = s * s, p = 1.0 / 15; /* |s| < 0.172 */
  p = p * z + 1.0 / 13;
  p = p * z + 1.0 / 11;
  p = p * z + 1.0 / 9;
  p = p * z + 1.0 / 7;
  p = p * z + 1.0 / 5;
  p = p * z + 1.0 / 3;
  p = p * z + 1.0;
  return (float)(n * LN2_HI + (n * LN2_LO + 2.0 * s * p));
}

/* sin(x + quarter * pi/2). Arguments beyond SIN_MAX, where the reduction would lose digits, give NaN. */
static float sine(float x, int quarter) {
  if (!(x <= SIN_MAX && x >= -SIN_MAX))
    return __builtin_nanf("");
  int n = nearest(x * 0x1.45f306dc9c883p-1);
  double r = (x - n * PIO2_HI) - n * PIO2_LO, z = r * r, p;
  n += quarter;
  if (n & 1) {
    p = -1.0 / 87178291200.0;
    p = p * z + 1.0 / 479001600;
    p = p * z - 1.0 / 3628800;
    p = p * z + 1.0 / 40320;
    p = p * z - 1.0 / 720;
    p = p * z + 1.0 / 24;
    p = p * z - 0.5;
    p = p * z + 1.0;
  } else {
    p = 1.0 / 6227020800.0;
    p = p * z - 1.0 / 39916800;
    p = p * z + 1.0 / 362880;
    p = p * z - 1.0 / 5040;
    p = p * z + 1.0 / 120;
    p = p * z - 1.0 / 6;
    p = p * z * r + r;
  }
  return (float)(n & 2 ? -p : p);
}

float axf_sinf(float x) { return sine(x, 0); }

float axf_cosf(float x) { return sine(x, 1); }

/* Magnitudes are in the order of their bits, whose maximum the compiler can vectorise. */
float axf_max_magnitude(const float *v, size_t n) {
  int32_t max = 0;
  float all;
  for (size_t i = 0; i < n; i++) {
    int32_t bits;
    memcpy(&bits, &v[i], sizeof bits);
    bits &= INT32_MAX;
    max = bits > max ? bits : max;
  }
  memcpy(&all, &max, sizeof all);
  return all;
}
