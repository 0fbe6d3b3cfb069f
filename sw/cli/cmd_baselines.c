/* axflow baselines: the convolutions of networks on the arrays that FlexFlow is compared with.
 * SPDX-License-Identifier: Apache-2.0 */
#include "baseline/baseline.h"
#include "cli/cli.h"
#include <string.h>

#define MOST_NETS 16

static const axf_option options[] = {
    {"net", "NAMES", "networks, a name of sw/nets or a file each, separated by commas; they count as one"},
    {"d", "N", "elements a side, 1..256 (default 16)"},
    {"json", "FILE", "write the figures as JSON too"},
    {NULL, NULL, NULL}};
static const axf_usage usage = {
    "baselines", "--net NAMES [options]",
    "Counts the cycles that other arrays of D x D elements need for the convolutions of a network, without stalls, and "
    "how busy their elements are: the rivals of the FlexFlow paper, its own equations, an output-stationary array.",
    options};

/* Sums over the convolutions. */
typedef struct {
  int64_t macs;
  uint64_t cycles[AXF_BASELINES];
  int missing[AXF_BASELINES]; /* a layer cannot run on it */
} figures;

static double busy(int64_t macs, uint64_t cycles, long D) {
  return cycles ? 100.0 * (double)macs / ((double)D * (double)D * (double)cycles) : 0;
}

static void line(const char *net, const char *layer, int64_t macs, const uint64_t *cycles, long D) {
  printf("%-12s %-8s %12lld", net, layer, (long long)macs);
  for (int b = 0; b < AXF_BASELINES; b++) {
    if (cycles[b])
      printf(" %11llu %5.1f%%", (unsigned long long)cycles[b], busy(macs, cycles[b], D));
    else
      printf(" %18s", "n/a");
  }
  printf("\n");
}

static int load(axf_net *n, const char *name) {
  char path[4096];
  return axf_net_find(path, sizeof path, name) || axf_net_load(n, path) ? -1 : 0;
}

static void count(figures *sum, const axf_net *n, int K, long D) {
  for (int l = 0; l < n->nlayers; l++) {
    const axf_layer *y = &n->layer[l];
    uint64_t cycles[AXF_BASELINES];
    if (y->kind != AXF_CONV)
      continue;
    sum->macs += y->macs;
    for (int b = 0; b < AXF_BASELINES; b++) {
      cycles[b] = axf_baseline_cycles((axf_baseline)b, y, K, (int)D);
      sum->cycles[b] += cycles[b];
      sum->missing[b] |= cycles[b] == 0;
    }
    line(n->name, y->name, y->macs, cycles, D);
  }
}

static int json(const char *path, const figures *sum, const char *nets, long D, int argc, char **argv) {
  axf_json j;
  axf_out *out = axf_out_begin(path);
  if (!out)
    return -1;
  axf_json_begin(&j, axf_out_stream(out));
  axf_json_provenance(&j, argc, argv, 0);
  axf_json_str(&j, "nets", nets);
  axf_json_num(&j, "d", (double)D);
  axf_json_num(&j, "macs", (double)sum->macs);
  for (int b = 0; b < AXF_BASELINES; b++) {
    if (!sum->cycles[b])
      continue;
    axf_json_obj(&j, axf_baseline_name((axf_baseline)b));
    axf_json_num(&j, "cycles", (double)sum->cycles[b]);
    axf_json_num(&j, "utilisation_percent", busy(sum->macs, sum->cycles[b], D));
    axf_json_close(&j);
  }
  axf_json_end(&j);
  return axf_out_commit(out);
}

int axf_cmd_baselines(int argc, char **argv) {
  const char *value[sizeof options / sizeof *options];
  int status = axf_cli_options(&usage, argc, argv, value);
  if (status >= 0)
    return status;
  const char *nets = axf_cli_get(&usage, value, "net", NULL), *to = axf_cli_get(&usage, value, "json", NULL);
  char list[4096], *rest = list, *name;
  static axf_net net[MOST_NETS];
  int n = 0, K = 0, rc = 0;
  long D;
  figures sum = {0};
  if ((status = axf_cli_list(&usage, value, "net", list, sizeof list)))
    return status;
  if (axf_cli_long(&usage, value, "d", "16", 1, 256, &D))
    return axf_cli_fail(&usage);
  while (!rc && (name = strsep(&rest, ","))) {
    rc = n == MOST_NETS ? axf_fail("--net: more than %d networks", MOST_NETS) : load(&net[n], name);
    if (rc)
      break;
    const int k = axf_baseline_kernel(&net[n++]);
    K = k > K ? k : K;
  }
  if (!rc && !K)
    rc = axf_fail("--net %s: there is no convolution", nets);
  if (rc) {
    while (n--)
      axf_net_free(&net[n]);
    return axf_cli_fail(&usage);
  }
  printf("%-12s %-8s %12s", "net", "layer", "macs");
  for (int b = 0; b < AXF_BASELINES; b++)
    printf(" %18s", axf_baseline_name((axf_baseline)b));
  printf("\n");
  for (int i = 0; i < n; i++)
    count(&sum, &net[i], K, D);
  for (int b = 0; b < AXF_BASELINES; b++)
    if (sum.missing[b])
      sum.cycles[b] = 0;
  line("all", "", sum.macs, sum.cycles, D);
  rc = to ? json(to, &sum, nets, D, argc, argv) : 0;
  while (n--)
    axf_net_free(&net[n]);
  return rc ? axf_cli_fail(&usage) : 0;
}
