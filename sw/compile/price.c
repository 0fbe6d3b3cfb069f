/* What a layer costs: cycles of every engine and accesses of every memory, from the shape alone.
 *
 * Five engines work beside each other. A tile's kernels and neurons are loaded while the tile before computes, if the
 * local store holds two; so a tile takes the longest of computing it and of loading the next one. Loads from memory run
 * further ahead: they bound the layer as a whole. Tiles of one size are counted together.
 * SPDX-License-Identifier: Apache-2.0 */
#include "compile/price.h"
#include <string.h>

#define HANDOVER 6    /* cycles from the end of a load to the array, or from the array's last read to the next load */
#define GAP 2         /* cycles between two loads of one engine */
#define INSTR_BEATS 2 /* of memory, for one instruction */
#define FAR 60        /* cycles from a request to memory until its first word is in a local store */

/* `total` in parts of `part`: sizes and how many of each; an empty class has count 0. */
typedef struct {
  int size[2], count[2];
} classes;
static classes cut(int total, int part) { return (classes){{part, total % part}, {total / part, total % part > 0}}; }

static int64_t most(int64_t x, int64_t y) { return x > y ? x : y; }

static int64_t kernel_beats(int64_t words, const axf_factors *f, const axf_arch *a) {
  return (words * (1 << axf_log2_up(f->Tm)) * a->W + 127) / 128;
}

/* Results of a step that the fullest bank takes, at worst, for tiles of `cols` columns. */
static int conflicts(const axf_factors *f, const axf_placement *out, int cols, int D) {
  int count[64] = {0}, worst = 1;
  if (!out)
    return 1;
  if (f->flat) /* the end of a row and the begin of the next may meet in a bank */
    return axf_ceil_div(f->Tm, out->Tn) *
           axf_min(f->Tc, axf_ceil_div(f->Tc, out->Tj) + (out->Ti == 1 && cols % out->Tj != 0));
  for (int m = 0; m < f->Tm; m++)
    for (int r = 0; r < f->Tr; r++)
      for (int c = 0; c < f->Tc; c++) {
        int bank = ((m % out->Tn) * out->Ti + (r + out->pad_y) % out->Ti) * out->Tj + (c + out->pad_x) % out->Tj;
        if (bank < D && ++count[bank] > worst)
          worst = count[bank];
      }
  return worst;
}

void axf_cost_add(axf_cost *c, const axf_cost *x, int64_t n) {
  c->cycles += n * x->cycles;
  c->compute += n * x->compute;
  c->kload += n * x->kload;
  c->nload += n * x->nload;
  c->bus += n * x->bus;
  c->store += n * x->store;
  c->write += n * x->write;
  c->waits += n * x->waits;
  c->macs += n * x->macs;
  c->store_writes += n * x->store_writes;
  c->buffer += n * x->buffer;
  c->psum += n * x->psum;
  c->ext_bytes += n * x->ext_bytes;
}

/* What does not change inside a block. */
typedef struct {
  const axf_tiling *t;
  const axf_work *w;
  const axf_factors *f;
  const axf_arch *a;
  int chunks, conflict;
  int loads_k, loads_n; /* kernels, neurons are loaded for every tile */
  int roomy;            /* the kernel buffer holds all that is used until it is used again */
  int stay;             /* so a kernel comes from memory once, or it is used only once */
} view;

static void kernels(axf_cost *c, const view *v, int64_t words, int64_t n) {
  c->kload += n * (words + GAP);
  c->buffer += n * words * v->f->Tm;
  c->store_writes += n * words * v->f->Ti * v->f->Tj * v->a->D;
}

static void neurons(axf_cost *c, const view *v, int64_t words, int64_t n) {
  const int cols = v->f->Tn * v->f->Ti * v->f->Tj;
  c->nload += n * (words + GAP);
  c->buffer += n * words * cols;
  c->store_writes += n * words * cols * v->f->Qm * v->a->D;
}

/* Words of a chunk's input for a tile of rt x ct outputs, and the beats that load them where they are staged: a row is
 * a burst of its own, of which only so many are open at a time. */
static int64_t input_words(const view *v, int rt, int ct, int ns, int ky, int kx, int64_t *beats) {
  const axf_work *w = v->w;
  const int y = axf_ceil_div((rt * w->P - 1) * w->s + ky, v->f->Ti);
  const int x = axf_ceil_div((ct * w->P - 1) * w->s + kx, v->f->Tj);
  *beats = w->stage ? (int64_t)ns * y * axf_max(4, axf_stage_pitch(x, v->a) * v->a->D * v->a->W / 128) : 0;
  return (int64_t)ns * y * x;
}

