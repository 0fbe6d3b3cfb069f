/* Event-driven, with delays; see timed.h. SPDX-License-Identifier: Apache-2.0 */
#include "timed.h"
#include "core/core.h"
#include "types.h"
#include <stdlib.h>
#include <string.h>

/* ---- what is to happen, the earliest first; of the same time, in the order in which it was found */
static int earlier(const axf_timed_event *a, const axf_timed_event *b) {
  return a->time < b->time || (a->time == b->time && a->number < b->number);
}

static int push(axf_timed *t, axf_timed_event e) {
  if (t->nheap == t->room) {
    const size_t room = t->room ? 2 * t->room : 1024;
    axf_timed_event *more = realloc(t->heap, room * sizeof *more);
    if (!more)
      return axf_fail("out of memory");
    t->heap = more;
    t->room = room;
  }
  size_t k = t->nheap++;
  for (; k && earlier(&e, &t->heap[(k - 1) / 2]); k = (k - 1) / 2)
    t->heap[k] = t->heap[(k - 1) / 2];
  t->heap[k] = e;
  return 0;
}

static axf_timed_event pop(axf_timed *t) {
  const axf_timed_event top = t->heap[0], e = t->heap[--t->nheap];
  size_t k = 0;
  for (size_t child; (child = 2 * k + 1) < t->nheap; k = child) {
    child += child + 1 < t->nheap && earlier(&t->heap[child + 1], &t->heap[child]);
    if (!earlier(&t->heap[child], &e))
      break;
    t->heap[k] = t->heap[child];
  }
  t->heap[k] = e;
  return top;
}

/* The net is to take the value at this time; from, to: the states of its cell that explain it. */
static int plan(axf_timed *t, int net, int value, int64_t time, int from, int to) {
  if (t->net[net] == value) { /* nothing, or what was planned is taken back */
    t->pending[net].number = 0;
    return 0;
  }
  if (t->pending[net].number && t->pending[net].time <= time)
    return 0;
  t->pending[net].time = time;
  t->pending[net].number = ++t->number;
  t->pending[net].from = (uint16_t)from;
  t->pending[net].to = (uint16_t)to;
  return push(t, (axf_timed_event){time, net, t->number});
}

/* ---- preparation */
int axf_timed_init(axf_timed *t, axf_sim *s, const char *sdf) {
  const axf_flat *f = s->f;
  const size_t nets = (size_t)f->nnets, cells = (size_t)f->ncells;
  size_t events = 0;
  memset(t, 0, sizeof *t);
  t->s = s;
  t->net = axf_alloc(nets, 1);
  t->state = axf_alloc(cells + 1, sizeof *t->state);
  t->before = axf_alloc(cells + 1, sizeof *t->before);
  t->driver = axf_alloc(nets, sizeof *t->driver);
  t->pending = axf_alloc(nets, sizeof *t->pending);
  t->with = axf_alloc(nets, sizeof *t->with);
  t->without = axf_alloc(nets, sizeof *t->without);
  t->first = axf_alloc(cells + 1, sizeof *t->first);
  if (!t->net || !t->state || !t->before || !t->driver || !t->pending || !t->with || !t->without || !t->first)
    return -1;
  for (int n = 0; n < f->nnets; n++)
    t->driver[n] = -1;
  for (int i = 0; i < f->ncells; i++) {
    const axf_lib_cell *c = f->cell[i].type;
    t->first[i] = events;
    events += 2 * (size_t)c->npowers;
    for (int p = 0; p < c->npins; p++)
      if (c->pin[p].is_output && f->cell[i].net[p] >= 0)
        t->driver[f->cell[i].net[p]] = i;
  }
  t->more = axf_alloc(events + 1, sizeof *t->more);
  return t->more ? axf_delays_read(&t->delays, s, sdf) : -1;
}

void axf_timed_free(axf_timed *t) {
  if (t->delays.s)
    axf_delays_free(&t->delays);
  free(t->net);
  free(t->state);
  free(t->before);
  free(t->driver);
  free(t->pending);
  free(t->heap);
  free(t->with);
  free(t->without);
  free(t->more);
  free(t->first);
  memset(t, 0, sizeof *t);
}

void axf_timed_share(axf_timed *t, uint64_t cycles, uint64_t wanted) {
  if (!t->every)
    t->every = wanted && cycles > wanted ? cycles / wanted : 1;
}

/* The place of the cycle in its run is a hash of the run's number: loops of the program do not meet it in step. */
static int chosen(const axf_timed *t) { return t->seen % t->every == axf_splitmix64(t->seen / t->every) % t->every; }

void axf_timed_before(axf_timed *t) {
  const axf_flat *f = t->s->f;
  t->on = chosen(t);
  t->seen++;
  if (!t->on)
    return;
  memcpy(t->net, t->s->net, (size_t)f->nnets);
  for (int i = 0; i < f->ncells; i++)
    t->state[i] = t->before[i] = t->s->cell[i].state;
}

/* ---- one cycle */

/* Events of a change of state: those of one output (pin), or of all inputs (pin -1). */
static int count(axf_timed *t, int cell, int from, int to, int pin, float sign) {
  const axf_flat_cell *c = &t->s->f->cell[cell];
  const axf_sim_move *m = axf_sim_move_of(&t->s->type[t->s->cell[cell].type], from, to);
  for (int e = 0; m && e < m->count; e++) {
    const int p = c->type->power[m->event[e].power].pin;
    if (pin >= 0 ? p == pin : !c->type->pin[p].is_output)
      t->more[t->first[cell] + (size_t)(2 * m->event[e].power + m->event[e].fall)] += sign * m->event[e].share;
  }
  return m ? 0 : -1;
}

