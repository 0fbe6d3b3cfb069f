/* One layer on a batch: im2col of codes, one matrix-product row per output map, then bias, ReLU, pool, requantisation.
 * SPDX-License-Identifier: Apache-2.0 */
#include "kernels/qlayer.h"
#include "kernels/qgemm.h"
#include "refmodel/refmodel.h"
#include <stdlib.h>
#include <string.h>

#define GROUP_COLUMNS 256 /* small layers: as many images together as fill about this many columns */

/* Output row y of synapse (n, i, j): what it reads, zeros (a stored code, multiplied like any other) in the padding.
 * in: (in_c, in_h, in_w) of one image; dst: (out_w). */
static void copy_row(const axf_layer *L, const uint8_t *in, int n, int i, int j, int y, uint8_t *dst) {
  int yy = y * L->stride + i - L->pad;
  const uint8_t *src = in + ((size_t)n * L->in_h + yy) * L->in_w;
  if (yy < 0 || yy >= L->in_h) {
    memset(dst, 0, (size_t)L->out_w);
    return;
  }
  for (int x = 0; x < L->out_w; x++) {
    int xx = x * L->stride + j - L->pad;
    dst[x] = xx >= 0 && xx < L->in_w ? src[xx] : 0;
  }
}

/* The same for stride 1: one block copy with zeros on both sides. */
static void copy_row_unit(const axf_layer *L, const uint8_t *in, int n, int i, int j, int y, uint8_t *dst) {
  int yy = y + i - L->pad, shift = j - L->pad;
  int from = shift < 0 ? -shift : 0, to = L->in_w - shift;
  if (to > L->out_w)
    to = L->out_w;
  if (yy < 0 || yy >= L->in_h || from >= to) {
    memset(dst, 0, (size_t)L->out_w);
    return;
  }
  memset(dst, 0, (size_t)from);
  memcpy(dst + from, in + ((size_t)n * L->in_h + yy) * L->in_w + from + shift, (size_t)(to - from));
  memset(dst + to, 0, (size_t)(L->out_w - to));
}

/* col: (K2, X), column b*P + y*out_w + x. in: (images, in_n). */
static void im2col(const axf_qplan *p, const uint8_t *in, int images, int X, uint8_t *col) {
  const axf_layer *L = p->conv;
  if (p->P == 1 && L->pad == 0) { /* fc: a transposition */
    for (int b = 0; b < images; b++) {
      size_t k = 0;
      for (int n = 0; n < L->in_c; n++)
        for (int i = 0; i < L->ky; i++)
          for (int j = 0; j < L->kx; j++)
            col[k++ * X + b] = in[b * p->in_n + ((size_t)n * L->in_h + i) * L->in_w + j];
    }
    return;
  }
  uint8_t *row = col;
  for (int n = 0; n < L->in_c; n++)
    for (int i = 0; i < L->ky; i++)
      for (int j = 0; j < L->kx; j++, row += X)
        for (int b = 0; b < images; b++)
          for (int y = 0; y < L->out_h; y++)
            (L->stride == 1 ? copy_row_unit : copy_row)(L, in + b * p->in_n, n, i, j, y,
                                                        row + (size_t)b * p->P + (size_t)y * L->out_w);
}

/* Sign-magnitude codes to two's complement, in place; minus zero gives 0. */
static void to_twos_complement(uint8_t *c, size_t n) {
  for (size_t i = 0; i < n; i++)
    c[i] = (uint8_t)(c[i] & 0x80 ? -(c[i] & 0x7f) : c[i]);
}

static inline int64_t activated(const axf_qplan *p, int32_t acc, int m) {
  int64_t v = (int64_t)acc + p->q->bias[m];
  return p->conv->relu && v < 0 ? 0 : v;
}

/* The sums of map m of one image to output codes. acc: (conv out_h, out_w); out: (oh, ow). */
static void finish(const axf_qplan *p, const int32_t *acc, int m, uint8_t *out) {
  const int width = p->conv->out_w, window = p->pool ? p->pool->window : 1, step = p->pool ? p->pool->pstride : 1;
  const int average = p->pool && p->pool->pool == AXF_POOL_AVG;
  for (int y = 0; y < p->oh; y++)
    for (int x = 0; x < p->ow; x++) {
      const int32_t *corner = acc + (size_t)y * step * width + (size_t)x * step;
      int64_t v = activated(p, *corner, m);
      for (int k = 1; k < window * window; k++) {
        int64_t u = activated(p, corner[(size_t)(k / window) * width + k % window], m);
        v = average ? v + u : u > v ? u : v;
      }
      *out++ = axf_code(axf_requant(v, p->q->mult[m], p->q->shift[m], p->q->out_signed));
    }
}

int axf_qplan_init(axf_qplan *p, const axf_net *n, const axf_qnet *q, int l, int *next) {
  memset(p, 0, sizeof *p);
  *next = axf_ref_shape(n, l, &p->oc, &p->oh, &p->ow);
  const axf_layer *L = &n->layer[l];
  p->l = l;
  p->conv = L;
  p->pool = *next == l + 2 ? L + 1 : NULL;
  p->q = &q->q[l];
  p->K = L->in_c * L->ky * L->kx;
  p->K2 = (p->K + 1) / 2 * 2;
  p->P = L->out_h * L->out_w;
  p->in_n = (size_t)L->in_c * L->in_h * L->in_w;
  p->out_n = (size_t)p->oc * p->oh * p->ow;
  p->wcode = axf_alloc((size_t)p->oc * p->K, 1);
  p->w16 = axf_alloc((size_t)p->oc * p->K2, sizeof *p->w16);
  if (!p->wcode || !p->w16)
    return -1;
  for (int m = 0; m < p->oc; m++)
    for (int k = 0; k < p->K; k++) {
      int w = p->q->w[(size_t)m * p->K + k];
      p->wcode[(size_t)m * p->K + k] = axf_code(w);
      p->w16[(size_t)m * p->K2 + k] = (int16_t)w;
    }
  return 0;
}

void axf_qplan_free(axf_qplan *p) {
  free(p->wcode);
  free(p->w16);
  memset(p, 0, sizeof *p);
}

int axf_qplan_group(const axf_qplan *p, int images) {
  int g = GROUP_COLUMNS / p->P;
  return g < 1 ? 1 : g > images ? images : g;
}

size_t axf_qplan_columns(const axf_qplan *p, int images) {
  return ((size_t)axf_qplan_group(p, images) * p->P + 15) / 16 * 16;
}

void axf_qplan_run(const axf_qplan *p, const uint8_t *in, int images, uint8_t *out, uint8_t *col, int32_t *acc) {
  const int group = axf_qplan_group(p, images), X = (int)axf_qplan_columns(p, images);
  for (int first = 0; first < images; first += group) {
    int here = images - first < group ? images - first : group;
    im2col(p, in + (size_t)first * p->in_n, here, X, col);
    if (!p->rows && p->q->in_signed)
      to_twos_complement(col, (size_t)p->K * X);
    for (int m = 0; m < p->oc; m++) {
      if (p->rows)
        axf_qgemm_table(p->rows, p->wcode + (size_t)m * p->K, col, p->K, X, acc);
      else
        axf_qgemm_exact(p->w16 + (size_t)m * p->K2, col, p->q->in_signed, p->K2, X, acc);
      for (int b = 0; b < here; b++)
        finish(p, acc + (size_t)b * p->P, m, out + (size_t)(first + b) * p->out_n + (size_t)m * p->oh * p->ow);
    }
  }
}
