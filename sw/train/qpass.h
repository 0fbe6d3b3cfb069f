/* Training through the integers of the accelerator: the quantised, approximate pass, as a training method.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Forward, every conv and fc layer computes what the integer network computes (docs/arithmetic.md): 8-bit codes of
 * weights and activations, each product looked up in the layer's multiplier, padding multiplied like any other code,
 * bias, ReLU, pool and requantisation. The codes are those axf_quantise writes for the same parameters and ranges.
 * Backward, the gradient of the exact product of the values the codes stand for goes straight through (Bengio et al.
 * 2013): dAM/dW = X, dAM/dX = W; it is 0 for an activation that was clamped (a class output: unless it leads back into
 * the range) and 0 where the ReLU's input was not positive. The gradient of the quantised weight is taken for that of
 * the weight.
 *
 * Ranges of activations: calibrated before the first mini-batch of each epoch, on the first `images` training examples
 * with the parameters of that moment, and fixed until the next. They therefore follow from what a checkpoint holds.
 * Weight scales follow the weights in every mini-batch. */
#ifndef AXF_QPASS_H
#define AXF_QPASS_H
#include "mult/mult.h"
#include "quant/quant.h"
#include "train/method.h"

/* What the pass is made of. net, mult, train and ctx are borrowed until axf_qpass_free. */
typedef struct {
  const axf_net *net;
  const axf_mult *const *mult; /* (AXF_MAX_LAYERS) of each conv/fc layer, a NULL entry or NULL: exact */
  const axf_part *train;       /* calibration examples */
  axf_calib calib;
  int per_tensor;  /* one weight scale a layer instead of one an output map */
  uint32_t images; /* calibration examples; 0: AXF_CALIB_IMAGES */
  void *ctx;
  /* After the weights of a pass over a mini-batch are quantised, in layer order, by one thread: may change the codes
   * (out_c, in_c, ky, kx) of conv/fc layer l, sign-magnitude, minus zero allowed. Not called for calibration and
   * measurement. May be NULL. */
  void (*codes)(void *ctx, const axf_step *at, int l, uint8_t *code, size_t count);
  /* Replaces the straight-through backward of conv/fc layer l for one block of n examples. wcode: (out_c, in_c, ky, kx)
   * codes; acode: (n, in_c, in_h, in_w) codes of the inputs; dout: (n, out_c, out_h, out_w) gradient of the sums at
   * real scale; w, in: the values the codes stand for. dw, db are overwritten; din (n, in..) too unless it is NULL.
   * Called by several threads. May be NULL. */
  void (*back)(void *ctx, int worker, int l, int n, const uint8_t *wcode, const uint8_t *acode, const float *w,
               const float *in, const float *dout, float *dw, float *db, float *din);
} axf_qpass_opt;

typedef struct axf_qpass axf_qpass;

/* NULL + axf_fail when an accumulator could overflow with these multipliers, for a net with batch normalisation (fold
 * it first), and on exhaustion. Has room for axf_threads() workers. */
axf_qpass *axf_qpass_new(const axf_qpass_opt *o);
void axf_qpass_free(axf_qpass *q); /* NULL is allowed */

/* The pass as a method of axf_train: calibrates, quantises, runs, measures held-out examples on the integers. Valid
 * until q is freed; `text` names ranges, scales and the digest of every table. */
const axf_method *axf_qpass_method(axf_qpass *q);

/* ---- its parts, for methods that are built on it ---- */
/* Ranges from the parameters p, through the multipliers: a float pass, then one pass of the integers. One thread. */
int axf_qpass_calibrate(axf_qpass *q, const axf_params *p);
/* Quantises p with the present ranges, lets o->codes change the codes unless at is NULL, and makes them ready. */
int axf_qpass_weights(axf_qpass *q, const axf_params *p, const axf_step *at);
/* Forward and backward of n <= AXF_BLOCK_MOST examples in s->act[0], as axf_method.block. Pools' outputs and the
 * outputs of layers without pool are left in s->act as the values of their codes. */
double axf_qpass_block(axf_qpass *q, int worker, axf_pass *s, int n, const uint8_t *label, axf_params *g,
                       uint32_t *right);
/* The forward half: the class outputs (n, classes) as real values. */
const float *axf_qpass_forward(axf_qpass *q, int worker, axf_pass *s, int n);
/* The integers of the last axf_qpass_weights (before o->codes) and the values of the codes (after it; weights only). */
const axf_qnet *axf_qpass_qnet(const axf_qpass *q);
const axf_params *axf_qpass_values(const axf_qpass *q);
/* After a forward pass: the output codes (n, c, h, w) of conv/fc layer l after its pool; l = -1: of the input. */
const uint8_t *axf_qpass_codes(const axf_qpass *q, int worker, int l);
/* Calibrates and quantises p and gives *out a copy of the integers: the network that comes out of training. */
int axf_qpass_finish(axf_qpass *q, const axf_params *p, axf_qnet *out);
#endif
