/* Losses under sampled noise.
 * SPDX-License-Identifier: Apache-2.0 */
#include "axtrain/sensitivity.h"
#include "kernels/kernels.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK 64 /* examples of one forward pass */

typedef struct {
  const axf_params *p;
  const axf_part *d;
  uint32_t count;
  axf_pass *pass; /* one a worker */
  double *loss;   /* one a block */
} job;

static void loss_block(void *ctx, size_t b, int worker) {
  job *j = ctx;
  axf_pass *s = &j->pass[worker];
  const size_t each = (size_t)j->d->c * (size_t)j->d->h * (size_t)j->d->w;
  const uint32_t first = (uint32_t)b * BLOCK;
  const int n = j->count - first < BLOCK ? (int)(j->count - first) : BLOCK;
  uint32_t right = 0;
  for (int i = 0; i < n; i++)
    axf_example(j->d, first + (uint32_t)i, s->act[0] + (size_t)i * each);
  const float *logits = axf_pass_forward(s, j->p, n);
  j->loss[b] = axf_softmax_xent(n, s->net->classes, logits, j->d->label + first, NULL, &right);
}

double axf_mean_loss(const axf_net *n, const axf_params *p, const axf_part *d, uint32_t limit) {
  const uint32_t count = limit && limit < d->n ? limit : d->n;
  const size_t blocks = ((size_t)count + BLOCK - 1) / BLOCK;
  const int workers = axf_threads();
  if (axf_train_fits(n, d, "the data set"))
    return -1;
  job j = {p, d, count, axf_alloc((size_t)workers, sizeof(axf_pass)), axf_alloc(blocks, sizeof(double))};
  int ok = j.pass && j.loss;
  double sum = 0;
  for (int w = 0; w < workers && ok; w++)
    ok = axf_pass_alloc(&j.pass[w], n, BLOCK) == 0;
  if (ok) {
    axf_parallel_for(blocks, loss_block, &j);
    for (size_t b = 0; b < blocks; b++)
      sum += j.loss[b];
  }
  for (int w = 0; w < workers && j.pass; w++)
    axf_pass_free(&j.pass[w]);
  free(j.pass);
  free(j.loss);
  return ok ? sum / count : -1;
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
  axf_rng_seed(&r, o->seed, draw);
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

int axf_sensitivity(const axf_net *n, const axf_params *p, const axf_part *d, uint32_t limit,
                    const axf_sensitivity_opt *o, uint32_t draws, double *loss, double *quiet) {
  axf_params noisy;
  axf_cells cells = {0, NULL, NULL};
  memset(&noisy, 0, sizeof noisy);
  int bad = axf_params_alloc(&noisy, n) || axf_cells_alloc(&cells, axf_weight_total(n));
  if (!bad) {
    axf_weights_quantised(n, p, o->code, NULL, &noisy);
    bad = (*quiet = axf_mean_loss(n, &noisy, d, limit)) < 0;
  }
  for (uint32_t i = 0; i < draws && !bad; i++) {
    if (o->gauss) {
      axf_weights_quantised(n, p, o->code, NULL, &noisy);
      add_gauss(n, p, o, i, &noisy);
    } else {
      axf_cells_random(&cells, o->seed, i, o->ber, o->kind, o->bits);
      if (o->layer >= 0)
        only_layer(n, o->layer, &cells);
      axf_weights_quantised(n, p, o->code, &cells, &noisy);
    }
    bad = (loss[i] = axf_mean_loss(n, &noisy, d, limit)) < 0;
  }
  axf_cells_free(&cells);
  axf_params_free(&noisy);
  return bad ? -1 : 0;
}
