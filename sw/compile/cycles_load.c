/* Cycle model of the load engine and the two loaders (rtl/dma/load_engine.v, rtl/array/{kernel,neuron}_loader.v).
 * SPDX-License-Identifier: Apache-2.0 */
#include "compile/cycles.h"
#include "isa/isa.h"
#include <string.h>

/* ---- load engine ---- */

static void open_info(axf_cyc *c, const axf_decoded *d) {
  const int D = c->p->arch.D, BW = 128 / c->p->arch.W;
  axf_ldinfo *i = &c->info[c->l_open++];
  int lanes = 1 << AXF_GET(d, LD, LANES_LOG2);
  *i = (axf_ldinfo){.dst = (int)AXF_GET(d, LD, DST),
                    .lanes = axf_min(lanes, D),
                    .beats = (int)(AXF_GET(d, LD, BEATS) * AXF_GET(d, LD, NY) * AXF_GET(d, LD, NZ)),
                    .chunks = lanes > BW ? 0 : BW / lanes - 1,
                    .post = d->post};
  if (lanes > BW)
    i->lanes = BW; /* words a write: a part of the address */
}

void axf_cyc_load(axf_cyc *c, int busy) {
  /* Data: the oldest burst delivers a beat if it is due; only the load engine can refuse. */
  axf_burst *b = &c->burst[0];
  const int rvalid = c->open > 0 && b->ready <= c->t;
  axf_ldinfo *info = &c->info[0];
  const int write = c->hold && !(info->dst < 2 && busy >> info->dst & 1);
  const int beat_done = write && c->chunk == 0;
  const int last_beat = c->beats_left == 0 && !c->fresh;
  const int finish = beat_done && last_beat;
  const int rready = !c->hold || (beat_done && !last_beat);
  const int take = rvalid && b->owner == 1 && rready;
  const int fetch_beat = rvalid && b->owner == 0;
  if (write) {
    *(info->dst == 2 ? &c->k->kb_wr : &c->k->nb_wr) += (uint64_t)info->lanes;
    c->chunk--;
  }
  if (finish)
    c->post |= info->post;

  /* Requests: what the arbiter grants depends on registers only. */
  const int burst_f = axf_min(c->f_left, 8);
  const int req_f = c->f_run && c->f_left > 0 && c->f_room >= burst_f;
  const int accept = c->open < 8, grant_f = accept && req_f, grant_l = accept && !req_f && c->l_run;
  const int open_before = c->l_open;

  axf_burst added = {0};
  if (grant_f)
    added = (axf_burst){0, 2 * burst_f, c->t + 1 + c->latency};
  const int line = 16 - (int)(c->l_addr >> 4 & 15), burst_l = axf_min(c->l_left, line);
  if (grant_l)
    added = (axf_burst){1, burst_l, c->t + 1 + c->latency};

  /* Registers. */
  if (take) {
    c->beats_left = (c->fresh ? info->beats : c->beats_left) - 1;
    c->chunk = info->chunks;
    c->hold = 1;
    c->fresh = 0;
    c->k->ld_beats++;
  } else if (beat_done) {
    c->hold = 0;
  }
  if (finish) {
    c->fresh = 1;
    memmove(&c->info[0], &c->info[1], 3 * sizeof c->info[0]);
    c->l_open--;
  }
  if (fetch_beat)
    c->k->fetch_beats++;
  if ((take || fetch_beat) && --b->beats == 0) {
    memmove(&c->burst[0], &c->burst[1], 7 * sizeof c->burst[0]);
    c->open--;
    /* The next burst's first beat comes a cycle later at the earliest. */
    if (c->open && c->burst[0].ready <= c->t)
      c->burst[0].ready = c->t + 1;
  }
  if (grant_f || grant_l)
    c->burst[c->open++] = added;
  c->f_arrive = fetch_beat && c->f_odd;
  c->f_odd ^= fetch_beat;
  if (grant_f) {
    c->f_left -= burst_f;
    c->f_room -= burst_f;
  }
  axf_decoded d;
  if (!c->l_run && open_before < 4) {
    if (axf_cyc_start(c, AXF_E_LOAD, &d)) {
      const uint32_t offset = AXF_GET(&d, LD, OFFSET);
      open_info(c, &d);
      c->ld = d;
      c->l_run = 1;
      c->l_addr = c->l_row = c->l_plane = offset; /* bases are multiples of 256 */
      c->l_left = (int)AXF_GET(&d, LD, BEATS);
      c->l_y = (int)AXF_GET(&d, LD, NY) - 1;
      c->l_z = (int)AXF_GET(&d, LD, NZ) - 1;
    }
  } else if (grant_l) {
    c->l_addr += 16u * (uint32_t)burst_l;
    c->l_left -= burst_l;
    if (!c->l_left) {
      c->l_left = (int)AXF_GET(&c->ld, LD, BEATS);
      if (c->l_y) {
        c->l_y--;
        c->l_addr = c->l_row += 16u * AXF_GET(&c->ld, LD, YSTRIDE);
      } else if (c->l_z) {
        c->l_y = (int)AXF_GET(&c->ld, LD, NY) - 1;
        c->l_z--;
        c->l_addr = c->l_row = c->l_plane += 16u * AXF_GET(&c->ld, LD, ZSTRIDE);
      } else {
        c->l_run = 0;
      }
    }
  }
}

