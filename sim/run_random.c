/* axsim --random: random small nets end to end, each case from a seed of its own.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cores.h"
#include "modes.h"
#include "random_net.h"
#include "runner.h"
#include "shrink.h"
#include "supply.h"
#include "workers.h"
#include <stdlib.h>
#include <string.h>

#define RUNS 2 /* inputs a case: the second meets the state the first left */

typedef struct {
  uint32_t mismatches;
  int failed, images, latency, pressure;
  uint64_t cycles, predicted, faulty_reads, corrected, detected;
  char text[600], first[1024], differs[128];
} outcome;

typedef struct {
  const axf_sim_options *o;
  axf_core_names built; /* of a build with Verilog */
  axf_mult *mult;       /* (cores) */
  int cores, table;
  const axf_supply *supply; /* NULL: nothing fails */
  axf_arch arch;
  int images;          /* of one run; 0: drawn */
  axf_named_net named; /* net NULL: draw */
  outcome *out;        /* shared */
} batch;

/* Runs a case; the outcome says how it went. */
static void simulate(const axf_random_case *c, uint64_t seed, outcome *y, const batch *b) {
  const axf_mult *mult[AXF_MAX_LAYERS];
  axf_counters predicted;
  axf_runner r;
  axf_run run;
  const size_t size = (size_t)c->net.c * (size_t)c->net.h * (size_t)c->net.w;
  int16_t *in = axf_alloc((size_t)c->images * size, sizeof *in);
  for (int l = 0; l < AXF_MAX_LAYERS; l++)
    mult[l] = &b->mult[c->core[l]];
  y->failed = !in || axf_cycle_model(&c->prog, y->latency, &predicted);
  if (!y->failed) {
    axf_job job = {&c->net,     &c->q, &c->prog,    mult,      &predicted, y->latency,
                   y->pressure, seed,  b->o->trace, b->supply, 0};
    y->predicted = predicted.cycles;
    y->failed = axf_runner_init(&r, &job) != 0;
  }
  if (!y->failed) {
    for (int k = 0; k < RUNS && !y->failed; k++) {
      for (int i = 0; i < c->images; i++)
        axf_random_input(c, seed, k * c->images + i, in + (size_t)i * size);
      y->failed = axf_runner_run(&r, in, (uint32_t)k, &run) != 0;
      y->faulty_reads += run.faulty_reads;
      y->corrected += run.count.corrected;
      y->detected += run.count.detected;
      y->mismatches += run.mismatches;
      y->cycles = run.count.cycles;
      if (run.differs[0] && !y->differs[0])
        snprintf(y->differs, sizeof y->differs, "%s", run.differs);
      if (run.first[0] && !y->first[0])
        snprintf(y->first, sizeof y->first, "input %d: %s", k, run.first);
    }
    axf_runner_free(&r);
  }
  if (y->failed)
    snprintf(y->first, sizeof y->first, "%s", axf_errmsg());
  free(in);
}

/* The operand that stands for x in the table of core k: zero for zero. */
static uint32_t turned(uint32_t x, int k) { return x ? (x - 1 + 16 * (uint32_t)k) % 255 + 1 : 0; }

/* A random table for core 0; those of the others are the same, turned. */
static void random_tables(const batch *b, uint64_t seed) {
  axf_random_table(&b->mult[0], seed, axf_shim_mult_signed(), axf_shim_zero_skip());
  for (int k = 0; k < b->cores; k++) {
    axf_mult *m = &b->mult[k];
    *m = b->mult[0];
    for (uint32_t i = 0; i < 65536; i++)
      m->t[i] = axf_mult_table[(uint32_t)k * 65536 + i] = b->mult[0].t[turned(i >> 8, k) * 256 + turned(i & 255, k)];
  }
}

/* The core with the largest product. */
static const axf_mult *largest(const batch *b) {
  const axf_mult *m = b->mult;
  for (int k = 1; k < b->cores; k++)
    m = b->mult[k].pmax > m->pmax ? &b->mult[k] : m;
  return m;
}

