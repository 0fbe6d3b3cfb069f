/* Fast inference: prepares each layer and its multiplier, cuts a batch into chunks and runs them in parallel. Chunks
 * do not touch each other, so the result does not depend on the number of threads. SPDX-License-Identifier: Apache-2.0
 */
#include "kernels/qinfer.h"
#include "kernels/qlayer.h"
#include "kernels/qtables.h"
#include "refmodel/refmodel.h"
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK 128 /* images of one task */

struct axf_qinfer {
  const axf_net *net;
  int nplans;
  axf_qplan plan[AXF_MAX_LAYERS];
  axf_qtables tables;
  size_t max_act, max_col, max_acc, max_padded; /* scratch of one chunk: codes of one image, bytes, sums, bytes */
};

/* Scratch of one worker. */
typedef struct {
  uint8_t *act[2]; /* (CHUNK, max_act) */
  axf_qscratch layer;
} scratch;

typedef struct {
  const axf_qinfer *e;
  scratch s[64];
  size_t images;
  const uint8_t *in;    /* (images, c, h, w), or */
  const axf_part *part; /* ... the examples themselves */
  uint8_t *cls;
  uint8_t *const *out;
  _Atomic int64_t correct;
} job;

static size_t larger(size_t a, size_t b) { return a > b ? a : b; }

axf_qinfer *axf_qinfer_new(const axf_net *n, const axf_qnet *q, const axf_mult *const mult[]) {
  axf_qinfer *e = axf_alloc(1, sizeof *e);
  uint32_t pmax = 127 * 255;
  int next;
  if (!e)
    return NULL;
  e->net = n;
  for (int l = 0; l < n->nlayers; l = next) {
    axf_qplan *p = &e->plan[e->nplans++];
    const axf_mult *m = mult ? mult[l] : NULL;
    if (m && m->is_signed && !q->q[l].in_signed) {
      axf_fail("layer %s: multiplier '%s' is signed and takes activations 0..127, the layer's are 0..255",
               n->layer[l].name, m->name);
      goto fail;
    }
    const axf_agemm *agemm = axf_qtables_get(&e->tables, m, q->q[l].in_signed);
    if (!agemm || axf_qplan_init(p, n, q, l, agemm, CHUNK, &next) < 0)
      goto fail;
    pmax = m && m->pmax > pmax ? m->pmax : pmax;
    e->max_act = larger(e->max_act, larger(p->in_n, p->out_n));
    e->max_col = larger(e->max_col, p->K * p->pitch);
    e->max_acc = larger(e->max_acc, (size_t)p->oc * p->group * p->P);
    e->max_padded = larger(e->max_padded, p->padded);
  }
  if (axf_ref_check_overflow(n, q, pmax, 32) < 0)
    goto fail;
  return e;
fail:
  axf_qinfer_free(e);
  return NULL;
}

void axf_qinfer_free(axf_qinfer *e) {
  if (!e)
    return;
  for (int i = 0; i < e->nplans; i++)
    axf_qplan_free(&e->plan[i]);
  axf_qtables_free(&e->tables);
  free(e);
}

void axf_qinfer_weights(axf_qinfer *e, int l, const uint8_t *code) {
  for (int i = 0; i < e->nplans; i++)
    if (e->plan[i].l == l)
      axf_agemm_weights_set(&e->plan[i].ready, e->plan[i].agemm, code);
}

void axf_qinfer_input(const axf_qinfer *e, const axf_part *p, size_t first, size_t images, uint8_t *codes) {
  size_t size = (size_t)p->c * p->h * p->w;
  if (p->u8) {
    axf_ref_input_u8(p->u8 + first * size, images * size, e->plan[0].q->in_signed, codes);
    return;
  }
  for (size_t i = 0; i < images * size; i++) {
    int16_t v;
    axf_ref_input_f32(p->f32 + first * size + i, 1, e->plan[0].q->s_in, &v);
    codes[i] = axf_code(v);
  }
}

