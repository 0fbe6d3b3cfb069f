/* rtl/mem/bank_buffer.v: every bank writes at its own address and reads at the common one. Parameters D, W, WORDS.
 * SPDX-License-Identifier: Apache-2.0 */
#include "tb.h"

static uint32_t mem[D][WORDS], held[D];

int main(int argc, char **argv) {
  tb_start(argc, argv);
  int known[D] = {0};
  for (int t = 0; t < WORDS + 3000; t++) {
    int fill = t < WORDS, raddr = rnd(WORDS);
    pins.raddr_i = (uint16_t)raddr;
    uint32_t we = 0, re = 0, waddr[D], wdata[D];
    for (int b = 0; b < D; b++) {
      waddr[b] = (uint32_t)(fill ? t : chance(30) ? raddr : rnd(WORDS));
      wdata[b] = (uint32_t)rnd(1 << W);
      we |= (uint32_t)(fill || chance(50)) << b;
      re |= (uint32_t)(!fill && chance(50)) << b;
      bits_set(&pins.waddr_i, b * 16, 16, waddr[b]);
      bits_set(&pins.wdata_i, b * W, W, wdata[b]);
    }
    bits_set(&pins.we_i, 0, D, we);
    bits_set(&pins.re_i, 0, D, re);
    settle();
    for (int b = 0; b < D; b++) {
      if (known[b])
        EXPECT(bits_get(&pins.rdata_o, b * W, W) == held[b], "bank %d holds another word", b);
      if (re >> b & 1) {
        held[b] = mem[b][raddr];
        known[b] = 1;
      }
      if (we >> b & 1)
        mem[b][waddr[b]] = wdata[b];
    }
    tick();
  }
  return tb_done();
}
