/* rtl/array/exec_sequencer.v: random layers and tiles; every pin of S0..S8 against the definition of the walk
 * (layer.h), with a pipe that is held at random, a walk and a write-back that last at random, semaphores that are ready
 * at random. Parameter SEGS. SPDX-License-Identifier: Apache-2.0 */
#include "engine.h"
#include "layer.h"

enum { COUNT = 1200, DIM = 32 };
static struct layer layer_of[COUNT];
static struct tile tile_of[COUNT];

static void make_program(void) {
  struct layer l = {0};
  uint32_t config[3][8];
  for (int k = 0, word = 0, tiles = 0; k < COUNT; k++) {
    uint32_t *i = eng_add(0);
    if (word < 3) {
      if (word == 0)
        l = layer_random(DIM, SEGS);
      layer_config(&l, config[0], config[1], config[2]);
      memcpy(i + 2, config[word] + 2, 24);
      if (SEGS == 1 && word == 0)
        FIELD(i, XCFG0_QM, rnd(64)); /* a whole row has one result, whatever stands here */
      FIELD(i, HDR_OPCODE, AXF_OP_XCFG0 + word++);
      tiles = chance(40) ? 1 : between(1, 6); /* a layer of one short tile is over before the pipe is empty */
    } else {
      tile_of[k] = tile_random(&l, chance(30) ? 1 : chance(50) ? 30 : 400, 16, 64);
      tile_instr(&l, &tile_of[k], i);
      FIELD(i, HDR_POST2, 1 << rnd(16) | 1 << rnd(16));
      word = --tiles ? 3 : 0;
    }
    layer_of[k] = l;
  }
}

/* The reference: instruction and step number in each stage, -1: nothing; from S4 on the results of sums, of which it is
 * segment g. */
static struct place { int instr, k, bank, g; } stage[5], slot[9], leaving; /* leaving: the next result of a sum */
static int running = -1, step_k;                                           /* the tile that is in S0 */
static int slots_left;           /* results of the sum before that are still to leave: S0 completes none */
static int bank, next_bank;      /* configuration bank of S0's tile; the one set up last */
static uint32_t config[2][3][6]; /* what the banks hold */
static int walking;              /* the walk is under way */
/* Results that wait for write-back, oldest first: words to be written; the tile that is over then, or -1. */
static struct { int left, ends; } queue[SEGS + 1];
static int waiting;

static struct step at(const struct place *p) { return tile_step(&layer_of[p->instr], &tile_of[p->instr], p->k); }
static int last_slot(const struct place *p) { return p->g == layer_of[p->instr].qm - 1; }
static int ends(const struct place *p) { return p->instr >= 0 && last_slot(p) && at(p).end; }
static int waits(void) {
  return running >= 0 && slots_left && tile_step(&layer_of[running], &tile_of[running], step_k).last;
}

/* The result in S4: that of segment 0 with the last step of a sum, else the next one of the sum that leaves. */
static void find_slot(void) {
  slot[4] = leaving;
  if (stage[4].instr >= 0 && at(&stage[4]).last)
    slot[4] = stage[4];
}

