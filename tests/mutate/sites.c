/* Mutations of a source, token by token. SPDX-License-Identifier: Apache-2.0 */
#include "sites.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t end_of(const source *s, int i) { return s->t[i].at + (size_t)s->t[i].len; }

static int add(mutations *f, int where, size_t at, size_t end, const char *op, const char *text) {
  if ((f->n & (f->n - 1)) == 0) {
    mutation *more = realloc(f->m, (size_t)(f->n ? 2 * f->n : 1) * sizeof *more);
    if (!more)
      return -1;
    f->m = more;
  }
  mutation *m = &f->m[f->n];
  if (strlen(text) >= sizeof m->text)
    return 0;
  *m = (mutation){.token = where, .at = at, .end = end};
  snprintf(m->op, sizeof m->op, "%s", op);
  snprintf(m->text, sizeof m->text, "%s", text);
  f->sites += f->n == 0 || f->m[f->n - 1].token != where;
  f->n++;
  return 0;
}

static int whole(mutations *f, const source *s, int i, const char *op, const char *text) {
  return add(f, i, s->t[i].at, end_of(s, i), op, text);
}

/* ---- operators ---- */

static const struct {
  const char *from, *to, *op;
} swaps[] = {{"+", "-", "add-sub"},  {"-", "+", "sub-add"},   {"&", "|", "and-or"},      {"|", "&", "or-and"},
             {"^", "|", "xor-or"},   {"&&", "||", "and-or"},  {"||", "&&", "or-and"},    {"==", "!=", "eq-ne"},
             {"!=", "==", "ne-eq"},  {"<", "<=", "lt-le"},    {"<=", "<", "le-lt"},      {">", ">=", "gt-ge"},
             {">=", ">", "ge-gt"},   {"<<", ">>", "shl-shr"}, {">>", "<<", "shr-shl"},   {">>>", ">>", "sra-shr"},
             {"*", "+", "mul-add"},  {"+=", "-=", "add-sub"}, {"-=", "+=", "sub-add"},   {"|=", "&=", "or-and"},
             {"&=", "|=", "and-or"}, {"^=", "|=", "xor-or"},  {"<<=", ">>=", "shl-shr"}, {">>=", "<<=", "shr-shl"}};

/* An operand ends with token i. */
static int operand_end(const source *s, int i) {
  return i >= 0 && (s->t[i].kind == T_NUMBER || is_one(s, i, " ) ] } ") ||
                    (s->t[i].kind == T_WORD && !is_one(s, i, " return case ")));
}

static int binary(const source *s, int i) { return operand_end(s, i - 1) && (s->verilog || s->t[i].spaced); }

static int operators(mutations *f, const source *s, int i) {
  if (is_one(s, i, " ! ~ ") && !operand_end(s, i - 1))
    return whole(f, s, i, "not-dropped", "");
  if (s->verilog && is_one(s, i, " & | ") && !operand_end(s, i - 1))
    return whole(f, s, i, is(s, i, "&") ? "all-any" : "any-all", is(s, i, "&") ? "|" : "&");
  for (size_t k = 0; k < sizeof swaps / sizeof *swaps; k++)
    if (is(s, i, swaps[k].from) && binary(s, i))
      return whole(f, s, i, swaps[k].op, swaps[k].to);
  return 0;
}

/* ---- constants ---- */

static int constant(mutations *f, const source *s, int i) {
  char text[64], out[96], *digits = text, *end;
  const int len = s->t[i].len;
  int base = 10;
  unsigned long long most = ~0ull, v;
  if (len > 40)
    return 0;
  for (int k = 0, n = 0; k <= len; k++) { /* without underscores */
    const char c = k < len ? s->text[s->t[i].at + (size_t)k] : 0;
    if (c != '_')
      text[n++] = c;
  }
  char *quote = s->verilog ? strchr(text, '\'') : NULL;
  if (quote) {
    const long width = strtol(text, NULL, 10);
    base = tolower((unsigned char)quote[1]) == 'h'   ? 16
           : tolower((unsigned char)quote[1]) == 'b' ? 2
           : tolower((unsigned char)quote[1]) == 'o' ? 8
                                                     : 10;
    most = width > 0 && width < 64 ? (1ull << width) - 1 : ~0ull;
    digits = quote + 2;
  } else if (strncmp(text, "0x", 2) == 0) {
    base = 16;
    digits = text + 2;
  }
  v = strtoull(digits, &end, base);
  if (end == digits || (quote && *end) || strspn(end, "uUlL") != strlen(end))
    return 0; /* x, z, or no integer */
  for (int up = 1; up >= 0; up--) {
    if (up ? v >= most : v == 0)
      continue;
    const unsigned long long w = up ? v + 1 : v - 1;
    if (quote)
      snprintf(out, sizeof out, base == 10 ? "%.*sd%llu" : "%.*sh%llx", (int)(quote - text) + 1, text, w);
    else
      snprintf(out, sizeof out, base == 16 ? "0x%llx%s" : "%llu%s", w, end);
    if (whole(f, s, i, up ? "plus-1" : "minus-1", out))
      return -1;
  }
  return 0;
}

