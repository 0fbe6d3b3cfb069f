/* Cycle model of the array: the sequencer's steps in S0..S4, the result slots of a sum in S4..S8, write-back conflicts
 * (rtl/array/exec_sequencer.v, result_pipe.v, writeback.v). SPDX-License-Identifier: Apache-2.0 */
#include "compile/cycles.h"
#include "isa/isa.h"
#include <string.h>

/* The slot in S8 joins the results that wait: a number of words per bank. */
static void queue_results(axf_cyc *c, const axf_step *s) {
  const axf_decoded *c0 = &c->cfg[s->bank][0], *c1 = &c->cfg[s->bank][1];
  int Tm = (int)AXF_GET_COUNT(c0, XCFG0, TM), Tr = (int)AXF_GET_COUNT(c0, XCFG0, TR),
      Tc = (int)AXF_GET_COUNT(c0, XCFG0, TC);
  int otj = (int)AXF_GET_COUNT(c1, XCFG1, OTJ), otitj = (int)AXF_GET_COUNT(c1, XCFG1, OTITJ),
      otot = (int)AXF_GET_COUNT(c1, XCFG1, OTOT);
  const int flat = (int)AXF_GET(c0, XCFG0, FLAT), m0 = s->m + s->g * Tm;
  axf_result *q = &c->result[c->nresult++];
  *q = (axf_result){.dst = (int)AXF_GET(&c->cfg[s->bank][2], XCFG2, DST),
                    .layer = (int)AXF_GET(c0, XCFG0, LAYER),
                    .end = s->end,
                    .post = s->post2};
  for (int m = m0; s->out && m < m0 + Tm && m < s->mt; m++)
    for (int r = 0; r < Tr; r++)
      for (int k = 0; k < Tc; k++) {
        const int wrapped = flat && s->c + k >= s->ct;
        const int row = s->r + r + wrapped, col = s->c + k - (wrapped ? s->ct : 0);
        if (row >= s->rt || col >= s->ct)
          continue;
        int bank = (s->om + m * otitj) % otot + (s->oy + row * otj) % otitj + (s->ox + col) % otj;
        q->most = axf_max(q->most, ++q->banks[bank]);
        q->pending++;
      }
}

/* Write-back of this cycle: every bank takes one of the oldest results. */
static void write_back(axf_cyc *c, int *buffer) {
  axf_result *q = &c->result[0];
  *buffer = 0;
  if (!c->nresult)
    return;
  if (q->pending) {
    *buffer = 1 << q->dst;
    c->k->layer_end[q->layer] = (uint64_t)c->t;
  }
  for (int b = 0; b < c->p->arch.D; b++)
    if (q->banks[b]) {
      q->banks[b]--;
      q->pending--;
      c->k->nb_wr++;
    }
  q->most--;
  if (q->most > 0)
    return;
  if (q->end)
    c->post |= q->post;
  memmove(q, q + 1, (size_t)--c->nresult * sizeof *q);
}

static void begin_tile(axf_cyc *c, const axf_decoded *d) {
  const axf_decoded *c0 = &c->cfg[c->x_bank][0];
  c->tile = *d;
  c->ms = (int)AXF_GET(d, XTILE, MS);
  c->rs = (int)AXF_GET(d, XTILE, RS);
  c->cs = (int)AXF_GET(d, XTILE, CS);
  c->P = (int)AXF_GET(c0, XCFG0, POOL);
  c->per_sum = (int)(AXF_GET(d, XTILE, NS) * AXF_GET(c0, XCFG0, ISTEPS) * AXF_GET(c0, XCFG0, JSTEPS));
  c->sum_left = c->per_sum;
  c->pc = c->P * c->P;
  c->i_ms = c->i_rs = c->i_cs = 0;
  c->x_steps_left = (int64_t)c->ms * c->rs * c->cs * c->P * c->P * c->per_sum;
  int rows = (int)(AXF_GET_COUNT(c0, XCFG0, TM) * AXF_GET_COUNT(c0, XCFG0, TR) * AXF_GET_COUNT(c0, XCFG0, TC));
  uint64_t sums = (uint64_t)c->ms * (uint64_t)(c->rs * c->cs * c->P * c->P) * AXF_GET(c0, XCFG0, QM);
  if (AXF_GET(d, XTILE, PSUM_IN))
    c->k->ps_rd += sums * (uint64_t)rows;
  if (AXF_GET(d, XTILE, PSUM_OUT))
    c->k->ps_wr += sums * (uint64_t)rows;
  c->k->macs += (uint64_t)AXF_GET(d, XTILE, MT) * AXF_GET(d, XTILE, RT) * AXF_GET(d, XTILE, CT) *
                (uint64_t)(c->P * c->P) * AXF_GET(d, XTILE, NT) * AXF_GET(c0, XCFG0, KK);
}

