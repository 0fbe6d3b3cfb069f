/* axflow train: net + data -> float model file.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"
#include "data/data.h"
#include "kernels/kernels.h"
#include "nn/net.h"
#include "train/train.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The entries from FIRST_RECIPE on are training options of train.h under the same name. */
#define FIRST_RECIPE 7
static const axf_option options[] = {
    {"net", "NET", "name of a net in sw/nets, or a .net file (default lenet)"},
    {"data", "SET", "data set: auto, mnist, digits, ... (default auto)"},
    {"data-dir", "DIR", "where the data sets are"},
    {"out", "FILE", "model file to write (default build/models/NET-SET.axm)"},
    {"resume", NULL, "insist on continuing from FILE.ckpt (a fitting one is used anyway)"},
    {"fresh", NULL, "start from the beginning, whatever FILE.ckpt holds"},
    {"quiet", NULL, "only the last line"},
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
#define NOPTIONS (sizeof options / sizeof options[0])

static const axf_usage usage = {
    "train", "[--net NET] [--data SET] [--out FILE] [options]",
    "Trains a float network and writes a model file. A net's own recipe (its train line) comes before the defaults,\n"
    "options come before the recipe. A checkpoint after each epoch lets an interrupted run continue; the model is the\n"
    "same to the byte, for any number of threads.",
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

/* What the model file says about its making; nothing in it depends on machine, time or place. */
static int provenance(axf_model *m, const axf_dataset *d, const axf_train_opts *o, double val, double test) {
  char text[512], number[4][32];
  axf_train_text(o, text);
  char *command = axf_sprintf("axflow train --net %s --data %s %s", m->net.name, d->name, text);
  snprintf(number[0], sizeof number[0], "%llu", (unsigned long long)o->seed);
  snprintf(number[1], sizeof number[1], "%d", o->epochs);
  snprintf(number[2], sizeof number[2], "%.4f", test);
  snprintf(number[3], sizeof number[3], "%.4f", val);
  const char *const pairs[][2] = {{"provenance.version", AXF_VERSION},
                                  {"provenance.command", command},
                                  {"provenance.seed", number[0]},
                                  {"provenance.epochs", number[1]},
                                  {"provenance.data", d->name},
                                  {"provenance.data_sha256", d->train.sha256},
                                  {"provenance.blas_kernel", axf_blas_kernel()},
                                  {"provenance.float_accuracy", test >= 0 ? number[2] : NULL},
                                  {"provenance.validation_accuracy", val >= 0 ? number[3] : NULL}};
  int r = command && (m->meta = axf_container_new("model")) ? 0 : -1;
  for (size_t i = 0; i < sizeof pairs / sizeof pairs[0] && r == 0; i++)
    if (pairs[i][1])
      r = axf_container_set(m->meta, pairs[i][0], pairs[i][1]);
  free(command);
  return r;
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

/* Trains, measures and writes; m and d are released by the caller. */
static int train(axf_model *m, const axf_dataset *d, const axf_train_opts *o, const char **value, const char *out) {
  int quiet = axf_cli_get(&usage, value, "quiet", NULL) != NULL;
  char *ckpt = axf_sprintf("%s.ckpt", out);
  axf_train_ctl ctl = {.checkpoint = ckpt,
                       .resume = axf_cli_get(&usage, value, "resume", NULL)  ? AXF_RESUME_MUST
                                 : axf_cli_get(&usage, value, "fresh", NULL) ? AXF_RESUME_NEVER
                                                                             : AXF_RESUME_AUTO,
                       .progress = !quiet,
                       .on_epoch = quiet ? NULL : print_epoch,
                       .on_note = print_note};
  axf_epoch last = {.val = -1};
  double test = -1;
  int r = ckpt && axf_train_fits(&m->net, &d->train, d->name) == 0 && make_parent(out) == 0 ? 0 : -1;
  if (r == 0 && !quiet)
    printf("net %s, data %s (%s), %u training examples, %d threads\n", m->net.name, d->name, d->source, d->train.n,
           axf_threads());
  if (r == 0)
    r = axf_params_alloc(&m->params, &m->net) || axf_train(&m->net, &m->params, &d->train, o, &ctl, &last) ? -1 : 0;
  if (r == 0 && !o->validate && (test = axf_eval_float(&m->net, &m->params, &d->test)) < 0)
    r = -1;
  if (r == 0 && (provenance(m, d, o, last.val, test) || axf_model_save(m, out)))
    r = -1;
  if (r == 0) {
    unlink(ckpt);
    printf("TRAIN net=%s data=%s %s=%.2f%% model=%s\n", m->net.name, d->name,
           test >= 0 ? "float_accuracy" : "validation_accuracy", 100 * (test >= 0 ? test : last.val), out);
  }
  free(ckpt);
  return r;
}

int axf_cmd_train(int argc, char **argv) {
  const char *value[NOPTIONS];
  int status = axf_cli_options(&usage, argc, argv, value);
  if (status >= 0)
    return status;
  if (axf_cli_get(&usage, value, "resume", NULL) && axf_cli_get(&usage, value, "fresh", NULL))
    return axf_cli_wrong(&usage, "--resume and --fresh exclude each other");
  axf_train_opts o;
  axf_model m;
  axf_dataset d;
  char path[1024], what[64];
  memset(&m, 0, sizeof m);
  memset(&d, 0, sizeof d);
  axf_train_defaults(&o);
  int r = axf_net_find(path, sizeof path, axf_cli_get(&usage, value, "net", "lenet")) || axf_net_load(&m.net, path) ||
          axf_train_set_net(&o, &m.net);
  for (size_t i = FIRST_RECIPE; options[i].name && r == 0; i++)
    if (value[i]) {
      snprintf(what, sizeof what, "--%s", options[i].name);
      if (axf_train_set(&o, what, options[i].name, value[i])) {
        axf_model_free(&m);
        return axf_cli_wrong(&usage, "%s", axf_errmsg());
      }
    }
  if (!r)
    r = axf_dataset_load(&d, axf_cli_get(&usage, value, "data", "auto"), axf_cli_get(&usage, value, "data-dir", NULL));
  if (!r) {
    char *def = axf_sprintf("build/models/%s-%s.axm", m.net.name, d.name);
    r = def ? train(&m, &d, &o, value, axf_cli_get(&usage, value, "out", def)) : -1;
    free(def);
  }
  axf_dataset_free(&d);
  axf_model_free(&m);
  return r ? axf_cli_fail(&usage) : 0;
}
