/* Post-training quantisation: calibration on training examples, scales, integers; and accuracy of both nets.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef AXF_QUANT_H
#define AXF_QUANT_H
#include "data/data.h"
#include "mult/mult.h"
#include "nn/net.h"

/* How the largest representable value of an activation is chosen from what the calibration examples show. The outputs
 * of the last layer always take the range: a clamp there would make ties between classes. */
typedef enum { AXF_CALIB_RANGE, AXF_CALIB_PERCENTILE, AXF_CALIB_MSE } axf_calib;
extern const char *const axf_calib_name[3]; /* "range", "percentile", "mse" */
/* The rule of this name, or -1 (no message). */
int axf_calib_of(const char *name);

#define AXF_CALIB_IMAGES 2000     /* calibration examples by default */
#define AXF_CALIB_FRACTION 0.9999 /* of the values that AXF_CALIB_PERCENTILE keeps unclamped */

typedef struct {
  int per_tensor;  /* one weight scale a layer instead of one an output map */
  axf_calib calib; /* rule for activations */
  uint32_t images; /* calibration examples, the first of the training part; 0: AXF_CALIB_IMAGES */
  uint32_t pmax;   /* largest table entry to reserve accumulator room for; 0: that of the exact multiplier */
  const axf_mult *const *mult; /* (AXF_MAX_LAYERS) inputs of layers with signed cores become signed; NULL: none are */
} axf_quant_opt;

/* The pair with mult in 128..255 and shift in 1..39 whose mult / 2^shift is nearest to ratio. Ratios from 2^-32 to
 * 127.5 are in reach; a smaller one gives a smaller mult (1 at least) at shift 39, a larger one 255 / 2. */
void axf_quant_pair(double ratio, uint8_t *mult, uint8_t *shift);

/* Fills m->q from m->params: activations calibrated on `train` (and on nothing else), weights symmetric in -127..127,
 * batch normalisation folded into them, the bias an integer at the accumulator's scale. Replaces an older quantisation.
 * Fails when the shapes differ or a 32-bit accumulator could overflow; m is then not quantised. */
int axf_quantise(axf_model *m, const axf_part *train, const axf_quant_opt *o);

/* ---- the steps of it, for training (sw/train/qpass.c) ---- */
/* Ranges of the activations: what is fixed before the weights are looked at. */
typedef struct {
  float s_in;                     /* real value of one step of the net's input */
  int in_signed;                  /* the input is features, or the first layer is narrow */
  double limit[AXF_MAX_LAYERS];   /* conv/fc layer l: magnitude, after its pool, of the largest output code */
  uint8_t narrow[AXF_MAX_LAYERS]; /* conv/fc layer l: its input is signed though it may be pixels or come from a ReLU:
                                   * codes 0..127, as signed cores need. Set before axf_quant_scales */
} axf_quant_limits;
/* Sets narrow for the layers with signed cores. mult: (AXF_MAX_LAYERS), NULL entries or NULL: exact. */
void axf_quant_narrow(axf_quant_limits *s, const axf_net *n, const axf_mult *const mult[]);
/* 1 if the outputs of conv/fc layer l are signed: it has no ReLU, or what follows is narrow. */
int axf_quant_out_signed(const axf_quant_limits *s, const axf_net *n, int l);
struct axf_histogram;
/* The limits by a rule from histograms as axf_calib_run fills them (quant/calib.h). images: the input is pixels. */
void axf_quant_scales(axf_quant_limits *s, const axf_net *n, const struct axf_histogram *seen, axf_calib rule,
                      int images);
/* Zeroed arrays for every conv/fc layer, weights of W = 8 or 16 bits; axf_qnet_free releases them. */
int axf_quant_alloc(axf_qnet *q, const axf_net *n, int W);
/* Fills an allocated q from parameters (batch normalisation is not looked at: fold it first) and limits: exactly what
 * axf_quantise writes for these limits. */
void axf_quant_net(axf_qnet *q, const axf_net *n, const axf_params *p, const axf_quant_limits *s, int per_tensor);
/* The real value of one step of the weights of map m of conv/fc layer l. */
double axf_quant_weight_step(const axf_net *n, const axf_qnet *q, int l, int m);

/* A quantised model for other multipliers: if m->q has an unsigned input where the core is signed, *out becomes the
 * quantisation of m->params to the same ranges with these inputs signed, and 1 is returned; else 0, and m->q is to be
 * used. Nothing is calibrated. *out is the caller's to free; -1 + axf_fail. */
int axf_quant_for(axf_qnet *out, const axf_model *m, const axf_mult *const mult[]);

/* A quantised model for 16-bit words: *out becomes the quantisation of m->params over the ranges of m->q, with weights
 * -32767..32767, inputs and outputs 0..65535 or -32767..32767 (axf_ref_input_wide). Nothing is calibrated. *out is the
 * caller's to free; -1 + axf_fail. */
int axf_quant_wide(axf_qnet *out, const axf_model *m);

/* mult[l] belongs to layer l; a NULL entry, or mult == NULL, means exact. Signed cores: through axf_quant_for. */
int axf_eval_quantised(const axf_model *m, const axf_dataset *d, const axf_mult *const mult[], uint32_t limit,
                       double *accuracy);
#endif
