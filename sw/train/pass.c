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
  size_t b = (size_t)block, largest = round16(b * in_count(&n->layer[0])), total = largest, col = 0, maps = 0;
  memset(s, 0, sizeof *s);
  for (int l = 0; l < n->nlayers; l++) {
    const axf_layer *y = &n->layer[l];
    size_t out = round16(b * out_count(y)), c = round16(axf_col_count(y)), m = round16((size_t)y->out_c);
    total += y->kind == AXF_POOL && y->pool == AXF_POOL_MAX ? 2 * out : out;
    total += y->bn ? out + 2 * m : 0;
    maps = m > maps ? m : maps;
    largest = out > largest ? out : largest;
    col = c > col ? c : col;
  }
  float *at = axf_alloc(total + 2 * largest + col + 2 * maps, sizeof *at);
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
    if (y->bn) {
      s->norm[l] = at;
      s->stats[l] = at + out;
      at += out + 2 * round16((size_t)y->out_c);
    }
  }
  s->grad[0] = at;
  s->grad[1] = at + largest;
  s->col = at + 2 * largest;
  s->spare = s->col + col;
  s->nobias = s->spare + maps;
  return 0;
}

void axf_pass_free(axf_pass *s) {
  free(s->memory);
  memset(s, 0, sizeof *s);
}

/* Sums of conv or fc layer l of n images, without batch normalisation. */
static void sums(axf_pass *s, const axf_layer *y, const float *w, const float *bias, int n, const float *in,
                 float *out) {
  if (y->kind == AXF_FC)
    axf_fc_fwd(y, n, w, bias, in, out);
  if (y->kind == AXF_CONV)
    axf_conv_fwd(y, n, w, bias, in, out, s->col);
}

/* Conv or fc layer l with batch normalisation. */
static void normalised(axf_pass *s, const axf_params *p, int l, int n) {
  const axf_layer *y = &s->net->layer[l];
  const size_t maps = (size_t)y->out_c;
  float *mean = s->stats[l], *var = mean + maps;
  axf_layer bare = *y;
  bare.relu = 0;
  sums(s, &bare, p->weight[l], s->nobias, n, s->act[l], s->norm[l]);
  if (s->batch) {
    axf_bn_stats(y, n, s->norm[l], mean, var);
  } else {
    memcpy(mean, p->mean[l], maps * sizeof *mean);
    memcpy(var, p->var[l], maps * sizeof *var);
  }
  axf_bn_fwd(y, n, mean, var, p->gamma[l], p->bias[l], s->norm[l], s->act[l + 1]);
}

const float *axf_pass_forward(axf_pass *s, const axf_params *p, int n) {
  for (int l = 0; l < s->net->nlayers; l++) {
    const axf_layer *y = &s->net->layer[l];
    const float *in = s->act[l];
    float *out = s->act[l + 1];
    size_t si = in_count(y), so = out_count(y);
    if (y->bn)
      normalised(s, p, l, n);
    else if (y->kind != AXF_POOL)
      sums(s, y, p->weight[l], p->bias[l], n, in, out);
    for (size_t i = 0; i < (size_t)n && y->kind == AXF_POOL; i++)
      axf_pool_fwd(y, in + i * si, out + i * so, s->arg[l] ? s->arg[l] + i * so : NULL);
  }
  return s->act[s->net->nlayers];
}

/* Gradient through the batch normalisation of layer l; dout becomes that of the sums. */
static void normalised_back(axf_pass *s, const axf_params *p, int l, int n, float *dout, axf_params *g) {
  const axf_layer *y = &s->net->layer[l];
  const size_t maps = (size_t)y->out_c;
  const float *mean = s->stats[l], *var = mean + maps;
  axf_bn_bwd(y, n, s->norm[l], var, p->gamma[l], s->batch, dout, g->gamma[l], g->bias[l]);
  memcpy(g->mean[l], mean, maps * sizeof *mean);
  memcpy(g->var[l], var, maps * sizeof *var);
}

double axf_pass_backward(axf_pass *s, const axf_params *p, int n, const uint8_t *label, axf_params *g,
                         uint32_t *right) {
  float *dout = s->grad[0], *din = s->grad[1];
  double loss = axf_softmax_xent(n, s->net->classes, s->act[s->net->nlayers], label, dout, right);
  for (int l = s->net->nlayers - 1; l >= 0; l--) {
    const axf_layer *y = &s->net->layer[l];
    const float *in = s->act[l];
    float *want = l > 0 ? din : NULL; /* nobody needs the gradient of the input */
    float *db = y->bn ? s->spare : g->bias[l];
    size_t si = in_count(y), so = out_count(y);
    if (y->relu)
      axf_relu_bwd((size_t)n * so, s->act[l + 1], dout);
    if (y->bn)
      normalised_back(s, p, l, n, dout, g);
    if (y->kind == AXF_FC)
      axf_fc_bwd(y, n, p->weight[l], in, dout, g->weight[l], db, want);
    if (y->kind == AXF_CONV)
      axf_conv_bwd(y, n, p->weight[l], in, dout, g->weight[l], db, want, s->col);
    for (size_t i = 0; i < (size_t)n && y->kind == AXF_POOL; i++)
      axf_pool_bwd(y, dout + i * so, s->arg[l] ? s->arg[l] + i * so : NULL, din + i * si);
    din = dout;
    dout = want;
  }
  return loss;
}

void axf_update_statistics(const axf_net *net, axf_params *p, const axf_params *g, int n) {
  for (int l = 0; l < net->nlayers; l++)
    for (int m = 0; net->layer[l].bn && m < net->layer[l].out_c; m++) {
      double mean = 0, var = 0;
      for (int b = 0; b * AXF_BLOCK < n; b++) {
        const int here = n - b * AXF_BLOCK < AXF_BLOCK ? n - b * AXF_BLOCK : AXF_BLOCK;
        mean += (double)g[b].mean[l][m] * here;
        var += (double)g[b].var[l][m] * here;
      }
      p->mean[l][m] += 0.1f * ((float)(mean / n) - p->mean[l][m]);
      p->var[l][m] += 0.1f * ((float)(var / n) - p->var[l][m]);
    }
}
