/* The product of docs/arithmetic.md with the test's axf_mult.v: AM(w, a) = a*w + a + 3 + core. With MULT_SIGNED the
 * same bits are taken for those of a signed core. SPDX-License-Identifier: Apache-2.0 */
#ifndef PRODUCT_H
#define PRODUCT_H
#include <stdint.h>

#ifndef MULT_SIGNED
#define MULT_SIGNED 0
#endif

/* Of a weight code and an activation code of W bits. */
static inline int64_t product(int64_t w, int64_t a, int in_signed, int core) {
  int64_t top = 1ll << (W - 1), w_mag = w % top, a_mag = in_signed ? a % top : a;
  int minus = (w >= top) != (in_signed && a >= top);
  if (MULT_SIGNED) { /* two's complement operands; the upper bit of an unsigned activation is ignored */
    int64_t all = 1ll << W, ta = a % top, tw = w_mag;
    ta = in_signed && a >= top ? (all - ta) % all : ta;
    tw = w >= top ? (all - tw) % all : tw;
    uint64_t bits = (uint64_t)(ta * tw + ta + 3 + core) & ((1ull << (2 * W)) - 1);
    return (int64_t)bits - (bits >> (2 * W - 1) ? 1ll << (2 * W) : 0);
  }
  int64_t am = a_mag * w_mag + a_mag + 3 + core;
  return minus ? -am : am;
}
#endif
