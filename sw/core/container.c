/* Container of named tensors: a readable head, then the numbers. The layout stands in core.h.
 * SPDX-License-Identifier: Apache-2.0 */
#include "core/core.h"
#include <stdlib.h>
#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the numbers are copied as they lie in memory");

static const struct {
  const char *name;
  size_t size;
} types[] = {
    [AXF_F32] = {"f32", 4}, [AXF_I32] = {"i32", 4}, [AXF_U8] = {"u8", 1}, [AXF_I8] = {"i8", 1}, [AXF_U16] = {"u16", 2}};

static size_t padded(size_t bytes) { return (bytes + 7) / 8 * 8; }

static size_t stored(const axf_tensor *t) { return padded(t->count * types[t->dtype].size); }

/* A name is one printable word that fits. */
static int is_word(const char *s, size_t room) {
  size_t n = 0;
  for (; s[n] != 0; n++)
    if (s[n] <= ' ' || s[n] > '~')
      return 0;
  return n > 0 && n < room;
}

axf_container *axf_container_new(const char *kind) {
  axf_container *c = axf_alloc(1, sizeof *c);
  if (c == NULL)
    return NULL;
  if (!is_word(kind, sizeof c->kind)) {
    axf_fail("'%s' is no container kind: one word of at most %zu characters is", kind, sizeof c->kind - 1);
    free(c);
    return NULL;
  }
  strcpy(c->kind, kind);
  return c;
}

void axf_container_free(axf_container *c) {
  if (c == NULL)
    return;
  for (int i = 0; i < c->nkeys; i++) {
    free(c->key[i]);
    free(c->value[i]);
  }
  for (int i = 0; i < c->ntensors; i++)
    free(c->tensor[i].data);
  free(c->key);
  free(c->value);
  free(c->tensor);
  free(c);
}

static int find_key(const axf_container *c, const char *key) {
  for (int i = 0; i < c->nkeys; i++)
    if (strcmp(c->key[i], key) == 0)
      return i;
  return -1;
}

const char *axf_container_get(const axf_container *c, const char *key) {
  int i = find_key(c, key);
  return i >= 0 ? c->value[i] : NULL;
}

/* Room for one more element of an array of n. */
static int grow(void *array, int n, size_t size) {
  void *more = realloc(*(void **)array, ((size_t)n + 1) * size);
  if (more == NULL)
    return axf_fail("out of memory: %zu bytes were asked for", ((size_t)n + 1) * size);
  *(void **)array = more;
  return 0;
}

int axf_container_set(axf_container *c, const char *key, const char *value) {
  if (!is_word(key, 256) || strcmp(key, "tensor") == 0 || strcmp(key, "data") == 0)
    return axf_fail("'%s' is no container key: one printable word other than 'tensor' and 'data' is", key);
  char *v = axf_strdup(value);
  if (v == NULL)
    return -1;
  int i = find_key(c, key);
  if (i >= 0) {
    free(c->value[i]);
    c->value[i] = v;
    return 0;
  }
  char *k = axf_strdup(key);
  if (k == NULL || grow(&c->key, c->nkeys, sizeof *c->key) != 0 || grow(&c->value, c->nkeys, sizeof *c->value) != 0) {
    free(k);
    free(v);
    return -1;
  }
  c->key[c->nkeys] = k;
  c->value[c->nkeys++] = v;
  return 0;
}

static axf_tensor *find_tensor(const axf_container *c, const char *name) {
  for (int i = 0; i < c->ntensors; i++)
    if (strcmp(c->tensor[i].name, name) == 0)
      return &c->tensor[i];
  return NULL;
}

const axf_tensor *axf_container_tensor(const axf_container *c, const char *name) {
  const axf_tensor *t = find_tensor(c, name);
  if (t == NULL)
    axf_fail("the %s file has no tensor '%s'", c->kind, name);
  return t;
}

/* Fills everything of t but the data; the count stays below 2^40. */
static int describe(axf_tensor *t, const char *name, axf_dtype dtype, int ndim, const int64_t *dim) {
  memset(t, 0, sizeof *t);
  if (!is_word(name, sizeof t->name))
    return axf_fail("'%s' is no tensor name: one word of at most %zu characters is", name, sizeof t->name - 1);
  if (ndim < 0 || ndim > 6)
    return axf_fail("tensor '%s' has %d dimensions, 0 to 6 are possible", name, ndim);
  strcpy(t->name, name);
  t->dtype = dtype;
  t->ndim = ndim;
  t->count = 1;
  for (int i = 0; i < ndim; i++) {
    if (dim[i] < 1 || dim[i] > (INT64_C(1) << 40) / (int64_t)t->count)
      return axf_fail("tensor '%s' has an impossible dimension %lld", name, (long long)dim[i]);
    t->dim[i] = dim[i];
    t->count *= (size_t)dim[i];
  }
  return 0;
}

