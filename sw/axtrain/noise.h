/* The noise that the hardware puts on a weight: mean and variance for every weight code of every layer.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Noise of failing bits: v' = decode(encode(v) xor mask) with independent bits, so mean and variance of v' - v are
 * exact sums over the 256 masks; a bit contributes by its significance in the code.
 *
 * Noise of an approximate multiplier: its error e(w, a) = AM(|w|, a) - |w| a acts on a sum like a change n of the
 * weight acts through n a. The n nearest to e over the activations a that the layer really sees, P(a), is mean n = E[e
 * a] / E[a^2]        variance n = E[e^2] / E[a^2] - (mean n)^2 with the sign of w. Reconstructed (docs/axtrain.md): the
 * paper's abstract does not say how it derives the noise. */
#ifndef AXF_NOISE_H
#define AXF_NOISE_H
#include "axtrain/rates.h"
#include "data/data.h"
#include "mult/mult.h"

typedef struct {
  float mean[AXF_MAX_LAYERS][255], var[AXF_MAX_LAYERS][255]; /* of weight code v at [v + 127], in steps and steps^2 */
} axf_noise;

/* Distribution of a layer's input codes: magnitudes 0..255, or 0..127 in a signed layer. */
typedef struct {
  double p[AXF_MAX_LAYERS][256];
} axf_operands;
/* Measures it on the first `images` examples with float parameters p; the largest value of a layer's input becomes code
 * 255 (127 where the input is signed). Padding is not counted. */
int axf_operands_measure(axf_operands *o, const axf_net *n, const axf_params *p, const axf_part *d, uint32_t images);

/* noise += that of bits failing with their rates; only the bits in `bits` fail. */
void axf_noise_add_bits(axf_noise *noise, const axf_net *n, axf_weight_code c, const axf_rates *r, uint8_t bits);
/* noise += that of the multipliers mult[l] (NULL: exact) under the operands o. */
void axf_noise_add_mult(axf_noise *noise, const axf_net *n, const axf_mult *const mult[], const axf_operands *o);
/* mean: E[n] and var: its variance, of every weight in the weights' own unit; 0 for biases. */
void axf_noise_moments(const axf_noise *noise, const axf_net *n, const axf_params *p, axf_params *mean,
                       axf_params *var);
/* square: E[n^2] = variance + mean^2 of every weight, in the weights' own unit; 0 for biases. */
void axf_noise_square(const axf_noise *noise, const axf_net *n, const axf_params *p, axf_params *square);
#endif
