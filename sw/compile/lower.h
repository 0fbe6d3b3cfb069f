/* Inside the compiler: state of the lowering of a net to a program.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef AXF_LOWER_H
#define AXF_LOWER_H
#include "compile/plan.h"

/* One KLD: the words of one map group and input chunk. */
typedef struct {
  size_t offset; /* in the weight image */
  int lanes_log2, lanes, beats, words, addrs;
  int ms, ns, kk, tail, params, records; /* records: of the parameter store, if it brings any */
  int kb_addr;                           /* where it was loaded, -1: not in the kernel buffer */
  int ld;                                /* instruction that loaded it */
  int claims, fresh;                     /* KLDs to come that are provided for; it was loaded for the first of them */
  int ks_addr, par_addr, kld; /* resident: its place in the stores; the instruction that took it there, -1: not yet */
} axf_kblock;

typedef struct {
  axf_arch arch;
  const axf_qnet *q;
  axf_asm s;
  uint8_t *weights;
  size_t weight_bytes, weight_cap;
  /* Kernel blocks in the order of their first use, over the whole net. */
  axf_kblock *block;
  int nblocks, capblocks;
  /* The blocks of all KLDs of the program in their order. A first lowering, whose instructions are thrown away, records
   * it; the second loads ahead by it. */
  int recording, *use, nuse, capuse;
  int use_next, ahead; /* the next KLD; the next one that is not provided for */
  int loaded;          /* loads that no KLD has read yet */
  /* Kernel buffer: next free word; of each word the block it holds, the last KLD that read it and its tile. */
  int kb_next;
  int *kb_owner, *kb_user, *kb_user_tile;
  int resident; /* several images: all kernels stay in the local stores, each block at a place of its own */
  int tile;     /* running number of tiles */
  /* The image being lowered, and what the images before it have last done to each neuron buffer (-1: nothing): NLDs
   * that read it, stores from it. */
  int image;
  int old_nld[2], old_st[2];
  int last_nld[2], last_st[2]; /* the same, this image included */
  /* Local stores: last XTILE that reads each word; slot used next. */
  int ks_user[1024], ns_user[1024], par_user[64];
  int ks_slot, ns_slot, par_slot;
  int ns_fill[2]; /* words used of either half of the neuron stores */
} axf_lower;

/* Makes room for n more kernel blocks. */
int axf_reserve_blocks(axf_lower *c, int n);
/* Builds block b (ms map steps from ms0, chunk k of the sum) at the end of the weight image. */
int axf_kernel_block(axf_lower *c, axf_kblock *b, const axf_work *w, const axf_factors *f, int ms0, int ms,
                     const axf_chunk *k, int params);
/* Where a layer's maps lie, and the blocks of pooled outputs it is computed in (one block when both maps are resident).
 */
typedef struct {
  int in_ext, out_ext;
  int staged;            /* a tile's inputs are loaded chunk by chunk: they exceed a neuron buffer, or it is faster */
  int in_base, out_base; /* base registers of the maps in memory */
  size_t in_offset, out_offset;  /* and their byte offsets */
  int maps, rows, cols;          /* of a block; maps: all, or whole map steps and planes of the reader's layout */
  int yc, xc, in_words;          /* staged input: row and column groups, words a bank */
  int opitch, oplane, out_words; /* staged output */
  int in_slots, out_slots;       /* 2: the next block's load (this block's store) overlaps the computation */
} axf_stream;
/* Rounds a placement to what the load and store engines move: whole beats a row. */
void axf_placement_ext(axf_placement *p, const axf_arch *a);
/* One layer, planned: factors, blocks, tiling, and what they take by calculation. value: by the goal, below 0: no plan.
 */
typedef struct {
  axf_factors f;
  axf_stream st;
  axf_tiling t;
  axf_cost cost;
  double value;
} axf_plan;
/* Chooses blocks and tiling for the factors f; out: where the results go. Fails naming the limit; quiet: without a
 * message. */
int axf_stream_plan(axf_plan *p, int in_ext, int out_ext, const axf_work *w, const axf_factors *f,
                    const axf_placement *out, const axf_arch *a, int quiet);
/* Layout of the map that layer l, the reader, reads with factors f; *ext: it does not fit a neuron buffer. Between
 * layers such a map is stored without padding, so that any block of it can be written. */
void axf_place_input(axf_placement *p, int *ext, const axf_arch *a, const axf_work *reader, const axf_factors *f,
                     int l);
/* Layout of the results of layer l, the last one, with factors f, for the host. */
void axf_place_output(axf_placement *p, int *ext, const axf_arch *a, const axf_work *last, const axf_factors *f, int l);
/* A net and what is asked of it. resident: the kernels of all layers stay in the local stores from one image to the
 * next. */
