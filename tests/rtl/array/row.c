/* rtl/array/row.v: random layers and tiles on one row, driven as the sequencer drives it; lanes, sums, partial sums and
 * the result register against the definition of the layer (layer.h, product.h, requant.h). The pipe is held at random.
 * Parameters D, W, ACC_W, NS_WORDS, KS_WORDS. SPDX-License-Identifier: Apache-2.0 */
#include "layer.h"
#include "product.h"
#include "requant.h"

enum { PS_WORDS = 64, PAR_WORDS = 16 };
static int ns[D][NS_WORDS], ks[D][KS_WORDS]; /* column, address */
static struct requant par[PAR_WORDS];
static int64_t psum[PS_WORDS];
static int psum_known[PS_WORDS];
/* Layer of the step in each stage, its place in the Tm x Tr x Tc outputs, its configuration bank. */
static struct place {
  struct layer l;
  int tm, tr, tc, active, bank;
} at[9];
static struct tile tile[9]; /* of the step in each stage */
static struct {
  int valid, k;  /* step number */
  int lanes, ok; /* the reference's: lanes that multiply, the row has an output */
  int known;     /* the sum does not come from a partial sum that was never written */
  int64_t q;     /* of the last step of a window */
} stage[9];
static int64_t acc, pooled;
static int acc_known, pooled_known;

static void write_stores(void) {
  for (int a = 0; a < NS_WORDS; a++) {
    bits_set(&pins.ns_we_i, 0, D, ~0ull);
    pins.ns_addr_i = (uint16_t)a;
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
      pins.ks_addr_i = (uint16_t)a;
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
      pins.par_waddr_i = (uint8_t)a;
      tick();
    }
    pins.par_shift_i = pins.par_we_i = 0;
  }
}

/* A new layer for S0: its place in the Tm x Tr x Tc outputs goes to the bank that no step uses; the pipe is held. */
static void configure(void) {
  struct place *p = &at[0];
  p->bank = !p->bank;
  p->l = layer_random(D);
  const struct layer *l = &p->l;
  int rows = l->tm * l->tr * l->tc, k = chance(90) ? rnd(rows) : rnd(D);
  p->tm = k / (l->tr * l->tc);
  p->tr = k / l->tc % l->tr;
  p->tc = k % l->tc;
  p->active = k < rows;
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
  pins.en_i = pins.done_i = 0;
  tick();
  pins.cfg_we_i = 0;
  pins.cfg_bank_i = (uint8_t)rnd(2);
  pins.cfg_tm_i = (uint8_t)rnd(64); /* only cfg_we_i looks at the bus */
  pins.cfg_oa_i = (uint16_t)rnd(65536);
  pins.cfg_active_i = 1;
}

/* The layer's pins: every stage sees the layer of its step. */
static void layer_pins(void) {
  pins.s0_bank_i = (uint8_t)at[0].bank;
  pins.s8_bank_i = (uint8_t)at[8].bank;
  pins.s0_tikx_i = (uint16_t)(at[0].l.ti * at[0].l.kx);
  pins.s0_tj_i = (uint8_t)at[0].l.tj;
  pins.s0_pitch_i = (uint16_t)at[0].l.pitch;
  const struct layer *l1 = &at[1].l, *l8 = &at[8].l;
  pins.s1_tikx_i = (uint16_t)(l1->ti * l1->kx);
  pins.s1_tj_i = (uint8_t)l1->tj;
  pins.s1_kk_i = (uint16_t)(l1->ky * l1->kx);
  pins.s1_kx_i = (uint16_t)l1->kx;
  pins.s1_pitch_i = (uint16_t)l1->pitch;
  for (int c = 0; c < D; c++) {
    bits_set(&pins.col_i_i, c * 10, 10, (uint64_t)(c / l1->tj % l1->ti * l1->kx));
    bits_set(&pins.col_j_i, c * 6, 6, (uint64_t)(c % l1->tj));
  }
  pins.s2_in_signed_i = (uint8_t)at[2].l.in_signed;
  pins.s5_relu_i = (uint8_t)at[5].l.relu;
  pins.s6_avg_i = (uint8_t)at[6].l.avg;
  pins.s8_out_signed_i = (uint8_t)l8->out_signed;
  pins.s8_otj_i = (uint8_t)l8->otj;
  pins.s8_otitj_i = (uint8_t)(l8->oti * l8->otj);
  pins.s8_otot_i = (uint8_t)(l8->otn * l8->oti * l8->otj);
  pins.s8_opitch_i = (uint16_t)l8->opitch;
  pins.s8_oplane_i = (uint16_t)l8->oplane;
}

static int column_exists(const struct layer *l, const struct tile *t, const struct step *s, int c) {
  int tn = c / (l->ti * l->tj);
  return tn < l->tn && s->n * l->tn + tn < t->nt;
}

