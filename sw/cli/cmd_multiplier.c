/* axflow multiplier: what multipliers there are, and how wrong each one is.
 *     axflow multiplier list         one line per multiplier: table built or not, error metrics, description
 *     axflow multiplier info NAME    everything about one
 * SPDX-License-Identifier: Apache-2.0 */
#include "mult/mult.h"
#include <stdlib.h>
#include <string.h>


static int usage(void) {
  fprintf(stderr, "usage: axflow multiplier list         all multipliers with their error metrics\n"
                  "       axflow multiplier info NAME    one multiplier in detail\n"
                  "tables are read from $AXF_MULT_DIR (build/mult)\n");
  return 2;
}

static int report(void) {
  fprintf(stderr, "axflow multiplier: %s\n", axf_errmsg());
  return 1;
}

static int list_all(void) {
  static axf_mult m;
  axf_mult_metrics x;
  axf_mult_entry *list;
  int n = axf_mult_list(&list, NULL, NULL), missing = 0, width = 4, err = n < 0;
  for (int i = 0; i < n; i++)
    if ((int)strlen(list[i].name) > width)
      width = (int)strlen(list[i].name);
  if (n > 0)
    printf("%-*s table %7s %9s %8s %8s %6s %9s  %s\n", width, "name", "ER %", "MED", "NMED %", "MRED %", "WCE", "bias",
           "description");
  for (int i = 0; i < n && !err; i++) {
    const char *about = list[i].listed ? list[i].about : "(not in the library's list)";
    if (!list[i].built) {
      printf("%-*s no    %7s %9s %8s %8s %6s %9s  %s\n", width, list[i].name, "-", "-", "-", "-", "-", "-", about);
      missing = 1;
    } else if ((err = axf_mult_load(&m, list[i].name, NULL)) == 0) {
      axf_mult_measure(&m, &x);
      printf("%-*s yes   %7.3f %9.2f %8.4f %8.4f %6.0f %9.2f  %s\n", width, m.name, 100 * x.error_rate, x.med,
             100 * x.nmed, 100 * x.mred, x.wce, x.bias, about);
    }
  }
  free(list);
  if (err)
    return report();
  if (n == 0)
    printf("there are no multipliers: neither a list (rtl/mult/multipliers.def) nor a table in %s\n",
           axf_mult_dir(NULL));
  if (missing)
    printf("`make multipliers-tables` builds the missing tables\n");
  return 0;
}

/* What the list and the table file say about the origin of m. */
static int print_origin(const axf_mult *m) {
  static const char *const keys[] = {"module", "parameters", "source", "sha256"};
  axf_mult_entry *list;
  int n = axf_mult_list(&list, NULL, NULL);
  if (n < 0)
    return -1;
  for (int i = 0; i < n; i++)
    if (strcmp(list[i].name, m->name) == 0 && list[i].listed)
      printf("description  %s\n", list[i].about);
  free(list);
  char *path = axf_sprintf("%s/%s.axt", axf_mult_dir(NULL), m->name);
  axf_container *c = path != NULL ? axf_container_read(path, "mult") : NULL;
  if (c != NULL) {
    printf("table        %s\n", path);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
      if (axf_container_get(c, keys[i]) != NULL)
        printf("%-12s %s\n", keys[i], axf_container_get(c, keys[i]));
  }
  int err = c != NULL ? 0 : -1;
  axf_container_free(c);
  free(path);
  return err;
}

static int info(const char *name) {
  static axf_mult m;
  axf_mult_metrics x;
  if (axf_mult_load(&m, name, NULL) != 0)
    return report();
  axf_mult_measure(&m, &x);
  printf("multiplier   %s\n", m.name);
  if (print_origin(&m) != 0)
    return report();
  printf("largest      %u\n", m.pmax);
  printf("zero row     %s\n", m.zero_exact ? "AM(0, a) = AM(w, 0) = 0: zeros may be skipped"
                                           : "not zero: zeros must be multiplied like any other value");
  printf("over all 65,536 operand pairs, e = AM(w, a) - w*a (relative figures: w*a > 0):\n");
  printf("  ER         %.4f %%    pairs with an error\n", 100 * x.error_rate);
  printf("  MED        %.4f    mean |e|\n", x.med);
  printf("  NMED       %.6f %%    MED / 255^2\n", 100 * x.nmed);
  printf("  MRED       %.4f %%    mean |e| / (w*a)\n", 100 * x.mred);
  printf("  WCE        %.0f    largest |e|\n", x.wce);
  printf("  bias       %.4f    mean e\n", x.bias);
  printf("  MRE        %.4f %%    mean e / (w*a), standard deviation %.4f %%\n", 100 * x.mre, 100 * x.sd_re);
  return 0;
}

int axf_cmd_multiplier(int argc, char **argv) {
  if (argc == 2 && strcmp(argv[1], "list") == 0)
    return list_all();
  if (argc == 3 && strcmp(argv[1], "info") == 0)
    return info(argv[2]);
  return usage();
}