/* Appends t; data NULL leaves zeros. */
static int append(axf_container *c, axf_tensor *t, const void *data) {
  size_t bytes = t->count * types[t->dtype].size;
  if (find_tensor(c, t->name) != NULL)
    return axf_fail("there are two tensors '%s'", t->name);
  if (grow(&c->tensor, c->ntensors, sizeof *c->tensor) != 0 || (t->data = axf_alloc(bytes, 1)) == NULL)
    return -1;
  if (data != NULL)
    memcpy(t->data, data, bytes);
  c->tensor[c->ntensors++] = *t;
  return 0;
}

int axf_container_add(axf_container *c, const char *name, axf_dtype t, int ndim, const int64_t *dim, const void *data) {
  axf_tensor tensor;
  if (describe(&tensor, name, t, ndim, dim) != 0)
    return -1;
  return append(c, &tensor, data);
}

static void write_value(FILE *f, const char *v) {
  for (; *v != 0; v++)
    if (*v == '\n')
      fputs("\\n", f);
    else if (*v == '\\')
      fputs("\\\\", f);
    else
      fputc(*v, f);
  fputc('\n', f);
}

int axf_container_write(const axf_container *c, const char *path) {
  size_t total = 0;
  for (int i = 0; i < c->ntensors; i++)
    total += stored(&c->tensor[i]);
  uint8_t *data = axf_alloc(total, 1);
  axf_out *o = data != NULL ? axf_out_begin(path) : NULL;
  if (o == NULL) {
    free(data);
    return -1;
  }
  FILE *f = axf_out_stream(o);
  fprintf(f, "AXF %s 1\n", c->kind);
  for (int i = 0; i < c->nkeys; i++) {
    fprintf(f, "%s ", c->key[i]);
    write_value(f, c->value[i]);
  }
  size_t at = 0;
  for (int i = 0; i < c->ntensors; i++) {
    const axf_tensor *t = &c->tensor[i];
    fprintf(f, "tensor %s %s %d", t->name, types[t->dtype].name, t->ndim);
    for (int d = 0; d < t->ndim; d++)
      fprintf(f, " %lld", (long long)t->dim[d]);
    fputc('\n', f);
    memcpy(data + at, t->data, t->count * types[t->dtype].size);
    at += stored(t);
  }
  char hex[65];
  axf_sha256_hex(data, total, hex);
  fprintf(f, "data %zu %s\n", total, hex);
  fwrite(data, 1, total, f);
  free(data);
  return axf_out_commit(o);
}

/* ---- reading ---- */

/* "tensor" line, the word itself already taken off. */
static int read_tensor_line(axf_container *c, const char *path, int line, char *rest) {
  axf_lines l;
  axf_lines_begin(&l, path, rest);
  if (axf_lines_next(&l) != 1 || l.ntok < 3)
    return axf_fail("%s:%d: expected 'tensor NAME TYPE NDIM D0 ..'", path, line);
  l.line = line;
  unsigned type = 0;
  while (type < sizeof types / sizeof types[0] && strcmp(types[type].name, l.tok[1]) != 0)
    type++;
  if (type == sizeof types / sizeof types[0])
    return axf_fail("%s:%d: '%s' is no tensor type (f32, i32, u8, i8, u16)", path, line, l.tok[1]);
  long ndim, d;
  int64_t dim[6];
  if (axf_parse_int(&l, "the number of dimensions", l.tok[2], 0, 6, &ndim) != 0)
    return -1;
  if (l.ntok != 3 + ndim)
    return axf_fail("%s:%d: %ld dimensions announced, %d found", path, line, ndim, l.ntok - 3);
  for (int i = 0; i < ndim; i++) {
    if (axf_parse_int(&l, "a dimension", l.tok[3 + i], 1, INT32_MAX, &d) != 0)
      return -1;
    dim[i] = d;
  }
  axf_tensor t;
  if (describe(&t, l.tok[0], (axf_dtype)type, (int)ndim, dim) != 0)
    return axf_fail("%s:%d: %s", path, line, axf_errmsg());
  if (find_tensor(c, t.name) != NULL)
    return axf_fail("%s:%d: there are two tensors '%s'", path, line, t.name);
  if (grow(&c->tensor, c->ntensors, sizeof *c->tensor) != 0)
    return -1;
  c->tensor[c->ntensors++] = t; /* the data follow once their size is known to be there */
  return 0;
}

