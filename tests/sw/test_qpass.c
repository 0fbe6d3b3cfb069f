/* The quantised training pass: its integers are the reference model's, its gradient that of plain loops, and the bytes
 * of a training depend neither on threads nor on interruptions. SPDX-License-Identifier: Apache-2.0 */
#include "check.h"
#include "kernels/kernels.h"
#include "refmodel/refmodel.h"
#include "train/qpass.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char pixels[] = "net pixels\ninput 1 12 12\nconv c maps=4 kernel=5 pad=2 relu\npool p max 2\n"
                             "conv d maps=6 kernel=3 relu\npool q avg 2\nfc f out=11 relu\nfc g out=4\n"
                             "train lr=0.05 batch=40 epochs=8\n";
static const char mixed[] = "net mixed\ninput 2 11 9\nconv a maps=5 kernel=3x2 stride=2 pad=1\nconv b maps=3 kernel=2\n"
                            "pool p avg 2\nfc g out=4\n";
static const char windows[] = "net windows\ninput 1 12 12\nconv a maps=3 kernel=3 pad=1 relu\npool p max 3\n"
                              "conv b maps=4 kernel=2\npool q max 3\nfc g out=4\n";
/* One position from as many inputs as synapses: with padding it is not the whole map that is read, without it is. */
static const char padded[] = "net padded\ninput 2 3 3\nconv a maps=60 kernel=3 pad=1 stride=3 relu\nfc g out=4\n";
static const char whole[] = "net whole\ninput 2 4 3\nconv a maps=60 kernel=4x3 relu\nfc g out=4\n";
static const char features[] = "net features\ninput 20 1 1\nfc f out=17 relu\nfc h out=9\nfc g out=4\n";
static char dir[] = "/tmp/axf_test_qpass.XXXXXX";

/* Noisy bars for one map of 12 x 12, else noise with a class-dependent mean; n examples. */
static void make_data(axf_part *d, const axf_net *n, int bytes, uint32_t count) {
  axf_rng r;
  axf_rng_seed(&r, 5, (uint64_t)bytes);
  *d = (axf_part){.n = count, .c = n->c, .h = n->h, .w = n->w, .classes = 4};
  const size_t each = (size_t)n->c * n->h * n->w;
  d->label = axf_alloc(count, 1);
  d->u8 = bytes ? axf_alloc(count, each) : NULL;
  d->f32 = bytes ? NULL : axf_alloc(count * each, sizeof(float));
  for (uint32_t i = 0; i < count; i++) {
    const uint32_t k = axf_rng_below(&r, 4), at = axf_rng_below(&r, 5) + (k & 1 ? 7 : 0);
    d->label[i] = (uint8_t)k;
    for (size_t p = 0; p < each; p++) {
      const uint32_t y = (uint32_t)p / 12, x = (uint32_t)p % 12;
      if (bytes)
        d->u8[i * each + p] = (uint8_t)(axf_rng_below(&r, 120) + ((k & 2 ? x : y) == at ? 90 : 0));
      else
        d->f32[i * each + p] = 0.4f * axf_rng_normal(&r) + (p % 4 == k ? 1.0f : 0);
    }
  }
  axf_sha256_hex(d->label, count, d->sha256);
}

static void free_data(axf_part *d) {
  free(d->u8);
  free(d->f32);
  free(d->label);
}

/* Products with a random error: a table without any structure, through which a net can still learn. */
static axf_mult *random_table(uint64_t seed, int is_signed) {
  axf_mult *m = axf_alloc(1, sizeof *m);
  axf_rng r;
  axf_rng_seed(&r, seed, 9);
  for (int i = 0; i < 65536; i++) {
    const int exact = is_signed ? (int8_t)(i >> 8) * (int8_t)(i & 255) : (i >> 8) * (i & 255);
    const int wild = exact + (int)axf_rng_below(&r, 600) - 280;
    const uint32_t size = (uint32_t)abs(wild);
    m->t[i] = (uint16_t)(is_signed ? wild : wild < 0 ? 7 : wild > 65535 ? 65535 : wild);
    m->pmax = size > m->pmax && size < 65536 ? size : m->pmax;
  }
  m->is_signed = is_signed;
  snprintf(m->name, sizeof m->name, "wild%llu", (unsigned long long)seed);
  return m;
}

