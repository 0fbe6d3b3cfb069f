/* Training options: defaults, their text form, and the learning-rate schedule.
 * SPDX-License-Identifier: Apache-2.0 */
#include "train/train.h"
#include <stdlib.h>
#include <string.h>

void axf_train_defaults(axf_train_opts *o) {
  *o = (axf_train_opts){.optimiser = AXF_SGD,
                        .schedule = AXF_COSINE,
                        .lr = 0.05,
                        .momentum = 0.9,
                        .wd = 1e-4,
                        .warmup = 1,
                        .step_factor = 0.1,
                        .step_every = 10,
                        .batch = 64,
                        .epochs = 15,
                        .seed = 1};
}

/* Index of value in a list of n words, -1 + axf_fail if it is none of them. */
static int choice(const char *what, const char *value, const char *const *word, int n) {
  char list[64] = "";
  for (int i = 0; i < n; i++) {
    if (strcmp(value, word[i]) == 0)
      return i;
    strcat(strcat(list, i ? ", " : ""), word[i]);
  }
  return axf_fail("%s must be one of %s, found '%s'", what, list, value);
}

static const char *const optimisers[] = {"sgd", "adam"};
static const char *const schedules[] = {"constant", "step", "cosine"};

int axf_train_set(axf_train_opts *o, const char *what, const char *key, const char *value) {
  const struct {
    const char *key;
    double *real;
    double lo, hi;
  } reals[] = {{"lr", &o->lr, 0, 1000},
               {"momentum", &o->momentum, 0, 0.9999},
               {"wd", &o->wd, 0, 1},
               {"warmup", &o->warmup, 0, 10000},
               {"step-factor", &o->step_factor, 0, 1}};
  const struct {
    const char *key;
    int *whole;
    long lo, hi;
  } wholes[] = {{"step-every", &o->step_every, 1, 10000},
                {"batch", &o->batch, 1, 65536},
                {"epochs", &o->epochs, 1, 10000},
                {"shift", &o->shift, 0, 255},
                {"flip", &o->flip, 0, 1}};
  long v;
  int i;
  for (size_t k = 0; k < sizeof reals / sizeof reals[0]; k++)
    if (strcmp(key, reals[k].key) == 0)
      return axf_parse_float(NULL, what, value, reals[k].lo, reals[k].hi, reals[k].real);
  for (size_t k = 0; k < sizeof wholes / sizeof wholes[0]; k++)
    if (strcmp(key, wholes[k].key) == 0) {
      if (axf_parse_int(NULL, what, value, wholes[k].lo, wholes[k].hi, &v))
        return -1;
      *wholes[k].whole = (int)v;
      return 0;
    }
  if (strcmp(key, "seed") == 0) {
    if (axf_parse_int(NULL, what, value, 0, INT64_MAX, &v))
      return -1;
    o->seed = (uint64_t)v;
  } else if (strcmp(key, "validate") == 0) {
    if (axf_parse_int(NULL, what, value, 0, 1 << 30, &v))
      return -1;
    o->validate = (uint32_t)v;
  } else if (strcmp(key, "optimiser") == 0) {
    if ((i = choice(what, value, optimisers, 2)) < 0)
      return -1;
    o->optimiser = (axf_optimiser)i;
  } else if (strcmp(key, "schedule") == 0) {
    if ((i = choice(what, value, schedules, 3)) < 0)
      return -1;
    o->schedule = (axf_schedule)i;
  } else {
    return axf_fail("%s: there is no training option '%s'", what, key);
  }
  return 0;
}

int axf_train_set_net(axf_train_opts *o, const axf_net *n) {
  char buf[sizeof n->train_opts], *save = NULL;
  snprintf(buf, sizeof buf, "%s", n->train_opts);
  for (char *t = strtok_r(buf, " ", &save); t; t = strtok_r(NULL, " ", &save)) {
    char what[sizeof n->train_opts + 128], *eq = strchr(t, '=');
    if (!eq)
      return axf_fail("net %s, train line: '%s' is not KEY=VALUE", n->name, t);
    *eq = '\0';
    snprintf(what, sizeof what, "net %s, train line: %s", n->name, t);
    if (axf_train_set(o, what, t, eq + 1))
      return -1;
  }
  return 0;
}

void axf_train_text(const axf_train_opts *o, char text[512]) {
  snprintf(text, 512,
           "--optimiser %s --schedule %s --lr %.9g --momentum %.9g --wd %.9g --warmup %.9g --step-factor %.9g "
           "--step-every %d --batch %d --epochs %d --seed %llu --shift %d --flip %d --validate %u",
           optimisers[o->optimiser], schedules[o->schedule], o->lr, o->momentum, o->wd, o->warmup, o->step_factor,
           o->step_every, o->batch, o->epochs, (unsigned long long)o->seed, o->shift, o->flip, o->validate);
}

float axf_train_lr(const axf_train_opts *o, int epoch, uint32_t step, uint32_t steps) {
  double at = epoch + (double)step / steps, lr = o->lr;
  if (o->schedule == AXF_COSINE)
    lr *= 0.5 + 0.5 * (double)axf_cosf((float)(3.14159265358979 * at / o->epochs));
  else if (o->schedule == AXF_STEP)
    for (int e = o->step_every; e <= epoch; e += o->step_every)
      lr *= o->step_factor;
  if (at < o->warmup)
    lr *= (at + 1.0 / steps) / o->warmup < 1 ? (at + 1.0 / steps) / o->warmup : 1;
  return (float)lr;
}
