/* ReLU in place, and its gradient.
 * SPDX-License-Identifier: Apache-2.0 */
#include "kernels/kernels.h"

void axf_relu_fwd(size_t n, float *x) {
  for (size_t i = 0; i < n; i++)
    x[i] = x[i] > 0 ? x[i] : 0;
}

void axf_relu_bwd(size_t n, const float *out, float *dout) {
  for (size_t i = 0; i < n; i++)
    dout[i] = out[i] > 0 ? dout[i] : 0;
}
