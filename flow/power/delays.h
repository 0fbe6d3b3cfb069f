/* Delays of every cell of a flattened netlist from an SDF file, as OpenSTA's write_sdf makes it.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef AXF_POWER_DELAYS_H
#define AXF_POWER_DELAYS_H
#include "sim.h"

#define AXF_DELAYS_CONDS 64
#define AXF_DELAYS_CLOCK 255 /* the input of an arc that is no input of the state: the clock */

/* From an input to an output, in fs; -1: not given. */
typedef struct {
  int rise, fall;   /* of the output */
  uint8_t in, out;  /* numbers of the type's inputs and outputs */
  int8_t condition; /* of the type's; -1: always */
} axf_delays_arc;

/* Conditions that stand in the file for one type of cells, and the states in which they hold. */
typedef struct {
  int n;
  char *text[AXF_DELAYS_CONDS];
  uint8_t *holds[AXF_DELAYS_CONDS]; /* (nstates) */
} axf_delays_type;

typedef struct {
  const axf_sim *s;
  axf_delays_type *type; /* (types of s) */
  int *first, *count;    /* (ncells) arcs of a cell */
  axf_delays_arc *arc;
  int narcs, room;
  int *memory; /* (nmemories) clock to output, the longest of all bits, in fs */
} axf_delays;

/* Reads the file, gzip'd or not. Of (min:typ:max) the last is taken. -1 + axf_fail with file and line: not SDF, an
 * instance or pin that the netlist does not have, a cell or memory without a delay. */
int axf_delays_read(axf_delays *d, const axf_sim *s, const char *path);
void axf_delays_free(axf_delays *d);
/* The delay of an edge (rise: 1) of output `out` of a cell when input `in` has moved and left it in `state`: the
 * longest of the arcs whose condition holds, else of those without one, else of that input, else of that output. */
int axf_delays_of(const axf_delays *d, int cell, int in, int out, int state, int rise);
#endif
