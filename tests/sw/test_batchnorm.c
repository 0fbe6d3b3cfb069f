/* Batch normalisation: gradients against differences, folding, the net's text, the model file, and training to the same
 * bytes for any number of threads and after an interruption. SPDX-License-Identifier: Apache-2.0 */
#include "check.h"
#include "kernels/kernels.h"
#include "quant/quant.h"
#include "train/train.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char text[] = "net bn # a comment about bn\ninput 1 10 10\nconv bn maps=4 kernel=3 pad=1 bn relu # bn\n"
                           "pool p max 2\nconv d maps=5 kernel=3 relu bn\nfc f out=9 bn\nfc g out=3\n"
                           "train lr=0.05 batch=40 epochs=4\n";
static char dir[] = "/tmp/axf_test_bn.XXXXXX";
static axf_net net;

/* Bright lines at a height that tells the class. */
static void make_data(axf_part *d, uint32_t n) {
  axf_rng r;
  axf_rng_seed(&r, 8, 0);
  *d = (axf_part){.n = n, .c = 1, .h = 10, .w = 10, .classes = 3};
  d->u8 = axf_alloc(n, 100);
  d->label = axf_alloc(n, 1);
  for (uint32_t i = 0; i < n; i++) {
    const uint32_t k = axf_rng_below(&r, 3), at = 3 * k + axf_rng_below(&r, 4);
    d->label[i] = (uint8_t)k;
    for (uint32_t p = 0; p < 100; p++)
      d->u8[i * 100 + p] = (uint8_t)(axf_rng_below(&r, 150) + (p / 10 == at ? 60 : 0));
  }
  axf_sha256_hex(d->u8, (size_t)n * 100, d->sha256);
}

/* Statistics, gammas and biases that are not the ones of the beginning. */
static void stir(axf_params *p) {
  axf_rng r;
  axf_rng_seed(&r, 4, 4);
  axf_params_init(p, &net, 3);
  for (int l = 0; l < net.nlayers; l++)
    for (int m = 0; p->weight[l] && m < net.layer[l].out_c; m++) {
      p->bias[l][m] = 0.3f * axf_rng_normal(&r);
      if (p->gamma[l]) {
        p->gamma[l][m] = 0.5f + axf_rng_uniform(&r);
        p->mean[l][m] = 0.5f * axf_rng_normal(&r);
        p->var[l][m] = 0.2f + axf_rng_uniform(&r);
      }
    }
}

static double loss_of(axf_pass *s, const axf_params *p, const axf_part *d, int n) {
  uint32_t right = 0;
  for (int i = 0; i < n; i++)
    axf_example(d, (uint32_t)i, s->act[0] + i * 100);
  return axf_softmax_xent(n, 3, axf_pass_forward(s, p, n), d->label, NULL, &right);
}

/* The slope along a random direction of each tensor. */
static void check_gradient(const axf_part *d, int batch) {
  axf_params p, g, moved;
  axf_pass s;
  const int n = 16;
  uint32_t right = 0;
  CHECK(axf_params_alloc(&p, &net) == 0 && axf_params_alloc(&g, &net) == 0 && axf_params_alloc(&moved, &net) == 0);
  CHECK(axf_pass_alloc(&s, &net, n) == 0);
  s.batch = batch;
  stir(&p);
  const size_t count = axf_params_count(&net);
  loss_of(&s, &p, d, n);
  axf_pass_backward(&s, &p, n, d->label, &g, &right);
  for (int l = 0; l < net.nlayers; l++)
    for (int kind = 0; kind < 3; kind++) {
      float *const *of = kind == 0 ? p.weight : kind == 1 ? p.bias : p.gamma;
      if (!of[l])
        continue;
      const size_t at = (size_t)(of[l] - axf_params_block(&p)),
                   size = kind ? (size_t)net.layer[l].out_c : axf_weight_count(&net.layer[l]);
      int close = 0;
      double slope = 0, difference = 0;
      for (int turn = 0; turn < 9; turn++) { /* a kink of a ReLU or of a pool may lie on the way: most must agree */
        axf_rng r;
        double loss[2];
        axf_rng_seed(&r, 50 + (uint64_t)turn, (uint64_t)(3 * l + kind));
        float *direction = axf_alloc(size, sizeof *direction);
        slope = 0;
        for (size_t i = 0; i < size; i++) {
          direction[i] = axf_rng_normal(&r);
          slope += (double)direction[i] * (double)axf_params_block(&g)[at + i];
        }
        for (int side = 0; side < 2; side++) {
          memcpy(axf_params_block(&moved), axf_params_block(&p), count * sizeof(float));
          for (size_t i = 0; i < size; i++)
            axf_params_block(&moved)[at + i] += (side ? 1e-3f : -1e-3f) * direction[i];
          loss[side] = loss_of(&s, &moved, d, n);
        }
        difference = (loss[1] - loss[0]) / 2e-3;
        close += fabs(difference - slope) < 0.02 * fabs(slope) + 0.02;
        free(direction);
      }
      CHECK_MSG(close >= 6, "batch %d layer %s tensor %d: %d of 9 slopes agree, the last is %g, by differences %g",
                batch, net.layer[l].name, kind, close, slope, difference);
    }
  axf_params_free(&p);
  axf_params_free(&g);
  axf_params_free(&moved);
  axf_pass_free(&s);
}

