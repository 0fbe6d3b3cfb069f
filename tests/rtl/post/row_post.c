/* rtl/post/row_post.v: random sums of Qm segments, windows, partial sums and parameters through the pipe, held at
 * random, against docs/arithmetic.md in 128-bit integers. Parameters W, ACC_W, SW, PS_WORDS, PAR_WORDS, SEGS.
 * SPDX-License-Identifier: Apache-2.0 */
#include "requant.h"
#include "tb.h"

enum { MAX = 4000 };
/* One step of the row: what the sequencer says about it, the segments that have an output, their sums. */
static struct step {
  int valid, first, last;
  uint32_t mask;
  int64_t sum[SEGS];
} steps[MAX];
/* A result in S4 in the cycle of step t, and its value q if it completes a window. */
static struct result {
  int valid, ok, g, more, wfirst, wlast, psum_in, psum_out, psum_addr, par_addr;
  int64_t q;
} results[MAX];
static struct requant par[PAR_WORDS];
static int64_t psum[PS_WORDS];
static int psum_known[PS_WORDS], n, leaving; /* leaving: results of the sum before end ahead of this step */
static int relu, avg, out_signed, qm;
static uint32_t mask; /* segments of the layer's row that have an output */

/* A step without meaning: says anything. */
static struct step *add(void) {
  struct step *s = &steps[n];
  memset(s, 0, sizeof *s);
  for (int g = 0; g < SEGS; g++)
    s->sum[g] = (int64_t)rnd64() >> (64 - SW);
  s->first = rnd(2);
  s->mask = (uint32_t)rnd64();
  if (n++ >= leaving) {
    memset(&results[n - 1], 0, sizeof *results);
    results[n - 1].psum_addr = rnd(256);
    results[n - 1].psum_in = rnd(2);
    results[n - 1].g = rnd(SEGS);
  }
  return s;
}

static int64_t random_sum(int range) {
  int64_t most = (1ll << (SW - 1)) - 1, v = (int64_t)rnd64() >> (64 - SW);
  return range == 0 ? v : range == 1 ? v % 1000 : chance(50) ? most : -most - 1;
}

/* A sum of several steps, perhaps from or to partial sums at `at`; leaves the segments' values in acc. What r says
 * holds for its results. */
static void add_sum(int range, int at, struct result r, int64_t *acc) {
  int count = chance(40) ? 1 : between(1, 6);
  for (int g = 0; g < SEGS; g++)
    acc[g] = 0;
  for (int k = 0; k < count; k++) {
    while ((k && chance(15)) || (k == count - 1 && n < leaving))
      add();
    struct step *s = add();
    s->valid = 1;
    s->first = k == 0;
    s->last = k == count - 1;
    s->mask = mask;
    for (int g = 0; g < SEGS; g++)
      acc[g] += s->sum[g] = random_sum(range);
  }
  for (int g = 0; g < qm; g++) {
    struct result *o = &results[n - 1 + g];
    *o = r;
    o->valid = 1;
    o->ok = mask >> g & 1;
    o->g = g;
    o->more = g < qm - 1;
    o->psum_addr = (at + g) % PS_WORDS;
    o->par_addr = (r.par_addr + g) % PAR_WORDS;
    if (r.psum_in)
      acc[g] += psum[o->psum_addr];
    if (r.psum_out && o->ok) {
      psum[o->psum_addr] = acc[g];
      psum_known[o->psum_addr] = 1;
    }
  }
  leaving = n - 1 + qm;
}

/* A layer of random windows; returns with them in steps[] and results[]. */
static void make_layer(void) {
  int window = chance(50) ? 1 : between(2, 3), range = rnd(3), at = 0;
  n = leaving = 0;
  relu = rnd(2);
  avg = rnd(2);
  out_signed = rnd(2);
  const int most = SEGS < PS_WORDS ? SEGS : PS_WORDS;
  qm = chance(30) ? 1 : between(1, most);
  mask = chance(50) ? ~0u : (uint32_t)rnd64() | 1;
  if (range == 2)
    avg = 0; /* extreme sums: the compiler bounds what is added up */
  while (n < MAX - 400) {
    struct result r = {.par_addr = rnd(PAR_WORDS)};
    int64_t acc[SEGS], p[SEGS];
    int known = 1;
    if (chance(50))
      at = rnd(PS_WORDS);
    for (int g = 0; g < qm; g++)
      known &= psum_known[(at + g) % PS_WORDS] || !(mask >> g & 1);
    if (chance(30)) { /* store partial sums, perhaps read them at once: a step later, in the cycle of the write */
      r.psum_in = known && range == 1;
      r.psum_out = 1;
      r.wfirst = rnd(2);
      r.wlast = rnd(2);
      add_sum(range, at, r, acc);
      for (int k = rnd(3); k > 0; k--)
        add();
      continue;
    }
    for (int k = 0; k < window * window; k++) {
      while (chance(10))
        add();
      r.psum_in = chance(60) && known;
      r.wfirst = k == 0;
      r.wlast = k == window * window - 1;
      add_sum(range, at, r, acc);
      for (int g = 0; g < qm; g++) {
        int64_t v = acc[g] + par[(r.par_addr + g) % PAR_WORDS].bias;
        if (relu && v < 0)
          v = 0;
        p[g] = k == 0 ? v : avg ? p[g] + v : v > p[g] ? v : p[g];
      }
    }
    for (int g = 0; g < qm; g++)
      results[n - 1 + g].q = requantise(p[g], &par[(r.par_addr + g) % PAR_WORDS], out_signed);
  }
  while (n < leaving)
    add();
}

