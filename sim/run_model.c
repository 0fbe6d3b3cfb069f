/* axsim --model: test examples through the RTL, dealt to worker processes.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cores.h"
#include "data/data.h"
#include "modes.h"
#include "quant/quant.h"
#include "refmodel/refmodel.h"
#include "report.h"
#include "story.h"
#include "supply.h"
#include "workers.h"
#include <stdlib.h>
#include <string.h>

#define DEFAULT_LATENCY 30

typedef struct {
  const axf_sim_options *o;
  axf_model model;
  axf_dataset data;
  axf_cores cores;
  axf_program prog;
  axf_counters predicted;
  axf_sim_supply supply;
  axf_job job;
  size_t n;
  uint32_t *index; /* (n) example of each run */
  axf_run *run;    /* (n), shared with the workers */
  int story[3];    /* result that is told about; story[0] = -1: none */
} simulation;

/* The multipliers must be this build's; a build with tables takes any. */
static int load_mult(simulation *s) {
  const char *built = axf_shim_mult(), *kind = s->o->rtl_mult;
  int table = strcmp(built, "table") == 0;
  if (kind && strcmp(kind, "table") != 0 && strcmp(kind, "verilog") != 0)
    return axf_fail("--rtl-mult is verilog or table, not '%s'", kind);
  if (kind && (strcmp(kind, "table") == 0) != table)
    return axf_fail("--rtl-mult %s: this simulator was built with %s%s", kind,
                    table ? "a table" : "the Verilog of multiplier ", table ? "" : built);
  return axf_cores_load(&s->cores, &s->model.net, s->o->mult, s->o->mult_dir);
}

static int load_data(simulation *s) {
  const axf_net *n = &s->model.net;
  if (axf_dataset_load(&s->data, s->o->data, s->o->data_dir))
    return -1;
  const axf_part *t = &s->data.test;
  if (!axf_net_takes(n, t->c, t->h, t->w))
    return axf_fail("data set %s has examples of %dx%dx%d, net %s takes %dx%dx%d", s->data.name, t->c, t->h, t->w,
                    n->name, n->c, n->h, n->w);
  if (t->classes > n->classes)
    return axf_fail("data set %s has %d classes, net %s only %d", s->data.name, t->classes, n->name, n->classes);
  if (!axf_ref_input_fits(&s->model.q.q[0], t->u8 != NULL))
    return axf_fail("data set %s holds %s, but the model's first layer is %s", s->data.name,
                    t->u8 ? "bytes" : "features", t->u8 ? "signed" : "unsigned");
  if (s->o->images > (long)t->n && !s->o->at_most)
    return axf_fail("--images %ld: data set %s has %u test examples", s->o->images, s->data.name, t->n);
  s->n = s->o->images && s->o->images < (long)t->n ? (size_t)s->o->images : t->n;
  return 0;
}

static int choose(simulation *s) {
  const uint32_t all = s->data.test.n;
  axf_rng r;
  s->index = axf_alloc(all, sizeof *s->index);
  s->run = axf_shared(s->n * sizeof *s->run);
  if (!s->index || !s->run)
    return -1;
  for (uint32_t i = 0; i < all; i++)
    s->index[i] = i;
  axf_rng_seed(&r, s->o->seed, 3);
  if (s->o->seed)
    axf_rng_shuffle(&r, s->index, all);
  return 0;
}

static int compile(simulation *s) {
  axf_factors f[AXF_MAX_LAYERS];
  axf_arch a;
  int count = axf_factors_parse(f, &s->model.net, s->o->factors);
  axf_compile_opt o = {.factors = f,
                       .nfactors = count,
                       .pmax = s->cores.set.pmax,
                       .core = s->cores.core,
                       .refine = s->o->latency < 0 ? DEFAULT_LATENCY : s->o->latency};
  s->job = (axf_job){.net = &s->model.net,
                     .q = &s->model.q,
                     .prog = &s->prog,
                     .mult = s->cores.layer,
                     .predicted = &s->predicted,
                     .latency = s->o->latency < 0 ? DEFAULT_LATENCY : s->o->latency,
                     .pressure = s->o->pressure < 0 ? 0 : s->o->pressure,
                     .trace = s->o->trace,
                     .trace_cycles = s->o->trace_cycles,
                     .supply = s->supply.asked ? &s->supply.at : NULL};
  return count < 0 || axf_runner_arch(&a) || axf_compile(&s->prog, &s->model.net, &s->model.q, &a, &o) ||
         axf_cycle_model(&s->prog, s->job.latency, &s->predicted);
}

