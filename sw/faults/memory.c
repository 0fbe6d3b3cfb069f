/* A memory of several banks at one supply: its failing cells are found once, a read is a look-up.
 * SPDX-License-Identifier: Apache-2.0 */
#include "faults/faults.h"
#include <stdlib.h>
#include <string.h>

int axf_fault_mem_init(axf_fault_mem *m, const axf_die *d, double ber, uint32_t macro, int banks, int words, int width,
                       axf_protect p) {
  const size_t all = (size_t)banks * (size_t)words;
  *m = (axf_fault_mem){.die = *d,
                       .macro = macro,
                       .threshold = axf_fault_threshold(ber),
                       .banks = banks,
                       .words = words,
                       .width = width,
                       .protect = p};
  if (!m->threshold)
    return 0;
  if (d->kind == AXF_FAULT_TRANSIENT)
    return (m->reads = axf_alloc(all, sizeof *m->reads)) ? 0 : -1;
  m->mask = axf_alloc(all, sizeof *m->mask);
  m->value = axf_alloc(all, sizeof *m->value);
  if (!m->mask || !m->value) {
    axf_fault_mem_free(m);
    return -1;
  }
  for (int b = 0; b < banks; b++)
    m->cells += axf_fault_masks(d, macro + (uint32_t)b, m->threshold, 0, (size_t)words, axf_protect_cells(p, width),
                                m->mask + b * words, m->value + b * words);
  return 0;
}

void axf_fault_mem_free(axf_fault_mem *m) {
  free(m->mask);
  free(m->value);
  free(m->reads);
  memset(m, 0, sizeof *m);
}

void axf_fault_mem_begin(axf_fault_mem *m, uint32_t run) {
  m->die.run = run;
  if (m->reads)
    memset(m->reads, 0, (size_t)m->banks * (size_t)m->words * sizeof *m->reads);
}

uint32_t axf_fault_mem_read(axf_fault_mem *m, int bank, uint32_t addr, uint32_t word) {
  const size_t i = (size_t)bank * (size_t)m->words + addr;
  if (!m->threshold || addr >= (uint32_t)m->words)
    return word;
  const uint32_t mask = m->reads ? axf_fault_transient(&m->die, m->macro + (uint32_t)bank, m->threshold, addr,
                                                       m->reads[i]++, axf_protect_cells(m->protect, m->width))
                                 : m->mask[i];
  if (!mask)
    return word;
  m->faulty_reads++;
  axf_protect_event event;
  const uint32_t read =
      axf_protect_read(m->protect, m->die.kind, m->width, word, mask, m->value ? m->value[i] : 0, &event);
  m->corrected += event == AXF_PROTECT_CORRECTED;
  m->detected += event == AXF_PROTECT_DETECTED;
  return read;
}
