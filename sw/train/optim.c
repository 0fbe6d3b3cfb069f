/* Optimisers: SGD with momentum, and Adam. The sum over the blocks of a mini-batch is part of the update, so that every
 * parameter is touched once; ranges of parameters are updated in parallel.
 * SPDX-License-Identifier: Apache-2.0 */
#include "train/train.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK 8192
#define TILE 512

struct axf_chunk {
  size_t first, count; /* place in the parameter block */
  int decay;           /* 1: weights, 0: biases and gammas; statistics are in no chunk */
};

/* Cuts one tensor into chunks; only counts them while chunk is NULL. */
static void cut(axf_optim *s, const float *base, const float *tensor, size_t count, int decay) {
  for (size_t i = 0; i < count; i += CHUNK) {
    if (s->chunk)
      s->chunk[s->chunks] =
          (struct axf_chunk){(size_t)(tensor - base) + i, count - i < CHUNK ? count - i : CHUNK, decay};
    s->chunks++;
  }
}

static void cut_all(axf_optim *s, const axf_net *n, const axf_params *p) {
  s->chunks = 0;
  for (int l = 0; l < n->nlayers; l++)
    if (p->weight[l]) {
      cut(s, axf_params_block(p), p->weight[l], axf_weight_count(&n->layer[l]), 1);
      cut(s, axf_params_block(p), p->bias[l], (size_t)n->layer[l].out_c, 0);
      if (p->gamma[l])
        cut(s, axf_params_block(p), p->gamma[l], (size_t)n->layer[l].out_c, 0);
    }
}

int axf_optim_alloc(axf_optim *s, const axf_net *n, const axf_train_opts *o) {
  axf_params p; /* only its layout is used; it becomes the first moment */
  memset(s, 0, sizeof *s);
  if (axf_params_alloc(&p, n))
    return -1;
  s->count = axf_params_count(n);
  s->m = axf_params_block(&p);
  cut_all(s, n, &p);
  s->chunk = axf_alloc(s->chunks, sizeof *s->chunk);
  s->v = o->optimiser == AXF_ADAM ? axf_alloc(s->count, sizeof *s->v) : NULL;
  if (!s->chunk || (o->optimiser == AXF_ADAM && !s->v)) {
    axf_optim_free(s);
    return -1;
  }
  cut_all(s, n, &p);
  return 0;
}

void axf_optim_free(axf_optim *s) {
  free(s->chunk);
  free(s->m);
  free(s->v);
  memset(s, 0, sizeof *s);
}

typedef struct {
  axf_optim *s;
  int adam, nblocks;
  float lr, momentum, wd, scale;
  float fix1, fix2; /* Adam: 1 / (1 - beta^step) of the two moments */
  float *p;
  const axf_params *g;
} update;

/* Moments that die out end as zeros, not as denormal numbers, which are slow and never reach zero. */
static inline float flush(float x) { return x < 1e-30f && x > -1e-30f ? 0 : x; }

/* v = momentum v + g;  p -= lr v */
static void sgd(const update *u, size_t n, float *restrict p, float *restrict v, const float *restrict g) {
  for (size_t i = 0; i < n; i++) {
    v[i] = flush(u->momentum * v[i] + g[i]);
    p[i] -= u->lr * v[i];
  }
}

static void adam(const update *u, size_t n, float *restrict p, float *restrict m, float *restrict v,
                 const float *restrict g) {
  for (size_t i = 0; i < n; i++) {
    m[i] = flush(0.9f * m[i] + 0.1f * g[i]);
    v[i] = flush(0.999f * v[i] + 0.001f * (g[i] * g[i]));
    p[i] -= u->lr * (m[i] * u->fix1) / (sqrtf(v[i] * u->fix2) + 1e-8f);
  }
}

static void update_chunk(void *ctx, size_t i, int worker) {
  const update *u = ctx;
  const struct axf_chunk *c = &u->s->chunk[i];
  (void)worker;
  for (size_t done = 0; done < c->count; done += TILE) {
    size_t at = c->first + done, n = c->count - done < TILE ? c->count - done : TILE;
    float g[TILE], *p = u->p + at, wd = c->decay ? u->wd : 0;
    memcpy(g, axf_params_block(&u->g[0]) + at, n * sizeof *g);
    for (int b = 1; b < u->nblocks; b++) {
      const float *from = axf_params_block(&u->g[b]) + at;
      for (size_t k = 0; k < n; k++)
        g[k] += from[k];
    }
    for (size_t k = 0; k < n; k++)
      g[k] = g[k] * u->scale + wd * p[k];
    if (u->adam)
      adam(u, n, p, u->s->m + at, u->s->v + at, g);
    else
      sgd(u, n, p, u->s->m + at, g);
  }
}

/* 1 / (1 - beta^step), by squaring: no library function, so the same everywhere. */
static float bias_fix(double beta, uint64_t step) {
  double power = 1;
  for (; step; step >>= 1, beta *= beta)
    if (step & 1)
      power *= beta;
  return (float)(1 / (1 - power));
}

void axf_optim_update(axf_optim *s, const axf_train_opts *o, float lr, float *p, const axf_params *g, int nblocks,
                      float scale) {
  s->step++;
  update u = {.s = s,
              .adam = o->optimiser == AXF_ADAM,
              .nblocks = nblocks,
              .lr = lr,
              .momentum = (float)o->momentum,
              .wd = (float)o->wd,
              .scale = scale,
              .fix1 = bias_fix(0.9, s->step),
              .fix2 = bias_fix(0.999, s->step),
              .p = p,
              .g = g};
  axf_parallel_for(s->chunks, update_chunk, &u);
}
