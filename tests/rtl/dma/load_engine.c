/* rtl/dma/load_engine.v: random LD instructions; a memory with random grants and delays, a write port that is often
 * busy. The reference numbers the words of a transfer; every write must bring the next words to the place of their
 * numbers. Parameters D, W. SPDX-License-Identifier: Apache-2.0 */
#include "dma.h"

enum { COUNT = 400, BW = 128 / W, BURSTS = 100000 };
static struct dma load[COUNT];
static int lanes_of[COUNT], dst[COUNT];

/* A word of external memory. */
static uint32_t memory(uint32_t addr, int word) { return content(addr, (uint32_t)word, 7) & ((1u << W) - 1); }

static void add(int k) {
  uint32_t *i = eng_add(AXF_OP_LD);
  int log = 0;
  while (1 << log < D)
    log++;
  log = rnd(log + 1);
  lanes_of[k] = 1 << log;
  dst[k] = rnd(3);
  load[k] = dma_random();
  DMA_PUT(i, LD, load[k]);
  FIELD(i, LD_DST, dst[k]);
  FIELD(i, LD_LANES_LOG2, log);
}

/* Write number n of instruction i, of which so many beats have arrived. */
static void check_write(int i, int n, int arrived) {
  const struct dma *d = &load[i];
  int lanes = lanes_of[i], words = lanes < BW ? lanes : BW; /* of one write */
  int first = n * words, beat = first / BW, in_row = first - beat / d->beats * d->beats * BW;
  EXPECT(pins.we_o == 1 << dst[i], "we_o is %x", pins.we_o);
  EXPECT(pins.waddr_o == ((dma_row(d, beat) + in_row / lanes) & 0xffff), "write %d goes to %d", n, pins.waddr_o);
  EXPECT(beat < arrived, "write %d before its beat", n);
  for (int b = 0; b < D; b++) {
    int word = b - in_row % lanes; /* of this write */
    int here = word >= 0 && word < words;
    EXPECT((int)bits_get(&pins.mask_o, b, 1) == here, "write %d of %d lanes: mask of bank %d", n, lanes, b);
    if (here)
      EXPECT(bits_get(&pins.wdata_o, b * W, W) == memory(dma_memory(d, beat), (first + word) % BW),
             "write %d of %d lanes: word of bank %d", n, lanes, b);
  }
}

/* One loop of many rounds, anywhere in memory. */
static struct dma long_transfer(void) {
  struct dma d = dma_random();
  const int loop = rnd(3);
  d.beats = loop == 0 ? between(1, 65535) : between(1, 2);
  d.ny = loop == 1 ? between(1, 4095) : between(1, 2);
  d.nz = loop == 2 ? between(1, 4095) : between(1, 2);
  d.offset = (uint32_t)rnd64() & 0xfffffff0;
  d.ystride = (uint32_t)rnd(1 << 28);
  d.zstride = (uint32_t)rnd(1 << 28);
  return d;
}

/* Requests under windows of random ends: none leaves the window; the first that would is an error and is not made. */
static void windows(void) {
  int errors = 0;
  for (int k = 0; k < 200; k++) {
    struct dma d = chance(40) ? long_transfer() : dma_random();
    uint32_t i[8] = {0};
    int asked = 0;
    if (k % 20 == 19)
      d.beats = 0;
    dma_bases();
    bits_random(i + 2, 24); /* bits that no field has hold anything */
    FIELD(i, HDR_OPCODE, AXF_OP_LD);
    DMA_PUT(i, LD, d);
    if (d.beats)
      dma_window(&d, chance(20));
    pins.rst_i = 1;
    pins.valid_i = pins.grant_i = pins.rvalid_i = 0;
    tick();
    pins.rst_i = 0;
    pins.valid_i = 1;
    pins.sem_ready_i = 0xffff;
    memcpy(pins.instr_i, i, sizeof i);
    tick();
    pins.valid_i = 0;
    for (int t = 0; t < 2000; t++) {
      pins.grant_i = 0;
      settle();
      const int more = d.beats == 0 || asked < dma_total(&d), beats = more && d.beats ? dma_burst(&d, asked) : 0;
      const int inside = beats && dma_inside(&d, asked, beats);
      EXPECT(pins.req_o == inside && pins.bad_o == (more && !inside), "beat %d: req_o %d, bad_o %d", asked, pins.req_o,
             pins.bad_o);
      errors += pins.bad_o;
      if (!more || pins.bad_o)
        break;
      pins.grant_i = (uint8_t)chance(60);
      asked += pins.grant_i ? beats : 0;
      settle();
      tick();
    }
  }
  EXPECT(errors > 50, "only %d errors", errors);
}

