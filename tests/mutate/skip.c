/* What is no mutation site. Verilog: the head of a module, `initial` blocks, ranges of declarations, the words that are
 * only there to be read. C: bounds of arrays that are declared, what a message says, sizes of allocations, the -1 of an
 * error. SPDX-License-Identifier: Apache-2.0 */
#include "sites.h"
#include <string.h>

static void skip(source *s, int from, int to) {
  for (int i = from; i < to && i < s->n; i++)
    s->t[i].skip = 1;
}

/* The token behind the next `;`. */
static int behind_semicolon(const source *s, int i) {
  while (i < s->n && !is(s, i, ";"))
    i++;
  return i + 1;
}

/* The token behind the statement that begins at i. */
static int behind_statement(const source *s, int i) {
  if (is(s, i, "begin")) {
    int depth = 0;
    for (; i < s->n; i++) {
      depth += is_one(s, i, " begin case casez ") - is_one(s, i, " end endcase ");
      if (depth == 0)
        return i + 1;
    }
    return i;
  }
  if (is_one(s, i, " if for while ") && is(s, i + 1, "(")) {
    i = behind_statement(s, s->t[i + 1].partner + 1);
    return is(s, i, "else") ? behind_statement(s, i + 1) : i;
  }
  return behind_semicolon(s, i);
}

static void skip_verilog(source *s) {
  for (int i = 0; i < s->n; i++) {
    if (is(s, i, "module"))
      skip(s, i, behind_semicolon(s, i));
    else if (is(s, i, "initial"))
      skip(s, i, behind_statement(s, i + 1));
    else if (is_one(s, i, " wire reg integer localparam parameter input output function signed ")) {
      const int memory = is(s, i, "reg");
      int k = i + 1;
      while (is_one(s, k, " signed reg wire integer "))
        k++;
      if (is(s, k, "["))
        skip(s, k, s->t[k].partner + 1);
      for (; memory && k < s->n && !is_one(s, k, " ; = ) "); k++)
        s->t[k].skip = 1;
      while (is(s, k, "["))
        k = s->t[k].partner + 1;
      if (k < s->n && s->t[k].len >= 6 && strncmp(s->text + s->t[k].at, "unused", 6) == 0)
        skip(s, i, behind_semicolon(s, i));
    }
  }
}

static void skip_c(source *s) {
  for (int i = 1; i < s->n; i++) {
    if (is(s, i, "-") && is(s, i - 1, "return") && is(s, i + 1, "1"))
      skip(s, i, i + 2);
    if (is(s, i, "[") && i > 1 && s->t[i - 1].kind == T_WORD && (s->t[i - 2].kind == T_WORD || is(s, i - 2, "*")) &&
        !is_one(s, i - 2, " return case else sizeof "))
      skip(s, i, is(s, i - 2, "*") && s->t[i - 2].spaced ? i : s->t[i].partner + 1);
    if (is(s, i, "(") && is_one(s, i - 1, " axf_fail axf_alloc malloc calloc realloc snprintf "))
      skip(s, i, s->t[i].partner + 1);
  }
}

void mark_skipped(source *s) {
  if (s->verilog)
    skip_verilog(s);
  else
    skip_c(s);
}
