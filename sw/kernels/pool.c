/* Max and average pooling of one image; a window that does not fit is dropped.
 * SPDX-License-Identifier: Apache-2.0 */
#include "kernels/kernels.h"
#include <string.h>

#define TILE 64

/* The common 2x2 window with stride 2, without branches, since the winner cannot be predicted: first the larger of the
 * two rows, column by column, then the larger of the two columns. */
static void max2(const axf_layer *l, const float *in, float *out, int32_t *arg) {
  float big[2 * TILE];
  int32_t at[2 * TILE];
  for (int y = 0; y < l->out_h; y++)
    for (int first = 0; first < l->out_w; first += TILE) {
      int n = l->out_w - first < TILE ? l->out_w - first : TILE;
      int32_t base = 2 * y * l->in_w + 2 * first;
      const float *top = in + base, *low = top + l->in_w;
      for (int x = 0; x < 2 * n; x++) {
        big[x] = low[x] > top[x] ? low[x] : top[x];
        at[x] = base + x + (low[x] > top[x] ? l->in_w : 0);
      }
      for (int x = 0; x < n; x++) {
        int right = big[2 * x + 1] > big[2 * x];
        out[x] = right ? big[2 * x + 1] : big[2 * x];
        arg[x] = right ? at[2 * x + 1] : at[2 * x];
      }
      out += n;
      arg += n;
    }
}

static void max_any(const axf_layer *l, const float *in, float *out, int32_t *arg) {
  for (int y = 0; y < l->out_h; y++)
    for (int x = 0; x < l->out_w; x++, out++, arg++) {
      int32_t at = y * l->pstride * l->in_w + x * l->pstride, best = at;
      for (int i = 0; i < l->window; i++)
        for (int j = 0; j < l->window; j++)
          best = in[at + i * l->in_w + j] > in[best] ? at + i * l->in_w + j : best;
      *arg = best;
      *out = in[best];
    }
}

static void average(const axf_layer *l, const float *in, float *out) {
  float scale = 1.0f / (float)(l->window * l->window);
  for (int y = 0; y < l->out_h; y++)
    for (int x = 0; x < l->out_w; x++, out++) {
      const float *at = in + y * l->pstride * l->in_w + x * l->pstride;
      float sum = 0;
      for (int i = 0; i < l->window; i++)
        for (int j = 0; j < l->window; j++)
          sum += at[i * l->in_w + j];
      *out = sum * scale;
    }
}

void axf_pool_fwd(const axf_layer *l, const float *in, float *out, int32_t *arg) {
  int plane_in = l->in_h * l->in_w, plane_out = l->out_h * l->out_w;
  for (int c = 0; c < l->in_c; c++, in += plane_in, out += plane_out) {
    if (l->pool == AXF_POOL_AVG) {
      average(l, in, out);
      continue;
    }
    if (l->window == 2 && l->pstride == 2)
      max2(l, in, out, arg);
    else
      max_any(l, in, out, arg);
    arg += plane_out;
  }
}

static void average_bwd(const axf_layer *l, const float *dout, float *din) {
  float scale = 1.0f / (float)(l->window * l->window);
  for (int y = 0; y < l->out_h; y++)
    for (int x = 0; x < l->out_w; x++, dout++) {
      float *at = din + y * l->pstride * l->in_w + x * l->pstride;
      for (int i = 0; i < l->window; i++)
        for (int j = 0; j < l->window; j++)
          at[i * l->in_w + j] += *dout * scale;
    }
}

void axf_pool_bwd(const axf_layer *l, const float *dout, const int32_t *arg, float *din) {
  int plane_in = l->in_h * l->in_w, plane_out = l->out_h * l->out_w;
  memset(din, 0, (size_t)l->in_c * (size_t)plane_in * sizeof *din);
  for (int c = 0; c < l->in_c; c++, din += plane_in, dout += plane_out) {
    if (l->pool == AXF_POOL_AVG) {
      average_bwd(l, dout, din);
      continue;
    }
    for (int i = 0; i < plane_out; i++)
      din[arg[i]] += dout[i];
    arg += plane_out;
  }
}