/* What the row does in a step, by the definition of the layer. */
static void reference(const struct tile *t, int k) {
  const struct layer *l = &at[0].l;
  const int my_tm = at[0].tm, my_tr = at[0].tr, my_tc = at[0].tc;
  struct step s = tile_step(l, t, k);
  int lanes = 0, y = s.y + my_tr * l->pool * l->s, x = s.x + my_tc * l->pool * l->s;
  int ok = at[0].active && s.ms * l->tm + my_tm < t->mt && s.rs * l->tr + my_tr < t->rt && s.cs * l->tc + my_tc < t->ct;
  int64_t sum = 0;
  for (int c = 0; ok && c < D; c++) {
    int ti = c / l->tj % l->ti, tj = c % l->tj;
    int i = s.i * l->ti + ((ti - y) % l->ti + l->ti) % l->ti, j = s.j * l->tj + ((tj - x) % l->tj + l->tj) % l->tj;
    if (!column_exists(l, t, &s, c) || i >= l->ky || j >= l->kx)
      continue;
    int naddr = t->ns_addr + s.n * l->plane + (y + i) / l->ti * l->pitch + (x + j) / l->tj;
    int kaddr = t->ks_addr + ((s.ms * t->ns + s.n) * l->ky + i) * l->kx + j;
    sum += product(ks[c][kaddr % KS_WORDS], ns[c][naddr % NS_WORDS], l->in_signed);
    lanes++;
  }
  if (s.first) {
    int entry = s.psum_addr % PS_WORDS;
    acc = t->psum_in ? psum[entry] : 0;
    acc_known = !t->psum_in || psum_known[entry];
  }
  acc += sum;
  stage[0].lanes = lanes;
  stage[0].ok = ok;
  if (!ok || !s.last)
    return;
  if (t->psum_out) {
    psum[s.psum_addr % PS_WORDS] = acc;
    psum_known[s.psum_addr % PS_WORDS] = acc_known;
    return;
  }
  const struct requant *r = &par[s.par_addr % PAR_WORDS];
  int64_t v = acc + r->bias;
  if (l->relu && v < 0)
    v = 0;
  pooled = s.wfirst ? v : l->avg ? pooled + v : v > pooled ? v : pooled;
  pooled_known = acc_known && (s.wfirst || pooled_known);
  stage[0].q = requantise(pooled, r, l->out_signed);
  stage[0].known = pooled_known;
}

/* The pins of S0..S8 for the steps in the stages. */
static void drive(void) {
  struct step s[9] = {0};
  int v[9], psi[9], pso[9], last[9];
  for (int k = 0; k <= 8; k++) {
    v[k] = stage[k].valid;
    if (v[k])
      s[k] = tile_step(&at[k].l, &tile[k], stage[k].k);
    psi[k] = tile[k].psum_in;
    pso[k] = tile[k].psum_out;
    last[k] = v[k] && s[k].last && !pso[k];
  }
  const struct tile *t = &tile[0];
  const struct layer *l = &at[0].l, *l1 = &at[1].l, *l8 = &at[8].l;
  layer_pins();
  pins.s0_valid_i = (uint8_t)v[0];
  pins.s0_naddr_i = (uint16_t)((t->ns_addr + s[0].n * l->plane + s[0].i * l->pitch + s[0].j) & 1023);
  pins.s0_ya_i = (uint16_t)(s[0].y / l->ti * l->pitch & 1023);
  pins.s0_yp_i = (uint16_t)(s[0].y % l->ti * l->kx);
  pins.s0_xa_i = (uint8_t)(s[0].x / l->tj);
  pins.s0_xp_i = (uint8_t)(s[0].x % l->tj);
  pins.s0_m_i = (uint16_t)(s[0].ms * l->tm);
  pins.s0_r_i = (uint16_t)(s[0].rs * l->tr);
  pins.s0_c_i = (uint16_t)(s[0].cs * l->tc);
  pins.mt_i = (uint16_t)t->mt;
  pins.rt_i = (uint16_t)t->rt;
  pins.ct_i = (uint16_t)t->ct;
  int i0 = s[1].i * l1->ti * l1->kx, j0 = s[1].j * l1->tj;
  pins.s1_i0_i = (uint16_t)i0;
  pins.s1_j0_i = (uint16_t)j0;
  pins.s1_kaddr_i = (uint16_t)((tile[1].ks_addr + (s[1].ms * tile[1].ns + s[1].n) * l1->ky * l1->kx + i0 + j0) & 1023);
  for (int c = 0; c < D; c++)
    bits_set(&pins.s1_col_ok_i, c, 1, (uint64_t)column_exists(l1, &tile[1], &s[1], c));
  pins.s3_psum_re_i = (uint8_t)(v[3] && s[3].first && psi[3]);
  pins.s3_psum_addr_i = (uint8_t)s[3].psum_addr;
  pins.s4_valid_i = (uint8_t)v[4];
  pins.s4_first_i = (uint8_t)s[4].first;
  pins.s4_psum_in_i = (uint8_t)psi[4];
  pins.s4_last_i = (uint8_t)last[4];
  pins.s4_par_addr_i = (uint8_t)s[4].par_addr;
  pins.s5_last_i = (uint8_t)last[5];
  pins.s5_psum_we_i = (uint8_t)(v[5] && s[5].last && pso[5]);
  pins.s5_psum_addr_i = (uint8_t)s[5].psum_addr;
  pins.s6_last_i = (uint8_t)last[6];
  pins.s6_wfirst_i = (uint8_t)s[6].wfirst;
  pins.s7_wlast_i = (uint8_t)(last[7] && s[7].wlast);
  pins.s8_out_i = (uint8_t)(last[8] && s[8].wlast);
  int m = tile[8].om + s[8].ms * l8->tm, r = tile[8].oy + s[8].rs * l8->tr, c = tile[8].ox + s[8].cs * l8->tc;
  pins.s8_oa_i = (uint16_t)(tile[8].o_addr + out_addr(l8, m, r, c));
  pins.s8_omp_i = (uint8_t)(m % l8->otn * l8->oti * l8->otj);
  pins.s8_oyp_i = (uint8_t)(r % l8->oti * l8->otj);
  pins.s8_oxp_i = (uint8_t)(c % l8->otj);
}

