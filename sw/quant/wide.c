/* A model for 16-bit words: its real weights quantised anew, over the same ranges.
 * SPDX-License-Identifier: Apache-2.0
 *
 * As in quant.c the pair mult / 2^shift is chosen first and the weights' step taken from it; here the largest weight
 * stays within the code, because half a step of mult would be a hundred steps of a weight. */
#include "quant/quant.h"
#include "refmodel/refmodel.h"
#include <math.h>

#define TOP 32767
#define BIAS_TOP 2.1e9 /* a bias is a number of 32 bits */

/* Output map m. group: the size of an average-pooling window. */
static void quantise_map(axf_qlayer *q, const axf_layer *L, const axf_params *p, int l, int m, double group) {
  const size_t K = (size_t)L->in_c * (size_t)L->ky * (size_t)L->kx;
  const float *weight = p->weight[l] + (size_t)m * K;
  const double bias = (double)p->bias[l][m], s_in = (double)q->s_in, s_out = (double)q->s_out;
  double most = fabs(bias) * TOP / (s_in * BIAS_TOP);
  for (size_t k = 0; k < K; k++)
    most = fmax(most, fabs((double)weight[k]));
  const double step = (most > 0 ? most : 1) / TOP * (1 + 1.0 / 255);
  axf_quant_pair(s_in * step / (s_out * group), &q->mult[m], &q->shift[m]);
  const double s_w = ldexp(q->mult[m], -q->shift[m]) * s_out * group / s_in;
  for (size_t k = 0; k < K; k++)
    q->w16[(size_t)m * K + k] = (int16_t)fmax(-TOP, fmin(TOP, floor((double)weight[k] / s_w + 0.5)));
  q->bias[m] = (int32_t)fmax(-BIAS_TOP, fmin(BIAS_TOP, floor(bias / (s_in * s_w) + 0.5)));
}

int axf_quant_wide(axf_qnet *out, const axf_model *m) {
  const axf_net *n = &m->net;
  axf_params folded;
  int c, h, w, next;
  if (axf_quant_alloc(out, n, 16))
    return -1;
  if (axf_params_alloc(&folded, n)) {
    axf_qnet_free(out);
    return -1;
  }
  axf_params_fold(&folded, n, &m->params);
  for (int l = 0; l < n->nlayers; l = next) {
    const axf_qlayer *from = &m->q.q[l];
    axf_qlayer *to = &out->q[l];
    next = axf_ref_shape(n, l, &c, &h, &w);
    const axf_layer *pool = next == l + 2 ? &n->layer[l + 1] : NULL;
    to->in_signed = from->in_signed;
    to->out_signed = from->out_signed;
    to->s_in = (float)((double)from->s_in * (from->in_signed ? 127.0 / TOP : 255.0 / 65535));
    to->s_out = (float)((double)from->s_out * (from->out_signed ? 127.0 / TOP : 255.0 / 65535));
    for (int k = 0; k < c; k++)
      quantise_map(to, &n->layer[l], &folded, l, k,
                   pool && pool->pool == AXF_POOL_AVG ? (double)pool->window * pool->window : 1);
  }
  axf_params_free(&folded);
  return 0;
}
