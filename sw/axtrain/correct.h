/* Correction of a multiplier's error without retraining: every output map's bias and scale are fitted so that its sums
 * are on average, and by least squares, those of the exact multiplier.
 * SPDX-License-Identifier: Apache-2.0
 *
 * With x the sum through the multiplier and y the exact sum of the same codes, over calibration examples and positions,
 *     y ~ alpha x + beta      alpha = cov(x, y) / var(x), or 1 if only the bias is corrected      beta = E[y] - alpha
 * E[x] the requantiser computes alpha x + beta + bias by mult' / 2^shift' = alpha mult / 2^shift and bias' = (bias +
 * beta) / alpha. Layers are corrected from the first to the last, each on what the corrected layers before it give.
 * Bias correction after Nagel et al. (ICCV 2019), who correct quantisation; here the error is the multiplier's. */
#ifndef AXF_CORRECT_H
#define AXF_CORRECT_H
#include "data/data.h"
#include "mult/mult.h"
#include "nn/net.h"

/* Corrects the quantised model m for the multipliers mult[l] (NULL: exact) on the first `images` examples of d. scale:
 * 1 bias and scale, 0 the bias alone. -1 + axf_fail; m may then be partly changed. */
int axf_correct(axf_model *m, const axf_part *d, uint32_t images, const axf_mult *const mult[], int scale);
#endif
