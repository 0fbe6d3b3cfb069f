/* axflow sensitivity: what the hardware's noise on the weights costs in loss, measured over many draws.
 * SPDX-License-Identifier: Apache-2.0 */
#include "axtrain/dies.h"
#include "axtrain/sensitivity.h"
#include "cli/cli.h"
#include "experiment/stats.h"
#include "quant/multset.h"
#include <stdlib.h>
#include <string.h>

static const axf_option options[] = {
    {"model", "FILE", "model, float or quantised: its float parameters are looked at"},
    {"data", "SET", "data set: auto, mnist, digits, .., FILE.set or 'set N; ..' (default auto)"},
    {"data-dir", "DIR", "where the data sets are"},
    {"ber", "P", "probability that a memory cell of a weight fails"},
    {"except", "LIST", "other rates: LAYER=P or LAYER:BIT=P, commas between, LAYER * for all"},
    {"fault", "F", "a failing cell: flip (default) or stuck"},
    {"weight-code", "C", "weights in memory: sign-magnitude (default), twos or offset"},
    {"fault-bits", "MASK", "bits of a weight that can fail (default 255: all)"},
    {"mult", "NAME", "noise of this multiplier, normal, with its mean and variance under the measured operands"},
    {"mult-dir", "DIR", "where the multiplier tables are"},
    {"draws", "N", "draws of the noise (default 100)"},
    {"images", "N", "test examples of each draw (default: all)"},
    {"validate", "N", "on the N training examples that train --validate N holds out, not on the test set"},
    {"seed", "N", "seed of the draws, and of that training (default 1)"},
    {"layers", NULL, "also each layer alone"},
    {"bits", NULL, "also each bit of the code alone"},
    {NULL, NULL, NULL}};
#define NOPTIONS (sizeof options / sizeof options[0])

static const axf_usage usage = {
    "sensitivity", "--model FILE [--ber P] [--mult NAME] [options]",
    "Measures E[L(w + n)] - L(w): how much the mean cross entropy rises when the weights, on "
    "their 8-bit grid,\ncarry the noise of failing memory cells, of a multiplier, or both.",
    options};

typedef struct {
  const char **value;
  axf_model m;
  axf_dataset d;
  axf_part held;
  const axf_part *part;
  axf_multset mults;
  axf_noise *noise;
  axf_rates rates;
  axf_sensitivity_opt o;
  long draws, images;
} run;

static const char *option(const run *r, const char *name, const char *def) {
  return axf_cli_get(&usage, r->value, name, def);
}

/* One line: what is noisy, and the rise of the loss. */
static int measure(const run *r, const axf_sensitivity_opt *o, const char *what) {
  double quiet, *loss = axf_alloc((size_t)r->draws, sizeof *loss);
  axf_stats s;
  if (!loss ||
      axf_sensitivity(&r->m.net, &r->m.params, r->part, (uint32_t)r->images, o, (uint32_t)r->draws, loss, &quiet)) {
    free(loss);
    return -1;
  }
  for (long i = 0; i < r->draws; i++)
    loss[i] -= quiet;
  axf_stats_of(loss, (size_t)r->draws, &s);
  printf("SENSITIVITY net=%s data=%s %s draws=%ld loss=%.6f rise=%.6f ci95=%.6f sd=%.6f median=%.6f max=%.6f\n",
         r->m.net.name, r->d.name, what, r->draws, quiet, s.mean, s.ci95, s.sd, s.median, s.max);
  fflush(stdout);
  free(loss);
  return 0;
}