/* The case of a seed with the multipliers of all cores in place, in the model and in the RTL. */
static int make_case(axf_random_case *c, const batch *b, uint64_t seed, const axf_arch *arch, int images,
                     const axf_named_net *named) {
  if (b->table)
    random_tables(b, seed);
  return axf_random_case_make(c, seed, arch, largest(b), images, named, b->cores);
}

static void one_case(const batch *b, uint64_t seed, outcome *y) {
  axf_random_case c;
  if (make_case(&c, b, seed, &b->arch, b->images, b->named.net ? &b->named : NULL)) {
    y->failed = 1;
    snprintf(y->first, sizeof y->first, "%s", axf_errmsg());
  } else {
    y->latency = b->o->latency < 0 ? c.latency : b->o->latency;
    y->pressure = b->o->pressure < 0 ? c.pressure : b->o->pressure;
    y->images = c.images;
    axf_random_text(&c, y->text, sizeof y->text);
    simulate(&c, seed, y, b);
    axf_random_case_free(&c);
  }
}

/* ---- shrinking ---- */

typedef struct {
  const batch *b;
  const axf_small *s;
  const char *net;
  uint64_t seed;
  outcome *y; /* shared */
  int *made;  /* shared: the compiler took it */
} attempt;

static int run_attempt(void *ctx, size_t first, size_t last, volatile uint64_t *done) {
  const attempt *t = ctx;
  char factors[2048];
  const axf_named_net named = {.net = t->net, .factors = factors};
  const axf_arch arch = axf_shrink_arch(t->s, &t->b->arch);
  axf_random_case c;
  (void)first, (void)last, (void)done;
  axf_shrink_factors(t->s, factors, sizeof factors);
  if (make_case(&c, t->b, t->seed, &arch, t->s->images, &named) == 0) {
    *t->made = 1;
    t->y->latency = t->s->latency;
    t->y->pressure = t->s->pressure;
    simulate(&c, t->seed, t->y, t->b);
    axf_random_case_free(&c);
  }
  return 0;
}

static int wrong_outcome(const outcome *y) { return y->failed || y->mismatches != 0 || y->differs[0]; }

/* Whether a smaller case still fails. In a process of its own: the RTL may crash. */
static int still_fails(void *ctx, const axf_small *s, const char *net) {
  attempt t = *(const attempt *)ctx;
  t.s = s;
  t.net = net;
  memset(t.y, 0, sizeof *t.y);
  *t.made = 0;
  int crashed = axf_workers(1, 1, NULL, run_attempt, &t) != 0;
  return *t.made && (crashed || wrong_outcome(t.y));
}

/* Shrinks the case of a seed and prints the command that runs what is left. */
static int shrink(const batch *b, uint64_t seed) {
  axf_random_case c;
  attempt t = {.b = b, .seed = seed, .y = axf_shared(sizeof *t.y), .made = axf_shared(sizeof *t.made)};
  int r = -1;
  if (t.y && t.made && make_case(&c, b, seed, &b->arch, b->images, NULL) == 0) {
    axf_small s = axf_shrink_start(&c, b->o->latency, b->o->pressure);
    axf_random_case_free(&c);
    r = axf_shrink(&s, b->o->shrink, still_fails, &t);
    if (r == 0)
      axf_shrink_print(&s, b->o, seed);
  }
  return r;
}

/* Room for the multipliers of all cores, and those that do not change. */
static int cores(batch *b) {
  if (axf_cores_built(&b->built))
    return -1;
  b->cores = b->table ? AXF_MULT_CORES : b->built.n;
  b->mult = axf_alloc((size_t)b->cores, sizeof *b->mult);
  for (int k = 0; b->mult && k < b->built.n; k++)
    if (axf_sim_mult(&b->mult[k], b->built.name[k], b->o->mult_dir) < 0)
      return -1;
  return b->mult ? 0 : -1;
}

