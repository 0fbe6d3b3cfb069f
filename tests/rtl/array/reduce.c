/* rtl/array/reduce.v against a loop a segment, with the extremes of a product. Parameters D, PW, SW, SEGS.
 * SPDX-License-Identifier: Apache-2.0 */
#include "tb.h"

int main(int argc, char **argv) {
  tb_start(argc, argv);
  const int levels = log2_of(SEGS) + 1;
  for (int t = 0; t < 5000; t++) {
    int64_t sum[D] = {0}, most = (1ll << (PW - 1)) - 1;
    int kind = rnd(4), level = rnd(levels), columns = D >> level;
    pins.level_i = (uint8_t)level;
    for (int c = 0; c < D; c++) {
      int64_t p = kind == 0 ? most : kind == 1 ? -most - 1 : (int64_t)(rnd64() >> (64 - PW)) - most - 1;
      if (kind == 3 && chance(50))
        p = 0;
      sum[c / columns] += p;
      bits_set(&pins.product_i, c * PW, PW, (uint64_t)p);
    }
    settle();
    for (int g = 0; g < SEGS; g++) /* beyond the last segment: 0 */
      EXPECT(bits_get(&pins.sum_o, g * SW, SW) == ((uint64_t)sum[g] & ((1ull << SW) - 1)),
             "%d segments, number %d: not the sum %lld", 1 << level, g, (long long)sum[g]);
  }
  return tb_done();
}
