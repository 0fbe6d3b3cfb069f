/* Cycles of other arrays on the same layers: what the FlexFlow paper compares itself with, and its own equations.
 * SPDX-License-Identifier: Apache-2.0
 *
 * All are ideal: operands are always there. D x D elements; only convolution layers count. Names and results of the
 * comparison: Lu et al., HPCA 2017; the paper describes the rivals in words, so each formula is a reconstruction, held
 * against the utilisation it reports (docs/utilisation.md). Symbols: M output maps of R x C positions, N input maps,
 * kernel Ky x Kx. */
#ifndef AXF_BASELINE_H
#define AXF_BASELINE_H
#include "nn/net.h"

typedef enum {
  AXF_B_SYSTOLIC, /* arrays of K x K elements, K the largest kernel of the work, floor(D^2 / K^2) of them; an array
                     takes one pair of maps at a time, R rows of C + Kx - 1 inputs: ceil(M N / arrays) R (C + Kx - 1) */
  AXF_B_MAPPING,  /* 2D-Mapping, D x D positions of one output map: ceil(R / D) ceil(C / D) M N Ky Kx */
  AXF_B_TILING,   /* D output maps x D input maps: ceil(M / D) ceil(N / D) R C Ky Kx */
  AXF_B_EQUATION, /* FlexFlow by its own equations, Ur and Uc at their best for each layer alone, no stall:
                     min over Tm Tr Tc <= D of ceil(M / Tm) ceil(R / Tr) ceil(C / Tc), times
                     min over Tn Ti Tj <= D of ceil(N / Tn) ceil(Ky / Ti) ceil(Kx / Tj) */
  AXF_B_OUTPUT_STATIONARY, /* a plain systolic array, D positions x D maps a fold, folds one after the other:
                              ceil(R C / D) ceil(M / D) (N Ky Kx + 3 D - 2); fill and drain as in SCALE-Sim (Samajdar
                              et al. 2018) */
  AXF_BASELINES
} axf_baseline;

/* Name for tables and files: "systolic", "2d-mapping", "tiling", "equations", "output-stationary". */
const char *axf_baseline_name(axf_baseline b);

/* Largest kernel side of the net's convolutions, 0 without any. */
int axf_baseline_kernel(const axf_net *n);

/* Cycles of layer y on D x D elements, K being the largest kernel side of the work (AXF_B_SYSTOLIC); 0: not to be had
 * (a pool, a fully connected layer, a K that exceeds D). */
uint64_t axf_baseline_cycles(axf_baseline b, const axf_layer *y, int K, int D);

/* Least steps of three nested loops of a, b and c rounds when x y z <= D of them go in parallel (x <= a, ..):
 * min ceil(a / x) ceil(b / y) ceil(c / z). */
int64_t axf_baseline_steps(int a, int b, int c, int D);
#endif