static int block(void *ctx, size_t first, size_t last, volatile uint64_t *done) {
  batch *b = ctx;
  for (size_t i = first; i < last; i++) {
    one_case(b, b->o->seed + i, &b->out[i]);
    ++*done;
  }
  return 0;
}

/* Returns 1 if the case is right. */
static int print_case(const batch *b, size_t i) {
  const outcome *y = &b->out[i];
  const unsigned long long seed = (unsigned long long)(b->o->seed + i);
  int ok = !wrong_outcome(y);
  if (!b->o->quiet || !ok)
    printf("case seed=%llu images=%d latency=%d back_pressure=%d cycles=%llu predicted=%llu mismatches=%u %s  %s\n",
           seed, y->images, y->latency, y->pressure, (unsigned long long)y->cycles, (unsigned long long)y->predicted,
           y->mismatches, ok ? "PASS" : "FAIL", y->text);
  if (ok)
    return 1;
  if (y->first[0])
    printf("  %s\n", y->first);
  else
    printf("  %s\n", y->differs);
  printf("  again: axsim --random 1 --seed %llu", seed);
  if (b->o->net)
    printf(" --net %s", b->o->net);
  if (b->o->factors)
    printf(" --factors '%s'", b->o->factors);
  if (b->o->words)
    printf(" --words %s", b->o->words);
  if (b->o->images)
    printf(" --images %ld", b->o->images);
  if (b->o->latency >= 0)
    printf(" --latency %d", b->o->latency);
  if (b->o->pressure >= 0)
    printf(" --back-pressure %d", b->o->pressure);
  axf_shrink_print_supply(b->o);
  printf("\n");
  return 0;
}

int axf_sim_random(const axf_sim_options *o) {
  batch b = {.o = o, .table = strcmp(axf_shim_mult(), "table") == 0};
  size_t n = (size_t)o->random, right = 0;
  uint64_t mismatches = 0, faulty_reads = 0, corrected = 0, detected = 0;
  axf_sim_supply supply;
  if (axf_sim_supply_read(&supply, o))
    return -1;
  b.supply = supply.asked ? &supply.at : NULL;
  if (axf_runner_arch(&b.arch) || cores(&b) || !(b.out = axf_shared(n * sizeof *b.out)))
    return -1;
  b.images = o->images ? (int)o->images : b.supply || o->net ? 1 : 0;
  b.named = (axf_named_net){.net = o->net, .factors = o->factors};
  if (o->words && axf_shrink_words(&b.arch, o->words))
    return -1;
  if (axf_workers(n, o->trace ? 1 : o->jobs, o->quiet ? NULL : "simulating", block, &b))
    return -1;
  uint64_t first_wrong = 0;
  for (size_t i = n; i-- > 0;)
    if (wrong_outcome(&b.out[i]))
      first_wrong = o->seed + i;
  for (size_t i = 0; i < n; i++) {
    right += (size_t)print_case(&b, i);
    mismatches += b.out[i].mismatches;
    faulty_reads += b.out[i].faulty_reads;
    corrected += b.out[i].corrected;
    detected += b.out[i].detected;
  }
  char cells[192] = "";
  if (b.supply)
    snprintf(cells, sizeof cells, " ber=%g faulty_reads=%llu corrected=%llu detected=%llu",
             axf_sim_supply_ber(b.supply), (unsigned long long)faulty_reads, (unsigned long long)corrected,
             (unsigned long long)detected);
  printf("RANDOM d=%d w=%d rtl_mult=%s cases=%zu failed=%zu mismatches=%llu%s %s\n", b.arch.D, b.arch.W,
         b.table ? "table" : "verilog", n, n - right, (unsigned long long)mismatches, cells,
         right == n ? "PASS" : "FAIL");
  if (right != n && o->shrink && shrink(&b, first_wrong))
    return -1;
  return right == n ? 0 : 1;
}
