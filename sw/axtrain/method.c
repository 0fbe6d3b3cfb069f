/* The methods as sequences of rounds over a mini-batch, and what is done before each.
 * SPDX-License-Identifier: Apache-2.0 */
#include "axtrain/priv.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define OPERAND_IMAGES 500 /* examples on which the operands of the multipliers are measured each epoch */

static int is_active(const axf_axtrain *a) {
  return (a->o.method == AXF_METHOD_ACTIVE || a->o.method == AXF_METHOD_JOINT) && a->o.weight > 0;
}

/* The rounds of the method. */
static void plan(axf_axtrain *a) {
  const axf_axtrain_opts *o = &a->o;
  const int noisy =
      o->ber > 0 && (o->method == AXF_METHOD_PASSIVE || o->method == AXF_METHOD_JOINT || o->method == AXF_METHOD_DIE);
  const axf_round base = {.where = AT_TRAINED, .pass = 1, .base = 1, .grid = noisy, .cells = noisy, .add = 1};
  a->round[0] = base;
  a->rounds = 1;
  if (o->method == AXF_METHOD_SAM && o->rho > 0) {
    a->round[1] = base;
    a->round[1].base = 0;
    a->round[1].where = AT_SHARP;
    a->rounds = 2;
  } else if (o->method == AXF_METHOD_RANDBET && o->ber > 0 && o->noisy_weight > 0) {
    a->round[0].grid = 1;
    a->round[1] = (axf_round){.where = AT_TRAINED, .pass = 1, .grid = 1, .cells = 1, .low = 1};
    a->round[1].old = 1 / (1 + o->noisy_weight);
    a->round[1].add = o->noisy_weight / (1 + o->noisy_weight);
    a->rounds = 2;
  } else if (is_active(a) && o->form == AXF_ACTIVE_HUTCHINSON) {
    a->round[1] = a->round[2] = base;
    a->round[1].base = a->round[2].base = 0;
    a->round[1].where = AT_PLUS;
    a->round[2].where = AT_MINUS;
    a->rounds = 3; /* old and add follow the weight of S: begin() */
  } else if (is_active(a) && (o->form == AXF_ACTIVE_GAUSS_NEWTON || o->over_block)) {
    a->round[0].sensitive = 1;
  } else if (is_active(a)) {
    a->round[1] = (axf_round){.where = AT_TRAINED, .grid = noisy, .cells = noisy, .sensitive = 1};
    a->rounds = 2;
  }
}

/* Before the first mini-batch of an epoch: what is measured with the parameters of that moment. */
static int begin_epoch(axf_axtrain *a, const axf_params *p) {
  if (a->q && axf_qpass_calibrate(a->q, p))
    return -1;
  if (!a->noise)
    return 0;
  memset(a->noise, 0, sizeof *a->noise);
  if (a->o.ber > 0) /* half of the stuck cells hold the right value already */
    axf_noise_add_bits(a->noise, a->net, a->o.code, a->o.fault == AXF_FAULT_STUCK ? a->o.ber / 2 : a->o.ber,
                       (uint8_t)a->o.bits);
  for (int l = 0; l < a->net->nlayers; l++)
    if (a->mult[l]) {
      axf_operands *seen = axf_alloc(1, sizeof *seen);
      int r = seen ? axf_operands_measure(seen, a->net, p, a->train, OPERAND_IMAGES) : -1;
      if (r == 0)
        axf_noise_add_mult(a->noise, a->net, a->mult, seen);
      free(seen);
      return r;
    }
  return 0;
}

/* What rises from 0 to 1 in the first `epochs`. */
static double risen(double now, double epochs) { return now < epochs ? now / epochs : 1; }

