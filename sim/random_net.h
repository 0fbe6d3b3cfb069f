/* Random small nets for the end-to-end test: everything follows from one seed.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef AXF_RANDOM_NET_H
#define AXF_RANDOM_NET_H
#include "compile/program.h"
#include "mult/mult.h"

typedef struct {
  axf_net net;
  axf_qnet q;
  axf_program prog;
  axf_factors factors[AXF_MAX_LAYERS]; /* asked for; Tm = 0: the mapper's */
  int latency, pressure;               /* drawn: 1..40 cycles; none in half of the cases, else up to 80 per cent */
  int images;                          /* of one run */
  uint8_t core[AXF_MAX_LAYERS];        /* multiplier core of each layer */
  int refused;                         /* draws the compiler refused before this one */
} axf_random_case;

/* A net that is named, and how it is compiled. */
typedef struct {
  const char *net;      /* a net file or name */
  const char *factors;  /* unrolling (axf_factors_parse); NULL: the mapper's */
  int columns;          /* above 1: the net for so many inputs side by side (axf_net_columns) */
  const axf_goal *goal; /* this and what follows: as in axf_compile_opt */
  int coupling, refine;
  axf_choices *choices;
} axf_named_net;

/* Random layers (channels 1..20, kernels 1..5, stride 1..2, padding 0..2, pooling 1..3, fully connected), weights,
 * biases, requantisation, signs and legal factors. A draw that the compiler refuses (it does not fit) is replaced.
 * named: that net instead of random layers, with all of the memories; NULL: draw.
 * images: of one run; 0: drawn, one in half of the cases, else 2..5. cores: each layer has one of this many multiplier
 * cores, of which none has a larger product than m.
 * -1 + axf_fail when nothing is accepted. */
int axf_random_case_make(axf_random_case *c, uint64_t seed, const axf_arch *a, const axf_mult *m, int images,
                         const axf_named_net *named, int cores);
void axf_random_case_free(axf_random_case *c);
/* Random input values of the case, run k; at word width 16 those of an unsigned layer as their 16 bits. */
void axf_random_input(const axf_random_case *c, uint64_t seed, int k, int16_t *in);
/* A random table: any 16-bit numbers, row and column 0 included; in one of four cases, and with
 * `zeros` in all, row and column 0 are zero. */
void axf_random_table(axf_mult *m, uint64_t seed, int is_signed, int zeros);
/* "conv 3x8x8 > 5x4x4 k3x2 s1 p1 max2 <2,1,1,4,3,2>; fc ..." */
void axf_random_text(const axf_random_case *c, char *text, size_t len);
#endif
