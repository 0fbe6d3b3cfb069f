/* Builds cells from the Liberty tree; see lib.h. SPDX-License-Identifier: Apache-2.0 */
#include "lib.h"
#include "core/core.h"
#include "tree.h"
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* "1ns", "10ps", "100pW", "1,pf" -> a factor. */
static double unit(const char *text) {
  const double n = atof(text);
  while (*text && !isalpha((unsigned char)*text))
    text++;
  const char *prefix = strchr("munpfaMUNPFA", *text);
  const double power[] = {1e-3, 1e-6, 1e-9, 1e-12, 1e-15, 1e-18};
  return n * (prefix && *text ? power[(prefix - "munpfaMUNPFA") % 6] : 1);
}

/* ---- tables: their axes are named by templates of the library */
typedef struct {
  const axf_tree *top;
  axf_lib *l;
} context;

static int is_load(const char *variable) { return strstr(variable, "capacitance") != NULL; }

static int read_table(const context *x, const axf_tree *group, double scale, axf_lib_table *t) {
  double i1[AXF_LIB_AXIS] = {0}, i2[AXF_LIB_AXIS] = {0}, v[AXF_LIB_AXIS * AXF_LIB_AXIS];
  const axf_tree *form = NULL;
  if (!group)
    return 0;
  for (const axf_tree *k = x->top->child; k; k = k->next)
    if (strstr(k->name, "template") && !strcmp(k->value, group->value))
      form = k;
  const char *v1 = form ? axf_tree_get(form, "variable_1") : "", *v2 = form ? axf_tree_get(form, "variable_2") : "";
  const axf_tree *g1 = axf_tree_find(group, "index_1"), *g2 = axf_tree_find(group, "index_2");
  int n1 = *v1 ? axf_tree_numbers(g1 ? g1->value : axf_tree_get(form, "index_1"), i1, AXF_LIB_AXIS) : 1;
  int n2 = *v2 ? axf_tree_numbers(g2 ? g2->value : axf_tree_get(form, "index_2"), i2, AXF_LIB_AXIS) : 1;
  int n = n1 <= AXF_LIB_AXIS && n2 <= AXF_LIB_AXIS
              ? axf_tree_numbers(axf_tree_get(group, "values"), v, AXF_LIB_AXIS * AXF_LIB_AXIS)
              : -1;
  if (n == 1)
    n1 = n2 = 1;
  if (n != n1 * n2)
    return axf_fail("a table %s has %d values, not %d x %d", group->value, n, n1, n2);
  const int swap = n1 > 1 && is_load(v1); /* the first axis is the load */
  t->nslew = swap ? n2 : n1;
  t->nload = swap ? n1 : n2;
  for (int i = 0; i < n1; i++)
    (swap ? t->load : t->slew)[i] = i1[i] * (swap ? x->l->cap : x->l->time);
  for (int i = 0; i < n2; i++)
    (swap ? t->slew : t->load)[i] = i2[i] * (swap ? x->l->time : x->l->cap);
  for (int i = 0; i < n1; i++)
    for (int j = 0; j < n2; j++)
      t->v[swap ? j : i][swap ? i : j] = v[i * n2 + j] * scale;
  return 0;
}

double axf_lib_lookup(const axf_lib_table *t, double slew, double load) {
  int i = 0, j = 0;
  double f = 0, g = 0;
  if (!t->nslew)
    return 0;
  while (i + 2 < t->nslew && slew > t->slew[i + 1])
    i++;
  while (j + 2 < t->nload && load > t->load[j + 1])
    j++;
  if (t->nslew > 1)
    f = fmin(1, fmax(0, (slew - t->slew[i]) / (t->slew[i + 1] - t->slew[i])));
  if (t->nload > 1)
    g = fmin(1, fmax(0, (load - t->load[j]) / (t->load[j + 1] - t->load[j])));
  const int i2 = t->nslew > 1 ? i + 1 : i, j2 = t->nload > 1 ? j + 1 : j;
  return (1 - f) * ((1 - g) * t->v[i][j] + g * t->v[i][j2]) + f * ((1 - g) * t->v[i2][j] + g * t->v[i2][j2]);
}

/* ---- cells */
int axf_lib_pin_index(const axf_lib_cell *c, const char *name) {
  for (int i = 0; i < c->npins; i++)
    if (!strcmp(c->pin[i].name, name))
      return i;
  return -1;
}

static int variable(void *ctx, const char *name) {
  const axf_lib_cell *c = ctx;
  if (c->is_ff && !strcmp(name, c->state))
    return c->npins;
  if (c->is_ff && !strcmp(name, c->inverse))
    return c->npins + 1;
  return axf_lib_pin_index(c, name);
}

static void *more(void *list, int count, size_t size) {
  if (count & (count - 1))
    return list;
  return realloc(list, (count ? 2 * (size_t)count : 1) * size);
}

static int first_pin(const axf_lib_cell *c, const char *names) {
  char name[64];
  return sscanf(names, "%63s", name) == 1 ? axf_lib_pin_index(c, name) : -1;
}