/* Before round 0: this mini-batch's cells, noise and weight of S. */
static void begin_batch(axf_axtrain *a, const axf_step *at, const axf_params *p) {
  int cells = 0;
  double now = at->epoch + (double)at->step / at->steps;
  for (int i = 0; i < a->rounds; i++)
    cells |= a->round[i].cells;
  a->rate = a->o.ber * risen(now, a->o.ber_warmup);
  if (cells && !a->chip && a->o.method != AXF_METHOD_DIE)
    axf_cells_random(&a->cells, at->seed, axf_axtrain_stream(at, 0), a->rate, a->o.fault, (uint8_t)a->o.bits);
  memset(a->s, 0, (size_t)a->blocks * sizeof *a->s);
  a->s_batch = -1;
  if (!is_active(a))
    return;
  a->lambda = a->o.weight * risen(now, a->o.warmup);
  axf_noise_square(a->noise, a->net, p, &a->square);
  if (a->o.form == AXF_ACTIVE_HUTCHINSON) {
    double share = a->lambda / (a->o.probe * a->o.probe);
    a->round[1].old = 1 - share;
    a->round[1].add = a->round[2].add = share / 2;
    a->round[2].old = 1;
    axf_axtrain_signs(at->seed, axf_axtrain_stream(at, 1), &a->square, axf_params_count(a->net), &a->dir);
  }
}

/* Sum of the blocks' gradients into a->dir. */
static void sum_gradient(axf_axtrain *a, const axf_step *at) {
  size_t count = axf_params_count(a->net);
  float *to = axf_params_block(&a->dir);
  memcpy(to, axf_params_block(&at->grad[0]), count * sizeof *to);
  for (int b = 1; b < at->blocks; b++) {
    const float *from = axf_params_block(&at->grad[b]);
    for (size_t i = 0; i < count; i++)
      to[i] += from[i];
  }
}

/* SAM (Foret et al., ICLR 2021): w + rho g / |g|. */
static void move_sharp(axf_axtrain *a, const axf_step *at, const axf_params *p) {
  size_t count = axf_params_count(a->net);
  const float *w = axf_params_block(p);
  float *g = axf_params_block(&a->dir), *to = axf_params_block(&a->moved);
  double square = 0;
  sum_gradient(a, at);
  for (size_t i = 0; i < count; i++)
    square += (double)(g[i] * g[i]);
  float scale = square > 0 ? (float)(a->o.rho / sqrt(square)) : 0;
  for (size_t i = 0; i < count; i++)
    to[i] = w[i] + scale * g[i];
}

/* Form gradient over the mini-batch: v = E[n^2] G / n. Returns S. */
static double batch_direction(axf_axtrain *a, const axf_step *at) {
  const float *e = axf_params_block(&a->square);
  double s = 0;
  sum_gradient(a, at);
  float *g = axf_params_block(&a->dir), scale = 1.0f / (float)at->n;
  for (size_t i = 0, count = axf_params_count(a->net); i < count; i++) {
    float mean = g[i] * scale;
    g[i] = e[i] * mean;
    s += (double)(g[i] * mean);
  }
  return s;
}

static void move_along(axf_axtrain *a, const axf_params *p, double by) {
  const float *w = axf_params_block(p), *v = axf_params_block(&a->dir), step = (float)by;
  float *to = axf_params_block(&a->moved);
  for (size_t i = 0, count = axf_params_count(a->net); i < count; i++)
    to[i] = w[i] + step * v[i];
}

/* Whether round `at->round` is to be run, and the displaced weights it needs. */
static int begin_round(axf_axtrain *a, const axf_step *at, const axf_params *p) {
  const axf_round *y = &a->round[at->round];
  double loss = 0;
  for (int b = 0; b < at->blocks; b++)
    loss += a->loss[b];
  if (y->low && loss / at->n >= a->o.inject_below)
    return 0;
  if (y->where == AT_SHARP)
    move_sharp(a, at, p);
  if (y->where == AT_PLUS || y->where == AT_MINUS) {
    if (a->lambda <= 0)
      return 0;
    move_along(a, p, y->where == AT_PLUS ? a->o.probe : -a->o.probe);
  }
  if (!y->pass) {
    a->s_batch = batch_direction(a, at);
    return a->lambda > 0 && a->s_batch >= a->o.target;
  }
  return 1;
}