/* Changes some codes, minus zero included. */
static void disturb(void *ctx, const axf_step *at, int l, uint8_t *code, size_t count) {
  axf_rng r;
  (void)ctx;
  axf_rng_seed(&r, at->seed + 1, (uint64_t)l);
  for (size_t i = 0; i < count; i++)
    if (axf_rng_below(&r, 4) == 0)
      code[i] = axf_rng_below(&r, 8) ? (uint8_t)axf_rng_below(&r, 256) : 0x80;
}

/* One layer through its codes, in plain loops, one product after the other. code: the input; v: (oc, P) sums + bias. */
static void plain_layer(const axf_layer *L, const axf_qlayer *q, const axf_mult *t, const uint8_t *wcode,
                        const uint8_t *code, int64_t *v) {
  for (int m = 0; m < L->out_c; m++)
    for (int y = 0; y < L->out_h; y++)
      for (int x = 0; x < L->out_w; x++) {
        int64_t sum = q->bias[m];
        const uint8_t *w = wcode + (size_t)m * L->in_c * L->ky * L->kx;
        for (int n = 0; n < L->in_c; n++)
          for (int i = 0; i < L->ky; i++)
            for (int j = 0; j < L->kx; j++, w++) {
              const int yy = y * L->stride + i - L->pad, xx = x * L->stride + j - L->pad;
              const int inside = yy >= 0 && yy < L->in_h && xx >= 0 && xx < L->in_w;
              sum += axf_product_code(t, *w, inside ? code[(n * L->in_h + yy) * L->in_w + xx] : 0, q->in_signed);
            }
        *v++ = sum;
      }
}

/* The gradient of one layer in plain loops. dv: (oc, P) of the sums. */
static void plain_back(const axf_layer *L, const float *w, const float *in, const double *dv, double *dw, double *db,
                       double *din) {
  for (int m = 0; m < L->out_c; m++)
    for (int y = 0; y < L->out_h; y++)
      for (int x = 0; x < L->out_w; x++) {
        const double d = *dv++;
        db[m] += d;
        for (int n = 0; n < L->in_c; n++)
          for (int i = 0; i < L->ky; i++)
            for (int j = 0; j < L->kx; j++) {
              const int yy = y * L->stride + i - L->pad, xx = x * L->stride + j - L->pad;
              const int k = ((m * L->in_c + n) * L->ky + i) * L->kx + j, at = (n * L->in_h + yy) * L->in_w + xx;
              if (yy < 0 || yy >= L->in_h || xx < 0 || xx >= L->in_w)
                continue;
              dw[k] += d * (double)in[at];
              din[at] += d * (double)w[k];
            }
      }
}

typedef struct {
  int64_t *v[AXF_MAX_LAYERS];    /* before the pool */
  uint8_t *code[AXF_MAX_LAYERS]; /* [0] input, [l + 1] output of layer l, after its pool */
  double *grad[AXF_MAX_LAYERS];  /* the same places */
} plain;

/* Requantised output of window (y, x) of map m; *at: the winner, *clamped. */
static int plain_output(const axf_layer *L, const axf_layer *pool, const axf_qlayer *q, const int64_t *v, int m, int y,
                        int x, int *at, int *clamped) {
  const int window = pool ? pool->window : 1, step = pool ? pool->pstride : 1;
  int64_t best = INT64_MIN, sum = 0;
  for (int i = 0; i < window; i++)
    for (int j = 0; j < window; j++) {
      const int k = (y * step + i) * L->out_w + x * step + j;
      int64_t a = v[m * L->out_h * L->out_w + k];
      sum += L->relu && a < 0 ? 0 : a;
      if (a > best) {
        best = a;
        *at = k;
      }
    }
  int64_t p = pool && pool->pool == AXF_POOL_AVG ? sum : L->relu && best < 0 ? 0 : best;
  const int64_t wide = (p * q->mult[m] + ((int64_t)1 << (q->shift[m] - 1))) >> q->shift[m];
  const int code = axf_requant(p, q->mult[m], q->shift[m], q->out_signed);
  *clamped = wide != code;
  return code;
}

