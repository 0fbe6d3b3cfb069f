/* rtl/mem/bank_buffer.v: every bank writes at its own address and reads at the common one; with a protection, on a die
 * whose cells flip (protect.h): what is corrected and found wrong is counted over the banks. Parameters D, W, WORDS,
 * PROTECT. SPDX-License-Identifier: Apache-2.0 */
#ifndef PROTECT
#define PROTECT 0
#endif
#define SAFE 1
#include "protect.h"

enum { BANK_0 = 0x2000, LOW = PROTECT == 3 ? W - SAFE : W + C };
static uint32_t mem[D][WORDS], held[D];
static int known[D], event[D]; /* of the last read */

static int count(int kind) {
  int n = 0;
  for (int b = 0; b < D; b++)
    n += event[b] == kind;
  return n;
}

int main(int argc, char **argv) {
  tb_start(argc, argv);
  tick(); /* after power-on nothing was read */
  int supply = 0, corrected = 0, detected = 0;
  for (int t = 0; t < WORDS + 3000; t++) {
    /* What is held over a change of the supply is not looked at. */
    int fill = t < WORDS, raddr = rnd(WORDS), changed = pins.supply_i != supply;
    const int reads = chance(30) ? 100 : 50;
    uint32_t we = 0, re = 0, waddr[D], wdata[D];
    pins.supply_i = (uint8_t)supply;
    pins.raddr_i = (uint16_t)(raddr + (rnd(65536) & -(1 << log2_of(2 * WORDS - 1)))); /* a bank uses the lower bits */
    for (int b = 0; b < D; b++) {
      waddr[b] = (uint32_t)(fill ? t : chance(30) ? raddr : rnd(WORDS));
      wdata[b] = (uint32_t)rnd(1 << W);
      we |= (uint32_t)(fill || chance(50)) << b;
      re |= (uint32_t)(!fill && !changed && chance(reads)) << b;
      bits_set(&pins.waddr_i, b * 16, 16, waddr[b] + (uint32_t)(rnd(65536) & -(1 << log2_of(2 * WORDS - 1))));
      bits_set(&pins.wdata_i, b * W, W, wdata[b]);
    }
    bits_set(&pins.we_i, 0, D, we);
    bits_set(&pins.re_i, 0, D, re);
    settle();
    EXPECT(pins.corrected_o == count(1) && pins.detected_o == count(2), "corrected %d, wrong %d, expected %d, %d",
           pins.corrected_o, pins.detected_o, count(1), count(2));
    corrected += count(1);
    detected += count(2);
    for (int b = 0; b < D; b++) {
      known[b] &= !changed;
      if (known[b])
        EXPECT(bits_get(&pins.rdata_o, b * W, W) == held[b], "bank %d holds another word", b);
      event[b] = 0;
      if (re >> b & 1) {
        const uint32_t cells = flips(supply < 4 ? limit_of[supply] : 0, BANK_0 + (uint32_t)b, raddr, LOW);
        held[b] = decode(encode(mem[b][raddr]) ^ cells, &event[b]);
        known[b] = 1;
      }
      if (we >> b & 1)
        mem[b][waddr[b]] = wdata[b];
    }
    if (PROTECT && t % 100 == 99)
      supply = chance(20) ? rnd(256) : rnd(4);
    tick();
  }
  EXPECT(!C || detected > 500, "only %d words found wrong", detected);
  EXPECT(PROTECT != 2 || corrected > 500, "only %d words corrected", corrected);
  return tb_done();
}
