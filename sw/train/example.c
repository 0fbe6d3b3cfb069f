/* From a data set to the input of a net: conversion to floats and random changes of images.
 * SPDX-License-Identifier: Apache-2.0 */
#include "train/train.h"
#include <string.h>

void axf_example(const axf_part *d, uint32_t i, float *x) {
  size_t n = (size_t)d->c * (size_t)d->h * (size_t)d->w;
  if (d->f32) {
    memcpy(x, d->f32 + i * n, n * sizeof *x);
    return;
  }
  const uint8_t *px = d->u8 + i * n;
  for (size_t k = 0; k < n; k++)
    x[k] = (float)px[k] / 255.0f;
}

/* out(y, x) = in(y - dy, x - dx), zero outside. */
static void shift_plane(int h, int w, int dy, int dx, const float *in, float *out) {
  for (int y = 0; y < h; y++, out += w)
    for (int x = 0; x < w; x++) {
      int sy = y - dy, sx = x - dx;
      out[x] = sy >= 0 && sy < h && sx >= 0 && sx < w ? in[sy * w + sx] : 0;
    }
}

static void mirror_plane(int h, int w, float *x) {
  for (int y = 0; y < h; y++, x += w)
    for (int i = 0, j = w - 1; i < j; i++, j--) {
      float t = x[i];
      x[i] = x[j];
      x[j] = t;
    }
}

void axf_augment(const axf_part *d, const axf_train_opts *o, axf_rng *r, float *x, float *spare) {
  size_t plane = (size_t)d->h * (size_t)d->w;
  if (o->flip && axf_rng_below(r, 2))
    for (int c = 0; c < d->c; c++)
      mirror_plane(d->h, d->w, x + (size_t)c * plane);
  if (!o->shift)
    return;
  int dy = (int)axf_rng_below(r, 2 * (uint32_t)o->shift + 1) - o->shift;
  int dx = (int)axf_rng_below(r, 2 * (uint32_t)o->shift + 1) - o->shift;
  if (!dy && !dx)
    return;
  memcpy(spare, x, (size_t)d->c * plane * sizeof *x);
  for (int c = 0; c < d->c; c++)
    shift_plane(d->h, d->w, dy, dx, spare + (size_t)c * plane, x + (size_t)c * plane);
}
