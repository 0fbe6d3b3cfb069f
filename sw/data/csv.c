/* Tables of numbers as text: one example a line, the label in one of the columns or in a second file.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Fields may have blanks or double quotes around them; a separator between quotes is part of the field, and so is a
 * quote written twice. Empty lines do not count as examples. A missing value is an empty field, '?', 'NA' or 'NaN'. */
#include "data/data.h"
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

typedef struct {
  const char *path;
  const axf_csv_opt *opt;
  char *cur; /* rest of the text */
  int line;
  int ncol; /* columns of every line; 0: not known yet */
  int nfield, room;
  char **field; /* of the current line */
} reader;

static int is_sep(const reader *r, char c) { return r->opt->sep == ' ' ? c == ' ' || c == '\t' : c == r->opt->sep; }

/* Cuts blanks and quotes off a field. */
static char *trimmed(char *s, char *end) {
  while (s < end && isspace((unsigned char)*s))
    s++;
  while (end > s && isspace((unsigned char)end[-1]))
    end--;
  *end = 0;
  return axf_unquote(s);
}

static int add_field(reader *r, char *s, char *end) {
  if (r->nfield == r->room) {
    int room = r->room == 0 ? 64 : 2 * r->room;
    char **more = realloc(r->field, (size_t)room * sizeof *more);
    if (more == NULL)
      return axf_fail("%s:%d: out of memory", r->path, r->line);
    r->field = more;
    r->room = room;
  }
  r->field[r->nfield++] = trimmed(s, end);
  return 0;
}

/* Splits the next line that is not empty: 1, or 0 at the end, -1 on a wrong number of columns. */
static int next_row(reader *r) {
  while (*r->cur != 0) {
    char *s = r->cur, *end = strchr(s, '\n');
    if (end == NULL)
      end = s + strlen(s);
    r->cur = *end != 0 ? end + 1 : end;
    *end = 0;
    r->line++;
    while (end > s && isspace((unsigned char)end[-1]) && (r->opt->sep == ' ' || end[-1] != r->opt->sep))
      *--end = 0;
    if (s[strspn(s, " \t\r")] == 0)
      continue;
    if (r->opt->sep == ' ')
      s += strspn(s, " \t");
    r->nfield = 0;
    for (;;) {
      char *stop = s;
      for (int quoted = 0; *stop != 0 && (quoted || !is_sep(r, *stop)); stop++)
        quoted ^= *stop == '"';
      char *after = stop + (*stop != 0);
      int last = *stop == 0;
      if (r->opt->sep == ' ')
        after += strspn(after, " \t");
      if (add_field(r, s, stop) != 0)
        return -1;
      if (last)
        break;
      s = after;
    }
    if (r->ncol == 0)
      r->ncol = r->nfield;
    if (r->nfield != r->ncol)
      return axf_fail("%s:%d: %d columns, expected %d", r->path, r->line, r->nfield, r->ncol);
    return 1;
  }
  return 0;
}

static int missing(const char *s) {
  return *s == 0 || strcmp(s, "?") == 0 || strcmp(s, "NA") == 0 || strcasecmp(s, "nan") == 0;
}

static int number(const reader *r, int col, const char *s, double *v) {
  char *end;
  *v = strtod(s, &end);
  if (end == s || *end != 0 || !isfinite(*v) || fabs(*v) > 3e38 || strpbrk(s, "xXnN") != NULL)
    return axf_fail("%s:%d: column %d: a number was expected, found '%s'", r->path, r->line, col + 1, s);
  return 0;
}

/* Label text to class. */
static int class_of(const reader *r, int col, const char *s, int classes, uint8_t *label) {
  const axf_csv_opt *o = r->opt;
  if (o->words != NULL) {
    for (int k = 0; k < classes; k++)
      if (strcmp(o->words[k], s) == 0) {
        *label = (uint8_t)k;
        return 0;
      }
    return axf_fail("%s:%d: column %d: '%s' is none of the %d class names", r->path, r->line, col + 1, s, classes);
  }
  double v;
  if (missing(s))
    return axf_fail("%s:%d: column %d: the label is missing", r->path, r->line, col + 1);
  if (number(r, col, s, &v) != 0)
    return -1;
  if (v != floor(v) || v < o->label_base || v >= (double)o->label_base + classes)
    return axf_fail("%s:%d: label %s, expected a whole number from %d to %d", r->path, r->line, s, o->label_base,
                    o->label_base + classes - 1);
  *label = (uint8_t)(v - o->label_base);
  return 0;
}

/* Number of the label's column; -1: none (a label file), -2 + axf_fail: no such column. Row 1 is in r->field. */
static int label_column(const reader *r, int label_file) {
  const axf_csv_opt *o = r->opt;
  if (label_file)
    return -1;
  if (o->label_name != NULL) {
    for (int i = 0; o->header && i < r->ncol; i++)
      if (strcmp(r->field[i], o->label_name) == 0)
        return i;
    axf_fail("%s:%d: no column is named '%s'", r->path, r->line, o->label_name);
    return -2;
  }
  int col = o->label_col < 0 ? r->ncol + o->label_col : o->label_col;
  if (col >= 0 && col < r->ncol)
    return col;
  axf_fail("%s:%d: there is no label column %d, the line has %d columns", r->path, r->line, o->label_col, r->ncol);
  return -2;
}

