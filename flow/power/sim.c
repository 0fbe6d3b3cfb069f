/* Event-driven in the order of levels; see sim.h. SPDX-License-Identifier: Apache-2.0 */
#include "sim.h"
#include "core/core.h"
#include "types.h"
#include <stdlib.h>
#include <string.h>

/* ---- preparation */
static int type_of(axf_sim *s, const axf_lib_cell *c) {
  for (int t = 0; t < s->ntypes; t++)
    if (s->type[t].cell == c)
      return t;
  axf_sim_type *more = realloc(s->type, (size_t)(s->ntypes + 1) * sizeof *more);
  if (!more)
    return axf_fail("out of memory");
  s->type = more;
  if (axf_sim_type_init(&s->type[s->ntypes], c))
    return -1;
  return s->ntypes++;
}

/* Who drives a net: cell + 1, or -1 for inputs and memories, 0 nobody. */
static int *drivers(const axf_flat *f) {
  int *by = axf_alloc((size_t)f->nnets, sizeof *by);
  if (!by)
    return NULL;
  by[0] = by[1] = -1;
  for (int i = 0; i < f->nports; i++)
    for (int b = 0; b < f->port[i].width && !f->port[i].is_output; b++)
      by[f->port[i].net[b]] = -1;
  for (int i = 0; i < f->nmemories; i++)
    for (int b = 0; b < f->memory[i].width; b++)
      by[f->memory[i].rdata[b]] = -1;
  for (int i = 0; i < f->ncells; i++)
    for (int p = 0; p < f->cell[i].type->npins; p++) {
      const int n = f->cell[i].net[p];
      if (!f->cell[i].type->pin[p].is_output || n < 0)
        continue;
      if (by[n]) {
        axf_fail("cell %s drives a net that has another driver", f->cell[i].name);
        free(by);
        return NULL;
      }
      by[n] = i + 1;
    }
  return by;
}

static int fan(axf_sim *s) {
  const axf_flat *f = s->f;
  s->fan_first = axf_alloc((size_t)f->nnets + 2, sizeof *s->fan_first);
  if (!s->fan_first)
    return -1;
  for (int pass = 0; pass < 2; pass++) {
    for (int i = 0; i < f->ncells; i++) {
      const axf_sim_type *t = &s->type[s->cell[i].type];
      for (int k = 0; k < t->nin; k++) {
        const int n = f->cell[i].net[t->in[k]];
        if (n < 0)
          continue;
        if (pass)
          s->fan[s->fan_first[n + 1]++] = i;
        else
          s->fan_first[n + 2]++;
      }
    }
    if (!pass) {
      for (int n = 1; n <= f->nnets; n++)
        s->fan_first[n + 1] += s->fan_first[n];
      s->fan = axf_alloc((size_t)s->fan_first[f->nnets + 1] + 1, sizeof *s->fan);
      if (!s->fan)
        return -1;
    }
  }
  return 0;
}

/* Levels by walking from the cells whose inputs are all known; flip-flops stand behind. */
static int levels(axf_sim *s, const int *by) {
  const axf_flat *f = s->f;
  int *missing = axf_alloc((size_t)f->ncells + 1, sizeof *missing), done = 0;
  s->order = axf_alloc((size_t)f->ncells + 1, sizeof *s->order);
  s->place = axf_alloc((size_t)f->ncells + 1, sizeof *s->place);
  if (!missing || !s->order || !s->place)
    return -1;
  for (int i = 0; i < f->ncells; i++) {
    const axf_sim_type *t = &s->type[s->cell[i].type];
    for (int k = 0; k < t->nin; k++) {
      const int n = f->cell[i].net[t->in[k]], d = n < 0 ? 0 : by[n];
      missing[i] += d > 0 && !f->cell[d - 1].type->is_ff;
    }
    if (!missing[i] && !t->cell->is_ff)
      s->order[s->norder++] = i;
  }
  for (; done < s->norder; done++) {
    const int i = s->order[done];
    const axf_sim_type *t = &s->type[s->cell[i].type];
    for (int o = 0; o < t->nout; o++) {
      const int n = f->cell[i].net[t->out[o]];
      for (int k = n < 0 ? 0 : s->fan_first[n]; n >= 0 && k < s->fan_first[n + 1]; k++)
        if (--missing[s->fan[k]] == 0 && !f->cell[s->fan[k]].type->is_ff)
          s->order[s->norder++] = s->fan[k];
    }
  }
  for (int i = 0; i < f->ncells; i++)
    if (f->cell[i].type->is_ff)
      s->order[s->norder++] = i;
    else if (missing[i])
      done = -1;
  free(missing);
  if (done < 0)
    return axf_fail("the netlist has a combinational loop");
  for (int k = 0; k < s->norder; k++)
    s->place[s->order[k]] = k;
  return 0;
}

