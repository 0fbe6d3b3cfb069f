/* The vector kernels for AVX-512, 16 floats a vector.
 * SPDX-License-Identifier: Apache-2.0 */
#include "kernels/lanes.h"
#include <immintrin.h>

#define TARGET __attribute__((target("avx512f")))
#define VEC __m512
#define WIDTH 16
#define ROWS 12
#define CORR_MAPS 4
#define LOAD(p) _mm512_loadu_ps(p)
#define STORE(p, v) _mm512_storeu_ps(p, v)
#define SPREAD(x) _mm512_set1_ps(x)
#define FMA(a, b, c) _mm512_fmadd_ps(a, b, c)
#define ZERO() _mm512_setzero_ps()
#include "kernels/lanes_body.h"

const axf_lane_kernels axf_lanes_avx512 = {"avx512", product, corr};
