// The voltage law against a measured NAND2 of FreePDK45 (ngspice, fan-out 4): delay and leakage from 1.1 to 0.4 V.
// usage: test_law TECH.txt     SPDX-License-Identifier: Apache-2.0
#include "core/core.h"
#include "mem.h"
#include <math.h>
#include <stdio.h>

int main(int argc, char **argv) {
  static const double spice[][3] = {{1.1, 22.5, 16.6}, {0.9, 28, 9.2},  {0.8, 33, 7.0}, {0.7, 43, 5.3},
                                    {0.6, 63, 4.1},    {0.5, 122, 3.1}, {0.4, 396, 2.3}}; // V, ps, nA
  axf_mem_tech t;
  axf_mem_process p = {.d = {.vdd = 1.1, .vth = 0.35, .ioff300 = 16.6, .ioff360 = 40}};
  int failed = 0;
  if (argc != 2 || axf_mem_tech_load(&t, argv[1])) {
    printf("flow/mem: the constants can be read: %s FAIL\n", axf_errmsg());
    return 1;
  }
  for (size_t i = 0; i < sizeof spice / sizeof spice[0]; i++) {
    const double v = spice[i][0], ps = 22.5 * (v / 1.1) / axf_mem_drive(&t, &p, v), na = axf_mem_ioff(&t, &p, v, 300);
    const double e_ps = ps / spice[i][1] - 1, e_na = na / spice[i][2] - 1;
    const int ok = fabs(e_ps) < 0.03 && fabs(e_na) < 0.05;
    printf("flow/mem: law at %.1f V: delay %.1f ps (%+.1f %%), leakage %.2f nA (%+.1f %%) %s\n", v, ps, 100 * e_ps, na,
           100 * e_na, ok ? "PASS" : "FAIL");
    failed |= !ok;
  }
  return failed;
}
