/* The vector kernels for AVX2, 8 floats a vector.
 * SPDX-License-Identifier: Apache-2.0 */
#include "kernels/lanes.h"
#include <immintrin.h>

#define TARGET __attribute__((target("avx2,fma")))
#define VEC __m256
#define WIDTH 8
#define ROWS 6
#define CORR_MAPS 2
#define LOAD(p) _mm256_loadu_ps(p)
#define STORE(p, v) _mm256_storeu_ps(p, v)
#define SPREAD(x) _mm256_set1_ps(x)
#define FMA(a, b, c) _mm256_fmadd_ps(a, b, c)
#define ZERO() _mm256_setzero_ps()
#include "kernels/lanes_body.h"

const axf_lane_kernels axf_lanes_avx2 = {"avx2", product, corr};