/* ---- conditions ---- */

static int conditions(mutations *f, const source *s, int i) {
  char text[1024];
  if (is(s, i, "if") && is(s, i + 1, "(") && s->t[i + 1].partner > 0) {
    const size_t from = end_of(s, i + 1), to = s->t[s->t[i + 1].partner].at;
    return add(f, i, from, to, "if-true", s->verilog ? "1'b1" : "1") ||
                   add(f, i, from, to, "if-false", s->verilog ? "1'b0" : "0")
               ? -1
               : 0;
  }
  if (!is(s, i, "?"))
    return 0;
  /* The condition reaches back to what cannot stand in it. */
  int k = i - 1;
  while (k >= 0 && !is_one(s, k, " ( [ { , ; ? : = += -= |= &= ^= return begin else "))
    k = is_one(s, k, " ) ] } ") && s->t[k].partner >= 0 ? s->t[k].partner - 1 : k - 1;
  if (k + 1 >= i)
    return 0;
  const size_t from = s->t[k + 1].at, to = end_of(s, i - 1);
  if (to - from > sizeof text - 8)
    return 0;
  snprintf(text, sizeof text, "!(%.*s)", (int)(to - from), s->text + from);
  return add(f, i, from, to, "branches-swapped", text);
}

/* ---- statements ---- */

/* The token behind the target of an assignment that begins at i, or -1. */
static int behind_target(const source *s, int i) {
  if (s->verilog && is(s, i, "{"))
    return s->t[i].partner < 0 ? -1 : s->t[i].partner + 1;
  while (!s->verilog && is(s, i, "*"))
    i++;
  if (i >= s->n || s->t[i].kind != T_WORD || is_one(s, i, " if else for while case return begin end assign "))
    return -1;
  for (i++;;) {
    if (is(s, i, "[") && s->t[i].partner > 0)
      i = s->t[i].partner + 1;
    else if (is_one(s, i, " . -> "))
      i += 2;
    else
      return i;
  }
}

/* Whether a statement may begin at i. */
static int statement_begins(const source *s, int i) {
  const int p = i - 1;
  if (p < 0)
    return 0;
  if (is(s, p, ")"))
    return s->t[p].partner > 0 && is_one(s, s->t[p].partner - 1, " if for while @ ");
  if (is(s, p, ":")) { /* a label, not the end of a choice */
    for (int k = p; k >= 0 && !is_one(s, k, " ; begin { } case "); k--)
      if (is(s, k, "?"))
        return 0;
    return 1;
  }
  return is_one(s, p, s->verilog ? " ; begin else end endcase " : " ; { } else ");
}

/* The assignment operator of a statement that begins at i, or -1. */
static int assignment(const source *s, const int *depth, int i) {
  if (depth[i] > 0 || !statement_begins(s, i))
    return -1;
  const int k = behind_target(s, i);
  return k > 0 && is_one(s, k, s->verilog ? " <= = " : " = += -= *= |= &= ^= <<= >>= ") ? k : -1;
}

int find_mutations(source *s, mutations *f) {
  memset(f, 0, sizeof *f);
  mark_skipped(s);
  int *depth = calloc((size_t)s->n + 1, sizeof *depth), *dropped = calloc((size_t)s->n + 1, sizeof *dropped);
  int failed = !depth || !dropped;
  for (int i = 0, d = 0; !failed && i < s->n; i++) {
    d -= is_one(s, i, " ) ");
    depth[i] = d;
    d += is_one(s, i, " ( ");
  }
  for (int i = 0; !failed && i < s->n; i++) {
    if (s->t[i].skip)
      continue;
    const int assign = assignment(s, depth, i);
    if (assign > 0) {
      int end = assign;
      while (end < s->n && !is(s, end, ";"))
        end++;
      dropped[assign] = 1 + is(s, assign, "<=");
      failed = end < s->n && add(f, i, s->t[i].at, s->t[end].at, "statement-dropped", "");
    }
    if (failed || dropped[i] == 2) /* <= of an assignment is no comparison */
      continue;
    failed = s->t[i].kind == T_NUMBER ? constant(f, s, i) : operators(f, s, i) || conditions(f, s, i);
  }
  free(depth);
  free(dropped);
  return failed ? -1 : 0;
}
