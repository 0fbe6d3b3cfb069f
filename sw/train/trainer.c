/* The training loop: epochs of mini-batches, each cut into blocks that the threads share.
 * SPDX-License-Identifier: Apache-2.0 */
#include "train/method.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LARGE 131072 /* weights: half a megabyte, half of a usual second-level cache */

/* Streams of the seed. Layers take 0..63 for their initial weights. */
#define STREAM_SPLIT 1000
#define STREAM_ORDER 1001                  /* + epoch */
#define STREAM_EXAMPLE ((uint64_t)1 << 32) /* * (epoch + 1) + example */

typedef struct {
  const axf_net *net;
  axf_params *p;
  const axf_part *d;
  const axf_train_opts *o;
  axf_optim optim;
  int workers, blocks; /* blocks of a full mini-batch */
  int block;           /* examples of a block */
  axf_pass *pass;      /* (workers) */
  float *spare;        /* (workers, c, h, w) for the augmentation */
  axf_params *grad;    /* (blocks) */
  double *loss;        /* (blocks) */
  uint32_t *right;     /* (blocks) */
  uint32_t *split;     /* (n) a seeded shuffle; the last o->validate are held out */
  uint32_t *order;     /* (ntrain) of this epoch */
  uint32_t ntrain;
  int epoch;
  const uint32_t *batch; /* the current mini-batch */
  int batch_n;
  const axf_method *method;
  axf_step at;           /* for the method: where the trainer stands */
  const axf_params *use; /* parameters of this pass over the mini-batch */
} trainer;

/* Examples of a block. Each block writes a gradient of its own. So a large mini-batch is cut into larger blocks, eight
 * of them, and into two or more of up to AXF_BLOCK_MOST where gradients would push each other out of a core's cache.
 * Most methods, and batch normalisation, count on AXF_BLOCK. */
static int block_size(const axf_net *n, int batch, const axf_method *method) {
  size_t weights = 0;
  for (int l = 0; l < n->nlayers; l++)
    weights += n->layer[l].kind == AXF_POOL ? 0 : axf_weight_count(&n->layer[l]);
  int times = batch / ((weights > LARGE ? 2 : 8) * AXF_BLOCK);
  if ((method && !method->wide) || axf_net_has_bn(n) || times < 1)
    return AXF_BLOCK;
  return times * AXF_BLOCK < AXF_BLOCK_MOST ? times * AXF_BLOCK : AXF_BLOCK_MOST;
}

static size_t example_size(const trainer *t) { return (size_t)t->d->c * (size_t)t->d->h * (size_t)t->d->w; }

/* One block: inputs, forward, backward into the block's own gradient. */
static void run_block(void *ctx, size_t b, int worker) {
  trainer *t = ctx;
  axf_pass *s = &t->pass[worker];
  const uint32_t *index = t->batch + b * (size_t)t->block;
  int left = t->batch_n - (int)b * t->block, n = left < t->block ? left : t->block;
  size_t size = example_size(t);
  uint8_t label[AXF_BLOCK_MOST];
  for (int i = 0; i < n; i++) {
    float *x = s->act[0] + (size_t)i * size;
    axf_example(t->d, index[i], x);
    label[i] = t->d->label[index[i]];
    if (t->o->shift || t->o->flip) {
      axf_rng r;
      axf_rng_seed(&r, t->o->seed, STREAM_EXAMPLE * (uint64_t)(t->epoch + 1) + index[i]);
      axf_augment(t->d, t->o, &r, x, t->spare + (size_t)worker * size);
    }
  }
  t->right[b] = 0;
  if (t->method && t->method->block) {
    t->loss[b] = t->method->block(t->method->ctx, worker, &t->at, b, s, t->use, n, label, &t->grad[b], &t->right[b]);
    return;
  }
  axf_pass_forward(s, t->use, n);
  t->loss[b] = axf_pass_backward(s, t->use, n, label, &t->grad[b], &t->right[b]);
}

/* All passes over the current mini-batch: one, unless the method asks for more. */
static int run_batch(trainer *t, int blocks) {
  const axf_method *m = t->method;
  t->at.n = t->batch_n;
  t->at.blocks = blocks;
  t->at.grad = t->grad;
  for (t->at.round = 0;; t->at.round++) {
    t->use = t->p;
    int go = m && m->begin ? m->begin(m->ctx, &t->at, t->p, &t->use) : t->at.round == 0;
    if (go <= 0)
      return go;
    axf_parallel_for((size_t)blocks, run_block, t);
  }
}

