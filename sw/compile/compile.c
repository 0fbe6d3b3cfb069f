/* The compiler: quantised net -> placement, weight image, program.
 * SPDX-License-Identifier: Apache-2.0 */
#include "compile/lower.h"
#include "isa/isa.h"
#include "refmodel/refmodel.h"
#include <stdlib.h>
#include <string.h>

/* Compute layers of the net in the array's terms; returns their number or -1. */
static int collect(axf_work *work, const axf_net *n, const axf_qnet *q) {
  int count = 0;
  for (int l = 0; l < n->nlayers; l++) {
    const axf_layer *y = &n->layer[l];
    if (y->kind == AXF_POOL)
      continue;
    axf_work *w = &work[count];
    *w = (axf_work){.net = y,
                    .index = l,
                    .M = y->out_c,
                    .N = y->in_c,
                    .Ky = y->ky,
                    .Kx = y->kx,
                    .s = y->stride,
                    .pad = y->pad,
                    .H = y->in_h,
                    .W = y->in_w,
                    .P = 1,
                    .relu = y->relu,
                    .R = y->out_h,
                    .C = y->out_w,
                    .in_signed = q->q[l].in_signed,
                    .out_signed = q->q[l].out_signed};
    if (y->kind == AXF_FC) {
      w->s = 1;
      w->pad = 0;
      if (count == 0) { /* the host packs the input: any shape may be a vector */
        w->N = y->in_c * y->in_h * y->in_w;
        w->Ky = w->Kx = w->H = w->W = 1;
      }
    }
    if (l + 1 < n->nlayers && n->layer[l + 1].kind == AXF_POOL) {
      const axf_layer *p = &n->layer[l + 1];
      if (p->window != p->pstride)
        return axf_fail("layer %s: a %dx%d pool with stride %d overlaps; the accelerator pools with stride = window",
                        p->name, p->window, p->window, p->pstride);
      if (p->window > 15)
        return axf_fail("layer %s: a pooling window of %d exceeds the accelerator's 15", p->name, p->window);
      w->P = p->window;
      w->avg = p->pool == AXF_POOL_AVG;
      w->R = p->out_h;
      w->C = p->out_w;
      if (l + 2 < n->nlayers && n->layer[l + 2].kind == AXF_POOL)
        return axf_fail("layer %s: a pool behind a pool has no convolution to join", n->layer[l + 2].name);
    }
    const struct {
      const char *what;
      int v, max;
    } limit[] = {{"output maps", w->M, 65535},
                 {"input maps", w->N, 65535},
                 {"pooled rows", w->R, 1023},
                 {"pooled columns", w->C, 1023},
                 {"padded input rows", w->H + 2 * w->pad, 4000},
                 {"padded input columns", w->W + 2 * w->pad, 4000},
                 {"padding", w->pad, 255},
                 {"kernel columns", w->Kx, 255}};
    for (size_t k = 0; k < sizeof limit / sizeof *limit; k++)
      if (limit[k].v > limit[k].max)
        return axf_fail("layer %s: %d %s exceed the instruction set's %d", y->name, limit[k].v, limit[k].what,
                        limit[k].max);
    count++;
  }
  return count ? count : axf_fail("net %s has no layer to compute", n->name);
}

int axf_reserve_blocks(axf_lower *c, int n) {
  if (c->nblocks + n <= c->capblocks)
    return 0;
  const int cap = 2 * (c->nblocks + n);
  axf_kblock *p = realloc(c->block, (size_t)cap * sizeof *p);
  if (!p)
    return axf_fail("out of memory for %d kernel blocks", cap);
  c->block = p;
  c->capblocks = cap;
  return 0;
}

/* Kernel blocks of a layer, in the order of their first use: group-major, chunks inside. */
static int blocks(axf_lower *c, const axf_work *w, const axf_factors *f, const axf_tiling *t) {
  const int G = axf_ceil_div(t->MS, t->ms), K = axf_chunks(t, w);
  if (axf_reserve_blocks(c, G * K))
    return -1;
  for (int g = 0; g < G; g++)
    for (int k = 0; k < K; k++) {
      axf_kblock *b = &c->block[c->nblocks];
      *b = (axf_kblock){.kb_addr = -1, .ld = -1, .kld = -1};
      const axf_chunk part = axf_chunk_at(t, w, k);
      if (axf_kernel_block(c, b, w, f, g * t->ms, axf_min(t->ms, t->MS - g * t->ms), &part, k == K - 1))
        return -1;
      c->nblocks++;
    }
  return 0;
}

