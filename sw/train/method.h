/* How the gradient of a mini-batch is found: the place where training methods plug into the trainer.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Without a method the trainer runs the plain float pass. A method may run a mini-batch several times (rounds), through
 * other weights than the trained ones (quantised, with bit errors, displaced), with its own forward pass, and may
 * change the parameters after the update (clipping). Results must depend on the seed, epoch, step and block number
 * only, never on the worker. */
#ifndef AXF_METHOD_H
#define AXF_METHOD_H
#include "train/train.h"

/* Where the trainer stands. */
typedef struct {
  uint64_t seed;
  int epoch;            /* from 0 */
  uint32_t step, steps; /* mini-batch of the epoch, mini-batches of an epoch */
  int round;            /* pass over this mini-batch, from 0 */
  int n, blocks;        /* examples and blocks of this mini-batch */
  double loss; /* mean loss of the mini-batch before; 1e30 at the first of an epoch, so that a resumed run agrees */
  const axf_params *grad; /* (blocks) what the round before has left; undefined in round 0 */
} axf_step;

struct axf_method {
  void *ctx;
  const char *text; /* everything that decides the result, as options; belongs to the identity of a run */
  int wide;         /* 1: blocks of up to AXF_BLOCK_MOST examples will do, 0: it counts on AXF_BLOCK */
  /* One thread, before each pass over a mini-batch: 1 to run it with the parameters *use (as passed in: the trained
   * ones), 0 if the gradient left by the round before is final, -1 on failure. Round 0 must not answer 0. May be NULL:
   * one round with the trained parameters. */
  int (*begin)(void *ctx, const axf_step *at, const axf_params *p, const axf_params **use);
  /* Forward and backward of block b: as axf_pass_forward and axf_pass_backward, n examples in s->act[0]. Gradient of
   * the summed loss into g. Called by several threads at once, worker 0..axf_threads()-1. NULL: the plain pass. */
  double (*block)(void *ctx, int worker, const axf_step *at, size_t b, axf_pass *s, const axf_params *p, int n,
                  const uint8_t *label, axf_params *g, uint32_t *right);
  /* One thread, after each update of the parameters; may be NULL. */
  void (*after)(void *ctx, const axf_step *at, axf_params *p);
  /* One thread: accuracy 0..1 of parameters p on examples index[0..count-1] of d, -1 on failure: how held-out examples
   * are measured. NULL: the float pass. */
  double (*measure)(void *ctx, const axf_params *p, const axf_part *d, const uint32_t *index, uint32_t count);
};
#endif
