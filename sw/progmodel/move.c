/* The engines that move data: LD, ST, KLD, NLD. Every read of a buffer passes through its failing cells.
 * SPDX-License-Identifier: Apache-2.0 */
#include "progmodel/state.h"

/* Addresses are cut to the bits that a memory of so many words has, as the RTL's are. */
static uint32_t cut(uint32_t addr, int words) {
  uint32_t size = 1;
  while (size < (uint32_t)words)
    size *= 2;
  return addr & (size - 1);
}

int axf_pm_load(axf_progmodel *m, const uint32_t *w) {
  const int D = m->arch.D, kernels = AXF_GET(w, LD, DST) == 2;
  const int words = kernels ? m->arch.kb_words : m->arch.nb_words;
  uint8_t *bank0 = kernels ? m->kb : m->nb[AXF_GET(w, LD, DST) & 1];
  const axf_image *from = &m->mem[AXF_GET(w, LD, BASE)];
  const uint32_t lanes = 1u << AXF_GET(w, LD, LANES_LOG2), bytes = 16 * AXF_GET(w, LD, BEATS);
  for (uint32_t z = 0; z < AXF_GET(w, LD, NZ); z++)
    for (uint32_t y = 0; y < AXF_GET(w, LD, NY); y++) {
      const size_t at = (size_t)AXF_GET(w, LD, OFFSET) + 16 * ((size_t)z * AXF_GET(w, LD, ZSTRIDE)) +
                        16 * ((size_t)y * AXF_GET(w, LD, YSTRIDE));
      const uint32_t addr = AXF_GET(w, LD, ADDR) + z * AXF_GET(w, LD, PLANE) + y * AXF_GET(w, LD, PITCH);
      if (at + bytes > from->size)
        return axf_fail("program: a load of %u bytes at %zu exceeds the %zu bytes there are", bytes, at, from->size);
      for (uint32_t k = 0; k < bytes; k++) {
        const uint32_t bank = k % lanes, a = cut((addr + k / lanes) & 0xffff, words);
        if (bank < (uint32_t)D && a < (uint32_t)words)
          bank0[bank * (uint32_t)words + a] = from->data[at + k];
      }
    }
  return 0;
}

int axf_pm_store(axf_progmodel *m, const uint32_t *w) {
  const int D = m->arch.D, words = m->arch.nb_words, src = (int)AXF_GET(w, ST, SRC);
  const axf_image *to = &m->mem[AXF_GET(w, ST, BASE)];
  const uint32_t bytes = 16 * AXF_GET(w, ST, BEATS), addrs = (bytes + (uint32_t)D - 1) / (uint32_t)D;
  for (uint32_t z = 0; z < AXF_GET(w, ST, NZ); z++)
    for (uint32_t y = 0; y < AXF_GET(w, ST, NY); y++) {
      const size_t at = (size_t)AXF_GET(w, ST, OFFSET) + 16 * ((size_t)z * AXF_GET(w, ST, ZSTRIDE)) +
                        16 * ((size_t)y * AXF_GET(w, ST, YSTRIDE));
      const uint32_t addr = AXF_GET(w, ST, ADDR) + z * AXF_GET(w, ST, PLANE) + y * AXF_GET(w, ST, PITCH);
      if (at + bytes > to->size)
        return axf_fail("program: a store of %u bytes at %zu exceeds the %zu bytes there are", bytes, at, to->size);
      for (uint32_t k = 0; k < addrs * (uint32_t)D; k++) { /* all banks of every address are read */
        const uint32_t bank = k % (uint32_t)D, a = cut((addr + k / (uint32_t)D) & 0xffff, words);
        const uint32_t word = a < (uint32_t)words ? m->nb[src][bank * (uint32_t)words + a] : 0;
        const uint32_t read = axf_fault_mem_read(&m->nb_cells[src], (int)bank, a, word);
        if (k < bytes)
          to->data[at + k] = (uint8_t)read;
      }
    }
  return 0;
}

/* One word of every kernel bank in use, at one address. */
static void read_kernels(axf_progmodel *m, uint32_t addr, uint32_t banks, uint8_t word[AXF_ROWS]) {
  const uint32_t words = (uint32_t)m->arch.kb_words, a = cut(addr & 0xffff, (int)words);
  for (uint32_t b = 0; b < banks; b++)
    word[b] = (uint8_t)axf_fault_mem_read(&m->kb_cells, (int)b, a, a < words ? m->kb[b * words + a] : 0);
}

/* The next word of every bank's parameter record; of three copies, what two say. Returns the address behind it. */
static uint32_t read_record_word(axf_progmodel *m, uint32_t addr, uint32_t banks, uint8_t word[AXF_ROWS]) {
  uint8_t second[AXF_ROWS], third[AXF_ROWS];
  read_kernels(m, addr++, banks, word);
  if (m->arch.rec_copies == 1)
    return addr;
  read_kernels(m, addr++, banks, second);
  read_kernels(m, addr++, banks, third);
  for (uint32_t b = 0; b < banks; b++)
    word[b] = (uint8_t)((word[b] & second[b]) | (word[b] & third[b]) | (second[b] & third[b]));
  return addr;
}

