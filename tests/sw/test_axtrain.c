/* Training methods: weight codes and failing cells, the hardware's noise, each method's gradient, and same bytes.
 * SPDX-License-Identifier: Apache-2.0 */
#include "axtrain/axtrain.h"
#include "axtrain/noise.h"
#include "axtrain/priv.h"
#include "axtrain/rpass.h"
#include "check.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define N 48 /* examples of a mini-batch: three blocks */

static void check_codes(void) {
  const struct {
    axf_weight_code c;
    uint8_t bits;
    int v;
  } known[] = {{AXF_CODE_SIGN, 0x85, -5},   {AXF_CODE_SIGN, 0x80, 0},   {AXF_CODE_TWOS, 0xfb, -5},
               {AXF_CODE_TWOS, 0x80, -127}, {AXF_CODE_OFFSET, 0x85, 5}, {AXF_CODE_OFFSET, 0, -127}};
  for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
    CHECK(axf_weight_decode(known[i].c, known[i].bits) == known[i].v);
  for (int c = 0; c < 3; c++)
    for (int v = -127; v <= 127; v++)
      CHECK(axf_weight_decode((axf_weight_code)c, axf_weight_encode((axf_weight_code)c, v)) == v);
  CHECK(axf_weight_round(-0.5f, 1) == 0 && axf_weight_round(0.5f, 1) == 1 && axf_weight_round(-1e9f, 1) == -127);
}

/* Rows of any length, in every code, through cells of both kinds: what one weight after the other gives. */
static void check_quantised(void) {
  axf_net net;
  axf_params p, q;
  axf_cells c;
  CHECK(axf_net_parse(&net, "here", "net n\ninput 1100 1 1\nfc f out=3 relu\nfc g out=5\n") == 0);
  if (axf_params_alloc(&p, &net) || axf_params_alloc(&q, &net) || axf_cells_alloc(&c, axf_weight_total(&net)))
    exit(1);
  axf_params_init(&p, &net, 3);
  memset(p.weight[0] + 1100, 0, 1100 * sizeof(float)); /* a map of zeros */
  for (int i = -127; i <= 127; i++)                    /* ties, which are rounded up */
    p.weight[0][2200 + i + 127] = (float)i / 2;
  p.weight[0][2200 + 300] = -127;
  for (int kind = 0; kind < 9; kind++) {
    const axf_weight_code code = (axf_weight_code)(kind % 3);
    const axf_cells *cells = kind < 3 ? NULL : &c;
    axf_cells_random(&c, 1, (uint64_t)kind, 0.1, kind < 6 ? AXF_FAULT_FLIP : AXF_FAULT_STUCK, 255);
    axf_weights_quantised(&net, &p, code, cells, &q);
    size_t at = 0, wrong = 0;
    for (int l = 0; l < 2; l++)
      for (size_t m = 0, k = axf_weight_count(&net.layer[l]) / (size_t)net.layer[l].out_c;
           m < (size_t)net.layer[l].out_c; m++) {
        const float step = axf_weight_step(p.weight[l] + m * k, k);
        for (size_t i = 0; i < k; i++, at++) {
          const uint8_t bits = axf_weight_encode(code, axf_weight_round(p.weight[l][m * k + i], step));
          const int v = axf_weight_decode(code, cells ? axf_cells_read(&c, at, bits) : bits);
          wrong += q.weight[l][m * k + i] != step * (float)v;
        }
      }
    CHECK_MSG(wrong == 0, "kind %d: %zu weights differ", kind, wrong);
  }
  axf_cells_free(&c);
  axf_params_free(&p);
  axf_params_free(&q);
  axf_net_free(&net);
}

/* Rates of failing bits, the two kinds of failure, and what is left alone. */
static void check_cells(void) {
  axf_cells c;
  size_t n = 20000, fails = 0, to_one = 0, same = 0;
  CHECK(axf_cells_alloc(&c, n) == 0);
  CHECK(axf_cells_read(&c, 3, 0x5a) == 0x5a);
  axf_cells_random(&c, 1, 2, 0.05, AXF_FAULT_FLIP, 0x7f);
  for (size_t i = 0; i < n; i++) {
    fails += (size_t)__builtin_popcount(c.zero[i]);
    same += (c.zero[i] ^ c.one[i]) != 255 || c.zero[i] & 0x80;
  }
  CHECK_MSG(fabs((double)fails - 7000) < 5 * sqrt(7000 * 0.95), "%zu flips, 7000 expected", fails);
  CHECK(same == 0);
  axf_cells_random(&c, 1, 2, 0.05, AXF_FAULT_STUCK, 0xff);
  fails = 0;
  for (size_t i = 0; i < n; i++) {
    fails += (size_t)__builtin_popcount((uint8_t) ~(c.zero[i] ^ c.one[i]));
    to_one += (size_t)__builtin_popcount(c.zero[i] & c.one[i]);
  }
  CHECK_MSG(fabs((double)fails - 8000) < 5 * sqrt(8000 * 0.95), "%zu stuck, 8000 expected", fails);
  CHECK_MSG(fabs((double)to_one - (double)fails / 2) < 5 * sqrt((double)fails) / 2, "%zu stuck at 1", to_one);
  axf_cells_random(&c, 1, 2, 1, AXF_FAULT_FLIP, 0xff);
  CHECK(axf_cells_read(&c, 7, 0x0f) == 0xf0);
  /* A die keeps its cells; more fail at a higher rate, among them the old ones. */
  axf_cells d;
  axf_die die = {.die = 7, .kind = AXF_FAULT_FLIP};
  CHECK(axf_cells_alloc(&d, n) == 0);
  axf_cells_die(&c, &die, 0.01, 255);
  axf_cells_die(&d, &die, 0.05, 255);
  for (size_t i = same = 0; i < n; i++)
    same += (c.zero[i] & ~d.zero[i]) != 0;
  CHECK(same == 0);
  uint8_t code[2] = {5, 0x85};
  c.zero[10] = 0x80, c.one[10] = 0x7f;
  c.zero[11] = 0x01, c.one[11] = 0xfe;
  axf_codes_read(AXF_CODE_SIGN, &c, 10, code, 2);
  CHECK(code[0] == 0x85 && code[1] == 0x84);
  axf_codes_read(AXF_CODE_TWOS, &c, 11, code + 1, 1); /* -4 is 0xfc: read 0xfd, -3 */
  CHECK(code[1] == 0x83);
  axf_cells_free(&c);
  axf_cells_free(&d);
}

