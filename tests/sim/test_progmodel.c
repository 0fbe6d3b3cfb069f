/* The functional model of programs: without faults it gives the reference model's results, layer by layer, on random
 * nets, tiled, streamed and with partial sums; with faults it changes them, reproducibly and by the die.
 * Copies of records are outvoted.
 * SPDX-License-Identifier: Apache-2.0 */
#include "check.h"
#include "isa/isa.h"
#include "progmodel/progmodel.h"
#include "random_net.h"
#include "refmodel/refmodel.h"
#include <stdlib.h>
#include <string.h>

#define SEEDS 160
#define MAX_OUT 65536

typedef struct {
  int16_t *layer[AXF_MAX_LAYERS], *by_net[AXF_MAX_LAYERS];
} outputs;

static int make_outputs(outputs *o, const axf_random_case *c) {
  memset(o, 0, sizeof *o);
  for (int l = 0; l < c->prog.nlayers; l++) {
    const axf_prog_layer *y = &c->prog.layer[l];
    o->layer[l] = axf_alloc((size_t)y->out_c * (size_t)y->out_h * (size_t)y->out_w, sizeof(int16_t));
    o->by_net[y->net_layer] = o->layer[l];
    if (!o->layer[l])
      return -1;
  }
  return 0;
}

static void free_outputs(outputs *o) {
  for (int l = 0; l < AXF_MAX_LAYERS; l++)
    free(o->layer[l]);
}

/* Differences between two sets of outputs, all layers. */
static long differences(const axf_random_case *c, const outputs *a, const outputs *b) {
  long n = 0;
  for (int l = 0; l < c->prog.nlayers; l++) {
    const axf_prog_layer *y = &c->prog.layer[l];
    for (int i = 0; i < y->out_c * y->out_h * y->out_w; i++)
      n += a->layer[l][i] != b->layer[l][i];
  }
  return n;
}

static int streamed, partial; /* nets seen with blocks of more than one, with partial sums */
static long changed_by_faults;

static void one_net(uint64_t seed, const axf_arch *arch) {
  static axf_random_case c;
  static axf_mult table;
  const axf_mult *mult[AXF_MAX_LAYERS];
  outputs want, got, low, low2;
  axf_random_table(&table, seed, seed % 4 == 1, 0); /* some of signed cores */
  for (int l = 0; l < AXF_MAX_LAYERS; l++)
    mult[l] = &table;
  if (axf_random_case_make(&c, seed, arch, &table, 1, NULL, 1)) {
    CHECK_MSG(0, "seed %llu: %s", (unsigned long long)seed, axf_errmsg());
    return;
  }
  int16_t *in = axf_alloc((size_t)c.net.c * (size_t)c.net.h * (size_t)c.net.w, sizeof *in);
  const axf_supply supply = {.die = {.die = (uint32_t)seed, .kind = seed % 2 ? AXF_FAULT_FLIP : AXF_FAULT_STUCK},
                             .nb_ber = 0.01,
                             .kb_ber = 0.02};
  axf_progmodel *m = axf_progmodel_new(&c.prog, &c.net, &c.q, mult, NULL);
  axf_progmodel *f = axf_progmodel_new(&c.prog, &c.net, &c.q, mult, &supply);
  if (!in || !m || !f || make_outputs(&want, &c) || make_outputs(&got, &c) || make_outputs(&low, &c) ||
      make_outputs(&low2, &c)) {
    CHECK_MSG(0, "seed %llu: %s", (unsigned long long)seed, axf_errmsg());
    return;
  }
  for (int l = 0; l < c.prog.nlayers; l++)
    streamed += c.prog.layer[l].nblocks > 1;
  for (int i = 0; i < c.prog.ninstr; i++) /* XTILE with psum_out */
    partial += (c.prog.instr[8 * i] & 15) == 10 && axf_field(c.prog.instr + 8 * i, 223, 1);
  for (int k = 0; k < 2; k++) {
    axf_random_input(&c, seed, k, in);
    const int ref = axf_ref_net(&c.net, &c.q, mult, in, want.by_net);
    const int cls = axf_progmodel_run(m, in, 0, got.layer, NULL);
    CHECK_MSG(cls == ref, "seed %llu input %d: class %d, reference %d: %s", (unsigned long long)seed, k, cls, ref,
              cls < 0 ? axf_errmsg() : "");
    CHECK_MSG(differences(&c, &want, &got) == 0, "seed %llu input %d: %ld results differ", (unsigned long long)seed, k,
              differences(&c, &want, &got));
    CHECK(axf_progmodel_run(f, in, 0, low.layer, NULL) >= 0);
    CHECK(axf_progmodel_run(f, in, 0, low2.layer, NULL) >= 0);
    CHECK_MSG(differences(&c, &low, &low2) == 0, "seed %llu: two runs on a die differ", (unsigned long long)seed);
    changed_by_faults += differences(&c, &want, &low) != 0;
  }
  CHECK(axf_progmodel_faulty_reads(m) == 0);
  CHECK(axf_progmodel_faulty_reads(f) > 0);
  axf_progmodel_free(m);
  axf_progmodel_free(f);
  free_outputs(&want);
  free_outputs(&got);
  free_outputs(&low);
  free_outputs(&low2);
  free(in);
  axf_random_case_free(&c);
}

