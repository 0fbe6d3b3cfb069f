/* The arrays that FlexFlow is compared with: closed forms against loops that count, and against the paper's figures.
 * SPDX-License-Identifier: Apache-2.0 */
#include "baseline/baseline.h"
#include "check.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Steps counted one by one: x of a, y of b and z of c go in parallel. */
static int64_t counted(int a, int b, int c, int x, int y, int z) {
  int64_t steps = 0;
  for (int i = 0; i < a; i += x)
    for (int j = 0; j < b; j += y)
      for (int k = 0; k < c; k += z)
        steps++;
  return steps;
}

static void steps(void) {
  srand(1);
  for (int n = 0; n < 300; n++) {
    const int a = 1 + rand() % 9, b = 1 + rand() % 9, c = 1 + rand() % 9, D = 1 + rand() % 32;
    int64_t best = INT64_MAX;
    for (int x = 1; x <= D; x++)
      for (int y = 1; x * y <= D; y++)
        for (int z = 1; x * y * z <= D; z++) {
          int64_t s = counted(a, b, c, x, y, z);
          best = s < best ? s : best;
        }
    CHECK_MSG(axf_baseline_steps(a, b, c, D) == best, "%d %d %d on %d: %lld, not %lld", a, b, c, D,
              (long long)axf_baseline_steps(a, b, c, D), (long long)best);
  }
}

/* One layer, each array's loops written out. */
static void loops(void) {
  srand(2);
  for (int n = 0; n < 100; n++) {
    const int k = 1 + rand() % 5, D = 4 + rand() % 13;
    const axf_layer y = {.kind = AXF_CONV,
                         .in_c = 1 + rand() % 20,
                         .out_c = 1 + rand() % 20,
                         .out_h = 1 + rand() % 20,
                         .out_w = 1 + rand() % 20,
                         .ky = k,
                         .kx = k};
    uint64_t map = 0, tile = 0, fold = 0;
    for (int r = 0; r < y.out_h; r += D)
      for (int c = 0; c < y.out_w; c += D)
        map += (uint64_t)(y.out_c * y.in_c * k * k);
    for (int m = 0; m < y.out_c; m += D)
      for (int i = 0; i < y.in_c; i += D)
        tile += (uint64_t)(y.out_h * y.out_w * k * k);
    for (int p = 0; p < y.out_h * y.out_w; p += D)
      for (int m = 0; m < y.out_c; m += D)
        fold += (uint64_t)(y.in_c * k * k + 3 * D - 2);
    CHECK(axf_baseline_cycles(AXF_B_MAPPING, &y, k, D) == map);
    CHECK(axf_baseline_cycles(AXF_B_TILING, &y, k, D) == tile);
    CHECK(axf_baseline_cycles(AXF_B_OUTPUT_STATIONARY, &y, k, D) == fold);
    if (k <= D) {
      int64_t pairs = (int64_t)y.out_c * y.in_c, rounds = 0;
      for (; pairs > 0; pairs -= D * D / (k * k))
        rounds++;
      CHECK(axf_baseline_cycles(AXF_B_SYSTOLIC, &y, k, D) == (uint64_t)(rounds * y.out_h * (y.out_w + k - 1)));
    }
    CHECK(axf_baseline_cycles(AXF_B_SYSTOLIC, &y, D + 1, D) == 0);
  }
  const axf_layer fc = {.kind = AXF_FC, .in_c = 4, .out_c = 4, .out_h = 1, .out_w = 1, .ky = 1, .kx = 1};
  for (int b = 0; b < AXF_BASELINES; b++)
    CHECK(axf_baseline_cycles((axf_baseline)b, &fc, 1, 16) == 0);
}

/* Utilisation of whole workloads on 256 elements, in per cent: what the paper reports for its rivals, and what its own
 * equations give (both with their tolerance; the systolic rival is described too thinly to come closer). */
static void published(void) {
  static const struct {
    const char *nets;
    double systolic, mapping, tiling, equations;
  } row[] = {{"pv", 31, 44.1, 5.7, 74.9},
             {"fr", 35, 50.2, 3.1, 89.2},
             {"lenet5", 59, 46.3, 6.5, 88.0},
             {"hg", -1, 38.0, 4.4, 86.9},
             {"alexnet-c1,alexnet-c2,alexnet-c3,alexnet-c4,alexnet-c5", 8, 67.6, 58.9, 97.1}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    char list[128], *rest = list, *name, path[256];
    static axf_net net[8];
    int n = 0, K = 0;
    strcpy(list, row[i].nets);
    while ((name = strsep(&rest, ","))) {
      snprintf(path, sizeof path, "sw/workloads/%s.net", name);
      CHECK(axf_net_load(&net[n], path) == 0);
      K = axf_baseline_kernel(&net[n]) > K ? axf_baseline_kernel(&net[n]) : K;
      n++;
    }
    double busy[AXF_BASELINES], macs = 0;
    uint64_t cycles[AXF_BASELINES] = {0};
    for (int k = 0; k < n; k++)
      for (int l = 0; l < net[k].nlayers; l++) {
        macs += net[k].layer[l].kind == AXF_CONV ? (double)net[k].layer[l].macs : 0;
        for (int b = 0; b < AXF_BASELINES; b++)
          cycles[b] += axf_baseline_cycles((axf_baseline)b, &net[k].layer[l], K, 16);
      }
    for (int b = 0; b < AXF_BASELINES; b++)
      busy[b] = 100 * macs / 256 / (double)cycles[b];
    CHECK_MSG(row[i].systolic < 0 || fabs(busy[AXF_B_SYSTOLIC] - row[i].systolic) < 4.5, "%s %.1f", row[i].nets,
              busy[AXF_B_SYSTOLIC]);
    CHECK_MSG(fabs(busy[AXF_B_MAPPING] - row[i].mapping) < 2.5, "%s %.1f", row[i].nets, busy[AXF_B_MAPPING]);
    CHECK_MSG(fabs(busy[AXF_B_TILING] - row[i].tiling) < 0.6, "%s %.1f", row[i].nets, busy[AXF_B_TILING]);
    CHECK_MSG(fabs(busy[AXF_B_EQUATION] - row[i].equations) < 0.06, "%s %.1f", row[i].nets, busy[AXF_B_EQUATION]);
    while (n--)
      axf_net_free(&net[n]);
  }
}

int main(void) {
  steps();
  loops();
  published();
  return check_done("baseline");
}