static struct {
  int instr;
  uint32_t addr;
  int beats;
} burst[BURSTS];

int main(int argc, char **argv) {
  tb_start(argc, argv);
  for (int k = 0; k < COUNT; k++)
    add(k);
  pins.rst_i = 1;
  tick();
  pins.rst_i = 0;
  dma_bases();
  int asking = -1, asked = 0;              /* instruction that requests, its beats requested so far */
  int granted = 0, answered = 0, beat = 0; /* bursts; beats of burst `answered` */
  int writing = 0, written = 0;            /* instruction that writes, its writes so far */
  static int arrived[COUNT];               /* beats of an instruction */
  int grant = 50, data = 50, busy = 50, most = 0;
  pins.rvalid_i = 0;
  while (eng_posted < COUNT) {
    if (tb_cycle % 300 == 0) {
      grant = between(10, 100);
      data = between(10, 100);
      busy = chance(30) ? 0 : rnd(90);
    }
    eng_drive();
    pins.busy_i = 0;
    for (int k = 0; k < 3; k++)
      pins.busy_i = (uint8_t)(pins.busy_i | chance(busy) << k);
    if (!pins.rvalid_i && answered < granted && chance(data)) {
      pins.rvalid_i = 1;
      for (int k = 0; k < BW; k++)
        bits_set(pins.rdata_i, k * W, W, memory(burst[answered].addr + 16u * (uint32_t)beat, k));
    } else if (!pins.rvalid_i)
      bits_random(pins.rdata_i, 16);
    pins.grant_i = 0;
    settle();
    pins.grant_i = (uint8_t)(pins.req_o && chance(grant));
    settle();

    EXPECT(pins.req_o == (asking >= 0), "req_o is %d", pins.req_o);
    if (pins.grant_i) {
      const struct dma *d = &load[asking];
      int beats = dma_burst(d, asked);
      EXPECT(pins.addr_o == dma_memory(d, asked), "burst at %x, expected %x", pins.addr_o, dma_memory(d, asked));
      EXPECT(pins.len_o + 1 == beats, "burst of %d beats, expected %d", pins.len_o + 1, beats);
      burst[granted].instr = asking;
      burst[granted].addr = pins.addr_o;
      burst[granted++].beats = beats;
      asked += beats;
      if (asked == dma_total(d))
        asking = -1;
    }
    EXPECT((pins.we_o & pins.busy_i) == 0, "writes while busy");
    EXPECT(pins.bad_o == (pins.we_o && pins.waddr_o >= (pins.we_o & 4 ? 2048 : 1024)), "bad_o is %d at bank address %d",
           pins.bad_o, pins.waddr_o);
    if (pins.we_o) {
      EXPECT(writing < eng_next, "a write without an instruction");
      check_write(writing, written++, arrived[writing]);
      int words = lanes_of[writing] < BW ? lanes_of[writing] : BW;
      if (written == dma_total(&load[writing]) * BW / words) {
        writing++;
        written = 0;
      }
    }
    EXPECT(pins.idle_o == (eng_posted == eng_next), "idle_o is %d", pins.idle_o);
    eng_post();
    EXPECT(eng_posted == writing, "%d instructions written, %d posted", writing, eng_posted);
    if (eng_pop()) {
      EXPECT(asking < 0, "starts before the last request of the instruction before");
      asking = eng_next - 1;
      asked = 0;
    }
    if (eng_next - eng_posted > most)
      most = eng_next - eng_posted;
    int taken = pins.rvalid_i && pins.rready_o;
    if (taken) {
      arrived[burst[answered].instr]++;
      if (++beat == burst[answered].beats) {
        answered++;
        beat = 0;
      }
    }
    tick();
    if (taken)
      pins.rvalid_i = 0;
  }
  windows();
  EXPECT(most == 4, "%d instructions open at most", most);
  return tb_done();
}
