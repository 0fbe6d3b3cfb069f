/* One block of examples in one round of a method.
 * SPDX-License-Identifier: Apache-2.0 */
#include "axtrain/priv.h"
#include <math.h>
#include <string.h>

void axf_axtrain_signs(uint64_t seed, uint64_t stream, const axf_params *square, size_t count, axf_params *v) {
  const float *e = axf_params_block(square);
  float *to = axf_params_block(v);
  axf_rng r;
  uint64_t bits = 0;
  axf_rng_seed(&r, seed, stream);
  for (size_t i = 0; i < count; i++, bits >>= 1) {
    if (i % 64 == 0)
      bits = axf_rng_u64(&r);
    to[i] = bits & 1 ? sqrtf(e[i]) : -sqrtf(e[i]);
  }
}

/* v = E[n^2] g / n, and S of that gradient. */
static double gradient_direction(const axf_axtrain *a, const axf_params *g, int n, axf_params *v) {
  const float *e = axf_params_block(&a->square), *from = axf_params_block(g);
  float *to = axf_params_block(v), scale = 1.0f / (float)n;
  double s = 0;
  for (size_t i = 0, count = axf_params_count(a->net); i < count; i++) {
    to[i] = e[i] * from[i] * scale;
    s += (double)(to[i] * from[i] * scale);
  }
  return s;
}

/* The weights of a block with a chip of its own. */
static const axf_params *through_chip(axf_axtrain *a, int worker, const axf_step *at, size_t b, const axf_params *p) {
  axf_axtrain_random(a, at->seed, axf_axtrain_stream(at, (uint64_t)1 << 22 | b), &a->chip[worker],
                     &a->chip_spare[worker]);
  axf_weights_quantised(a->net, p, a->o.code, &a->chip[worker], &a->chip_weights[worker]);
  return &a->chip_weights[worker];
}

/* Adds the gradient of lambda S to g; s holds the activations of the float pass through w. */
static void add_sensitivity(axf_axtrain *a, int worker, const axf_step *at, size_t b, const axf_pass *s, int n,
                            const axf_params *w, const uint8_t *label, axf_params *g) {
  axf_rpass *r = &a->r[worker];
  const axf_params *v = &a->dir;
  float scale = (float)(2 * a->lambda);
  if (a->o.form == AXF_ACTIVE_GAUSS_NEWTON) {
    axf_axtrain_signs(at->seed, axf_axtrain_stream(at, 2 + b), &a->square, axf_params_count(a->net), &a->local[worker]);
    v = &a->local[worker];
    scale = (float)(0.5 * a->lambda);
  } else if (a->o.over_block) {
    a->s[b] = gradient_direction(a, g, n, &a->local[worker]);
    v = &a->local[worker];
    if (a->s[b] < a->o.target)
      return;
  }
  axf_rpass_forward(r, s, w, v, n);
  if (a->o.form == AXF_ACTIVE_GAUSS_NEWTON) {
    a->s[b] = 0.5 * axf_rpass_seed_gauss_newton(r, s, n) / n;
    if (a->s[b] < a->o.target)
      return;
  } else {
    axf_rpass_seed_hessian(r, s, n, label);
  }
  axf_rpass_reverse(r, s, w, v, n, scale, g);
}

double axf_axtrain_block(void *ctx, int worker, const axf_step *at, size_t b, axf_pass *s, const axf_params *p, int n,
                         const uint8_t *label, axf_params *g, uint32_t *right) {
  axf_axtrain *a = ctx;
  const axf_round *y = &a->round[at->round];
  if (a->chip && y->cells)
    p = through_chip(a, worker, at, b, p);
  if (a->keep) { /* round 1 finds the activations of round 0 */
    if (y->pass)
      memcpy(a->keep[b].act[0], s->act[0], (size_t)n * (size_t)(a->net->c * a->net->h * a->net->w) * sizeof(float));
    s = &a->keep[b];
  }
  if (y->pass) {
    const int sum_up = y->old != 0 || y->add != 1;
    axf_params *to = sum_up ? &a->scratch[worker] : g;
    uint32_t ok = 0;
    double loss;
    if (a->q) {
      loss = axf_qpass_block(a->q, worker, s, n, label, to, &ok);
    } else {
      axf_pass_forward(s, p, n);
      loss = axf_pass_backward(s, p, n, label, to, &ok);
    }
    if (y->base) {
      a->loss[b] = loss;
      a->right[b] = ok;
    } else {
      a->s[b] += loss; /* hutchinson: the losses beside */
    }
    if (sum_up) {
      const float *from = axf_params_block(to), old = (float)y->old, add = (float)y->add;
      float *sum = axf_params_block(g);
      for (size_t i = 0, count = axf_params_count(a->net); i < count; i++)
        sum[i] = old * sum[i] + add * from[i];
    }
  }
  if (y->sensitive && a->lambda > 0) {
    if (a->q) /* the integers' activations are not those of the float net, whose curvature is wanted */
      axf_pass_forward(s, a->now, n);
    add_sensitivity(a, worker, at, b, s, n, a->q ? a->now : p, label, g);
  }
  *right = a->right[b];
  return a->loss[b];
}