static void random_cells(void *ctx, double p, axf_cells *to) {
  axf_cells_random(to, *(const uint64_t *)ctx, 1, p, AXF_FAULT_FLIP, 255);
}

/* Rates by layer and bit: which cells fail at which of them, by counting; the noise that follows; refusals. */
static void check_rates(void) {
  axf_net net;
  axf_rates r;
  axf_cells c, spare, whole;
  axf_tech tech;
  uint64_t seed = 7;
  CHECK(axf_net_parse(&net, "here", "net n\ninput 100 1 1\nfc f out=100 relu\nfc g out=50\n") == 0);
  const size_t n = axf_weight_total(&net), first = axf_weight_count(&net.layer[0]);
  CHECK(axf_rates_of(&r, &net, 0.01, "here", "g=0.1,*:7=0,f:7=0.3", NULL) == 0);
  CHECK(r.p[0][0] == 0.01 && r.p[0][7] == 0.3 && r.p[1][0] == 0.1 && r.p[1][7] == 0);
  if (axf_cells_alloc(&c, n) || axf_cells_alloc(&spare, n) || axf_cells_alloc(&whole, n))
    exit(1);
  axf_rates_cells(&r, &net, &c, &spare, random_cells, &seed);
  for (int l = 0; l < 2; l++)
    for (int b = 0; b < 8; b++) {
      double fails = 0, count = (double)(l ? n - first : first), want = r.p[l][b] * count;
      for (size_t i = l ? first : 0; i < (l ? n : first); i++)
        fails += c.zero[i] >> b & 1;
      CHECK_MSG(fabs(fails - want) <= 5 * sqrt(want), "layer %d bit %d: %g of %g, %g expected", l, b, fails, count,
                want);
    }
  random_cells(&seed, 0.1, &whole); /* the cells of a rate are those of the whole memory at that rate */
  for (size_t i = first; i < n; i++)
    if ((whole.zero[i] ^ c.zero[i]) & 0x7f || (whole.one[i] ^ c.one[i]) & 0x7f) {
      CHECK_MSG(0, "cells of weight %zu are others", i);
      break;
    }
  /* One bit alone: mean and variance of a coin. */
  axf_noise *noise = axf_alloc(1, sizeof *noise);
  if (!noise)
    exit(1);
  CHECK(axf_rates_of(&r, &net, 0, "here", "g:3=0.25", NULL) == 0);
  axf_noise_add_bits(noise, &net, AXF_CODE_TWOS, &r, 255);
  CHECK(noise->var[0][127] == 0 && fabsf(noise->mean[1][127] - 2) < 1e-6f && fabsf(noise->var[1][127] - 12) < 1e-5f);
  CHECK(axf_tech_read(&tech, "65nm", NULL) == 0 && axf_rates_of(&r, &net, 0.5, "here", "f=0.55,g=1.0", &tech) == 0);
  CHECK(fabs(r.p[0][4] - 0.0023) < 1e-9 && r.p[1][4] == 0);
  CHECK(axf_rates_of(&r, &net, 0, "--except", "h=0.1", NULL) == -1 &&
        strstr(axf_errmsg(), "--except: net n has no layer 'h'"));
  CHECK(axf_rates_of(&r, &net, 0, "--except", "f:8=0.1", NULL) == -1 &&
        axf_rates_of(&r, &net, 0, "--except", "f", NULL) == -1);
  CHECK(axf_rates_of(&r, &net, 0, "--except", "f=1.1", NULL) == -1);
  free(noise);
  axf_cells_free(&c);
  axf_cells_free(&spare);
  axf_cells_free(&whole);
  axf_net_free(&net);
}

/* Protected words, cell by cell: on a die the kernel buffer's cells, check bits among them; a random chip has the same
 * data cells as without protection, and check bits that fail as often. */
