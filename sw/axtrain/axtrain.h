/* Training methods for approximate hardware: one set of options, one method for the trainer (train/method.h).
 * SPDX-License-Identifier: Apache-2.0
 *
 * A method is a recipe of passes over each mini-batch, chosen by name and changed by options (docs/axtrain.md has the
 * equations and the sources):
 *     plain    the float pass; qat  the exact integer pass (sw/train/qpass.h)
 *     active   + weight * S, S the sensitivity of the loss to the hardware's noise on the weights
 *     passive  forward through the approximate multiplier and through weights with sampled bit errors
 *     joint    active and passive
 *     randbet  weight clipping; gradient of clean weights + gradient of weights with bit errors, once the loss is low
 *     clip     weight clipping alone
 *     sam      sharpness-aware minimisation
 *     die      passive on the cells of one die */
#ifndef AXF_AXTRAIN_H
#define AXF_AXTRAIN_H
#include "axtrain/codes.h"
#include "train/qpass.h"

typedef enum {
  AXF_METHOD_PLAIN,
  AXF_METHOD_QAT,
  AXF_METHOD_ACTIVE,
  AXF_METHOD_PASSIVE,
  AXF_METHOD_JOINT,
  AXF_METHOD_RANDBET,
  AXF_METHOD_CLIP,
  AXF_METHOD_SAM,
  AXF_METHOD_DIE,
  AXF_METHODS
} axf_method_kind;
typedef enum {
  AXF_ACTIVE_GRADIENT,     /* S = sum_j E[n_j^2] (dL/dw_j)^2, gradient 2 H (E[n^2] dL/dw) by the R-operator */
  AXF_ACTIVE_GAUSS_NEWTON, /* S = 1/2 sum_j E[n_j^2] G_jj, one random direction a block, exact gradient of the sample */
  AXF_ACTIVE_HUTCHINSON,   /* S = 1/2 sum_j E[n_j^2] H_jj, one direction a mini-batch, symmetric difference */
  AXF_ACTIVE_SAMPLED       /* S = E[L(w + n)] - L(w), two opposite samples around the noise's mean a mini-batch */
} axf_active_form;

typedef struct {
  axf_method_kind method;
  int integer; /* passes: 1 through the integers of the accelerator, 0 through floats; -1: by method and multiplier */
  /* the memory */
  double ber;           /* probability that a cell of a weight fails */
  int chip_a_block;     /* float passes: a new random chip for every block of 16 instead of every mini-batch */
  double ber_warmup;    /* epochs in which the cells' rate rises from 0 to ber (not on a die) */
  axf_fault_kind fault; /* what a failing cell does */
  axf_weight_code code; /* how weights are stored */
  int bits;             /* bit b set: bit b of the code can fail */
  char except[128];     /* layers and bits that fail at other rates (axtrain/rates.h); "": none */
  axf_protect protect;  /* of the words that hold them */
  long die;             /* method die: its number */
  /* active */
  axf_active_form form;
  double weight;  /* of S in the loss */
  double warmup;  /* epochs in which that weight rises from 0 */
  double target;  /* S below this is good enough: it has no gradient */
  int over_block; /* gradient form: dL/dw over a block of 16 instead of the mini-batch */
  double probe;   /* hutchinson and sampled: displacement in units of the noise */
  /* randbet and clip */
  double clip;         /* weights of a layer lie in +- clip * sqrt(2 / fan-in); 0: anywhere */
  double inject_below; /* bit errors only when the clean loss of the mini-batch is below this */
  double noisy_weight; /* of the noisy gradient beside the clean one */
  double rho;          /* sam: length of the displacement */
  /* backward through the multiplier */
  int window;          /* half-width of the difference-based gradient's window; 0: straight-through */
  double window_error; /* what may be left out of the table of slopes, as a part of its norm */
} axf_axtrain_opts;

/* ---- options.c ---- */
void axf_axtrain_defaults(axf_axtrain_opts *o);
/* Key, argument and meaning of option i, for the help; NULL when there is no such option. */
typedef struct {
  const char *key, *arg, *help;
} axf_axtrain_key;
const axf_axtrain_key *axf_axtrain_option(int i);
/* Sets an option from text, `method` first of all since it sets others; `what` begins the message of a refusal. */
int axf_axtrain_set(axf_axtrain_opts *o, const char *what, const char *key, const char *value);
const char *axf_axtrain_name(axf_method_kind m);
/* All options that decide the result as "--method randbet --ber 0.01 ..", malloc'd; NULL on exhaustion. */
char *axf_axtrain_text(const axf_axtrain_opts *o);

/* ---- setup.c, method.c ---- */
typedef struct axf_axtrain axf_axtrain;
/* mult: (AXF_MAX_LAYERS) multipliers, a NULL entry or NULL: exact. q: calibration rule and scales of the integer pass
 * (its net, mult, train and hooks are set here); batch: examples of a mini-batch. Everything given is borrowed until
 * axf_axtrain_free. NULL + axf_fail. */
axf_axtrain *axf_axtrain_new(const axf_axtrain_opts *o, const axf_net *n, const axf_part *train,
                             const axf_mult *const *mult, const axf_qpass_opt *q, int batch);
void axf_axtrain_free(axf_axtrain *a); /* NULL is allowed */
const axf_method *axf_axtrain_method(axf_axtrain *a);
/* The integer pass it runs through, for axf_qpass_finish; NULL when it runs through floats. */
axf_qpass *axf_axtrain_qpass(axf_axtrain *a);
/* What a mini-batch costs at most, in passes forward and backward: one for the plain method, two more for each use of
 * the R-operator (whose passes do every product twice). */
int axf_axtrain_cost(const axf_axtrain *a);
/* Line i (from 0) about the tables of slopes of --window, NULL when there is no more: terms, and the cosine of the
 * angle between each table and the exact derivative. Valid until the next call. */
const char *axf_axtrain_slopes(axf_axtrain *a, int i);
/* Mean of S over the mini-batches since the last call; -1 when none was computed. */
double axf_axtrain_sensitivity(axf_axtrain *a);
#endif
