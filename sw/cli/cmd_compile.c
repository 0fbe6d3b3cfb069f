/* axflow compile: what the accelerator will do with a network: factors, tiles, placement, predicted cycles,
 * instructions. SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"
#include "cli/compile_explain.h"
#include "isa/isa.h"
#include <stdlib.h>
#include <string.h>

static const axf_option options[] = {
    {"model", "FILE", "the quantised model (.axm)"},
    {"d", "N", "array dimension: 4, 8, 16 (default) or 32"},
    {"w", "N", "word width: 8 (default) or 16"},
    {"segs", "N", "segments a row can be cut into: 1, 2, 4 (default) .. D"},
    {"protect-rec", "P", "parameter records: none (default), or vote, three copies of which the majority counts"},
    {"factors", "SPEC", "LAYER=Tm,Tn,Tr,Tc,Ti,Tj[,seg=N][,qm=N][,flat];... for layers the mapper shall not choose"},
    {"objective", "WHAT", "map for the fewest cycles (default), accesses or energy"},
    {"energy", "FILE", "energy coefficients (default sw/compile/energy.txt)"},
    {"coupling", NULL, "the paper's rule: <Tm,Tr,Tc> of a layer are <Tn,Ti,Tj> of the next; whole rows"},
    {"columns", "B", "a fully connected net with B inputs side by side, each weight loaded once for all (default 1)"},
    {"explain", NULL, "print for every layer the choice and the runners-up, with what they take"},
    {"latency", "N", "memory latency in cycles for the prediction (default 30)"},
    {"listing", NULL, "print every instruction with its fields"},
    {"out", "FILE", "write the program and its weight image as a container of kind \"program\""},
    {NULL, NULL, NULL}};
static const axf_usage usage = {"compile", "--model FILE [options]",
                                "Compiles a quantised model to an accelerator program and predicts its cycles.",
                                options};

static void listing(const axf_program *p) {
  static const char *const name[] = {"END", "LD",    "ST",    "KCFG",  "KLD",  "NCFG",
                                     "NLD", "XCFG0", "XCFG1", "XCFG2", "XTILE"};
  for (int i = 0; i < p->ninstr; i++) {
    const uint32_t *w = p->instr + (size_t)i * AXF_INSTR_WORDS;
    uint32_t op = axf_field(w, AXF_HDR_OPCODE_LSB, AXF_HDR_OPCODE_W);
    printf("%5d %-6s wait=%04x post=%04x post2=%04x", i, op < sizeof name / sizeof *name ? name[op] : "?",
           axf_field(w, AXF_HDR_WAIT_LSB, AXF_HDR_WAIT_W), axf_field(w, AXF_HDR_POST_LSB, AXF_HDR_POST_W),
           axf_field(w, AXF_HDR_POST2_LSB, AXF_HDR_POST2_W));
#define SHOW(OP, f, lsb, width)                                                                                        \
  if (op < sizeof name / sizeof *name && !strcmp(name[op], #OP))                                                       \
    printf(" " #f "=%u", axf_field(w, lsb, width));
    AXF_ISA_FIELDS(SHOW)
#undef SHOW
    printf("\n");
  }
}

static int write_program(const axf_program *p, const axf_net *n, const char *path) {
  axf_container *c = axf_container_new("program");
  char config[64];
  int64_t instr[2] = {p->ninstr, AXF_INSTR_WORDS}, bytes = (int64_t)p->weight_bytes;
  snprintf(config, sizeof config, "D=%d W=%d SEGS=%d%s", p->arch.D, p->arch.W, p->arch.segs,
           p->arch.rec_copies > 1 ? " PROTECT_REC=vote" : "");
  int rc = !c || axf_container_set(c, "net", n->name) || axf_container_set(c, "arch", config) ||
           axf_container_set(c, "version", AXF_VERSION) || axf_container_add(c, "instr", AXF_I32, 2, instr, p->instr) ||
           axf_container_add(c, "weights", AXF_U8, 1, &bytes, p->weights) || axf_container_write(c, path);
  axf_container_free(c);
  return rc ? -1 : 0;
}

static void table(const axf_program *p, const axf_net *n, const axf_counters *k) {
  const int pes = p->arch.D * p->arch.D;
  printf("%-10s %-30s %5s %12s %12s %10s %7s\n", "layer", "Tm,Tn,Tr,Tc,Ti,Tj", "tiles", "output", "macs", "cycles",
         "util");
  uint64_t before = 0;
  int64_t macs = 0;
  for (int l = 0; l < p->nlayers; l++) {
    const axf_prog_layer *y = &p->layer[l];
    char f[64], shape[48];
    axf_factors_text(f, sizeof f, &y->f, p->arch.D);
    snprintf(shape, sizeof shape, "%dx%dx%d", y->out_c, y->out_h, y->out_w);
    double cycles = (double)(k->layer_end[l] - before);
    printf("%-10s %-30s %5d %12s %12lld %10.0f %6.1f%%\n", n->layer[y->net_layer].name, f, y->tiles, shape,
           (long long)y->macs, cycles, 100.0 * (double)y->macs / (cycles * pes));
    before = k->layer_end[l];
    macs += y->macs;
  }
  printf("program: %d instructions, %zu bytes of weights, input %zu, output %zu bytes\n", p->ninstr, p->weight_bytes,
         p->in_bytes, p->out_bytes);
  printf("stalls: kernels %llu, neurons %llu, other %llu, write-back %llu, configuration %llu cycles\n",
         (unsigned long long)k->wait_k, (unsigned long long)k->wait_n, (unsigned long long)k->wait_o,
         (unsigned long long)k->wb, (unsigned long long)k->cfg);
  printf("COMPILE net=%s d=%d instructions=%d macs=%lld model_cycles=%llu utilisation=%.1f%%\n", n->name, p->arch.D,
         p->ninstr, (long long)macs, (unsigned long long)k->cycles, 100.0 * (double)macs / ((double)k->cycles * pes));
}

/* Fully connected layers beside the bus: every weight comes from memory once, 16 bytes a cycle. */
static void fully_connected(const axf_program *p, const axf_net *n, const axf_counters *k, int columns) {
  int64_t weights = 0;
  uint64_t cycles = 0, before = 0;
  for (int l = 0; l < p->nlayers; l++) {
    const axf_layer *y = &n->layer[p->layer[l].net_layer];
    if (y->kind == AXF_FC || columns > 1) {
      weights += (int64_t)y->in_c * y->ky * y->kx * y->out_c;
      cycles += k->layer_end[l] - before;
    }
    before = k->layer_end[l];
  }
  if (!weights)
    return;
  const double bound = (double)weights * p->arch.W / 128;
  printf("fully connected: %lld weights take the bus %.0f cycles; %llu cycles taken, %.1f %% of that bound", //
         (long long)weights, bound, (unsigned long long)cycles, 100 * bound / (double)cycles);
  if (columns > 1)
    printf("; %d inputs side by side, %.0f cycles an input", columns, (double)k->cycles / columns);
  printf("\n");
}

