/* The simulated system: accelerator, memory and the host's register bus, stepped together one clock at a time.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef AXF_SIM_HOST_H
#define AXF_SIM_HOST_H
#include "axi_mem.h"
#include "driver/driver.h"
#include "probe.h"
#include "shim.h"

typedef struct {
  axf_shim *shim;
  axf_mem mem;      /* regions are added by the caller */
  axf_probe *probe; /* looks at every cycle; NULL: none. Owned by the caller */
  axf_pins_in in;
  axf_pins_out out;
  axf_rng rng;     /* back-pressure of the register bus: stream 2 of the seed */
  int pressure;    /* per cent, as the memory's */
  uint64_t cycles; /* clocks since power-on */
  uint64_t run;    /* cycles of the current or last program, counted as REG_CYCLES counts */
} axf_host;

/* A powered-up, reset system; trace: FST file or NULL; trace_cycles: 0 or so many cycles of the run. -1 + axf_fail if
 * the model cannot trace. */
int axf_host_init(axf_host *h, int latency, int pressure, uint64_t seed, const char *trace, uint64_t trace_cycles);
void axf_host_free(axf_host *h);
/* Holds reset for a few cycles. */
void axf_host_reset(axf_host *h);
/* One clock. */
void axf_host_step(axf_host *h);
/* One AXI4-Lite transaction; with back-pressure, address, data and response are each delayed at random, and address
 * and data in either order. -1 when the accelerator does not answer within a million cycles, or with an error. */
int axf_host_write(axf_host *h, uint32_t off, uint32_t value);
int axf_host_read(axf_host *h, uint32_t off, uint32_t *value);
/* The driver's device on this bus; idle steps until the interrupt, at most AXF_HOST_IDLE cycles. */
#define AXF_HOST_IDLE 1000
void axf_host_device(axf_host *h, axf_dev *d);
#endif
