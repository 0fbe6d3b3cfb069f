/* axflow quantize: float model + training examples -> model with the accelerator's integers.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"
#include "quant/multset.h"
#include "quant/quant.h"
#include "train/qpass.h"
#include "train/train.h"
#include <stdlib.h>
#include <string.h>

static const axf_option options[] = {
    {"model", "FILE", "float model file"},
    {"out", "FILE", "model file to write; it keeps the float parameters"},
    {"data", "SET", "data set: auto, mnist, digits, .., FILE.set or 'set N; ..' (default auto)"},
    {"data-dir", "DIR", "where the data sets are"},
    {"per-tensor", NULL, "one weight scale a layer (default: one an output map)"},
    {"calib", "RULE", "range of activations: range, percentile or mse (default mse)"},
    {"images", "N", "training examples to calibrate on (default 2000)"},
    {"mult", "NAME", "measure with this multiplier too, and leave room for its products; NAME,LAYER=NAME,... mixes"},
    {"through", NULL, "calibrate through that multiplier instead of by a float pass alone"},
    {"mult-dir", "DIR", "where the multiplier tables are"},
    {NULL, NULL, NULL}};
#define NOPTIONS (sizeof options / sizeof options[0])

static const axf_usage usage = {
    "quantize", "--model FILE --out FILE [--data SET] [options]",
    "Quantises a trained model to 8 bits, calibrated on training examples only, and measures the float and the\n"
    "quantised accuracy (exact multiplier) on the whole test set.",
    options};

static int set_percent(axf_container *c, const char *key, double v) {
  char text[32];
  snprintf(text, sizeof text, "%.2f", v);
  return axf_container_set(c, key, text);
}

/* What the model file says about this step; nothing in it depends on machine, time or place. */
static int provenance(axf_model *m, const axf_dataset *d, const axf_quant_opt *o, const char *through, double as_float,
                      double quantised) {
  const char *granularity = o->per_tensor ? "per-tensor" : "per-output-map";
  char images[16];
  snprintf(images, sizeof images, "%u", o->images);
  char *command =
      axf_sprintf("axflow quantize --data %s --calib %s --images %s%s%s%s", d->name, axf_calib_name[o->calib], images,
                  o->per_tensor ? " --per-tensor" : "", through ? " --through --mult " : "", through ? through : "");
  const char *const pairs[][2] = {{"quantise.version", AXF_VERSION},
                                  {"quantise.command", command},
                                  {"quantise.granularity", granularity},
                                  {"quantise.calib", axf_calib_name[o->calib]},
                                  {"quantise.images", images},
                                  {"quantise.data", d->name},
                                  {"quantise.data_sha256", d->train.sha256},
                                  {"quantise.test_sha256", d->test.sha256}};
  int r = command && (m->meta || (m->meta = axf_container_new("model"))) ? 0 : -1;
  for (size_t i = 0; i < sizeof pairs / sizeof pairs[0] && r == 0; i++)
    r = axf_container_set(m->meta, pairs[i][0], pairs[i][1]);
  if (r == 0 && through)
    r = axf_container_set(m->meta, "quantise.mult", through);
  free(command);
  return r || set_percent(m->meta, "float_accuracy", as_float) || set_percent(m->meta, "accuracy", quantised) ? -1 : 0;
}

/* Quantises with ranges that are calibrated through the multipliers, as training through them does it. */
static int quantise_through(axf_model *m, const axf_part *train, const axf_quant_opt *o) {
  axf_net bare;
  axf_params folded = {.weight = {NULL}};
  if (axf_net_fold(&bare, &m->net))
    return -1;
  const axf_qpass_opt po = {.net = &bare,
                            .mult = o->mult,
                            .train = train,
                            .calib = o->calib,
                            .per_tensor = o->per_tensor,
                            .images = o->images};
  axf_qpass *pass = axf_params_alloc(&folded, &bare) ? NULL : axf_qpass_new(&po);
  int r = -1;
  if (pass) {
    axf_params_fold(&folded, &m->net, &m->params);
    axf_qnet_free(&m->q);
    r = axf_qpass_finish(pass, &folded, &m->q);
    m->quantised = r == 0;
  }
  axf_qpass_free(pass);
  axf_params_free(&folded);
  axf_net_free(&bare);
  return r;
}

