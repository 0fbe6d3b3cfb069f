/* rtl/array/result_pipe.v: random sums of random layers, as close behind each other as allowed, and the queue of their
 * results under a write-back that lasts at random; every pin against the definition. Parameter SEGS.
 * SPDX-License-Identifier: Apache-2.0 */
#include "layer.h"

enum { DIM = 16, SUMS = 6000 };
/* A result of a sum: in S4 where it begins, in S5..S8 behind it. */
struct slot {
  struct layer l;
  int valid, bank, g, end, wfirst, wlast, psi, pso, psum, par, o_addr, m, r, c, post, post2;
};
static struct slot slot[9];                         /* of the stages 4..8 */
static struct { int left, post2; } queue[SEGS + 1]; /* results that wait, oldest first: cycles of write-back */
static int waiting;

static int last(const struct slot *s) { return s->g == s->l.qm - 1; }

/* The next sum: of the layer before it or, in the other bank, of a new one. */
static struct slot sum_random(const struct slot *before) {
  struct slot s = *before;
  if (!before->valid || chance(10)) {
    s.l = layer_random(DIM, SEGS);
    s.bank = !s.bank;
  }
  s.valid = 1;
  s.g = 0;
  s.end = chance(20);
  s.wfirst = rnd(2);
  s.wlast = rnd(2);
  s.psi = rnd(2);
  s.pso = chance(30);
  s.psum = rnd(256);
  s.par = rnd(64);
  s.o_addr = rnd(30000);
  s.m = rnd(100);
  s.r = rnd(100);
  s.c = rnd(100);
  s.post = rnd(65536);
  s.post2 = rnd(65536);
  return s;
}

static void drive_sum(const struct slot *s) {
  const struct layer *l = &s->l;
  pins.sum_i = (uint8_t)s->valid;
  pins.sum_bank_i = (uint8_t)s->bank;
  pins.sum_end_i = (uint8_t)s->end;
  pins.sum_wfirst_i = (uint8_t)s->wfirst;
  pins.sum_wlast_i = (uint8_t)s->wlast;
  pins.sum_psi_i = (uint8_t)s->psi;
  pins.sum_pso_i = (uint8_t)s->pso;
  pins.sum_psum_addr_i = (uint8_t)s->psum;
  pins.sum_par_addr_i = (uint8_t)s->par;
  pins.sum_post_i = (uint32_t)s->post2 << 16 | (uint32_t)s->post;
  if (!s->valid)
    return;
  uint64_t oa = (uint64_t)(s->o_addr + out_addr(l, s->m, s->r, s->c)) & 0xffff;
  uint64_t phases = (uint64_t)(s->m % l->otn * l->oti * l->otj) << 12 | (uint64_t)(s->r % l->oti * l->otj) << 6 |
                    (uint64_t)(s->c % l->otj);
  pins.sum_out_i = oa << 18 | phases;
}

/* The layers of the results in S4 and S7. */
static void drive_layers(void) {
  uint32_t c[3][8];
  if (slot[4].valid) {
    layer_config(&slot[4].l, c[0], c[1], c[2]);
    pins.s4_qm_i = (uint8_t)slot[4].l.qm;
    pins.s4_om_a_i = (uint16_t)GET(c[2], XCFG2_OM_A);
    pins.s4_om_p_i = (uint8_t)GET(c[2], XCFG2_OM_P);
    pins.s4_otot_i = (uint8_t)GET(c[1], XCFG1_OTOT);
    pins.s4_oplane_i = (uint16_t)slot[4].l.oplane;
  }
  if (slot[7].valid) {
    layer_config(&slot[7].l, c[0], c[1], c[2]);
    pins.s7_otj_i = (uint8_t)slot[7].l.otj;
    pins.s7_otitj_i = (uint8_t)GET(c[1], XCFG1_OTITJ);
    pins.s7_opitch_i = (uint16_t)slot[7].l.opitch;
    pins.s7_on_a_i = (uint16_t)GET(c[2], XCFG2_ON_A);
    pins.s7_on_p_i = (uint8_t)GET(c[2], XCFG2_ON_P);
  }
}

