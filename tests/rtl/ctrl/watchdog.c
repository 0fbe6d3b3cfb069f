/* rtl/ctrl/watchdog.v: random progress, limits and stops against a count of the silent cycles, at last a
 * long silence.
 * SPDX-License-Identifier: Apache-2.0 */
#include "tb.h"

enum { LONG = 140000 }; /* more than 2^17 */

int main(int argc, char **argv) {
  tb_start(argc, argv);
  uint32_t silent = 0;
  int expired = 0;
  pins.run_i = 0;
  pins.limit_i = 0;
  tick();
  for (int t = 0; t < 30000 + LONG; t++) {
    if (t % 200 == 0)
      pins.limit_i = chance(30) ? 0 : chance(20) ? (uint32_t)rnd64() : (uint32_t)between(1, 60);
    pins.run_i = (uint8_t)!chance(1);
    pins.progress_i = (uint8_t)chance(t / 1000 % 2 ? 10 : 2);
    if (t >= 30000 && t < 30000 + LONG - 10) {
      pins.limit_i = LONG - 100;
      pins.run_i = 1;
      pins.progress_i = t == 30000;
    }
    settle();
    int now = pins.limit_i != 0 && silent >= pins.limit_i;
    EXPECT(pins.expired_o == now, "expired_o is %d after %u silent cycles of %u", pins.expired_o, silent, pins.limit_i);
    expired += now;
    silent = !pins.run_i || pins.progress_i || !pins.limit_i ? 0 : now ? silent : silent + 1;
    tick();
  }
  EXPECT(expired > 500, "expired in %d cycles only", expired);
  return tb_done();
}
