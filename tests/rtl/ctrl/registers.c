/* rtl/ctrl/registers.v: an AXI4-Lite master with random order and delays of address and data, random events; every
 * value read is compared with a model of registers, run state and counters.
 * Parameters D, W, NB_LOG2, KB_LOG2, SEGS_LOG2, PROTECT_REC. SPDX-License-Identifier: Apache-2.0 */
#include "tb.h"
#ifndef PROTECT_REC
#define PROTECT_REC 0
#endif

enum { COUNTERS = 21, BEGIN = 30000, END = 600000 }; /* between them a program is left alone: counters become large */
static uint32_t prog, proglen, base[4], limit[4] = {~0u, ~0u, ~0u, ~0u}, watchdog = 0x100000, count[COUNTERS];
static int irq_on, irq, run, done, error, code, flush = 1;

/* The value of a register as it is now. */
static uint32_t value(int addr) {
  switch (addr) {
  case AXF_REG_ID:
    return 0x41584631;
  case AXF_REG_CONFIG2:
    return SEGS_LOG2 | PROTECT_REC << 4;
  case AXF_REG_CONFIG:
    return (uint32_t)D | W << 8 | NB_LOG2 << 16 | (uint32_t)KB_LOG2 << 24;
  case AXF_REG_STATUS:
    return (uint32_t)((run || flush) | done << 1 | error << 2 | code << 8);
  case AXF_REG_WATCHDOG:
    return watchdog;
  case AXF_REG_PROG:
    return prog;
  case AXF_REG_PROGLEN:
    return proglen;
  case AXF_REG_IRQ:
    return (uint32_t)(irq_on | irq << 1);
  }
  if (addr % 4 == 0 && addr >= AXF_REG_BASE0 && addr <= AXF_REG_BASE3)
    return base[(addr - AXF_REG_BASE0) / 4];
  if (addr % 4 == 0 && addr >= AXF_REG_LIMIT0 && addr <= AXF_REG_LIMIT3)
    return limit[(addr - AXF_REG_LIMIT0) / 4];
  if (addr % 4 == 0 && addr >= AXF_REG_CYCLES && addr < AXF_REG_CYCLES + 4 * COUNTERS)
    return count[(addr - AXF_REG_CYCLES) / 4];
  return 0;
}

/* Random events of this cycle, added to the counters of a running program. */
static void events(void) {
  pins.macs_i = (uint16_t)rnd(8192);
  pins.busy_i = (uint8_t)rnd(2);
  pins.stall_i = (uint8_t)rnd(16);
  pins.wb_stall_i = (uint8_t)rnd(2);
  pins.ld_beat_i = (uint8_t)rnd(2);
  pins.fetch_beat_i = (uint8_t)rnd(2);
  pins.st_beat_i = (uint8_t)rnd(2);
  pins.kb_wr_i = (uint8_t)rnd(128);
  pins.kb_rd_i = (uint8_t)rnd(128);
  pins.nb_wr_i = (uint8_t)rnd(128);
  pins.nb_rd_i = (uint8_t)rnd(128);
  pins.ks_wr_i = (uint16_t)rnd(8192);
  pins.ns_wr_i = (uint16_t)rnd(8192);
  pins.psum_rd_i = (uint8_t)rnd(128);
  pins.psum_wr_i = (uint8_t)rnd(128);
  pins.corrected_i = (uint8_t)rnd(128);
  pins.detected_i = (uint8_t)rnd(128);
  if (!run)
    return;
  const struct {
    int reg, add;
  } event[COUNTERS] = {{AXF_REG_CYCLES, 1},
                       {AXF_REG_MACS, pins.macs_i},
                       {AXF_REG_X_BUSY, pins.busy_i},
                       {AXF_REG_X_WAIT_K, pins.stall_i & 1},
                       {AXF_REG_X_WAIT_N, pins.stall_i >> 1 & 1},
                       {AXF_REG_X_WAIT_O, pins.stall_i >> 2 & 1},
                       {AXF_REG_X_WB, pins.wb_stall_i},
                       {AXF_REG_X_CFG, pins.stall_i >> 3 & 1},
                       {AXF_REG_LD_BEATS, pins.ld_beat_i},
                       {AXF_REG_FETCH_BEATS, pins.fetch_beat_i},
                       {AXF_REG_ST_BEATS, pins.st_beat_i},
                       {AXF_REG_KB_WR, pins.kb_wr_i},
                       {AXF_REG_KB_RD, pins.kb_rd_i},
                       {AXF_REG_NB_WR, pins.nb_wr_i},
                       {AXF_REG_NB_RD, pins.nb_rd_i},
                       {AXF_REG_KS_WR, pins.ks_wr_i},
                       {AXF_REG_NS_WR, pins.ns_wr_i},
                       {AXF_REG_PS_RD, pins.psum_rd_i},
                       {AXF_REG_PS_WR, pins.psum_wr_i},
                       {AXF_REG_ECC_CORRECTED, pins.corrected_i},
                       {AXF_REG_ECC_DETECTED, pins.detected_i}};
  for (int k = 0; k < COUNTERS; k++)
    count[(event[k].reg - AXF_REG_CYCLES) / 4] += (uint32_t)event[k].add;
}

static int random_address(void) {
  if (chance(50))
    return AXF_REG_CYCLES + 4 * rnd(COUNTERS + 2);
  return chance(90) ? 4 * rnd(16) : rnd(256);
}

