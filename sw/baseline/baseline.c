/* Cycles of other arrays, in closed form.
 * SPDX-License-Identifier: Apache-2.0 */
#include "baseline/baseline.h"

static int64_t ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }

const char *axf_baseline_name(axf_baseline b) {
  static const char *const name[] = {"systolic", "2d-mapping", "tiling", "equations", "output-stationary"};
  return name[b];
}

int64_t axf_baseline_steps(int a, int b, int c, int D) {
  int64_t best = (int64_t)a * b * c;
  for (int x = 1; x <= a && x <= D; x++)
    for (int y = 1; y <= b && x * y <= D; y++) {
      int z = D / (x * y) < c ? D / (x * y) : c;
      int64_t steps = ceil_div(a, x) * ceil_div(b, y) * ceil_div(c, z);
      best = steps < best ? steps : best;
    }
  return best;
}

int axf_baseline_kernel(const axf_net *n) {
  int k = 0;
  for (int l = 0; l < n->nlayers; l++)
    if (n->layer[l].kind == AXF_CONV) {
      k = n->layer[l].ky > k ? n->layer[l].ky : k;
      k = n->layer[l].kx > k ? n->layer[l].kx : k;
    }
  return k;
}

uint64_t axf_baseline_cycles(axf_baseline b, const axf_layer *y, int K, int D) {
  if (y->kind != AXF_CONV)
    return 0;
  const int64_t M = y->out_c, N = y->in_c, R = y->out_h, C = y->out_w, taps = (int64_t)y->ky * y->kx;
  int64_t cycles = 0;
  switch (b) {
  case AXF_B_SYSTOLIC: {
    const int64_t arrays = K > 0 ? (int64_t)D * D / ((int64_t)K * K) : 0;
    cycles = arrays ? ceil_div(M * N, arrays) * R * (C + y->kx - 1) : 0;
    break;
  }
  case AXF_B_MAPPING:
    cycles = ceil_div(R, D) * ceil_div(C, D) * M * N * taps;
    break;
  case AXF_B_TILING:
    cycles = ceil_div(M, D) * ceil_div(N, D) * R * C * taps;
    break;
  case AXF_B_EQUATION:
    cycles = axf_baseline_steps(y->out_c, y->out_h, y->out_w, D) * axf_baseline_steps(y->in_c, y->ky, y->kx, D);
    break;
  case AXF_B_OUTPUT_STATIONARY:
    cycles = ceil_div(R * C, D) * ceil_div(M, D) * (N * taps + 3 * D - 2);
    break;
  case AXF_BASELINES:
    break;
  }
  return (uint64_t)cycles;
}
