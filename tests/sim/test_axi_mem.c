/* The external memory's timing, its back-pressure, and what it catches.
 * SPDX-License-Identifier: Apache-2.0 */
#include "axi_mem.h"
#include "check.h"
#include <string.h>

static uint8_t data[4096] __attribute__((aligned(16)));
static axf_mem m;
static axf_pins_in in;
static axf_pins_out out;

static void fresh(int latency, int pressure) {
  axf_mem_init(&m, latency, pressure, 5);
  memset(&in, 0, sizeof in);
  memset(&out, 0, sizeof out);
  out.m_arsize = out.m_awsize = 4;
  out.m_arburst = out.m_awburst = 1;
  out.m_wstrb = 0xffff;
  out.m_rready = out.m_bready = 1;
  for (int i = 0; i < 4096; i++)
    data[i] = (uint8_t)(i / 16);
  CHECK(axf_mem_add(&m, "rom", 0x1000, 2048, data, 0) == 0);
  CHECK(axf_mem_add(&m, "ram", 0x8000, 2048, data + 2048, 1) == 0);
}

/* One cycle with the master's signals in out. */
static void cycle(void) {
  axf_mem_drive(&m, &in);
  axf_mem_clock(&m, &in, &out);
}

static void read_request(uint32_t addr, int beats) {
  out.m_arvalid = beats > 0;
  out.m_araddr = addr;
  out.m_arlen = (uint8_t)(beats - 1);
}

/* Two bursts accepted in cycles 0 and 1; returns the cycle of each beat in at[]. */
static void read_timing(int latency, const int *expect, int beats) {
  fresh(latency, 0);
  int n = 0;
  for (int t = 0; t < 100; t++) {
    if (t == 0)
      read_request(0x1000, 3);
    else if (t == 1)
      read_request(0x1100, 2);
    else
      read_request(0, 0);
    cycle();
    CHECK(in.m_arready && in.m_awready && in.m_wready);
    if (in.m_rvalid) {
      CHECK_MSG(n < beats && t == expect[n], "beat %d in cycle %d", n, t);
      CHECK(in.m_rlast == (n == 2 || n == 4));
      CHECK((in.m_rdata[0] & 0xff) == (uint32_t)(n < 3 ? n : 16 + n - 3));
      n++;
    }
  }
  CHECK(n == beats && axf_mem_quiet(&m) && !m.error[0]);
}

static void write_timing(int latency) {
  fresh(latency, 0);
  int response = -1;
  for (int t = 0; t < 60; t++) {
    out.m_awvalid = t == 0;
    out.m_awaddr = 0x8010;
    out.m_awlen = 1;
    out.m_wvalid = t == 3 || t == 5;
    out.m_wlast = t == 5;
    out.m_wdata[0] = 0xabcd0000u + (uint32_t)t;
    cycle();
    if (in.m_bvalid && response < 0)
      response = t;
  }
  CHECK_MSG(response == 5 + latency, "response in cycle %d", response);
  CHECK(data[2048 + 16] == 3 && data[2048 + 19] == 0xab && data[2048 + 32] == 5 && data[2048] == 128);
  CHECK(m.w_beats == 2 && axf_mem_quiet(&m) && !m.error[0]);
}

/* A burst with P % back-pressure: every beat once, in order, none lost; about (1-P) of the cycles are ready. */
static void pressure(int p) {
  fresh(4, p);
  int beats = 0, accepted = 0, ready = 0, t;
  for (t = 0; t < 20000 && beats < 1600; t++) {
    if (!out.m_arvalid && accepted < 100 && m.reads.n < 8)
      read_request(0x1000 + 256 * (uint32_t)(accepted % 8), 16);
    int held = in.m_rvalid && !out.m_rready;
    out.m_rready = t % 3 != 0;
    cycle();
    CHECK(!held || in.m_rvalid); /* a shown valid stays */
    ready += in.m_arready;
    if (out.m_arvalid && in.m_arready) {
      accepted++;
      out.m_arvalid = 0;
    }
    if (in.m_rvalid && out.m_rready) {
      CHECK((in.m_rdata[0] & 0xff) == (uint32_t)(beats % 128));
      beats++;
    }
  }
  CHECK(beats == 1600 && accepted == 100 && !m.error[0]);
  CHECK_MSG(ready > t * (95 - p) / 100 && ready < t * (105 - p) / 100, "ready in %d of %d cycles", ready, t);
}

/* An offence is noted in words that hold `word`. */
static void caught(const char *word) {
  for (int t = 0; t < 20; t++) {
    cycle();
    out.m_arvalid = out.m_awvalid = 0;
    out.m_wvalid = 0;
  }
  CHECK_MSG(strstr(m.error, word) != NULL, "'%s' does not say '%s'", m.error, word);
}

static void offences(void) {
  fresh(2, 0);
  read_request(0x1000 + 2048, 1);
  caught("read outside every region");
  fresh(2, 0);
  read_request(0x17f0, 2);
  caught("read outside every region");
  fresh(2, 0);
  read_request(0x1ff0, 2);
  caught("4 KB");
  fresh(2, 0);
  read_request(0x1008, 1);
  caught("aligned");
  fresh(2, 0);
  out.m_wvalid = 1;
  caught("without an address");
  fresh(2, 0);
  out.m_awvalid = out.m_wvalid = out.m_wlast = 1;
  out.m_awaddr = 0x1000;
  out.m_awlen = 0;
  caught("only read");
  fresh(2, 0);
  out.m_awvalid = out.m_wvalid = 1;
  out.m_awaddr = 0x8000;
  out.m_awlen = 0;
  out.m_wlast = 0;
  caught("WLAST");
  fresh(2, 0); /* a request that changes while it waits */
  read_request(0x1000, 1);
  axf_mem_drive(&m, &in);
  in.m_arready = 0;
  axf_mem_clock(&m, &in, &out);
  read_request(0x1010, 1);
  caught("changed while it waited");
}

/* The beat and the response that are chosen are answered with an error, no other. */
static void errors(void) {
  fresh(2, 0);
  m.fail_r = 2;
  read_request(0x1000, 3);
  int bad = 0, beats = 0;
  for (int t = 0; t < 20; t++) {
    axf_mem_drive(&m, &in);
    out.m_rready = 1;
    if (in.m_rvalid) {
      bad |= in.m_rresp == 2 ? 1 << beats : in.m_rresp ? 64 : 0;
      beats++;
    }
    axf_mem_clock(&m, &in, &out);
    out.m_arvalid = 0;
  }
  CHECK(beats == 3 && bad == 2 && !m.error[0]);
}

static void regions(void) {
  fresh(1, 0);
  CHECK(axf_mem_add(&m, "over", 0x17f0, 32, data, 0) < 0 && strstr(axf_errmsg(), "overlaps"));
  CHECK(axf_mem_add(&m, "odd", 0x9008, 16, data, 0) < 0 && strstr(axf_errmsg(), "aligned"));
  CHECK(axf_mem_add(&m, "none", 0x1000, 0, NULL, 0) == 0);
}

int main(void) {
  read_timing(1, (const int[]){1, 2, 3, 4, 5}, 5);
  read_timing(30, (const int[]){30, 31, 32, 33, 34}, 5);
  write_timing(1);
  write_timing(30);
  for (int p = 0; p <= 80; p += 40)
    pressure(p);
  offences();
  errors();
  regions();
  return check_done("test_axi_mem");
}
