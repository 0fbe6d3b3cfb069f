/* rtl/ctrl/popcount.v against a loop. Parameter N. SPDX-License-Identifier: Apache-2.0 */
#include "tb.h"

int main(int argc, char **argv) {
  tb_start(argc, argv);
  for (int t = 0; t < 5000; t++) {
    uint64_t v = chance(10) ? 0 : chance(10) ? ~0ull : chance(30) ? 1ull << rnd(N) : rnd64();
    if (N < 64)
      v &= (1ull << N % 64) - 1;
    bits_set(&pins.bits_i, 0, N, v);
    settle();
    int count = 0;
    for (uint64_t u = v; u; u &= u - 1)
      count++;
    EXPECT(pins.count_o == count, "%d, expected %d", pins.count_o, count);
  }
  return tb_done();
}
