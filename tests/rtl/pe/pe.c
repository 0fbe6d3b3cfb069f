/* rtl/pe/pe.v: random windows over random factors. A lane of the column (ti, tj) holds the synapse (i, j) whose input
 * row and column, counted from the start of the groups, are ti modulo Ti and tj modulo Tj: i = (ti - yp) mod Ti +
 * Ti*step. Stores are written at random meanwhile, the pipe is held at random. Parameters W, NS_WORDS, KS_WORDS,
 * ZERO_SKIP.
 * SPDX-License-Identifier: Apache-2.0 */
#include "product.h"
#include "tb.h"

#ifndef ZERO_SKIP /* the test's core gives products other than 0 for zeros: skipping shows */
#define ZERO_SKIP 0
#endif

static int ns[NS_WORDS], ks[KS_WORDS];

static int code(void) { /* often a zero, or minus zero */
  int v = rnd(1 << W);
  return chance(10) ? 0 : chance(10) ? 1 << (W - 1) : chance(10) ? (1 << W) - 1 : v;
}

static void write_stores(int naddr, int kaddr) {
  pins.ns_we_i = (uint8_t)chance(50);
  pins.ks_we_i = (uint8_t)chance(50);
  /* A store uses the lower bits of an address. */
  pins.ns_addr_i = (uint16_t)((chance(20) ? naddr : rnd(NS_WORDS)) + rnd(1024 / NS_WORDS) * NS_WORDS);
  pins.ks_addr_i = (uint16_t)((chance(20) ? kaddr : rnd(KS_WORDS)) + rnd(1024 / KS_WORDS) * KS_WORDS);
  bits_set(&pins.ns_data_i, 0, W, (uint64_t)code());
  bits_set(&pins.ks_data_i, 0, W, (uint64_t)code());
}

static int least(int a, int b) { return a < b ? a : b; }

/* Ti * Kx and Ky * Kx are numbers of ten bits, Kx one of nine: mostly small ones, else up to the limits. */
struct layer {
  int ti, tj, ky, kx, pitch;
};
static struct layer layer_draw(void) {
  struct layer l;
  const int large = chance(30);
  l.kx = between(1, large ? (chance(50) ? 511 : 60) : 12);
  l.ky = between(1, large ? 1023 / l.kx : 12);
  l.ti = between(1, large ? least(32, 1023 / l.kx) : 16);
  l.tj = between(1, large ? 32 : 16);
  l.pitch = between(1, large ? 1023 : 20);
  return l;
}
static void layer_pins(const struct layer *l) {
  pins.tikx_i = (uint16_t)(l->ti * l->kx);
  pins.tj_i = (uint8_t)l->tj;
  pins.kk_i = (uint16_t)(l->ky * l->kx);
  pins.kx_i = (uint16_t)l->kx;
  pins.pitch_i = (uint16_t)l->pitch;
}

/* An idle lane's numbers mean nothing. */
static void idle_pins(void) {
  uint16_t *const ten[] = {&pins.tikx_i,     &pins.kk_i,    &pins.pitch_i, &pins.col_i_i, &pins.yp_i,
                           &pins.row_addr_i, &pins.kaddr_i, &pins.i0_i,    &pins.j0_i};
  for (size_t k = 0; k < sizeof(ten) / sizeof(*ten); k++)
    *ten[k] = (uint16_t)rnd(1024);
  pins.kx_i = (uint16_t)rnd(512);
  pins.tj_i = (uint8_t)rnd(64);
  pins.col_j_i = (uint8_t)rnd(64);
  pins.xp_i = (uint8_t)rnd(64);
}

static void fill(void) {
  pins.en_i = 0;
  for (int a = 0; a < NS_WORDS || a < KS_WORDS; a++) {
    write_stores(0, 0);
    pins.ns_we_i = pins.ks_we_i = 1;
    pins.ns_addr_i = (uint16_t)(a % NS_WORDS);
    pins.ks_addr_i = (uint16_t)(a % KS_WORDS);
    ns[a % NS_WORDS] = (int)bits_get(&pins.ns_data_i, 0, W);
    ks[a % KS_WORDS] = (int)bits_get(&pins.ks_data_i, 0, W);
    tick();
  }
}

