/* Convolution of a block of images, 16 at a time side by side in the lanes of vectors (lanes.h): nothing is unfolded,
 * and a row of pixels needs no rest of a vector, however short it is.
 * SPDX-License-Identifier: Apache-2.0 */
#include "kernels/kernels.h"
#include "kernels/lanes.h"
#include <string.h>

#define L AXF_LANES

/* The scratch memory, cut up; all in floats but the offsets. */
typedef struct {
  ptrdiff_t ph, pw; /* the padded input */
  ptrdiff_t dh, dw; /* the gradient, spread by the stride and with the border that the gradient of the input needs */
  float *in;        /* (in_c, ph, pw, L) */
  float *row;       /* one row of all maps: (out_c, out_w, L) or (in_c, in_w, L) */
  float *dout;      /* (out_c, out_h, out_w, L) */
  float *spread;    /* (out_c, dh, dw, L) */
  float *flipped;   /* (in_c, out_c, ky, kx) the weights */
  ptrdiff_t *off;   /* (max(in_c, out_c) * ky * kx) */
} workspace;

/* The workspace of layer l at `at`; returns its floats. */
static size_t lay_out(const axf_layer *l, workspace *s, float *at) {
  const size_t kernel = (size_t)(l->ky * l->kx), most = (size_t)(l->in_c > l->out_c ? l->in_c : l->out_c);
  const size_t out_row = (size_t)(l->out_c * l->out_w), in_row = (size_t)(l->in_c * l->in_w);
  s->ph = l->in_h + 2 * l->pad;
  s->pw = l->in_w + 2 * l->pad;
  s->dh = l->in_h + l->ky - 1;
  s->dw = l->in_w + l->kx - 1;
  const size_t size[6] = {
      most * kernel * (sizeof(ptrdiff_t) / sizeof(float)), (size_t)l->in_c * (size_t)(s->ph * s->pw) * L,
      (out_row > in_row ? out_row : in_row) * L,           out_row * (size_t)l->out_h * L,
      (size_t)l->out_c * (size_t)(s->dh * s->dw) * L,      axf_weight_count(l)};
  float **const part[6] = {NULL, &s->in, &s->row, &s->dout, &s->spread, &s->flipped};
  size_t used = 0;
  s->off = (void *)at;
  for (int i = 0; i < 6; i++) {
    if (part[i])
      *part[i] = at ? at + used : NULL;
    used += (size[i] + 15) / 16 * 16;
  }
  return used;
}

size_t axf_conv_scratch(const axf_layer *l) {
  workspace s;
  return l->kind == AXF_CONV ? lay_out(l, &s, NULL) : 0;
}

/* The padded input of n images in lanes. */
static void pad_input(const axf_layer *l, const workspace *s, int n, const float *in) {
  const ptrdiff_t ih = l->in_h, iw = l->in_w;
  const size_t image = (size_t)l->in_c * (size_t)(ih * iw);
  if (l->pad)
    memset(s->in, 0, (size_t)(l->in_c * s->ph * s->pw) * L * sizeof *s->in);
  for (ptrdiff_t c = 0; c < l->in_c; c++) {
    if (!l->pad) {
      axf_to_lanes(n, (int)(ih * iw), in + c * ih * iw, image, s->in + c * ih * iw * L);
      continue;
    }
    for (ptrdiff_t y = 0; y < ih; y++)
      axf_to_lanes(n, (int)iw, in + (c * ih + y) * iw, image, s->in + ((c * s->ph + y + l->pad) * s->pw + l->pad) * L);
  }
}

/* off[(c, i, j)]: where kernel position (i, j) of map c reads, from (0, 0) of maps of `plane` pixels in rows of
 * `pitch`; towards the end, or from the far end back (back = 1). */
