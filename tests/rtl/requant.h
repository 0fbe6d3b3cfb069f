/* Requantisation as docs/arithmetic.md defines it, in integers that cannot overflow.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef REQUANT_H
#define REQUANT_H
#include <stdint.h>

struct requant {
  int64_t bias;
  int mult, shift;
};

/* The code of W bits for a pooled value: round half up, clamp, sign-magnitude if the output is signed. */
static inline int64_t requantise(int64_t p, const struct requant *r, int out_signed) {
  __int128 num = (__int128)p * r->mult * 2 + ((__int128)1 << r->shift), den = (__int128)2 << r->shift;
  __int128 y = num / den;
  if (num % den < 0)
    y--; /* the floor */
  int64_t most = out_signed ? (1 << (W - 1)) - 1 : (1 << W) - 1;
  if (!out_signed)
    return y < 0 ? 0 : y > most ? most : (int64_t)y;
  return y < 0 ? (y < -most ? most : (int64_t)-y) | 1 << (W - 1) : y > most ? most : (int64_t)y;
}
#endif
