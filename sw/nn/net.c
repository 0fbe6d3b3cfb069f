/* Reading a net file: statements, checks, shapes. Every refusal names file, line and layer.
 * SPDX-License-Identifier: Apache-2.0 */
#include "nn/net.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define MAX_DIM 65535
#define MAX_TOTAL ((int64_t)1 << 28) /* parameters of a net, values of one layer's output */

/* A name is 1..max-1 letters, digits, '_', '-' or '.', and does not begin with '.'. */
static int name_ok(const char *s, size_t max) {
  size_t n = strlen(s);
  if (n == 0 || n >= max || s[0] == '.')
    return 0;
  for (; *s; s++)
    if (!isalnum((unsigned char)*s) && *s != '_' && *s != '-' && *s != '.')
      return 0;
  return 1;
}

/* Checks the tokens from `first` on: each is `relu` or `bn` (if words are allowed) or KEY=VALUE with KEY in the
 * blank-separated list `keys`, and none stands twice. */
static int check_options(const axf_lines *t, int first, const char *what, const char *keys, int words) {
  for (int i = first; i < t->ntok; i++) {
    const char *eq = strchr(t->tok[i], '=');
    size_t len = eq ? (size_t)(eq - t->tok[i]) : strlen(t->tok[i]);
    char pattern[48];
    if (eq ? len > 40 : !words || (strcmp(t->tok[i], "relu") != 0 && strcmp(t->tok[i], "bn") != 0))
      return axf_fail("%s:%d: %s: unknown option '%s'", t->path, t->line, what, t->tok[i]);
    if (eq) {
      snprintf(pattern, sizeof pattern, " %.*s ", (int)len, t->tok[i]);
      if (len == 0 || !strstr(keys, pattern))
        return axf_fail("%s:%d: %s: unknown option '%s' (there are:%s)", t->path, t->line, what, t->tok[i], keys);
    }
    for (int j = first; j < i; j++)
      if (strncmp(t->tok[j], t->tok[i], len + (eq != NULL)) == 0)
        return axf_fail("%s:%d: %s: option '%.*s' stands twice", t->path, t->line, what, (int)len, t->tok[i]);
  }
  return 0;
}

/* Reads the integer option KEY of the line into *out; def < 0 means it must be there. */
static int int_option(const axf_lines *t, const char *what, const char *key, long lo, long hi, long def, int *out) {
  const char *s = axf_lines_get(t, 2, key);
  char field[128];
  long v = def;
  if (!s && def < 0)
    return axf_fail("%s:%d: %s: %s= is missing", t->path, t->line, what, key);
  snprintf(field, sizeof field, "%s: %s", what, key);
  if (s && axf_parse_int(t, field, s, lo, hi, &v))
    return -1;
  *out = (int)v;
  return 0;
}

/* kernel=K or kernel=KyxKx. */
static int kernel_option(const axf_lines *t, const char *what, axf_layer *l) {
  const char *s = axf_lines_get(t, 2, "kernel");
  char field[128], ky[16];
  long y, x;
  if (!s)
    return axf_fail("%s:%d: %s: kernel= is missing", t->path, t->line, what);
  const char *cross = strchr(s, 'x');
  if (cross && (size_t)(cross - s) >= sizeof ky)
    return axf_fail("%s:%d: %s: kernel '%s' is not K or KyxKx", t->path, t->line, what, s);
  snprintf(ky, sizeof ky, "%.*s", cross ? (int)(cross - s) : 15, s);
  snprintf(field, sizeof field, "%s: kernel", what);
  if (axf_parse_int(t, field, ky, 1, MAX_DIM, &y) || axf_parse_int(t, field, cross ? cross + 1 : s, 1, MAX_DIM, &x))
    return -1;
  l->ky = (int)y;
  l->kx = (int)x;
  return 0;
}

static int conv_layer(const axf_lines *t, const char *what, axf_layer *l) {
  if (check_options(t, 2, what, " maps kernel stride pad size ", 1) || kernel_option(t, what, l) ||
      int_option(t, what, "maps", 1, MAX_DIM, -1, &l->out_c) ||
      int_option(t, what, "stride", 1, MAX_DIM, 1, &l->stride) || int_option(t, what, "pad", 0, MAX_DIM, 0, &l->pad))
    return -1;
  if (l->pad >= l->ky && l->pad >= l->kx)
    return axf_fail("%s:%d: %s: pad %d is not smaller than the %dx%d kernel", t->path, t->line, what, l->pad, l->ky,
                    l->kx);
  int h = l->in_h + 2 * l->pad, w = l->in_w + 2 * l->pad;
  if (l->ky > h || l->kx > w) {
    char padded[48] = "";
    if (l->pad)
      snprintf(padded, sizeof padded, ", padded to %dx%d", h, w);
    return axf_fail("%s:%d: %s: kernel %dx%d does not fit the %dx%d input%s", t->path, t->line, what, l->ky, l->kx,
                    l->in_h, l->in_w, padded);
  }
  l->out_h = (h - l->ky) / l->stride + 1;
  l->out_w = (w - l->kx) / l->stride + 1;
  const int most = l->out_h < l->out_w ? l->out_h : l->out_w;
  int size;
  if (int_option(t, what, "size", 1, most, 0, &size))
    return -1;
  if (size)
    l->out_h = l->out_w = size;
  return 0;
}

