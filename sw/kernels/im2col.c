/* Unfolding of a conv layer's input into a matrix, and its transpose. For one input map and one kernel position the
 * matrix row is a shifted copy of the map: a rectangle of it, with zeros where the kernel stands outside.
 * SPDX-License-Identifier: Apache-2.0 */
#include "kernels/kernels.h"
#include <immintrin.h>
#include <string.h>

size_t axf_col_count(const axf_layer *l) {
  if (l->kind != AXF_CONV)
    return 0;
  const size_t col = (size_t)l->in_c * (size_t)(l->ky * l->kx) * (size_t)(l->out_h * l->out_w);
  const size_t lanes = axf_conv_scratch(l);
  return col > lanes ? col : lanes;
}

/* The output positions y in lo .. hi-1 are those whose input position y*stride + offset lies in 0..in-1. */
typedef struct {
  int lo, hi;
} range;

static int clamp(int v, int hi) { return v < 0 ? 0 : v > hi ? hi : v; }

static range inside(int stride, int offset, int in, int out) {
  int last = in - 1 - offset;
  range r = {offset < 0 ? (-offset + stride - 1) / stride : 0, last < 0 ? 0 : last / stride + 1};
  r.lo = clamp(r.lo, out);
  r.hi = clamp(r.hi, out);
  if (r.hi < r.lo)
    r.hi = r.lo;
  return r;
}

/* Copies a rectangle of floats. A row goes in pieces of eight, the last of which may overlap the one before: rows are
 * too short for a call of memcpy to pay. */
static void copy_rows(int rows, int n, const float *from, int from_step, float *to, int to_step) {
  for (int y = 0; y < rows; y++, from += from_step, to += to_step) {
    if (n < 8) {
      for (int x = 0; x < n; x++)
        to[x] = from[x];
      continue;
    }
    for (int x = 0; x < n - 8; x += 8)
      _mm256_storeu_ps(to + x, _mm256_loadu_ps(from + x));
    _mm256_storeu_ps(to + n - 8, _mm256_loadu_ps(from + n - 8));
  }
}

/* Adds a rectangle of floats to another. */
static void add_rows(int rows, int n, const float *from, int from_step, float *to, int to_step) {
  for (int y = 0; y < rows; y++, from += from_step, to += to_step) {
    int x = 0;
    for (; x + 8 <= n; x += 8)
      _mm256_storeu_ps(to + x, _mm256_add_ps(_mm256_loadu_ps(to + x), _mm256_loadu_ps(from + x)));
    for (; x < n; x++)
      to[x] += from[x];
  }
}

/* One matrix row (out_h, out_w) from one map, the kernel's corner at input row `top`, column `left` for output (0, 0).
 */
static void unfold(const axf_layer *l, int top, int left, const float *map, float *col) {
  const int s = l->stride, ow = l->out_w;
  const range v = inside(s, top, l->in_h, l->out_h), h = inside(s, left, l->in_w, ow);
  const int n = h.hi - h.lo;
  if (v.hi - v.lo < l->out_h || n < ow)
    memset(col, 0, (size_t)(l->out_h * ow) * sizeof *col);
  if (v.lo == v.hi || n == 0)
    return;
  map += (v.lo * s + top) * l->in_w + h.lo * s + left;
  col += v.lo * ow + h.lo;
  if (s == 1)
    copy_rows(v.hi - v.lo, n, map, l->in_w, col, ow);
  else
    for (int y = v.lo; y < v.hi; y++, map += s * l->in_w, col += ow)
      for (int x = 0; x < n; x++)
        col[x] = map[x * s];
}

/* The transpose of unfold: adds the matrix row to the places of the map it came from. */
static void fold(const axf_layer *l, int top, int left, const float *col, float *map) {
  const int s = l->stride, ow = l->out_w;
  const range v = inside(s, top, l->in_h, l->out_h), h = inside(s, left, l->in_w, ow);
  const int n = h.hi - h.lo;
  if (v.lo == v.hi || n == 0)
    return;
  map += (v.lo * s + top) * l->in_w + h.lo * s + left;
  col += v.lo * ow + h.lo;
  if (s == 1)
    add_rows(v.hi - v.lo, n, col, ow, map, l->in_w);
  else
    for (int y = v.lo; y < v.hi; y++, map += s * l->in_w, col += ow)
      for (int x = 0; x < n; x++)
        map[x * s] += col[x];
}

void axf_im2col(const axf_layer *l, const float *in, float *col) {
  const size_t row = (size_t)(l->out_h * l->out_w);
  for (int c = 0; c < l->in_c; c++, in += l->in_h * l->in_w)
    for (int i = 0; i < l->ky; i++)
      for (int j = 0; j < l->kx; j++, col += row)
        unfold(l, i - l->pad, j - l->pad, in, col);
}

void axf_col2im(const axf_layer *l, const float *col, float *din) {
  const size_t row = (size_t)(l->out_h * l->out_w);
  memset(din, 0, (size_t)(l->in_c * l->in_h * l->in_w) * sizeof *din);
  for (int c = 0; c < l->in_c; c++, din += l->in_h * l->in_w)
    for (int i = 0; i < l->ky; i++)
      for (int j = 0; j < l->kx; j++, col += row)
        fold(l, i - l->pad, j - l->pad, col, din);
}