/* One epoch; the sums of loss and right answers come back in *loss and *right. */
static int run_epoch(trainer *t, axf_progress *bar, double *loss, uint64_t *right) {
  uint32_t batch = (uint32_t)t->o->batch, steps = (t->ntrain + batch - 1) / batch;
  axf_rng r;
  *loss = 0;
  *right = 0;
  memcpy(t->order, t->split, t->ntrain * sizeof *t->order);
  axf_rng_seed(&r, t->o->seed, STREAM_ORDER + (uint64_t)t->epoch);
  axf_rng_shuffle(&r, t->order, t->ntrain);
  for (uint32_t step = 0; step < steps; step++) {
    uint32_t first = step * batch, n = t->ntrain - first < batch ? t->ntrain - first : batch;
    int blocks = ((int)n + t->block - 1) / t->block;
    t->batch = t->order + first;
    t->batch_n = (int)n;
    t->at.epoch = t->epoch;
    t->at.loss = step ? t->at.loss : 1e30;
    t->at.step = step;
    t->at.steps = steps;
    if (run_batch(t, blocks))
      return -1;
    double sum = 0;
    for (int b = 0; b < blocks; b++) {
      sum += t->loss[b];
      *right += t->right[b];
    }
    *loss += sum;
    t->at.loss = sum / n;
    axf_optim_update(&t->optim, t->o, axf_train_lr(t->o, t->epoch, step, steps), axf_params_block(t->p), t->grad,
                     blocks, 1.0f / (float)n);
    axf_update_statistics(t->net, t->p, t->grad, (int)n);
    if (t->method && t->method->after)
      t->method->after(t->method->ctx, &t->at, t->p);
    if (bar)
      axf_progress_update(bar, first + n, NULL);
  }
  return 0;
}

/* The options, net, data and initial state in one hash: a checkpoint of another run does not fit. */
static int run_hash(const trainer *t, const axf_train_ctl *ctl, char hash[65]) {
  char text[512];
  axf_train_text(t->o, text);
  char *all = axf_sprintf("axflow %s block %d\n%s\n%s\n%u %s\n%s\n%s\n", AXF_VERSION, t->block, text, t->net->text,
                          t->d->n, t->d->sha256, t->method && t->method->text ? t->method->text : "plain",
                          ctl->initial_sha256 ? ctl->initial_sha256 : "drawn");
  if (!all)
    return -1;
  axf_sha256_hex(all, strlen(all), hash);
  free(all);
  return 0;
}

/* Continues from the checkpoint if there is one that fits. */
static int resume(trainer *t, const axf_train_ctl *ctl, const char *hash) {
  int done = 0;
  char note[1400];
  if (!ctl->checkpoint || ctl->resume == AXF_RESUME_NEVER)
    return 0;
  if (!axf_exists(ctl->checkpoint))
    return ctl->resume == AXF_RESUME_MUST ? axf_fail("%s: there is no checkpoint to resume from", ctl->checkpoint) : 0;
  if (axf_checkpoint_load(ctl->checkpoint, hash, t->net, t->p, &t->optim, &done) == 0)
    snprintf(note, sizeof note, "continuing after epoch %d from %s", done, ctl->checkpoint);
  else if (ctl->resume == AXF_RESUME_MUST)
    return -1;
  else
    snprintf(note, sizeof note, "starting from the beginning: %s", axf_errmsg());
  if (ctl->on_note)
    ctl->on_note(ctl->ctx, note);
  t->epoch = done;
  return 0;
}

/* Accuracy on the held-out examples, -1 on failure. */
static double held_out(const trainer *t) {
  const uint32_t *index = t->split + t->ntrain, count = t->o->validate;
  if (t->method && t->method->measure)
    return t->method->measure(t->method->ctx, t->p, t->d, index, count);
  return axf_eval_subset(t->net, t->p, t->d, index, count);
}

