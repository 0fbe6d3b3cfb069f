/* Which result a write of the array is: by where it is written, as the placements of the program say.
 * SPDX-License-Identifier: Apache-2.0 */
#include "progmodel/state.h"
#include "refmodel/refmodel.h"
#include <stdlib.h>
#include <string.h>

/* Makes block k the one being written: the table from places to its results. */
static int set_block(axf_progmodel *m, int l, int k) {
  const axf_prog_layer *y = &m->p->layer[l];
  const axf_block *g = &y->block[k];
  const int words = m->arch.nb_words, D = m->arch.D;
  m->block[l] = k;
  m->block_left[l] = g->at.c * g->at.h * g->at.w;
  memset(m->where[l], -1, (size_t)D * (size_t)words * sizeof *m->where[l]);
  for (int c = 0; c < g->at.c; c++)
    for (int r = 0; r < g->at.h; r++)
      for (int x = 0; x < g->at.w; x++) {
        int bank, addr;
        axf_place(&g->at, c, r, x, &bank, &addr);
        if (bank < 0 || bank >= D || addr < 0 || addr >= words)
          return axf_fail("program: a result of layer %d is placed in bank %d, address %d", l, bank, addr);
        m->where[l][bank * words + addr] = ((g->m0 + c) * y->out_h + g->y0 + r) * y->out_w + g->x0 + x;
      }
  return 0;
}

/* Makes image k the one that layer l writes. */
static int set_image(axf_progmodel *m, int l, int k) {
  const axf_placement *at = &m->p->layer[l].block[0].at;
  m->image[l] = k;
  if (m->block[l] != 0 && set_block(m, l, 0))
    return -1;
  m->block_left[l] = at->c * at->h * at->w;
  return 0;
}

int axf_pm_results_begin(axf_progmodel *m) {
  for (int l = 0; l < m->p->nlayers; l++) {
    if (!m->where[l]) {
      m->where[l] = axf_alloc((size_t)m->arch.D * (size_t)m->arch.nb_words, sizeof *m->where[l]);
      m->block[l] = -1;
    }
    if (!m->where[l] || set_image(m, l, 0))
      return -1;
  }
  return 0;
}

int axf_pm_result(axf_progmodel *m, int layer, int buffer, uint32_t bank, uint32_t addr, uint8_t code) {
  const axf_prog_layer *y = &m->p->layer[layer];
  const uint32_t words = (uint32_t)m->arch.nb_words, at = addr - (uint32_t)(m->image[layer] % 2 * y->out_step);
  const int i =
      bank < (uint32_t)m->arch.D && at < words && buffer == y->out.buffer ? m->where[layer][bank * words + at] : -1;
  if (i < 0)
    return axf_fail("program: layer %d writes to buffer %d, bank %u, address %u, where no result belongs", layer,
                    buffer, bank, addr);
  if (m->out && m->out[layer])
    m->out[layer][(size_t)m->image[layer] * (size_t)(y->out_c * y->out_h * y->out_w) + (size_t)i] =
        (int16_t)(m->q->q[y->net_layer].out_signed ? axf_code_value(code) : code);
  if (--m->block_left[layer])
    return 0;
  if (m->block[layer] + 1 < y->nblocks)
    return set_block(m, layer, m->block[layer] + 1);
  return m->image[layer] + 1 < m->p->images ? set_image(m, layer, m->image[layer] + 1) : 0;
}
