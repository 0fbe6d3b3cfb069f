/* Max and average pooling of one image; a window that does not fit is dropped.
 * SPDX-License-Identifier: Apache-2.0 */
#include "kernels/kernels.h"
#include <immintrin.h>
#include <string.h>

/* The larger of two vectors with its place; the first on a tie. */
static inline void larger(__m256 *v, __m256i *at, __m256 w, __m256i at_w) {
  const __m256 more = _mm256_cmp_ps(w, *v, _CMP_GT_OQ);
  *v = _mm256_blendv_ps(*v, w, more);
  *at = _mm256_blendv_epi8(*at, at_w, _mm256_castps_si256(more));
}

/* Even or odd columns (select 0x88 or 0xdd) of 16. */
static inline __m256 half(__m256 a, __m256 b, const int odd) {
  const __m256 v = odd ? _mm256_shuffle_ps(a, b, 0xdd) : _mm256_shuffle_ps(a, b, 0x88);
  return _mm256_castpd_ps(_mm256_permute4x64_pd(_mm256_castps_pd(v), 0xd8));
}

/* Eight outputs of the 2x2 window with stride 2, the first at input place `base` of the map: first the larger of the
 * two rows, column by column, then the larger of the two columns. */
static void max2_eight(const float *in, int32_t base, int in_w, float *out, int32_t *arg) {
  const __m256i eight = _mm256_set1_epi32(8), row = _mm256_set1_epi32(in_w);
  __m256 v[2];
  __m256i at[2];
  at[0] = _mm256_add_epi32(_mm256_set1_epi32(base), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
  at[1] = _mm256_add_epi32(at[0], eight);
  for (int k = 0; k < 2; k++) {
    v[k] = _mm256_loadu_ps(in + base + 8 * k);
    larger(&v[k], &at[k], _mm256_loadu_ps(in + base + in_w + 8 * k), _mm256_add_epi32(at[k], row));
  }
  const __m256 p = _mm256_castsi256_ps(at[0]), q = _mm256_castsi256_ps(at[1]);
  __m256 best = half(v[0], v[1], 0);
  __m256i place = _mm256_castps_si256(half(p, q, 0));
  larger(&best, &place, half(v[0], v[1], 1), _mm256_castps_si256(half(p, q, 1)));
  _mm256_storeu_ps(out, best);
  _mm256_storeu_si256((__m256i *)(void *)arg, place);
}

/* The common 2x2 window with stride 2, without branches, since the winner cannot be predicted. The last eight outputs
 * of a row may overlap those before. */
static void max2(const axf_layer *l, const float *in, float *out, int32_t *arg) {
  for (int y = 0; y < l->out_h; y++, out += l->out_w, arg += l->out_w) {
    const int32_t base = 2 * y * l->in_w;
    for (int x = 0; x < l->out_w && l->out_w >= 8; x += 8) {
      const int at = x + 8 <= l->out_w ? x : l->out_w - 8;
      max2_eight(in, base + 2 * at, l->in_w, out + at, arg + at);
    }
    for (int x = 0; x < l->out_w && l->out_w < 8; x++) {
      const int32_t a = base + 2 * x, b = a + 1;
      const int32_t left = in[a + l->in_w] > in[a] ? a + l->in_w : a, right = in[b + l->in_w] > in[b] ? b + l->in_w : b;
      arg[x] = in[right] > in[left] ? right : left;
      out[x] = in[arg[x]];
    }
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
