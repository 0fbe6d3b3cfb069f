/* Training: the loss falls, the bytes do not depend on threads or interruptions, options are checked.
 * SPDX-License-Identifier: Apache-2.0 */
#include "check.h"
#include "kernels/kernels.h"
#include "train/train.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char text[] = "net small\ninput 1 12 12\nconv c maps=4 kernel=5 pad=2 relu\npool p max 2\n"
                           "fc f out=24 relu\nfc g out=4\ntrain lr=0.02 batch=40 epochs=4\n";
static char dir[] = "/tmp/axf_test_train.XXXXXX";
static axf_net net;

/* Noisy bars: class k is a bright line, flat or upright, in the upper/left or lower/right half. */
static void make_data(axf_part *d, uint32_t n, uint64_t seed) {
  axf_rng r;
  axf_rng_seed(&r, seed, 0);
  *d = (axf_part){.n = n, .c = 1, .h = 12, .w = 12, .classes = 4};
  d->u8 = axf_alloc(n, 144);
  d->label = axf_alloc(n, 1);
  for (uint32_t i = 0; i < n; i++) {
    uint32_t k = axf_rng_below(&r, 4), at = axf_rng_below(&r, 5) + (k & 1 ? 7 : 0);
    d->label[i] = (uint8_t)k;
    for (uint32_t y = 0; y < 12; y++)
      for (uint32_t x = 0; x < 12; x++)
        d->u8[i * 144 + y * 12 + x] = (uint8_t)(axf_rng_below(&r, 120) + ((k & 2 ? x : y) == at ? 90 : 0));
  }
  axf_sha256_hex(d->u8, (size_t)n * 144, d->sha256);
}

static double first_loss, last_loss;
static int epochs_run, notes;
static char note[1500];

static void on_epoch(void *ctx, const axf_epoch *e) {
  (void)ctx;
  if (e->epoch == 1)
    first_loss = e->loss;
  last_loss = e->loss;
  epochs_run++;
}

static void on_note(void *ctx, const char *s) {
  (void)ctx;
  notes++;
  snprintf(note, sizeof note, "%s", s);
}

/* Trains with these options and returns the hash of the parameters, "" on failure. */
static const char *run(const axf_part *d, const axf_train_opts *o, const char *threads, const char *ckpt,
                       axf_resume resume, int stop_after) {
  static char hash[8][65];
  static int turn;
  char *h = hash[turn++ % 8];
  axf_params p;
  axf_epoch e;
  axf_train_ctl ctl = {
      .checkpoint = ckpt, .resume = resume, .stop_after = stop_after, .on_epoch = on_epoch, .on_note = on_note};
  setenv("AXF_THREADS", threads, 1);
  epochs_run = 0;
  h[0] = '\0';
  CHECK(axf_params_alloc(&p, &net) == 0);
  if (axf_train(&net, &p, d, o, &ctl, &e) == 0)
    axf_sha256_hex(axf_params_block(&p), axf_params_count(&net) * sizeof(float), h);
  axf_params_free(&p);
  return h;
}

static void check_threads(const axf_part *d, const axf_train_opts *o, const char *what) {
  const char *one = run(d, o, "1", NULL, AXF_RESUME_AUTO, 0);
  CHECK_MSG(*one, "%s: %s", what, axf_errmsg());
  CHECK_MSG(epochs_run == o->epochs && last_loss < 0.7 * first_loss, "%s: loss %g, then %g", what, first_loss,
            last_loss);
  CHECK_MSG(strcmp(one, run(d, o, "2", NULL, AXF_RESUME_AUTO, 0)) == 0, "%s: 2 threads give other bytes", what);
  CHECK_MSG(strcmp(one, run(d, o, "4", NULL, AXF_RESUME_AUTO, 0)) == 0, "%s: 4 threads give other bytes", what);
}

static void check_resume(const axf_part *d, const axf_train_opts *o, const char *what) {
  char ckpt[256];
  axf_train_opts other = *o;
  snprintf(ckpt, sizeof ckpt, "%s/c.ckpt", dir);
  const char *whole = run(d, o, "1", NULL, AXF_RESUME_AUTO, 0);
  CHECK(*run(d, o, "1", ckpt, AXF_RESUME_MUST, 0) == '\0' && strstr(axf_errmsg(), "no checkpoint"));
  const char *part = run(d, o, "2", ckpt, AXF_RESUME_AUTO, 1);
  CHECK_MSG(*part && strcmp(part, whole) != 0, "%s", what);
  notes = 0;
  const char *rest = run(d, o, "1", ckpt, AXF_RESUME_AUTO, 0);
  CHECK_MSG(strcmp(rest, whole) == 0, "%s: resumed run gives other bytes", what);
  CHECK(notes == 1 && epochs_run == o->epochs - 1 && strstr(note, "continuing after epoch 1"));
  CHECK(strcmp(run(d, o, "1", ckpt, AXF_RESUME_MUST, 0), whole) == 0 && epochs_run == 0);
  CHECK(strcmp(run(d, o, "1", ckpt, AXF_RESUME_NEVER, 0), whole) == 0 && epochs_run == o->epochs);
  /* another seed: the checkpoint does not fit */
  other.seed++;
  CHECK(*run(d, &other, "1", ckpt, AXF_RESUME_MUST, 0) == '\0' && strstr(axf_errmsg(), "other options"));
  CHECK(*run(d, &other, "1", ckpt, AXF_RESUME_AUTO, 0) && strstr(note, "starting from the beginning"));
  CHECK(epochs_run == o->epochs);
  /* a damaged one: said, then started again */
  FILE *f = fopen(ckpt, "r+b");
  CHECK(f && fseek(f, -9, SEEK_END) == 0 && fputc(77, f) == 77 && fclose(f) == 0);
  CHECK(strcmp(run(d, o, "1", ckpt, AXF_RESUME_AUTO, 0), whole) == 0 && strstr(note, "damaged"));
  unlink(ckpt);
}