int main(int argc, char **argv) {
  tb_start(argc, argv);
  fill();
  int lane = 0, a = 0, w = 0, steps = 0, active_steps = 0, skipped = 0; /* the step before was active, and read these */
  int64_t want = 0;
  for (int layer = 0; layer < 400; layer++) {
    const struct layer l = layer_draw();
    int ti = l.ti, tj = l.tj, kx = l.kx, ky = l.ky, pitch = l.pitch;
    int in_signed = rnd(2), core = rnd(16);
    layer_pins(&l);
    /* The sign flag acts on the multiply stage: steps of the layer before are out by then. */
    pins.en_i = 1;
    pins.row_ok_i = 0;
    for (int t = 0; t < 3; t++) {
      pins.ns_we_i = pins.ks_we_i = 0;
      tick();
    }
    lane = 0;
    want = 0;
    pins.signed_i = (uint8_t)in_signed;
    pins.core_i = (uint8_t)core;
    for (int t = 0; t < 60; t++) {
      int col_i = rnd(ti), col_j = rnd(tj), yp = rnd(ti), xp = rnd(tj);
      int istep = rnd((ky + ti - 1) / ti), jstep = rnd((kx + tj - 1) / tj);
      int row_addr = rnd(1024), kbase = rnd(1024);
      int i = istep * ti + ((col_i - yp) % ti + ti) % ti, j = jstep * tj + ((col_j - xp) % tj + tj) % tj;
      /* The row group and column group that input (yp + i, xp + j) is in, less the steps' own. */
      int ygroup = (yp + i) / ti - istep, xgroup = (xp + j) / tj - jstep;
      int row_ok = chance(85), col_ok = chance(85), active = row_ok && col_ok && i < ky && j < kx;
      int naddr = (row_addr + ygroup * pitch + xgroup) % NS_WORDS, kaddr = (kbase + i * kx + j) % KS_WORDS;
      pins.col_i_i = (uint16_t)(col_i * kx);
      pins.col_j_i = (uint8_t)col_j;
      pins.yp_i = (uint16_t)(yp * kx);
      pins.xp_i = (uint8_t)xp;
      pins.row_ok_i = (uint8_t)row_ok;
      pins.col_ok_i = (uint8_t)col_ok;
      pins.row_addr_i = (uint16_t)row_addr;
      pins.kaddr_i = (uint16_t)((kbase + istep * ti * kx + jstep * tj) % 1024);
      pins.i0_i = (uint16_t)(istep * ti * kx);
      pins.j0_i = (uint16_t)(jstep * tj);
      pins.supply_i = (uint8_t)tb_cycle; /* these stores are faultless at every supply */
      pins.en_i = (uint8_t)chance(75);
      layer_pins(&l);
      if (!row_ok || !col_ok)
        idle_pins();
      write_stores(naddr, kaddr);
      settle();
      EXPECT(pins.active_o == active, "active_o is %d for synapse (%d, %d) of %d x %d", pins.active_o, i, j, ky, kx);
      EXPECT(bits_get(&pins.product_o, 0, 2 * W + 1) == ((uint64_t)want & ((1ull << (2 * W + 1)) - 1)),
             "product %llx, expected %lld", (unsigned long long)bits_get(&pins.product_o, 0, 2 * W + 1),
             (long long)want);
      if (pins.en_i) { /* two steps on: the product; one: the operands, as they were before this cycle's write */
        want = lane ? product(w, a, in_signed, core) : 0;
        lane = active && !(ZERO_SKIP && (ns[naddr] == 0 || ks[kaddr] % (1 << (W - 1)) == 0));
        if (active) {
          a = ns[naddr];
          w = ks[kaddr];
        }
        skipped += active && !lane;
        steps++;
        active_steps += active;
      }
      if (pins.ns_we_i)
        ns[pins.ns_addr_i % NS_WORDS] = (int)bits_get(&pins.ns_data_i, 0, W);
      if (pins.ks_we_i)
        ks[pins.ks_addr_i % KS_WORDS] = (int)bits_get(&pins.ks_data_i, 0, W);
      tick();
    }
  }
  EXPECT(active_steps > steps / 8, "only %d of %d steps were active", active_steps, steps);
  EXPECT(!ZERO_SKIP || skipped > active_steps / 8, "only %d steps skipped", skipped);
  return tb_done();
}
