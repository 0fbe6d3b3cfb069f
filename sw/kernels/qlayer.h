/* One layer of the fast inference, prepared once and run on a batch of images. Private to sw/kernels.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef AXF_QLAYER_H
#define AXF_QLAYER_H
#include "agemm/agemm.h"
#include "nn/net.h"

typedef struct {
  int l;                 /* index in the net */
  const axf_layer *conv; /* the conv or fc layer */
  const axf_layer *pool; /* the pool behind it, or NULL */
  const axf_qlayer *q;
  int K;                   /* synapses of one output */
  int P;                   /* positions of one image before the pool */
  int oc, oh, ow;          /* shape of the outputs, after the pool */
  size_t in_n, out_n;      /* codes of one image */
  const axf_agemm *agemm;  /* the layer's multiplier; owned by the engine */
  axf_agemm_weights ready; /* the weights (oc, K), prepared for it; owned */
  int group;               /* images of one matrix product */
  size_t pitch;            /* of the rows of col: the group's columns and at least AXF_QCOLS_SLACK more */
  size_t padded;           /* bytes of one image with its padding, and that slack */
} axf_qplan;

/* Scratch of one worker, large enough for every layer of the net. */
typedef struct {
  uint8_t *col;    /* (K, pitch) */
  int32_t *acc;    /* (oc, group * P) */
  uint8_t *padded; /* one image */
  void *agemm;     /* AXF_AGEMM_SCRATCH bytes */
} axf_qscratch;

/* ---- qlayer.c ---- */
/* Prepares layer l for batches of at most `images`; -1 on exhaustion. next receives the index of the following conv/fc
 * layer. */
int axf_qplan_init(axf_qplan *p, const axf_net *n, const axf_qnet *q, int l, const axf_agemm *agemm, int images,
                   int *next);
void axf_qplan_free(axf_qplan *p);
/* The sums before bias and pool of at most p->group images: s->acc (oc, images * P), column as in axf_qcols. */
void axf_qplan_sums(const axf_qplan *p, const uint8_t *in, int images, const axf_qscratch *s);
/* in: (images, in_n) codes; out: (images, out_n) codes. */
void axf_qplan_run(const axf_qplan *p, const uint8_t *in, int images, uint8_t *out, const axf_qscratch *s);

/* ---- qcols.c ---- */
/* Rows are copied in whole registers: up to this many bytes behind the last column of a row of col are overwritten. */
#define AXF_QCOLS_SLACK 32
/* col: (K, pitch), column b*P + y*out_w + x = what output position (y, x) of image b reads; codes of 0 in the padding
 * (a stored code, multiplied like any other). in: (images, in_n), images <= group; padded: p->padded bytes of scratch.
 */
void axf_qcols(const axf_qplan *p, const uint8_t *in, int images, uint8_t *padded, uint8_t *col);

/* ---- qfinish.c ---- */
/* Bias, ReLU, pool and requantisation. acc: (oc, pitch) sums, column as above; out: (images, out_n) codes. */
void axf_qfinish(const axf_qplan *p, const int32_t *acc, size_t pitch, int images, uint8_t *out);
#endif
