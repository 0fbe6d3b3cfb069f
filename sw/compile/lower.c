/* Lowers one layer to instructions: tiles in the order the tiling chose, with their loads.
 * SPDX-License-Identifier: Apache-2.0 */
#include "compile/lower.h"
#include "isa/isa.h"

static int latest(const int *user, int from, int n) {
  int last = -1;
  for (int i = from; i < from + n; i++)
    last = axf_max(last, user[i]);
  return last;
}

static void mark(int *user, int from, int n, int v) {
  for (int i = from; i < from + n; i++)
    user[i] = v;
}

void axf_after_older_load(axf_lower *c, int instr, int b) {
  axf_asm_need(&c->s, AXF_S_N_LD, instr, c->old_nld[b]);
  axf_asm_need(&c->s, AXF_S_ST_LD, instr, c->old_st[b]);
}

void axf_after_older_tile(axf_lower *c, int instr, int b) { axf_asm_need(&c->s, AXF_S_ST_X, instr, c->old_st[b]); }

typedef struct {
  axf_lower *c;
  const axf_work *w;
  const axf_factors *f;
  const axf_tiling *t;
  axf_prog_layer *pl;
  int first_block, chunks;
  const axf_stream *st;
  int ready_sem, ready; /* what NLDs wait for */
  /* The block: which of the map blocks, its first output and size, the staged input's origin and place, the results'
   * place. */
  int Mb, M0, Rb, Cb, Mn, Rn, Cn;
  int yorg, xorg, in_base, in_plane, in_pitch;
  int out_base, oplane, opitch, om, oy, ox; /* om, oy, ox: added to a result's map, row and column */
  int store_before; /* store that must be done before the block's results are written, -1: none */
  int kcfg_done, ncfg_done, layer;
  int xcfg_ky, xcfg_kx;                   /* the array is set up for kernels of this size; 0: not yet */
  int stage_slot, stage_reader[2];        /* staged input: slot used last, the last NLD of each slot */
  int stored;                             /* the store after which an external input is complete */
  int k_block, k_instr, k_addr, par_addr; /* what the kernel stores hold */
  int n_tile, n_chunk, n_instr, n_addr;   /* what the neuron stores hold */
} lowering;

/* Kernels of group g, chunk k into the local stores, unless they are there. */
static int kernels(lowering *l, int g, int k) {
  axf_lower *c = l->c;
  const axf_tiling *t = l->t;
  int id = l->first_block + (l->Mb * axf_ceil_div(t->MS, t->ms) + g) * l->chunks + k;
  if (l->k_block == id)
    return 0;
  axf_kblock *b = &c->block[id];
  if (c->resident && b->kld >= 0) {
    l->k_block = id;
    l->k_instr = b->kld;
    l->k_addr = b->ks_addr;
    l->par_addr = b->par_addr;
    return 0;
  }
  if (axf_kernel_use(c, id))
    return -1;
  if (!l->kcfg_done)
    axf_config_kernels(c, l->f);
  l->kcfg_done = 1;
  const int words = b->ms * b->ns * b->kk;
  c->ks_slot = t->ks_slots == 2 ? !c->ks_slot : 0;
  c->par_slot = !c->par_slot;
  l->k_addr = c->ks_slot * (c->arch.ks_words / 2);
  l->par_addr = c->par_slot * (c->arch.par_words / 2);
  if (c->resident) {
    l->k_addr = b->ks_addr;
    l->par_addr = b->par_addr;
  }
  int i = axf_asm_op(&c->s, AXF_OP_KLD);
  AXF_SET(&c->s, i, KLD, KB_ADDR, c->recording ? 0 : b->kb_addr);
  AXF_SET(&c->s, i, KLD, KS_ADDR, l->k_addr);
  AXF_SET(&c->s, i, KLD, MS, b->ms);
  AXF_SET(&c->s, i, KLD, NS, b->ns);
  AXF_SET_COUNT(&c->s, i, KLD, TAIL, b->tail);
  AXF_SET(&c->s, i, KLD, KK, b->kk);
  AXF_SET(&c->s, i, KLD, PAR_ADDR, l->par_addr);
  AXF_SET(&c->s, i, KLD, PARAMS, b->params);
  axf_asm_need(&c->s, AXF_S_LD_K, i, b->ld);
  axf_asm_need(&c->s, AXF_S_X_K, i, latest(c->ks_user, l->k_addr, words));
  axf_asm_need(&c->s, AXF_S_X_K, i, latest(c->par_user, l->par_addr, b->ms * l->f->Qm));
  axf_kernel_read(c, id, i);
  l->k_block = id;
  l->k_instr = b->kld = i;
  return 0;
}

