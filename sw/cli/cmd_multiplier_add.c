/* axflow multiplier add, remove: the user's own multipliers. rtl/mult/user.sh makes one of a Verilog file in a folder
 * that is given its name only when everything, the products included, has been checked.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"
#include "mult/mult.h"
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const axf_option options[] = {
    {"name", "NAME", "its name from now on (default: the module's, in small letters)"},
    {"top", "MODULE", "the core's module (default: the only one that can be)"},
    {"ports", "A:W:P", "its ports: activation, weight, product (default: by name or in this order)"},
    {"param", "K=V,...", "values of the module's parameters"},
    {"signed", NULL, "the core multiplies in two's complement (default: by its ports and its products)"},
    {NULL, NULL, NULL}};
#define NOPTIONS (sizeof options / sizeof options[0])

static const axf_usage usage = {
    "multiplier", "add FILE.v [options]",
    "Adds a combinational 8x8-bit multiplier, unsigned or signed: extracts its table from the Verilog, "
    "measures it and keeps both outside the source tree.",
    options};

/* Removes a folder that holds files only. */
static int remove_folder(const char *dir) {
  DIR *d = opendir(dir);
  int err = d == NULL ? -1 : 0;
  for (struct dirent *f; d != NULL && (f = readdir(d)) != NULL;) {
    char *path = axf_sprintf("%s/%s", dir, f->d_name);
    if (path == NULL || (strcmp(f->d_name, ".") != 0 && strcmp(f->d_name, "..") != 0 && unlink(path) != 0))
      err = -1;
    free(path);
  }
  if (d != NULL)
    closedir(d);
  return err == 0 && rmdir(dir) == 0 ? 0 : axf_fail("%s cannot be removed: %s", dir, strerror(errno));
}

/* Runs the script from the top of the repository; its standard output, one line, becomes name. It says itself what is
 * wrong. */
static int run_script(const char *root, char *const argv[], char name[64]) {
  int fd[2], status = -1;
  size_t len = 0;
  fflush(stdout);
  if (pipe(fd) != 0)
    return axf_fail("no pipe: %s", strerror(errno));
  pid_t pid = fork();
  if (pid == 0) {
    if (chdir(root) == 0 && dup2(fd[1], STDOUT_FILENO) >= 0 && close(fd[0]) == 0)
      execvp(argv[0], argv);
    fprintf(stderr, "axflow multiplier: %s/%s cannot be run: %s\n", root, argv[1], strerror(errno));
    _exit(1);
  }
  close(fd[1]);
  for (ssize_t n = 1; pid > 0 && n > 0; len += n > 0 ? (size_t)n : 0)
    n = len < 63 ? read(fd[0], name + len, 63 - len) : 0;
  close(fd[0]);
  name[len] = 0;
  name[strcspn(name, "\n")] = 0;
  if (pid < 0 || waitpid(pid, &status, 0) != pid)
    return axf_fail("%s cannot be run: %s", argv[1], strerror(errno));
  return status == 0 ? 0 : -1;
}

/* Mean distance of the products from the exact ones, if it is below half the mean product, as a core of this kind;
 * else -1. */
static double distance(axf_mult *m, int is_signed) {
  const int declared = m->is_signed;
  axf_mult_metrics x;
  m->is_signed = is_signed;
  axf_mult_measure(m, &x);
  m->is_signed = declared;
  return x.med <= (is_signed ? 64 * 64 : 127.5 * 127.5) / 2 ? x.med : -1;
}

/* A module with the right ports need not be a multiplier: -1 + axf_fail. 1: it is one, but of signed numbers. */
static int check_products(axf_mult *m, const char *file) {
  axf_mult_metrics x;
  if (distance(m, m->is_signed) >= 0)
    return 0;
  if (!m->is_signed && distance(m, 1) >= 0)
    return 1;
  axf_mult_measure(m, &x);
  return axf_fail(
      "%s: this is no multiplier%s: its products are off by %.0f on average, more than half the mean product", file,
      m->is_signed ? " of two's complement numbers" : "", x.med);
}

/* If swapping the operands changes anything, the user should know which is which. */
static int symmetric(const axf_mult *m) {
  for (int w = 0; w < 256; w++)
    for (int a = 0; a < w; a++)
      if (m->t[w * 256 + a] != m->t[a * 256 + w])
        return 0;
  return 1;
}

/* One run of the script in the empty folder `stage`, and a look at what came out: as check_products. twos: "1" for a
 * signed core, "" to go by the ports. text: copies of the options' values, and of the file's name as the user gave it.
 */
