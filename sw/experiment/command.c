/* The commands of a run, built and called as a user would; their output lines become rows.
 * SPDX-License-Identifier: Apache-2.0 */
#include "experiment/priv.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void add(axf_exp_command *c, const char *word) {
  if (c->n < AXF_EXP_WORDS)
    c->word[c->n++] = (char *)(uintptr_t)word;
}

static int add_made(axf_exp_command *c, const char *option, char *word) {
  if (!word)
    return -1;
  c->made[c->nmade++] = word;
  add(c, option);
  add(c, word);
  return 0;
}

static void clear(axf_exp_command *c) {
  for (int i = 0; i < c->nmade; i++)
    free(c->made[i]);
  memset(c, 0, sizeof *c);
}

/* `--data SET` and `--data-dir DIR`. */
static void add_data(const axf_exp_run_of *r, axf_exp_command *c) {
  add(c, "--data");
  add(c, r->e->data);
  if (r->c->data_dir) {
    add(c, "--data-dir");
    add(c, r->c->data_dir);
  }
}

static int build_train(axf_exp_run_of *r, const axf_exp_item *item) {
  const axf_exp *e = r->e;
  axf_exp_command *c = &r->train;
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

static int named(const char *list, const char *name) {
  const size_t len = strlen(name);
  for (const char *at = list; (at = strstr(at, name)); at++)
    if ((at == list || at[-1] == ',') && (at[len] == ',' || at[len] == '\0'))
      return 1;
  return 0;
}

/* Whether measure i is one of this run. */
static int applies(const axf_exp_run_of *r, int i) {
  const int of = r->e->measures[i].config, own = r->e->cases[r->item].config;
  const axf_exp_item *item = &r->e->cases[r->item];
  if (r->e->measures[i].of && !named(r->e->measures[i].of, item->base))
    return 0;
  return !item->unmeasured && (of < 0 || own < 0 || of == own);
}

static int build_measure(axf_exp_run_of *r, int i) {
  const axf_exp_item *item = &r->e->measures[i];
  axf_exp_command *c = &r->measure[i];
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

int axf_exp_commands(axf_exp_run_of *r) {
  int bad = build_train(r, &r->e->cases[r->item]);
  for (int i = 0; i < r->e->nmeasures && !bad; i++)
    bad = build_measure(r, i);
  return bad ? -1 : 0;
}

void axf_exp_commands_free(axf_exp_run_of *r) {
  clear(&r->train);
  for (int i = 0; i < AXF_EXP_MEASURES; i++)
    clear(&r->measure[i]);
}

char *axf_exp_joined(const axf_exp_command *c) {
  char *all = axf_strdup("axflow");
  for (int i = 0; i < c->n && all; i++) {
    char *longer = axf_sprintf("%s %s", all, c->word[i]);
    free(all);
    all = longer;
  }
  return all;
}

int axf_exp_call(axf_exp_run_of *r, const axf_exp_command *c, const char *measure, int config) {
  char *argv[AXF_EXP_WORDS + 2], line[1024], last[1024] = "";
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
  char *all = axf_exp_joined(c);
  axf_fail("this command failed: %s", all ? all : "axflow");
  free(all);
  return -1;
}
