/* The functional model of programs: without faults it gives the reference model's results, layer by layer, on random
 * nets, tiled, streamed and with partial sums; with faults it changes them, reproducibly and by the die.
 * SPDX-License-Identifier: Apache-2.0 */
#include "check.h"
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
  axf_random_table(&table, seed, seed % 4 == 1); /* some of signed cores */
  for (int l = 0; l < AXF_MAX_LAYERS; l++)
    mult[l] = &table;
  if (axf_random_case_make(&c, seed, arch, &table, &(axf_random_given){.images = 1})) {
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

int main(void) {
  axf_arch arch;
  static const int dims[] = {4, 8, 16};
  for (uint64_t s = 1; s <= SEEDS; s++) {
    if (axf_arch_default(&arch, dims[s % 3], 8))
      return 1;
    if (s % 4 == 0) /* small buffers: feature maps pass through them in blocks */
      arch.nb_words = 32;
    one_net(s, &arch);
  }
  CHECK_MSG(streamed > 3, "%d layers in blocks", streamed);
  CHECK_MSG(partial > 3, "%d tiles with partial sums", partial);
  CHECK_MSG(changed_by_faults > SEEDS, "%ld of %d runs changed by faults", changed_by_faults, 2 * SEEDS);
  return check_done("progmodel");
}
