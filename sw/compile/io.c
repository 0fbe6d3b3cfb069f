/* Images of the network's input and output in external memory: bank-interleaved, as the load and store engines want
 * them. SPDX-License-Identifier: Apache-2.0 */
#include "compile/plan.h"
#include <string.h>

void axf_pack_input(const axf_program *p, int in_signed, const int16_t *in, uint8_t *image) {
  const axf_placement *pl = &p->layer[0].in;
  const int W = p->arch.W;
  memset(image, 0, p->in_bytes);
  for (int c = 0, k = 0; c < pl->c; c++)
    for (int y = 0; y < pl->h; y++)
      for (int x = 0; x < pl->w; x++, k++) {
        int bank, addr, v = in[k];
        axf_place(pl, c, y, x, &bank, &addr);
        unsigned code = in_signed && v < 0 ? (unsigned)-v | 1u << (W - 1) : (unsigned)v;
        uint8_t *at = image + ((size_t)(addr - pl->base) * (size_t)p->arch.D + (size_t)bank) * (size_t)(W / 8);
        at[0] = (uint8_t)code;
        if (W == 16)
          at[1] = (uint8_t)(code >> 8);
      }
}

void axf_unpack_output(const axf_program *p, int out_signed, const uint8_t *image, int16_t *out) {
  const axf_placement *pl = &p->layer[p->nlayers - 1].out;
  const int W = p->arch.W;
  for (int c = 0, k = 0; c < pl->c; c++)
    for (int y = 0; y < pl->h; y++)
      for (int x = 0; x < pl->w; x++, k++) {
        int bank, addr;
        axf_place(pl, c, y, x, &bank, &addr);
        const uint8_t *at = image + ((size_t)(addr - pl->base) * (size_t)p->arch.D + (size_t)bank) * (size_t)(W / 8);
        unsigned code = W == 16 ? at[0] | (unsigned)at[1] << 8 : at[0];
        unsigned mag = code & ((1u << (W - 1)) - 1);
        out[k] = (int16_t)(!out_signed ? (int)code : code >> (W - 1) ? -(int)mag : (int)mag);
      }
}
