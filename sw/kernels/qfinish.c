/* From the sums of a layer to its output codes: bias, ReLU, pool, requantisation (docs/arithmetic.md), by rows.
 * SPDX-License-Identifier: Apache-2.0 */
#include "kernels/qlayer.h"
#include <math.h>

#define BLOCK 1024 /* outputs that are treated at a time */

/* v + bias, then ReLU. The sum fits 32 bits: axf_ref_check_overflow. */
static inline int32_t activated(int32_t v, int32_t bias, int32_t floor_at) {
  v += bias;
  return v < floor_at ? floor_at : v;
}

/* n codes floor(v * mult / 2^shift + 1/2), clamped. v * mult + 2^(shift-1) is a number of at most 40 bits, so that
 * double precision computes it without rounding. */
static void requantise(const axf_qplan *p, int m, const int32_t *v, int n, uint8_t *out) {
  const double scale = ldexp(p->q->mult[m], -p->q->shift[m]), lo = p->q->out_signed ? -127 : 0;
  const double hi = p->q->out_signed ? 127 : 255;
  for (int i = 0; i < n; i++) {
    double y = floor(v[i] * scale + 0.5);
    y = y < lo ? lo : y;
    int code = (int)(y > hi ? hi : y);
    out[i] = (uint8_t)(code < 0 ? 128 - code : code);
  }
}

/* n outputs of a row of a 2 x 2 maximum pool with step 2; top: the upper of two rows of sums. */
static void max2x2(const int32_t *top, size_t width, int n, int32_t *v) {
  const int32_t *low = top + width;
  for (int x = 0; x < n; x++) {
    int32_t a = top[2 * x] > low[2 * x] ? top[2 * x] : low[2 * x];
    int32_t b = top[2 * x + 1] > low[2 * x + 1] ? top[2 * x + 1] : low[2 * x + 1];
    v[x] = a > b ? a : b;
  }
}

/* n outputs of any pool. The maximum is taken before bias and ReLU, which keep the order. */
static void pooled(const axf_layer *pool, const int32_t *corner, size_t width, int n, int32_t bias, int32_t floor_at,
                   int32_t *v) {
  for (int x = 0; x < n; x++, corner += pool->pstride) {
    int32_t sum = 0, max = *corner;
    for (int i = 0; i < pool->window; i++)
      for (int k = 0; k < pool->window; k++) {
        const int32_t s = corner[i * width + k];
        max = s > max ? s : max;
        sum += pool->pool == AXF_POOL_AVG ? activated(s, bias, floor_at) : 0;
      }
    v[x] = pool->pool == AXF_POOL_AVG ? sum : activated(max, bias, floor_at);
  }
}

/* n outputs of row y from column x on, before requantisation. */
static void output_row(const axf_qplan *p, int m, const int32_t *acc, int y, int x, int n, int32_t *v) {
  const axf_layer *pool = p->pool;
  const int32_t bias = p->q->bias[m], floor_at = p->conv->relu ? 0 : INT32_MIN;
  const size_t width = (size_t)p->conv->out_w, step = pool ? (size_t)pool->pstride : 1;
  const int32_t *corner = acc + (size_t)y * step * width + (size_t)x * step;
  if (!pool) {
    for (int i = 0; i < n; i++)
      v[i] = activated(corner[i], bias, floor_at);
  } else if (pool->pool == AXF_POOL_MAX && pool->window == 2 && pool->pstride == 2) {
    max2x2(corner, width, n, v);
    for (int i = 0; i < n; i++)
      v[i] = activated(v[i], bias, floor_at);
  } else {
    pooled(pool, corner, width, n, bias, floor_at, v);
  }
}

/* Map m of one image, in blocks of whole rows, or of parts of a row when it is long. acc: (conv out_h, out_w); out:
 * (oh, ow). */
static void one_map(const axf_qplan *p, int m, const int32_t *acc, uint8_t *out) {
  int32_t v[BLOCK];
  for (int y = 0, x = 0, n = 0; y < p->oh;) {
    const int here = p->ow - x < BLOCK ? p->ow - x : BLOCK;
    output_row(p, m, acc, y, x, here, v + n);
    n += here;
    x = x + here < p->ow ? x + here : 0;
    y += x == 0;
    if (x > 0 || y == p->oh || n + p->ow > BLOCK) {
      requantise(p, m, v, n, out);
      out += n;
      n = 0;
    }
  }
}

/* Outputs of one position: the images of a map lie side by side. */
static void one_position(const axf_qplan *p, int m, const int32_t *acc, int images, uint8_t *out) {
  const int32_t bias = p->q->bias[m], floor_at = p->conv->relu ? 0 : INT32_MIN;
  int32_t v[BLOCK];
  uint8_t code[BLOCK];
  for (int first = 0; first < images; first += BLOCK) {
    const int n = images - first < BLOCK ? images - first : BLOCK;
    for (int b = 0; b < n; b++)
      v[b] = activated(acc[first + b], bias, floor_at);
    requantise(p, m, v, n, code);
    for (int b = 0; b < n; b++)
      out[(size_t)(first + b) * p->out_n + m] = code[b];
  }
}

void axf_qfinish(const axf_qplan *p, const int32_t *acc, size_t pitch, int images, uint8_t *out) {
  const size_t map = (size_t)p->oh * p->ow;
  for (int m = 0; m < p->oc; m++, acc += pitch) {
    if (p->P == 1 && !p->pool)
      one_position(p, m, acc, images, out);
    else
      for (int b = 0; b < images; b++)
        one_map(p, m, acc + (size_t)b * p->P, out + (size_t)b * p->out_n + (size_t)m * map);
  }
}
