/* The probe. Tables from place to result are made once a program; a cycle costs one look-up a written word.
 * SPDX-License-Identifier: Apache-2.0 */
#include "probe.h"
#include <stdlib.h>
#include <string.h>

/* Makes block k of the layer the one being written: the table from places to its results. */
static int set_block(const axf_probe *p, axf_probe_layer *l, int k) {
  const axf_block *g = &l->prog->block[k];
  const int words = p->nb_words, index = (int)(l - p->layer);
  l->block = k;
  l->block_left = g->at.c * g->at.h * g->at.w;
  memset(l->where, -1, (size_t)p->D * (size_t)words * sizeof *l->where);
  for (int c = 0; c < g->at.c; c++)
    for (int y = 0; y < g->at.h; y++)
      for (int x = 0; x < g->at.w; x++) {
        int bank, addr;
        axf_place(&g->at, c, y, x, &bank, &addr);
        if (bank < 0 || bank >= p->D || addr < 0 || addr >= words)
          return axf_fail(
              "layer %d: result (%d, %d, %d) of block %d is placed in bank %d, address %d, outside the neuron "
              "buffer",
              index, c, y, x, k, bank, addr);
        int32_t *w = &l->where[bank * words + addr];
        if (*w >= 0)
          return axf_fail("layer %d: result (%d, %d, %d) of block %d shares bank %d, address %d with result number %d",
                          index, c, y, x, k, bank, addr, *w);
        *w = ((g->m0 + c) * l->oh + g->y0 + y) * l->ow + g->x0 + x;
      }
  return 0;
}

static int init_layer(axf_probe *p, axf_probe_layer *l, const axf_prog_layer *g) {
  l->prog = g;
  l->oh = g->out_h;
  l->ow = g->out_w;
  l->nout = g->out_c * g->out_h * g->out_w;
  l->buffer = g->out.buffer;
  l->where = axf_alloc((size_t)p->D * (size_t)p->nb_words, sizeof *l->where);
  l->seen = axf_alloc((size_t)l->nout, 1);
  if (!l->where || !l->seen)
    return -1;
  for (int k = g->nblocks - 1; k >= 0; k--) /* ends with block 0 */
    if (set_block(p, l, k))
      return -1;
  return 0;
}

int axf_probe_init(axf_probe *p, const axf_program *prog, const axf_qnet *q) {
  memset(p, 0, sizeof *p);
  p->D = prog->arch.D;
  p->W = prog->arch.W;
  p->nb_words = prog->arch.nb_words;
  p->nlayers = prog->nlayers;
  p->images = prog->images;
  for (int l = 0; l < p->nlayers; l++) {
    p->layer[l].out_signed = q->q[prog->layer[l].net_layer].out_signed;
    if (init_layer(p, &p->layer[l], &prog->layer[l])) {
      axf_probe_free(p);
      return -1;
    }
  }
  return 0;
}

void axf_probe_free(axf_probe *p) {
  for (int l = 0; l < p->nlayers; l++) {
    free(p->layer[l].where);
    free(p->layer[l].seen);
  }
  memset(p, 0, sizeof *p);
}

/* Makes image k the one that layer y writes. */
static void set_image(axf_probe *p, axf_probe_layer *y, int k, const int16_t *model) {
  y->image = k;
  y->model = model;
  y->left = y->nout;
  memset(y->seen, 0, (size_t)y->nout);
  if (y->block)
    set_block(p, y, 0); /* was checked by init */
  y->block_left = y->prog->block[0].at.c * y->prog->block[0].at.h * y->prog->block[0].at.w;
}

void axf_probe_begin(axf_probe *p, int16_t *const model[]) {
  for (int l = 0; l < p->nlayers; l++) {
    p->layer[l].last = 0;
    set_image(p, &p->layer[l], 0, model[l]);
  }
}

static int code_of(const axf_probe *p, int value, int is_signed) {
  return is_signed && value < 0 ? 1 << (p->W - 1) | -value : value & ((1 << p->W) - 1);
}

static int value_of(const axf_probe *p, int code, int is_signed) {
  int sign = 1 << (p->W - 1);
  return is_signed && code & sign ? -(code & (sign - 1)) : code;
}