/* Everything about one net on one block: integers against the reference model, codes and gradient against the loops.
 * random: 0 exact, 1 tables of unsigned cores in some layers, 2 of signed ones. */
static void check_net(const char *text, int bytes, int per_tensor, int disturbed, int random) {
  axf_net n;
  axf_part d;
  axf_params p, g;
  axf_pass s;
  axf_qnet finished;
  CHECK(axf_net_parse(&n, "test.net", text) == 0);
  make_data(&d, &n, bytes, 150);
  CHECK(axf_params_alloc(&p, &n) == 0 && axf_params_alloc(&g, &n) == 0 && axf_pass_alloc(&s, &n, AXF_BLOCK) == 0);
  axf_params_init(&p, &n, 3);
  axf_mult *table[2] = {random_table(1, random == 2), random_table(2, random == 2)},
           *exact = axf_alloc(1, sizeof *exact);
  const axf_mult *mult[AXF_MAX_LAYERS] = {NULL}, *used[AXF_MAX_LAYERS];
  for (int i = 0; i < 65536; i++)
    exact->t[i] = (uint16_t)((i >> 8) * (i & 255));
  for (int l = 0; l < n.nlayers; l++) {
    mult[l] = !random || l == 1 ? NULL : table[l % 2]; /* a mixture, exact among them */
    used[l] = mult[l] ? mult[l] : exact;
    for (int m = 0; p.weight[l] && m < n.layer[l].out_c; m++)
      p.bias[l][m] = 0.05f * (float)(m % 5 - 2);
  }
  const axf_qpass_opt o = {.net = &n,
                           .mult = random ? mult : NULL,
                           .train = &d,
                           .calib = AXF_CALIB_PERCENTILE,
                           .per_tensor = per_tensor,
                           .images = 100,
                           .codes = disturbed ? disturb : NULL};
  axf_qpass *q = axf_qpass_new(&o);
  CHECK_MSG(q != NULL, "%s", axf_errmsg());
  if (!q)
    return;
  const axf_step at = {.seed = 77};
  CHECK(axf_qpass_calibrate(q, &p) == 0);
  for (size_t k = 0; k < axf_weight_count(&n.layer[n.nlayers - 1]); k++)
    p.weight[n.nlayers - 1][k] *= 4; /* class outputs leave their range */
  CHECK(axf_qpass_weights(q, &p, &at) == 0);
  const axf_qnet *Q = axf_qpass_qnet(q);
  const size_t each = (size_t)n.c * n.h * n.w;
  const int images = 13;
  for (int i = 0; i < images; i++)
    axf_example(&d, (uint32_t)i, s.act[0] + (size_t)i * each);
  uint32_t right = 0, wrong_class = 0;
  const double loss = axf_qpass_block(q, 0, &s, images, d.label, &g, &right);
  axf_params sum; /* of the loops */
  double *big[2], total = 0;
  CHECK(axf_params_alloc(&sum, &n) == 0);
  const size_t count = axf_params_count(&n);
  double *want = axf_alloc(count, sizeof *want);
  size_t wrong = 0, differ = 0, outputs = 0;
  for (int i = 0; i < images; i++) {
    plain t;
    memset(&t, 0, sizeof t);
    int16_t *ref[AXF_MAX_LAYERS] = {NULL}, *in = axf_alloc(each, sizeof *in);
    t.code[0] = axf_alloc(each, 1);
    t.grad[0] = axf_alloc(each, sizeof(double));
    for (size_t k = 0; k < each; k++) {
      uint8_t pixel;
      if (bytes) {
        axf_ref_input_u8(d.u8 + (size_t)i * each + k, 1, Q->q[0].in_signed, &pixel);
        in[k] = pixel;
      } else {
        axf_ref_input_f32(d.f32 + (size_t)i * each + k, 1, Q->q[0].s_in, &in[k]);
      }
      t.code[0][k] = bytes ? (uint8_t)in[k] : axf_code(in[k]);
    }
    /* forward by the loops, on the codes that were really used */
    int before = 0, next, c, h, w;
    for (int l = 0; l < n.nlayers; before = next, l = next) {
      const axf_layer *L = &n.layer[l];
      next = axf_ref_shape(&n, l, &c, &h, &w);
      ref[l] = axf_alloc((size_t)c * h * w, sizeof *ref[l]);
      t.v[l] = axf_alloc((size_t)c * L->out_h * L->out_w, sizeof *t.v[l]);
      t.code[next] = axf_alloc((size_t)c * h * w, 1);
      t.grad[next] = axf_alloc((size_t)c * h * w, sizeof(double));
      uint8_t *wcode = axf_alloc(axf_weight_count(L), 1);
      for (size_t k = 0; k < axf_weight_count(L); k++)
        wcode[k] = axf_code(Q->q[l].w[k]);
      if (disturbed)
        disturb(NULL, &at, l, wcode, axf_weight_count(L));
      plain_layer(L, &Q->q[l], used[l], wcode, t.code[before], t.v[l]);
      free(wcode);
      for (int m = 0, k = 0; m < c; m++)
        for (int y = 0; y < h; y++)
          for (int x = 0; x < w; x++, k++) {
            int winner, clamped;
            t.code[next][k] =
                axf_code(plain_output(L, next == l + 2 ? L + 1 : NULL, &Q->q[l], t.v[l], m, y, x, &winner, &clamped));
            wrong += t.code[next][k] != axf_qpass_codes(q, 0, l)[(size_t)i * c * h * w + k];
            outputs++;
          }
    }
    if (!disturbed) { /* the reference model knows no minus zero in weights */
      const int cls = axf_ref_net(&n, Q, used, in, ref);
      wrong_class += cls == d.label[i];
      for (int l = 0; l < n.nlayers; l = next) {
        next = axf_ref_shape(&n, l, &c, &h, &w);
        for (int k = 0; k < c * h * w; k++)
          wrong += axf_code(ref[l][k]) != axf_qpass_codes(q, 0, l)[(size_t)i * c * h * w + k];
      }
    }
    /* backward by the loops */
    double e[4], z = 0;
    const axf_qlayer *last = &Q->q[n.nlayers - 1];
    for (int k = 0; k < 4; k++)
      z += e[k] = exp((double)last->s_out * axf_code_value(t.code[n.nlayers][k]));
    total -= log(e[d.label[i]] / z);
    for (int k = 0; k < 4; k++)
      t.grad[n.nlayers][k] = e[k] / z - (k == d.label[i]);
    for (int l = n.nlayers - 1; l >= 0; l--) {
      if (!t.v[l])
        continue;
      const axf_layer *L = &n.layer[l];
      next = axf_ref_shape(&n, l, &c, &h, &w);
      const axf_layer *pool = next == l + 2 ? L + 1 : NULL;
      for (before = l; !t.code[before];)
        before--;
      const int P = L->out_h * L->out_w, step = pool ? pool->pstride : 1, window = pool ? pool->window : 1;
      big[0] = axf_alloc((size_t)c * P, sizeof(double));
      for (int m = 0, k = 0; m < c; m++)
        for (int y = 0; y < h; y++)
          for (int x = 0; x < w; x++, k++) {
            int winner, clamped;
            plain_output(L, pool, &Q->q[l], t.v[l], m, y, x, &winner, &clamped);
            const int inward = next == n.nlayers && t.grad[next][k] * axf_code_value(t.code[next][k]) > 0;
            const double dy = clamped && !inward ? 0 : t.grad[next][k];
            for (int a = 0; a < window * window; a++) {
              const int place = (y * step + a / window) * L->out_w + x * step + a % window;
              const int on = !L->relu || t.v[l][m * P + place] > 0;
              if (pool && pool->pool == AXF_POOL_AVG)
                big[0][m * P + place] += on * dy / (window * window);
              else if (place == winner)
                big[0][m * P + place] += on * dy;
            }
          }
      const size_t size = (size_t)L->in_c * L->in_h * L->in_w;
      float *value = axf_alloc(size, sizeof *value);
      for (size_t k = 0; k < size; k++)
        value[k] = Q->q[l].s_in * (float)(Q->q[l].in_signed ? axf_code_value(t.code[before][k]) : t.code[before][k]);
      plain_back(L, axf_qpass_values(q)->weight[l], value, big[0], want + (g.weight[l] - axf_params_block(&g)),
                 want + (g.bias[l] - axf_params_block(&g)), t.grad[before]);
      free(value);
      free(big[0]);
    }
    for (int l = 0; l <= n.nlayers; l++) {
      free(t.code[l]);
      free(t.grad[l]);
      free(t.v[l]);
      free(ref[l]);
    }
    free(in);
  }
  double scale = 0;
  for (size_t k = 0; k < count; k++)
    scale = fabs(want[k]) > scale ? fabs(want[k]) : scale;
  for (size_t k = 0; k < count; k++)
    differ += !(fabs(want[k] - (double)axf_params_block(&g)[k]) <= 1e-4 * scale);
  CHECK_MSG(wrong == 0, "%s: %zu of %zu output codes differ", n.name, wrong, outputs);
  CHECK_MSG(differ == 0 && scale > 0, "%s: %zu of %zu gradients differ", n.name, differ, count);
  CHECK_MSG(fabs(loss - total) < 1e-4 * total, "%s: loss %g, by the loops %g", n.name, loss, total);
  CHECK_MSG(disturbed || right == wrong_class, "%s: %u right, by the model %u", n.name, right, wrong_class);
  /* what comes out of training is what axf_quantise makes of the same parameters, where the ranges are the same */
  CHECK(axf_qpass_finish(q, &p, &finished) == 0);
  axf_model m = {.net = n, .params = p};
  const axf_quant_opt same = {per_tensor, AXF_CALIB_PERCENTILE, 100, table[0]->pmax, random == 2 ? mult : NULL};
  CHECK_MSG(axf_quantise(&m, &d, &same) == 0, "%s", axf_errmsg());
  for (int l = 0; l < n.nlayers && !random; l++)
    if (p.weight[l])
      CHECK(memcmp(m.q.q[l].w, finished.q[l].w, axf_weight_count(&n.layer[l])) == 0 &&
            memcmp(m.q.q[l].bias, finished.q[l].bias, 4 * (size_t)n.layer[l].out_c) == 0 &&
            m.q.q[l].s_out == finished.q[l].s_out);
  axf_qnet_free(&m.q);
  axf_qnet_free(&finished);
  axf_qpass_free(q);
  free(want);
  free(table[0]);
  free(table[1]);
  free(exact);
  axf_params_free(&sum);
  axf_params_free(&g);
  axf_params_free(&p);
  axf_pass_free(&s);
  free_data(&d);
  axf_net_free(&n);
}

