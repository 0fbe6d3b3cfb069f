/* axsim --stream: how busy the array is while images stream through it.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Each net is compiled for B and for 2 B images of one run, with random numbers; both run on the RTL. The steady state
 * is what B more images take: cycles(2B) - cycles(B), a B-th of it an image, stalls, loads and stores in. --batch 1
 * takes one image from the start to the last store instead: cold, so a lower bound. Nets of a list follow each other:
 * their cycles and multiplications add up. */
#include "modes.h"
#include "mult_table.h"
#include "random_net.h"
#include "runner.h"
#include <stdlib.h>
#include <string.h>

#define MOST_NETS 16

/* One net: multiplications and cycles of an image. */
typedef struct {
  char name[64];
  uint64_t macs, rtl, model, wait_k, wait_n, wait_o, wb;
  uint64_t row_words; /* of a fully connected net: words on the busiest row bus; 0: it has other layers */
  uint32_t mismatches;
  int differs;
} figure;

/* Words that the busiest row bus carries for a net of fully connected layers: a map's weights and its record on one
 * bus. */
static uint64_t row_words(const axf_net *n, const axf_arch *a, int columns) {
  uint64_t words = 0;
  for (int l = 0; l < n->nlayers; l++) {
    const axf_layer *y = &n->layer[l];
    if (y->kind != AXF_FC && columns == 1)
      return 0;
    words += (uint64_t)((y->out_c + a->D - 1) / a->D) * (uint64_t)(y->in_c * y->ky * y->kx + axf_record_words(a));
  }
  return words;
}

/* Runs `images` of the net; adds `sign` times the cycles to *f. */
static int run(figure *f, const axf_sim_options *o, const axf_goal *goal, const axf_arch *a, const axf_mult *m,
               const char *net, int images, int sign) {
  axf_random_case c;
  axf_counters predicted;
  axf_runner r;
  axf_run got = {0};
  const axf_mult *all[AXF_MAX_LAYERS];
  const int latency = o->latency < 0 ? 30 : o->latency;
  const axf_named_net named = {
      .net = net, .columns = o->columns, .goal = goal, .coupling = o->coupling, .refine = latency};
  for (int l = 0; l < AXF_MAX_LAYERS; l++)
    all[l] = m;
  if (axf_random_case_make(&c, o->seed, a, m, images, &named, 1))
    return -1;
  const size_t size = (size_t)c.net.c * (size_t)c.net.h * (size_t)c.net.w;
  int16_t *in = axf_alloc((size_t)images * size, sizeof *in);
  int e = !in || axf_cycle_model(&c.prog, latency, &predicted);
  if (!e && !o->predict) {
    axf_job job = {.net = &c.net, .q = &c.q, .prog = &c.prog, .mult = all, .predicted = &predicted, .latency = latency};
    for (int i = 0; i < images; i++)
      axf_random_input(&c, o->seed, i, in + (size_t)i * size);
    e = axf_runner_init(&r, &job);
    if (!e) {
      e = axf_runner_run(&r, in, 0, &got);
      axf_runner_free(&r);
    }
    f->mismatches += got.mismatches;
    f->differs |= got.model_differs;
    if (!e && (got.first[0] || got.differs[0]))
      fprintf(stderr, "axsim: %s: %s\n", c.net.name, got.first[0] ? got.first : got.differs);
  }
  if (!e) {
    snprintf(f->name, sizeof f->name, "%s", c.net.name);
    if (sign > 0)
      f->macs = 0;
    for (int l = 0; l < c.prog.nlayers && sign > 0; l++)
      f->macs += (uint64_t)c.prog.layer[l].macs;
    f->macs /= sign > 0 ? (uint64_t)images : 1;
    f->row_words = row_words(&c.net, a, o->columns);
    f->rtl += (uint64_t)sign * (o->predict ? predicted.cycles : got.count.cycles);
    f->model += (uint64_t)sign * predicted.cycles;
    f->wait_k += (uint64_t)sign * predicted.wait_k;
    f->wait_n += (uint64_t)sign * predicted.wait_n;
    f->wait_o += (uint64_t)sign * (predicted.wait_o + predicted.cfg);
    f->wb += (uint64_t)sign * predicted.wb;
    if (sign > 0 && !o->quiet)
      for (int l = 0; l < c.prog.nlayers; l++) {
        const axf_prog_layer *g = &c.prog.layer[l];
        char factors[64];
        axf_factors_text(factors, sizeof factors, &g->f, a->D);
        printf("  %-12s %-8s %-26s %12lld MACs, %5d tiles%s%s\n", c.net.name, c.net.layer[g->net_layer].name, factors,
               (long long)g->macs / images, g->tiles / images, g->in_ext ? ", from memory" : "",
               g->out_ext ? ", to memory" : "");
      }
  }
  free(in);
  axf_random_case_free(&c);
  return e ? -1 : 0;
}