static void check_protected(const char *name, axf_fault_kind kind) {
  axf_cells c, bare;
  axf_protect p;
  axf_protect_event e;
  const size_t n = 40000;
  const axf_die die = {.die = 3, .kind = kind};
  CHECK(axf_protect_of("it", name, &p) == 0);
  CHECK(axf_cells_alloc(&c, n) == 0 && axf_cells_protect(&c, p) == 0 && axf_cells_alloc(&bare, n) == 0);
  axf_cells_die(&c, &die, 0.03, 255);
  int wrong = 0, changed = 0;
  for (size_t i = 0; i < n; i++) {
    const uint8_t word = (uint8_t)(i * 37);
    uint32_t mask, value;
    axf_fault_masks(&die, AXF_MACRO_KB(i % 16), axf_fault_threshold(0.03), (uint32_t)(i / 16 % 2048), 1,
                    axf_protect_cells(p, 8), &mask, &value);
    const uint32_t read = axf_protect_read(p, kind, 8, word, mask, value, &e);
    wrong += axf_cells_read(&c, i, word) != read;
    changed += read != word;
  }
  CHECK_MSG(wrong == 0 && changed > 20, "%s: %d of %zu words differ, %d changed", name, wrong, n, changed);
  axf_cells_random(&c, 9, 4, 0.03, kind, 255);
  axf_cells_random(&bare, 9, 4, 0, kind, 255);
  for (size_t i = 0; i < n; i++)
    CHECK(axf_cells_read(&bare, i, (uint8_t)i) == (uint8_t)i);
  if (c.mask) {
    size_t data = 0, check = 0;
    for (size_t i = 0; i < n; i++) {
      data += (size_t)__builtin_popcount(c.mask[i] & 255u);
      check += (size_t)__builtin_popcount(c.mask[i] >> 8);
    }
    const double want = 0.03 * (double)n, bits = axf_protect_cells(p, 8) - 8;
    CHECK_MSG(fabs((double)data - 8 * want) < 5 * sqrt(8 * want), "%zu data cells", data);
    CHECK_MSG(fabs((double)check - bits * want) < 5 * sqrt(bits * want), "%zu check cells", check);
  }
  axf_cells_free(&c);
  axf_cells_free(&bare);
}

/* Mean and variance of the noise against sampled cells; the multiplier's against its definition. */
static void check_noise(void) {
  axf_net net;
  CHECK(axf_net_parse(&net, "here", "net n\ninput 4 1 1\nfc f out=2\n") == 0);
  axf_noise *noise = axf_alloc(1, sizeof *noise);
  axf_cells c;
  axf_rates rates;
  const size_t n = 200000;
  if (!noise || axf_cells_alloc(&c, n))
    exit(1);
  for (int code = 0; code < 3; code++) {
    memset(noise, 0, sizeof *noise);
    CHECK(axf_rates_of(&rates, &net, 0.1, "here", "", NULL) == 0);
    axf_noise_add_bits(noise, &net, (axf_weight_code)code, &rates, 0xf7);
    axf_cells_random(&c, 5, (uint64_t)code, 0.1, AXF_FAULT_FLIP, 0xf7);
    for (int v = -100; v <= 100; v += 50) {
      double mean = 0, square = 0;
      for (size_t i = 0; i < n; i++) {
        int e = axf_weight_decode((axf_weight_code)code,
                                  axf_cells_read(&c, i, axf_weight_encode((axf_weight_code)code, v))) -
                v;
        mean += e / (double)n;
        square += (double)e * e / (double)n;
      }
      double var = square - mean * mean, m = (double)noise->mean[0][v + 127], s = (double)noise->var[0][v + 127];
      CHECK_MSG(fabs(m - mean) < 5 * sqrt(var / (double)n), "code %d, weight %d: mean %g, sampled %g", code, v, m,
                mean);
      CHECK_MSG(fabs(s / var - 1) < 0.03, "code %d, weight %d: variance %g, sampled %g", code, v, s, var);
    }
  }
  /* AM = w a - a for w > 0: the error -a is that of a weight smaller by 1, without any variance. */
  axf_mult *m = axf_alloc(1, sizeof *m);
  const axf_mult *mult[AXF_MAX_LAYERS] = {m};
  axf_operands o = {.p = {{0}}};
  for (int i = 0; i < 65536; i++)
    m->t[i] = (uint16_t)((i >> 8 ? (i >> 8) - 1 : 0) * (i & 255));
  o.p[0][10] = 0.25, o.p[0][200] = 0.75;
  memset(noise, 0, sizeof *noise);
  axf_noise_add_mult(noise, &net, mult, &o);
  CHECK(fabsf(noise->mean[0][127 + 9] + 1) < 1e-5f && fabsf(noise->mean[0][127 - 9] - 1) < 1e-5f);
  CHECK(fabsf(noise->var[0][127 + 9]) < 1e-5f && noise->mean[0][127] == 0);
  for (int i = 0; i < 65536; i++) /* an error of 30 whatever the operands: n = 30 E[a] / E[a^2] */
    m->t[i] = (uint16_t)((i >> 8) * (i & 255) + 30);
  memset(noise, 0, sizeof *noise);
  axf_noise_add_mult(noise, &net, mult, &o);
  double a1 = 0.25 * 10 + 0.75 * 200, a2 = 0.25 * 100 + 0.75 * 40000, mean = 30 * a1 / a2;
  CHECK(fabs((double)noise->mean[0][130] - mean) < 1e-5);
  CHECK(fabs((double)noise->var[0][130] - (900 / a2 - mean * mean)) < 1e-5);
  free(m);
  free(noise);
  axf_cells_free(&c);
  axf_net_free(&net);
}

typedef struct {
  axf_net net;
  axf_part d;
  axf_params p, grad[3];
  axf_pass s;
} fixture;

