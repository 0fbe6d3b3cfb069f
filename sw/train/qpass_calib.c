/* Ranges of the activations of the quantised pass, and its accuracy.
 * SPDX-License-Identifier: Apache-2.0
 *
 * An approximate multiplier can make all sums of a layer smaller or larger, which a float pass does not show. So the
 * float pass gives first ranges, and a pass of the integers through the multipliers, whose sums are looked at before
 * they are clamped, gives the ranges that are used. Where every multiplier is exact the first ones are. */
#include "kernels/kernels.h"
#include "refmodel/refmodel.h"
#include "train/qpass_priv.h"
#include <stdlib.h>
#include <string.h>

typedef struct {
  axf_qpass *q;
  const axf_part *d;
  const uint32_t *index;
  uint32_t count;
  uint32_t *right; /* one a block */
} job;

static void run_block(void *ctx, size_t b, int worker) {
  job *j = ctx;
  axf_pass *s = &j->q->w[worker].own;
  const size_t each = j->q->plan[0].in_n;
  const uint32_t first = (uint32_t)b * AXF_BLOCK;
  const int n = j->count - first < AXF_BLOCK ? (int)(j->count - first) : AXF_BLOCK;
  for (int i = 0; i < n; i++)
    axf_example(j->d, j->index ? j->index[first + (uint32_t)i] : first + (uint32_t)i, s->act[0] + (size_t)i * each);
  const float *out = axf_qpass_forward(j->q, worker, s, n);
  for (int i = 0; i < n && j->right; i++) {
    const uint32_t e = j->index ? j->index[first + (uint32_t)i] : first + (uint32_t)i;
    j->right[b] += axf_argmax(s->net->classes, out + i * s->net->classes) == j->d->label[e];
  }
}

double axf_qpass_measure(axf_qpass *q, const axf_part *d, const uint32_t *index, uint32_t count) {
  const size_t blocks = (count + (size_t)AXF_BLOCK - 1) / AXF_BLOCK;
  job j = {q, d, index, count, axf_alloc(blocks, sizeof(uint32_t))};
  uint64_t right = 0;
  if (!j.right)
    return -1;
  axf_parallel_for(blocks, run_block, &j);
  for (size_t b = 0; b < blocks; b++)
    right += j.right[b];
  free(j.right);
  return (double)right / count;
}

/* Histograms of what the sums of each layer stand for, with the ready weights. seen: nlayers + 1. */
static int look(axf_qpass *q, axf_histogram *seen, uint32_t images) {
  const size_t tensors = (size_t)q->o.net->nlayers + 1;
  const size_t blocks = ((size_t)images + AXF_BLOCK - 1) / AXF_BLOCK;
  job j = {.q = q, .d = q->o.train, .count = images};
  size_t largest = 0;
  int r = 0;
  for (int k = 0; k < q->nplans; k++)
    largest = q->plan[k].out_n > largest ? q->plan[k].out_n : largest;
  for (int i = 0; i < q->workers && r == 0; i++) {
    q->w[i].seen = axf_alloc(tensors, sizeof *seen);
    q->w[i].raw = axf_alloc(largest * AXF_BLOCK, sizeof(float));
    r = q->w[i].seen && q->w[i].raw ? 0 : -1;
  }
  for (q->counting = 0; q->counting < 2 && r == 0; q->counting++) {
    axf_parallel_for(blocks, run_block, &j);
    for (size_t t = 1; t < tensors && !q->counting; t++) {
      seen[t].max = 0;
      for (int i = 0; i < q->workers; i++)
        seen[t].max = q->w[i].seen[t].max > seen[t].max ? q->w[i].seen[t].max : seen[t].max;
      for (int i = 0; i < q->workers; i++)
        q->w[i].seen[t].max = seen[t].max;
    }
  }
  for (size_t t = 1; t < tensors && r == 0; t++)
    for (int b = 0; b < AXF_CALIB_BINS; b++) {
      seen[t].count[b] = 0;
      for (int i = 0; i < q->workers; i++)
        seen[t].count[b] += q->w[i].seen[t].count[b];
    }
  for (int i = 0; i < q->workers; i++) {
    free(q->w[i].seen);
    free(q->w[i].raw);
    q->w[i].seen = NULL;
    q->w[i].raw = NULL;
  }
  return r;
}

int axf_qpass_calibrate(axf_qpass *q, const axf_params *p) {
  const axf_net *n = q->o.net;
  const uint32_t wanted = q->o.images ? q->o.images : AXF_CALIB_IMAGES;
  const uint32_t images = wanted < q->o.train->n ? wanted : q->o.train->n;
  const int pixels = q->o.train->u8 != NULL;
  int approximate = 0;
  axf_histogram *seen = axf_alloc((size_t)n->nlayers + 1, sizeof *seen);
  int r = seen ? axf_calib_run(seen, n, p, q->o.train, images) : -1;
  for (int l = 0; l < n->nlayers && q->o.mult; l++)
    approximate |= q->o.mult[l] != NULL;
  if (r == 0)
    axf_quant_scales(&q->limits, n, seen, q->o.calib, pixels);
  if (r == 0 && approximate && (r = axf_qpass_weights(q, p, NULL) || look(q, seen, images)) == 0)
    axf_quant_scales(&q->limits, n, seen, q->o.calib, pixels);
  free(seen);
  return r ? -1 : 0;
}