static double first_loss, last_loss;
static void on_epoch(void *ctx, const axf_epoch *e) {
  (void)ctx;
  first_loss = e->epoch == 1 ? e->loss : first_loss;
  last_loss = e->loss;
}

/* Trains `net` through a random table and returns the hash of parameters and integers, "" on failure. */
static const char *run(const axf_net *n, const axf_part *d, const char *threads, const char *ckpt, int stop_after) {
  static char hash[8][65];
  static int turn;
  char *h = hash[turn++ % 8];
  axf_params p;
  axf_epoch e;
  axf_train_opts o;
  axf_qnet q;
  axf_mult *t = random_table(4, 0);
  const axf_mult *mult[AXF_MAX_LAYERS];
  for (int l = 0; l < AXF_MAX_LAYERS; l++)
    mult[l] = t;
  setenv("AXF_THREADS", threads, 1);
  axf_train_defaults(&o);
  CHECK(axf_train_set_net(&o, n) == 0 && axf_params_alloc(&p, n) == 0);
  o.shift = 1;
  o.validate = 50;
  const axf_qpass_opt qo = {.net = n, .mult = mult, .train = d, .calib = AXF_CALIB_MSE, .images = 64, .codes = NULL};
  axf_qpass *pass = axf_qpass_new(&qo);
  const axf_train_ctl ctl = {.method = axf_qpass_method(pass),
                             .checkpoint = ckpt,
                             .resume = AXF_RESUME_AUTO,
                             .stop_after = stop_after,
                             .on_epoch = on_epoch};
  h[0] = '\0';
  if (axf_train(n, &p, d, &o, &ctl, &e) == 0 && axf_qpass_finish(pass, &p, &q) == 0) {
    axf_sha256_hex(axf_params_block(&p), axf_params_count(n) * sizeof(float), h);
    for (int l = 0; l < n->nlayers; l++) /* the integers belong to it */
      for (size_t i = 0; q.q[l].w && i < axf_weight_count(&n->layer[l]); i++)
        h[i % 64] = (char)('a' + (h[i % 64] * 31 + q.q[l].w[i] + 128 + q.q[l].shift[0]) % 26);
    axf_qnet_free(&q);
  }
  CHECK_MSG(stop_after || e.val > 0.6, "held-out accuracy %g", e.val);
  axf_qpass_free(pass);
  axf_params_free(&p);
  free(t);
  return h;
}

