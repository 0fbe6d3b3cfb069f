/* Rows: from output lines, to and from CSV, and the table over the seeds.
 * SPDX-License-Identifier: Apache-2.0 */
#include "experiment/exp.h"
#include "experiment/stats.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char metrics[] =
    " accuracy float_accuracy validation_accuracy cost clean mean sd ci95 min q10 median max rise loss ";
static const char left_out[] = " net data model examples dies draws ";

static int in_list(const char *list, const char *word) {
  char pattern[64];
  snprintf(pattern, sizeof pattern, " %.60s ", word);
  return strstr(list, pattern) != NULL;
}

int axf_rows_metrics(const char *list) {
  char copy[512], *save = NULL;
  if (strlen(list) >= sizeof copy)
    return axf_fail("--metrics: the list is longer than %zu characters", sizeof copy - 1);
  snprintf(copy, sizeof copy, "%s", list);
  for (char *word = strtok_r(copy, ",", &save); word; word = strtok_r(NULL, ",", &save))
    if (!in_list(metrics, word))
      return axf_fail("--metrics: there is no metric '%s'; there are:%.*s", word, (int)strlen(metrics) - 1, metrics);
  return 0;
}

static axf_row *add(axf_rows *r) {
  if (r->n == r->room) {
    int room = r->room ? 2 * r->room : 64;
    axf_row *more = realloc(r->row, (size_t)room * sizeof *more);
    if (!more) {
      axf_fail("out of memory for %d rows", room);
      return NULL;
    }
    r->row = more;
    r->room = room;
  }
  memset(&r->row[r->n], 0, sizeof *r->row);
  return &r->row[r->n++];
}

int axf_rows_line(axf_rows *r, const axf_row_of *of, const char *line) {
  char copy[1024], point[160] = "", *save = NULL;
  const int first = r->n;
  if (of->config)
    snprintf(point, sizeof point, "config=%.63s", of->config);
  snprintf(copy, sizeof copy, "%s", line);
  char *word = strtok_r(copy, " \n", &save);
  for (const char *c = word; c && *c; c++)
    if (*c < 'A' || *c > 'Z')
      return 0;
  while (word && (word = strtok_r(NULL, " \n", &save))) {
    char *eq = strchr(word, '='), *end;
    if (!eq)
      continue;
    *eq = '\0';
    if (in_list(metrics, word)) {
      axf_row *row = add(r);
      if (!row)
        return -1;
      row->value = strtod(eq + 1, &end);
      if (end == eq + 1) {
        r->n--;
        continue;
      }
      snprintf(row->metric, sizeof row->metric, "%s", word);
    } else if (!in_list(left_out, word) && strlen(point) + strlen(word) + strlen(eq + 1) + 3 < sizeof point) {
      size_t at = strlen(point);
      snprintf(point + at, sizeof point - at, "%s%s=%s", at ? " " : "", word, eq + 1);
    }
  }
  for (int i = first; i < r->n; i++) {
    axf_row *row = &r->row[i];
    snprintf(row->name, sizeof row->name, "%s", of->experiment);
    snprintf(row->item, sizeof row->item, "%s", of->item);
    snprintf(row->measure, sizeof row->measure, "%s", of->measure);
    snprintf(row->point, sizeof row->point, "%s", point);
    for (char *c = row->point; *c; c++)
      *c = *c == ',' ? ';' : *c;
    row->seed = of->seed;
  }
  return 0;
}

int axf_rows_write(const axf_rows *r, FILE *f, const char *comment) {
  if (comment)
    fprintf(f, "# %s\n", comment);
  fprintf(f, "%s\n", AXF_ROW_HEADER);
  for (int i = 0; i < r->n; i++) {
    const axf_row *w = &r->row[i];
    fprintf(f, "%s,%s,%llu,%s,%s,%s,%.9g\n", w->name, w->item, (unsigned long long)w->seed, w->measure, w->point,
            w->metric, w->value);
  }
  return ferror(f) ? axf_fail("cannot write rows") : 0;
}

/* The next field of a CSV line; NULL if there is none. */
static char *field(char **rest) { return strsep(rest, ","); }

static int read_row(axf_rows *r, const char *path, int line, char *text) {
  char *f[7], *rest = text, *end;
  axf_row *w = add(r);
  if (!w)
    return -1;
  for (int i = 0; i < 7; i++)
    f[i] = field(&rest);
  if (!f[6] || rest || (w->value = strtod(f[6], &end), end == f[6] || *end))
    return axf_fail("%s:%d: not a row of '%s'", path, line, AXF_ROW_HEADER);
  snprintf(w->name, sizeof w->name, "%s", f[0]);
  snprintf(w->item, sizeof w->item, "%s", f[1]);
  w->seed = strtoull(f[2], NULL, 10);
  snprintf(w->measure, sizeof w->measure, "%s", f[3]);
  snprintf(w->point, sizeof w->point, "%s", f[4]);
  snprintf(w->metric, sizeof w->metric, "%s", f[5]);
  return 0;
}

int axf_rows_read(axf_rows *r, const char *path, char comment[256]) {
  uint8_t *buf;
  size_t len;
  int line = 0, bad = 0;
  *comment = '\0';
  if (axf_read_file(path, &buf, &len))
    return -1;
  char *rest = (char *)buf, *text;
  while (!bad && (text = strsep(&rest, "\n"))) {
    line++;
    if (line == 1 && *text == '#')
      snprintf(comment, 256, "%s", text + (text[1] == ' ' ? 2 : 1));
    else if (*text && strcmp(text, AXF_ROW_HEADER) != 0)
      bad = read_row(r, path, line, text);
  }
  free(buf);
  return bad;
}

void axf_rows_free(axf_rows *r) {
  free(r->row);
  memset(r, 0, sizeof *r);
}

/* The same thing measured, of whichever case. */
static int same_metric(const axf_row *a, const axf_row *b) {
  return strcmp(a->measure, b->measure) == 0 && strcmp(a->point, b->point) == 0 && strcmp(a->metric, b->metric) == 0;
}

/* The table's line of row i's case; v: room for all values. */
static void summary_line(const axf_rows *r, int i, double *v, FILE *f) {
  const axf_row *w = &r->row[i];
  size_t n = 0;
  for (int k = 0; k < r->n; k++) {
    if (!same_metric(&r->row[k], w) || strcmp(r->row[k].item, w->item) != 0)
      continue;
    if (k < i)
      return; /* stands there already */
    v[n++] = r->row[k].value;
  }
  axf_stats s;
  axf_stats_of(v, n, &s);
  fprintf(f, "| %s | %s | %s | %s | %.5g | %.2g | %zu |\n", w->measure, w->point, w->metric, w->item, s.mean, s.sd, n);
}

int axf_rows_summary(const axf_rows *r, const char *chosen, FILE *f) {
  char list[256];
  double *v = axf_alloc((size_t)r->n + 1, sizeof *v);
  if (!v)
    return -1;
  snprintf(list, sizeof list, " %s ", chosen ? chosen : "accuracy clean mean min rise");
  fprintf(f, "| measure | at | metric | case | mean | sd | seeds |\n|---|---|---|---|---:|---:|---:|\n");
  for (int i = 0; i < r->n; i++) {
    int seen = !in_list(list, r->row[i].metric);
    for (int k = 0; k < i && !seen; k++)
      seen = same_metric(&r->row[k], &r->row[i]);
    for (int k = i; k < r->n && !seen; k++)
      if (same_metric(&r->row[k], &r->row[i]))
        summary_line(r, k, v, f);
  }
  free(v);
  return 0;
}
