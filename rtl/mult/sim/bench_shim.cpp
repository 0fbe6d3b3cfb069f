// The only C++ of the multiplier library: Verilator's class behind the C function of bench.h. A bench that counts
// coverage leaves it in the folder AXF_COVERAGE when it ends. SPDX-License-Identifier: Apache-2.0
#include "Vaxf_bench.h"
#include "bench.h"
#if VM_COVERAGE
#include "verilated_cov.h"
#include <cstdlib>
#include <string>
#endif

#if VM_COVERAGE
static void leave_coverage() {
  if (const char *folder = std::getenv("AXF_COVERAGE"))
    Verilated::threadContextp()->coveragep()->write((std::string(folder) + "/bench.dat").c_str());
}
#endif

uint32_t axf_bench_eval(unsigned sel, uint32_t w, uint32_t a) {
  static Vaxf_bench bench;
#if VM_COVERAGE
  static const int registered = std::atexit(leave_coverage);
  (void)registered;
#endif
  bench.sel = sel;
  bench.w = w;
  bench.a = a;
  bench.eval();
  return bench.p;
}

int axf_bench_finished(void) { return Verilated::gotFinish(); }
