/* A cycle-accurate simulation of the flattened netlist that counts what every cell does. SPDX-License-Identifier:
 * Apache-2.0
 *
 * Zero delay: in a cycle every net takes its final value once, so glitches are not seen. A cell's state is the number
 * made of its input bits (without the clock) and, of a flip-flop, its content; counted are the cycles a cell spends in
 * each state and the energy-bearing events of each transition from state to state. */
#ifndef AXF_POWER_SIM_H
#define AXF_POWER_SIM_H
#include "flat.h"
#include <stdint.h>

#define AXF_SIM_STATES 1024
/* An event: internal_power number g of the type, its rise or fall table, and the share of it that counts (several arcs
 * may explain one edge: they are averaged). */
typedef struct {
  short power, fall;
  float share;
} axf_sim_event;
typedef struct {
  int count;
  axf_sim_event *event;
} axf_sim_move;

/* What a cell type does, tabulated. */
typedef struct {
  const axf_lib_cell *cell;
  int nin, in[AXF_LIB_PINS], nout, out[AXF_LIB_PINS]; /* pins; bit k of a state is input k; the content is bit nin */
  int nstates;
  uint8_t *output, *next; /* (nstates): bit o is output o; content after a clock edge */
  axf_sim_move *move;     /* (nstates, nstates), filled when first met (count -1: not yet) */
} axf_sim_type;

typedef struct {
  int type, level;
  uint16_t state;
  uint64_t since;
  uint32_t *time; /* (nstates) counted cycles in each state */
  float *event;   /* (2 * powers) events of each internal_power: rise, fall */
} axf_sim_cell;

typedef struct {
  uint64_t reads, writes, both;
  uint8_t *word, *out; /* (depth, width); (width) what the last read gave */
  uint8_t moved;
} axf_sim_memory;

typedef struct {
  const axf_flat *f;
  int ntypes;
  axf_sim_type *type;
  axf_sim_cell *cell;     /* (ncells) in the order of f */
  axf_sim_memory *memory; /* (nmemories) */
  uint8_t *net;           /* (nnets) values */
  uint32_t *toggles;      /* (nnets) in counted cycles */
  uint64_t *ones, *since; /* (nnets) counted cycles at 1; when it last changed */
  uint64_t counted;       /* cycles */
  int counting;
  int *order, norder;   /* cells by level; flip-flops behind them */
  int *place;           /* (ncells) in the order */
  uint64_t *dirty;      /* bit k: order[k] must be looked at */
  int *fan, *fan_first; /* cells behind a net: fan[fan_first[n] .. fan_first[n+1]-1] */
  int *ff, nff;         /* flip-flops whose content may change at the next edge */
  uint8_t *ff_listed;   /* (ncells) */
} axf_sim;

/* -1 + axf_fail: a combinational loop, a net with two drivers, a cell with too many states. */
int axf_sim_init(axf_sim *s, const axf_flat *f);
void axf_sim_free(axf_sim *s);
/* All inputs and memories 0, flip-flops as if they had taken zeros; what has been counted stays. */
void axf_sim_reset(axf_sim *s);
/* The clock edge that begins a cycle, counted or not: contents and memories take what was settled before. */
void axf_sim_edge(axf_sim *s, int counting);
/* Sets a net of an input port in this cycle. */
void axf_sim_set(axf_sim *s, int net, int value);
/* Lets everything settle: the cycle is over. */
void axf_sim_settle(axf_sim *s);
/* Adds the time of the last states; call once before reading the counts. */
void axf_sim_finish(axf_sim *s);
#endif