static void check_s0(void) {
  EXPECT(pins.s0_valid_o == (running >= 0 && !waits()), "s0_valid_o is %d", pins.s0_valid_o);
  EXPECT(pins.slot_wait_o == waits(), "slot_wait_o is %d", pins.slot_wait_o);
  if (running < 0)
    return;
  const struct layer *l = &layer_of[running];
  const struct tile *t = &tile_of[running];
  struct step s = tile_step(l, t, step_k);
  EXPECT(pins.s0_naddr_o == ((t->ns_addr + s.n * l->plane + s.i * l->pitch + s.j) & 1023), "step %d: naddr", step_k);
  EXPECT(pins.s0_ya_o == (s.y / l->ti * l->pitch & 1023) && pins.s0_yp_o == s.y % l->ti * l->kx, "step %d: row",
         step_k);
  EXPECT(pins.s0_xa_o == (s.x / l->tj & 255) && pins.s0_xp_o == s.x % l->tj, "step %d: column", step_k);
  EXPECT(pins.s0_m_o == s.m && pins.s0_r_o == s.r && pins.s0_c_o == s.c, "step %d", step_k);
  EXPECT(pins.s0_flat_o == l->flat && pins.s0_next_row_o == (s.r + 1 < t->rt), "step %d: next row", step_k);
  if (l->flat) { /* a row down, C columns back */
    int y = s.y + l->pool * l->s, x = s.x - l->cols * l->pool * l->s;
    EXPECT(pins.s0_wrap_ya_o == (y / l->ti * l->pitch & 1023) && pins.s0_wrap_yp_o == y % l->ti * l->kx,
           "step %d: wrapped row", step_k);
    EXPECT(pins.s0_wrap_xa_o == (floor_div(x, l->tj) & 255) && pins.s0_wrap_xp_o == mod(x, l->tj),
           "step %d: wrapped column", step_k);
  }
  EXPECT(pins.s0_n_o == s.n * l->tn, "step %d: input map %d", step_k, pins.s0_n_o);
  EXPECT(pins.mt_o == t->mt && pins.rt_o == t->rt && pins.ct_o == t->ct && pins.nt_o == t->nt, "extent of the tile");
}

static void check_steps(void) {
  EXPECT(pins.s1_valid_o == (stage[1].instr >= 0 && pins.en_i), "s1_valid_o is %d", pins.s1_valid_o);
  if (stage[1].instr >= 0) {
    const struct layer *l = &layer_of[stage[1].instr];
    const struct tile *t = &tile_of[stage[1].instr];
    struct step s = at(&stage[1]);
    int i0 = s.i * l->ti * l->kx, j0 = s.j * l->tj, kk = l->ky * l->kx;
    EXPECT(pins.s1_i0_o == i0 && pins.s1_j0_o == j0, "synapse step (%d, %d)", pins.s1_i0_o, pins.s1_j0_o);
    EXPECT(pins.s1_kaddr_o == ((t->ks_addr + (s.ms * t->ns + s.n) * kk + i0 + j0) & 1023), "kernel address");
  }
  EXPECT(pins.s4_valid_o == (stage[4].instr >= 0), "s4_valid_o is %d", pins.s4_valid_o);
  if (stage[4].instr >= 0)
    EXPECT(pins.s4_first_o == at(&stage[4]).first, "s4_first_o is %d", pins.s4_first_o);
}

