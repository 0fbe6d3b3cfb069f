/* Layers whose feature maps do not fit the neuron buffers: blocks of pooled outputs whose input and output do.
 * A map in external memory is stored by addresses of D words. The network's input keeps the layout of its reader; a map
 * between two layers is stored without padding and read with Ti = Tj = 1, so that any block of it can be written.
 * SPDX-License-Identifier: Apache-2.0 */
#include "compile/price.h"
#include "isa/isa.h"

int axf_beat_addrs(const axf_arch *a) { return axf_max(1, 128 / (a->D * a->W)); }

static int round_up(int v, int to) { return axf_ceil_div(v, to) * to; }

int axf_stage_pitch(int xc, const axf_arch *a) {
  const int A = axf_beat_addrs(a);
  return round_up(xc + A - 1, A);
}

void axf_placement_ext(axf_placement *p, const axf_arch *a) {
  p->pitch = round_up(p->pitch, axf_beat_addrs(a));
  p->plane = axf_ceil_div(p->h + 2 * p->pad_y, p->Ti) * p->pitch;
  p->words = axf_ceil_div(p->c, p->Tn) * p->plane;
}

/* Groups of T that `n` pooled outputs reach, whatever their start. */
static int reach(const axf_work *w, int n, int K, int T) { return axf_ceil_div((n * w->P - 1) * w->s + K - 1, T) + 1; }

static void sizes(axf_stream *st, const axf_work *w, const axf_factors *f, const axf_placement *out,
                  const axf_arch *a) {
  const int A = axf_beat_addrs(a);
  st->yc = reach(w, st->rows, w->Ky, f->Ti);
  st->xc = axf_stage_pitch(reach(w, st->cols, w->Kx, f->Tj), a);
  st->in_words = st->in_ext && !st->staged ? axf_ceil_div(w->N, f->Tn) * st->yc * st->xc : 0;
  st->opitch = round_up(st->cols, A);
  st->oplane = st->rows * st->opitch;
  st->out_words = st->out_ext ? axf_ceil_div(st->maps, out->Tn) * st->oplane : 0;
}

axf_work axf_block_work(const axf_stream *st, const axf_work *w, const axf_arch *a) {
  axf_work b = *w;
  b.M = st->maps;
  b.R = st->rows;
  b.C = st->cols;
  b.loose = b.R != w->R || b.C != w->C;
  b.stage = st->staged ? a->nb_words / 2 : 0;
  return b;
}

/* Prices the layer cut into the blocks of s; keeps what is better than *best. */
static void consider(axf_plan *best, axf_stream *s, const axf_work *w, const axf_factors *f, const axf_placement *out,
                     const axf_arch *a) {
  axf_plan x = {.f = *f, .st = *s};
  axf_work b = axf_block_work(s, w, a);
  b.out = out;
  b.blocks = axf_ceil_div(w->M, s->maps) * axf_ceil_div(w->R, s->rows) * axf_ceil_div(w->C, s->cols);
  if (axf_tile(&x.t, &b, f, a, 1))
    return;
  axf_price_layer(&x.cost, s, &x.t, w, f, out, a);
  x.value = axf_value(w->goal, &x.cost, a);
  if (best->value < 0 || x.value < best->value)
    *best = x;
}

/* Prices the blocks of s->cols columns with the rows that fit, as many as do or evenly many. */
static void with_rows(axf_plan *best, axf_stream *s, const axf_work *w, const axf_factors *f, const axf_placement *out,
                      const axf_arch *a) {
  int lo = 0;
  for (int hi = w->R; lo < hi;) { /* the words grow with the rows */
    s->rows = (lo + hi + 1) / 2;
    sizes(s, w, f, out, a);
    if (s->in_slots * s->in_words <= a->nb_words && s->out_slots * s->out_words <= a->nb_words)
      lo = s->rows;
    else
      hi = s->rows - 1;
  }
  if (!lo)
    return;
  const int even = axf_min(lo, round_up(axf_ceil_div(w->R, axf_ceil_div(w->R, lo)), f->Tr));
  const int most = lo > f->Tr ? lo / f->Tr * f->Tr : lo;
  for (int k = 0; k < (even == most ? 1 : 2); k++) {
    s->rows = k ? even : most;
    sizes(s, w, f, out, a);
    consider(best, s, w, f, out, a);
  }
}

