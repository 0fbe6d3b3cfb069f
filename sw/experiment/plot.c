/* Plots of an experiment's rows, drawn by gnuplot as SVG.
 * SPDX-License-Identifier: Apache-2.0 */
#include "experiment/exp.h"
#include "experiment/stats.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The word behind `key=` in a point, up to the next blank; NULL if it is not there. */
static const char *word_of(const char *point, const char *key) {
  const size_t len = strlen(key);
  for (const char *at = point; at; at = strchr(at, ' ')) {
    at += *at == ' ';
    if (strncmp(at, key, len) == 0 && at[len] == '=')
      return at + len + 1;
  }
  return NULL;
}

/* It as a number; 0 if it is one. */
static int x_of(const char *point, const char *key, double *x) {
  const char *word = word_of(point, key);
  char *end;
  if (!word)
    return -1;
  *x = strtod(word, &end);
  return end == word ? -1 : 0;
}

static int wanted(const axf_row *w, const axf_plot *p) {
  double x;
  return strcmp(w->measure, p->measure) == 0 && strcmp(w->metric, p->metric) == 0 &&
         (!p->x || x_of(w->point, p->x, &x) == 0) && (!p->y || word_of(w->point, p->y)) &&
         (!p->item || strcmp(w->item, p->item) == 0);
}

/* One point of a series: mean and standard deviation over the seeds of row `at`'s case and point. 0 if an earlier row
 * stands for it already. */
static int point_of(const axf_rows *r, const axf_plot *p, int at, double *v, axf_stats *s) {
  const axf_row *w = &r->row[at];
  size_t n = 0;
  for (int k = 0; k < r->n; k++) {
    const axf_row *o = &r->row[k];
    if (!wanted(o, p) || strcmp(o->item, w->item) != 0 || strcmp(o->point, w->point) != 0)
      continue;
    if (k < at)
      return 0;
    v[n++] = o->value;
  }
  axf_stats_of(v, n, s);
  return 1;
}

/* Number of different cases among the rows, their first rows in first[]. */
static int cases_of(const axf_rows *r, const axf_plot *p, int first[AXF_EXP_CASES]) {
  int n = 0;
  for (int i = 0; i < r->n; i++) {
    int seen = !wanted(&r->row[i], p);
    for (int k = 0; k < n && !seen; k++)
      seen = strcmp(r->row[first[k]].item, r->row[i].item) == 0;
    if (!seen && n < AXF_EXP_CASES)
      first[n++] = i;
  }
  return n;
}

static void settings(FILE *f, const axf_plot *p, const char *path) {
  fprintf(f,
          "set terminal svg size 720,480 font 'sans,12' background 'white'\nset output '%s'\nset key bottom left\n"
          "set grid\nset title '%s' noenhanced\nset ylabel '%s (%s)' noenhanced\n",
          path, p->title ? p->title : p->measure, p->metric, p->measure);
  if (p->x)
    fprintf(f, "set xlabel '%s' noenhanced\n%s", p->x, p->log_x ? "set logscale x\n" : "");
  else
    fprintf(f, "set style data histogram\nset style histogram errorbars gap 2 lw 1\nset style fill solid 0.6\n"
               "set xtics rotate by -25 noenhanced\nset yrange [*:*]\n");
}

/* A line a case. */
static void lines(FILE *f, const axf_rows *r, const axf_plot *p, const int *first, int n, double *v) {
  axf_stats s;
  double x;
  for (int c = 0; c < n; c++) {
    fprintf(f, "$case%d << EOD\n", c);
    for (int i = 0; i < r->n; i++)
      if (wanted(&r->row[i], p) && strcmp(r->row[i].item, r->row[first[c]].item) == 0 && point_of(r, p, i, v, &s) &&
          x_of(r->row[i].point, p->x, &x) == 0)
        fprintf(f, "%.9g %.9g %.9g\n", x, s.mean, s.sd);
    fprintf(f, "EOD\n");
  }
  for (int c = 0; c < n; c++)
    fprintf(f, "%s $case%d using 1:2:3 with yerrorlines lw 2 title '%s' noenhanced%s", c ? "" : "plot", c,
            r->row[first[c]].item, c + 1 < n ? ",\\\n" : "\n");
}