static void offsets(const axf_layer *l, int maps, ptrdiff_t plane, ptrdiff_t pitch, int back, ptrdiff_t *off) {
  for (ptrdiff_t c = 0; c < maps; c++)
    for (ptrdiff_t i = 0; i < l->ky; i++)
      for (ptrdiff_t j = 0; j < l->kx; j++)
        *off++ = (c * plane + (back ? l->ky - 1 - i : i) * pitch + (back ? l->kx - 1 - j : j)) * L;
}

static void forward(const axf_layer *l, int n, const float *w, const float *b, const float *in, float *out,
                    const workspace *s) {
  const axf_lane_kernels *k = axf_lanes();
  const ptrdiff_t ow = l->out_w, step = l->stride, fan = (ptrdiff_t)l->in_c * l->ky * l->kx;
  const size_t image = (size_t)(l->out_c * l->out_h * ow);
  axf_product_job j = {.rows = l->out_c,
                       .cols = step == 1 ? (int)ow * L : L,
                       .depth = (int)fan,
                       .a = w,
                       .a_row = fan,
                       .a_step = 1,
                       .off = s->off,
                       .ldc = ow * L,
                       .init = b};
  pad_input(l, s, n, in);
  for (ptrdiff_t y = 0; y < l->out_h; y++) {
    for (ptrdiff_t x = 0; x < (step == 1 ? 1 : ow); x++) {
      j.b = s->in + (y * step * s->pw + x * step) * L;
      j.c = s->row + x * L;
      k->product(&j);
    }
    for (ptrdiff_t m = 0; m < l->out_c; m++)
      axf_from_lanes(n, (int)ow, s->row + m * ow * L, image, out + (m * l->out_h + y) * ow, l->relu);
  }
}

void axf_conv_fwd(const axf_layer *l, int n, const float *w, const float *b, const float *in, float *out,
                  float *scratch) {
  const size_t si = (size_t)l->in_c * (size_t)l->in_h * (size_t)l->in_w;
  const size_t so = (size_t)l->out_c * (size_t)l->out_h * (size_t)l->out_w;
  workspace s;
  lay_out(l, &s, scratch);
  offsets(l, l->in_c, s.ph * s.pw, s.pw, 0, s.off);
  for (int i = 0; i < n; i += L)
    forward(l, n - i < L ? n - i : L, w, b, in + (size_t)i * si, out + (size_t)i * so, &s);
}

/* dw += the correlation of the gradient with the padded input. */
static void weight_gradient(const axf_layer *l, const workspace *s, float *dw) {
  const axf_lane_kernels *k = axf_lanes();
  const ptrdiff_t plane = (ptrdiff_t)l->out_h * l->out_w * L;
  float sums[AXF_CORR_MAPS * AXF_CORR_TAPS * L];
  axf_corr_job j = {.h = l->out_h, .w = l->out_w, .d_map = plane, .sums = sums};
  j.in_row = l->stride * s->pw * L;
  j.in_col = l->stride * L;
  for (int m = 0; m < l->out_c; m += AXF_CORR_MAPS)
    for (int c = 0; c < l->in_c; c++)
      for (int y = 0; y < l->ky; y++)
        for (int x = 0; x < l->kx; x += AXF_CORR_TAPS) {
          j.maps = l->out_c - m < AXF_CORR_MAPS ? l->out_c - m : AXF_CORR_MAPS;
          j.taps = l->kx - x < AXF_CORR_TAPS ? l->kx - x : AXF_CORR_TAPS;
          j.d = s->dout + m * plane;
          j.in = s->in + ((c * s->ph + y) * s->pw + x) * L;
          k->corr(&j);
          for (int i = 0; i < j.maps; i++)
            for (int t = 0; t < j.taps; t++)
              dw[(((size_t)(m + i) * (size_t)l->in_c + (size_t)c) * (size_t)l->ky + (size_t)y) * (size_t)l->kx +
                 (size_t)(x + t)] += axf_lane_sum(sums + (i * j.taps + t) * L);
        }
}

