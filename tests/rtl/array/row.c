/* rtl/array/row.v: random layers and tiles on one row, driven as the sequencer drives it; lanes, sums, partial sums and
 * the result register against the definition of the layer (layer.h, product.h, requant.h). The pipe is held at random.
 * Parameters D, W, ACC_W, NS_WORDS, KS_WORDS, SEGS. SPDX-License-Identifier: Apache-2.0 */
#include "layer.h"
#include "product.h"
#include "requant.h"

enum { PS_WORDS = 64, PAR_WORDS = 16 };
static int ns[D][NS_WORDS], ks[D][KS_WORDS]; /* column, address */
static struct requant par[PAR_WORDS];
static int64_t psum[PS_WORDS];
static int psum_known[PS_WORDS];
/* A step of the row, or from S4 on a result: its layer, the row's place in the Tm x Tr x Tc outputs, the configuration
 * bank; the step's tile and number; and what the reference says. */
static struct place {
  struct layer l;
  int tm, tr, tc, active, bank;
  struct tile tile;
  int valid, k, g; /* step number; segment of a result */
  int lanes, wrap; /* lanes that multiply; the row works in the next output row */
  int ok[SEGS];    /* the row has an output in the segment */
  int known[SEGS]; /* its sum does not come from a partial sum that was never written */
  int64_t q[SEGS]; /* of the last step of a window */
} at[5], slot[9];
static int64_t acc[SEGS], pooled[SEGS];
static int acc_known[SEGS], pooled_known[SEGS], slots_left; /* results of the sum before that are still to leave */

static void write_stores(void) {
  for (int a = 0; a < NS_WORDS; a++) {
    bits_set(&pins.ns_we_i, 0, D, ~0ull);
    pins.ns_addr_i = (uint16_t)(a + rnd(1024 / NS_WORDS) * NS_WORDS); /* a store uses the lower bits */
    for (int c = 0; c < D; c++) {
      ns[c][a] = chance(20) ? 0 : rnd(1 << W);
      bits_set(&pins.col_bus_i, c * W, W, (uint64_t)ns[c][a]);
    }
    tick();
  }
  bits_set(&pins.ns_we_i, 0, D, 0);
  for (int a = 0; a < KS_WORDS; a++) {
    for (int c = 0; c < D; c++) {
      ks[c][a] = rnd(1 << W);
      bits_set(&pins.ks_we_i, 0, D, 1ull << c);
      pins.ks_addr_i = (uint16_t)(a + rnd(1024 / KS_WORDS) * KS_WORDS);
      bits_set(&pins.row_bus_i, 0, W, (uint64_t)ks[c][a]);
      tick();
    }
  }
  bits_set(&pins.ks_we_i, 0, D, 0);
  for (int a = 0; a < PAR_WORDS; a++) {
    struct requant *r = &par[a];
    *r = (struct requant){rnd(200000) - 100000, rnd(256), between(W == 8 ? 8 : 16, W == 8 ? 18 : 32)};
    uint64_t record = ((uint64_t)r->bias & 0xffffffffffff) | (uint64_t)r->mult << 48 | (uint64_t)r->shift << 56;
    for (int k = 0; k < 64 / W; k++) {
      bits_set(&pins.row_bus_i, 0, W, record >> k * W);
      pins.par_shift_i = 1;
      pins.par_we_i = k == 64 / W - 1;
      pins.par_waddr_i = (uint8_t)(pins.par_we_i ? a : rnd(64));
      tick();
    }
    pins.par_shift_i = pins.par_we_i = 0;
  }
}

