/* One .npy file: magic, version, a Python dictionary as text, the numbers.
 * SPDX-License-Identifier: Apache-2.0 */
#include "import/npy.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MAX_HEAD 65536              /* NumPy's own are below 200 bytes */
#define MAX_COUNT ((size_t)1 << 28) /* as many numbers as a net may have parameters */

typedef struct {
  const char *place, *at, *end; /* the text of the head */
} text;

static void skip_blanks(text *t) {
  while (t->at < t->end && (*t->at == ' ' || *t->at == '\n' || *t->at == '\t'))
    t->at++;
}

/* 1 and moved on if the next character is c. */
static int take(text *t, char c) {
  skip_blanks(t);
  if (t->at >= t->end || *t->at != c)
    return 0;
  t->at++;
  return 1;
}

static int bad(const text *t) { return axf_fail("%s: the head of the array is not one that NumPy writes", t->place); }

/* A quoted word without escapes. */
static int word(text *t, char *w, size_t room) {
  skip_blanks(t);
  if (t->at >= t->end || (*t->at != '\'' && *t->at != '"'))
    return bad(t);
  const char quote = *t->at++;
  size_t n = 0;
  while (t->at < t->end && *t->at != quote) {
    if (n + 1 >= room || *t->at == '\\')
      return bad(t);
    w[n++] = *t->at++;
  }
  w[n] = 0;
  return take(t, quote) ? 0 : bad(t);
}

/* The value of shape: (), (3,), (3, 4) ... */
static int shape(text *t, axf_npy *a) {
  if (!take(t, '('))
    return bad(t);
  a->ndim = 0;
  a->count = 1;
  while (!take(t, ')')) {
    int64_t v = 0;
    int digits = 0;
    skip_blanks(t);
    for (; t->at < t->end && *t->at >= '0' && *t->at <= '9'; t->at++, digits++)
      if ((v = 10 * v + (*t->at - '0')) > (int64_t)MAX_COUNT)
        return axf_fail("%s: a dimension of the array is above 2^28", t->place);
    if (t->at < t->end && *t->at == 'L') /* Python 2 */
      t->at++;
    if (digits == 0)
      return bad(t);
    if (a->ndim == AXF_NPY_DIMS)
      return axf_fail("%s: the array has more than %d dimensions", t->place, AXF_NPY_DIMS);
    a->dim[a->ndim++] = v;
    if ((a->count *= (size_t)v) > MAX_COUNT)
      return axf_fail("%s: the array has more than 2^28 numbers", t->place);
    if (!take(t, ',') && (t->at >= t->end || *t->at != ')'))
      return bad(t);
  }
  return 0;
}

/* The dictionary {'descr': .., 'fortran_order': .., 'shape': ..}, each key once, in any order. */
static int head(text *t, axf_npy *a, char *descr, size_t room, int *fortran) {
  int seen[3] = {0};
  char key[24];
  if (!take(t, '{'))
    return bad(t);
  while (!take(t, '}')) {
    static const char *const keys[3] = {"descr", "fortran_order", "shape"};
    int k = 0;
    if (word(t, key, sizeof key))
      return -1;
    while (k < 3 && strcmp(key, keys[k]) != 0)
      k++;
    if (k == 3 || seen[k]++ || !take(t, ':'))
      return bad(t);
    skip_blanks(t);
    if (k == 0 && t->at < t->end && *t->at == '[')
      return axf_fail("%s: the array holds records, float32 or float64 was expected", t->place);
    if (k == 0 && word(t, descr, room))
      return -1;
    if (k == 1) {
      const size_t left = (size_t)(t->end - t->at);
      *fortran = left >= 4 && memcmp(t->at, "True", 4) == 0;
      if (!*fortran && (left < 5 || memcmp(t->at, "False", 5) != 0))
        return bad(t);
      t->at += *fortran ? 4 : 5;
    }
    if (k == 2 && shape(t, a))
      return -1;
    if (!take(t, ',')) {
      skip_blanks(t);
      if (t->at >= t->end || *t->at != '}')
        return bad(t);
    }
  }
  skip_blanks(t);
  return seen[0] && seen[1] && seen[2] && t->at == t->end ? 0 : bad(t);
}

/* The numbers, from either order into C order. */
static int numbers(axf_npy *a, const char *place, const uint8_t *bytes, int wide, int fortran) {
  size_t step[AXF_NPY_DIMS] = {0}, index[AXF_NPY_DIMS] = {0}, unit = 1;
  for (int d = 0; d < a->ndim; d++) { /* distance in the file of neighbours along d */
    const int k = fortran ? d : a->ndim - 1 - d;
    step[k] = unit;
    unit *= (size_t)a->dim[k];
  }
  if (!(a->data = axf_alloc(a->count, sizeof *a->data)))
    return -1;
  for (size_t i = 0; i < a->count; i++) {
    size_t from = 0;
    double v;
    float f;
    for (int d = 0; d < a->ndim; d++)
      from += index[d] * step[d];
    if (wide) {
      memcpy(&v, bytes + 8 * from, 8);
    } else {
      memcpy(&f, bytes + 4 * from, 4);
      v = (double)f;
    }
    if (!isfinite(v) || fabs(v) > 3.4e38)
      return axf_fail("%s: number %zu of the array is not finite as float32", place, i);
    a->data[i] = (float)v;
    for (int d = a->ndim - 1; d >= 0 && ++index[d] == (size_t)a->dim[d]; d--)
      index[d] = 0;
  }
  return 0;
}

int axf_npy_parse(axf_npy *a, const char *place, const uint8_t *bytes, size_t len) {
  char descr[16] = "";
  int fortran = 0;
  memset(a, 0, sizeof *a);
  if (len < 10 || memcmp(bytes, "\x93NUMPY", 6) != 0)
    return axf_fail("%s: not an array of NumPy: it does not begin with \\x93NUMPY", place);
  const int version = bytes[6];
  if (version < 1 || version > 3 || bytes[7] != 0)
    return axf_fail("%s: NPY version %d.%d, expected 1.0 to 3.0", place, version, bytes[7]);
  const size_t before = version == 1 ? 10 : 12;
  if (len < before)
    return axf_fail("%s: truncated in the head of the array", place);
  size_t n = (size_t)bytes[8] | (size_t)bytes[9] << 8;
  if (version > 1)
    n |= (size_t)bytes[10] << 16 | (size_t)bytes[11] << 24;
  if (n > MAX_HEAD)
    return axf_fail("%s: the head of the array claims %zu bytes, at most %d were expected", place, n, MAX_HEAD);
  if (len - before < n)
    return axf_fail("%s: truncated in the head of the array", place);
  text t = {place, (const char *)bytes + before, (const char *)bytes + before + n};
  if (head(&t, a, descr, sizeof descr, &fortran))
    return -1;
  const int wide = strcmp(descr, "<f8") == 0;
  if (!wide && strcmp(descr, "<f4") != 0)
    return axf_fail("%s: the array is of type '%s', expected '<f4' or '<f8' (little-endian float32 or float64)", place,
                    descr);
  const size_t need = a->count * (wide ? 8 : 4), have = len - before - n;
  if (have != need)
    return axf_fail("%s: %s: %zu bytes of numbers, the shape asks for %zu", place,
                    have < need ? "truncated" : "surplus bytes", have, need);
  if (numbers(a, place, bytes + before + n, wide, fortran)) {
    free(a->data);
    a->data = NULL;
    return -1;
  }
  return 0;
}