static void check_options(void) {
  axf_train_opts o;
  axf_net bad = net;
  axf_train_defaults(&o);
  CHECK(axf_train_set_net(&o, &net) == 0 && o.lr == 0.02 && o.batch == 40 && o.epochs == 4);
  CHECK(axf_train_set(&o, "--lr", "lr", "fast") == -1 && strstr(axf_errmsg(), "--lr must be a finite decimal number"));
  CHECK(axf_train_set(&o, "--batch", "batch", "0") == -1 && strstr(axf_errmsg(), "from 1 to 65536"));
  CHECK(axf_train_set(&o, "--optimiser", "optimiser", "lion") == -1 && strstr(axf_errmsg(), "sgd, adam"));
  CHECK(axf_train_set(&o, "--x", "x", "1") == -1 && strstr(axf_errmsg(), "no training option 'x'"));
  snprintf(bad.train_opts, sizeof bad.train_opts, "lr=0.1 colour=3");
  CHECK(axf_train_set_net(&o, &bad) == -1 && strstr(axf_errmsg(), "net small, train line: colour"));
  /* schedules */
  axf_train_defaults(&o);
  o.lr = 1;
  o.epochs = 10;
  o.warmup = 2;
  CHECK(fabsf(axf_train_lr(&o, 5, 0, 100) - 0.5f) < 1e-6f && axf_train_lr(&o, 9, 99, 100) < 1e-4f);
  o.schedule = AXF_CONSTANT;
  CHECK(axf_train_lr(&o, 9, 99, 100) == 1 && fabsf(axf_train_lr(&o, 0, 99, 100) - 0.5f) < 1e-6f);
  o.schedule = AXF_STEP;
  o.step_every = 3;
  CHECK(axf_train_lr(&o, 2, 99, 100) == 1 && axf_train_lr(&o, 3, 0, 100) == 0.1f);
  CHECK(fabsf(axf_train_lr(&o, 9, 0, 100) - 0.001f) < 1e-9f);
}

/* Two updates by three gradient blocks against the formulas in double; weights decay, biases do not. */
static void check_optimiser(axf_optimiser kind) {
  axf_train_opts o = {.optimiser = kind, .momentum = 0.9, .wd = 0.01};
  axf_optim s;
  axf_params p, g[3];
  axf_rng r;
  size_t count = axf_params_count(&net), wrong = 0;
  double *v = axf_alloc(count, sizeof *v), *m = axf_alloc(count, sizeof *m), *want = axf_alloc(count, sizeof *want);
  axf_rng_seed(&r, 11, 0);
  CHECK(axf_optim_alloc(&s, &net, &o) == 0 && axf_params_alloc(&p, &net) == 0);
  for (int b = 0; b < 3; b++)
    CHECK(axf_params_alloc(&g[b], &net) == 0);
  axf_params_init(&p, &net, 5);
  for (size_t i = 0; i < count; i++)
    want[i] = (double)axf_params_block(&p)[i];
  for (int step = 1; step <= 2; step++) {
    for (int b = 0; b < 3; b++)
      axf_params_init(&g[b], &net, (uint64_t)(10 * step + b));
    g[0].bias[0][1] = 1;
    g[2].bias[0][1] = 2;
    for (int l = 0; l < net.nlayers; l++)
      for (int part = 0; part < 2 && p.weight[l]; part++) {
        size_t n = part ? (size_t)net.layer[l].out_c : axf_weight_count(&net.layer[l]);
        size_t at = (size_t)((part ? p.bias[l] : p.weight[l]) - axf_params_block(&p));
        for (size_t i = at; i < at + n; i++) {
          double sum = 0;
          for (int b = 0; b < 3; b++)
            sum += (double)axf_params_block(&g[b])[i];
          sum = sum * 0.25 + (part ? 0 : 0.01 * want[i]);
          m[i] = kind == AXF_SGD ? 0.9 * m[i] + sum : 0.9 * m[i] + 0.1 * sum;
          v[i] = 0.999 * v[i] + 0.001 * sum * sum;
          double root = sqrt(v[i] / (1 - pow(0.999, step))) + 1e-8;
          want[i] -= kind == AXF_SGD ? 0.1 * m[i] : 0.1 * m[i] / (1 - pow(0.9, step)) / root;
        }
      }
    axf_optim_update(&s, &o, 0.1f, axf_params_block(&p), g, 3, 0.25f);
  }
  for (size_t i = 0; i < count; i++)
    wrong += !(fabs(want[i] - (double)axf_params_block(&p)[i]) < 1e-5);
  CHECK_MSG(wrong == 0 && s.step == 2, "%zu of %zu parameters differ", wrong, count);
  for (int b = 0; b < 3; b++)
    axf_params_free(&g[b]);
  axf_params_free(&p);
  axf_optim_free(&s);
  free(v);
  free(m);
  free(want);
}