/* Records a mismatch of result i (MISS_PLACE and MISS_LAYER: c, y, x of *m are already set). */
static void miss(axf_probe *p, axf_miss m, int i) {
  p->mismatches++;
  if (m.layer < p->nlayers)
    p->layer[m.layer].mismatches++;
  if (p->failed)
    return;
  if (i >= 0) {
    const axf_probe_layer *l = &p->layer[m.layer];
    m.c = i / (l->oh * l->ow);
    m.y = i / l->ow % l->oh;
    m.x = i % l->ow;
    m.model = value_of(p, code_of(p, l->model[i], l->out_signed), l->out_signed);
  }
  p->failed = 1;
  p->first = m;
}

/* The code written to a bank; W is 8 or 16. */
static int code_at(const axf_probe *p, const axf_pins_out *out, int bank) {
  return (int)(out->nb_data[bank * p->W / 32] >> bank * p->W % 32 & (p->W == 8 ? 0xffu : 0xffffu));
}

static void one_word(axf_probe *p, int layer, int buffer, int bank, int addr, int code, uint64_t cycle) {
  axf_probe_layer *l = &p->layer[layer];
  axf_miss m = {.layer = layer, .c = buffer, .y = bank, .x = addr, .cycle = cycle};
  m.rtl = value_of(p, code, l->out_signed);
  const int at = addr - l->image % 2 * l->prog->out_step;
  int i = buffer == l->buffer && at >= 0 && at < p->nb_words ? l->where[bank * p->nb_words + at] : -1;
  if (i < 0) {
    m.kind = AXF_MISS_PLACE;
    miss(p, m, -1);
  } else if (l->seen[i]) {
    m.kind = AXF_MISS_TWICE;
    miss(p, m, i);
  } else {
    l->seen[i] = 1;
    l->left--;
    l->block_left--;
    p->results++;
    if (code != code_of(p, l->model[i], l->out_signed)) {
      m.kind = AXF_MISS_VALUE;
      miss(p, m, i);
    }
    if (!l->block_left && l->block + 1 < l->prog->nblocks)
      set_block(p, l, l->block + 1);
    if (!l->left && l->image + 1 < p->images)
      set_image(p, l, l->image + 1, l->model + l->nout);
  }
}

void axf_probe_cycle(axf_probe *p, const axf_pins_out *out, uint64_t cycle) {
  int layer = out->layer, buffer = out->nb_we >> 1;
  if (layer >= p->nlayers || out->nb_we == 3) {
    miss(p, (axf_miss){.kind = AXF_MISS_LAYER, .layer = layer, .c = out->nb_we, .cycle = cycle}, -1);
    return;
  }
  p->layer[layer].last = cycle;
  for (int bank = 0; bank < p->D; bank++)
    if (out->nb_mask >> bank & 1)
      one_word(p, layer, buffer, bank, (int)(out->nb_addr[bank / 2] >> 16 * (bank % 2) & 0xffff), code_at(p, out, bank),
               cycle);
}

void axf_probe_end(axf_probe *p) {
  for (int l = 0; l < p->nlayers; l++)
    for (int i = 0; p->layer[l].left > 0 && i < p->layer[l].nout; i++)
      if (!p->layer[l].seen[i]) {
        p->layer[l].left--;
        miss(p, (axf_miss){.kind = AXF_MISS_NEVER, .layer = l}, i);
      }
}

void axf_miss_text(const axf_miss *m, const axf_program *prog, const axf_net *n, char text[256]) {
  const char *name = m->layer < prog->nlayers ? n->layer[prog->layer[m->layer].net_layer].name : "?";
  char place[96];
  snprintf(place, sizeof place, "layer %s channel %d row %d column %d", name, m->c, m->y, m->x);
  switch (m->kind) {
  case AXF_MISS_VALUE:
    snprintf(text, 256, "%s: RTL %d, model %d (cycle %llu)", place, m->rtl, m->model, (unsigned long long)m->cycle);
    break;
  case AXF_MISS_TWICE:
    snprintf(text, 256, "%s: written twice, RTL %d, model %d (cycle %llu)", place, m->rtl, m->model,
             (unsigned long long)m->cycle);
    break;
  case AXF_MISS_NEVER:
    snprintf(text, 256, "%s: never written, model %d", place, m->model);
    break;
  case AXF_MISS_PLACE:
    snprintf(text, 256,
             "layer %s: RTL %d written to buffer %d bank %d address %d, where no result belongs (cycle %llu)", name,
             m->rtl, m->c, m->y, m->x, (unsigned long long)m->cycle);
    break;
  default:
    snprintf(text, 256, "write for layer number %d with buffer select %d, which the program does not have (cycle %llu)",
             m->layer, m->c, (unsigned long long)m->cycle);
  }
}
