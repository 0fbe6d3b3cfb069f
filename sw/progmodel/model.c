/* Building the functional model, and one run of it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "progmodel/state.h"
#include <stdlib.h>
#include <string.h>

static size_t beats16(size_t bytes) { return (bytes + 15) / 16 * 16; }

static int allocate(axf_progmodel *m, const axf_supply *s) {
  const axf_arch *a = &m->arch;
  const size_t D = (size_t)a->D, n = (size_t)m->p->images,
               size[AXF_MEMORIES] = {m->p->weight_bytes, n * m->p->in_bytes, n * m->p->out_bytes, m->p->spill_bytes};
  static const axf_supply nominal;
  s = s ? s : &nominal;
  for (int k = 0; k < AXF_MEMORIES; k++) {
    m->mem[k].size = beats16(size[k]);
    m->mem[k].data = axf_alloc(m->mem[k].size + 16, 1);
    if (!m->mem[k].data)
      return -1;
  }
  memcpy(m->mem[0].data, m->p->weights, m->p->weight_bytes);
  m->kb = axf_alloc(D * (size_t)a->kb_words, 1);
  m->ns = axf_alloc(D * AXF_STORE, 1);
  m->ks = axf_alloc(D * D * AXF_STORE, 1);
  for (int b = 0; b < 2; b++) {
    m->nb[b] = axf_alloc(D * (size_t)a->nb_words, 1);
    if (!m->nb[b] || axf_fault_mem_init(&m->nb_cells[b], &s->die, s->nb_ber, AXF_MACRO_NB(b, 0), a->D, a->nb_words,
                                        a->W, s->nb_protect))
      return -1;
  }
  if (!m->kb || !m->ns || !m->ks)
    return -1;
  return axf_fault_mem_init(&m->kb_cells, &s->die, s->kb_ber, AXF_MACRO_KB(0), a->D, a->kb_words, a->W, s->kb_protect);
}

axf_progmodel *axf_progmodel_new(const axf_program *p, const axf_net *net, const axf_qnet *q,
                                 const axf_mult *const mult[AXF_MAX_LAYERS], const axf_supply *s) {
  if (p->arch.W != 8 || p->arch.D > AXF_ROWS) {
    axf_fail("the functional model of a program takes W = 8 and D up to %d, not W = %d, D = %d", AXF_ROWS, p->arch.W,
             p->arch.D);
    return NULL;
  }
  axf_progmodel *m = axf_alloc(1, sizeof *m);
  if (!m)
    return NULL;
  m->p = p;
  m->arch = s && s->arch ? *s->arch : p->arch;
  m->net = net;
  m->q = q;
  memcpy(m->mult, mult, sizeof m->mult);
  if (allocate(m, s)) {
    axf_progmodel_free(m);
    return NULL;
  }
  return m;
}

void axf_progmodel_free(axf_progmodel *m) {
  if (!m)
    return;
  for (int k = 0; k < AXF_MEMORIES; k++)
    free(m->mem[k].data);
  for (int l = 0; l < AXF_MAX_LAYERS; l++)
    free(m->where[l]);
  for (int b = 0; b < 2; b++) {
    free(m->nb[b]);
    axf_fault_mem_free(&m->nb_cells[b]);
  }
  axf_fault_mem_free(&m->kb_cells);
  free(m->kb);
  free(m->ns);
  free(m->ks);
  free(m);
}

int axf_pm_instruction(axf_progmodel *m, const uint32_t *w) {
  switch (axf_field(w, AXF_HDR_OPCODE_LSB, AXF_HDR_OPCODE_W)) {
  case AXF_OP_LD:
    return axf_pm_load(m, w);
  case AXF_OP_ST:
    return axf_pm_store(m, w);
  case AXF_OP_KCFG:
    m->kcfg = w;
    return 0;
  case AXF_OP_KLD:
    return axf_pm_kernels(m, w);
  case AXF_OP_NCFG:
    m->ncfg = w;
    return 0;
  case AXF_OP_NLD:
    return axf_pm_neurons(m, w);
  case AXF_OP_XCFG0: /* what XCFG2 checked and worked out no longer holds */
    m->xcfg[0] = w;
    m->xcfg[2] = NULL;
    return 0;
  case AXF_OP_XCFG1:
    m->xcfg[1] = w;
    m->xcfg[2] = NULL;
    return 0;
  case AXF_OP_XCFG2:
    m->xcfg[2] = w;
    return axf_pm_configure(m);
  case AXF_OP_XTILE:
    return axf_pm_tile(m, w);
  case AXF_OP_END:
    return 0;
  default:
    return axf_fail("program: there is no operation %u", axf_field(w, AXF_HDR_OPCODE_LSB, AXF_HDR_OPCODE_W));
  }
}