/* Index of the largest value, the lowest on a tie. */
static uint8_t class_of(const axf_qplan *last, const uint8_t *codes) {
  int best = 0, best_v = 0;
  for (int i = 0; i < (int)last->out_n; i++) {
    int v = last->q->out_signed ? axf_code_value(codes[i]) : codes[i];
    if (i == 0 || v > best_v) {
      best = i;
      best_v = v;
    }
  }
  return (uint8_t)best;
}

/* Chunk i of a job: all layers, then the classes. */
static void run_chunk(void *ctx, size_t i, int worker) {
  job *j = ctx;
  const axf_qinfer *e = j->e;
  scratch *s = &j->s[worker];
  const size_t first = i * CHUNK, left = j->images - first;
  const int images = left < CHUNK ? (int)left : CHUNK;
  const uint8_t *x;
  if (j->part) {
    axf_qinfer_input(e, j->part, first, (size_t)images, s->act[1]);
    x = s->act[1];
  } else {
    x = j->in + first * e->plan[0].in_n;
  }
  for (int k = 0; k < e->nplans; k++) {
    const axf_qplan *p = &e->plan[k];
    axf_qplan_run(p, x, images, s->act[k & 1], &s->layer);
    x = s->act[k & 1];
    if (j->out && j->out[p->l])
      memcpy(j->out[p->l] + first * p->out_n, x, (size_t)images * p->out_n);
  }
  const axf_qplan *last = &e->plan[e->nplans - 1];
  int64_t correct = 0;
  for (int b = 0; b < images; b++) {
    uint8_t c = class_of(last, x + b * last->out_n);
    if (j->cls)
      j->cls[first + b] = c;
    correct += j->part && c == j->part->label[first + b];
  }
  atomic_fetch_add(&j->correct, correct);
}

static int run_job(job *j) {
  const axf_qinfer *e = j->e;
  int workers = axf_threads(), failed = 0;
  for (int i = 0; i < workers; i++) {
    scratch *s = &j->s[i];
    s->act[0] = axf_alloc(e->max_act, CHUNK);
    s->act[1] = axf_alloc(e->max_act, CHUNK);
    s->layer.col = axf_alloc(e->max_col, 1);
    s->layer.acc = axf_alloc(e->max_acc, sizeof *s->layer.acc);
    s->layer.padded = axf_alloc(e->max_padded, 1);
    s->layer.agemm = axf_alloc(AXF_AGEMM_SCRATCH, 1);
    failed |= !s->act[0] || !s->act[1] || !s->layer.col || !s->layer.acc || !s->layer.padded || !s->layer.agemm;
  }
  if (!failed)
    axf_parallel_for((j->images + CHUNK - 1) / CHUNK, run_chunk, j);
  for (int i = 0; i < workers; i++) {
    free(j->s[i].act[0]);
    free(j->s[i].act[1]);
    free(j->s[i].layer.col);
    free(j->s[i].layer.acc);
    free(j->s[i].layer.padded);
    free(j->s[i].layer.agemm);
  }
  return failed ? -1 : 0;
}

int axf_qinfer_run(const axf_qinfer *e, const uint8_t *in, size_t images, uint8_t *cls,
                   uint8_t *const out[AXF_MAX_LAYERS]) {
  job j = {.e = e, .images = images, .in = in, .cls = cls, .out = out};
  return run_job(&j);
}

int64_t axf_qinfer_correct(const axf_qinfer *e, const axf_part *p, uint32_t limit) {
  const axf_net *n = e->net;
  job j = {.e = e, .images = limit && limit < p->n ? limit : p->n, .part = p};
  if (!axf_net_takes(n, p->c, p->h, p->w))
    return axf_fail("net %s takes %d x %d x %d, the data is %d x %d x %d", n->name, n->c, n->h, n->w, p->c, p->h, p->w);
  if (!axf_ref_input_fits(e->plan[0].q, p->u8 != NULL))
    return axf_fail("net %s is quantised for %s, the data is %s", n->name,
                    e->plan[0].q->in_signed ? "signed features" : "bytes", p->u8 ? "bytes" : "features");
  return run_job(&j) < 0 ? -1 : j.correct;
}
