/* The R-operator (Pearlmutter, Neural Computation 1994): derivatives of a float net and of its gradient along a
 * direction v of the parameters, exact and without the Hessian.
 * SPDX-License-Identifier: Apache-2.0
 *
 * R{x} = d/de x(w + e v) at e = 0. A forward pass gives R{} of every activation. One reverse pass, seeded with two
 * gradients at the logits z, D = dq/dR{z} and E = dq/dz, then gives the gradient of ANY scalar q(z, R{z}) with respect
 * to the weights, v held constant:
 *     layer  y = w x + b, R{y} = w R{x} + v x + v_b      D_x = w^T D_y     E_x = w^T E_y + v^T D_y
 *                                                        dq/dw = E_y x^T + D_y R{x}^T          dq/db = E_y
 * Two scalars are of use here:
 *     q = v . dL/dw = sum R{loss}                    its gradient is H v, the Hessian times v (first-order method)
 *     q = R{z}^T (diag(p) - p p^T) R{z} = v^T G v    G the Gauss-Newton matrix of softmax and cross entropy (curvature)
 * Where a ReLU or a maximum switches, the derivative of the side that the forward pass took is used. */
#ifndef AXF_RPASS_H
#define AXF_RPASS_H
#include "train/train.h"

typedef struct {
  const axf_net *net;
  int block;
  float *ract[AXF_MAX_LAYERS + 1]; /* R of axf_pass.act, the same shapes; ract[0] is NULL: the input does not move */
  float *d[2], *e[2];              /* D and E, each as large as the largest activation; the seeds are in d[0], e[0] */
  float *spare;                    /* as large as the largest activation */
  float *scratch;                  /* of the convolutions */
  axf_params part;                 /* one product of the weights' gradient; zero biases between calls */
  void *memory;
} axf_rpass;
/* For blocks of up to `block` examples; -1 + axf_fail on exhaustion. */
int axf_rpass_alloc(axf_rpass *r, const axf_net *n, int block);
void axf_rpass_free(axf_rpass *r);

/* After axf_pass_forward(s, p, n): R of every activation along v. Returns R{logits} (n, classes). */
const float *axf_rpass_forward(axf_rpass *r, const axf_pass *s, const axf_params *p, const axf_params *v, int n);
/* Seeds of q = sum of R{loss} over the n examples; returns q = v . (gradient of the summed loss). */
double axf_rpass_seed_hessian(axf_rpass *r, const axf_pass *s, int n, const uint8_t *label);
/* Seeds of q = v^T G v, G summed over the n examples; returns q. */
double axf_rpass_seed_gauss_newton(axf_rpass *r, const axf_pass *s, int n);
/* After a seed: g += scale * dq/dw. Overwrites d and e. */
void axf_rpass_reverse(axf_rpass *r, const axf_pass *s, const axf_params *p, const axf_params *v, int n, float scale,
                       axf_params *g);
#endif
