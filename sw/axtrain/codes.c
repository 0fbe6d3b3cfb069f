/* Weight codes, the 8-bit grid and failing cells.
 * SPDX-License-Identifier: Apache-2.0 */
#include "axtrain/codes.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[] = {"sign-magnitude", "twos", "offset"};

int axf_weight_code_of(const char *what, const char *name, axf_weight_code *c) {
  for (int i = 0; i < 3; i++)
    if (strcmp(name, names[i]) == 0) {
      *c = (axf_weight_code)i;
      return 0;
    }
  return axf_fail("%s must be one of sign-magnitude, twos, offset, found '%s'", what, name);
}

const char *axf_weight_code_name(axf_weight_code c) { return names[c]; }

uint8_t axf_weight_encode(axf_weight_code c, int v) {
  if (c == AXF_CODE_SIGN)
    return (uint8_t)(v < 0 ? 128 - v : v);
  return (uint8_t)(c == AXF_CODE_TWOS ? v : v + 128);
}

int axf_weight_decode(axf_weight_code c, uint8_t bits) {
  int v;
  if (c == AXF_CODE_SIGN)
    v = bits & 128 ? -(bits & 127) : bits;
  else
    v = c == AXF_CODE_TWOS ? (bits ^ 128) - 128 : bits - 128;
  return v < -127 ? -127 : v;
}

float axf_weight_step(const float *w, size_t k) { return axf_max_magnitude(w, k) / 127; }

int axf_weight_round(float w, float step) {
  if (step <= 0)
    return 0;
  float v = floorf(w / step + 0.5f);
  return v > 127 ? 127 : v < -127 ? -127 : (int)v;
}

size_t axf_weight_total(const axf_net *n) {
  size_t sum = 0;
  for (int l = 0; l < n->nlayers; l++)
    sum += axf_weight_count(&n->layer[l]);
  return sum;
}

/* 64 independent bits, each 1 with probability t / 2^32: compares t with 64 random fractions, digit by digit from the
 * lowest on. A digit 1 of t lets a fraction with digit 0 be below, a digit 0 needs digit 0 and below so far. */
static uint64_t bernoulli64(axf_rng *r, uint32_t t) {
  uint64_t below = 0;
  if (t == UINT32_MAX)
    return ~(uint64_t)0;
  axf_rng own = *r; /* in registers */
  for (int i = t ? __builtin_ctz(t) : 32; i < 32; i++) {
    const uint64_t x = axf_rng_u64(&own), digit = -(uint64_t)(t >> i & 1);
    below = (digit & (below | x)) | (~digit & below & x);
  }
  *r = own;
  return below;
}

int axf_cells_alloc(axf_cells *c, size_t n) {
  *c = (axf_cells){.n = n, .zero = axf_alloc(2 * n, 1)};
  if (!c->zero)
    return -1;
  c->one = c->zero + n;
  memset(c->one, 255, n);
  return 0;
}

int axf_cells_protect(axf_cells *c, axf_protect p) {
  c->protect = p;
  if (p.kind != AXF_PROTECT_PARITY && p.kind != AXF_PROTECT_SECDED)
    return 0;
  c->mask = axf_alloc(2 * c->n, sizeof *c->mask);
  c->value = c->mask ? c->mask + c->n : NULL;
  return c->mask ? 0 : -1;
}

void axf_cells_free(axf_cells *c) {
  free(c->zero);
  free(c->mask);
  *c = (axf_cells){0};
}

/* The cells among `bits` that fail in 8 words, and what stuck ones hold: eight bits a word. */
static void draw(axf_rng *r, uint32_t threshold, axf_fault_kind kind, uint8_t bits, uint8_t fails[8],
                 uint8_t holds[8]) {
  const uint64_t f = bernoulli64(r, threshold), h = kind == AXF_FAULT_STUCK ? axf_rng_u64(r) : 0;
  for (int k = 0; k < 8; k++) {
    fails[k] = (uint8_t)(f >> 8 * k) & bits;
    holds[k] = (uint8_t)(h >> 8 * k);
  }
}

/* Data bits that can fail at all: those not kept at nominal supply. */
static uint8_t low_bits(const axf_cells *c, uint8_t bits) {
  return c->protect.kind == AXF_PROTECT_SAFE ? bits & (uint8_t)(255 >> c->protect.safe) : bits;
}

void axf_cells_random(axf_cells *c, uint64_t seed, uint64_t stream, double p, axf_fault_kind kind, uint8_t bits) {
  axf_rng r;
  const uint32_t threshold = axf_fault_threshold(p);
  const uint8_t check = (uint8_t)((1 << (axf_protect_cells(c->protect, 8) & 7)) - 1); /* 1 or 5 of them */
  axf_rng_seed(&r, seed, stream);
  bits = low_bits(c, bits);
  c->kind = kind;
  size_t i = 0;
  for (; kind != AXF_FAULT_STUCK && !c->mask && i + 8 <= c->n; i += 8) { /* eight words at once, the same draws */
    const uint64_t f = bernoulli64(&r, threshold) & bits * UINT64_C(0x0101010101010101), sound = ~f;
    memcpy(c->zero + i, &f, 8);
    memcpy(c->one + i, &sound, 8);
  }
  for (; i < c->n; i += 8) {
    uint8_t fails[8], holds[8], more[8], held[8];
    draw(&r, threshold, kind, bits, fails, holds);
    if (c->mask)
      draw(&r, threshold, kind, check, more, held);
    for (size_t k = i; k < i + 8 && k < c->n; k++) {
      const uint8_t f = fails[k - i], at = kind == AXF_FAULT_STUCK ? holds[k - i] : 255;
      c->zero[k] = f & at;
      c->one[k] = (uint8_t)(~f | (kind == AXF_FAULT_STUCK ? at : 0));
      if (c->mask) {
        c->mask[k] = (uint16_t)(f | more[k - i] << 8);
        c->value[k] = (uint16_t)(holds[k - i] | held[k - i] << 8);
      }
    }
  }
}

