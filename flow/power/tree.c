/* Parser of Liberty's syntax; see tree.h. SPDX-License-Identifier: Apache-2.0 */
#include "tree.h"
#include "core/core.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  char *s;
  const char *path;
  int line;
} reader;

static void skip(reader *r) {
  for (;;) {
    if (*r->s == '\n')
      r->line++;
    if (isspace((unsigned char)*r->s) || *r->s == ';' || *r->s == '\\')
      r->s++;
    else if (r->s[0] == '/' && r->s[1] == '*') {
      for (r->s += 2; *r->s && !(r->s[0] == '*' && r->s[1] == '/'); r->s++)
        r->line += *r->s == '\n';
      r->s += *r->s ? 2 : 0;
    } else if (r->s[0] == '/' && r->s[1] == '/')
      r->s += strcspn(r->s, "\n");
    else
      return;
  }
}

/* Takes the quotes off a value in place and cuts blanks at both ends. */
static char *plain(char *s) {
  char *to = s, *start = s;
  for (; *s; s++)
    if (*s != '"')
      *to++ = *s == '\\' || *s == '\n' ? ' ' : *s;
  while (to > start && isspace((unsigned char)to[-1]))
    to--;
  *to = 0;
  while (isspace((unsigned char)*start))
    start++;
  return start;
}

static axf_tree *statements(reader *r, int depth);

static axf_tree *statement(reader *r, int depth) {
  axf_tree *t = axf_alloc(1, sizeof *t);
  if (!t)
    return NULL;
  char *name = r->s, *end, *value;
  while (isalnum((unsigned char)*r->s) || *r->s == '_')
    r->s++;
  end = r->s;
  while (isspace((unsigned char)*r->s))
    r->s++;
  int ok = end > name && (*r->s == ':' || *r->s == '(');
  if (ok && *r->s == ':') {
    value = ++r->s;
    int quoted = 0;
    while (*r->s && (quoted || (*r->s != ';' && *r->s != '\n' && *r->s != '}')))
      quoted ^= *r->s++ == '"';
    const char stop = *r->s;
    *end = 0;
    if (stop == '\n')
      r->line++;
    if (stop == '}') { /* an attribute without its semicolon before the end of the group: keep the brace */
      char *copy = axf_alloc((size_t)(r->s - value) + 1, 1);
      if (!copy)
        ok = 0;
      else
        memcpy(copy, value, (size_t)(r->s - value));
      t->value = copy ? plain(copy) : "";
    } else {
      if (*r->s)
        *r->s++ = 0;
      t->value = plain(value);
    }
    t->name = name;
  } else if (ok) {
    value = ++r->s;
    int quoted = 0;
    while (*r->s && (quoted || *r->s != ')')) {
      quoted ^= *r->s == '"';
      r->line += *r->s++ == '\n';
    }
    ok = *r->s == ')';
    if (ok)
      *r->s++ = 0;
    *end = 0;
    t->name = name;
    t->value = plain(value);
    skip(r);
    if (ok && *r->s == '{') {
      r->s++;
      t->child = statements(r, depth + 1);
      ok = t->child != NULL && *r->s == '}';
      if (ok)
        r->s++;
    }
  }
  if (!ok) {
    if (!*axf_errmsg())
      axf_fail("%s:%d: not Liberty", r->path, r->line);
    axf_tree_free(t);
    return NULL;
  }
  return t;
}

/* The statements up to } or the end; a group without any gets one of empty name. */
static axf_tree *statements(reader *r, int depth) {
  axf_tree *first = axf_alloc(1, sizeof *first), *last = first;
  if (!first)
    return NULL;
  first->name = first->value = "";
  for (skip(r); *r->s && *r->s != '}'; skip(r)) {
    last->next = statement(r, depth);
    if (!last->next) {
      axf_tree_free(first);
      return NULL;
    }
    last = last->next;
  }
  return first;
}

axf_tree *axf_tree_parse(char *text, const char *path) {
  reader r = {text, path, 1};
  axf_fail("%s", "");
  axf_tree *t = statements(&r, 0);
  if (t && *r.s) {
    axf_fail("%s:%d: a } too many", path, r.line);
    axf_tree_free(t);
    return NULL;
  }
  return t;
}

void axf_tree_free(axf_tree *t) {
  while (t) {
    axf_tree *next = t->next;
    axf_tree_free(t->child);
    free(t);
    t = next;
  }
}

const axf_tree *axf_tree_find(const axf_tree *t, const char *name) {
  for (t = t->child; t; t = t->next)
    if (!strcmp(t->name, name))
      return t;
  return NULL;
}

const char *axf_tree_get(const axf_tree *t, const char *name) {
  t = axf_tree_find(t, name);
  return t ? t->value : "";
}

int axf_tree_numbers(const char *text, double *to, int max) {
  int n = 0;
  while (*text) {
    char *end;
    const double v = strtod(text, &end);
    if (end == text) {
      text++;
      continue;
    }
    if (n < max)
      to[n] = v;
    n++;
    text = end;
  }
  return n;
}
