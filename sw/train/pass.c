/* Forward and backward pass of one block of examples, in memory that is allocated once.
 * SPDX-License-Identifier: Apache-2.0 */
#include "kernels/kernels.h"
#include "train/train.h"
#include <stdlib.h>
#include <string.h>

static size_t in_count(const axf_layer *l) { return (size_t)l->in_c * (size_t)l->in_h * (size_t)l->in_w; }
static size_t out_count(const axf_layer *l) { return (size_t)l->out_c * (size_t)l->out_h * (size_t)l->out_w; }
static size_t round16(size_t n) { return (n + 15) / 16 * 16; }

int axf_pass_alloc(axf_pass *s, const axf_net *n, int block) {
  size_t b = (size_t)block, largest = round16(b * in_count(&n->layer[0])), total = largest, col = 0;
  memset(s, 0, sizeof *s);
  for (int l = 0; l < n->nlayers; l++) {
    const axf_layer *y = &n->layer[l];
    size_t out = round16(b * out_count(y)), c = round16(axf_col_count(y));
    total += y->kind == AXF_POOL && y->pool == AXF_POOL_MAX ? 2 * out : out;
    largest = out > largest ? out : largest;
    col = c > col ? c : col;
  }
  float *at = axf_alloc(total + 2 * largest + col, sizeof *at);
  if (!at)
    return -1;
  s->net = n;
  s->block = block;
  s->memory = s->act[0] = at;
  at += round16(b * in_count(&n->layer[0]));
  for (int l = 0; l < n->nlayers; l++) {
    const axf_layer *y = &n->layer[l];
    size_t out = round16(b * out_count(y));
    s->act[l + 1] = at;
    at += out;
    if (y->kind == AXF_POOL && y->pool == AXF_POOL_MAX) {
      s->arg[l] = (void *)at;
      at += out;
    }
  }
  s->grad[0] = at;
  s->grad[1] = at + largest;
  s->col = at + 2 * largest;
  return 0;
}

void axf_pass_free(axf_pass *s) {
  free(s->memory);
  memset(s, 0, sizeof *s);
}

const float *axf_pass_forward(axf_pass *s, const axf_params *p, int n) {
  for (int l = 0; l < s->net->nlayers; l++) {
    const axf_layer *y = &s->net->layer[l];
    const float *in = s->act[l];
    float *out = s->act[l + 1];
    size_t si = in_count(y), so = out_count(y);
    if (y->kind == AXF_FC)
      axf_fc_fwd(y, n, p->weight[l], p->bias[l], in, out);
    for (size_t i = 0; i < (size_t)n && y->kind == AXF_CONV; i++)
      axf_conv_fwd(y, p->weight[l], p->bias[l], in + i * si, out + i * so, s->col);
    for (size_t i = 0; i < (size_t)n && y->kind == AXF_POOL; i++)
      axf_pool_fwd(y, in + i * si, out + i * so, s->arg[l] ? s->arg[l] + i * so : NULL);
  }
  return s->act[s->net->nlayers];
}

double axf_pass_backward(axf_pass *s, const axf_params *p, int n, const uint8_t *label, axf_params *g,
                         uint32_t *right) {
  float *dout = s->grad[0], *din = s->grad[1];
  double loss = axf_softmax_xent(n, s->net->classes, s->act[s->net->nlayers], label, dout, right);
  for (int l = s->net->nlayers - 1; l >= 0; l--) {
    const axf_layer *y = &s->net->layer[l];
    const float *in = s->act[l];
    float *want = l > 0 ? din : NULL; /* nobody needs the gradient of the input */
    size_t si = in_count(y), so = out_count(y);
    if (y->relu)
      axf_relu_bwd((size_t)n * so, s->act[l + 1], dout);
    if (y->kind == AXF_FC)
      axf_fc_bwd(y, n, p->weight[l], in, dout, g->weight[l], g->bias[l], want);
    for (size_t i = 0; i < (size_t)n && y->kind == AXF_CONV; i++)
      axf_conv_bwd(y, p->weight[l], in + i * si, dout + i * so, i == 0, g->weight[l], g->bias[l],
                   want ? want + i * si : NULL, s->col);
    for (size_t i = 0; i < (size_t)n && y->kind == AXF_POOL; i++)
      axf_pool_bwd(y, dout + i * so, s->arg[l] ? s->arg[l] + i * so : NULL, din + i * si);
    din = dout;
    dout = want;
  }
  return loss;
}
