/* Choice of the vector kernels, and the way into lanes and back.
 * SPDX-License-Identifier: Apache-2.0 */
#include "kernels/lanes.h"
#include <immintrin.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH 512 /* of a piece of a dense product, whose offsets then fit on the stack */

const axf_lane_kernels *axf_lanes(void) {
  const char *wish = getenv("AXF_FLOAT_PATH");
  if (wish && strcmp(wish, "avx2") == 0)
    return &axf_lanes_avx2;
  return __builtin_cpu_supports("avx512f") ? &axf_lanes_avx512 : &axf_lanes_avx2;
}

void axf_product_dense(const axf_product_job *j, ptrdiff_t ldb) {
  const axf_lane_kernels *k = axf_lanes();
  ptrdiff_t off[DEPTH];
  axf_product_job part = *j;
  part.off = off;
  for (int t = 0; t < DEPTH && t < j->depth; t++)
    off[t] = t * ldb;
  for (int first = 0; first < j->depth; first += DEPTH) {
    part.depth = j->depth - first < DEPTH ? j->depth - first : DEPTH;
    part.a = j->a + first * j->a_step;
    part.b = j->b + first * ldb;
    part.keep = j->keep || first > 0;
    k->product(&part);
  }
}

/* 8 x 8 floats: row i of `from` becomes column i of `to`; values below `least` become it, what is no number stays. */
static inline void transpose8(const float *from, size_t in, float *to, size_t out, __m256 least) {
  __m256 r[8], s[8];
  for (int i = 0; i < 8; i++)
    r[i] = _mm256_max_ps(least, _mm256_loadu_ps(from + (size_t)i * in));
  for (int i = 0; i < 4; i++) {
    s[2 * i] = _mm256_unpacklo_ps(r[2 * i], r[2 * i + 1]);
    s[2 * i + 1] = _mm256_unpackhi_ps(r[2 * i], r[2 * i + 1]);
  }
  for (int i = 0; i < 8; i += 4) {
    r[i] = _mm256_shuffle_ps(s[i], s[i + 2], 0x44);
    r[i + 1] = _mm256_shuffle_ps(s[i], s[i + 2], 0xee);
    r[i + 2] = _mm256_shuffle_ps(s[i + 1], s[i + 3], 0x44);
    r[i + 3] = _mm256_shuffle_ps(s[i + 1], s[i + 3], 0xee);
  }
  for (int i = 0; i < 4; i++) {
    _mm256_storeu_ps(to + (size_t)i * out, _mm256_permute2f128_ps(r[i], r[i + 4], 0x20));
    _mm256_storeu_ps(to + (size_t)(i + 4) * out, _mm256_permute2f128_ps(r[i], r[i + 4], 0x31));
  }
}

void axf_to_lanes(int n, int count, const float *from, size_t step, float *to) {
  const __m256 least = _mm256_set1_ps(-__builtin_inff());
  if (n < AXF_LANES || count < 8) {
    for (int v = 0; v < count; v++)
      for (int i = 0; i < AXF_LANES; i++)
        to[(size_t)v * AXF_LANES + (size_t)i] = i < n ? from[(size_t)i * step + (size_t)v] : 0;
    return;
  }
  for (int done = 0; done < count; done += 8) {
    const size_t v = (size_t)(count - done < 8 ? count - 8 : done);
    transpose8(from + v, step, to + v * AXF_LANES, AXF_LANES, least);
    transpose8(from + 8 * step + v, step, to + v * AXF_LANES + 8, AXF_LANES, least);
  }
}

void axf_from_lanes(int n, int count, const float *from, size_t step, float *to, int relu) {
  const float least = relu ? 0 : -__builtin_inff();
  if (n < AXF_LANES || count < 8) {
    for (int i = 0; i < n; i++)
      for (int v = 0; v < count; v++) {
        float x = from[(size_t)v * AXF_LANES + (size_t)i];
        to[(size_t)i * step + (size_t)v] = x < least ? least : x;
      }
    return;
  }
  for (int done = 0; done < count; done += 8) {
    const size_t v = (size_t)(count - done < 8 ? count - 8 : done);
    transpose8(from + v * AXF_LANES, AXF_LANES, to + v, step, _mm256_set1_ps(least));
    transpose8(from + v * AXF_LANES + 8, AXF_LANES, to + 8 * step + v, step, _mm256_set1_ps(least));
  }
}

float axf_lane_sum(const float *v) {
  __m256 a = _mm256_add_ps(_mm256_loadu_ps(v), _mm256_loadu_ps(v + 8));
  __m128 b = _mm_add_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));
  b = _mm_add_ps(b, _mm_movehl_ps(b, b));
  return _mm_cvtss_f32(_mm_add_ss(b, _mm_shuffle_ps(b, b, 1)));
}