/* Flip-flops hold their new content from the edge on; what they, the memories and the inputs give moves after it. */
static int sources(axf_timed *t) {
  const axf_sim *s = t->s;
  const axf_flat *f = s->f;
  for (int i = 0; i < f->ncells; i++) {
    const axf_sim_type *type = &s->type[s->cell[i].type];
    const int content = 1 << type->nin;
    if (!type->cell->is_ff)
      continue;
    t->state[i] = t->before[i] = (uint16_t)((t->before[i] & ~content) | (s->cell[i].state & content));
    for (int o = 0; o < type->nout; o++) {
      const int net = f->cell[i].net[type->out[o]];
      if (net < 0 || s->net[net] == t->net[net])
        continue;
      const int fs = axf_delays_of(&t->delays, i, AXF_DELAYS_CLOCK, o, t->state[i], s->net[net]);
      if (plan(t, net, s->net[net], fs, 0, 0))
        return -1;
    }
  }
  for (int i = 0; i < f->nmemories; i++)
    for (int b = 0; b < f->memory[i].width; b++) {
      const int net = f->memory[i].rdata[b];
      if (s->net[net] != t->net[net] && plan(t, net, s->net[net], t->delays.memory[i], 0, 0))
        return -1;
    }
  for (int i = 0; i < f->nports; i++)
    for (int b = 0; !f->port[i].is_output && b < f->port[i].width; b++) {
      const int net = f->port[i].net[b];
      if (s->net[net] != t->net[net] && plan(t, net, s->net[net], 0, 0, 0))
        return -1;
    }
  return 0;
}

/* An input of the cell has moved. */
static int react(axf_timed *t, int cell, int net, int64_t now) {
  const axf_sim_type *type = &t->s->type[t->s->cell[cell].type];
  const axf_flat_cell *c = &t->s->f->cell[cell];
  const int from = t->state[cell];
  int to = from & ~((1 << type->nin) - 1), in = -1;
  for (int k = 0; k < type->nin; k++) {
    const int n = c->net[type->in[k]];
    to |= (n >= 0 && t->net[n]) << k;
    in = n == net ? k : in;
  }
  t->state[cell] = (uint16_t)to;
  if (count(t, cell, from, to, -1, 1))
    return -1;
  if (type->cell->is_ff)
    return 0;
  for (int o = 0; o < type->nout; o++) {
    const int out = c->net[type->out[o]], value = type->output[to] >> o & 1;
    if (out < 0)
      continue;
    const int64_t fs = t->net[out] == value ? 0 : axf_delays_of(&t->delays, cell, in, o, to, value);
    if (plan(t, out, value, now + fs, from, to))
      return -1;
  }
  return 0;
}

static int fire(axf_timed *t, const axf_timed_event *e) {
  const axf_sim *s = t->s;
  const int net = e->net, cell = t->driver[net];
  t->pending[net].number = 0;
  t->net[net] ^= 1;
  t->with[net]++;
  t->latest = e->time > t->latest ? e->time : t->latest;
  if (cell >= 0 && !s->f->cell[cell].type->is_ff)
    for (int p = 0; p < s->f->cell[cell].type->npins; p++)
      if (s->f->cell[cell].net[p] == net && s->f->cell[cell].type->pin[p].is_output &&
          count(t, cell, t->pending[net].from, t->pending[net].to, p, 1))
        return -1;
  for (int k = s->fan_first[net]; k < s->fan_first[net + 1]; k++)
    if (react(t, s->fan[k], net, e->time))
      return -1;
  return 0;
}

/* What the same cycle is without delays is taken off; all nets must have come to the same. */
static int settle(axf_timed *t) {
  const axf_sim *s = t->s;
  const axf_flat *f = s->f;
  for (int i = 0; i < f->ncells; i++) {
    const axf_lib_cell *c = f->cell[i].type;
    const int from = t->before[i], to = s->cell[i].state;
    int e = from == to ? 0 : count(t, i, from, to, -1, -1);
    for (int p = 0; !e && from != to && p < c->npins && !c->is_ff; p++)
      if (c->pin[p].is_output)
        e = count(t, i, from, to, p, -1);
    if (e)
      return -1;
    for (int p = 0; p < c->npins; p++) {
      const int n = f->cell[i].net[p];
      if (n >= 0 && c->pin[p].is_output && t->net[n] != s->net[n])
        return axf_fail("with delays %s of cell %s in a %s ends at %d, without at %d", c->pin[p].name, f->cell[i].name,
                        f->scope[f->cell[i].scope].block, t->net[n], s->net[n]);
    }
  }
  return 0;
}

int axf_timed_after(axf_timed *t) {
  const axf_flat *f = t->s->f;
  if (!t->on)
    return 0;
  t->cycles++;
  for (int n = 2; n < f->nnets; n++)
    t->without[n] += t->net[n] != t->s->net[n];
  int e = sources(t);
  while (!e && t->nheap) {
    const axf_timed_event next = pop(t);
    if (t->pending[next.net].number == next.number)
      e = fire(t, &next);
  }
  return e ? e : settle(t);
}
