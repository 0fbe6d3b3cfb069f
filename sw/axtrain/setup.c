/* A method's set-up: its rounds, what it is refused with, its memory.
 * SPDX-License-Identifier: Apache-2.0 */
#include "axtrain/priv.h"
#include <stdlib.h>

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
  } else if (axf_axtrain_displaced(a)) {
    a->round[1] = a->round[2] = base;
    a->round[1].base = a->round[2].base = 0;
    a->round[1].where = AT_PLUS;
    a->round[2].where = AT_MINUS;
    a->rounds = 3; /* old and add follow the weight of S: begin() */
  } else if (axf_axtrain_active(a) && (o->form == AXF_ACTIVE_GAUSS_NEWTON || o->over_block)) {
    a->round[0].sensitive = 1;
  } else if (axf_axtrain_active(a)) {
    a->round[1] = (axf_round){.where = AT_TRAINED, .grid = noisy, .cells = noisy, .sensitive = 1};
    a->rounds = 2;
  }
}

int axf_axtrain_cost(const axf_axtrain *a) {
  int cost = 0;
  for (int i = 0; i < a->rounds; i++)
    cost += a->round[i].pass + 2 * a->round[i].sensitive;
  return cost;
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
    if (a->mult[l] && a->mult[l]->is_signed && (axf_axtrain_active(a) || o->window > 0))
      return axf_fail("multiplier '%s' is a signed core: its noise and its slopes are not modelled yet",
                      a->mult[l]->name);
  if (axf_axtrain_active(a) && o->ber <= 0 && !mults)
    return axf_fail("method %s needs noise to be robust to: a bit-error rate (--ber) or a multiplier (--mult)",
                    axf_axtrain_name(o->method));
  if (*o->except && (o->protect.kind == AXF_PROTECT_PARITY || o->protect.kind == AXF_PROTECT_SECDED))
    return axf_fail("--except is for words without check bits: --protect none or msb1 .. msb7");
  if (axf_axtrain_active(a) && (o->protect.kind == AXF_PROTECT_PARITY || o->protect.kind == AXF_PROTECT_SECDED))
    return axf_fail("method %s takes the bits of a weight as independent: --protect none or msb1 .. msb7",
                    axf_axtrain_name(o->method));
  if ((o->method == AXF_METHOD_RANDBET || o->method == AXF_METHOD_DIE) && o->ber <= 0)
    return axf_fail("method %s needs a bit-error rate above 0 (--ber)", axf_axtrain_name(o->method));
  if (o->method == AXF_METHOD_PASSIVE && o->ber <= 0 && !mults)
    return axf_fail("method passive needs a bit-error rate (--ber) or a multiplier (--mult)");
  if (axf_axtrain_displaced(a) && o->target > 0)
    return axf_fail("--active-target is not for the forms hutchinson and sampled");
  if (axf_axtrain_active(a) && o->form == AXF_ACTIVE_SAMPLED && o->probe != 1)
    return axf_fail("the form sampled takes the noise as it is: --active-probe must be 1");
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
  int active = axf_axtrain_active(a);
  if (axf_params_alloc(&a->grid, n) || axf_params_alloc(&a->moved, n) || axf_params_alloc(&a->dir, n) ||
      !(a->loss = axf_alloc(b, sizeof *a->loss)) || !(a->s = axf_alloc(b, sizeof *a->s)) ||
      !(a->right = axf_alloc(b, sizeof *a->right)) || !(a->scratch = axf_alloc(w, sizeof *a->scratch)) ||
      axf_cells_alloc(&a->cells, axf_weight_total(n)) || axf_cells_alloc(&a->spare, axf_weight_total(n)) ||
      axf_cells_protect(&a->cells, a->o.protect))
    return -1;
  for (size_t i = 0; i < w; i++)
    if (axf_params_alloc(&a->scratch[i], n))
      return -1;
  if (own_chips(a)) {
    if (!(a->chip = axf_alloc(w, sizeof *a->chip)) || !(a->chip_spare = axf_alloc(w, sizeof *a->chip_spare)) ||
        !(a->chip_weights = axf_alloc(w, sizeof *a->chip_weights)))
      return -1;
    for (size_t i = 0; i < w; i++)
      if (axf_cells_alloc(&a->chip[i], axf_weight_total(n)) || axf_cells_protect(&a->chip[i], a->o.protect) ||
          axf_cells_alloc(&a->chip_spare[i], axf_weight_total(n)) || axf_params_alloc(&a->chip_weights[i], n))
        return -1;
  }
  if (!active)
    return 0;
  if (!(a->noise = axf_alloc(1, sizeof *a->noise)) || axf_params_alloc(&a->square, n) ||
      axf_params_alloc(&a->drift, n) || !(a->local = axf_alloc(w, sizeof *a->local)) ||
      !(a->r = axf_alloc(w, sizeof *a->r)))
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
  o.codes = axf_axtrain_codes;
  o.back = NULL;
  if (a->o.window > 0) {
    if (axf_slopes_make(a))
      return -1;
    o.back = axf_slopes_back;
  }
  return (a->q = axf_qpass_new(&o)) ? 0 : -1;
}

