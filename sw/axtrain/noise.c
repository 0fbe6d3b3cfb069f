/* Noise of failing bits and of multipliers (noise.h has the equations).
 * SPDX-License-Identifier: Apache-2.0 */
#include "axtrain/noise.h"
#include "refmodel/refmodel.h"
#include "train/train.h"
#include <math.h>
#include <string.h>

/* chance[mask]: that the bits of mask fail, and none of the other ones in `bits`. */
static void chances(const double p[8], uint8_t bits, double chance[256]) {
  for (int mask = 0; mask < 256; mask++) {
    chance[mask] = mask & ~bits ? 0 : 1;
    for (int b = 0; b < 8; b++)
      chance[mask] *= mask >> b & 1 ? p[b] : 1;
    for (int b = 0; b < 8; b++)
      chance[mask] *= bits & ~mask & 1 << b ? 1 - p[b] : 1;
  }
}

void axf_noise_add_bits(axf_noise *noise, const axf_net *n, axf_weight_code c, const axf_rates *r, uint8_t bits) {
  double chance[256];
  for (int l = 0; l < n->nlayers; l++) {
    chances(r->p[l], bits, chance);
    for (int v = -127; v <= 127; v++) {
      double mean = 0, square = 0;
      for (int mask = 0; mask < 256; mask++) {
        const int e = axf_weight_decode(c, axf_weight_encode(c, v) ^ (uint8_t)mask) - v;
        mean += chance[mask] * e;
        square += chance[mask] * e * e;
      }
      noise->mean[l][v + 127] += (float)mean;
      noise->var[l][v + 127] += (float)(square - mean * mean);
    }
  }
}

void axf_noise_add_mult(axf_noise *noise, const axf_net *n, const axf_mult *const mult[], const axf_operands *o) {
  for (int l = 0; l < n->nlayers; l++) {
    if (n->layer[l].kind == AXF_POOL || !mult[l])
      continue;
    for (int w = -127; w <= 127; w++) { /* signed cores need not treat signs alike */
      double ea = 0, ee = 0, aa = 0;
      for (int a = 0; a < 256; a++) {
        double e = (double)axf_product(mult[l], w, a) - w * a, p = o->p[l][a];
        ea += p * e * a;
        ee += p * e * e;
        aa += p * a * a;
      }
      double mean = aa > 0 ? ea / aa : 0, var = aa > 0 ? ee / aa - mean * mean : 0;
      var = var > 0 ? var : 0; /* rounding, where the error is that of another weight exactly */
      noise->mean[l][127 + w] += (float)mean;
      noise->var[l][127 + w] += (float)var;
    }
  }
}

/* Mean, variance and second moment of every weight's noise; any of them NULL. */
static void moments(const axf_noise *noise, const axf_net *n, const axf_params *p, axf_params *mean, axf_params *var,
                    axf_params *square) {
  for (int l = 0; l < n->nlayers; l++) {
    const axf_layer *y = &n->layer[l];
    if (y->kind == AXF_POOL)
      continue;
    const size_t k = axf_weight_count(y) / (size_t)y->out_c, biases = (size_t)y->out_c * sizeof(float);
    axf_params *const all[] = {mean, var, square};
    for (int t = 0; t < 3; t++)
      if (all[t])
        memset(all[t]->bias[l], 0, biases);
    float step = 0;
    for (size_t i = 0; i < k * (size_t)y->out_c; i++) {
      step = i % k ? step : axf_weight_step(p->weight[l] + i, k);
      const int v = axf_weight_round(p->weight[l][i], step) + 127;
      const float m = noise->mean[l][v], s = noise->var[l][v];
      if (mean)
        mean->weight[l][i] = step * m;
      if (var)
        var->weight[l][i] = step * step * s;
      if (square)
        square->weight[l][i] = step * step * (s + m * m);
    }
  }
}

void axf_noise_moments(const axf_noise *noise, const axf_net *n, const axf_params *p, axf_params *mean,
                       axf_params *var) {
  moments(noise, n, p, mean, var, NULL);
}

void axf_noise_square(const axf_noise *noise, const axf_net *n, const axf_params *p, axf_params *square) {
  moments(noise, n, p, NULL, NULL, square);
}

#define BLOCK 32 /* examples of one forward pass */

/* Input of layer l: its values, and whether one of them may be negative. */
static int is_signed(const axf_net *n, int l, int features) {
  while (l > 0 && n->layer[l - 1].kind == AXF_POOL)
    l--;
  return l == 0 ? features : !n->layer[l - 1].relu;
}

/* Forward passes over the examples; see[] gets the largest magnitude (counting 0) or the counts of the codes. */
static void look(axf_pass *s, const axf_net *n, const axf_params *p, const axf_part *d, uint32_t images, int counting,
                 float *max, axf_operands *o) {
  size_t each = (size_t)n->c * (size_t)n->h * (size_t)n->w;
  for (uint32_t first = 0; first < images; first += BLOCK) {
    uint32_t count = images - first < BLOCK ? images - first : BLOCK;
    for (uint32_t i = 0; i < count; i++)
      axf_example(d, first + i, s->act[0] + i * each);
    axf_pass_forward(s, p, (int)count);
    for (int l = 0; l < n->nlayers; l++) {
      const axf_layer *y = &n->layer[l];
      size_t total = y->kind == AXF_POOL ? 0 : count * (size_t)y->in_c * (size_t)y->in_h * (size_t)y->in_w;
      int levels = is_signed(n, l, !d->u8) ? 127 : 255;
      for (size_t i = 0; i < total; i++) {
        float a = fabsf(s->act[l][i]);
        if (!counting)
          max[l] = a > max[l] ? a : max[l];
        else if (max[l] > 0)
          o->p[l][(int)(a / max[l] * (float)levels + 0.5f)] += 1;
      }
    }
  }
}

int axf_operands_measure(axf_operands *o, const axf_net *n, const axf_params *p, const axf_part *d, uint32_t images) {
  axf_pass s;
  float max[AXF_MAX_LAYERS] = {0};
  memset(o, 0, sizeof *o);
  if (axf_train_fits(n, d, "the data set") || axf_pass_alloc(&s, n, BLOCK))
    return -1;
  images = images < d->n ? images : d->n;
  look(&s, n, p, d, images, 0, max, o);
  look(&s, n, p, d, images, 1, max, o);
  axf_pass_free(&s);
  for (int l = 0; l < n->nlayers; l++) {
    double sum = 0;
    for (int a = 0; a < 256; a++)
      sum += o->p[l][a];
    for (int a = 0; a < 256 && sum > 0; a++)
      o->p[l][a] /= sum;
  }
  return 0;
}