/* ---- kernel loader ---- */

void axf_cyc_kload(axf_cyc *c) {
  const int state = c->kl.state;
  uint32_t ending = 0;
  int issue = state == 2, word = 0;
  if (state == 1 && c->kl.left == 1)
    ending = c->kl.post;
  if (issue) {
    c->k->kb_rd += (uint64_t)c->k_banks;
    word = c->k_in_map >= c->k_par_words; /* a kernel word, not a parameter */
    if (++c->k_in_map == c->k_map_words)
      c->k_in_map = 0;
    if (c->kl.left == 1)
      ending = c->kl.post;
  }
  c->k->ks_wr += (uint64_t)c->kl.v2 * (uint64_t)c->p->arch.D;
  c->post |= c->kl.post2;
  c->kl.post2 = c->kl.post1;
  c->kl.post1 = ending;
  c->kl.v2 = c->kl.v1;
  c->kl.v1 = word ? c->k_cpg : 0;
  c->kl.p2 = c->kl.p1;
  c->kl.p1 = issue;
  if (state && --c->kl.left == 0)
    c->kl.state = 0;
  axf_decoded d;
  if (!state && axf_cyc_start(c, AXF_E_KLOAD, &d)) {
    c->kl.post = d.post;
    if (d.op == AXF_OP_KCFG) {
      c->kl.state = 1;
      c->kl.left = c->p->arch.D;
      c->k_cpg = (int)AXF_GET_COUNT(&d, KCFG, CPG);
      c->k_banks = (int)AXF_GET_COUNT(&d, KCFG, BANKS);
      c->k_tn = (int)AXF_GET_COUNT(&d, KCFG, TN);
      c->k_qm = (int)AXF_GET(&d, KCFG, QM);
    } else {
      int maps = ((int)AXF_GET(&d, KLD, NS) - 1) * c->k_tn + (int)AXF_GET_COUNT(&d, KLD, TAIL);
      c->k_par_words = AXF_GET(&d, KLD, PARAMS) ? axf_record_words(&c->p->arch) : 0;
      c->k_map_words = c->k_par_words + maps * (int)AXF_GET(&d, KLD, KK);
      c->k_in_map = 0;
      c->kl.state = 2;
      c->kl.left = (int)AXF_GET(&d, KLD, MS) * c->k_qm * c->k_map_words;
    }
  }
}

/* ---- neuron loader ---- */

int axf_cyc_nload(axf_cyc *c) {
  const int state = c->nl.state, issue = state == 2;
  const int reading = issue ? 1 << c->nl_src : 0;
  uint32_t ending = state && c->nl.left == 1 ? c->nl.post : 0;
  if (issue)
    c->k->nb_rd += (uint64_t)c->n_cols;
  c->k->ns_wr += (uint64_t)c->nl.v2 * (uint64_t)c->p->arch.D;
  c->post |= c->nl.post2;
  c->nl.post2 = c->nl.post1;
  c->nl.post1 = ending;
  c->nl.v2 = c->nl.v1;
  c->nl.v1 = issue ? c->n_cols * c->n_segs : 0;
  c->nl.p2 = c->nl.p1;
  c->nl.p1 = issue;
  if (state && --c->nl.left == 0)
    c->nl.state = 0;
  axf_decoded d;
  if (!state && axf_cyc_start(c, AXF_E_NLOAD, &d)) {
    c->nl.post = d.post;
    if (d.op == AXF_OP_NCFG) {
      c->nl.state = 1;
      c->nl.left = c->p->arch.D;
      c->n_cols = (int)(AXF_GET_COUNT(&d, NCFG, TI) * AXF_GET_COUNT(&d, NCFG, TJ) * AXF_GET_COUNT(&d, NCFG, TN));
      c->n_segs = c->p->arch.D >> AXF_GET(&d, NCFG, SEG_LOG2); /* all are written, used or not */
    } else {
      c->nl.state = 2;
      c->nl_src = (int)AXF_GET(&d, NLD, SRC);
      c->nl.left = (int)(AXF_GET(&d, NLD, NS) * AXF_GET(&d, NLD, YC) * AXF_GET(&d, NLD, XC));
    }
  }
  return reading;
}
