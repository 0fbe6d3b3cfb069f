/* Tokens and statements of structural Verilog; see module.h. SPDX-License-Identifier: Apache-2.0 */
#include "module.h"
#include "core/core.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  char *s;
  const char *path;
  int line;
  char tok[512]; /* "" at the end */
  /* names of this module: an open-addressing table to vectors */
  struct name {
    char *name;
    int first, low, width;
  } * table;
  int size, used;
  axf_module *m;
} reader;

static int next(reader *r) {
  for (;;) {
    if (*r->s == '\n')
      r->line++;
    if (isspace((unsigned char)*r->s))
      r->s++;
    else if (r->s[0] == '/' && r->s[1] == '/')
      r->s += strcspn(r->s, "\n");
    else if (r->s[0] == '/' && r->s[1] == '*') {
      for (r->s += 2; *r->s && !(r->s[0] == '*' && r->s[1] == '/'); r->s++)
        r->line += *r->s == '\n';
      r->s += *r->s ? 2 : 0;
    } else
      break;
  }
  size_t n = 0;
  if (*r->s == '\\') {
    for (r->s++; *r->s && !isspace((unsigned char)*r->s); r->s++)
      if (n + 1 < sizeof r->tok)
        r->tok[n++] = *r->s;
  } else if (isalnum((unsigned char)*r->s) || *r->s == '_' || *r->s == '$') {
    while (isalnum((unsigned char)*r->s) || strchr("_$'", *r->s)) {
      if (!*r->s)
        break;
      if (n + 1 < sizeof r->tok)
        r->tok[n++] = *r->s;
      r->s++;
    }
  } else if (*r->s) {
    r->tok[n++] = *r->s++;
  }
  r->tok[n] = 0;
  return n > 0;
}

static int wrong(const reader *r) { return axf_fail("%s:%d: unexpected '%s'", r->path, r->line, r->tok); }

static int expect(reader *r, const char *what) {
  if (!next(r) || strcmp(r->tok, what))
    return axf_fail("%s:%d: '%s' where %s belongs", r->path, r->line, r->tok, what);
  return 0;
}

static struct name *lookup(reader *r, const char *name, int create) {
  if (create && 2 * r->used >= r->size) {
    struct name *old = r->table;
    const int count = r->size;
    r->size = count ? 2 * count : 1024;
    r->table = axf_alloc((size_t)r->size, sizeof *r->table);
    if (!r->table)
      return NULL;
    r->used = 0;
    for (int i = 0; i < count; i++)
      if (old[i].name) {
        struct name *to = lookup(r, old[i].name, 1);
        free(to->name);
        *to = old[i];
      }
    free(old);
  }
  uint64_t h = 1469598103934665603u;
  for (const char *c = name; *c; c++)
    h = (h ^ (unsigned char)*c) * 1099511628211u;
  int k = (int)((h ^ h >> 29) & (uint64_t)(r->size - 1));
  while (r->size && r->table[k].name && strcmp(r->table[k].name, name))
    k = (k + 1) & (r->size - 1);
  if (r->size && r->table[k].name)
    return &r->table[k];
  if (!create)
    return NULL;
  r->table[k].name = axf_strdup(name);
  r->used++;
  return &r->table[k];
}

static void *grow(void *list, int count, size_t size) {
  if (count & (count - 1))
    return list;
  return realloc(list, (count ? 2 * (size_t)count : 1) * size);
}

/* `input [7:0] a;` after the keyword; kind: 0 wire, 1 input, 2 output. */
static int declaration(reader *r, int kind) {
  int high = 0, low = 0;
  if (!next(r))
    return wrong(r);
  if (!strcmp(r->tok, "[")) {
    next(r);
    high = atoi(r->tok);
    if (expect(r, ":") || !next(r))
      return -1;
    low = atoi(r->tok);
    if (expect(r, "]") || !next(r))
      return -1;
  }
  struct name *n = lookup(r, r->tok, 1);
  if (!n || high < low)
    return wrong(r);
  if (!n->width) {
    n->low = low;
    n->width = high - low + 1;
    n->first = r->m->nnets;
    r->m->nnets += n->width;
  }
  if (kind) {
    r->m->port = grow(r->m->port, r->m->nports, sizeof *r->m->port);
    if (!r->m->port)
      return axf_fail("out of memory");
    r->m->port[r->m->nports++] = (axf_port){axf_strdup(r->tok), kind == 2, n->width, n->first};
  }
  return expect(r, ";");
}

#define BITS 4096
/* A constant 4'b0101 or 1'h0, highest bit first. */
static int constant(const reader *r, const char *text, int *bit, int *count) {
  const int n = atoi(text);
  const char *quote = strchr(text, '\'');
  if (!quote || n < 1 || *count + n > BITS)
    return wrong(r);
  const unsigned long value = quote[1] == 'b' ? 0 : strtoul(quote + 2, NULL, quote[1] == 'h' ? 16 : 10);
  const int digits = (int)strlen(quote + 2);
  for (int k = n - 1; k >= 0; k--)
    bit[(*count)++] = quote[1] == 'b' ? (k < digits && quote[2 + digits - 1 - k] == '1') : (k < 64 && (value >> k & 1));
  return 0;
}

