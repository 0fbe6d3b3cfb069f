/* A compiled network: the accelerator's program, its memory images, and where everything is placed.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef AXF_PROGRAM_H
#define AXF_PROGRAM_H
#include "nn/net.h"

/* The accelerator a program is compiled for: the RTL's parameters (rtl/axflow.v). */
typedef struct {
  int D, W;                                    /* array dimension, word width */
  int nb_words, kb_words;                      /* words of one neuron / kernel buffer bank */
  int ns_words, ks_words, ps_words, par_words; /* local stores, partial sums and parameter records a row */
  int segs;                                    /* segments of the row reduction, 1, 2, 4 .. D */
  int rec_copies;                              /* of each word of a parameter record in the kernel buffer, 1 or 3 */
} axf_arch;
/* The default parameters of rtl/axflow.v for (D, W); fails on values the RTL does not take. */
int axf_arch_default(axf_arch *a, int D, int W);
/* The same, and D = 64, for which there is no RTL: for programs that only the cycle model runs. */
int axf_arch_model(axf_arch *a, int D, int W);
/* Sets the segments; fails on a number the RTL does not take. */
int axf_arch_segments(axf_arch *a, int segs);
/* Sets how parameter records are protected: "none", or "vote", three copies of which the majority counts. */
int axf_arch_records(axf_arch *a, const char *option, const char *name);
/* ... and says it: "none" or "vote". */
const char *axf_arch_records_name(const axf_arch *a);
/* Kernel buffer words of a parameter record, all copies. */
int axf_record_words(const axf_arch *a);

/* Unrolling factors of one layer: the paper's <Tm,Tn,Tr,Tc,Ti,Tj>, and what docs/segments.md adds: the first Qm
 * segments of `seg` columns of each row compute different maps; flat: the Tc rows take consecutive positions of the
 * output, on from one output row into the next. seg = D, Qm = 1, flat = 0: the paper's array. In a compiled program and
 * inside the compiler all are set; in factors asked for, seg = 0 means D and Qm = 0 means 1. */
typedef struct {
  int Tm, Tn, Tr, Tc, Ti, Tj;
  int seg, Qm, flat;
} axf_factors;

/* What the compiler makes small. accesses: words read and written in buffers, partial-sum stores and external memory,
 * and written to local stores. energy: by the coefficients, in pJ. */
typedef enum { AXF_MIN_CYCLES, AXF_MIN_ACCESSES, AXF_MIN_ENERGY } axf_objective;
typedef struct {
  double mac, store_write, buffer, psum, ext_byte, cycle; /* pJ: a multiplication with its two reads of local stores; a
                            word written to a local store; a word read or written in a buffer, in a partial-sum store; a
                            byte of external memory; what leaks or is clocked in one cycle */
} axf_energy_table;
typedef struct {
  axf_objective objective;
  axf_energy_table pj;
} axf_goal;
/* "cycles", "accesses" or "energy" -> objective; the coefficients from a file (format: sw/compile/energy.txt; NULL:
 * that file, for D and W). Fails naming file and line. */
int axf_goal_read(axf_goal *g, const char *objective, const char *energy_file, const axf_arch *a);

/* What a layer, or a part of it, takes by calculation. */
typedef struct {
  int64_t cycles;                                   /* with what overlaps and what does not */
  int64_t compute, kload, nload, bus, store, write; /* of each alone: array steps, row buses, column buses, reads from
                                                       memory, writes to memory, results into the banks */
  int64_t waits;                                    /* of the array for results to leave */
  int64_t macs, store_writes, buffer, psum, ext_bytes; /* multiplications; words written to local stores, read and
                                                          written in buffers, in partial-sum stores; bytes of memory */
} axf_cost;
/* How good a cost is for the goal (NULL: cycles): the smaller, the better. What is counted second decides near ties. */
double axf_value(const axf_goal *g, const axf_cost *c, const axf_arch *a);
int64_t axf_accesses(const axf_cost *c, const axf_arch *a);
double axf_energy(const axf_goal *g, const axf_cost *c); /* pJ */

/* How a feature map (c, h, w) lies in the banks of a neuron buffer for a reader with Tn, Ti, Tj and padding:
 *   bank = ((c mod Tn)*Ti + (y+pad) mod Ti)*Tj + (x+pad) mod Tj
 *   addr = base + (c div Tn)*plane + ((y+pad) div Ti)*pitch + (x+pad) div Tj */
typedef struct {
  int c, h, w;
  int Tn, Ti, Tj, pad_y, pad_x;
  int buffer;             /* neuron buffer 0 or 1 */
  int base, plane, pitch; /* bank addresses */
  int words;              /* bank addresses used */
} axf_placement;
void axf_place(const axf_placement *p, int c, int y, int x, int *bank, int *addr);

/* A feature map that does not fit a neuron buffer lies in external memory, D words an address, and passes through the
 * buffers in blocks. One block of a layer's results: maps m0.., rows y0.. and columns x0.. of the pooled output, at
 * `at`. A layer whose results stay in a neuron buffer has one block. Blocks are computed one after the other. */
typedef struct {
  int m0, y0, x0;
  axf_placement at; /* c, h, w: the block's shape */
} axf_block;

