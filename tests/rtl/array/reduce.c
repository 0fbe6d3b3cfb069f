/* rtl/array/reduce.v against a loop, with the extremes of a product. Parameters D, PW, SW. SPDX-License-Identifier:
 * Apache-2.0 */
#include "tb.h"

int main(int argc, char **argv) {
  tb_start(argc, argv);
  for (int t = 0; t < 5000; t++) {
    int64_t sum = 0, most = (1ll << (PW - 1)) - 1;
    int kind = rnd(4);
    for (int c = 0; c < D; c++) {
      int64_t p = kind == 0 ? most : kind == 1 ? -most - 1 : (int64_t)(rnd64() >> (64 - PW)) - most - 1;
      if (kind == 3 && chance(50))
        p = 0;
      sum += p;
      bits_set(&pins.product_i, c * PW, PW, (uint64_t)p);
    }
    settle();
    EXPECT(bits_get(&pins.sum_o, 0, SW) == ((uint64_t)sum & ((1ull << SW) - 1)), "sum of %lld", (long long)sum);
  }
  return tb_done();
}