int axf_sim_init(axf_sim *s, const axf_flat *f) {
  memset(s, 0, sizeof *s);
  s->f = f;
  s->cell = axf_alloc((size_t)f->ncells + 1, sizeof *s->cell);
  s->memory = axf_alloc((size_t)f->nmemories + 1, sizeof *s->memory);
  s->net = axf_alloc((size_t)f->nnets, 1);
  s->toggles = axf_alloc((size_t)f->nnets, sizeof *s->toggles);
  s->ones = axf_alloc((size_t)f->nnets, sizeof *s->ones);
  s->since = axf_alloc((size_t)f->nnets, sizeof *s->since);
  s->dirty = axf_alloc((size_t)f->ncells / 64 + 2, sizeof *s->dirty);
  s->ff = axf_alloc((size_t)f->ncells + 1, sizeof *s->ff);
  s->ff_listed = axf_alloc((size_t)f->ncells + 1, 1);
  if (!s->cell || !s->memory || !s->net || !s->toggles || !s->ones || !s->since || !s->dirty || !s->ff || !s->ff_listed)
    return -1;
  for (int i = 0; i < f->ncells; i++) {
    const int t = type_of(s, f->cell[i].type);
    if (t < 0)
      return -1;
    s->cell[i].type = t;
    s->cell[i].time = axf_alloc((size_t)s->type[t].nstates, sizeof *s->cell[i].time);
    s->cell[i].event = axf_alloc((size_t)f->cell[i].type->npowers * 2 + 1, sizeof *s->cell[i].event);
    if (!s->cell[i].time || !s->cell[i].event)
      return -1;
  }
  for (int i = 0; i < f->nmemories; i++) {
    s->memory[i].word = axf_alloc((size_t)f->memory[i].depth * (size_t)f->memory[i].width, 1);
    s->memory[i].out = axf_alloc((size_t)f->memory[i].width, 1);
    if (!s->memory[i].word || !s->memory[i].out)
      return -1;
  }
  int *by = drivers(f);
  const int status = !by || fan(s) || levels(s, by) ? -1 : 0;
  free(by);
  if (!status)
    axf_sim_reset(s);
  return status;
}

void axf_sim_free(axf_sim *s) {
  for (int i = 0; s->cell && i < s->f->ncells; i++) {
    free(s->cell[i].time);
    free(s->cell[i].event);
  }
  for (int i = 0; s->memory && i < s->f->nmemories; i++) {
    free(s->memory[i].word);
    free(s->memory[i].out);
  }
  for (int t = 0; t < s->ntypes; t++)
    axf_sim_type_free(&s->type[t]);
  free(s->type);
  free(s->cell);
  free(s->memory);
  free(s->net);
  free(s->toggles);
  free(s->ones);
  free(s->since);
  free(s->order);
  free(s->place);
  free(s->dirty);
  free(s->fan);
  free(s->fan_first);
  free(s->ff);
  free(s->ff_listed);
}

/* ---- running */
static void touch(axf_sim *s, int cell) { s->dirty[s->place[cell] / 64] |= 1ull << (s->place[cell] % 64); }

static void change(axf_sim *s, int net, int value) {
  if (net < 2 || s->net[net] == value)
    return;
  if (s->net[net])
    s->ones[net] += s->counted - s->since[net];
  s->since[net] = s->counted;
  s->net[net] = (uint8_t)value;
  s->toggles[net] += (uint32_t)s->counting;
  for (int k = s->fan_first[net]; k < s->fan_first[net + 1]; k++)
    touch(s, s->fan[k]);
}

void axf_sim_set(axf_sim *s, int net, int value) { change(s, net, value != 0); }

static void spend(axf_sim *s, axf_sim_cell *c) {
  c->time[c->state] += (uint32_t)(s->counted - c->since);
  c->since = s->counted;
}

/* A cell's inputs or content have moved. */
static void look(axf_sim *s, int i) {
  axf_sim_cell *c = &s->cell[i];
  axf_sim_type *t = &s->type[c->type];
  const axf_flat_cell *fc = &s->f->cell[i];
  int state = t->cell->is_ff ? c->state & 1 << t->nin : 0;
  for (int k = 0; k < t->nin; k++) {
    const int n = fc->net[t->in[k]];
    state |= (n >= 0 && s->net[n]) << k;
  }
  if (t->cell->is_ff) { /* the content is what its output shows: the state before the edge is still in c->state */
    const int q = s->ff_listed[i] >> 1 & 1;
    state = (state & ~(1 << t->nin)) | q << t->nin;
  }
  if (s->counting && state != c->state) {
    const axf_sim_move *m = axf_sim_move_of(t, c->state, state);
    for (int e = 0; m && e < m->count; e++)
      c->event[2 * m->event[e].power + m->event[e].fall] += m->event[e].share;
  }
  spend(s, c);
  c->state = (uint16_t)state;
  if (t->cell->is_ff) {
    if (!(s->ff_listed[i] & 1) && t->next[state] != (state >> t->nin & 1)) {
      s->ff_listed[i] |= 1;
      s->ff[s->nff++] = i;
    }
    return;
  }
  for (int o = 0; o < t->nout; o++)
    if (fc->net[t->out[o]] >= 0)
      change(s, fc->net[t->out[o]], t->output[state] >> o & 1);
}

