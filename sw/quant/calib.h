/* Calibration: what range each activation needs. For sw/quant and sw/train/qpass.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef AXF_CALIB_H
#define AXF_CALIB_H
#include "quant/quant.h"

#define AXF_CALIB_BINS 4096

/* Magnitudes |x| of one activation tensor over all calibration examples. */
typedef struct axf_histogram {
  float max;
  uint64_t count[AXF_CALIB_BINS]; /* of [i, i+1) * max / bins; the last bin includes max */
} axf_histogram;

/* Takes n values into account: the maximum first, over all values, then the counts. */
void axf_calib_see_max(axf_histogram *h, const float *v, size_t n);
void axf_calib_see_values(axf_histogram *h, const float *v, size_t n);
/* h: nlayers + 1 histograms: h[0] of the input, h[l + 1] of the outputs of conv/fc layer l after its pool. */
int axf_calib_run(axf_histogram *h, const axf_net *n, const axf_params *p, const axf_part *train, uint32_t images);
/* The magnitude that the largest code (255 or 127: `levels`) shall stand for; 0 when all values are 0. */
double axf_calib_limit(const axf_histogram *h, axf_calib rule, int levels);
#endif