/* Words of ms map steps' kernels over `maps` input maps. */
static int64_t kernel_words(const view *v, int ms, int maps, int synapses, int params) {
  return (int64_t)ms * v->f->Qm * ((int64_t)maps * synapses + (params ? axf_record_words(v->a) : 0));
}

/* Cycles that the bus waits for the rows with every load, when their buffer holds few blocks of so many words. */
static int64_t crowded(const view *v, int64_t words) {
  const int64_t blocks = v->a->kb_words / (words + 1);
  return blocks >= 4 ? 0 : blocks >= 2 ? FAR / 2 : words;
}

/* All chunks of a tile of rt x ct outputs and ms map steps, `n` times. Returns the cycles of one. */
static int64_t all_chunks(axf_cost *c, const view *v, int rt, int ct, int ms, int64_t n) {
  const axf_tiling *t = v->t;
  const axf_work *w = v->w;
  const axf_factors *f = v->f;
  const classes N = cut(t->NS, t->nc), I = cut(w->Ky, t->ic), J = cut(w->Kx, t->jc);
  const int64_t results = (int64_t)ms * axf_area_steps(f, rt, ct), sums = results * w->P * w->P;
  const int rows = f->Tm * f->Tr * f->Tc;
  const int par = axf_record_words(v->a) * ms * f->Qm;
  int64_t cycles = 0, bus = 0;
  for (int k = 0; k < 8; k++) {
    const int ns = N.size[k & 1], ky = I.size[k >> 1 & 1], kx = J.size[k >> 2];
    const int64_t parts = (int64_t)N.count[k & 1] * I.count[k >> 1 & 1] * J.count[k >> 2];
    if (!parts)
      continue;
    int64_t nbeats, nl = input_words(v, rt, ct, ns, ky, kx, &nbeats);
    const int64_t kl = kernel_words(v, ms, axf_min(ns * f->Tn, w->N), ky * kx, 0);
    const int64_t kbeats = v->stay ? 0 : kernel_beats(kl, f, v->a);
    const int64_t compute = sums * ns * axf_ceil_div(ky, f->Ti) * axf_ceil_div(kx, f->Tj) + (sums == 1);
    const int64_t k_time = v->loads_k ? kl + GAP : 0, n_time = v->loads_n ? nl + GAP : 0;
    const int64_t alone = most(t->ks_slots == 2 ? 0 : k_time, t->ns_slots == 2 ? 0 : n_time);
    int64_t time = most(compute, most(t->ks_slots == 2 ? k_time : 0, t->ns_slots == 2 ? n_time : 0));
    time += alone ? alone + HANDOVER : 0;
    if (v->loads_n) /* staged input is loaded one tile ahead */
      time = most(time, nbeats + (v->loads_k ? kbeats : 0));
    cycles += parts * time;
    c->compute += n * parts * compute;
    if (v->loads_k)
      kernels(c, v, kl, n * parts);
    if (v->loads_n)
      neurons(c, v, nl, n * parts);
    if (v->loads_k && !v->roomy)
      bus += parts * crowded(v, kl);
    bus += parts * ((v->loads_k ? kbeats : 0) + (v->loads_n ? nbeats : 0) +
                    INSTR_BEATS * (1 + (v->loads_k ? 2 - v->stay : 0) + (v->loads_n ? 1 + (w->stage > 0) : 0)));
  }
  if (v->loads_k) {              /* the records of the last chunk */
    kernels(c, v, par - GAP, n); /* in the load of its kernels */
    bus += v->stay ? 0 : kernel_beats(par, f, v->a);
    cycles += sums < par ? par : 0;
  }
  /* Results leave one a cycle and bank; what the steps of the last chunk do not hide is waited for. */
  const axf_chunk end = axf_chunk_at(t, w, v->chunks - 1);
  const int steps = end.ns * axf_ceil_div(end.ky, f->Ti) * axf_ceil_div(end.kx, f->Tj) * w->P * w->P;
  const int leave = v->conflict * f->Qm;
  const int64_t waits = leave > steps ? results * (leave - steps) : 0;
  c->write += n * results * leave;
  c->waits += n * waits;
  c->buffer += n * results * rows * f->Qm;
  c->psum += n * 2 * (v->chunks - 1) * sums * rows * f->Qm;
  c->bus += n * bus;
  return cycles + waits;
}

