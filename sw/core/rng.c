/* Random numbers: xoshiro256** (Blackman and Vigna, 2018), its state filled by splitmix64. Integers only, except the
 * normal deviate, which uses the deterministic functions of fmath.c.
 * SPDX-License-Identifier: Apache-2.0 */
#include "core/core.h"
#include <math.h>

/* The next output of splitmix64, whose state is x. */
static uint64_t splitmix(uint64_t *x) {
  const uint64_t out = axf_splitmix64(*x);
  *x += UINT64_C(0x9e3779b97f4a7c15);
  return out;
}

/* Seed and stream are mixed one after the other, so that neighbouring pairs land far apart. */
void axf_rng_seed(axf_rng *r, uint64_t seed, uint64_t stream) {
  uint64_t x = seed;
  x = splitmix(&x) ^ stream;
  x = splitmix(&x);
  for (int i = 0; i < 4; i++)
    r->s[i] = splitmix(&x); /* four steps of a bijection from different states: never all zero */
}

/* Multiply and shift (Lemire, 2019): the few draws that would make low values likelier are thrown away. */
uint32_t axf_rng_below(axf_rng *r, uint32_t n) {
  uint32_t reject = -n % n; /* 2^32 mod n */
  for (;;) {
    uint64_t m = (axf_rng_u64(r) >> 32) * n;
    if ((uint32_t)m >= reject)
      return (uint32_t)(m >> 32);
  }
}

float axf_rng_uniform(axf_rng *r) { return (float)(axf_rng_u64(r) >> 40) * 0x1p-24f; }

/* Box and Muller; one draw gives both uniforms, the second deviate is not kept so that a call has no memory. */
float axf_rng_normal(axf_rng *r) {
  uint64_t bits = axf_rng_u64(r);
  float u = (float)((bits >> 40) + 1) * 0x1p-24f; /* (0, 1]: the logarithm is finite */
  float v = (float)(bits >> 16 & 0xffffff) * 0x1p-24f;
  return sqrtf(-2.0f * axf_logf(u)) * axf_cosf(6.2831853f * v);
}

void axf_rng_shuffle(axf_rng *r, uint32_t *v, size_t n) {
  for (size_t i = n; i > 1; i--) {
    uint32_t j = axf_rng_below(r, (uint32_t)i), t = v[i - 1];
    v[i - 1] = v[j];
    v[j] = t;
  }
}
