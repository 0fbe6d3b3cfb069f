/* rtl/array/exec_sequencer.v: random layers and tiles; every pin of S0..S8 against the definition of the walk
 * (layer.h), with a pipe that is held at random, a walk and a write-back that last at random, semaphores that are ready
 * at random. SPDX-License-Identifier: Apache-2.0 */
#include "engine.h"
#include "layer.h"

enum { COUNT = 1200, DIM = 16 };
static struct layer layer_of[COUNT];
static struct tile tile_of[COUNT];

static void make_program(void) {
  struct layer l = {0};
  uint32_t config[3][8];
  for (int k = 0, word = 0, tiles = 0; k < COUNT; k++) {
    uint32_t *i = eng_add(0);
    if (word < 3) {
      if (word == 0)
        l = layer_random(DIM);
      layer_config(&l, config[0], config[1], config[2]);
      memcpy(i + 2, config[word] + 2, 24);
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

/* The reference: instruction and step number in each stage, -1: nothing. */
static struct { int instr, k, bank; } stage[9];
static int running = -1, step_k; /* the tile that is in S0 */
static int bank, next_bank;      /* configuration bank of S0's tile; the one set up last */
static uint32_t config[2][3][6]; /* what the banks hold */
static int walking, ending = -1,
                    left; /* the walk is under way; the tile to be posted when written; words to be written */

static struct step at(int s) { return tile_step(&layer_of[stage[s].instr], &tile_of[stage[s].instr], stage[s].k); }

static void check_s0(void) {
  EXPECT(pins.s0_valid_o == (running >= 0), "s0_valid_o is %d", pins.s0_valid_o);
  if (running < 0)
    return;
  const struct layer *l = &layer_of[running];
  const struct tile *t = &tile_of[running];
  struct step s = tile_step(l, t, step_k);
  EXPECT(pins.s0_naddr_o == ((t->ns_addr + s.n * l->plane + s.i * l->pitch + s.j) & 1023), "step %d: naddr", step_k);
  EXPECT(pins.s0_ya_o == (s.y / l->ti * l->pitch & 1023) && pins.s0_yp_o == s.y % l->ti * l->kx, "step %d: row",
         step_k);
  EXPECT(pins.s0_xa_o == (s.x / l->tj & 255) && pins.s0_xp_o == s.x % l->tj, "step %d: column", step_k);
  EXPECT(pins.s0_m_o == s.ms * l->tm && pins.s0_r_o == s.rs * l->tr && pins.s0_c_o == s.cs * l->tc, "step %d", step_k);
  EXPECT(pins.s0_n_o == s.n * l->tn, "step %d: input map %d", step_k, pins.s0_n_o);
  EXPECT(pins.mt_o == t->mt && pins.rt_o == t->rt && pins.ct_o == t->ct && pins.nt_o == t->nt, "extent of the tile");
}

static void check_stages(void) {
  struct step s[9] = {0};
  int v[9] = {0}, psi[9] = {0}, pso[9] = {0};
  for (int k = 1; k <= 8; k++) {
    v[k] = stage[k].instr >= 0;
    if (!v[k])
      continue;
    s[k] = at(k);
    psi[k] = tile_of[stage[k].instr].psum_in;
    pso[k] = tile_of[stage[k].instr].psum_out;
  }
  EXPECT(pins.s1_valid_o == (v[1] && pins.en_i), "s1_valid_o is %d", pins.s1_valid_o);
  if (v[1]) {
    const struct layer *l = &layer_of[stage[1].instr];
    const struct tile *t = &tile_of[stage[1].instr];
    int i0 = s[1].i * l->ti * l->kx, j0 = s[1].j * l->tj, kk = l->ky * l->kx;
    EXPECT(pins.s1_i0_o == i0 && pins.s1_j0_o == j0, "synapse step (%d, %d)", pins.s1_i0_o, pins.s1_j0_o);
    EXPECT(pins.s1_kaddr_o == ((t->ks_addr + (s[1].ms * t->ns + s[1].n) * kk + i0 + j0) & 1023), "kernel address");
  }
  EXPECT(pins.s3_psum_re_o == (v[3] && s[3].first && psi[3]), "s3_psum_re_o is %d", pins.s3_psum_re_o);
  if (v[3])
    EXPECT(pins.s3_psum_addr_o == s[3].psum_addr, "partial sum %d is read", pins.s3_psum_addr_o);
  EXPECT(pins.s4_valid_o == v[4] && pins.s4_last_o == (v[4] && s[4].last && !pso[4]), "S4");
  if (v[4])
    EXPECT(pins.s4_first_o == s[4].first && pins.s4_psum_in_o == psi[4] && pins.s4_par_addr_o == s[4].par_addr, "S4");
  EXPECT(pins.s5_last_o == (v[5] && s[5].last && !pso[5]), "s5_last_o is %d", pins.s5_last_o);
  EXPECT(pins.s5_psum_we_o == (v[5] && s[5].last && pso[5]), "s5_psum_we_o is %d", pins.s5_psum_we_o);
  if (v[5])
    EXPECT(pins.s5_psum_addr_o == s[5].psum_addr, "partial sum %d is written", pins.s5_psum_addr_o);
  EXPECT(pins.s6_last_o == (v[6] && s[6].last && !pso[6]), "s6_last_o is %d", pins.s6_last_o);
  if (v[6])
    EXPECT(pins.s6_wfirst_o == s[6].wfirst, "s6_wfirst_o is %d", pins.s6_wfirst_o);
  EXPECT(pins.s7_wlast_o == (v[7] && s[7].last && s[7].wlast && !pso[7]), "s7_wlast_o is %d", pins.s7_wlast_o);
  EXPECT(pins.s8_out_o == (v[8] && s[8].last && s[8].wlast && !pso[8]), "s8_out_o is %d", pins.s8_out_o);
  if (pins.s8_out_o) {
    const struct layer *l = &layer_of[stage[8].instr];
    const struct tile *t = &tile_of[stage[8].instr];
    int m = t->om + s[8].ms * l->tm, r = t->oy + s[8].rs * l->tr, c = t->ox + s[8].cs * l->tc;
    EXPECT(pins.s8_oa_o == ((t->o_addr + out_addr(l, m, r, c)) & 0xffff), "output address %d", pins.s8_oa_o);
    EXPECT(pins.s8_omp_o == m % l->otn * l->oti * l->otj && pins.s8_oyp_o == r % l->oti * l->otj &&
               pins.s8_oxp_o == c % l->otj,
           "output phases");
  }
}

/* The posts of this cycle: a tile whose last step leaves S5, a tile that is written, a configuration that starts. */
static int posts(const uint32_t *started) {
  int p = 0;
  if (pins.en_i && stage[5].instr >= 0 && at(5).end)
    p |= GET(eng_instr[stage[5].instr], HDR_POST);
  if (ending >= 0 && pins.wb_done_i)
    p |= GET(eng_instr[ending], HDR_POST2);
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
  for (int k = 0; k < 9; k++)
    stage[k].instr = -1;
  pins.rst_i = 1;
  pins.en_i = 1;
  pins.wb_done_i = 1;
  tick();
  pins.rst_i = 0;
  int walk_next = 0, walk_left = 0, enable = 100, load_next = -1;
  long outputs = 0, drained = 0, chains = 0, besides = 0, held = 0;
  while (drained < 3) {
    if (tb_cycle % 500 == 0)
      enable = chance(30) ? 100 : between(40, 95);
    eng_drive();
    pins.wb_done_i = (uint8_t)(left <= 1);
    pins.walk_last_i = (uint8_t)(walk_left == 1);
    memcpy(pins.cfg0_i, config[bank][0], 24);
    memcpy(pins.cfg1_i, config[bank][1], 24);
    memcpy(pins.cfg2_i, config[bank][2], 24);
    settle();
    int out = stage[8].instr >= 0 && at(8).last && at(8).wlast && !tile_of[stage[8].instr].psum_out;
    int end = stage[8].instr >= 0 && at(8).end;
    EXPECT(pins.hold_o == (!pins.wb_done_i && (out || end)), "hold_o is %d", pins.hold_o);
    pins.en_i = (uint8_t)(!pins.hold_o && chance(enable));
    settle();

    int empty = ending < 0 && pins.wb_done_i;
    for (int k = 1; k <= 8; k++)
      empty &= stage[k].instr < 0;
    int idle = running < 0 && !walking;
    EXPECT(pins.idle_o == (idle && empty), "idle_o is %d", pins.idle_o);
    EXPECT(pins.walk_o == walk_next, "walk_o is %d", pins.walk_o);
    check_s0();
    check_stages();
    /* A tile follows at once on the one before unless it could read the partial sum that is being stored; a
     * configuration begins when no step in the pipe uses the other bank. */
    int other = 0, op_next = eng_valid ? GET(eng_instr[eng_next], HDR_OPCODE) : 0;
    EXPECT((pins.bank_o & 1) == bank, "S0 uses bank %d", pins.bank_o & 1);
    for (int k = 1; k <= 8; k++)
      if (stage[k].instr >= 0) {
        EXPECT((pins.bank_o >> k & 1) == stage[k].bank, "stage %d uses bank %d", k, pins.bank_o >> k & 1);
        other |= stage[k].bank != bank;
      }
    int s0_free = running < 0;
    if (running >= 0 && pins.en_i && tile_step(&layer_of[running], &tile_of[running], step_k).end)
      s0_free = !tile_of[running].psum_out ||
                tile_step(&layer_of[running], &tile_of[running], step_k).psum_addr != tile_of[running].psum_addr;
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
    if (ending >= 0 && pins.wb_done_i)
      ending = -1;
    left -= left > 0;
    if (pins.en_i) {
      if (end)
        ending = stage[8].instr;
      if (out) {
        left = chance(30) ? rnd(16) : rnd(5);
        outputs++;
      }
      for (int k = 8; k > 1; k--)
        stage[k] = stage[k - 1];
      stage[1].instr = running;
      stage[1].k = step_k;
      stage[1].bank = bank;
      if (running >= 0 && ++step_k == tile_step_count(&layer_of[running], &tile_of[running]))
        running = -1;
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
  EXPECT(chains > 100 && besides > 100 && held > 20,
         "%ld tiles without a gap, %ld configurations beside a tile, %ld cycles of waiting for a bank", chains, besides,
         held);
  return tb_done();
}