/* Resident kernels cost no cycles but room, which the layers share: words of an element's store, records weighed by how
 * few there are. */
static int64_t room(const axf_tiling *t, const axf_work *w, const axf_factors *f, const axf_arch *a) {
  return (int64_t)t->MS * (t->NS * w->Ky * w->Kx + f->Qm * axf_ceil_div(a->ks_words, a->par_words));
}

void axf_price_block(axf_cost *c, const axf_tiling *t, const axf_work *w, const axf_factors *f, const axf_arch *a,
                     int Rn, int Cn, int first) {
  const classes R = cut(Rn, t->rs * f->Tr), C = cut(Cn, t->cs * axf_step_cols(f)), G = cut(t->MS, t->ms);
  const int64_t nrq = (int64_t)(R.count[0] + R.count[1]) * (C.count[0] + C.count[1]), ng = G.count[0] + G.count[1];
  view v = {.t = t, .w = w, .f = f, .a = a, .chunks = axf_chunks(t, w)};
  v.conflict = conflicts(f, w->out, t->cs, a->D);
  v.loads_k = !w->resident && (v.chunks > 1 || (t->maps_inner && ng > 1));
  v.loads_n = (v.chunks > 1 && !t->n_once) || (!t->maps_inner && nrq > 1);
  const int64_t all = kernel_words(&v, t->MS, w->N, w->Ky * w->Kx, 1);
  const int64_t group = kernel_words(&v, t->ms, w->N, w->Ky * w->Kx, 1);
  v.roomy = w->resident || all <= a->kb_words || (!t->maps_inner && group + group / v.chunks <= a->kb_words);
  v.stay = v.roomy || nrq == 1;
  int64_t cycles = 0;
  for (int rq = 0; rq < 4; rq++) {
    const int rt = R.size[rq & 1], ct = C.size[rq >> 1];
    const int64_t tiles = (int64_t)R.count[rq & 1] * C.count[rq >> 1];
    if (!tiles)
      continue;
    int64_t groups = 0, beats, nl = input_words(&v, rt, ct, t->NS, w->Ky, w->Kx, &beats);
    for (int g = 0; g < 2; g++)
      if (G.count[g])
        groups += G.count[g] * all_chunks(c, &v, rt, ct, G.size[g], tiles * G.count[g]);
    if (!v.loads_n) { /* once for all groups of a tile */
      neurons(c, &v, nl, tiles);
      c->bus += tiles * (beats + 2 * INSTR_BEATS);
      nl = most(nl, beats) + GAP;
      groups = (nrq > 1 || w->stream) && t->ns_slots == 2 ? most(groups, nl) : groups + nl;
    }
    cycles += tiles * groups;
  }
  if (w->resident)
    c->kload += w->resident * room(t, w, f, a);
  else if (!v.loads_k) { /* once for all tiles of a group */
    const int64_t kl = kernel_words(&v, t->ms, w->N, w->Ky * w->Kx, 1);
    kernels(c, &v, kl, ng);
    c->bus += ng * ((v.stay ? 0 : kernel_beats(kl, f, a)) + (v.roomy ? 0 : crowded(&v, kl)));
    if (t->ks_slots == 2)
      cycles = ng > 1 || w->stream ? ng * most(cycles / ng, kl + GAP) : cycles;
    else
      cycles += (ng - !w->stream) * (kl + HANDOVER);
  }
  if (v.stay && first && !w->resident) {
    c->bus += kernel_beats(all, f, a);
    c->buffer += all * (1 << axf_log2_up(f->Tm));
  }
  c->cycles += cycles;
}

int64_t axf_price_start(const axf_tiling *t, const axf_work *w, const axf_factors *f, const axf_arch *a) {
  const view v = {.t = t, .w = w, .f = f, .a = a};
  const int rows = axf_min(t->rs * f->Tr, w->R), cols = axf_min(t->cs * axf_step_cols(f), w->C);
  int64_t beats;
  const int64_t kl = kernel_words(&v, t->ms, axf_min(t->nc * f->Tn, w->N), t->ic * t->jc, 0);
  return FAR + most(!w->first && !w->last ? 0 : most(kl, kernel_beats(kl, f, a)),
                    input_words(&v, rows, cols, t->nc, t->ic, t->jc, &beats));
}

