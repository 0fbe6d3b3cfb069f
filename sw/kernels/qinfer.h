/* Fast inference of the quantised network: bit for bit what sw/refmodel computes, thousands of images a second.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Activations travel as the 8-bit codes of docs/arithmetic.md. A layer is im2col (codes, K synapses x X positions)
 * followed by a matrix product through the multiplier's table (sw/agemm), by the method that the table allows. */
#ifndef AXF_QINFER_H
#define AXF_QINFER_H
#include "data/data.h"
#include "mult/mult.h"
#include "nn/net.h"

typedef struct axf_qinfer axf_qinfer;

/* Prepares the layers. mult[l] is the multiplier of conv/fc layer l; a NULL entry, or mult == NULL, means exact.
 * Refuses (NULL) a layer whose 32-bit accumulator could overflow, a signed core at an unsigned input, and an
 * AXF_AGEMM_PATH (sw/agemm) that cannot be taken. Borrows n and q until freed; the multipliers are copied. */
axf_qinfer *axf_qinfer_new(const axf_net *n, const axf_qnet *q, const axf_mult *const mult[]);
void axf_qinfer_free(axf_qinfer *e); /* NULL is allowed */

/* Runs `images` images, in parallel. in: (images, c, h, w) codes: bytes 0..255, or sign-magnitude when the first layer
 * is signed. cls: (images) class of each, or NULL. out: NULL, or for layer l NULL or (images, oc, oh, ow) output codes.
 */
int axf_qinfer_run(const axf_qinfer *e, const uint8_t *in, size_t images, uint8_t *cls,
                   uint8_t *const out[AXF_MAX_LAYERS]);

/* Replaces the weights of conv/fc layer l in the runs that follow: sign-magnitude codes (out_c, in_c, ky, kx), minus
 * zero allowed, as failing memories may give them. */
void axf_qinfer_weights(axf_qinfer *e, int l, const uint8_t *code);

/* Input codes of examples first..first+images-1 of a data part: pixels by axf_ref_input_u8, features by
 * axf_ref_input_f32. */
void axf_qinfer_input(const axf_qinfer *e, const axf_part *p, size_t first, size_t images, uint8_t *codes);

/* Number of the first `limit` examples (0: all) of a part that get the right class; -1 on failure. Fails when the
 * example's shape is not the net's. */
int64_t axf_qinfer_correct(const axf_qinfer *e, const axf_part *p, uint32_t limit);
#endif