static void check_results(void) {
  struct step s[9] = {0};
  int v[9] = {0}, psi[9] = {0}, pso[9] = {0};
  for (int k = 4; k <= 8; k++) {
    v[k] = slot[k].instr >= 0;
    if (!v[k])
      continue;
    s[k] = at(&slot[k]);
    psi[k] = tile_of[slot[k].instr].psum_in;
    pso[k] = tile_of[slot[k].instr].psum_out;
  }
  EXPECT(pins.s4_psum_re_o == (v[4] && psi[4]) && pins.s4_par_re_o == (v[4] && !pso[4]), "reads in S4");
  if (v[4])
    EXPECT(pins.s4_psum_addr_o == ((s[4].psum_addr + slot[4].g) & 255) &&
               pins.s4_par_addr_o == ((s[4].par_addr + slot[4].g) & 63) && pins.s4_head_o == (slot[4].g == 0),
           "result in S4");
  EXPECT(pins.s5_last_o == (v[5] && !pso[5]) && pins.s5_psum_we_o == (v[5] && pso[5]), "result in S5");
  EXPECT(pins.s5_more_o == (v[5] && !last_slot(&slot[5])), "s5_more_o is %d", pins.s5_more_o);
  if (v[5])
    EXPECT(pins.s5_psum_addr_o == ((s[5].psum_addr + slot[5].g) & 255) && pins.s5_psum_in_o == psi[5] &&
               pins.s5_head_o == (slot[5].g == 0),
           "result in S5");
  EXPECT(pins.s6_last_o == (v[6] && !pso[6]), "s6_last_o is %d", pins.s6_last_o);
  if (v[6])
    EXPECT(pins.s6_wfirst_o == s[6].wfirst && pins.s6_wlast_o == s[6].wlast && pins.s6_seg_o == slot[6].g, "S6");
  EXPECT(pins.s7_wlast_o == (v[7] && s[7].wlast && !pso[7]), "s7_wlast_o is %d", pins.s7_wlast_o);
  EXPECT(pins.s8_out_o == (v[8] && s[8].wlast && !pso[8]), "s8_out_o is %d", pins.s8_out_o);
  if (pins.s8_out_o) {
    const struct layer *l = &layer_of[slot[8].instr];
    const struct tile *t = &tile_of[slot[8].instr];
    int m = t->om + s[8].m + slot[8].g * l->tm, r = t->oy + s[8].r, c = t->ox + s[8].c, back = c - l->cols;
    EXPECT(pins.s8_oa_o == ((t->o_addr + out_addr(l, m, r, c)) & 0xffff), "output address %d", pins.s8_oa_o);
    EXPECT(pins.s8_omp_o == m % l->otn * l->oti * l->otj && pins.s8_oyp_o == r % l->oti * l->otj &&
               pins.s8_oxp_o == c % l->otj,
           "output phases");
    if (l->flat)
      EXPECT(pins.s8_wrap_oa_o == ((t->o_addr + out_addr(l, m, r + 1, 0) + floor_div(back, l->otj)) & 0xffff) &&
                 pins.s8_wrap_oyp_o == (r + 1) % l->oti * l->otj && pins.s8_wrap_oxp_o == mod(back, l->otj),
             "wrapped output");
  }
}

/* The pins that say what layer the results in S4 and S7 are of. */
static void layer_pins(void) {
  uint32_t c[3][8];
  if (slot[4].instr >= 0) {
    const struct layer *l = &layer_of[slot[4].instr];
    layer_config(l, c[0], c[1], c[2]);
    pins.s4_qm_i = (uint8_t)(SEGS == 1 ? rnd(64) : l->qm);
    pins.s4_om_a_i = (uint16_t)GET(c[2], XCFG2_OM_A);
    pins.s4_om_p_i = (uint8_t)GET(c[2], XCFG2_OM_P);
    pins.s4_otot_i = (uint8_t)GET(c[1], XCFG1_OTOT);
    pins.s4_oplane_i = (uint16_t)l->oplane;
  }
  if (slot[7].instr >= 0) {
    const struct layer *l = &layer_of[slot[7].instr];
    layer_config(l, c[0], c[1], c[2]);
    pins.s7_otj_i = (uint8_t)l->otj;
    pins.s7_otitj_i = (uint8_t)GET(c[1], XCFG1_OTITJ);
    pins.s7_opitch_i = (uint16_t)l->opitch;
    pins.s7_on_a_i = (uint16_t)GET(c[2], XCFG2_ON_A);
    pins.s7_on_p_i = (uint8_t)GET(c[2], XCFG2_ON_P);
  }
}

/* The posts of this cycle: a tile whose last result leaves S5, a tile that is written, a configuration that starts. */
static int posts(const uint32_t *started) {
  int p = 0;
  if (pins.en_i && ends(&slot[5]))
    p |= GET(eng_instr[slot[5].instr], HDR_POST);
  if (waiting && pins.wb_done_i && queue[0].ends >= 0)
    p |= GET(eng_instr[queue[0].ends], HDR_POST2);
  if (started && GET(started, HDR_OPCODE) != AXF_OP_XTILE)
    p |= GET(started, HDR_POST);
  return p;
}

