/* Losses under sampled noise.
 * SPDX-License-Identifier: Apache-2.0 */
#include "axtrain/sensitivity.h"
#include "kernels/kernels.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define GAUSS ((uint64_t)1 << 40) /* streams of the multipliers' noise; those of the cells lie below */

typedef struct {
  const axf_part *d;
  int classes;
  double *loss; /* one a block */
} losses;

static void add_losses(void *ctx, size_t b, int n, const uint32_t *example, const float *logits) {
  losses *l = ctx;
  uint32_t right = 0;
  l->loss[b] = axf_softmax_xent(n, l->classes, logits, l->d->label + example[0], NULL, &right);
}

double axf_mean_loss(const axf_net *n, const axf_params *p, const axf_part *d, uint32_t limit) {
  const uint32_t count = limit && limit < d->n ? limit : d->n;
  const size_t blocks = ((size_t)count + AXF_EVAL_BLOCK - 1) / AXF_EVAL_BLOCK;
  losses l = {d, n->classes, axf_alloc(blocks, sizeof(double))};
  double sum = 0;
  int r = l.loss ? axf_eval_blocks(n, p, d, NULL, count, add_losses, &l) : -1;
  for (size_t b = 0; b < blocks && r == 0; b++)
    sum += l.loss[b];
  free(l.loss);
  return r ? -1 : sum / count;
}

/* Only the cells of one layer keep their faults. */
static void only_layer(const axf_net *n, int layer, axf_cells *c) {
  size_t at = 0;
  for (int l = 0; l < n->nlayers; l++) {
    const size_t count = axf_weight_count(&n->layer[l]);
    if (l != layer && count) {
      memset(c->zero + at, 0, count);
      memset(c->one + at, 255, count);
    }
    at += count;
  }
}

/* to += normal noise with the means and variances of each weight's code. */
static void add_gauss(const axf_net *n, const axf_params *p, const axf_sensitivity_opt *o, uint64_t draw,
                      axf_params *to) {
  axf_rng r;
  axf_rng_seed(&r, o->seed, GAUSS | draw);
  for (int l = 0; l < n->nlayers; l++) {
    const axf_layer *y = &n->layer[l];
    if (y->kind == AXF_POOL || (o->layer >= 0 && o->layer != l))
      continue;
    const size_t k = axf_weight_count(y) / (size_t)y->out_c;
    for (int m = 0; m < y->out_c; m++) {
      const float *w = p->weight[l] + (size_t)m * k, step = axf_weight_step(w, k);
      for (size_t i = 0; i < k; i++) {
        const int v = axf_weight_round(w[i], step) + 127;
        to->weight[l][(size_t)m * k + i] +=
            step * (o->gauss->mean[l][v] + sqrtf(o->gauss->var[l][v]) * axf_rng_normal(&r));
      }
    }
  }
}

typedef struct {
  const axf_sensitivity_opt *o;
  uint64_t draw;
} one_draw;

static void make_cells(void *ctx, double p, axf_cells *to) {
  const one_draw *d = ctx;
  axf_cells_random(to, d->o->seed, d->draw, p, d->o->kind, d->o->bits);
}

int axf_sensitivity(const axf_net *n, const axf_params *p, const axf_part *d, uint32_t limit,
                    const axf_sensitivity_opt *o, uint32_t draws, double *loss, double *quiet) {
  axf_params noisy;
  axf_cells cells = {0}, spare = {0};
  memset(&noisy, 0, sizeof noisy);
  int bad = axf_params_alloc(&noisy, n) || axf_cells_alloc(&cells, axf_weight_total(n)) ||
            axf_cells_alloc(&spare, axf_weight_total(n));
  if (!bad) {
    axf_weights_quantised(n, p, o->code, NULL, &noisy);
    bad = (*quiet = axf_mean_loss(n, &noisy, d, limit)) < 0;
  }
  for (uint32_t i = 0; i < draws && !bad; i++) {
    one_draw d1 = {o, i};
    if (o->rates)
      axf_rates_cells(o->rates, n, &cells, &spare, make_cells, &d1);
    else
      make_cells(&d1, o->ber, &cells);
    if (o->layer >= 0)
      only_layer(n, o->layer, &cells);
    axf_weights_quantised(n, p, o->code, o->ber > 0 || o->rates ? &cells : NULL, &noisy);
    if (o->gauss)
      add_gauss(n, p, o, i, &noisy);
    bad = (loss[i] = axf_mean_loss(n, &noisy, d, limit)) < 0;
  }
  axf_cells_free(&cells);
  axf_cells_free(&spare);
  axf_params_free(&noisy);
  return bad ? -1 : 0;
}