int axf_pm_kernels(axf_progmodel *m, const uint32_t *w) {
  if (!m->kcfg)
    return axf_fail("program: KLD before KCFG");
  const uint32_t D = (uint32_t)m->arch.D, banks = AXF_GET(m->kcfg, KCFG, BANKS), tn = AXF_GET(m->kcfg, KCFG, TN);
  const uint32_t ns = AXF_GET(w, KLD, NS), kk = AXF_GET(w, KLD, KK), tail = AXF_GET(w, KLD, TAIL);
  uint32_t addr = AXF_GET(w, KLD, KB_ADDR), to = AXF_GET(w, KLD, KS_ADDR), par = AXF_GET(w, KLD, PAR_ADDR);
  uint8_t word[AXF_ROWS] = {0};
  const uint32_t seg = 1u << AXF_GET(m->kcfg, KCFG, SEG_LOG2), qm = AXF_GET(m->kcfg, KCFG, QM);
  if (banks > D || tn > seg || qm < 1 || qm * seg > D)
    return axf_fail("program: KCFG for %u banks and %u input maps in %u segments of %u columns, D is %u", banks, tn, qm,
                    seg, D);
  if (tail > tn)
    return axf_fail("program: KLD with %u input maps in the last step of %u", tail, tn);
  for (uint32_t s = 0; s < AXF_GET(w, KLD, MS) * qm; s++, par++) { /* (map step, segment) */
    const uint32_t g = s % qm;
    if (g)
      to -= ns * kk; /* every segment's words lie at the same addresses */
    uint64_t record[AXF_ROWS] = {0};
    for (uint32_t k = 0; k < (AXF_GET(w, KLD, PARAMS) ? 8 : 0); k++) {
      addr = read_record_word(m, addr, banks, word);
      for (uint32_t b = 0; b < banks; b++)
        record[b] |= (uint64_t)word[b] << (8 * k);
    }
    for (uint32_t b = 0; b < banks && AXF_GET(w, KLD, PARAMS); b++)
      m->par[b][cut(par & 63, m->arch.par_words)] = record[b];
    for (uint32_t n = 0; n < ns; n++, to += kk)
      for (uint32_t t = 0; t < (n + 1 < ns ? tn : tail); t++)
        for (uint32_t k = 0; k < kk; k++, addr++) {
          read_kernels(m, addr, banks, word);
          for (uint32_t b = 0; b < banks; b++)
            m->ks[(b * D + g * seg + t) * AXF_STORE + cut((to + k) & 1023, m->arch.ks_words)] = word[b];
        }
  }
  return 0;
}

int axf_pm_neurons(axf_progmodel *m, const uint32_t *w) {
  const uint32_t *c = m->ncfg;
  if (!c)
    return axf_fail("program: NLD before NCFG");
  const uint32_t words = (uint32_t)m->arch.nb_words, src = AXF_GET(w, NLD, SRC);
  const uint32_t ti = AXF_GET(c, NCFG, TI), tj = AXF_GET(c, NCFG, TJ), columns = AXF_GET(c, NCFG, TN) * ti * tj;
  const uint32_t pad_y = AXF_GET(c, NCFG, PAD_Y), pad_x = AXF_GET(c, NCFG, PAD_X);
  const uint32_t y_end = AXF_GET(c, NCFG, H) + pad_y, x_end = AXF_GET(c, NCFG, W) + pad_x;
  const uint32_t D = (uint32_t)m->arch.D, seg = 1u << AXF_GET(c, NCFG, SEG_LOG2);
  if (seg > D || columns > seg)
    return axf_fail("program: NCFG for %u columns in segments of %u, D is %u", columns, seg, D);
  for (uint32_t n = 0; n < AXF_GET(w, NLD, NS); n++)
    for (uint32_t g = 0; g < AXF_GET(w, NLD, YC); g++)
      for (uint32_t h = 0; h < AXF_GET(w, NLD, XC); h++) {
        const uint32_t from =
            AXF_GET(w, NLD, NB_ADDR) + n * AXF_GET(c, NCFG, BPLANE) + g * AXF_GET(c, NCFG, BPITCH) + h;
        const uint32_t to = AXF_GET(w, NLD, NS_ADDR) + n * AXF_GET(c, NCFG, PLANE) + g * AXF_GET(c, NCFG, PITCH) + h;
        const uint32_t a = cut(from & 0xffff, (int)words);
        for (uint32_t k = 0; k < columns; k++) {
          const uint32_t y = (AXF_GET(w, NLD, Y0) + g * ti + k / tj % ti) & 0xfff;
          const uint32_t x = (AXF_GET(w, NLD, X0) + h * tj + k % tj) & 0xfff;
          const uint32_t read =
              axf_fault_mem_read(&m->nb_cells[src], (int)k, a, a < words ? m->nb[src][k * words + a] : 0);
          const int inside = y >= pad_y && y < y_end && x >= pad_x && x < x_end;
          for (uint32_t first = 0; first < D; first += seg) /* to every segment */
            m->ns[(first + k) * AXF_STORE + cut(to & 1023, m->arch.ns_words)] = inside ? (uint8_t)read : 0;
        }
      }
  return 0;
}
