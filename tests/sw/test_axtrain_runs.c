/* Whole trainings by each method: an interrupted run ends with the same bytes; dies and sensitivities by definition.
 * SPDX-License-Identifier: Apache-2.0 */
#include "axtrain/axtrain.h"
#include "axtrain/correct.h"
#include "axtrain/dies.h"
#include "axtrain/sensitivity.h"
#include "check.h"
#include "experiment/stats.h"
#include "quant/quant.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define N 200

/* Four classes of pictures: a bright quarter, and noise. */
static axf_part pictures(uint64_t seed) {
  axf_part d = {.n = N, .c = 1, .h = 8, .w = 8, .classes = 4};
  axf_rng r;
  d.u8 = axf_alloc((size_t)N * 64, 1);
  d.label = axf_alloc(N, 1);
  axf_rng_seed(&r, seed, 0);
  for (int i = 0; i < N; i++) {
    int c = d.label[i] = (uint8_t)axf_rng_below(&r, 4);
    for (int k = 0; k < 64; k++)
      d.u8[i * 64 + k] = (uint8_t)(axf_rng_below(&r, 120) + ((k / 32 == c / 2 && k % 8 / 4 == c % 2) ? 120 : 0));
  }
  snprintf(d.sha256, sizeof d.sha256, "%d", (int)seed);
  return d;
}

static const char net_text[] =
    "net n\ninput 1 8 8\nconv c1 maps=4 kernel=3 relu\npool p max 2\nfc f1 out=8 relu\nfc f2 out=4\n";

/* Trains; 0 or -1. stop: epochs after which to stop once and go on from the checkpoint; 0: in one go. */
static int train(const axf_net *n, const axf_part *d, const char *method, const axf_mult *const *mult, int stop,
                 axf_params *p) {
  char dir[] = "/tmp/axtrain_runsXXXXXX", path[64], word[256], *rest = word, *key;
  axf_train_opts o;
  axf_axtrain_opts ax;
  axf_epoch last;
  const axf_qpass_opt q = {.calib = AXF_CALIB_RANGE};
  int r = mkdtemp(dir) ? 0 : -1;
  snprintf(path, sizeof path, "%s/c", dir);
  snprintf(word, sizeof word, "%s", method);
  axf_train_defaults(&o);
  axf_axtrain_defaults(&ax);
  o.epochs = 5;
  o.batch = 16;
  while ((key = strsep(&rest, " "))) {
    char *value = strsep(&rest, " ");
    if (axf_axtrain_set(&ax, key, key, value))
      r = -1;
  }
  for (int part = stop ? 0 : 1; part < 2 && r == 0; part++) {
    const axf_train_ctl ctl = {.checkpoint = stop ? path : NULL,
                               .resume = part && stop ? AXF_RESUME_MUST : AXF_RESUME_NEVER,
                               .stop_after = part ? 0 : stop};
    axf_train_ctl with = ctl;
    axf_axtrain *a = axf_axtrain_new(&ax, n, d, mult, &q, o.batch);
    with.method = a ? axf_axtrain_method(a) : NULL;
    r = a ? axf_train(n, p, d, &o, &with, &last) : -1;
    axf_axtrain_free(a);
  }
  unlink(path);
  rmdir(dir);
  return r;
}

