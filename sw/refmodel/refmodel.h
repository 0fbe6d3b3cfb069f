/* The bit-exact C model of the accelerator's arithmetic: the reference every other part is held to
 * (docs/arithmetic.md). SPDX-License-Identifier: Apache-2.0 Written to be obviously right: six plain loops. */
#ifndef AXF_REFMODEL_H
#define AXF_REFMODEL_H
#include "mult/mult.h"
#include "nn/net.h"

/* product(w, a) of docs/arithmetic.md on values: w in -127..127; a the signed value when the layer is signed, else
 * 0..255, 0..127 with a signed core. A value of 0 has a positive sign; minus zero exists only as a code, see
 * axf_product_code. */
int32_t axf_product(const axf_mult *m, int w, int a);
/* The same on the 8-bit codes the hardware sees, minus zero (0x80) included. a_signed: the layer is signed. */
int32_t axf_product_code(const axf_mult *m, uint8_t w, uint8_t a, int a_signed);
/* Sign-magnitude code of a value in -127..127 (never minus zero), and back (minus zero gives 0). */
uint8_t axf_code(int value);
int axf_code_value(uint8_t code);
/* v -> requantised output value. */
int axf_requant(int64_t p, unsigned mult, unsigned shift, int out_signed);
/* One conv or fc layer l of the net with the pool behind it, if there is one. in: (in_c, in_h, in_w) values as int16
 * (0..255 or -127..127; at word width 16 -32767..32767, or the 16 bits of 0..65535: layer's w16, m->wide); out: (out_c,
 * oh, ow) after pooling, as axf_ref_shape gives. */
void axf_ref_layer(const axf_net *n, const axf_qnet *q, int l, const axf_mult *m, const int16_t *in, int16_t *out);
/* Output shape of layer l with its pool; returns the index of the next conv/fc layer (or nlayers). */
int axf_ref_shape(const axf_net *n, int l, int *c, int *h, int *w);
/* Whole net. out[l] (for conv/fc layers; NULL entries skipped, out may be NULL) receives each layer's outputs; returns
 * the class, or -1 (memory). mult[l] may differ per layer; every conv/fc layer needs one. */
int axf_ref_net(const axf_net *n, const axf_qnet *q, const axf_mult *const mult[AXF_MAX_LAYERS], const int16_t *in,
                int16_t *const out[AXF_MAX_LAYERS]);
/* Network input from a data set example. Pixels of an unsigned first layer are their own codes; of a signed one, which
 * a signed core needs, 255 becomes 127: out = round(x * 127 / 255), the codes of the features x / 255 with the step
 * below. */
#define AXF_REF_NARROW_STEP (1.0f / 127.0f)
void axf_ref_input_u8(const uint8_t *x, size_t n, int in_signed, uint8_t *out);
/* 1 if a net with this first layer takes pixels (or, pixels = 0, features). */
int axf_ref_input_fits(const axf_qlayer *first, int pixels);
/* Features: signed values with the step s_in. */
void axf_ref_input_f32(const float *x, size_t n, float s_in, int16_t *out);
/* The same at word width 16: pixels x become 257 x, so that 255 is 65535; features -32767..32767. One of u8 and f32 is
 * NULL. */
void axf_ref_input_wide(const uint8_t *u8, const float *f32, size_t n, float s_in, int16_t *out);
/* Fails with layer and numbers when the accumulator of acc_bits (2..62) could overflow with a table maximum of pmax.
 * q may be NULL (no bias yet). */
int axf_ref_check_overflow(const axf_net *n, const axf_qnet *q, uint32_t pmax, int acc_bits);
#endif
