/* The multiplier of a build, for the model.
 * SPDX-License-Identifier: Apache-2.0 */
#include "modes.h"
#include "shim.h"

int axf_sim_mult(axf_mult *m, const char *name, const char *dir) {
  return axf_shim_w() == 16 ? axf_mult_wide(m, name) : axf_mult_load(m, name, dir);
}
