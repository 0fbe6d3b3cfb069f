/* The cycle model: steps the accelerator's control cycle by cycle from the program alone, without data.
 * Every rule here restates one of rtl/; nothing is fitted. The test suite holds it equal to the RTL's counters.
 * SPDX-License-Identifier: Apache-2.0 */
#include "compile/cycles.h"
#include "isa/isa.h"
#include <stdlib.h>
#include <string.h>

uint32_t axf_field(const uint32_t *w, int lsb, int width) {
  uint64_t two = w[lsb / 32];
  if (lsb / 32 + 1 < AXF_INSTR_WORDS)
    two |= (uint64_t)w[lsb / 32 + 1] << 32;
  return (uint32_t)(two >> lsb % 32 & ((1ull << width) - 1));
}

static axf_decoded decode(const uint32_t *w) {
  axf_decoded d = {.w = w};
  d.op = (int)AXF_GET(&d, HDR, OPCODE);
  d.wait = AXF_GET(&d, HDR, WAIT);
  d.post = AXF_GET(&d, HDR, POST);
  d.post2 = AXF_GET(&d, HDR, POST2);
  return d;
}

int axf_cyc_start(axf_cyc *c, int e, axf_decoded *d) {
  if (!c->qn[e])
    return 0;
  for (int s = 0; s < 16; s++)
    if (c->queue[e][0].wait >> s & 1 && !c->sem[s])
      return 0;
  *d = c->queue[e][0];
  c->queue[e][0] = c->queue[e][1];
  c->popped[e] = 1;
  c->take |= d->wait;
  return 1;
}

/* ---- store engine (rtl/dma/store_engine.v) ---- */

enum { S_IDLE, S_ADDR, S_READ, S_FILL, S_SEND, S_RESP };

void axf_cyc_store(axf_cyc *c, int busy) {
  const int row = c->p->arch.D * c->p->arch.W;
  const int reads = row >= 128 ? 1 : 128 / row, beats = row >= 128 ? row / 128 : 1;
  axf_decoded d;
  switch (c->s_state) {
  case S_IDLE:
    if (axf_cyc_start(c, AXF_E_STORE, &d)) {
      c->st = d;
      c->s_addr = c->s_row = c->s_plane = AXF_GET(&d, ST, OFFSET);
      c->s_y = (int)AXF_GET(&d, ST, NY) - 1;
      c->s_z = (int)AXF_GET(&d, ST, NZ) - 1;
      c->s_left = (int)AXF_GET(&d, ST, BEATS);
      c->s_src = (int)AXF_GET(&d, ST, SRC);
      c->s_post = d.post;
      c->s_slot = reads - 1;
      c->s_more = 0;
      c->s_state = S_ADDR;
    }
    break;
  case S_ADDR:
    c->s_burst = axf_min(c->s_left, 16 - (int)(c->s_addr >> 4 & 15));
    c->s_addr += 16u * (uint32_t)c->s_burst;
    c->s_left -= c->s_burst;
    c->s_state = c->s_more ? S_SEND : S_READ;
    break;
  case S_READ:
    if (!(busy >> c->s_src & 1)) {
      c->k->nb_rd += (uint64_t)c->p->arch.D;
      c->s_state = S_FILL;
    }
    break;
  case S_FILL:
    c->s_state = c->s_slot == 0 ? S_SEND : S_READ;
    c->s_slot = c->s_slot == 0 ? beats - 1 : c->s_slot - 1;
    break;
  case S_SEND:
    c->k->st_beats++;
    c->s_more = c->s_slot != 0;
    if (c->s_burst == 1) {
      c->s_state = S_RESP;
      c->s_b = c->t + c->latency;
    } else if (c->s_slot == 0) {
      c->s_state = S_READ;
    }
    c->s_slot = c->s_slot == 0 ? reads - 1 : c->s_slot - 1;
    c->s_burst--;
    break;
  case S_RESP:
    if (c->t >= c->s_b) {
      if (c->s_left) {
        c->s_state = S_ADDR;
      } else if (c->s_y || c->s_z) {
        c->s_state = S_ADDR;
        c->s_slot = reads - 1;
        c->s_more = 0;
        c->s_left = (int)AXF_GET(&c->st, ST, BEATS);
        if (c->s_y) {
          c->s_y--;
          c->s_addr = c->s_row += 16u * AXF_GET(&c->st, ST, YSTRIDE);
        } else {
          c->s_y = (int)AXF_GET(&c->st, ST, NY) - 1;
          c->s_z--;
          c->s_addr = c->s_row = c->s_plane += 16u * AXF_GET(&c->st, ST, ZSTRIDE);
        }
      } else {
        c->post |= c->s_post;
        c->s_state = S_IDLE;
      }
    }
    break;
  }
}

