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

size_t axf_params_count(const axf_net *n) {
  size_t sum = 0;
  for (int l = 0; l < n->nlayers; l++)
    if (n->layer[l].kind != AXF_POOL)
      sum += round16(axf_weight_count(&n->layer[l])) + round16((size_t)n->layer[l].out_c);
  return sum;
}

int axf_params_alloc(axf_params *p, const axf_net *n) {
  memset(p, 0, sizeof *p);
  float *at = axf_alloc(axf_params_count(n), sizeof *at);
  if (!at)
    return -1;
  for (int l = 0; l < n->nlayers; l++)
    if (n->layer[l].kind != AXF_POOL) {
      p->weight[l] = at;
      at += round16(axf_weight_count(&n->layer[l]));
      p->bias[l] = at;
      at += round16((size_t)n->layer[l].out_c);
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
  }
}
