/* What LD and ST have in common: planes of rows of beats, and the bursts that a row is split into.
 * The fields have the same names in both; AXF_DMA_x stands for AXF_LD_x or AXF_ST_x.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef DMA_H
#define DMA_H
#include "engine.h"

struct dma {
  int beats, ny, nz, addr, pitch, plane;
  uint32_t base, offset, ystride, zstride; /* base: number of the register */
};

/* A random transfer. */
static inline struct dma dma_random(void) {
  struct dma d = {0};
  d.ny = chance(50) ? 1 : between(1, 6);
  d.nz = chance(50) ? 1 : between(1, 4);
  d.beats = chance(20) ? 1 : d.ny * d.nz == 1 && chance(10) ? between(40, 100) : between(1, d.ny * d.nz > 4 ? 6 : 20);
  d.base = (uint32_t)rnd(4);
  d.offset = (uint32_t)rnd(1 << 24) * 16;
  d.ystride = (uint32_t)(chance(50) ? d.beats : rnd(1 << 20));
  d.zstride = (uint32_t)(chance(50) ? d.beats * d.ny : rnd(1 << 24));
  d.addr = rnd(65536);
  d.pitch = rnd(chance(50) ? 64 : 65536);
  d.plane = rnd(chance(50) ? 1024 : 65536);
  return d;
}

#define DMA_PUT(i, OP, d)                                                                                              \
  do {                                                                                                                 \
    FIELD(i, OP##_BASE, (d).base);                                                                                     \
    FIELD(i, OP##_OFFSET, (d).offset);                                                                                 \
    FIELD(i, OP##_BEATS, (d).beats);                                                                                   \
    FIELD(i, OP##_ADDR, (d).addr);                                                                                     \
    FIELD(i, OP##_NY, (d).ny);                                                                                         \
    FIELD(i, OP##_NZ, (d).nz);                                                                                         \
    FIELD(i, OP##_YSTRIDE, (d).ystride);                                                                               \
    FIELD(i, OP##_ZSTRIDE, (d).zstride);                                                                               \
    FIELD(i, OP##_PITCH, (d).pitch);                                                                                   \
    FIELD(i, OP##_PLANE, (d).plane);                                                                                   \
  } while (0)

static uint32_t dma_base[4];
static inline void dma_bases(void) {
  for (int k = 0; k < 4; k++) {
    dma_base[k] = (uint32_t)rnd64() & 0x7ffffff0;
    bits_set(pins.base_i, k * 32, 32, dma_base[k]);
    bits_set(pins.limit_i, k * 32, 32, 0xffffffff);
  }
}

static inline int dma_total(const struct dma *d) { return d->beats * d->ny * d->nz; }

/* Where beat n of the transfer is in memory. */
static inline uint32_t dma_memory(const struct dma *d, int n) {
  uint32_t x = (uint32_t)(n % d->beats), y = (uint32_t)(n / d->beats % d->ny), z = (uint32_t)(n / d->beats / d->ny);
  return dma_base[d->base] + d->offset + 16 * (z * d->zstride + y * d->ystride + x);
}

/* The bank address of its row's first word. */
static inline int dma_row(const struct dma *d, int n) {
  int row = n / d->beats;
  return (d->addr + row / d->ny * d->plane + row % d->ny * d->pitch) & 0xffff;
}

/* Beats of the burst that starts with beat n: to the end of the row or of the 256-byte line. */
static inline int dma_burst(const struct dma *d, int n) {
  int line = 16 - (int)(dma_memory(d, n) / 16 % 16), left = d->beats - n % d->beats;
  return left < line ? left : line;
}
/* A window that ends somewhere in transfer d or far behind it, and whether beats n .. n + count - 1 lie in it. Offsets
 * are not negative, so below the base lies what wraps around the end of memory: `wrap` moves the base there. */
static uint32_t dma_high;
static inline void dma_window(const struct dma *d, int wrap) {
  dma_high = wrap || chance(30) ? 0xffffffff : dma_memory(d, rnd(dma_total(d))) + (uint32_t)rnd(2) * 16 - 1;
  if (wrap)
    dma_base[d->base] = -d->offset - 16 * (uint32_t)rnd(2 * dma_total(d));
  bits_set(pins.base_i, (int)d->base * 32, 32, dma_base[d->base]);
  bits_set(pins.limit_i, (int)d->base * 32, 32, dma_high);
}
static inline int dma_inside(const struct dma *d, int n, int count) {
  const uint32_t last = dma_memory(d, n + count - 1);
  return dma_memory(d, n) >= dma_base[d->base] && last <= dma_high;
}
#endif
