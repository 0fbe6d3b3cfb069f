/* Layers whose feature maps do not fit the neuron buffers: blocks of pooled outputs whose input and output do.
 * A map in external memory is stored by addresses of D words. The network's input keeps the layout of its reader; a map
 * between two layers is stored without padding and read with Ti = Tj = 1, so that any block of it can be written.
 * SPDX-License-Identifier: Apache-2.0 */
#include "compile/lower.h"
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
  st->out_words = st->out_ext ? axf_ceil_div(w->M, out->Tn) * st->oplane : 0;
}

axf_work axf_block_work(const axf_stream *st, const axf_work *w, const axf_arch *a) {
  axf_work b = *w;
  b.R = st->rows;
  b.C = st->cols;
  b.loose = b.R != w->R || b.C != w->C;
  b.stage = st->staged ? a->nb_words / 2 : 0;
  return b;
}

/* Cycles of a layer cut into these blocks, by its slowest engine; -1: the blocks cannot be tiled. */
static int64_t price(const axf_stream *st, const axf_work *w, const axf_factors *f, const axf_arch *a) {
  const axf_work b = axf_block_work(st, w, a);
  axf_tiling t;
  if (axf_tile(&t, &b, f, a, 1))
    return -1;
  const int bits = a->D * a->W, chunks = axf_chunks(&t, &b);
  const int64_t blocks = (int64_t)axf_ceil_div(w->R, st->rows) * axf_ceil_div(w->C, st->cols);
  const int64_t tiles = (int64_t)axf_ceil_div(t.RS, t.rs) * axf_ceil_div(t.CS, t.cs);
  /* External memory: kernels once if they stay in their buffer or are used up before the next ones, else again for
   * every tile or block; inputs for every block, or for every tile and group; results once. */
  const int64_t kwords = (int64_t)t.MS * f->Qm * ((int64_t)w->N * w->Ky * w->Kx + 64 / a->W);
  const int64_t again = kwords <= a->kb_words ? 1 : t.maps_inner || chunks > 1 ? blocks * tiles : blocks;
  int64_t bus = again * kwords * (1 << axf_log2_up(f->Tm)) * a->W / 128;
  if (st->staged)
    bus += blocks * tiles * (chunks > 1 || !t.maps_inner ? axf_ceil_div(t.MS, t.ms) : 1) * t.NS *
           (chunks / axf_ceil_div(t.NS, t.nc)) * t.yc * axf_stage_pitch(t.xc, a) * bits / 128;
  bus += blocks * ((int64_t)st->in_words + st->out_words) * bits / 128;
  int64_t worst = blocks * t.compute;
  worst = worst > blocks * t.kload ? worst : blocks * t.kload;
  worst = worst > blocks * t.nload ? worst : blocks * t.nload;
  worst = worst > bus ? worst : bus;
  return worst + blocks * (60 + (int64_t)(st->in_slots == 1 ? st->in_words : 0) * axf_max(1, bits / 128));
}

/* The cheapest blocks and their price; -1: there are none. */
static int64_t blocks(axf_stream *st, const axf_work *w, const axf_factors *f, const axf_placement *out,
                      const axf_arch *a) {
  const int A = axf_beat_addrs(a);
  int64_t best = -1;
  axf_stream pick = *st;
  /* Whole steps of Tc columns if any such block fits, else any columns; double-buffered if any such block fits. */
  for (int form = 0; form < 4 && best < 0; form++)
    for (int parts = 1, last = 0; parts <= w->C; parts++) {
      const int slots = 2 - form / 2;
      axf_stream s = *st;
      s.cols = axf_ceil_div(w->C, parts);
      if (form % 2 == 0)
        s.cols = axf_min(w->C, round_up(s.cols, f->Tc));
      s.cols = axf_min(w->C, round_up(s.cols, A));
      if (s.cols == last || (f->flat && (w->C % s.cols || s.cols < f->Tc))) /* flat: blocks of equal width */
        continue;
      last = s.cols;
      int lo = 0;
      for (int hi = w->R; lo < hi;) { /* the words grow with the rows */
        s.rows = (lo + hi + 1) / 2;
        sizes(&s, w, f, out, a);
        if (slots * s.in_words <= a->nb_words && slots * s.out_words <= a->nb_words)
          lo = s.rows;
        else
          hi = s.rows - 1;
      }
      if (!lo)
        continue;
      s.rows = lo > f->Tr ? lo / f->Tr * f->Tr : lo;
      sizes(&s, w, f, out, a);
      s.in_slots = s.out_slots = slots;
      const int64_t cost = price(&s, w, f, a);
      if (cost >= 0 && (best < 0 || cost < best)) {
        best = cost;
        pick = s;
      }
    }
  *st = pick;
  return best;
}

int axf_stream_plan(axf_stream *st, const axf_work *w, const axf_factors *f, const axf_placement *out,
                    const axf_arch *a) {
  st->rows = w->R;
  st->cols = w->C;
  st->in_slots = st->out_slots = 1;
  st->staged = 0;
  if (!st->in_ext && !st->out_ext)
    return 0;
  axf_stream whole = *st, staged = *st;
  staged.staged = 1;
  const int64_t a1 = blocks(&whole, w, f, out, a), a2 = st->in_ext ? blocks(&staged, w, f, out, a) : -1;
  if (a1 >= 0 || a2 >= 0) {
    *st = a2 < 0 || (a1 >= 0 && a1 <= a2) ? whole : staged;
    if (st->staged)
      st->in_slots = 2; /* halves of the buffer take turns */
    return 0;
  }
  st->rows = st->cols = 1;
  sizes(st, w, f, out, a);
  if (st->out_words > a->nb_words)
    return axf_fail("layer %s: one output position's results need %d words of a neuron buffer bank; a bank has %d",
                    w->net->name, st->out_words, a->nb_words);
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

int axf_stream_store(axf_lower *c, const axf_stream *st, const axf_work *w, const axf_placement *out, int R0, int C0,
                     int rows, int cols, int slot) {
  const int A = axf_beat_addrs(&c->arch), bits = c->arch.D * c->arch.W;
  int i = axf_asm_op(&c->s, AXF_OP_ST);
  AXF_SET(&c->s, i, ST, SRC, out->buffer);
  AXF_SET(&c->s, i, ST, BASE, st->out_base);
  AXF_SET(&c->s, i, ST, OFFSET, (int64_t)st->out_offset + ((int64_t)R0 * out->pitch + C0) * bits / 8);
  AXF_SET(&c->s, i, ST, ADDR, slot * (c->arch.nb_words / 2));
  SET_3D(ST, i, (int64_t)round_up(cols, A) * bits / 128, rows, axf_ceil_div(w->M, out->Tn), out, bits);
  AXF_SET(&c->s, i, ST, PITCH, st->opitch);
  AXF_SET(&c->s, i, ST, PLANE, st->oplane);
  return i;
}