static int begin(void *ctx, const axf_step *at, const axf_params *p, const axf_params **use) {
  axf_axtrain *a = ctx;
  if (at->round == 0) {
    if (at->step == 0 && begin_epoch(a, p))
      return -1;
    begin_batch(a, at, p);
  } else if (at->round == a->rounds || !begin_round(a, at, p)) {
    return 0;
  }
  const axf_round *y = &a->round[at->round];
  const axf_params *from = y->where == AT_TRAINED ? p : &a->moved;
  a->cells_on = y->cells;
  if (a->q) {
    if (y->pass && axf_qpass_weights(a->q, from, at))
      return -1;
    if (y->sensitive || (at->round + 1 < a->rounds && a->round[at->round + 1].sensitive))
      for (int l = 0; l < a->net->nlayers; l++)
        if (p->weight[l]) {
          memcpy(a->grid.weight[l], axf_qpass_values(a->q)->weight[l],
                 axf_weight_count(&a->net->layer[l]) * sizeof(float));
          memcpy(a->grid.bias[l], from->bias[l], (size_t)a->net->layer[l].out_c * sizeof(float));
        }
    a->now = &a->grid;
  } else {
    if (y->grid && y->pass && !(y->cells && a->chip))
      axf_weights_quantised(a->net, from, a->o.code, y->cells ? &a->cells : NULL, &a->grid);
    a->now = y->grid && !(y->cells && a->chip) ? &a->grid : from;
  }
  *use = a->now;
  return 1;
}

/* The integer pass asks for the codes that are read. */
static void read_codes(void *ctx, const axf_step *at, int l, uint8_t *code, size_t count) {
  axf_axtrain *a = ctx;
  (void)at;
  if (a->cells_on)
    axf_codes_read(a->o.code, &a->cells, a->first[l], code, count);
}

/* After an update: clipping, and the account of S. */
static void after(void *ctx, const axf_step *at, axf_params *p) {
  axf_axtrain *a = ctx;
  if (is_active(a)) {
    double s = 0, loss = 0;
    for (int b = 0; b < at->blocks; b++) {
      s += a->s[b];
      loss += a->loss[b];
    }
    if (a->o.form == AXF_ACTIVE_HUTCHINSON)
      s = (s - 2 * loss) / at->n / (2 * a->o.probe * a->o.probe);
    else
      s = a->s_batch >= 0 ? a->s_batch : s / at->blocks;
    a->s_sum += s;
    a->s_count++;
  }
  for (int l = 0; l < a->net->nlayers && a->o.clip > 0; l++) {
    size_t count = axf_weight_count(&a->net->layer[l]);
    if (!count)
      continue;
    float limit = (float)a->o.clip * sqrtf(2.0f / (float)(count / (size_t)a->net->layer[l].out_c));
    for (size_t i = 0; i < count; i++) {
      float *w = &p->weight[l][i];
      *w = *w > limit ? limit : *w < -limit ? -limit : *w;
    }
  }
}

static double measure(void *ctx, const axf_params *p, const axf_part *d, const uint32_t *index, uint32_t count) {
  axf_axtrain *a = ctx;
  return axf_qpass_method(a->q)->measure(a->q, p, d, index, count);
}

double axf_axtrain_sensitivity(axf_axtrain *a) {
  double s = a->s_count ? a->s_sum / (double)a->s_count : -1;
  a->s_sum = 0;
  a->s_count = 0;
  return s;
}

/* Everything that decides the result: the options and the digest of every table. */
static char *identity(const axf_axtrain *a) {
  char *options = axf_axtrain_text(&a->o);
  char *text = options ? axf_sprintf("%s; %s", options, a->q ? axf_qpass_method(a->q)->text : "float pass") : NULL;
  free(options);
  for (int l = 0; l < a->net->nlayers && text; l++)
    if (a->mult[l]) {
      char hash[65], *longer;
      axf_sha256_hex(a->mult[l]->t, sizeof a->mult[l]->t, hash);
      longer = axf_sprintf("%s, %s %s", text, a->net->layer[l].name, hash);
      free(text);
      text = longer;
    }
  return text;
}

