/* Reads a data set description; the format stands at the top of sw/datasets/mnist.set.
 * SPDX-License-Identifier: Apache-2.0 */
#include "data/set.h"
#include <ctype.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

/* Every word after the first must be KEY=VALUE with a key from the blank-separated list. */
static int check_options(const axf_lines *l, const char *keys) {
  for (int i = 1; i < l->ntok; i++) {
    size_t n = strcspn(l->tok[i], "=");
    int known = 0;
    for (const char *k = keys; *k != 0 && !known; k += strcspn(k, " "), k += strspn(k, " "))
      known = strcspn(k, " ") == n && strncmp(k, l->tok[i], n) == 0;
    if (!known || l->tok[i][n] == 0)
      return axf_fail("%s:%d: '%s' is no option of '%s' (options: %s)", l->path, l->line, l->tok[i], l->tok[0], keys);
  }
  return 0;
}

/* Position of a value in a NULL-ended list. */
static int choice(const axf_lines *l, const char *what, const char *v, const char *const *list) {
  char known[128] = "";
  for (int i = 0; list[i] != NULL; i++) {
    if (strcmp(v, list[i]) == 0)
      return i;
    snprintf(known + strlen(known), sizeof known - strlen(known), "%s%s", i > 0 ? ", " : "", list[i]);
  }
  return axf_fail("%s:%d: %s is '%s', expected one of: %s", l->path, l->line, what, v, known);
}

static int read_files(axf_set *s, const axf_lines *l, int part) {
  if (check_options(l, "images labels data") != 0)
    return -1;
  const char *images = axf_lines_get(l, 1, "images"), *data = axf_lines_get(l, 1, "data");
  s->label[part] = axf_lines_get(l, 1, "labels");
  if ((images == NULL) == (data == NULL) || (images != NULL && s->label[part] == NULL))
    return axf_fail("%s:%d: '%s' needs images= and labels=, or data=", l->path, l->line, l->tok[0]);
  if (part == 1 && s->file[0] != NULL && s->idx != (images != NULL))
    return axf_fail("%s:%d: train and test must both be images or both be tables", l->path, l->line);
  s->idx = images != NULL;
  s->file[part] = images != NULL ? images : data;
  return 0;
}

static int read_skip(axf_set *s, const axf_lines *l, const char *v) {
  char *copy = axf_strdup(v), *save = NULL;
  int rc = copy != NULL ? 0 : -1;
  for (char *t = rc == 0 ? strtok_r(copy, ",", &save) : NULL; t != NULL && rc == 0; t = strtok_r(NULL, ",", &save)) {
    long col;
    rc = axf_parse_int(l, "a skipped column", t, 0, 63, &col);
    if (rc == 0)
      s->csv.skip |= UINT64_C(1) << col;
  }
  free(copy);
  return rc;
}

static int read_table(axf_set *s, const axf_lines *l) {
  static const char *const separators[] = {"comma", "semicolon", "tab", "blank", NULL};
  static const char *const yes_no[] = {"no", "yes", NULL};
  static const char *const gaps[] = {"refuse", "drop", "mean", NULL};
  static const axf_csv_missing action[] = {AXF_MISSING_REFUSE, AXF_MISSING_DROP, AXF_MISSING_NAN};
  const char *v;
  long n;
  int k;
  if (check_options(l, "separator header label base skip missing") != 0)
    return -1;
  if ((v = axf_lines_get(l, 1, "separator")) != NULL) {
    if ((k = choice(l, "separator", v, separators)) < 0)
      return -1;
    s->csv.sep = ",;\t "[k];
  }
  if ((v = axf_lines_get(l, 1, "header")) != NULL && (s->csv.header = choice(l, "header", v, yes_no)) < 0)
    return -1;
  if ((v = axf_lines_get(l, 1, "label")) != NULL) {
    if (strcmp(v, "first") == 0) {
      s->csv.label_col = 0;
    } else if (v[strspn(v, "-0123456789")] == 0) {
      if (axf_parse_int(l, "label", v, -100000, 100000, &n) != 0)
        return -1;
      s->csv.label_col = (int)n;
    } else if (strcmp(v, "last") != 0) {
      s->csv.label_name = v;
    }
  }
  if ((v = axf_lines_get(l, 1, "base")) != NULL) {
    if (axf_parse_int(l, "base", v, -1000000, 1000000, &n) != 0)
      return -1;
    s->csv.label_base = (int)n;
  }
  if ((v = axf_lines_get(l, 1, "skip")) != NULL && read_skip(s, l, v) != 0)
    return -1;
  if ((v = axf_lines_get(l, 1, "missing")) != NULL) {
    if ((k = choice(l, "missing", v, gaps)) < 0)
      return -1;
    s->csv.missing = action[k];
    s->mean = action[k] == AXF_MISSING_NAN;
  }
  return 0;
}