/* Numbers that must not matter: those of a row that is not in use, of no step, of no result. */
static void idle_config(void) {
  pins.cfg_tm_i = (uint8_t)rnd(64);
  pins.cfg_tr_i = (uint8_t)rnd(64);
  pins.cfg_tc_i = (uint8_t)rnd(64);
  pins.cfg_ya_i = (uint16_t)rnd(1024);
  pins.cfg_yp_i = (uint16_t)rnd(1024);
  pins.cfg_xa_i = (uint8_t)rnd(256);
  pins.cfg_xp_i = (uint8_t)rnd(64);
  pins.cfg_oa_i = (uint16_t)rnd(65536);
  pins.cfg_omp_i = (uint8_t)rnd(64);
  pins.cfg_oyp_i = (uint8_t)rnd(64);
  pins.cfg_oxp_i = (uint8_t)rnd(64);
}
static void idle_s0(void) {
  uint16_t *const ten[] = {&pins.s0_tikx_i,    &pins.s0_pitch_i,   &pins.s0_naddr_i, &pins.s0_ya_i, &pins.s0_yp_i,
                           &pins.s0_wrap_ya_i, &pins.s0_wrap_yp_i, &pins.s0_r_i,     &pins.s0_c_i};
  uint8_t *const six[] = {&pins.s0_tj_i, &pins.s0_xp_i, &pins.s0_wrap_xp_i};
  for (size_t k = 0; k < sizeof(ten) / sizeof(*ten); k++)
    *ten[k] = (uint16_t)rnd(1024);
  for (size_t k = 0; k < sizeof(six) / sizeof(*six); k++)
    *six[k] = (uint8_t)rnd(64);
  for (int part = 0; part < SEGS; part++)
    bits_set(&pins.s0_limit_i, part * 6, 6, (uint64_t)rnd(64));
}
static void idle_s1(void) {
  uint16_t *const ten[] = {&pins.s1_tikx_i, &pins.s1_pitch_i, &pins.s1_kk_i,
                           &pins.s1_i0_i,   &pins.s1_j0_i,    &pins.s1_kaddr_i};
  for (size_t k = 0; k < sizeof(ten) / sizeof(*ten); k++)
    *ten[k] = (uint16_t)rnd(1024);
  pins.s1_kx_i = (uint16_t)rnd(512);
  pins.s1_tj_i = (uint8_t)rnd(64);
  for (int c = 0; c < D; c++) {
    bits_set(&pins.col_i_i, c * 10, 10, (uint64_t)rnd(1024));
    bits_set(&pins.col_j_i, c * 6, 6, (uint64_t)rnd(64));
    bits_set(&pins.s1_col_ok_i, c, 1, (uint64_t)rnd(2));
  }
}
static void idle_s8(void) {
  uint8_t *const six[] = {&pins.s8_otj_i, &pins.s8_otitj_i, &pins.s8_otot_i,     &pins.s8_omp_i,
                          &pins.s8_oyp_i, &pins.s8_oxp_i,   &pins.s8_wrap_oyp_i, &pins.s8_wrap_oxp_i};
  for (size_t k = 0; k < sizeof(six) / sizeof(*six); k++)
    *six[k] = (uint8_t)rnd(64);
  pins.s8_oa_i = (uint16_t)rnd(65536);
  pins.s8_wrap_oa_i = (uint16_t)rnd(65536);
}

/* A new layer for S0: its place in the Tm x Tr x Tc outputs goes to the bank that no step uses; the pipe is held. */
static void configure(void) {
  struct place *p = &at[0];
  p->bank = !p->bank;
  p->l = layer_random(D, SEGS);
  const struct layer *l = &p->l;
  int rows = l->tm * l->tr * l->tc, k = rnd(rows);
  p->tm = k / (l->tr * l->tc);
  p->tr = k / l->tc % l->tr;
  p->tc = k % l->tc;
  p->active = chance(85);
  int y = p->tr * l->pool * l->s, x = p->tc * l->pool * l->s;
  pins.cfg_we_i = 1;
  pins.cfg_bank_i = (uint8_t)p->bank;
  pins.cfg_active_i = (uint8_t)p->active;
  pins.cfg_tm_i = (uint8_t)p->tm;
  pins.cfg_tr_i = (uint8_t)p->tr;
  pins.cfg_tc_i = (uint8_t)p->tc;
  pins.cfg_ya_i = (uint16_t)(y / l->ti * l->pitch & 1023);
  pins.cfg_yp_i = (uint16_t)(y % l->ti * l->kx);
  pins.cfg_xa_i = (uint8_t)(x / l->tj);
  pins.cfg_xp_i = (uint8_t)(x % l->tj);
  pins.cfg_oa_i = (uint16_t)out_addr(l, p->tm, p->tr, p->tc);
  pins.cfg_omp_i = (uint8_t)(p->tm % l->otn * l->oti * l->otj);
  pins.cfg_oyp_i = (uint8_t)(p->tr % l->oti * l->otj);
  pins.cfg_oxp_i = (uint8_t)(p->tc % l->otj);
  if (!p->active && chance(50)) /* the place of a row that is not in use means nothing */
    idle_config();
  pins.en_i = pins.done_i = 0;
  tick();
  pins.cfg_we_i = 0; /* only this looks at the bus */
  pins.cfg_bank_i = (uint8_t)rnd(2);
  idle_config();
  pins.cfg_active_i = 1;
}

