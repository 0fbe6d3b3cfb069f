/* rtl/array/neuron_loader.v: random distributions and loads, with padding and groups beyond the input; after each load
 * all neuron local stores are compared with the definition: column l = (tn*Ti + ti)*Tj + tj of every segment takes bank
 * l. Parameters D, W, SEGS. SPDX-License-Identifier: Apache-2.0 */
#include "engine.h"

enum { COUNT = 600, STORE = 1024 };
static uint16_t ns[D][STORE], want[D][STORE]; /* column, address */
static struct { int seg_log2, ti, tj, tn, pad_y, pad_x, h, w, bplane, bpitch, plane, pitch; } cfg;

/* A word of a neuron buffer; never 0, the padding. */
static uint32_t word(int buffer, int bank, int addr) {
  uint32_t v = content((uint32_t)buffer, (uint32_t)bank, (uint32_t)addr) & ((1u << W) - 1);
  return v ? v : 1;
}

static void add(int k) {
  static int ti = 1, tj = 1, h = 1, w = 1, pad_y, pad_x, plane, pitch;
  if (k % 6 == 0) {
    uint32_t *i = eng_add(AXF_OP_NCFG);
    const int columns = D >> rnd(log2_of(SEGS) + 1);
    FIELD(i, NCFG_SEG_LOG2, log2_of(columns));
    ti = between(1, columns);
    tj = between(1, columns / ti);
    h = between(1, chance(10) ? 3700 : 30);
    w = between(1, chance(10) ? 3700 : 30);
    pad_y = chance(50) ? 0 : rnd(8);
    pad_x = chance(50) ? 0 : chance(10) ? 90 : rnd(8);
    pitch = between(1, 20);
    plane = between(1, 150);
    FIELD(i, NCFG_TI, ti);
    FIELD(i, NCFG_TJ, tj);
    FIELD(i, NCFG_TN, between(1, columns / (ti * tj)));
    FIELD(i, NCFG_PAD_Y, pad_y);
    FIELD(i, NCFG_PAD_X, pad_x);
    FIELD(i, NCFG_H, h);
    FIELD(i, NCFG_W, w);
    FIELD(i, NCFG_BPLANE, rnd(2000));
    FIELD(i, NCFG_BPITCH, rnd(200));
    FIELD(i, NCFG_PLANE, plane);
    FIELD(i, NCFG_PITCH, pitch);
    return;
  }
  /* One padded row and column group may start anywhere, so windows cross both borders. */
  uint32_t *i = eng_add(AXF_OP_NLD);
  FIELD(i, NLD_SRC, rnd(2));
  FIELD(i, NLD_NB_ADDR, rnd(40000));
  FIELD(i, NLD_NS_ADDR, rnd(400));
  FIELD(i, NLD_NS, between(1, 4));
  FIELD(i, NLD_YC, between(1, 6));
  FIELD(i, NLD_XC, between(1, 8));
  FIELD(i, NLD_Y0, chance(50) ? 0 : rnd(h + 2 * pad_y));
  FIELD(i, NLD_X0, chance(50) ? 0 : rnd(w + 2 * pad_x));
}

static void configure(const uint32_t *i) {
  cfg.seg_log2 = GET(i, NCFG_SEG_LOG2);
  cfg.ti = GET(i, NCFG_TI);
  cfg.tj = GET(i, NCFG_TJ);
  cfg.tn = GET(i, NCFG_TN);
  cfg.pad_y = GET(i, NCFG_PAD_Y);
  cfg.pad_x = GET(i, NCFG_PAD_X);
  cfg.h = GET(i, NCFG_H);
  cfg.w = GET(i, NCFG_W);
  cfg.bplane = GET(i, NCFG_BPLANE);
  cfg.bpitch = GET(i, NCFG_BPITCH);
  cfg.plane = GET(i, NCFG_PLANE);
  cfg.pitch = GET(i, NCFG_PITCH);
}