/* Layout of the map that `reader` reads with factors f; external when it does not fit a neuron buffer. */
static void place(axf_placement *p, int *ext, const axf_arch *a, const axf_work *reader, const axf_factors *f,
                  int map) {
  axf_placement_init(p, reader->N, reader->H, reader->W, f->Tn, f->Ti, f->Tj, reader->pad);
  p->buffer = map & 1;
  *ext = p->words > a->nb_words;
  if (*ext && map > 0) /* between layers: without padding, so that any block can be written */
    axf_placement_init(p, reader->N, reader->H, reader->W, f->Tn, f->Ti, f->Tj, 0);
  p->buffer = map & 1;
  if (*ext)
    axf_placement_ext(p, a);
}

/* Layout of the net's output: banks that the rows of the last layer do not fight for, if a neuron buffer holds it so;
 * else D maps an address, in memory. Returns 1 if it does. */
static int place_output(axf_placement *p, const axf_arch *a, const axf_work *w, const axf_factors *f) {
  axf_placement_init(p, w->M, w->R, w->C, a->D / (f->Tr * f->Tc), f->Tr, f->Tc, 0);
  if (p->words <= a->nb_words)
    return 1;
  axf_placement_init(p, w->M, w->R, w->C, a->D, 1, 1, 0);
  return p->words <= a->nb_words;
}

/* Factors of all layers, last first: the layout that a layer writes is its reader's. */
static int factors(axf_factors *f, axf_work *work, int n, const axf_arch *a, const axf_compile_opt *o, int resident) {
  for (int l = n - 1; l >= 0; l--) {
    work[l].oTn = l + 1 < n ? f[l + 1].Tn : 0; /* 0: place_output follows the factors */
    work[l].oTi = l + 1 < n ? f[l + 1].Ti : 1;
    work[l].oTj = l + 1 < n ? f[l + 1].Tj : 1;
    const int given = o && o->factors && l < o->nfactors && o->factors[l].Tm;
    axf_placement p;
    int ext;
    if (given) {
      f[l] = o->factors[l];
      f[l].seg = f[l].seg ? f[l].seg : a->D;
      f[l].Qm = f[l].Qm ? f[l].Qm : 1;
      if (axf_check_factors(&work[l], &f[l], a))
        return -1;
    } else if (axf_map(&f[l], &work[l], 0, resident, a)) {
      return -1;
    }
    place(&p, &ext, a, &work[l], &f[l], l);
    if (!ext || l == 0 || (f[l].Ti == 1 && f[l].Tj == 1))
      continue;
    if (given)
      return axf_fail(
          "layer %s: its %dx%dx%d input needs %d words a bank, a neuron buffer has %d; from external memory it is "
          "read with Ti = Tj = 1",
          work[l].net->name, work[l].N, work[l].H, work[l].W, p.words, a->nb_words);
    if (axf_map(&f[l], &work[l], 1, resident, a))
      return -1;
  }
  return 0;
}

/* Do the kernels and parameters of all layers fit the local stores together? */
static int all_resident(const axf_factors *f, const axf_work *work, int n, const axf_arch *a) {
  int64_t words = 0, records = 0;
  for (int l = 0; l < n; l++) {
    const axf_work *w = &work[l];
    const int64_t MS = axf_ceil_div(w->M, axf_step_maps(&f[l]));
    words += MS * axf_ceil_div(w->N, f[l].Tn) * w->Ky * w->Kx;
    records += MS * f[l].Qm;
  }
  return words <= a->ks_words && records <= a->par_words;
}

/* Factors of all layers. Programs of several images are mapped for kernels that stay in the local stores, if such
 * factors then do. */
static int choose_factors(axf_factors *f, axf_work *work, int n, const axf_arch *a, const axf_compile_opt *o) {
  if (o && o->images > 1 && (factors(f, work, n, a, o, 1) || all_resident(f, work, n, a)))
    return factors(f, work, n, a, o, 1);
  return factors(f, work, n, a, o, 0);
}

/* Bytes of a map in memory; a block's load may read a little behind an external one. */
static size_t map_bytes(const axf_arch *a, const axf_placement *p, int ext) {
  const size_t row = (size_t)(a->D * a->W / 8);
  size_t bytes = ((size_t)p->words * row + 15) / 16 * 16;
  return ext ? (bytes + 1024 * row + 255) / 256 * 256 : bytes;
}