static int same(const axf_expr *a, const axf_expr *b) {
  return a->n == b->n && !memcmp(a->op, b->op, (size_t)a->n * sizeof *a->op);
}

static void add_table(axf_lib_table *to, const axf_lib_table *t) {
  if (!to->nslew)
    *to = *t;
  else
    for (int i = 0; i < to->nslew && t->nslew; i++)
      for (int j = 0; j < to->nload; j++)
        to->v[i][j] += axf_lib_lookup(t, to->slew[i], to->load[j]);
}

/* The same arc or state at another rail (VDD, VSS): it is one event, its parts are added. */
static int merged_power(axf_lib_cell *c, const axf_lib_power *p) {
  for (int g = 0; g < c->npowers && p->rail[0]; g++) {
    axf_lib_power *x = &c->power[g];
    if (x->pin != p->pin || x->related != p->related || !x->rail[0] || !strcmp(x->rail, p->rail) ||
        !same(&x->when, &p->when))
      continue;
    add_table(&x->rise, &p->rise);
    add_table(&x->fall, &p->fall);
    return 1;
  }
  return 0;
}

static int add_leak(const context *x, axf_lib_cell *c, const axf_tree *g) {
  axf_lib_leak l = {.watt = atof(axf_tree_get(g, "value")) * x->l->leak};
  snprintf(l.rail, sizeof l.rail, "%s", axf_tree_get(g, "related_pg_pin"));
  if (axf_expr_parse(&l.when, axf_tree_get(g, "when"), variable, c))
    return -1;
  for (int k = 0; k < c->nleaks && l.rail[0]; k++)
    if (strcmp(c->leak[k].rail, l.rail) && same(&c->leak[k].when, &l.when)) {
      c->leak[k].watt += l.watt;
      return 0;
    }
  c->leak = more(c->leak, c->nleaks, sizeof *c->leak);
  if (!c->leak)
    return axf_fail("out of memory");
  c->leak[c->nleaks++] = l;
  return 0;
}

static int add_power(const context *x, axf_lib_cell *c, int pin, const axf_tree *g) {
  const double joule = x->l->cap * 1; /* capacitance unit times the square of 1 V */
  c->power = more(c->power, c->npowers, sizeof *c->power);
  if (!c->power)
    return axf_fail("out of memory");
  axf_lib_power *p = &c->power[c->npowers];
  memset(p, 0, sizeof *p);
  p->pin = pin;
  p->related = first_pin(c, axf_tree_get(g, "related_pin"));
  const axf_tree *when = axf_tree_find(g, "when"), *both = axf_tree_find(g, "power");
  p->has_when = when != NULL;
  snprintf(p->rail, sizeof p->rail, "%s", axf_tree_get(g, "related_pg_pin"));
  const axf_tree *rise = axf_tree_find(g, "rise_power"), *fall = axf_tree_find(g, "fall_power");
  if ((when && axf_expr_parse(&p->when, when->value, variable, c)) ||
      read_table(x, rise ? rise : both, joule, &p->rise) || read_table(x, fall ? fall : both, joule, &p->fall))
    return -1;
  c->npowers += !merged_power(c, p);
  return 0;
}

static int add_arc(const context *x, axf_lib_cell *c, int pin, const axf_tree *g) {
  if (!axf_tree_find(g, "rise_transition") && !axf_tree_find(g, "fall_transition"))
    return 0;
  c->arc = more(c->arc, c->narcs, sizeof *c->arc);
  if (!c->arc)
    return axf_fail("out of memory");
  axf_lib_arc *a = &c->arc[c->narcs++];
  memset(a, 0, sizeof *a);
  a->pin = pin;
  a->related = first_pin(c, axf_tree_get(g, "related_pin"));
  return read_table(x, axf_tree_find(g, "rise_transition"), x->l->time, &a->rise) ||
                 read_table(x, axf_tree_find(g, "fall_transition"), x->l->time, &a->fall)
             ? -1
             : 0;
}

static int pins(const context *x, axf_lib_cell *c, const axf_tree *group) {
  for (const axf_tree *k = group->child; k; k = k->next) {
    if (strcmp(k->name, "pin"))
      continue;
    if (c->npins == AXF_LIB_PINS)
      return axf_fail("cell %s has more than %d pins", c->name, AXF_LIB_PINS);
    axf_lib_pin *p = &c->pin[c->npins++];
    snprintf(p->name, sizeof p->name, "%s", k->value);
    p->is_output = !strcmp(axf_tree_get(k, "direction"), "output");
    p->is_clock = !strcmp(axf_tree_get(k, "clock"), "true");
    p->cap = atof(axf_tree_get(k, "capacitance")) * x->l->cap;
  }
  return 0;
}

