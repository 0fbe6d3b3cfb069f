/* The reference model: docs/arithmetic.md line by line, in plain loops and 64-bit integers. Not fast, on purpose;
 * sw/kernels/qinfer.c is the fast one and is compared with this one bit by bit.
 * SPDX-License-Identifier: Apache-2.0 */
#include "refmodel/refmodel.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* product(w, a) at either word width. At 16 bits a is stored in an int16_t; in an unsigned layer it is 0..65535. */
static int64_t product(const axf_mult *t, int w, int16_t stored, int a_signed) {
  if (!t->wide)
    return axf_product(t, w, stored);
  const int a = a_signed ? stored : (uint16_t)stored;
  const int64_t p = (int64_t)t->wide(16, t->par, (uint64_t)(w < 0 ? -w : w), (uint64_t)(a < 0 ? -a : a));
  return (w < 0) ^ (a < 0) ? -p : p;
}

/* The sum over all synapses of output map m at output position (y, x); no bias. in: (in_c, in_h, in_w). */
static int64_t accumulate(const axf_layer *L, const axf_qlayer *q, const axf_mult *t, const int16_t *in, int m, int y,
                          int x) {
  int64_t acc = 0;
  for (int n = 0; n < L->in_c; n++)
    for (int i = 0; i < L->ky; i++)
      for (int j = 0; j < L->kx; j++) {
        int yy = y * L->stride + i - L->pad, xx = x * L->stride + j - L->pad;
        int inside = yy >= 0 && yy < L->in_h && xx >= 0 && xx < L->in_w;
        int16_t a = inside ? in[((size_t)n * L->in_h + yy) * L->in_w + xx] : 0;
        acc += product(t, axf_qweight(q, (((size_t)m * L->in_c + n) * L->ky + i) * L->kx + j), a, q->in_signed);
      }
  return acc;
}

/* acc + bias, then ReLU: the value that enters the pool. */
static int64_t activate(const axf_layer *L, const axf_qlayer *q, const axf_mult *t, const int16_t *in, int m, int y,
                        int x) {
  int64_t v = accumulate(L, q, t, in, m, y, x) + q->bias[m];
  return L->relu && v < 0 ? 0 : v;
}

int32_t axf_product_code(const axf_mult *m, uint8_t w, uint8_t a, int a_signed) {
  if (m->is_signed) /* the processing element ignores bit 7 of an unsigned activation */
    return axf_product(m, axf_code_value(w), a_signed ? axf_code_value(a) : a & 0x7f);
  int negative = (w >> 7) ^ (a_signed ? a >> 7 : 0);
  int32_t p = m->t[(w & 0x7f) * 256 + (a_signed ? a & 0x7f : a)];
  return negative ? -p : p;
}

int32_t axf_product(const axf_mult *m, int w, int a) {
  if (m->is_signed)
    return (int16_t)m->t[(w & 255) * 256 + (a > 127 ? a & 127 : a & 255)];
  int negative = (w < 0) ^ (a < 0);
  int32_t p = m->t[(w < 0 ? -w : w) * 256 + (a < 0 ? -a : a)];
  return negative ? -p : p;
}

uint8_t axf_code(int value) { return (uint8_t)(value < 0 ? 0x80 | -value : value); }

int axf_code_value(uint8_t code) { return code & 0x80 ? -(code & 0x7f) : code; }

static int requant(int64_t p, unsigned mult, unsigned shift, int out_signed, int width) {
  int64_t y = (p * (int64_t)mult + ((int64_t)1 << (shift - 1))) >> shift;
  int64_t hi = ((int64_t)1 << (out_signed ? width - 1 : width)) - 1, lo = out_signed ? -hi : 0;
  return (int)(y < lo ? lo : y > hi ? hi : y);
}

int axf_requant(int64_t p, unsigned mult, unsigned shift, int out_signed) {
  return requant(p, mult, shift, out_signed, 8);
}

int axf_ref_shape(const axf_net *n, int l, int *c, int *h, int *w) {
  int pooled = l + 1 < n->nlayers && n->layer[l + 1].kind == AXF_POOL;
  const axf_layer *last = &n->layer[l + pooled];
  *c = last->out_c;
  *h = last->out_h;
  *w = last->out_w;
  return l + 1 + pooled;
}

