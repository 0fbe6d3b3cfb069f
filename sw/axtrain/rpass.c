/* R-operator: forward along a direction, seeds, and the reverse pass (rpass.h has the equations).
 * SPDX-License-Identifier: Apache-2.0 */
#include "axtrain/rpass.h"
#include "kernels/kernels.h"
#include <stdlib.h>
#include <string.h>

static size_t in_count(const axf_layer *l) { return (size_t)l->in_c * (size_t)l->in_h * (size_t)l->in_w; }
static size_t out_count(const axf_layer *l) { return (size_t)l->out_c * (size_t)l->out_h * (size_t)l->out_w; }
static size_t round16(size_t n) { return (n + 15) / 16 * 16; }

int axf_rpass_alloc(axf_rpass *r, const axf_net *n, int block) {
  size_t b = (size_t)block, largest = round16(b * in_count(&n->layer[0])), total = 0, scratch = 0;
  memset(r, 0, sizeof *r);
  for (int l = 0; l < n->nlayers; l++) {
    size_t out = round16(b * out_count(&n->layer[l]));
    size_t c = n->layer[l].kind == AXF_CONV ? round16(axf_conv_scratch(&n->layer[l])) : 0;
    total += out;
    largest = out > largest ? out : largest;
    scratch = c > scratch ? c : scratch;
  }
  float *at = axf_alloc(total + 5 * largest + scratch, sizeof *at);
  if (!at || axf_params_alloc(&r->part, n)) {
    free(at);
    return -1;
  }
  r->net = n;
  r->block = block;
  r->memory = at;
  for (int l = 0; l < n->nlayers; l++) {
    r->ract[l + 1] = at;
    at += round16(b * out_count(&n->layer[l]));
  }
  for (int i = 0; i < 2; i++, at += 2 * largest) {
    r->d[i] = at;
    r->e[i] = at + largest;
  }
  r->spare = at;
  r->scratch = at + largest;
  return 0;
}

void axf_rpass_free(axf_rpass *r) {
  free(r->memory);
  axf_params_free(&r->part);
  memset(r, 0, sizeof *r);
}

/* out = w in + b without the ReLU, of n images. */
static void sums(axf_rpass *r, const axf_layer *y, int n, const float *w, const float *b, const float *in, float *out) {
  axf_layer bare = *y;
  bare.relu = 0;
  if (y->kind == AXF_FC)
    axf_fc_fwd(&bare, n, w, b, in, out);
  else
    axf_conv_fwd(&bare, n, w, b, in, out, r->scratch);
}

/* Backward of conv or fc layer l with weights w: db and dw into r->part, din unless it is NULL. */
static void back(axf_rpass *r, int l, int n, const float *w, const float *in, const float *dout, float *din) {
  const axf_layer *y = &r->net->layer[l];
  if (y->kind == AXF_FC)
    axf_fc_bwd(y, n, w, in, dout, r->part.weight[l], r->part.bias[l], din);
  else
    axf_conv_bwd(y, n, w, in, dout, r->part.weight[l], r->part.bias[l], din, r->scratch);
}

static void add(size_t n, float scale, const float *from, float *to) {
  for (size_t i = 0; i < n; i++)
    to[i] += scale * from[i];
}

/* Pooling is linear once the winners are known. */
static void pool_forward(const axf_layer *l, const float *rx, const int32_t *arg, float *ry) {
  const size_t in = (size_t)(l->in_h * l->in_w), out = (size_t)(l->out_h * l->out_w);
  if (l->pool == AXF_POOL_AVG) {
    axf_pool_fwd(l, rx, ry, NULL);
    return;
  }
  for (int c = 0; c < l->in_c; c++, rx += in, ry += out, arg += out)
    for (size_t i = 0; i < out; i++)
      ry[i] = rx[arg[i]];
}

const float *axf_rpass_forward(axf_rpass *r, const axf_pass *s, const axf_params *p, const axf_params *v, int n) {
  for (int l = 0; l < r->net->nlayers; l++) {
    const axf_layer *y = &r->net->layer[l];
    const float *rx = r->ract[l];
    float *ry = r->ract[l + 1];
    size_t si = in_count(y), so = out_count(y);
    if (y->kind != AXF_POOL) {
      sums(r, y, n, v->weight[l], v->bias[l], s->act[l], ry);
      if (rx) { /* part.bias is zero here */
        sums(r, y, n, p->weight[l], r->part.bias[l], rx, r->spare);
        add((size_t)n * so, 1, r->spare, ry);
      }
    }
    for (size_t i = 0; i < (size_t)n && y->kind == AXF_POOL; i++)
      pool_forward(y, rx + i * si, s->arg[l] ? s->arg[l] + i * so : NULL, ry + i * so);
    if (y->relu)
      axf_relu_bwd((size_t)n * so, s->act[l + 1], ry);
  }
  return r->ract[r->net->nlayers];
}

