/* rtl/post/row_post.v: random sums, windows, partial sums and parameters through the pipe, held at random, against
 * docs/arithmetic.md in 128-bit integers. Parameters W, ACC_W, SW, PS_WORDS, PAR_WORDS. SPDX-License-Identifier:
 * Apache-2.0 */
#include "requant.h"
#include "tb.h"

enum { MAX = 4000 };
/* One step of the row: what the sequencer says about it, and its sum. The result q belongs to the last step of a
 * window. */
struct step {
  int valid, first, last, wfirst, wlast, psum_in, psum_out, psum_addr, par_addr;
  int64_t sum, q;
};
static struct step steps[MAX];
static struct requant par[PAR_WORDS];
static int64_t psum[PS_WORDS];
static int psum_known[PS_WORDS], n;
static int relu, avg, out_signed;

static struct step *add(void) {
  struct step *s = &steps[n++];
  memset(s, 0, sizeof *s);
  bits_random(&s->psum_addr, 1); /* a step without meaning says anything */
  s->sum = (int64_t)rnd64() >> (64 - SW);
  s->first = rnd(2);
  s->psum_in = rnd(2);
  return s;
}

static int64_t random_sum(int range) {
  int64_t most = (1ll << (SW - 1)) - 1, v = (int64_t)rnd64() >> (64 - SW);
  return range == 0 ? v : range == 1 ? v % 1000 : chance(50) ? most : -most - 1;
}

/* A result of several steps, perhaps from or to a partial sum; returns the sum. */
static int64_t add_result(int range, int in, int out, int at, int wfirst, int wlast, int par_addr) {
  int64_t acc = in ? psum[at] : 0;
  int count = chance(40) ? 1 : between(1, 6);
  for (int k = 0; k < count; k++) {
    if (k && chance(15))
      add();
    struct step *s = add();
    *s = (struct step){.valid = 1,
                       .first = k == 0,
                       .last = k == count - 1,
                       .wfirst = wfirst,
                       .wlast = wlast,
                       .psum_in = in,
                       .psum_out = out,
                       .psum_addr = at,
                       .par_addr = par_addr,
                       .sum = random_sum(range)};
    acc += s->sum;
  }
  if (out) {
    psum[at] = acc;
    psum_known[at] = 1;
  }
  return acc;
}

/* A layer of random windows; returns with them in steps[]. */
static void make_layer(void) {
  int window = chance(50) ? 1 : between(2, 3), range = rnd(3), at = 0;
  n = 0;
  relu = rnd(2);
  avg = rnd(2);
  out_signed = rnd(2);
  if (range == 2)
    avg = 0; /* extreme sums: the compiler bounds what is added up */
  while (n < MAX - 200) {
    int par_addr = rnd(PAR_WORDS);
    if (chance(30)) { /* store a partial sum, perhaps read it at once: two steps later, in the cycle of its write */
      at = rnd(PS_WORDS);
      int in = psum_known[at] && range == 1;
      add_result(range, in, 1, at, rnd(2), rnd(2), par_addr);
      for (int k = between(1, 3); k > 0; k--)
        add();
      continue;
    }
    if (chance(50))
      at = rnd(PS_WORDS);
    int64_t p = 0;
    for (int k = 0; k < window * window; k++) {
      if (chance(10))
        add();
      int64_t v = add_result(range, chance(60) && psum_known[at], 0, at, k == 0, k == window * window - 1, par_addr) +
                  par[par_addr].bias;
      if (relu && v < 0)
        v = 0;
      p = k == 0 ? v : avg ? p + v : v > p ? v : p;
    }
    steps[n - 1].q = requantise(p, &par[par_addr], out_signed);
  }
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
  long results = 0, bypassed = 0;
  for (int layer = 0; layer < 24; layer++) {
    pins.en_i = 0;
    for (int k = 0; k < PAR_WORDS; k++)
      write_record(k);
    make_layer();
    pins.relu_i = (uint8_t)relu;
    pins.avg_i = (uint8_t)avg;
    pins.out_signed_i = (uint8_t)out_signed;
    static struct step none;
    int enable = chance(30) ? 100 : between(30, 95);
    for (int t = 0; t < n + 6;) { /* step t is in S3, t - 1 in S4, .. */
      const struct step *s[9];
      for (int k = 3; k <= 8; k++)
        s[k] = t - (k - 3) >= 0 && t - (k - 3) < n ? &steps[t - (k - 3)] : &none;
      pins.en_i = (uint8_t)chance(enable);
      pins.s3_psum_re_i = (uint8_t)(s[3]->valid && s[3]->first && s[3]->psum_in);
      pins.s3_psum_addr_i = (uint8_t)s[3]->psum_addr;
      pins.s4_valid_i = (uint8_t)s[4]->valid;
      pins.s4_first_i = (uint8_t)s[4]->first;
      pins.s4_psum_in_i = (uint8_t)s[4]->psum_in;
      pins.s4_par_re_i = (uint8_t)(s[4]->valid && s[4]->last && !s[4]->psum_out);
      pins.s4_par_addr_i = (uint8_t)s[4]->par_addr;
      bits_set(&pins.sum_i, 0, SW, (uint64_t)s[4]->sum);
      pins.s5_last_i = (uint8_t)(s[5]->valid && s[5]->last && !s[5]->psum_out);
      pins.s5_psum_we_i = (uint8_t)(s[5]->valid && s[5]->last && s[5]->psum_out);
      pins.s5_psum_addr_i = (uint8_t)s[5]->psum_addr;
      pins.s6_last_i = (uint8_t)(s[6]->valid && s[6]->last && !s[6]->psum_out);
      pins.s6_wfirst_i = (uint8_t)s[6]->wfirst;
      pins.s7_wlast_i = (uint8_t)(s[7]->valid && s[7]->last && s[7]->wlast && !s[7]->psum_out);
      settle();
      if (s[8]->valid && s[8]->last && s[8]->wlast && !s[8]->psum_out) {
        EXPECT((int64_t)bits_get(&pins.q_o, 0, W) == s[8]->q, "q is %llx, expected %llx",
               (unsigned long long)bits_get(&pins.q_o, 0, W), (unsigned long long)s[8]->q);
        results++;
      }
      bypassed += pins.en_i && pins.s3_psum_re_i && pins.s5_psum_we_i && s[3]->psum_addr == s[5]->psum_addr;
      t += pins.en_i;
      tick();
    }
  }
  EXPECT(results > 2000 && bypassed > 20, "only %ld results, %ld bypassed", results, bypassed);
  return tb_done();
}
