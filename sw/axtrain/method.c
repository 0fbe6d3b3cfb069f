/* What a method does before and after each round over a mini-batch.
 * SPDX-License-Identifier: Apache-2.0 */
#include "axtrain/priv.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define OPERAND_IMAGES 500 /* examples on which the operands of the multipliers are measured each epoch */

/* Before the first mini-batch of an epoch: what is measured with the parameters of that moment. */
static int begin_epoch(axf_axtrain *a, const axf_params *p) {
  if (a->q && axf_qpass_calibrate(a->q, p))
    return -1;
  if (!a->noise)
    return 0;
  memset(a->noise, 0, sizeof *a->noise);
  const axf_rates rates = axf_rates_times(&a->rates, a->o.fault == AXF_FAULT_STUCK ? 0.5 : 1);
  axf_noise_add_bits(a->noise, a->net, a->o.code, &rates, (uint8_t)a->o.bits); /* half of the stuck cells are right */
  for (int l = 0; l < a->net->nlayers; l++)
    if (a->mult[l]) {
      axf_operands *seen = axf_alloc(1, sizeof *seen);
      int r = seen ? axf_operands_measure(seen, a->net, p, a->train, OPERAND_IMAGES) : -1;
      if (r == 0)
        axf_noise_add_mult(a->noise, a->net, a->mult, seen);
      free(seen);
      return r;
    }
  return 0;
}

/* What rises from 0 to 1 in the first `epochs`. */
static double risen(double now, double epochs) { return now < epochs ? now / epochs : 1; }

typedef struct {
  const axf_axtrain *a;
  uint64_t seed, stream;
} draw;

static void make_cells(void *ctx, double p, axf_cells *to) {
  const draw *d = ctx;
  axf_cells_random(to, d->seed, d->stream, p, d->a->o.fault, (uint8_t)d->a->o.bits);
}

void axf_axtrain_random(const axf_axtrain *a, uint64_t seed, uint64_t stream, axf_cells *c, axf_cells *spare) {
  draw d = {a, seed, stream};
  if (*a->o.except) {
    const axf_rates now = axf_rates_times(&a->rates, a->risen);
    axf_rates_cells(&now, a->net, c, spare, make_cells, &d);
  } else {
    make_cells(&d, a->o.ber * a->risen, c);
  }
}

/* Before round 0: this mini-batch's cells, noise and weight of S. */
static void begin_batch(axf_axtrain *a, const axf_step *at, const axf_params *p) {
  int cells = 0;
  double now = at->epoch + (double)at->step / at->steps;
  for (int i = 0; i < a->rounds; i++)
    cells |= a->round[i].cells;
  a->risen = risen(now, a->o.ber_warmup);
  if (cells && !a->chip && a->o.method != AXF_METHOD_DIE)
    axf_axtrain_random(a, at->seed, axf_axtrain_stream(at, 0), &a->cells, &a->spare);
  memset(a->s, 0, (size_t)a->blocks * sizeof *a->s);
  a->s_batch = -1;
  if (!axf_axtrain_active(a))
    return;
  a->lambda = a->o.weight * risen(now, a->o.warmup);
  if (a->o.form == AXF_ACTIVE_SAMPLED)
    axf_noise_moments(a->noise, a->net, p, &a->drift, &a->square);
  else
    axf_noise_square(a->noise, a->net, p, &a->square);
  if (axf_axtrain_displaced(a)) {
    double share = a->lambda / (a->o.probe * a->o.probe);
    a->round[1].old = 1 - share;
    a->round[1].add = a->round[2].add = share / 2;
    a->round[2].old = 1;
    axf_axtrain_signs(at->seed, axf_axtrain_stream(at, 1), &a->square, axf_params_count(a->net), &a->dir);
  }
}

/* Sum of the blocks' gradients into a->dir. */
static void sum_gradient(axf_axtrain *a, const axf_step *at) {
  size_t count = axf_params_count(a->net);
  float *to = axf_params_block(&a->dir);
  memcpy(to, axf_params_block(&at->grad[0]), count * sizeof *to);
  for (int b = 1; b < at->blocks; b++) {
    const float *from = axf_params_block(&at->grad[b]);
    for (size_t i = 0; i < count; i++)
      to[i] += from[i];
  }
}

/* SAM (Foret et al., ICLR 2021): w + rho g / |g|. */
static void move_sharp(axf_axtrain *a, const axf_step *at, const axf_params *p) {
  size_t count = axf_params_count(a->net);
  const float *w = axf_params_block(p);
  float *g = axf_params_block(&a->dir), *to = axf_params_block(&a->moved);
  double square = 0;
  sum_gradient(a, at);
  for (size_t i = 0; i < count; i++)
    square += (double)(g[i] * g[i]);
  float scale = square > 0 ? (float)(a->o.rho / sqrt(square)) : 0;
  for (size_t i = 0; i < count; i++)
    to[i] = w[i] + scale * g[i];
}

/* Form gradient over the mini-batch: v = E[n^2] G / n. Returns S. */
static double batch_direction(axf_axtrain *a, const axf_step *at) {
  const float *e = axf_params_block(&a->square);
  double s = 0;
  sum_gradient(a, at);
  float *g = axf_params_block(&a->dir), scale = 1.0f / (float)at->n;
  for (size_t i = 0, count = axf_params_count(a->net); i < count; i++) {
    float mean = g[i] * scale;
    g[i] = e[i] * mean;
    s += (double)(g[i] * mean);
  }
  return s;
}