/* Prices every width of blocks of s->maps maps and these slots; whole: of steps of Tc columns. */
static void with_cols(axf_plan *best, axf_stream s, int whole, const axf_work *w, const axf_factors *f,
                      const axf_placement *out, const axf_arch *a) {
  const int A = axf_beat_addrs(a);
  for (int parts = 1, last = 0; parts <= w->C; parts++) {
    s.cols = axf_ceil_div(w->C, parts);
    if (whole)
      s.cols = axf_min(w->C, round_up(s.cols, f->Tc));
    s.cols = axf_min(w->C, round_up(s.cols, A));
    if (s.cols == last || (f->flat && (w->C % s.cols || s.cols < f->Tc))) /* flat: blocks of equal width */
      continue;
    last = s.cols;
    with_rows(best, &s, w, f, out, a);
  }
}

static int gcd(int x, int y) { return y ? gcd(y, x % y) : x; }

/* Prices every kind of blocks. */
static void blocks(axf_plan *best, const axf_stream *form, const axf_work *w, const axf_factors *f,
                   const axf_placement *out, const axf_arch *a) {
  /* Maps of a block: whole map steps, and whole planes of the layout written. */
  const int step = axf_step_maps(f), unit = step / gcd(step, out->Tn) * out->Tn;
  /* Both buffers double-buffered, if any such block fits; whole steps of Tc columns, then any columns. */
  for (int slots = form->staged ? 1 : 3; slots >= 0 && best->value < 0; slots--)
    for (int whole = 1; whole >= 0 && best->value < 0; whole--)
      for (int parts = 1, last = 0; parts == 1 || (form->out_ext && last > unit); parts *= 2) {
        axf_stream s = *form;
        s.in_slots = form->staged ? 2 : 1 + slots % 2; /* the halves of a buffer take turns */
        s.out_slots = form->staged ? 1 + slots : 1 + slots / 2;
        s.maps = axf_min(w->M, parts == 1 ? w->M : round_up(axf_ceil_div(w->M, parts), unit));
        if (s.maps != last)
          with_cols(best, s, whole, w, f, out, a);
        last = s.maps;
      }
}

int axf_stream_plan(axf_plan *p, int in_ext, int out_ext, const axf_work *w, const axf_factors *f,
                    const axf_placement *out, const axf_arch *a, int quiet) {
  axf_stream s = {.in_ext = in_ext,
                  .out_ext = out_ext,
                  .maps = w->M,
                  .rows = w->R,
                  .cols = w->C,
                  .in_slots = 1,
                  .out_slots = 1,
                  .staged = 0};
  axf_plan best = {.value = -1}, staged = {.value = -1};
  if (!in_ext && !out_ext) {
    consider(&best, &s, w, f, out, a);
    if (best.value < 0)
      return axf_tile(&best.t, w, f, a, quiet);
  } else {
    blocks(&best, &s, w, f, out, a);
    s.staged = 1;
    if (in_ext)
      blocks(&staged, &s, w, f, out, a);
    if (best.value < 0 || (staged.value >= 0 && staged.value < best.value))
      best = staged;
  }
  if (best.value >= 0) {
    *p = best;
    return 0;
  }
  if (quiet)
    return -1;
  s.rows = s.cols = 1;
  sizes(&s, w, f, out, a);
  if (s.out_words > a->nb_words)
    return axf_fail("layer %s: one output position's results need %d words of a neuron buffer bank; a bank has %d",
                    w->net->name, s.out_words, a->nb_words);
  return axf_fail("layer %s: no block of its results can be tiled with these factors", w->net->name);
}

