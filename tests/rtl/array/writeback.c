/* rtl/array/writeback.v: random results wait in the rows until they are granted. Each must be written once, a bank at
 * most once a cycle, lower rows first, and in as many cycles as the most wanted bank needs. Parameters D, W.
 * SPDX-License-Identifier: Apache-2.0 */
#include "tb.h"

int main(int argc, char **argv) {
  tb_start(argc, argv);
  for (int t = 0; t < 2500; t++) {
    uint64_t pending = chance(10) ? 0 : rnd64() & rnd64(), written = 0;
    if (chance(30))
      pending = ~0ull;
    pending &= (1ull << D) - 1;
    int bank[D], banks = between(1, D), wanted[D] = {0}, cycles = 0, most = 0;
    for (int k = 0; k < D; k++) {
      bank[k] = rnd(banks);
      bits_set(&pins.bank_i, k * 6, 6, (uint64_t)bank[k]);
      bits_set(&pins.addr_i, k * 16, 16, rnd64());
      bits_set(&pins.data_i, k * W, W, rnd64());
      if (pending >> k & 1 && ++wanted[bank[k]] > most)
        most = wanted[bank[k]];
    }
    uint64_t all = pending;
    do {
      bits_set(&pins.pend_i, 0, D, pending);
      settle();
      uint64_t grant = bits_get(&pins.grant_o, 0, D), we = bits_get(&pins.we_o, 0, D), first = 0, used = 0;
      for (int k = 0; k < D; k++)
        if (pending >> k & 1 && !(used >> bank[k] & 1)) {
          used |= 1ull << bank[k];
          first |= 1ull << k;
          EXPECT(bits_get(&pins.waddr_o, bank[k] * 16, 16) == bits_get(&pins.addr_i, k * 16, 16), "address of row %d",
                 k);
          EXPECT(bits_get(&pins.wdata_o, bank[k] * W, W) == bits_get(&pins.data_i, k * W, W), "word of row %d", k);
        }
      EXPECT(grant == first, "grants %llx, expected %llx", (unsigned long long)grant, (unsigned long long)first);
      EXPECT(we == used, "writes banks %llx, expected %llx", (unsigned long long)we, (unsigned long long)used);
      EXPECT((written & grant) == 0, "writes a result twice");
      written |= grant;
      pending &= ~grant;
      EXPECT(pins.done_o == (pending == 0), "done_o is %d", pins.done_o);
      cycles++;
    } while (pending && cycles <= D);
    EXPECT(written == all && cycles == (most ? most : 1), "%d cycles, expected %d", cycles, most);
  }
  return tb_done();
}