/* w + by v, and for the form sampled around the noise's mean. */
static void move_along(axf_axtrain *a, const axf_params *p, double by) {
  const float *w = axf_params_block(p), *v = axf_params_block(&a->dir), step = (float)by;
  const float *drift = a->o.form == AXF_ACTIVE_SAMPLED ? axf_params_block(&a->drift) : NULL;
  float *to = axf_params_block(&a->moved);
  for (size_t i = 0, count = axf_params_count(a->net); i < count; i++)
    to[i] = w[i] + (drift ? drift[i] : 0) + step * v[i];
}

/* Whether round `at->round` is to be run, and the displaced weights it needs. */
static int begin_round(axf_axtrain *a, const axf_step *at, const axf_params *p) {
  const axf_round *y = &a->round[at->round];
  double loss = 0;
  for (int b = 0; b < at->blocks; b++)
    loss += a->loss[b];
  if (y->low && loss / at->n >= a->o.inject_below)
    return 0;
  if (y->where == AT_SHARP)
    move_sharp(a, at, p);
  if (y->where == AT_PLUS || y->where == AT_MINUS) {
    if (a->lambda <= 0)
      return 0;
    move_along(a, p, y->where == AT_PLUS ? a->o.probe : -a->o.probe);
  }
  if (!y->pass) {
    a->s_batch = batch_direction(a, at);
    return a->lambda > 0 && a->s_batch >= a->o.target;
  }
  return 1;
}

static int begin(void *ctx, const axf_step *at, const axf_params *p, const axf_params **use) {
  axf_axtrain *a = ctx;
  if (at->round == 0) {
    if (at->step == 0 && begin_epoch(a, p))
      return -1;
    begin_batch(a, at, p);
  } else if (at->round == a->rounds || !begin_round(a, at, p)) {
    return 0;
  }
  const axf_round *y = &a->round[at->round];
  const axf_params *from = y->where == AT_TRAINED ? p : &a->moved;
  a->cells_on = y->cells;
  if (a->q) {
    if (y->pass && axf_qpass_weights(a->q, from, at))
      return -1;
    if (y->sensitive || (at->round + 1 < a->rounds && a->round[at->round + 1].sensitive))
      for (int l = 0; l < a->net->nlayers; l++)
        if (p->weight[l]) {
          memcpy(a->grid.weight[l], axf_qpass_values(a->q)->weight[l],
                 axf_weight_count(&a->net->layer[l]) * sizeof(float));
          memcpy(a->grid.bias[l], from->bias[l], (size_t)a->net->layer[l].out_c * sizeof(float));
        }
    a->now = &a->grid;
  } else {
    if (y->grid && y->pass && !(y->cells && a->chip))
      axf_weights_quantised(a->net, from, a->o.code, y->cells ? &a->cells : NULL, &a->grid);
    a->now = y->grid && !(y->cells && a->chip) ? &a->grid : from;
  }
  *use = a->now;
  return 1;
}

void axf_axtrain_codes(void *ctx, const axf_step *at, int l, uint8_t *code, size_t count) {
  axf_axtrain *a = ctx;
  (void)at;
  if (a->cells_on)
    axf_codes_read(a->o.code, &a->cells, a->first[l], code, count);
}

/* After an update: clipping, and the account of S. */
static void after(void *ctx, const axf_step *at, axf_params *p) {
  axf_axtrain *a = ctx;
  if (axf_axtrain_active(a)) {
    double s = 0, loss = 0;
    for (int b = 0; b < at->blocks; b++) {
      s += a->s[b];
      loss += a->loss[b];
    }
    if (axf_axtrain_displaced(a))
      s = (s - 2 * loss) / at->n / (2 * a->o.probe * a->o.probe);
    else
      s = a->s_batch >= 0 ? a->s_batch : s / at->blocks;
    a->s_sum += s;
    a->s_count++;
  }
  for (int l = 0; l < a->net->nlayers && a->o.clip > 0; l++) {
    size_t count = axf_weight_count(&a->net->layer[l]);
    if (!count)
      continue;
    float limit = (float)a->o.clip * sqrtf(2.0f / (float)(count / (size_t)a->net->layer[l].out_c));
    for (size_t i = 0; i < count; i++) {
      float *w = &p->weight[l][i];
      *w = *w > limit ? limit : *w < -limit ? -limit : *w;
    }
  }
}

static double measure(void *ctx, const axf_params *p, const axf_part *d, const uint32_t *index, uint32_t count) {
  axf_axtrain *a = ctx;
  return axf_qpass_method(a->q)->measure(a->q, p, d, index, count);
}

void axf_axtrain_hooks(axf_axtrain *a) {
  a->method = (axf_method){.ctx = a, .text = a->text, .begin = begin, .block = axf_axtrain_block, .after = after};
  if (a->q)
    a->method.measure = measure;
}

double axf_axtrain_sensitivity(axf_axtrain *a) {
  double s = a->s_count ? a->s_sum / (double)a->s_count : -1;
  a->s_sum = 0;
  a->s_count = 0;
  return s;
}

const axf_method *axf_axtrain_method(axf_axtrain *a) { return &a->method; }
axf_qpass *axf_axtrain_qpass(axf_axtrain *a) { return a->q; }