/* {configuration, other, neurons, kernels}: why no step starts in this cycle. */
static int stall(int started) {
  if (running >= 0)
    return 0;
  if (walking)
    return 8;
  if (!eng_valid && !started)
    return 4;
  const uint32_t *i = eng_instr[started ? eng_next - 1 : eng_next];
  if (GET(i, HDR_OPCODE) != AXF_OP_XTILE)
    return 8;
  if (started)
    return 0;
  int missing = GET(i, HDR_WAIT) & ~pins.sem_ready_i;
  return missing & 4 ? 1 : missing & 16 ? 2 : 4;
}

int main(int argc, char **argv) {
  tb_start(argc, argv);
  make_program();
  leaving.instr = -1;
  for (int k = 0; k < 9; k++)
    slot[k].instr = stage[k % 5].instr = -1;
  pins.rst_i = 1;
  pins.en_i = 1;
  pins.wb_done_i = 1;
  tick();
  pins.rst_i = 0;
  int walk_next = 0, walk_left = 0, enable = 100, load_next = -1;
  long outputs = 0, drained = 0, chains = 0, besides = 0, held = 0, waited = 0, read = 0, queued = 0;
  while (drained < 3) {
    if (tb_cycle % 500 == 0)
      enable = chance(30) ? 100 : between(40, 95);
    eng_drive();
    pins.wb_done_i = (uint8_t)(!waiting || queue[0].left <= 1);
    pins.walk_last_i = (uint8_t)(walk_left == 1);
    memcpy(pins.cfg0_i, config[bank][0], 24);
    memcpy(pins.cfg1_i, config[bank][1], 24);
    memcpy(pins.cfg2_i, config[bank][2], 24);
    find_slot();
    layer_pins();
    settle();
    int out = slot[8].instr >= 0 && at(&slot[8]).wlast && !tile_of[slot[8].instr].psum_out, end = ends(&slot[8]);
    int written = waiting && pins.wb_done_i, place = waiting - written;
    EXPECT(pins.hold_o == ((out || end) && place == SEGS), "hold_o is %d", pins.hold_o);
    pins.en_i = (uint8_t)(!pins.hold_o && chance(enable));
    settle();

    int enters = pins.en_i && (out || end);
    EXPECT((int)pins.load_o == (enters ? 1 << place : 0), "load_o is %x", (unsigned)pins.load_o);
    EXPECT(pins.shift_o == (written && place), "shift_o is %d", pins.shift_o);
    queued += place > 1;
    int empty = !waiting;
    for (int k = 1; k <= 8; k++)
      empty &= (k < 5 ? stage : slot)[k].instr < 0 && leaving.instr < 0;
    int idle = running < 0 && !walking;
    EXPECT(pins.idle_o == (idle && empty), "idle_o is %d", pins.idle_o);
    EXPECT(pins.walk_o == walk_next, "walk_o is %d", pins.walk_o);
    EXPECT(pins.walk_bank_o == next_bank, "walks bank %d", pins.walk_bank_o);
    check_s0();
    check_steps();
    check_results();
    waited += waits();
    read += tile_of[slot[5].instr < 0 ? 0 : slot[5].instr].psum_in && ends(&slot[5]);
    /* A tile follows at once on the one before; a configuration begins when nothing in the pipe uses the other bank. */
    int other = 0, op_next = eng_valid ? GET(eng_instr[eng_next], HDR_OPCODE) : 0;
    EXPECT((pins.bank_o & 1) == bank, "S0 uses bank %d", pins.bank_o & 1);
    for (int k = 1; k <= 8; k++) {
      const struct place *p = k < 4 ? &stage[k] : &slot[k];
      if (p->instr >= 0)
        EXPECT((pins.bank_o >> k & 1) == p->bank, "stage %d uses bank %d", k, pins.bank_o >> k & 1);
      other |= p->instr >= 0 && p->bank != bank;
    }
    other |= stage[4].instr >= 0 && stage[4].bank != bank;
    int s0_free =
        running < 0 || (pins.en_i && !waits() && tile_step(&layer_of[running], &tile_of[running], step_k).end);
    int due = !walking && eng_valid && !(GET(eng_instr[eng_next], HDR_WAIT) & ~pins.sem_ready_i) &&
              (op_next == AXF_OP_XTILE ? s0_free : op_next != AXF_OP_XCFG0 || !other);
    int chained = due && running >= 0 && op_next == AXF_OP_XTILE, beside = due && running >= 0 && !chained;
    chains += chained;
    held += !walking && op_next == AXF_OP_XCFG0 && eng_valid && other;
    besides += beside;
    EXPECT(pins.pop_o == due, "pop_o is %d", pins.pop_o);
    const uint32_t *i = eng_pop();
    EXPECT(pins.post_o == posts(i), "posts %x, expected %x", pins.post_o, posts(i));
    int why = stall(i != NULL);
    EXPECT(pins.stall_o == why, "stall_o is %x, expected %x", pins.stall_o, why);
    int op = i ? GET(i, HDR_OPCODE) : 0;
    load_next = i && op != AXF_OP_XTILE ? op - AXF_OP_XCFG0 : -1;
    EXPECT((pins.load0_o | pins.load1_o << 1 | pins.load2_o << 2) == (load_next < 0 ? 0 : 1 << load_next), "load");

    /* The reference moves on. */
    queue[0].left -= waiting && queue[0].left > 0;
    if (written)
      for (int k = 1; k < waiting; k++)
        queue[k - 1] = queue[k];
    waiting = place;
    if (enters) {
      queue[waiting].ends = end ? slot[8].instr : -1;
      queue[waiting++].left = !out ? 0 : chance(30) ? rnd(16) : rnd(5);
      outputs += out;
    }
    if (pins.en_i) {
      for (int k = 8; k > 4; k--)
        slot[k] = slot[k - 1];
      leaving = slot[4];
      leaving.g++;
      if (slot[4].instr >= 0 && last_slot(&slot[4]))
        leaving.instr = -1;
      for (int k = 4; k > 1; k--)
        stage[k] = stage[k - 1];
      int wait = waits();
      stage[1] = (struct place){wait ? -1 : running, step_k, bank, 0};
      slots_left -= slots_left > 0;
      if (running >= 0 && !wait) {
        if (at(&stage[1]).last)
          slots_left = layer_of[running].qm - 1;
        if (++step_k == tile_step_count(&layer_of[running], &tile_of[running]))
          running = -1;
      }
    }
    if (walk_left > 0 && --walk_left == 0)
      walking = 0;
    if (walk_next)
      walk_left = between(1, 6);
    walk_next = load_next == 2;
    if (walk_next)
      walking = 1;
    if (op == AXF_OP_XTILE) {
      running = eng_next - 1;
      step_k = 0;
    }
    if (load_next == 0)
      next_bank = !bank;
    EXPECT(load_next < 0 || pins.cfg_bank_o == next_bank, "loads bank %d", pins.cfg_bank_o);
    if (op == AXF_OP_XTILE)
      bank = next_bank;
    drained += eng_next == COUNT && idle && empty;
    tick();
    if (load_next >= 0)
      memcpy(config[next_bank][load_next], i + 2, 24);
  }
  EXPECT(outputs > 1000, "only %ld outputs", outputs);
  EXPECT(read > 50, "only %ld tiles that read partial sums", read);
  EXPECT(SEGS == 1 || queued > 50, "only %ld cycles with results that wait behind others", queued);
  EXPECT(SEGS == 1 || waited > 50, "only %ld waits for the results of the sum before", waited);
  EXPECT(chains > 100 && besides > 100 && held > 20,
         "%ld tiles without a gap, %ld configurations beside a tile, %ld cycles of waiting for a bank", chains, besides,
         held);
  return tb_done();
}