/* Quantises, measures, writes. */
static int quantise(axf_model *m, const axf_dataset *d, axf_quant_opt *o, const axf_multset *mults, const char *name,
                    int through, const char *out) {
  double quantised, approximate = 0;
  o->pmax = mults->pmax;
  o->mult = mults->layer;
  o->images = o->images < d->train.n ? o->images : d->train.n;
  if (axf_train_fits(&m->net, &d->test, d->name) ||
      (through ? quantise_through(m, &d->train, o) : axf_quantise(m, &d->train, o)))
    return -1;
  double as_float = axf_eval_float(&m->net, &m->params, &d->test);
  if (as_float < 0 || axf_eval_quantised(m, d, NULL, 0, &quantised) ||
      (name && axf_eval_quantised(m, d, mults->layer, 0, &approximate)) ||
      provenance(m, d, o, through ? name : NULL, 100 * as_float, quantised) || axf_model_save(m, out))
    return -1;
  if (name)
    printf("with multiplier %s: accuracy %.2f%%\n", name, approximate);
  printf("QUANTIZE net=%s data=%s granularity=%s calib=%s float_accuracy=%.2f%% accuracy=%.2f%% model=%s\n",
         m->net.name, d->name, o->per_tensor ? "per-tensor" : "per-output-map", axf_calib_name[o->calib],
         100 * as_float, quantised, out);
  return 0;
}

int axf_cmd_quantize(int argc, char **argv) {
  const char *value[NOPTIONS];
  int status = axf_cli_options(&usage, argc, argv, value);
  if (status >= 0)
    return status;
  const char *path = axf_cli_get(&usage, value, "model", NULL), *out = axf_cli_get(&usage, value, "out", NULL);
  const char *calib = axf_cli_get(&usage, value, "calib", "mse"), *mult = axf_cli_get(&usage, value, "mult", NULL);
  const char *count = axf_cli_get(&usage, value, "images", "2000");
  const int rule = axf_calib_of(calib), through = axf_cli_get(&usage, value, "through", NULL) != NULL;
  char *end;
  unsigned long images = strtoul(count, &end, 10);
  if (!path || !out)
    return axf_cli_wrong(&usage, "--%s is missing", path ? "out" : "model");
  if (through && !mult)
    return axf_cli_wrong(&usage, "--through needs --mult");
  if (rule < 0)
    return axf_cli_wrong(&usage, "--calib is '%s', there are range, percentile and mse", calib);
  if (*count < '0' || *count > '9' || *end || images < 1 || images > 100000000)
    return axf_cli_wrong(&usage, "--images is '%s', expected a number from 1 to 100000000", count);
  axf_quant_opt o = {.per_tensor = axf_cli_get(&usage, value, "per-tensor", NULL) != NULL,
                     .calib = (axf_calib)rule,
                     .images = (uint32_t)images};
  axf_model m;
  axf_dataset d;
  axf_multset mults;
  memset(&d, 0, sizeof d);
  memset(&mults, 0, sizeof mults);
  if (axf_model_load(&m, path))
    return axf_cli_fail(&usage);
  int r =
      axf_multset_load(&mults, &m.net, mult, axf_cli_get(&usage, value, "mult-dir", NULL)) ||
      axf_dataset_load(&d, axf_cli_get(&usage, value, "data", "auto"), axf_cli_get(&usage, value, "data-dir", NULL)) ||
      quantise(&m, &d, &o, &mults, mult, through, out);
  axf_multset_free(&mults);
  axf_dataset_free(&d);
  axf_model_free(&m);
  return r ? axf_cli_fail(&usage) : 0;
}