static void begin(fixture *f, const char *text) {
  axf_rng r;
  memset(f, 0, sizeof *f);
  if (axf_net_parse(&f->net, "here", text) || axf_params_alloc(&f->p, &f->net) ||
      axf_pass_alloc(&f->s, &f->net, AXF_BLOCK))
    exit(1);
  axf_params_init(&f->p, &f->net, 4);
  for (int b = 0; b < 3; b++)
    if (axf_params_alloc(&f->grad[b], &f->net))
      exit(1);
  size_t size = (size_t)(f->net.c * f->net.h * f->net.w);
  f->d = (axf_part){.n = N, .c = f->net.c, .h = f->net.h, .w = f->net.w, .classes = f->net.classes};
  f->d.f32 = axf_alloc(N * size, sizeof(float));
  f->d.label = axf_alloc(N, 1);
  axf_rng_seed(&r, 6, 0);
  for (size_t i = 0; i < N * size; i++)
    f->d.f32[i] = axf_rng_normal(&r);
  for (int i = 0; i < N; i++)
    f->d.label[i] = (uint8_t)axf_rng_below(&r, (uint32_t)f->net.classes);
}

static void end(fixture *f) {
  axf_net_free(&f->net);
  axf_params_free(&f->p);
  for (int b = 0; b < 3; b++)
    axf_params_free(&f->grad[b]);
  axf_pass_free(&f->s);
  free(f->d.f32);
  free(f->d.label);
}

static void load(fixture *f, int b) {
  for (int i = 0; i < AXF_BLOCK; i++)
    axf_example(&f->d, (uint32_t)(b * AXF_BLOCK + i), f->s.act[0] + (size_t)i * f->net.c * f->net.h * f->net.w);
}

/* Runs a method over the mini-batch as the trainer does; the sum of the blocks comes back in grad[0]. Rounds made. */
static int run_method(fixture *f, const axf_method *m, int epoch, uint32_t step, double *loss) {
  axf_step at = {.seed = 3, .epoch = epoch, .step = step, .steps = 10, .n = N, .blocks = 3, .grad = f->grad};
  uint32_t right;
  for (;; at.round++) {
    const axf_params *use = &f->p;
    int go = m->begin(m->ctx, &at, &f->p, &use);
    CHECK(go >= 0);
    if (go <= 0)
      break;
    *loss = 0;
    for (int b = 0; b < 3; b++) {
      load(f, b);
      *loss +=
          m->block(m->ctx, 0, &at, (size_t)b, &f->s, use, AXF_BLOCK, f->d.label + b * AXF_BLOCK, &f->grad[b], &right);
    }
  }
  for (int b = 1; b < 3; b++)
    for (size_t i = 0; i < axf_params_count(&f->net); i++)
      axf_params_block(&f->grad[0])[i] += axf_params_block(&f->grad[b])[i];
  return at.round;
}

/* Mean loss + lambda S at p, by plain passes. */
static double objective(fixture *f, const axf_params *p, const axf_params *square, double lambda, int over_block) {
  static double sum[20000];
  size_t count = axf_params_count(&f->net);
  axf_params g;
  double loss = 0, s = 0;
  uint32_t right;
  if (axf_params_alloc(&g, &f->net))
    exit(1);
  memset(sum, 0, sizeof sum);
  for (int b = 0; b < 3; b++) {
    load(f, b);
    axf_pass_forward(&f->s, p, AXF_BLOCK);
    loss += axf_pass_backward(&f->s, p, AXF_BLOCK, f->d.label + b * AXF_BLOCK, &g, &right);
    for (size_t i = 0; i < count; i++) {
      sum[i] += (double)axf_params_block(&g)[i];
      if (over_block || b == 2) {
        double mean = sum[i] / (over_block ? AXF_BLOCK : N);
        s += (double)axf_params_block(square)[i] * mean * mean / (over_block ? 3 : 1);
      }
    }
    if (over_block)
      memset(sum, 0, sizeof sum);
  }
  axf_params_free(&g);
  return loss / N + lambda * s;
}

static axf_axtrain *make(const fixture *f, const axf_axtrain_opts *o) {
  const axf_qpass_opt q = {.calib = AXF_CALIB_RANGE};
  axf_axtrain *a = axf_axtrain_new(o, &f->net, &f->d, NULL, &q, N);
  CHECK_MSG(a != NULL, "%s", axf_errmsg());
  return a;
}

/* E[n^2] as the method sees it. */
static void noise_square(const fixture *f, double ber, axf_params *square) {
  axf_noise *noise = axf_alloc(1, sizeof *noise);
  axf_rates rates;
  if (!noise || axf_params_alloc(square, &f->net))
    exit(1);
  CHECK(axf_rates_of(&rates, &f->net, ber, "here", "", NULL) == 0);
  axf_noise_add_bits(noise, &f->net, AXF_CODE_SIGN, &rates, 255);
  axf_noise_square(noise, &f->net, &f->p, square);
  free(noise);
}

