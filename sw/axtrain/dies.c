/* Accuracy on many dies: the weights' codes are read through each die's cells, then the integer network runs.
 * SPDX-License-Identifier: Apache-2.0 */
#include "axtrain/dies.h"
#include "kernels/qinfer.h"
#include "refmodel/refmodel.h"
#include <stdlib.h>
#include <string.h>

#define STREAM_SPLIT 1000 /* as in train/trainer.c */

/* Puts the model's weights, read through the cells, into the engine. */
static void set_weights(axf_qinfer *e, const axf_model *m, axf_weight_code c, const axf_cells *cells, uint8_t *code) {
  size_t first = 0;
  for (int l = 0; l < m->net.nlayers; l++) {
    size_t count = axf_weight_count(&m->net.layer[l]);
    if (!count)
      continue;
    for (size_t i = 0; i < count; i++)
      code[i] = axf_code(m->q.q[l].w[i]);
    axf_codes_read(c, cells, first, code, count);
    axf_qinfer_weights(e, l, code);
    first += count;
  }
}

typedef struct {
  axf_die die;
  uint8_t bits;
} one_die;

static void make_cells(void *ctx, double p, axf_cells *to) {
  const one_die *d = ctx;
  axf_cells_die(to, &d->die, p, d->bits);
}

int axf_dies_accuracy(const axf_model *m, const axf_part *d, const axf_mult *const mult[], const axf_dies_opt *o,
                      double *accuracy, double *clean) {
  if (!m->quantised)
    return axf_fail("the model of net %s is not quantised: run `axflow quantize` on it first", m->net.name);
  if (o->rates && (o->protect.kind == AXF_PROTECT_PARITY || o->protect.kind == AXF_PROTECT_SECDED))
    return axf_fail("--except is for words without check bits: --protect none or msb1 .. msb7");
  axf_qinfer *e = axf_qinfer_new(&m->net, &m->q, mult);
  axf_cells cells = {0}, spare = {0};
  uint8_t *code = axf_alloc(axf_weight_total(&m->net), 1);
  const size_t all = axf_weight_total(&m->net);
  int64_t right = e && code && axf_cells_alloc(&cells, all) == 0 && axf_cells_alloc(&spare, all) == 0 &&
                          axf_cells_protect(&cells, o->protect) == 0 && axf_cells_protect(&spare, o->protect) == 0
                      ? 0
                      : -1;
  if (right == 0 && clean) {
    right = axf_qinfer_correct(e, d, 0);
    *clean = 100.0 * (double)right / d->n;
  }
  for (uint32_t i = 0; i < o->dies && right >= 0; i++) {
    if (i && o->ber <= 0 && !o->rates) { /* nothing fails: all dies are the same */
      accuracy[i] = accuracy[0];
      continue;
    }
    one_die d1 = {{.die = o->first_die + i, .kind = o->kind, .clustered = o->clustered}, o->bits};
    if (o->rates)
      axf_rates_cells(o->rates, &m->net, &cells, &spare, make_cells, &d1);
    else
      make_cells(&d1, o->ber, &cells);
    set_weights(e, m, o->code, &cells, code);
    right = axf_qinfer_correct(e, d, 0);
    accuracy[i] = 100.0 * (double)right / d->n;
  }
  axf_cells_free(&cells);
  axf_cells_free(&spare);
  free(code);
  axf_qinfer_free(e);
  return right < 0 ? -1 : 0;
}

int axf_held_out(const axf_part *train, uint64_t seed, uint32_t count, axf_part *out) {
  const size_t size = (size_t)train->c * (size_t)train->h * (size_t)train->w;
  if (count == 0 || count >= train->n)
    return axf_fail("%u examples cannot be held out of %u", count, train->n);
  uint32_t *order = axf_alloc(train->n, sizeof *order);
  axf_rng r;
  *out = *train;
  out->n = count;
  out->u8 = train->u8 ? axf_alloc(count * size, 1) : NULL;
  out->f32 = train->f32 ? axf_alloc(count * size, sizeof *out->f32) : NULL;
  out->label = axf_alloc(count, 1);
  if (!order || !out->label || (!out->u8 && !out->f32)) {
    free(order);
    axf_part_free(out);
    return -1;
  }
  for (uint32_t i = 0; i < train->n; i++)
    order[i] = i;
  axf_rng_seed(&r, seed, STREAM_SPLIT);
  axf_rng_shuffle(&r, order, train->n);
  for (uint32_t i = 0; i < count; i++) {
    const size_t from = order[train->n - count + i];
    out->label[i] = train->label[from];
    if (train->u8)
      memcpy(out->u8 + i * size, train->u8 + from * size, size);
    else
      memcpy(out->f32 + i * size, train->f32 + from * size, size * sizeof *out->f32);
  }
  free(order);
  return 0;
}

void axf_part_free(axf_part *p) {
  free(p->u8);
  free(p->f32);
  free(p->label);
  memset(p, 0, sizeof *p);
}
