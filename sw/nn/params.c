/* Float parameters: one zeroed block for a whole net, a pointer into it for every tensor.
 * SPDX-License-Identifier: Apache-2.0 */
#include "nn/net.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static size_t round16(size_t n) { return (n + 15) / 16 * 16; }

size_t axf_weight_count(const axf_layer *l) {
  return l->kind == AXF_POOL ? 0 : (size_t)l->out_c * (size_t)l->in_c * (size_t)l->ky * (size_t)l->kx;
}

/* Floats of layer l in the block. */
static size_t layer_count(const axf_layer *y) {
  if (y->kind == AXF_POOL)
    return 0;
  return round16(axf_weight_count(y)) + (y->bn ? 4 : 1) * round16((size_t)y->out_c);
}

size_t axf_params_count(const axf_net *n) {
  size_t sum = 0;
  for (int l = 0; l < n->nlayers; l++)
    sum += layer_count(&n->layer[l]);
  return sum;
}

int axf_params_alloc(axf_params *p, const axf_net *n) {
  memset(p, 0, sizeof *p);
  float *at = axf_alloc(axf_params_count(n), sizeof *at);
  if (!at)
    return -1;
  for (int l = 0; l < n->nlayers; l++) {
    const axf_layer *y = &n->layer[l];
    const size_t maps = round16((size_t)y->out_c);
    if (y->kind == AXF_POOL)
      continue;
    p->weight[l] = at;
    p->bias[l] = at + round16(axf_weight_count(y));
    if (y->bn) {
      p->gamma[l] = p->bias[l] + maps;
      p->mean[l] = p->gamma[l] + maps;
      p->var[l] = p->mean[l] + maps;
    }
    at += layer_count(y);
  }
  return 0;
}

/* The first tensor is the start of the block: the first layer is never a pool, but a zeroed struct has no tensor. */
float *axf_params_block(const axf_params *p) { return p->weight[0]; }

void axf_params_free(axf_params *p) {
  free(axf_params_block(p));
  memset(p, 0, sizeof *p);
}

void axf_params_init(axf_params *p, const axf_net *n, uint64_t seed) {
  for (int l = 0; l < n->nlayers; l++) {
    const axf_layer *y = &n->layer[l];
    if (y->kind == AXF_POOL)
      continue;
    axf_rng r;
    axf_rng_seed(&r, seed, (uint64_t)l);
    size_t count = axf_weight_count(y);
    float scale = sqrtf(2.0f / (float)(count / (size_t)y->out_c));
    for (size_t i = 0; i < count; i++)
      p->weight[l][i] = scale * axf_rng_normal(&r);
    memset(p->bias[l], 0, (size_t)y->out_c * sizeof(float));
    for (int m = 0; y->bn && m < y->out_c; m++) {
      p->gamma[l][m] = p->var[l][m] = 1;
      p->mean[l][m] = 0;
    }
  }
}

void axf_params_fold(axf_params *to, const axf_net *n, const axf_params *p) {
  for (int l = 0; l < n->nlayers; l++) {
    const axf_layer *y = &n->layer[l];
    const size_t K = y->kind == AXF_POOL ? 0 : axf_weight_count(y) / (size_t)y->out_c;
    for (int m = 0; y->kind != AXF_POOL && m < y->out_c; m++) {
      const float factor = y->bn ? p->gamma[l][m] / sqrtf(p->var[l][m] + AXF_BN_EPSILON) : 1;
      for (size_t k = 0; k < K; k++)
        to->weight[l][(size_t)m * K + k] = factor * p->weight[l][(size_t)m * K + k];
      to->bias[l][m] = p->bias[l][m] - (y->bn ? factor * p->mean[l][m] : 0);
      if (to->gamma[l]) { /* sqrt(var + epsilon) is 1 */
        to->gamma[l][m] = 1;
        to->mean[l][m] = 0;
        to->var[l][m] = 1 - AXF_BN_EPSILON;
      }
    }
  }
}
