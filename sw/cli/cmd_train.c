/* axflow train: net + data -> model file, float or trained through the accelerator's integers.
 * SPDX-License-Identifier: Apache-2.0 */
#include "axtrain/axtrain.h"
#include "cli/cli.h"
#include "data/data.h"
#include "kernels/kernels.h"
#include "nn/net.h"
#include "quant/multset.h"
#include "quant/quant.h"
#include "train/qpass.h"
#include "train/train.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The entries from FIRST_RECIPE on are training options of train.h under the same name, those from first_method on
 * options of axtrain.h, entered by add_method_options. */
#define FIRST_RECIPE 13
#define NOPTIONS 64
static axf_option options[NOPTIONS] = {
    {"net", "NET", "name of a net in sw/nets, or a .net file (default lenet)"},
    {"data", "SET", "data set: auto, mnist, digits, .., FILE.set or 'set N; ..' (default auto)"},
    {"data-dir", "DIR", "where the data sets are"},
    {"out", "FILE", "model file to write (default build/models/NET-SET.axm)"},
    {"resume", NULL, "insist on continuing from FILE.ckpt (a fitting one is used anyway)"},
    {"fresh", NULL, "start from the beginning, whatever FILE.ckpt holds"},
    {"quiet", NULL, "only the last line"},
    {"init", "MODEL", "fine-tune: start from this model's parameters (its net, unless --net is given)"},
    {"method", "M",
     "float (or plain), qat (through the 8-bit integers), active, passive, joint, randbet, clip, sam, die\n"
     "                         (docs/axtrain.md; default float, with --mult qat)"},
    {"mult", "NAME", "train through this multiplier; NAME,LAYER=NAME,... mixes (default exact)"},
    {"mult-dir", "DIR", "where the multiplier tables are"},
    {"calib", "RULE", "qat: range of activations: range, percentile or mse (default mse)"},
    {"per-tensor", NULL, "qat: one weight scale a layer (default: one an output map)"},
    {"optimiser", "O", "sgd (with momentum) or adam"},
    {"schedule", "S", "learning rate over time: constant, step or cosine"},
    {"lr", "R", "peak learning rate"},
    {"momentum", "M", "momentum of sgd"},
    {"wd", "D", "weight decay"},
    {"warmup", "E", "epochs of linear rise of the learning rate"},
    {"step-every", "E", "schedule step: epochs between two reductions"},
    {"step-factor", "F", "schedule step: factor of a reduction"},
    {"batch", "N", "examples of a mini-batch"},
    {"epochs", "N", "passes over the training data"},
    {"seed", "N", "seed of everything random"},
    {"shift", "N", "augmentation: shift images at random by up to N pixels"},
    {"flip", "0|1", "augmentation: mirror images at random"},
    {"validate", "N", "hold out N training examples; the test set is then not looked at"},
    {NULL, NULL, NULL}};

static int first_method;
static void add_method_options(void) {
  const axf_axtrain_key *k;
  while (options[first_method].name)
    first_method++;
  for (int i = 0, at = first_method; at < NOPTIONS - 1 && (k = axf_axtrain_option(i)); i++)
    if (strcmp(k->key, "method") != 0)
      options[at++] = (axf_option){k->key, k->arg, k->help};
}

static const axf_usage usage = {
    "train", "[--net NET] [--data SET] [--out FILE] [options]",
    "Trains a network and writes a model file. A net's own recipe (its train line) comes before the defaults, options\n"
    "come before the recipe; with --init a tenth of the recipe's learning rate, 5 epochs and no warm-up are the "
    "default.\n"
    "A checkpoint after each epoch lets an interrupted run continue; the model is the same to the byte, for any "
    "number\n"
    "of threads.",
    options};

static void print_epoch(void *ctx, const axf_epoch *e) {
  (void)ctx;
  printf("epoch %d/%d  loss %.4f  train %.2f %%", e->epoch, e->epochs, e->loss, 100 * e->train);
  if (e->val >= 0)
    printf("  val %.2f %%", 100 * e->val);
  printf("  %.0f images/s  %.0f s left\n", e->per_second, e->left);
  fflush(stdout);
}

static void print_note(void *ctx, const char *text) {
  (void)ctx;
  fprintf(stderr, "axflow train: %s\n", text);
}

/* One run of the command. */
typedef struct {
  const char **value; /* options */
  axf_train_opts o;
  axf_model m; /* result */
  axf_dataset d;
  int quantised; /* the pass is that of the integers */
  axf_quant_opt quant;
  const char *mult; /* as given, or NULL */
  axf_multset mults;
  axf_params init; /* --init: where to start, with its digest */
  char init_sha256[65];
  axf_qpass *pass;
  axf_axtrain_opts ax; /* method and its options, if it is one of sw/axtrain */
  int research;        /* ... and whether it is */
  axf_axtrain *axtrain;
  axf_epoch last;
  double test, accuracy; /* float (-1: not measured) and integer accuracy on the test set, 0..1 and per cent */
} run;

