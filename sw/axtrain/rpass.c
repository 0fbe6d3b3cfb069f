/* R-operator: forward along a direction, seeds, and the reverse pass (rpass.h has the equations).
 * SPDX-License-Identifier: Apache-2.0 */
#include "axtrain/rpass.h"
#include "kernels/kernels.h"
#include <cblas.h>
#include <stdlib.h>
#include <string.h>

static size_t in_count(const axf_layer *l) { return (size_t)l->in_c * (size_t)l->in_h * (size_t)l->in_w; }
static size_t out_count(const axf_layer *l) { return (size_t)l->out_c * (size_t)l->out_h * (size_t)l->out_w; }
static size_t round16(size_t n) { return (n + 15) / 16 * 16; }

int axf_rpass_alloc(axf_rpass *r, const axf_net *n, int block) {
  size_t b = (size_t)block, largest = round16(b * in_count(&n->layer[0])), total = 0, col = 0;
  memset(r, 0, sizeof *r);
  for (int l = 0; l < n->nlayers; l++) {
    size_t out = round16(b * out_count(&n->layer[l])), c = round16(axf_col_count(&n->layer[l]));
    total += out;
    largest = out > largest ? out : largest;
    col = c > col ? c : col;
  }
  float *at = axf_alloc(total + 4 * largest + 2 * col, sizeof *at);
  if (!at)
    return -1;
  r->net = n;
  r->block = block;
  r->memory = at;
  for (int l = 0; l < n->nlayers; l++) {
    r->ract[l + 1] = at;
    at += round16(b * out_count(&n->layer[l]));
  }
  for (int i = 0; i < 2; i++, at += 2 * largest + col) {
    r->d[i] = at;
    r->e[i] = at + largest;
    r->col[i] = at + 2 * largest;
  }
  return 0;
}

void axf_rpass_free(axf_rpass *r) {
  free(r->memory);
  memset(r, 0, sizeof *r);
}

/* c (m, n) += scale * a (m, k) * b (k, n); ta, tb: the array holds the transpose. */
static void gemm(int ta, int tb, int m, int n, int k, float scale, const float *a, const float *b, float *c) {
  cblas_sgemm(CblasRowMajor, ta ? CblasTrans : CblasNoTrans, tb ? CblasTrans : CblasNoTrans, m, n, k, scale, a,
              ta ? m : k, b, tb ? k : n, 1, c, n);
}

/* Each row of out (rows, n) becomes the number of its place in bias, (rows) repeated. */
static void fill_rows(float *out, size_t rows, size_t n, const float *bias) {
  for (size_t i = 0; i < rows; i++)
    for (size_t j = 0; j < n; j++)
      out[i * n + j] = bias[i];
}

static void conv_forward(axf_rpass *r, const axf_layer *l, const float *w, const float *v, const float *vb,
                         const float *x, const float *rx, float *ry) {
  const int m = l->out_c, n = l->out_h * l->out_w, k = l->in_c * l->ky * l->kx;
  fill_rows(ry, (size_t)m, (size_t)n, vb);
  axf_im2col(l, x, r->col[0]);
  gemm(0, 0, m, n, k, 1, v, r->col[0], ry);
  if (rx) {
    axf_im2col(l, rx, r->col[1]);
    gemm(0, 0, m, n, k, 1, w, r->col[1], ry);
  }
}

static void fc_forward(const axf_layer *l, int n, const float *w, const float *v, const float *vb, const float *x,
                       const float *rx, float *ry) {
  const int m = l->out_c, k = l->in_c * l->ky * l->kx;
  for (int i = 0; i < n; i++)
    memcpy(ry + (size_t)i * (size_t)m, vb, (size_t)m * sizeof *ry);
  gemm(0, 1, n, m, k, 1, x, v, ry);
  if (rx)
    gemm(0, 1, n, m, k, 1, rx, w, ry);
}

