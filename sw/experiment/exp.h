/* Experiments: a grid of trainings and measurements described by a text file, run once each, summed up from rows.
 * SPDX-License-Identifier: Apache-2.0
 *
 * An experiment file, one statement a line, `#` starts a comment:
 *     experiment NAME
 *     net NET
 *     data SET
 *     seeds 1 2 3
 *     include FILE                    # its lines stand here; beside this file
 *     let NAME WORDS                  # @NAME stands for these words in the lines below
 *     config NAME KEY=WORD ..         # a configuration of the hardware: in its runs @KEY stands for WORD
 *     all OPTIONS                     # of axflow train, for every case
 *     case NAME [from=CASE] [on=CONFIG,..] [do=COMMAND] [only=train] OPTIONS
 *     measure NAME [on=CONFIG,..] [of=CASE,..] COMMAND OPTIONS
 *                                     # an axflow command that takes --model and --data; its output lines
 *                                     # `WORD key=value ..` become rows; @seed stands for the seed
 *
 * A case with on= (on=*: every configuration above) is run once for each of them, and is called NAME.CONFIG. from:
 * fine-tune that case's model of the same seed (--init), of the same configuration if it has one. do: instead of a
 * training a command that makes a model of one (--model, --out). only=train: measured nowhere, others start from it. A
 * measure with on= is made of the cases of these configurations, and under all of them of the cases without; with of=
 * of these cases only. A run is a case with a seed: one training, then the measurements. */
#ifndef AXF_EXP_H
#define AXF_EXP_H
#include "core/core.h"

#define AXF_EXP_CASES 128
#define AXF_EXP_SEEDS 64
#define AXF_EXP_MEASURES 64
#define AXF_EXP_CONFIGS 16

typedef struct {
  char name[64];           /* a case of a configuration: NAME.CONFIG; a measure: NAME */
  char base[64];           /* NAME */
  int config;              /* index; -1: none */
  int from;                /* index of the case whose model it starts from; -1: none */
  char *command;           /* NULL: train, or the measure's */
  int unmeasured;          /* 1: only=train */
  const char *of;          /* a measure: of the cases with these names, commas between; NULL: of all */
  int words;               /* of the command */
  char *word[AXF_MAX_TOK]; /* owned by the experiment's text */
} axf_exp_item;
typedef struct {
  char name[64];
  int words;
  char *word[AXF_MAX_TOK]; /* let: words; config: KEY=WORD */
} axf_exp_words;
typedef struct {
  char *text, *included; /* private */
  char name[64], net[256], data[64];
  int nseeds, ncases, nmeasures, nall, nlets, nconfigs;
  uint64_t seed[AXF_EXP_SEEDS];
  char *all[AXF_MAX_TOK];
  axf_exp_words let[AXF_EXP_CONFIGS], config[AXF_EXP_CONFIGS];
  axf_exp_item cases[AXF_EXP_CASES], measures[AXF_EXP_MEASURES];
} axf_exp;

/* ---- parse.c ---- */
/* Reads and checks a file; refusals name file and line. */
int axf_exp_read(axf_exp *e, const char *path);
void axf_exp_free(axf_exp *e);
/* Pairs of a case and a configuration that it is measured under (one, if there are no configurations), of one seed. */
int axf_exp_points(const axf_exp *e);

/* ---- run.c ---- */
typedef struct {
  const char *dir;      /* results: DIR/CASE-SEED.axm, .json, .csv and DIR/results.csv */
  const char *data_dir; /* as given to axf_dataset_load */
  const char *have;     /* collected rows (sw/experiments/collect.awk) of runs made before; NULL: none */
  const char *axflow;   /* the command to call */
  int argc;             /* of this command, for provenance */
  char **argv;
  void (*say)(const char *line); /* progress, may be NULL */
} axf_exp_ctl;
/* Makes every run that has no valid row yet; stops at the first that fails. A run whose commands, net, data or version
 * have changed since is made again. A training that was interrupted goes on from its checkpoint. With
 * c->have, a run whose identity stands there is not made either, unless one that must be made starts from its model;
 * and a case with only=train is made for such runs alone. */
int axf_exp_run(const axf_exp *e, const axf_exp_ctl *c);
/* Digits of a run's identity (a digest of its commands, net, data, seed and version) in collected rows. */
#define AXF_EXP_ID 16
/* Prints a line CASE,CONFIG,SEED,IDENTITY for every run that is measured; CONFIG is * for all. */
int axf_exp_identities(const axf_exp *e, const axf_exp_ctl *c, FILE *f);

/* ---- rows.c: one metric a row ---- */
#define AXF_ROW_HEADER "experiment,case,seed,measure,point,metric,value"
typedef struct {
  char name[64], item[64], measure[64], point[160], metric[32];
  uint64_t seed;
  double value;
} axf_row;
typedef struct {
  int n, room;
  axf_row *row;
} axf_rows;
/* Where rows come from; config: of the hardware, NULL if there is none. */
typedef struct {
  const char *experiment, *item, *config, *measure;
  uint64_t seed;
} axf_row_of;
/* Adds the rows of an output line `WORD key=value ..`: the keys accuracy, float_accuracy, validation_accuracy, cost,
 * clean, mean, sd, ci95, min, q10, median, max, rise, loss are metrics (a trailing % is dropped), net, data and model
 * are left out, all others together are the point, `config=NAME` in front if there is one. A line of another form adds
 * nothing. -1 on exhaustion. */
int axf_rows_line(axf_rows *r, const axf_row_of *of, const char *line);
int axf_rows_write(const axf_rows *r, FILE *f, const char *comment); /* comment: first line, after "# "; may be NULL */
/* Adds the rows of a CSV file; the comment in the first line, if there is one, comes back in comment[256]. */
int axf_rows_read(axf_rows *r, const char *path, char comment[256]);
void axf_rows_free(axf_rows *r);
/* Mean +- standard deviation over the seeds of every case, measure, point and metric, as a Markdown table. metrics: a
 * blank-separated choice, NULL: accuracy clean mean min rise. */
int axf_rows_summary(const axf_rows *r, const char *metrics, FILE *f);
/* Refuses a list with commas in which a word is no metric. */
int axf_rows_metrics(const char *list);

/* ---- plot.c ---- */
typedef struct {
  const char *measure, *metric, *x; /* x: a key of the point with numbers, e.g. ber; NULL: bars, one a case and point */
  const char *y;                    /* another key, of words: a surface, its values written in the fields; or NULL */
  const char *item;                 /* only this case; NULL: all */
  const char *title;
  int log_x;
} axf_plot;
/* Mean and standard deviation over the seeds, one line a case, as SVG through gnuplot; with y the means of one case
 * over x and y. Fails when gnuplot is missing or no row fits. */
int axf_plot_svg(const axf_rows *r, const axf_plot *p, const char *path);
#endif