static const char *option(const run *r, const char *name, const char *def) {
  return axf_cli_get(&usage, r->value, name, def);
}

/* What the model file says about its making; nothing in it depends on machine, time or place. */
static int provenance(run *r) {
  char text[512], number[6][32];
  axf_train_text(&r->o, text);
  char *own = r->research ? axf_axtrain_text(&r->ax) : axf_strdup("--method qat");
  char *method = !r->quantised || !own
                     ? axf_strdup("")
                     : axf_sprintf(" %s --mult %s --calib %s%s", own, r->mult ? r->mult : "exact",
                                   axf_calib_name[r->quant.calib], r->quant.per_tensor ? " --per-tensor" : "");
  char *command = method ? axf_sprintf("axflow train --net %s --data %s%s %s%s", r->m.net.name, r->d.name,
                                       *r->init_sha256 ? " --init MODEL" : "", text, method)
                         : NULL;
  snprintf(number[0], sizeof number[0], "%llu", (unsigned long long)r->o.seed);
  snprintf(number[1], sizeof number[1], "%d", r->o.epochs);
  snprintf(number[2], sizeof number[2], "%.4f", r->test);
  snprintf(number[3], sizeof number[3], "%.4f", r->last.val);
  snprintf(number[4], sizeof number[4], "%.2f", r->accuracy);
  snprintf(number[5], sizeof number[5], "%.2f", 100 * r->test);
  const int tested = r->test >= 0;
  const char *const pairs[][2] = {{"provenance.version", AXF_VERSION},
                                  {"provenance.command", command},
                                  {"provenance.seed", number[0]},
                                  {"provenance.epochs", number[1]},
                                  {"provenance.data", r->d.name},
                                  {"provenance.data_sha256", r->d.train.sha256},
                                  {"provenance.blas_kernel", axf_blas_kernel()},
                                  {"provenance.init_sha256", *r->init_sha256 ? r->init_sha256 : NULL},
                                  {"provenance.float_accuracy", tested ? number[2] : NULL},
                                  {"provenance.validation_accuracy", r->last.val >= 0 ? number[3] : NULL},
                                  {"quantise.mult", r->quantised ? r->mult ? r->mult : "exact" : NULL},
                                  {"quantise.granularity", !r->quantised         ? NULL
                                                           : r->quant.per_tensor ? "per-tensor"
                                                                                 : "per-output-map"},
                                  {"quantise.calib", r->quantised ? axf_calib_name[r->quant.calib] : NULL},
                                  {"float_accuracy", r->quantised && tested ? number[5] : NULL},
                                  {"accuracy", r->quantised && tested ? number[4] : NULL}};
  int bad = command && (r->m.meta = axf_container_new("model")) ? 0 : -1;
  for (size_t i = 0; i < sizeof pairs / sizeof pairs[0] && bad == 0; i++)
    if (pairs[i][1])
      bad = axf_container_set(r->m.meta, pairs[i][0], pairs[i][1]);
  free(command);
  free(method);
  free(own);
  return bad;
}

/* The directory of a file, made if it is missing. */
static int make_parent(const char *path) {
  const char *slash = strrchr(path, '/');
  if (!slash || slash == path)
    return 0;
  char *dir = axf_sprintf("%.*s", (int)(slash - path), path);
  int r = dir ? axf_mkdirs(dir) : -1;
  free(dir);
  return r;
}

/* Prepares the pass of the integers. */
static int make_pass(run *r) {
  const axf_qpass_opt o = {.net = &r->m.net,
                           .mult = r->mult ? r->mults.layer : NULL,
                           .train = &r->d.train,
                           .calib = r->quant.calib,
                           .per_tensor = r->quant.per_tensor};
  if (!r->research)
    return (r->pass = axf_qpass_new(&o)) ? 0 : -1;
  r->axtrain = axf_axtrain_new(&r->ax, &r->m.net, &r->d.train, o.mult, &o, r->o.batch);
  r->pass = r->axtrain ? axf_axtrain_qpass(r->axtrain) : NULL;
  return r->axtrain ? 0 : -1;
}

