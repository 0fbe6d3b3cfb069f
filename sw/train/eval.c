/* Float accuracy, block by block in parallel.
 * SPDX-License-Identifier: Apache-2.0 */
#include "kernels/kernels.h"
#include "train/train.h"
#include <stdlib.h>

#define EVAL_BLOCK 64

typedef struct {
  const axf_params *p;
  const axf_part *d;
  const uint32_t *index;
  uint32_t count;
  axf_pass *pass;  /* one a worker */
  uint32_t *right; /* one a block */
} job;

static void eval_block(void *ctx, size_t b, int worker) {
  job *j = ctx;
  axf_pass *s = &j->pass[worker];
  size_t each = (size_t)j->d->c * (size_t)j->d->h * (size_t)j->d->w;
  uint32_t first = (uint32_t)b * EVAL_BLOCK;
  int n = j->count - first < EVAL_BLOCK ? (int)(j->count - first) : EVAL_BLOCK;
  for (int i = 0; i < n; i++)
    axf_example(j->d, j->index ? j->index[first + (uint32_t)i] : first + (uint32_t)i, s->act[0] + (size_t)i * each);
  const float *logits = axf_pass_forward(s, j->p, n);
  for (int i = 0; i < n; i++) {
    uint32_t e = j->index ? j->index[first + (uint32_t)i] : first + (uint32_t)i;
    j->right[b] += axf_argmax(s->net->classes, logits + i * s->net->classes) == j->d->label[e];
  }
}

double axf_eval_subset(const axf_net *n, const axf_params *p, const axf_part *d, const uint32_t *index,
                       uint32_t count) {
  size_t blocks = (count + (size_t)EVAL_BLOCK - 1) / EVAL_BLOCK;
  int workers = axf_threads(), ok = 1;
  if (count == 0 || axf_train_fits(n, d, "the data set"))
    return count ? -1 : axf_fail("there is no example to evaluate");
  job j = {p, d, index, count, axf_alloc((size_t)workers, sizeof(axf_pass)), axf_alloc(blocks, sizeof(uint32_t))};
  for (int w = 0; w < workers && ok; w++)
    ok = j.pass && j.right && axf_pass_alloc(&j.pass[w], n, EVAL_BLOCK) == 0;
  uint64_t right = 0;
  if (ok) {
    axf_parallel_for(blocks, eval_block, &j);
    for (size_t b = 0; b < blocks; b++)
      right += j.right[b];
  }
  for (int w = 0; w < workers && j.pass; w++)
    axf_pass_free(&j.pass[w]);
  free(j.pass);
  free(j.right);
  return ok ? (double)right / count : -1;
}

double axf_eval_float(const axf_net *n, const axf_params *p, const axf_part *d) {
  return axf_eval_subset(n, p, d, NULL, d->n);
}