/* The gradient form: the method's gradient is that of loss + weight * S, along a few directions. */
static void check_gradient_form(const char *text, int over_block) {
  fixture f;
  axf_axtrain_opts o;
  axf_params square, u, moved;
  double loss;
  begin(&f, text);
  axf_axtrain_defaults(&o);
  CHECK(axf_axtrain_set(&o, "m", "method", "active") == 0 && axf_axtrain_set(&o, "m", "ber", "0.05") == 0);
  o.weight = 3;
  o.over_block = over_block;
  axf_axtrain *a = make(&f, &o);
  noise_square(&f, 0.05, &square);
  CHECK(axf_params_alloc(&u, &f.net) == 0 && axf_params_alloc(&moved, &f.net) == 0);
  run_method(&f, axf_axtrain_method(a), 0, 0, &loss);
  axf_params plain;
  CHECK(axf_params_alloc(&plain, &f.net) == 0);
  memcpy(axf_params_block(&plain), axf_params_block(&f.grad[0]), axf_params_count(&f.net) * sizeof(float));
  int rounds = run_method(&f, axf_axtrain_method(a), 1, 1, &loss);
  CHECK(rounds == (over_block ? 1 : 2));
  CHECK(fabs(loss / N - objective(&f, &f.p, &square, 0, 0)) < 1e-5);
  for (int k = 0; k < 4; k++) {
    const double h = 2e-3;
    double want, got = 0, without = 0;
    float *v = axf_params_block(&u), *w = axf_params_block(&f.p), *to = axf_params_block(&moved);
    axf_params_init(&u, &f.net, (uint64_t)(20 + k));
    for (size_t i = 0; i < axf_params_count(&f.net); i++) {
      to[i] = w[i] + (float)h * v[i];
      got += (double)axf_params_block(&f.grad[0])[i] * (double)v[i] / N;
      without += (double)axf_params_block(&plain)[i] * (double)v[i] / N;
    }
    want = objective(&f, &moved, &square, 3, over_block);
    for (size_t i = 0; i < axf_params_count(&f.net); i++)
      to[i] = w[i] - (float)h * v[i];
    want = (want - objective(&f, &moved, &square, 3, over_block)) / (2 * h);
    CHECK_MSG(fabs(got - want) < 0.02 * fabs(want - without) + 2e-3 * fabs(want),
              "direction %d: %g, finite difference %g, loss alone %g", k, got, want, without);
  }
  CHECK(axf_axtrain_sensitivity(a) == -1); /* counted after updates only */
  axf_axtrain_free(a);
  axf_params_free(&square);
  axf_params_free(&plain);
  axf_params_free(&u);
  axf_params_free(&moved);
  end(&f);
}

/* Curvature forms: over many random directions the mean of S is 1/2 sum_j E[n_j^2] C_jj, C the Hessian or Gauss-Newton
 * matrix, whose diagonal comes from the R-operator one parameter at a time. */
static void check_curvature_form(axf_active_form form) {
  fixture f;
  axf_axtrain_opts o;
  axf_params square, e, h;
  axf_rpass r;
  double loss, want = 0, mean = 0, var = 0;
  const int draws = 400;
  begin(&f, "net n\ninput 6 1 1\nfc f1 out=5 relu\nfc f2 out=4\n");
  axf_axtrain_defaults(&o);
  CHECK(axf_axtrain_set(&o, "m", "method", "active") == 0 && axf_axtrain_set(&o, "m", "ber", "0.01") == 0);
  o.form = form;
  o.warmup = 0;
  o.probe = 0.02;
  axf_axtrain *a = make(&f, &o);
  noise_square(&f, 0.01, &square);
  CHECK(axf_rpass_alloc(&r, &f.net, AXF_BLOCK) == 0 && axf_params_alloc(&e, &f.net) == 0 &&
        axf_params_alloc(&h, &f.net) == 0);
  float *direction = axf_params_block(&e);
  for (size_t i = 0; i < axf_params_count(&f.net); i++) {
    if (axf_params_block(&square)[i] <= 0)
      continue;
    direction[i] = 1;
    double diagonal = 0;
    for (int b = 0; b < 3; b++) {
      load(&f, b);
      axf_pass_forward(&f.s, &f.p, AXF_BLOCK);
      axf_rpass_forward(&r, &f.s, &f.p, &e, AXF_BLOCK);
      if (form == AXF_ACTIVE_GAUSS_NEWTON) {
        diagonal += axf_rpass_seed_gauss_newton(&r, &f.s, AXF_BLOCK);
      } else {
        memset(axf_params_block(&h), 0, axf_params_count(&f.net) * sizeof(float));
        axf_rpass_seed_hessian(&r, &f.s, AXF_BLOCK, f.d.label + b * AXF_BLOCK);
        axf_rpass_reverse(&r, &f.s, &f.p, &e, AXF_BLOCK, 1, &h);
        diagonal += (double)axf_params_block(&h)[i];
      }
    }
    want += 0.5 * (double)axf_params_block(&square)[i] * diagonal / N;
    direction[i] = 0;
  }
  for (int k = 0; k < draws; k++) {
    axf_step at = {.blocks = 3, .n = N};
    run_method(&f, axf_axtrain_method(a), k / 10, (uint32_t)(k % 10), &loss);
    axf_axtrain_method(a)->after(axf_axtrain_method(a)->ctx, &at, &f.p);
    double s = axf_axtrain_sensitivity(a);
    mean += s / draws;
    var += s * s / draws;
  }
  var -= mean * mean;
  CHECK_MSG(fabs(mean - want) < 4 * sqrt(var / draws) + 0.01 * want, "form %d: mean of S %g +- %g, exact %g", form,
            mean, sqrt(var / draws), want);
  CHECK(want > 0 && sqrt(var / draws) < 0.1 * want);
  axf_axtrain_free(a);
  axf_params_free(&square);
  axf_params_free(&e);
  axf_params_free(&h);
  axf_rpass_free(&r);
  end(&f);
}

/* The largest difference of two blocks of parameters, and in *scale the largest entry of the second. */
static double apart(const axf_net *n, const axf_params *a, const axf_params *b, double *scale) {
  double away = *scale = 0;
  for (size_t i = 0; i < axf_params_count(n); i++) {
    const double x = (double)axf_params_block(a)[i], y = (double)axf_params_block(b)[i];
    away = fmax(away, fabs(x - y));
    *scale = fmax(*scale, fabs(y));
  }
  return away;
}

