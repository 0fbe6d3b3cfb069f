/* Mean, spread, quantiles and confidence interval.
 * SPDX-License-Identifier: Apache-2.0 */
#include "experiment/stats.h"
#include <math.h>
#include <stdlib.h>

static int compare(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double quantile(const double *v, size_t n, double q) {
  double at = q * (double)(n - 1);
  size_t i = (size_t)at;
  return i + 1 < n ? v[i] + (at - (double)i) * (v[i + 1] - v[i]) : v[n - 1];
}

double axf_student975(size_t df) {
  static const double small[] = {12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.3060, 2.2622, 2.2281};
  if (df == 0)
    return 0;
  if (df <= 10)
    return small[df - 1];
  /* Cornish-Fisher expansion around the normal quantile: good to 0.001 from 10 degrees of freedom on */
  const double z = 1.959964, z3 = z * z * z, z5 = z3 * z * z, z7 = z5 * z * z, n = (double)df;
  return z + (z3 + z) / (4 * n) + (5 * z5 + 16 * z3 + 3 * z) / (96 * n * n) +
         (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * n * n * n);
}

void axf_stats_of(double *v, size_t n, axf_stats *s) {
  double sum = 0, square = 0;
  qsort(v, n, sizeof *v, compare);
  for (size_t i = 0; i < n; i++)
    sum += v[i];
  s->n = n;
  s->mean = sum / (double)n;
  for (size_t i = 0; i < n; i++)
    square += (v[i] - s->mean) * (v[i] - s->mean);
  s->sd = n > 1 ? sqrt(square / (double)(n - 1)) : 0;
  s->ci95 = n > 1 ? axf_student975(n - 1) * s->sd / sqrt((double)n) : 0;
  s->min = v[0];
  s->max = v[n - 1];
  s->q10 = quantile(v, n, 0.1);
  s->median = quantile(v, n, 0.5);
}
