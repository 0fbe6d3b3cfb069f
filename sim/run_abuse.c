/* axsim --abuse: random nets whose programs are stopped and broken on purpose. Each time the accelerator must say what
 * went wrong, keep the bus protocol, and then run the program as if nothing had been. SPDX-License-Identifier:
 * Apache-2.0 */
#include "isa/isa.h"
#include "modes.h"
#include "mult_table.h"
#include "noise.h"
#include "random_net.h"
#include "runner.h"
#include "workers.h"
#include <stdlib.h>
#include <string.h>

#define AT_HOSTILE 0x60000000u
#define FLOOD 300         /* instructions that post to one semaphore */
#define NOBODY 15         /* a semaphore that no compiled program uses */
#define PATIENCE 3000     /* watchdog of the attack on it */
#define WATCHDOG 0x100000 /* after reset */
#define RESET_POLLS 10000
#define NOISE_PROGRAMS 12
#define NOISE_CYCLES 1500 /* at most, of each */

typedef enum { RESET, INSTRUCTION, SEMAPHORE, ADDRESS, READ, WRITE, OVERRUN, DEADLOCK, NOISE, ATTACKS } attack_kind;
static const char *const names[ATTACKS] = {"reset", "instruction", "semaphore", "address", "read",
                                           "write", "overrun",     "watchdog",  "noise"};
/* The order in one case: resets at four random moments, every error once, programs of random words. */
static const attack_kind order[] = {RESET, INSTRUCTION, READ,      RESET, ADDRESS,  WRITE,
                                    RESET, OVERRUN,     SEMAPHORE, RESET, DEADLOCK, NOISE};
#define ROUNDS ((int)(sizeof order / sizeof order[0]))

typedef struct {
  int failed, done; /* rounds */
  char first[600];
} outcome;

typedef struct {
  const axf_sim_options *o;
  axf_mult fixed;
  int table;
  axf_arch arch;
  outcome *out; /* shared */
} batch;

typedef struct {
  axf_runner r;
  const axf_random_case *c;
  axf_rng g;
  uint64_t cycles;                        /* predicted */
  uint32_t flood[FLOOD][AXF_INSTR_WORDS]; /* the hostile program */
  uint32_t noise[AXF_NOISE_INSTR][AXF_INSTR_WORDS];
  uint8_t bytes[AXF_NOISE_BYTES]; /* what that loads and stores */
} victim;

static uint32_t *instruction(victim *v, int i) { return (uint32_t *)(void *)v->r.program + i * AXF_INSTR_WORDS; }

static void set_field(uint32_t *w, int lsb, uint32_t bits) { w[lsb / 32] |= bits << lsb % 32; }

static uint32_t draw(victim *v, uint64_t n) { return axf_rng_below(&v->g, (uint32_t)n); }

/* Breaks the program or the memory; the place of the program and of its data is *at. */
static void plant(victim *v, attack_kind k, axf_dev_program *at) {
  axf_mem *m = &v->r.host.mem;
  const axf_program *p = v->r.job.prog;
  uint32_t *w = instruction(v, (int)draw(v, (uint64_t)p->ninstr - 1)), region = draw(v, 3);
  switch (k) {
  case INSTRUCTION:
    w[0] = (w[0] & ~15u) | (11 + draw(v, 5));
    break;
  case SEMAPHORE:
    *at = (axf_dev_program){.prog = AT_HOSTILE + v->r.shift, .ninstr = FLOOD};
    break;
  case ADDRESS: /* a window of one beat, or a bank address behind every buffer in the first load */
    if (at->size[region] > 16)
      at->size[region] = 16;
    else
      for (int i = 0; i < p->ninstr; i++)
        if (axf_field(instruction(v, i), AXF_HDR_OPCODE_LSB, AXF_HDR_OPCODE_W) == AXF_OP_LD) {
          for (int b = 4; b < AXF_LD_ADDR_W; b++)
            set_field(instruction(v, i), AXF_LD_ADDR_LSB + b, 1);
          break;
        }
    break;
  case READ:
    m->fail_r = m->r_beats + 1 + draw(v, v->r.job.predicted->ld_beats + v->r.job.predicted->fetch_beats);
    break;
  case WRITE:
    m->fail_b = m->b_count + 1;
    break;
  case OVERRUN:
    at->ninstr--;
    break;
  case DEADLOCK:
    set_field(w, AXF_HDR_WAIT_LSB + NOBODY, 1);
    axf_dev_watchdog(&v->r.dev, PATIENCE);
    break;
  default:
    break;
  }
}

/* Everything as it was. */
static int mend(victim *v) {
  const axf_program *p = v->r.job.prog;
  const axf_dev_program at = axf_runner_place(&v->r);
  memcpy(v->r.program, p->instr, (size_t)p->ninstr * AXF_INSTR_WORDS * sizeof(uint32_t));
  v->r.host.mem.fail_r = v->r.host.mem.fail_b = 0;
  axf_dev_watchdog(&v->r.dev, WATCHDOG);
  return axf_dev_load(&v->r.dev, &at);
}

