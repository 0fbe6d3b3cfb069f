/* The integers of a block of examples, and what the backward pass needs of them.
 * SPDX-License-Identifier: Apache-2.0 */
#include "refmodel/refmodel.h"
#include "train/qpass_priv.h"
#include <math.h>
#include <string.h>

#define TILE 64

/* Windows of 2 x 2 with step 2, without branches: first the larger of two rows, then of two columns. */
static void max2(const axf_layer *l, const int32_t *in, int32_t *v, int32_t *arg) {
  int32_t big[2 * TILE], at[2 * TILE];
  for (int y = 0; y < l->out_h; y++)
    for (int first = 0; first < l->out_w; first += TILE) {
      const int n = l->out_w - first < TILE ? l->out_w - first : TILE;
      const int32_t base = 2 * y * l->in_w + 2 * first, *top = in + base, *low = top + l->in_w;
      for (int x = 0; x < 2 * n; x++) {
        big[x] = low[x] > top[x] ? low[x] : top[x];
        at[x] = base + x + (low[x] > top[x] ? l->in_w : 0);
      }
      for (int x = 0; x < n; x++) {
        const int right = big[2 * x + 1] > big[2 * x];
        v[x] = right ? big[2 * x + 1] : big[2 * x];
        arg[x] = right ? at[2 * x + 1] : at[2 * x];
      }
      v += n;
      arg += n;
    }
}

static void max_any(const axf_layer *l, const int32_t *in, int32_t *v, int32_t *arg) {
  for (int y = 0; y < l->out_h; y++)
    for (int x = 0; x < l->out_w; x++, v++, arg++) {
      const int32_t corner = y * l->pstride * l->in_w + x * l->pstride;
      *arg = corner;
      for (int i = 0; i < l->window; i++)
        for (int j = 0; j < l->window; j++)
          *arg = in[corner + i * l->in_w + j] > in[*arg] ? corner + i * l->in_w + j : *arg;
      *v = in[*arg];
    }
}

/* Sums of the activated values; before: where their gradient passes. */
static void sums(const axf_layer *l, const int32_t *in, int32_t bias, int relu, int32_t *v, uint8_t *before) {
  for (int i = 0; i < l->in_h * l->in_w; i++)
    before[i] = !relu || in[i] + bias > 0;
  for (int y = 0; y < l->out_h; y++)
    for (int x = 0; x < l->out_w; x++, v++) {
      const int32_t corner = y * l->pstride * l->in_w + x * l->pstride;
      *v = 0;
      for (int i = 0; i < l->window; i++)
        for (int j = 0; j < l->window; j++) {
          const int32_t a = in[corner + i * l->in_w + j] + bias;
          *v += relu && a < 0 ? 0 : a;
        }
    }
}

/* n outputs of map m from their values before requantisation, bias not yet added unless the pool has done so. */
static void emit(const axf_qplan *p, int m, int biased, int n, const int32_t *restrict v, uint8_t *restrict code,
                 uint8_t *restrict pass, float *restrict out, float *restrict raw) {
  const double scale = ldexp(p->q->mult[m], -p->q->shift[m]), s_out = (double)p->q->s_out;
  const double lo = p->q->out_signed ? -127 : 0, hi = p->q->out_signed ? 127 : 255;
  const int32_t bias = biased ? 0 : p->q->bias[m], floor_at = p->conv->relu ? 0 : INT32_MIN;
  for (int i = 0; i < n; i++) {
    int32_t t = v[i] + bias;
    t = t < floor_at ? floor_at : t;
    /* exact: a number of at most 40 bits */
    const double y = floor(t * scale + 0.5), up = y < lo ? lo : y, q = up > hi ? hi : up;
    out[i] = (float)(q * s_out);
    const int c = (int)q;
    code[i] = (uint8_t)(c < 0 ? 128 - c : c);
    pass[i] = (t > floor_at) & (q == y);
  }
  for (int i = 0; raw && i < n; i++) {
    const int32_t t = v[i] + bias;
    raw[i] = (float)((t < floor_at ? floor_at : t) * scale * s_out);
  }
}