typedef struct {
  int net_layer; /* index in axf_net of the conv / fc */
  axf_factors f;
  int out_c, out_h, out_w; /* after pooling */
  int64_t macs;            /* multiplications of the program (a pooled layer skips outputs no window uses) */
  int tiles;
  axf_placement in,
      out; /* whole maps in the layout of their reader: in a neuron buffer or (in_ext, out_ext) in memory */
  int in_ext, out_ext;
  int in_step, out_step; /* added to the buffer addresses for every other image of a program of several */
  int nblocks;
  axf_block *block; /* where the array writes; owned by the program */
} axf_prog_layer;

#define AXF_INSTR_WORDS 8
typedef struct {
  axf_arch arch;
  int ninstr;
  uint32_t *instr;  /* (ninstr, 8) little-endian words; word 0 holds bits 31..0 */
  uint8_t *weights; /* image at BASE0 */
  size_t weight_bytes;
  int images;         /* inputs of one run, 1 or more, one behind the other in memory, like their outputs */
  size_t in_bytes;    /* of one input at BASE1: axf_pack_input writes it */
  size_t out_bytes;   /* of one output at BASE2: axf_unpack_output reads it */
  size_t spill_bytes; /* scratch at BASE3 */
  int nlayers;        /* compute layers, in order; XCFG0's `layer` field is an index here */
  axf_prog_layer layer[AXF_MAX_LAYERS];
} axf_program;

/* A way to compute a layer that the mapper looked at, and what it takes by calculation. */
typedef struct {
  axf_factors f;
  axf_cost cost;
  int blocks, block_maps, block_rows, block_cols, staged; /* blocks of results; input loaded chunk by chunk */
  int maps, rows, cols, chunks, maps_inner; /* a tile: map steps, pooled rows and columns; chunks of its sums */
} axf_choice;
#define AXF_CHOICES 5
typedef struct {
  int n; /* the first is the one that is compiled */
  axf_choice choice[AXF_CHOICES];
} axf_choices;

/* Options of the compiler. factors: per compute layer, or NULL (the mapper chooses); Tm = 0 in an entry: mapper. */
typedef struct {
  const axf_factors *factors;
  int nfactors;
  uint32_t pmax; /* largest table entry: the overflow proof */
  int images; /* inputs of one run; 0 and 1: one. More overlap: the layers of one image run between those of another */
  int refine; /* above 0: a memory latency; short programs are tried out by the cycle model with it */
  const axf_goal *goal; /* what to make small; NULL: cycles */
  int coupling;         /* <Tm,Tr,Tc> of a layer = <Tn,Ti,Tj> of the next, as in the paper; whole rows */
  axf_choices *choices; /* if not NULL: AXF_MAX_LAYERS, filled */
  const uint8_t *core;  /* (AXF_MAX_LAYERS) by layer of the net: which multiplier core, 0..15; NULL: 0 for all */
} axf_compile_opt;
/* Compiles a quantised net. Fails, naming layer and limit, when factors are illegal or a layer cannot fit. */
int axf_compile(axf_program *p, const axf_net *n, const axf_qnet *q, const axf_arch *a, const axf_compile_opt *o);
void axf_program_free(axf_program *p);
/* "c1=2,1,1,8,2,2,seg=4,qm=4,flat;c3=16,3,1,1,1,5;..." (Tm,Tn,Tr,Tc,Ti,Tj, then what differs from the paper's array;
 * layers not named: the mapper), or the name of a file of such items, -> f[compute layer]; text may be NULL. Returns
 * the number of compute layers, or -1 + axf_fail. */
int axf_factors_parse(axf_factors *f, const axf_net *n, const char *text);
/* The same words for one layer of an array of D columns, as far as they fit len. */
void axf_factors_text(char *text, size_t len, const axf_factors *f, int D);
/* Bits lsb .. lsb + width - 1 (1..32 of them) of an instruction of AXF_INSTR_WORDS words. */
uint32_t axf_field(const uint32_t *w, int lsb, int width);
/* Network input codes (c, h, w) (0..255, or -127..127 when signed) -> the image at BASE1, in_bytes bytes. */
void axf_pack_input(const axf_program *p, int in_signed, const int16_t *in, uint8_t *image);
/* The image at BASE2 -> the last layer's outputs (classes). */
void axf_unpack_output(const axf_program *p, int out_signed, const uint8_t *image, int16_t *out);

/* ---- cycle model (cycles.c): the RTL's counters, predicted from the program alone ---- */
typedef struct {
  uint64_t cycles; /* REG_CYCLES */
  uint64_t macs, busy, wait_k, wait_n, wait_o, wb, cfg;
  uint64_t ld_beats, fetch_beats, st_beats, kb_wr, kb_rd, nb_wr, nb_rd, ks_wr, ns_wr, ps_rd, ps_wr;
  uint64_t corrected, detected;       /* words of protected buffers: 0 here, without failing cells */
  uint64_t layer_end[AXF_MAX_LAYERS]; /* cycle (counted as REG_CYCLES counts) of each layer's last write-back */
} axf_counters;
/* latency: cycles from an accepted read address to its first beat (and from the last write beat to its response), >= 1.
 */
int axf_cycle_model(const axf_program *p, int latency, axf_counters *c);
#endif
