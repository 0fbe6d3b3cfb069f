/* Running a program on the simulated system the way firmware would, and comparing everything.
 * SPDX-License-Identifier: Apache-2.0 */
#include "runner.h"
#include "refmodel/refmodel.h"
#include "supply.h"
#include <stdlib.h>
#include <string.h>

/* Where the regions lie, before the shift; far apart, so that a stray address hits none. */
enum {
  AT_PROGRAM = 0x10000000,
  AT_WEIGHTS = 0x20000000,
  AT_INPUT = 0x30000000,
  AT_OUTPUT = 0x40000000,
  AT_SPILL = 0x50000000
};
#define STREAM_PLACE 3         /* of the seed */
#define SHIFT_BITS 0xf7fff000u /* whole pages; no region reaches the end of the address space */
#define STALE 0xa5             /* what output and spill memory hold before a run */

static size_t beats16(size_t bytes) { return (bytes + 15) / 16 * 16; }

static size_t layer_results(const axf_prog_layer *g) { return (size_t)g->out_c * (size_t)g->out_h * (size_t)g->out_w; }

static int allocate(axf_runner *r) {
  const axf_program *p = r->job.prog;
  r->program = axf_alloc((size_t)p->ninstr, AXF_INSTR_WORDS * sizeof(uint32_t));
  r->input = axf_alloc((size_t)p->images * p->in_bytes + 16, 1);
  r->output = axf_alloc((size_t)p->images * p->out_bytes + 16, 1);
  r->spill = axf_alloc(beats16(p->spill_bytes) + 16, 1);
  r->result = axf_alloc((size_t)r->job.net->classes, sizeof *r->result);
  r->expected = axf_alloc((size_t)p->images * (size_t)r->job.net->classes, sizeof *r->expected);
  int ok = r->program && r->input && r->output && r->spill && r->result && r->expected;
  for (int l = 0; ok && l < p->nlayers; l++) {
    const axf_prog_layer *g = &p->layer[l];
    r->model[l] = axf_alloc((size_t)p->images * layer_results(g), sizeof *r->model[l]);
    ok = r->model[l] != NULL;
  }
  if (ok) /* the words are little-endian, as the host */
    memcpy(r->program, p->instr, (size_t)p->ninstr * AXF_INSTR_WORDS * sizeof(uint32_t));
  return ok ? 0 : -1;
}

static int connect(axf_runner *r) {
  const axf_program *p = r->job.prog;
  axf_mem *m = &r->host.mem;
  return axf_mem_add(m, "program", AT_PROGRAM + r->shift, (size_t)p->ninstr * 32, r->program, 0) ||
         axf_mem_add(m, "weights", AT_WEIGHTS + r->shift, beats16(p->weight_bytes), p->weights, 0) ||
         axf_mem_add(m, "input", AT_INPUT + r->shift, (size_t)p->images * p->in_bytes, r->input, 0) ||
         axf_mem_add(m, "output", AT_OUTPUT + r->shift, (size_t)p->images * p->out_bytes, r->output, 1) ||
         axf_mem_add(m, "spill", AT_SPILL + r->shift, beats16(p->spill_bytes), r->spill, 1);
}

int axf_runner_arch(axf_arch *a) {
  return axf_arch_default(a, axf_shim_d(), axf_shim_w()) || axf_arch_segments(a, axf_shim_segs()) ||
                 axf_arch_records(a, "this simulator's PROTECT_REC", axf_shim_protect_rec())
             ? -1
             : 0;
}

axf_dev_program axf_runner_place(const axf_runner *r) {
  const axf_program *p = r->job.prog;
  return (axf_dev_program){AT_PROGRAM + r->shift,
                           (uint32_t)p->ninstr,
                           {AT_WEIGHTS + r->shift, AT_INPUT + r->shift, AT_OUTPUT + r->shift, AT_SPILL + r->shift},
                           {(uint32_t)beats16(p->weight_bytes), (uint32_t)((size_t)p->images * p->in_bytes),
                            (uint32_t)((size_t)p->images * p->out_bytes), (uint32_t)beats16(p->spill_bytes)}};
}