void axf_progmodel_order(axf_progmodel *m, uint64_t seed) { m->order = seed; }

static int in_program_order(axf_progmodel *m) {
  for (int i = 0; i < m->p->ninstr; i++)
    if (axf_pm_instruction(m, m->p->instr + (size_t)i * AXF_INSTR_WORDS))
      return -1;
  return 0;
}

int axf_progmodel_run(axf_progmodel *m, const int16_t *in, uint32_t run, int16_t *const out[AXF_MAX_LAYERS],
                      int16_t *result) {
  const axf_program *p = m->p;
  const axf_prog_layer *last = &p->layer[p->nlayers - 1];
  const size_t size = (size_t)m->net->c * (size_t)m->net->h * (size_t)m->net->w;
  const int classes = last->out_c * last->out_h * last->out_w;
  int16_t *held = result ? result : axf_alloc((size_t)p->images * (size_t)classes, sizeof *held);
  m->out = out;
  int e = !held || axf_pm_results_begin(m), best = 0;
  if (!e) {
    axf_fault_mem_begin(&m->nb_cells[0], run);
    axf_fault_mem_begin(&m->nb_cells[1], run);
    axf_fault_mem_begin(&m->kb_cells, run);
    for (size_t k = 0; k < (size_t)p->images; k++)
      axf_pack_input(p, m->q->q[p->layer[0].net_layer].in_signed, in + k * size, m->mem[1].data + k * p->in_bytes);
    e = m->order ? axf_pm_apart(m) : in_program_order(m);
  }
  for (size_t k = 0; k < (size_t)p->images && !e; k++) {
    const int16_t *y = held + k * (size_t)classes;
    axf_unpack_output(p, m->q->q[last->net_layer].out_signed, m->mem[2].data + k * p->out_bytes,
                      held + k * (size_t)classes);
    best = 0;
    for (int i = 1; i < classes; i++)
      if (y[i] > y[best])
        best = i;
  }
  if (!result)
    free(held);
  return e ? -1 : best;
}

uint64_t axf_progmodel_faulty_reads(const axf_progmodel *m) {
  return m->nb_cells[0].faulty_reads + m->nb_cells[1].faulty_reads + m->kb_cells.faulty_reads;
}

uint64_t axf_progmodel_corrected(const axf_progmodel *m) {
  return m->nb_cells[0].corrected + m->nb_cells[1].corrected + m->kb_cells.corrected;
}

uint64_t axf_progmodel_detected(const axf_progmodel *m) {
  return m->nb_cells[0].detected + m->nb_cells[1].detected + m->kb_cells.detected;
}

uint64_t axf_progmodel_cells(const axf_progmodel *m) {
  return m->nb_cells[0].cells + m->nb_cells[1].cells + m->kb_cells.cells;
}

uint64_t axf_progmodel_low_cells(const axf_progmodel *m) {
  const axf_fault_mem *part[] = {&m->nb_cells[0], &m->nb_cells[1], &m->kb_cells};
  uint64_t n = 0;
  for (int k = 0; k < 3; k++)
    if (part[k]->threshold)
      n += (uint64_t)part[k]->banks * (uint64_t)part[k]->words *
           (uint64_t)axf_protect_cells(part[k]->protect, part[k]->width);
  return n;
}