/* The step issued in this cycle. */
static axf_step step(axf_cyc *c) {
  const axf_decoded *c0 = &c->cfg[c->x_bank][0], *t = &c->tile;
  axf_step s = {.valid = 1, .bank = c->x_bank, .end = --c->x_steps_left == 0, .post = t->post, .post2 = t->post2};
  if (--c->sum_left)
    return s;
  c->sum_left = c->per_sum;
  s.sum = 1;
  s.qm = (int)AXF_GET(c0, XCFG0, QM);
  if (--c->pc)
    return s;
  c->pc = c->P * c->P;
  s.out = !AXF_GET(t, XTILE, PSUM_OUT);
  s.m = c->i_ms * (int)AXF_GET_COUNT(c0, XCFG0, TM) * s.qm;
  s.r = c->i_rs * (int)AXF_GET_COUNT(c0, XCFG0, TR);
  s.c = c->i_cs * (int)AXF_GET_COUNT(c0, XCFG0, TC);
  if (AXF_GET(c0, XCFG0, FLAT)) {
    s.r = s.c / (int)AXF_GET(t, XTILE, CT);
    s.c %= (int)AXF_GET(t, XTILE, CT);
  }
  s.mt = (int)AXF_GET(t, XTILE, MT);
  s.rt = (int)AXF_GET(t, XTILE, RT);
  s.ct = (int)AXF_GET(t, XTILE, CT);
  s.om = (int)AXF_GET(t, XTILE, OM_P);
  s.oy = (int)AXF_GET(t, XTILE, OY_P);
  s.ox = (int)AXF_GET(t, XTILE, OX_P);
  if (++c->i_cs == c->cs) {
    c->i_cs = 0;
    if (++c->i_rs == c->rs) {
      c->i_rs = 0;
      c->i_ms++;
    }
  }
  return s;
}

/* The slot that leaves S4: slot 0 with the step in S4 that completes a sum, else the next one of the sum before. */
static axf_step next_slot(axf_cyc *c, const axf_step *s4) {
  if (s4->valid && s4->sum)
    c->slots = *s4;
  axf_step s = c->slots;
  if (!s.valid)
    return s;
  s.end = s.end && s.g + 1 == s.qm;
  c->slots.valid = ++c->slots.g < s.qm;
  return s;
}

int axf_cyc_array(axf_cyc *c) {
  int buffer;
  write_back(c, &buffer);
  const int room = c->nresult < c->p->arch.segs;
  /* A slot in S8 that has no room holds the pipe. A step that completes a sum waits in S0 for the slots of the sum
   * before. */
  axf_step *s4 = &c->pipe[4], *s5 = &c->pipe[5], *s8 = &c->pipe[8];
  const int s8_needs = s8->valid && (s8->out || s8->end), en = room || !s8_needs;
  const int waits = c->x_run && c->sum_left == 1 && c->slot_left > 0, steps = en && c->x_run && !waits;

  /* Sequencer state of this cycle, for the counters and the start of an instruction. A tile starts when the one before
   * issues its last step, a configuration when its bank is in no stage of the pipe. */
  const int running = c->x_run, walking = c->x_walk > 0;
  const axf_decoded *head = &c->queue[AXF_E_EXEC][0];
  const int valid = c->qn[AXF_E_EXEC] > 0, is_tile = valid && head->op == AXF_OP_XTILE;
  int bank_free = !(c->slots.valid && c->slots.bank != c->x_bank);
  for (int s = 1; s <= 8; s++)
    bank_free = bank_free && !(c->pipe[s].valid && c->pipe[s].bank != c->x_bank);
  const int s0_free = !running || (c->x_steps_left == 1 && steps);
  axf_decoded d;
  int started = 0;
  if (valid && !walking && (is_tile ? s0_free : head->op != AXF_OP_XCFG0 || bank_free))
    started = axf_cyc_start(c, AXF_E_EXEC, &d);
  if (!en || waits)
    c->k->wb++;
  if (running)
    c->k->busy += (uint64_t)steps;
  else if (walking || (valid && !is_tile))
    c->k->cfg++;
  else if (!valid)
    c->k->wait_o++;
  else if (!started) {
    if (head->wait >> AXF_S_K_X & 1 && !c->sem[AXF_S_K_X])
      c->k->wait_k++;
    else if (head->wait >> AXF_S_N_X & 1 && !c->sem[AXF_S_N_X])
      c->k->wait_n++;
    else
      c->k->wait_o++;
  }

  /* The pipe moves. */
  if (en) {
    if (s8_needs)
      queue_results(c, s8);
    if (s5->valid && s5->end)
      c->post |= s5->post;
    memmove(&c->pipe[6], &c->pipe[5], 3 * sizeof c->pipe[0]);
    *s5 = next_slot(c, s4);
    memmove(&c->pipe[2], &c->pipe[1], 3 * sizeof c->pipe[0]);
    c->pipe[1] = (axf_step){0};
    c->slot_left -= c->slot_left > 0;
    if (steps) {
      c->pipe[1] = step(c);
      c->x_run = !c->pipe[1].end;
      if (c->pipe[1].sum)
        c->slot_left = c->pipe[1].qm - 1;
    }
  }
  c->x_walk -= walking;
  if (started && is_tile) {
    c->x_bank = c->x_cfg_bank;
    begin_tile(c, &d);
    c->x_run = 1;
  } else if (started) {
    if (d.op == AXF_OP_XCFG0)
      c->x_cfg_bank = !c->x_bank;
    c->cfg[c->x_cfg_bank][d.op - AXF_OP_XCFG0] = d;
    c->post |= d.post;
    if (d.op == AXF_OP_XCFG2)
      c->x_walk = c->p->arch.D + 1;
  }
  c->x_idle = !c->x_run && !c->x_walk && !c->nresult && !c->slots.valid;
  for (int s = 1; s <= 8; s++)
    c->x_idle = c->x_idle && !c->pipe[s].valid;
  return buffer;
}
