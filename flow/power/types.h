/* Tables of what a cell type does; see sim.h. SPDX-License-Identifier: Apache-2.0 */
#ifndef AXF_POWER_TYPES_H
#define AXF_POWER_TYPES_H
#include "sim.h"

/* Fills t for a cell. -1 + axf_fail: more than AXF_SIM_STATES states. */
int axf_sim_type_init(axf_sim_type *t, const axf_lib_cell *cell);
void axf_sim_type_free(axf_sim_type *t);
/* The events of going from one state to another, without those of the clock pin. NULL: out of memory. */
const axf_sim_move *axf_sim_move_of(axf_sim_type *t, int from, int to);
/* Values of all variables of the cell's expressions in a state, the clock being `clock`. */
unsigned axf_sim_variables(const axf_sim_type *t, int state, int clock);
#endif
