/* Random programs (noise.h). SPDX-License-Identifier: Apache-2.0 */
#include "noise.h"
#include <string.h>

static uint32_t draw(axf_rng *g, int n) { return axf_rng_below(g, (uint32_t)n); }

static void put(uint32_t *w, int lsb, int width, uint32_t value) {
  for (int b = lsb; b < lsb + width; b++)
    w[b / 32] = (w[b / 32] & ~(1u << b % 32)) | (value >> (b - lsb) & 1) << b % 32;
}
#define PUT(w, NAME, value) put(w, AXF_##NAME##_LSB, AXF_##NAME##_W, value)
#define SHORT(w, NAME) PUT(w, NAME, 1 + draw(g, 2)) /* a count of 1 or 2 */

/* Inside the memory that the program was given. */
#define NEAR(w, NAME)                                                                                                  \
  do {                                                                                                                 \
    PUT(w, NAME##_OFFSET, 16 * draw(g, 64));                                                                           \
    PUT(w, NAME##_BEATS, 1 + draw(g, 20));                                                                             \
    SHORT(w, NAME##_NY);                                                                                               \
    SHORT(w, NAME##_NZ);                                                                                               \
    PUT(w, NAME##_YSTRIDE, draw(g, 64));                                                                               \
    PUT(w, NAME##_ZSTRIDE, draw(g, 64));                                                                               \
  } while (0)

/* Few steps; without outputs: no row of the array has one, so that no result ends up behind a buffer. */
static void tame(axf_rng *g, uint32_t *w, uint32_t op, int outputs) {
  switch (op) {
  case AXF_OP_LD:
    NEAR(w, LD);
    break;
  case AXF_OP_ST:
    NEAR(w, ST);
    break;
  case AXF_OP_KLD:
    SHORT(w, KLD_MS);
    SHORT(w, KLD_NS);
    SHORT(w, KLD_KK);
    break;
  case AXF_OP_NLD:
    SHORT(w, NLD_NS);
    SHORT(w, NLD_YC);
    SHORT(w, NLD_XC);
    break;
  case AXF_OP_XCFG0:
    SHORT(w, XCFG0_POOL);
    SHORT(w, XCFG0_ISTEPS);
    SHORT(w, XCFG0_JSTEPS);
    PUT(w, XCFG0_QM, 1 + draw(g, 4));
    break;
  case AXF_OP_XTILE:
    SHORT(w, XTILE_MS);
    SHORT(w, XTILE_RS);
    SHORT(w, XTILE_CS);
    SHORT(w, XTILE_NS);
    if (!outputs)
      PUT(w, XTILE_RT, 0);
    break;
  default:
    break;
  }
}

void axf_noise_program(axf_rng *g, uint32_t to[AXF_NOISE_INSTR][AXF_INSTR_BITS / 32]) {
  const int outputs = draw(g, 3) == 0;
  for (int i = 0; i < AXF_NOISE_INSTR; i++) {
    const uint32_t op = AXF_OP_LD + draw(g, AXF_OP_XTILE - AXF_OP_LD + 1);
    uint32_t *w = to[i];
    for (int k = 0; k < AXF_INSTR_BITS / 32; k++)
      w[k] = (uint32_t)axf_rng_u64(g);
    if (draw(g, 40)) /* else as it is, perhaps for ever */
      tame(g, w, op, outputs);
    PUT(w, HDR_OPCODE, op);
    PUT(w, HDR_WAIT, draw(g, 6) == 0 ? 1u << draw(g, 16) : 0);
    PUT(w, HDR_POST, 1u << draw(g, 16) | 1u << draw(g, 16));
    PUT(w, HDR_POST2, 1u << draw(g, 16));
  }
  memset(to[AXF_NOISE_INSTR - 1], 0, sizeof to[0]);
}
