/* Two float passes over the calibration examples: the largest magnitudes, then histograms below them; and the rules
 * that choose a limit. Counts are integers and maxima do not round, so the number of threads does not matter.
 * SPDX-License-Identifier: Apache-2.0 */
#include "quant/calib.h"
#include "refmodel/refmodel.h"
#include "train/train.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CANDIDATES 128 /* limits that the squared-error rule tries, evenly spread below the maximum */
#define BLOCK 32       /* examples of one forward pass */

const char *const axf_calib_name[3] = {"range", "percentile", "mse"};

int axf_calib_of(const char *name) {
  for (int i = 0; i < 3; i++)
    if (strcmp(name, axf_calib_name[i]) == 0)
      return i;
  return -1;
}

typedef struct {
  const axf_net *net;
  const axf_params *params;
  const axf_part *part;
  uint32_t images;
  int counting;          /* 0: first pass, maxima; 1: second pass, histograms */
  axf_pass pass[64];     /* one a worker */
  axf_histogram *of[64]; /* one set of nlayers + 1 a worker */
} job;

void axf_calib_see_max(axf_histogram *h, const float *v, size_t n) {
  for (size_t i = 0; i < n; i++)
    h->max = fabsf(v[i]) > h->max ? fabsf(v[i]) : h->max;
}

void axf_calib_see_values(axf_histogram *h, const float *v, size_t n) {
  for (size_t i = 0; h->max > 0 && i < n; i++) {
    int bin = (int)((double)fabsf(v[i]) / (double)h->max * AXF_CALIB_BINS);
    h->count[bin < AXF_CALIB_BINS ? bin : AXF_CALIB_BINS - 1]++;
  }
}

/* Runs one block of examples and looks at the input and at every output that is requantised (after the pool). */
static void see_block(void *ctx, size_t b, int worker) {
  job *j = ctx;
  axf_pass *s = &j->pass[worker];
  axf_histogram *h = j->of[worker];
  void (*see)(axf_histogram *, const float *, size_t) = j->counting ? axf_calib_see_values : axf_calib_see_max;
  const uint32_t first = (uint32_t)b * BLOCK;
  uint32_t n = j->images - first;
  if (n > BLOCK)
    n = BLOCK;
  size_t each = (size_t)j->net->c * j->net->h * j->net->w;
  for (uint32_t i = 0; i < n; i++)
    axf_example(j->part, first + i, s->act[0] + i * each);
  axf_pass_forward(s, j->params, (int)n);
  see(&h[0], s->act[0], n * each);
  for (int l = 0, next, c, y, x; l < j->net->nlayers; l = next) {
    next = axf_ref_shape(j->net, l, &c, &y, &x);
    see(&h[l + 1], s->act[next], n * (size_t)c * y * x);
  }
}

/* Every worker gets the maximum of all. */
static void share_max(job *j, int workers) {
  for (int t = 0; t <= j->net->nlayers; t++) {
    float max = 0;
    for (int i = 0; i < workers; i++)
      max = j->of[i][t].max > max ? j->of[i][t].max : max;
    for (int i = 0; i < workers; i++)
      j->of[i][t].max = max;
  }
}

int axf_calib_run(axf_histogram *h, const axf_net *n, const axf_params *p, const axf_part *train, uint32_t images) {
  const int workers = axf_threads();
  const uint32_t count = images < train->n ? images : train->n;
  const size_t blocks = ((size_t)count + BLOCK - 1) / BLOCK, tensors = (size_t)n->nlayers + 1;
  if (axf_train_fits(n, train, "the calibration data"))
    return -1;
  job *j = axf_alloc(1, sizeof *j);
  int r = j ? 0 : -1;
  if (j)
    *j = (job){.net = n, .params = p, .part = train, .images = count};
  for (int i = 0; i < workers && r == 0; i++)
    r = (j->of[i] = axf_alloc(tensors, sizeof *h)) && axf_pass_alloc(&j->pass[i], n, BLOCK) == 0 ? 0 : -1;
  if (r == 0) {
    axf_parallel_for(blocks, see_block, j);
    share_max(j, workers);
    j->counting = 1;
    axf_parallel_for(blocks, see_block, j);
    memcpy(h, j->of[0], tensors * sizeof *h);
    for (size_t t = 0; t < tensors; t++)
      for (int i = 1; i < workers; i++)
        for (int b = 0; b < AXF_CALIB_BINS; b++)
          h[t].count[b] += j->of[i][t].count[b];
  }
  for (int i = 0; j && i < workers; i++) {
    free(j->of[i]);
    axf_pass_free(&j->pass[i]);
  }
  free(j);
  return r;
}

/* Squared error, summed over the histogram, of rounding to `levels` steps below `limit` and clamping above. */
static double squared_error(const axf_histogram *h, double limit, int levels) {
  double sum = 0, step = limit / levels, width = (double)h->max / AXF_CALIB_BINS;
  for (int b = 0; b < AXF_CALIB_BINS; b++) {
    double x = (b + 0.5) * width, q = floor(x / step + 0.5);
    double e = x - step * (q > levels ? levels : q);
    sum += (double)h->count[b] * e * e;
  }
  return sum;
}

static double smallest_error(const axf_histogram *h, int levels) {
  double best = h->max, best_error = squared_error(h, best, levels);
  for (int i = CANDIDATES - 1; i > 0; i--) {
    double limit = (double)h->max * i / CANDIDATES, error = squared_error(h, limit, levels);
    if (error < best_error) {
      best = limit;
      best_error = error;
    }
  }
  return best;
}

/* Upper edge of the first bin up to which AXF_CALIB_FRACTION of the values lie. */
static double percentile(const axf_histogram *h) {
  uint64_t total = 0, below = 0;
  for (int b = 0; b < AXF_CALIB_BINS; b++)
    total += h->count[b];
  for (int b = 0; b < AXF_CALIB_BINS; b++) {
    below += h->count[b];
    if ((double)below >= AXF_CALIB_FRACTION * (double)total)
      return (double)h->max * (b + 1) / AXF_CALIB_BINS;
  }
  return h->max;
}

double axf_calib_limit(const axf_histogram *h, axf_calib rule, int levels) {
  if (h->max > 0 && rule == AXF_CALIB_PERCENTILE)
    return percentile(h);
  if (h->max > 0 && rule == AXF_CALIB_MSE)
    return smallest_error(h, levels);
  return h->max;
}