/* The layer's pins: every stage sees the layer of its step. */
static void layer_pins(void) {
  pins.s0_bank_i = (uint8_t)at[0].bank;
  pins.s8_bank_i = (uint8_t)slot[8].bank;
  pins.s0_tikx_i = (uint16_t)(at[0].l.ti * at[0].l.kx);
  pins.s0_tj_i = (uint8_t)at[0].l.tj;
  pins.s0_pitch_i = (uint16_t)at[0].l.pitch;
  pins.s0_flat_i = (uint8_t)at[0].l.flat;
  const struct layer *l1 = &at[1].l, *l8 = &slot[8].l;
  pins.s1_tikx_i = (uint16_t)(l1->ti * l1->kx);
  pins.s1_tj_i = (uint8_t)l1->tj;
  pins.s1_kk_i = (uint16_t)(l1->ky * l1->kx);
  pins.s1_kx_i = (uint16_t)l1->kx;
  pins.s1_pitch_i = (uint16_t)l1->pitch;
  pins.s1_level_i = (uint8_t)(log2_of(D) - l1->seg_log2);
  pins.s3_level_i = (uint8_t)(log2_of(D) - at[3].l.seg_log2);
  for (int c = 0; c < D; c++) {
    int in = c % (1 << l1->seg_log2);
    bits_set(&pins.col_i_i, c * 10, 10, (uint64_t)(in / l1->tj % l1->ti * l1->kx));
    bits_set(&pins.col_j_i, c * 6, 6, (uint64_t)(in % l1->tj));
  }
  pins.s2_core_i = (uint8_t)at[2].l.core;
  pins.s2_in_signed_i = (uint8_t)at[2].l.in_signed;
  pins.s5_relu_i = (uint8_t)slot[5].l.relu;
  pins.s6_avg_i = (uint8_t)slot[6].l.avg;
  pins.s8_out_signed_i = (uint8_t)l8->out_signed;
  pins.s8_otj_i = (uint8_t)l8->otj;
  pins.s8_otitj_i = (uint8_t)(l8->oti * l8->otj);
  pins.s8_otot_i = (uint8_t)(l8->otn * l8->oti * l8->otj);
  pins.s8_opitch_i = (uint16_t)l8->opitch;
  pins.s8_oplane_i = (uint16_t)l8->oplane;
}

static int column_exists(const struct layer *l, const struct tile *t, const struct step *s, int c) {
  int tn = c % (1 << l->seg_log2) / (l->ti * l->tj);
  return tn < l->tn && s->n * l->tn + tn < t->nt;
}

/* What the row does in the step of S0, by the definition of the layer. */
static void reference(struct place *p) {
  const struct layer *l = &p->l;
  const struct tile *t = &p->tile;
  struct step s = tile_step(l, t, p->k);
  int r = s.r + p->tr, c = s.c + p->tc;
  p->wrap = l->flat && c >= l->cols;
  r += p->wrap;
  c -= p->wrap * l->cols;
  int y = t->y0 + (r * l->pool + s.pr) * l->s, x = t->x0 + (c * l->pool + s.pc) * l->s;
  p->lanes = 0;
  for (int g = 0; g < SEGS; g++) {
    int64_t sum = 0;
    int first = g << l->seg_log2; /* column of the segment */
    p->ok[g] = p->active && g < l->qm && s.m + g * l->tm + p->tm < t->mt && r < t->rt && c < t->ct;
    for (int col = first; p->ok[g] && col < first + (1 << l->seg_log2); col++) {
      int in = col - first, ti = in / l->tj % l->ti, tj = in % l->tj;
      int i = s.i * l->ti + ((ti - y) % l->ti + l->ti) % l->ti, j = s.j * l->tj + ((tj - x) % l->tj + l->tj) % l->tj;
      if (!column_exists(l, t, &s, col) || i >= l->ky || j >= l->kx)
        continue;
      int naddr = t->ns_addr + s.n * l->plane + (y + i) / l->ti * l->pitch + (x + j) / l->tj;
      int kaddr = t->ks_addr + ((s.ms * t->ns + s.n) * l->ky + i) * l->kx + j;
      sum += product(ks[col][kaddr % KS_WORDS], ns[col][naddr % NS_WORDS], l->in_signed, l->core);
      p->lanes++;
    }
    const int entry = (s.psum_addr + g) % PS_WORDS;
    if (s.first) {
      acc[g] = 0;
      acc_known[g] = 1;
    }
    acc[g] += sum;
    if (!p->ok[g] || !s.last)
      continue;
    if (t->psum_in) {
      acc[g] += psum[entry];
      acc_known[g] = psum_known[entry];
    }
    if (t->psum_out) {
      psum[entry] = acc[g];
      psum_known[entry] = acc_known[g];
      continue;
    }
    const struct requant *a = &par[(s.par_addr + g) % PAR_WORDS];
    int64_t v = acc[g] + a->bias;
    if (l->relu && v < 0)
      v = 0;
    pooled[g] = s.wfirst ? v : l->avg ? pooled[g] + v : v > pooled[g] ? v : pooled[g];
    pooled_known[g] = acc_known[g] && (s.wfirst || pooled_known[g]);
    p->q[g] = requantise(pooled[g], a, l->out_signed);
    p->known[g] = pooled_known[g];
  }
}