/* Both augmentations against what they should do, on a picture with one bright pixel. */
static void check_augment(void) {
  axf_part d = {.n = 1, .c = 1, .h = 6, .w = 6};
  axf_train_opts o = {.shift = 2};
  axf_rng r;
  float x[36], spare[36];
  int seen[36] = {0}, places = 0;
  axf_rng_seed(&r, 3, 3);
  for (int t = 0; t < 2000; t++) {
    memset(x, 0, sizeof x);
    x[2 * 6 + 3] = 1;
    axf_augment(&d, &o, &r, x, spare);
    int at = axf_argmax(36, x);
    float sum = 0;
    for (int i = 0; i < 36; i++)
      sum += x[i];
    CHECK(sum == 1 && at / 6 >= 0 && at / 6 <= 4 && at % 6 >= 1 && at % 6 <= 5);
    places += !seen[at]++;
  }
  CHECK_MSG(places == 25, "%d places", places);
  o = (axf_train_opts){.flip = 1};
  int flipped = 0;
  for (int t = 0; t < 200; t++) {
    memset(x, 0, sizeof x);
    x[2 * 6 + 1] = 1;
    axf_augment(&d, &o, &r, x, spare);
    CHECK(x[2 * 6 + 1] == 1 || x[2 * 6 + 4] == 1);
    flipped += x[2 * 6 + 4] == 1;
  }
  CHECK_MSG(flipped > 60 && flipped < 140, "%d of 200", flipped);
}

int main(int argc, char **argv) {
  axf_part d, test;
  axf_train_opts o;
  (void)argc;
  axf_blas_pin(argv);
  CHECK(mkdtemp(dir) != NULL);
  CHECK(axf_net_parse(&net, "small.net", text) == 0);
  make_data(&d, 610, 1); /* the last mini-batch and its last block are not full */
  make_data(&test, 333, 2);
  axf_train_defaults(&o);
  CHECK(axf_train_set_net(&o, &net) == 0);
  check_threads(&d, &o, "sgd");
  check_resume(&d, &o, "sgd");
  o.shift = o.flip = 1;
  o.validate = 50;
  o.epochs = 10;
  check_threads(&d, &o, "augmented");
  o.shift = o.flip = 0;
  o.epochs = 4;
  o.optimiser = AXF_ADAM;
  o.lr = 0.01;
  check_threads(&d, &o, "adam");
  check_resume(&d, &o, "adam");
  check_options();
  check_optimiser(AXF_SGD);
  check_optimiser(AXF_ADAM);
  check_augment();

  axf_params p;
  axf_epoch e;
  const axf_train_ctl quiet = {.on_epoch = NULL};
  o.epochs = 8;
  CHECK(axf_params_alloc(&p, &net) == 0 && axf_train(&net, &p, &d, &o, &quiet, &e) == 0);
  double one = axf_eval_float(&net, &p, &test);
  setenv("AXF_THREADS", "4", 1);
  CHECK_MSG(one > 0.9 && one == axf_eval_float(&net, &p, &test) && e.val > 0.8, "test %g val %g", one, e.val);
  o.validate = 610;
  CHECK(axf_train(&net, &p, &d, &o, &quiet, &e) == -1 && strstr(axf_errmsg(), "cannot be held out"));
  o.validate = 0;
  o.optimiser = AXF_SGD;
  o.lr = 1000;
  o.wd = 1; /* each step now multiplies the weights by about -1000 */
  CHECK(axf_train(&net, &p, &d, &o, &quiet, &e) == -1 && strstr(axf_errmsg(), "diverged"));
  test.classes = 5;
  CHECK(axf_eval_float(&net, &p, &test) == -1 && strstr(axf_errmsg(), "4 classes"));
  axf_params_free(&p);
  axf_net_free(&net);
  free(d.u8);
  free(d.label);
  free(test.u8);
  free(test.label);
  rmdir(dir);
  return check_done("test_train");
}