static int read_split(axf_set *s, const axf_lines *l) {
  const char *share = axf_lines_get(l, 1, "test"), *seed = axf_lines_get(l, 1, "seed");
  if (check_options(l, "test seed") != 0 ||
      (share != NULL && axf_parse_float(l, "test", share, 0.01, 0.99, &s->test_share) != 0) ||
      (seed != NULL && axf_parse_int(l, "seed", seed, 0, INT64_MAX, &s->split_seed) != 0))
    return -1;
  return 0;
}

/* A statement with one plain word behind it. */
static int read_word(axf_set *s, const axf_lines *l) {
  static const char *const norms[] = {"none", "minmax", "standard", NULL};
  long n;
  if (l->ntok != 2)
    return axf_fail("%s:%d: '%s' needs one word behind it, found %d", l->path, l->line, l->tok[0], l->ntok - 1);
  if (strcmp(l->tok[0], "set") == 0) {
    if (strlen(l->tok[1]) >= sizeof s->name)
      return axf_fail("%s:%d: the name is longer than %zu characters", l->path, l->line, sizeof s->name - 1);
    for (const char *c = l->tok[1]; *c != 0; c++) /* it becomes part of the names of files */
      if (!isalnum((unsigned char)*c) && strchr("_-.", *c) == NULL)
        return axf_fail("%s:%d: the name '%s' must be made of letters, digits, '_', '-' and '.'", l->path, l->line,
                        l->tok[1]);
    strcpy(s->name, l->tok[1]);
  } else if (strcmp(l->tok[0], "classes") == 0) {
    if (axf_parse_int(l, "classes", l->tok[1], 2, 256, &n) != 0)
      return -1;
    s->classes = (int)n;
  } else if (strcmp(l->tok[0], "folder") == 0) {
    s->folder = l->tok[1];
  } else {
    int k = choice(l, "normalise", l->tok[1], norms);
    if (k < 0)
      return -1;
    s->norm = (axf_norm)k;
  }
  return 0;
}

/* Words, those with blanks in double quotes: the tokens of a word lie side by side and become one again. */
static int read_names(axf_set *s, const axf_lines *l, int *names) {
  for (int i = 1; i < l->ntok && *names < 256; i++) {
    char *word = l->tok[i];
    int quotes = 0;
    for (;; i++) {
      for (const char *c = l->tok[i]; *c; c++)
        quotes += *c == '"';
      if (quotes % 2 == 0)
        break;
      if (i + 1 == l->ntok)
        return axf_fail("%s:%d: a class name's quotes do not end: %s", l->path, l->line, word);
      for (char *gap = l->tok[i] + strlen(l->tok[i]); gap < l->tok[i + 1]; gap++)
        *gap = *gap ? *gap : ' ';
    }
    s->word[(*names)++] = axf_unquote(word);
  }
  s->csv.words = s->word;
  return 0;
}

static int read_statement(axf_set *s, const axf_lines *l, int *names) {
  const char *w = l->tok[0];
  if (strcmp(w, "train") == 0 || strcmp(w, "test") == 0)
    return read_files(s, l, w[1] == 'e');
  if (strcmp(w, "table") == 0)
    return read_table(s, l);
  if (strcmp(w, "split") == 0)
    return read_split(s, l);
  if (strcmp(w, "names") == 0)
    return read_names(s, l, names);
  if (strcmp(w, "set") == 0 || strcmp(w, "classes") == 0 || strcmp(w, "folder") == 0 || strcmp(w, "normalise") == 0)
    return read_word(s, l);
  return axf_fail("%s:%d: unknown statement '%s' (set, classes, folder, train, test, table, names, split, normalise)",
                  l->path, l->line, w);
}

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

