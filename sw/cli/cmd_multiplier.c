/* axflow multiplier: what multipliers there are, and how wrong each one is.
 *     axflow multiplier list           one line per multiplier: table built or not, error metrics, description
 *     axflow multiplier list --markdown  the library as a table for a page
 *     axflow multiplier info NAME      everything about one
 *     axflow multiplier add FILE.v ..  adds one of your own (cmd_multiplier_add.c); remove NAME removes it
 * SPDX-License-Identifier: Apache-2.0 */
#include "agemm/agemm.h"
#include "cli/cli.h"
#include "mult/mult.h"
#include <stdlib.h>
#include <string.h>

static int help(void) {
  printf("usage: axflow multiplier list [--markdown]      all multipliers with their error metrics\n"
         "       axflow multiplier info NAME              one multiplier in detail\n"
         "       axflow multiplier add FILE.v [options]   adds one of your own (--help: the options)\n"
         "       axflow multiplier remove NAME            removes one of your own\n"
         "tables are read from $AXF_MULT_DIR (build/mult), your own are kept in $AXF_USER_MULT_DIR "
         "($AXF_BUILD/user-mult)\n");
  return 0;
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
    const char *about = list[i].listed || list[i].user ? list[i].about : "(not in the library's list)";
    if (!list[i].built) {
      printf("%-*s no    %7s %9s %8s %8s %6s %9s  %s\n", width, list[i].name, "-", "-", "-", "-", "-", "-", about);
      missing = 1;
    } else if ((err = axf_mult_load(&m, list[i].name, NULL)) == 0) {
      axf_mult_measure(&m, &x);
      printf("%-*s yes   %7.3f %9.2f %8.4f %8.4f %6.0f %9.2f  %s%s%s%s\n", width, m.name, 100 * x.error_rate, x.med,
             100 * x.nmed, 100 * x.mred, x.wce, x.bias, *list[i].core ? "= " : "", list[i].core,
             *list[i].core ? ": " : "", about);
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

/* The library as rows of a page in Markdown. */
static int list_markdown(void) {
  static axf_mult m;
  axf_mult_metrics x;
  axf_mult_entry *list;
  int n = axf_mult_list(&list, NULL, NULL), err = n < 0;
  printf("| name | ER %% | MED | NMED %% | MRED %% | WCE | bias | zeros exact | what it is |\n"
         "|---|---:|---:|---:|---:|---:|---:|---|---|\n");
  for (int i = 0; i < n && !err; i++)
    if (list[i].listed && !*list[i].core && (err = axf_mult_load(&m, list[i].name, NULL)) == 0) {
      axf_mult_measure(&m, &x);
      printf("| `%s` | %.2f | %.2f | %.4f | %.3f | %.0f | %.2f | %s | %s |\n", m.name, 100 * x.error_rate, x.med,
             100 * x.nmed, 100 * x.mred, x.wce, x.bias, m.zero_exact ? "yes" : "no", list[i].about);
    }
  free(list);
  return err ? report() : 0;
}

/* What the list and the table file say about the origin of m. */
static int print_origin(const axf_mult *m) {
  static const char *const keys[] = {"module", "parameters", "source", "sha256"};
  axf_mult_entry *list;
  int n = axf_mult_list(&list, NULL, NULL);
  if (n < 0)
    return -1;
  for (int i = 0; i < n; i++)
    if (strcmp(list[i].name, m->name) == 0 && (list[i].listed || list[i].user))
      printf("description  %s%s%s%s\n", *list[i].core ? "= " : "", list[i].core, *list[i].core ? ": " : "",
             list[i].about);
  free(list);
  char *path = axf_mult_path(m->name, NULL);
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

/* How inference through the table is computed, and why. */
static int print_plan(const axf_mult *m, int a_signed) {
  axf_agemm *plan = axf_agemm_new(m->t, m->is_signed ? AXF_AGEMM_TWOS : a_signed, AXF_AGEMM_AUTO);
  char *text = plan ? axf_agemm_plan_text(plan) : NULL;
  if (text)
    printf("plan for %s activations\n%s", a_signed ? "signed 7-bit" : "unsigned 8-bit", text);
  free(text);
  axf_agemm_free(plan);
  return text ? 0 : -1;
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
  printf("operands     %s\n", m.is_signed ? "two's complement; activations -127..127, after a ReLU 0..127"
                                          : "unsigned, signs are handled around the core; activations 0..255");
  printf("largest      %u\n", m.pmax);
  printf("zero row     %s\n", m.zero_exact ? "AM(0, a) = AM(w, 0) = 0: zeros may be skipped"
                                           : "not zero: zeros must be multiplied like any other value");
  printf("over all 65,536 operand pairs, e = AM(w, a) - w*a (relative figures: w*a not 0):\n");
  printf("  ER         %.4f %%    pairs with an error\n", 100 * x.error_rate);
  printf("  MED        %.4f    mean |e|\n", x.med);
  printf("  NMED       %.6f %%    MED / %s^2\n", 100 * x.nmed, m.is_signed ? "128" : "255");
  printf("  MRED       %.4f %%    mean |e / (w*a)|\n", 100 * x.mred);
  printf("  WCE        %.0f    largest |e|\n", x.wce);
  printf("  bias       %.4f    mean e\n", x.bias);
  printf("  MRE        %.4f %%    mean e / (w*a), standard deviation %.4f %%\n", 100 * x.mre, 100 * x.sd_re);
  if ((!m.is_signed && print_plan(&m, 0)) || print_plan(&m, 1))
    return report();
  return 0;
}

int axf_cmd_multiplier(int argc, char **argv) {
  char name[64] = "";
  if (argc >= 2 && strcmp(argv[1], "add") == 0) {
    int status = axf_multiplier_add(argc - 1, argv + 1, name);
    return status == 0 && *name ? info(name) : status;
  }
  if (argc == 3 && strcmp(argv[1], "remove") == 0)
    return axf_multiplier_remove(argv[2]);
  if (argc == 3 && strcmp(argv[1], "list") == 0 && strcmp(argv[2], "--markdown") == 0)
    return list_markdown();
  if (argc == 2 && strcmp(argv[1], "list") == 0)
    return list_all();
  if (argc == 3 && strcmp(argv[1], "info") == 0)
    return info(argv[2]);
  if (argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0))
    return help();
  fprintf(stderr,
          "axflow multiplier: expected list, info NAME, add FILE.v or remove NAME (see axflow multiplier --help)\n");
  return 2;
}