static void check_resume(const axf_net *n, const axf_part *d) {
  static const char *const methods[] = {"method plain",
                                        "method qat",
                                        "method active ber 0.02 active-weight 2",
                                        "method active ber 0.02 active-over block",
                                        "method active ber 0.02 active-form gauss-newton weight-code twos",
                                        "method active ber 0.02 active-form hutchinson",
                                        "method active ber 0.02 active-form sampled",
                                        "method joint ber 0.02 active-form sampled active-weight 0.5 clip 1.5",
                                        "method passive ber 0.01 pass integer window 3",
                                        "method passive ber 0.05 ber-warmup 2",
                                        "method passive ber 0.05 fault stuck pass integer",
                                        "method joint ber 0.02 clip 1",
                                        "method joint ber 0.02 pass integer active-weight 3",
                                        "method randbet ber 0.1 inject-below 1.2",
                                        "method clip clip 0.9",
                                        "method passive ber 0.02 ber-warmup 1 except f1=0.2,*:7=0",
                                        "method joint ber 0.02 pass integer except c1=0.1,f1:6=0",
                                        "method sam",
                                        "method die ber 0.05 die 3",
                                        "method qat window 2"};
  axf_mult *m = axf_alloc(1, sizeof *m);
  const axf_mult *mult[AXF_MAX_LAYERS];
  const size_t bytes = axf_params_count(n) * sizeof(float);
  axf_params once, twice, before;
  if (!m || axf_params_alloc(&once, n) || axf_params_alloc(&twice, n) || axf_params_alloc(&before, n))
    exit(1);
  for (uint32_t i = 0; i < 65536; i++) /* a rough multiplier */
    m->t[i] = (uint16_t)((i >> 8) * (i & 255) & 0xffe0u);
  m->pmax = 65024;
  for (int l = 0; l < AXF_MAX_LAYERS; l++)
    mult[l] = m;
  for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++)
    for (int with = 0; with < 2; with++) {
      CHECK_MSG(train(n, d, methods[i], with ? mult : NULL, 0, &once) == 0, "%s: %s", methods[i], axf_errmsg());
      CHECK_MSG(train(n, d, methods[i], with ? mult : NULL, 1, &twice) == 0, "%s: %s", methods[i], axf_errmsg());
      CHECK_MSG(memcmp(axf_params_block(&once), axf_params_block(&twice), bytes) == 0,
                "%s, mult %d: other bytes after a stop", methods[i], with);
      CHECK_MSG(memcmp(axf_params_block(&once), axf_params_block(&before), bytes) != 0,
                "%s, mult %d does what the method before did", methods[i], with);
      memcpy(axf_params_block(&before), axf_params_block(&once), bytes);
      const double accuracy = axf_eval_float(n, &once, d); /* without the die that method die is for */
      CHECK_MSG(accuracy > 0.6 || strstr(methods[i], "die 3"), "%s, mult %d: learned only %.2f", methods[i], with,
                accuracy);
    }
  axf_params_free(&once);
  axf_params_free(&twice);
  axf_params_free(&before);
  free(m);
}

/* Accuracy on a die against the reference model with the same cells; the clean accuracy; nesting of the losses. */
static void check_dies(axf_model *m, const axf_part *train_part, const axf_part *test) {
  const axf_quant_opt q = {.calib = AXF_CALIB_RANGE};
  double accuracy[2], clean, again;
  axf_dies_opt o = {.ber = 0.08, .code = AXF_CODE_TWOS, .bits = 255, .first_die = 4, .dies = 2};
  CHECK(axf_dies_accuracy(m, test, NULL, &o, accuracy, &clean) == -1); /* not quantised */
  CHECK_MSG(axf_quantise(m, train_part, &q) == 0, "%s", axf_errmsg());
  CHECK_MSG(axf_dies_accuracy(m, test, NULL, &o, accuracy, &clean) == 0, "%s", axf_errmsg());
  CHECK(clean > 60);
  const axf_die die = {.die = 5};
  axf_cells cells;
  size_t at = 0;
  CHECK(axf_cells_alloc(&cells, axf_weight_total(&m->net)) == 0);
  axf_cells_die(&cells, &die, 0.08, 255);
  axf_qnet *faulty = &m->q; /* changed in place, and back again */
  int8_t kept[4096] = {0};
  for (int l = 0, k = 0; l < m->net.nlayers; l++)
    for (size_t i = 0; i < axf_weight_count(&m->net.layer[l]); i++, at++, k++) {
      kept[k] = faulty->q[l].w[i];
      faulty->q[l].w[i] = (int8_t)axf_weight_decode(
          AXF_CODE_TWOS, axf_cells_read(&cells, at, axf_weight_encode(AXF_CODE_TWOS, kept[k])));
    }
  axf_eval_quantised(m, &(axf_dataset){.test = *test}, NULL, 0, &again);
  CHECK_MSG(fabs(again - accuracy[1]) < 1e-9, "die 5: %.4f, by hand %.4f", accuracy[1], again);
  for (int l = 0, k = 0; l < m->net.nlayers; l++)
    for (size_t i = 0; i < axf_weight_count(&m->net.layer[l]); i++, k++)
      faulty->q[l].w[i] = kept[k];
  o.ber = 0;
  CHECK(axf_dies_accuracy(m, test, NULL, &o, accuracy, &clean) == 0 && accuracy[0] == clean && accuracy[1] == clean);
  axf_cells_free(&cells);
}