/* Staged input: loads chunk `part` of a tile whose window begins at padded (y0, x0) into the other slot. */
static void stage(lowering *l, const axf_chunk *part, int y0, int x0) {
  axf_lower *c = l->c;
  const int slot = l->stage_slot = !l->stage_slot;
  int i = axf_stream_load(c, l->st, l->w, l->f, &l->pl->in, part->ns0, part->ns, y0, x0, slot, &l->yorg, &l->xorg);
  axf_asm_need(&c->s, AXF_S_N_LD, i, l->stage_reader[slot]);
  axf_asm_need(&c->s, AXF_S_ST_LD, i, l->stored);
  axf_after_older_load(c, i, l->pl->in.buffer);
  l->ready = i;
  l->in_base = slot * (c->arch.nb_words / 2);
}

/* A place in the neuron stores: in either half, at its beginning or behind what was put there last, wherever the last
 * tile that reads it is the oldest; else in the other half than before. Larger inputs begin at 0. */
static int neuron_place(axf_lower *c, int words) {
  const int half = c->arch.ns_words / 2;
  int best = 0, oldest = 0;
  if (words > half) {
    c->ns_fill[0] = c->ns_fill[1] = half;
    return 0;
  }
  for (int k = 0; k < 4; k++) {
    const int slot = k % 2 ? c->ns_slot : !c->ns_slot, at = slot * half + (k < 2 ? 0 : c->ns_fill[slot]);
    const int user = at + words <= (slot + 1) * half ? latest(c->ns_user, at, words) : c->s.n;
    if (k == 0 || user < oldest) {
      best = at;
      oldest = user;
    }
  }
  c->ns_slot = best >= half;
  c->ns_fill[c->ns_slot] = best + words - c->ns_slot * half;
  return best;
}

/* Input of spatial tile (r, q), chunk k into the local stores, unless it is there. */
static void neurons(lowering *l, int r, int q, int k, const axf_chunk *part) {
  axf_lower *c = l->c;
  const axf_work *w = l->w;
  const axf_factors *f = l->f;
  const axf_tiling *t = l->t;
  int id = r * t->CS + q;
  if (l->n_tile == id && (t->n_once || l->n_chunk == k))
    return;
  if (!l->ncfg_done)
    axf_config_neurons(c, w, f, t, l->in_plane, l->in_pitch);
  l->ncfg_done = 1;
  int R0 = l->Rb + r * t->rs * f->Tr, rt = axf_min(t->rs * f->Tr, l->Rb + l->Rn - R0);
  int C0 = l->Cb + q * t->cs * axf_step_cols(f), ct = axf_min(t->cs * axf_step_cols(f), l->Cb + l->Cn - C0);
  int y0 = R0 * w->P * w->s + part->i0, y1 = y0 + (rt * w->P - 1) * w->s + part->ky - 1;
  int x0 = C0 * w->P * w->s + part->j0, x1 = x0 + (ct * w->P - 1) * w->s + part->kx - 1;
  int yq = y0 / f->Ti, xq = x0 / f->Tj;
  if (l->st->staged)
    stage(l, part, y0, x0);
  const int ns0 = t->n_once ? 0 : part->ns0, ns = t->n_once ? t->NS : part->ns, words = ns * t->yc * t->xc;
  l->n_addr = neuron_place(c, words);
  int i = axf_asm_op(&c->s, AXF_OP_NLD);
  AXF_SET(&c->s, i, NLD, SRC, l->pl->in.buffer);
  /* In unstored padding the address lies before the block: it wraps, and the loader puts zero in its place. */
  const int plane0 = l->st->staged ? 0 : ns0 * l->in_plane;
  AXF_SET(&c->s, i, NLD, NB_ADDR, AXF_WRAP(l->in_base + plane0 + (yq - l->yorg) * l->in_pitch + xq - l->xorg, 16));
  AXF_SET(&c->s, i, NLD, NS_ADDR, l->n_addr);
  AXF_SET(&c->s, i, NLD, NS, ns);
  AXF_SET(&c->s, i, NLD, YC, y1 / f->Ti - yq + 1);
  AXF_SET(&c->s, i, NLD, XC, x1 / f->Tj - xq + 1);
  AXF_SET(&c->s, i, NLD, Y0, yq * f->Ti);
  AXF_SET(&c->s, i, NLD, X0, xq * f->Tj);
  axf_asm_need(&c->s, (axf_sem)l->ready_sem, i, l->ready);
  axf_asm_need(&c->s, AXF_S_X_N, i, latest(c->ns_user, l->n_addr, words));
  l->n_tile = id;
  l->n_chunk = k;
  l->n_instr = i;
  l->stage_reader[l->stage_slot] = i;
}