typedef struct {
  const axf_work *work;
  int n, resident;
  const axf_arch *a;
  const axf_compile_opt *o;
  const axf_qnet *q;
} axf_chosen;
/* Plans for all layers of a net: factors given or chosen, last layer first. Sets e->resident. */
int axf_choose(axf_plan *plan, axf_chosen *e);
/* At most `most` other plans of layer l, whose input lies as plan[l]'s does: with the best factors, and with plan[l]'s
 * factors and other numbers of chunks. Returns their number, 0 if there are none. */
int axf_others(axf_plan *other, int most, const axf_chosen *e, const axf_plan *plan, int l);
/* The program of these plans. */
int axf_build(axf_program *p, const axf_chosen *e, axf_plan *plan);
/* Replaces plans, layer by layer, by others with which the cycle model finds the whole program faster (if it is short:
 * long ones are predicted well enough). *p is the program of plan, and of the better one afterwards. */
int axf_refine(axf_program *p, const axf_chosen *e, axf_plan *plan);
/* Plans for layer l with all factors that may be best, the best first, at most n; returns their number or -1. out:
 * where its results go, NULL: to the host; want: Tm > 0: only with these Tm, Tr, Tc; Tn > 0: these Tn, Ti, Tj; whole:
 * whole rows only. */
int axf_map(axf_plan *plans, int n, const axf_work *w, int l, const axf_placement *out, int out_ext,
            const axf_factors *want, int whole, const axf_arch *a);
/* The layer as its tiling sees it: one block of it. */
axf_work axf_block_work(const axf_stream *st, const axf_work *w, const axf_arch *a);
/* Emits the load of ns input-map steps from ns0 whose window begins at padded row y0 and column x0, st->yc x st->xc
 * groups, into a slot; *yorg, *xorg: first group loaded, in padded coordinates. */
int axf_stream_load(axf_lower *c, const axf_stream *st, const axf_work *w, const axf_factors *f,
                    const axf_placement *in, int ns0, int ns, int y0, int x0, int slot, int *yorg, int *xorg);
/* Emits the store of the results of block b. */
int axf_stream_store(axf_lower *c, const axf_stream *st, const axf_placement *out, const axf_block *b, int slot);

/* Address steps wrap like the RTL's adders; only steps that are never taken can be too large. */
#define AXF_WRAP(v, bits) ((v) & ((1 << (bits)) - 1))
/* Emit the configuration of the kernel loader (KCFG), of the neuron loader (NCFG; plane, pitch: of the input's banks),
 * and of the array (XCFG0..2; part: the kernel rows and columns that the tiles to come add; oplane, opitch: of the
 * results). */
void axf_config_kernels(axf_lower *c, const axf_factors *f);
void axf_config_neurons(axf_lower *c, const axf_work *w, const axf_factors *f, const axf_tiling *t, int plane,
                        int pitch);
void axf_config_array(axf_lower *c, const axf_work *w, const axf_factors *f, const axf_tiling *t, const axf_chunk *part,
                      const axf_placement *out, int layer, int oplane, int opitch);

/* Lowers one layer whose kernel blocks have been built, from first_block on. ready: the instruction after which a
 * resident input is complete (a load for the first layer), or the last store of an external one (-1: none). Sets
 * *last_tile, *last_nld and, if it stores, *last_store. */
int axf_lower_layer(axf_lower *c, const axf_work *w, const axf_factors *f, const axf_tiling *t, const axf_stream *st,
                    axf_prog_layer *pl, int layer, int first_block, int ready_sem, int ready, int *last_tile,
                    int *last_store, int *last_nld);
/* A load into neuron buffer b, and a tile that writes there, come after the images before. */
void axf_after_older_load(axf_lower *c, int instr, int b);
void axf_after_older_tile(axf_lower *c, int instr, int b);
/* Placements, places in memory and kernel blocks of all n layers; first[l]: the first block of layer l. */
int axf_plan_layers(axf_lower *c, axf_program *p, const axf_work *work, int n, axf_plan *plan, int *first);
/* Emits everything from the first load to END, for p->images images. */
int axf_lower_images(axf_lower *c, axf_program *p, const axf_work *work, int n, axf_plan *plan);
/* Emits a few loads of kernels for the KLDs to come, if the kernel buffer has room. */
int axf_load_ahead(axf_lower *c);
/* Block `id` is the next KLD's: recorded, or, in the second lowering, in the kernel buffer when this returns. */
int axf_kernel_use(axf_lower *c, int id);
/* KLD `instr` reads block `id`. */
void axf_kernel_read(axf_lower *c, int id, int instr);
#endif