/* The integers of the trained parameters, and their accuracy with the multipliers they were trained for. */
static int finish_integers(run *r) {
  r->quant.pmax = r->mults.pmax;
  if (r->pass ? axf_qpass_finish(r->pass, &r->m.params, &r->m.q) : axf_quantise(&r->m, &r->d.train, &r->quant))
    return -1;
  r->m.quantised = 1;
  return r->o.validate ? 0 : axf_eval_quantised(&r->m, &r->d, r->mult ? r->mults.layer : NULL, 0, &r->accuracy);
}

static void print_result(const run *r, const char *out) {
  printf("TRAIN net=%s data=%s", r->m.net.name, r->d.name);
  if (r->quantised)
    printf(" mult=%s", r->mult ? r->mult : "exact");
  if (r->o.validate)
    printf(" validation_accuracy=%.2f%%", 100 * r->last.val);
  else
    printf(" float_accuracy=%.2f%%", 100 * r->test);
  if (r->quantised && !r->o.validate)
    printf(" accuracy=%.2f%%", r->accuracy);
  printf(" cost=%d model=%s\n", r->o.epochs * (r->axtrain ? axf_axtrain_cost(r->axtrain) : 1), out);
}

/* Whether the model can be written there is seen before hours of training. */
static int can_write(const char *path) {
  axf_out *o = axf_out_begin(path);
  axf_out_abort(o);
  return o ? 0 : -1;
}

/* Trains, measures and writes. */
static int train(run *r, const char *out) {
  int quiet = option(r, "quiet", NULL) != NULL;
  char *ckpt = axf_sprintf("%s.ckpt", out);
  axf_train_ctl ctl = {.checkpoint = ckpt,
                       .resume = option(r, "resume", NULL)  ? AXF_RESUME_MUST
                                 : option(r, "fresh", NULL) ? AXF_RESUME_NEVER
                                                            : AXF_RESUME_AUTO,
                       .initial = *r->init_sha256 ? &r->init : NULL,
                       .initial_sha256 = *r->init_sha256 ? r->init_sha256 : NULL,
                       .progress = !quiet,
                       .on_epoch = quiet ? NULL : print_epoch,
                       .on_note = print_note};
  const axf_net *n = &r->m.net;
  int bad = !ckpt || axf_train_fits(n, &r->d.train, r->d.name) || make_parent(out) || can_write(out) ||
            (r->quantised && make_pass(r));
  ctl.method = r->axtrain ? axf_axtrain_method(r->axtrain) : r->pass ? axf_qpass_method(r->pass) : NULL;
  if (!bad && !quiet)
    printf("net %s, data %s (%s), %u training examples, %d threads\n", n->name, r->d.name, r->d.source, r->d.train.n,
           axf_threads());
  for (int i = 0; !bad && !quiet && r->axtrain && axf_axtrain_slopes(r->axtrain, i); i++)
    printf("slopes of %s\n", axf_axtrain_slopes(r->axtrain, i));
  bad = bad || axf_params_alloc(&r->m.params, n) || axf_train(n, &r->m.params, &r->d.train, &r->o, &ctl, &r->last) ||
        (r->quantised && finish_integers(r)) ||
        (!r->o.validate && (r->test = axf_eval_float(n, &r->m.params, &r->d.test)) < 0) || provenance(r) ||
        axf_model_save(&r->m, out);
  if (!bad) {
    unlink(ckpt);
    print_result(r, out);
  }
  free(ckpt);
  return bad ? -1 : 0;
}

/* Integers know no batch normalisation: the net to fine-tune and its parameters take it into weights and biases. */
static int fold(axf_net *n, axf_params *p) {
  axf_net bare;
  axf_params folded;
  if (axf_net_fold(&bare, n))
    return -1;
  if (axf_params_alloc(&folded, &bare)) {
    axf_net_free(&bare);
    return -1;
  }
  axf_params_fold(&folded, n, p);
  axf_params_free(p);
  axf_net_free(n);
  *p = folded;
  *n = bare;
  return 0;
}

/* 1 if parameters of one fit the other. */
static int same_shape(const axf_net *a, const axf_net *b) {
  int same = a->nlayers == b->nlayers && a->c == b->c && a->h == b->h && a->w == b->w;
  for (int l = 0; same && l < a->nlayers; l++) {
    const axf_layer *x = &a->layer[l], *y = &b->layer[l];
    same = x->kind == y->kind && x->in_c == y->in_c && x->out_c == y->out_c && x->ky == y->ky && x->kx == y->kx &&
           x->bn == y->bn;
  }
  return same;
}

