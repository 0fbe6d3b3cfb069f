/* Stepping the system, and the host's side of the AXI4-Lite register bus.
 * SPDX-License-Identifier: Apache-2.0 */
#include "host.h"
#include "isa/isa.h"
#include <string.h>

#define ANSWER_LIMIT 1000000
#define RESET_CYCLES 4

static int withheld(axf_host *h) { return h->pressure > 0 && (int)axf_rng_below(&h->rng, 100) < h->pressure; }

void axf_host_step(axf_host *h) {
  axf_mem_drive(&h->mem, &h->in);
  axf_shim_step(h->shim, &h->in, &h->out);
  axf_mem_clock(&h->mem, &h->in, &h->out);
  h->cycles++;
  if (h->out.running)
    h->run++;
  if (h->out.nb_we && h->probe)
    axf_probe_cycle(h->probe, &h->out, h->run);
}

void axf_host_reset(axf_host *h) {
  h->in.rst = 1;
  for (int i = 0; i < RESET_CYCLES; i++)
    axf_host_step(h);
  h->in.rst = 0;
  axf_host_step(h);
}

int axf_host_init(axf_host *h, int latency, int pressure, uint64_t seed, const char *trace, uint64_t trace_cycles) {
  memset(h, 0, sizeof *h);
  h->shim = axf_shim_new(trace, trace_cycles);
  if (!h->shim)
    return axf_fail("%s: this simulator was built without traces, build it with TRACE=1", trace);
  axf_mem_init(&h->mem, latency, pressure, seed);
  axf_rng_seed(&h->rng, seed, 2);
  h->pressure = pressure;
  axf_host_reset(h);
  return 0;
}

void axf_host_free(axf_host *h) {
  axf_shim_free(h->shim);
  h->shim = NULL;
}

int axf_host_write(axf_host *h, uint32_t off, uint32_t value) {
  int aw = 1, w = 1; /* still to be sent */
  h->in.s_awaddr = (uint8_t)off;
  h->in.s_wdata = value;
  for (int i = 0; i < ANSWER_LIMIT; i++) {
    h->in.s_awvalid = (uint8_t)(aw && (h->in.s_awvalid || !withheld(h)));
    h->in.s_wvalid = (uint8_t)(w && (h->in.s_wvalid || !withheld(h)));
    h->in.s_bready = !withheld(h);
    axf_host_step(h);
    aw = aw && !(h->in.s_awvalid && h->out.s_awready);
    w = w && !(h->in.s_wvalid && h->out.s_wready);
    if (!aw)
      h->in.s_awvalid = 0;
    if (!w)
      h->in.s_wvalid = 0;
    if (h->in.s_bready && h->out.s_bvalid) {
      h->in.s_bready = 0;
      return aw || w || h->out.s_bresp ? -1 : 0;
    }
  }
  return -1;
}

int axf_host_read(axf_host *h, uint32_t off, uint32_t *value) {
  int ar = 1;
  h->in.s_araddr = (uint8_t)off;
  for (int i = 0; i < ANSWER_LIMIT; i++) {
    h->in.s_arvalid = (uint8_t)(ar && (h->in.s_arvalid || !withheld(h)));
    h->in.s_rready = !withheld(h);
    axf_host_step(h);
    ar = ar && !(h->in.s_arvalid && h->out.s_arready);
    if (!ar)
      h->in.s_arvalid = 0;
    if (h->in.s_rready && h->out.s_rvalid) {
      h->in.s_rready = 0;
      *value = h->out.s_rdata;
      return ar || h->out.s_rresp ? -1 : 0;
    }
  }
  return -1;
}

static int device_write(void *ctx, uint32_t off, uint32_t value) {
  axf_host *h = (axf_host *)ctx;
  if (off == AXF_REG_CTRL)
    h->run = 0;
  return axf_host_write(h, off, value);
}

static int device_read(void *ctx, uint32_t off, uint32_t *value) { return axf_host_read((axf_host *)ctx, off, value); }

static void device_idle(void *ctx) {
  axf_host *h = (axf_host *)ctx;
  for (int i = 0; i < AXF_HOST_IDLE && !h->out.irq && !h->mem.error[0]; i++)
    axf_host_step(h);
}

void axf_host_device(axf_host *h, axf_dev *d) {
  memset(d, 0, sizeof *d);
  d->reg_write = device_write;
  d->reg_read = device_read;
  d->idle = device_idle;
  d->ctx = h;
  d->irq = 1;
}
