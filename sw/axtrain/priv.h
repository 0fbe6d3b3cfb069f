/* What a running method consists of. Private to sw/axtrain.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef AXF_AXTRAIN_PRIV_H
#define AXF_AXTRAIN_PRIV_H
#include "axtrain/axtrain.h"
#include "axtrain/noise.h"
#include "axtrain/rpass.h"

/* Which weights a round runs through, before the 8-bit grid and the cells. */
typedef enum { AT_TRAINED, AT_SHARP, AT_PLUS, AT_MINUS } axf_where;
/* One round over a mini-batch. */
typedef struct {
  axf_where where;
  int pass;        /* 1: forward and backward; 0: only the sensitivity's gradient of what round 0 has left */
  int base;        /* 1: its loss and right answers are the mini-batch's */
  int grid;        /* 1: weights on the 8-bit grid */
  int cells;       /* 1: and read through failing cells */
  int low;         /* 1: this and all later rounds only when the clean loss is low */
  int sensitive;   /* 1: adds the gradient of weight * S */
  double old, add; /* gradient = old * gradient so far + add * that of this pass; old 0: overwritten */
} axf_round;

/* Slopes of a multiplier's table, and both as short sums of products: gw[w][a] ~ sum_r rw[r][w] ra[r][a]. */
#define AXF_SLOPE_ROWS 128 /* magnitudes of a weight */
#define AXF_SLOPE_RANK 16  /* longest sum; a table that needs more is looked up */
typedef struct {
  int rank;         /* 0: none is short enough */
  float *row, *col; /* (rank, 128) function of the weight; (rank, 256) function of the activation */
} axf_slope_sum;
typedef struct {
  float *gw, *ga; /* (128, 256) smoothed dAM/d|w| and dAM/d|a| */
  axf_slope_sum sw, sa;
  int at_zero; /* 1: gw is not 0 at activation 0, so that padding counts */
  const axf_mult *mult;
} axf_slopes;

struct axf_axtrain {
  axf_axtrain_opts o;
  const axf_net *net;
  const axf_part *train;
  const axf_mult *mult[AXF_MAX_LAYERS];
  axf_method method;
  char *text;
  int rounds, workers, blocks;
  axf_round round[3];
  axf_qpass *q;    /* NULL: float passes */
  axf_rates rates; /* of failing cells, at the end of the warm-up */
  axf_cells cells, spare;
  size_t first[AXF_MAX_LAYERS]; /* number of layer l's first weight in the cells */
  int cells_on;
  axf_cells *chip;          /* (workers) the cells of a block, when every block has its own; else NULL */
  axf_cells *chip_spare;    /* (workers) */
  axf_params *chip_weights; /* (workers) the weights read through them */
  double risen;             /* part of the rates that counts now */
  axf_noise *noise;
  axf_params square, grid, moved, dir; /* E[n^2]; weights on the grid; displaced weights; direction of the R-operator */
  axf_params drift;                    /* form sampled: E[n], and square is the variance */
  const axf_params *now;               /* weights of this round as floats */
  double lambda;                       /* weight of S now */
  axf_params *scratch, *local;         /* (workers) a second gradient; a block's own direction */
  axf_rpass *r;                        /* (workers) */
  axf_pass *keep;                      /* (blocks) activations that round 1 needs again, or NULL */
  double *loss, *s;                    /* (blocks) */
  uint32_t *right;                     /* (blocks) */
  double s_sum, s_batch;
  uint64_t s_count;
  axf_slopes slopes[AXF_MAX_LAYERS];
  float **slope_scratch; /* (workers) */
  char note[160];
  int nslopes;
};

/* The sensitivity S is in the loss. */
static inline int axf_axtrain_active(const axf_axtrain *a) {
  return (a->o.method == AXF_METHOD_ACTIVE || a->o.method == AXF_METHOD_JOINT) && a->o.weight > 0;
}

/* ---- method.c ---- */
/* Makes a->method, once a->text and a->q are there. */
void axf_axtrain_hooks(axf_axtrain *a);
/* As axf_qpass_opt.codes: the codes that the integer pass reads from memory. */
void axf_axtrain_codes(void *ctx, const axf_step *at, int l, uint8_t *code, size_t count);

/* ---- block.c ---- */
double axf_axtrain_block(void *ctx, int worker, const axf_step *at, size_t b, axf_pass *s, const axf_params *p, int n,
                         const uint8_t *label, axf_params *g, uint32_t *right);
/* Random stream of a mini-batch, apart from all of the trainer. what < 2^24. */
static inline uint64_t axf_axtrain_stream(const axf_step *at, uint64_t what) {
  return (uint64_t)1 << 63 | (uint64_t)at->epoch << 48 | (uint64_t)at->step << 24 | what;
}
/* Whether the method takes S from two displaced passes. */
static inline int axf_axtrain_displaced(const axf_axtrain *a) {
  return axf_axtrain_active(a) && (a->o.form == AXF_ACTIVE_HUTCHINSON || a->o.form == AXF_ACTIVE_SAMPLED);
}
/* v = +- sqrt(square), the signs random. */
void axf_axtrain_signs(uint64_t seed, uint64_t stream, const axf_params *square, size_t count, axf_params *v);

/* ---- method.c ---- */
/* This moment's random cells, of a stream. spare: used where rates differ. */
void axf_axtrain_random(const axf_axtrain *a, uint64_t seed, uint64_t stream, axf_cells *c, axf_cells *spare);

/* ---- slope.c: the difference-based gradient ---- */
/* Tables of a multiplier (NULL: exact) for windows of half-width `half`; -1 on exhaustion. */
int axf_slope_tables(axf_slopes *s, const axf_mult *m, int half);
const axf_slopes *axf_slopes_find(const axf_axtrain *a, const axf_mult *m);
/* As axf_qpass_opt.back: every slope looked up. */
void axf_slopes_look_up(void *ctx, int worker, int l, int n, const uint8_t *wcode, const uint8_t *acode, const float *w,
                        const float *in, const float *dout, float *dw, float *db, float *din);

/* ---- slope_rank.c: the same by matrix products ---- */
/* t (128, 256) as the shortest sum of products that leaves a relative error (Frobenius) of at most `error`. */
int axf_slope_sum_make(axf_slope_sum *s, const float *t, double error);
/* Slopes of every multiplier in use; -1 on exhaustion. */
int axf_slopes_make(axf_axtrain *a);
void axf_slopes_free(axf_axtrain *a);
/* As axf_qpass_opt.back. */
void axf_slopes_back(void *ctx, int worker, int l, int n, const uint8_t *wcode, const uint8_t *acode, const float *w,
                     const float *in, const float *dout, float *dw, float *db, float *din);
#endif
