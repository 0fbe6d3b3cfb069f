/* Failure probabilities that differ by layer and by bit of a weight: other supplies for some of the memories.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef AXF_RATES_H
#define AXF_RATES_H
#include "axtrain/codes.h"

typedef struct {
  double p[AXF_MAX_LAYERS][8]; /* of bit b of the stored weights of layer l */
} axf_rates;

/* Every cell fails with probability p, except those in `text`, "LAYER=VALUE" or "LAYER:BIT=VALUE" with commas between;
 * LAYER is a layer's name, or * for all; a later one outdoes an earlier one; "" names none. tech NULL: values are
 * probabilities, else supplies of that technology. -1 + axf_fail naming the part of `what` that is wrong. */
int axf_rates_of(axf_rates *r, const axf_net *n, double p, const char *what, const char *text, const axf_tech *tech);
/* r times a factor. */
axf_rates axf_rates_times(const axf_rates *r, double factor);
/* c: of every cell what make(ctx, rate of the cell, to) makes of it. make is called once for each rate that there is;
 * spare is as large as c and is overwritten. Cells that nest over rates stay nested. */
void axf_rates_cells(const axf_rates *r, const axf_net *n, axf_cells *c, axf_cells *spare,
                     void (*make)(void *ctx, double p, axf_cells *to), void *ctx);
#endif