/* The cells of a die under a word code: place by place, as axf_fault_codes places codes. */
static void die_words(axf_cells *c, const axf_die *die, double p, uint8_t bits) {
  const axf_fault_place place = axf_fault_kernel_buffer(0);
  const size_t banks = (size_t)place.banks, words = (size_t)place.words;
  for (size_t i = 0; i < c->n; i++) {
    uint32_t mask, value;
    axf_fault_masks(die, place.macro + (uint32_t)(i % banks), axf_fault_threshold(p),
                    (uint32_t)(((size_t)place.first + i / banks) % words), 1, axf_protect_cells(c->protect, 8), &mask,
                    &value);
    c->mask[i] = (uint16_t)(mask & (0xff00u | bits));
    c->value[i] = (uint16_t)value;
  }
}

void axf_cells_die(axf_cells *c, const axf_die *die, double p, uint8_t bits) {
  const axf_fault_place place = axf_fault_kernel_buffer(0);
  bits = low_bits(c, bits);
  c->kind = die->kind;
  if (c->mask) {
    die_words(c, die, p, bits);
    return;
  }
  memset(c->zero, 0, c->n);
  memset(c->one, 255, c->n);
  axf_fault_codes(die, p, &place, c->zero, c->zero, c->n);
  axf_fault_codes(die, p, &place, c->one, c->one, c->n);
  for (size_t i = 0; i < c->n; i++) {
    c->zero[i] &= bits;
    c->one[i] |= (uint8_t)~bits;
  }
}

/* Of a row of at most ROW weights: the bits of each code, and back to numbers. Without branches, so that the compiler
 * makes vector instructions of the loops. */
#define ROW 512
static void encode_row(axf_weight_code c, const float *restrict w, size_t n, float step, uint8_t *restrict bits) {
  int32_t v[ROW];
  if (step <= 0) {
    memset(bits, axf_weight_encode(c, 0), n);
    return;
  }
  for (size_t i = 0; i < n; i++) { /* rounded half up; within +-127, for step is the largest magnitude / 127 */
    const float x = w[i] / step + 0.5f;
    v[i] = (int32_t)x;
    v[i] -= x < (float)v[i];
  }
  if (c == AXF_CODE_SIGN) {
    for (size_t i = 0; i < n; i++) {
      const int32_t minus = -(v[i] < 0);
      bits[i] = (uint8_t)(((v[i] ^ minus) - minus) | (minus & 128));
    }
    return;
  }
  const int32_t away = c == AXF_CODE_OFFSET ? 128 : 0;
  for (size_t i = 0; i < n; i++)
    bits[i] = (uint8_t)(v[i] + away);
}
static void read_row(const uint8_t *restrict one, const uint8_t *restrict zero, size_t n, uint8_t *restrict bits) {
  for (size_t i = 0; i < n; i++)
    bits[i] = (uint8_t)((bits[i] & one[i]) | (~bits[i] & zero[i]));
}
static void decode_row(axf_weight_code c, const uint8_t *restrict bits, size_t n, float step, float *restrict to) {
  if (c == AXF_CODE_SIGN) {
    for (size_t i = 0; i < n; i++) {
      const int32_t minus = -(bits[i] >> 7);
      to[i] = step * (float)(((bits[i] & 127) ^ minus) - minus);
    }
    return;
  }
  const int32_t flip = c == AXF_CODE_TWOS ? 128 : 0; /* offset: the number + 128 */
  for (size_t i = 0; i < n; i++) {
    const int32_t v = (bits[i] ^ flip) - 128;
    to[i] = step * (float)(v + (v == -128));
  }
}

void axf_weights_quantised(const axf_net *n, const axf_params *p, axf_weight_code c, const axf_cells *cells,
                           axf_params *out) {
  uint8_t bits[ROW];
  size_t at = 0;
  for (int l = 0; l < n->nlayers; l++) {
    const axf_layer *y = &n->layer[l];
    if (y->kind == AXF_POOL)
      continue;
    size_t k = axf_weight_count(y) / (size_t)y->out_c;
    memcpy(out->bias[l], p->bias[l], (size_t)y->out_c * sizeof(float));
    for (int m = 0; m < y->out_c; m++) {
      const float *w = p->weight[l] + (size_t)m * k;
      float *to = out->weight[l] + (size_t)m * k, step = axf_weight_step(w, k);
      for (size_t i = 0; i < k; i += ROW) {
        const size_t part = k - i < ROW ? k - i : ROW;
        encode_row(c, w + i, part, step, bits);
        if (cells && cells->mask)
          for (size_t j = 0; j < part; j++)
            bits[j] = axf_cells_read(cells, at + i + j, bits[j]);
        else if (cells)
          read_row(cells->one + at + i, cells->zero + at + i, part, bits);
        decode_row(c, bits, part, step, to + i);
      }
      at += k;
    }
  }
}

void axf_codes_read(axf_weight_code c, const axf_cells *cells, size_t first, uint8_t *code, size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (c == AXF_CODE_SIGN) {
      code[i] = axf_cells_read(cells, first + i, code[i]);
      continue;
    }
    uint8_t bits = axf_weight_encode(c, axf_weight_decode(AXF_CODE_SIGN, code[i]));
    uint8_t read = axf_cells_read(cells, first + i, bits);
    if (read != bits)
      code[i] = axf_weight_encode(AXF_CODE_SIGN, axf_weight_decode(c, read));
  }
}
