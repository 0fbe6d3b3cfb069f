/* rtl/mem/protected_sram.v on a die whose cells flip (protect.h). Parameters W, PROTECT, SAFE; DEPTH 64, AW 6.
 * SPDX-License-Identifier: Apache-2.0 */
#include "protect.h"

enum { MACRO = 0x2003, LOW = PROTECT == 3 ? W - SAFE : W + C };

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
      word = decode(encode(mem[pins.raddr_i]) ^ flips(supply < 4 ? limit_of[supply] : 0, MACRO, pins.raddr_i, LOW),
                    &event);
      known = 1;
      counted[event]++;
    } else if (!same) {
      known = 0;
    }
    if (pins.we_i)
      mem[pins.waddr_i] = pins.wdata_i;
    if (!fill && t % 500 == 499)
      supply = chance(20) ? rnd(256) : rnd(4);
    tick();
  }
  EXPECT(counted[0] > 1000, "only %d reads without an event", counted[0]);
  EXPECT(!C || counted[2] > 500, "only %d words found wrong", counted[2]);
  EXPECT(PROTECT != 2 || counted[1] > 1000, "only %d words corrected", counted[1]);
  return tb_done();
}
