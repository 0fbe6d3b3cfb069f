/* Training and evaluation of float networks.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The result depends on the net, the data, the options and the seed only, not on the number of threads: a mini-batch is
 * cut into blocks of AXF_BLOCK examples (of 32 or 64 in mini-batches from 256 or 512 on), each block's gradient is
 * computed alone, and the blocks are added in order. */
#ifndef AXF_TRAIN_H
#define AXF_TRAIN_H
#include "data/data.h"
#include "nn/net.h"

#define AXF_BLOCK 16
#define AXF_BLOCK_MOST 64 /* examples of the largest block */

/* ---- options (train_opts.c) ---- */
typedef enum { AXF_SGD, AXF_ADAM } axf_optimiser;
typedef enum { AXF_CONSTANT, AXF_STEP, AXF_COSINE } axf_schedule;
typedef struct {
  axf_optimiser optimiser;
  axf_schedule schedule;
  double lr;          /* peak learning rate */
  double momentum;    /* SGD; Adam uses 0.9 and 0.999 */
  double wd;          /* weight decay of the weights, not of the biases */
  double warmup;      /* epochs of linear rise at the beginning */
  double step_factor; /* schedule step: lr is multiplied by this ... */
  int step_every;     /* ... every so many epochs */
  int batch, epochs;
  uint64_t seed;
  int shift;         /* augmentation: random shift of up to so many pixels, zeros move in */
  int flip;          /* augmentation: random left-right mirror */
  uint32_t validate; /* so many training examples, the last of a seeded shuffle, are held out */
} axf_train_opts;
void axf_train_defaults(axf_train_opts *o);
/* Sets option KEY (lr, momentum, wd, warmup, step-factor, step-every, batch, epochs, seed, shift, flip, validate,
 * optimiser, schedule) from text; `what` begins the message when it is refused. */
int axf_train_set(axf_train_opts *o, const char *what, const char *key, const char *value);
/* Applies a net's `train` line. */
int axf_train_set_net(axf_train_opts *o, const axf_net *n);
/* All options as "--lr 0.1 --momentum 0.9 ...", the same text for the same options. */
void axf_train_text(const axf_train_opts *o, char text[512]);
/* The learning rate of step `step` of an epoch of `steps`. */
float axf_train_lr(const axf_train_opts *o, int epoch, uint32_t step, uint32_t steps);

/* ---- forward and backward of a block of up to `block` examples (pass.c) ---- */
typedef struct {
  const axf_net *net;
  int block;
  float *act[AXF_MAX_LAYERS + 1]; /* act[0] (block, c, h, w) input; act[l+1] (block, out_c, out_h, out_w) of layer l */
  int32_t *arg[AXF_MAX_LAYERS];   /* max pooling: winners, shaped as act[l+1] */
  float *grad[2];                 /* two gradients as large as the largest act */
  float *col;                     /* unfolded input of one image */
  /* Batch normalisation: the block is the group whose statistics normalise it (Hoffer et al. 2017, ghost batches), if
   * batch is 1, as in training; if it is 0, as axf_pass_alloc leaves it, the parameters' mean and var do. */
  int batch;
  float *norm[AXF_MAX_LAYERS];  /* normalised sums, shaped as act[l+1]; NULL for a layer without it */
  float *stats[AXF_MAX_LAYERS]; /* (2, out_c) mean and var that were used */
  float *spare, *nobias;        /* (largest out_c) gradient of biases that nobody wants; zeros */
  void *memory;
} axf_pass;
int axf_pass_alloc(axf_pass *s, const axf_net *n, int block);
void axf_pass_free(axf_pass *s);
/* Runs the first n examples of act[0] through the net; returns the logits (n, classes). */
const float *axf_pass_forward(axf_pass *s, const axf_params *p, int n);
/* After a forward pass: gradient of the summed loss into g (every tensor overwritten, mean and var by the statistics
 * that were used); returns the summed loss and adds the right answers to *right. */
double axf_pass_backward(axf_pass *s, const axf_params *p, int n, const uint8_t *label, axf_params *g, uint32_t *right);
/* Example i of a part as floats (c, h, w): pixels as x/255, features unchanged. */
void axf_example(const axf_part *d, uint32_t i, float *x);
/* In place, by the options; r decides. `spare` holds one example. */
void axf_augment(const axf_part *d, const axf_train_opts *o, axf_rng *r, float *x, float *spare);