/* Starts what was planted; 0 when the accelerator ends it with the right code and an interrupt. */
static int suffer(victim *v, attack_kind k) {
  axf_host *h = &v->r.host;
  const uint64_t most = 100 * v->cycles + 400000; /* under back-pressure */
  int e = axf_dev_start(&v->r.dev);
  if (e)
    return axf_fail("start: %s", axf_dev_error_text(e));
  if (k == RESET) {
    for (uint64_t n = draw(v, v->cycles + v->cycles / 4 + 10); n > 0; n--)
      axf_host_step(h);
    return 0;
  }
  for (uint64_t n = 0; n < most && !h->out.irq; n++)
    axf_host_step(h);
  if (!h->out.irq)
    return axf_fail("no interrupt in %llu cycles", (unsigned long long)most);
  e = axf_dev_wait(&v->r.dev, 1);
  return e == (int)k ? 0 : axf_fail("ended with %d (%s)", e, axf_dev_error_text(e));
}

/* A region, the newest one, at a random address that is free; returns the address. */
static uint32_t settle_somewhere(victim *v, const char *name, size_t size, void *data) {
  for (;;) {
    const uint32_t at = (uint32_t)axf_rng_u64(&v->g) & 0xfffff000u;
    if (axf_mem_add(&v->r.host.mem, name, at, size, data, 1) == 0)
      return at;
  }
}

/* Registers keep what is written to them. */
static int scribble(victim *v) {
  static const uint8_t regs[] = {AXF_REG_PROG,   AXF_REG_PROGLEN, AXF_REG_BASE0,   AXF_REG_BASE1,
                                 AXF_REG_BASE2,  AXF_REG_BASE3,   AXF_REG_LIMIT0,  AXF_REG_LIMIT1,
                                 AXF_REG_LIMIT2, AXF_REG_LIMIT3,  AXF_REG_WATCHDOG};
  for (size_t i = 0; i < sizeof regs; i++) {
    const uint32_t off = regs[i];
    const uint32_t value = (uint32_t)axf_rng_u64(&v->g);
    uint32_t back = 0;
    if (axf_host_write(&v->r.host, off, value) || axf_host_read(&v->r.host, off, &back) || back != value)
      return axf_fail("register 0x%02x reads as %08x after a write of %08x", off, back, value);
  }
  return 0;
}

/* Runs programs of random words, each until it ends, with or without an error, or is stopped. */
static int make_noise(victim *v) {
  axf_host *h = &v->r.host;
  const int regions = h->mem.nregions;
  for (int i = 0; i < NOISE_PROGRAMS && !h->mem.error[0]; i++) {
    axf_dev_program at = {.ninstr = AXF_NOISE_INSTR};
    axf_noise_program(&v->g, v->noise);
    at.prog = settle_somewhere(v, "noise", sizeof v->noise, v->noise);
    const uint32_t data = settle_somewhere(v, "bytes", sizeof v->bytes, v->bytes);
    for (int k = 0; k < 4; k++) {
      at.base[k] = data;
      at.size[k] = sizeof v->bytes;
    }
    int e = scribble(v);
    if (!e && ((e = axf_dev_load(&v->r.dev, &at)) || (e = axf_dev_start(&v->r.dev))))
      e = axf_fail("start of noise: %s", axf_dev_error_text(e));
    for (int n = 0; n < NOISE_CYCLES && !h->out.irq && !e; n++)
      axf_host_step(h);
    if (!e && (e = axf_dev_reset(&v->r.dev, RESET_POLLS)))
      e = axf_fail("reset of noise: %s", axf_dev_error_text(e));
    if (e)
      return -1;
    if (!h->mem.error[0])
      h->mem.nregions = regions;
  }
  return 0;
}

/* One attack, and a clean run behind it. */
static int attack(victim *v, attack_kind k, const int16_t *in, uint32_t number) {
  axf_host *h = &v->r.host;
  axf_dev_program at = axf_runner_place(&v->r);
  axf_run run;
  h->probe = NULL;
  plant(v, k, &at);
  int e = axf_dev_load(&v->r.dev, &at);
  if (e)
    return axf_fail("load: %s", axf_dev_error_text(e));
  if (k == NOISE ? make_noise(v) : suffer(v, k))
    return -1;
  e = axf_dev_reset(&v->r.dev, RESET_POLLS);
  if (e)
    return axf_fail("reset: %s", axf_dev_error_text(e));
  if (h->mem.error[0])
    return axf_fail("%s", h->mem.error);
  if (!axf_mem_quiet(&h->mem))
    return axf_fail("memory transactions are open after the reset");
  e = mend(v);
  if (e)
    return axf_fail("load after the reset: %s", axf_dev_error_text(e));
  h->probe = &v->r.probe;
  if (axf_runner_run(&v->r, in, number, &run))
    return -1;
  return run.mismatches || run.model_differs
             ? axf_fail("the clean run: %s%s", run.first, run.model_differs ? run.differs : "")
             : 0;
}

