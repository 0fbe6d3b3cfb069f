/* rtl/ctrl/phase_add.v: the sum of two phases below M is an index; its address part counts whole Ms. Parameters AW, PW.
 * SPDX-License-Identifier: Apache-2.0 */
#include "tb.h"

int main(int argc, char **argv) {
  tb_start(argc, argv);
  for (int t = 0; t < 20000; t++) {
    int m = chance(20) ? (1 << PW) - 1 : chance(20) ? 1 : between(1, (1 << (chance(50) ? PW : (PW + 1) / 2)) - 1);
    int pa = chance(20) ? m - 1 : rnd(m), pb = chance(20) ? m - 1 : rnd(m);
    uint64_t mask = (1ull << AW) - 1, aa = rnd64() & mask, ab = rnd64() & mask, unit = rnd64() & mask;
    bits_set(&pins.a_a_i, 0, AW, aa);
    bits_set(&pins.a_b_i, 0, AW, ab);
    bits_set(&pins.p_a_i, 0, PW, (uint64_t)pa);
    bits_set(&pins.p_b_i, 0, PW, (uint64_t)pb);
    bits_set(&pins.modulus_i, 0, PW, (uint64_t)m);
    bits_set(&pins.unit_i, 0, AW, unit);
    settle();
    uint64_t a = (aa + ab + (uint64_t)((pa + pb) / m) * unit) & mask, p = (uint64_t)((pa + pb) % m);
    EXPECT(bits_get(&pins.a_o, 0, AW) == a, "a for %d + %d mod %d", pa, pb, m);
    EXPECT(bits_get(&pins.p_o, 0, PW) == p, "p for %d + %d mod %d", pa, pb, m);
  }
  return tb_done();
}
