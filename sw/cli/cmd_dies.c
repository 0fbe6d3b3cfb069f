/* axflow dies: accuracy of a quantised model on many dies with failing memory cells.
 * SPDX-License-Identifier: Apache-2.0 */
#include "axtrain/dies.h"
#include "cli/cli.h"
#include "experiment/stats.h"
#include "quant/multset.h"
#include "train/train.h"
#include <stdlib.h>
#include <string.h>

static const axf_option options[] = {
    {"model", "FILE", "quantised model"},
    {"data", "SET", "data set: auto, mnist, digits, .., FILE.set or 'set N; ..' (default auto)"},
    {"data-dir", "DIR", "where the data sets are"},
    {"mult", "NAME", "multiplier; NAME,LAYER=NAME,... mixes (default exact)"},
    {"mult-dir", "DIR", "where the multiplier tables are"},
    {"ber", "P,P,..", "probabilities that a memory cell of a weight fails"},
    {"tech", "NAME", "with --vdd instead of --ber: technology of sw/faults/tech.txt"},
    {"vdd", "V,V,..", "supply voltages"},
    {"except", "LIST", "other rates (with --vdd: supplies): LAYER=V or LAYER:BIT=V, commas between, LAYER * for all"},
    {"fault", "F", "a failing cell: flip (default) or stuck"},
    {"weight-code", "C", "weights in memory: sign-magnitude (default), twos or offset"},
    {"fault-bits", "MASK", "bits of a weight that can fail (default 255: all)"},
    {"protect", "P", "protection of the weights' words: none (default), parity, secded, msb1 .. msb7"},
    {"clustered", NULL, "the macros of a die differ, as measured on 28 nm block RAM"},
    {"dies", "N", "number of dies (default 20)"},
    {"first-die", "N", "number of the first (default 1)"},
    {"validate", "N", "on the N training examples that train --validate N holds out, not on the test set"},
    {"seed", "N", "seed of that training (default 1)"},
    {"csv", "FILE", "write one line a die"},
    {NULL, NULL, NULL}};
#define NOPTIONS (sizeof options / sizeof options[0])

static const axf_usage usage = {
    "dies", "--model FILE --ber P[,P..] [options]",
    "Measures the accuracy of a quantised model on dies whose weight memories fail, bit for "
    "bit in the\nintegers of the accelerator: mean, spread, worst die. docs/axtrain.md has the placement "
    "of the weights.",
    options};

typedef struct {
  const char **value;
  axf_model m;
  axf_dataset d;
  axf_part held;
  axf_multset mults;
  axf_dies_opt o;
  const char *mult;
  axf_tech tech;
} run;

static const char *option(const run *r, const char *name, const char *def) {
  return axf_cli_get(&usage, r->value, name, def);
}

static int read_settings(run *r) {
  long dies, first, bits;
  const char *fault = option(r, "fault", "flip");
  if (axf_weight_code_of("--weight-code", option(r, "weight-code", "sign-magnitude"), &r->o.code) ||
      axf_fault_kind_of(fault, &r->o.kind) ||
      axf_protect_of("--protect", option(r, "protect", "none"), &r->o.protect) ||
      axf_cli_long(&usage, r->value, "dies", "20", 1, 100000, &dies) ||
      axf_cli_long(&usage, r->value, "first-die", "1", 0, INT32_MAX, &first) ||
      axf_cli_long(&usage, r->value, "fault-bits", "255", 0, 255, &bits))
    return -1;
  if (r->o.kind == AXF_FAULT_TRANSIENT)
    return axf_fail("--fault: flip or stuck; transient faults are simulated by make sim");
  r->o.dies = (uint32_t)dies;
  r->o.first_die = (uint32_t)first;
  r->o.bits = (uint8_t)bits;
  r->o.clustered = option(r, "clustered", NULL) != NULL;
  return option(r, "vdd", NULL) ? axf_tech_read(&r->tech, option(r, "tech", "65nm"), NULL) : 0;
}

