/* What the look-up kernels with AVX-512 VBMI share. Private to sw/agemm/vbmi*.c.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A vector of 64 columns is packed with the column 16i + j at byte 4j + i, so that the four bytes of the 32-bit lanes
 * are four whole vectors of sums. Sums are kept in 16-bit lanes: `both` adds pairs of bytes as they are, `odd` the
 * upper bytes alone; the sum of the lower bytes is both - (odd << 8). */
#ifndef AXF_AGEMM_VBMI_H
#define AXF_AGEMM_VBMI_H
#include "agemm/plan.h"
#include <immintrin.h>

#define V512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi,avx512vnni")))
#define V512_INLINE V512 __attribute__((always_inline)) static inline
#define VECTORS 4 /* most vectors treated together */
#define KC 128    /* most additions: 255 * 128 is a positive signed 16-bit number */

static inline uint64_t low_bits(int n) { return n >= 64 ? ~UINT64_C(0) : n <= 0 ? 0 : (UINT64_C(1) << n) - 1; }

/* Where byte i of a packed vector comes from. */
V512_INLINE __m512i packed_order(void) {
  uint8_t place[64];
  for (int i = 0; i < 64; i++)
    place[i] = (uint8_t)(16 * (i % 4) + i / 4);
  return _mm512_loadu_si512(place);
}

/* acc += y in place, and the look-up that overwrites its copy of x: spelled out, since GCC 12 makes copies of both. */
V512_INLINE void add16(__m512i *acc, __m512i y) { __asm__("vpaddw %1, %0, %0" : "+v"(*acc) : "v"(y)); }
V512_INLINE __m512i look_up(__m512i low, __m512i x, __m512i high) {
  __asm__("vpermi2b %2, %1, %0" : "+v"(x) : "v"(low), "v"(high));
  return x;
}
/* Only in the bytes of k; the others keep x. */
V512_INLINE __m512i look_up_some(__m512i low, __m512i x, __mmask64 k, __m512i high) {
  __asm__("vpermi2b %3, %2, %0%{%1%}" : "+v"(x) : "Yk"(k), "v"(low), "v"(high));
  return x;
}

/* Adds the 64 sums of a plane of weight `one` to s[i] (columns 16i..16i+15). */
V512_INLINE void widen(__m512i both, __m512i odd, int one, __m512i s[4]) {
  const __m512i lower = _mm512_set1_epi32(one), upper = _mm512_set1_epi32(one << 16);
  const __m512i even = _mm512_sub_epi16(both, _mm512_slli_epi16(odd, 8));
  s[0] = _mm512_dpwssd_epi32(s[0], even, lower);
  s[1] = _mm512_dpwssd_epi32(s[1], odd, lower);
  s[2] = _mm512_dpwssd_epi32(s[2], even, upper);
  s[3] = _mm512_dpwssd_epi32(s[3], odd, upper);
}
#endif
