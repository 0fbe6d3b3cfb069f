/* The quantised pass: memory, weights of a mini-batch, and the method that plugs into the trainer.
 * SPDX-License-Identifier: Apache-2.0 */
#include "train/qpass.h"
#include "refmodel/refmodel.h"
#include "train/qpass_priv.h"
#include <stdlib.h>
#include <string.h>

static size_t larger(size_t a, size_t b) { return a > b ? a : b; }

/* Lays a worker's arrays out in one block of memory; only counts the bytes while w->memory is NULL. */
static size_t lay_out(const axf_qpass *q, axf_qworker *w) {
  size_t used = 0, map = 1, col = 1, acc = 1, padded = 1;
#define PLACE(pointer, bytes)                                                                                          \
  do {                                                                                                                 \
    if (w->memory)                                                                                                     \
      (pointer) = (void *)((uint8_t *)w->memory + used);                                                               \
    used += ((size_t)(bytes) + 63) / 64 * 64;                                                                          \
  } while (0)
  for (int k = 0; k < q->nplans; k++) {
    const axf_qplan *p = &q->plan[k];
    PLACE(w->code[k], AXF_BLOCK_MOST * p->in_n);
    PLACE(w->pass[k], AXF_BLOCK_MOST * p->out_n);
    if (p->pool && p->pool->pool == AXF_POOL_AVG)
      PLACE(w->before[k], (size_t)AXF_BLOCK_MOST * p->oc * p->P);
    map = larger(map, (size_t)p->oh * p->ow);
    col = larger(col, p->K * p->pitch);
    acc = larger(acc, (size_t)p->oc * p->group * p->P);
    padded = larger(padded, p->padded);
  }
  PLACE(w->code[q->nplans], AXF_BLOCK_MOST * q->plan[q->nplans - 1].out_n);
  PLACE(w->layer.col, col);
  PLACE(w->layer.acc, acc * sizeof(int32_t));
  PLACE(w->layer.padded, padded);
  PLACE(w->layer.agemm, AXF_AGEMM_SCRATCH);
  PLACE(w->v, map * sizeof(int32_t));
  PLACE(w->tmp_code, AXF_BLOCK_MOST);
  PLACE(w->tmp_pass, AXF_BLOCK_MOST);
  PLACE(w->tmp_out, AXF_BLOCK_MOST * sizeof(float));
#undef PLACE
  return used;
}

/* What decides the result: ranges, scales, and the digest of each layer's table. */
static char *identity(const axf_qpass *q) {
  char *text = axf_sprintf("quantised pass, calib %s, images %u, per-tensor %d", axf_calib_name[q->o.calib],
                           q->o.images ? q->o.images : AXF_CALIB_IMAGES, q->o.per_tensor);
  for (int l = 0; l < q->o.net->nlayers && text; l++)
    if (q->o.mult && q->o.mult[l]) {
      char hash[65], *longer;
      axf_sha256_hex(q->o.mult[l]->t, sizeof q->o.mult[l]->t, hash);
      longer = axf_sprintf("%s, %s %s", text, q->o.net->layer[l].name, hash);
      free(text);
      text = longer;
    }
  return text;
}

static int method_begin(void *ctx, const axf_step *at, const axf_params *p, const axf_params **use) {
  axf_qpass *q = ctx;
  (void)use;
  if (at->round > 0)
    return 0;
  if (at->step == 0 && axf_qpass_calibrate(q, p))
    return -1;
  return axf_qpass_weights(q, p, at) ? -1 : 1;
}

static double method_block(void *ctx, int worker, const axf_step *at, size_t b, axf_pass *s, const axf_params *p, int n,
                           const uint8_t *label, axf_params *g, uint32_t *right) {
  (void)at;
  (void)b;
  (void)p;
  return axf_qpass_block(ctx, worker, s, n, label, g, right);
}

static double method_measure(void *ctx, const axf_params *p, const axf_part *d, const uint32_t *index, uint32_t count) {
  return axf_qpass_weights(ctx, p, NULL) ? -1 : axf_qpass_measure(ctx, d, index, count);
}

/* Plans, weights and their memory. */
static int make_plans(axf_qpass *q) {
  const axf_net *n = q->o.net;
  int next, is_signed = q->limits.in_signed;
  q->pmax = 127 * 255;
  for (int l = 0; l < n->nlayers; l = next) {
    const axf_mult *m = q->o.mult ? q->o.mult[l] : NULL;
    const axf_agemm *agemm = axf_qtables_get(&q->tables, m, is_signed);
    axf_qplan *p = &q->plan[q->nplans];
    if (!agemm)
      return -1;
    q->nplans++;
    if (axf_qplan_init(p, n, &q->q, l, agemm, AXF_BLOCK_MOST, &next) ||
        !(q->wcode[q->nplans - 1] = axf_alloc((size_t)p->oc * p->K, 1)))
      return -1;
    q->pmax = m && m->pmax > q->pmax ? m->pmax : q->pmax;
    is_signed = axf_quant_out_signed(&q->limits, n, l);
  }
  return axf_ref_check_overflow(n, NULL, q->pmax, 32);
}

