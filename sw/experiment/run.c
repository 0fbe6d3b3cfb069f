/* Making the runs of an experiment: which there are, which are finished, what is written of each.
 * SPDX-License-Identifier: Apache-2.0 */
#include "data/data.h"
#include "experiment/priv.h"
#include "nn/net.h"
#include <stdlib.h>
#include <string.h>

static void release(axf_exp_run_of *r) {
  axf_exp_commands_free(r);
  axf_rows_free(&r->rows);
  free(r->stem);
}

/* Digest of everything that decides the result; the folder of results and of data does not. */
static int identity(axf_exp_run_of *r, const char *data_sha256, const char *net_text) {
  char *all = axf_sprintf("%s %s %s %s\n", AXF_VERSION, r->e->data, data_sha256, net_text);
  for (int i = -1; i < r->e->nmeasures && all; i++) {
    const axf_exp_command *c = i < 0 ? &r->train : &r->measure[i];
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

/* The JSON row: everything needed to make the run again. */
static int write_json(const axf_exp_run_of *r, const char *data_sha256, double seconds) {
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
    char *all = axf_exp_joined(i < 0 ? &r->train : &r->measure[i]);
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
static int finished(const axf_exp_run_of *r, axf_rows *all) {
  char *path = axf_sprintf("%s.csv", r->stem), comment[256];
  axf_rows found = {0, 0, NULL};
  int ok = path && axf_exists(path) && axf_rows_read(&found, path, comment) == 0 && strcmp(comment, r->hash) == 0;
  axf_rows_free(&found);
  if (ok)
    ok = axf_rows_read(all, path, comment) == 0;
  free(path);
  return ok;
}

static int make(axf_exp_run_of *r, const char *data_sha256) {
  const double start = axf_now();
  const int own = r->e->cases[r->item].config;
  if (axf_exp_call(r, &r->train, "train", own))
    return -1;
  for (int i = 0; i < r->e->nmeasures; i++)
    if (r->measure[i].n &&
        axf_exp_call(r, &r->measure[i], r->e->measures[i].name, own < 0 ? r->e->measures[i].config : own))
      return -1;
  char *path = axf_sprintf("%s.csv", r->stem);
  int bad = write_json(r, data_sha256, axf_now() - start) || write_rows(&r->rows, path, r->hash);
  free(path);
  return bad;
}

typedef struct {
  char *data_sha256, *net_text;
  char *have; /* text of the collected rows, or NULL */
  int done, total, made, left;
  double start;
} state;

/* What the identity of a run takes from outside the experiment file. */
static int state_begin(state *s, const axf_exp *e, const axf_exp_ctl *c) {
  axf_dataset d;
  char path[1024];
  uint8_t *text;
  size_t len;
  *s = (state){.total = e->ncases * e->nseeds, .start = axf_now()};
  if (axf_net_find(path, sizeof path, e->net) || axf_read_file(path, &text, &len))
    return -1;
  s->net_text = (char *)text;
  if (c->have) {
    if (axf_read_file(c->have, &text, &len))
      return -1;
    s->have = (char *)text;
  }
  if (axf_dataset_load(&d, e->data, c->data_dir))
    return -1;
  s->data_sha256 = axf_sprintf("%s %s", d.train.sha256, d.test.sha256);
  axf_dataset_free(&d);
  return s->data_sha256 ? 0 : -1;
}

static void state_end(state *s) {
  free(s->data_sha256);
  free(s->net_text);
  free(s->have);
}

/* A run with its commands and identity; release it, also after a failure. */
static int prepare(axf_exp_run_of *r, const axf_exp *e, const axf_exp_ctl *c, int item, uint64_t seed, const state *s) {
  *r = (axf_exp_run_of){.e = e, .c = c, .item = item, .seed = seed};
  r->stem = axf_sprintf("%s/%s-%llu", c->dir, e->cases[item].name, (unsigned long long)seed);
  return !r->stem || axf_exp_commands(r) || identity(r, s->data_sha256, s->net_text) ? -1 : 0;
}

/* Whether the collected rows hold this run. */
static int had(const axf_exp_run_of *r, const char *have) {
  const axf_exp_item *item = &r->e->cases[r->item];
  for (const char *line = have; line && *line;) {
    const char *end = strchrnul(line, '\n'), *id = end;
    char base[64], config[64];
    unsigned long long seed;
    while (id > line && id[-1] != ',')
      id--;
    if (sscanf(line, "%63[^,],%63[^,],%llu,", base, config, &seed) == 3 && strcmp(base, item->base) == 0 &&
        seed == r->seed && (item->config < 0 || strcmp(config, r->e->config[item->config].name) == 0) &&
        end - id == AXF_EXP_ID && strncmp(id, r->hash, AXF_EXP_ID) == 0)
      return 1;
    line = *end ? end + 1 : end;
  }
  return 0;
}

/* wanted[i]: whether case i of this seed has to be made, or its rows to be read. From the last to the first: a run that
 * is made needs the model it starts from. */
static int choose(const axf_exp *e, const axf_exp_ctl *c, uint64_t seed, const state *s, int *wanted) {
  int pulled[AXF_EXP_CASES] = {0};
  for (int i = e->ncases - 1; i >= 0; i--) {
    axf_exp_run_of r;
    axf_rows rows = {0, 0, NULL};
    const int bad = prepare(&r, e, c, i, seed, s), here = !bad && finished(&r, &rows);
    wanted[i] = here || pulled[i] || !s->have || (!e->cases[i].unmeasured && !bad && !had(&r, s->have));
    if (wanted[i] && !here && e->cases[i].from >= 0)
      pulled[e->cases[i].from] = 1;
    axf_rows_free(&rows);
    release(&r);
    if (bad)
      return -1;
  }
  return 0;
}

static int one(const axf_exp *e, const axf_exp_ctl *c, int item, uint64_t seed, state *s, axf_rows *all) {
  axf_exp_run_of r;
  char line[256];
  int bad = prepare(&r, e, c, item, seed, s);
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
  state s = {0};
  axf_rows all = {0, 0, NULL};
  int wanted[AXF_EXP_CASES], bad = axf_mkdirs(c->dir) || state_begin(&s, e, c) ? -1 : 0;
  for (int k = 0; k < e->nseeds && !bad; k++) {
    bad = choose(e, c, e->seed[k], &s, wanted);
    for (int i = 0; i < e->ncases && !bad; i++)
      if (wanted[i]) {
        bad = one(e, c, i, e->seed[k], &s, &all);
      } else {
        s.done++;
        s.left += !e->cases[i].unmeasured;
      }
  }
  char *out = axf_sprintf("%s/results.csv", c->dir);
  bad = bad || write_rows(&all, out, NULL);
  free(out);
  axf_rows_free(&all);
  if (s.left && c->say && !bad) {
    char line[1200];
    snprintf(line, sizeof line, "%d runs are not made again: their rows are in %.1000s", s.left, c->have);
    c->say(line);
  }
  state_end(&s);
  return bad ? -1 : 0;
}

int axf_exp_identities(const axf_exp *e, const axf_exp_ctl *c, FILE *f) {
  state s = {0};
  int bad = state_begin(&s, e, c);
  for (int k = 0; k < e->nseeds && !bad; k++)
    for (int i = 0; i < e->ncases && !bad; i++) {
      const axf_exp_item *item = &e->cases[i];
      axf_exp_run_of r;
      bad = prepare(&r, e, c, i, e->seed[k], &s);
      if (!bad && !item->unmeasured)
        fprintf(f, "%s,%s,%llu,%.*s\n", item->base, item->config < 0 ? "*" : e->config[item->config].name,
                (unsigned long long)r.seed, AXF_EXP_ID, r.hash);
      release(&r);
    }
  state_end(&s);
  return bad ? -1 : 0;
}
