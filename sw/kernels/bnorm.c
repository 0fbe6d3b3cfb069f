/* Batch normalisation of a block of images (Ioffe and Szegedy 2015), and its gradient.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Sums run in eight interleaved partial sums a row, rows are added in double precision in their order: the result is
 * the same everywhere. */
#include "kernels/kernels.h"
#include <math.h>

/* Sums of a (n floats), or of a * b. */
static double row_sum(const float *a, const float *b, int n) {
  float part[8] = {0};
  double total = 0;
  int i = 0;
  if (b) {
    for (; i + 8 <= n; i += 8)
      for (int j = 0; j < 8; j++)
        part[j] += a[i + j] * b[i + j];
    for (; i < n; i++)
      part[i % 8] += a[i] * b[i];
  } else {
    for (; i + 8 <= n; i += 8)
      for (int j = 0; j < 8; j++)
        part[j] += a[i + j];
    for (; i < n; i++)
      part[i % 8] += a[i];
  }
  for (int j = 0; j < 8; j++)
    total += (double)part[j];
  return total;
}

static double row_square(const float *a, float mean, int n) {
  float part[8] = {0};
  double total = 0;
  int i = 0;
  for (; i + 8 <= n; i += 8)
    for (int j = 0; j < 8; j++)
      part[j] += (a[i + j] - mean) * (a[i + j] - mean);
  for (; i < n; i++)
    part[i % 8] += (a[i] - mean) * (a[i] - mean);
  for (int j = 0; j < 8; j++)
    total += (double)part[j];
  return total;
}

void axf_bn_stats(const axf_layer *l, int n, const float *x, float *mean, float *var) {
  const int c = l->out_c, p = l->out_h * l->out_w;
  const size_t image = (size_t)c * (size_t)p;
  for (int m = 0; m < c; m++) {
    double sum = 0, square = 0;
    for (int i = 0; i < n; i++)
      sum += row_sum(x + (size_t)i * image + (size_t)m * (size_t)p, NULL, p);
    mean[m] = (float)(sum / ((double)n * p));
    for (int i = 0; i < n; i++)
      square += row_square(x + (size_t)i * image + (size_t)m * (size_t)p, mean[m], p);
    var[m] = (float)(square / ((double)n * p));
  }
}

void axf_bn_fwd(const axf_layer *l, int n, const float *mean, const float *var, const float *gamma, const float *beta,
                float *x, float *out) {
  const int c = l->out_c, p = l->out_h * l->out_w;
  for (int i = 0; i < n; i++)
    for (int m = 0; m < c; m++, x += p, out += p) {
      const float inv = 1 / sqrtf(var[m] + AXF_BN_EPSILON), g = gamma[m], b = beta[m], mu = mean[m];
      const float floor_at = l->relu ? 0 : -INFINITY;
      for (int k = 0; k < p; k++) {
        x[k] = (x[k] - mu) * inv;
        const float y = g * x[k] + b;
        out[k] = y > floor_at ? y : floor_at;
      }
    }
}

void axf_bn_bwd(const axf_layer *l, int n, const float *x, const float *var, const float *gamma, int batch, float *dout,
                float *dgamma, float *dbeta) {
  const int c = l->out_c, p = l->out_h * l->out_w;
  const size_t image = (size_t)c * (size_t)p;
  const double count = (double)n * p;
  for (int m = 0; m < c; m++) {
    const size_t at = (size_t)m * (size_t)p;
    double sum = 0, with_x = 0;
    for (int i = 0; i < n; i++) {
      sum += row_sum(dout + (size_t)i * image + at, NULL, p);
      with_x += row_sum(dout + (size_t)i * image + at, x + (size_t)i * image + at, p);
    }
    dbeta[m] = (float)sum;
    dgamma[m] = (float)with_x;
    const float factor = gamma[m] / sqrtf(var[m] + AXF_BN_EPSILON);
    const float mean = batch ? (float)(sum / count) : 0, slope = batch ? (float)(with_x / count) : 0;
    for (int i = 0; i < n; i++) {
      float *d = dout + (size_t)i * image + at;
      const float *xi = x + (size_t)i * image + at;
      for (int k = 0; k < p; k++)
        d[k] = factor * (d[k] - mean - slope * xi[k]);
    }
  }
}