void axf_sim_settle(axf_sim *s) {
  for (int w = 0; w <= s->norder / 64; w++)
    while (s->dirty[w]) {
      const int bit = __builtin_ctzll(s->dirty[w]);
      s->dirty[w] &= s->dirty[w] - 1;
      look(s, s->order[64 * w + bit]);
    }
  for (int i = 0; s->counting && i < s->f->nmemories; i++) {
    const axf_flat_memory *m = &s->f->memory[i];
    s->memory[i].reads += s->net[m->re] && !s->net[m->we];
    s->memory[i].writes += s->net[m->we] && !s->net[m->re];
    s->memory[i].both += s->net[m->re] && s->net[m->we];
  }
  s->counted += (uint64_t)s->counting;
}

static int address(const axf_sim *s, const int *net, int bits) {
  int a = 0;
  for (int b = 0; b < bits; b++)
    a |= s->net[net[b]] << b;
  return a;
}

void axf_sim_edge(axf_sim *s, int counting) {
  const axf_flat *f = s->f;
  s->counting = counting;
  /* All memories take what they see before any output moves: one's output may be another's input. */
  for (int i = 0; i < f->nmemories; i++) {
    const axf_flat_memory *m = &f->memory[i];
    axf_sim_memory *t = &s->memory[i];
    const int width = m->width, read = s->net[m->re], write = s->net[m->we];
    const int ra = read ? address(s, m->raddr, m->abits) : 0, wa = write ? address(s, m->waddr, m->abits) : 0;
    t->moved = (uint8_t)read;
    for (int b = 0; read && b < width; b++)
      t->out[b] = ra < m->depth ? t->word[ra * width + b] : 0;
    for (int b = 0; write && wa < m->depth && b < width; b++)
      t->word[wa * width + b] = s->net[m->wdata[b]];
  }
  for (int i = 0; i < f->nmemories; i++)
    for (int b = 0; s->memory[i].moved && b < f->memory[i].width; b++)
      change(s, f->memory[i].rdata[b], s->memory[i].out[b]);
  for (int k = 0; k < s->nff; k++) {
    const int i = s->ff[k];
    axf_sim_cell *c = &s->cell[i];
    const axf_sim_type *t = &s->type[c->type];
    const int q = t->next[c->state];
    s->ff_listed[i] = (uint8_t)(q << 1);
    touch(s, i);
    const int state = (c->state & ~(1 << t->nin)) | q << t->nin;
    for (int o = 0; o < t->nout; o++)
      if (f->cell[i].net[t->out[o]] >= 0)
        change(s, f->cell[i].net[t->out[o]], t->output[state] >> o & 1);
  }
  s->nff = 0;
}

void axf_sim_reset(axf_sim *s) {
  s->counting = 0;
  axf_sim_finish(s);
  memset(s->net, 0, (size_t)s->f->nnets);
  s->net[1] = 1;
  memset(s->ff_listed, 0, (size_t)s->f->ncells);
  s->nff = 0;
  for (int i = 0; i < s->f->nmemories; i++)
    memset(s->memory[i].word, 0, (size_t)s->f->memory[i].depth * (size_t)s->f->memory[i].width);
  for (int i = 0; i < s->f->ncells; i++) {
    s->cell[i].state = 0;
    touch(s, i);
  }
  for (int i = 0; i < s->f->ncells; i++) { /* as if zeros had been taken: 1 in a cell that stores the inverse */
    const axf_sim_type *t = &s->type[s->cell[i].type];
    if (!t->cell->is_ff)
      continue;
    const int state = t->next[0] << t->nin;
    s->ff_listed[i] = (uint8_t)(t->next[0] << 1);
    s->cell[i].state = (uint16_t)state;
    for (int o = 0; o < t->nout; o++)
      if (s->f->cell[i].net[t->out[o]] >= 0)
        change(s, s->f->cell[i].net[t->out[o]], t->output[state] >> o & 1);
  }
}

void axf_sim_finish(axf_sim *s) {
  for (int i = 0; i < s->f->ncells; i++)
    spend(s, &s->cell[i]);
  for (int n = 0; n < s->f->nnets; n++) {
    if (s->net[n])
      s->ones[n] += s->counted - s->since[n];
    s->since[n] = s->counted;
  }
}