/* Softmax of one example into p. */
static void softmax(int classes, const float *z, float *p) {
  float max = z[axf_argmax(classes, z)], sum = 0;
  for (int j = 0; j < classes; j++)
    sum += p[j] = axf_expf(z[j] - max);
  for (int j = 0; j < classes; j++)
    p[j] /= sum;
}

double axf_rpass_seed_hessian(axf_rpass *r, const axf_pass *s, int n, const uint8_t *label) {
  const int classes = r->net->classes;
  double q = 0;
  for (int i = 0; i < n; i++) {
    const float *rz = r->ract[r->net->nlayers] + i * classes;
    float *d = r->d[0] + i * classes, *e = r->e[0] + i * classes, mean = 0;
    softmax(classes, s->act[r->net->nlayers] + i * classes, d);
    for (int j = 0; j < classes; j++)
      mean += d[j] * rz[j];
    for (int j = 0; j < classes; j++) {
      e[j] = d[j] * (rz[j] - mean); /* R{softmax} */
      d[j] -= j == label[i] ? 1.0f : 0.0f;
      q += (double)d[j] * (double)rz[j];
    }
  }
  return q;
}

double axf_rpass_seed_gauss_newton(axf_rpass *r, const axf_pass *s, int n) {
  const int classes = r->net->classes;
  double q = 0;
  for (int i = 0; i < n; i++) {
    const float *rz = r->ract[r->net->nlayers] + i * classes;
    float *d = r->d[0] + i * classes, *e = r->e[0] + i * classes, p[256], mean = 0, mean_f = 0;
    softmax(classes, s->act[r->net->nlayers] + i * classes, p);
    for (int j = 0; j < classes; j++)
      mean += p[j] * rz[j];
    for (int j = 0; j < classes; j++) {
      d[j] = 2 * p[j] * (rz[j] - mean);
      e[j] = (rz[j] - mean) * (rz[j] - mean); /* dq/dp up to a constant, which the softmax's derivative removes */
      mean_f += p[j] * e[j];
    }
    for (int j = 0; j < classes; j++)
      e[j] = p[j] * (e[j] - mean_f);
    q += (double)mean_f;
  }
  return q;
}

/* Conv or fc layer l; din, ein NULL: not wanted. */
static void reverse_sums(axf_rpass *r, int l, int n, const axf_params *p, const axf_params *v, const float *x,
                         const float *d, const float *e, float scale, axf_params *g, float *din, float *ein) {
  const axf_layer *y = &r->net->layer[l];
  const size_t weights = axf_weight_count(y), maps = (size_t)y->out_c;
  back(r, l, n, p->weight[l], x, e, ein);
  add(weights, scale, r->part.weight[l], g->weight[l]);
  add(maps, scale, r->part.bias[l], g->bias[l]);
  if (r->ract[l]) {
    back(r, l, n, p->weight[l], r->ract[l], d, din);
    add(weights, scale, r->part.weight[l], g->weight[l]);
  }
  if (ein) { /* of this call only the third result is wanted */
    back(r, l, n, v->weight[l], x, d, r->spare);
    add((size_t)n * in_count(y), 1, r->spare, ein);
  }
  memset(r->part.bias[l], 0, maps * sizeof(float));
}

void axf_rpass_reverse(axf_rpass *r, const axf_pass *s, const axf_params *p, const axf_params *v, int n, float scale,
                       axf_params *g) {
  int now = 0;
  for (int l = r->net->nlayers - 1; l >= 0; l--, now ^= 1) {
    const axf_layer *y = &r->net->layer[l];
    float *d = r->d[now], *e = r->e[now], *din = l ? r->d[now ^ 1] : NULL, *ein = l ? r->e[now ^ 1] : NULL;
    size_t si = in_count(y), so = out_count(y);
    if (y->relu) {
      axf_relu_bwd((size_t)n * so, s->act[l + 1], d);
      axf_relu_bwd((size_t)n * so, s->act[l + 1], e);
    }
    if (y->kind != AXF_POOL)
      reverse_sums(r, l, n, p, v, s->act[l], d, e, scale, g, din, ein);
    for (size_t i = 0; i < (size_t)n && y->kind == AXF_POOL; i++) {
      const int32_t *arg = s->arg[l] ? s->arg[l] + i * so : NULL;
      axf_pool_bwd(y, d + i * so, arg, din + i * si);
      axf_pool_bwd(y, e + i * so, arg, ein + i * si);
    }
  }
}
