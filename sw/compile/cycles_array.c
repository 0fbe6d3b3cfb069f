/* Cycle model of the array: the sequencer's steps, the pipe, write-back conflicts (rtl/array/exec_sequencer.v,
 * writeback.v). SPDX-License-Identifier: Apache-2.0 */
#include "compile/cycles.h"
#include "isa/isa.h"
#include <string.h>

/* The rows' results of one step, as a number of waiting words per bank. */
static void results(axf_cyc *c, const axf_step *s) {
  const axf_decoded *c0 = &c->cfg[s->bank][0], *c1 = &c->cfg[s->bank][1];
  int Tm = (int)AXF_GET(c0, XCFG0, TM), Tr = (int)AXF_GET(c0, XCFG0, TR), Tc = (int)AXF_GET(c0, XCFG0, TC);
  int otj = (int)AXF_GET(c1, XCFG1, OTJ), otitj = (int)AXF_GET(c1, XCFG1, OTITJ), otot = (int)AXF_GET(c1, XCFG1, OTOT);
  memset(c->pend_banks, 0, sizeof c->pend_banks);
  c->pending = c->pending_max = 0;
  for (int m = 0; m < Tm && s->m + m < s->mt; m++)
    for (int r = 0; r < Tr && s->r + r < s->rt; r++)
      for (int q = 0; q < Tc && s->c + q < s->ct; q++) {
        int bank = (s->om + (s->m + m) * otitj) % otot + (s->oy + (s->r + r) * otj) % otitj + (s->ox + s->c + q) % otj;
        c->pend_banks[bank]++;
        c->pending++;
        c->pending_max = axf_max(c->pending_max, c->pend_banks[bank]);
      }
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
  int rows = (int)(AXF_GET(c0, XCFG0, TM) * AXF_GET(c0, XCFG0, TR) * AXF_GET(c0, XCFG0, TC));
  uint64_t sums = (uint64_t)c->ms * (uint64_t)(c->rs * c->cs * c->P * c->P);
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
  c->x_first_sum = 0;
  if (--c->pc)
    return s;
  c->pc = c->P * c->P;
  s.out = !AXF_GET(t, XTILE, PSUM_OUT);
  s.m = c->i_ms * (int)AXF_GET(c0, XCFG0, TM);
  s.r = c->i_rs * (int)AXF_GET(c0, XCFG0, TR);
  s.c = c->i_cs * (int)AXF_GET(c0, XCFG0, TC);
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

int axf_cyc_array(axf_cyc *c) {
  /* Write-back of this cycle: every bank with a waiting result takes one. */
  const int writing = c->pending > 0, done = c->pending_max <= 1;
  const int buffer = writing ? 1 << c->x_dst : 0;
  if (writing) {
    for (int b = 0; b < c->p->arch.D; b++)
      if (c->pend_banks[b]) {
        c->pend_banks[b]--;
        c->pending--;
        c->k->nb_wr++;
      }
    c->pending_max--;
    c->k->layer_end[c->layer] = (uint64_t)c->t;
  }
  if (c->ending && done)
    c->post |= c->end_post;
  axf_step *s8 = &c->pipe[8];
  const int hold = !done && s8->valid && (s8->out || s8->end), en = !hold;
  int empty = !c->ending && done;
  for (int s = 1; s <= 8; s++)
    empty = empty && !c->pipe[s].valid;

  /* Sequencer state of this cycle, for the counters and the start of an instruction. A tile starts when the one before
   * issues its last step (unless that ends its only partial sum), a configuration when its bank is in no stage of the
   * pipe. */
  const int running = c->x_run, walking = c->x_walk > 0;
  const axf_decoded *head = &c->queue[AXF_E_EXEC][0];
  const int valid = c->qn[AXF_E_EXEC] > 0, is_tile = valid && head->op == AXF_OP_XTILE;
  int bank_free = 1;
  for (int s = 1; s <= 8; s++)
    bank_free = bank_free && !(c->pipe[s].valid && c->pipe[s].bank != c->x_bank);
  const int s0_free =
      !running || (c->x_steps_left == 1 && en && !(c->x_first_sum && AXF_GET(&c->tile, XTILE, PSUM_OUT)));
  axf_decoded d;
  int started = 0;
  if (valid && !walking && (is_tile ? s0_free : head->op != AXF_OP_XCFG0 || bank_free))
    started = axf_cyc_start(c, AXF_E_EXEC, &d);
  if (hold)
    c->k->wb++;
  if (running)
    c->k->busy += (uint64_t)en;
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
  if (c->ending && done)
    c->ending = 0;
  if (en) {
    if (s8->valid && s8->end) {
      c->ending = 1;
      c->end_post = s8->post2;
    }
    if (s8->valid && s8->out) {
      results(c, s8);
      c->x_dst = (int)AXF_GET(&c->cfg[s8->bank][2], XCFG2, DST);
      c->layer = (int)AXF_GET(&c->cfg[s8->bank][0], XCFG0, LAYER);
    }
    if (c->pipe[5].valid && c->pipe[5].end)
      c->post |= c->pipe[5].post;
    memmove(&c->pipe[2], &c->pipe[1], 7 * sizeof c->pipe[0]);
    c->pipe[1] = (axf_step){0};
    if (running) {
      c->pipe[1] = step(c);
      c->x_run = !c->pipe[1].end;
    }
  }
  c->x_walk -= walking;
  if (started && is_tile) {
    c->x_bank = c->x_cfg_bank;
    begin_tile(c, &d);
    c->x_run = c->x_first_sum = 1;
  } else if (started) {
    if (d.op == AXF_OP_XCFG0)
      c->x_cfg_bank = !c->x_bank;
    c->cfg[c->x_cfg_bank][d.op - AXF_OP_XCFG0] = d;
    c->post |= d.post;
    if (d.op == AXF_OP_XCFG2)
      c->x_walk = c->p->arch.D + 1;
  }
  c->x_idle = !c->x_run && !c->x_walk && !c->ending && c->pending_max <= 1;
  for (int s = 1; s <= 8; s++)
    c->x_idle = c->x_idle && !c->pipe[s].valid;
  return buffer;
}
