/* Tokens of a Verilog or C source, for the search of mutation sites: not a parser, places and texts only.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MUTATE_LEX_H
#define MUTATE_LEX_H
#include <stddef.h>

typedef enum { T_WORD, T_NUMBER, T_OP, T_OTHER } token_kind; /* T_OTHER: strings, characters */

typedef struct {
  token_kind kind;
  size_t at; /* offset in the text */
  int len, line, column;
  int spaced;  /* a blank before and behind */
  int skip;    /* not to be mutated: initial blocks, ranges of declarations and the like */
  int partner; /* of a bracket: the other one's index, -1 if there is none */
} token;

typedef struct {
  char *text;
  size_t size;
  token *t;
  int n, verilog;
} source;

/* Reads a file, .v as Verilog, else as C. Comments, lines of the preprocessor and `translate_off` parts give no tokens.
 * Returns 0, or -1 after one sentence on stderr. */
int source_read(source *s, const char *path);
void source_free(source *s);

/* Whether token i is this text; 0 beyond the ends. */
int is(const source *s, int i, const char *text);
/* Whether token i is one of the texts, which stand between blanks. */
int is_one(const source *s, int i, const char *texts);
#endif
