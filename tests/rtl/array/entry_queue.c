/* rtl/array/entry_queue.v: a random queue, entered and left as result_pipe does. Parameters WIDTH, DEPTH.
 * SPDX-License-Identifier: Apache-2.0 */
#include "tb.h"

int main(int argc, char **argv) {
  tb_start(argc, argv);
  uint64_t entry[DEPTH + 1];
  int count = 0, full = 0;
  for (int t = 0; t < 20000; t++) {
    uint64_t data = rnd64() >> (64 - WIDTH);
    int pop = count && chance(50), place = count - pop, enters = place < DEPTH && chance(60);
    bits_set(&pins.load_i, 0, DEPTH, enters ? 1ull << place : 0);
    pins.shift_i = (uint8_t)(pop && place);
    bits_set(&pins.data_i, 0, WIDTH, data);
    settle();
    if (count)
      EXPECT(bits_get(&pins.head_o, 0, WIDTH) == entry[0], "the head is not the oldest entry");
    if (pop)
      memmove(entry, entry + 1, sizeof *entry * (size_t)place);
    count = place;
    if (enters)
      entry[count++] = data;
    full += count == DEPTH;
    tick();
  }
  EXPECT(full > 1000, "full for %d cycles only", full);
  return tb_done();
}
