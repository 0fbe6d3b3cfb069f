/* rtl/array/exec_position.v: random tiles of random layers, with pauses; where every sum stands against the definition
 * of the walk (layer.h). SPDX-License-Identifier: Apache-2.0 */
#include "layer.h"

enum { DIM = 32, SEGS = 4 };

static void check(const struct layer *l, const struct tile *t, const struct step *s) {
  const int ps = l->pool * l->s, y = s->y + ps, x = s->x - l->cols * ps;
  EXPECT(pins.ya_o == (s->y / l->ti * l->pitch & 1023) && pins.yp_o == s->y % l->ti * l->kx, "row of the window");
  EXPECT(pins.xa_o == (s->x / l->tj & 255) && pins.xp_o == s->x % l->tj, "column of the window");
  EXPECT(pins.m_o == s->m && pins.r_o == s->r && pins.c_o == s->c, "output (%d, %d, %d)", pins.m_o, pins.r_o, pins.c_o);
  EXPECT(pins.next_row_o == (s->r + 1 < t->rt), "next_row_o is %d", pins.next_row_o);
  if (l->flat) /* a row down, C columns back */
    EXPECT(pins.wrap_ya_o == (y / l->ti * l->pitch & 1023) && pins.wrap_yp_o == y % l->ti * l->kx &&
               pins.wrap_xa_o == (floor_div(x, l->tj) & 255) && pins.wrap_xp_o == mod(x, l->tj),
           "window of wrapped lanes");
  int m = t->om + s->m, r = t->oy + s->r, c = t->ox + s->c;
  uint64_t phases =
      (uint64_t)(m % l->otn * l->oti * l->otj) << 12 | (uint64_t)(r % l->oti * l->otj) << 6 | (uint64_t)(c % l->otj);
  EXPECT(pins.out_o == (((uint64_t)(t->o_addr + out_addr(l, m, r, c)) & 0xffff) << 18 | phases), "output's place");
}

int main(int argc, char **argv) {
  tb_start(argc, argv);
  long passed = 0;
  for (int n = 0; n < 2000; n++) {
    struct layer l = layer_random(DIM, SEGS);
    l.kx = l.ky = 1; /* a sum is a step here */
    const struct layer walk = l;
    struct tile t = tile_random(&walk, 300, 64, 256);
    t.ns = 1;
    t.nt = 1;
    l.kx = between(1, chance(50) ? 6 : 1023 / l.ti < 511 ? 1023 / l.ti : 511); /* phases of rows are scaled by it */
    uint32_t c[3][8], instr[8] = {0};
    layer_config(&l, c[0], c[1], c[2]);
    tile_instr(&l, &t, instr);
    memcpy(pins.cfg0_i, c[0] + 2, 24);
    memcpy(pins.cfg1_i, c[1] + 2, 24);
    memcpy(pins.cfg2_i, c[2] + 2, 24);
    memcpy(pins.instr_i, instr, 32);
    bits_random(pins.tile_i, 24);
    pins.tm_step_i = (uint16_t)(l.tm * l.qm);
    pins.begin_i = 1;
    pins.move_i = (uint8_t)rnd(2); /* that of the tile before */
    tick();
    pins.begin_i = 0;
    bits_random(pins.instr_i, 32);
    memcpy(pins.tile_i, instr + 2, 24);
    for (int k = 0; k < tile_step_count(&walk, &t); k += pins.move_i) {
      struct step s = tile_step(&walk, &t, k);
      pins.move_i = (uint8_t)chance(70);
      pins.last_pc_i = (uint8_t)(s.pc == l.pool - 1);
      pins.last_pr_i = (uint8_t)(s.pr == l.pool - 1);
      pins.last_cs_i = (uint8_t)(s.cs == t.cs - 1);
      pins.last_rs_i = (uint8_t)(s.rs == t.rs - 1);
      settle();
      check(&l, &t, &s);
      passed += l.flat && s.r > 0;
      tick();
    }
  }
  EXPECT(passed > 1000, "only %ld positions in line behind the first row", passed);
  return tb_done();
}
