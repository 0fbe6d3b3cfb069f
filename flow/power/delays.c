/* Reading SDF; see delays.h. SPDX-License-Identifier: Apache-2.0 */
#include "delays.h"
#include "core/core.h"
#include "sdf.h"
#include "types.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* ---- instances by their path: 64 bits of it, FNV-1a */
typedef struct {
  uint64_t key;
  int index; /* of a cell; memory k: -1 - k */
} place;
typedef struct {
  axf_delays *d;
  place *map;
  size_t mask;
} names;

static uint64_t hash(uint64_t h, const char *text) {
  for (; *text; text++)
    if (*text != '\\')
      h = (h ^ (uint8_t)*text) * 0x100000001b3ull;
  return h;
}
#define EMPTY 0xcbf29ce484222325ull

static place *slot(const names *n, uint64_t key) {
  size_t k = key & n->mask;
  while (n->map[k].key && n->map[k].key != key)
    k = (k + 1) & n->mask;
  return &n->map[k];
}

static int enter(names *n, uint64_t scope, const char *name, int index) {
  const uint64_t key = hash(scope, name) | 1;
  place *p = slot(n, key);
  if (p->key)
    return axf_fail("two instances are called %s", name);
  *p = (place){key, index};
  return 0;
}

static int enter_all(names *n) {
  const axf_flat *f = n->d->s->f;
  uint64_t *scope = axf_alloc((size_t)f->nscopes, sizeof *scope);
  size_t room = 64;
  while (room < 2 * ((size_t)f->ncells + (size_t)f->nmemories))
    room *= 2;
  n->mask = room - 1;
  n->map = axf_alloc(room, sizeof *n->map);
  int e = scope && n->map ? 0 : -1;
  for (int k = 0; !e && k < f->nscopes; k++) /* parents stand before their children */
    scope[k] = k ? hash(hash(scope[f->scope[k].parent], f->scope[k].name), "/") : EMPTY;
  for (int k = 0; !e && k < f->ncells; k++)
    e = enter(n, scope[f->cell[k].scope], f->cell[k].name, k);
  for (int k = 0; !e && k < f->nmemories; k++)
    e = enter(n, scope[f->memory[k].scope], f->memory[k].name, -1 - k);
  free(scope);
  return e;
}

/* ---- conditions */
static int variable(void *ctx, const char *name) { return axf_lib_pin_index(ctx, name); }

/* `(A == 1'b1) && ~B` becomes `(A) && !B`: what expr.h reads. */
static void plain(char *to, size_t room, const char *text) {
  size_t n = 0, word = 0; /* where the last name began */
  while (*text && n + 2 < room) {
    if (!strncmp(text, "==", 2)) {
      const char *bit = text + strcspn(text, "01");
      if (*bit == '1' && !strncmp(bit, "1'b", 3))
        bit += 3;
      if (*bit == '0') {
        memmove(to + word + 1, to + word, n - word);
        to[word] = '!';
        n++;
      }
      text = *bit ? bit + 1 : bit;
      continue;
    }
    const int letter = *text == '_' || isalnum((unsigned char)*text);
    if (letter && (!n || to[n - 1] == ' ' || strchr("(!&|^", to[n - 1])))
      word = n;
    to[n++] = *text == '~' ? '!' : *text == '\n' ? ' ' : *text;
    text++;
  }
  to[n] = 0;
}

static int condition(axf_delays *d, int type, const char *text) {
  axf_delays_type *t = &d->type[type];
  const axf_sim_type *s = &d->s->type[type];
  char expression[1024];
  axf_expr e;
  for (int k = 0; k < t->n; k++)
    if (!strcmp(t->text[k], text))
      return k;
  plain(expression, sizeof expression, text);
  if (t->n == AXF_DELAYS_CONDS)
    return axf_fail("cell %s has more than %d conditions", s->cell->name, AXF_DELAYS_CONDS);
  if (axf_expr_parse(&e, expression, variable, (void *)(size_t)s->cell))
    return -1;
  t->text[t->n] = axf_strdup(text);
  t->holds[t->n] = axf_alloc((size_t)s->nstates, 1);
  if (!t->text[t->n] || !t->holds[t->n])
    return -1;
  for (int k = 0; k < s->nstates; k++)
    t->holds[t->n][k] = (uint8_t)axf_expr_eval(&e, axf_sim_variables(s, k, 1));
  return t->n++;
}

/* ---- delays */
static int number(const int *list, int n, int pin) {
  for (int k = 0; k < n; k++)
    if (list[k] == pin)
      return k;
  return -1;
}

static int longer(int a, int b) { return a > b ? a : b; }

