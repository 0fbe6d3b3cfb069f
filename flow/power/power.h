/* Power of the counted activity by the library's tables. SPDX-License-Identifier: Apache-2.0
 *
 *   net       C V^2 / 2 for each toggle, C: the pins on the net (no wires); it belongs to the cell that drives it
 *   internal  internal_power tables at the cell's slew and load, arcs resolved by what moved and by state
 *   clock     the clock pins: their capacitance, and their internal_power by state, two edges a cycle (no clock tree)
 *   leakage   leakage_power of the state, time by time; the mean where a state has none */
#ifndef AXF_POWER_POWER_H
#define AXF_POWER_POWER_H
#include "timed.h"

typedef struct {
  double net, internal, clock; /* J in all counted cycles */
  double clock_net;            /* J, of clock: the capacitance of the clock pins */
  double leakage;              /* W, mean over the counted cycles */
  double leakage_mean;         /* W, by the cells' state-independent figures */
  long cells, flip_flops;
  double glitch_net, glitch_internal; /* J more in all counted cycles, by those looked at with delays */
  double with, without;               /* toggles in these cycles, and in the same without delays */
  double seen_net;                    /* J of nets in all counted cycles, by these without delays */
} axf_power_sum;

typedef struct {
  double *load; /* (nnets) F */
  double *slew; /* (nnets) s */
} axf_power;

/* Loads and slews. Slews: 0 at inputs, clocks and memories, else the mean of the output's arcs and edges. */
int axf_power_init(axf_power *p, const axf_sim *s);
void axf_power_free(axf_power *p);
/* Adds one cell. */
void axf_power_cell(const axf_power *p, const axf_sim *s, const axf_lib *lib, int cell, axf_power_sum *to);
/* Adds what glitches take in one cell; nothing if no cycle has been looked at. */
void axf_power_glitches(const axf_power *p, const axf_timed *t, const axf_lib *lib, int cell, axf_power_sum *to);
#endif