/* Form sampled, on a multiplier that makes every weight one step smaller: noise that is all mean. S is the loss there
 * less the loss here, and the gradient is the mixture of both; half of it comes from each of the two equal samples. */
static void check_sampled(double weight) {
  fixture f;
  axf_axtrain_opts o;
  axf_params here, there;
  double loss, loss_there, away, scale;
  begin(&f, "net n\ninput 6 1 1\nfc f1 out=8 relu\nfc f2 out=4\n");
  const size_t count = axf_params_count(&f.net);
  axf_mult *m = axf_alloc(1, sizeof *m);
  const axf_mult *mult[AXF_MAX_LAYERS] = {m, m};
  const axf_qpass_opt q = {.calib = AXF_CALIB_RANGE};
  if (!m || axf_params_alloc(&here, &f.net) || axf_params_alloc(&there, &f.net))
    exit(1);
  for (int i = 0; i < 65536; i++)
    m->t[i] = (uint16_t)((i >> 8 ? (i >> 8) - 1 : 0) * (i & 255));
  axf_axtrain_defaults(&o);
  axf_axtrain *a = make(&f, &o);
  run_method(&f, axf_axtrain_method(a), 0, 0, &loss);
  memcpy(axf_params_block(&here), axf_params_block(&f.grad[0]), count * sizeof(float));
  memcpy(axf_params_block(&there), axf_params_block(&f.p), count * sizeof(float)); /* the weights, kept */
  for (int l = 0; l < f.net.nlayers; l++)
    for (size_t i = 0, k = (size_t)f.net.layer[l].in_c; i < axf_weight_count(&f.net.layer[l]); i++) {
      const float step = axf_weight_step(there.weight[l] + i / k * k, k);
      const int v = axf_weight_round(there.weight[l][i], step);
      f.p.weight[l][i] -= step * (float)((v > 0) - (v < 0));
    }
  run_method(&f, axf_axtrain_method(a), 0, 0, &loss_there);
  for (size_t i = 0; i < count; i++)
    axf_params_block(&here)[i] =
        (float)(1 - weight) * axf_params_block(&here)[i] + (float)weight * axf_params_block(&f.grad[0])[i];
  memcpy(axf_params_block(&f.p), axf_params_block(&there), count * sizeof(float));
  axf_axtrain_free(a);
  axf_axtrain_set(&o, "m", "method", "active");
  o.form = AXF_ACTIVE_SAMPLED;
  o.warmup = 0;
  o.weight = weight;
  a = axf_axtrain_new(&o, &f.net, &f.d, mult, &q, N);
  CHECK_MSG(a && axf_axtrain_cost(a) == 3, "%s", axf_errmsg());
  CHECK(run_method(&f, axf_axtrain_method(a), 0, 0, &loss) == 3);
  away = apart(&f.net, &f.grad[0], &here, &scale);
  CHECK_MSG(away < 1e-4 * scale, "weight %g: off by %g of %g", weight, away, scale);
  axf_step at = {.blocks = 3, .n = N};
  axf_axtrain_method(a)->after(axf_axtrain_method(a)->ctx, &at, &f.p);
  const double s = axf_axtrain_sensitivity(a), want = (loss_there - loss) / N;
  CHECK_MSG(fabs(s - want) < 1e-4 * fabs(want) + 1e-7, "S is %g, by definition %g", s, want);
  axf_axtrain_free(a);
  o.probe = 0.5;
  CHECK(!axf_axtrain_new(&o, &f.net, &f.d, mult, &q, N) && strstr(axf_errmsg(), "--active-probe"));
  axf_params_free(&here);
  axf_params_free(&there);
  free(m);
  end(&f);
}