/* Reads the net, and the parameters to start from if there are some. */
static int read_net(run *r) {
  const char *init = option(r, "init", NULL), *name = option(r, "net", NULL);
  axf_model from;
  char path[1024];
  if (name || !init)
    if (axf_net_find(path, sizeof path, name ? name : "lenet") || axf_net_load(&r->m.net, path))
      return -1;
  if (!init)
    return 0;
  if (axf_model_load(&from, init))
    return -1;
  r->init = from.params;
  memset(&from.params, 0, sizeof from.params);
  int bad = axf_sha256_file(init, r->init_sha256) || (!name && axf_net_parse(&r->m.net, init, from.net.text));
  if (!bad && !same_shape(&from.net, &r->m.net))
    bad = axf_fail("%s: its layers are not those of net %s", init, r->m.net.name);
  if (!bad && r->quantised && axf_net_has_bn(&r->m.net))
    bad = fold(&r->m.net, &r->init);
  axf_model_free(&from);
  return bad ? -1 : 0;
}

/* Sets the training options: recipe, then what fine-tuning changes, then the command line. Returns 2 for wrong use. */
static int read_options(run *r) {
  char what[64];
  axf_train_defaults(&r->o);
  if (axf_train_set_net(&r->o, &r->m.net))
    return -1;
  if (*r->init_sha256) {
    r->o.lr /= 10;
    r->o.epochs = 5;
    r->o.warmup = 0;
  }
  for (int i = FIRST_RECIPE; i < first_method; i++)
    if (r->value[i]) {
      snprintf(what, sizeof what, "--%s", options[i].name);
      if (axf_train_set(&r->o, what, options[i].name, r->value[i]))
        return axf_cli_wrong(&usage, "%s", axf_errmsg());
    }
  return 0;
}

/* Which pass; returns 2 for wrong use. */
static int read_method(run *r) {
  const char *calib = option(r, "calib", "mse");
  r->mult = option(r, "mult", NULL);
  const char *method = option(r, "method", r->mult ? "qat" : "float");
  axf_axtrain_defaults(&r->ax);
  const int plain = strcmp(method, "float") == 0;
  if (axf_axtrain_set(&r->ax, "--method", "method", plain ? "plain" : method))
    return axf_cli_wrong(&usage, "%s", axf_errmsg());
  r->research = !plain && strcmp(method, "qat") != 0;
  for (int i = first_method; options[i].name; i++) {
    char what[64];
    snprintf(what, sizeof what, "--%s", options[i].name);
    if (r->value[i] && axf_axtrain_set(&r->ax, what, options[i].name, r->value[i]))
      return axf_cli_wrong(&usage, "%s", axf_errmsg());
    r->research |= r->value[i] != NULL;
  }
  r->quantised = r->research || !plain;
  if (!r->quantised && (r->mult || option(r, "calib", NULL) || option(r, "per-tensor", NULL)))
    return axf_cli_wrong(&usage, "--mult, --calib and --per-tensor belong to --method qat");
  const int rule = axf_calib_of(calib);
  if (rule < 0)
    return axf_cli_wrong(&usage, "--calib is '%s', there are range, percentile and mse", calib);
  r->quant.calib = (axf_calib)rule;
  r->quant.per_tensor = option(r, "per-tensor", NULL) != NULL;
  return 0;
}

static void release(run *r) {
  if (r->axtrain)
    axf_axtrain_free(r->axtrain);
  else
    axf_qpass_free(r->pass);
  axf_multset_free(&r->mults);
  axf_dataset_free(&r->d);
  axf_params_free(&r->init);
  axf_model_free(&r->m);
}

int axf_cmd_train(int argc, char **argv) {
  const char *value[NOPTIONS];
  add_method_options();
  int status = axf_cli_options(&usage, argc, argv, value);
  if (status >= 0)
    return status;
  if (axf_cli_get(&usage, value, "resume", NULL) && axf_cli_get(&usage, value, "fresh", NULL))
    return axf_cli_wrong(&usage, "--resume and --fresh exclude each other");
  run r = {.value = value, .last = {.val = -1}, .test = -1};
  if ((status = read_method(&r)) == 0 && (status = read_net(&r)) == 0)
    status = read_options(&r);
  if (status == 0)
    status = axf_multset_load(&r.mults, &r.m.net, r.mult, option(&r, "mult-dir", NULL));
  if (status == 0)
    status = axf_dataset_load(&r.d, option(&r, "data", "auto"), option(&r, "data-dir", NULL));
  if (status == 0) {
    char *def = axf_sprintf("build/models/%s-%s%s%s.axm", r.m.net.name, r.d.name, r.quantised ? "-" : "",
                            r.research    ? axf_axtrain_name(r.ax.method)
                            : r.quantised ? r.mult ? r.mult : "qat"
                                          : "");
    status = def ? train(&r, option(&r, "out", def)) : -1;
    free(def);
  }
  release(&r);
  return status < 0 ? axf_cli_fail(&usage) : status;
}
