/* Records what goes in and out of the simulated accelerator, a record a cycle, for the replay on the netlist.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Linked in front of axf_shim_step (--wrap). Without AXF_PIN_LOG in the environment nothing is recorded. The file:
 * lines `i PORT BITS` or `o PORT BITS`, a line `end`, then for each cycle the values in that order, (BITS + 7) / 8
 * bytes each, lowest first (the host is little-endian). `o running 1` is no port: it marks the cycles that count. */
#include "shim.h"
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

void __real_axf_shim_step(axf_shim *s, const axf_pins_in *in, axf_pins_out *out);
void __wrap_axf_shim_step(axf_shim *s, const axf_pins_in *in, axf_pins_out *out);

typedef struct {
  const char *name;
  size_t at, size;
  int bits; /* size is (bits + 7) / 8 */
} field;
#define IN(n, b)                                                                                                       \
  { #n "_i", offsetof(axf_pins_in, n), sizeof(((axf_pins_in *)NULL)->n), b }
#define OUT(n, b)                                                                                                      \
  { #n "_o", offsetof(axf_pins_out, n), sizeof(((axf_pins_out *)NULL)->n), b }
static const field ins[] = {IN(rst, 1),      IN(s_awvalid, 1), IN(s_awaddr, 8),  IN(s_wvalid, 1), IN(s_wdata, 32),
                            IN(s_bready, 1), IN(s_arvalid, 1), IN(s_araddr, 8),  IN(s_rready, 1), IN(m_arready, 1),
                            IN(m_rvalid, 1), IN(m_rlast, 1),   IN(m_awready, 1), IN(m_wready, 1), IN(m_bvalid, 1),
                            IN(m_rresp, 2),  IN(m_bresp, 2),   IN(m_rdata, 128)};
static const field outs[] = {OUT(irq, 1),       OUT(s_awready, 1),
                             OUT(s_wready, 1),  OUT(s_bvalid, 1),
                             OUT(s_bresp, 2),   OUT(s_arready, 1),
                             OUT(s_rvalid, 1),  OUT(s_rresp, 2),
                             OUT(s_rdata, 32),  OUT(m_arvalid, 1),
                             OUT(m_araddr, 32), OUT(m_arlen, 8),
                             OUT(m_arsize, 3),  OUT(m_arburst, 2),
                             OUT(m_rready, 1),  OUT(m_awvalid, 1),
                             OUT(m_awaddr, 32), OUT(m_awlen, 8),
                             OUT(m_awsize, 3),  OUT(m_awburst, 2),
                             OUT(m_wvalid, 1),  OUT(m_wlast, 1),
                             OUT(m_wstrb, 16),  OUT(m_bready, 1),
                             OUT(m_wdata, 128), {"running", offsetof(axf_pins_out, running), 1, 1}};
#define INS (sizeof ins / sizeof ins[0])
#define OUTS (sizeof outs / sizeof outs[0])

static FILE *begin(const char *path) {
  FILE *f = fopen(path, "wb");
  if (!f) {
    fprintf(stderr, "axsim: cannot write the pin log %s\n", path);
    exit(1);
  }
  for (size_t k = 0; k < INS; k++)
    fprintf(f, "i %s %d\n", ins[k].name, ins[k].bits);
  for (size_t k = 0; k < OUTS; k++)
    fprintf(f, "o %s %d\n", outs[k].name, outs[k].bits);
  fprintf(f, "end\n");
  return f;
}

void __wrap_axf_shim_step(axf_shim *s, const axf_pins_in *in, axf_pins_out *out) {
  static FILE *f;
  static int running;
  const char *path = getenv("AXF_PIN_LOG");
  __real_axf_shim_step(s, in, out);
  if (!path)
    return;
  if (!f)
    f = begin(path);
  for (size_t k = 0; k < INS; k++)
    fwrite((const char *)in + ins[k].at, ins[k].size, 1, f);
  for (size_t k = 0; k < OUTS; k++)
    fwrite((const char *)out + outs[k].at, outs[k].size, 1, f);
  if (running && !out->running && (fflush(f) || ferror(f))) {
    fprintf(stderr, "axsim: cannot write the pin log %s\n", path);
    exit(1);
  }
  running = out->running;
}