static void check_training(void) {
  axf_net n;
  axf_part d;
  char ckpt[256];
  CHECK(axf_net_parse(&n, "pixels.net", pixels) == 0);
  make_data(&d, &n, 1, 650);
  const char *one = run(&n, &d, "1", NULL, 0);
  CHECK_MSG(*one && last_loss < 0.7 * first_loss, "loss %g, then %g: %s", first_loss, last_loss, axf_errmsg());
  CHECK(strcmp(one, run(&n, &d, "2", NULL, 0)) == 0);
  CHECK(strcmp(one, run(&n, &d, "4", NULL, 0)) == 0);
  snprintf(ckpt, sizeof ckpt, "%s/c.ckpt", dir);
  CHECK(strcmp(one, run(&n, &d, "2", ckpt, 1)) != 0);
  CHECK(strcmp(one, run(&n, &d, "1", ckpt, 0)) == 0); /* after an interruption, with another number of threads */
  unlink(ckpt);
  free_data(&d);
  axf_net_free(&n);
}

/* A net that cannot be run is refused when the pass is made. */
static void check_refusals(void) {
  axf_net n;
  axf_part d;
  axf_mult *t = random_table(1, 0);
  const axf_mult *mult[AXF_MAX_LAYERS];
  for (int l = 0; l < AXF_MAX_LAYERS; l++)
    mult[l] = t;
  t->pmax = 65535;
  CHECK(axf_net_parse(&n, "wide.net", "net wide\ninput 40000 1 1\nfc f out=4\n") == 0);
  make_data(&d, &n, 0, 4);
  const axf_qpass_opt o = {.net = &n, .mult = mult, .train = &d};
  CHECK(axf_qpass_new(&o) == NULL && strstr(axf_errmsg(), "overflow"));
  free_data(&d);
  axf_net_free(&n);
  free(t);
}

int main(int argc, char **argv) {
  (void)argc;
  axf_blas_pin(argv);
  CHECK(mkdtemp(dir) != NULL);
  for (int disturbed = 0; disturbed < 2; disturbed++)
    for (int random = 0; random < 3; random++)
      for (int per_tensor = 0; per_tensor < 2; per_tensor++) {
        check_net(pixels, 1, per_tensor, disturbed, random);
        check_net(mixed, 1, per_tensor, disturbed, random);
        check_net(windows, 1, per_tensor, disturbed, random);
        check_net(padded, 1, per_tensor, disturbed, random);
        check_net(whole, 1, per_tensor, disturbed, random);
        check_net(features, 0, per_tensor, disturbed, random);
      }
  check_training();
  check_refusals();
  rmdir(dir);
  return check_done("test_qpass");
}