/* Refuses options that would silently do nothing. */
static int check(const axf_axtrain *a, int mults, int integer) {
  const axf_axtrain_opts *o = &a->o;
  if (axf_net_has_bn(a->net))
    return axf_fail(
        "net %s has batch normalisation: train it with --method float, then go on from that model with --init, "
        "which folds it",
        a->net->name);
  for (int l = 0; l < a->net->nlayers; l++)
    if (a->mult[l] && a->mult[l]->is_signed && (is_active(a) || o->window > 0))
      return axf_fail("multiplier '%s' is a signed core: its noise and its slopes are not modelled yet",
                      a->mult[l]->name);
  if (is_active(a) && o->ber <= 0 && !mults)
    return axf_fail("method %s needs noise to be robust to: a bit-error rate (--ber) or a multiplier (--mult)",
                    axf_axtrain_name(o->method));
  if ((o->method == AXF_METHOD_RANDBET || o->method == AXF_METHOD_DIE) && o->ber <= 0)
    return axf_fail("method %s needs a bit-error rate above 0 (--ber)", axf_axtrain_name(o->method));
  if (o->method == AXF_METHOD_PASSIVE && o->ber <= 0 && !mults)
    return axf_fail("method passive needs a bit-error rate (--ber) or a multiplier (--mult)");
  if (is_active(a) && o->form == AXF_ACTIVE_HUTCHINSON && o->target > 0)
    return axf_fail("--active-target is not for the form hutchinson");
  if (o->window > 0 && !integer)
    return axf_fail("--window is for the gradient of a multiplier: it needs --mult, or --pass integer");
  return 0;
}

/* Whether every block has a chip of its own: not in the integer pass, whose weights are made ready once a mini-batch,
 * not on a die, and not where a second round needs the chip of the first. */
static int own_chips(const axf_axtrain *a) {
  int cells = 0, sensitive = 0;
  for (int i = 0; i < a->rounds; i++) {
    cells |= a->round[i].cells;
    sensitive |= i > 0 && a->round[i].sensitive;
  }
  return a->o.chip_a_block && cells && !sensitive && !a->q && a->o.method != AXF_METHOD_DIE;
}

static int allocate(axf_axtrain *a) {
  const axf_net *n = a->net;
  size_t w = (size_t)a->workers, b = (size_t)a->blocks;
  int active = is_active(a);
  if (axf_params_alloc(&a->grid, n) || axf_params_alloc(&a->moved, n) || axf_params_alloc(&a->dir, n) ||
      !(a->loss = axf_alloc(b, sizeof *a->loss)) || !(a->s = axf_alloc(b, sizeof *a->s)) ||
      !(a->right = axf_alloc(b, sizeof *a->right)) || !(a->scratch = axf_alloc(w, sizeof *a->scratch)) ||
      axf_cells_alloc(&a->cells, axf_weight_total(n)))
    return -1;
  for (size_t i = 0; i < w; i++)
    if (axf_params_alloc(&a->scratch[i], n))
      return -1;
  if (own_chips(a)) {
    if (!(a->chip = axf_alloc(w, sizeof *a->chip)) || !(a->chip_weights = axf_alloc(w, sizeof *a->chip_weights)))
      return -1;
    for (size_t i = 0; i < w; i++)
      if (axf_cells_alloc(&a->chip[i], axf_weight_total(n)) || axf_params_alloc(&a->chip_weights[i], n))
        return -1;
  }
  if (!active)
    return 0;
  if (!(a->noise = axf_alloc(1, sizeof *a->noise)) || axf_params_alloc(&a->square, n) ||
      !(a->local = axf_alloc(w, sizeof *a->local)) || !(a->r = axf_alloc(w, sizeof *a->r)))
    return -1;
  for (size_t i = 0; i < w; i++)
    if (axf_params_alloc(&a->local[i], n) || axf_rpass_alloc(&a->r[i], n, AXF_BLOCK))
      return -1;
  if (a->q || a->rounds != 2)
    return 0;
  if (!(a->keep = axf_alloc(b, sizeof *a->keep)))
    return -1;
  for (size_t i = 0; i < b; i++)
    if (axf_pass_alloc(&a->keep[i], n, AXF_BLOCK))
      return -1;
  return 0;
}