static void check_stages(void) {
  int used = 0;
  for (int k = 4; k <= 8; k++) {
    if (slot[k].valid)
      EXPECT((pins.bank_o >> (k - 4) & 1) == slot[k].bank, "stage %d uses bank %d", k, pins.bank_o >> (k - 4) & 1);
    if (slot[k].valid && (k > 4 || slot[k].g))
      used |= 1 << slot[k].bank;
  }
  EXPECT(pins.used_o == used, "the registers %d are in use, expected %d", pins.used_o, used);
  const struct slot *s4 = &slot[4], *s5 = &slot[5], *s6 = &slot[6], *s7 = &slot[7], *s8 = &slot[8];
  EXPECT(pins.s4_psum_re_o == (s4->valid && s4->psi) && pins.s4_par_re_o == (s4->valid && !s4->pso), "reads in S4");
  if (s4->valid)
    EXPECT(pins.s4_head_o == (s4->g == 0) && pins.s4_psum_addr_o == ((s4->psum + s4->g) & 255) &&
               pins.s4_par_addr_o == ((s4->par + s4->g) & 63),
           "segment %d in S4", s4->g);
  EXPECT(pins.s5_last_o == (s5->valid && !s5->pso) && pins.s5_psum_we_o == (s5->valid && s5->pso), "S5");
  EXPECT(pins.s5_more_o == (s5->valid && !last(s5)), "s5_more_o is %d", pins.s5_more_o);
  if (s5->valid)
    EXPECT(pins.s5_head_o == (s5->g == 0) && pins.s5_psum_addr_o == ((s5->psum + s5->g) & 255) &&
               pins.s5_psum_in_o == s5->psi,
           "segment %d in S5", s5->g);
  EXPECT(pins.s6_last_o == (s6->valid && !s6->pso), "s6_last_o is %d", pins.s6_last_o);
  if (s6->valid)
    EXPECT(pins.s6_seg_o == s6->g && pins.s6_wfirst_o == s6->wfirst && pins.s6_wlast_o == s6->wlast, "S6");
  EXPECT(pins.s7_wlast_o == (s7->valid && s7->wlast && !s7->pso), "s7_wlast_o is %d", pins.s7_wlast_o);
  EXPECT(pins.s8_out_o == (s8->valid && s8->wlast && !s8->pso), "s8_out_o is %d", pins.s8_out_o);
  if (!pins.s8_out_o)
    return;
  const struct layer *l = &s8->l;
  int m = s8->m + s8->g * l->tm, back = s8->c - l->cols;
  EXPECT(pins.s8_oa_o == ((s8->o_addr + out_addr(l, m, s8->r, s8->c)) & 0xffff), "segment %d: address", s8->g);
  EXPECT(pins.s8_omp_o == m % l->otn * l->oti * l->otj && pins.s8_oyp_o == s8->r % l->oti * l->otj &&
             pins.s8_oxp_o == s8->c % l->otj,
         "segment %d: phases", s8->g);
  EXPECT(pins.s8_wrap_oa_o == ((s8->o_addr + out_addr(l, m, s8->r + 1, 0) + floor_div(back, l->otj)) & 0xffff),
         "segment %d: address of wrapped lanes", s8->g);
  EXPECT(pins.s8_wrap_oyp_o == (s8->r + 1) % l->oti * l->otj && pins.s8_wrap_oxp_o == mod(back, l->otj),
         "segment %d: phases of wrapped lanes", s8->g);
}

int main(int argc, char **argv) {
  tb_start(argc, argv);
  pins.rst_i = 1;
  tick();
  pins.rst_i = 0;
  struct slot leaving = {0}, before = {0}, next = {0};
  long held = 0, close = 0, later = 0;
  int pause = 0, enable = 100;
  for (int sums = 0, idle = 0; idle < 20;) {
    if (tb_cycle % 500 == 0)
      enable = chance(30) ? 100 : between(40, 95);
    /* A sum may come when no result of the one before is left. */
    if (!next.valid && !leaving.valid && !pause && sums < SUMS) {
      next = before = sum_random(&before);
      sums++;
    }
    slot[4] = next.valid ? next : leaving;
    drive_sum(&next);
    drive_layers();
    pins.wb_done_i = (uint8_t)(!waiting || queue[0].left <= 1);
    settle();
    const struct slot *s8 = &slot[8];
    int out = s8->valid && s8->wlast && !s8->pso, end = s8->valid && last(s8) && s8->end;
    int pop = waiting && pins.wb_done_i, place = waiting - pop;
    EXPECT(pins.hold_o == ((out || end) && place == SEGS), "hold_o is %d", pins.hold_o);
    pins.en_i = (uint8_t)(!pins.hold_o && chance(enable));
    settle();
    check_stages();
    int enters = pins.en_i && (out || end);
    EXPECT((int)pins.load_o == (enters ? 1 << place : 0), "load_o is %x", (unsigned)pins.load_o);
    EXPECT(pins.shift_o == (pop && place), "shift_o is %d", pins.shift_o);
    int posts = pop ? queue[0].post2 : 0;
    if (pins.en_i && slot[5].valid && last(&slot[5]) && slot[5].end)
      posts |= slot[5].post;
    EXPECT(pins.post_o == posts, "posts %x, expected %x", pins.post_o, posts);
    int empty = !waiting && !leaving.valid;
    for (int k = 5; k <= 8; k++)
      empty &= !slot[k].valid;
    EXPECT(pins.empty_o == empty, "empty_o is %d", pins.empty_o);
    held += pins.hold_o;
    idle = empty && !next.valid && sums == SUMS ? idle + 1 : 0;

    /* The reference moves on. */
    queue[0].left -= queue[0].left > 0;
    if (pop)
      for (int k = 1; k < waiting; k++)
        queue[k - 1] = queue[k];
    waiting = place;
    if (enters) {
      queue[waiting].left = !out ? 0 : chance(30) ? rnd(16) : rnd(4);
      queue[waiting++].post2 = end ? s8->post2 : 0;
    }
    if (pins.en_i) {
      later += slot[4].valid && slot[4].g > 0;
      for (int k = 8; k > 4; k--)
        slot[k] = slot[k - 1];
      leaving = slot[4];
      leaving.g++;
      leaving.valid = slot[4].valid && !last(&slot[4]);
      if (slot[4].valid && last(&slot[4]))
        pause = chance(50) ? 0 : between(1, 6);
      else
        pause -= pause > 0;
      close += !pause;
      next.valid = 0;
    }
    tick();
  }
  EXPECT(held > 100 && close > 100, "%ld cycles held, %ld sums without a gap", held, close);
  EXPECT(SEGS == 1 || later > 1000, "only %ld results of later segments", later);
  return tb_done();
}
