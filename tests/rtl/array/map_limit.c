/* rtl/array/map_limit.v: for every part of a row and every tm, whether the map exists, against the definition.
 * Parameter SEGS. SPDX-License-Identifier: Apache-2.0 */
#include "tb.h"

int main(int argc, char **argv) {
  tb_start(argc, argv);
  const int levels = log2_of(SEGS) + 1;
  for (int t = 0; t < 20000; t++) {
    int level = rnd(levels), tm = between(1, 32), qm = between(1, 1 << level);
    int m = chance(50) ? 0 : rnd(2000), mt = m + (chance(20) ? between(1, 4095 - m) : between(1, tm * qm));
    pins.level_i = (uint8_t)level;
    pins.tm_i = (uint8_t)tm;
    pins.qm_i = (uint8_t)qm;
    pins.m_i = (uint16_t)m;
    pins.mt_i = (uint16_t)mt;
    settle();
    for (int q = 0; q < SEGS; q++)
      for (int row = 0; row < tm; row++) {
        int g = q / (SEGS >> level), exists = g < qm && m + g * tm + row < mt;
        EXPECT((row < (int)bits_get(&pins.limit_o, q * 6, 6)) == exists,
               "part %d of %d, tm %d: Tm %d, Qm %d of %d, map %d of %d", q, SEGS, row, tm, qm, 1 << level, m, mt);
      }
  }
  return tb_done();
}
