/* axflow plot: rows of an experiment -> SVG.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"
#include "experiment/exp.h"

static const axf_option options[] = {
    {"rows", "CSV", "results.csv of an experiment"},
    {"measure", "NAME", "which measurement"},
    {"metric", "NAME", "which number of it (default mean)"},
    {"x", "KEY", "horizontal axis: a key of the points with numbers, e.g. ber; without it bars are drawn"},
    {"y", "KEY", "vertical axis of a surface of one case: another key, e.g. mult"},
    {"case", "NAME", "only this case"},
    {"log-x", NULL, "logarithmic horizontal axis"},
    {"title", "TEXT", "title"},
    {"out", "SVG", "picture to write"},
    {NULL, NULL, NULL}};
#define NOPTIONS (sizeof options / sizeof options[0])

static const axf_usage usage = {
    "plot", "--rows CSV --measure NAME --out SVG [options]",
    "Draws mean and standard deviation over the seeds, a line a case, as SVG (needs gnuplot).", options};

int axf_cmd_plot(int argc, char **argv) {
  const char *value[NOPTIONS];
  char comment[256];
  int status = axf_cli_options(&usage, argc, argv, value);
  if (status >= 0)
    return status;
  const char *rows = axf_cli_get(&usage, value, "rows", NULL), *out = axf_cli_get(&usage, value, "out", NULL);
  const axf_plot p = {.measure = axf_cli_get(&usage, value, "measure", NULL),
                      .metric = axf_cli_get(&usage, value, "metric", "mean"),
                      .x = axf_cli_get(&usage, value, "x", NULL),
                      .y = axf_cli_get(&usage, value, "y", NULL),
                      .item = axf_cli_get(&usage, value, "case", NULL),
                      .log_x = axf_cli_get(&usage, value, "log-x", NULL) != NULL,
                      .title = axf_cli_get(&usage, value, "title", NULL)};
  if (!rows || !out || !p.measure)
    return axf_cli_wrong(&usage, "--rows, --measure and --out must be given");
  axf_rows r = {0, 0, NULL};
  int bad = axf_rows_read(&r, rows, comment) || axf_plot_svg(&r, &p, out);
  axf_rows_free(&r);
  return bad ? axf_cli_fail(&usage) : 0;
}
