/* How an 8-bit weight lies in a memory, what failing cells do to it, and float weights on the 8-bit grid.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The arithmetic of the accelerator is sign-magnitude (docs/arithmetic.md). Another code in the memory means a decoder
 * behind it; the number -128 that such a decoder can produce becomes -127. */
#ifndef AXF_CODES_H
#define AXF_CODES_H
#include "faults/faults.h"
#include "nn/net.h"

typedef enum {
  AXF_CODE_SIGN,  /* sign-magnitude: bit 7 the sign */
  AXF_CODE_TWOS,  /* two's complement */
  AXF_CODE_OFFSET /* unsigned: weight + 128 (the unsigned code of Stutz et al., MLSys 2021) */
} axf_weight_code;
/* "sign-magnitude", "twos", "offset"; -1 + axf_fail naming these for anything else, `what` in front. */
int axf_weight_code_of(const char *what, const char *name, axf_weight_code *c);
const char *axf_weight_code_name(axf_weight_code c);

/* The bits that stand for weight v (-127..127) in memory, and the weight that any 8 bits are read as. */
uint8_t axf_weight_encode(axf_weight_code c, int v);
int axf_weight_decode(axf_weight_code c, uint8_t bits);

/* Step of the 8-bit grid of one output map: its largest magnitude / 127 (0 for a map of zeros). w: (k). */
float axf_weight_step(const float *w, size_t k);
/* Integer of w on a grid of that step, rounded half up, in -127..127; 0 for step 0. */
int axf_weight_round(float w, float step);

/* Number of weights of a net: the places in the cells below, layer by layer, (out_c, in_c, ky, kx) in each. */
size_t axf_weight_total(const axf_net *n);

/* The cells that hold the weights of a net: what each bit reads as after a 0 or a 1 was written. With parity or SECDED
 * a word is read as a whole: which cells of it, check bits above the weight's, fail and what they read as. */
typedef struct {
  size_t n;            /* weights */
  uint8_t *zero, *one; /* (n) without a fault 0 and 255; with mask what is meant is there */
  axf_protect protect;
  axf_fault_kind kind;    /* of mask: set with the cells */
  uint16_t *mask, *value; /* (n), or NULL: no word code */
} axf_cells;
int axf_cells_alloc(axf_cells *c, size_t n);
/* The weights' words are protected (sw/faults). -1 + axf_fail (memory); call it before the cells are chosen. */
int axf_cells_protect(axf_cells *c, axf_protect p);
void axf_cells_free(axf_cells *c);
/* A new random chip: each bit among `bits` fails with probability p (to 2^-32), independently. kind: flip, or stuck at
 * 0 or 1 with equal chances; transient is as flip. Depends on seed, stream, p, kind and bits only. */
void axf_cells_random(axf_cells *c, uint64_t seed, uint64_t stream, double p, axf_fault_kind kind, uint8_t bits);
/* The cells of one die (sw/faults) at failure probability p, the weights following each other through the kernel buffer
 * of the default accelerator again and again: an abstract placement, not that of a program. */
void axf_cells_die(axf_cells *c, const axf_die *die, double p, uint8_t bits);
/* What weight number i, written as `written`, reads as. */
static inline uint8_t axf_cells_read(const axf_cells *c, size_t i, uint8_t written) {
  axf_protect_event event;
  if (c->mask)
    return c->mask[i] ? (uint8_t)axf_protect_read(c->protect, c->kind, 8, written, c->mask[i], c->value[i], &event)
                      : written;
  return (uint8_t)((written & c->one[i]) | (~written & c->zero[i]));
}

/* out = p with every weight on its 8-bit grid, read through the cells (NULL: faultless). Biases are copied. */
void axf_weights_quantised(const axf_net *n, const axf_params *p, axf_weight_code c, const axf_cells *cells,
                           axf_params *out);
/* code (count): sign-magnitude codes of weights number first, first + 1 .., which become what is read when they are
 * stored as `c`. A faultless minus zero stays; in `c` sign-magnitude a fault can make one. */
void axf_codes_read(axf_weight_code c, const axf_cells *cells, size_t first, uint8_t *code, size_t count);
#endif
