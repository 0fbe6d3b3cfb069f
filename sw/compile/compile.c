/* The compiler: quantised net -> placement, weight image, program.
 * SPDX-License-Identifier: Apache-2.0 */
#include "compile/lower.h"
#include "isa/isa.h"
#include "refmodel/refmodel.h"
#include <stdlib.h>
#include <string.h>

/* Compute layers of the net in the array's terms; returns their number or -1. */
static int collect(axf_work *work, const axf_net *n, const axf_qnet *q, const uint8_t *core) {
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
                    .out_signed = q->q[l].out_signed,
                    .core = core ? core[l] : 0};
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

/* Kernel blocks of a layer: block of maps by block, group by group, chunks inside. */
static int blocks(axf_lower *c, const axf_work *w, const axf_factors *f, const axf_tiling *t) {
  const int MS = axf_ceil_div(w->M, axf_step_maps(f)), K = axf_chunks(t, w);
  for (int first = 0; first < MS; first += t->MS) { /* blocks of results */
    const int end = axf_min(MS, first + t->MS);
    if (axf_reserve_blocks(c, axf_ceil_div(t->MS, t->ms) * K))
      return -1;
    for (int ms0 = first; ms0 < end; ms0 += t->ms)
      for (int k = 0; k < K; k++) {
        axf_kblock *b = &c->block[c->nblocks];
        *b = (axf_kblock){.kb_addr = -1, .ld = -1, .kld = -1};
        const axf_chunk part = axf_chunk_at(t, w, k);
        if (axf_kernel_block(c, b, w, f, ms0, axf_min(t->ms, end - ms0), &part, k == K - 1))
          return -1;
        c->nblocks++;
      }
  }
  return 0;
}

/* Bytes of a map in memory; a block's load may read a little behind an external one. */
static size_t map_bytes(const axf_arch *a, const axf_placement *p, int ext) {
  const size_t row = (size_t)(a->D * a->W / 8);
  size_t bytes = ((size_t)p->words * row + 15) / 16 * 16;
  return ext ? (bytes + 1024 * row + 255) / 256 * 256 : bytes;
}

/* Placements, streams and kernel blocks of all layers. */
int axf_plan_layers(axf_lower *c, axf_program *p, const axf_work *work, int n, axf_plan *plan, int *first) {
  const axf_arch *a = &c->arch;
  for (int l = 0; l < n; l++) {
    axf_prog_layer *y = &p->layer[l];
    *y = (axf_prog_layer){
        .net_layer = work[l].index, .f = plan[l].f, .out_c = work[l].M, .out_h = work[l].R, .out_w = work[l].C};
    axf_place_input(&y->in, &y->in_ext, a, &work[l], &plan[l].f, l);
  }
  for (int l = 0; l < n; l++) {
    axf_prog_layer *y = &p->layer[l];
    if (l + 1 < n) {
      y->out = p->layer[l + 1].in;
      y->out_ext = p->layer[l + 1].in_ext;
    } else {
      axf_place_output(&y->out, &y->out_ext, a, &work[l], &plan[l].f, l);
    }
  }
  p->in_bytes = map_bytes(a, &p->layer[0].in, p->layer[0].in_ext);
  p->out_bytes = map_bytes(a, &p->layer[n - 1].out, p->layer[n - 1].out_ext);
  for (int l = 0; l < n; l++) {
    axf_prog_layer *y = &p->layer[l];
    axf_stream *st = &plan[l].st;
    const axf_tiling *t = &plan[l].t;
    st->in_base = l ? 3 : 1;
    st->out_base = l + 1 < n ? 3 : 2;
    st->in_offset = l && y->in_ext ? plan[l - 1].st.out_offset : 0;
    st->out_offset = 0;
    if (l + 1 < n && y->out_ext) {
      st->out_offset = p->spill_bytes;
      p->spill_bytes += map_bytes(a, &y->out, 1);
    }
    first[l] = c->nblocks;
    if (blocks(c, &work[l], &plan[l].f, t))
      return -1;
    if (st->staged) {
      st->yc = t->yc;
      st->xc = axf_stage_pitch(t->xc, a);
    }
  }
  return 0;
}

int axf_build(axf_program *p, const axf_chosen *e, axf_plan *plan) {
  const axf_arch *a = e->a;
  memset(p, 0, sizeof *p);
  p->arch = *a;
  p->images = e->o && e->o->images > 1 ? e->o->images : 1;
  p->nlayers = e->n;
  axf_lower c = {
      .arch = *a, .q = e->q, .old_nld = {-1, -1}, .old_st = {-1, -1}, .last_nld = {-1, -1}, .last_st = {-1, -1}};
  c.resident = e->resident;
  c.kb_owner = axf_alloc((size_t)a->kb_words, sizeof(int));
  c.kb_user = axf_alloc((size_t)a->kb_words, sizeof(int));
  c.kb_user_tile = axf_alloc((size_t)a->kb_words, sizeof(int));
  int rc = c.kb_owner && c.kb_user && c.kb_user_tile ? 0 : -1;
  for (int i = 0; i < a->kb_words && !rc; i++)
    c.kb_owner[i] = c.kb_user[i] = -1, c.kb_user_tile[i] = -1000;
  for (int i = 0; i < 1024; i++)
    c.ks_user[i] = c.ns_user[i] = c.par_user[i & 63] = -1;
  rc = rc || axf_lower_images(&c, p, e->work, e->n, plan);
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
  free(c.use);
  free(c.kb_owner);
  free(c.kb_user);
  free(c.kb_user_tile);
  if (rc)
    axf_program_free(p);
  return rc ? -1 : 0;
}

int axf_compile(axf_program *p, const axf_net *n, const axf_qnet *q, const axf_arch *a, const axf_compile_opt *o) {
  memset(p, 0, sizeof *p);
  axf_work work[AXF_MAX_LAYERS];
  axf_plan plan[AXF_MAX_LAYERS];
  axf_chosen e = {.work = work, .a = a, .o = o, .q = q, .n = collect(work, n, q, o ? o->core : NULL)};
  if (e.n < 0 || axf_ref_check_overflow(n, q, o && o->pmax ? o->pmax : 65535u, a->W == 8 ? 32 : 48) ||
      axf_choose(plan, &e) || axf_build(p, &e, plan))
    return -1;
  return o && o->refine ? axf_refine(p, &e, plan) : 0;
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
