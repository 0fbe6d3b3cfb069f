/* Feature tables made ready for a network: gaps filled, features scaled by the training part, tables split.
 * SPDX-License-Identifier: Apache-2.0 */
#include "data/set.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  double lo, hi, mean, sd;
} column;

/* Statistics of column f of x (n, features), gaps left out. */
static column measure(const float *x, uint32_t n, int features, int f) {
  column c = {INFINITY, -INFINITY, 0, 0};
  double sum = 0, square = 0;
  uint32_t count = 0;
  for (uint32_t i = 0; i < n; i++) {
    double v = x[(size_t)i * features + f];
    if (isnan(v))
      continue;
    count++;
    sum += v;
    c.lo = v < c.lo ? v : c.lo;
    c.hi = v > c.hi ? v : c.hi;
  }
  if (count == 0)
    return (column){0, 0, 0, 0};
  c.mean = sum / count;
  for (uint32_t i = 0; i < n; i++) {
    double v = x[(size_t)i * features + f];
    if (!isnan(v))
      square += (v - c.mean) * (v - c.mean);
  }
  c.sd = sqrt(square / count);
  return c;
}

/* A feature that never changes in the training part says nothing: it becomes 0. */
static double scaled(const column *c, double v, axf_norm norm) {
  double y = v;
  if (norm == AXF_NORM_NONE)
    return v;
  if (norm == AXF_NORM_MINMAX)
    y = c->hi > c->lo ? 2 * (v - c->lo) / (c->hi - c->lo) - 1 : 0;
  if (norm == AXF_NORM_STANDARD)
    y = c->sd > 0 ? (v - c->mean) / (3 * c->sd) : 0;
  return y < -1 ? -1 : y > 1 ? 1 : y;
}

static void apply(axf_part *p, int f, const column *c, int mean, axf_norm norm) {
  for (uint32_t i = 0; i < p->n; i++) {
    float *x = p->f32 + (size_t)i * p->c + f;
    if (mean && isnan(*x))
      *x = (float)c->mean;
    *x = (float)scaled(c, *x, norm);
  }
}

int axf_normalise(axf_part *train, axf_part *test, int mean, axf_norm norm) {
  if (train->f32 == NULL || test->f32 == NULL || train->c != test->c)
    return axf_fail("the training part has %d features, the test part has %d", train->c, test->c);
  for (int f = 0; f < train->c; f++) {
    column c = measure(train->f32, train->n, train->c, f);
    apply(train, f, &c, mean, norm);
    apply(test, f, &c, mean, norm);
  }
  return 0;
}

/* Copies the examples order[0..n-1] of `from` into a new part. */
static int pick(const axf_part *from, const uint32_t *order, uint32_t n, axf_part *to) {
  *to = *from;
  to->n = n;
  to->f32 = axf_alloc((size_t)n * from->c, sizeof *to->f32);
  to->label = axf_alloc(n, 1);
  if (to->f32 == NULL || to->label == NULL) {
    free(to->f32);
    free(to->label);
    memset(to, 0, sizeof *to);
    return -1;
  }
  for (uint32_t i = 0; i < n; i++) {
    memcpy(to->f32 + (size_t)i * from->c, from->f32 + (size_t)order[i] * from->c, (size_t)from->c * sizeof *to->f32);
    to->label[i] = from->label[order[i]];
  }
  return 0;
}

int axf_split(axf_part *all, axf_part *test, double share, uint64_t seed) {
  if (all->n < 2)
    return axf_fail("a table of %u examples cannot be split", all->n);
  uint32_t ntest = (uint32_t)(all->n * share + 0.5);
  ntest = ntest < 1 ? 1 : ntest >= all->n ? all->n - 1 : ntest;
  uint32_t *order = axf_alloc(all->n, sizeof *order);
  if (order == NULL)
    return -1;
  for (uint32_t i = 0; i < all->n; i++)
    order[i] = i;
  axf_rng r;
  axf_rng_seed(&r, seed, 0);
  axf_rng_shuffle(&r, order, all->n);
  axf_part train = {0};
  int rc = pick(all, order, ntest, test);
  if (rc == 0)
    rc = pick(all, order + ntest, all->n - ntest, &train);
  free(order);
  if (rc != 0) {
    free(test->f32);
    free(test->label);
    memset(test, 0, sizeof *test);
    return -1;
  }
  free(all->f32);
  free(all->label);
  *all = train;
  return 0;
}
