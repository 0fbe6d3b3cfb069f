/* Reading an experiment file.
 * SPDX-License-Identifier: Apache-2.0 */
#include "experiment/exp.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* A name becomes part of file names. */
static int set_name(const axf_lines *l, const char *what, const char *s, char *to, size_t len) {
  for (const char *c = s; *c; c++)
    if (!isalnum((unsigned char)*c) && *c != '_' && *c != '-' && *c != '.')
      return axf_fail("%s:%d: %s '%s' has a character that is no letter, digit, '_', '-' or '.'", l->path, l->line,
                      what, s);
  if (*s == '.' || strlen(s) >= len)
    return axf_fail("%s:%d: %s '%s' is too long or begins with a point", l->path, l->line, what, s);
  snprintf(to, len, "%s", s);
  return 0;
}

static int find(const axf_exp_item *item, int n, const char *name) {
  for (int i = 0; i < n; i++)
    if (strcmp(item[i].name, name) == 0)
      return i;
  return -1;
}

/* `case NAME [from=CASE] WORDS` or `measure NAME COMMAND WORDS`. */
static int add_item(axf_exp *e, const axf_lines *l, axf_exp_item *list, int *n, int room, int is_case) {
  const char *what = l->tok[0];
  int at = 2;
  if (l->ntok < 2 || (!is_case && l->ntok < 3))
    return axf_fail("%s:%d: '%s' needs %s", l->path, l->line, what, is_case ? "a name" : "a name and a command");
  if (*n == room)
    return axf_fail("%s:%d: there are more than %d lines '%s'", l->path, l->line, room, what);
  axf_exp_item *item = &list[*n];
  if (set_name(l, what, l->tok[1], item->name, sizeof item->name))
    return -1;
  if (find(list, *n, item->name) >= 0)
    return axf_fail("%s:%d: %s '%s' stands twice", l->path, l->line, what, item->name);
  item->from = -1;
  if (is_case && l->ntok > 2 && strncmp(l->tok[2], "from=", 5) == 0) {
    item->from = find(e->cases, e->ncases, l->tok[2] + 5);
    if (item->from < 0)
      return axf_fail("%s:%d: there is no case '%s' above", l->path, l->line, l->tok[2] + 5);
    at = 3;
  }
  for (; at < l->ntok; at++)
    item->word[item->words++] = l->tok[at];
  (*n)++;
  return 0;
}

static int statement(axf_exp *e, const axf_lines *l) {
  const char *word = l->tok[0];
  if (strcmp(word, "case") == 0)
    return add_item(e, l, e->cases, &e->ncases, AXF_EXP_CASES, 1);
  if (strcmp(word, "measure") == 0)
    return add_item(e, l, e->measures, &e->nmeasures, AXF_EXP_MEASURES, 0);
  if (strcmp(word, "all") == 0) {
    for (int i = 1; i < l->ntok; i++) {
      if (e->nall == AXF_MAX_TOK)
        return axf_fail("%s:%d: more than %d words for all cases", l->path, l->line, AXF_MAX_TOK);
      e->all[e->nall++] = l->tok[i];
    }
    return 0;
  }
  if (strcmp(word, "seeds") == 0) {
    for (int i = 1; i < l->ntok; i++) {
      long v;
      if (e->nseeds == AXF_EXP_SEEDS)
        return axf_fail("%s:%d: more than %d seeds", l->path, l->line, AXF_EXP_SEEDS);
      if (axf_parse_int(l, "seed", l->tok[i], 0, INT64_MAX, &v))
        return -1;
      for (int k = 0; k < e->nseeds; k++)
        if (e->seed[k] == (uint64_t)v)
          return axf_fail("%s:%d: seed %ld stands twice", l->path, l->line, v);
      e->seed[e->nseeds++] = (uint64_t)v;
    }
    return 0;
  }
  if (l->ntok != 2)
    return axf_fail("%s:%d: '%s' is not followed by one word, or is no statement (experiment, net, data, seeds, all, "
                    "case, measure)",
                    l->path, l->line, word);
  if (strcmp(word, "experiment") == 0)
    return set_name(l, word, l->tok[1], e->name, sizeof e->name);
  if (strcmp(word, "data") == 0)
    return set_name(l, word, l->tok[1], e->data, sizeof e->data);
  if (strcmp(word, "net") == 0) {
    snprintf(e->net, sizeof e->net, "%s", l->tok[1]);
    return 0;
  }
  return axf_fail("%s:%d: '%s' is no statement (experiment, net, data, seeds, all, case, measure)", l->path, l->line,
                  word);
}

int axf_exp_read(axf_exp *e, const char *path) {
  axf_lines l;
  uint8_t *buf;
  size_t len;
  int more = -1;
  memset(e, 0, sizeof *e);
  if (axf_read_file(path, &buf, &len))
    return -1;
  e->text = (char *)buf;
  axf_lines_begin(&l, path, e->text);
  while ((more = axf_lines_next(&l)) > 0)
    if (statement(e, &l)) {
      axf_exp_free(e);
      return -1;
    }
  const char *missing = !*e->name       ? "experiment"
                        : !*e->net      ? "net"
                        : !*e->data     ? "data"
                        : !e->nseeds    ? "seeds"
                        : !e->ncases    ? "case"
                        : !e->nmeasures ? "measure"
                                        : NULL;
  if (more == 0 && missing)
    more = axf_fail("%s: there is no line '%s'", path, missing);
  if (more < 0)
    axf_exp_free(e);
  return more;
}

void axf_exp_free(axf_exp *e) {
  free(e->text);
  memset(e, 0, sizeof *e);
}
