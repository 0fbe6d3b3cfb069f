/* External memory behind an AXI4 port of 128 bits: timing model, back-pressure, and a check of the master's manners.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Reads are answered in order. A read accepted in cycle t gives its first beat in cycle t + latency, or in the cycle
 * after the previous burst's last beat, whichever is later; then one beat a cycle. Several bursts may be open. A write
 * is an address, then its beats; the response comes `latency` cycles after the last beat. Without back-pressure every
 * ready is always 1; with P per cent, each ready (AR, AW, W) and each valid (R, B) is withheld in a cycle with this
 * probability, drawn from the seed; a valid that was shown stays until it is taken.
 *
 * Per cycle: axf_mem_drive sets the slave's signals, the model is clocked, axf_mem_clock looks at what was transferred.
 * The first offence (an address outside the regions, a burst over a 4 KB border, a request that changes while it
 * waits, ...) is recorded as a sentence and everything after it is ignored. */
#ifndef AXF_AXI_MEM_H
#define AXF_AXI_MEM_H
#include "core/core.h"
#include "shim.h"

#define AXF_MEM_REGIONS 8
#define AXF_MEM_OPEN 64 /* read or write bursts open at a time */

typedef struct {
  const char *name; /* for messages */
  uint32_t base;    /* multiple of 16 */
  size_t size;      /* bytes, multiple of 16 */
  uint8_t *data;    /* owned by the caller */
  int writable;
} axf_mem_region;

typedef struct {
  uint32_t addr; /* of the next beat */
  int left;      /* beats */
  uint64_t due;  /* reads: first cycle of the first beat; responses: cycle of the response */
} axf_mem_burst;

typedef struct {
  axf_mem_burst b[AXF_MEM_OPEN];
  int first, n;
} axf_mem_queue;

typedef struct {
  int nregions;
  axf_mem_region region[AXF_MEM_REGIONS];
  int latency, pressure; /* >= 1; per cent, 0..95 */
  axf_rng rng;
  uint64_t cycle; /* cycles clocked so far */
  axf_mem_queue reads, writes, responses;
  int r_shown, b_shown; /* a valid is on the bus and waits for its ready */
  axf_pins_in last_in;  /* signals of the cycle before, for the check of the master */
  axf_pins_out last_out;
  uint64_t r_beats, w_beats, b_count; /* beats and write responses transferred */
  uint64_t fail_r, fail_b; /* this read beat, this write response (1: the first) is answered with SLVERR; 0: none */
  char error[256];         /* "" or the first offence */
} axf_mem;

/* No regions; latency >= 1; the random stream is (seed, stream 1). */
void axf_mem_init(axf_mem *m, int latency, int pressure, uint64_t seed);
/* Adds a region; -1 + axf_fail when it overlaps another one, is misaligned, or there are too many. size 0 adds none. */
int axf_mem_add(axf_mem *m, const char *name, uint32_t base, size_t size, uint8_t *data, int writable);
/* Sets m_arready, m_rvalid, m_rlast, m_rdata, m_rresp, m_bresp, m_awready, m_wready, m_bvalid for this cycle. */
void axf_mem_drive(axf_mem *m, axf_pins_in *in);
/* Ends the cycle: in and out as they were in it. */
void axf_mem_clock(axf_mem *m, const axf_pins_in *in, const axf_pins_out *out);
/* 1 when no burst is open. */
int axf_mem_quiet(const axf_mem *m);
#endif
