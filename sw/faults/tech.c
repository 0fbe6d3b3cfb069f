/* Reader of sw/faults/tech.txt, and the curves between its points.
 * SPDX-License-Identifier: Apache-2.0 */
#include "faults/faults.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The value of KEY= in the current line, a number; missing: fails, or gives -1 when it need not be there. */
static int number(const axf_lines *l, const char *key, int optional, double lo, double hi, double *out) {
  const char *text = axf_lines_get(l, 1, key);
  if (!text && optional) {
    *out = -1;
    return 0;
  }
  if (!text)
    return axf_fail("%s:%d: %s= is missing", l->path, l->line, key);
  return axf_parse_float(l, key, text, lo, hi, out);
}

static int technology(axf_tech *t, const axf_lines *l) {
  const char *unit = axf_lines_get(l, 2, "unit");
  memset(t, 0, sizeof *t);
  if (l->ntok < 2 || strlen(l->tok[1]) >= sizeof t->name)
    return axf_fail("%s:%d: a technology has a name of at most %zu letters", l->path, l->line, sizeof t->name - 1);
  if (!unit || (strcmp(unit, "V") != 0 && strcmp(unit, "Vmin") != 0))
    return axf_fail("%s:%d: unit= must be V or Vmin", l->path, l->line);
  snprintf(t->name, sizeof t->name, "%s", l->tok[1]);
  snprintf(t->unit, sizeof t->unit, "%s", unit);
  return number(l, "nominal", 0, 0.01, 10, &t->nominal);
}

static void source(axf_tech *t, const axf_lines *l) {
  for (int i = 1; i < l->ntok; i++) {
    size_t used = strlen(t->source);
    snprintf(t->source + used, sizeof t->source - used, "%s%s", used ? " " : "", l->tok[i]);
  }
}

static int point(axf_tech *t, const axf_lines *l) {
  double v, ber, energy;
  if (t->n == AXF_TECH_POINTS)
    return axf_fail("%s:%d: more than %d points", l->path, l->line, AXF_TECH_POINTS);
  if (axf_parse_float(l, "the voltage", l->ntok > 1 ? l->tok[1] : "", 0.001, 10, &v) ||
      number(l, "ber", 0, 1e-12, 0.5, &ber) || number(l, "energy", 1, 0, 1, &energy))
    return -1;
  if (v >= (t->n ? t->point[t->n - 1].v : t->nominal))
    return axf_fail("%s:%d: the voltages must fall, from nominal=%g on", l->path, l->line, t->nominal);
  if (t->n && ber <= t->point[t->n - 1].ber)
    return axf_fail("%s:%d: ber= must rise from point to point", l->path, l->line);
  if (t->n && t->has_energy != (energy >= 0))
    return axf_fail("%s:%d: energy= stands at all points of a technology or at none", l->path, l->line);
  t->has_energy = energy >= 0;
  t->point[t->n].v = v;
  t->point[t->n].ber = ber;
  t->point[t->n++].energy = energy;
  return 0;
}

/* Reads every technology, so that a bad line is found whoever is asked for; *t is the one of this name. */
static int read_all(axf_tech *t, const char *name, axf_lines *l, char *names, size_t size) {
  axf_tech *now = axf_alloc(1, sizeof *now);
  int e = now ? 0 : -1, found = 0, more;
  while (!e && (more = axf_lines_next(l)) != 0) {
    const char *word = more > 0 ? l->tok[0] : "";
    int begins = strcmp(word, "technology") == 0;
    if (more < 0)
      e = -1;
    else if (begins && now->name[0] && now->n < 2)
      e = axf_fail("%s:%d: technology %s before this line has fewer than two points", l->path, l->line, now->name);
    else if (begins)
      e = technology(now, l);
    else if (strcmp(word, "source") == 0 && now->name[0])
      source(now, l);
    else if (strcmp(word, "point") == 0 && now->name[0])
      e = point(now, l);
    else
      e = axf_fail("%s:%d: expected technology, then source and point, found '%s'", l->path, l->line, word);
    if (!e && begins) {
      size_t used = strlen(names);
      snprintf(names + used, size - used, " %s", now->name);
    }
    if (!e && strcmp(now->name, name) == 0) {
      *t = *now;
      found = 1;
    }
  }
  if (!e && now->n < 2)
    e = axf_fail("%s: the last technology has fewer than two points", l->path);
  free(now);
  return e ? -1 : found;
}

int axf_tech_read(axf_tech *t, const char *name, const char *path) {
  const char *root = getenv("AXF_ROOT");
  char standard[512], names[512] = "";
  axf_lines l;
  uint8_t *text;
  size_t len;
  if (!path) {
    snprintf(standard, sizeof standard, "%s%ssw/faults/tech.txt", root ? root : "", root && *root ? "/" : "");
    path = standard;
  }
  if (axf_read_file(path, &text, &len))
    return -1;
  axf_lines_begin(&l, path, (char *)text);
  int found = read_all(t, name, &l, names, sizeof names);
  free(text);
  if (!found)
    return axf_fail("there is no technology '%s' in %s (there are:%s)", name, path, names);
  return found < 0 ? -1 : 0;
}

int axf_tech_ber(const axf_tech *t, double v, double *ber) {
  int i = 0;
  *ber = 0;
  if (v >= t->nominal)
    return 0;
  if (!(v >= t->point[t->n - 1].v))
    return axf_fail("technology %s has no failure probability below %g %s (%g was asked for)", t->name,
                    t->point[t->n - 1].v, t->unit, v);
  while (i + 2 < t->n && v < t->point[i + 1].v)
    i++;
  const double v0 = t->point[i].v, v1 = t->point[i + 1].v;
  const double l0 = log(t->point[i].ber), l1 = log(t->point[i + 1].ber);
  /* The points themselves give their own rates, to the last digit. */
  if (v == v0 || v == v1)
    *ber = v == v0 ? t->point[i].ber : t->point[i + 1].ber;
  else
    *ber = exp(l0 + (l1 - l0) * (v - v0) / (v1 - v0));
  return 0;
}

int axf_tech_supply(const axf_tech *t, double ber, double *v) {
  int i = 0;
  *v = t->nominal;
  if (ber <= 0)
    return 0;
  if (!(ber <= t->point[t->n - 1].ber))
    return axf_fail("technology %s has no supply with a failure probability above %g (%g was asked for)", t->name,
                    t->point[t->n - 1].ber, ber);
  while (i + 2 < t->n && ber > t->point[i + 1].ber)
    i++;
  const double v0 = t->point[i].v, v1 = t->point[i + 1].v;
  const double l0 = log(t->point[i].ber), l1 = log(t->point[i + 1].ber);
  const double on = ber == t->point[i + 1].ber ? v1 : v0 + (v1 - v0) * (log(ber) - l0) / (l1 - l0);
  *v = on < t->nominal ? on : t->nominal; /* just below nominal the line may not have come down to so small a rate */
  return 0;
}

double axf_tech_energy(const axf_tech *t, double v) {
  double v0 = t->nominal, e0 = 1;
  if (v >= t->nominal)
    return 1;
  if (!t->has_energy)
    return v / t->nominal * (v / t->nominal);
  for (int i = 0; i < t->n; i++) {
    if (v >= t->point[i].v)
      return t->point[i].energy + (e0 - t->point[i].energy) * (v - t->point[i].v) / (v0 - t->point[i].v);
    v0 = t->point[i].v;
    e0 = t->point[i].energy;
  }
  return e0;
}