/* ---- fetch: arrival was handled with the read port; dispatch of this cycle ---- */

/* Returns 1 when END has been reached and all is idle. idle and room are those of the cycle's start. */
static int dispatch(axf_cyc *c, int idle, const int room[5]) {
  int pop = 0, done = 0;
  if (c->f_run && c->f_count) {
    axf_decoded d = decode(c->p->instr + (size_t)c->f_pc * AXF_INSTR_WORDS);
    int e = axf_engine_of(d.op);
    if (e == AXF_E_FETCH) {
      done = idle;
    } else if (room[e]) {
      pop = 1;
      c->queue[e][c->qn[e] - c->popped[e]] = d;
      c->pushed[e] = 1;
      c->f_pc++;
    }
  }
  c->f_count += c->f_arrive - pop;
  c->f_room += pop;
  return done;
}

static int all_idle(const axf_cyc *c) {
  int queued = 0;
  for (int e = 0; e < 5; e++)
    queued += c->qn[e];
  return !queued && !c->l_open && !c->kl.state && !c->kl.p1 && !c->kl.p2 && !c->kl.post1 && !c->kl.post2 &&
         !c->nl.state && !c->nl.p1 && !c->nl.p2 && !c->nl.post1 && !c->nl.post2 && c->x_idle && c->s_state == S_IDLE;
}

int axf_cycle_model(const axf_program *p, int latency, axf_counters *k) {
  if (latency < 1)
    return axf_fail("memory latency %d: 1 or more cycles", latency);
  axf_cyc *c = axf_alloc(1, sizeof *c);
  if (!c)
    return -1;
  memset(k, 0, sizeof *k);
  c->p = p;
  c->k = k;
  c->latency = latency;
  c->fresh = 1;
  c->x_idle = 1;
  c->f_left = p->ninstr;
  c->f_room = 16;
  k->wait_o = 1; /* cycle 1: the start pulse */
  int done = 0;
  int64_t quiet = 0;
  for (c->t = 2; !done; c->t++) {
    int room[5], idle = all_idle(c);
    c->f_run = 1;
    c->take = c->post = 0;
    memset(c->popped, 0, sizeof c->popped);
    memset(c->pushed, 0, sizeof c->pushed);
    for (int e = 0; e < 5; e++)
      room[e] = c->qn[e] < 2;
    int written = axf_cyc_array(c);
    axf_cyc_load(c, written);
    int read = axf_cyc_nload(c);
    axf_cyc_kload(c);
    axf_cyc_store(c, read);
    done = dispatch(c, idle, room);
    for (int e = 0; e < 5; e++)
      c->qn[e] += c->pushed[e] - c->popped[e];
    for (int s = 0; s < 16; s++)
      c->sem[s] += (int)(c->post >> s & 1) - (int)(c->take >> s & 1);
    quiet = c->take || c->post || c->open || c->x_run || c->x_walk ? 0 : quiet + 1;
    if (quiet > 1000000 + latency) {
      axf_fail("the program does not end: instruction %d waits for a semaphore nobody posts", c->f_pc);
      free(c);
      return -1;
    }
  }
  k->cycles = (uint64_t)c->t - 1;
  free(c);
  return 0;
}