/* Pooling is linear once the winners are known. */
static void pool_forward(const axf_layer *l, const float *rx, const int32_t *arg, float *ry) {
  const size_t in = (size_t)(l->in_h * l->in_w), out = (size_t)(l->out_h * l->out_w);
  if (l->pool == AXF_POOL_AVG) {
    axf_pool_fwd(l, rx, ry, NULL);
    return;
  }
  for (int c = 0; c < l->in_c; c++, rx += in, ry += out, arg += out)
    for (size_t i = 0; i < out; i++)
      ry[i] = rx[arg[i]];
}

const float *axf_rpass_forward(axf_rpass *r, const axf_pass *s, const axf_params *p, const axf_params *v, int n) {
  for (int l = 0; l < r->net->nlayers; l++) {
    const axf_layer *y = &r->net->layer[l];
    const float *x = s->act[l], *rx = r->ract[l];
    float *ry = r->ract[l + 1];
    size_t si = in_count(y), so = out_count(y);
    if (y->kind == AXF_FC)
      fc_forward(y, n, p->weight[l], v->weight[l], v->bias[l], x, rx, ry);
    for (size_t i = 0; i < (size_t)n && y->kind == AXF_CONV; i++)
      conv_forward(r, y, p->weight[l], v->weight[l], v->bias[l], x + i * si, rx ? rx + i * si : NULL, ry + i * so);
    for (size_t i = 0; i < (size_t)n && y->kind == AXF_POOL; i++)
      pool_forward(y, rx + i * si, s->arg[l] ? s->arg[l] + i * so : NULL, ry + i * so);
    if (y->relu)
      axf_relu_bwd((size_t)n * so, s->act[l + 1], ry);
  }
  return r->ract[r->net->nlayers];
}

/* Softmax of one example into p. */
static void softmax(int classes, const float *z, float *p) {
  float max = z[axf_argmax(classes, z)], sum = 0;
  for (int j = 0; j < classes; j++)
    sum += p[j] = axf_expf(z[j] - max);
  for (int j = 0; j < classes; j++)
    p[j] /= sum;
}

double axf_rpass_seed_hessian(axf_rpass *r, const axf_pass *s, int n, const uint8_t *label) {
  const int classes = r->net->classes;
  double q = 0;
  for (int i = 0; i < n; i++) {
    const float *rz = r->ract[r->net->nlayers] + i * classes;
    float *d = r->d[0] + i * classes, *e = r->e[0] + i * classes, mean = 0;
    softmax(classes, s->act[r->net->nlayers] + i * classes, d);
    for (int j = 0; j < classes; j++)
      mean += d[j] * rz[j];
    for (int j = 0; j < classes; j++) {
      e[j] = d[j] * (rz[j] - mean); /* R{softmax} */
      d[j] -= j == label[i] ? 1.0f : 0.0f;
      q += (double)d[j] * (double)rz[j];
    }
  }
  return q;
}

double axf_rpass_seed_gauss_newton(axf_rpass *r, const axf_pass *s, int n) {
  const int classes = r->net->classes;
  double q = 0;
  for (int i = 0; i < n; i++) {
    const float *rz = r->ract[r->net->nlayers] + i * classes;
    float *d = r->d[0] + i * classes, *e = r->e[0] + i * classes, p[256], mean = 0, mean_f = 0;
    softmax(classes, s->act[r->net->nlayers] + i * classes, p);
    for (int j = 0; j < classes; j++)
      mean += p[j] * rz[j];
    for (int j = 0; j < classes; j++) {
      d[j] = 2 * p[j] * (rz[j] - mean);
      e[j] = (rz[j] - mean) * (rz[j] - mean); /* dq/dp up to a constant, which the softmax's derivative removes */
      mean_f += p[j] * e[j];
    }
    for (int j = 0; j < classes; j++)
      e[j] = p[j] * (e[j] - mean_f);
    q += (double)mean_f;
  }
  return q;
}

/* db (m) += scale * row sums of e (m, n). */
static void add_bias(float *db, const float *e, int m, int n, float scale) {
  for (int i = 0; i < m; i++, e += n) {
    float sum = 0;
    for (int j = 0; j < n; j++)
      sum += e[j];
    db[i] += scale * sum;
  }
}