static int tile(lowering *l, int g, int r, int q, int k) {
  axf_lower *c = l->c;
  const axf_work *w = l->w;
  const axf_factors *f = l->f;
  const axf_tiling *t = l->t;
  const axf_placement *out = &l->pl->out;
  const axf_chunk part = axf_chunk_at(t, w, k);
  if (kernels(l, g, k))
    return -1;
  neurons(l, r, q, k, &part);
  if (axf_load_ahead(c))
    return -1;
  if (l->xcfg_ky != part.ky || l->xcfg_kx != part.kx)
    axf_config_array(c, w, f, t, &part, out, l->layer, l->oplane, l->opitch);
  l->xcfg_ky = part.ky;
  l->xcfg_kx = part.kx;
  int m0 = l->M0 + g * t->ms * axf_step_maps(f), mt = axf_min(t->ms * axf_step_maps(f), l->M0 + l->Mn - m0);
  int ms = axf_ceil_div(mt, axf_step_maps(f));
  int R0 = l->Rb + r * t->rs * f->Tr, rt = axf_min(t->rs * f->Tr, l->Rb + l->Rn - R0);
  int C0 = l->Cb + q * t->cs * axf_step_cols(f), ct = axf_min(t->cs * axf_step_cols(f), l->Cb + l->Cn - C0);
  int nt = axf_min(part.ns * f->Tn, w->N - part.ns0 * f->Tn);
  int om = m0 + l->om, oy = R0 + l->oy, ox = C0 + l->ox;
  axf_asm *s = &c->s;
  int i = axf_asm_op(s, AXF_OP_XTILE);
  const int n_addr = l->n_addr + (t->n_once ? part.ns0 * t->yc * t->xc : 0);
  AXF_SET(s, i, XTILE, NS_ADDR, n_addr);
  AXF_SET(s, i, XTILE, KS_ADDR, l->k_addr);
  AXF_SET(s, i, XTILE, PAR_ADDR, l->par_addr);
  AXF_SET(s, i, XTILE, MS, ms);
  AXF_SET(s, i, XTILE, RS, f->flat ? 1 : axf_ceil_div(rt, f->Tr));
  AXF_SET(s, i, XTILE, CS, f->flat ? axf_area_steps(f, rt, ct) : axf_ceil_div(ct, f->Tc));
  AXF_SET(s, i, XTILE, NS, part.ns);
  AXF_SET(s, i, XTILE, MT, mt);
  AXF_SET(s, i, XTILE, RT, rt);
  AXF_SET(s, i, XTILE, CT, ct);
  AXF_SET(s, i, XTILE, NT, nt);
  AXF_SET(s, i, XTILE, YP, (R0 * w->P * w->s + part.i0) % f->Ti * part.kx);
  AXF_SET(s, i, XTILE, XP, (C0 * w->P * w->s + part.j0) % f->Tj);
  AXF_SET(s, i, XTILE, O_ADDR, l->out_base + om / out->Tn * l->oplane + oy / out->Ti * l->opitch + ox / out->Tj);
  AXF_SET(s, i, XTILE, OM_P, om % out->Tn * out->Ti * out->Tj);
  AXF_SET(s, i, XTILE, OY_P, oy % out->Ti * out->Tj);
  AXF_SET(s, i, XTILE, OX_P, ox % out->Tj);
  AXF_SET(s, i, XTILE, PSUM_IN, k > 0);
  AXF_SET(s, i, XTILE, PSUM_OUT, k + 1 < l->chunks);
  axf_asm_need(s, AXF_S_K_X, i, l->k_instr);
  axf_asm_need(s, AXF_S_N_X, i, l->n_instr);
  axf_asm_need(s, AXF_S_ST_X, i, l->store_before);
  axf_after_older_tile(c, i, out->buffer);
  mark(c->ks_user, l->k_addr, ms * part.ns * part.ky * part.kx, i);
  mark(c->par_user, l->par_addr, ms * f->Qm, i);
  mark(c->ns_user, n_addr, part.ns * t->yc * t->xc, i);
  l->pl->tiles++;
  l->pl->macs += (int64_t)mt * rt * ct * w->P * w->P * nt * part.ky * part.kx;
  c->tile++;
  return i;
}

/* All tiles of the current block, in the order the tiling chose. */
static int block_tiles(lowering *l, int *last) {
  const axf_tiling *t = l->t;
  const int G = axf_ceil_div(axf_ceil_div(l->Mn, axf_step_maps(l->f)), t->ms);
  const int R = axf_ceil_div(axf_ceil_div(l->Rn, l->f->Tr), t->rs),
            Q = axf_ceil_div(axf_ceil_div(l->Cn, axf_step_cols(l->f)), t->cs);
  const int outer = t->maps_inner ? R * Q : G, inner = t->maps_inner ? G : R * Q;
  for (int a = 0; a < outer; a++)
    for (int b = 0; b < inner; b++)
      for (int k = 0; k < l->chunks; k++) {
        int g = t->maps_inner ? b : a, rq = t->maps_inner ? a : b;
        if ((*last = tile(l, g, rq / Q, rq % Q, k)) < 0)
          return -1;
      }
  return 0;
}