/* The exact multiplier needs no correction; one that loses a quarter of each product needs scales of 4/3, and the model
 * is then as good as before. */
static void check_correct(axf_model *m, const axf_part *train_part, const axf_part *test) {
  const axf_dataset d = {.train = *train_part, .test = *test};
  axf_mult *t = axf_alloc(1, sizeof *t);
  const axf_mult *mult[AXF_MAX_LAYERS] = {t, t, t, t};
  double clean, before, after, away = 0;
  int32_t old[4];
  uint8_t pair[2] = {m->q.q[0].mult[0], m->q.q[0].shift[0]};
  int32_t bias = m->q.q[3].bias[1];
  if (!t)
    exit(1);
  for (int i = 0; i < 65536; i++)
    t->t[i] = (uint16_t)((i >> 8) * (i & 255));
  t->pmax = 65025;
  CHECK(axf_eval_quantised(m, &d, mult, 0, &clean) == 0);
  CHECK_MSG(axf_correct(m, train_part, 50, mult, 1) == 0, "%s", axf_errmsg());
  CHECK(m->q.q[0].mult[0] == pair[0] && m->q.q[0].shift[0] == pair[1] && m->q.q[3].bias[1] == bias);
  for (int i = 0; i < 65536; i++)
    t->t[i] = (uint16_t)((i >> 8) * (i & 255) * 3 / 4);
  memcpy(old, m->q.q[0].bias, sizeof old);
  CHECK(axf_eval_quantised(m, &d, mult, 0, &before) == 0);
  CHECK_MSG(axf_correct(m, train_part, 50, mult, 1) == 0, "%s", axf_errmsg());
  CHECK(axf_eval_quantised(m, &d, mult, 0, &after) == 0);
  CHECK_MSG(after >= clean - 2, "%.1f %% at first, %.1f with the multiplier, %.1f corrected", clean, before, after);
  double ratio = ldexp(m->q.q[0].mult[0], -m->q.q[0].shift[0]) / ldexp(pair[0], -pair[1]);
  CHECK_MSG(fabs(ratio - 4.0 / 3) < 0.03, "scale of map 0 times %.3f", ratio);
  for (int k = 0; k < 4; k++) /* y = 4/3 x: a bias is only brought to the new scale */
    away = fmax(away, fabs(m->q.q[0].bias[k] - 0.75 * old[k]));
  CHECK_MSG(away < 300, "a bias is off by %.0f", away);
  free(t);
}