static int pending, bank, addr, known, enable;
static int64_t data;
static long results;

/* One cycle; returns 1 if the pipe moved on. */
static int cycle(void) {
  drive();
  pins.done_i = (uint8_t)(pending && chance(50));
  pins.en_i = (uint8_t)(chance(enable) && !(pins.s8_out_i && pending && !pins.done_i));
  settle();
  EXPECT(pins.pend_o == pending, "pend_o is %d", pins.pend_o);
  if (pending)
    EXPECT(pins.bank_o == bank && pins.addr_o == addr, "result to bank %d, address %d, expected %d, %d", pins.bank_o,
           pins.addr_o, bank, addr);
  if (pending && known)
    EXPECT((int64_t)bits_get(&pins.data_o, 0, W) == data, "result %llx, expected %llx",
           (unsigned long long)bits_get(&pins.data_o, 0, W), (unsigned long long)data);
  if (stage[1].valid)
    EXPECT(pins.lanes_o == stage[1].lanes, "step %d: %d lanes, expected %d", stage[1].k, pins.lanes_o, stage[1].lanes);
  else if (tb_cycle > 5)
    EXPECT(pins.lanes_o == 0, "lanes without a step");
  if (pins.done_i)
    pending = 0;
  if (pins.en_i) {
    if (pins.s8_out_i) {
      const struct place *p = &at[8];
      struct step s = tile_step(&p->l, &tile[8], stage[8].k);
      int m = tile[8].om + s.ms * p->l.tm + p->tm, r = tile[8].oy + s.rs * p->l.tr + p->tr,
          c = tile[8].ox + s.cs * p->l.tc + p->tc;
      pending = stage[8].ok;
      bank = out_bank(&p->l, m, r, c);
      addr = (tile[8].o_addr + out_addr(&p->l, m, r, c)) & 0xffff;
      data = stage[8].q;
      known = stage[8].known;
      results += pending && known;
    }
    for (int k = 8; k > 0; k--) {
      stage[k] = stage[k - 1];
      tile[k] = tile[k - 1];
      at[k] = at[k - 1];
    }
    stage[0].valid = 0;
  }
  int moved = pins.en_i;
  tick();
  return moved;
}

static void bubble(int n) {
  while (n > 0)
    n -= cycle();
}

/* A step in the pipe uses the bank that S0 does not. */
static int other_bank_used(void) {
  for (int k = 1; k <= 8; k++)
    if (stage[k].valid && at[k].bank != at[0].bank)
      return 1;
  return 0;
}

int main(int argc, char **argv) {
  tb_start(argc, argv);
  pins.rst_i = 1;
  tick();
  pins.rst_i = 0;
  at[0].l = layer_random(D);
  for (int k = 1; k <= 8; k++)
    at[k] = at[0];
  long without_gap = 0;
  for (int k = 0; k < 120; k++) {
    if (k % 30 == 0) {
      enable = 100;
      bubble(10);
      write_stores();
    }
    while (other_bank_used())
      bubble(1);
    configure();
    enable = chance(30) ? 100 : between(40, 95);
    const struct layer *l = &at[0].l;
    int more = 0; /* the tile before left partial sums */
    for (int t = between(1, 8); t > 0; t--) {
      struct tile next = tile_random(l, 200, PAR_WORDS, PS_WORDS);
      if (more && chance(50)) { /* goes on where it stopped, perhaps at once */
        next = tile[0];
        next.psum_in = 1;
        next.psum_out = 0;
      }
      more = next.psum_out;
      tile[0] = next;
      for (int step = 0; step < tile_step_count(l, &next);) {
        tile[0] = next;
        stage[0].valid = 1;
        stage[0].k = step;
        reference(&next, step++);
        while (!cycle())
          ;
      }
      /* The sequencer leaves a cycle only after a tile of one partial sum. */
      int one_sum = next.psum_out && tile_step(l, &next, tile_step_count(l, &next) - 1).psum_addr == next.psum_addr;
      int gap = one_sum ? between(1, 3) : chance(50) ? 0 : between(1, 3);
      without_gap += !gap;
      bubble(gap);
    }
  }
  EXPECT(results > 500, "only %ld results", results);
  EXPECT(without_gap > 50, "only %ld tiles without a gap", without_gap);
  return tb_done();
}
