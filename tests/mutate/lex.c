/* Tokens of a Verilog or C source. SPDX-License-Identifier: Apache-2.0 */
#include "lex.h"
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int word_char(int c) { return isalnum(c) || c == '_' || c == '$'; }

/* Longest first. */
static const char *const ops_c[] = {"<<=", ">>=", "...", "->", "++", "--", "<<", ">>", "<=", ">=", "==", "!=",
                                    "&&",  "||",  "+=",  "-=", "*=", "/=", "%=", "&=", "|=", "^=", "##", NULL};
static const char *const ops_v[] = {"<<<", ">>>", "===", "!==", "<<", ">>", "<=", ">=", "==", "!=", "&&",
                                    "||",  "+:",  "-:",  "~&",  "~|", "~^", "^~", "**", "->", NULL};

static int op_length(const source *s, size_t i) {
  const char *const *ops = s->verilog ? ops_v : ops_c;
  for (; *ops; ops++)
    if (strncmp(s->text + i, *ops, strlen(*ops)) == 0)
      return (int)strlen(*ops);
  return 1;
}

/* The end of a number that begins at i. */
static size_t number_end(const source *s, size_t i) {
  while (word_char(s->text[i]) || s->text[i] == '.')
    i++;
  if (s->verilog && s->text[i] == '\'' && strchr("bdhoBDHO", s->text[i + 1]) && s->text[i + 1])
    for (i += 2; word_char(s->text[i]);)
      i++;
  return i;
}

/* The end of a comment, a preprocessor line or a string that begins at i, or i if there is none. */
static size_t other_end(const source *s, size_t i, int first_on_line) {
  const char *t = s->text, *e;
  if (strncmp(t + i, "//", 2) == 0) {
    e = strchr(t + i, '\n');
    e = e ? e : t + s->size;
    const char *off = strstr(t + i, "translate_off");
    if (off && off < e) {
      e = strstr(e, "translate_on");
      e = e ? strchr(e, '\n') : NULL;
      e = e ? e : t + s->size;
    }
    return (size_t)(e - t);
  }
  if (strncmp(t + i, "/*", 2) == 0) {
    e = strstr(t + i + 2, "*/");
    return e ? (size_t)(e - t) + 2 : s->size;
  }
  if ((s->verilog ? t[i] == '`' : t[i] == '#') && first_on_line) {
    static const char *const lines[] = {"ifdef",           "ifndef", "else",      "endif", "include",
                                        "default_nettype", "define", "timescale", NULL};
    int line = !s->verilog;
    for (int k = 0; !line && lines[k]; k++)
      line = strncmp(t + i + 1, lines[k], strlen(lines[k])) == 0;
    while (line && i < s->size && (t[i] != '\n' || t[i - 1] == '\\'))
      i++;
    return i;
  }
  return i;
}

static int push(source *s, token t) {
  if ((s->n & (s->n - 1)) == 0) {
    token *more = realloc(s->t, (size_t)(s->n ? 2 * s->n : 1) * sizeof *more);
    if (!more)
      return -1;
    s->t = more;
  }
  s->t[s->n++] = t;
  return 0;
}

static int tokenise(source *s) {
  int line = 1, fresh = 1;
  size_t start = 0, i = 0;
  while (i < s->size) {
    const size_t from = i;
    const char c = s->text[i];
    if (c == '\n') {
      line++;
      start = ++i;
      fresh = 1;
      continue;
    }
    if (isspace((unsigned char)c)) {
      i++;
      continue;
    }
    i = other_end(s, i, fresh);
    if (i > from) {
      for (size_t k = from; k < i; k++)
        if (s->text[k] == '\n') {
          line++;
          start = k + 1;
        }
      continue;
    }
    token t = {.at = i, .line = line, .column = (int)(i - start) + 1, .partner = -1};
    fresh = 0;
    if (c == '"' || (c == '\'' && !s->verilog)) {
      t.kind = T_OTHER;
      for (i++; i < s->size && s->text[i] != c; i++)
        i += s->text[i] == '\\';
      i++;
    } else if (isdigit((unsigned char)c)) {
      t.kind = T_NUMBER;
      i = number_end(s, i);
    } else if (word_char(c) || c == '`') {
      t.kind = T_WORD;
      for (i++; word_char(s->text[i]);)
        i++;
    } else {
      t.kind = T_OP;
      i += (size_t)op_length(s, i);
    }
    t.len = (int)(i - t.at);
    t.spaced = t.at > 0 && isspace((unsigned char)s->text[t.at - 1]) && isspace((unsigned char)s->text[i]);
    if (push(s, t))
      return -1;
  }
  return 0;
}

static void match_brackets(source *s) {
  int stack[256], depth = 0;
  for (int i = 0; i < s->n; i++)
    if (is_one(s, i, " ( [ { ") && depth < 256)
      stack[depth++] = i;
    else if (is_one(s, i, " ) ] } ") && depth > 0) {
      depth--;
      s->t[i].partner = stack[depth];
      s->t[stack[depth]].partner = i;
    }
}

int source_read(source *s, const char *path) {
  const char *dot = strrchr(path, '.');
  memset(s, 0, sizeof *s);
  s->verilog = dot && strcmp(dot, ".v") == 0;
  FILE *f = fopen(path, "rb");
  if (!f || fseek(f, 0, SEEK_END) || (s->text = calloc((size_t)ftell(f) + 8, 1)) == NULL) {
    fprintf(stderr, "mutants: cannot read %s: %s\n", path, strerror(errno));
    if (f)
      fclose(f);
    return -1;
  }
  s->size = (size_t)ftell(f);
  rewind(f);
  s->size = fread(s->text, 1, s->size, f);
  fclose(f);
  s->text[s->size] = 0;
  if (tokenise(s)) {
    fprintf(stderr, "mutants: no memory for %s\n", path);
    return -1;
  }
  match_brackets(s);
  return 0;
}

void source_free(source *s) {
  free(s->text);
  free(s->t);
}

int is(const source *s, int i, const char *text) {
  return i >= 0 && i < s->n && (size_t)s->t[i].len == strlen(text) &&
         strncmp(s->text + s->t[i].at, text, strlen(text)) == 0;
}

int is_one(const source *s, int i, const char *texts) {
  char padded[64];
  if (i < 0 || i >= s->n || s->t[i].len > 60)
    return 0;
  snprintf(padded, sizeof padded, " %.*s ", s->t[i].len, s->text + s->t[i].at);
  return strstr(texts, padded) != NULL;
}
