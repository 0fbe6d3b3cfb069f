/* The operands that one processing element multiplies, as a pin log for a multiplier on its own.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef AXF_POWER_OPERANDS_H
#define AXF_POWER_OPERANDS_H
#include "core/core.h"
#include "sim.h"

typedef struct {
  axf_out *out;
  const axf_flat_memory *neurons, *kernels;
} axf_operands;

/* Begins the log `path` of the first processing element: the first memories of classes ns and ks (flow/memories.txt).
 * -1 + axf_fail: the netlist has none, or the file cannot be written. */
int axf_operands_begin(axf_operands *o, const axf_flat *f, const char *path);
/* Adds the settled cycle: inputs a, the activation as an unsigned number (networks of ReLU), and w, the weight's
 * magnitude. */
void axf_operands_cycle(axf_operands *o, const axf_sim *s);
/* Ends the log; -1 + axf_fail if it could not be written. Does nothing without a log. */
int axf_operands_end(axf_operands *o, int failed);
#endif
