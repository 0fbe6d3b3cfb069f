/* What every module test uses: the module's pins, one clock, random numbers, bit fields, checks.
 * A cycle of a test: set inputs, settle(), look at outputs (and set inputs that follow from them, settle() again),
 * tick(). SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_H
#define TB_H
#include "check.h"
#include "pins.h"
#include "sw/isa/isa.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* ---- the module (shim.cpp) ---- */
extern struct pins pins;
void settle(void);     /* evaluates with the inputs in pins */
void clock_edge(void); /* one rising edge with them */
void model_start(unsigned seed);

static uint64_t tb_state;
static long tb_cycle;

/* Ends the test at once: too many failures, or no progress. TB_NAME: module and parameters, from run.sh. */
static inline int tb_done(void) { return check_done(TB_NAME); }
#define EXPECT(cond, ...)                                                                                              \
  do {                                                                                                                 \
    CHECK_MSG(cond, __VA_ARGS__);                                                                                      \
    if (!(cond))                                                                                                       \
      printf("  in %s, cycle %ld\n", TB_NAME, tb_cycle);                                                               \
    if (check_failed >= 5)                                                                                             \
      exit(tb_done());                                                                                                 \
  } while (0)

static inline void tick(void) {
  clock_edge();
  if (++tb_cycle > 2000000) {
    EXPECT(0, "no end in sight");
    exit(tb_done());
  }
}

/* ---- random numbers (splitmix64) ---- */
static inline uint64_t rnd64(void) {
  uint64_t z = tb_state += 0x9e3779b97f4a7c15u;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
  z = (z ^ z >> 27) * 0x94d049bb133111ebu;
  return z ^ z >> 31;
}
static inline int rnd(int n) { return (int)((rnd64() >> 32) * (uint64_t)n >> 32); } /* 0..n-1 */
static inline int between(int low, int high) { return low + rnd(high - low + 1); }
static inline int chance(int percent) { return rnd(100) < percent; }
static inline int log2_of(int a) { return a < 2 ? 0 : 1 + log2_of(a / 2); } /* of a power of two */
/* A value that depends on a, b and c only: the content of a memory word. */
static inline uint32_t content(uint32_t a, uint32_t b, uint32_t c) {
  uint64_t z = (a * 0x9e3779b97f4a7c15u) ^ (b * 0xc2b2ae3d27d4eb4fu) ^ ((uint64_t)c * 0x165667b19e3779f9u + 0x27d4eb2f);
  z = (z ^ z >> 29) * 0xbf58476d1ce4e5b9u;
  return (uint32_t)(z >> 32);
}

/* The first lines of every main: argv[1] may give another seed. */
static inline void tb_start(int argc, char **argv) {
  tb_state = argc > 1 ? strtoull(argv[1], NULL, 0) : 1;
  model_start((unsigned)tb_state);
  settle(); /* clk_i is 0 before the first edge */
}

/* ---- fields of a pin, of an instruction: any width of storage, bit 0 lowest (a little-endian machine) ---- */
static inline uint64_t bits_get(const void *from, int lsb, int width) {
  const uint8_t *b = from;
  uint64_t r = 0;
  for (int i = 0; i < width; i++)
    r |= (uint64_t)(b[(lsb + i) / 8] >> (lsb + i) % 8 & 1) << i;
  return r;
}
static inline void bits_set(void *to, int lsb, int width, uint64_t value) {
  uint8_t *b = to;
  for (int i = 0; i < width; i++) {
    int bit = lsb + i;
    b[bit / 8] = (uint8_t)((b[bit / 8] & ~(1 << bit % 8)) | (int)(value >> i & 1) << bit % 8);
  }
}
static inline void bits_random(void *to, size_t bytes) {
  for (size_t i = 0; i < bytes; i++)
    ((uint8_t *)to)[i] = (uint8_t)rnd(256);
}
#define FIELD(instr, NAME, value) bits_set(instr, AXF_##NAME##_LSB, AXF_##NAME##_W, (uint64_t)(value))
#define GET(instr, NAME) ((int)bits_get(instr, AXF_##NAME##_LSB, AXF_##NAME##_W))
#endif