/* Requantises the model if the words are of 16 bits, or the multipliers are signed cores and its inputs are bytes. */
static int fit_to_mult(simulation *s) {
  axf_qnet other;
  int r;
  if (axf_shim_w() == 16)
    r = axf_quant_wide(&other, &s->model) ? -1 : 1;
  else
    r = axf_quant_for(&other, &s->model, s->cores.layer);
  if (r > 0) {
    axf_qnet_free(&s->model.q);
    s->model.q = other;
  }
  return r < 0 ? -1 : 0;
}

static void input(const simulation *s, uint32_t example, int16_t *in) {
  const axf_part *t = &s->data.test;
  const size_t size = (size_t)t->c * (size_t)t->h * (size_t)t->w;
  uint8_t code;
  if (s->model.q.q[0].w16)
    axf_ref_input_wide(t->u8 ? t->u8 + example * size : NULL, t->u8 ? NULL : t->f32 + example * size, size,
                       s->model.q.q[0].s_in, in);
  else if (t->u8)
    for (size_t i = 0; i < size; i++) {
      axf_ref_input_u8(t->u8 + example * size + i, 1, s->model.q.q[0].in_signed, &code);
      in[i] = code;
    }
  else
    axf_ref_input_f32(t->f32 + example * size, size, s->model.q.q[0].s_in, in);
}

static int block(void *ctx, size_t first, size_t last, volatile uint64_t *done) {
  simulation *s = ctx;
  const axf_net *n = &s->model.net;
  int16_t *in = axf_alloc((size_t)n->c * (size_t)n->h * (size_t)n->w, sizeof *in);
  axf_runner r;
  axf_job job = s->job;
  job.seed = s->o->seed + first; /* every worker its own back-pressure */
  if (!in || axf_runner_init(&r, &job))
    return -1;
  int e = 0;
  for (size_t i = first; i < last && !e; i++) {
    input(s, s->index[i], in);
    e = axf_runner_run(&r, in, s->index[i], &s->run[i]);
    if (e) {
      char why[1000];
      snprintf(why, sizeof why, "%s", axf_errmsg());
      axf_fail("image %zu: %s", i, why);
    } else if (s->story[0] >= 0) {
      e = axf_story_facts(&s->prog, n, &s->model.q, in, r.model[0], s->story);
      fflush(stdout); /* a worker ends without */
    }
    ++*done;
  }
  axf_runner_free(&r);
  free(in);
  return e;
}

static int report(simulation *s, double seconds, int argc, char **argv) {
  uint8_t *label = axf_alloc(s->n, 1);
  if (!label)
    return -1;
  for (size_t i = 0; i < s->n; i++)
    label[i] = s->data.test.label[s->index[i]];
  axf_results r = {.o = s->o,
                   .net = &s->model.net,
                   .prog = &s->prog,
                   .predicted = &s->predicted,
                   .data = s->data.name,
                   .mult = s->o->mult ? s->o->mult : s->cores.spec,
                   .rtl_mult = strcmp(axf_shim_mult(), "table") == 0 ? "table" : "verilog",
                   .latency = s->job.latency,
                   .pressure = s->job.pressure,
                   .n = s->n,
                   .run = s->run,
                   .label = label,
                   .seconds = seconds,
                   .supply = &s->supply};
  axf_summary sum;
  axf_report_summarise(&sum, &r);
  int e = s->o->json ? axf_report_json(&sum, &r, s->o->json, argc, argv) : 0;
  if (!e)
    axf_report_print(&sum, &r);
  free(label);
  return e ? -1 : sum.pass ? 0 : 1;
}

static int prepare(simulation *s) {
  if (axf_sim_supply_read(&s->supply, s->o) || axf_model_load(&s->model, s->o->model))
    return -1;
  if (!s->model.quantised)
    return axf_fail("%s is not quantised: run `axflow quantize` first", s->o->model);
  s->story[0] = -1;
  if (s->o->story && axf_story_parse(s->story, s->o->story))
    return -1;
  if (s->o->trace && !axf_shim_can_trace())
    return axf_fail("--trace: this simulator was built without traces, build it with TRACE=1");
  return load_mult(s) || fit_to_mult(s) || load_data(s) || choose(s) || compile(s) ? -1 : 0;
}

int axf_sim_model(const axf_sim_options *o, int argc, char **argv) {
  simulation *s = axf_alloc(1, sizeof *s);
  if (!s)
    return -1;
  s->o = o;
  int e = prepare(s);
  if (!e && !o->check) {
    if (o->trace || o->story)
      s->n = 1;
    double start = axf_now();
    e = axf_workers(s->n, s->n == 1 ? 1 : o->jobs, o->quiet ? NULL : "simulating", block, s);
    if (!e)
      e = report(s, axf_now() - start, argc, argv);
  }
  axf_program_free(&s->prog);
  axf_dataset_free(&s->data);
  axf_model_free(&s->model);
  free(s->index);
  free(s);
  return e;
}
