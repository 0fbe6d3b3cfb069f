/* One layer of the fast inference, prepared once and run on a batch of images. Private to sw/kernels.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef AXF_QLAYER_H
#define AXF_QLAYER_H
#include "nn/net.h"

typedef struct {
  int l;                 /* index in the net */
  const axf_layer *conv; /* the conv or fc layer */
  const axf_layer *pool; /* the pool behind it, or NULL */
  const axf_qlayer *q;
  int K, K2;           /* synapses of one output; rounded up to even */
  int P;               /* positions of one image before the pool */
  int oc, oh, ow;      /* shape of the outputs, after the pool */
  size_t in_n, out_n;  /* codes of one image */
  const int32_t *rows; /* (256, 256) signed products by codes; NULL: exact multiplier. Owned by the engine. */
  uint8_t *wcode;      /* (oc, K) sign-magnitude codes; owned */
  int16_t *w16;        /* (oc, K2) values, for the exact multiplier; owned */
} axf_qplan;

/* Fills everything but rows; -1 on exhaustion. next receives the index of the following conv/fc layer. */
int axf_qplan_init(axf_qplan *p, const axf_net *n, const axf_qnet *q, int l, int *next);
void axf_qplan_free(axf_qplan *p);
/* Images of one matrix product when `images` are there, and the columns (a multiple of 16) they take. */
int axf_qplan_group(const axf_qplan *p, int images);
size_t axf_qplan_columns(const axf_qplan *p, int images);
/* in: (images, in_n) codes; out: (images, out_n) codes. col: K2 * columns bytes and acc: columns sums of scratch. */
void axf_qplan_run(const axf_qplan *p, const uint8_t *in, int images, uint8_t *out, uint8_t *col, int32_t *acc);
#endif
