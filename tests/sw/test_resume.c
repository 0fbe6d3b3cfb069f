/* Interrupted training: stopped after each epoch and continued by another process, a run ends with the bytes of the
 * undisturbed one. A case for each thing that must survive; tests/kill/faults plants the loss of each of them.
 * SPDX-License-Identifier: Apache-2.0 */
#include "check.h"
#include "kernels/kernels.h"
#include "train/train.h"
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SIDE = 8, EXAMPLES = 130, EPOCHS = 4 };

static const char plain[] = "net plain\ninput 1 8 8\nconv c maps=3 kernel=3 relu\npool p max 2\nfc g out=4\n";
static const char normed[] = "net normed\ninput 1 8 8\nconv c maps=3 kernel=3 bn relu\npool p max 2\nfc g out=4\n";
static const struct {
  const char *name, *net, *options;
} cases[] = {{"sgd", plain, "lr 0.02"},
             {"adam", plain, "optimiser adam lr 0.01"},
             {"schedule", plain, "schedule step step-every 1 step-factor 0.5 warmup 1.5"},
             {"cosine", plain, "schedule cosine lr 0.03"},
             {"augmented", plain, "shift 1 flip 1"},
             {"held out", plain, "validate 30"},
             {"statistics", normed, "lr 0.02"}};

/* Noisy bars: class k is a bright line, flat or upright, in the upper or left, or the other, half. */
static void make_data(axf_part *d) {
  axf_rng r;
  axf_rng_seed(&r, 3, 0);
  *d = (axf_part){.n = EXAMPLES, .c = 1, .h = SIDE, .w = SIDE, .classes = 4};
  d->u8 = axf_alloc(EXAMPLES, SIDE * SIDE);
  d->label = axf_alloc(EXAMPLES, 1);
  for (uint32_t i = 0; i < EXAMPLES; i++) {
    const uint32_t k = axf_rng_below(&r, 4), at = axf_rng_below(&r, 3) + (k & 1 ? 5 : 0);
    d->label[i] = (uint8_t)k;
    for (uint32_t j = 0; j < SIDE * SIDE; j++)
      d->u8[i * SIDE * SIDE + j] = (uint8_t)(axf_rng_below(&r, 120) + ((k & 2 ? j % SIDE : j / SIDE) == at ? 90 : 0));
  }
  axf_sha256_hex(d->u8, (size_t)EXAMPLES * SIDE * SIDE, d->sha256);
}

/* What a process tells about its training: the digest of the parameters, or why there are none. */
typedef struct {
  char hash[65], why[256];
  int epochs; /* that it ran */
} report;

static void count_epoch(void *ctx, const axf_epoch *e) {
  (void)e;
  ++*(int *)ctx;
}

static void train(const char *net_text, const char *options, const axf_part *d, const char *ckpt, axf_resume resume,
                  int stop, report *to) {
  axf_net n;
  axf_params p;
  axf_epoch last;
  axf_train_opts o;
  char word[256], *rest = word, *key;
  const axf_train_ctl ctl = {
      .checkpoint = ckpt, .resume = resume, .stop_after = stop, .on_epoch = count_epoch, .ctx = &to->epochs};
  snprintf(word, sizeof word, "batch 24 epochs 4 %s", options);
  axf_train_defaults(&o);
  int bad = axf_net_parse(&n, "test", net_text);
  while (!bad && (key = strsep(&rest, " ")))
    bad = axf_train_set(&o, key, key, strsep(&rest, " "));
  bad = bad || axf_params_alloc(&p, &n) || axf_train(&n, &p, d, &o, &ctl, &last);
  if (bad)
    snprintf(to->why, sizeof to->why, "%.255s", axf_errmsg());
  else
    axf_sha256_hex(axf_params_block(&p), axf_params_count(&n) * sizeof(float), to->hash);
}

/* The same in a process of its own: nothing survives but the checkpoint. */
static report leg(const char *net_text, const char *options, const axf_part *d, const char *ckpt, axf_resume resume,
                  int stop) {
  report r = {.why = "the process did not report"};
  int pipes[2];
  if (pipe(pipes))
    return r;
  fflush(stdout);
  const pid_t pid = fork();
  if (pid == 0) {
    memset(&r, 0, sizeof r);
    train(net_text, options, d, ckpt, resume, stop, &r);
    _exit(write(pipes[1], &r, sizeof r) != (ssize_t)sizeof r);
  }
  close(pipes[1]);
  report got;
  if (read(pipes[0], &got, sizeof got) == (ssize_t)sizeof got)
    r = got;
  close(pipes[0]);
  waitpid(pid, NULL, 0);
  return r;
}

int main(int argc, char **argv) {
  char dir[] = "/tmp/axf_test_resume.XXXXXX", ckpt[64];
  axf_part d;
  (void)argc;
  axf_blas_pin(argv);
  setenv("AXF_THREADS", "1", 1);
  CHECK(mkdtemp(dir) != NULL);
  snprintf(ckpt, sizeof ckpt, "%s/c.ckpt", dir);
  make_data(&d);
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const char *name = cases[i].name, *net = cases[i].net, *options = cases[i].options;
    const report whole = leg(net, options, &d, NULL, AXF_RESUME_NEVER, 0);
    CHECK_MSG(*whole.hash && whole.epochs == EPOCHS, "%s: %s", name, whole.why);
    for (int stop = 1; stop < EPOCHS; stop++) {
      const report part = leg(net, options, &d, ckpt, AXF_RESUME_NEVER, stop);
      CHECK_MSG(*part.hash && part.epochs == stop && strcmp(part.hash, whole.hash) != 0, "%s: %s", name, part.why);
      const report rest = leg(net, options, &d, ckpt, AXF_RESUME_MUST, 0);
      CHECK_MSG(rest.epochs == EPOCHS - stop, "%s: %d epochs after %d of %d", name, rest.epochs, stop, EPOCHS);
      CHECK_MSG(strcmp(rest.hash, whole.hash) == 0, "%s: other bytes after a stop behind epoch %d %s", name, stop,
                rest.why);
    }
    /* Stopped after every epoch. */
    report step = leg(net, options, &d, ckpt, AXF_RESUME_NEVER, 1);
    for (int e = 1; e < EPOCHS; e++)
      step = leg(net, options, &d, ckpt, AXF_RESUME_MUST, 1);
    CHECK_MSG(strcmp(step.hash, whole.hash) == 0, "%s: other bytes after a stop behind every epoch", name);
  }
  /* The checkpoint is of the last case. Whatever decides the bytes makes it another run's. */
  static const char *const others[] = {"lr 0.02 seed 2", "lr 0.02 momentum 0.8", "lr 0.02 batch 25", "lr 0.03"};
  for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
    const report r = leg(normed, others[i], &d, ckpt, AXF_RESUME_MUST, 0);
    CHECK_MSG(!*r.hash && strstr(r.why, "other options"), "foreign: taken with '%s' %s", others[i], r.why);
  }
  FILE *f = fopen(ckpt, "r+b");
  CHECK(f && fseek(f, -9, SEEK_END) == 0 && fputc(77, f) == 77 && fclose(f) == 0);
  const report r = leg(normed, "lr 0.02", &d, ckpt, AXF_RESUME_MUST, 0);
  CHECK_MSG(!*r.hash && strstr(r.why, "damaged"), "damaged: taken %s", r.why);
  unlink(ckpt);
  rmdir(dir);
  free(d.u8);
  free(d.label);
  return check_done("test_resume");
}