/* ---- optimiser (optim.c) ---- */
typedef struct {
  size_t count, chunks;    /* floats of a parameter block; parts of it that are updated in parallel */
  struct axf_chunk *chunk; /* private */
  float *m, *v;            /* (count) first and second moment; v NULL unless Adam */
  uint64_t step;           /* updates done */
} axf_optim;
int axf_optim_alloc(axf_optim *s, const axf_net *n, const axf_train_opts *o);
void axf_optim_free(axf_optim *s);
/* One update of p by the sum of nblocks gradient blocks, in their order, times scale. */
void axf_optim_update(axf_optim *s, const axf_train_opts *o, float lr, float *p, const axf_params *g, int nblocks,
                      float scale);

/* Moves the running statistics of batch normalisation by a tenth towards the mean, over the n examples of a mini-batch,
 * of those that its gradient blocks hold. */
void axf_update_statistics(const axf_net *net, axf_params *p, const axf_params *g, int n);

/* ---- checkpoints (checkpoint.c): parameters, optimiser state, epochs done; container of kind "checkpoint" ---- */
/* The random state needs no place: every draw comes from a stream of (seed, epoch, example). */
int axf_checkpoint_save(const char *path, const char *hash, const axf_net *n, const axf_params *p, const axf_optim *s,
                        int epochs_done);
/* Fails if the file is damaged or belongs to other options, data or net (another hash); p and s are then unchanged. */
int axf_checkpoint_load(const char *path, const char *hash, const axf_net *n, axf_params *p, axf_optim *s,
                        int *epochs_done);

/* ---- the trainer (trainer.c) ---- */
typedef struct {
  int epoch, epochs;       /* epoch counts from 1 */
  double loss, train, val; /* mean loss, accuracies 0..1; val is -1 without held-out examples */
  double per_second, left; /* examples a second, seconds still to go */
} axf_epoch;
typedef enum { AXF_RESUME_AUTO, AXF_RESUME_MUST, AXF_RESUME_NEVER } axf_resume;
typedef struct axf_method axf_method; /* train/method.h */
typedef struct {
  const axf_method *method; /* how a mini-batch's gradient is found; NULL: the plain float pass */
  const axf_params
      *initial; /* parameters to start from (fine-tuning), with initial_sha256; NULL: drawn from the seed */
  const char *initial_sha256; /* of the file they came from: part of the run's identity; NULL: none */
  const char *checkpoint;     /* written after each epoch, removed by the caller; NULL: none */
  axf_resume resume;          /* AUTO: continue if it fits, else say so (on_note) and start again; MUST: else fail */
  int stop_after;             /* return after so many epochs of the run as if interrupted; 0: never */
  int progress;               /* 1: progress on stderr */
  void (*on_epoch)(void *ctx, const axf_epoch *e); /* may be NULL */
  void (*on_note)(void *ctx, const char *text);    /* may be NULL */
  void *ctx;
} axf_train_ctl;
/* Fails with a sentence unless examples of d fit the net's input and its classes. */
int axf_train_fits(const axf_net *n, const axf_part *d, const char *data_name);
/* Initialises and trains p (allocated). *last receives the last epoch's numbers. */
int axf_train(const axf_net *n, axf_params *p, const axf_part *d, const axf_train_opts *o, const axf_train_ctl *ctl,
              axf_epoch *last);

/* ---- evaluation (eval.c) ---- */
/* What axf_eval_blocks does with block b: the logits (n, classes) of examples number example[0..n-1]. Called by several
 * threads at once, each time for another block. */
typedef void (*axf_eval_visit)(void *ctx, size_t b, int n, const uint32_t *example, const float *logits);
#define AXF_EVAL_BLOCK 64
/* Runs `count` examples (index[i], or i if index is NULL) through the net, blocks of AXF_EVAL_BLOCK in parallel; -1 +
 * axf_fail unless they fit the net. */
int axf_eval_blocks(const axf_net *n, const axf_params *p, const axf_part *d, const uint32_t *index, uint32_t count,
                    axf_eval_visit visit, void *ctx);
/* Accuracy 0..1 over `count` examples: index[i], or i if index is NULL; -1 on failure. */
double axf_eval_subset(const axf_net *n, const axf_params *p, const axf_part *d, const uint32_t *index, uint32_t count);
/* Accuracy 0..1 over the whole part; -1 on failure. */
double axf_eval_float(const axf_net *n, const axf_params *p, const axf_part *d);
#endif
