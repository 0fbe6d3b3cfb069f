/* A program of one or more images: the order in which the layers of all images run, and the places of their maps.
 * SPDX-License-Identifier: Apache-2.0 */
#include "compile/lower.h"
#include "isa/isa.h"
#include <stdlib.h>
#include <string.h>

/* A resident input or output of the net: one load or store of all its words, for image i. */
static int whole_map(axf_lower *c, int op, const axf_placement *m, int step, size_t bytes, int i) {
  const int at = m->base + i % 2 * step, k = axf_asm_op(&c->s, op);
  if (op == AXF_OP_LD) {
    AXF_SET(&c->s, k, LD, DST, m->buffer);
    AXF_SET(&c->s, k, LD, BASE, 1);
    AXF_SET(&c->s, k, LD, OFFSET, (int64_t)bytes * i);
    AXF_SET(&c->s, k, LD, ADDR, at);
    AXF_SET(&c->s, k, LD, BEATS, (int64_t)(bytes / 16));
    AXF_SET(&c->s, k, LD, LANES_LOG2, axf_log2_up(c->arch.D));
    AXF_SET(&c->s, k, LD, NY, 1);
    AXF_SET(&c->s, k, LD, NZ, 1);
  } else {
    AXF_SET(&c->s, k, ST, SRC, m->buffer);
    AXF_SET(&c->s, k, ST, BASE, 2);
    AXF_SET(&c->s, k, ST, OFFSET, (int64_t)bytes * i);
    AXF_SET(&c->s, k, ST, ADDR, at);
    AXF_SET(&c->s, k, ST, BEATS, (int64_t)(bytes / 16));
    AXF_SET(&c->s, k, ST, NY, 1);
    AXF_SET(&c->s, k, ST, NZ, 1);
  }
  return k;
}

/* Several images overlap if all maps are resident and there is room: gives every map `places` places, of which an image
 * takes that of its number's remainder. Returns 1 if they fit. */
static int place_maps(axf_program *p, int n, int places) {
  int next[2] = {0, 0}, base[AXF_MAX_LAYERS + 1], words[AXF_MAX_LAYERS + 1];
  for (int m = 0; m <= n; m++) { /* map m: read by layer m, written by layer m - 1 */
    const axf_placement *at = m < n ? &p->layer[m].in : &p->layer[n - 1].out;
    if (m < n ? p->layer[m].in_ext : p->layer[n - 1].out_ext)
      return 0;
    base[m] = next[m & 1];
    words[m] = axf_stage_pitch(at->words, &p->arch); /* a load writes whole beats */
    next[m & 1] += places * words[m];
  }
  if (next[0] > p->arch.nb_words || next[1] > p->arch.nb_words)
    return 0;
  for (int l = 0; l < n; l++) {
    axf_prog_layer *y = &p->layer[l];
    y->in_step = places == 2 ? words[l] : 0;
    y->out_step = places == 2 ? words[l + 1] : 0;
    y->in.base = base[l];
    y->out.base = base[l + 1];
  }
  return 1;
}

/* All images of a program under construction. */
typedef struct {
  axf_lower *c;
  axf_program *p;
  const axf_work *work;
  axf_plan *plan;
  int n, *first;             /* layers; first kernel block of each */
  int images, places;        /* places: of every map, 0: the images do not overlap */
  int *input, *tile, *store; /* of each image: load of its input, last tile of its layer before, last store */
  int *nld;                  /* of each image: last NLD of its first layer */
} images;

/* Calls `each` for every layer and image in the order of the program. Overlapping: layer l of image i runs between the
 * layers of its neighbours, so that a layer's results are complete, and the next layer's operands in the local stores,
 * before the array comes to it. With one place a map the last layer comes first, so that a map has been read before the
 * next image's is written over it; that needs three layers, or a layer would follow the one that writes its input. */
static int in_order(images *m, int (*each)(images *m, int l, int i)) {
  if (!m->places) {
    for (int i = 0; i < m->images; i++)
      for (int l = 0; l < m->n; l++)
        if (each(m, l, i))
          return -1;
    return 0;
  }
  for (int slot = 0; slot < m->images + m->n - 1; slot++)
    for (int k = 0; k < m->n; k++) {
      const int l = m->places == 2 ? k : m->n - 1 - k;
      if (slot - l >= 0 && slot - l < m->images && each(m, l, slot - l))
        return -1;
    }
  return 0;
}

/* Emits the load of image i's resident input, over that of the image before with the same place or, in turn, whatever
 * the images before left. */
