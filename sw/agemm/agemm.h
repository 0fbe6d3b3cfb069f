/* Approximate matrix product: C = W * A where "w times a" is any 8x8 table, at the speed its algebra allows.
 * SPDX-License-Identifier: Apache-2.0
 *
 *     C[m][n] (+)= sum_k product(w[m][k], a[k][n])      modulo 2^32, product() of docs/arithmetic.md on 8-bit codes
 *
 * Every method and every processor path gives the same integers. A plan is made once for a table; it writes
 *
 *     product(w, a) = sum_i scale_i * f_i(w) * g_i(a) + look-up(w, a) + row constant(w) + column constant(a)
 *
 * with f_i, g_i of 8 bits and a look-up of 0, 1 or 2 bytes, and is checked on all 65,536 pairs of codes:
 *     low rank      a few exact 8-bit products on transformed operands and no look-up (exact, DRUM, truncation ..)
 *     error plane   one exact product and a look-up of one byte
 *     table         a look-up of two bytes
 * Sums of 8-bit products use dot-product instructions; look-ups hold one weight's row of the table in registers and
 * treat 64 activations at a time (AVX-512 VBMI). */
#ifndef AXF_AGEMM_H
#define AXF_AGEMM_H
#include "core/core.h"

typedef enum { AXF_AGEMM_AUTO, AXF_AGEMM_PLAIN, AXF_AGEMM_AVX2, AXF_AGEMM_AVX512 } axf_agemm_path;

/* What the codes mean to the table (docs/arithmetic.md). The weights' are sign-magnitude always. */
enum {
  AXF_AGEMM_BYTES, /* unsigned core; activations are bytes 0..255 */
  AXF_AGEMM_SIGNS, /* unsigned core; activations are sign-magnitude codes */
  AXF_AGEMM_TWOS   /* signed core, two's complement in the table; activations are sign-magnitude codes */
};

/* A table with its plan. Immutable: any number of threads may use one. */
typedef struct axf_agemm axf_agemm;

/* t: (256, 256) AM(w, a), copied. kind: AXF_AGEMM_BYTES .. AXF_AGEMM_TWOS. AUTO takes the path named by AXF_AGEMM_PATH
 * (plain, avx2, avx512), or without it the fastest this processor has. NULL + axf_fail for a path that the processor
 * lacks, a wrong name, or exhaustion. */
axf_agemm *axf_agemm_new(const uint16_t *t, int kind, axf_agemm_path path);
void axf_agemm_free(axf_agemm *p); /* NULL is allowed */
/* 1 if this processor can run the path. */
int axf_agemm_has(axf_agemm_path path);
/* What the plan is and why, as lines of plain text, each ending in \n. malloc'd: free() it; NULL on exhaustion. */
char *axf_agemm_plan_text(const axf_agemm *p);
/* The method's name: "low rank", "error plane" or "table". */
const char *axf_agemm_method(const axf_agemm *p);

/* Weights (M, K) made ready for one plan. */
typedef struct {
  int M, K, pitch; /* pitch: K rounded up to a multiple of 4 */
  uint8_t *code;   /* (M, K) sign-magnitude codes; NULL where turned */
  void *f;         /* (terms, M, pitch) transformed weights, int8 or int16 by path */
  uint32_t *row;   /* (M) row constants */
  uint8_t *turned; /* (M / 64 rounded up, K, 64) codes for runs of few columns; NULL: made ready for many */
} axf_agemm_weights;

/* Room for M x K weights (both at least 1); -1 on exhaustion. N: the columns that runs will mostly have, 0 for many;
 * runs of any number of columns are right whatever was said. With few columns, as of a fully connected layer and few
 * examples, the look-ups go the other way round: an activation chooses the row of the table, 64 weights are treated at
 * a time, and activations of 0 are skipped. */
int axf_agemm_weights_new(axf_agemm_weights *w, const axf_agemm *p, int M, int K, int N);
/* Sets all weights. code: (M, K) sign-magnitude codes, minus zero included. */
void axf_agemm_weights_set(axf_agemm_weights *w, const axf_agemm *p, const uint8_t *code);
void axf_agemm_weights_free(axf_agemm_weights *w);

/* Bytes of scratch a run needs (one for each thread), 64-byte aligned as axf_alloc gives. */
#define AXF_AGEMM_SCRATCH 163840

/* C (M, N) with row pitch ldc; a: (K, N) codes with row pitch lda. Nothing outside the N columns is read or written.
 * accumulate: add to C instead of overwriting it. */
void axf_agemm_run(const axf_agemm *p, const axf_agemm_weights *w, const uint8_t *a, size_t lda, int N, int32_t *c,
                   size_t ldc, int accumulate, void *scratch);

/* The same for turned weights (w->turned not NULL), whose activations need not be unfolded: a: (N, K) codes, lda >= K.
 */
void axf_agemm_run_rows(const axf_agemm *p, const axf_agemm_weights *w, const uint8_t *a, size_t lda, int N, int32_t *c,
                        size_t ldc, int accumulate, void *scratch);

/* The same by the definition, one look-up after the other: what everything is compared with. w: (M, K) codes. */
void axf_agemm_reference(const uint16_t *t, int kind, const uint8_t *w, const uint8_t *a, size_t lda, int M, int K,
                         int N, int32_t *c, size_t ldc, int accumulate);
#endif
