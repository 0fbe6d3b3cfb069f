/* Mutation sites of a source: tokens, and for each the changes that can be made there.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MUTATE_SITES_H
#define MUTATE_SITES_H
#include "lex.h"

typedef struct {
  int token;       /* the site */
  size_t at, end;  /* what is replaced */
  char op[20];     /* name of the change */
  char text[1024]; /* what takes its place */
} mutation;

typedef struct {
  mutation *m;
  int n, sites; /* those of one site stand together */
} mutations;

/* Marks what is not to be mutated. */
void mark_skipped(source *s);
/* All mutations of a source. Returns 0, or -1 if there is no memory. */
int find_mutations(source *s, mutations *found);
#endif
