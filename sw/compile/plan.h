/* Inside the compiler: a layer as the array sees it, how it is tiled, and the program under construction.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef AXF_PLAN_H
#define AXF_PLAN_H
#include "compile/program.h"

static inline int axf_ceil_div(int a, int b) { return (a + b - 1) / b; }
static inline int axf_min(int a, int b) { return a < b ? a : b; }
static inline int axf_max(int a, int b) { return a > b ? a : b; }
/* Smallest n with 1 << n >= v. */
static inline int axf_log2_up(int v) {
  int n = 0;
  while (1 << n < v)
    n++;
  return n;
}

/* One compute layer (conv or fc with the pool behind it) in the paper's symbols. A fully connected layer is a
 * convolution whose kernel covers its input; the first layer of a net, if fully connected, is N = inputs, K = 1
 * instead. */
typedef struct {
  const axf_layer *net; /* name, line */
  int index;            /* in axf_net and axf_qnet */
  int M, N, Ky, Kx, s, pad, H, W;
  int P, avg, relu;
  int R, C; /* pooled outputs */
  int in_signed, out_signed;
  int core;  /* multiplier core of the processing elements */
  int loose; /* tiles may start at any row or column: count groups for the worst alignment */
  int stage; /* words a bank for one chunk of a tile's input, when it is loaded chunk by chunk; 0: it is not */
  const axf_goal *goal; /* what the tiling is chosen for; NULL: cycles */
  int chunks;           /* above 0: the sums are cut into so many chunks, or nearly so many */
  int first, last;      /* of the net's layers */
  int blocks;           /* of so many blocks of results this is one */
  int stream;           /* the layers of several images take turns: loads run beside another layer */
  int resident; /* above 0: and all kernels are in the local stores already; the more, the dearer is room there */
  const axf_placement *out; /* where the results go; NULL: not known yet */
} axf_work;

/* How a layer is cut: tiles of rs x cs steps (of a flat layer: rs x cs pooled outputs, cs a divisor of the columns),
 * groups of ms map steps, and chunks of the sum that are added one after the other: nc input-map steps of ic x jc
 * synapses of the kernel. */
typedef struct {
  int MS, RS, CS, NS; /* total steps: ceil(M/(Tm*Qm)), ceil(R/Tr), ... */
  int ms, rs, cs, nc; /* steps of one tile */
  int ic, jc;         /* kernel rows and columns of a chunk: Ky, Kx unless the kernel itself is cut */
  int yc, xc;         /* largest tile's row and column groups in the local store */
  int n_once;         /* 1: the neurons of all chunks of a tile are loaded together, once for all map groups */
  int maps_inner;     /* 1: neurons stay while the map groups pass; 0: kernels stay while positions pass */
  int ks_slots, ns_slots, par_slots; /* 2: double buffered, 1: single */
  axf_cost cost;                     /* of one block */
} axf_tiling;

/* One chunk: input-map steps ns0 .. ns0 + ns - 1, kernel rows i0 .. i0 + ky - 1, kernel columns j0 .. j0 + kx - 1. */
typedef struct {
  int ns0, ns, i0, ky, j0, kx;
} axf_chunk;
/* Chunks of a layer, and chunk k of them, in the order in which they are added. */
int axf_chunks(const axf_tiling *t, const axf_work *w);
axf_chunk axf_chunk_at(const axf_tiling *t, const axf_work *w, int k);
/* Addresses of one 128-bit beat, 1 or more; addresses of a row of xc groups that is loaded in whole beats. */
int axf_beat_addrs(const axf_arch *a);
int axf_stage_pitch(int xc, const axf_arch *a);
/* Chooses the tiling; fails naming the limit if there is none. quiet: no message is built (mapper). */
int axf_tile(axf_tiling *t, const axf_work *w, const axf_factors *f, const axf_arch *a, int quiet);
/* Output maps of one step; pooled columns that count as one step of a tile's width; steps of rows x cols outputs. */
static inline int axf_step_maps(const axf_factors *f) { return f->Tm * f->Qm; }
static inline int axf_step_cols(const axf_factors *f) { return f->flat ? 1 : f->Tc; }
static inline int axf_area_steps(const axf_factors *f, int rows, int cols) {
  return f->flat ? axf_ceil_div(rows * cols, f->Tc) : axf_ceil_div(rows, f->Tr) * axf_ceil_div(cols, f->Tc);
}
/* Checks the constraints on the factors; the message names layer, factor and limit. */
int axf_check_factors(const axf_work *w, const axf_factors *f, const axf_arch *a);
void axf_placement_init(axf_placement *p, int c, int h, int w, int Tn, int Ti, int Tj, int pad);

/* ---- the program under construction (emit.c) ---- */
typedef enum { AXF_E_LOAD, AXF_E_KLOAD, AXF_E_NLOAD, AXF_E_EXEC, AXF_E_STORE, AXF_E_FETCH } axf_engine;
/* The engine that runs opcode op. */
axf_engine axf_engine_of(int op);
/* Semaphores: producer engine and event -> consumer engine. */
typedef enum {
  AXF_S_LD_K,  /* load -> kload: kernel buffer filled */
  AXF_S_K_LD,  /* kload -> load: kernel buffer region read */
  AXF_S_K_X,   /* kload -> exec: kernels and parameters in the local stores (2: the RTL's "waiting for kernels") */
  AXF_S_X_K,   /* exec (read) -> kload: local store region free */
  AXF_S_N_X,   /* nload -> exec: neurons in the local stores (4: "waiting for neurons") */
  AXF_S_X_N,   /* exec (read) -> nload: local store region free */
  AXF_S_LD_N,  /* load -> nload: neuron buffer filled */
  AXF_S_XW_N,  /* exec (written) -> nload: results in the neuron buffer */
  AXF_S_XW_ST, /* exec (written) -> store */
  AXF_S_N_LD,  /* nload -> load: neuron buffer region read */
  AXF_S_ST_X,  /* store -> exec: results stored, region free */
  AXF_S_ST_LD, /* store -> load: spilled map in memory */
  AXF_S_COUNT
} axf_sem;

typedef struct {
  int consumer, producer; /* instruction numbers */
} axf_need;
typedef struct {
  uint32_t (*instr)[AXF_INSTR_WORDS];
  int n, cap;
  axf_need *need[AXF_S_COUNT];
  int nneed[AXF_S_COUNT], capneed[AXF_S_COUNT];
  int failed; /* out of memory or a value too large for its field; the message is recorded */
} axf_asm;
/* Appends an instruction with this opcode; returns its number. */
int axf_asm_op(axf_asm *s, int opcode);
/* Sets a field of instruction i; a value that does not fit fails the assembly. */
void axf_asm_set(axf_asm *s, int i, const char *what, int lsb, int width, int64_t v);
#define AXF_SET(s, i, OP, field, v)                                                                                    \
  axf_asm_set(s, i, #OP "." #field, AXF_##OP##_##field##_LSB, AXF_##OP##_##field##_W, v)
/* A number of rows or columns, 1..D, in six bits: the 64 of the arrays that only the cycle model knows is written as 0.
 */
#define AXF_SET_COUNT(s, i, OP, field, v) AXF_SET(s, i, OP, field, (v) == 64 ? 0 : (v))
/* Consumer (an instruction of the semaphore's consumer engine) must not start before `producer` has posted; -1:
 * nothing. */
void axf_asm_need(axf_asm *s, axf_sem sem, int consumer, int producer);
/* Turns needs into wait and post bits: a producer posts once for the first consumer that needs it. */
int axf_asm_finish(axf_asm *s);
void axf_asm_free(axf_asm *s);
#endif