static int make_workers(axf_qpass *q) {
  q->workers = axf_threads();
  if (!(q->w = axf_alloc((size_t)q->workers, sizeof *q->w)))
    return -1;
  for (int i = 0; i < q->workers; i++)
    if (!(q->w[i].memory = axf_alloc(lay_out(q, &q->w[i]), 1)) || lay_out(q, &q->w[i]) == 0 ||
        axf_pass_alloc(&q->w[i].own, q->o.net, AXF_BLOCK))
      return -1;
  return 0;
}

axf_qpass *axf_qpass_new(const axf_qpass_opt *o) {
  if (axf_net_has_bn(o->net)) {
    axf_fail("net %s has batch normalisation: train it in float, then fine-tune the model (--init), which folds it",
             o->net->name);
    return NULL;
  }
  axf_qpass *q = axf_alloc(1, sizeof *q);
  if (!q)
    return NULL;
  q->o = *o;
  axf_quant_narrow(&q->limits, o->net, o->mult);
  q->limits.in_signed = !o->train->u8 || q->limits.narrow[0];
  if (axf_train_fits(o->net, o->train, "the calibration data") || axf_quant_alloc(&q->q, o->net, 8) ||
      axf_params_alloc(&q->value, o->net) || make_plans(q) || make_workers(q) || !(q->text = identity(q))) {
    axf_qpass_free(q);
    return NULL;
  }
  q->method = (axf_method){
      .ctx = q, .text = q->text, .wide = 1, .begin = method_begin, .block = method_block, .measure = method_measure};
  return q;
}

void axf_qpass_free(axf_qpass *q) {
  if (!q)
    return;
  for (int i = 0; i < q->workers && q->w; i++) {
    axf_pass_free(&q->w[i].own);
    free(q->w[i].memory);
  }
  free(q->w);
  for (int k = 0; k < q->nplans; k++) {
    axf_qplan_free(&q->plan[k]);
    free(q->wcode[k]);
  }
  axf_qtables_free(&q->tables);
  axf_params_free(&q->value);
  axf_qnet_free(&q->q);
  free(q->text);
  free(q);
}

const axf_method *axf_qpass_method(axf_qpass *q) { return &q->method; }
const axf_qnet *axf_qpass_qnet(const axf_qpass *q) { return &q->q; }
const axf_params *axf_qpass_values(const axf_qpass *q) { return &q->value; }

const uint8_t *axf_qpass_codes(const axf_qpass *q, int worker, int l) {
  for (int k = 0; k < q->nplans; k++)
    if (q->plan[k].l == l)
      return q->w[worker].code[k + 1];
  return q->w[worker].code[0];
}

/* The value of every code of map m of plan k. */
static void values(const axf_qpass *q, int k, int m, float *restrict to) {
  const axf_qplan *p = &q->plan[k];
  const double step = axf_quant_weight_step(q->o.net, &q->q, p->l, m);
  const uint8_t *restrict code = q->wcode[k] + (size_t)m * p->K;
  const int K = p->K;
  for (int i = 0; i < K; i++) {
    const int minus = -(code[i] >> 7);
    to[i] = (float)((((code[i] & 127) ^ minus) - minus) * step);
  }
}

/* Weights of plan k, ready to run. */
static void ready_layer(void *ctx, size_t k, int worker) {
  axf_qpass *q = ctx;
  const axf_qplan *p = &q->plan[k];
  (void)worker;
  axf_agemm_weights_set(&q->plan[k].ready, p->agemm, q->wcode[k]);
  for (int m = 0; m < p->oc; m++)
    values(q, (int)k, m, q->value.weight[p->l] + (size_t)m * p->K);
}

/* 1 if all parameters are finite. */
static int all_finite(const axf_net *n, const axf_params *p) {
  const uint32_t *bits = (const void *)axf_params_block(p), exponent = 0x7f800000;
  const size_t count = axf_params_count(n);
  uint32_t bad = 0;
  for (size_t i = 0; i < count; i++)
    bad |= (bits[i] & exponent) == exponent;
  return !bad;
}

int axf_qpass_weights(axf_qpass *q, const axf_params *p, const axf_step *at) {
  if (!all_finite(q->o.net, p))
    return axf_fail("training diverged (a parameter is no number): a smaller --lr may help");
  axf_quant_net(&q->q, q->o.net, p, &q->limits, q->o.per_tensor);
  if (axf_ref_check_overflow(q->o.net, &q->q, q->pmax, 32))
    return -1;
  for (int k = 0; k < q->nplans; k++) {
    const axf_qplan *y = &q->plan[k];
    const size_t count = (size_t)y->oc * y->K;
    const int8_t *restrict v = y->q->w;
    uint8_t *restrict code = q->wcode[k];
    for (size_t i = 0; i < count; i++) {
      const int8_t sign = (int8_t)(v[i] >> 7); /* 0 or -1 */
      code[i] = (uint8_t)((uint8_t)((v[i] ^ sign) - sign) | (sign & 0x80));
    }
    if (at && q->o.codes)
      q->o.codes(q->o.ctx, at, y->l, q->wcode[k], count);
  }
  axf_parallel_for((size_t)q->nplans, ready_layer, q);
  return 0;
}

int axf_qpass_finish(axf_qpass *q, const axf_params *p, axf_qnet *out) {
  if (axf_qpass_calibrate(q, p) || axf_qpass_weights(q, p, NULL) || axf_quant_alloc(out, q->o.net, 8))
    return -1;
  axf_quant_net(out, q->o.net, p, &q->limits, q->o.per_tensor);
  return 0;
}
