// A Verilated module behind the C interface of tb.h; the ports are those of the generated pins.h.
// SPDX-License-Identifier: Apache-2.0
#include "Vtop.h"
#include "verilated.h"
#include <cstdlib>
#include <cstring>
#if VM_COVERAGE
#include "verilated_cov.h"
#endif
extern "C" {
#include "pins.h"
struct pins pins;
void settle(void);
void clock_edge(void);
void model_start(unsigned seed);
void model_plusargs(void);
// Plusargs that a test defines, ended by NULL; most define none.
extern const char *tb_plusargs[] __attribute__((weak));
}

static Vtop *top;

// Takes what tb_plusargs says now.
void model_plusargs(void) {
  int n = 0;
  while (tb_plusargs && tb_plusargs[n])
    n++;
  Verilated::commandArgs(n, n ? tb_plusargs : nullptr);
}

// Storage that the RTL does not reset starts at random values.
void model_start(unsigned seed) {
  Verilated::randReset(2);
  Verilated::randSeed((int)seed + 1);
  model_plusargs();
  top = new Vtop;
#if VM_COVERAGE
  std::atexit([] { Verilated::threadContextp()->coveragep()->write(std::getenv("AXF_COVERAGE")); });
#endif
}

void settle(void) {
#define X(name)                                                                                                        \
  static_assert(sizeof top->name == sizeof pins.name, #name);                                                          \
  std::memcpy(&top->name, &pins.name, sizeof pins.name);
  INPUTS(X)
#undef X
  top->eval();
#define X(name) std::memcpy(&pins.name, &top->name, sizeof pins.name);
  OUTPUTS(X)
#undef X
}

void clock_edge(void) {
#if HAS_CLOCK
  pins.clk_i = 1;
  settle();
  pins.clk_i = 0;
#endif
  settle();
}

// Verilator's hook for $time when no context is given; required by the runtime.
double sc_time_stamp() { return 0; }
