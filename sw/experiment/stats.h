/* Statistics of repeated measurements.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef AXF_STATS_H
#define AXF_STATS_H
#include <stddef.h>

typedef struct {
  size_t n;
  double mean, sd;              /* sd with n - 1; 0 for one value */
  double ci95;                  /* half-width of the 95 % confidence interval of the mean (Student); 0 for one value */
  double min, q10, median, max; /* quantiles interpolate linearly between the sorted values */
} axf_stats;
/* v (n), n >= 1; it is sorted. */
void axf_stats_of(double *v, size_t n, axf_stats *s);
/* 97.5 % quantile of Student's t with `df` degrees of freedom. */
double axf_student975(size_t df);
#endif
