/* Flattening: every instance of a module gets nets of its own; ports and assigns join them. SPDX-License-Identifier:
 * Apache-2.0 */
#include "flat.h"
#include "core/core.h"
#include "module.h"
#include <stdlib.h>
#include <string.h>

typedef struct {
  axf_flat *f;
  const axf_lib *lib;
  axf_module *m;
  int nmodules, *join; /* union-find over nets */
  size_t room;
} work;

static void *grow(void *list, int count, size_t size) {
  if (count & (count - 1))
    return list;
  return realloc(list, (count ? 2 * (size_t)count : 1) * size);
}

static int root(const work *w, int net) {
  while (w->join[net] != net) {
    w->join[net] = w->join[w->join[net]];
    net = w->join[net];
  }
  return net;
}

/* The smaller number stays, so that constants do. */
static void unite(const work *w, int a, int b) {
  a = root(w, a);
  b = root(w, b);
  if (a < b)
    w->join[b] = a;
  else
    w->join[a] = b;
}

static int new_nets(work *w, int count) {
  while ((size_t)w->f->nnets + (size_t)count > w->room) {
    int *more = realloc(w->join, 2 * w->room * sizeof *w->join);
    if (!more)
      return axf_fail("out of memory");
    w->join = more;
    w->room *= 2;
  }
  for (int i = 0; i < count; i++)
    w->join[w->f->nnets + i] = w->f->nnets + i;
  w->f->nnets += count;
  return 0;
}

static const axf_module *find_module(const work *w, const char *name) {
  for (int i = 0; i < w->nmodules; i++)
    if (!strcmp(w->m[i].name, name))
      return &w->m[i];
  return NULL;
}

static const axf_conn *find_conn(const axf_inst *i, const char *port) {
  for (int c = 0; c < i->nconns; c++)
    if (!strcmp(i->conn[c].port, port))
      return &i->conn[c];
  return NULL;
}

/* Local bits of a port, lowest first, as nets. */
static int *bits(const axf_inst *i, const char *port, int base, int *count) {
  const axf_conn *c = find_conn(i, port);
  *count = c ? c->nbits : 0;
  int *net = axf_alloc((size_t)*count + 1, sizeof *net);
  for (int k = 0; net && k < *count; k++) {
    const int b = c->bit[*count - 1 - k];
    net[k] = b < 2 ? b : base + b - 2;
  }
  return net;
}

static int add_memory(work *w, const axf_inst *i, int scope, int base) {
  axf_flat *f = w->f;
  axf_flat_memory m = {.scope = scope};
  int n, used = 0, *one;
  if (sscanf(i->type, "sram_%dx%d%n", &m.depth, &m.width, &used) != 2 || (i->type[used] && i->type[used] != '_') ||
      strlen(i->type) >= sizeof m.kind + 5)
    return axf_fail("%s %s is neither a module nor a cell of the library", i->type, i->name);
  snprintf(m.kind, sizeof m.kind, "%.31s", i->type + 5);
  while (1 << m.abits < m.depth)
    m.abits++;
  m.name = axf_strdup(i->name);
  one = bits(i, "we_i", base, &n);
  m.we = n == 1 ? one[0] : 0;
  free(one);
  one = bits(i, "re_i", base, &n);
  m.re = n == 1 ? one[0] : 0;
  free(one);
  int na, nb, nc, nd;
  m.waddr = bits(i, "waddr_i", base, &na);
  m.raddr = bits(i, "raddr_i", base, &nb);
  m.wdata = bits(i, "wdata_i", base, &nc);
  m.rdata = bits(i, "rdata_o", base, &nd);
  f->memory = grow(f->memory, f->nmemories, sizeof *f->memory);
  if (!f->memory || !m.waddr || !m.raddr || !m.wdata || !m.rdata)
    return axf_fail("out of memory");
  if (na < m.abits || nb < m.abits || nc != m.width || nd != m.width)
    return axf_fail("memory %s %s has pins that are not connected", i->type, i->name);
  f->memory[f->nmemories++] = m;
  return 0;
}

static int add_cell(work *w, const axf_lib_cell *type, const axf_inst *i, int scope, int base) {
  axf_flat *f = w->f;
  if (type->unusable)
    return axf_fail("cell %s (%s) cannot be simulated", i->name, type->name);
  f->cell = grow(f->cell, f->ncells, sizeof *f->cell);
  if (!f->cell)
    return axf_fail("out of memory");
  axf_flat_cell *c = &f->cell[f->ncells++];
  c->type = type;
  c->scope = scope;
  c->name = axf_strdup(i->name);
  for (int p = 0; p < AXF_LIB_PINS; p++)
    c->net[p] = -1;
  for (int k = 0; k < i->nconns; k++) {
    const int p = axf_lib_pin_index(type, i->conn[k].port);
    if (p < 0 || i->conn[k].nbits > 1)
      return axf_fail("cell %s (%s): pin %s", i->name, type->name, i->conn[k].port);
    if (i->conn[k].nbits == 1) {
      const int b = i->conn[k].bit[0];
      c->net[p] = b < 2 ? b : base + b - 2;
    }
  }
  return 0;
}