static int device(axf_runner *r) {
  const axf_program *p = r->job.prog;
  axf_host_device(&r->host, &r->dev);
  int e = axf_dev_probe(&r->dev);
  if (e)
    return axf_fail("driver: %s", axf_dev_error_text(e));
  if ((int)r->dev.D != p->arch.D || (int)r->dev.W != p->arch.W || (int)r->dev.nb_words < p->arch.nb_words ||
      (int)r->dev.kb_words < p->arch.kb_words || (int)r->dev.segs < p->arch.segs ||
      (int)r->dev.rec_copies != p->arch.rec_copies)
    return axf_fail(
        "the accelerator has D = %u, W = %u, %u and %u buffer words, %u segments a row, records in %u copies; the "
        "program is for D = %d, W = %d, %d and %d, %d, %d",
        r->dev.D, r->dev.W, r->dev.nb_words, r->dev.kb_words, r->dev.segs, r->dev.rec_copies, p->arch.D, p->arch.W,
        p->arch.nb_words, p->arch.kb_words, p->arch.segs, p->arch.rec_copies);
  const axf_dev_program place = axf_runner_place(r);
  e = axf_dev_load(&r->dev, &place);
  return e ? axf_fail("driver: %s", axf_dev_error_text(e)) : 0;
}

/* The functional model with the failing cells, and the same cells in the RTL. */
static int supply(axf_runner *r) {
  if (!r->job.supply)
    return 0;
  axf_arch arch;
  axf_supply s = *r->job.supply;
  if (axf_runner_arch(&arch))
    return -1;
  s.arch = &arch;
  r->faulty = axf_progmodel_new(r->job.prog, r->job.net, r->job.q, r->job.mult, &s);
  axf_sim_supply_set(r->job.supply, r->host.shim, 0, 1);
  return r->faulty ? 0 : -1;
}

int axf_runner_init(axf_runner *r, const axf_job *job) {
  memset(r, 0, sizeof *r);
  r->job = *job;
  if (job->seed) {
    axf_rng g;
    axf_rng_seed(&g, job->seed, STREAM_PLACE);
    r->shift = (uint32_t)axf_rng_u64(&g) & SHIFT_BITS;
  }
  if (axf_probe_init(&r->probe, job->prog, job->q))
    return -1;
  if (allocate(r) || axf_host_init(&r->host, job->latency, job->pressure, job->seed, job->trace, job->trace_cycles) ||
      connect(r) || supply(r) || device(r)) {
    axf_runner_free(r);
    return -1;
  }
  r->host.probe = &r->probe;
  return 0;
}

void axf_runner_free(axf_runner *r) {
  axf_host_free(&r->host);
  axf_probe_free(&r->probe);
  for (int l = 0; l < AXF_MAX_LAYERS; l++)
    free(r->model[l]);
  free(r->program);
  free(r->input);
  free(r->output);
  free(r->spill);
  free(r->result);
  free(r->expected);
  axf_progmodel_free(r->faulty);
  memset(r, 0, sizeof *r);
}

/* What the run was, for a message about its end. */
static int broken(axf_runner *r, const char *what) {
  if (r->host.mem.error[0])
    return axf_fail("%s", r->host.mem.error);
  return axf_fail("%s (%llu cycles after the start)", what, (unsigned long long)r->host.run);
}

static int execute(axf_runner *r, axf_run *run) {
  /* Polls are AXF_HOST_IDLE cycles apart. */
  const int share = 100 - r->job.pressure;
  uint64_t polls = 30 + 10 * r->job.predicted->cycles * 100 / (uint64_t)(share * AXF_HOST_IDLE);
  int e = axf_dev_start(&r->dev);
  if (!e)
    e = axf_dev_wait(&r->dev, (uint32_t)polls);
  if (!e)
    e = axf_dev_counters(&r->dev, &run->count);
  if (e)
    return broken(r, axf_dev_error_text(e));
  if (r->host.mem.error[0])
    return broken(r, "");
  if (!axf_mem_quiet(&r->host.mem))
    return broken(r, "done is reported while memory transactions are open");
  if (r->host.run != run->count.cycles)
    return axf_fail("REG_CYCLES is %u after %llu cycles", run->count.cycles, (unsigned long long)r->host.run);
  return 0;
}

