/* A Verilated bench of multipliers (module axf_bench, written by instance.awk), as a C function.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef AXF_MULT_BENCH_H
#define AXF_MULT_BENCH_H
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
/* AM(w, a) of multiplier number sel (its place in the bench), as the simulated Verilog computes it. */
uint32_t axf_bench_eval(unsigned sel, uint32_t w, uint32_t a);
/* 1 once a core has called $finish. */
int axf_bench_finished(void);
#ifdef __cplusplus
}
#endif
#endif
