/* rtl/mem/sram.v: random reads and writes, often of the same word, against an array. Parameters WIDTH, DEPTH, AW.
 * SPDX-License-Identifier: Apache-2.0 */
#include "tb.h"

enum { BYTES = (WIDTH + 7) / 8 };
static uint8_t mem[DEPTH][BYTES], held[BYTES];

static void random_word(uint8_t *word) {
  memset(word, 0, BYTES);
  for (int b = 0; b < WIDTH; b++)
    bits_set(word, b, 1, rnd64() >> 40);
}

int main(int argc, char **argv) {
  tb_start(argc, argv);
  int known = 0;
  for (int t = 0; t < DEPTH + 6000; t++) {
    uint8_t word[BYTES];
    int fill = t < DEPTH; /* first every word once */
    random_word(word);
    pins.supply_i = (uint8_t)rnd(256);
    pins.we_i = (uint8_t)(fill || chance(60));
    int waddr = fill ? t : rnd(DEPTH), raddr = chance(30) ? waddr : rnd(DEPTH);
    bits_set(&pins.waddr_i, 0, AW, (uint64_t)waddr);
    memcpy(&pins.wdata_i, word, BYTES);
    pins.re_i = (uint8_t)(!fill && chance(60));
    bits_set(&pins.raddr_i, 0, AW, (uint64_t)raddr);
    settle();
    if (known)
      EXPECT(!memcmp(&pins.rdata_o, held, BYTES), "rdata_o is not the word last read");
    if (pins.re_i) { /* the word before this cycle's write */
      memcpy(held, mem[raddr], BYTES);
      known = 1;
    }
    if (pins.we_i)
      memcpy(mem[waddr], word, BYTES);
    tick();
  }
  return tb_done();
}