static int open_table(reader *r, const char *path, const axf_csv_opt *opt, uint8_t **buf, size_t *len) {
  *r = (reader){.path = path, .opt = opt};
  if (axf_read_file(path, buf, len) != 0)
    return -1;
  r->cur = (char *)*buf;
  if (strlen(r->cur) != *len)
    return axf_fail("%s: not a text file: byte %zu is zero", path, strlen(r->cur));
  return 0;
}

/* Counts the lines, an upper bound of the rows. */
static size_t count_lines(const char *s) {
  size_t n = 1;
  for (; (s = strchr(s, '\n')) != NULL; s++)
    n++;
  return n;
}

/* Fills p->f32, p->label and the shape from an open table. `kept` (or NULL) notes which rows were not dropped. */
static int read_rows(reader *r, axf_part *p, int label_file, int classes, uint8_t *kept, uint32_t *rows) {
  const axf_csv_opt *o = r->opt;
  size_t most = count_lines(r->cur);
  int rc = next_row(r), col, skipped = 0;
  if (rc == 0)
    return axf_fail("%s: the file holds no data", r->path);
  if (rc < 0 || (col = label_column(r, label_file)) < -1)
    return -1;
  for (int i = 0; i < r->ncol; i++)
    skipped += i < 64 && (o->skip >> i & 1) && i != col;
  int features = r->ncol - skipped - (col >= 0);
  if (features < 1)
    return axf_fail("%s:%d: the line has no feature columns", r->path, r->line);
  p->c = features;
  p->h = p->w = 1;
  p->f32 = axf_alloc(most * features, sizeof *p->f32);
  p->label = axf_alloc(most, 1);
  if (p->f32 == NULL || p->label == NULL)
    return -1;
  for (rc = o->header ? next_row(r) : 1; rc == 1; rc = next_row(r)) {
    float *x = p->f32 + (size_t)p->n * features;
    int gaps = 0;
    for (int i = 0; i < r->ncol; i++) {
      double v = NAN;
      if (i == col || (i < 64 && (o->skip >> i & 1)))
        continue;
      if (missing(r->field[i])) {
        gaps++;
        if (o->missing == AXF_MISSING_REFUSE)
          return axf_fail("%s:%d: column %d: the value is missing", r->path, r->line, i + 1);
      } else if (number(r, i, r->field[i], &v) != 0) {
        return -1;
      }
      *x++ = (float)v;
    }
    if (col >= 0 && class_of(r, col, r->field[col], classes, &p->label[p->n]) != 0)
      return -1;
    int keep = gaps == 0 || o->missing != AXF_MISSING_DROP;
    if (kept != NULL)
      kept[*rows] = (uint8_t)keep;
    (*rows)++;
    p->n += (uint32_t)keep;
  }
  if (rc == 0 && p->n == 0)
    return axf_fail("%s: the file holds no examples", r->path);
  return rc;
}

/* The second file: one label a line, for every row of the table, the dropped ones included. */
static int read_labels(reader *r, axf_part *p, const char *table, const uint8_t *kept, uint32_t rows, int classes) {
  uint32_t row = 0, n = 0;
  int rc;
  r->ncol = 1;
  for (rc = next_row(r); rc == 1; rc = next_row(r), row++) {
    uint8_t label;
    if (class_of(r, 0, r->field[0], classes, &label) != 0)
      return -1;
    if (row < rows && kept[row])
      p->label[n++] = label;
  }
  if (rc == 0 && row != rows)
    return axf_fail("%s: %u labels, but %s has %u examples", r->path, row, table, rows);
  return rc;
}

int axf_csv_load(axf_part *p, const char *path, const char *labels, const axf_csv_opt *opt, int classes) {
  memset(p, 0, sizeof *p);
  axf_csv_opt blank = *opt; /* the label file is a one-column table without a head */
  blank.sep = ' ';
  reader table = {0}, second = {0};
  uint8_t *buf[2] = {NULL, NULL}, *kept = NULL, *both = NULL;
  size_t len[2] = {0, 0};
  uint32_t rows = 0;
  int rc = open_table(&table, path, opt, &buf[0], &len[0]);
  if (rc == 0 && labels != NULL)
    rc = open_table(&second, labels, &blank, &buf[1], &len[1]);
  if (rc == 0 && ((both = axf_alloc(len[0] + len[1], 1)) == NULL || (kept = axf_alloc(len[0] + 1, 1)) == NULL))
    rc = -1;
  if (rc == 0) { /* before the text is cut up */
    memcpy(both, buf[0], len[0]);
    if (labels != NULL)
      memcpy(both + len[0], buf[1], len[1]);
    axf_sha256_hex(both, len[0] + len[1], p->sha256);
    rc = read_rows(&table, p, labels != NULL, classes, kept, &rows);
  }
  if (rc == 0 && labels != NULL)
    rc = read_labels(&second, p, path, kept, rows, classes);
  p->classes = classes;
  free(table.field);
  free(second.field);
  free(buf[0]);
  free(buf[1]);
  free(both);
  free(kept);
  if (rc != 0) {
    free(p->f32);
    free(p->label);
    memset(p, 0, sizeof *p);
  }
  return rc;
}
