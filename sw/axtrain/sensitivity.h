/* Measured noise sensitivity: E[L(w + n)] - L(w) by Monte Carlo, n the hardware's noise on the weights.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef AXF_SENSITIVITY_H
#define AXF_SENSITIVITY_H
#include "axtrain/noise.h"
#include "axtrain/rates.h"
#include "train/train.h"

typedef struct {
  double ber;             /* probability that a cell of a weight fails */
  const axf_rates *rates; /* not NULL: that of each layer and bit instead */
  axf_fault_kind kind;
  axf_weight_code code;
  uint8_t bits;           /* bits of a weight that can fail */
  const axf_noise *gauss; /* not NULL: n is normal with these means and variances, beside the failing bits */
  int layer;              /* only the weights of this layer are noisy; -1: all */
  uint64_t seed;          /* draw i is stream i of it */
} axf_sensitivity_opt;

/* Mean cross entropy of the float pass with parameters p over the first `limit` examples (0: all); -1 on failure. The
 * same for every number of threads. */
double axf_mean_loss(const axf_net *n, const axf_params *p, const axf_part *d, uint32_t limit);
/* loss[i]: the mean loss of draw i, weights on the 8-bit grid and then noisy; *quiet: without noise, on the grid. -1 on
 * failure. */
int axf_sensitivity(const axf_net *n, const axf_params *p, const axf_part *d, uint32_t limit,
                    const axf_sensitivity_opt *o, uint32_t draws, double *loss, double *quiet);
#endif
