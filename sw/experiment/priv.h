/* What a run of an experiment consists of. Private to sw/experiment.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef AXF_EXPERIMENT_PRIV_H
#define AXF_EXPERIMENT_PRIV_H
#include "experiment/exp.h"

#define AXF_EXP_WORDS (3 * AXF_MAX_TOK)

/* A command under construction; words are borrowed, or owned through `made`. */
typedef struct {
  int n, nmade;
  char *word[AXF_EXP_WORDS + 1], *made[16];
} axf_exp_command;

/* One run of the grid. */
typedef struct {
  const axf_exp *e;
  const axf_exp_ctl *c;
  int item;
  uint64_t seed;
  char *stem; /* DIR/CASE-SEED */
  axf_exp_command train, measure[AXF_EXP_MEASURES];
  char hash[65];
  axf_rows rows;
} axf_exp_run_of;

/* ---- command.c ---- */
/* The commands of a run: its training and the measurements that apply to it (the others stay without words). -1 +
 * axf_fail on exhaustion. */
int axf_exp_commands(axf_exp_run_of *r);
void axf_exp_commands_free(axf_exp_run_of *r);
/* The words of a command with blanks between, malloc'd; NULL on exhaustion. */
char *axf_exp_joined(const axf_exp_command *c);
/* Runs a command; its output lines become rows of r, of configuration `config` unless that is negative. */
int axf_exp_call(axf_exp_run_of *r, const axf_exp_command *c, const char *measure, int config);
#endif
