/* Text files of short lines: tokens, `key=value` options and checked numbers, with messages that name file and line.
 * SPDX-License-Identifier: Apache-2.0 */
#include "core/core.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char blanks[] = " \t\r\v\f";

void axf_lines_begin(axf_lines *l, const char *path, char *buf) {
  memset(l, 0, sizeof *l);
  l->path = path;
  l->cur = buf;
}

int axf_lines_next(axf_lines *l) {
  while (*l->cur != 0) {
    char *line = l->cur, *end = strchr(line, '\n');
    l->cur = end != NULL ? end + 1 : line + strlen(line);
    if (end != NULL)
      *end = 0;
    l->line++;
    line[strcspn(line, "#")] = 0;
    l->ntok = 0;
    char *save = NULL;
    for (char *t = strtok_r(line, blanks, &save); t != NULL; t = strtok_r(NULL, blanks, &save)) {
      if (l->ntok == AXF_MAX_TOK)
        return axf_fail("%s:%d: more than %d words in a line", l->path, l->line, AXF_MAX_TOK);
      l->tok[l->ntok++] = t;
    }
    if (l->ntok > 0)
      return 1;
  }
  return 0;
}

char *axf_unquote(char *s) {
  size_t len = strlen(s);
  if (len < 2 || *s != '"' || s[len - 1] != '"')
    return s;
  s[len - 1] = 0;
  char *to = ++s;
  for (const char *from = s; *from; *to++ = *from++)
    from += from[0] == '"' && from[1] == '"';
  *to = 0;
  return s;
}

const char *axf_lines_get(const axf_lines *l, int first, const char *key) {
  size_t n = strlen(key);
  for (int i = first; i < l->ntok; i++)
    if (strncmp(l->tok[i], key, n) == 0 && l->tok[i][n] == '=')
      return l->tok[i] + n + 1;
  return NULL;
}

/* "FILE:LINE: " or "" into a buffer. */
static const char *place(const axf_lines *l, char buf[512]) {
  buf[0] = 0;
  if (l != NULL)
    snprintf(buf, 512, "%s:%d: ", l->path, l->line);
  return buf;
}

int axf_parse_int(const axf_lines *l, const char *what, const char *s, long lo, long hi, long *out) {
  char at[512], *end;
  const char *digits = s + (*s == '-');
  errno = 0;
  long v = strtol(s, &end, 10);
  if (*digits < '0' || *digits > '9' || *end != 0)
    return axf_fail("%s%s must be a whole number, found '%s'", place(l, at), what, s);
  if (errno == ERANGE || v < lo || v > hi)
    return axf_fail("%s%s must be from %ld to %ld, found %s", place(l, at), what, lo, hi, s);
  *out = v;
  return 0;
}

int axf_parse_float(const axf_lines *l, const char *what, const char *s, double lo, double hi, double *out) {
  char at[512], *end;
  double v = strtod(s, &end);
  if (*s == 0 || s[strspn(s, "0123456789+-.eE")] != 0 || *end != 0 || !isfinite(v))
    return axf_fail("%s%s must be a finite decimal number, found '%s'", place(l, at), what, s);
  if (v < lo || v > hi)
    return axf_fail("%s%s must be from %g to %g, found %s", place(l, at), what, lo, hi, s);
  *out = v;
  return 0;
}