static int fc_layer(const axf_lines *t, const char *what, axf_layer *l) {
  if (check_options(t, 2, what, " out ", 1) || int_option(t, what, "out", 1, MAX_DIM, -1, &l->out_c))
    return -1;
  l->ky = l->in_h;
  l->kx = l->in_w;
  l->stride = 1;
  l->out_h = l->out_w = 1;
  return 0;
}

static int pool_layer(const axf_lines *t, const char *what, axf_layer *l) {
  char field[128];
  long window;
  if (l[0].in_c == 0 || l[-1].kind != AXF_CONV)
    return axf_fail("%s:%d: %s: a pool must follow a conv layer", t->path, t->line, what);
  if (t->ntok < 4)
    return axf_fail("%s:%d: %s: expected 'pool NAME max|avg WINDOW'", t->path, t->line, what);
  if (strcmp(t->tok[2], "max") == 0)
    l->pool = AXF_POOL_MAX;
  else if (strcmp(t->tok[2], "avg") == 0)
    l->pool = AXF_POOL_AVG;
  else
    return axf_fail("%s:%d: %s: '%s' is not max or avg", t->path, t->line, what, t->tok[2]);
  snprintf(field, sizeof field, "%s: window", what);
  if (axf_parse_int(t, field, t->tok[3], 1, MAX_DIM, &window) || check_options(t, 4, what, " stride ", 0))
    return -1;
  l->window = (int)window;
  if (int_option(t, what, "stride", 1, MAX_DIM, window, &l->pstride))
    return -1;
  if (l->window > l->in_h || l->window > l->in_w)
    return axf_fail("%s:%d: %s: window %dx%d does not fit the %dx%d input", t->path, t->line, what, l->window,
                    l->window, l->in_h, l->in_w);
  l->out_c = l->in_c;
  l->out_h = (l->in_h - l->window) / l->pstride + 1;
  l->out_w = (l->in_w - l->window) / l->pstride + 1;
  return 0;
}

/* One conv, fc or pool line; *total counts the parameters so far. */
static int add_layer(axf_net *n, const axf_lines *t, axf_kind kind, int64_t *total) {
  char what[64];
  if (!n->c)
    return axf_fail("%s:%d: the input line must come before the first layer", t->path, t->line);
  if (n->nlayers == AXF_MAX_LAYERS)
    return axf_fail("%s:%d: more than %d layers", t->path, t->line, AXF_MAX_LAYERS);
  if (t->ntok < 2 || !name_ok(t->tok[1], sizeof n->layer[0].name))
    return axf_fail("%s:%d: %s: a name of 1 to 31 letters, digits, '_', '-' and '.' must follow", t->path, t->line,
                    t->tok[0]);
  snprintf(what, sizeof what, "%s %s", t->tok[0], t->tok[1]);
  int same = axf_net_layer(n, t->tok[1]);
  if (same >= 0)
    return axf_fail("%s:%d: %s: the name already stands in line %d", t->path, t->line, what, n->layer[same].line);
  axf_layer *l = &n->layer[n->nlayers];
  const axf_layer *before = n->nlayers ? l - 1 : NULL;
  l->kind = kind;
  l->line = t->line;
  snprintf(l->name, sizeof l->name, "%s", t->tok[1]);
  l->in_c = before ? before->out_c : n->c;
  l->in_h = before ? before->out_h : n->h;
  l->in_w = before ? before->out_w : n->w;
  for (int i = 2; i < t->ntok; i++) {
    l->relu |= strcmp(t->tok[i], "relu") == 0;
    l->bn |= strcmp(t->tok[i], "bn") == 0;
  }
  if (kind == AXF_POOL && !before)
    return axf_fail("%s:%d: %s: a pool must follow a conv layer", t->path, t->line, what);
  if (kind == AXF_CONV ? conv_layer(t, what, l) : kind == AXF_FC ? fc_layer(t, what, l) : pool_layer(t, what, l))
    return -1;
  int64_t plane = (int64_t)l->out_h * l->out_w;
  if (plane > MAX_TOTAL || plane * l->out_c > MAX_TOTAL)
    return axf_fail("%s:%d: %s: the output has more than 2^28 values", t->path, t->line, what);
  if (kind != AXF_POOL) {
    int64_t kernel = (int64_t)l->ky * l->kx; /* no product here reaches 2^63: */
    int64_t fanin = kernel * l->in_c;        /* dimensions are below 2^16, earlier totals below 2^28 */
    if (fanin > MAX_TOTAL || (*total += fanin * l->out_c + l->out_c) > MAX_TOTAL)
      return axf_fail("%s:%d: %s: the net has more than 2^28 parameters", t->path, t->line, what);
    l->macs = fanin * l->out_c * plane;
  }
  n->nlayers++;
  return 0;
}