/* Forward against the definition for one map; statistics into the gradient. */
static void check_statistics(const axf_part *d) {
  axf_params p, g;
  axf_pass s;
  const int n = 13, P = 100;
  uint32_t right = 0;
  double sum = 0, square = 0;
  CHECK(axf_params_alloc(&p, &net) == 0 && axf_params_alloc(&g, &net) == 0 && axf_pass_alloc(&s, &net, 16) == 0);
  s.batch = 1;
  stir(&p);
  loss_of(&s, &p, d, n);
  axf_pass_backward(&s, &p, n, d->label, &g, &right);
  double *z = axf_alloc((size_t)(n * P), sizeof *z);
  for (int i = 0; i < n; i++)
    for (int y = 0; y < 10; y++)
      for (int x = 0; x < 10; x++) {
        double a = 0;
        for (int k = 0; k < 9; k++) {
          const int yy = y + k / 3 - 1, xx = x + k % 3 - 1;
          if (yy >= 0 && yy < 10 && xx >= 0 && xx < 10)
            a += (double)p.weight[0][2 * 9 + k] * d->u8[i * 100 + yy * 10 + xx] / 255;
        }
        z[(i * 10 + y) * 10 + x] = a;
        sum += a;
      }
  const double mean = sum / (n * P);
  for (int i = 0; i < n * P; i++)
    square += (z[i] - mean) * (z[i] - mean);
  const double var = square / (n * P);
  CHECK(fabs((double)g.mean[0][2] - mean) < 1e-5 && fabs((double)g.var[0][2] - var) < 1e-5);
  double worst = 0;
  for (int i = 0; i < n * P; i++) {
    const double y = (double)p.gamma[0][2] * (z[i] - mean) / sqrt(var + (double)AXF_BN_EPSILON) + (double)p.bias[0][2];
    const double e = fabs((y > 0 ? y : 0) - (double)s.act[1][(i / P * 4 + 2) * P + i % P]);
    worst = e > worst ? e : worst;
  }
  CHECK_MSG(worst < 1e-4, "%g", worst);
  const float old = p.mean[0][2], oldv = p.var[0][2];
  axf_params two[2] = {g, g};
  axf_update_statistics(&net, &p, two, 20);
  CHECK(fabsf(p.mean[0][2] - (0.9f * old + 0.1f * (float)mean)) < 1e-5f);
  CHECK(fabsf(p.var[0][2] - (0.9f * oldv + 0.1f * (float)var)) < 1e-5f);
  free(z);
  axf_params_free(&p);
  axf_params_free(&g);
  axf_pass_free(&s);
}

