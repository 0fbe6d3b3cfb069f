/* Float kernels: forward and backward of every layer, on one image (pool) or a block of images (conv, fc, loss).
 * SPDX-License-Identifier: Apache-2.0
 *
 * All arrays are row-major and dense. Every sum has an order of its own (lanes.h), the same on every machine. Nothing
 * here allocates or fails. */
#ifndef AXF_KERNELS_H
#define AXF_KERNELS_H
#include "nn/net.h"

/* ---- blas.c ---- */
/* Restarts the program with OpenBLAS fixed to its AVX2 kernel and one thread, unless it already is so. With
 * AXF_NATIVE_BLAS=1 (benchmarks) the kernel is left to OpenBLAS. Call it first in main. */
void axf_blas_pin(char **argv);
/* Name of the kernel OpenBLAS uses, e.g. "Haswell". Owned by OpenBLAS. */
const char *axf_blas_kernel(void);

/* ---- im2col.c: the input of conv layer l as a matrix of one column an output position ---- */
/* in (in_c, in_h, in_w) -> col (in_c * ky * kx, out_h * out_w); padded positions are 0. */
void axf_im2col(const axf_layer *l, const float *in, float *col);
/* The transpose: din = sum of the col entries taken from each input value (overwrites din). */
void axf_col2im(const axf_layer *l, const float *col, float *din);
/* Floats that hold such a matrix of layer l, and the scratch memory of conv.c; 0 unless it is a conv layer. */
size_t axf_col_count(const axf_layer *l);

/* ---- conv.c: n images, 16 at a time in the lanes of vectors ---- */
/* out (n, out_c, out_h, out_w) = w * in (n, in_c, in_h, in_w) + b, then ReLU if the layer has it; scratch:
 * axf_col_count floats. */
void axf_conv_fwd(const axf_layer *l, int n, const float *w, const float *b, const float *in, float *out,
                  float *scratch);
/* dout is the gradient before the ReLU (axf_relu_bwd). dw, db: overwritten with the sums over the images; din (n, in_c,
 * in_h, in_w): overwritten, or NULL when it is not wanted. */
void axf_conv_bwd(const axf_layer *l, int n, const float *w, const float *in, const float *dout, float *dw, float *db,
                  float *din, float *scratch);
/* Floats of scratch memory that these two need. */
size_t axf_conv_scratch(const axf_layer *l);

/* ---- fc.c ---- */
/* n images: out (n, out_c) = in (n, fan_in) * w^T + b, then ReLU if the layer has it. */
void axf_fc_fwd(const axf_layer *l, int n, const float *w, const float *b, const float *in, float *out);
/* n images; dw (out_c, fan_in) and db (out_c) are overwritten; din (n, fan_in) may be NULL. */
void axf_fc_bwd(const axf_layer *l, int n, const float *w, const float *in, const float *dout, float *dw, float *db,
                float *din);

/* ---- bnorm.c: batch normalisation of the outputs (n, out_c, P) of conv or fc layer l, P = out_h * out_w ---- */
/* Mean and variance (over n * P values) of each map. */
void axf_bn_stats(const axf_layer *l, int n, const float *x, float *mean, float *var);
/* x is replaced by (x - mean) / sqrt(var + AXF_BN_EPSILON); out = gamma * x + beta, then ReLU if the layer has it. */
void axf_bn_fwd(const axf_layer *l, int n, const float *mean, const float *var, const float *gamma, const float *beta,
                float *x, float *out);
/* x as axf_bn_fwd leaves it; dout, the gradient before the ReLU, is replaced by that of the sums. batch: mean and var
 * were those of x itself and depend on it; else they are constants. */
void axf_bn_bwd(const axf_layer *l, int n, const float *x, const float *var, const float *gamma, int batch, float *dout,
                float *dgamma, float *dbeta);

/* ---- pool.c ---- */
/* One image. arg (out_c, out_h, out_w), max pooling only: place of the largest input inside its plane (the first on a
 * tie; in 2 x 2 windows the first column on a tie of columns). */
void axf_pool_fwd(const axf_layer *l, const float *in, float *out, int32_t *arg);
/* din (in_c, in_h, in_w) is overwritten. */
void axf_pool_bwd(const axf_layer *l, const float *dout, const int32_t *arg, float *din);

/* ---- relu.c ---- */
void axf_relu_fwd(size_t n, float *x);
/* Clears dout where the layer's output is not positive. */
void axf_relu_bwd(size_t n, const float *out, float *dout);

/* ---- loss.c ---- */
/* Softmax and cross entropy of n images: returns the sum of the losses, adds the number of right classes (lowest index
 * on a tie) to *right, and writes dlogits (n, classes) = softmax - onehot unless it is NULL. */
double axf_softmax_xent(int n, int classes, const float *logits, const uint8_t *label, float *dlogits, uint32_t *right);
/* Index of the largest of n values, the lowest index on a tie. */
int axf_argmax(int n, const float *v);
#endif
