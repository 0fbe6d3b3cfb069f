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

static int find_words(const axf_exp_words *list, int n, const char *name, size_t len) {
  for (int i = 0; i < n; i++)
    if (strncmp(list[i].name, name, len) == 0 && list[i].name[len] == '\0')
      return i;
  return -1;
}

/* The word that @key stands for in configuration c; NULL if it does not say. */
static char *variable(const axf_exp *e, int c, const char *key) {
  const size_t len = strlen(key);
  for (int i = 0; c >= 0 && i < e->config[c].words; i++)
    if (strncmp(e->config[c].word[i], key, len) == 0 && e->config[c].word[i][len] == '=')
      return e->config[c].word[i] + len + 1;
  return NULL;
}

static int put(const axf_lines *l, axf_exp_item *item, char *word) {
  if (item->words == AXF_MAX_TOK)
    return axf_fail("%s:%d: more than %d words", l->path, l->line, AXF_MAX_TOK);
  item->word[item->words++] = word;
  return 0;
}

/* Appends a word, or what it stands for; only the first `lets` lines `let` count: none can stand for itself. */
static int add_word(const axf_exp *e, const axf_lines *l, axf_exp_item *item, char *word, int lets) {
  if (*word != '@' || strcmp(word, "@seed") == 0)
    return put(l, item, word);
  const int let = find_words(e->let, lets, word + 1, strlen(word + 1));
  char *one = variable(e, item->config, word + 1);
  for (int i = 0; let >= 0 && i < e->let[let].words; i++)
    if (add_word(e, l, item, e->let[let].word[i], let))
      return -1;
  if (let < 0 && !one)
    return axf_fail("%s:%d: '%s' is no word of a line 'let'%s%s", l->path, l->line, word,
                    item->config >= 0 ? ", and not set in config " : ", and this line is for no configuration",
                    item->config >= 0 ? e->config[item->config].name : "");
  return let < 0 ? put(l, item, one) : 0;
}

/* let NAME WORDS, config NAME KEY=WORD ..: the words as they are. */
static int add_words(const axf_lines *l, axf_exp_words *list, int *n) {
  const char *what = l->tok[0];
  if (l->ntok < 2)
    return axf_fail("%s:%d: '%s' needs a name", l->path, l->line, what);
  if (*n == AXF_EXP_CONFIGS)
    return axf_fail("%s:%d: there are more than %d lines '%s'", l->path, l->line, AXF_EXP_CONFIGS, what);
  axf_exp_words *w = &list[*n];
  if (set_name(l, what, l->tok[1], w->name, sizeof w->name))
    return -1;
  if (find_words(list, *n, w->name, strlen(w->name)) >= 0)
    return axf_fail("%s:%d: %s '%s' stands twice", l->path, l->line, what, w->name);
  for (int i = 2; i < l->ntok; i++) {
    if (*what == 'c' && !strchr(l->tok[i], '='))
      return axf_fail("%s:%d: '%s' is not KEY=WORD", l->path, l->line, l->tok[i]);
    w->word[w->words++] = l->tok[i];
  }
  (*n)++;
  return 0;
}

/* The words from=, on=, do=, only= and of= of a line, which stand before its options. */
typedef struct {
  const char *from, *on, *of;
  char *command;
  int unmeasured;
  int at; /* first word behind them */
} head;

static int read_head(const axf_lines *l, head *h) {
  *h = (head){.at = 2};
  for (; h->at < l->ntok; h->at++) {
    char *t = l->tok[h->at];
    if (strncmp(t, "from=", 5) == 0)
      h->from = t + 5;
    else if (strncmp(t, "on=", 3) == 0)
      h->on = t + 3;
    else if (strncmp(t, "of=", 3) == 0)
      h->of = t + 3;
    else if (strncmp(t, "do=", 3) == 0)
      h->command = t + 3;
    else if (strcmp(t, "only=train") == 0)
      h->unmeasured = 1;
    else
      break;
  }
  if (h->command && !h->from)
    return axf_fail("%s:%d: 'do=%s' makes a model of another: it needs from=", l->path, l->line, h->command);
  return 0;
}

/* One item of a line, for configuration c (-1: none). */
static int add_one(axf_exp *e, const axf_lines *l, const head *h, int c, axf_exp_item *list, int *n, int room,
                   int is_case) {
  if (*n == room)
    return axf_fail("%s:%d: there are more than %d of '%s'", l->path, l->line, room, l->tok[0]);
  axf_exp_item *item = &list[*n];
  item->config = c;
  item->from = -1;
  item->command = h->command;
  item->unmeasured = h->unmeasured;
  item->of = h->of;
  if (set_name(l, l->tok[0], l->tok[1], item->base, sizeof item->base - (c < 0 ? 0 : 1 + strlen(e->config[c].name))))
    return -1;
  snprintf(item->name, sizeof item->name, "%.40s%s%.20s", item->base, is_case && c >= 0 ? "." : "",
           is_case && c >= 0 ? e->config[c].name : "");
  for (int i = 0; i < *n; i++)
    if (strcmp(list[i].name, item->name) == 0 && (is_case || list[i].config == c))
      return axf_fail("%s:%d: %s '%s' stands twice", l->path, l->line, l->tok[0], item->name);
  if (h->from) {
    char own[128];
    snprintf(own, sizeof own, "%.60s.%.60s", h->from, c < 0 ? "" : e->config[c].name);
    item->from = c < 0 ? -1 : find(e->cases, e->ncases, own);
    if (item->from < 0 && (item->from = find(e->cases, e->ncases, h->from)) < 0)
      return axf_fail("%s:%d: there is no case '%s' above", l->path, l->line, h->from);
  }
  for (int i = h->at; i < l->ntok; i++)
    if (add_word(e, l, item, l->tok[i], e->nlets))
      return -1;
  (*n)++;
  return 0;
}