/* "key value" line. */
static int read_key_line(axf_container *c, const char *path, int line, const char *key, char *value) {
  char *w = value;
  for (const char *r = value; *r != 0; r++)
    if (*r != '\\')
      *w++ = *r;
    else if (*++r == 'n')
      *w++ = '\n';
    else if (*r == '\\')
      *w++ = '\\';
    else
      return axf_fail("%s:%d: a backslash must be followed by 'n' or a backslash", path, line);
  *w = 0;
  if (find_key(c, key) >= 0)
    return axf_fail("%s:%d: the key '%s' stands there twice", path, line, key);
  if (axf_container_set(c, key, value) != 0)
    return axf_fail("%s:%d: %s", path, line, axf_errmsg());
  return 0;
}

/* The data behind the head: sizes, hash, then into the tensors. */
static int read_data(axf_container *c, const char *path, int line, char *rest, const uint8_t *data, size_t len) {
  axf_lines l;
  axf_lines_begin(&l, path, rest);
  long bytes;
  if (axf_lines_next(&l) != 1 || l.ntok != 2)
    return axf_fail("%s:%d: expected 'data BYTES SHA256'", path, line);
  l.line = line;
  if (axf_parse_int(&l, "the number of data bytes", l.tok[0], 0, INT64_MAX, &bytes) != 0)
    return -1;
  size_t need = 0;
  for (int i = 0; i < c->ntensors; i++)
    need += stored(&c->tensor[i]);
  if ((size_t)bytes != need)
    return axf_fail("%s:%d: the tensors need %zu bytes, the data line says %ld", path, line, need, bytes);
  if (len < need)
    return axf_fail("%s: truncated: %zu bytes of data, expected %zu", path, len, need);
  if (len > need)
    return axf_fail("%s: %zu surplus bytes after the data", path, len - need);
  char hex[65];
  axf_sha256_hex(data, len, hex);
  if (strcmp(hex, l.tok[1]) != 0)
    return axf_fail("%s: damaged: the data's SHA-256 is %s, the file says %s", path, hex, l.tok[1]);
  for (int i = 0; i < c->ntensors; i++) {
    axf_tensor *t = &c->tensor[i];
    size_t size = t->count * types[t->dtype].size;
    if ((t->data = axf_alloc(size, 1)) == NULL)
      return -1;
    memcpy(t->data, data, size);
    data += stored(t);
  }
  return 0;
}

static int read_all(axf_container *c, const char *path, char *buf, size_t len) {
  char *head = axf_sprintf("AXF %s 1", c->kind), *p = buf;
  if (head == NULL)
    return -1;
  for (int line = 1;; line++) {
    char *end = memchr(p, '\n', len - (size_t)(p - buf));
    if (line == 1) {
      int same = end != NULL && (size_t)(end - p) == strlen(head) && memcmp(p, head, strlen(head)) == 0;
      free(head);
      if (!same)
        return axf_fail("%s: not a %s file of axflow, version 1: it does not begin with 'AXF %s 1'", path, c->kind,
                        c->kind);
      p = end + 1;
      continue;
    }
    if (end == NULL)
      return axf_fail("%s:%d: truncated: the head ends without a data line", path, line);
    *end = 0;
    char *value = strchr(p, ' ');
    if (value == NULL || strlen(p) != (size_t)(end - p))
      return axf_fail("%s:%d: expected 'KEY VALUE'", path, line);
    *value++ = 0;
    if (strcmp(p, "data") == 0)
      return read_data(c, path, line, value, (uint8_t *)end + 1, len - (size_t)(end + 1 - buf));
    if ((strcmp(p, "tensor") == 0 ? read_tensor_line(c, path, line, value) : read_key_line(c, path, line, p, value)) !=
        0)
      return -1;
    p = end + 1;
  }
}

axf_container *axf_container_read(const char *path, const char *kind) {
  uint8_t *buf;
  size_t len;
  axf_container *c = axf_container_new(kind);
  if (c == NULL)
    return NULL;
  if (axf_read_file(path, &buf, &len) != 0) {
    axf_container_free(c);
    return NULL;
  }
  int rc = read_all(c, path, (char *)buf, len);
  free(buf);
  if (rc == 0)
    return c;
  axf_container_free(c);
  return NULL;
}
