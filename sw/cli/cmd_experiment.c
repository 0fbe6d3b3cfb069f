/* axflow experiment: runs a grid of trainings and measurements from a file, or sums up what is there.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"
#include "experiment/exp.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const axf_option options[] = {{"out", "DIR", "folder of the results (default $AXF_BUILD/experiments/NAME)"},
                                     {"data-dir", "DIR", "where the data sets are"},
                                     {"metrics", "LIST", "metrics of the table (default accuracy,clean,mean,min,rise)"},
                                     {"table", "FILE", "write the table there too"},
                                     {"have", "FILE", "collected rows of runs made before, which are not made again"},
                                     {"identities", NULL, "only print the identity of every run"},
                                     {"dry-run", NULL, "only check the file"},
                                     {NULL, NULL, NULL}};
#define NOPTIONS (sizeof options / sizeof options[0])

static const axf_usage usage = {
    "experiment", "FILE [options]",
    "Runs every case of an experiment file with every seed: a training, then the measurements. Each run leaves a "
    "model,\n"
    "a JSON row and CSV rows; a run that is finished is not repeated, an interrupted one goes on. At the end a table\n"
    "of mean and standard deviation over the seeds, and results.csv. docs/axtrain.md describes the file.",
    options};

static void say(const char *line) {
  fprintf(stderr, "%s\n", line);
  fflush(stderr);
}

/* Table of DIR/results.csv to stdout, and to a file if one is named. */
static int table(const char *dir, const char *metrics, const char *to) {
  axf_rows rows = {0, 0, NULL};
  char comment[256], *path = axf_sprintf("%s/results.csv", dir), *list = metrics ? axf_strdup(metrics) : NULL;
  for (char *c = list; c && *c; c++)
    *c = *c == ',' ? ' ' : *c;
  int bad = !path || axf_rows_read(&rows, path, comment) || axf_rows_summary(&rows, list, stdout);
  if (!bad && to) {
    axf_out *o = axf_out_begin(to);
    bad = !o || axf_rows_summary(&rows, list, axf_out_stream(o));
    if (o && bad)
      axf_out_abort(o);
    else if (o)
      bad = axf_out_commit(o);
  }
  axf_rows_free(&rows);
  free(path);
  free(list);
  return bad ? -1 : 0;
}

int axf_cmd_experiment(int argc, char **argv) {
  const char *value[NOPTIONS], *file = argc > 1 && *argv[1] != '-' ? argv[1] : NULL, *build = getenv("AXF_BUILD");
  char self[4096];
  axf_exp e;
  char *rest[AXF_MAX_TOK]; /* the options follow the file */
  int words = 0;
  for (int i = 0; i < argc && words < AXF_MAX_TOK; i++)
    if (!file || i != 1)
      rest[words++] = argv[i];
  int status = axf_cli_options(&usage, words, rest, value);
  if (status >= 0)
    return status;
  if (!file)
    return axf_cli_wrong(&usage, "the experiment file is missing");
  if (axf_rows_metrics(axf_cli_get(&usage, value, "metrics", "")) || axf_exp_read(&e, file))
    return axf_cli_fail(&usage);
  ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
  self[n > 0 ? n : 0] = '\0';
  char *def = axf_sprintf("%s/experiments/%s", build && *build ? build : "build", e.name);
  const char *dir = axf_cli_get(&usage, value, "out", def);
  const axf_exp_ctl c = {.dir = dir,
                         .data_dir = axf_cli_get(&usage, value, "data-dir", NULL),
                         .have = axf_cli_get(&usage, value, "have", NULL),
                         .axflow = self,
                         .argc = argc,
                         .argv = argv,
                         .say = say};
  int bad = !def || n <= 0;
  if (axf_cli_get(&usage, value, "dry-run", NULL))
    printf("EXPERIMENT name=%s cases=%d seeds=%d runs=%d rows=%d\n", e.name, e.ncases, e.nseeds, e.ncases * e.nseeds,
           axf_exp_points(&e) * e.nseeds);
  else if (axf_cli_get(&usage, value, "identities", NULL))
    bad = bad || axf_exp_identities(&e, &c, stdout);
  else
    bad = bad || axf_exp_run(&e, &c) ||
          table(dir, axf_cli_get(&usage, value, "metrics", NULL), axf_cli_get(&usage, value, "table", NULL));
  free(def);
  axf_exp_free(&e);
  return bad ? axf_cli_fail(&usage) : 0;
}