/* Of a measure: the cases named with commas between. */
static int check_of(const axf_exp *e, const axf_lines *l, const char *of) {
  for (const char *at = of; at && *at; at += *at == ',') {
    const size_t len = strcspn(at, ",");
    int found = 0;
    for (int i = 0; i < e->ncases; i++)
      found |= strncmp(e->cases[i].base, at, len) == 0 && e->cases[i].base[len] == '\0';
    if (!found)
      return axf_fail("%s:%d: there is no case '%.*s' above", l->path, l->line, (int)len, at);
    at += len;
  }
  return 0;
}

/* A line `case` or `measure`: one item, or one a configuration. */
static int add_item(axf_exp *e, const axf_lines *l, axf_exp_item *list, int *n, int room, int is_case) {
  const char *what = l->tok[0];
  head h;
  if (l->ntok < 2 || read_head(l, &h))
    return l->ntok < 2 ? axf_fail("%s:%d: '%s' needs a name", l->path, l->line, what) : -1;
  if (!is_case && l->ntok < h.at + 1)
    return axf_fail("%s:%d: 'measure' needs a name and a command", l->path, l->line);
  if (check_of(e, l, h.of))
    return -1;
  if (!h.on)
    return add_one(e, l, &h, -1, list, n, room, is_case);
  for (int c = 0; c < e->nconfigs && strcmp(h.on, "*") == 0; c++)
    if (add_one(e, l, &h, c, list, n, room, is_case))
      return -1;
  for (const char *at = h.on; *at && strcmp(h.on, "*") != 0; at += *at == ',') {
    const size_t len = strcspn(at, ",");
    const int c = find_words(e->config, e->nconfigs, at, len);
    if (c < 0)
      return axf_fail("%s:%d: there is no configuration '%.*s' above", l->path, l->line, (int)len, at);
    if (add_one(e, l, &h, c, list, n, room, is_case))
      return -1;
    at += len;
  }
  return 0;
}

static int statement(axf_exp *e, const axf_lines *l) {
  const char *word = l->tok[0];
  if (strcmp(word, "case") == 0)
    return add_item(e, l, e->cases, &e->ncases, AXF_EXP_CASES, 1);
  if (strcmp(word, "measure") == 0)
    return add_item(e, l, e->measures, &e->nmeasures, AXF_EXP_MEASURES, 0);
  if (strcmp(word, "let") == 0)
    return add_words(l, e->let, &e->nlets);
  if (strcmp(word, "config") == 0)
    return add_words(l, e->config, &e->nconfigs);
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
    return axf_fail("%s:%d: '%s' is not followed by one word, or is no statement (experiment, net, data, seeds, let, "
                    "config, all, case, measure)",
                    l->path, l->line, word);
  if (strcmp(word, "experiment") == 0)
    return set_name(l, word, l->tok[1], e->name, sizeof e->name);
  if (strcmp(word, "data") == 0)
    return set_name(l, word, l->tok[1], e->data, sizeof e->data);
  if (strcmp(word, "net") == 0) {
    snprintf(e->net, sizeof e->net, "%s", l->tok[1]);
    return 0;
  }
  return axf_fail("%s:%d: '%s' is no statement (experiment, net, data, seeds, let, config, all, case, measure)",
                  l->path, l->line, word);
}

/* All lines of a file; *text stays the experiment's. outer: NULL, or the file that includes it. */
static int read_lines(axf_exp *e, const char *path, char **text, const axf_lines *outer) {
  axf_lines l;
  uint8_t *buf;
  size_t len;
  int more;
  if (axf_read_file(path, &buf, &len))
    return -1;
  *text = (char *)buf;
  axf_lines_begin(&l, path, *text);
  while ((more = axf_lines_next(&l)) > 0) {
    if (strcmp(l.tok[0], "include") != 0) {
      if (statement(e, &l))
        return -1;
      continue;
    }
    if (l.ntok != 2 || outer || e->included)
      return axf_fail("%s:%d: one line 'include FILE' is allowed, and none in the file included", path, l.line);
    const char *slash = strrchr(path, '/');
    char *other = axf_sprintf("%.*s%s", slash ? (int)(slash - path + 1) : 0, path, l.tok[1]);
    const int bad = !other || read_lines(e, other, &e->included, &l);
    free(other);
    if (bad)
      return -1;
  }
  return more;
}

int axf_exp_read(axf_exp *e, const char *path) {
  memset(e, 0, sizeof *e);
  int bad = read_lines(e, path, &e->text, NULL);
  const char *missing = !*e->name       ? "experiment"
                        : !*e->net      ? "net"
                        : !*e->data     ? "data"
                        : !e->nseeds    ? "seeds"
                        : !e->ncases    ? "case"
                        : !e->nmeasures ? "measure"
                                        : NULL;
  if (!bad && missing)
    bad = axf_fail("%s: there is no line '%s'", path, missing);
  if (bad)
    axf_exp_free(e);
  return bad;
}

void axf_exp_free(axf_exp *e) {
  free(e->text);
  free(e->included);
  memset(e, 0, sizeof *e);
}

int axf_exp_points(const axf_exp *e) {
  int points = 0;
  for (int i = 0; i < e->ncases; i++)
    if (!e->cases[i].unmeasured)
      points += e->cases[i].config >= 0 || !e->nconfigs ? 1 : e->nconfigs;
  return points;
}
