/* Which cells fail. Every function is a pure function of its arguments: no state, no order.
 * SPDX-License-Identifier: Apache-2.0 */
#include "faults/faults.h"
#include <string.h>

static const char *const kinds[] = {"flip", "stuck", "transient"};

int axf_fault_kind_of(const char *name, axf_fault_kind *kind) {
  for (int k = 0; k < 3; k++)
    if (strcmp(name, kinds[k]) == 0) {
      *kind = (axf_fault_kind)k;
      return 0;
    }
  return axf_fail("a kind of fault is flip, stuck or transient, not '%s'", name);
}

const char *axf_fault_kind_name(axf_fault_kind kind) { return kinds[kind]; }

/* The finaliser of splitmix64 (Steele, Lea and Flood, 2014) with its increment in front. */
static inline uint64_t mix(uint64_t z) {
  z += 0x9e3779b97f4a7c15u;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
  z = (z ^ z >> 27) * 0x94d049bb133111ebu;
  return z ^ z >> 31;
}

static uint64_t macro_hash(uint32_t die, uint32_t macro) { return mix((uint64_t)die << 32 | macro); }

static inline uint64_t cell_hash(uint64_t macro, uint32_t addr, int bit) {
  return mix(macro ^ ((uint64_t)addr << 8 | (unsigned)bit));
}

uint64_t axf_fault_cell(uint32_t die, uint32_t macro, uint32_t addr, int bit) {
  return cell_hash(macro_hash(die, macro), addr, bit);
}

uint32_t axf_fault_threshold(double p) {
  double t = p * 4294967296.0 + 0.5;
  return t >= 4294967295.0 ? 0xffffffffu : t > 0 ? (uint32_t)t : 0;
}

uint32_t axf_fault_macro_threshold(const axf_die *d, uint32_t macro, uint32_t t) {
  /* Means of the 16 equally likely parts of a log-normal law of mean 1 and sigma 2.2, in 256ths; they add up to 16. */
  static const uint16_t factor[16] = {0, 1, 3, 4, 6, 10, 14, 19, 27, 39, 56, 83, 128, 215, 434, 3057};
  if (!d->clustered)
    return t;
  uint64_t scaled = (uint64_t)t * factor[mix(macro_hash(d->die, macro) ^ ~(uint64_t)0) >> 60] >> 8;
  return scaled > 0xffffffffu ? 0xffffffffu : (uint32_t)scaled;
}

size_t axf_fault_masks(const axf_die *d, uint32_t macro, uint32_t t, uint32_t addr0, size_t words, int width,
                       uint32_t *mask, uint32_t *value) {
  const uint64_t base = macro_hash(d->die, macro);
  const uint32_t limit = d->kind == AXF_FAULT_TRANSIENT ? 0 : axf_fault_macro_threshold(d, macro, t);
  size_t failing = 0;
  for (size_t i = 0; i < words; i++) {
    uint32_t m = 0, v = 0;
    for (int b = 0; limit && b < width; b++) {
      const uint64_t h = cell_hash(base, addr0 + (uint32_t)i, b);
      if ((uint32_t)(h >> 32) < limit) {
        m |= 1u << b;
        v |= (uint32_t)(h & 1) << b;
        failing++;
      }
    }
    mask[i] = m;
    if (value)
      value[i] = v;
  }
  return failing;
}

uint32_t axf_fault_transient(const axf_die *d, uint32_t macro, uint32_t t, uint32_t addr, uint32_t n, int width) {
  const uint64_t base = mix(macro_hash(d->die, macro) ^ d->run) ^ (uint64_t)n << 32;
  const uint32_t limit = axf_fault_macro_threshold(d, macro, t);
  uint32_t flips = 0;
  for (int b = 0; b < width; b += 2) {
    /* One hash serves two cells. */
    const uint64_t h = cell_hash(base, addr, b);
    flips |= (uint32_t)((uint32_t)(h >> 32) < limit) << b;
    if (b + 1 < width)
      flips |= (uint32_t)((uint32_t)h < limit) << (b + 1);
  }
  return flips;
}