/* Bars: one group a point, one bar a case would need every case to have every point; so a bar for each of them. */
static void bars(FILE *f, const axf_rows *r, const axf_plot *p, double *v) {
  axf_stats s;
  fprintf(f, "$bars << EOD\n");
  for (int i = 0; i < r->n; i++)
    if (wanted(&r->row[i], p) && point_of(r, p, i, v, &s))
      fprintf(f, "\"%s %s\" %.9g %.9g\n", r->row[i].item, r->row[i].point, s.mean, s.sd);
  fprintf(f, "EOD\nplot $bars using 2:3:xtic(1) notitle\n");
}

/* Number of the word behind `key=` among the different ones of the rows, in the order in which they stand there. */
static int place_of(const axf_rows *r, const axf_plot *p, const char *key, const axf_row *w) {
  const char *of = word_of(w->point, key);
  const size_t len = strcspn(of, " ");
  int place = 0;
  for (int i = 0; i < r->n; i++) {
    const char *other = wanted(&r->row[i], p) ? word_of(r->row[i].point, key) : NULL;
    if (!other)
      continue;
    if (strcspn(other, " ") == len && strncmp(other, of, len) == 0)
      return place;
    int first = 1; /* of its word */
    for (int k = 0; k < i && first; k++) {
      const char *before = wanted(&r->row[k], p) ? word_of(r->row[k].point, key) : NULL;
      first =
          !before || strcspn(before, " ") != strcspn(other, " ") || strncmp(before, other, strcspn(other, " ")) != 0;
    }
    place += first;
  }
  return place;
}

/* A field of colour for each x and y, its value in it. */
static void surface(FILE *f, const axf_rows *r, const axf_plot *p, double *v) {
  axf_stats s;
  int columns = 0, lines_up = 0;
  fprintf(f, "$field << EOD\n");
  for (int i = 0; i < r->n; i++)
    if (wanted(&r->row[i], p) && point_of(r, p, i, v, &s)) {
      const char *x = word_of(r->row[i].point, p->x), *y = word_of(r->row[i].point, p->y);
      const int at = place_of(r, p, p->x, &r->row[i]), up = place_of(r, p, p->y, &r->row[i]);
      columns = at >= columns ? at + 1 : columns;
      lines_up = up >= lines_up ? up + 1 : lines_up;
      fprintf(f, "%d %d %.9g %.*s %.*s\n", at, up, s.mean, (int)strcspn(x, " "), x, (int)strcspn(y, " "), y);
    }
  fprintf(f,
          "EOD\nset ylabel '%s' noenhanced\nset nokey\nunset grid\nset cblabel '%s' noenhanced\n"
          "set palette defined (0 '#b2182b', 0.7 '#fddbc7', 0.9 '#d1e5f0', 1 '#4393c3')\nset style fill solid\n"
          "set xrange [-0.5:%d.5]\nset yrange [-0.5:%d.5]\n"
          "plot $field using 1:2:($1-0.5):($1+0.5):($2-0.5):($2+0.5):3 with boxxyerror fc palette, "
          "$field using 1:2:(sprintf('%%.1f',$3)):xtic(4):ytic(5) with labels\n",
          p->y, p->metric, columns - 1, lines_up - 1);
}

int axf_plot_svg(const axf_rows *r, const axf_plot *p, const char *path) {
  int first[AXF_EXP_CASES], n = cases_of(r, p, first);
  if (!n)
    return axf_fail("no row has the measure '%s', the metric '%s'%s%s", p->measure, p->metric,
                    p->x ? " and a number for " : "", p->x ? p->x : "");
  if (p->y && (!p->x || n > 1))
    return axf_fail("a surface needs two keys and one case");
  if (strpbrk(path, "'\\\n"))
    return axf_fail("%s: a name with quotes cannot be given to gnuplot", path);
  if (system("command -v gnuplot >/dev/null 2>&1") != 0)
    return axf_fail("gnuplot is not installed: apt-get install gnuplot-nox");
  char *part = axf_sprintf("%s.tmp.%d", path, (int)getpid());
  double *v = axf_alloc((size_t)r->n, sizeof *v);
  FILE *f = part && v ? popen("gnuplot -", "w") : NULL;
  int bad = !f;
  if (f) {
    settings(f, p, part);
    if (p->x && p->y)
      surface(f, r, p, v);
    else if (p->x)
      lines(f, r, p, first, n, v);
    else
      bars(f, r, p, v);
    bad = pclose(f) != 0;
    if (bad)
      axf_fail("gnuplot could not draw %s", path);
    else if (rename(part, path))
      bad = axf_fail("cannot write %s", path);
    if (bad)
      unlink(part);
  }
  free(part);
  free(v);
  return bad ? -1 : 0;
}