/* One image; din, ein NULL: not wanted. */
static void conv_reverse(axf_rpass *r, const axf_layer *l, const float *w, const float *v, const float *x,
                         const float *rx, const float *d, const float *e, float scale, float *dw, float *db, float *din,
                         float *ein) {
  const int m = l->out_c, n = l->out_h * l->out_w, k = l->in_c * l->ky * l->kx;
  float *col = r->col[0];
  add_bias(db, e, m, n, scale);
  axf_im2col(l, x, col);
  gemm(0, 1, m, k, n, scale, e, col, dw);
  if (rx) {
    axf_im2col(l, rx, col);
    gemm(0, 1, m, k, n, scale, d, col, dw);
  }
  if (!din)
    return;
  memset(col, 0, (size_t)k * (size_t)n * sizeof *col);
  gemm(1, 0, k, n, m, 1, w, d, col);
  axf_col2im(l, col, din);
  memset(col, 0, (size_t)k * (size_t)n * sizeof *col);
  gemm(1, 0, k, n, m, 1, w, e, col);
  gemm(1, 0, k, n, m, 1, v, d, col);
  axf_col2im(l, col, ein);
}

static void fc_reverse(const axf_layer *l, int n, const float *w, const float *v, const float *x, const float *rx,
                       const float *d, const float *e, float scale, float *dw, float *db, float *din, float *ein) {
  const int m = l->out_c, k = l->in_c * l->ky * l->kx;
  for (int i = 0; i < n; i++)
    for (int j = 0; j < m; j++)
      db[j] += scale * e[(size_t)i * (size_t)m + (size_t)j];
  gemm(1, 0, m, k, n, scale, e, x, dw);
  if (rx)
    gemm(1, 0, m, k, n, scale, d, rx, dw);
  if (!din)
    return;
  memset(din, 0, (size_t)n * (size_t)k * sizeof *din);
  memset(ein, 0, (size_t)n * (size_t)k * sizeof *ein);
  gemm(0, 0, n, k, m, 1, d, w, din);
  gemm(0, 0, n, k, m, 1, e, w, ein);
  gemm(0, 0, n, k, m, 1, d, v, ein);
}

void axf_rpass_reverse(axf_rpass *r, const axf_pass *s, const axf_params *p, const axf_params *v, int n, float scale,
                       axf_params *g) {
  int now = 0;
  for (int l = r->net->nlayers - 1; l >= 0; l--, now ^= 1) {
    const axf_layer *y = &r->net->layer[l];
    const float *x = s->act[l], *rx = r->ract[l];
    float *d = r->d[now], *e = r->e[now], *din = l ? r->d[now ^ 1] : NULL, *ein = l ? r->e[now ^ 1] : NULL;
    size_t si = in_count(y), so = out_count(y);
    if (y->relu) {
      axf_relu_bwd((size_t)n * so, s->act[l + 1], d);
      axf_relu_bwd((size_t)n * so, s->act[l + 1], e);
    }
    if (y->kind == AXF_FC)
      fc_reverse(y, n, p->weight[l], v->weight[l], x, rx, d, e, scale, g->weight[l], g->bias[l], din, ein);
    for (size_t i = 0; i < (size_t)n && y->kind == AXF_CONV; i++)
      conv_reverse(r, y, p->weight[l], v->weight[l], x + i * si, rx ? rx + i * si : NULL, d + i * so, e + i * so, scale,
                   g->weight[l], g->bias[l], din ? din + i * si : NULL, ein ? ein + i * si : NULL);
    for (size_t i = 0; i < (size_t)n && y->kind == AXF_POOL; i++) {
      const int32_t *arg = s->arg[l] ? s->arg[l] + i * so : NULL;
      axf_pool_bwd(y, d + i * so, arg, din + i * si);
      axf_pool_bwd(y, e + i * so, arg, ein + i * si);
    }
  }
}