/* Cells of the method's die. */
static void die_cells(void *ctx, double p, axf_cells *to) {
  const axf_axtrain *a = ctx;
  const axf_die die = {.die = (uint32_t)a->o.die, .kind = a->o.fault};
  axf_cells_die(to, &die, p, (uint8_t)a->o.bits);
}

axf_axtrain *axf_axtrain_new(const axf_axtrain_opts *o, const axf_net *n, const axf_part *train,
                             const axf_mult *const *mult, const axf_qpass_opt *q, int batch) {
  axf_axtrain *a = axf_alloc(1, sizeof *a);
  int mults = 0;
  if (!a)
    return NULL;
  a->o = *o;
  if (o->protect.kind == AXF_PROTECT_SAFE)
    a->o.bits &= 255 >> o->protect.safe;
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
  if (axf_rates_of(&a->rates, n, o->ber, "--except", o->except, NULL) || check(a, mults, integer) ||
      (integer && make_qpass(a, q)) || allocate(a) || !(a->text = identity(a))) {
    axf_axtrain_free(a);
    return NULL;
  }
  if (o->method == AXF_METHOD_DIE)
    *o->except ? axf_rates_cells(&a->rates, n, &a->cells, &a->spare, die_cells, a) : die_cells(a, o->ber, &a->cells);
  axf_axtrain_hooks(a);
  return a;
}

void axf_axtrain_free(axf_axtrain *a) {
  if (!a)
    return;
  axf_qpass_free(a->q);
  axf_slopes_free(a);
  axf_cells_free(&a->cells);
  axf_cells_free(&a->spare);
  for (int i = 0; i < a->workers; i++) {
    if (a->scratch)
      axf_params_free(&a->scratch[i]);
    if (a->local)
      axf_params_free(&a->local[i]);
    if (a->r)
      axf_rpass_free(&a->r[i]);
    if (a->chip)
      axf_cells_free(&a->chip[i]);
    if (a->chip_spare)
      axf_cells_free(&a->chip_spare[i]);
    if (a->chip_weights)
      axf_params_free(&a->chip_weights[i]);
  }
  for (int i = 0; i < a->blocks && a->keep; i++)
    axf_pass_free(&a->keep[i]);
  axf_params_free(&a->square);
  axf_params_free(&a->drift);
  axf_params_free(&a->grid);
  axf_params_free(&a->moved);
  axf_params_free(&a->dir);
  free(a->noise);
  free(a->scratch);
  free(a->local);
  free(a->r);
  free(a->keep);
  free(a->chip);
  free(a->chip_spare);
  free(a->chip_weights);
  free(a->loss);
  free(a->s);
  free(a->right);
  free(a->text);
  free(a);
}