/* A layer with one position: the images of a map lie side by side. */
static void finish_rows(const axf_qplan *p, axf_qworker *w, const int32_t *acc, size_t pitch, int images, uint8_t *code,
                        uint8_t *pass, float *out, float *raw) {
  float tmp_raw[AXF_BLOCK_MOST] = {0};
  for (int m = 0; m < p->oc; m++, acc += pitch) {
    emit(p, m, 0, images, acc, w->tmp_code, w->tmp_pass, w->tmp_out, raw ? tmp_raw : NULL);
    for (int b = 0; b < images; b++) {
      const size_t at = (size_t)b * p->out_n + m;
      code[at] = w->tmp_code[b];
      pass[at] = w->tmp_pass[b];
      out[at] = w->tmp_out[b];
      if (raw)
        raw[at] = tmp_raw[b];
    }
  }
}

void axf_qpass_finish_layer(const axf_qpass *q, int k, axf_qworker *w, const int32_t *acc, size_t pitch, int first,
                            int images, float *out, int32_t *arg) {
  const axf_qplan *p = &q->plan[k];
  const axf_layer *pool = p->pool;
  const size_t map = (size_t)p->oh * p->ow, offset = (size_t)first * p->out_n;
  uint8_t *code = w->code[k + 1] + offset, *pass = w->pass[k] + offset;
  float *raw = w->raw ? w->raw + offset : NULL;
  if (p->P == 1 && !pool) {
    finish_rows(p, w, acc, pitch, images, code, pass, out, raw);
    return;
  }
  const int average = pool && pool->pool == AXF_POOL_AVG;
  for (int m = 0; m < p->oc; m++, acc += pitch)
    for (int b = 0; b < images; b++) {
      const size_t at = (size_t)b * p->out_n + m * map;
      const int32_t *sum = acc + (size_t)b * p->P, *v = pool ? w->v : sum;
      if (average)
        sums(pool, sum, p->q->bias[m], p->conv->relu, w->v, w->before[k] + ((size_t)(first + b) * p->oc + m) * p->P);
      else if (pool && pool->window == 2 && pool->pstride == 2)
        max2(pool, sum, w->v, arg + at);
      else if (pool)
        max_any(pool, sum, w->v, arg + at);
      emit(p, m, average, (int)map, v, code + at, pass + at, out + at, raw ? raw + at : NULL);
    }
}

/* Codes of the examples in act[0]: pixels x/255 become the bytes they were. Features, and the pixels of a net whose
 * first layer is signed, become the values of their codes. */
static void input_codes(const axf_qpass *q, int n, float *x, uint8_t *code) {
  const size_t count = (size_t)n * q->plan[0].in_n;
  if (!q->limits.in_signed) {
    for (size_t i = 0; i < count; i++)
      code[i] = (uint8_t)(int)(x[i] * 255.0f + 0.5f);
    return;
  }
  for (size_t i = 0; i < count; i++) {
    int16_t v;
    axf_ref_input_f32(x + i, 1, q->limits.s_in, &v);
    code[i] = axf_code(v);
    x[i] = (float)v * q->limits.s_in;
  }
}

const float *axf_qpass_forward(axf_qpass *q, int worker, axf_pass *s, int n) {
  axf_qworker *w = &q->w[worker];
  input_codes(q, n, s->act[0], w->code[0]);
  for (int k = 0; k < q->nplans; k++) {
    const axf_qplan *p = &q->plan[k];
    const int next = p->pool ? p->l + 2 : p->l + 1;
    int32_t *arg = p->pool ? s->arg[p->l + 1] : NULL;
    for (int first = 0; first < n; first += p->group) {
      const int here = n - first < p->group ? n - first : p->group, columns = here * p->P;
      const size_t offset = (size_t)first * p->out_n;
      axf_qplan_sums(p, w->code[k] + (size_t)first * p->in_n, here, &w->layer);
      axf_qpass_finish_layer(q, k, w, w->layer.acc, (size_t)columns, first, here, s->act[next] + offset,
                             arg ? arg + offset : NULL);
    }
    if (w->raw && w->seen) /* calibration */
      (q->counting ? axf_calib_see_values : axf_calib_see_max)(&w->seen[p->l + 1], w->raw, (size_t)n * p->out_n);
  }
  return s->act[q->o.net->nlayers];
}
