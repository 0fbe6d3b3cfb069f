/* axsim: the accelerator's RTL, Verilated, running compiled nets against the bit-exact C model.
 * SPDX-License-Identifier: Apache-2.0 */
#include "modes.h"
#include "shim.h"

int main(int argc, char **argv) {
  axf_sim_options o;
  int status = axf_sim_options_read(&o, argc, argv);
  if (status >= 0)
    return status;
  if (axf_shim_w() != 8 && o.abuse) {
    fprintf(stderr, "axsim: this simulator was built for W = %d; --abuse is for W = 8\n", axf_shim_w());
    return 2;
  }
  status = o.random   ? axf_sim_random(&o)
           : o.abuse  ? axf_sim_abuse(&o)
           : o.stream ? axf_sim_stream(&o, argc, argv)
                      : axf_sim_model(&o, argc, argv);
  if (status < 0)
    fprintf(stderr, "axsim: %s\n", axf_errmsg());
  if (fflush(stdout) || ferror(stdout)) {
    fprintf(stderr, "axsim: cannot write the results to standard output\n");
    return 1;
  }
  return status < 0 ? 1 : status;
}