/* Rounds and gradients of the other methods, each by its definition. */
static void check_rivals(void) {
  fixture f;
  axf_axtrain_opts o;
  double loss;
  begin(&f, "net n\ninput 6 1 1\nfc f1 out=8 relu\nfc f2 out=4\n");
  const size_t count = axf_params_count(&f.net);
  axf_params plain, moved, square;
  CHECK(axf_params_alloc(&plain, &f.net) == 0 && axf_params_alloc(&moved, &f.net) == 0);
  noise_square(&f, 0.01, &square);
  axf_axtrain_defaults(&o);
  axf_axtrain *a = make(&f, &o);
  CHECK(run_method(&f, axf_axtrain_method(a), 0, 0, &loss) == 1);
  memcpy(axf_params_block(&plain), axf_params_block(&f.grad[0]), count * sizeof(float));
  axf_axtrain_free(a);
  /* SAM: the plain gradient at w + rho g / |g|. */
  axf_axtrain_set(&o, "m", "method", "sam");
  o.rho = 0.3;
  a = make(&f, &o);
  CHECK(run_method(&f, axf_axtrain_method(a), 0, 0, &loss) == 2);
  double norm = 0, away = 0, scale = 0;
  for (size_t i = 0; i < count; i++)
    norm += (double)axf_params_block(&plain)[i] * (double)axf_params_block(&plain)[i];
  for (size_t i = 0; i < count; i++)
    axf_params_block(&moved)[i] = axf_params_block(&f.p)[i] + (float)(0.3 / sqrt(norm)) * axf_params_block(&plain)[i];
  fixture g;
  begin(&g, "net n\ninput 6 1 1\nfc f1 out=8 relu\nfc f2 out=4\n");
  memcpy(axf_params_block(&g.p), axf_params_block(&moved), count * sizeof(float));
  axf_axtrain_free(a);
  axf_axtrain_set(&o, "m", "method", "plain");
  a = make(&g, &o);
  double loss_moved;
  run_method(&g, axf_axtrain_method(a), 0, 0, &loss_moved);
  axf_axtrain_free(a);
  for (size_t i = 0; i < count; i++) {
    away = fmax(away, fabs((double)axf_params_block(&f.grad[0])[i] - (double)axf_params_block(&g.grad[0])[i]));
    scale = fmax(scale, fabs((double)axf_params_block(&g.grad[0])[i]));
  }
  CHECK_MSG(away < 1e-5 * scale, "SAM is off by %g of %g", away, scale);
  CHECK_MSG(loss_moved > loss, "the loss at the sharp point, %g, is not above %g", loss_moved, loss);
  /* RandBET: nothing is injected while the loss is high; then the mean of the clean and the noisy gradient. */
  axf_axtrain_set(&o, "m", "method", "randbet");
  o.ber = 0.05;
  o.inject_below = 0;
  a = make(&f, &o);
  CHECK(run_method(&f, axf_axtrain_method(a), 0, 0, &loss) == 1);
  memcpy(axf_params_block(&plain), axf_params_block(&f.grad[0]), count * sizeof(float)); /* clean, on the grid */
  axf_axtrain_free(a);
  o.inject_below = 100;
  a = make(&f, &o);
  CHECK(run_method(&f, axf_axtrain_method(a), 0, 0, &loss) == 2);
  memcpy(axf_params_block(&g.grad[1]), axf_params_block(&f.grad[0]), count * sizeof(float));
  axf_axtrain_free(a);
  axf_axtrain_set(&o, "m", "method", "passive"); /* the same cells: the noisy gradient alone */
  a = make(&f, &o);
  CHECK(run_method(&f, axf_axtrain_method(a), 0, 0, &loss) == 1);
  away = scale = 0;
  double noisy = 0;
  for (size_t i = 0; i < count; i++) {
    double clean = (double)axf_params_block(&plain)[i], bad = (double)axf_params_block(&f.grad[0])[i];
    away = fmax(away, fabs((double)axf_params_block(&g.grad[1])[i] - 0.5 * (clean + bad)));
    noisy = fmax(noisy, fabs(clean - bad));
    scale = fmax(scale, fabs(clean));
  }
  CHECK_MSG(away < 1e-5 * scale && noisy > 0.01 * scale, "RandBET is off by %g; noise moves the gradient by %g of %g",
            away, noisy, scale);
  /* Clipping. */
  axf_step at = {.n = N, .blocks = 3};
  axf_axtrain_free(a);
  axf_axtrain_set(&o, "m", "method", "clip");
  o.clip = 0.5;
  a = make(&f, &o);
  axf_axtrain_method(a)->after(axf_axtrain_method(a)->ctx, &at, &f.p);
  float largest = 0;
  for (size_t i = 0; i < axf_weight_count(&f.net.layer[1]); i++)
    largest = fmaxf(largest, fabsf(f.p.weight[1][i]));
  CHECK(fabsf(largest - 0.5f * sqrtf(2.0f / 8)) < 1e-6f);
  axf_axtrain_free(a);
  /* Refusals. */
  const axf_qpass_opt q = {.calib = AXF_CALIB_RANGE};
  axf_axtrain_defaults(&o);
  axf_axtrain_set(&o, "m", "method", "active");
  CHECK(!axf_axtrain_new(&o, &f.net, &f.d, NULL, &q, N) && strstr(axf_errmsg(), "--ber"));
  CHECK(axf_axtrain_set(&o, "--method", "method", "magic") == -1 && strstr(axf_errmsg(), "randbet"));
  CHECK(axf_axtrain_set(&o, "--ber", "ber", "1.5") == -1 &&
        axf_axtrain_set(&o, "--weight-code", "weight-code", "x") == -1);
  axf_params_free(&plain);
  axf_params_free(&moved);
  axf_params_free(&square);
  end(&f);
  end(&g);
}

/* Through the exact multiplier the difference-based gradient is the straight-through one, whatever the window. */
static void check_slopes(void) {
  fixture f;
  axf_axtrain_opts o;
  double loss, away = 0, scale = 0;
  begin(&f,
        "net n\ninput 2 6 6\nconv c1 maps=3 kernel=3 pad=1 relu\npool p max 2\nconv c2 maps=4 kernel=2\nfc f out=4\n");
  const size_t count = axf_params_count(&f.net);
  axf_params through;
  CHECK(axf_params_alloc(&through, &f.net) == 0);
  axf_axtrain_defaults(&o);
  axf_axtrain_set(&o, "m", "method", "qat");
  axf_axtrain *a = make(&f, &o);
  run_method(&f, axf_axtrain_method(a), 0, 0, &loss);
  memcpy(axf_params_block(&through), axf_params_block(&f.grad[0]), count * sizeof(float));
  axf_axtrain_free(a);
  o.window = 4;
  a = make(&f, &o);
  run_method(&f, axf_axtrain_method(a), 0, 0, &loss);
  for (size_t i = 0; i < count; i++) {
    away = fmax(away, fabs((double)axf_params_block(&through)[i] - (double)axf_params_block(&f.grad[0])[i]));
    scale = fmax(scale, fabs((double)axf_params_block(&through)[i]));
  }
  CHECK_MSG(away < 1e-3 * scale && scale > 0, "off by %g of %g", away, scale);
  axf_axtrain_free(a);
  axf_params_free(&through);
  end(&f);
}