static int one_net(figure *f, const axf_sim_options *o, const axf_goal *goal, const axf_arch *a, const axf_mult *m,
                   const char *net) {
  const int B = o->batch;
  memset(f, 0, sizeof *f);
  if (B == 1)
    return run(f, o, goal, a, m, net, 1, 1);
  if (run(f, o, goal, a, m, net, B, -1) || run(f, o, goal, a, m, net, 2 * B, 1))
    return -1;
  f->rtl /= (uint64_t)B; /* a remainder is a few cycles of a whole: rounded down on both sides */
  f->model /= (uint64_t)B;
  f->wait_k /= (uint64_t)B;
  f->wait_n /= (uint64_t)B;
  f->wait_o /= (uint64_t)B;
  f->wb /= (uint64_t)B;
  return 0;
}

static double per_cent(uint64_t macs, uint64_t cycles, int D) {
  return cycles ? 100.0 * (double)macs / ((double)D * D * (double)cycles) : 0;
}

static int json(const axf_sim_options *o, const figure *f, int n, const figure *sum, int pass, int argc, char **argv) {
  axf_json j;
  axf_out *out = o->json ? axf_out_begin(o->json) : NULL;
  if (!out)
    return o->json ? -1 : 0;
  axf_json_begin(&j, axf_out_stream(out));
  axf_json_provenance(&j, argc, argv, o->seed);
  axf_json_str(&j, "nets", o->stream);
  axf_json_num(&j, "d", axf_shim_d());
  axf_json_num(&j, "w", axf_shim_w());
  axf_json_num(&j, "batch", o->batch);
  axf_json_num(&j, "conv_utilisation_percent", per_cent(sum->macs, sum->rtl, axf_shim_d()));
  axf_json_num(&j, "macs", (double)sum->macs);
  if (!o->predict)
    axf_json_num(&j, "rtl_cycles", (double)sum->rtl);
  axf_json_num(&j, "model_cycles", (double)sum->model);
  axf_json_num(&j, "mismatches", sum->mismatches);
  axf_json_bool(&j, "pass", pass);
  axf_json_arr(&j, "net");
  for (int i = 0; i < n; i++) {
    axf_json_obj(&j, NULL);
    axf_json_str(&j, "name", f[i].name);
    axf_json_num(&j, "macs", (double)f[i].macs);
    axf_json_num(&j, "cycles", (double)f[i].rtl);
    axf_json_close(&j);
  }
  axf_json_close(&j);
  axf_json_end(&j);
  return axf_out_commit(out);
}

