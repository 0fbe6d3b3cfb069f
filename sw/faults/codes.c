/* Bit errors in arrays of codes, under an abstract placement in the banks of a buffer.
 * SPDX-License-Identifier: Apache-2.0 */
#include "faults/faults.h"

axf_fault_place axf_fault_kernel_buffer(int first) {
  return (axf_fault_place){.macro = AXF_MACRO_KB(0), .banks = 16, .words = 2048, .first = first, .width = 8};
}

size_t axf_fault_codes(const axf_die *d, double ber, const axf_fault_place *p, const uint8_t *in, uint8_t *out,
                       size_t n) {
  const uint32_t t = axf_fault_threshold(ber);
  const size_t banks = (size_t)p->banks, words = (size_t)p->words;
  size_t changed = 0;
  for (size_t i = 0; i < n; i++) {
    const uint32_t macro = p->macro + (uint32_t)(i % banks), addr = (uint32_t)(((size_t)p->first + i / banks) % words);
    uint32_t mask, value = 0;
    if (d->kind == AXF_FAULT_TRANSIENT)
      mask = axf_fault_transient(d, macro, t, addr, 0, p->width);
    else
      axf_fault_masks(d, macro, t, addr, 1, p->width, &mask, &value);
    const uint8_t was = in[i];
    out[i] = (uint8_t)axf_fault_read(d->kind, was, mask, value);
    changed += out[i] != was;
  }
  return changed;
}
