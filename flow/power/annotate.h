/* Between annotate.c and relib.c. SPDX-License-Identifier: Apache-2.0 */
#ifndef AXF_POWER_ANNOTATE_H
#define AXF_POWER_ANNOTATE_H
#include "report.h"
#include <stdio.h>

#define AXF_ANNOTATE_MAX 1024
typedef struct {
  int instances, ncells, total; /* of the block; cells of one and of all */
  int *cell;                    /* (instances, ncells) */
  int fill[AXF_ANNOTATE_MAX];
} axf_annotate;
/* Writes the cells that the block uses as a Liberty library that OpenSTA 2.0.17 adds up rightly: one internal_power a
 * pin, without when and related_pin, the mean of the tables, clock pins halved. */
void axf_annotate_library(const axf_annotate *a, const axf_sim *s, const axf_lib *lib, FILE *out);
/* A library of one cell: AXF_SOURCE, clocked, without power, whose output has the slew given (s). */
void axf_annotate_source(const axf_lib *lib, double slew, FILE *out);
#endif
