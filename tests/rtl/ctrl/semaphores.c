/* rtl/ctrl/semaphores.v: random posts and takes of what is there, tokens piled up to the limit, one too many.
 * SPDX-License-Identifier: Apache-2.0 */
#include "tb.h"

static int count[16], over;

static void cycle(int post, int take) {
  pins.post_i = (uint16_t)post;
  pins.take_i = (uint16_t)take;
  settle();
  tick();
  for (int s = 0; s < 16; s++) {
    count[s] += (post >> s & 1) - (take >> s & 1);
    if (count[s] > 255) {
      over = 1;
      count[s] = 0; /* undefined from here; a host resets */
    }
  }
  int ready = 0;
  for (int s = 0; s < 16; s++)
    ready |= (count[s] > 0) << s;
  EXPECT(over || pins.ready_o == ready, "ready %04x, expected %04x", pins.ready_o, ready);
  EXPECT(pins.overflow_o == over, "overflow %d, expected %d", pins.overflow_o, over);
}

static void reset(void) {
  pins.rst_i = 1;
  pins.post_i = (uint16_t)rnd(65536);
  tick();
  pins.rst_i = 0;
  memset(count, 0, sizeof count);
  over = 0;
}

int main(int argc, char **argv) {
  tb_start(argc, argv);
  for (int round = 0; round < 20; round++) {
    reset();
    int busy = between(10, 90);
    for (int t = 0; t < 300; t++) {
      int post = 0, take = 0;
      for (int s = 0; s < 16; s++) {
        post |= (count[s] < 255 && chance(busy)) << s;
        take |= (count[s] > 0 && chance(100 - busy)) << s;
      }
      cycle(post, take);
    }
    /* One semaphore to 255 tokens and down again; at 255 a post together with a take is no overflow, alone it is. */
    int s = round % 16, bit = 1 << s;
    while (count[s] < 255)
      cycle(bit, 0);
    cycle(bit, bit);
    if (chance(50))
      while (count[s] > 0)
        cycle(0, bit);
    while (count[s] < 255)
      cycle(bit, 0);
    cycle(bit, 0);
    EXPECT(over, "no overflow was provoked");
    for (int t = 0; t < 5; t++)
      cycle(0, 0); /* it stays */
  }
  return tb_done();
}