/* An expression of names, ranges, constants and braces; the token is its first. Leaves the token behind it. */
static int expression(reader *r, int *bit, int *count) {
  const int braces = !strcmp(r->tok, "{");
  if (braces)
    next(r);
  for (;;) {
    if (isdigit((unsigned char)r->tok[0])) {
      if (constant(r, r->tok, bit, count))
        return -1;
      next(r);
    } else {
      struct name *n = lookup(r, r->tok, 1);
      if (!n || (!isalpha((unsigned char)r->tok[0]) && !strchr("_\\$", r->tok[0])))
        return wrong(r);
      if (!n->width) { /* a wire that is declared later, as those of the buffers are */
        n->width = 1;
        n->first = r->m->nnets++;
      }
      int high = n->low + n->width - 1, low = n->low;
      next(r);
      if (!strcmp(r->tok, "[")) {
        next(r);
        high = low = atoi(r->tok);
        next(r);
        if (!strcmp(r->tok, ":")) {
          next(r);
          low = atoi(r->tok);
          next(r);
        }
        if (strcmp(r->tok, "]"))
          return wrong(r);
        next(r);
      }
      if (low < n->low || high >= n->low + n->width || *count + high - low + 1 > BITS)
        return wrong(r);
      for (int k = high; k >= low; k--)
        bit[(*count)++] = n->first + k - n->low;
    }
    if (!braces)
      return 0;
    if (!strcmp(r->tok, "}")) {
      next(r);
      return 0;
    }
    if (strcmp(r->tok, ",") || !next(r))
      return wrong(r);
  }
}

static int assignment(reader *r) {
  static int left[BITS], right[BITS];
  int nl = 0, nr = 0;
  next(r);
  if (expression(r, left, &nl) || strcmp(r->tok, "="))
    return wrong(r);
  next(r);
  if (expression(r, right, &nr) || strcmp(r->tok, ";") || nl != nr)
    return wrong(r);
  for (int i = 0; i < nl; i++) {
    r->m->assign = grow(r->m->assign, r->m->nassigns, sizeof *r->m->assign);
    if (!r->m->assign)
      return axf_fail("out of memory");
    r->m->assign[r->m->nassigns][0] = left[i];
    r->m->assign[r->m->nassigns++][1] = right[i];
  }
  return 0;
}

static int instance(reader *r) {
  static int bit[BITS];
  axf_inst i = {.type = axf_strdup(r->tok)};
  next(r);
  i.name = axf_strdup(r->tok);
  if (!i.type || !i.name || expect(r, "("))
    return -1;
  for (next(r); strcmp(r->tok, ")"); next(r)) {
    int count = 0;
    if (!strcmp(r->tok, ","))
      continue;
    if (strcmp(r->tok, ".") || !next(r))
      return wrong(r);
    axf_conn c = {.port = axf_strdup(r->tok)};
    if (!c.port || expect(r, "(") || !next(r) || (strcmp(r->tok, ")") && expression(r, bit, &count)) ||
        strcmp(r->tok, ")"))
      return wrong(r);
    c.nbits = count;
    c.bit = axf_alloc((size_t)count + 1, sizeof *c.bit);
    i.conn = grow(i.conn, i.nconns, sizeof *i.conn);
    if (!c.bit || !i.conn)
      return axf_fail("out of memory");
    memcpy(c.bit, bit, (size_t)count * sizeof *bit);
    i.conn[i.nconns++] = c;
  }
  r->m->inst = grow(r->m->inst, r->m->ninsts, sizeof *r->m->inst);
  if (!r->m->inst)
    return axf_fail("out of memory");
  r->m->inst[r->m->ninsts++] = i;
  return expect(r, ";");
}

static int module(reader *r) {
  next(r);
  r->m->name = axf_strdup(r->tok);
  r->m->nnets = 2;
  while (next(r) && strcmp(r->tok, ";"))
    ;
  while (next(r)) {
    if (!strcmp(r->tok, "endmodule"))
      return 0;
    const int kind = !strcmp(r->tok, "input") ? 1 : !strcmp(r->tok, "output") ? 2 : 0;
    if (kind || !strcmp(r->tok, "wire") ? declaration(r, kind)
        : !strcmp(r->tok, "assign")     ? assignment(r)
                                        : instance(r))
      return -1;
  }
  return axf_fail("%s: the module %s does not end", r->path, r->m->name);
}

int axf_module_read(axf_module **list, int *count, const char *path) {
  uint8_t *text;
  size_t len;
  int status = 0;
  if (axf_read_file(path, &text, &len))
    return -1;
  reader r = {.s = (char *)text, .path = path, .line = 1};
  while (!status && next(&r)) {
    axf_module *grown = realloc(*list, (size_t)(*count + 1) * sizeof **list);
    if (strcmp(r.tok, "module") || !grown) {
      status = wrong(&r);
      break;
    }
    *list = grown;
    r.m = &grown[(*count)++];
    memset(r.m, 0, sizeof *r.m);
    status = module(&r);
    for (int i = 0; i < r.size; i++)
      free(r.table[i].name);
    free(r.table);
    r.table = NULL;
    r.size = r.used = 0;
  }
  free(text);
  return status;
}

void axf_module_free(axf_module *list, int count) {
  for (int k = 0; k < count; k++) {
    for (int i = 0; i < list[k].nports; i++)
      free(list[k].port[i].name);
    for (int i = 0; i < list[k].ninsts; i++) {
      for (int c = 0; c < list[k].inst[i].nconns; c++) {
        free(list[k].inst[i].conn[c].port);
        free(list[k].inst[i].conn[c].bit);
      }
      free(list[k].inst[i].conn);
      free(list[k].inst[i].type);
      free(list[k].inst[i].name);
    }
    free(list[k].port);
    free(list[k].inst);
    free(list[k].assign);
    free(list[k].name);
  }
  free(list);
}
