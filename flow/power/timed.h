/* Glitches: single cycles of the replay once more, with delays. SPDX-License-Identifier: Apache-2.0
 *
 * Out of the settled values before the edge, flip-flops and memories give their new outputs after their delays, inputs
 * move at the edge, and every cell passes on what it computes after the delay of the arc. Delays are inertial: an
 * output that is to change, and is not any more before it has, does not change at all. What moves more often than
 * without delays is glitches. In the end every net must be where the simulation without delays has it. */
#ifndef AXF_POWER_TIMED_H
#define AXF_POWER_TIMED_H
#include "delays.h"
#include <stddef.h>

typedef struct {
  int64_t time; /* fs after the edge */
  int net;
  uint32_t number; /* of the event; one that is not the net's pending one has been taken back */
} axf_timed_event;

typedef struct {
  axf_sim *s;
  axf_delays delays;
  uint64_t every;           /* one cycle of so many is looked at; 0: set by axf_timed_share */
  uint64_t seen, cycles;    /* counted cycles, and those of them that were looked at */
  int on;                   /* this one is */
  uint8_t *net;             /* (nnets) */
  uint16_t *state, *before; /* (ncells) of the cells, now and before the edge */
  int *driver;              /* (nnets) cell; -1: input, memory, constant */
  struct {
    int64_t time;
    uint32_t number; /* 0: nothing is to happen */
    uint16_t from, to;
  } * pending; /* (nnets) */
  axf_timed_event *heap;
  size_t nheap, room;
  uint32_t number;
  uint32_t *with, *without; /* (nnets) toggles in these cycles */
  float *more;              /* events beyond those without delays; of cell i from first[i], as axf_sim_cell.event */
  size_t *first;            /* (ncells) */
  int64_t latest;           /* fs: the last toggle of any cycle */
} axf_timed;

/* Reads the delays. -1 + axf_fail. */
int axf_timed_init(axf_timed *t, axf_sim *s, const char *sdf);
void axf_timed_free(axf_timed *t);
/* About `wanted` of `cycles` cycles will be looked at: in each run of as many cycles as follows one, drawn by a fixed
 * rule. */
void axf_timed_share(axf_timed *t, uint64_t cycles, uint64_t wanted);
/* Before the edge of a counted cycle, and when it has settled. -1 + axf_fail: a net ends elsewhere. */
void axf_timed_before(axf_timed *t);
int axf_timed_after(axf_timed *t);
#endif