/* One rate: a line on stdout, and a line a die to csv. */
static int measure(run *r, const axf_part *d, const char *given, FILE *csv) {
  double at, clean, *v = axf_alloc(r->o.dies, sizeof *v);
  axf_stats s;
  const int volts = option(r, "vdd", NULL) != NULL;
  if (!v || axf_parse_float(NULL, volts ? "--vdd" : "--ber", given, 0, volts ? 100 : 1, &at) ||
      (volts && axf_tech_ber(&r->tech, at, &r->o.ber))) {
    free(v);
    return -1;
  }
  if (!volts)
    r->o.ber = at;
  axf_rates rates;
  const char *except = option(r, "except", NULL);
  if (except && axf_rates_of(&rates, &r->m.net, r->o.ber, "--except", except, volts ? &r->tech : NULL)) {
    free(v);
    return -1;
  }
  r->o.rates = except ? &rates : NULL;
  if (axf_dies_accuracy(&r->m, d, r->mults.layer, &r->o, v, &clean)) {
    free(v);
    return -1;
  }
  for (uint32_t i = 0; i < r->o.dies && csv; i++)
    fprintf(csv, "%s,%s,%s,%.9g,%s,%s,%d,%u,%.4f\n", r->m.net.name, r->d.name, r->mult ? r->mult : "exact", r->o.ber,
            axf_fault_kind_name(r->o.kind), axf_weight_code_name(r->o.code), r->o.clustered, r->o.first_die + i, v[i]);
  axf_stats_of(v, r->o.dies, &s);
  printf("DIES net=%s data=%s mult=%s", r->m.net.name, r->d.name, r->mult ? r->mult : "exact");
  if (volts)
    printf(" tech=%s vdd=%g", r->tech.name, at);
  if (except)
    printf(" except=%s", except);
  if (r->o.protect.kind)
    printf(" protect=%s", axf_protect_name(r->o.protect));
  if (r->o.clustered)
    printf(" clustered=yes");
  printf(" ber=%.6g fault=%s code=%s dies=%u examples=%u clean=%.2f%% mean=%.2f%% sd=%.2f ci95=%.2f "
         "min=%.2f%% q10=%.2f%% "
         "median=%.2f%% max=%.2f%%\n",
         r->o.ber, axf_fault_kind_name(r->o.kind), axf_weight_code_name(r->o.code), r->o.dies, d->n, clean, s.mean,
         s.sd, s.ci95, s.min, s.q10, s.median, s.max);
  fflush(stdout);
  free(v);
  return 0;
}

/* All rates of a list "P,P,..". */
static int measure_all(run *r, const axf_part *d, const char *list) {
  const char *path = option(r, "csv", NULL);
  axf_out *out = path ? axf_out_begin(path) : NULL;
  char *copy = axf_strdup(list), *rest = copy, *item;
  int bad = !copy || (path && !out);
  if (!bad && out)
    fprintf(axf_out_stream(out), "net,data,mult,ber,fault,code,clustered,die,accuracy\n");
  while (!bad && (item = strsep(&rest, ",")))
    bad = measure(r, d, item, out ? axf_out_stream(out) : NULL);
  free(copy);
  if (bad) {
    axf_out_abort(out);
    return -1;
  }
  return out ? axf_out_commit(out) : 0;
}

static int dies(run *r) {
  const axf_part *d = &r->d.test;
  long held, seed;
  if (read_settings(r) || axf_model_load(&r->m, option(r, "model", NULL)) ||
      axf_dataset_load(&r->d, option(r, "data", "auto"), option(r, "data-dir", NULL)) ||
      axf_train_fits(&r->m.net, d, r->d.name) ||
      axf_multset_load(&r->mults, &r->m.net, r->mult, option(r, "mult-dir", NULL)) ||
      axf_cli_long(&usage, r->value, "validate", "0", 0, UINT32_MAX, &held) ||
      axf_cli_long(&usage, r->value, "seed", "1", 0, INT64_MAX, &seed))
    return -1;
  if (held) {
    if (axf_held_out(&r->d.train, (uint64_t)seed, (uint32_t)held, &r->held))
      return -1;
    d = &r->held;
  }
  return measure_all(r, d, option(r, "vdd", NULL) ? option(r, "vdd", NULL) : option(r, "ber", NULL));
}

int axf_cmd_dies(int argc, char **argv) {
  const char *value[NOPTIONS];
  int status = axf_cli_options(&usage, argc, argv, value);
  if (status >= 0)
    return status;
  run r = {.value = value};
  if (!option(&r, "model", NULL))
    return axf_cli_wrong(&usage, "--model is missing");
  if (!option(&r, "ber", NULL) == !option(&r, "vdd", NULL))
    return axf_cli_wrong(&usage, "one of --ber and --vdd must be given");
  r.mult = option(&r, "mult", NULL);
  int bad = dies(&r);
  axf_part_free(&r.held);
  axf_multset_free(&r.mults);
  axf_dataset_free(&r.d);
  axf_model_free(&r.m);
  return bad ? axf_cli_fail(&usage) : 0;
}
