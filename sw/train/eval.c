/* Evaluation of float networks, block by block in parallel.
 * SPDX-License-Identifier: Apache-2.0 */
#include "kernels/kernels.h"
#include "train/train.h"
#include <stdlib.h>

typedef struct {
  const axf_params *p;
  const axf_part *d;
  const uint32_t *index;
  uint32_t count;
  axf_pass *pass; /* one a worker */
  axf_eval_visit visit;
  void *ctx;
} job;

static void run_block(void *ctx, size_t b, int worker) {
  job *j = ctx;
  axf_pass *s = &j->pass[worker];
  const size_t each = (size_t)j->d->c * (size_t)j->d->h * (size_t)j->d->w;
  const uint32_t first = (uint32_t)b * AXF_EVAL_BLOCK;
  const int n = j->count - first < AXF_EVAL_BLOCK ? (int)(j->count - first) : AXF_EVAL_BLOCK;
  uint32_t example[AXF_EVAL_BLOCK];
  for (int i = 0; i < n; i++) {
    example[i] = j->index ? j->index[first + (uint32_t)i] : first + (uint32_t)i;
    axf_example(j->d, example[i], s->act[0] + (size_t)i * each);
  }
  j->visit(j->ctx, b, n, example, axf_pass_forward(s, j->p, n));
}

int axf_eval_blocks(const axf_net *n, const axf_params *p, const axf_part *d, const uint32_t *index, uint32_t count,
                    axf_eval_visit visit, void *ctx) {
  const size_t blocks = ((size_t)count + AXF_EVAL_BLOCK - 1) / AXF_EVAL_BLOCK;
  const int workers = axf_threads();
  if (axf_train_fits(n, d, "the data set"))
    return -1;
  job j = {p, d, index, count, axf_alloc((size_t)workers, sizeof(axf_pass)), visit, ctx};
  int ok = j.pass != NULL;
  for (int w = 0; w < workers && ok; w++)
    ok = axf_pass_alloc(&j.pass[w], n, AXF_EVAL_BLOCK) == 0;
  if (ok)
    axf_parallel_for(blocks, run_block, &j);
  for (int w = 0; w < workers && j.pass; w++)
    axf_pass_free(&j.pass[w]);
  free(j.pass);
  return ok ? 0 : -1;
}

typedef struct {
  const axf_part *d;
  int classes;
  uint32_t *right; /* one a block */
} answers;

static void count_right(void *ctx, size_t b, int n, const uint32_t *example, const float *logits) {
  answers *a = ctx;
  for (int i = 0; i < n; i++)
    a->right[b] += axf_argmax(a->classes, logits + i * a->classes) == a->d->label[example[i]];
}

double axf_eval_subset(const axf_net *n, const axf_params *p, const axf_part *d, const uint32_t *index,
                       uint32_t count) {
  const size_t blocks = ((size_t)count + AXF_EVAL_BLOCK - 1) / AXF_EVAL_BLOCK;
  if (count == 0)
    return axf_fail("there is no example to evaluate");
  answers a = {d, n->classes, axf_alloc(blocks, sizeof(uint32_t))};
  uint64_t right = 0;
  int r = a.right ? axf_eval_blocks(n, p, d, index, count, count_right, &a) : -1;
  for (size_t b = 0; b < blocks && r == 0; b++)
    right += a.right[b];
  free(a.right);
  return r ? -1 : (double)right / count;
}

double axf_eval_float(const axf_net *n, const axf_params *p, const axf_part *d) {
  return axf_eval_subset(n, p, d, NULL, d->n);
}