static int add_module(work *w, const axf_module *m, int scope, int base, int depth) {
  if (depth > 20)
    return axf_fail("module %s contains itself", m->name);
  for (int i = 0; i < m->nassigns; i++) {
    const int a = m->assign[i][0], b = m->assign[i][1];
    unite(w, a < 2 ? a : base + a - 2, b < 2 ? b : base + b - 2);
  }
  for (int k = 0; k < m->ninsts; k++) {
    const axf_inst *i = &m->inst[k];
    const axf_module *child = find_module(w, i->type);
    const axf_lib_cell *type = child ? NULL : axf_lib_find(w->lib, i->type);
    if (!child) {
      if (type ? add_cell(w, type, i, scope, base) : add_memory(w, i, scope, base))
        return -1;
      continue;
    }
    const int below = w->f->nnets, s = w->f->nscopes;
    w->f->scope = grow(w->f->scope, s, sizeof *w->f->scope);
    if (!w->f->scope || new_nets(w, child->nnets - 2))
      return axf_fail("out of memory");
    w->f->scope[w->f->nscopes++].parent = scope;
    snprintf(w->f->scope[s].name, sizeof w->f->scope[s].name, "%s", i->name);
    snprintf(w->f->scope[s].block, sizeof w->f->scope[s].block, "%s", child->name);
    for (int p = 0; p < child->nports; p++) {
      int n, *net = bits(i, child->port[p].name, base, &n);
      if (!net || (n && n != child->port[p].width))
        return axf_fail("instance %s of %s: port %s has %d bits", i->name, child->name, child->port[p].name, n);
      for (int b = 0; b < n; b++)
        unite(w, net[b], below + child->port[p].first + b - 2);
      free(net);
    }
    if (add_module(w, child, s, below, depth + 1))
      return -1;
  }
  return 0;
}

/* Nets get consecutive numbers. */
static int renumber(work *w) {
  axf_flat *f = w->f;
  int *number = axf_alloc((size_t)f->nnets, sizeof *number), count = 2;
  if (!number)
    return -1;
  number[1] = 1;
  for (int i = 2; i < f->nnets; i++)
    if (root(w, i) == i)
      number[i] = count++;
#define RENUMBER(x) ((x) = (x) < 0 ? (x) : number[root(w, (x))])
  for (int i = 0; i < f->ncells; i++)
    for (int p = 0; p < f->cell[i].type->npins; p++)
      RENUMBER(f->cell[i].net[p]);
  for (int i = 0; i < f->nmemories; i++) {
    axf_flat_memory *m = &f->memory[i];
    RENUMBER(m->we);
    RENUMBER(m->re);
    for (int b = 0; b < m->abits; b++) {
      RENUMBER(m->waddr[b]);
      RENUMBER(m->raddr[b]);
    }
    for (int b = 0; b < m->width; b++) {
      RENUMBER(m->wdata[b]);
      RENUMBER(m->rdata[b]);
    }
  }
  for (int i = 0; i < f->nports; i++)
    for (int b = 0; b < f->port[i].width; b++)
      RENUMBER(f->port[i].net[b]);
#undef RENUMBER
  f->nnets = count;
  free(number);
  return 0;
}

static int top_ports(work *w, const axf_module *m) {
  axf_flat *f = w->f;
  f->port = axf_alloc((size_t)m->nports + 1, sizeof *f->port);
  if (!f->port)
    return -1;
  for (int i = 0; i < m->nports; i++) {
    axf_flat_port *p = &f->port[f->nports++];
    snprintf(p->name, sizeof p->name, "%s", m->port[i].name);
    p->is_output = m->port[i].is_output;
    p->width = m->port[i].width;
    p->net = axf_alloc((size_t)p->width, sizeof *p->net);
    for (int b = 0; p->net && b < p->width; b++)
      p->net[b] = m->port[i].first + b; /* the top's nets are its local numbers */
  }
  return 0;
}

int axf_flat_read(axf_flat *f, const axf_lib *lib, int nfiles, char **files, const char *top) {
  work w = {.f = f, .lib = lib, .room = 1 << 16};
  int status = 0;
  memset(f, 0, sizeof *f);
  w.join = malloc(w.room * sizeof *w.join);
  for (int i = 0; i < nfiles && !status; i++)
    status = axf_module_read(&w.m, &w.nmodules, files[i]);
  const axf_module *m = status ? NULL : find_module(&w, top);
  if (!status && !m)
    status = axf_fail("there is no module %s in the netlists", top);
  if (!status && (!w.join || !(f->scope = calloc(1, sizeof *f->scope))))
    status = axf_fail("out of memory");
  if (!status) {
    snprintf(f->scope[0].block, sizeof f->scope[0].block, "%s", top);
    f->scope[0].parent = -1;
    f->nscopes = 1;
    status = new_nets(&w, m->nnets) || add_module(&w, m, 0, 2, 0) || top_ports(&w, m) || renumber(&w) ? -1 : 0;
  }
  free(w.join);
  axf_module_free(w.m, w.nmodules);
  if (status)
    axf_flat_free(f);
  return status;
}

const axf_flat_port *axf_flat_find_port(const axf_flat *f, const char *name) {
  for (int i = 0; i < f->nports; i++)
    if (!strcmp(f->port[i].name, name))
      return &f->port[i];
  return NULL;
}

void axf_flat_free(axf_flat *f) {
  for (int i = 0; i < f->ncells; i++)
    free(f->cell[i].name);
  for (int i = 0; i < f->nmemories; i++) {
    free(f->memory[i].name);
    free(f->memory[i].waddr);
    free(f->memory[i].raddr);
    free(f->memory[i].wdata);
    free(f->memory[i].rdata);
  }
  for (int i = 0; i < f->nports; i++)
    free(f->port[i].net);
  free(f->cell);
  free(f->memory);
  free(f->scope);
  free(f->port);
  memset(f, 0, sizeof *f);
}
