/* rtl/array/exec_config.v: random layers; the walk's offsets against divisions. Row k is output (tm, tr, tc), column k
 * of a segment synapse (tn, ti, tj). Parameters D, SEGS. SPDX-License-Identifier: Apache-2.0 */
#include "layer.h"

static void load(int word, const uint32_t *instr) {
  bits_random(pins.instr_i, 32);
  tick(); /* not a strobe */
  memcpy(pins.instr_i, instr, 32);
  pins.load0_i = word == 0;
  pins.load1_i = word == 1;
  pins.load2_i = word == 2;
  tick();
  pins.load0_i = pins.load1_i = pins.load2_i = 0;
  bits_random(pins.instr_i, 32);
}

static void check_row(const struct layer *l, int k) {
  int tm = k / (l->tr * l->tc), tr = k / l->tc % l->tr, tc = k % l->tc;
  EXPECT(pins.row_active_o == (tm < l->tm), "row %d is active: %d", k, pins.row_active_o);
  if (tm >= l->tm)
    return;
  int y = tr * l->pool * l->s, x = tc * l->pool * l->s;
  EXPECT(pins.row_tm_o == tm && pins.row_tr_o == tr && pins.row_tc_o == tc, "row %d is (%d, %d, %d)", k, pins.row_tm_o,
         pins.row_tr_o, pins.row_tc_o);
  EXPECT(pins.row_ya_o == (y / l->ti * l->pitch & 1023) && pins.row_yp_o == y % l->ti * l->kx, "row %d: input row", k);
  EXPECT(pins.row_xa_o == (x / l->tj & 255) && pins.row_xp_o == x % l->tj, "row %d: input column", k);
  EXPECT(pins.row_oa_o == (out_addr(l, tm, tr, tc) & 0xffff), "row %d: output address", k);
  EXPECT(pins.row_omp_o + pins.row_oyp_o + pins.row_oxp_o == out_bank(l, tm, tr, tc), "row %d: output bank", k);
  EXPECT(pins.row_omp_o == tm % l->otn * l->oti * l->otj && pins.row_oxp_o == tc % l->otj, "row %d: output phases", k);
}

/* What the banks hold: the other one keeps its layer while one is set up. */
static struct layer layer_of[2];
static uint32_t loaded[2][3][6];
static int set;

static void check_registers(void) {
  for (int b = 0; b < 2; b++)
    if (set >> b & 1)
      EXPECT(!memcmp(&pins.cfg0_o[6 * b], loaded[b][0], 24) && !memcmp(&pins.cfg1_o[6 * b], loaded[b][1], 24) &&
                 !memcmp(&pins.cfg2_o[6 * b], loaded[b][2], 24),
             "a register of bank %d lost its value", b);
}

static void check_columns(const struct layer *l, int bank) {
  for (int k = 0; k < D; k++) {
    int in = k % (1 << l->seg_log2), tn = in / (l->ti * l->tj), at = bank * D + k;
    EXPECT((int)bits_get(&pins.col_n_o, at * 6, 6) == (tn < l->tn ? tn : 63), "bank %d column %d: map", bank, k);
    EXPECT((int)bits_get(&pins.col_i_o, at * 10, 10) == in / l->tj % l->ti * l->kx, "bank %d column %d: i", bank, k);
    EXPECT((int)bits_get(&pins.col_j_o, at * 6, 6) == in % l->tj, "bank %d column %d: j", bank, k);
  }
}

int main(int argc, char **argv) {
  tb_start(argc, argv);
  pins.rst_i = 1;
  tick();
  pins.rst_i = 0;
  for (int t = 0; t < 500; t++) {
    struct layer l = layer_random(D, SEGS);
    if (chance(40)) { /* large kernels and steps: only the walk looks at them here */
      l.kx = between(1, 1023 / l.ti < 511 ? 1023 / l.ti : 511);
      l.ky = between(1, 255);
      l.s = between(1, 15);
      l.pool = between(1, 15);
    }
    uint32_t c[3][8];
    layer_config(&l, c[0], c[1], c[2]);
    pins.bank_i = pins.walk_bank_i = (uint8_t)rnd(2);
    layer_of[pins.bank_i] = l;
    for (int w = 0; w < 3; w++)
      memcpy(loaded[pins.bank_i][w], c[w] + 2, 24);
    set |= 1 << pins.bank_i;
    for (int w = 0; w < 3; w++)
      load(w, c[w]);
    settle();
    check_registers();
    EXPECT(bits_get(&pins.row_we_o, 0, D) == 0 && !pins.walk_last_o, "walks without a start");
    if (chance(20)) {
      pins.walk_i = 1;
      tick();
      pins.walk_i = 0;
      for (int k = rnd(D); k > 0; k--)
        tick();
      pins.rst_i = 1;
      tick();
      pins.rst_i = 0;
      settle();
      EXPECT(bits_get(&pins.row_we_o, 0, D) == 0 && !pins.walk_last_o, "a reset does not end the walk");
    }
    pins.walk_i = 1;
    tick();
    pins.walk_i = 0;
    for (int k = 0; k < D; k++) {
      settle();
      EXPECT(bits_get(&pins.row_we_o, 0, D) == 1ull << k, "cycle %d of the walk writes another row", k);
      EXPECT(pins.walk_last_o == (k == D - 1), "walk_last_o in cycle %d", k);
      check_row(&l, k);
      tick();
    }
    settle();
    EXPECT(bits_get(&pins.row_we_o, 0, D) == 0, "walks on");
    for (int bank = 0; bank < 2; bank++)
      if (set >> bank & 1)
        check_columns(&layer_of[bank], bank);
  }
  return tb_done();
}