/* The pins of S0..S4 for the steps. */
static void drive_steps(void) {
  const struct tile *t = &at[0].tile;
  const struct layer *l = &at[0].l, *l1 = &at[1].l;
  struct step s0 = {0}, s1 = {0};
  if (at[0].valid)
    s0 = tile_step(l, t, at[0].k);
  pins.s0_valid_i = (uint8_t)at[0].valid;
  pins.s0_naddr_i = (uint16_t)((t->ns_addr + s0.n * l->plane + s0.i * l->pitch + s0.j) & 1023);
  pins.s0_ya_i = (uint16_t)(s0.y / l->ti * l->pitch & 1023);
  pins.s0_yp_i = (uint16_t)(s0.y % l->ti * l->kx);
  pins.s0_xa_i = (uint8_t)(s0.x / l->tj);
  pins.s0_xp_i = (uint8_t)(s0.x % l->tj);
  int y = s0.y + l->pool * l->s, x = s0.x - l->cols * l->pool * l->s; /* a row down, C columns back */
  pins.s0_wrap_ya_i = (uint16_t)(y / l->ti * l->pitch & 1023);
  pins.s0_wrap_yp_i = (uint16_t)(y % l->ti * l->kx);
  pins.s0_wrap_xa_i = (uint8_t)floor_div(x, l->tj);
  pins.s0_wrap_xp_i = (uint8_t)mod(x, l->tj);
  for (int part = 0; part < SEGS; part++) {
    int g = part * (D / SEGS) >> l->seg_log2, left = g < l->qm ? t->mt - s0.m - g * l->tm : 0;
    bits_set(&pins.s0_limit_i, part * 6, 6, (uint64_t)(left < 0 ? 0 : left > 63 ? 63 : left));
  }
  pins.s0_next_row_i = (uint8_t)(s0.r + 1 < t->rt);
  pins.s0_r_i = (uint16_t)s0.r;
  pins.s0_c_i = (uint16_t)s0.c;
  pins.rt_i = (uint16_t)t->rt;
  pins.ct_i = (uint16_t)t->ct;
  if (at[1].valid)
    s1 = tile_step(l1, &at[1].tile, at[1].k);
  int i0 = s1.i * l1->ti * l1->kx, j0 = s1.j * l1->tj, map = s1.ms * at[1].tile.ns + s1.n;
  pins.s1_i0_i = (uint16_t)i0;
  pins.s1_j0_i = (uint16_t)j0;
  pins.s1_kaddr_i = (uint16_t)((at[1].tile.ks_addr + map * l1->ky * l1->kx + i0 + j0) & 1023);
  for (int c = 0; c < D; c++)
    bits_set(&pins.s1_col_ok_i, c, 1, (uint64_t)column_exists(l1, &at[1].tile, &s1, c));
  pins.s4_valid_i = (uint8_t)at[4].valid;
  pins.s4_first_i = (uint8_t)(at[4].valid && tile_step(&at[4].l, &at[4].tile, at[4].k).first);
}

/* The result in S4: that of segment 0 with the last step of a sum, else the next one of the sum that leaves. */
static void find_slot(void) {
  if (at[4].valid && tile_step(&at[4].l, &at[4].tile, at[4].k).last) {
    slot[4] = at[4];
    slot[4].g = 0;
  } else {
    slot[4] = slot[5];
    slot[4].g++;
    slot[4].valid &= slot[4].g < slot[4].l.qm;
  }
}

