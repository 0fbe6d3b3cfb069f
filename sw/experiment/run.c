/* Making the runs of an experiment: each command is called as a user would, its output lines become rows.
 * SPDX-License-Identifier: Apache-2.0 */
#include "data/data.h"
#include "experiment/exp.h"
#include "nn/net.h"
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORDS (3 * AXF_MAX_TOK)

/* A command under construction; words are borrowed, or owned through `made`. */
typedef struct {
  int n, nmade;
  char *word[WORDS + 1], *made[16];
} command;

static void add(command *c, const char *word) {
  if (c->n < WORDS)
    c->word[c->n++] = (char *)(uintptr_t)word;
}

static int add_made(command *c, const char *option, char *word) {
  if (!word)
    return -1;
  c->made[c->nmade++] = word;
  add(c, option);
  add(c, word);
  return 0;
}

static void clear(command *c) {
  for (int i = 0; i < c->nmade; i++)
    free(c->made[i]);
  memset(c, 0, sizeof *c);
}

/* One run of the grid. */
typedef struct {
  const axf_exp *e;
  const axf_exp_ctl *c;
  int item;
  uint64_t seed;
  char *stem; /* DIR/CASE-SEED */
  command train, measure[AXF_EXP_MEASURES];
  char hash[65];
  axf_rows rows;
} run;

static void release(run *r) {
  clear(&r->train);
  for (int i = 0; i < AXF_EXP_MEASURES; i++)
    clear(&r->measure[i]);
  axf_rows_free(&r->rows);
  free(r->stem);
}

/* `--data SET` and `--data-dir DIR`. */
static void add_data(const run *r, command *c) {
  add(c, "--data");
  add(c, r->e->data);
  if (r->c->data_dir) {
    add(c, "--data-dir");
    add(c, r->c->data_dir);
  }
}

static int build_train(run *r, const axf_exp_item *item) {
  const axf_exp *e = r->e;
  command *c = &r->train;
  add(c, item->command ? item->command : "train");
  if (item->from < 0 && add_made(c, "--net", axf_strdup(e->net)))
    return -1;
  if (item->from >= 0 &&
      add_made(c, item->command ? "--model" : "--init",
               axf_sprintf("%s/%s-%llu.axm", r->c->dir, e->cases[item->from].name, (unsigned long long)r->seed)))
    return -1;
  add_data(r, c);
  for (int i = 0; i < e->nall && !item->command; i++)
    add(c, e->all[i]);
  for (int i = 0; i < item->words; i++)
    add(c, item->word[i]);
  if (item->command)
    return add_made(c, "--out", axf_sprintf("%s.axm", r->stem));
  add(c, "--quiet");
  return add_made(c, "--seed", axf_sprintf("%llu", (unsigned long long)r->seed)) ||
         add_made(c, "--out", axf_sprintf("%s.axm", r->stem));
}

/* Whether measure i is one of this run. */
static int applies(const run *r, int i) {
  const int of = r->e->measures[i].config, own = r->e->cases[r->item].config;
  return !r->e->cases[r->item].unmeasured && (of < 0 || own < 0 || of == own);
}

static int build_measure(run *r, int i) {
  const axf_exp_item *item = &r->e->measures[i];
  command *c = &r->measure[i];
  if (!applies(r, i))
    return 0;
  add(c, item->word[0]);
  if (add_made(c, "--model", axf_sprintf("%s.axm", r->stem)))
    return -1;
  add_data(r, c);
  int bad = 0;
  for (int k = 1; k < item->words && !bad; k++)
    if (strcmp(item->word[k], "@seed") == 0) {
      bad = (c->made[c->nmade] = axf_sprintf("%llu", (unsigned long long)r->seed)) == NULL || c->nmade == 15;
      add(c, c->made[c->nmade]);
      c->nmade += !bad;
    } else {
      add(c, item->word[k]);
    }
  return bad ? -1 : 0;
}

/* The words of a command with blanks between, malloc'd. */
static char *joined(const command *c) {
  char *all = axf_strdup("axflow");
  for (int i = 0; i < c->n && all; i++) {
    char *longer = axf_sprintf("%s %s", all, c->word[i]);
    free(all);
    all = longer;
  }
  return all;
}

