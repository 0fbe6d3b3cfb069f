/* axflow eval: model + data -> accuracy on the test set, float and (once quantised) with any multipliers.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"
#include "data/data.h"
#include "nn/net.h"
#include "quant/multset.h"
#include "quant/quant.h"
#include "train/train.h"
#include <string.h>

static const axf_option options[] = {
    {"model", "FILE", "model file"},
    {"data", "SET", "data set: auto, mnist, digits, .., FILE.set or 'set N; ..' (default auto)"},
    {"data-dir", "DIR", "where the data sets are"},
    {"mult", "NAME", "quantised model: this multiplier; NAME,LAYER=NAME,... mixes (default exact)"},
    {"mult-dir", "DIR", "where the multiplier tables are"},
    {NULL, NULL, NULL}};
#define NOPTIONS (sizeof options / sizeof options[0])

static const axf_usage usage = {"eval", "--model FILE [--data SET] [--mult NAME]",
                                "Measures the accuracy of a model on the whole test set.", options};

/* Prints the one line of results. */
static int measure(const axf_model *m, const axf_dataset *d, const char *name, const char *dir) {
  axf_multset mults;
  double as_float, accuracy = 0;
  if (name && !m->quantised)
    return axf_fail("--mult needs a quantised model: run `axflow quantize` first");
  if (axf_train_fits(&m->net, &d->test, d->name) || axf_multset_load(&mults, &m->net, name, dir))
    return -1;
  as_float = axf_eval_float(&m->net, &m->params, &d->test);
  int r = as_float < 0 || (m->quantised && axf_eval_quantised(m, d, mults.layer, 0, &accuracy)) ? -1 : 0;
  axf_multset_free(&mults);
  if (r == 0 && m->quantised)
    printf("EVAL net=%s data=%s mult=%s float_accuracy=%.2f%% accuracy=%.2f%%\n", m->net.name, d->name,
           name ? name : "exact", 100 * as_float, accuracy);
  else if (r == 0)
    printf("EVAL net=%s data=%s float_accuracy=%.2f%%\n", m->net.name, d->name, 100 * as_float);
  return r;
}

int axf_cmd_eval(int argc, char **argv) {
  const char *value[NOPTIONS];
  int status = axf_cli_options(&usage, argc, argv, value);
  if (status >= 0)
    return status;
  const char *path = axf_cli_get(&usage, value, "model", NULL);
  if (!path)
    return axf_cli_wrong(&usage, "--model is missing");
  axf_model m;
  axf_dataset d;
  memset(&d, 0, sizeof d);
  if (axf_model_load(&m, path))
    return axf_cli_fail(&usage);
  int r =
      axf_dataset_load(&d, axf_cli_get(&usage, value, "data", "auto"), axf_cli_get(&usage, value, "data-dir", NULL)) ||
      measure(&m, &d, axf_cli_get(&usage, value, "mult", NULL), axf_cli_get(&usage, value, "mult-dir", NULL));
  axf_dataset_free(&d);
  axf_model_free(&m);
  return r ? axf_cli_fail(&usage) : 0;
}
