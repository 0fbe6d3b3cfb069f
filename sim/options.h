/* Options of axsim.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef AXF_SIM_OPTIONS_H
#define AXF_SIM_OPTIONS_H
#include "compile/program.h"

typedef struct {
  const char *model, *data, *data_dir, *mult, *mult_dir, *rtl_mult, *factors, *trace, *json, *net;
  const char *vdd, *vdd_nb, *vdd_kb, *ber, *die, *fault, *tech; /* supply.h */
  const char *words;                                            /* NB,KB,NS,KS,PS,PAR of --random with --net */
  const char *shrink;                                           /* run_random.c */
  const char *stream, *objective;                               /* run_stream.c */
  double paper, floor;                                          /* per cent; -1: not given */
  int batch, predict, coupling, columns;
  int clustered;
  const char *story;     /* story.h */
  uint64_t trace_cycles; /* 0: all */
  long images;           /* 0: the whole test set; with --random: of one run, 0 unless given */
  long random;           /* > 0: so many random nets instead of a model */
  long abuse;            /* > 0: so many random nets whose programs are broken on purpose */
  uint64_t seed;
  int latency, pressure; /* -1: not given */
  int jobs, quiet, check, at_most;
} axf_sim_options;

/* Reads the command line; returns -1 to go on, else the exit status (0 after --help, 2 after an error, printed). */
int axf_sim_options_read(axf_sim_options *o, int argc, char **argv);
#endif