/* Sets a field of the first instruction of this kind; returns what it was. */
static uint32_t set_field(axf_program *p, int op, int lsb, int width, uint32_t v) {
  for (int i = 0; i < p->ninstr; i++) {
    uint32_t *w = p->instr + (size_t)i * AXF_INSTR_WORDS;
    if (axf_field(w, AXF_HDR_OPCODE_LSB, AXF_HDR_OPCODE_W) != (uint32_t)op)
      continue;
    const uint32_t was = axf_field(w, lsb, width);
    for (int b = 0; b < width; b++) {
      w[(lsb + b) / 32] &= ~(1u << (lsb + b) % 32);
      w[(lsb + b) / 32] |= (v >> b & 1) << (lsb + b) % 32;
    }
    return was;
  }
  CHECK(0);
  return 0;
}

/* Programs that no compiler writes are refused. */
static void illegal(const axf_arch *arch) {
  static axf_random_case c;
  static axf_mult table;
  const axf_mult *mult[AXF_MAX_LAYERS];
  static const struct {
    int op, lsb, width;
    uint32_t v;
    const char *why;
  } bad[] = {{AXF_OP_XCFG0, AXF_XCFG0_SEG_LOG2_LSB, AXF_XCFG0_SEG_LOG2_W, 1, "XCFG0 for segments of 2 columns"},
             {AXF_OP_XCFG0, AXF_XCFG0_SEG_LOG2_LSB, AXF_XCFG0_SEG_LOG2_W, 5, "XCFG0 for segments of 32 columns"},
             {AXF_OP_XCFG0, AXF_XCFG0_QM_LSB, AXF_XCFG0_QM_W, 0, "of which 0, 1, 1"},
             {AXF_OP_XCFG0, AXF_XCFG0_QM_LSB, AXF_XCFG0_QM_W, 5, "of which 5, 1, 1"},
             {AXF_OP_XCFG0, AXF_XCFG0_QR_LSB, AXF_XCFG0_QR_W, 2, "2, 1 are used"},
             {AXF_OP_XCFG0, AXF_XCFG0_TN_LSB, AXF_XCFG0_TN_W, 9, "XCFG0 of layer 0 exceeds"},
             {AXF_OP_XCFG0, AXF_XCFG0_TR_LSB, AXF_XCFG0_TR_W, 2, "positions in line and Tr = 2"},
             {AXF_OP_XTILE, AXF_XTILE_RS_LSB, AXF_XTILE_RS_W, 2, "positions in line with 2 row steps"},
             {AXF_OP_KCFG, AXF_KCFG_QM_LSB, AXF_KCFG_QM_W, 9, "KCFG for"},
             {AXF_OP_KCFG, AXF_KCFG_QM_LSB, AXF_KCFG_QM_W, 0, "KCFG for"},
             {AXF_OP_NCFG, AXF_NCFG_SEG_LOG2_LSB, AXF_NCFG_SEG_LOG2_W, 1, "NCFG for"},
             {AXF_OP_NCFG, AXF_NCFG_SEG_LOG2_LSB, AXF_NCFG_SEG_LOG2_W, 5, "NCFG for"}};
  axf_random_table(&table, 1, 0, 0);
  for (int l = 0; l < AXF_MAX_LAYERS; l++)
    mult[l] = &table;
  if (axf_random_case_make(&c, 1, arch, &table, 1, &(axf_named_net){.net = "sw/workloads/pv.net"},
                           1)) { /* c1: 2,1,1,8,2,2,seg=4,qm=4,flat */
    CHECK_MSG(0, "%s", axf_errmsg());
    return;
  }
  CHECK(c.prog.layer[0].f.seg == 4 && c.prog.layer[0].f.Qm == 4 && c.prog.layer[0].f.flat);
  int16_t *in = axf_alloc((size_t)c.net.c * (size_t)c.net.h * (size_t)c.net.w, sizeof *in);
  int16_t *const none[AXF_MAX_LAYERS] = {NULL};
  for (size_t i = 0; in && i < sizeof bad / sizeof *bad; i++) {
    const uint32_t was = set_field(&c.prog, bad[i].op, bad[i].lsb, bad[i].width, bad[i].v);
    axf_progmodel *m = axf_progmodel_new(&c.prog, &c.net, &c.q, mult, NULL);
    CHECK_MSG(m && axf_progmodel_run(m, in, 0, none, NULL) < 0 && strstr(axf_errmsg(), bad[i].why),
              "field %zu: '%s', not '%s'", i, axf_errmsg(), bad[i].why);
    axf_progmodel_free(m);
    set_field(&c.prog, bad[i].op, bad[i].lsb, bad[i].width, was);
  }
  /* An address beyond every buffer does not wrap into it. */
  if (in) {
    const uint32_t was = set_field(&c.prog, AXF_OP_XTILE, AXF_XTILE_O_ADDR_LSB, AXF_XTILE_O_ADDR_W, 0);
    for (uint32_t beyond = 0x2000; beyond <= 0x8000; beyond *= 2) {
      set_field(&c.prog, AXF_OP_XTILE, AXF_XTILE_O_ADDR_LSB, AXF_XTILE_O_ADDR_W, was | beyond);
      axf_progmodel *m = axf_progmodel_new(&c.prog, &c.net, &c.q, mult, NULL);
      CHECK_MSG(m && axf_progmodel_run(m, in, 0, none, NULL) < 0 && strstr(axf_errmsg(), "where no result belongs"),
                "address %#x", was | beyond);
      axf_progmodel_free(m);
    }
    set_field(&c.prog, AXF_OP_XTILE, AXF_XTILE_O_ADDR_LSB, AXF_XTILE_O_ADDR_W, was);
  }
  /* A result outside the buffer: behind the last address, before the first, behind the last bank. */
  axf_placement *at = &c.prog.layer[0].block[0].at;
  const axf_placement good = *at;
  for (int i = 0; in && i < 3; i++) {
    *at = good;
    if (i < 2)
      at->base = i ? -1 : arch->nb_words;
    else
      at->Tj = 2 * arch->D;
    axf_progmodel *m = axf_progmodel_new(&c.prog, &c.net, &c.q, mult, NULL);
    CHECK_MSG(m && axf_progmodel_run(m, in, 0, none, NULL) < 0 &&
                  strstr(axf_errmsg(), "a result of layer 0 is placed in bank"),
              "placement %d: '%s'", i, axf_errmsg());
    axf_progmodel_free(m);
  }
  *at = good;
  free(in);
  axf_random_case_free(&c);
}

