/* A protected memory on a die whose cells flip at different rates: the cells of sw/faults' published hash written out
 * once more, the code by trial of all words instead of a syndrome. Parameters W, PROTECT, SAFE.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef PROTECT_H
#define PROTECT_H
#include "tb.h"

enum { DIE = 5, C = PROTECT == 1 ? 1 : PROTECT == 2 ? (W == 8 ? 5 : 6) : 0 };
static const uint32_t limit_of[4] = {0, 0x02000000, 0x0a000000, 0x30000000}; /* of a supply code */
const char *tb_plusargs[] = {"test", "+axf_die=5", "+axf_fault=0", "+axf_fail=300000000a0000000200000000000000", 0};

static inline uint64_t splitmix64(uint64_t x) {
  uint64_t z = x + 0x9e3779b97f4a7c15u;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
  z = (z ^ z >> 27) * 0x94d049bb133111ebu;
  return z ^ z >> 31;
}

/* Check bits: the numbers of C bits with three ones in rising order, without those in `skip`, are the data bits'
 * columns. */
static inline uint32_t encode(uint32_t word) {
  static const int skip8[] = {7, 28, -1}, skip16[] = {7, 21, 42, 56, -1};
  uint32_t sum = 0, parity = 0;
  int bit = 0;
  for (int b = 0; b < W; b++)
    parity ^= word >> b & 1;
  for (int n = 0; PROTECT == 2 && n < 1 << C; n++) {
    int out = __builtin_popcount((unsigned)n) != 3;
    for (const int *s = W == 8 ? skip8 : skip16; *s >= 0; s++)
      out |= n == *s;
    if (!out && word >> bit++ & 1)
      sum ^= (uint32_t)n;
  }
  return word | (PROTECT == 1 ? parity : sum) << W;
}

/* What is read for what is stored: the word at distance 0 or 1, if there is one. event: 1 corrected, 2 wrong. */
static inline uint32_t decode(uint32_t stored, int *event) {
  const uint32_t word = stored & ((1u << W) - 1);
  *event = 0;
  if (PROTECT == 0 || PROTECT == 3 || encode(word) == stored)
    return word;
  *event = 1;
  for (int b = 0; PROTECT == 2 && b < W + C; b++) {
    const uint32_t near = (stored ^ 1u << b) & ((1u << W) - 1);
    if (encode(near) == (stored ^ 1u << b))
      return near;
  }
  *event = 2;
  return 0;
}

/* The cells of a word that flip, of the first `bits` ones. */
static inline uint32_t flips(uint32_t limit, uint32_t macro_id, int addr, int bits) {
  const uint64_t macro = splitmix64((uint64_t)DIE << 32 | macro_id);
  uint32_t m = 0;
  for (int b = 0; b < bits; b++)
    m |= (uint32_t)((uint32_t)(splitmix64(macro ^ ((uint64_t)addr << 8 | (uint64_t)b)) >> 32) < limit) << b;
  return m;
}
#endif
