/* Options of axsim.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef AXF_SIM_OPTIONS_H
#define AXF_SIM_OPTIONS_H
#include "compile/program.h"

typedef struct {
  const char *model, *data, *data_dir, *mult, *mult_dir, *rtl_mult, *factors, *trace, *json, *net;
  long images; /* 0: the whole test set */
  long random; /* > 0: so many random nets instead of a model */
  uint64_t seed;
  int latency, pressure; /* -1: not given */
  int jobs, quiet;
} axf_sim_options;

/* Reads the command line; returns -1 to go on, else the exit status (0 after --help, 2 after an error, printed). */
int axf_sim_options_read(axf_sim_options *o, int argc, char **argv);
/* "c1=3,1,1,5,3,5;c3=..." (Tm,Tn,Tr,Tc,Ti,Tj; layers not named: the mapper), or the name of a file of such items, ->
 * f[compute layer]; text may be NULL.
 * Returns the number of compute layers, or -1 + axf_fail. */
int axf_sim_factors(axf_factors *f, const axf_net *n, const char *text);
#endif