static int attempt(const char *home, char *stage, char *full, char *text[5], const char *twos, char name[64]) {
  static axf_mult m;
  const char *root = getenv("AXF_ROOT");
  char script[] = "rtl/mult/user.sh", sh[] = "sh", *final_home = axf_strdup(home), *is_signed = axf_strdup(twos);
  char *argv[] = {sh, script, stage, final_home, full, text[4], text[0], text[1], text[2], text[3], is_signed, NULL};
  int err = run_script(root != NULL && *root != 0 ? root : ".", argv, name);
  if (err) /* the script has said why */
    axf_fail("%s", "");
  else
    err = axf_mult_load(&m, name, stage) != 0 ? -1 : check_products(&m, text[4]);
  if (err == 0 && strcmp(text[2], "") == 0 && !symmetric(&m))
    printf("note: AM(w, a) is not AM(a, w); if the weight is the other operand, add it with --ports\n");
  free(final_home);
  free(is_signed);
  return err;
}

/* Makes the multiplier in `stage`, a new folder in `home` (absolute), and renames that to the multiplier's name. */
static int make(const char *home, char *stage, const char *file, const char **value, char name[64]) {
  char *text[5], *full = realpath(file, NULL), *final = NULL, *tables;
  int err = full == NULL ? axf_fail("%s cannot be read: %s", file, strerror(errno)) : 0;
  tables = realpath(axf_mult_dir(NULL), NULL);
  for (int i = 0; i < 5; i++)
    text[i] = axf_strdup(i == 4 ? file : value[i] != NULL ? value[i] : "");
  if (tables != NULL)
    setenv("AXF_MULT_DIR", tables, 1);
  if (!err && !axf_exists(full))
    err = axf_fail("%s is no file that can be read", file);
  if (!err)
    err = attempt(home, stage, full, text, value[axf_cli_index(&usage, "signed")] != NULL ? "1" : "", name);
  if (err > 0) { /* once more, as what it is */
    printf("note: its ports are not declared signed, but it multiplies in two's complement: added as a signed core\n");
    err = remove_folder(stage) != 0 || mkdir(stage, 0700) != 0 ? axf_fail("%s cannot be made anew", stage) : 0;
    if (!err)
      err = attempt(home, stage, full, text, "1", name);
  }
  if (!err && (final = axf_sprintf("%s/%s", home, name)) == NULL)
    err = -1;
  if (!err && (chmod(stage, 0755) != 0 || rename(stage, final) != 0))
    err = axf_fail("%s cannot be made: %s", final, strerror(errno));
  for (int i = 0; i < 5; i++)
    free(text[i]);
  free(full);
  free(tables);
  free(final);
  return err;
}

int axf_multiplier_add(int argc, char **argv, char name[64]) {
  const char *value[NOPTIONS];
  const char *file = argc > 1 && strncmp(argv[1], "-", 1) != 0 ? argv[1] : NULL;
  int status = axf_cli_options(&usage, file ? argc - 1 : argc, file ? argv + 1 : argv, value);
  if (status >= 0)
    return status;
  if (!file)
    return axf_cli_wrong(&usage, "the Verilog file is missing: axflow multiplier add FILE.v");
  char *shown = axf_mult_user_dir(), *home = NULL, *stage = NULL;
  if (shown != NULL && axf_mkdirs(shown) == 0) {
    if ((home = realpath(shown, NULL)) == NULL || (stage = axf_sprintf("%s/.add.XXXXXX", home)) == NULL ||
        mkdtemp(stage) == NULL)
      axf_fail("no folder can be made in %s: %s", shown, strerror(errno));
    else if (make(home, stage, file, value, name) == 0)
      status = 0;
    else { /* remove_folder must not hide what went wrong */
      char *why = axf_strdup(axf_errmsg());
      remove_folder(stage);
      axf_fail("%s", why != NULL ? why : "");
      free(why);
    }
  }
  if (status == 0)
    printf("added %s, kept in %s/%s\n", name, shown, name);
  else if (*axf_errmsg() != 0)
    axf_cli_fail(&usage);
  free(shown);
  free(home);
  free(stage);
  return status == 0 ? 0 : 1;
}

int axf_multiplier_remove(const char *name) {
  char *home = axf_mult_user_dir(), *dir = home != NULL ? axf_sprintf("%s/%s", home, name) : NULL;
  char *def = dir != NULL ? axf_sprintf("%s/%s.def", dir, name) : NULL;
  int err = def == NULL ? -1 : 0;
  if (!err && (*name == 0 || *name == '.' || strchr(name, '/') != NULL || !axf_exists(def)))
    err = axf_fail("there is no multiplier '%s' of your own in %s", name, home);
  if (!err)
    err = remove_folder(dir);
  if (!err)
    printf("removed %s\n", name);
  free(home);
  free(dir);
  free(def);
  return err ? axf_cli_fail(&usage) : 0;
}
