/* The mapper: prices against the cycle model, objectives, the paper's coupling, what --explain tells, inputs side by
 * side, and the floors of the large workloads. SPDX-License-Identifier: Apache-2.0 */
#include "check.h"
#include "random_net.h"
#include "refmodel/refmodel.h"
#include <stdlib.h>
#include <string.h>

static axf_mult table;
static axf_arch arch;
static axf_choices choices[AXF_MAX_LAYERS];

/* A net of numbers by chance, whose shape is given. */
static int make(axf_random_case *c, const char *net, const axf_named_net *how) {
  axf_named_net n = how ? *how : (axf_named_net){0};
  n.net = net;
  n.choices = choices;
  const int e = axf_random_case_make(c, 1, &arch, &table, 1, &n, 1);
  CHECK_MSG(e == 0, "%s: %s", net, axf_errmsg());
  return e;
}

static const char *file(const char *text) {
  static char path[64];
  FILE *f;
  snprintf(path, sizeof path, "%s/mapper-test.net", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
  if (!(f = fopen(path, "w")))
    return "";
  fputs(text, f);
  fclose(f);
  return path;
}

/* ---- prices ---- */

/* The price of single layers from memory, within `most` per cent of the cycle model, busy at least `least` per cent. */
static void price(const char *what, const char *text, double most, double least) {
  axf_random_case c;
  axf_counters k;
  if (make(&c, text ? file(text) : what, NULL) || axf_cycle_model(&c.prog, 30, &k))
    return;
  const double said = (double)choices[0].choice[0].cost.cycles, is = (double)k.cycles;
  CHECK_MSG(said > is * (1 - most / 100) && said < is * (1 + most / 100), "%s: %.0f cycles by calculation, %.0f", what,
            said, is);
  CHECK_MSG(100.0 * (double)k.macs / (is * arch.D * arch.D) >= least, "%s: %.0f cycles, too many", what, is);
  for (int i = 1; i < choices[0].n; i++)
    CHECK(choices[0].choice[i].cost.cycles >= choices[0].choice[0].cost.cycles);
  CHECK(choices[0].n > 1);
  axf_random_case_free(&c);
}

static void prices(void) {
  price("sw/workloads/alexnet-c1.net", NULL, 1, 83);
  price("sw/workloads/alexnet-c2.net", NULL, 1, 99);
  price("sw/workloads/alexnet-c3.net", NULL, 1, 99);
  price("sw/workloads/alexnet-c4.net", NULL, 1, 98);
  price("sw/workloads/alexnet-c5.net", NULL, 1, 98);
  price("vgg5", "net v\ninput 256 28 28\nconv c maps=512 kernel=3 pad=1 relu\n", 1, 99);
  price("vgg8", "net v\ninput 512 14 14\nconv c maps=128 kernel=3 pad=1 relu\npool p max 2\n", 1, 98.5);
  price("small", "net s\ninput 16 20 20\nconv c maps=32 kernel=3 relu\n", 2, 55);
}

/* ---- objectives ---- */

static double total(const axf_random_case *c, int what, const axf_goal *g) {
  double sum = 0;
  for (int l = 0; l < c->prog.nlayers; l++) {
    const axf_cost *k = &choices[l].choice[0].cost;
    sum += what == AXF_MIN_CYCLES     ? (double)k->cycles
           : what == AXF_MIN_ACCESSES ? (double)axf_accesses(k, &arch)
                                      : axf_energy(g, k);
  }
  return sum;
}

/* Each objective is at its best when it is asked for; one layer, or the choice of another would bind it. */
static void objectives(void) {
  static const char *const name[] = {"cycles", "accesses", "energy"};
  const char *net = file("net o\ninput 48 27 27\nconv c maps=64 kernel=5 pad=2 relu\n");
  double got[3][3];
  for (int asked = 0; asked < 3; asked++) {
    axf_goal g;
    axf_random_case c;
    if (axf_goal_read(&g, name[asked], NULL, &arch)) {
      CHECK_MSG(0, "%s", axf_errmsg());
      return;
    }
    if (make(&c, net, &(axf_named_net){.goal = &g}))
      return;
    for (int k = 0; k < 3; k++)
      got[asked][k] = total(&c, k, &g);
    axf_random_case_free(&c);
  }
  for (int k = 0; k < 3; k++)
    for (int asked = 0; asked < 3; asked++)
      CHECK_MSG(got[k][k] <= got[asked][k] * 1.001, "%s: %.0f when asked for, %.0f when asked for %s", name[k],
                got[k][k], got[asked][k], name[asked]);
  CHECK_MSG(got[1][1] < got[0][1], "accesses: %.0f as with cycles", got[1][1]);
}

static void refused(const char *text, const char *why) {
  axf_goal g;
  const char *path = file(text);
  CHECK_MSG(axf_goal_read(&g, "energy", path, &arch) < 0 && strstr(axf_errmsg(), why), "'%s': %s", text, axf_errmsg());
}

static void coefficients(void) {
  axf_goal g;
  CHECK(axf_goal_read(&g, "energy", NULL, &arch) == 0 && g.objective == AXF_MIN_ENERGY && g.pj.mac > 0);
  const double cycle = g.pj.cycle;
  axf_arch small = arch;
  small.D = 4;
  CHECK(axf_goal_read(&g, "cycles", NULL, &small) == 0 && g.pj.cycle < cycle / 15 && g.pj.cycle > cycle / 17);
  CHECK(axf_goal_read(&g, "speed", NULL, &arch) < 0 && strstr(axf_errmsg(), "not 'speed'"));
  refused("mac 1\nmac 2\n", ":2: mac stands twice");
  refused("mac 1\n", "store_write is missing");
  refused("mac one\n", "mac");
  refused("mac -1\n", "mac");
  refused("# so\nheat 3\n", ":2: expected NAME PJ");
  refused("mac 1 2\n", ":1: expected NAME PJ");
}

/* ---- coupling ---- */

static int coupled(const axf_program *p) {
  for (int l = 0; l + 1 < p->nlayers; l++) {
    const axf_factors *a = &p->layer[l].f, *b = &p->layer[l + 1].f;
    if (a->Tm != b->Tn || a->Tr != b->Ti || a->Tc != b->Tj || a->Qm != 1 || a->flat || a->seg != p->arch.D)
      return 0;
  }
  return 1;
}

static void coupling(void) {
  static const char *const nets[] = {"sw/workloads/pv.net", "sw/workloads/lenet5.net", "sw/workloads/hg.net",
                                     "sw/nets/lenet.net", "sw/nets/mlp-mnist.net"};
  int waived = 0;
  for (size_t i = 0; i < sizeof nets / sizeof *nets; i++) {
    axf_random_case with, without;
    axf_counters a, b;
    if (make(&with, nets[i], &(axf_named_net){.coupling = 1}) || make(&without, nets[i], NULL))
      return;
    CHECK_MSG(coupled(&with.prog), "%s is not coupled", nets[i]);
    waived += !coupled(&without.prog);
    CHECK(axf_cycle_model(&with.prog, 30, &a) == 0 && axf_cycle_model(&without.prog, 30, &b) == 0);
    CHECK_MSG(b.cycles <= a.cycles + a.cycles / 50, "%s: %llu cycles coupled, %llu not", nets[i],
              (unsigned long long)a.cycles, (unsigned long long)b.cycles);
    axf_random_case_free(&with);
    axf_random_case_free(&without);
  }
  CHECK_MSG(waived >= 3, "only %d nets are mapped otherwise without the rule", waived);
}

/* ---- trying plans out ---- */

static void refinement(void) {
  static const char *const nets[] = {"sw/nets/lenet.net", "sw/nets/isolet.net", "sw/nets/har265.net",
                                     "sw/nets/pendigits.net"};
  int better = 0;
  for (size_t i = 0; i < sizeof nets / sizeof *nets; i++) {
    axf_random_case c;
    axf_counters tried, not ;
    if (make(&c, nets[i], NULL) || axf_cycle_model(&c.prog, 30, &not ))
      return;
    axf_random_case_free(&c);
    if (make(&c, nets[i], &(axf_named_net){.refine = 30}) || axf_cycle_model(&c.prog, 30, &tried))
      return;
    axf_random_case_free(&c);
    CHECK_MSG(tried.cycles <= not .cycles, "%s: %llu cycles after trying, %llu before", nets[i],
              (unsigned long long)tried.cycles, (unsigned long long)not .cycles);
    better += tried.cycles < not .cycles;
  }
  CHECK(better > 0);
}

/* ---- inputs side by side ---- */

static void columns(void) {
  enum { B = 5, MOST = 8 * 12 * B };
  axf_net one, side;
  const axf_mult *mult[AXF_MAX_LAYERS];
  axf_random_case c;
  const char *path = file("net f\ninput 3 2 2\nfc a out=9 relu\nfc b out=4\n");
  for (int l = 0; l < AXF_MAX_LAYERS; l++)
    mult[l] = &table;
  if (make(&c, path, &(axf_named_net){.columns = B}))
    return;
  CHECK(axf_net_load(&one, path) == 0 && axf_net_columns(&side, &one, B) == 0);
  CHECK(side.c == 12 && side.h == 1 && side.w == B && side.nlayers == 2 && side.layer[0].kind == AXF_CONV);
  CHECK(c.prog.layer[0].out_w == B && c.prog.layer[1].out_c == 4);
  int16_t all[MOST], mine[12], wide[2][9 * B], narrow[2][9];
  axf_random_input(&c, 3, 0, all);
  int16_t *const to[AXF_MAX_LAYERS] = {wide[0], wide[1]}, *const at[AXF_MAX_LAYERS] = {narrow[0], narrow[1]};
  CHECK(axf_ref_net(&side, &c.q, mult, all, to) >= 0);
  for (int k = 0; k < B; k++) {
    for (int n = 0; n < 12; n++)
      mine[n] = all[n * B + k];
    CHECK(axf_ref_net(&one, &c.q, mult, mine, at) >= 0);
    for (int m = 0; m < 9; m++)
      CHECK(narrow[0][m] == wide[0][m * B + k] && (m >= 4 || narrow[1][m] == wide[1][m * B + k]));
  }
  axf_net_free(&side);
  axf_net_free(&one);
  axf_random_case_free(&c);
  axf_counters single, batch;
  if (make(&c, "sw/nets/isolet.net", NULL) || axf_cycle_model(&c.prog, 30, &single))
    return;
  axf_random_case_free(&c);
  if (make(&c, "sw/nets/isolet.net", &(axf_named_net){.columns = 16}) || axf_cycle_model(&c.prog, 30, &batch))
    return;
  CHECK_MSG(batch.cycles < 2 * single.cycles, "16 inputs take %llu cycles, one %llu", (unsigned long long)batch.cycles,
            (unsigned long long)single.cycles);
  axf_random_case_free(&c);
  CHECK(axf_net_load(&one, "sw/nets/lenet.net") == 0);
  CHECK(axf_net_columns(&side, &one, 4) < 0 && strstr(axf_errmsg(), "c1 is not fully connected"));
  axf_net_free(&one);
}

int main(void) {
  axf_random_table(&table, 3, 0, 0);
  if (axf_arch_default(&arch, 16, 8))
    return 1;
  prices();
  objectives();
  coefficients();
  coupling();
  refinement();
  columns();
  remove(file(""));
  return check_done("mapper");
}
