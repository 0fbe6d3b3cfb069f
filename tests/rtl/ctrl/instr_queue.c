/* rtl/ctrl/instr_queue.v: random pushes and pops, often in one cycle, against a list. Parameter WIDTH.
 * SPDX-License-Identifier: Apache-2.0 */
#include "tb.h"

enum { BYTES = WIDTH / 8 };
static uint8_t list[20000][BYTES];

int main(int argc, char **argv) {
  tb_start(argc, argv);
  int in = 0, out = 0, push_percent = 50, pop_percent = 50;
  pins.rst_i = 1;
  tick();
  pins.rst_i = 0;
  for (int t = 0; t < 12000; t++) {
    if (t % 200 == 0) {
      push_percent = between(20, 100);
      pop_percent = between(20, 100);
    }
    settle();
    EXPECT(pins.ready_o == (in - out < 2), "ready %d with %d entries", pins.ready_o, in - out);
    EXPECT(pins.valid_o == (in > out), "valid %d with %d entries", pins.valid_o, in - out);
    if (pins.valid_o)
      EXPECT(!memcmp(&pins.data_o, list[out], BYTES), "entry %d is another", out);
    pins.push_i = (uint8_t)(pins.ready_o && chance(push_percent));
    pins.pop_i = (uint8_t)(pins.valid_o && chance(pop_percent));
    bits_random(&pins.data_i, BYTES);
    if (pins.push_i)
      memcpy(list[in++], &pins.data_i, BYTES);
    if (pins.pop_i)
      out++;
    pins.rst_i = (uint8_t)chance(1);
    if (pins.rst_i)
      out = in; /* empty */
    tick();
  }
  EXPECT(out > 3000, "only %d entries went through", out);
  return tb_done();
}
