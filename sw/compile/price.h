/* Inside the compiler: what a layer costs, cut in one way or another, before a program exists.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef AXF_PRICE_H
#define AXF_PRICE_H
#include "compile/lower.h"

/* Adds n times the cost x to *c. */
void axf_cost_add(axf_cost *c, const axf_cost *x, int64_t n);
/* Adds the cost of one block of Rn x Cn pooled outputs of layer w (as axf_block_work gives it), tiled by t. first: the
 * kernels are not in their buffer yet. */
void axf_price_block(axf_cost *c, const axf_tiling *t, const axf_work *w, const axf_factors *f, const axf_arch *a,
                     int Rn, int Cn, int first);
/* Cycles before the array's first step: its neurons on their way, and its kernels, unless they are loaded beside the
 * layer before; the last layer's last kernels take as long after they have come. */
int64_t axf_price_start(const axf_tiling *t, const axf_work *w, const axf_factors *f, const axf_arch *a);
/* The cost of the whole layer in the blocks of st: their tiles, loads and stores, and the start. */
void axf_price_layer(axf_cost *c, const axf_stream *st, const axf_tiling *t, const axf_work *w, const axf_factors *f,
                     const axf_placement *out, const axf_arch *a);
#endif