/* Inverts these copies (bit c: copy c) of every word of the records in the first kernel block. */
static void wrong_copies(axf_program *p, unsigned copies) {
  const uint32_t *load = NULL, *kernels = NULL;
  for (int i = p->ninstr - 1; i >= 0; i--) {
    const uint32_t *w = p->instr + (size_t)i * AXF_INSTR_WORDS, op = axf_field(w, AXF_HDR_OPCODE_LSB, AXF_HDR_OPCODE_W);
    load = op == AXF_OP_LD && axf_field(w, AXF_LD_DST_LSB, AXF_LD_DST_W) == 2 ? w : load;
    kernels = op == AXF_OP_KLD ? w : kernels;
  }
  CHECK(load && axf_field(load, AXF_LD_OFFSET_LSB, AXF_LD_OFFSET_W) == 0);
  CHECK(kernels && axf_field(kernels, AXF_KLD_PARAMS_LSB, AXF_KLD_PARAMS_W) == 1);
  if (!load)
    return;
  const uint32_t lanes = 1u << axf_field(load, AXF_LD_LANES_LOG2_LSB, AXF_LD_LANES_LOG2_W);
  for (uint32_t word = 0; word < 24; word++)
    for (uint32_t bank = 0; bank < lanes; bank++)
      if (copies >> word % 3 & 1)
        p->weights[word * lanes + bank] ^= 0xff;
}

