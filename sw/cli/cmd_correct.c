/* axflow correct: fits a quantised model's biases and scales to a multiplier, without retraining.
 * SPDX-License-Identifier: Apache-2.0 */
#include "axtrain/correct.h"
#include "cli/cli.h"
#include "quant/multset.h"
#include "quant/quant.h"
#include "train/train.h"
#include <string.h>

static const axf_option options[] = {
    {"model", "FILE", "quantised model"},
    {"mult", "NAME", "multiplier; NAME,LAYER=NAME,... mixes"},
    {"mult-dir", "DIR", "where the multiplier tables are"},
    {"data", "SET", "data set: auto, mnist, digits, .., FILE.set or 'set N; ..' (default auto)"},
    {"data-dir", "DIR", "where the data sets are"},
    {"images", "N", "training examples to fit on (default 100)"},
    {"bias-only", NULL, "correct the means of the sums, not their scales"},
    {"out", "FILE", "model file to write"},
    {NULL, NULL, NULL}};
#define NOPTIONS (sizeof options / sizeof options[0])

static const axf_usage usage = {
    "correct", "--model FILE --mult NAME --out FILE [options]",
    "Fits biases and scales of a quantised model to a multiplier on training examples, so that the "
    "sums are on\naverage those of the exact multiplier. Weights stay as they are.",
    options};

static int correct(axf_model *m, axf_dataset *d, axf_multset *mults, const char **value, const char *mult,
                   const char *out) {
  const char *set = axf_cli_get(&usage, value, "data", "auto");
  const int bias_only = axf_cli_get(&usage, value, "bias-only", NULL) != NULL;
  long images;
  double before, after;
  char text[64];
  if (axf_cli_long(&usage, value, "images", "100", 1, 1000000, &images) ||
      axf_multset_load(mults, &m->net, mult, axf_cli_get(&usage, value, "mult-dir", NULL)) ||
      axf_dataset_load(d, set, axf_cli_get(&usage, value, "data-dir", NULL)) ||
      axf_eval_quantised(m, d, mults->layer, 0, &before) ||
      axf_correct(m, &d->train, (uint32_t)images, mults->layer, !bias_only) ||
      axf_eval_quantised(m, d, mults->layer, 0, &after))
    return -1;
  snprintf(text, sizeof text, "%s on %ld examples", bias_only ? "bias" : "bias and scale", images);
  if (axf_container_set(m->meta, "correct.mult", mult) || axf_container_set(m->meta, "correct.how", text))
    return -1;
  snprintf(text, sizeof text, "%.2f", after);
  if (axf_container_set(m->meta, "accuracy", text) || axf_model_save(m, out))
    return -1;
  printf("CORRECT net=%s data=%s mult=%s before=%.2f%% accuracy=%.2f%% model=%s\n", m->net.name, d->name, mult, before,
         after, out);
  return 0;
}

int axf_cmd_correct(int argc, char **argv) {
  const char *value[NOPTIONS];
  int status = axf_cli_options(&usage, argc, argv, value);
  if (status >= 0)
    return status;
  const char *path = axf_cli_get(&usage, value, "model", NULL), *mult = axf_cli_get(&usage, value, "mult", NULL);
  const char *out = axf_cli_get(&usage, value, "out", NULL);
  if (!path || !mult || !out)
    return axf_cli_wrong(&usage, "--model, --mult and --out must be given");
  axf_model m;
  axf_dataset d;
  axf_multset mults;
  memset(&d, 0, sizeof d);
  memset(&mults, 0, sizeof mults);
  if (axf_model_load(&m, path))
    return axf_cli_fail(&usage);
  int bad = correct(&m, &d, &mults, value, mult, out);
  axf_multset_free(&mults);
  axf_dataset_free(&d);
  axf_model_free(&m);
  return bad ? axf_cli_fail(&usage) : 0;
}
