/* The list of multipliers: rtl/mult/multipliers.def, the user's own, and whatever other tables stand in the table
 * directory. SPDX-License-Identifier: Apache-2.0 */
#include "mult/mult.h"
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

/* Appends a zeroed entry of that name; NULL + axf_fail on exhaustion. */
static axf_mult_entry *append(axf_mult_entry **list, int *n, const char *name) {
  axf_mult_entry *more = realloc(*list, ((size_t)*n + 1) * sizeof *more);
  if (more == NULL) {
    axf_fail("out of memory for the list of multipliers");
    return NULL;
  }
  *list = more;
  axf_mult_entry *e = &more[(*n)++];
  memset(e, 0, sizeof *e);
  snprintf(e->name, sizeof e->name, "%s", name);
  return e;
}

/* The entry of that name, or NULL. */
static const axf_mult_entry *known(const axf_mult_entry *list, int n, const char *name) {
  for (int i = 0; i < n; i++)
    if (strcmp(list[i].name, name) == 0)
      return &list[i];
  return NULL;
}

/* A preset `=CORE` becomes the entry of its core under another name. */
static int become(axf_mult_entry *e, const axf_mult_entry *list, int n, const char *core, const char *path, int line) {
  const axf_mult_entry *same = known(list, n, core);
  if (same == NULL)
    return axf_fail("%s:%d: the preset '%s' names no multiplier of the lines above: '%s'", path, line, e->name, core);
  strcpy(e->core, *same->core ? same->core : same->name);
  strcpy(e->module, same->module);
  strcpy(e->params, same->params);
  return 0;
}

/* Entries of a list; user: they are the user's own, and one whose name the library has taken since is left out. */
static int parse_def(axf_mult_entry **list, int *n, const char *path, char *text, int user) {
  axf_lines l;
  int more;
  axf_lines_begin(&l, path, text);
  while ((more = axf_lines_next(&l)) > 0) {
    if (l.ntok < 4)
      return axf_fail("%s:%d: an entry is `name module parameters description`", path, l.line);
    if (strlen(l.tok[0]) > 63 || strlen(l.tok[1]) > 63 || strlen(l.tok[2]) > 63)
      return axf_fail("%s:%d: name, module and parameters have at most 63 characters each", path, l.line);
    if (user && known(*list, *n, l.tok[0]))
      continue;
    if (known(*list, *n, l.tok[0]))
      return axf_fail("%s:%d: there are two multipliers '%s'", path, l.line, l.tok[0]);
    axf_mult_entry *e = append(list, n, l.tok[0]);
    if (e == NULL)
      return -1;
    e->listed = !user;
    e->user = user;
    strcpy(e->module, l.tok[1]);
    strcpy(e->params, l.tok[2]);
    if (*l.tok[1] == '=' && become(e, *list, *n - 1, l.tok[1] + 1, path, l.line) != 0)
      return -1;
    size_t len = 0;
    for (int i = 3; i < l.ntok && len + strlen(l.tok[i]) + 2 < sizeof e->about; i++)
      len += (size_t)sprintf(e->about + len, "%s%s", i > 3 ? " " : "", l.tok[i]);
  }
  return more;
}

static int read_def(axf_mult_entry **list, int *n, const char *def) {
  const char *root = getenv("AXF_ROOT");
  char *path =
      def != NULL ? axf_strdup(def) : axf_sprintf("%s/rtl/mult/multipliers.def", root != NULL && *root ? root : ".");
  uint8_t *text;
  size_t len;
  int err = path == NULL ? -1 : 0;
  if (!err && (def != NULL || axf_exists(path)) && (err = axf_read_file(path, &text, &len)) == 0) {
    err = parse_def(list, n, path, (char *)text, 0);
    free(text);
  }
  free(path);
  return err;
}

static int by_name(const void *x, const void *y) {
  return strcmp(((const axf_mult_entry *)x)->name, ((const axf_mult_entry *)y)->name);
}

/* The list of one in every folder of the user's multipliers. */
static int read_user(axf_mult_entry **list, int *n) {
  int first = *n, err = 0;
  char *home = axf_mult_user_dir();
  DIR *d = home != NULL ? opendir(home) : NULL;
  for (struct dirent *f; d != NULL && !err && (f = readdir(d)) != NULL;) {
    uint8_t *text;
    size_t len;
    char *path = axf_sprintf("%s/%s/%s.def", home, f->d_name, f->d_name);
    err = path == NULL ? -1 : 0;
    if (!err && *f->d_name != '.' && axf_exists(path) && (err = axf_read_file(path, &text, &len)) == 0) {
      err = parse_def(list, n, path, (char *)text, 1);
      free(text);
    }
    free(path);
  }
  if (d != NULL)
    closedir(d);
  err = home == NULL ? -1 : err;
  free(home);
  if (!err && *n > first)
    qsort(*list + first, (size_t)(*n - first), sizeof **list, by_name);
  return err;
}

/* Tables of the directory that are in no list. */
static int read_dir(axf_mult_entry **list, int *n, const char *dir) {
  int first = *n, err = 0;
  DIR *d = opendir(dir);
  if (d == NULL)
    return 0;
  for (struct dirent *f; !err && (f = readdir(d)) != NULL;) {
    size_t len = strlen(f->d_name);
    char name[64];
    if (len <= 4 || len - 4 >= sizeof name || *f->d_name == '.' || strcmp(f->d_name + len - 4, ".axt") != 0)
      continue;
    memcpy(name, f->d_name, len - 4);
    name[len - 4] = 0;
    if (!known(*list, first, name) && append(list, n, name) == NULL)
      err = -1;
  }
  closedir(d);
  if (!err && *n > first)
    qsort(*list + first, (size_t)(*n - first), sizeof **list, by_name);
  return err;
}

int axf_mult_core(char core[64], const char *name) {
  axf_mult_entry *list = NULL;
  int n = 0, err = read_def(&list, &n, NULL);
  const axf_mult_entry *e = err ? NULL : known(list, n, name);
  snprintf(core, 64, "%s", e != NULL && *e->core ? e->core : name);
  free(list);
  return err;
}

int axf_mult_list(axf_mult_entry **list, const char *def, const char *dir) {
  int n = 0;
  *list = NULL;
  if (read_def(list, &n, def) != 0 || (dir == NULL && read_user(list, &n) != 0) ||
      read_dir(list, &n, axf_mult_dir(dir)) != 0)
    n = -1;
  for (int i = 0; i < n; i++) {
    char *path = axf_mult_path((*list)[i].name, dir);
    if (path == NULL)
      n = -1;
    else
      (*list)[i].built = axf_exists(path);
    free(path);
  }
  if (n < 0) {
    free(*list);
    *list = NULL;
  }
  return n;
}
