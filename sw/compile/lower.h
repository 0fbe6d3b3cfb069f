/* Inside the compiler: state of the lowering of a net to a program.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef AXF_LOWER_H
#define AXF_LOWER_H
#include "compile/plan.h"

/* One KLD: the words of one map group and input chunk. */
typedef struct {
  size_t offset; /* in the weight image */
  int lanes_log2, lanes, beats, words, addrs;
  int ms, ns, tail, params;
  int kb_addr; /* where it was loaded, -1: not in the kernel buffer */
  int ld;      /* instruction that loaded it */
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
  /* Kernel buffer: next free word, next block to load; of each word the block it holds, the last KLD that read it, and
   * the tile from which on a load that runs ahead may overwrite it. */
  int kb_next, ld_next;
  int *kb_owner, *kb_user, *kb_user_tile;
  int tile; /* running number of tiles */
  /* Local stores: last XTILE that reads each word; slot used next. */
  int ks_user[1024], ns_user[1024], par_user[64];
  int ks_slot, ns_slot, par_slot;
} axf_lower;

/* Builds block b (ms map steps from ms0, ns input-map steps from ns0) at the end of the weight image. */
int axf_kernel_block(axf_lower *c, axf_kblock *b, const axf_work *w, const axf_factors *f, const axf_tiling *t, int ms0,
                     int ms, int ns0, int ns, int params);
/* Lowers one layer: blocks have been built; first_block is its first. */
int axf_lower_layer(axf_lower *c, const axf_work *w, const axf_factors *f, const axf_tiling *t, axf_prog_layer *pl,
                    int layer, int first_block, int input_ld, int *last_tile);
/* Emits kernel loads ahead of tile c->tile; `must`: up to and including this block. */
int axf_load_ahead(axf_lower *c, int must);
#endif