/* Cycles of the store engine for one row of `beats`: it reads, collects and sends; each burst is answered. */
static int64_t store_row(int64_t beats, const axf_arch *a) {
  const int row = a->D * a->W, reads = row >= 128 ? 1 : 128 / row, sends = row >= 128 ? row / 128 : 1;
  return beats * 2 * reads / sends + beats + axf_ceil_div((int)beats, 16) * 33;
}

void axf_price_layer(axf_cost *c, const axf_stream *st, const axf_tiling *t, const axf_work *w, const axf_factors *f,
                     const axf_placement *out, const axf_arch *a) {
  memset(c, 0, sizeof *c);
  axf_work b = axf_block_work(st, w, a);
  b.out = out;
  const classes M = cut(w->M, st->maps), R = cut(w->R, st->rows), C = cut(w->C, st->cols);
  const int64_t positions = (int64_t)(R.count[0] + R.count[1]) * (C.count[0] + C.count[1]);
  const int64_t nblocks = positions * (M.count[0] + M.count[1]);
  const int bits = a->D * a->W;
  const view v = {.t = t, .w = w, .f = f, .a = a};
  const int64_t all = kernel_words(&v, axf_ceil_div(w->M, axf_step_maps(f)), w->N, w->Ky * w->Kx, 1);
  const int stay = positions == 1 || kernel_words(&v, t->MS, w->N, w->Ky * w->Kx, 1) <= a->kb_words;
  int64_t serial = 0, last_store = 0, largest = 0;
  for (int k = 0; k < 8; k++) {
    const int maps = M.size[k >> 2], rows = R.size[k & 1], cols = C.size[k >> 1 & 1];
    const int64_t n = (int64_t)M.count[k >> 2] * R.count[k & 1] * C.count[k >> 1 & 1];
    const int planes = axf_ceil_div(maps, out->Tn);
    if (!n)
      continue;
    axf_cost one = {0};
    axf_tiling part = *t;
    part.MS = axf_ceil_div(maps, axf_step_maps(f));
    part.ms = axf_min(part.ms, part.MS);
    axf_price_block(&one, &part, &b, f, a, rows, cols, !stay || positions == 1);
    axf_cost_add(c, &one, n);
    if (st->in_ext && !st->staged) {
      const int64_t beats = (int64_t)st->in_words * bits / 128;
      c->bus += n * beats;
      c->buffer += n * st->in_words * a->D;
      serial += st->in_slots == 1 ? n * (beats + FAR) : k ? 0 : beats;
    }
    if (st->out_ext) {
      const int64_t beats = (int64_t)axf_ceil_div(cols, axf_beat_addrs(a)) * axf_beat_addrs(a) * bits / 128;
      const int64_t engine = (int64_t)planes * rows * store_row(beats, a);
      c->store += n * engine;
      c->ext_bytes += n * planes * rows * beats * 16;
      c->buffer += n * planes * rows * beats * 128 / a->W;
      largest = most(largest, engine);
      last_store = engine;
      /* A slot is free when its results have left: of the block before, or of that before it, often a larger one. */
      serial += n * (st->out_slots == 1 ? engine : most(0, largest - one.cycles));
    }
  }
  if (stay && positions > 1 && !w->resident) {
    c->bus += kernel_beats(all, f, a);
    c->buffer += all * (1 << axf_log2_up(f->Tm));
  }
  c->macs = (int64_t)w->M * w->R * w->C * w->P * w->P * w->N * w->Ky * w->Kx;
  c->ext_bytes += c->bus * 16;
  /* What runs far ahead bounds the layer as a whole. */
  const int64_t steady = most(c->cycles, c->bus);
  c->cycles = most(most(c->cycles, c->bus), c->store) + serial + axf_price_start(t, w, f, a) +
              (nblocks > 1 ? 4 * nblocks : 0) + (st->out_slots > 1 ? last_store : 0);
  /* Maps that stay in the neuron buffers come and go as one row. */
  const int64_t out_beats = w->last && !st->out_ext ? ((int64_t)out->words * bits + 127) / 128 : 0;
  const int64_t in_beats = w->first && !st->in_ext ? (int64_t)w->N * w->H * w->W * a->W / 128 : 0;
  c->store += out_beats ? store_row(out_beats, a) : 0;
  c->bus += in_beats;
  c->ext_bytes += 16 * (in_beats + out_beats);
  c->cycles += in_beats + (out_beats ? store_row(out_beats, a) : 0);
  if (w->stream && !st->in_ext && !st->out_ext) /* what another layer's turn hides counts little */
    c->cycles = steady + (c->cycles - steady + c->kload + c->nload + c->bus) / 16;
}