static void check_sensitivity(const axf_model *m, const axf_part *d) {
  double loss[3], again[3], quiet, sum = 0;
  axf_sensitivity_opt o = {.ber = 0, .bits = 255, .layer = -1, .seed = 2};
  CHECK(axf_sensitivity(&m->net, &m->params, d, 0, &o, 3, loss, &quiet) == 0 && loss[0] == quiet && loss[2] == quiet);
  o.ber = 0.2;
  CHECK(axf_sensitivity(&m->net, &m->params, d, 0, &o, 3, loss, &quiet) == 0);
  CHECK(axf_sensitivity(&m->net, &m->params, d, 0, &o, 3, again, &quiet) == 0);
  CHECK(memcmp(loss, again, sizeof loss) == 0 && loss[0] != loss[1]);
  for (int i = 0; i < 3; i++)
    sum += loss[i] - quiet;
  CHECK_MSG(sum > 0, "noise lowers the loss by %g", -sum);
  /* Normal noise of variance 0 and mean 2 steps in one layer: every weight of it two steps higher. */
  axf_noise *noise = axf_alloc(1, sizeof *noise);
  axf_params moved;
  if (!noise || axf_params_alloc(&moved, &m->net))
    exit(1);
  for (int l = 0; l < AXF_MAX_LAYERS; l++)
    for (int v = 0; v < 255; v++)
      noise->mean[l][v] = 2;
  o.gauss = noise;
  o.ber = 0;
  o.layer = 2;
  CHECK(axf_sensitivity(&m->net, &m->params, d, 0, &o, 1, loss, &quiet) == 0);
  axf_weights_quantised(&m->net, &m->params, AXF_CODE_SIGN, NULL, &moved);
  const size_t k = axf_weight_count(&m->net.layer[2]) / (size_t)m->net.layer[2].out_c;
  for (size_t i = 0; i < axf_weight_count(&m->net.layer[2]); i++)
    moved.weight[2][i] += 2 * axf_weight_step(m->params.weight[2] + i / k * k, k);
  CHECK(fabs(axf_mean_loss(&m->net, &moved, d, 0) - loss[0]) < 1e-6);
  axf_params_free(&moved);
  free(noise);
}

/* Against numbers worked out by hand and printed tables. */
static void check_stats(void) {
  double v[5] = {4, 1, 3, 2, 10};
  axf_stats s;
  axf_stats_of(v, 5, &s);
  CHECK(s.mean == 4 && s.min == 1 && s.max == 10 && s.median == 3 && fabs(s.q10 - 1.4) < 1e-12);
  CHECK(fabs(s.sd - sqrt(50.0 / 4)) < 1e-12 && fabs(s.ci95 - 2.7764 * sqrt(50.0 / 20)) < 1e-9);
  axf_stats_of(v, 1, &s);
  CHECK(s.sd == 0 && s.ci95 == 0 && s.median == 1);
  CHECK(fabs(axf_student975(11) - 2.20099) < 1e-3 && fabs(axf_student975(19) - 2.09302) < 1e-3 &&
        fabs(axf_student975(1000) - 1.96234) < 1e-4);
}

static void check_held_out(const axf_part *d) {
  axf_part h;
  CHECK(axf_held_out(d, 1, N, &h) == -1);
  CHECK(axf_held_out(d, 1, 50, &h) == 0 && h.n == 50);
  int found = 0;
  for (int i = 0; i < 50; i++)
    for (int k = 0; k < N; k++)
      if (memcmp(h.u8 + i * 64, d->u8 + k * 64, 64) == 0 && h.label[i] == d->label[k])
        found++;
  CHECK(found == 50);
  axf_part_free(&h);
}

int main(void) {
  axf_part d = pictures(1), test = pictures(2);
  axf_model m;
  memset(&m, 0, sizeof m);
  CHECK(axf_net_parse(&m.net, "here", net_text) == 0 && axf_params_alloc(&m.params, &m.net) == 0);
  check_resume(&m.net, &d);
  CHECK(train(&m.net, &d, "method plain", NULL, 0, &m.params) == 0);
  check_dies(&m, &d, &test);
  check_sensitivity(&m, &test);
  check_correct(&m, &d, &test);
  check_stats();
  check_held_out(&d);
  axf_model_free(&m);
  axf_part_free(&d);
  axf_part_free(&test);
  return check_done("test_axtrain_runs");
}
