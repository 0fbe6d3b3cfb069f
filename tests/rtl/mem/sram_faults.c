/* rtl/mem/sram_faults.v: what reads meet, against the hash written out once more; supply and die change now and then.
 * Parameters WIDTH, DEPTH, AW, MACRO_ID; the width also picks the kind: 13 stuck on a clustered die, 9 transient, else
 * flip. SPDX-License-Identifier: Apache-2.0 */
#include "tb.h"

#define TEXT(x) TEXT2(x)
#define TEXT2(x) #x
#if WIDTH == 13
#define KIND 1
#define CLUSTER 1
#elif WIDTH == 9
#define KIND 2
#define CLUSTER 0
#else
#define KIND 0
#define CLUSTER 0
#endif
enum { MACRO = MACRO_ID, RUN = 12 };
static uint64_t die = 77;
static char die_arg[32] = "+axf_die=77";
void model_plusargs(void); /* shim.cpp: takes tb_plusargs again */
static const uint32_t limit_of[4] = {0, 0x01000000, 0x10000000, 0xffffffff};
const char *tb_plusargs[] = {"test",
                             die_arg,
                             "+axf_fault=" TEXT(KIND),
                             "+axf_cluster=" TEXT(CLUSTER),
                             "+axf_run=12",
                             "+axf_fail=ffffffff100000000100000000000000",
                             0};
static uint32_t reads[DEPTH];
static int bare; /* nothing is set: no cell fails */

static uint64_t splitmix64(uint64_t x) {
  uint64_t z = x + 0x9e3779b97f4a7c15u;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
  z = (z ^ z >> 27) * 0x94d049bb133111ebu;
  return z ^ z >> 31;
}

/* The threshold of this macro. */
static uint32_t macro_limit(uint32_t t) {
  static const int factor[16] = {0, 1, 3, 4, 6, 10, 14, 19, 27, 39, 56, 83, 128, 215, 434, 3057};
  const uint64_t h = splitmix64(~splitmix64(die << 32 | MACRO));
  const uint64_t scaled = (uint64_t)t * (uint64_t)factor[h >> 60] >> 8;
  return !CLUSTER ? t : scaled > 0xffffffffu ? 0xffffffffu : (uint32_t)scaled;
}

static void word(uint32_t t, int addr, uint64_t *clear, uint64_t *invert) {
  const uint64_t macro = splitmix64(die << 32 | MACRO), run = splitmix64(macro ^ RUN);
  uint64_t cells = 0, ones = 0, h = 0;
  for (int b = 0; b < WIDTH; b++) {
    uint64_t variate;
    if (KIND == 2) {
      h = splitmix64(run ^ (uint64_t)reads[addr] << 32 ^ (uint64_t)addr << 8 ^ (uint64_t)(b & ~1));
      variate = b & 1 ? h & 0xffffffff : h >> 32;
    } else {
      h = splitmix64(macro ^ ((uint64_t)addr << 8 | (uint64_t)b));
      variate = h >> 32;
      ones |= (h & 1) << b;
    }
    cells |= (uint64_t)(variate < t) << b;
  }
  reads[addr]++;
  *clear = KIND == 1 ? cells : 0;
  *invert = KIND == 1 ? cells & ones : cells;
}

int main(int argc, char **argv) {
  tb_start(argc, argv);
  uint64_t clear = 0, invert = 0;
  int supply = 0, hits = 0, hit = 0;
  for (int t = 0; t < 20000; t++) {
    const int change = t % 250 == 249, before = supply;
    if (change)
      supply = t % 1250 != 1249 ? between(1, 3) : chance(50) ? 0 : between(4, 255); /* not in the table: nominal */
    if (supply != before) {                                                         /* cells are found anew */
      die = (uint64_t)rnd(100000);
      snprintf(die_arg, sizeof die_arg, "+axf_die=%d", (int)die);
      bare = chance(10);
      tb_plusargs[1] = bare ? NULL : die_arg;
      model_plusargs();
    }
    const int raddr = rnd(DEPTH), read = chance(70);
    const int same = pins.supply_i == supply;
    pins.supply_i = (uint8_t)supply;
    pins.re_i = (uint8_t)read;
    bits_set(&pins.raddr_i, 0, AW, (uint64_t)raddr);
    settle();
    EXPECT(bits_get(&pins.clear_o, 0, WIDTH) == clear, "clear_o");
    EXPECT(bits_get(&pins.invert_o, 0, WIDTH) == invert, "invert_o");
    EXPECT(pins.hit_o == hit, "hit_o");
    tick();
    hit = 0;
    if (!same) {
      clear = invert = 0;
      memset(reads, 0, sizeof reads);
    } else if (!bare && macro_limit(supply < 4 ? limit_of[supply] : 0) && read) {
      word(macro_limit(supply < 4 ? limit_of[supply] : 0), raddr, &clear, &invert);
      hit = KIND == 1 ? clear != 0 : invert != 0;
      hits += hit;
    }
  }
  EXPECT(hits > 1000, "only %d reads met failing cells", hits);
  return tb_done();
}