/* An arc of the cell that was read last. */
static int add_arc(axf_delays *d, int cell, const axf_sdf_path *p) {
  const int type = d->s->cell[cell].type;
  const axf_sim_type *t = &d->s->type[type];
  const int from = axf_lib_pin_index(t->cell, p->from), to = axf_lib_pin_index(t->cell, p->to);
  const int in = from == t->cell->clock && from >= 0 ? AXF_DELAYS_CLOCK : number(t->in, t->nin, from);
  const int out = number(t->out, t->nout, to);
  if (from < 0 || to < 0 || in < 0 || out < 0)
    return axf_fail("cell %s has no way from %s to %s", t->cell->name, p->from, p->to);
  const int c = p->condition[0] ? condition(d, type, p->condition) : -1;
  if (p->condition[0] && c < 0)
    return -1;
  for (int k = d->first[cell]; k < d->narcs; k++)
    if (d->arc[k].in == in && d->arc[k].out == out && d->arc[k].condition == c) {
      d->arc[k].rise = longer(d->arc[k].rise, p->rise);
      d->arc[k].fall = longer(d->arc[k].fall, p->fall);
      return 0;
    }
  if (d->narcs == d->room) {
    const int room = d->room ? 2 * d->room : 4096;
    axf_delays_arc *more = realloc(d->arc, (size_t)room * sizeof *more);
    if (!more)
      return axf_fail("out of memory");
    d->arc = more;
    d->room = room;
  }
  d->arc[d->narcs++] = (axf_delays_arc){p->rise, p->fall, (uint8_t)in, (uint8_t)out, (int8_t)c};
  d->count[cell]++;
  return 0;
}

static int take(void *ctx, const axf_sdf_path *p) {
  const names *n = ctx;
  axf_delays *d = n->d;
  const place *at = slot(n, hash(EMPTY, p->instance) | 1);
  if (!at->key)
    return axf_fail("the netlist has no instance %s", p->instance);
  if (at->index < 0) {
    int *ns = &d->memory[-1 - at->index];
    *ns = longer(*ns, longer(p->rise, p->fall));
    return 0;
  }
  if (strcmp(d->s->f->cell[at->index].type->name, p->type) != 0)
    return axf_fail("%s is a %s, not a %s", p->instance, d->s->f->cell[at->index].type->name, p->type);
  if (!d->count[at->index])
    d->first[at->index] = d->narcs;
  else if (d->first[at->index] + d->count[at->index] != d->narcs)
    return axf_fail("%s stands twice", p->instance);
  return add_arc(d, at->index, p);
}

/* Every output that can move must have a delay. */
static int complete(const axf_delays *d, const char *path) {
  const axf_flat *f = d->s->f;
  for (int i = 0; i < f->ncells; i++) {
    const axf_sim_type *t = &d->s->type[d->s->cell[i].type];
    for (int o = 0; o < t->nout && (t->nin || t->cell->is_ff); o++)
      if (f->cell[i].net[t->out[o]] >= 0 &&
          (axf_delays_of(d, i, -1, o, 0, 0) < 0 || axf_delays_of(d, i, -1, o, 0, 1) < 0))
        return axf_fail("%s: no delay of cell %s (%s) of a %s", path, f->cell[i].name, t->cell->name,
                        f->scope[f->cell[i].scope].block);
  }
  for (int i = 0; i < f->nmemories; i++)
    if (d->memory[i] < 0)
      return axf_fail("%s: no delay of memory %s", path, f->memory[i].name);
  return 0;
}

int axf_delays_read(axf_delays *d, const axf_sim *s, const char *path) {
  names n = {.d = d};
  memset(d, 0, sizeof *d);
  d->s = s;
  d->type = axf_alloc((size_t)s->ntypes + 1, sizeof *d->type);
  d->first = axf_alloc((size_t)s->f->ncells + 1, sizeof *d->first);
  d->count = axf_alloc((size_t)s->f->ncells + 1, sizeof *d->count);
  d->memory = axf_alloc((size_t)s->f->nmemories + 1, sizeof *d->memory);
  int e = d->type && d->first && d->count && d->memory ? enter_all(&n) : -1;
  for (int i = 0; !e && i < s->f->nmemories; i++)
    d->memory[i] = -1;
  if (!e)
    e = axf_sdf_read(path, take, &n) || complete(d, path) ? -1 : 0;
  free(n.map);
  return e;
}

void axf_delays_free(axf_delays *d) {
  for (int t = 0; d->type && t < d->s->ntypes; t++)
    for (int k = 0; k < d->type[t].n; k++) {
      free(d->type[t].text[k]);
      free(d->type[t].holds[k]);
    }
  free(d->type);
  free(d->first);
  free(d->count);
  free(d->arc);
  free(d->memory);
  memset(d, 0, sizeof *d);
}

int axf_delays_of(const axf_delays *d, int cell, int in, int out, int state, int rise) {
  const axf_delays_type *t = &d->type[d->s->cell[cell].type];
  int held = -1, always = -1, input = -1, output = -1;
  for (int k = d->first[cell]; k < d->first[cell] + d->count[cell]; k++) {
    const axf_delays_arc *a = &d->arc[k];
    const int fs = rise ? a->rise : a->fall;
    if (a->out != out)
      continue;
    output = longer(output, fs);
    if (a->in != in)
      continue;
    input = longer(input, fs);
    if (a->condition < 0)
      always = longer(always, fs);
    else if (t->holds[a->condition][state])
      held = longer(held, fs);
  }
  return held >= 0 ? held : always >= 0 ? always : input >= 0 ? input : output;
}
