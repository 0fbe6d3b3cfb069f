/* The multiplier cores of the simulated accelerator, and which layer takes which.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef AXF_SIM_CORES_H
#define AXF_SIM_CORES_H
#include "mult_table.h"
#include "quant/multset.h"

/* Names of the cores of a build with Verilog, in the order of their numbers; none of a build with tables. */
typedef struct {
  int n;
  char name[AXF_MULT_CORES][64];
} axf_core_names;

/* What this simulator was built with. -1 + axf_fail if it has more cores than a layer can name. */
int axf_cores_built(axf_core_names *c);

/* Multipliers of a net. */
typedef struct {
  axf_multset set;                       /* what the tables below belong to */
  const axf_mult *layer[AXF_MAX_LAYERS]; /* of each layer of the net */
  uint8_t core[AXF_MAX_LAYERS];          /* its number in the accelerator */
  char spec[1024];                       /* as asked for, or what was taken without being asked for */
} axf_cores;

/* Loads `spec` (NAME,LAYER=NAME,..; NULL: the one core of the build, exact of a build with tables), finds the layers'
 * cores in the build and, in one with tables, fills axf_mult_table. -1 + axf_fail for a multiplier that the build lacks
 * or of the other sign, and for too many. */
int axf_cores_load(axf_cores *c, const axf_net *n, const char *spec, const char *mult_dir);
void axf_cores_free(axf_cores *c);
#endif
