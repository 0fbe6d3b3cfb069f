// The only C++ of the multiplier library: Verilator's class behind the C function of bench.h.
// SPDX-License-Identifier: Apache-2.0
#include "Vaxf_bench.h"
#include "bench.h"

uint32_t axf_bench_eval(unsigned sel, uint32_t w, uint32_t a) {
  static Vaxf_bench bench;
  bench.sel = sel;
  bench.w = w;
  bench.a = a;
  bench.eval();
  return bench.p;
}

int axf_bench_finished(void) { return Verilated::gotFinish(); }