/* Digest of everything that decides the result; the folder of results and of data does not. */
static int identity(run *r, const char *data_sha256, const char *net_text) {
  char *all = axf_sprintf("%s %s %s %s\n", AXF_VERSION, r->e->data, data_sha256, net_text);
  for (int i = -1; i < r->e->nmeasures && all; i++) {
    const command *c = i < 0 ? &r->train : &r->measure[i];
    for (int k = 0; k < c->n && all; k++) {
      const int path = k && (strcmp(c->word[k - 1], "--out") == 0 || strcmp(c->word[k - 1], "--model") == 0 ||
                             strcmp(c->word[k - 1], "--data-dir") == 0 || strcmp(c->word[k - 1], "--init") == 0);
      char *longer = axf_sprintf("%s%s ", all, path ? "" : c->word[k]);
      free(all);
      all = longer;
    }
  }
  for (int from = r->e->cases[r->item].from; from >= 0 && all; from = r->e->cases[from].from)
    for (int k = -1; k < r->e->cases[from].words && all; k++) {
      char *longer = axf_sprintf("%s%s ", all, k < 0 ? "from" : r->e->cases[from].word[k]);
      free(all);
      all = longer;
    }
  if (!all)
    return -1;
  axf_sha256_hex(all, strlen(all), r->hash);
  free(all);
  return 0;
}

/* Runs a command; its output lines become rows, of configuration `config` unless that is negative. */
static int call(run *r, const command *c, const char *measure, int config) {
  char *argv[WORDS + 2], line[1024], last[1024] = "";
  int pipe_of[2], status;
  const axf_row_of of = {r->e->name, r->e->cases[r->item].base, config < 0 ? NULL : r->e->config[config].name, measure,
                         r->seed};
  argv[0] = (char *)(uintptr_t)r->c->axflow;
  memcpy(argv + 1, c->word, (size_t)c->n * sizeof *argv);
  argv[c->n + 1] = NULL;
  fflush(NULL);
  if (pipe(pipe_of))
    return axf_fail("cannot make a pipe: %s", strerror(errno));
  pid_t child = fork();
  if (child < 0)
    return axf_fail("cannot start %s: %s", r->c->axflow, strerror(errno));
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGTERM); /* do not outlive the experiment */
    dup2(pipe_of[1], 1);
    close(pipe_of[0]);
    close(pipe_of[1]);
    execv(r->c->axflow, argv);
    fprintf(stderr, "cannot start %s: %s\n", r->c->axflow, strerror(errno));
    _exit(127);
  }
  close(pipe_of[1]);
  FILE *f = fdopen(pipe_of[0], "r");
  int bad = f ? 0 : -1;
  while (f && fgets(line, sizeof line, f)) {
    snprintf(last, sizeof last, "%s", line);
    bad = bad || axf_rows_line(&r->rows, &of, line);
  }
  if (f)
    fclose(f);
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (bad || (WIFEXITED(status) && WEXITSTATUS(status) == 0))
    return bad;
  char *all = joined(c);
  axf_fail("this command failed: %s", all ? all : "axflow");
  free(all);
  return -1;
}

/* The JSON row: everything needed to make the run again. */
static int write_json(const run *r, const char *data_sha256, double seconds) {
  char *path = axf_sprintf("%s.json", r->stem);
  axf_out *o = path ? axf_out_begin(path) : NULL;
  axf_json j;
  free(path);
  if (!o)
    return -1;
  axf_json_begin(&j, axf_out_stream(o));
  axf_json_provenance(&j, r->c->argc, r->c->argv, r->seed);
  axf_json_str(&j, "experiment", r->e->name);
  axf_json_str(&j, "case", r->e->cases[r->item].name);
  axf_json_str(&j, "data", r->e->data);
  axf_json_str(&j, "data_sha256", data_sha256);
  axf_json_str(&j, "identity", r->hash);
  axf_json_arr(&j, "commands");
  for (int i = -1; i < r->e->nmeasures; i++) {
    if (i >= 0 && !r->measure[i].n)
      continue;
    char *all = joined(i < 0 ? &r->train : &r->measure[i]);
    axf_json_str(&j, NULL, all ? all : "");
    free(all);
  }
  axf_json_close(&j);
  axf_json_num(&j, "seconds", seconds);
  axf_json_arr(&j, "results");
  for (int i = 0; i < r->rows.n; i++) {
    const axf_row *w = &r->rows.row[i];
    axf_json_obj(&j, NULL);
    axf_json_str(&j, "measure", w->measure);
    axf_json_str(&j, "point", w->point);
    axf_json_str(&j, "metric", w->metric);
    axf_json_num(&j, "value", w->value);
    axf_json_close(&j);
  }
  axf_json_close(&j);
  axf_json_end(&j);
  return axf_out_commit(o);
}

