/* Programs with segments and positions in line: what random ones must keep to, and how busy the array is with the
 * mapper's choices for the small workloads, by the cycle model. SPDX-License-Identifier: Apache-2.0 */
#include "check.h"
#include "isa/isa.h"
#include "random_net.h"
#include <string.h>

#define GET(w, OP, f) ((int)axf_field(w, AXF_##OP##_##f##_LSB, AXF_##OP##_##f##_W))
#define SEEDS 300

static axf_random_case c;
static axf_mult table;
static int segmented, in_line, wrapped, kept; /* layers with Qm > 1, flat; flat tiles that wrap; tiles whose partial
                                               * sums are those of more than one segment */

/* A tile under the layer registers x: fields and stores. */
static void one_tile(uint64_t seed, const uint32_t *w, const uint32_t *x, const axf_arch *a) {
  const int qm = GET(x, XCFG0, QM), P = GET(x, XCFG0, POOL), flat = GET(x, XCFG0, FLAT);
  const int steps = GET(w, XTILE, NS) * GET(x, XCFG0, ISTEPS) * GET(x, XCFG0, JSTEPS);
  const int sums = GET(w, XTILE, MS) * GET(w, XTILE, RS) * GET(w, XTILE, CS) * P * P;
  CHECK_MSG(steps >= qm, "seed %d: %d results of a sum of %d steps", (int)seed, qm, steps);
  CHECK_MSG(GET(w, XTILE, PAR_ADDR) + GET(w, XTILE, MS) * qm <= a->par_words, "seed %d: parameter records", (int)seed);
  CHECK_MSG(GET(w, XTILE, KS_ADDR) + GET(w, XTILE, MS) * GET(w, XTILE, NS) * GET(x, XCFG0, KK) <= a->ks_words,
            "seed %d: kernel words", (int)seed);
  if (GET(w, XTILE, PSUM_IN) || GET(w, XTILE, PSUM_OUT)) {
    CHECK_MSG(sums * qm <= a->ps_words, "seed %d: %d x %d partial sums", (int)seed, sums, qm);
    kept += qm > 1;
  }
  if (flat) {
    const int places = GET(w, XTILE, RT) * GET(w, XTILE, CT), Tc = GET(x, XCFG0, TC);
    CHECK_MSG(GET(w, XTILE, RS) == 1 && GET(w, XTILE, CT) >= Tc && (GET(w, XTILE, CS) - 1) * Tc < places &&
                  GET(w, XTILE, CS) * Tc >= places,
              "seed %d: %d steps of %d for %d positions", (int)seed, GET(w, XTILE, CS), Tc, places);
    wrapped += GET(w, XTILE, RT) > 1 && GET(w, XTILE, CT) % Tc;
  }
}

static void one_program(uint64_t seed, const axf_arch *arch) {
  axf_random_table(&table, seed, 0, 0);
  if (axf_random_case_make(&c, seed, arch, &table, 0, NULL, 1)) {
    CHECK_MSG(0, "seed %llu: %s", (unsigned long long)seed, axf_errmsg());
    return;
  }
  const axf_arch *a = &c.prog.arch;
  const uint32_t *x = NULL;
  axf_counters k;
  for (int i = 0; i < c.prog.ninstr; i++) {
    const uint32_t *w = c.prog.instr + (size_t)i * AXF_INSTR_WORDS;
    if (GET(w, HDR, OPCODE) == AXF_OP_XCFG0) {
      x = w;
      segmented += GET(w, XCFG0, QM) > 1;
      in_line += GET(w, XCFG0, FLAT);
    } else if (GET(w, HDR, OPCODE) == AXF_OP_XTILE) {
      one_tile(seed, w, x, a);
    }
  }
  CHECK_MSG(axf_cycle_model(&c.prog, c.latency, &k) == 0, "seed %llu: %s", (unsigned long long)seed, axf_errmsg());
  uint64_t macs = 0;
  for (int l = 0; l < c.prog.nlayers; l++) {
    const axf_layer *y = &c.net.layer[c.prog.layer[l].net_layer];
    macs += (uint64_t)c.prog.layer[l].macs;
    CHECK(c.prog.layer[l].f.seg >= 1 && c.prog.layer[l].f.Qm >= 1 && y->out_c > 0);
  }
  CHECK_MSG(k.macs == macs, "seed %llu: %llu multiplications, the layers say %llu", (unsigned long long)seed,
            (unsigned long long)k.macs, (unsigned long long)macs);
  axf_random_case_free(&c);
}

/* Busy per cent of a workload in steady state, W = 8, latency 30. */
static double busy(const char *net, const axf_arch *a) {
  char path[64];
  uint64_t cycles[2] = {0, 0};
  double macs = 0;
  snprintf(path, sizeof path, "sw/workloads/%s.net", net);
  for (int k = 0; k < 2; k++) {
    axf_counters n;
    if (axf_random_case_make(&c, 1, a, &table, k ? 8 : 4, &(axf_named_net){.net = path}, 1) ||
        axf_cycle_model(&c.prog, 30, &n)) {
      CHECK_MSG(0, "%s: %s", net, axf_errmsg());
      return 0;
    }
    cycles[k] = n.cycles;
    macs = (double)n.macs / 8;
    axf_random_case_free(&c);
  }
  return 100 * macs * 4 / ((double)(cycles[1] - cycles[0]) * a->D * a->D);
}

int main(void) {
  static const int dims[] = {4, 8, 16, 32};
  static const struct {
    const char *net;
    double least;
  } floor[] = {{"pv", 94}, {"fr", 89}, {"lenet5", 87}, {"hg", 86.5}};
  axf_arch arch;
  for (uint64_t s = 1; s <= SEEDS; s++) {
    if (axf_arch_default(&arch, dims[s % 4], 8))
      return 1;
    if (s % 3 == 0) /* some arrays with as many segments as columns, */
      arch.segs = arch.D;
    if (s % 7 == 0) /* some with whole rows alone */
      arch.segs = 1;
    one_program(s, &arch);
  }
  CHECK_MSG(segmented > SEEDS / 4 && in_line > SEEDS / 8, "%d layers in segments, %d in line", segmented, in_line);
  CHECK_MSG(wrapped > 10 && kept > 10, "%d tiles wrap, %d keep partial sums of several segments", wrapped, kept);
  if (axf_arch_default(&arch, 16, 8))
    return 1;
  for (size_t i = 0; i < sizeof floor / sizeof *floor; i++) {
    const double b = busy(floor[i].net, &arch);
    CHECK_MSG(b >= floor[i].least, "%s: %.1f %% busy, %.1f expected", floor[i].net, b, floor[i].least);
  }
  arch.segs = 1; /* the paper's array: what segments bring */
  CHECK_MSG(busy("pv", &arch) < 80, "pv with whole rows: %.1f %% busy", busy("pv", &arch));
  return check_done("segments");
}
