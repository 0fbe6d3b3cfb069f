/* What axsim says about a simulation of a model.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef AXF_REPORT_H
#define AXF_REPORT_H
#include "options.h"
#include "runner.h"
#include "supply.h"

typedef struct {
  const axf_sim_options *o;
  const axf_net *net;
  const axf_program *prog;
  const axf_counters *predicted;
  const char *data, *mult, *rtl_mult; /* names */
  int latency, pressure;
  size_t n;
  const axf_run *run;   /* (n) */
  const uint8_t *label; /* (n) */
  double seconds;
  const axf_sim_supply *supply;
} axf_results;

typedef struct {
  double accuracy, ref_accuracy; /* per cent */
  uint64_t mismatches, results, faulty_reads, corrected, detected;
  double cycles, utilisation; /* per image; per cent */
  int model_differs;          /* images whose counters differ from the cycle model */
  int pass;
} axf_summary;

void axf_report_summarise(axf_summary *s, const axf_results *r);
/* The first difference (stderr), the tables of layers and counters unless --quiet, and the last line. */
void axf_report_print(const axf_summary *s, const axf_results *r);
/* The same as JSON, atomically. */
int axf_report_json(const axf_summary *s, const axf_results *r, const char *path, int argc, char **argv);
#endif