static int write_rows(const axf_rows *rows, const char *path, const char *comment) {
  axf_out *o = path ? axf_out_begin(path) : NULL;
  if (!o)
    return -1;
  if (axf_rows_write(rows, axf_out_stream(o), comment)) {
    axf_out_abort(o);
    return -1;
  }
  return axf_out_commit(o);
}

/* 1: there are valid rows of this run, which are then added to all. */
static int finished(const run *r, axf_rows *all) {
  char *path = axf_sprintf("%s.csv", r->stem), comment[256];
  axf_rows found = {0, 0, NULL};
  int ok = path && axf_exists(path) && axf_rows_read(&found, path, comment) == 0 && strcmp(comment, r->hash) == 0;
  axf_rows_free(&found);
  if (ok)
    ok = axf_rows_read(all, path, comment) == 0;
  free(path);
  return ok;
}

static int make(run *r, const char *data_sha256) {
  const double start = axf_now();
  const int own = r->e->cases[r->item].config;
  if (call(r, &r->train, "train", own))
    return -1;
  for (int i = 0; i < r->e->nmeasures; i++)
    if (r->measure[i].n && call(r, &r->measure[i], r->e->measures[i].name, own < 0 ? r->e->measures[i].config : own))
      return -1;
  char *path = axf_sprintf("%s.csv", r->stem);
  int bad = write_json(r, data_sha256, axf_now() - start) || write_rows(&r->rows, path, r->hash);
  free(path);
  return bad;
}

typedef struct {
  char *data_sha256, *net_text;
  int done, total, made;
  double start;
} state;

static int one(const axf_exp *e, const axf_exp_ctl *c, int item, uint64_t seed, state *s, axf_rows *all) {
  run r = {.e = e, .c = c, .item = item, .seed = seed};
  char line[256];
  r.stem = axf_sprintf("%s/%s-%llu", c->dir, e->cases[item].name, (unsigned long long)seed);
  int bad = !r.stem || build_train(&r, &e->cases[item]);
  for (int i = 0; i < e->nmeasures && !bad; i++)
    bad = build_measure(&r, i);
  bad = bad || identity(&r, s->data_sha256, s->net_text);
  if (!bad && !finished(&r, all)) {
    double each = s->made ? (axf_now() - s->start) / s->made : 0;
    snprintf(line, sizeof line, "run %d/%d: case %s, seed %llu", s->done + 1, s->total, e->cases[item].name,
             (unsigned long long)seed);
    if (s->made)
      snprintf(line + strlen(line), sizeof line - strlen(line), ", about %.0f s left", each * (s->total - s->done));
    if (c->say)
      c->say(line);
    bad = make(&r, s->data_sha256) || !finished(&r, all);
    s->made++;
  }
  s->done++;
  release(&r);
  return bad ? -1 : 0;
}

int axf_exp_run(const axf_exp *e, const axf_exp_ctl *c) {
  axf_dataset d;
  char path[1024];
  uint8_t *net;
  size_t len;
  state s = {.total = e->ncases * e->nseeds, .start = axf_now()};
  axf_rows all = {0, 0, NULL};
  if (axf_mkdirs(c->dir) || axf_net_find(path, sizeof path, e->net) || axf_read_file(path, &net, &len))
    return -1;
  s.net_text = (char *)net;
  int bad = axf_dataset_load(&d, e->data, c->data_dir);
  if (!bad) {
    s.data_sha256 = axf_sprintf("%s %s", d.train.sha256, d.test.sha256);
    axf_dataset_free(&d);
    bad = s.data_sha256 ? 0 : -1;
  }
  for (int k = 0; k < e->nseeds; k++)
    for (int i = 0; i < e->ncases && !bad; i++)
      bad = one(e, c, i, e->seed[k], &s, &all);
  char *out = axf_sprintf("%s/results.csv", c->dir);
  bad = bad || write_rows(&all, out, NULL);
  free(out);
  axf_rows_free(&all);
  free(s.data_sha256);
  free(net);
  return bad ? -1 : 0;
}