static int run(trainer *t, const axf_train_ctl *ctl, axf_epoch *e) {
  char hash[65], label[48];
  if (run_hash(t, ctl, hash) || resume(t, ctl, hash))
    return -1;
  double begin = axf_now();
  t->at = (axf_step){.seed = t->o->seed};
  e->epoch = t->epoch;
  for (int ran = 0; t->epoch < t->o->epochs && !(ctl->stop_after && ran == ctl->stop_after); ran++) {
    axf_progress bar;
    double start = axf_now(), loss;
    uint64_t right;
    snprintf(label, sizeof label, "epoch %d/%d", t->epoch + 1, t->o->epochs);
    axf_progress_begin(&bar, label, t->ntrain);
    int failed = run_epoch(t, ctl->progress ? &bar : NULL, &loss, &right);
    double now = axf_now();
    if (ctl->progress)
      axf_progress_end(&bar);
    if (failed)
      return -1;
    t->epoch++;
    if (!isfinite(loss))
      return axf_fail("training diverged in epoch %d (the loss is no number): a smaller --lr may help", t->epoch);
    e->epoch = t->epoch;
    e->loss = loss / t->ntrain;
    e->train = (double)right / t->ntrain;
    e->per_second = t->ntrain / (now - start);
    e->left = (now - begin) / (ran + 1) * (t->o->epochs - t->epoch);
    if (t->o->validate && (e->val = held_out(t)) < 0)
      return -1;
    if (ctl->checkpoint && axf_checkpoint_save(ctl->checkpoint, hash, t->net, t->p, &t->optim, t->epoch))
      return -1;
    if (ctl->on_epoch)
      ctl->on_epoch(ctl->ctx, e);
  }
  return 0;
}

static int allocate(trainer *t) {
  size_t blocks = (size_t)t->blocks, workers = (size_t)t->workers;
  if (!(t->pass = axf_alloc(workers, sizeof *t->pass)) || !(t->grad = axf_alloc(blocks, sizeof *t->grad)) ||
      !(t->spare = axf_alloc(workers * example_size(t), sizeof *t->spare)) ||
      !(t->loss = axf_alloc(blocks, sizeof *t->loss)) || !(t->right = axf_alloc(blocks, sizeof *t->right)) ||
      !(t->split = axf_alloc(t->d->n, sizeof *t->split)) || !(t->order = axf_alloc(t->ntrain, sizeof *t->order)))
    return -1;
  for (size_t w = 0; w < workers; w++)
    if (axf_pass_alloc(&t->pass[w], t->net, t->block))
      return -1;
    else
      t->pass[w].batch = 1;
  for (size_t b = 0; b < blocks; b++)
    if (axf_params_alloc(&t->grad[b], t->net))
      return -1;
  return axf_optim_alloc(&t->optim, t->net, t->o);
}

static void release(trainer *t) {
  for (int w = 0; w < t->workers && t->pass; w++)
    axf_pass_free(&t->pass[w]);
  for (int b = 0; b < t->blocks && t->grad; b++)
    axf_params_free(&t->grad[b]);
  axf_optim_free(&t->optim);
  free(t->pass);
  free(t->grad);
  free(t->spare);
  free(t->loss);
  free(t->right);
  free(t->split);
  free(t->order);
}

int axf_train_fits(const axf_net *n, const axf_part *d, const char *data_name) {
  if (!axf_net_takes(n, d->c, d->h, d->w))
    return axf_fail("net %s takes inputs of %d x %d x %d, %s has %d x %d x %d", n->name, n->c, n->h, n->w, data_name,
                    d->c, d->h, d->w);
  if (d->classes != n->classes)
    return axf_fail("net %s has %d classes, %s has %d", n->name, n->classes, data_name, d->classes);
  return 0;
}

int axf_train(const axf_net *n, axf_params *p, const axf_part *d, const axf_train_opts *o, const axf_train_ctl *ctl,
              axf_epoch *last) {
  if (axf_train_fits(n, d, "the data set"))
    return -1;
  if (o->validate >= d->n)
    return axf_fail("%u examples cannot be held out of %u", o->validate, d->n);
  if ((o->shift || o->flip) && !d->u8)
    return axf_fail("shift and flip are for images, not for feature vectors");
  trainer t = {.net = n, .p = p, .d = d, .o = o, .ntrain = d->n - o->validate, .method = ctl->method};
  uint32_t batch = (uint32_t)o->batch < t.ntrain ? (uint32_t)o->batch : t.ntrain;
  t.workers = axf_threads();
  t.block = block_size(n, (int)batch, ctl->method);
  t.blocks = ((int)batch + t.block - 1) / t.block;
  *last = (axf_epoch){.epochs = o->epochs, .val = -1};
  int r = allocate(&t);
  if (r == 0) {
    axf_rng g;
    for (uint32_t i = 0; i < d->n; i++)
      t.split[i] = i;
    axf_rng_seed(&g, o->seed, STREAM_SPLIT);
    if (o->validate)
      axf_rng_shuffle(&g, t.split, d->n);
    if (ctl->initial)
      memcpy(axf_params_block(p), axf_params_block(ctl->initial), axf_params_count(n) * sizeof(float));
    else
      axf_params_init(p, n, o->seed);
    r = run(&t, ctl, last);
  }
  release(&t);
  return r;
}