static int number(const char *what, const char *s, long lo, long hi, long *out) {
  axf_lines l = {.path = "command line"};
  return axf_parse_int(&l, what, s, lo, hi, out);
}

int axf_cmd_compile(int argc, char **argv) {
  const char *value[sizeof options / sizeof *options];
  int status = axf_cli_options(&usage, argc, argv, value);
  if (status >= 0)
    return status;
  const char *path = axf_cli_get(&usage, value, "model", NULL);
  if (!path)
    return axf_cli_wrong(&usage, "--model is missing");
  long D, W, segs, latency, columns;
  axf_arch a;
  axf_model m;
  if (number("--d", axf_cli_get(&usage, value, "d", "16"), 1, 64, &D) ||
      number("--w", axf_cli_get(&usage, value, "w", "8"), 1, 64, &W) ||
      number("--segs", axf_cli_get(&usage, value, "segs", "4"), 1, 64, &segs) ||
      number("--columns", axf_cli_get(&usage, value, "columns", "1"), 1, 256, &columns) ||
      number("--latency", axf_cli_get(&usage, value, "latency", "30"), 1, 1000000, &latency) ||
      axf_arch_default(&a, (int)D, (int)W) || axf_arch_segments(&a, (int)segs) ||
      axf_arch_records(&a, "--protect-rec", axf_cli_get(&usage, value, "protect-rec", "none")) ||
      axf_model_load(&m, path))
    return axf_cli_fail(&usage);
  axf_factors f[AXF_MAX_LAYERS];
  axf_compile_opt opt = {.factors = f, .nfactors = AXF_MAX_LAYERS, .pmax = 65535, .refine = (int)latency};
  axf_program p = {0};
  axf_counters k;
  axf_goal goal;
  static axf_choices choices[AXF_MAX_LAYERS];
  axf_net side;
  const axf_net *net = &m.net;
  const char *out = axf_cli_get(&usage, value, "out", NULL);
  int rc = 0;
  if (!m.quantised)
    rc = axf_fail("%s: the model is not quantised; run `axflow quantize` first", path);
  rc = rc || axf_goal_read(&goal, axf_cli_get(&usage, value, "objective", "cycles"),
                           axf_cli_get(&usage, value, "energy", NULL), &a);
  opt.goal = &goal;
  opt.coupling = value[axf_cli_index(&usage, "coupling")] != NULL;
  opt.choices = value[axf_cli_index(&usage, "explain")] ? choices : NULL;
  if (!rc && columns > 1) {
    rc = axf_net_columns(&side, &m.net, (int)columns);
    net = rc ? net : &side;
  }
  rc = rc || axf_factors_parse(f, net, axf_cli_get(&usage, value, "factors", NULL)) < 0 ||
       axf_compile(&p, net, &m.q, &a, &opt) || axf_cycle_model(&p, (int)latency, &k) ||
       (out && write_program(&p, net, out));
  if (!rc) {
    if (value[axf_cli_index(&usage, "listing")])
      listing(&p);
    if (opt.choices)
      axf_explain(choices, &p, net, &goal);
    table(&p, net, &k);
    fully_connected(&p, net, &k, (int)columns);
  }
  if (net == &side)
    axf_net_free(&side);
  axf_program_free(&p);
  axf_model_free(&m);
  return rc ? axf_cli_fail(&usage) : 0;
}
