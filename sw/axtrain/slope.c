/* The difference-based gradient of a multiplier (Meng et al., DATE 2025): along one operand the product is smoothed
 * over a window of half-width H, and the gradient is the central difference of the smoothed function.
 * SPDX-License-Identifier: Apache-2.0
 *
 *     S(x) = mean of AM(x - H .. x + H)        slope(x) = (S(x + 1) - S(x - 1)) / 2
 * At the ends of the operand's range, where a window does not fit, the mean is over what is there and the difference is
 * divided by the true distance of the two windows' centres: the slope of a straight line is exact everywhere.
 * With signs, product = sign(w) sign(a) AM(|w|, |a|), so d/dw = sign(a) dAM/d|w| and d/da = sign(w) dAM/d|a|.
 *
 * axf_slopes_look_up takes every slope from the table, one a product: the reference. slope_rank.c is the fast path. */
#include "axtrain/priv.h"
#include "refmodel/refmodel.h"
#include <stdlib.h>
#include <string.h>

#define ROWS AXF_SLOPE_ROWS

/* slope[x * step] for x in 0..n-1 of the function t[x * step]. */
static void slopes_of(const uint16_t *t, int n, int step, int half, float *slope, int slope_step) {
  double sum[257] = {0}; /* of all values before x */
  for (int x = 0; x < n; x++)
    sum[x + 1] = sum[x] + t[x * step];
  for (int x = 0; x < n; x++) {
    int lo[2] = {x - 1 - half, x + 1 - half}, hi[2] = {x - 1 + half, x + 1 + half};
    double mean[2], centre[2];
    for (int i = 0; i < 2; i++) {
      lo[i] = lo[i] < 0 ? 0 : lo[i] > n - 1 ? n - 1 : lo[i];
      hi[i] = hi[i] > n - 1 ? n - 1 : hi[i] < 0 ? 0 : hi[i];
      mean[i] = (sum[hi[i] + 1] - sum[lo[i]]) / (hi[i] - lo[i] + 1);
      centre[i] = 0.5 * (lo[i] + hi[i]);
    }
    slope[x * slope_step] = (float)((mean[1] - mean[0]) / (centre[1] - centre[0]));
  }
}

/* A signed core between magnitudes: the mean over the sign of the weight, and the exact slope on beyond 127. */
static void unsign(const axf_mult *m, uint16_t *t) {
  for (int w = 0; w < ROWS; w++)
    for (int a = 0; a < 256; a++) {
      const int in = a < 128 ? a : 127;
      const int p = (axf_product(m, w, in) - axf_product(m, -w, in)) / 2 + w * (a - in);
      t[w * 256 + a] = (uint16_t)(p > 0 ? p : 0);
    }
}

int axf_slope_tables(axf_slopes *s, const axf_mult *m, int half) {
  uint16_t *exact = NULL;
  const uint16_t *t = m && !m->is_signed ? m->t : NULL;
  s->mult = m;
  s->gw = axf_alloc((size_t)2 * ROWS * 256, sizeof *s->gw);
  if (!t && (t = exact = axf_alloc(65536, sizeof *exact))) {
    for (uint32_t i = 0; i < 65536 && !m; i++)
      exact[i] = (uint16_t)((i >> 8) * (i & 255));
    if (m)
      unsign(m, exact);
  }
  if (!s->gw || !t) {
    free(exact);
    return -1;
  }
  s->ga = s->gw + ROWS * 256;
  for (int a = 0; a < 256; a++)
    slopes_of(t + a, ROWS, 256, half, s->gw + a, 256);
  for (int w = 0; w < ROWS; w++)
    slopes_of(t + w * 256, 256, 1, half, s->ga + w * 256, 1);
  free(exact);
  return 0;
}

const axf_slopes *axf_slopes_find(const axf_axtrain *a, const axf_mult *m) {
  for (int i = 0; i < a->nslopes; i++)
    if (a->slopes[i].mult == m)
      return &a->slopes[i];
  return NULL;
}

/* One image, one kernel position of one pair of maps: the weight's gradient, and the inputs' if din is not NULL.
 * code, din: the input map; dout: the output map. */
static float position(const axf_layer *y, int i, int j, const float *gw, const float *ga, float s_w, int a_signed,
                      const uint8_t *code, const float *dout, float *din) {
  float sum = 0;
  for (int oy = 0; oy < y->out_h; oy++) {
    int r = oy * y->stride + i - y->pad;
    for (int ox = 0; ox < y->out_w; ox++) {
      int c = ox * y->stride + j - y->pad, inside = r >= 0 && r < y->in_h && c >= 0 && c < y->in_w;
      uint8_t a = inside ? code[r * y->in_w + c] : 0;
      float d = dout[oy * y->out_w + ox];
      if (a_signed) {
        sum += a & 128 ? -d * gw[a & 127] : d * gw[a];
        a &= 127;
      } else {
        sum += d * gw[a];
      }
      if (din && inside)
        din[r * y->in_w + c] += d * s_w * ga[a];
    }
  }
  return sum;
}

void axf_slopes_look_up(void *ctx, int worker, int l, int n, const uint8_t *wcode, const uint8_t *acode, const float *w,
                        const float *in, const float *dout, float *dw, float *db, float *din) {
  const axf_axtrain *a = ctx;
  const axf_layer *y = &a->net->layer[l];
  const axf_qnet *q = axf_qpass_qnet(a->q);
  const axf_slopes *s = axf_slopes_find(a, a->mult[l]);
  const size_t in_n = (size_t)y->in_c * (size_t)(y->in_h * y->in_w), plane = (size_t)(y->out_h * y->out_w);
  const size_t out_n = (size_t)y->out_c * plane, k = (size_t)y->in_c * (size_t)(y->ky * y->kx);
  (void)worker;
  (void)w;
  (void)in;
  memset(dw, 0, (size_t)y->out_c * k * sizeof *dw);
  memset(db, 0, (size_t)y->out_c * sizeof *db);
  if (din)
    memset(din, 0, (size_t)n * in_n * sizeof *din);
  for (int m = 0; m < y->out_c; m++) {
    const float step = (float)axf_quant_weight_step(a->net, q, l, m);
    for (int b = 0; b < n; b++) {
      const float *d = dout + (size_t)b * out_n + (size_t)m * plane;
      for (size_t i = 0; i < plane; i++)
        db[m] += d[i];
      for (size_t i = 0; i < k; i++) {
        const size_t map = i / (size_t)(y->ky * y->kx) * (size_t)(y->in_h * y->in_w);
        const int at = (int)(i % (size_t)(y->ky * y->kx)), code = wcode[(size_t)m * k + i];
        const size_t row = (size_t)(code & 127) * 256;
        dw[(size_t)m * k + i] +=
            q->q[l].s_in * position(y, at / y->kx, at % y->kx, s->gw + row, s->ga + row, code & 128 ? -step : step,
                                    q->q[l].in_signed, acode + (size_t)b * in_n + map, d,
                                    din ? din + (size_t)b * in_n + map : NULL);
      }
    }
  }
}
