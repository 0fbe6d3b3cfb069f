/* What the quantised pass consists of. Private to sw/train/qpass*.c.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef AXF_QPASS_PRIV_H
#define AXF_QPASS_PRIV_H
#include "kernels/qlayer.h"
#include "kernels/qtables.h"
#include "quant/calib.h"
#include "train/qpass.h"

/* What one worker keeps of a block; entry k belongs to plan k. */
typedef struct {
  uint8_t *code[AXF_MAX_LAYERS + 1]; /* (AXF_BLOCK_MOST, ..) inputs of plan k, [nplans] the net's outputs */
  uint8_t *pass[AXF_MAX_LAYERS];     /* (AXF_BLOCK_MOST, out_n) 1 where the gradient of the output passes */
  uint8_t *before[AXF_MAX_LAYERS];   /* average pool: (AXF_BLOCK_MOST, oc, P) the same before the pool; else NULL */
  axf_qscratch layer;
  int32_t *v; /* one map, or one output of all images, before requantisation */
  uint8_t *tmp_code, *tmp_pass;
  float *tmp_out;      /* (AXF_BLOCK_MOST) outputs of one fc row */
  float *raw;          /* real values before rounding and clamping, or NULL: (AXF_BLOCK, largest out_n) */
  axf_histogram *seen; /* nlayers + 1, during calibration */
  axf_pass own;        /* for calibration and measurement */
  void *memory;
} axf_qworker;

struct axf_qpass {
  axf_qpass_opt o;
  axf_method method;
  char *text;
  int nplans, workers;
  axf_qplan plan[AXF_MAX_LAYERS];
  uint8_t *wcode[AXF_MAX_LAYERS]; /* of plan k: (oc, K) codes after o.codes */
  axf_qtables tables;
  uint32_t pmax;
  axf_quant_limits limits;
  axf_qnet q;
  axf_params value;
  axf_qworker *w; /* (workers) */
  int counting;   /* calibration: 0 maxima, 1 histograms */
};

/* ---- qpass_forward.c ---- */
/* Bias, ReLU, pool, requantisation of `images` images from image `first` of the block on. acc: (oc, pitch) sums; out:
 * (images, out_n) values; arg: winners of a max pool. Fills codes, pass marks, and w->raw if it is there. */
void axf_qpass_finish_layer(const axf_qpass *q, int k, axf_qworker *w, const int32_t *acc, size_t pitch, int first,
                            int images, float *out, int32_t *arg);
/* ---- qpass_calib.c ---- */
/* Accuracy 0..1 of the ready weights on examples index[0..count-1] (or 0..count-1) of d. */
double axf_qpass_measure(axf_qpass *q, const axf_part *d, const uint32_t *index, uint32_t count);
#endif