int axf_sim_stream(const axf_sim_options *o, int argc, char **argv) {
  figure f[MOST_NETS], sum = {.name = ""};
  axf_arch a;
  axf_goal goal;
  axf_mult *m = axf_alloc(1, sizeof *m);
  char list[1024], *rest = list, *net;
  int n = 0, table = strcmp(axf_shim_mult(), "table") == 0, rc = 0;
  if (strlen(o->stream) >= sizeof list)
    return axf_fail("--stream: the list is too long");
  strcpy(list, o->stream);
  if (!m || axf_runner_arch(&a) || axf_goal_read(&goal, o->objective, NULL, &a) ||
      axf_sim_mult(m, table ? "exact" : axf_shim_mult(), o->mult_dir) < 0)
    return -1;
  if (table)
    memcpy(axf_mult_table, m->t, sizeof m->t);
  while (!rc && (net = strsep(&rest, ","))) {
    if (n == MOST_NETS)
      rc = axf_fail("--stream: more than %d nets", MOST_NETS);
    else
      rc = one_net(&f[n], o, &goal, &a, m, net);
    if (rc)
      break;
    const figure *y = &f[n++];
    sum.macs += y->macs;
    sum.rtl += y->rtl;
    sum.model += y->model;
    sum.mismatches += y->mismatches;
    sum.differs |= y->differs;
    if (!o->quiet)
      printf("  %-12s %llu cycles an image, %.1f %% busy; waits for kernels %llu, neurons %llu, other %llu, "
             "write-back %llu\n",
             y->name, (unsigned long long)y->rtl, per_cent(y->macs, y->rtl, a.D), (unsigned long long)y->wait_k,
             (unsigned long long)y->wait_n, (unsigned long long)y->wait_o, (unsigned long long)y->wb);
  }
  free(m);
  if (rc)
    return -1;
  /* Fully connected nets are measured against the memory's bus: every weight once for all columns, 16 bytes a cycle. */
  const int columns = o->columns, fc = n == 1 && f[0].row_words > 0;
  const uint64_t bound = (sum.macs / (uint64_t)columns * (uint64_t)a.W + 127) / 128;
  const double u = fc && columns == 1 ? 100.0 * (double)bound / (double)sum.rtl : per_cent(sum.macs, sum.rtl, a.D);
  const int right = sum.mismatches == 0 && !sum.differs && sum.model == sum.rtl;
  const int enough = u >= o->floor;
  char name[64];
  snprintf(name, sizeof name, "%s", f[0].name);
  if (n > 1 && strchr(name, '-')) /* alexnet-c1, alexnet-c2, ..: alexnet */
    *strchr(name, '-') = 0;
  char paper[16] = "n/a", rtl[24] = "n/a";
  if (o->paper >= 0)
    snprintf(paper, sizeof paper, "%g%%", o->paper);
  if (!o->predict)
    snprintf(rtl, sizeof rtl, "%llu", (unsigned long long)sum.rtl);
  const char *verdict = !right ? "FAIL" : !enough ? "BELOW" : o->predict ? "MODEL" : "PASS";
  if (fc) {
    printf(
        "FC net=%s d=%d w=%d inputs=%d of_bus=%.1f%% busy=%.1f%% weight_cycles=%llu row_cycles=%llu model_cycles=%llu "
        "rtl_cycles=%s cycles_an_input=%.0f mismatches=%u batch=%d %s\n",
        name, a.D, a.W, columns, 100.0 * (double)bound / (double)sum.rtl, per_cent(sum.macs, sum.rtl, a.D),
        (unsigned long long)bound, (unsigned long long)f[0].row_words, (unsigned long long)sum.model, rtl,
        (double)sum.rtl / columns, sum.mismatches, o->batch, verdict);
    return json(o, f, n, &sum, right && enough && !o->predict, argc, argv) ? -1 : right ? 0 : 1;
  }
  printf("UTIL net=%s d=%d w=%d conv_utilisation=%.1f%% paper=%s model_cycles=%llu rtl_cycles=%s mismatches=%u "
         "batch=%d %s\n",
         name, a.D, a.W, u, paper, (unsigned long long)sum.model, rtl, sum.mismatches, o->batch, verdict);
  return json(o, f, n, &sum, right && enough && !o->predict, argc, argv) ? -1 : right ? 0 : 1;
}
