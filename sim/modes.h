/* The things axsim does. All return the exit status after printing what there is to say.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef AXF_SIM_MODES_H
#define AXF_SIM_MODES_H
#include "mult/mult.h"
#include "options.h"

/* A model on a data set; -1 + axf_fail on an error, else the exit status. */
int axf_sim_model(const axf_sim_options *o, int argc, char **argv);
/* Random nets; the same. */
int axf_sim_random(const axf_sim_options *o);
/* The multiplier `name` as the model computes it at this build's word width: its table, at 16 bits its formula. */
int axf_sim_mult(axf_mult *m, const char *name, const char *dir);
/* Random nets that are stopped and broken on purpose; the same. */
int axf_sim_abuse(const axf_sim_options *o);
/* Utilisation of nets in steady state; the same. */
int axf_sim_stream(const axf_sim_options *o, int argc, char **argv);
#endif
