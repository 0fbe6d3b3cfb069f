/* From float parameters and calibrated ranges to the integers of docs/arithmetic.md.
 * SPDX-License-Identifier: Apache-2.0
 *
 * With real activations x = s_in * a, weights W = s_w * w and outputs y = s_out * q, the requantiser must multiply by
 * s_in * s_w / (s_out * G), G the size of an average-pooling window. That ratio is rounded to mult / 2^shift FIRST and
 * the weight scale is then taken from the pair, s_w = mult / 2^shift * s_out * G / s_in: the eight bits of mult cost a
 * little of the weights' range (under half a step) and no accuracy of the scale. */
#include "quant/quant.h"
#include "quant/calib.h"
#include "refmodel/refmodel.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BIAS_BITS 27 /* G * |bias| stays below 2^27: the products keep nearly the whole accumulator */

#define TILE 64

static double round_half_up(double x) { return floor(x + 0.5); }

void axf_quant_pair(double ratio, uint8_t *mult, uint8_t *shift) {
  int exponent;
  double m = round_half_up(ldexp(frexp(ratio, &exponent), 8)); /* 128..256 */
  int s = 8 - exponent;
  if (m > 255) {
    m = 128;
    s--;
  }
  if (s > 39) {
    m = round_half_up(ldexp(ratio, 39));
    s = 39;
  }
  if (s < 1 || !isfinite(ratio)) {
    m = 255;
    s = 1;
  }
  *mult = (uint8_t)(m < 1 ? 1 : m > 255 ? 255 : m);
  *shift = (uint8_t)s;
}

/* Weight scale of maps m .. m+maps-1 of layer l, before it is fitted to a pair: the largest weight becomes 127, and the
 * biases fit. */
static double weight_scale(const axf_layer *L, const float *weight, const float *bias, int m, int maps, double s_in,
                           double group) {
  size_t K = (size_t)L->in_c * L->ky * L->kx;
  double by_weight = (double)axf_max_magnitude(weight + m * K, maps * K) / 127;
  double by_bias = (double)axf_max_magnitude(bias + m, (size_t)maps) * group / (s_in * (1 << BIAS_BITS));
  return by_weight > by_bias ? by_weight : by_bias;
}

/* Quantises map m with the scale already in q->mult[m], q->shift[m]. */
static void quantise_map(axf_qlayer *q, const axf_layer *L, const float *weight, const float *bias, int m,
                         double group) {
  size_t K = (size_t)L->in_c * L->ky * L->kx;
  double s_w = ldexp(q->mult[m], -q->shift[m]) * (double)q->s_out * group / (double)q->s_in;
  const float *restrict from = weight + m * K;
  int8_t *restrict to = q->w + m * K;
  for (size_t first = 0; first < K; first += TILE) { /* in steps that the compiler can vectorise */
    const int n = K - first < TILE ? (int)(K - first) : TILE;
    double w[TILE];
    int32_t code[TILE];
    for (int k = 0; k < n; k++)
      w[k] = (double)from[first + k] / s_w;
    for (int k = 0; k < n; k++) {
      const double low = w[k] < -127 ? -127 : w[k];
      w[k] = round_half_up(low > 127 ? 127 : low);
    }
    for (int k = 0; k < n; k++)
      code[k] = (int32_t)w[k];
    for (int k = 0; k < n; k++)
      to[first + k] = (int8_t)code[k];
  }
  q->bias[m] = (int32_t)round_half_up((double)bias[m] / ((double)q->s_in * s_w));
}

int axf_quant_alloc(axf_qnet *q, const axf_net *n, int W) {
  memset(q, 0, sizeof *q);
  for (int l = 0; l < n->nlayers; l++) {
    const axf_layer *L = &n->layer[l];
    axf_qlayer *y = &q->q[l];
    if (L->kind == AXF_POOL)
      continue;
    if (W == 16)
      y->w16 = axf_alloc(axf_weight_count(L), sizeof *y->w16);
    else
      y->w = axf_alloc(axf_weight_count(L), 1);
    y->bias = axf_alloc((size_t)L->out_c, sizeof *y->bias);
    y->mult = axf_alloc((size_t)L->out_c, 1);
    y->shift = axf_alloc((size_t)L->out_c, 1);
    if ((!y->w && !y->w16) || !y->bias || !y->mult || !y->shift) {
      axf_qnet_free(q);
      return -1;
    }
  }
  return 0;
}