/* The pins of S4..S8 for the results. */
static void drive_results(void) {
  struct step s[9] = {0};
  int v[9], psi[9], pso[9], last[9];
  for (int k = 4; k <= 8; k++) {
    v[k] = slot[k].valid;
    if (v[k])
      s[k] = tile_step(&slot[k].l, &slot[k].tile, slot[k].k);
    psi[k] = slot[k].tile.psum_in;
    pso[k] = slot[k].tile.psum_out;
    last[k] = v[k] && !pso[k];
  }
  pins.s4_head_i = (uint8_t)(slot[4].g == 0);
  pins.s4_psum_re_i = (uint8_t)(v[4] && psi[4]);
  pins.s4_psum_addr_i = (uint8_t)(s[4].psum_addr + slot[4].g);
  pins.s4_par_re_i = (uint8_t)last[4];
  pins.s4_par_addr_i = (uint8_t)(s[4].par_addr + slot[4].g);
  pins.s5_head_i = (uint8_t)(slot[5].g == 0);
  pins.s5_more_i = (uint8_t)(v[5] && slot[5].g < slot[5].l.qm - 1);
  pins.s5_psum_in_i = (uint8_t)psi[5];
  pins.s5_last_i = (uint8_t)last[5];
  pins.s5_psum_we_i = (uint8_t)(v[5] && pso[5]);
  pins.s5_psum_addr_i = (uint8_t)(s[5].psum_addr + slot[5].g);
  pins.s6_last_i = (uint8_t)last[6];
  pins.s6_wfirst_i = (uint8_t)s[6].wfirst;
  pins.s6_wlast_i = (uint8_t)s[6].wlast;
  pins.s6_seg_i = (uint8_t)slot[6].g;
  pins.s7_wlast_i = (uint8_t)(last[7] && s[7].wlast);
  pins.s8_out_i = (uint8_t)(last[8] && s[8].wlast);
  const struct layer *l = &slot[8].l;
  const struct tile *t = &slot[8].tile;
  int m = t->om + s[8].m + slot[8].g * l->tm, r = t->oy + s[8].r, c = t->ox + s[8].c, back = c - l->cols;
  pins.s8_oa_i = (uint16_t)(t->o_addr + out_addr(l, m, r, c));
  pins.s8_omp_i = (uint8_t)(m % l->otn * l->oti * l->otj);
  pins.s8_oyp_i = (uint8_t)(r % l->oti * l->otj);
  pins.s8_oxp_i = (uint8_t)(c % l->otj);
  pins.s8_wrap_oa_i = (uint16_t)(t->o_addr + out_addr(l, m, r + 1, 0) + floor_div(back, l->otj));
  pins.s8_wrap_oyp_i = (uint8_t)((r + 1) % l->oti * l->otj);
  pins.s8_wrap_oxp_i = (uint8_t)mod(back, l->otj);
}

/* The queue of results, oldest first. */
static struct {
  int pending, bank, addr, known;
  int64_t data;
} queue[SEGS + 1];
static int waiting, enable;
static long results, later, wrapped; /* of all, of segments behind the first, of the next output row */

