/* The weight image: for every map group and input chunk, the words each kernel bank delivers to its rows.
 * Order of words (kernel_loader): ms { segment { [parameter record] ns { tn { kk } } } }; bank tm of the group.
 * SPDX-License-Identifier: Apache-2.0 */
#include "compile/lower.h"
#include <stdlib.h>
#include <string.h>

/* Word `addr` of bank `bank` of the block that starts at byte `start`. */
static void put(uint8_t *image, const axf_kblock *b, int W, int addr, int bank, unsigned v) {
  size_t at = b->offset + ((size_t)addr * (size_t)b->lanes + (size_t)bank) * (size_t)(W / 8);
  image[at] = (uint8_t)v;
  if (W == 16)
    image[at + 1] = (uint8_t)(v >> 8);
}

static unsigned sign_magnitude(int v, int W) { return v < 0 ? (unsigned)-v | 1u << (W - 1) : (unsigned)v; }

/* A parameter record as 64/W words, each as often as the architecture has it: bias in 48 bits, mult, shift. */
static void put_params(uint8_t *image, const axf_kblock *b, const axf_arch *a, int addr, int bank, const axf_qlayer *q,
                       int m, int M) {
  const int W = a->W;
  uint64_t rec = 0;
  if (m < M)
    rec = ((uint64_t)(int64_t)q->bias[m] & 0xffffffffffffu) | (uint64_t)q->mult[m] << 48 | (uint64_t)q->shift[m] << 56;
  else
    rec = (uint64_t)1 << 56;
  for (int k = 0; k < axf_record_words(a); k++)
    put(image, b, W, addr + k, bank, (unsigned)(rec >> (k / a->rec_copies * W) & ((1u << W) - 1)));
}

int axf_kernel_block(axf_lower *c, axf_kblock *b, const axf_work *w, const axf_factors *f, int ms0, int ms,
                     const axf_chunk *k, int params) {
  const int W = c->arch.W, KK = k->ky * k->kx;
  const int n0 = k->ns0 * f->Tn, Nt = axf_min(w->N, (k->ns0 + k->ns) * f->Tn) - n0;
  b->ms = ms;
  b->ns = k->ns;
  b->kk = KK;
  b->tail = Nt - (k->ns - 1) * f->Tn;
  b->params = params;
  b->records = ms * f->Qm;
  b->words = ms * f->Qm * ((params ? axf_record_words(&c->arch) : 0) + Nt * KK);
  /* A word for each map of a step; of the last step alone, for those that are left. */
  b->lanes_log2 = axf_log2_up(ms * f->Qm == 1 ? axf_min(f->Tm, w->M - ms0 * f->Tm) : f->Tm);
  b->lanes = 1 << b->lanes_log2;
  size_t bytes = (size_t)b->words * (size_t)b->lanes * (size_t)(W / 8);
  b->beats = (int)((bytes + 15) / 16);
  b->addrs = axf_max((int)((size_t)b->beats * 16 / ((size_t)b->lanes * (size_t)(W / 8))), 1);
  if (b->addrs > c->arch.kb_words)
    return axf_fail("layer %s: one step of its kernels needs %d of the %d kernel buffer words a bank", w->net->name,
                    b->addrs, c->arch.kb_words);
  b->offset = c->weight_bytes;
  size_t end = b->offset + (size_t)b->beats * 16;
  if (end > c->weight_cap) {
    size_t cap = end * 2;
    uint8_t *p = realloc(c->weights, cap);
    if (!p)
      return axf_fail("out of memory for %zu bytes of weights", cap);
    memset(p + c->weight_cap, 0, cap - c->weight_cap);
    c->weights = p;
    c->weight_cap = cap;
  }
  c->weight_bytes = end;

  const axf_qlayer *q = &c->q->q[w->index];
  for (int tm = 0; tm < axf_min(f->Tm, b->lanes); tm++) {
    int addr = 0;
    for (int step = ms0 * f->Qm; step < (ms0 + ms) * f->Qm; step++) { /* (map step, segment) */
      int m = step * f->Tm + tm;
      if (params) {
        put_params(c->weights, b, &c->arch, addr, tm, q, m, w->M);
        addr += axf_record_words(&c->arch);
      }
      for (int n = n0; n < n0 + Nt; n++)
        for (int i = k->i0; i < k->i0 + k->ky; i++)
          for (int j = k->j0; j < k->j0 + k->kx; j++, addr++)
            if (m < w->M)
              put(c->weights, b, W, addr, tm,
                  sign_magnitude(axf_qweight(q, (((size_t)m * (size_t)w->N + (size_t)n) * (size_t)w->Ky + (size_t)i) *
                                                        (size_t)w->Kx +
                                                    (size_t)j),
                                 W));
    }
  }
  return 0;
}