/* Records in three copies: whichever copy of all words is wrong, nothing changes; two are believed. */
static void voted_records(axf_arch arch) {
  static axf_random_case c;
  static axf_mult table;
  const axf_mult *mult[AXF_MAX_LAYERS];
  outputs want, got;
  axf_random_table(&table, 1, 0, 0);
  for (int l = 0; l < AXF_MAX_LAYERS; l++)
    mult[l] = &table;
  if (axf_arch_records(&arch, "records", "vote") ||
      axf_random_case_make(&c, 1, &arch, &table, 1, &(axf_named_net){.net = "sw/workloads/pv.net"}, 1) ||
      make_outputs(&want, &c) || make_outputs(&got, &c)) {
    CHECK_MSG(0, "%s", axf_errmsg());
    return;
  }
  int16_t *in = axf_alloc((size_t)c.net.c * (size_t)c.net.h * (size_t)c.net.w, sizeof *in);
  if (in) {
    axf_random_input(&c, 1, 0, in);
    axf_ref_net(&c.net, &c.q, mult, in, want.by_net);
  }
  for (unsigned copies = 0; in && copies < 8; copies++) {
    const int outvoted = copies == 0 || copies == 1 || copies == 2 || copies == 4;
    wrong_copies(&c.prog, copies);
    axf_progmodel *m = axf_progmodel_new(&c.prog, &c.net, &c.q, mult, NULL);
    CHECK(m && axf_progmodel_run(m, in, 0, got.layer, NULL) >= 0);
    CHECK_MSG((differences(&c, &want, &got) == 0) == outvoted, "copies %u wrong: %ld results differ", copies,
              differences(&c, &want, &got));
    axf_progmodel_free(m);
    wrong_copies(&c.prog, copies);
  }
  free_outputs(&want);
  free_outputs(&got);
  free(in);
  axf_random_case_free(&c);
}

int main(void) {
  axf_arch arch;
  static const int dims[] = {4, 8, 16};
  for (uint64_t s = 1; s <= SEEDS; s++) {
    if (axf_arch_default(&arch, dims[s % 3], 8))
      return 1;
    if (s % 4 == 0) /* small buffers: feature maps pass through them in blocks */
      arch.nb_words = 32;
    if (s % 5 == 0) /* as many segments as columns */
      arch.segs = arch.D;
    CHECK(axf_arch_records(&arch, "records", s % 7 ? "none" : "vote") == 0);
    one_net(s, &arch);
  }
  if (axf_arch_default(&arch, 16, 8))
    return 1;
  illegal(&arch);
  voted_records(arch);
  CHECK_MSG(streamed > 3, "%d layers in blocks", streamed);
  CHECK_MSG(partial > 3, "%d tiles with partial sums", partial);
  CHECK_MSG(changed_by_faults > SEEDS, "%ld of %d runs changed by faults", changed_by_faults, 2 * SEEDS);
  return check_done("progmodel");
}