/* The folded net computes the same, its text has lost the word, and a model file keeps everything. */
static void check_fold(const axf_part *d) {
  axf_net bare, again;
  axf_params p, folded, in_place;
  axf_pass s, t;
  char path[256];
  CHECK(axf_net_has_bn(&net) && axf_net_fold(&bare, &net) == 0 && !axf_net_has_bn(&bare));
  CHECK_MSG(strcmp(bare.text, "net bn # a comment about bn\ninput 1 10 10\nconv bn maps=4 kernel=3 pad=1 relu # bn\n"
                              "pool p max 2\nconv d maps=5 kernel=3 relu\nfc f out=9\nfc g out=3\n"
                              "train lr=0.05 batch=40 epochs=4\n") == 0,
            "%s", bare.text);
  CHECK(axf_params_alloc(&p, &net) == 0 && axf_params_alloc(&folded, &bare) == 0);
  CHECK(axf_params_alloc(&in_place, &net) == 0);
  CHECK(axf_pass_alloc(&s, &net, 16) == 0 && axf_pass_alloc(&t, &bare, 16) == 0);
  stir(&p);
  axf_params_fold(&folded, &net, &p);
  axf_params_fold(&in_place, &net, &p);
  const double one = loss_of(&s, &p, d, 16), two = loss_of(&t, &folded, d, 16), three = loss_of(&s, &in_place, d, 16);
  CHECK_MSG(fabs(one - two) < 1e-4 * one && fabs(one - three) < 1e-4 * one, "%g %g %g", one, two, three);
  axf_model m = {.net = net, .params = p}, back, plain = {.net = bare, .params = folded};
  const axf_quant_opt o = {.calib = AXF_CALIB_RANGE, .images = 50};
  CHECK(axf_quantise(&m, d, &o) == 0 && axf_quantise(&plain, d, &o) == 0);
  size_t off = 0;
  for (int l = 0; l < net.nlayers; l++)
    for (size_t i = 0; p.weight[l] && i < axf_weight_count(&net.layer[l]); i++)
      off += abs(m.q.q[l].w[i] - plain.q.q[l].w[i]) > 1; /* their ranges differ by rounding */
  for (int l = 0; l < net.nlayers; l++)
    for (int i = 0; p.weight[l] && i < net.layer[l].out_c; i++) {
      const double a = axf_quant_weight_step(&net, &m.q, l, i), b = axf_quant_weight_step(&bare, &plain.q, l, i);
      off += fabs(a - b) > 0.01 * a || abs(m.q.q[l].bias[i] - plain.q.q[l].bias[i]) > abs(m.q.q[l].bias[i]) / 50 + 9;
    }
  CHECK_MSG(off == 0, "%zu integers differ", off);
  snprintf(path, sizeof path, "%s/m.axm", dir);
  CHECK(axf_model_save(&m, path) == 0 && axf_model_load(&back, path) == 0);
  CHECK(memcmp(axf_params_block(&back.params), axf_params_block(&p), axf_params_count(&net) * sizeof(float)) == 0);
  p.var[0][1] = -1;
  CHECK(axf_model_save(&m, path) == 0);
  axf_model_free(&back);
  CHECK(axf_model_load(&back, path) == -1 && strstr(axf_errmsg(), "bn.var: element 1 is below 0"));
  unlink(path);
  CHECK(axf_net_parse(&again, "x.net", "net x\ninput 1 4 4\nconv c maps=2 kernel=2\npool p max 2 bn\n") == -1 &&
        strstr(axf_errmsg(), "unknown option 'bn'"));
  CHECK(axf_net_parse(&again, "x.net", "net x\ninput 4 1 1\nfc f out=2 bn bn\n") == -1 &&
        strstr(axf_errmsg(), "stands twice"));
  axf_qnet_free(&m.q);
  axf_qnet_free(&plain.q);
  axf_params_free(&p);
  axf_params_free(&folded);
  axf_params_free(&in_place);
  axf_pass_free(&s);
  axf_pass_free(&t);
  axf_net_free(&bare);
}

static double first_loss, last_loss;
static void on_epoch(void *ctx, const axf_epoch *e) {
  (void)ctx;
  first_loss = e->epoch == 1 ? e->loss : first_loss;
  last_loss = e->loss;
}

static const char *run(const axf_part *d, const char *threads, const char *ckpt, int stop_after) {
  static char hash[8][65];
  static int turn;
  char *h = hash[turn++ % 8];
  axf_params p;
  axf_epoch e;
  axf_train_opts o;
  const axf_train_ctl ctl = {
      .checkpoint = ckpt, .resume = AXF_RESUME_AUTO, .stop_after = stop_after, .on_epoch = on_epoch};
  setenv("AXF_THREADS", threads, 1);
  axf_train_defaults(&o);
  CHECK(axf_train_set_net(&o, &net) == 0 && axf_params_alloc(&p, &net) == 0);
  h[0] = '\0';
  if (axf_train(&net, &p, d, &o, &ctl, &e) == 0)
    axf_sha256_hex(axf_params_block(&p), axf_params_count(&net) * sizeof(float), h);
  if (!stop_after) {
    const double accuracy = axf_eval_float(&net, &p, d); /* with the running statistics */
    CHECK_MSG(accuracy > 0.75, "%g", accuracy);
  }
  axf_params_free(&p);
  return h;
}

int main(int argc, char **argv) {
  axf_part d;
  char ckpt[256];
  (void)argc;
  axf_blas_pin(argv);
  CHECK(mkdtemp(dir) != NULL);
  CHECK(axf_net_parse(&net, "bn.net", text) == 0);
  make_data(&d, 650);
  check_gradient(&d, 1);
  check_gradient(&d, 0);
  check_statistics(&d);
  check_fold(&d);
  const char *one = run(&d, "1", NULL, 0);
  CHECK_MSG(*one && last_loss < 0.5 * first_loss, "loss %g, then %g", first_loss, last_loss);
  CHECK(strcmp(one, run(&d, "2", NULL, 0)) == 0 && strcmp(one, run(&d, "4", NULL, 0)) == 0);
  snprintf(ckpt, sizeof ckpt, "%s/c.ckpt", dir);
  CHECK(strcmp(one, run(&d, "2", ckpt, 2)) != 0);
  CHECK(strcmp(one, run(&d, "1", ckpt, 0)) == 0);
  unlink(ckpt);
  free(d.u8);
  free(d.label);
  axf_net_free(&net);
  rmdir(dir);
  return check_done("test_batchnorm");
}
