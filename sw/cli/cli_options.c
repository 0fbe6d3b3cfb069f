/* Options of the subcommands: parsing, help, and the two ways to end badly.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"
#include <stdlib.h>
#include <string.h>

static void print_help(const axf_usage *u) {
  printf("usage: axflow %s %s\n\n%s\n\noptions:\n", u->name, u->synopsis, u->purpose);
  for (const axf_option *o = u->options; o->name; o++) {
    char left[64];
    snprintf(left, sizeof left, "--%s %s", o->name, o->arg ? o->arg : "");
    printf("  %-22s %s\n", left, o->help);
  }
  printf("  %-22s %s\n", "--help", "this text");
}

int axf_cli_long(const axf_usage *u, const char **value, const char *name, const char *def, long lo, long hi, long *v) {
  char what[40];
  snprintf(what, sizeof what, "--%s", name);
  return axf_parse_int(NULL, what, axf_cli_get(u, value, name, def), lo, hi, v);
}

int axf_cli_fail(const axf_usage *u) {
  fprintf(stderr, "axflow %s: %s\n", u->name, axf_errmsg());
  return 1;
}

int axf_cli_wrong(const axf_usage *u, const char *fmt, ...) {
  va_list ap;
  va_start(ap, fmt);
  fprintf(stderr, "axflow %s: ", u->name);
  vfprintf(stderr, fmt, ap);
  fprintf(stderr, " (see axflow %s --help)\n", u->name);
  va_end(ap);
  return 2;
}

/* Index of the option whose name is the first len characters of s, -1 if there is none. */
static int find(const axf_usage *u, const char *s, size_t len) {
  for (int i = 0; u->options[i].name; i++)
    if (strlen(u->options[i].name) == len && strncmp(u->options[i].name, s, len) == 0)
      return i;
  return -1;
}

int axf_cli_options(const axf_usage *u, int argc, char **argv, const char **value) {
  for (int i = 0; u->options[i].name; i++)
    value[i] = NULL;
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
      print_help(u);
      return fflush(stdout) ? 1 : 0;
    }
    if (strncmp(argv[i], "--", 2) != 0)
      return axf_cli_wrong(u, "unexpected argument '%s'", argv[i]);
    const char *name = argv[i] + 2, *eq = strchr(name, '=');
    size_t len = eq ? (size_t)(eq - name) : strlen(name);
    int k = find(u, name, len);
    if (k < 0)
      return axf_cli_wrong(u, "unknown option '--%.*s'", (int)len, name);
    if (value[k])
      return axf_cli_wrong(u, "option --%s was given twice", u->options[k].name);
    if (!u->options[k].arg && eq)
      return axf_cli_wrong(u, "option --%s takes no value", u->options[k].name);
    if (!u->options[k].arg)
      value[k] = "1";
    else if (eq)
      value[k] = eq + 1;
    else if (i + 1 < argc)
      value[k] = argv[++i];
    else
      return axf_cli_wrong(u, "option --%s needs a value: %s", u->options[k].name, u->options[k].arg);
  }
  return -1;
}

int axf_cli_index(const axf_usage *u, const char *name) {
  int i = find(u, name, strlen(name));
  if (i < 0) { /* a slip in the program, not of the user */
    fprintf(stderr, "axflow %s: option --%s is not in the table\n", u->name, name);
    abort();
  }
  return i;
}

const char *axf_cli_get(const axf_usage *u, const char **value, const char *name, const char *def) {
  const char *v = value[axf_cli_index(u, name)];
  return v ? v : def;
}

int axf_cli_list(const axf_usage *u, const char **value, const char *name, char *list, size_t room) {
  const char *given = axf_cli_get(u, value, name, NULL);
  if (!given)
    return axf_cli_wrong(u, "--%s is missing", name);
  if (strlen(given) >= room)
    return axf_cli_wrong(u, "--%s: the list is too long", name);
  strcpy(list, given);
  return 0;
}