/* A sum of products gives the table back; one that needs too many is refused. */
static void check_slope_sums(void) {
  axf_slope_sum s;
  axf_rng r;
  float *t = axf_alloc(AXF_SLOPE_ROWS * 256, sizeof *t);
  if (!t)
    exit(1);
  for (int i = 0; i < AXF_SLOPE_ROWS * 256; i++) { /* rank 2, and a little of a third */
    const int w = i / 256, a = i % 256;
    t[i] = (float)(w & 96) * (float)(a & 240) + 50.0f * (float)(a & 15) + (w == 3 && a == 5 ? 40.0f : 0);
  }
  CHECK(axf_slope_sum_make(&s, t, 1e-2) == 0 && s.rank == 2);
  free(s.row);
  CHECK(axf_slope_sum_make(&s, t, 1e-6) == 0 && s.rank == 3);
  double away = 0;
  for (int i = 0; i < AXF_SLOPE_ROWS * 256; i++) {
    double sum = 0;
    for (int k = 0; k < s.rank; k++)
      sum += (double)s.row[k * AXF_SLOPE_ROWS + i / 256] * (double)s.col[k * 256 + i % 256];
    away = fmax(away, fabs(sum - (double)t[i]));
  }
  CHECK_MSG(away < 0.05, "the sum of products is off by %g", away);
  free(s.row);
  axf_rng_seed(&r, 1, 1);
  for (int i = 0; i < AXF_SLOPE_ROWS * 256; i++)
    t[i] = axf_rng_normal(&r);
  CHECK(axf_slope_sum_make(&s, t, 1e-2) == 0 && s.rank == 0);
  free(s.row);
  memset(t, 0, AXF_SLOPE_ROWS * 256 * sizeof *t);
  CHECK(axf_slope_sum_make(&s, t, 1e-2) == 0 && s.rank == 1);
  free(s.row);
  free(t);
}

/* Matrix products against a look-up a product, on a multiplier that leaves out partial products: convolution with and
 * without padding, fully connected layers, signed inputs (features) and unsigned ones (behind a ReLU). */
static void check_slope_ranks(int window, int mask) {
  fixture f;
  axf_axtrain_opts o;
  axf_params fast;
  double loss, away, scale;
  begin(&f, "net n\ninput 2 6 6\nconv c1 maps=3 kernel=3 pad=1 relu\npool p max 2\nconv c2 maps=4 kernel=2 relu\n"
            "fc f out=4\n");
  axf_mult *m = axf_alloc(1, sizeof *m);
  const axf_mult *mult[AXF_MAX_LAYERS] = {m, NULL, m, m};
  const axf_qpass_opt q = {.calib = AXF_CALIB_RANGE};
  if (!m || axf_params_alloc(&fast, &f.net))
    exit(1);
  for (int i = 0; i < 65536; i++) /* rows that are not built, and short operands */
    m->t[i] = (uint16_t)((i >> 8 & mask) * (i & 248));
  m->pmax = 65025;
  axf_axtrain_defaults(&o);
  axf_axtrain_set(&o, "m", "method", "passive");
  o.window = window;
  axf_axtrain *a = axf_axtrain_new(&o, &f.net, &f.d, mult, &q, N);
  if (!a) {
    CHECK_MSG(0, "%s", axf_errmsg());
    exit(1);
  }
  CHECK(a->nslopes == 1 && a->slopes[0].sw.rank == 1 && a->slopes[0].sa.rank == 1);
  run_method(&f, axf_axtrain_method(a), 0, 0, &loss);
  memcpy(axf_params_block(&fast), axf_params_block(&f.grad[0]), axf_params_count(&f.net) * sizeof(float));
  a->slopes[0].sw.rank = 0; /* look-ups from here on */
  run_method(&f, axf_axtrain_method(a), 0, 0, &loss);
  away = apart(&f.net, &fast, &f.grad[0], &scale);
  CHECK_MSG(away < 1e-4 * scale && scale > 0, "window %d: off by %g of %g", window, away, scale);
  axf_axtrain_free(a);
  axf_params_free(&fast);
  free(m);
  end(&f);
}

int main(void) {
  check_codes();
  check_cells();
  check_quantised();
  check_rates();
  check_protected("parity", AXF_FAULT_FLIP);
  check_protected("secded", AXF_FAULT_FLIP);
  check_protected("secded", AXF_FAULT_STUCK);
  check_protected("msb2", AXF_FAULT_FLIP);
  check_noise();
  for (int over_block = 0; over_block < 2; over_block++) {
    check_gradient_form("net n\ninput 6 1 1\nfc f1 out=12\nfc f2 out=4\n", over_block);
    check_gradient_form("net n\ninput 1 6 6\nconv c1 maps=3 kernel=3\npool p avg 2\nfc f out=5\n", over_block);
  }
  check_curvature_form(AXF_ACTIVE_GAUSS_NEWTON);
  check_curvature_form(AXF_ACTIVE_HUTCHINSON);
  check_sampled(0.4);
  check_sampled(1);
  check_rivals();
  check_slopes();
  check_slope_sums();
  check_slope_ranks(2, 0x70);
  check_slope_ranks(9, 0x7c);
  return check_done("test_axtrain");
}