/* What NLD means, into the wanted stores; returns the number of addresses read. */
static int define(const uint32_t *i) {
  int yc = GET(i, NLD_YC), xc = GET(i, NLD_XC), n_steps = GET(i, NLD_NS);
  for (int n = 0; n < n_steps; n++)
    for (int yg = 0; yg < yc; yg++)
      for (int xg = 0; xg < xc; xg++)
        for (int c = 0; c < cfg.tn * cfg.ti * cfg.tj; c++) {
          int y = GET(i, NLD_Y0) + yg * cfg.ti + c / cfg.tj % cfg.ti - cfg.pad_y;
          int x = GET(i, NLD_X0) + xg * cfg.tj + c % cfg.tj - cfg.pad_x;
          int from = GET(i, NLD_NB_ADDR) + n * cfg.bplane + yg * cfg.bpitch + xg;
          int to = GET(i, NLD_NS_ADDR) + n * cfg.plane + yg * cfg.pitch + xg;
          int inside = y >= 0 && y < cfg.h && x >= 0 && x < cfg.w;
          for (int col = c; col < D; col += 1 << cfg.seg_log2)
            want[col][to % STORE] = (uint16_t)(inside ? word(GET(i, NLD_SRC), c, from & 0xffff) : 0);
        }
  return n_steps * yc * xc;
}

int main(int argc, char **argv) {
  tb_start(argc, argv);
  for (int k = 0; k < COUNT; k++)
    add(k);
  pins.rst_i = 1;
  tick();
  pins.rst_i = 0;
  static int reads[COUNT];
  int reading = 0;     /* the last instruction that was started */
  uint64_t active = 0; /* banks of the last NCFG that was started */
  while (eng_posted < COUNT) {
    eng_drive();
    settle();
    uint64_t we = bits_get(&pins.ns_we_o, 0, D), mask = bits_get(&pins.mask_o, 0, D);
    for (int c = 0; c < D; c++)
      if (we >> c & 1)
        ns[c][pins.ns_addr_o] = (uint16_t)bits_get(&pins.bus_o, c * W, W);
    /* An instruction may start while the one before is still on its way; at a post the stores hold what came until
     * then. */
    const uint32_t *i = eng_post();
    if (i && GET(i, HDR_OPCODE) == AXF_OP_NCFG) {
      configure(i);
    } else if (i) {
      int words = define(i), done = eng_posted - 1;
      EXPECT(reads[done] == words, "%d addresses read, expected %d", reads[done], words);
      EXPECT(!memcmp(ns, want, sizeof ns), "neuron stores after instruction %d", done);
    }
    int re = pins.re_o, raddr = pins.raddr_o;
    if (re) {
      EXPECT(re == 1 << GET(eng_instr[reading], NLD_SRC), "reads the buffers %x", re);
      EXPECT(mask == active, "reads the banks %llx", (unsigned long long)mask);
      reads[reading]++;
    }
    EXPECT(!pins.idle_o || eng_posted == eng_next, "idle with an open instruction");
    if ((i = eng_pop()) != NULL) {
      reading = eng_next - 1;
      if (GET(i, HDR_OPCODE) == AXF_OP_NCFG)
        active = (1ull << GET(i, NCFG_TN) * GET(i, NCFG_TI) * GET(i, NCFG_TJ)) - 1;
    }
    tick();
    for (int n = 0; n < 2; n++) /* the other buffer shows something else */
      for (int c = 0; c < D; c++)
        bits_set(&pins.rdata_i, (n * D + c) * W, W,
                 re >> n & 1 && mask >> c & 1 ? word(n, c, raddr) : (uint32_t)rnd(1 << W));
  }
  for (int t = 0; t < 5; t++) {
    settle();
    EXPECT(pins.idle_o && !pins.post_o && !bits_get(&pins.ns_we_o, 0, D), "works after the end");
    tick();
  }
  return tb_done();
}
