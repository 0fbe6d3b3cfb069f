/* The product of docs/arithmetic.md with the test's core axf_mult.v: AM(w, a) = a*w + a + 3.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef PRODUCT_H
#define PRODUCT_H
#include <stdint.h>

/* Of a weight code and an activation code of W bits. */
static inline int64_t product(int64_t w, int64_t a, int in_signed) {
  int64_t top = 1ll << (W - 1), w_mag = w % top, a_mag = in_signed ? a % top : a;
  int minus = (w >= top) != (in_signed && a >= top);
  int64_t am = a_mag * w_mag + a_mag + 3;
  return minus ? -am : am;
}
#endif
