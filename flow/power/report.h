/* Adds up the power by block and by memory, and writes it. SPDX-License-Identifier: Apache-2.0 */
#ifndef AXF_POWER_REPORT_H
#define AXF_POWER_REPORT_H
#include "power.h"
#include "replay.h"

#define AXF_REPORT_LOGS 64
#define AXF_REPORT_SHIFTER 4 /* a level shifter in NAND2s; an assumption, as in flow/report.awk */
typedef struct {
  const char *lib_path, *top, *blocks, *memories, *json, *annotate, *block, *shifter, *operands, *sdf;
  const char *pins[AXF_REPORT_LOGS];
  int npins, no_leakage; /* shifter: the NAND2 by which level shifters are measured; NULL: not counted */
  double mhz, ext_pj;    /* ext_pj 0: no line */
  axf_replay replay;
} axf_report;

/* After axf_sim_finish. Text to standard output; files as asked for. -1 + axf_fail. */
int axf_report_write(axf_report *o, const axf_sim *s, const axf_lib *lib);
/* annotate.c: for a second opinion by OpenSTA on block o->block, files o->annotate with .v (one instance flattened,
 * every input bit driven by a cell AXF_SOURCE), -cells.lib (its cells, rewritten: relib.c), -source.lib (AXF_SOURCE),
 * .tcl (activity of every pin, mean over the instances) and .txt (the power of one instance by this program, in W at
 * o->mhz). */
int axf_annotate_write(const axf_report *o, const axf_sim *s, const axf_power *p, const axf_lib *lib);
#endif