/* Placements, streams, tilings and kernel blocks of all layers. */
int axf_plan_layers(axf_lower *c, axf_program *p, const axf_work *work, int n, const axf_factors *f, axf_tiling *t,
                    axf_stream *st, int *first) {
  const axf_arch *a = &c->arch;
  for (int l = 0; l < n; l++) {
    axf_prog_layer *y = &p->layer[l];
    *y = (axf_prog_layer){
        .net_layer = work[l].index, .f = f[l], .out_c = work[l].M, .out_h = work[l].R, .out_w = work[l].C};
    place(&y->in, &y->in_ext, a, &work[l], &f[l], l);
  }
  axf_placement *o = &p->layer[n - 1].out;
  p->layer[n - 1].out_ext = !place_output(o, a, &work[n - 1], &f[n - 1]);
  o->buffer = n & 1;
  if (p->layer[n - 1].out_ext)
    axf_placement_ext(o, a);
  p->in_bytes = map_bytes(a, &p->layer[0].in, p->layer[0].in_ext);
  p->out_bytes = map_bytes(a, o, p->layer[n - 1].out_ext);
  for (int l = 0; l < n; l++) {
    axf_prog_layer *y = &p->layer[l];
    if (l + 1 < n) {
      y->out = p->layer[l + 1].in;
      y->out_ext = p->layer[l + 1].in_ext;
    }
    st[l] =
        (axf_stream){.in_ext = y->in_ext, .out_ext = y->out_ext, .in_base = l ? 3 : 1, .out_base = l + 1 < n ? 3 : 2};
    if (l && y->in_ext)
      st[l].in_offset = st[l - 1].out_offset;
    if (l + 1 < n && y->out_ext) {
      st[l].out_offset = p->spill_bytes;
      p->spill_bytes += map_bytes(a, &y->out, 1);
    }
    if (axf_stream_plan(&st[l], &work[l], &f[l], &y->out, a))
      return -1;
    const axf_work w = axf_block_work(&st[l], &work[l], a);
    first[l] = c->nblocks;
    if (axf_tile(&t[l], &w, &f[l], a, 0) || blocks(c, &work[l], &f[l], &t[l]))
      return -1;
    if (st[l].staged) {
      st[l].yc = t[l].yc;
      st[l].xc = axf_stage_pitch(t[l].xc, a);
    }
  }
  return 0;
}

int axf_compile(axf_program *p, const axf_net *n, const axf_qnet *q, const axf_arch *a, const axf_compile_opt *o) {
  memset(p, 0, sizeof *p);
  p->arch = *a;
  axf_work work[AXF_MAX_LAYERS];
  axf_factors f[AXF_MAX_LAYERS];
  int count = collect(work, n, q);
  if (count < 0 || axf_ref_check_overflow(n, q, o && o->pmax ? o->pmax : 65535u, a->W == 8 ? 32 : 48) ||
      choose_factors(f, work, count, a, o))
    return -1;
  axf_lower c = {
      .arch = *a, .q = q, .old_nld = {-1, -1}, .old_st = {-1, -1}, .last_nld = {-1, -1}, .last_st = {-1, -1}};
  c.resident = o && o->images > 1 && all_resident(f, work, count, a);
  p->images = o && o->images > 1 ? o->images : 1;
  c.kb_owner = axf_alloc((size_t)a->kb_words, sizeof(int));
  c.kb_user = axf_alloc((size_t)a->kb_words, sizeof(int));
  c.kb_user_tile = axf_alloc((size_t)a->kb_words, sizeof(int));
  int rc = c.kb_owner && c.kb_user && c.kb_user_tile ? 0 : -1;
  for (int i = 0; i < a->kb_words && !rc; i++)
    c.kb_owner[i] = c.kb_user[i] = c.kb_user_tile[i] = -1000;
  for (int i = 0; i < 1024; i++)
    c.ks_user[i] = c.ns_user[i] = c.par_user[i & 63] = -1;
  p->nlayers = count;
  rc = rc || axf_lower_images(&c, p, work, count, f);
  if (!rc) {
    p->ninstr = c.s.n;
    p->instr = axf_alloc((size_t)c.s.n * AXF_INSTR_WORDS, sizeof(uint32_t));
    p->weights = c.weights;
    p->weight_bytes = c.weight_bytes;
    c.weights = NULL;
    if (p->instr)
      memcpy(p->instr, c.s.instr, (size_t)c.s.n * sizeof *c.s.instr);
    else
      rc = -1;
  }
  axf_asm_free(&c.s);
  free(c.weights);
  free(c.block);
  free(c.kb_owner);
  free(c.kb_user);
  free(c.kb_user_tile);
  if (rc)
    axf_program_free(p);
  return rc ? -1 : 0;
}

void axf_program_free(axf_program *p) {
  for (int l = 0; l < p->nlayers; l++) {
    free(p->layer[l].block);
    p->layer[l].block = NULL;
  }
  free(p->instr);
  free(p->weights);
  p->instr = NULL;
  p->weights = NULL;
}
