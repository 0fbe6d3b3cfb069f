/* The command line: subcommands, their table, and options that are declared once for parsing and for --help.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A subcommand gets argv[0] = its name. It returns the exit status: 0 done, 1 failed (axf_cli_fail), 2 wrong use
 * (axf_cli_options). */
#ifndef AXF_CLI_H
#define AXF_CLI_H
#include "core/core.h"

/* ---- subcommands, one file cmd_NAME.c each; main.c holds the table ---- */
int axf_cmd_train(int argc, char **argv);
int axf_cmd_import(int argc, char **argv);
int axf_cmd_eval(int argc, char **argv);
int axf_cmd_quantize(int argc, char **argv);
int axf_cmd_compile(int argc, char **argv);
int axf_cmd_info(int argc, char **argv);
int axf_cmd_multiplier(int argc, char **argv);
int axf_cmd_dies(int argc, char **argv);
int axf_cmd_sensitivity(int argc, char **argv);
int axf_cmd_experiment(int argc, char **argv);
int axf_cmd_plot(int argc, char **argv);
int axf_cmd_correct(int argc, char **argv);
int axf_cmd_baselines(int argc, char **argv);
int axf_cmd_predict(int argc, char **argv);
int axf_cmd_supply(int argc, char **argv);

/* ---- parts of `axflow multiplier` (cmd_multiplier_add.c); argv[0] = "add" ---- */
/* Adds the multiplier of a Verilog file; name becomes its name. Returns the exit status, 0 also after --help (then name
 * is untouched). */
int axf_multiplier_add(int argc, char **argv, char name[64]);
/* Removes one that was added. Returns the exit status. */
int axf_multiplier_remove(const char *name);

/* ---- options (cli_options.c) ---- */
typedef struct {
  const char *name; /* without the leading "--" */
  const char *arg;  /* what follows, for the help, e.g. "FILE"; NULL: a flag */
  const char *help; /* one line; the end of the table is an entry with name NULL */
} axf_option;
typedef struct {
  const char *name;          /* the subcommand */
  const char *synopsis;      /* what stands behind `axflow NAME`, e.g. "--model FILE [options]" */
  const char *purpose;       /* one sentence */
  const axf_option *options; /* --help is added by itself */
} axf_usage;
/* Reads argv[1..]: value[i] becomes the text given for options[i] ("1" for a flag), NULL if it was not given. An option
 * is written --name VALUE or --name=VALUE, at most once. Returns -1 to go on, else the exit status to return at once: 0
 * after --help, 2 after an error, which is printed. */
int axf_cli_options(const axf_usage *u, int argc, char **argv, const char **value);
/* Index of option NAME in the table; it must be there. */
int axf_cli_index(const axf_usage *u, const char *name);
/* value of option NAME, or def if it was not given. */
const char *axf_cli_get(const axf_usage *u, const char **value, const char *name, const char *def);
/* The number given for option NAME, or that of the text def; -1 + axf_fail naming the option unless lo <= *v <= hi. */
int axf_cli_long(const axf_usage *u, const char **value, const char *name, const char *def, long lo, long hi, long *v);
/* Copies the value of a list option that must be given, to be cut up there; 0, or after a sentence the exit status. */
int axf_cli_list(const axf_usage *u, const char **value, const char *name, char *list, size_t room);
/* Prints "axflow NAME: SENTENCE" with the last axf_fail sentence; returns 1. */
int axf_cli_fail(const axf_usage *u);
/* The same with a sentence of its own for wrong use; returns 2. */
int axf_cli_wrong(const axf_usage *u, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
#endif