int axf_lower_layer(axf_lower *c, const axf_work *w, const axf_factors *f, const axf_tiling *t, const axf_stream *st,
                    axf_prog_layer *pl, int layer, int first_block, int ready_sem, int ready, int *last_tile,
                    int *last_store, int *last_nld) {
  lowering l = {.c = c,
                .w = w,
                .f = f,
                .t = t,
                .st = st,
                .pl = pl,
                .layer = layer,
                .first_block = first_block,
                .chunks = axf_chunks(t, w),
                .stage_reader = {-1, -1},
                .stored = st->in_ext ? ready : -1,
                .k_block = -1};
  const int BR = axf_ceil_div(w->R, st->rows), BC = axf_ceil_div(w->C, st->cols), BM = axf_ceil_div(w->M, st->maps);
  const int blocks = BM * BR * BC;
  l.in_plane = st->in_ext ? st->yc * st->xc : pl->in.plane;
  l.in_pitch = st->in_ext ? st->xc : pl->in.pitch;
  l.oplane = st->out_ext ? st->oplane : pl->out.plane;
  l.opitch = st->out_ext ? st->opitch : pl->out.pitch;
  l.ready_sem = st->in_ext ? AXF_S_LD_N : ready_sem;
  l.ready = ready;
  l.in_base = st->in_ext ? 0 : pl->in.base + c->image % 2 * pl->in_step;
  if (!pl->block) {
    pl->nblocks = st->out_ext ? blocks : 1;
    pl->block = axf_alloc((size_t)pl->nblocks, sizeof *pl->block);
    if (!pl->block)
      return -1;
    pl->block[0].at = pl->out;
  }

  int last = -1, reader[2] = {-1, -1}, store[2] = {-1, -1}, load[2] = {-1, -1}, yorg[2] = {0, 0}, xorg[2] = {0, 0};
  int next = 0; /* block whose input is loaded next */
  for (int b = 0; b < blocks; b++) {
    const int in_slot = b % st->in_slots, out_slot = b % st->out_slots;
    for (; st->in_ext && !st->staged && next < blocks && next < b + st->in_slots; next++) {
      int s = next % st->in_slots;
      load[s] = axf_stream_load(c, st, w, f, &pl->in, 0, t->NS, next / BC % BR * st->rows * w->P * w->s,
                                next % BC * st->cols * w->P * w->s, s, &yorg[s], &xorg[s]);
      axf_asm_need(&c->s, AXF_S_N_LD, load[s], reader[s]);
      axf_asm_need(&c->s, AXF_S_ST_LD, load[s], ready);
      axf_after_older_load(c, load[s], pl->in.buffer);
    }
    l.Mb = b / BC / BR;
    l.M0 = l.Mb * st->maps;
    l.Mn = axf_min(st->maps, w->M - l.M0);
    l.Rb = b / BC % BR * st->rows;
    l.Cb = b % BC * st->cols;
    l.Rn = axf_min(st->rows, w->R - l.Rb);
    l.Cn = axf_min(st->cols, w->C - l.Cb);
    l.n_tile = l.n_chunk = -1;
    if (st->in_ext && !st->staged) {
      l.ready = load[in_slot];
      l.in_base = in_slot * (c->arch.nb_words / 2);
      l.yorg = yorg[in_slot];
      l.xorg = xorg[in_slot];
    }
    l.out_base = st->out_ext ? out_slot * (c->arch.nb_words / 2) : pl->out.base + c->image % 2 * pl->out_step;
    l.om = st->out_ext ? -l.M0 : 0;
    l.oy = st->out_ext ? -l.Rb : pl->out.pad_y;
    l.ox = st->out_ext ? -l.Cb : pl->out.pad_x;
    l.store_before = store[out_slot];
    if (block_tiles(&l, &last))
      return -1;
    reader[in_slot] = l.n_instr;
    if (st->out_ext) {
      axf_block *k = &pl->block[b];
      *k = (axf_block){l.M0, l.Rb, l.Cb, pl->out};
      k->at.c = l.Mn;
      k->at.h = l.Rn;
      k->at.w = l.Cn;
      k->at.base = l.out_base;
      k->at.plane = l.oplane;
      k->at.pitch = l.opitch;
      store[out_slot] = axf_stream_store(c, st, &pl->out, k, out_slot);
      axf_asm_need(&c->s, AXF_S_XW_ST, store[out_slot], last);
      *last_store = store[out_slot];
    }
  }
  *last_tile = last;
  *last_nld = l.n_instr;
  return c->s.failed ? -1 : 0;
}