int main(int argc, char **argv) {
  tb_start(argc, argv);
  pins.rst_i = 1;
  tick();
  pins.rst_i = 0;
  settle();
  EXPECT(pins.flush_o, "reset does not reset the rest");
  /* The write in flight: offered or accepted parts, then its response; the read in flight: its answer. */
  int aw = 0, w = 0, addr = 0, b = 0, start_next = 0, starts = 0, stops = 0, rvalid = 0, writes = 0, reads = 0;
  uint32_t data = 0, rdata = 0;
  pins.awvalid_i = pins.wvalid_i = pins.arvalid_i = 0;
  for (int t = 0; t < END + BEGIN; t++) {
    const int alone = run && t >= BEGIN && t < END;
    if (!pins.awvalid_i && !alone && chance(30)) {
      pins.awvalid_i = 1;
      pins.awaddr_i = (uint8_t)(chance(30) ? AXF_REG_CTRL : random_address());
    }
    if (!pins.wvalid_i && chance(30)) {
      pins.wvalid_i = 1;
      pins.wdata_i = (uint32_t)rnd64();
      if ((pins.wdata_i & 3) == 3 || (pins.wdata_i & 2 && chance(70)))
        pins.wdata_i &= ~2u; /* start and reset at once is not a command */
    }
    if (!pins.arvalid_i && chance(50)) {
      pins.arvalid_i = 1;
      pins.araddr_i = (uint8_t)(chance(20) ? AXF_REG_STATUS : random_address());
    }
    pins.bready_i = (uint8_t)chance(60);
    pins.rready_i = (uint8_t)chance(60);
    pins.done_i = (uint8_t)(!alone && chance(2));
    pins.errors_i = (uint8_t)(!alone && chance(2) ? rnd(128) : 0);
    pins.quiet_i = (uint8_t)chance(30);
    settle();

    EXPECT(pins.start_o == start_next, "start_o is %d", pins.start_o);
    EXPECT(pins.flush_o == flush && pins.run_o == run, "flush_o is %d, run_o %d", pins.flush_o, pins.run_o);
    EXPECT(pins.prog_o == prog && pins.proglen_o == proglen && !memcmp(pins.base_o, base, 16) &&
               !memcmp(pins.limit_o, limit, 16) && pins.watchdog_o == watchdog,
           "a pin of a register");
    EXPECT(pins.irq_o == (irq && irq_on), "irq_o is %d", pins.irq_o);
    EXPECT(pins.awready_o == !aw && pins.wready_o == !w, "ready: address %d, data %d", pins.awready_o, pins.wready_o);
    EXPECT(pins.bvalid_o == b, "bvalid_o is %d", pins.bvalid_o);
    EXPECT(pins.rvalid_o == rvalid && pins.arready_o == (!rvalid || pins.rready_i), "read handshake");
    if (rvalid)
      EXPECT(pins.rdata_o == rdata, "read %x, expected %x", pins.rdata_o, rdata);

    /* The read port sees the registers before this edge. */
    if (rvalid && pins.rready_i)
      rvalid = 0;
    int ar_done = pins.arvalid_i && pins.arready_o;
    if (ar_done) {
      rvalid = 1;
      rdata = value(pins.araddr_i);
      reads++;
    }
    events();
    /* A write takes effect when both parts are there and the response has room. */
    int commit = aw && w && (!b || pins.bready_i), failed = run && pins.errors_i;
    int ending = failed || (run && pins.done_i), flushed = flush;
    start_next = 0;
    flush = failed ? 1 : pins.quiet_i ? 0 : flush;
    if (b && pins.bready_i)
      b = 0;
    if (ending) {
      run = 0;
      done = irq = 1;
      error = failed;
      code = failed ? 1 + __builtin_ctz(pins.errors_i) : 0;
      stops += failed;
    }
    if (commit) {
      b = 1;
      aw = w = 0;
      writes++;
      if (addr == AXF_REG_PROG)
        prog = data;
      if (addr == AXF_REG_PROGLEN)
        proglen = data;
      if (addr % 4 == 0 && addr >= AXF_REG_BASE0 && addr <= AXF_REG_BASE3)
        base[(addr - AXF_REG_BASE0) / 4] = data;
      if (addr % 4 == 0 && addr >= AXF_REG_LIMIT0 && addr <= AXF_REG_LIMIT3)
        limit[(addr - AXF_REG_LIMIT0) / 4] = data;
      if (addr == AXF_REG_WATCHDOG)
        watchdog = data;
      if (addr == AXF_REG_IRQ) {
        irq_on = data & 1;
        if (data & 2 && !ending)
          irq = 0;
      }
      if (addr == AXF_REG_CTRL && data & 1 && !run && !ending && !flushed) {
        start_next = run = 1;
        done = error = code = 0;
        memset(count, 0, sizeof count);
        starts++;
      }
      if (addr == AXF_REG_CTRL && data & 2) {
        flush = 1; /* wins over an end in the same cycle */
        run = done = error = code = 0;
      }
    }
    int aw_done = pins.awvalid_i && pins.awready_o, w_done = pins.wvalid_i && pins.wready_o;
    if (aw_done) {
      aw = 1;
      addr = pins.awaddr_i;
    }
    if (w_done) {
      w = 1;
      data = pins.wdata_i;
    }
    tick();
    if (aw_done)
      pins.awvalid_i = 0;
    if (w_done)
      pins.wvalid_i = 0;
    if (ar_done)
      pins.arvalid_i = 0;
  }
  EXPECT(stops > 50, "only %d errors", stops);
  EXPECT(starts > 100 && writes > 2000 && reads > 4000, "only %d starts, %d writes, %d reads", starts, writes, reads);
  return tb_done();
}