static void all_attacks(victim *v, const axf_mult *m, uint64_t seed, const batch *b, outcome *y) {
  const axf_random_case *c = v->c;
  const axf_mult *mult[AXF_MAX_LAYERS];
  axf_counters predicted;
  const size_t size = (size_t)c->net.c * (size_t)c->net.h * (size_t)c->net.w;
  int16_t *in = axf_alloc((size_t)c->images * size, sizeof *in);
  const int latency = b->o->latency < 0 ? c->latency : b->o->latency;
  const int pressure = b->o->pressure < 0 ? c->pressure : b->o->pressure;
  for (int l = 0; l < AXF_MAX_LAYERS; l++)
    mult[l] = m;
  y->failed = !in || axf_cycle_model(&c->prog, latency, &predicted);
  if (!y->failed) {
    axf_job job = {&c->net, &c->q, &c->prog, mult, &predicted, latency, pressure, seed, b->o->trace, NULL, 0};
    v->cycles = predicted.cycles;
    y->failed = axf_runner_init(&v->r, &job) != 0;
  }
  if (!y->failed) {
    for (int i = 0; i < FLOOD; i++) {
      set_field(v->flood[i], AXF_HDR_OPCODE_LSB, i < FLOOD - 1 ? AXF_OP_NCFG : AXF_OP_END);
      set_field(v->flood[i], AXF_HDR_POST_LSB + NOBODY, 1);
    }
    y->failed =
        axf_mem_add(&v->r.host.mem, "hostile", AT_HOSTILE + v->r.shift, sizeof v->flood, (uint8_t *)v->flood, 0) != 0;
    for (; y->done < ROUNDS && !y->failed; y->done++) {
      for (int i = 0; i < c->images; i++)
        axf_random_input(c, seed, y->done * c->images + i, in + (size_t)i * size);
      y->failed = attack(v, order[y->done], in, (uint32_t)y->done) != 0;
      if (y->failed)
        snprintf(y->first, sizeof y->first, "attack %d (%s), latency %d, back-pressure %d: %.400s", y->done,
                 names[order[y->done]], latency, pressure, axf_errmsg());
    }
    axf_runner_free(&v->r);
  }
  if (y->failed && !y->first[0])
    snprintf(y->first, sizeof y->first, "%s", axf_errmsg());
  free(in);
}

static void one_case(batch *b, uint64_t seed, outcome *y) {
  axf_random_case c;
  axf_mult *random = b->table ? axf_alloc(1, sizeof *random) : NULL;
  const axf_mult *m = b->table ? random : &b->fixed;
  victim *v = axf_alloc(1, sizeof *v);
  if (random) {
    axf_random_table(random, seed, axf_shim_mult_signed(), axf_shim_zero_skip());
    memcpy(axf_mult_table, random->t, sizeof random->t);
  }
  if (!m || !v || axf_random_case_make(&c, seed, &b->arch, m, 0, NULL, 1)) {
    y->failed = 1;
    snprintf(y->first, sizeof y->first, "%s", axf_errmsg());
  } else {
    v->c = &c;
    axf_rng_seed(&v->g, seed, 7);
    all_attacks(v, m, seed, b, y);
    axf_random_case_free(&c);
  }
  free(v);
  free(random);
}

static int block(void *ctx, size_t first, size_t last, volatile uint64_t *done) {
  batch *b = ctx;
  for (size_t i = first; i < last; i++) {
    one_case(b, b->o->seed + i, &b->out[i]);
    ++*done;
  }
  return 0;
}

int axf_sim_abuse(const axf_sim_options *o) {
  batch b = {.o = o, .table = strcmp(axf_shim_mult(), "table") == 0};
  const size_t n = (size_t)o->abuse;
  size_t right = 0, attacks = 0;
  if (axf_runner_arch(&b.arch) || (!b.table && axf_mult_load(&b.fixed, axf_shim_mult(), o->mult_dir) < 0) ||
      !(b.out = axf_shared(n * sizeof *b.out)))
    return -1;
  if (axf_workers(n, o->trace ? 1 : o->jobs, o->quiet ? NULL : "abusing", block, &b))
    return -1;
  for (size_t i = 0; i < n; i++) {
    const outcome *y = &b.out[i];
    right += !y->failed;
    attacks += (size_t)y->done;
    if (y->failed)
      printf("case seed=%llu FAIL  %s\n", (unsigned long long)(o->seed + i), y->first);
  }
  printf("ABUSE d=%d cases=%zu failed=%zu attacks=%zu %s\n", b.arch.D, n, n - right, attacks,
         right == n ? "PASS" : "FAIL");
  return right == n ? 0 : 1;
}