void axf_ref_layer(const axf_net *n, const axf_qnet *q, int l, const axf_mult *t, const int16_t *in, int16_t *out) {
  const axf_layer *L = &n->layer[l];
  const axf_qlayer *Q = &q->q[l];
  int c, h, w;
  const axf_layer *pool = axf_ref_shape(n, l, &c, &h, &w) == l + 2 ? &n->layer[l + 1] : NULL;
  int window = pool ? pool->window : 1, step = pool ? pool->pstride : 1;
  for (int m = 0; m < c; m++)
    for (int y = 0; y < h; y++)
      for (int x = 0; x < w; x++) {
        int64_t p = activate(L, Q, t, in, m, y * step, x * step);
        for (int k = 1; k < window * window; k++) {
          int64_t v = activate(L, Q, t, in, m, y * step + k / window, x * step + k % window);
          if (pool->pool == AXF_POOL_AVG)
            p += v;
          else if (v > p)
            p = v;
        }
        out[((size_t)m * h + y) * w + x] = (int16_t)requant(p, Q->mult[m], Q->shift[m], Q->out_signed, Q->w16 ? 16 : 8);
      }
}

int axf_ref_net(const axf_net *n, const axf_qnet *q, const axf_mult *const mult[AXF_MAX_LAYERS], const int16_t *in,
                int16_t *const out[AXF_MAX_LAYERS]) {
  int16_t *held = NULL; /* the layer's input, when it is not the caller's */
  int c = n->c, h = n->h, w = n->w, next;
  for (int l = 0; l < n->nlayers; l = next) {
    next = axf_ref_shape(n, l, &c, &h, &w);
    int16_t *y = axf_alloc((size_t)c * h * w, sizeof *y);
    if (!y) {
      free(held);
      return -1;
    }
    axf_ref_layer(n, q, l, mult[l], held ? held : in, y);
    if (out && out[l])
      memcpy(out[l], y, (size_t)c * h * w * sizeof *y);
    free(held);
    held = y;
  }
  int best = 0;
  for (int i = 1; held && i < c * h * w; i++)
    if (held[i] > held[best])
      best = i;
  free(held);
  return best;
}

void axf_ref_input_u8(const uint8_t *x, size_t n, int in_signed, uint8_t *out) {
  for (size_t i = 0; i < n; i++)
    out[i] = (uint8_t)(in_signed ? (2 * 127 * x[i] + 255) / (2 * 255) : x[i]);
}

int axf_ref_input_fits(const axf_qlayer *first, int pixels) {
  return pixels ? !first->in_signed || first->s_in == AXF_REF_NARROW_STEP : first->in_signed;
}

void axf_ref_input_f32(const float *x, size_t n, float s_in, int16_t *out) {
  for (size_t i = 0; i < n; i++) {
    double v = floor((double)x[i] / (double)s_in + 0.5);
    out[i] = (int16_t)(v < -127 ? -127 : v > 127 ? 127 : v);
  }
}

void axf_ref_input_wide(const uint8_t *u8, const float *f32, size_t n, float s_in, int16_t *out) {
  for (size_t i = 0; i < n; i++) {
    const double v = u8 ? 0 : floor((double)f32[i] / (double)s_in + 0.5);
    out[i] = u8 ? (int16_t)(uint16_t)(257 * u8[i]) : (int16_t)(v < -32767 ? -32767 : v > 32767 ? 32767 : v);
  }
}

int axf_ref_check_overflow(const axf_net *n, const axf_qnet *q, uint32_t pmax, int acc_bits) {
  const double limit = (double)(((int64_t)1 << (acc_bits - 1)) - 1);
  int c, h, w, next;
  for (int l = 0; l < n->nlayers; l = next) {
    const axf_layer *L = &n->layer[l];
    next = axf_ref_shape(n, l, &c, &h, &w);
    const axf_layer *pool = next == l + 2 ? &n->layer[l + 1] : NULL;
    int64_t group = pool && pool->pool == AXF_POOL_AVG ? (int64_t)pool->window * pool->window : 1;
    int64_t synapses = (int64_t)L->in_c * L->ky * L->kx, bias = 0;
    for (int m = 0; q && q->q[l].bias && m < L->out_c; m++) {
      int64_t b = q->q[l].bias[m];
      b = b < 0 ? -b : b;
      bias = b > bias ? b : bias;
    }
    /* exact in double up to 2^53; above that any sum exceeds every accumulator width that matters */
    if ((double)group * ((double)synapses * pmax + (double)bias) > limit)
      return axf_fail("layer %s: %lld * (%lld products of at most %u + bias %lld) can overflow a %d-bit accumulator",
                      L->name, (long long)group, (long long)synapses, pmax, (long long)bias, acc_bits);
  }
  return 0;
}