static int make_qpass(axf_axtrain *a, const axf_qpass_opt *q) {
  axf_qpass_opt o = *q;
  o.net = a->net;
  o.mult = a->mult;
  o.train = a->train;
  o.ctx = a;
  o.codes = read_codes;
  o.back = NULL;
  if (a->o.window > 0) {
    if (axf_slopes_make(a))
      return -1;
    o.back = axf_slopes_back;
  }
  return (a->q = axf_qpass_new(&o)) ? 0 : -1;
}

axf_axtrain *axf_axtrain_new(const axf_axtrain_opts *o, const axf_net *n, const axf_part *train,
                             const axf_mult *const *mult, const axf_qpass_opt *q, int batch) {
  axf_axtrain *a = axf_alloc(1, sizeof *a);
  int mults = 0;
  if (!a)
    return NULL;
  a->o = *o;
  a->net = n;
  a->train = train;
  a->workers = axf_threads();
  a->blocks = (batch + AXF_BLOCK - 1) / AXF_BLOCK;
  for (size_t l = 0, at = 0; l < (size_t)n->nlayers; at += axf_weight_count(&n->layer[l++])) {
    a->mult[l] = mult ? mult[l] : NULL;
    mults |= a->mult[l] != NULL;
    a->first[l] = at;
  }
  /* A multiplier is the target of the active method; all others run through it. */
  int integer = o->integer >= 0 ? o->integer : o->method == AXF_METHOD_QAT || (mults && o->method != AXF_METHOD_ACTIVE);
  plan(a);
  if (check(a, mults, integer) || (integer && make_qpass(a, q)) || allocate(a) || !(a->text = identity(a))) {
    axf_axtrain_free(a);
    return NULL;
  }
  if (o->method == AXF_METHOD_DIE) {
    axf_die die = {.die = (uint32_t)o->die, .kind = o->fault};
    axf_cells_die(&a->cells, &die, o->ber, (uint8_t)o->bits);
  }
  a->method = (axf_method){.ctx = a, .text = a->text, .begin = begin, .block = axf_axtrain_block, .after = after};
  if (a->q)
    a->method.measure = measure;
  return a;
}

void axf_axtrain_free(axf_axtrain *a) {
  if (!a)
    return;
  axf_qpass_free(a->q);
  axf_slopes_free(a);
  axf_cells_free(&a->cells);
  for (int i = 0; i < a->workers; i++) {
    if (a->scratch)
      axf_params_free(&a->scratch[i]);
    if (a->local)
      axf_params_free(&a->local[i]);
    if (a->r)
      axf_rpass_free(&a->r[i]);
    if (a->chip)
      axf_cells_free(&a->chip[i]);
    if (a->chip_weights)
      axf_params_free(&a->chip_weights[i]);
  }
  for (int i = 0; i < a->blocks && a->keep; i++)
    axf_pass_free(&a->keep[i]);
  axf_params_free(&a->square);
  axf_params_free(&a->grid);
  axf_params_free(&a->moved);
  axf_params_free(&a->dir);
  free(a->noise);
  free(a->scratch);
  free(a->local);
  free(a->r);
  free(a->keep);
  free(a->chip);
  free(a->chip_weights);
  free(a->loss);
  free(a->s);
  free(a->right);
  free(a->text);
  free(a);
}

const axf_method *axf_axtrain_method(axf_axtrain *a) { return &a->method; }
axf_qpass *axf_axtrain_qpass(axf_axtrain *a) { return a->q; }