/* One record through the bus, its words lowest first, with pauses. */
static void write_record(int at) {
  struct requant *r = &par[at];
  r->bias = chance(20) ? 0 : chance(30) ? rnd(2000) - 1000 : rnd(2000000) - 1000000;
  r->mult = chance(10) ? rnd(2) * 255 : rnd(256);
  r->shift = chance(20) ? between(1, 39) : between(4, SW > 32 ? 34 : 20);
  if (chance(30)) { /* near the limits, and often halfway between two results */
    r->bias = rnd(200) - 100;
    r->mult = 1 << rnd(8);
    r->shift = between(1, 10);
  }
  uint64_t record = ((uint64_t)r->bias & 0xffffffffffff) | (uint64_t)r->mult << 48 | (uint64_t)r->shift << 56;
  for (int k = 0; k < 64 / W; k++) {
    bits_set(&pins.bus_i, 0, W, record >> k * W);
    pins.par_shift_i = 1;
    pins.par_we_i = k == 64 / W - 1;
    pins.par_waddr_i = (uint8_t)at;
    tick();
    pins.par_shift_i = pins.par_we_i = 0;
    if (chance(20))
      tick();
  }
}

int main(int argc, char **argv) {
  tb_start(argc, argv);
  long outputs = 0, bypassed = 0, later = 0;
  for (int layer = 0; layer < 24; layer++) {
    pins.en_i = 0;
    for (int k = 0; k < PAR_WORDS; k++)
      write_record(k);
    make_layer();
    pins.relu_i = (uint8_t)relu;
    pins.avg_i = (uint8_t)avg;
    pins.out_signed_i = (uint8_t)out_signed;
    static struct step no_step;
    static struct result none;
    int enable = chance(30) ? 100 : between(30, 95);
    for (int t = 0; t < n + 5;) { /* step t and result t are in S4, result t - 1 in S5, .. */
      const struct step *s4 = t < n ? &steps[t] : &no_step;
      const struct result *s[9];
      for (int k = 4; k <= 8; k++)
        s[k] = t - (k - 4) >= 0 && t - (k - 4) < n ? &results[t - (k - 4)] : &none;
      pins.supply_i = (uint8_t)tb_cycle; /* these stores are faultless at every supply */
      pins.en_i = (uint8_t)chance(enable);
      bits_set(&pins.s4_valid_i, 0, SEGS, s4->valid ? s4->mask : 0);
      pins.s4_first_i = (uint8_t)s4->first;
      for (int g = 0; g < SEGS; g++)
        bits_set(&pins.sum_i, g * SW, SW, (uint64_t)s4->sum[g]);
      pins.s4_psum_re_i = (uint8_t)(s[4]->valid && s[4]->ok && s[4]->psum_in);
      pins.s4_psum_addr_i = (uint8_t)s[4]->psum_addr;
      pins.s4_par_re_i = (uint8_t)(s[4]->valid && s[4]->ok && !s[4]->psum_out);
      pins.s4_par_addr_i = (uint8_t)s[4]->par_addr;
      pins.s5_head_i = (uint8_t)(s[5]->g == 0);
      pins.s5_more_i = (uint8_t)(s[5]->valid && s[5]->more);
      pins.s5_psum_in_i = (uint8_t)s[5]->psum_in;
      pins.s5_last_i = (uint8_t)(s[5]->valid && s[5]->ok && !s[5]->psum_out);
      pins.s5_psum_we_i = (uint8_t)(s[5]->valid && s[5]->ok && s[5]->psum_out);
      pins.s5_psum_addr_i = (uint8_t)s[5]->psum_addr;
      pins.s6_last_i = (uint8_t)(s[6]->valid && s[6]->ok && !s[6]->psum_out);
      pins.s6_wfirst_i = (uint8_t)s[6]->wfirst;
      pins.s6_wlast_i = (uint8_t)s[6]->wlast;
      pins.s6_seg_i = (uint8_t)s[6]->g;
      pins.s7_wlast_i = (uint8_t)(s[7]->valid && s[7]->ok && s[7]->wlast && !s[7]->psum_out);
      settle();
      if (s[8]->valid && s[8]->ok && s[8]->wlast && !s[8]->psum_out) {
        EXPECT((int64_t)bits_get(&pins.q_o, 0, W) == s[8]->q, "segment %d: q is %llx, expected %llx", s[8]->g,
               (unsigned long long)bits_get(&pins.q_o, 0, W), (unsigned long long)s[8]->q);
        outputs++;
        later += s[8]->g > 0;
      }
      bypassed += pins.en_i && pins.s4_psum_re_i && pins.s5_psum_we_i && s[4]->psum_addr == s[5]->psum_addr;
      t += pins.en_i;
      tick();
    }
  }
  EXPECT(outputs > 2000 && bypassed > 10, "only %ld results, %ld bypassed", outputs, bypassed);
  EXPECT(SEGS == 1 || later > 500, "only %ld results of later segments", later);
  return tb_done();
}
