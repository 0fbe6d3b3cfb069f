/* Fitting biases and scales to a multiplier (correct.h has the equations).
 * SPDX-License-Identifier: Apache-2.0 */
#include "axtrain/correct.h"
#include "kernels/qinfer.h"
#include "quant/quant.h"
#include "refmodel/refmodel.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  const axf_layer *layer;
  axf_qlayer *q;
  const uint8_t *in; /* (images, in_c, in_h, in_w) codes */
  uint32_t images;
  int scale;
  double group;     /* positions that an average pool adds */
  int32_t *product; /* (255, 256) of weight w and activation code a at [(w + 127) * 256 + a] */
  int *value;       /* (256) of an activation code */
} job;

/* Both sums of map m at every position of every image; the fit's moments. */
static void moments(const job *j, int m, double *n, double *mx, double *my, double *xx, double *xy) {
  const axf_layer *y = j->layer;
  const size_t in_n = (size_t)y->in_c * (size_t)(y->in_h * y->in_w);
  const int8_t *w = j->q->w + (size_t)m * (size_t)y->in_c * (size_t)(y->ky * y->kx);
  for (uint32_t i = 0; i < j->images; i++)
    for (int oy = 0; oy < y->out_h; oy++)
      for (int ox = 0; ox < y->out_w; ox++) {
        int64_t x = 0, exact = 0;
        size_t k = 0;
        for (int c = 0; c < y->in_c; c++)
          for (int a = 0; a < y->ky; a++)
            for (int b = 0; b < y->kx; b++, k++) {
              const int r = oy * y->stride + a - y->pad, s = ox * y->stride + b - y->pad;
              const int inside = r >= 0 && r < y->in_h && s >= 0 && s < y->in_w;
              const uint8_t code =
                  inside ? j->in[i * in_n + ((size_t)c * (size_t)y->in_h + (size_t)r) * (size_t)y->in_w + (size_t)s]
                         : 0;
              x += j->product[(w[k] + 127) * 256 + code];
              exact += w[k] * j->value[code];
            }
        *n += 1;
        *mx += (double)x;
        *my += (double)exact;
        *xx += (double)x * (double)x;
        *xy += (double)x * (double)exact;
      }
}

static void fit_map(void *ctx, size_t m, int worker) {
  const job *j = ctx;
  double n = 0, mx = 0, my = 0, xx = 0, xy = 0, alpha = 1;
  uint8_t mult = j->q->mult[m], shift = j->q->shift[m];
  (void)worker;
  moments(j, (int)m, &n, &mx, &my, &xx, &xy);
  mx /= n, my /= n, xx /= n, xy /= n;
  const double var = xx - mx * mx, old = ldexp(mult, -shift);
  if (j->scale && var > 0) {
    alpha = (xy - mx * my) / var;
    alpha = alpha < 0.25 ? 0.25 : alpha > 4 ? 4 : alpha;
    axf_quant_pair(alpha * old, &mult, &shift);
    alpha = ldexp(mult, -shift) / old;
  }
  const double bias = ((double)j->q->bias[m] + my - alpha * mx) / alpha, limit = (1 << 27) / j->group;
  j->q->mult[m] = mult;
  j->q->shift[m] = shift;
  j->q->bias[m] = (int32_t)floor((bias > limit ? limit : bias < -limit ? -limit : bias) + 0.5);
}

/* Codes of layer l's inputs with the model as it is now; before is the conv/fc layer before it, -1 if there is none. */
static int inputs(const axf_model *m, const axf_part *d, uint32_t images, const axf_mult *const mult[], int before,
                  uint8_t *first, uint8_t *codes) {
  uint8_t *out[AXF_MAX_LAYERS] = {NULL};
  axf_qinfer *e = axf_qinfer_new(&m->net, &m->q, mult);
  if (!e)
    return -1;
  axf_qinfer_input(e, d, 0, images, first);
  if (before >= 0)
    out[before] = codes;
  int r = before >= 0 ? axf_qinfer_run(e, first, images, NULL, out) : 0;
  axf_qinfer_free(e);
  return r;
}

static int correct_layer(axf_model *m, const axf_part *d, uint32_t images, const axf_mult *const mult[], int scale,
                         int l, int before, uint8_t *first) {
  const axf_layer *y = &m->net.layer[l];
  int c, h, w, next = axf_ref_shape(&m->net, l, &c, &h, &w);
  uint8_t *codes = axf_alloc((size_t)images * (size_t)y->in_c * (size_t)(y->in_h * y->in_w), 1);
  job j = {.layer = y, .q = &m->q.q[l], .images = images, .scale = scale, .group = 1};
  j.product = axf_alloc((size_t)255 * 256, sizeof *j.product);
  j.value = axf_alloc(256, sizeof *j.value);
  int bad = !codes || !j.product || !j.value || inputs(m, d, images, mult, before, first, codes);
  if (next == l + 2 && m->net.layer[l + 1].pool == AXF_POOL_AVG)
    j.group = (double)m->net.layer[l + 1].window * m->net.layer[l + 1].window;
  for (int a = 0; a < 256 && !bad; a++) {
    j.value[a] = j.q->in_signed ? axf_code_value((uint8_t)a) : a;
    for (int v = -127; v <= 127; v++)
      j.product[(v + 127) * 256 + a] = axf_product_code(mult[l], axf_code(v), (uint8_t)a, j.q->in_signed);
  }
  if (!bad) {
    j.in = before >= 0 ? codes : first;
    axf_parallel_for((size_t)y->out_c, fit_map, &j);
  }
  free(codes);
  free(j.product);
  free(j.value);
  return bad ? -1 : 0;
}

int axf_correct(axf_model *m, const axf_part *d, uint32_t images, const axf_mult *const mult[], int scale) {
  const axf_net *n = &m->net;
  int before = -1, c, h, w, next, bad = 0;
  uint32_t pmax = 0;
  if (!m->quantised)
    return axf_fail("the model of net %s is not quantised: run `axflow quantize` on it first", n->name);
  if (!axf_net_takes(n, d->c, d->h, d->w))
    return axf_fail("net %s takes %d x %d x %d, the data is %d x %d x %d", n->name, n->c, n->h, n->w, d->c, d->h, d->w);
  images = images < d->n ? images : d->n;
  uint8_t *first = axf_alloc((size_t)images * (size_t)(n->c * n->h * n->w), 1);
  bad = first ? 0 : -1;
  for (int l = 0; l < n->nlayers && !bad; l = next) {
    next = axf_ref_shape(n, l, &c, &h, &w);
    if (mult[l])
      bad = correct_layer(m, d, images, mult, scale, l, before, first);
    pmax = mult[l] && mult[l]->pmax > pmax ? mult[l]->pmax : pmax;
    before = l;
  }
  free(first);
  return bad || axf_ref_check_overflow(n, &m->q, pmax > 127 * 255 ? pmax : 127 * 255, 32) ? -1 : 0;
}
