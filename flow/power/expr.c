/* Recursive descent into postfix; see expr.h. SPDX-License-Identifier: Apache-2.0 */
#include "expr.h"
#include "core/core.h"
#include <ctype.h>
#include <string.h>

enum { NOT = -1, AND = -2, OR = -3, XOR = -4, ZERO = -5, ONE = -6 };

typedef struct {
  const char *s, *all;
  axf_expr *e;
  int (*find)(void *, const char *);
  void *ctx;
} parser;

static int put(parser *p, int op) {
  if (p->e->n == AXF_EXPR_MAX)
    return axf_fail("the expression \"%s\" is too long", p->all);
  p->e->op[p->e->n++] = (short)op;
  return 0;
}

static void blanks(parser *p) {
  while (isspace((unsigned char)*p->s))
    p->s++;
}

static int or_(parser *p);

static int primary(parser *p) {
  int status;
  blanks(p);
  if (*p->s == '!') {
    p->s++;
    status = primary(p);
    return status ? status : put(p, NOT);
  }
  if (*p->s == '(') {
    p->s++;
    status = or_(p);
    blanks(p);
    if (!status && *p->s++ != ')')
      status = axf_fail("the expression \"%s\" lacks a )", p->all);
  } else if (isalpha((unsigned char)*p->s) || *p->s == '_') {
    char name[64];
    size_t n = 0;
    while ((isalnum((unsigned char)*p->s) || *p->s == '_' || *p->s == '[' || *p->s == ']') && n + 1 < sizeof name)
      name[n++] = *p->s++;
    name[n] = 0;
    const int v = p->find(p->ctx, name);
    status = v < 0 ? axf_fail("the expression \"%s\" names %s, which is no pin", p->all, name) : put(p, v);
  } else if (*p->s == '0' || *p->s == '1') {
    status = put(p, *p->s++ == '0' ? ZERO : ONE);
  } else {
    status = axf_fail("cannot read the expression \"%s\"", p->all);
  }
  blanks(p);
  while (!status && *p->s == '\'') {
    p->s++;
    status = put(p, NOT);
    blanks(p);
  }
  return status;
}

static int xor_(parser *p) {
  int status = primary(p);
  while (!status && *p->s == '^') {
    p->s++;
    status = primary(p);
    if (!status)
      status = put(p, XOR);
  }
  return status;
}

static int and_(parser *p) {
  int status = xor_(p);
  while (!status && *p->s && !strchr(")|+", *p->s)) {
    if (*p->s == '&' || *p->s == '*')
      p->s++;
    if (*p->s == '&')
      p->s++;
    status = xor_(p);
    if (!status)
      status = put(p, AND);
  }
  return status;
}

static int or_(parser *p) {
  int status = and_(p);
  while (!status && (*p->s == '|' || *p->s == '+')) {
    p->s++;
    if (*p->s == '|')
      p->s++;
    status = and_(p);
    if (!status)
      status = put(p, OR);
  }
  return status;
}

int axf_expr_parse(axf_expr *e, const char *text, int (*find)(void *, const char *), void *ctx) {
  parser p = {text, text, e, find, ctx};
  e->n = 0;
  const int status = or_(&p);
  if (status)
    return status;
  return *p.s ? axf_fail("the expression \"%s\" goes on after its end", text) : 0;
}

int axf_expr_eval(const axf_expr *e, unsigned vars) {
  unsigned char stack[AXF_EXPR_MAX]; /* never deeper than the expression is long */
  int top = 0;
  for (int i = 0; i < e->n; i++)
    switch (e->op[i]) {
    case NOT:
      stack[top - 1] = !stack[top - 1];
      break;
    case AND:
      top--;
      stack[top - 1] &= stack[top];
      break;
    case OR:
      top--;
      stack[top - 1] |= stack[top];
      break;
    case XOR:
      top--;
      stack[top - 1] ^= stack[top];
      break;
    case ZERO:
    case ONE:
      stack[top++] = e->op[i] == ONE;
      break;
    default:
      stack[top++] = vars >> e->op[i] & 1;
    }
  return top ? stack[0] : 1;
}
