/* What a plan consists of. Private to sw/agemm.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef AXF_AGEMM_PLAN_H
#define AXF_AGEMM_PLAN_H
#include "agemm/agemm.h"

#define AGEMM_RANK 8  /* ranks above this are not looked into */
#define AGEMM_TERMS 8 /* most exact 8-bit products of a plan */

/* scale * f[w code] * g[a code] */
typedef struct {
  int32_t scale;
  int8_t f[256];
  uint8_t g[256];
  int g_identity; /* g[a] = a */
} agemm_term;

struct axf_agemm {
  axf_agemm_path path;
  int kind;           /* AXF_AGEMM_BYTES .. */
  int a_signed;       /* look-ups go by magnitude and sign; else by code, as those of a signed core always do */
  int nterms, planes; /* planes: bytes of the look-up, 0, 1 or 2 */
  agemm_term term[AGEMM_TERMS];
  /* The look-up of weight code w: `planes` rows, low byte first, of `width` bytes each, width = 256, or 128 magnitudes
   * if a_signed. A negative activation's bytes are complemented. NULL: no planes. */
  uint8_t *rows;
  int width;
  uint32_t row_const[256]; /* by weight code */
  uint32_t col_neg;        /* for every negative activation */
  /* For runs of few columns: a row of numbers by weight codes, 256 low bytes and 256 high ones, for each activation
   * code: product(w, a) - product(w, 0) + 32768; and a last row with product(w, 0) + 32768. NULL: no planes, or beyond
   * 16 bits. */
  uint8_t *cols;
  int zeros;              /* 1 if a product(w, 0) is not 0 */
  int32_t *product;       /* (256, 256) products by codes, for paths that cannot do planes; else NULL */
  int rank;               /* of the rows 0..127 over the integers; -1: above AGEMM_RANK, or factors too large */
  int error_lo, error_hi; /* smallest and largest AM(w, a) - w*a of the used rows and columns */
};

/* ---- rank.c ---- */
/* A factorisation A[w][a] = sum_i f[i][w] * g[i][a] over the integers, w < 128, a < columns. */
typedef struct {
  int rank, columns;
  int64_t f[AGEMM_RANK][128], g[AGEMM_RANK][256];
} agemm_factors;
/* The exact rank of t's rows 0..127 and first `columns` columns, with factors that are lattice bases, then made small
 * by whole-numbered changes of basis; -1 when the rank is above AGEMM_RANK, or the factors
 * are huge. */
int agemm_factorise(agemm_factors *x, const uint16_t *t, int columns);

/* ---- terms.c ---- */
/* Low rank: fills terms and row constants from the factors; 0, or -1 if more than `most` 8-bit terms are needed. */
int agemm_terms(axf_agemm *p, const agemm_factors *x, int most);

/* ---- planes.c ---- */
/* Room for the rows of a look-up of p->width bytes a row. */
int agemm_rows_alloc(axf_agemm *p, int planes);
/* One exact product and one byte: 0, or -1 if no slopes make every row's rest fit a byte. */
int agemm_error_plane(axf_agemm *p, const uint16_t *t);
/* Two bytes: always possible. 0, or -1 on exhaustion. Both allocate p->rows. */
int agemm_table_planes(axf_agemm *p, const uint16_t *t);

/* p->cols and what belongs to it, where planes are looked up and they fit; -1 on exhaustion. product: by codes. */
int agemm_columns(axf_agemm *p, int32_t (*product)(const uint16_t *t, int kind, int w, int a), const uint16_t *t);

/* ---- twos.c: signed cores ---- */
/* The product of two codes by the table of a signed core. */
int32_t agemm_twos(const uint16_t *t, int w, int a);
/* 1 if the product depends on the signs as that of an unsigned core does: out then gets that core's table. */
int agemm_twos_as_unsigned(const uint16_t *t, uint16_t *out);
/* As the two above, by codes. */
int agemm_twos_error_plane(axf_agemm *p, const uint16_t *t);
int agemm_twos_planes(axf_agemm *p, const uint16_t *t);

/* ---- the kernels: C = ... when `start` (row constants included), else C += ...; the arguments are axf_agemm_run's
 * ---- */
typedef struct {
  const axf_agemm *p;
  const axf_agemm_weights *w;
  const uint8_t *a;
  size_t lda;
  int N;
  int32_t *c;
  size_t ldc;
  void *scratch;
  int by_rows; /* a is (N, K) */
} agemm_job;
/* Term i: plain.c, avx2.c, vnni.c. */
void agemm_term_plain(const agemm_job *j, int i, int start);
void agemm_term_avx2(const agemm_job *j, int i, int start);
void agemm_term_vnni(const agemm_job *j, int i, int start);
/* The look-up of whole products (plain.c), and of planes (vbmi.c). */
void agemm_product_plain(const agemm_job *j, int start);
void agemm_planes_vbmi(const agemm_job *j, int start);

/* Turned weights (vbmi_turned.c): made of (M, K) codes, and a run. */
void agemm_turn_vbmi(axf_agemm_weights *w, const axf_agemm *p, const uint8_t *code);
void agemm_turned_vbmi(const agemm_job *j, int start);

/* A magnitude with the sign of a weight or activation code. */
static inline int64_t agemm_signed(int code, int64_t magnitude) { return code & 0x80 ? -magnitude : magnitude; }
#endif