static int measure_parts(run *r) {
  const axf_net *n = &r->m.net;
  char what[160], noise[112];
  const int both = option(r, "ber", NULL) && r->o.gauss;
  axf_sensitivity_opt o = r->o;
  if (both)
    snprintf(noise, sizeof noise, "mult=%.32s ber=%.6g code=%s", option(r, "mult", ""), o.ber,
             axf_weight_code_name(o.code));
  else if (o.gauss)
    snprintf(noise, sizeof noise, "mult=%.32s", option(r, "mult", ""));
  else
    snprintf(noise, sizeof noise, "ber=%.6g code=%s", o.ber, axf_weight_code_name(o.code));
  snprintf(what, sizeof what, "%s of=all", noise);
  int bad = measure(r, &o, what);
  for (int l = 0; l < n->nlayers && !bad && option(r, "layers", NULL); l++)
    if (n->layer[l].kind != AXF_POOL) {
      o.layer = l;
      snprintf(what, sizeof what, "%s of=layer:%s", noise, n->layer[l].name);
      bad = measure(r, &o, what);
    }
  o.layer = -1;
  for (int b = 7; b >= 0 && !bad && option(r, "bits", NULL); b--) {
    o.bits = (uint8_t)(1 << b);
    snprintf(what, sizeof what, "%s of=bit:%d", noise, b);
    bad = measure(r, &o, what);
  }
  return bad;
}

/* Means and variances of the multipliers' noise, under the operands of training examples. */
static int make_noise(run *r) {
  axf_operands *seen = axf_alloc(1, sizeof *seen);
  r->noise = axf_alloc(1, sizeof *r->noise);
  int bad = !seen || !r->noise ||
            axf_multset_load(&r->mults, &r->m.net, option(r, "mult", NULL), option(r, "mult-dir", NULL)) ||
            axf_operands_measure(seen, &r->m.net, &r->m.params, &r->d.train, 1000);
  if (!bad)
    axf_noise_add_mult(r->noise, &r->m.net, r->mults.layer, seen);
  r->o.gauss = r->noise;
  free(seen);
  return bad;
}

static int sensitivity(run *r) {
  long bits, held, seed;
  r->o.layer = -1;
  r->part = &r->d.test;
  if (axf_weight_code_of("--weight-code", option(r, "weight-code", "sign-magnitude"), &r->o.code) ||
      axf_fault_kind_of(option(r, "fault", "flip"), &r->o.kind) ||
      axf_cli_long(&usage, r->value, "fault-bits", "255", 0, 255, &bits) ||
      axf_cli_long(&usage, r->value, "draws", "100", 2, 1000000, &r->draws) ||
      axf_cli_long(&usage, r->value, "images", "0", 0, UINT32_MAX, &r->images) ||
      axf_cli_long(&usage, r->value, "seed", "1", 0, INT64_MAX, &seed) ||
      axf_cli_long(&usage, r->value, "validate", "0", 0, UINT32_MAX, &held) ||
      axf_parse_float(NULL, "--ber", option(r, "ber", "0"), 0, 1, &r->o.ber) ||
      axf_model_load(&r->m, option(r, "model", NULL)) ||
      axf_dataset_load(&r->d, option(r, "data", "auto"), option(r, "data-dir", NULL)) ||
      (held && axf_held_out(&r->d.train, (uint64_t)seed, (uint32_t)held, &r->held)))
    return -1;
  r->part = held ? &r->held : r->part;
  r->o.bits = (uint8_t)bits;
  r->o.seed = (uint64_t)seed;
  if (option(r, "except", NULL)) {
    if (axf_rates_of(&r->rates, &r->m.net, r->o.ber, "--except", option(r, "except", NULL), NULL))
      return -1;
    r->o.rates = &r->rates;
  }
  if (option(r, "mult", NULL) && make_noise(r))
    return -1;
  return measure_parts(r);
}

int axf_cmd_sensitivity(int argc, char **argv) {
  const char *value[NOPTIONS];
  int status = axf_cli_options(&usage, argc, argv, value);
  if (status >= 0)
    return status;
  run r = {.value = value};
  if (!option(&r, "model", NULL))
    return axf_cli_wrong(&usage, "--model is missing");
  if (!option(&r, "ber", NULL) && !option(&r, "mult", NULL))
    return axf_cli_wrong(&usage, "--ber, --mult or both must be given");
  if (option(&r, "mult", NULL) && option(&r, "bits", NULL))
    return axf_cli_wrong(&usage, "--bits is for failing cells (--ber)");
  int bad = sensitivity(&r);
  free(r.noise);
  axf_part_free(&r.held);
  axf_multset_free(&r.mults);
  axf_dataset_free(&r.d);
  axf_model_free(&r.m);
  return bad ? axf_cli_fail(&usage) : 0;
}
