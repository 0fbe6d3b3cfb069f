/* SDF as a stream of words and parentheses; see sdf.h. SPDX-License-Identifier: Apache-2.0 */
#include "sdf.h"
#include "core/core.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

typedef struct {
  gzFile f;
  const char *path;
  int line, back; /* back: a character that was read too early, -1: none */
  double fs;      /* of one unit */
  axf_sdf_path p;
} reader;

static int fail(const reader *r, const char *what) {
  char why[700];
  snprintf(why, sizeof why, "%s", what);
  return axf_fail("%s:%d: %s", r->path, r->line, why);
}

static int next(reader *r) {
  const int c = r->back >= 0 ? r->back : gzgetc(r->f);
  r->back = -1;
  r->line += c == '\n';
  return c;
}

static void unread(reader *r, int c) {
  r->back = c;
  r->line -= c == '\n';
}

/* The next word: "(", ")", or text up to a blank or parenthesis, without quotes; returns its length, 0 at the end. */
static size_t word(reader *r, char *to, size_t room) {
  size_t n = 0;
  int c = next(r);
  while (c >= 0 && isspace(c))
    c = next(r);
  if (c == '(' || c == ')') {
    to[n++] = (char)c;
  } else if (c == '"') {
    while ((c = next(r)) >= 0 && c != '"' && n + 1 < room)
      to[n++] = (char)c;
    if (!n)
      to[n++] = ' ';
  } else {
    for (; c >= 0 && !isspace(c) && c != '(' && c != ')' && n + 1 < room; c = next(r)) {
      to[n++] = (char)c;
      if (c == '\\' && n + 1 < room && (c = next(r)) >= 0)
        to[n++] = (char)c;
    }
    if (c >= 0)
      unread(r, c);
  }
  to[n] = 0;
  return n;
}

/* Past the ) of a group whose ( has been read. */
static int skip(reader *r) {
  int depth = 1, c;
  while (depth && (c = next(r)) >= 0)
    depth += c == '(' ? 1 : c == ')' ? -1 : 0;
  return depth ? fail(r, "the file ends inside a group") : 0;
}

/* The rest of `(a:b:c)` or `()`. */
static int value(reader *r, int *fs) {
  char w[128];
  *fs = -1;
  if (!word(r, w, sizeof w))
    return fail(r, "the file ends inside a delay");
  if (!strcmp(w, ")"))
    return 0;
  char *last = strrchr(w, ':'), *end;
  const char *text = last && last[1] ? last + 1 : w;
  const double v = strtod(text, &end) * r->fs;
  if (end == text || (*end && *end != ':') || !(v < 2e9 && v > -2e9))
    return fail(r, "not a delay");
  *fs = v < 0 ? 0 : (int)(v + 0.5);
  return word(r, w, sizeof w) && !strcmp(w, ")") ? 0 : fail(r, "a ) is missing behind a delay");
}

/* A pin, or an edge of one: A, (posedge A). */
static int pin(reader *r, char *to, size_t room) {
  char w[64];
  if (!word(r, to, room))
    return fail(r, "the file ends where a pin is expected");
  if (strcmp(to, "(") != 0)
    return 0;
  return word(r, w, sizeof w) && word(r, to, room) && word(r, w, sizeof w) && !strcmp(w, ")") ? 0
                                                                                              : fail(r, "not a pin");
}

/* The rest of (IOPATH from to (rise) (fall)); without fall it is that of both. */
static int iopath(reader *r, int (*take)(void *, const axf_sdf_path *), void *ctx) {
  char w[64];
  int n = 0, fs[2] = {-1, -1}, ignored;
  if (pin(r, r->p.from, sizeof r->p.from) || pin(r, r->p.to, sizeof r->p.to))
    return -1;
  while (word(r, w, sizeof w) && !strcmp(w, "(")) {
    if (value(r, n < 2 ? &fs[n] : &ignored))
      return -1;
    n++;
  }
  if (strcmp(w, ")") != 0 || !n)
    return fail(r, "an IOPATH without delays");
  r->p.rise = fs[0];
  r->p.fall = n > 1 ? fs[1] : fs[0];
  if (!r->p.instance[0])
    return fail(r, "an IOPATH outside a cell");
  if (take(ctx, &r->p)) {
    char why[512];
    snprintf(why, sizeof why, "%s", axf_errmsg());
    return fail(r, why);
  }
  return 0;
}