/* The last layer's outputs in memory against the model's, of all images; cls: the class that the last one gives. */
static void compare_output(axf_runner *r, axf_run *run) {
  const axf_program *p = r->job.prog;
  const axf_prog_layer *last = &p->layer[p->nlayers - 1];
  const int classes = r->job.net->classes;
  for (int k = 0; k < p->images; k++) {
    const int16_t *expected = r->expected + (size_t)k * (size_t)classes;
    axf_unpack_output(p, r->job.q->q[last->net_layer].out_signed, r->output + (size_t)k * p->out_bytes, r->result);
    run->cls = 0;
    for (int i = 0; i < classes; i++) {
      if (r->result[i] > r->result[run->cls])
        run->cls = i;
      if (r->result[i] == expected[i])
        continue;
      run->mismatches++;
      if (!run->first[0])
        snprintf(run->first, sizeof run->first, "output %d of image %d in memory: RTL %d, model %d", i, k, r->result[i],
                 expected[i]);
    }
  }
}

static void differ(axf_run *run, const char *what, uint64_t rtl, uint64_t model) {
  if (!run->model_differs)
    snprintf(run->differs, sizeof run->differs, "%s: RTL %llu, cycle model %llu", what, (unsigned long long)rtl,
             (unsigned long long)model);
  run->model_differs = 1;
}

/* Without back-pressure every counter and every layer's end is what the cycle model says. */
static void compare_counters(axf_runner *r, axf_run *run) {
  axf_counters rtl, predicted = *r->job.predicted;
  const char *name;
  uint64_t a, b;
  if (r->job.pressure)
    return;
  axf_runner_counters(&run->count, &rtl);
  if (r->faulty) { /* these are the functional model's to say: compare_faulty_reads */
    predicted.corrected = rtl.corrected;
    predicted.detected = rtl.detected;
  }
  for (int i = 0; axf_runner_counter(i, &rtl, &name, &a); i++) {
    axf_runner_counter(i, &predicted, &name, &b);
    if (a != (uint32_t)b)
      differ(run, name, a, b);
  }
  for (int l = 0; l < r->job.prog->nlayers; l++)
    if (run->layer_end[l] != r->job.predicted->layer_end[l])
      differ(run, r->job.net->layer[r->job.prog->layer[l].net_layer].name, run->layer_end[l],
             r->job.predicted->layer_end[l]);
}

/* The input images into memory, and every layer's results by the model: the functional one if cells fail (one image a
 * run), else the reference. Returns the class of the last image. */
static int prepare(axf_runner *r, const int16_t *in, uint32_t number) {
  const axf_program *p = r->job.prog;
  const axf_net *n = r->job.net;
  const size_t size = (size_t)n->c * (size_t)n->h * (size_t)n->w, classes = (size_t)n->classes;
  int cls = -1;
  for (size_t k = 0; k < (size_t)p->images; k++)
    axf_pack_input(p, r->job.q->q[p->layer[0].net_layer].in_signed, in + k * size, r->input + k * p->in_bytes);
  if (r->faulty && p->images > 1)
    return axf_fail("a program of several images cannot be run with failing cells");
  if (r->faulty)
    return axf_progmodel_run(r->faulty, in, number, r->model, r->expected);
  for (size_t k = 0; k < (size_t)p->images; k++) {
    int16_t *out[AXF_MAX_LAYERS] = {NULL};
    for (int l = 0; l < p->nlayers; l++)
      out[p->layer[l].net_layer] = r->model[l] + k * layer_results(&p->layer[l]);
    if ((cls = axf_ref_net(n, r->job.q, r->job.mult, in + k * size, out)) < 0)
      return -1;
    memcpy(r->expected + k * classes, r->model[p->nlayers - 1] + k * classes, classes * sizeof *r->expected);
  }
  return cls;
}