/* The 3-D fields that LD and ST share. */
#define SET_3D(OP, i, row_beats, nrows, nplanes, p, bits)                                                              \
  do {                                                                                                                 \
    AXF_SET(&c->s, i, OP, BEATS, row_beats);                                                                           \
    AXF_SET(&c->s, i, OP, NY, nrows);                                                                                  \
    AXF_SET(&c->s, i, OP, NZ, nplanes);                                                                                \
    AXF_SET(&c->s, i, OP, YSTRIDE, (int64_t)(p)->pitch *(bits) / 128);                                                 \
    AXF_SET(&c->s, i, OP, ZSTRIDE, (int64_t)(p)->plane *(bits) / 128);                                                 \
  } while (0)

int axf_stream_load(axf_lower *c, const axf_stream *st, const axf_work *w, const axf_factors *f,
                    const axf_placement *in, int ns0, int ns, int y0, int x0, int slot, int *yorg, int *xorg) {
  const int A = axf_beat_addrs(&c->arch), bits = c->arch.D * c->arch.W;
  const int shift_y = w->pad - in->pad_y, shift_x = w->pad - in->pad_x; /* padding that is not stored */
  const int height = axf_ceil_div(in->h + 2 * in->pad_y, f->Ti);
  int y = axf_min(axf_max(y0 - shift_y, 0) / f->Ti, height - 1);
  int x = axf_max(x0 - shift_x, 0) / f->Tj / A * A;
  x = axf_min(x, (in->pitch - 1) / A * A);
  int i = axf_asm_op(&c->s, AXF_OP_LD);
  AXF_SET(&c->s, i, LD, DST, in->buffer);
  AXF_SET(&c->s, i, LD, BASE, st->in_base);
  AXF_SET(&c->s, i, LD, OFFSET,
          (int64_t)st->in_offset + ((int64_t)ns0 * in->plane + (int64_t)y * in->pitch + x) * bits / 8);
  AXF_SET(&c->s, i, LD, ADDR, slot * (c->arch.nb_words / 2));
  AXF_SET(&c->s, i, LD, LANES_LOG2, axf_log2_up(c->arch.D));
  SET_3D(LD, i, (int64_t)st->xc * bits / 128, axf_min(st->yc, height - y), ns, in, bits);
  AXF_SET(&c->s, i, LD, PITCH, st->xc);
  AXF_SET(&c->s, i, LD, PLANE, st->yc * st->xc);
  /* In the padded coordinates of the array (shifts are 0 or f is flat). */
  *yorg = y + shift_y;
  *xorg = x + shift_x;
  return i;
}

int axf_stream_store(axf_lower *c, const axf_stream *st, const axf_placement *out, const axf_block *b, int slot) {
  const int A = axf_beat_addrs(&c->arch), bits = c->arch.D * c->arch.W;
  int i = axf_asm_op(&c->s, AXF_OP_ST);
  AXF_SET(&c->s, i, ST, SRC, out->buffer);
  AXF_SET(&c->s, i, ST, BASE, st->out_base);
  AXF_SET(&c->s, i, ST, OFFSET,
          (int64_t)st->out_offset +
              ((int64_t)b->m0 / out->Tn * out->plane + (int64_t)b->y0 * out->pitch + b->x0) * bits / 8);
  AXF_SET(&c->s, i, ST, ADDR, slot * (c->arch.nb_words / 2));
  SET_3D(ST, i, (int64_t)round_up(b->at.w, A) * bits / 128, b->at.h, axf_ceil_div(b->at.c, out->Tn), out, bits);
  AXF_SET(&c->s, i, ST, PITCH, st->opitch);
  AXF_SET(&c->s, i, ST, PLANE, st->oplane);
  return i;
}
