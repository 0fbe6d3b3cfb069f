/* axflow predict: how busy the array is on networks, by the cycle model alone, also at sizes for which there is no RTL.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"
#include "compile/program.h"
#include "quant/quant.h"
#include <string.h>

static const axf_option options[] = {
    {"net", "NAMES", "networks, a name of sw/nets or a file each, separated by commas; their cycles add up"},
    {"d", "N", "array dimension: 4, 8, 16 (default), 32 or 64"},
    {"w", "N", "word width: 8 (default) or 16"},
    {"segs", "N", "segments a row can be cut into: 1, 2, 4 (default) .. D"},
    {"psums", "N", "partial sums a row keeps, 2..256 (default 64)"},
    {"batch", "B", "compares runs of B and 2 B images; 1: one image, cold (default 4)"},
    {"latency", "N", "memory latency in cycles (default 30)"},
    {"objective", "WHAT", "map for the fewest cycles (default), accesses or energy"},
    {"json", "FILE", "write the figures as JSON too"},
    {NULL, NULL, NULL}};
static const axf_usage usage = {
    "predict", "--net NAMES [options]",
    "Predicts the cycles of an image and how busy the D x D elements are, images streaming, "
    "stalls, loads and stores in.",
    options};

/* Of an image: multiplications, cycles; cycles in which the array makes a step, waits for kernels, for neurons, for
 * anything else or configured, for write-back. What a difference of two runs gives may be below zero. */
typedef struct {
  int64_t macs, cycles, busy, wait_k, wait_n, wait_o, wb;
} figures;

/* Numbers of the right shape: what they are has no effect on time. */
static int zeros(axf_qnet *q, const axf_net *n, int W) {
  if (axf_quant_alloc(q, n, W))
    return -1;
  for (int l = 0; l < n->nlayers; l++)
    if (n->layer[l].kind != AXF_POOL) {
      memset(q->q[l].shift, 1, (size_t)n->layer[l].out_c);
      q->q[l].s_in = q->q[l].s_out = 1;
    }
  return 0;
}

/* Adds `sign` times what a run of `images` takes; the multiplications of those with sign > 0. */
static int run(figures *f, const axf_net *n, const axf_qnet *q, const axf_arch *a, const axf_goal *goal, int latency,
               int images, int sign) {
  const axf_compile_opt o = {.images = images, .refine = latency, .goal = goal};
  axf_program p;
  axf_counters c;
  if (axf_compile(&p, n, q, a, &o))
    return -1;
  const int rc = axf_cycle_model(&p, latency, &c);
  f->cycles += sign * (int64_t)c.cycles;
  f->busy += sign * (int64_t)c.busy;
  f->wait_k += sign * (int64_t)c.wait_k;
  f->wait_n += sign * (int64_t)c.wait_n;
  f->wait_o += sign * (int64_t)(c.wait_o + c.cfg);
  f->wb += sign * (int64_t)c.wb;
  for (int l = 0; l < p.nlayers && sign > 0; l++)
    f->macs += (int64_t)p.layer[l].macs / images;
  axf_program_free(&p);
  return rc;
}

static int one_net(figures *sum, const char *name, const axf_arch *a, const axf_goal *goal, int latency, int B) {
  char path[4096];
  axf_net n;
  axf_qnet q;
  figures f = {.macs = 0};
  if (axf_net_find(path, sizeof path, name) || axf_net_load(&n, path))
    return -1;
  int rc = zeros(&q, &n, a->W);
  if (!rc && B == 1)
    rc = run(&f, &n, &q, a, goal, latency, 1, 1);
  else if (!rc)
    rc = run(&f, &n, &q, a, goal, latency, B, -1) || run(&f, &n, &q, a, goal, latency, 2 * B, 1) ? -1 : 0;
  sum->macs += f.macs;
  sum->cycles += f.cycles / B;
  sum->busy += f.busy / B;
  sum->wait_k += f.wait_k / B;
  sum->wait_n += f.wait_n / B;
  sum->wait_o += f.wait_o / B;
  sum->wb += f.wb / B;
  axf_qnet_free(&q);
  axf_net_free(&n);
  return rc;
}

