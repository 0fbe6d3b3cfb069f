/* rtl/mem/hsiao_check.v: the check bits are linear in the word, and the columns make a SECDED code: all different, odd,
 * not a check bit's own; each check bit covers about as many data bits. Parameters W, C. SPDX-License-Identifier:
 * Apache-2.0 */
#include "tb.h"

static uint32_t check_of(uint32_t word) {
  bits_set(&pins.data_i, 0, W, word);
  settle();
  return (uint32_t)bits_get(&pins.check_o, 0, C);
}

int main(int argc, char **argv) {
  tb_start(argc, argv);
  uint32_t column[W];
  int covers[C] = {0};
  EXPECT(check_of(0) == 0, "zeros are not a word");
  for (int b = 0; b < W; b++) {
    column[b] = check_of(1u << b);
    EXPECT(bits_get(&pins.columns_o, b * C, C) == column[b], "column of bit %d is not its check", b);
    EXPECT(__builtin_popcount(column[b]) == 3, "column of bit %d is %x", b, column[b]);
    for (int a = 0; a < b; a++)
      EXPECT(column[a] != column[b], "bits %d and %d have the same column", a, b);
    for (int c = 0; c < C; c++)
      covers[c] += column[b] >> c & 1;
  }
  for (int c = 0; c < C; c++)
    EXPECT(covers[c] >= 3 * W / C && covers[c] <= (3 * W + C - 1) / C + (W == 8), "check bit %d covers %d", c,
           covers[c]);
  for (int t = 0; t < 2000; t++) {
    const uint32_t word = (uint32_t)rnd(1 << W);
    uint32_t sum = 0;
    for (int b = 0; b < W; b++)
      sum ^= word >> b & 1 ? column[b] : 0;
    EXPECT(check_of(word) == sum, "check of %x", word);
  }
  return tb_done();
}
