/* rtl/dma/store_engine.v: random ST instructions; read ports that are often taken, an AXI4 write slave with random
 * stalls. The reference is the definition: word k of a row is bank k mod D of address k div D of the row. Parameters D,
 * W. SPDX-License-Identifier: Apache-2.0 */
#include "dma.h"

enum { COUNT = 300, BW = 128 / W };
static struct dma store[COUNT];
static int flushes;
static int src[COUNT];

/* A word of a neuron buffer. */
static uint32_t word(int buffer, int bank, int addr) {
  return content((uint32_t)buffer, (uint32_t)bank, (uint32_t)addr) & ((1u << W) - 1);
}

static void add(int k) {
  uint32_t *i = eng_add(AXF_OP_ST);
  /* A row of a wide array may begin and end anywhere in an address. */
  store[k] = dma_random();
  src[k] = rnd(2);
  DMA_PUT(i, ST, store[k]);
  FIELD(i, ST_SRC, src[k]);
}

int main(int argc, char **argv) {
  tb_start(argc, argv);
  for (int k = 0; k < COUNT; k++)
    add(k);
  dma_bases();
  pins.rst_i = 1;
  tick();
  pins.rst_i = 0;
  int now = -1;                           /* the store under way */
  int addressed = 0, sent = 0;            /* its beats */
  int in_burst = 0, response = 0;         /* beats to send in this burst; a response is due */
  int busy = 50, aw = 50, w = 50, b = 50; /* percent */
  int flushing = 0, awvalid = 0,
      held = 0; /* in the cycle before: a flush; an address, a beat that waited for its ready */
  uint32_t beat[4] = {0};
  pins.bvalid_i = pins.flush_i = 0;
  while (eng_posted < COUNT) {
    if (tb_cycle % 300 == 0) {
      busy = chance(30) ? 0 : rnd(90);
      aw = between(10, 100);
      w = between(10, 100);
      b = between(10, 100);
    }
    if (!pins.flush_i && now >= 0 && chance(1)) {
      pins.flush_i = 1; /* what this store was to do is forgotten but for its open burst */
      flushes++;
    }
    eng_drive();
    pins.busy_i = (uint8_t)(chance(busy) | chance(busy) << 1);
    pins.awready_i = (uint8_t)chance(aw);
    pins.wready_i = (uint8_t)chance(w);
    if (!pins.bvalid_i)
      pins.bvalid_i = (uint8_t)(response && chance(b));
    settle();

    EXPECT((pins.re_o & pins.busy_i) == 0 && pins.re_o != 3, "reads %x while %x is busy", pins.re_o, pins.busy_i);
    if (pins.flush_i && pins.idle_o) {
      EXPECT(in_burst == 0 && !response, "idle with a burst open");
      now = -1;
      eng_posted = eng_next;
    }
    EXPECT(pins.idle_o == (now < 0), "idle_o is %d", pins.idle_o);
    EXPECT(!flushing || !pins.flush_i || !pins.awvalid_o || awvalid, "a new burst in a flush");
    EXPECT(!awvalid || pins.awvalid_o, "an address is taken back");
    EXPECT(!held || (pins.wvalid_o && pins.wstrb_o == (held == 1 ? 0xffff : 0) && !memcmp(beat, pins.wdata_o, 16)),
           "a beat changes while it waits");
    flushing = pins.flush_i;
    awvalid = pins.awvalid_o && !pins.awready_i;
    held = pins.wvalid_o && !pins.wready_i ? (pins.wstrb_o ? 1 : 2) : 0;
    memcpy(beat, pins.wdata_o, 16);
    EXPECT(!pins.wvalid_o || pins.wstrb_o == 0xffff || pins.flush_i, "strobes %x", pins.wstrb_o);
    EXPECT(pins.bad_o == (pins.re_o && pins.raddr_o >= 1024), "bad_o is %d at bank address %d", pins.bad_o,
           pins.raddr_o);
    EXPECT(now >= 0 || (!pins.re_o && !pins.awvalid_o && !pins.wvalid_o), "works without an instruction");
    const struct dma *d = now < 0 ? NULL : &store[now];
    if (d && pins.re_o)
      EXPECT(pins.re_o == 1 << src[now], "reads the other buffer");
    if (d && pins.awvalid_o) {
      EXPECT(in_burst == 0 && !response, "a burst before the end of the one before");
      EXPECT(addressed < dma_total(d), "a burst too many");
      int beats = dma_burst(d, addressed);
      EXPECT(pins.awaddr_o == dma_memory(d, addressed), "burst at %x, expected %x", pins.awaddr_o,
             dma_memory(d, addressed));
      EXPECT(pins.awlen_o + 1 == beats, "burst of %d beats, expected %d", pins.awlen_o + 1, beats);
      if (pins.awready_i) {
        addressed += beats;
        in_burst = beats;
      }
    }
    if (d && pins.wvalid_o) {
      EXPECT(in_burst > 0, "a beat without a burst");
      EXPECT(pins.wlast_o == (in_burst == 1), "wlast_o is %d with %d beats to go", pins.wlast_o, in_burst);
      for (int k = 0; k < BW && pins.wstrb_o; k++) {
        int at = sent % d->beats * BW + k;
        EXPECT(bits_get(pins.wdata_o, k * W, W) == word(src[now], at % D, (dma_row(d, sent) + at / D) & 0xffff),
               "beat %d, word %d", sent, k);
      }
      if (pins.wready_i) {
        sent++;
        if (--in_burst == 0)
          response = 1;
      }
    }
    int answer = pins.bvalid_i && pins.bready_o, last = d && sent == dma_total(d);
    if (answer)
      response = 0;
    if (pins.post_o) {
      EXPECT(answer && last && !pins.flush_i, "posts before the last response");
      eng_post();
      now = -1;
    } else if (!pins.flush_i)
      EXPECT(!answer || !last, "no post with the last response");
    if (eng_pop()) {
      EXPECT(now < 0, "starts before the end of the store before");
      now = eng_next - 1;
      addressed = sent = 0;
    }
    int quiet = pins.flush_i && pins.idle_o;
    int read = pins.re_o, raddr = pins.raddr_o, other = pins.busy_i;
    tick();
    if (quiet)
      pins.flush_i = 0;
    for (int n = 0; n < 2; n++) { /* a buffer read by somebody else shows his word */
      for (int k = 0; k < D; k++) {
        if (read >> n & 1)
          bits_set(&pins.rdata_i, (n * D + k) * W, W, word(n, k, raddr));
        else if (other >> n & 1)
          bits_set(&pins.rdata_i, (n * D + k) * W, W, (uint64_t)rnd(1 << W));
      }
    }
    if (answer)
      pins.bvalid_i = 0;
  }
  EXPECT(flushes > 20, "only %d flushes", flushes);
  /* Windows of random ends: the first burst that would leave one is an error and is not made; a flush forgets it. */
  int errors = 0;
  for (int k = 0; k < 200; k++) {
    struct dma d = dma_random();
    uint32_t i[8] = {0};
    addressed = 0;
    if (k % 20 == 19)
      d.beats = 0;
    d.addr = d.pitch = d.plane = 0;
    FIELD(i, HDR_OPCODE, AXF_OP_ST);
    DMA_PUT(i, ST, d);
    if (d.beats)
      dma_window(&d, chance(20));
    pins.rst_i = 1;
    pins.valid_i = pins.busy_i = 0;
    tick();
    pins.rst_i = pins.flush_i = 0;
    pins.valid_i = pins.awready_i = pins.wready_i = pins.bvalid_i = 1;
    pins.sem_ready_i = 0xffff;
    memcpy(pins.instr_i, i, sizeof i);
    tick();
    pins.valid_i = 0;
    for (int t = 0; t < 5000; t++) {
      settle();
      if (pins.idle_o)
        break;
      const int beats = d.beats ? dma_burst(&d, addressed) : 0, inside = beats && dma_inside(&d, addressed, beats);
      EXPECT(!pins.awvalid_o || inside, "a burst outside its window, beat %d", addressed);
      EXPECT(!pins.bad_o || !inside, "an error inside the window, beat %d", addressed);
      addressed += pins.awvalid_o ? beats : 0;
      errors += pins.bad_o && !pins.flush_i;
      pins.flush_i = (uint8_t)(pins.bad_o || pins.flush_i);
      tick();
    }
    EXPECT(pins.idle_o && (pins.flush_i || addressed == dma_total(&d)), "ended after beat %d", addressed);
  }
  EXPECT(errors > 50, "only %d errors", errors);
  return tb_done();
}