/* One cycle; returns 1 if the pipe moved on. */
static int cycle(void) {
  find_slot();
  layer_pins();
  drive_steps();
  drive_results();
  if (!at[0].valid)
    idle_s0();
  if (!at[1].valid)
    idle_s1();
  if (!pins.s8_out_i)
    idle_s8();
  /* The other rows: the oldest result may wait for them, or this row for its turn. */
  pins.done_i = (uint8_t)(waiting && queue[0].pending && chance(50));
  int pop = waiting && (pins.done_i || !queue[0].pending) && chance(60), place = waiting - pop;
  pins.supply_i = (uint8_t)tb_cycle; /* these stores are faultless at every supply */
  pins.en_i = (uint8_t)(chance(enable) && !(pins.s8_out_i && place == SEGS));
  int enters = pins.en_i && (pins.s8_out_i || chance(5)) && place < SEGS; /* perhaps the end of a tile alone */
  bits_set(&pins.load_i, 0, SEGS, enters ? 1ull << place : 0);
  pins.shift_i = (uint8_t)(pop && place);
  settle();
  EXPECT(pins.pend_o == (waiting && queue[0].pending), "pend_o is %d", pins.pend_o);
  if (pins.pend_o) {
    EXPECT(pins.bank_o == queue[0].bank && pins.addr_o == queue[0].addr, "to bank %d, address %d, expected %d, %d",
           pins.bank_o, pins.addr_o, queue[0].bank, queue[0].addr);
    EXPECT(!queue[0].known || (int64_t)bits_get(&pins.data_o, 0, W) == queue[0].data, "result %llx, expected %llx",
           (unsigned long long)bits_get(&pins.data_o, 0, W), (unsigned long long)queue[0].data);
  }
  if (at[1].valid)
    EXPECT(pins.lanes_o == at[1].lanes, "step %d: %d lanes, expected %d", at[1].k, pins.lanes_o, at[1].lanes);
  else if (tb_cycle > 5)
    EXPECT(pins.lanes_o == 0, "lanes without a step");
  if (pins.done_i)
    queue[0].pending = 0;
  if (pop)
    for (int k = 1; k < waiting; k++)
      queue[k - 1] = queue[k];
  waiting = place;
  if (enters)
    queue[waiting++].pending = 0;
  if (pins.en_i) {
    if (pins.s8_out_i) {
      const struct place *p = &slot[8];
      const struct tile *t = &p->tile;
      struct step s = tile_step(&p->l, t, p->k);
      int m = t->om + s.m + p->g * p->l.tm + p->tm, r = t->oy + s.r + p->tr + p->wrap,
          c = t->ox + s.c + p->tc - p->wrap * p->l.cols;
      queue[waiting - 1].pending = p->ok[p->g];
      queue[waiting - 1].bank = out_bank(&p->l, m, r, c);
      queue[waiting - 1].addr = (t->o_addr + out_addr(&p->l, m, r, c)) & 0xffff;
      queue[waiting - 1].data = p->q[p->g];
      queue[waiting - 1].known = p->known[p->g];
      int counts = p->ok[p->g] && p->known[p->g];
      results += counts;
      later += counts && p->g;
      wrapped += counts && p->wrap;
    }
    for (int k = 8; k > 4; k--)
      slot[k] = slot[k - 1];
    for (int k = 4; k > 0; k--)
      at[k] = at[k - 1];
    at[0].valid = 0;
    slots_left -= slots_left > 0;
  }
  int moved = pins.en_i;
  tick();
  bits_set(&pins.load_i, 0, SEGS, 0); /* of this cycle only */
  pins.shift_i = pins.done_i = 0;
  return moved;
}

static void bubble(int n) {
  while (n > 0)
    n -= cycle();
}

/* A step or result in the pipe uses the bank that S0 does not; those of a sum that leaves follow the one in S5. */
static int other_bank_used(void) {
  for (int k = 1; k <= 8; k++) {
    const struct place *p = k <= 4 ? &at[k] : &slot[k];
    if (p->valid && p->bank != at[0].bank)
      return 1;
  }
  return 0;
}

/* A step: not before the results of the sum before have left, if it completes a sum. */
static void issue(const struct tile *t, int k) {
  while (slots_left && tile_step(&at[0].l, t, k).last)
    bubble(1);
  at[0].tile = *t;
  at[0].valid = 1;
  at[0].k = k;
  reference(&at[0]);
  int last = tile_step(&at[0].l, t, k).last;
  while (!cycle())
    ;
  if (last)
    slots_left = at[0].l.qm - 1;
}

int main(int argc, char **argv) {
  tb_start(argc, argv);
  pins.rst_i = 1;
  tick();
  pins.rst_i = 0;
  at[0].l = layer_random(D, SEGS);
  for (int k = 1; k <= 8; k++)
    slot[k] = at[k % 5] = at[0];
  long without_gap = 0;
  for (int k = 0; k < 120; k++) {
    if (k % 30 == 0) {
      enable = 100;
      bubble(50);
      write_stores();
    }
    while (other_bank_used())
      bubble(1);
    configure();
    enable = chance(30) ? 100 : between(40, 95);
    const struct layer *l = &at[0].l;
    struct tile next = {0};
    int more = 0; /* the tile before left partial sums */
    for (int t = between(1, 8); t > 0; t--) {
      if (more && chance(50)) { /* goes on where it stopped, perhaps at once */
        next.psum_in = 1;
        next.psum_out = 0;
      } else {
        next = tile_random(l, 200, PAR_WORDS, PS_WORDS);
      }
      more = next.psum_out;
      for (int step = 0; step < tile_step_count(l, &next); step++)
        issue(&next, step);
      int gap = chance(50) ? 0 : between(1, 3);
      without_gap += !gap;
      bubble(gap);
    }
  }
  EXPECT(results > 500, "only %ld results", results);
  EXPECT(SEGS == 1 || later > 100, "only %ld results of segments behind the first", later);
  EXPECT(wrapped > 5, "only %ld results of wrapped rows", wrapped);
  EXPECT(without_gap > 50, "only %ld tiles without a gap", without_gap);
  return tb_done();
}