/* Transient faults: every run begins as after power-on, with flips of its own. */
static void power_up(axf_runner *r, uint32_t number) {
  if (!r->faulty || r->job.supply->die.kind != AXF_FAULT_TRANSIENT)
    return;
  for (int on = 0; on < 2; on++) {
    axf_sim_supply_set(r->job.supply, r->host.shim, number, on);
    axf_host_step(&r->host);
  }
}

/* Reads that met failing cells so far, and what protections made of them. */
typedef struct {
  uint64_t faulty, corrected, detected;
} cell_counts;

static cell_counts count_cells(const axf_runner *r) {
  const axf_progmodel *m = r->faulty;
  if (!m)
    return (cell_counts){0, 0, 0};
  return (cell_counts){axf_progmodel_faulty_reads(m), axf_progmodel_corrected(m), axf_progmodel_detected(m)};
}

static void compare_cells(const char *what, uint64_t rtl, uint64_t model, axf_run *run) {
  if (rtl == model)
    return;
  run->mismatches++;
  if (!run->first[0])
    snprintf(run->first, sizeof run->first, "%s: RTL %llu, model %llu", what, (unsigned long long)rtl,
             (unsigned long long)model);
}

static void compare_faulty_reads(axf_runner *r, axf_run *run, uint64_t rtl_before, cell_counts before) {
  const cell_counts now = count_cells(r);
  if (!r->faulty)
    return;
  run->faulty_reads = axf_shim_faulty_reads(r->host.shim) - rtl_before;
  compare_cells("reads that met failing cells", run->faulty_reads, now.faulty - before.faulty, run);
  compare_cells("words corrected", run->count.corrected, (uint32_t)(now.corrected - before.corrected), run);
  compare_cells("words found wrong", run->count.detected, (uint32_t)(now.detected - before.detected), run);
}

int axf_runner_run(axf_runner *r, const int16_t *in, uint32_t number, axf_run *run) {
  const axf_program *p = r->job.prog;
  uint64_t misses[AXF_MAX_LAYERS], before = r->probe.mismatches, results = r->probe.results;
  memset(run, 0, sizeof *run);
  for (int l = 0; l < p->nlayers; l++)
    misses[l] = r->probe.layer[l].mismatches;
  const uint64_t rtl_before = axf_shim_faulty_reads(r->host.shim);
  const cell_counts model_before = count_cells(r);
  run->ref_cls = prepare(r, in, number);
  if (run->ref_cls < 0)
    return -1;
  power_up(r, number);
  memset(r->output, STALE, (size_t)p->images * p->out_bytes);
  memset(r->spill, STALE, beats16(p->spill_bytes));
  r->probe.failed = 0;
  axf_probe_begin(&r->probe, r->model);
  if (execute(r, run)) {
    char text[256], why[512];
    if (r->probe.failed) {
      snprintf(why, sizeof why, "%s", axf_errmsg());
      axf_miss_text(&r->probe.first, p, r->job.net, text);
      axf_fail("%s; before that, %s", why, text);
    }
    return -1;
  }
  axf_probe_end(&r->probe);
  run->mismatches = (uint32_t)(r->probe.mismatches - before);
  run->results = (uint32_t)(r->probe.results - results);
  for (int l = 0; l < p->nlayers; l++) {
    run->layer_misses[l] = (uint32_t)(r->probe.layer[l].mismatches - misses[l]);
    run->layer_end[l] = r->probe.layer[l].last;
  }
  if (r->probe.failed)
    axf_miss_text(&r->probe.first, p, r->job.net, run->first);
  compare_output(r, run);
  compare_counters(r, run);
  compare_faulty_reads(r, run, rtl_before, model_before);
  return 0;
}
