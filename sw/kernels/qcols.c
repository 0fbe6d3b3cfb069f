/* The codes a layer reads, as the columns of a matrix.
 * SPDX-License-Identifier: Apache-2.0 */
#include "kernels/qlayer.h"
#include <string.h>

/* The whole input is one column: a transposition. */
static void transpose(const axf_qplan *p, const uint8_t *in, int images, uint8_t *col) {
  for (int b = 0; b < images; b++, in += p->in_n)
    for (size_t k = 0; k < p->in_n; k++)
      col[k * p->pitch + b] = in[k];
}

/* One image with zeros around each of its planes. */
static void pad_image(const axf_layer *L, const uint8_t *in, uint8_t *out) {
  const size_t wide = (size_t)L->in_w + 2 * L->pad;
  memset(out, 0, (size_t)L->in_c * (L->in_h + 2 * L->pad) * wide);
  for (int n = 0; n < L->in_c; n++, out += (size_t)(L->in_h + 2 * L->pad) * wide)
    for (int y = 0; y < L->in_h; y++, in += L->in_w)
      memcpy(out + (size_t)(y + L->pad) * wide + L->pad, in, (size_t)L->in_w);
}

/* The rows of one synapse of one image, src and dst its first ones. What is copied behind a row is overwritten by the
 * next one, or lies in the slack. */
static void copy_rows(const axf_layer *L, const uint8_t *src, size_t wide, uint8_t *dst) {
  const size_t n = (size_t)L->out_w, step = wide * (size_t)L->stride;
  if (L->stride == 1 && n <= 16)
    for (int y = 0; y < L->out_h; y++, src += step, dst += n)
      memcpy(dst, src, 16);
  else if (L->stride == 1 && n <= 32)
    for (int y = 0; y < L->out_h; y++, src += step, dst += n)
      memcpy(dst, src, 32);
  else
    for (int y = 0; y < L->out_h; y++, src += step, dst += n)
      for (size_t x = 0; x < n; x++)
        dst[x] = src[x * (size_t)L->stride];
}

void axf_qcols(const axf_qplan *p, const uint8_t *in, int images, uint8_t *padded, uint8_t *col) {
  const axf_layer *L = p->conv;
  const size_t wide = (size_t)L->in_w + 2 * L->pad, plane = wide * ((size_t)L->in_h + 2 * L->pad);
  if (L->pad == 0 && L->ky == L->in_h && L->kx == L->in_w) {
    transpose(p, in, images, col);
    return;
  }
  for (int b = 0; b < images; b++) {
    uint8_t *dst = col + (size_t)b * p->P;
    pad_image(L, in + b * p->in_n, padded);
    for (int n = 0; n < L->in_c; n++)
      for (int i = 0; i < L->ky; i++)
        for (int j = 0; j < L->kx; j++, dst += p->pitch)
          copy_rows(L, padded + n * plane + i * wide + j, wide, dst);
  }
}