/* Layer l; q->s_in, q->in_signed, q->out_signed are set. limit: the magnitude of the largest output code. */
static void quantise_layer(axf_qlayer *q, const axf_net *n, const axf_params *p, int l, int per_tensor, double limit) {
  const axf_layer *L = &n->layer[l];
  int c, h, w, next = axf_ref_shape(n, l, &c, &h, &w);
  const axf_layer *pool = next == l + 2 ? L + 1 : NULL;
  double group = pool && pool->pool == AXF_POOL_AVG ? (double)pool->window * pool->window : 1;
  double whole = weight_scale(L, p->weight[l], p->bias[l], 0, c, (double)q->s_in, group);
  double unit = (double)q->s_in * (whole > 0 ? whole : 1) / group; /* s_out at which the ratio is 1 */
  double s_out = limit / (q->out_signed ? 127 : 255);
  q->s_out = (float)(s_out > unit / 64 ? s_out : s_out > 0 ? unit / 64 : unit);
  for (int m = 0; m < c; m++) {
    double s_w = per_tensor ? whole : weight_scale(L, p->weight[l], p->bias[l], m, 1, (double)q->s_in, group);
    if (s_w < whole / (1 << 20)) /* a map of (nearly) nothing */
      s_w = whole > 0 ? whole / (1 << 20) : 1;
    axf_quant_pair((double)q->s_in * s_w / ((double)q->s_out * group), &q->mult[m], &q->shift[m]);
    quantise_map(q, L, p->weight[l], p->bias[l], m, group);
  }
}

void axf_quant_scales(axf_quant_limits *s, const axf_net *n, const axf_histogram *seen, axf_calib rule, int images) {
  int c, h, w, next;
  double features = axf_calib_limit(&seen[0], rule, 127);
  s->in_signed = !images || s->narrow[0];
  s->s_in =
      images ? (s->in_signed ? AXF_REF_NARROW_STEP : 1.0f / 255.0f) : (float)((features > 0 ? features : 1) / 127);
  for (int l = 0; l < n->nlayers; l = next) {
    next = axf_ref_shape(n, l, &c, &h, &w);
    s->limit[l] = axf_calib_limit(&seen[l + 1], next == n->nlayers ? AXF_CALIB_RANGE : rule,
                                  axf_quant_out_signed(s, n, l) ? 127 : 255);
  }
}

void axf_quant_net(axf_qnet *q, const axf_net *n, const axf_params *p, const axf_quant_limits *s, int per_tensor) {
  float s_in = s->s_in;
  int is_signed = s->in_signed, c, h, w, next;
  for (int l = 0; l < n->nlayers; l = next) {
    axf_qlayer *y = &q->q[l];
    next = axf_ref_shape(n, l, &c, &h, &w);
    y->s_in = s_in;
    y->in_signed = is_signed;
    y->out_signed = axf_quant_out_signed(s, n, l);
    quantise_layer(y, n, p, l, per_tensor, s->limit[l]);
    s_in = y->s_out;
    is_signed = y->out_signed;
  }
}

double axf_quant_weight_step(const axf_net *n, const axf_qnet *q, int l, int m) {
  const axf_qlayer *y = &q->q[l];
  int c, h, w, next = axf_ref_shape(n, l, &c, &h, &w);
  const axf_layer *pool = next == l + 2 ? &n->layer[l + 1] : NULL;
  double group = pool && pool->pool == AXF_POOL_AVG ? (double)pool->window * pool->window : 1;
  return ldexp(y->mult[m], -y->shift[m]) * (double)y->s_out * group / (double)y->s_in;
}

static int quantise_all(axf_qnet *q, const axf_model *m, const axf_part *train, const axf_quant_opt *o,
                        const axf_histogram *seen) {
  axf_quant_limits s;
  axf_params folded;
  if (axf_params_alloc(&folded, &m->net))
    return -1;
  axf_params_fold(&folded, &m->net, &m->params);
  axf_quant_narrow(&s, &m->net, o->mult);
  axf_quant_scales(&s, &m->net, seen, o->calib, train->u8 != NULL);
  int r = axf_quant_alloc(q, &m->net, 8);
  if (r == 0)
    axf_quant_net(q, &m->net, &folded, &s, o->per_tensor);
  axf_params_free(&folded);
  if (r < 0)
    return -1;
  return axf_ref_check_overflow(&m->net, q, o->pmax > 255 * 255 ? o->pmax : 255 * 255, 32);
}

int axf_quantise(axf_model *m, const axf_part *train, const axf_quant_opt *o) {
  axf_qnet q;
  memset(&q, 0, sizeof q);
  axf_qnet_free(&m->q);
  m->quantised = 0;
  axf_histogram *seen = axf_alloc((size_t)m->net.nlayers + 1, sizeof *seen);
  int r = seen ? axf_calib_run(seen, &m->net, &m->params, train, o->images ? o->images : AXF_CALIB_IMAGES) : -1;
  if (r == 0)
    r = quantise_all(&q, m, train, o, seen);
  free(seen);
  if (r < 0) {
    axf_qnet_free(&q);
    return -1;
  }
  m->q = q;
  m->quantised = 1;
  return 0;
}
