/* Mutants of sources: finds the places where one token can be changed, draws some by a seed, makes one.
 *   mutants list FILE..                  every mutant: ID, what becomes of what, the line, between tabs
 *   mutants draw SEED N SHARE FILE..     N different ones; of every SHARE, one is of a file that is no Verilog (SHARE
 * 0: of all sites alike) mutants make ID COPY                 writes the file that ID names, changed, to COPY ID is
 * FILE:LINE:COLUMN:CHANGE. Drawn are sites, all alike, then one of a site's changes; the same seed draws the same. Exit
 * status 1 and one sentence if a file cannot be read, or has no such mutant. SPDX-License-Identifier: Apache-2.0 */
#include "sites.h"
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  const char *path;
  source s;
  mutations f;
} file;

static int open_file(file *x, const char *path) {
  memset(x, 0, sizeof *x);
  x->path = path;
  return source_read(&x->s, path) || find_mutations(&x->s, &x->f);
}

static int print_id(char *id, size_t size, const file *x, const mutation *m) {
  const token *t = &x->s.t[m->token];
  return snprintf(id, size, "%s:%d:%d:%s", x->path, t->line, t->column, m->op);
}

/* Text in one line: ends of lines and what follows them are one blank. */
static void print_flat(const char *text, int len) {
  for (int i = 0; i < len; i++)
    if (text[i] != '\n')
      putchar(text[i]);
    else if (i + 1 < len) {
      putchar(' ');
      while (i + 1 < len && text[i + 1] == ' ')
        i++;
    }
}

static void print(const file *x, const mutation *m) {
  char id[512];
  const char *text = x->s.text, *line = text + x->s.t[m->token].at, *end = line;
  while (line > text && line[-1] != '\n')
    line--;
  while (*line == ' ')
    line++;
  while (*end && *end != '\n')
    end++;
  print_id(id, sizeof id, x, m);
  printf("%s\t", id);
  print_flat(text + m->at, (int)(m->end - m->at));
  printf(" -> ");
  print_flat(m->text, (int)strlen(m->text));
  printf("\t%.*s\n", (int)(end - line), line);
}

static uint64_t mix(uint64_t z) {
  z += 0x9e3779b97f4a7c15u;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
  z = (z ^ z >> 27) * 0x94d049bb133111ebu;
  return z ^ z >> 31;
}

typedef struct {
  const file *x;
  int first, count; /* its changes */
  uint64_t key;
} site;

static int by_key(const void *a, const void *b) {
  const uint64_t x = ((const site *)a)->key, y = ((const site *)b)->key;
  return (x > y) - (x < y);
}

/* The sites of the Verilog, or of the rest, or of all, in the order that the seed gives them. */
static site *shuffled(const file *x, int files, uint64_t seed, int which, size_t *n) {
  size_t all = 0;
  for (int i = 0; i < files; i++)
    all += (size_t)x[i].f.sites;
  site *s = calloc(all + 1, sizeof *s);
  *n = 0;
  for (int i = 0; s && i < files; i++)
    for (int k = 0; k < x[i].f.n && (which < 0 || x[i].s.verilog == which); k++) {
      if (k == 0 || x[i].f.m[k].token != x[i].f.m[k - 1].token) {
        char id[512];
        uint64_t h = mix(seed);
        print_id(id, sizeof id, &x[i], &x[i].f.m[k]);
        for (const char *c = id; *c; c++)
          h = mix(h ^ (unsigned char)*c);
        s[(*n)++] = (site){&x[i], k, 0, h};
      }
      s[*n - 1].count++;
    }
  if (s)
    qsort(s, *n, sizeof *s, by_key);
  return s;
}

static int draw(const file *x, int files, uint64_t seed, long n, long share) {
  size_t size[2], at[2] = {0, 0};
  site *s[2] = {shuffled(x, files, seed, share ? 1 : -1, &size[0]), shuffled(x, files, seed, 0, &size[1])};
  if (!s[0] || !s[1])
    return -1;
  if (!share)
    size[1] = 0;
  for (long i = 0; i < n && at[0] + at[1] < size[0] + size[1]; i++) {
    int other = share && i % share == share - 1;
    if (at[other] == size[other])
      other = !other;
    const site *p = &s[other][at[other]++];
    print(p->x, &p->x->f.m[p->first + (int)(mix(p->key) % (uint64_t)p->count)]);
  }
  free(s[0]);
  free(s[1]);
  return 0;
}

static int make(const char *id, const char *copy) {
  char path[512], this[512];
  file x;
  const char *colon = strchr(id, ':');
  if (!colon || colon - id >= (long)sizeof path) {
    fprintf(stderr, "mutants: '%s' is no FILE:LINE:COLUMN:CHANGE\n", id);
    return 1;
  }
  snprintf(path, sizeof path, "%.*s", (int)(colon - id), id);
  if (open_file(&x, path))
    return 1;
  for (int i = 0; i < x.f.n; i++) {
    const mutation *m = &x.f.m[i];
    print_id(this, sizeof this, &x, m);
    if (strcmp(this, id) != 0)
      continue;
    FILE *out = fopen(copy, "wb");
    int bad = !out || fwrite(x.s.text, 1, m->at, out) != m->at || fputs(m->text, out) == EOF ||
              fwrite(x.s.text + m->end, 1, x.s.size - m->end, out) != x.s.size - m->end;
    bad |= out && fclose(out) != 0;
    if (bad)
      fprintf(stderr, "mutants: cannot write %s: %s\n", copy, strerror(errno));
    return bad;
  }
  fprintf(stderr, "mutants: there is no mutant %s\n", id);
  return 1;
}

/* A number, or -1 after one sentence. */
static long number(const char *text) {
  char *end;
  errno = 0;
  const long v = strtol(text, &end, 10);
  if (*text && !*end && !errno && v >= 0)
    return v;
  fprintf(stderr, "mutants: '%s' is no number from 0 up\n", text);
  return -1;
}

int main(int argc, char **argv) {
  const int drawn = argc > 5 && strcmp(argv[1], "draw") == 0;
  if (argc == 4 && strcmp(argv[1], "make") == 0)
    return make(argv[2], argv[3]);
  if (!drawn && !(argc > 2 && strcmp(argv[1], "list") == 0)) {
    fprintf(stderr, "usage: mutants list FILE.. | draw SEED N SHARE FILE.. | make ID COPY\n");
    return 2;
  }
  const int first = drawn ? 5 : 2, files = argc - first;
  long set[3] = {0, 0, 0};
  for (int i = 0; i < 3 && drawn; i++)
    if ((set[i] = number(argv[2 + i])) < 0)
      return 2;
  file *x = calloc((size_t)files, sizeof *x);
  for (int i = 0; i < files; i++) {
    if (!x || open_file(&x[i], argv[first + i]))
      return 1;
    if (x[i].f.n == 0 && files == 1) {
      fprintf(stderr, "mutants: %s has no place for a mutation\n", x[i].path);
      return 1;
    }
    for (int k = 0; k < x[i].f.n && !drawn; k++)
      print(&x[i], &x[i].f.m[k]);
  }
  const int failed = drawn && draw(x, files, (uint64_t)set[0], set[1], set[2]);
  for (int i = 0; i < files; i++) {
    source_free(&x[i].s);
    free(x[i].f.m);
  }
  free(x);
  return failed;
}
