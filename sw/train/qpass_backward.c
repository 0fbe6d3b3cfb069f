/* The gradient straight through the integers: that of the exact product of the values the codes stand for.
 * SPDX-License-Identifier: Apache-2.0 */
#include "kernels/kernels.h"
#include "train/qpass_priv.h"

/* Clears the gradient where it does not pass. */
static void keep(size_t n, const uint8_t *pass, float *d) {
  for (size_t i = 0; i < n; i++)
    d[i] = pass[i] ? d[i] : 0;
}

/* The same for the class outputs: one that is clamped still gets a gradient that leads it back into the range. Without
 * that a wrong class at the end of the range would stay there; if both signs passed, weights would grow for ever. */
static void keep_inward(size_t n, const uint8_t *pass, const float *out, float *d) {
  for (size_t i = 0; i < n; i++)
    d[i] = pass[i] || d[i] * out[i] > 0 ? d[i] : 0;
}

/* Conv or fc of plan k; dout: (n, oc, P). */
static void layer_back(const axf_qpass *q, int k, int worker, axf_pass *s, int n, const float *dout, axf_params *g,
                       float *din) {
  const axf_qplan *p = &q->plan[k];
  const int l = p->l;
  const float *in = s->act[l], *weight = q->value.weight[l];
  if (q->o.back) {
    q->o.back(q->o.ctx, worker, l, n, q->wcode[k], q->w[worker].code[k], weight, in, dout, g->weight[l], g->bias[l],
              din);
  } else if (p->conv->kind == AXF_FC) {
    axf_fc_bwd(p->conv, n, weight, in, dout, g->weight[l], g->bias[l], din);
  } else {
    axf_conv_bwd(p->conv, n, weight, in, dout, g->weight[l], g->bias[l], din, s->col);
  }
}

double axf_qpass_block(axf_qpass *q, int worker, axf_pass *s, int n, const uint8_t *label, axf_params *g,
                       uint32_t *right) {
  const axf_qworker *w = &q->w[worker];
  float *dout = s->grad[0], *din = s->grad[1], *t;
  const float *logits = axf_qpass_forward(q, worker, s, n);
  double loss = axf_softmax_xent(n, s->net->classes, logits, label, dout, right);
  for (int k = q->nplans - 1; k >= 0; k--) {
    const axf_qplan *p = &q->plan[k];
    if (k < q->nplans - 1)
      keep((size_t)n * p->out_n, w->pass[k], dout);
    else
      keep_inward((size_t)n * p->out_n, w->pass[k], logits, dout);
    if (p->pool) {
      const size_t in = (size_t)p->oc * p->P;
      const int32_t *arg = s->arg[p->l + 1];
      for (size_t i = 0; i < (size_t)n; i++)
        axf_pool_bwd(p->pool, dout + i * p->out_n, arg ? arg + i * p->out_n : NULL, din + i * in);
      if (w->before[k])
        keep((size_t)n * in, w->before[k], din);
      t = dout, dout = din, din = t;
    }
    layer_back(q, k, worker, s, n, dout, g, k > 0 ? din : NULL);
    t = dout, dout = din, din = t;
  }
  return loss;
}