static double per_cent(int64_t macs, int64_t cycles, int D) {
  return cycles ? 100.0 * (double)macs / ((double)D * D * (double)cycles) : 0;
}

static int json(const char *path, const char *nets, const axf_arch *a, const figures *f, long B, int argc,
                char **argv) {
  axf_json j;
  axf_out *out = axf_out_begin(path);
  if (!out)
    return -1;
  axf_json_begin(&j, axf_out_stream(out));
  axf_json_provenance(&j, argc, argv, 0);
  axf_json_str(&j, "nets", nets);
  axf_json_num(&j, "d", a->D);
  axf_json_num(&j, "w", a->W);
  axf_json_num(&j, "segs", a->segs);
  axf_json_num(&j, "psums", a->ps_words);
  axf_json_num(&j, "batch", (double)B);
  axf_json_num(&j, "utilisation_percent", per_cent(f->macs, f->cycles, a->D));
  axf_json_num(&j, "steps_percent", per_cent(f->macs, f->busy, a->D));
  axf_json_num(&j, "macs", (double)f->macs);
  axf_json_num(&j, "model_cycles", (double)f->cycles);
  axf_json_num(&j, "steps", (double)f->busy);
  axf_json_num(&j, "wait_kernels", (double)f->wait_k);
  axf_json_num(&j, "wait_neurons", (double)f->wait_n);
  axf_json_num(&j, "wait_other", (double)f->wait_o);
  axf_json_num(&j, "write_back", (double)f->wb);
  axf_json_end(&j);
  return axf_out_commit(out);
}

int axf_cmd_predict(int argc, char **argv) {
  const char *value[sizeof options / sizeof *options];
  int status = axf_cli_options(&usage, argc, argv, value);
  if (status >= 0)
    return status;
  const char *nets = axf_cli_get(&usage, value, "net", NULL), *to = axf_cli_get(&usage, value, "json", NULL);
  char list[4096], *rest = list, *name;
  long D, W, segs, psums, B, latency;
  axf_arch a;
  axf_goal goal;
  figures f = {.macs = 0};
  if ((status = axf_cli_list(&usage, value, "net", list, sizeof list)))
    return status;
  if (axf_cli_long(&usage, value, "d", "16", 1, 64, &D) || axf_cli_long(&usage, value, "w", "8", 1, 64, &W) ||
      axf_cli_long(&usage, value, "segs", "4", 1, 64, &segs) ||
      axf_cli_long(&usage, value, "psums", "64", 2, 256, &psums) ||
      axf_cli_long(&usage, value, "batch", "4", 1, 64, &B) ||
      axf_cli_long(&usage, value, "latency", "30", 1, 1000000, &latency) || axf_arch_model(&a, (int)D, (int)W) ||
      axf_arch_segments(&a, (int)segs) ||
      axf_goal_read(&goal, axf_cli_get(&usage, value, "objective", "cycles"), NULL, &a))
    return axf_cli_fail(&usage);
  a.ps_words = (int)psums;
  while ((name = strsep(&rest, ",")))
    if (one_net(&f, name, &a, &goal, (int)latency, (int)B))
      return axf_cli_fail(&usage);
  if (to && json(to, nets, &a, &f, B, argc, argv))
    return axf_cli_fail(&usage);
  printf("PREDICT net=%s d=%d w=%d segs=%d psums=%d utilisation=%.1f%% steps=%.1f%% model_cycles=%lld "
         "wait_kernels=%lld wait_neurons=%lld wait_other=%lld write_back=%lld batch=%ld\n",
         nets, a.D, a.W, a.segs, a.ps_words, per_cent(f.macs, f.cycles, a.D), per_cent(f.macs, f.busy, a.D),
         (long long)f.cycles, (long long)f.wait_k, (long long)f.wait_n, (long long)f.wait_o, (long long)f.wb, B);
  return 0;
}