/* "a, b, c": what sw/datasets holds, for the message about an unknown name. */
static void known_sets(const char *folder, char *text, size_t room) {
  char *name[200] = {NULL};
  int n = 0;
  DIR *d = opendir(folder);
  while (d != NULL && n < 200) {
    struct dirent *f = readdir(d);
    if (f == NULL)
      break;
    size_t len = strlen(f->d_name);
    if (len > 4 && strcmp(f->d_name + len - 4, ".set") == 0 && (name[n] = strndup(f->d_name, len - 4)) != NULL)
      n++;
  }
  if (d != NULL)
    closedir(d);
  qsort(name, (size_t)n, sizeof name[0], by_name);
  *text = 0;
  for (int i = 0; i < n; i++) {
    snprintf(text + strlen(text), room - strlen(text), ", %s", name[i]);
    free(name[i]);
  }
}

/* Whether `name` is a file that by its ending is no description, such as a table. */
static int other_file(const char *name) {
  const char *slash = strrchr(name, '/'), *dot = strrchr(slash != NULL ? slash : name, '.');
  return dot != NULL && strcmp(dot, ".set") != 0 && axf_exists(name);
}

/* Path of the description, checked to exist; NULL + axf_fail. */
static char *find_set(const char *name) {
  const char *root = getenv("AXF_ROOT");
  size_t len = strlen(name);
  if (other_file(name)) {
    axf_fail(
        "%s needs a description, in a .set file or as --data 'set NAME; classes K; train data=%s; table header=yes "
        "label=last' (sw/datasets/mnist.set tells all of it)",
        name, name);
    return NULL;
  }
  int is_path = strchr(name, '/') != NULL || (len > 4 && strcmp(name + len - 4, ".set") == 0);
  char *folder = root != NULL && *root != 0 ? axf_sprintf("%s/sw/datasets", root) : axf_strdup("sw/datasets");
  if (folder == NULL)
    return NULL;
  char *path = is_path ? axf_strdup(name) : axf_sprintf("%s/%s.set", folder, name);
  if (path != NULL && !axf_exists(path)) {
    char known[600];
    known_sets(folder, known, sizeof known);
    if (known[0] == 0 && !is_path)
      axf_fail("%s was not found: run from the top of the repository or set AXF_ROOT to it", path);
    else if (is_path)
      axf_fail("%s: there is no such data set description", path);
    else
      axf_fail("there is no data set '%s': %s is missing; known are auto, digits%s", name, path, known);
    free(path);
    path = NULL;
  }
  free(folder);
  return path;
}

int axf_set_inline(const char *name) { return strchr(name, ';') != NULL; }

/* The description's text into s->text, what to call it in messages into s->path. */
static int read_text(axf_set *s, const char *name) {
  uint8_t *buf = NULL;
  size_t len;
  if (axf_set_inline(name)) {
    if ((s->path = axf_strdup("--data")) == NULL || (s->text = axf_strdup(name)) == NULL)
      return -1;
    int quoted = 0;
    for (char *c = s->text; *c != 0; c++) {
      quoted ^= *c == '"';
      if (*c == ';' && !quoted)
        *c = '\n';
    }
    return 0;
  }
  if ((s->path = find_set(name)) == NULL || axf_read_file(s->path, &buf, &len) != 0)
    return -1;
  s->text = (char *)buf;
  return 0;
}

int axf_set_read(axf_set *s, const char *name) {
  memset(s, 0, sizeof *s);
  s->csv.sep = ',';
  s->csv.label_col = -1;
  s->test_share = 0.2;
  s->split_seed = 1;
  if (read_text(s, name) != 0) {
    axf_set_free(s);
    return -1;
  }
  axf_lines l;
  int rc, names = 0;
  axf_lines_begin(&l, s->path, s->text);
  while ((rc = axf_lines_next(&l)) == 1)
    if ((rc = read_statement(s, &l, &names)) != 0)
      break;
  if (rc == 0 && (s->name[0] == 0 || s->classes == 0 || s->file[0] == NULL))
    rc = axf_fail("%s: the statements set, classes and train are needed", s->path);
  if (rc == 0 && s->idx && s->file[1] == NULL)
    rc = axf_fail("%s: a set of images needs a test statement", s->path);
  if (rc == 0 && names != 0 && names != s->classes)
    rc = axf_fail("%s: %d class names for %d classes", s->path, names, s->classes);
  if (s->folder == NULL)
    s->folder = s->name;
  if (rc != 0)
    axf_set_free(s);
  return rc;
}

void axf_set_free(axf_set *s) {
  free(s->path);
  free(s->text);
  s->path = s->text = NULL;
}