/* The text between COND and (IOPATH. */
static int condition(reader *r) {
  static const char mark[] = "(IOPATH";
  const size_t len = sizeof mark - 1;
  char *to = r->p.condition;
  size_t n = 0;
  for (int c; (c = next(r)) >= 0 && n + 1 < sizeof r->p.condition;) {
    if (!n && isspace(c))
      continue;
    to[n++] = (char)c;
    if (n >= len && !strncmp(to + n - len, mark, len)) {
      n -= len;
      while (n && isspace((unsigned char)to[n - 1]))
        n--;
      to[n] = 0;
      return n ? 0 : fail(r, "an empty condition");
    }
  }
  return fail(r, "a COND without an IOPATH");
}

static int timescale(reader *r) {
  char w[64], unit[64] = "";
  char *end;
  if (!word(r, w, sizeof w))
    return fail(r, "no time scale");
  const double n = strtod(w, &end);
  if (*end)
    snprintf(unit, sizeof unit, "%s", end);
  else if (!word(r, unit, sizeof unit))
    return fail(r, "no time scale");
  r->fs = n * (!strcmp(unit, "ns") ? 1e6 : !strcmp(unit, "ps") ? 1e3 : !strcmp(unit, "us") ? 1e9 : 0);
  return r->fs > 0 ? skip(r) : fail(r, "the time scale is no number of ns, ps or us");
}

static int group(reader *r, const char *name, int (*take)(void *, const axf_sdf_path *), void *ctx) {
  char w[1024];
  if (!strcmp(name, "TIMESCALE"))
    return timescale(r);
  if (!strcmp(name, "DIVIDER"))
    return word(r, w, sizeof w) && !strcmp(w, "/") ? skip(r) : fail(r, "the divider is not /");
  if (!strcmp(name, "CELLTYPE"))
    return word(r, r->p.type, sizeof r->p.type) ? skip(r) : fail(r, "no type");
  if (!strcmp(name, "INSTANCE")) {
    if (!word(r, r->p.instance, sizeof r->p.instance))
      return fail(r, "no instance");
    if (strcmp(r->p.instance, ")") != 0)
      return skip(r);
    r->p.instance[0] = 0; /* the design itself */
    return 0;
  }
  r->p.condition[0] = 0;
  if (!strcmp(name, "IOPATH"))
    return iopath(r, take, ctx);
  if (!strcmp(name, "COND"))
    return condition(r) || iopath(r, take, ctx) ? -1 : skip(r);
  if (!strcmp(name, "DELAYFILE") || !strcmp(name, "CELL") || !strcmp(name, "DELAY") || !strcmp(name, "ABSOLUTE"))
    return 0; /* look inside */
  return skip(r);
}

int axf_sdf_read(const char *path, int (*take)(void *, const axf_sdf_path *), void *ctx) {
  reader r = {.path = path, .line = 1, .back = -1, .fs = 1e6};
  char w[64];
  int e = 0, depth = 0, groups = 0;
  r.f = gzopen(path, "rb");
  if (!r.f)
    return axf_fail("cannot read the delays, %s", path);
  gzbuffer(r.f, 1 << 17);
  while (!e && word(&r, w, sizeof w)) {
    if (!strcmp(w, ")")) {
      depth--;
      e = depth < 0 ? fail(&r, "a ) too many") : 0;
      continue;
    }
    if (strcmp(w, "(") != 0 || !word(&r, w, sizeof w) || (!groups && strcmp(w, "DELAYFILE") != 0)) {
      e = fail(&r, "not SDF");
      break;
    }
    groups++;
    depth += !strcmp(w, "DELAYFILE") || !strcmp(w, "CELL") || !strcmp(w, "DELAY") || !strcmp(w, "ABSOLUTE");
    e = group(&r, w, take, ctx);
  }
  if (!e && (depth || !groups))
    e = fail(&r, groups ? "the file ends inside a group" : "not SDF");
  gzclose(r.f);
  return e;
}
