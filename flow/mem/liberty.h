/* A memory as a Liberty macro with the ports of rtl/mem/sram.v. SPDX-License-Identifier: Apache-2.0 */
#ifndef AXF_MEM_LIBERTY_H
#define AXF_MEM_LIBERTY_H
#include "mem.h"
#include <stdio.h>

/* Begins a library of macros at a supply (V) and temperature (K); widths: one bus type for each width 1..max_width. */
void axf_mem_liberty_begin(FILE *f, const char *library, double vdd, double kelvin, int max_width);
/* One cell sram_WORDSxBITS: one read and one write port, or both at one (the ports of the Verilog are the same).
 * Internal power: on clk_i, by what re_i and we_i ask for; a half at each clock edge, so that a sum over both edges is
 * an access. */
void axf_mem_liberty_cell(FILE *f, const axf_mem_query *q, const axf_mem_result *r);
void axf_mem_liberty_end(FILE *f);
#endif
