/* The supply of the wrapped memories in a simulation: from options to failure probabilities, and into the RTL's fault
 * model. SPDX-License-Identifier: Apache-2.0 */
#ifndef AXF_SIM_SUPPLY_H
#define AXF_SIM_SUPPLY_H
#include "options.h"
#include "progmodel/progmodel.h"
#include "shim.h"

typedef struct {
  int asked;                   /* an option of the supply was given */
  axf_supply at;               /* what fails */
  double v_nb, v_kb;           /* supplies of neuron and kernel buffers; 0: a rate was given instead */
  const char *tech;            /* name of the table, NULL with a rate */
  double energy_nb, energy_kb; /* of an access, relative to nominal, by the table; 0 with a rate */
} axf_sim_supply;

/* Reads --vdd, --vdd-nb, --vdd-kb, --ber, --die, --fault, --clustered, --tech; without any of them nothing fails. */
int axf_sim_supply_read(axf_sim_supply *s, const axf_sim_options *o);
/* The probability that a cell of a buffer below nominal fails, over all such buffers; 0 if there is none. */
double axf_sim_supply_ber(const axf_supply *s);
/* Sets the RTL's fault model and supply codes; run: number of the run, for transient faults. on 0: supply code 0. The
 * cells are found in the next clock cycle. */
void axf_sim_supply_set(const axf_supply *s, axf_shim *shim, uint32_t run, int on);
#endif