static int input_line(axf_net *n, const axf_lines *t) {
  static const char *const dim[3] = {"input: channels", "input: height", "input: width"};
  long v[3];
  if (n->c)
    return axf_fail("%s:%d: input: stands twice", t->path, t->line);
  if (t->ntok != 4)
    return axf_fail("%s:%d: input: expected 'input CHANNELS HEIGHT WIDTH'", t->path, t->line);
  for (int i = 0; i < 3; i++)
    if (axf_parse_int(t, dim[i], t->tok[i + 1], 1, MAX_DIM, &v[i]))
      return -1;
  if (v[0] * v[1] > MAX_TOTAL || v[0] * v[1] * v[2] > MAX_TOTAL)
    return axf_fail("%s:%d: input: more than 2^28 values", t->path, t->line);
  n->c = (int)v[0];
  n->h = (int)v[1];
  n->w = (int)v[2];
  return 0;
}

static int net_line(axf_net *n, const axf_lines *t) {
  if (n->name[0])
    return axf_fail("%s:%d: net: stands twice", t->path, t->line);
  if (t->ntok != 2 || !name_ok(t->tok[1], sizeof n->name))
    return axf_fail("%s:%d: net: expected 'net NAME' with 1 to 63 letters, digits, '_', '-' and '.'", t->path, t->line);
  snprintf(n->name, sizeof n->name, "%s", t->tok[1]);
  return 0;
}

static int train_line(axf_net *n, const axf_lines *t) {
  size_t used = 0;
  if (n->train_opts[0])
    return axf_fail("%s:%d: train: stands twice", t->path, t->line);
  for (int i = 1; i < t->ntok; i++) {
    used += (size_t)snprintf(n->train_opts + used, sizeof n->train_opts - used, "%s%s", i > 1 ? " " : "", t->tok[i]);
    if (used >= sizeof n->train_opts)
      return axf_fail("%s:%d: train: more than 255 characters", t->path, t->line);
  }
  return 0;
}

/* What can only be checked at the end of the file. */
static int finish(axf_net *n, const char *path) {
  if (!n->name[0])
    return axf_fail("%s: the line 'net NAME' is missing", path);
  if (!n->c)
    return axf_fail("%s: the line 'input CHANNELS HEIGHT WIDTH' is missing", path);
  if (!n->nlayers)
    return axf_fail("%s: the net has no layer", path);
  const axf_layer *l = &n->layer[n->nlayers - 1];
  const int64_t values = (int64_t)l->out_c * l->out_h * l->out_w; /* more than one a class: a net that is only run */
  if (values < 2 || values > 1 << 24)
    return axf_fail("%s:%d: %s: %lld values, the last layer gives 2 to %d", path, l->line, l->name, (long long)values,
                    1 << 24);
  n->classes = (int)values;
  return 0;
}

static int parse(axf_net *n, const char *path, char *buf) {
  axf_lines t;
  int64_t total = 0;
  int more;
  axf_lines_begin(&t, path, buf);
  while ((more = axf_lines_next(&t)) == 1) {
    const char *word = t.tok[0];
    int r;
    if (strcmp(word, "net") == 0)
      r = net_line(n, &t);
    else if (strcmp(word, "input") == 0)
      r = input_line(n, &t);
    else if (strcmp(word, "train") == 0)
      r = train_line(n, &t);
    else if (strcmp(word, "conv") == 0)
      r = add_layer(n, &t, AXF_CONV, &total);
    else if (strcmp(word, "fc") == 0)
      r = add_layer(n, &t, AXF_FC, &total);
    else if (strcmp(word, "pool") == 0)
      r = add_layer(n, &t, AXF_POOL, &total);
    else
      r = axf_fail("%s:%d: unknown statement '%s' (there are net, input, conv, pool, fc, train)", path, t.line, word);
    if (r)
      return -1;
  }
  return more < 0 ? -1 : finish(n, path);
}

int axf_net_parse(axf_net *n, const char *path_for_messages, const char *text) {
  memset(n, 0, sizeof *n);
  char *buf = axf_strdup(text);
  n->text = axf_strdup(text);
  int r = buf && n->text ? parse(n, path_for_messages, buf) : -1;
  free(buf);
  if (r)
    axf_net_free(n);
  return r;
}

int axf_net_load(axf_net *n, const char *path) {
  uint8_t *buf;
  size_t len;
  memset(n, 0, sizeof *n);
  if (axf_read_file(path, &buf, &len))
    return -1;
  int r = strlen((char *)buf) != len ? axf_fail("%s: not a text file", path) : axf_net_parse(n, path, (char *)buf);
  free(buf);
  return r;
}

void axf_net_free(axf_net *n) {
  free(n->text);
  memset(n, 0, sizeof *n);
}

int axf_net_takes(const axf_net *n, int c, int h, int w) {
  return (c == n->c && h == n->h && w == n->w) || (h == 1 && w == 1 && c == n->c * n->h * n->w);
}

int axf_net_layer(const axf_net *n, const char *name) {
  for (int l = 0; l < n->nlayers; l++)
    if (strcmp(n->layer[l].name, name) == 0)
      return l;
  return -1;
}
