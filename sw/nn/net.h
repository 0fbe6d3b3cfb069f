/* Networks: the text description (sw/nets/NAME.net), shapes, float parameters, the quantised network, and the model
 * file. SPDX-License-Identifier: Apache-2.0
 *
 * A net file, one statement a line, `#` starts a comment:
 *     net lenet
 *     input 1 28 28                       # channels height width; a feature vector of F numbers is `input F 1 1`
 *     conv c1 maps=6 kernel=5 pad=2 relu  # options: kernel=K or kernel=KyxKx, stride=1, pad=0, bn, relu,
 *                                         # size=S: only the first S x S outputs
 *     pool p2 max 2                       # max|avg, window [stride=window]
 *     fc f5 out=120 relu                  # options: bn, relu
 *     fc f7 out=10
 *     train lr=0.1 epochs=12             # default training options (sw/train/train.h), optional
 * Every conv and fc has a bias. bn: batch normalisation between the sums and the ReLU. A pool must follow a conv. The
 * last layer's outputs are the classes; a net that ends in maps can be run, not trained. */
#ifndef AXF_NET_H
#define AXF_NET_H
#include "core/core.h"

#define AXF_MAX_LAYERS 64

typedef enum { AXF_CONV, AXF_FC, AXF_POOL } axf_kind;
typedef enum { AXF_POOL_MAX, AXF_POOL_AVG } axf_pool_kind;

typedef struct {
  axf_kind kind;
  char name[32];
  int line;             /* of the net file, for messages */
  int in_c, in_h, in_w; /* input shape (fc: as delivered by the layer before; the product is its fan-in) */
  int out_c, out_h, out_w;
  int ky, kx, stride,
      pad; /* conv; fc is ky = in_h, kx = in_w, stride 1, pad 0 on in_c maps: a conv with a 1x1 output */
  int relu;
  int bn;              /* batch normalisation before the ReLU */
  axf_pool_kind pool;  /* pool */
  int window, pstride; /* pool */
  int64_t macs;        /* multiplications of one image, padded positions included */
} axf_layer;

typedef struct {
  char name[64];
  char *text;           /* the file's text, for the model file */
  char train_opts[256]; /* the options of the `train` line, "key=value ..."; "" if there is none */
  int c, h, w, classes;
  int nlayers;
  axf_layer layer[AXF_MAX_LAYERS];
} axf_net;

/* Reads and checks a net file / text; shapes that are impossible are refused with file and line. */
int axf_net_load(axf_net *n, const char *path);
int axf_net_parse(axf_net *n, const char *path_for_messages, const char *text);
/* A net of fully connected layers only, for `columns` inputs side by side: the same layers as convolutions of one
 * synapse over an input of 1 x columns, column k being input k. The parameters are the same, in the same order, so that
 * each weight serves all columns. Fails on other layers. *to is freed by axf_net_free. */
int axf_net_columns(axf_net *to, const axf_net *from, int columns);
void axf_net_free(axf_net *n);
/* Path of net NAME: NAME itself if it holds '/' or ends in .net, else $AXF_ROOT/sw/nets/NAME.net. */
int axf_net_find(char *path, size_t len, const char *name);
/* Index of layer NAME, -1 if there is none (no message). */
int axf_net_layer(const axf_net *n, const char *name);
/* 1 if examples of this shape fit the input: it is the same, or they are vectors of C*H*W features, which lie in the
 * order maps, rows, columns. */
int axf_net_takes(const axf_net *n, int c, int h, int w);
/* 1 if a layer has batch normalisation. */
int axf_net_has_bn(const axf_net *n);
/* The same net without batch normalisation: its text with the word bn taken out of the layers. */
int axf_net_fold(axf_net *to, const axf_net *n);

/* Float parameters. For layer l of kind conv or fc: weight (out_c, in_c, ky, kx), bias (out_c); else NULL. With batch
 * normalisation also gamma, mean, var (out_c), else NULL; the layer is then
 *     gamma * (sum - mean) / sqrt(var + AXF_BN_EPSILON) + bias
 * In a gradient, mean and var hold the statistics of the examples that it was taken over. */
typedef struct {
  float *weight[AXF_MAX_LAYERS], *bias[AXF_MAX_LAYERS];
  float *gamma[AXF_MAX_LAYERS], *mean[AXF_MAX_LAYERS], *var[AXF_MAX_LAYERS];
} axf_params;
#define AXF_BN_EPSILON 1e-5f
/* All tensors lie in one zeroed block, each at a multiple of 16 floats; the padding stays zero. */
int axf_params_alloc(axf_params *p, const axf_net *n);
void axf_params_free(axf_params *p);
/* Floats in that block (the same for every axf_params of a net), and its start. */
size_t axf_params_count(const axf_net *n);
float *axf_params_block(const axf_params *p);
/* He initialisation: weights N(0, 2/fan-in), biases 0, gamma 1, mean 0, var 1; layer l draws from stream l of the seed.
 */
void axf_params_init(axf_params *p, const axf_net *n, uint64_t seed);
/* Writes to `to` (allocated for n, or for n without batch normalisation) weights and biases that do in one what p does
 * with its batch normalisation; layers without it are copied. In `to`, the normalisation is the identity. */
void axf_params_fold(axf_params *to, const axf_net *n, const axf_params *p);
/* Elements of the weight tensor of a conv or fc layer; 0 for a pool. */
size_t axf_weight_count(const axf_layer *l);

/* The quantised network: what the accelerator computes (docs/arithmetic.md). Entry l belongs to layer l (conv, fc). */
typedef struct {
  int8_t *w;      /* (out_c, in_c, ky, kx), -127..127; NULL at word width 16 */
  int16_t *w16;   /* at word width 16, which random nets of the test bench have: -32767..32767; else NULL */
  int32_t *bias;  /* (out_c) */
  uint8_t *mult;  /* (out_c) */
  uint8_t *shift; /* (out_c) 1..39 */
  int in_signed, out_signed;
  float s_in, s_out; /* real value of one step of input / output */
} axf_qlayer;
typedef struct {
  axf_qlayer q[AXF_MAX_LAYERS]; /* pool layers: unused (zero); the pool is part of the conv before it */
} axf_qnet;
void axf_qnet_free(axf_qnet *q);
/* Weight number i of a layer of either word width. */
static inline int axf_qweight(const axf_qlayer *q, size_t i) { return q->w16 ? q->w16[i] : q->w[i]; }

/* Model file (container of kind "model", extension .axm). Keys: net (name), net_text, provenance.* (command, seed,
 * data, data_sha256, blas_kernel, version, float_accuracy, accuracy, epochs ...), word_width 8, weight_code
 * sign-magnitude. Tensors: LAYER.weight, LAYER.bias (f32), with
 * batch normalisation LAYER.gamma, LAYER.mean, LAYER.var (f32); and once quantised LAYER.q (i8), LAYER.qbias (i32),
 * LAYER.mult (u8), LAYER.shift (u8); keys LAYER.in_signed, LAYER.out_signed, LAYER.s_in, LAYER.s_out (floats as %.9g).
 */
typedef struct {
  axf_net net;
  axf_params params;
  int quantised;
  axf_qnet q;
  axf_container *meta; /* the keys; owned */
} axf_model;
int axf_model_load(axf_model *m, const char *path);
int axf_model_save(const axf_model *m, const char *path); /* atomic; writes meta's keys and the tensors */
void axf_model_free(axf_model *m);
#endif
