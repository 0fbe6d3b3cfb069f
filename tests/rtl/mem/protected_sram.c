/* rtl/mem/protected_sram.v on a die whose cells flip at different rates: the cells of sw/faults' published hash written
 * out once more, the code by trial of all words instead of a syndrome. Parameters W, PROTECT, SAFE; DEPTH 64, AW 6.
 * SPDX-License-Identifier: Apache-2.0 */
#include "tb.h"

enum { DIE = 5, MACRO = 0x2003, C = PROTECT == 1 ? 1 : PROTECT == 2 ? (W == 8 ? 5 : 6) : 0 };
static const uint32_t limit_of[4] = {0, 0x02000000, 0x0a000000, 0x30000000};
const char *tb_plusargs[] = {"test", "+axf_die=5", "+axf_fault=0", "+axf_fail=300000000a0000000200000000000000", 0};

static uint64_t splitmix64(uint64_t x) {
  uint64_t z = x + 0x9e3779b97f4a7c15u;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
  z = (z ^ z >> 27) * 0x94d049bb133111ebu;
  return z ^ z >> 31;
}

/* Check bits: the numbers of C bits with three ones in rising order, without those in `skip`, are the data bits'
 * columns. */
static uint32_t encode(uint32_t word) {
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
static uint32_t decode(uint32_t stored, int *event) {
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

static uint32_t flips(uint32_t limit, int addr) {
  const uint64_t macro = splitmix64((uint64_t)DIE << 32 | MACRO);
  uint32_t m = 0;
  for (int b = 0; b < (PROTECT == 3 ? W - SAFE : W + C); b++)
    m |= (uint32_t)((uint32_t)(splitmix64(macro ^ ((uint64_t)addr << 8 | (uint64_t)b)) >> 32) < limit) << b;
  return m;
}

int main(int argc, char **argv) {
  tb_start(argc, argv);
  pins.re_i = pins.we_i = pins.supply_i = 0; /* after power-on nothing was read */
  tick();
  static uint32_t mem[DEPTH];
  uint32_t word = 0;
  int event = 0, counted[3] = {0}, known = 0, supply = 0;
  for (int t = 0; t < DEPTH + 20000; t++) {
    const int fill = t < DEPTH, same = pins.supply_i == supply;
    pins.supply_i = (uint8_t)supply;
    pins.we_i = (uint8_t)(fill || chance(30));
    pins.waddr_i = (uint8_t)(fill ? t : rnd(DEPTH));
    pins.wdata_i = (uint32_t)rnd64() & ((1u << W) - 1);
    pins.re_i = (uint8_t)(!fill && same && chance(60));
    pins.raddr_i = (uint8_t)rnd(DEPTH);
    settle();
    if (known && same) /* a read held over a change of the supply is not looked at */
      EXPECT(pins.rdata_o == word, "read %x, expected %x", pins.rdata_o, word);
    EXPECT(pins.corrected_o == (event == 1) && pins.detected_o == (event == 2), "event is %d", event);
    event = 0;
    if (pins.re_i) {
      word = decode(encode(mem[pins.raddr_i]) ^ flips(limit_of[supply], pins.raddr_i), &event);
      known = 1;
      counted[event]++;
    } else if (!same) {
      known = 0;
    }
    if (pins.we_i)
      mem[pins.waddr_i] = pins.wdata_i;
    if (!fill && t % 500 == 499)
      supply = rnd(4);
    tick();
  }
  EXPECT(counted[0] > 1000, "only %d reads without an event", counted[0]);
  EXPECT(!C || counted[2] > 500, "only %d words found wrong", counted[2]);
  EXPECT(PROTECT != 2 || counted[1] > 1000, "only %d words corrected", counted[1]);
  return tb_done();
}