/* din of n images: each input pixel gathers from the outputs it went into. */
static void input_gradient(const axf_layer *l, int n, const workspace *s, float *din) {
  const axf_lane_kernels *k = axf_lanes();
  const ptrdiff_t ih = l->in_h, iw = l->in_w, kernel = (ptrdiff_t)l->ky * l->kx;
  const size_t image = (size_t)(l->in_c * ih * iw);
  memset(s->spread, 0, (size_t)(l->out_c * s->dh * s->dw) * L * sizeof *s->spread);
  for (ptrdiff_t m = 0; m < l->out_c; m++)
    for (ptrdiff_t y = 0; y < l->out_h; y++) {
      const ptrdiff_t r = y * l->stride + l->ky - 1 - l->pad;
      const float *from = s->dout + (m * l->out_h + y) * l->out_w * L;
      for (ptrdiff_t x = 0; x < l->out_w; x++) {
        const ptrdiff_t q = x * l->stride + l->kx - 1 - l->pad;
        if (r >= 0 && r < s->dh && q >= 0 && q < s->dw)
          memcpy(s->spread + ((m * s->dh + r) * s->dw + q) * L, from + x * L, L * sizeof *from);
      }
    }
  axf_product_job j = {.rows = l->in_c,
                       .cols = (int)iw * L,
                       .depth = (int)(l->out_c * kernel),
                       .a = s->flipped,
                       .a_row = l->out_c * kernel,
                       .a_step = 1,
                       .off = s->off,
                       .c = s->row,
                       .ldc = iw * L};
  for (ptrdiff_t y = 0; y < ih; y++) {
    j.b = s->spread + y * s->dw * L;
    k->product(&j);
    for (ptrdiff_t c = 0; c < l->in_c; c++)
      axf_from_lanes(n, (int)iw, s->row + c * iw * L, image, din + (c * ih + y) * iw, 0);
  }
}

/* flipped[c][m] = w[m][c]: kernels in the order in which one input map needs them. */
static void flip(const axf_layer *l, const float *w, float *flipped) {
  const size_t kernel = (size_t)(l->ky * l->kx);
  for (size_t c = 0; c < (size_t)l->in_c; c++)
    for (size_t m = 0; m < (size_t)l->out_c; m++)
      memcpy(flipped + (c * (size_t)l->out_c + m) * kernel, w + (m * (size_t)l->in_c + c) * kernel, kernel * sizeof *w);
}

void axf_conv_bwd(const axf_layer *l, int n, const float *w, const float *in, const float *dout, float *dw, float *db,
                  float *din, float *scratch) {
  const size_t si = (size_t)l->in_c * (size_t)l->in_h * (size_t)l->in_w;
  const size_t plane = (size_t)l->out_h * (size_t)l->out_w, so = (size_t)l->out_c * plane;
  workspace s;
  lay_out(l, &s, scratch);
  memset(dw, 0, axf_weight_count(l) * sizeof *dw);
  memset(db, 0, (size_t)l->out_c * sizeof *db);
  if (din) {
    flip(l, w, s.flipped);
    offsets(l, l->out_c, s.dh * s.dw, s.dw, 1, s.off);
  }
  for (int i = 0; i < n; i += L, in += L * si, dout += L * so) {
    const int now = n - i < L ? n - i : L;
    pad_input(l, &s, now, in);
    axf_to_lanes(now, (int)so, dout, so, s.dout);
    for (size_t m = 0; m < (size_t)l->out_c; m++) {
      float sum[L] = {0};
      for (const float *d = s.dout + m * plane * L; d < s.dout + (m + 1) * plane * L; d += L)
        for (int k = 0; k < L; k++)
          sum[k] += d[k];
      db[m] += axf_lane_sum(sum);
    }
    weight_gradient(l, &s, dw);
    if (din)
      input_gradient(l, now, &s, din + (size_t)i * si);
  }
}
