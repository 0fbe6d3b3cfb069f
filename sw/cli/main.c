/* axflow: from a trained network to a program for the accelerator. This file only finds the subcommand.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"
#include "kernels/kernels.h"
#include <string.h>

static const struct {
  const char *name, *purpose;
  int (*run)(int argc, char **argv);
} commands[] = {
    {"train", "trains a float network", axf_cmd_train},
    {"import", "puts weights that were trained elsewhere into a model", axf_cmd_import},
    {"eval", "measures the accuracy of a model", axf_cmd_eval},
    {"quantize", "turns a float model into the integers of the accelerator", axf_cmd_quantize},
    {"compile", "turns a quantised model into a program of the accelerator", axf_cmd_compile},
    {"info", "shows what a model file holds", axf_cmd_info},
    {"multiplier", "lists the multipliers, shows one with its error, adds your own", axf_cmd_multiplier},
    {"dies", "measures the accuracy of a model on dies with failing memory cells", axf_cmd_dies},
    {"sensitivity", "measures what the hardware's noise on the weights costs, by layer and bit", axf_cmd_sensitivity},
    {"experiment", "runs a grid of trainings and evaluations from a file, and sums up", axf_cmd_experiment},
    {"plot", "draws the results of an experiment", axf_cmd_plot},
    {"correct", "fits a quantised model to a multiplier without retraining", axf_cmd_correct},
    {"baselines", "counts the cycles of the arrays that FlexFlow is compared with", axf_cmd_baselines},
    {"predict", "predicts cycles and utilisation by the cycle model alone", axf_cmd_predict},
    {"supply", "shows how memories fail, and what they take, against the supply", axf_cmd_supply},
};
#define COMMANDS (sizeof commands / sizeof commands[0])

static void help(void) {
  printf("usage: axflow COMMAND [options]\n\ncommands:\n");
  for (size_t i = 0; i < COMMANDS; i++)
    printf("  %-11s %s\n", commands[i].name, commands[i].purpose);
  printf("\naxflow COMMAND --help lists the options of a command, axflow --version says the version.\n"
         "AXF_THREADS sets the number of threads; results do not depend on it.\n");
}

/* Results that did not reach standard output (a full disk) are an error, whatever the command thinks. */
static int written(int status) {
  if (fflush(stdout) == 0 && !ferror(stdout))
    return status;
  fprintf(stderr, "axflow: cannot write the results to standard output\n");
  return 1;
}

int main(int argc, char **argv) {
  axf_blas_pin(argv);
  if (argc < 2) {
    fprintf(stderr, "axflow: no command was given (see axflow --help)\n");
    return 2;
  }
  if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
    help();
    return written(0);
  }
  if (strcmp(argv[1], "--version") == 0) {
    printf("axflow %s\n", AXF_VERSION);
    return written(0);
  }
  if (axf_threads_check()) {
    fprintf(stderr, "axflow: %s\n", axf_errmsg());
    return 2;
  }
  for (size_t i = 0; i < COMMANDS; i++)
    if (strcmp(argv[1], commands[i].name) == 0)
      return written(commands[i].run(argc - 1, argv + 1));
  fprintf(stderr, "axflow: unknown command '%s' (see axflow --help)\n", argv[1]);
  return 2;
}