static void load_input(images *m, int i) {
  axf_lower *c = m->c;
  const axf_prog_layer *y = &m->p->layer[0];
  if (y->in_ext || i >= m->images)
    return;
  m->input[i] = whole_map(c, AXF_OP_LD, &y->in, y->in_step, m->p->in_bytes, i);
  if (m->places)
    axf_asm_need(&c->s, AXF_S_N_LD, m->input[i], i >= m->places ? m->nld[i - m->places] : -1);
  else
    axf_after_older_load(c, m->input[i], y->in.buffer);
}

/* Lowers layer l of image i. */
static int lower_one(images *m, int l, int i) {
  axf_lower *c = m->c;
  const axf_program *p = m->p;
  axf_prog_layer *y = &m->p->layer[l];
  const int last = l == m->n - 1;
  axf_stream st = m->plan[l].st;
  st.in_offset += l == 0 ? (size_t)i * p->in_bytes : 0;
  st.out_offset += last ? (size_t)i * p->out_bytes : 0;
  c->image = i;
  if (m->places) { /* only the last layer meets an older image: the result stored from its place */
    c->old_st[y->out.buffer] = last && i >= m->places ? m->store[i - m->places] : -1;
  } else if (l == 0) { /* what came before belongs to older images */
    memcpy(c->old_nld, c->last_nld, sizeof c->old_nld);
    memcpy(c->old_st, c->last_st, sizeof c->old_st);
  }
  if (l == 0 && m->input[i] < 0)
    load_input(m, i);
  if (l == 0 && m->places == 2)
    load_input(m, i + 1);
  const int sem = l ? AXF_S_XW_N : AXF_S_LD_N, ready = l ? (y->in_ext ? m->store[i] : m->tile[i]) : m->input[i];
  int nld = -1;
  if (axf_lower_layer(c, &m->work[l], &m->plan[l].f, &m->plan[l].t, &st, y, l, m->first[l], sem, ready, &m->tile[i],
                      &m->store[i], &nld))
    return -1;
  c->last_nld[y->in.buffer] = nld;
  if (l == 0) {
    m->nld[i] = nld;
    if (m->places == 1)
      load_input(m, i + 1);
  }
  if (last && !y->out_ext) {
    m->store[i] = whole_map(c, AXF_OP_ST, &y->out, y->out_step, p->out_bytes, i);
    axf_asm_need(&c->s, AXF_S_XW_ST, m->store[i], m->tile[i]);
  }
  if (y->out_ext || last)
    c->last_st[y->out.buffer] = m->store[i];
  return 0;
}

/* Emits all layers of all images. */
static int lower_all(images *m) {
  for (int i = 0; i < 4 * m->images; i++)
    m->input[i] = -1;
  return in_order(m, lower_one);
}

int axf_lower_images(axf_lower *c, axf_program *p, const axf_work *work, int n, axf_plan *plan) {
  const size_t N = (size_t)p->images;
  images m = {.c = c, .p = p, .work = work, .plan = plan, .n = n, .images = p->images};
  m.first = axf_alloc((size_t)n, sizeof *m.first);
  m.input = axf_alloc(4 * N, sizeof *m.input);
  int rc = !m.first || !m.input || axf_plan_layers(c, p, work, n, plan, m.first);
  if (!rc) {
    m.tile = m.input + N;
    m.store = m.tile + N;
    m.nld = m.store + N;
    if (p->images > 1 && n > 1)
      m.places = place_maps(p, n, 2) ? 2 : n > 2 && place_maps(p, n, 1) ? 1 : 0;
    for (int b = 0, ks = 0, par = 0; b < c->nblocks; b++) {
      c->block[b].ks_addr = ks;
      c->block[b].par_addr = c->block[b].params ? par : 0;
      ks += c->block[b].ms * c->block[b].ns * c->block[b].kk;
      par += c->block[b].params ? c->block[b].records : 0;
    }
    /* The first time for the order of the kernels only. */
    axf_lower before = *c;
    c->recording = 1;
    rc = lower_all(&m);
    axf_asm_free(&c->s);
    before.use = c->use;
    before.nuse = c->nuse;
    before.capuse = c->capuse;
    *c = before;
    for (int b = 0; b < c->nblocks; b++)
      c->block[b].kld = -1;
    for (int l = 0; l < n; l++)
      p->layer[l].macs = p->layer[l].tiles = 0;
    rc = rc || lower_all(&m);
  }
  if (!rc) {
    axf_asm_op(&c->s, AXF_OP_END);
    rc = axf_asm_finish(&c->s);
  }
  free(m.first);
  free(m.input);
  return rc ? -1 : 0;
}