static int flip_flop(axf_lib_cell *c, const axf_tree *ff) {
  char names[96];
  snprintf(names, sizeof names, "%s", ff->value);
  for (char *s = names; *s; s++)
    if (*s == ',')
      *s = ' ';
  if (sscanf(names, "%31s %31s", c->state, c->inverse) != 2)
    return axf_fail("cell %s: cannot read ff (%s)", c->name, ff->value);
  c->is_ff = 1;
  c->clock = axf_lib_pin_index(c, axf_tree_get(ff, "clocked_on"));
  c->has_clear = axf_tree_find(ff, "clear") != NULL;
  c->has_preset = axf_tree_find(ff, "preset") != NULL;
  if (c->clock < 0) { /* clocked by a falling edge or by an expression */
    c->unusable = 1;
    return 0;
  }
  return axf_expr_parse(&c->next, axf_tree_get(ff, "next_state"), variable, c) ||
                 (c->has_clear && axf_expr_parse(&c->clear, axf_tree_get(ff, "clear"), variable, c)) ||
                 (c->has_preset && axf_expr_parse(&c->preset, axf_tree_get(ff, "preset"), variable, c))
             ? -1
             : 0;
}

static int details(const context *x, axf_lib_cell *c, const axf_tree *group) {
  int pin = 0;
  for (const axf_tree *k = group->child; k; k = k->next) {
    if (!strcmp(k->name, "leakage_power") && axf_tree_find(k, "when") && add_leak(x, c, k))
      return -1;
    if (strcmp(k->name, "pin"))
      continue;
    const axf_tree *f = axf_tree_find(k, "function");
    if (c->pin[pin].is_output && !f)
      c->unusable = 1; /* a black box */
    if (f && axf_expr_parse(&c->pin[pin].function, f->value, variable, c))
      return -1;
    for (const axf_tree *g = k->child; g; g = g->next)
      if ((!strcmp(g->name, "internal_power") && add_power(x, c, pin, g)) ||
          (!strcmp(g->name, "timing") && c->pin[pin].is_output && add_arc(x, c, pin, g)))
        return -1;
    pin++;
  }
  return 0;
}

static int read_cell(const context *x, axf_lib_cell *c, const axf_tree *group) {
  snprintf(c->name, sizeof c->name, "%s", group->value);
  c->clock = -1;
  if (pins(x, c, group))
    return -1;
  const axf_tree *ff = axf_tree_find(group, "ff"), *leak = axf_tree_find(group, "cell_leakage_power");
  c->leakage = leak ? atof(leak->value) * x->l->leak : -1;
  if (axf_tree_find(group, "latch") || axf_tree_find(group, "statetable") || axf_tree_find(group, "bus")) {
    c->unusable = 1;
    return 0;
  }
  if (ff && flip_flop(c, ff))
    return -1;
  return c->unusable ? 0 : details(x, c, group);
}

int axf_lib_read(axf_lib *l, const char *path) {
  uint8_t *text;
  size_t len;
  int status = 0;
  memset(l, 0, sizeof *l);
  if (axf_read_file(path, &text, &len))
    return -1;
  axf_tree *file = axf_tree_parse((char *)text, path);
  const axf_tree *top = file;
  while (top && strcmp(top->name, "library"))
    top = top->next;
  if (file && !top)
    axf_fail("%s: no Liberty library", path);
  if (!top) {
    axf_tree_free(file);
    free(text);
    return -1;
  }
  const context x = {top, l};
  l->time = unit(axf_tree_get(top, "time_unit"));
  l->leak = unit(axf_tree_get(top, "leakage_power_unit"));
  l->cap = unit(axf_tree_get(top, "capacitive_load_unit"));
  l->voltage = atof(axf_tree_get(top, "nom_voltage"));
  for (const axf_tree *k = top->child; k && !status; k = k->next) {
    if (strcmp(k->name, "cell"))
      continue;
    l->cell = more(l->cell, l->ncells, sizeof *l->cell);
    if (!l->cell) {
      status = axf_fail("out of memory");
      break;
    }
    memset(&l->cell[l->ncells], 0, sizeof *l->cell);
    status = read_cell(&x, &l->cell[l->ncells++], k);
    if (status) {
      char why[600];
      snprintf(why, sizeof why, "%s", axf_errmsg());
      axf_fail("%s: cell %s: %s", path, k->value, why);
    }
  }
  if (!status && (!l->ncells || l->time <= 0 || l->cap <= 0 || l->voltage <= 0))
    status = axf_fail("%s: no cells, or no units", path);
  axf_tree_free(file);
  free(text);
  if (status)
    axf_lib_free(l);
  return status;
}

void axf_lib_free(axf_lib *l) {
  for (int i = 0; i < l->ncells; i++) {
    free(l->cell[i].power);
    free(l->cell[i].arc);
    free(l->cell[i].leak);
  }
  free(l->cell);
  memset(l, 0, sizeof *l);
}

const axf_lib_cell *axf_lib_find(const axf_lib *l, const char *name) {
  for (int i = 0; i < l->ncells; i++)
    if (!strcmp(l->cell[i].name, name))
      return &l->cell[i];
  return NULL;
}
