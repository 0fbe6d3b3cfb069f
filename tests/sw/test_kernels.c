/* Float kernels against obviously right loops in double precision, and whole nets against finite differences.
 * SPDX-License-Identifier: Apache-2.0 */
#include "check.h"
#include "kernels/kernels.h"
#include "train/train.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MOST 20000 /* values of the largest array here */

/* One layer of one image in double: out before the ReLU; conv and fc are the same six loops. */
static void naive_layer(const axf_layer *l, const double *w, const double *b, const double *in, double *out) {
  for (int m = 0; m < l->out_c; m++)
    for (int y = 0; y < l->out_h; y++)
      for (int x = 0; x < l->out_w; x++) {
        double v = l->kind == AXF_POOL ? (l->pool == AXF_POOL_MAX ? -INFINITY : 0) : b[m];
        if (l->kind == AXF_POOL) {
          for (int i = 0; i < l->window; i++)
            for (int j = 0; j < l->window; j++) {
              double a = in[(m * l->in_h + y * l->pstride + i) * l->in_w + x * l->pstride + j];
              v = l->pool == AXF_POOL_MAX ? fmax(v, a) : v + a / (l->window * l->window);
            }
        } else {
          for (int c = 0; c < l->in_c; c++)
            for (int i = 0; i < l->ky; i++)
              for (int j = 0; j < l->kx; j++) {
                int r = y * l->stride + i - l->pad, k = x * l->stride + j - l->pad;
                if (r >= 0 && r < l->in_h && k >= 0 && k < l->in_w)
                  v += w[((m * l->in_c + c) * l->ky + i) * l->kx + j] * in[(c * l->in_h + r) * l->in_w + k];
              }
        }
        out[(m * l->out_h + y) * l->out_w + x] = v;
      }
}

/* Summed loss of n images in double; p has the layout of axf_params. */
static double naive_loss(const axf_net *net, const double *p, const axf_params *layout, int n, const double *x,
                         const uint8_t *label) {
  static double buf[2][MOST];
  const float *base = axf_params_block(layout);
  double loss = 0;
  for (int i = 0; i < n; i++) {
    const double *in = x + i * net->c * net->h * net->w;
    for (int l = 0; l < net->nlayers; l++) {
      const axf_layer *y = &net->layer[l];
      double *out = buf[l % 2];
      naive_layer(y, y->kind == AXF_POOL ? NULL : p + (layout->weight[l] - base),
                  y->kind == AXF_POOL ? NULL : p + (layout->bias[l] - base), in, out);
      for (int k = 0; k < y->out_c * y->out_h * y->out_w && y->relu; k++)
        out[k] = fmax(out[k], 0);
      in = out;
    }
    double sum = exp(in[0]);
    for (int k = 1; k < net->classes; k++)
      sum += exp(in[k]);
    loss += log(sum) - in[label[i]];
  }
  return loss;
}

/* Loss, right answers and gradient of every parameter of a net on n random images, against central differences. */
static void check_net(const char *text, int n, uint64_t seed) {
  static double x[MOST], p[MOST];
  axf_net net;
  axf_params q, g;
  axf_pass s;
  axf_rng r;
  uint8_t label[32];
  uint32_t right = 0;
  axf_rng_seed(&r, seed, 0);
  int parsed = axf_net_parse(&net, "test", text);
  CHECK_MSG(parsed == 0, "%s", axf_errmsg());
  if (parsed)
    return;
  CHECK(axf_params_alloc(&q, &net) == 0 && axf_params_alloc(&g, &net) == 0 && axf_pass_alloc(&s, &net, n) == 0);
  axf_params_init(&q, &net, seed);
  int size = net.c * net.h * net.w;
  size_t count = axf_params_count(&net);
  for (int i = 0; i < n * size; i++)
    x[i] = s.act[0][i] = axf_rng_normal(&r);
  for (int i = 0; i < n; i++)
    label[i] = (uint8_t)axf_rng_below(&r, (uint32_t)net.classes);
  for (int l = 0; l < net.nlayers; l++)
    for (int i = 0; i < net.layer[l].out_c && q.bias[l]; i++)
      q.bias[l][i] = 0.1f * axf_rng_normal(&r);
  for (size_t i = 0; i < count; i++)
    p[i] = axf_params_block(&q)[i];
  for (size_t i = 0; i < count; i++)
    axf_params_block(&g)[i] = 1e9f; /* must be overwritten, not added to */

  axf_pass_forward(&s, &q, n);
  double loss = axf_pass_backward(&s, &q, n, label, &g, &right), want = naive_loss(&net, p, &q, n, x, label);
  CHECK_MSG(fabs(loss - want) < 1e-5 * want + 1e-5, "loss %.9g, expected %.9g", loss, want);
  uint32_t best = 0;
  for (int i = 0; i < n; i++)
    best += axf_argmax(net.classes, s.act[net.nlayers] + i * net.classes) == label[i];
  CHECK(right == best);

  int wrong = 0;
  double worst = 0;
  for (int l = 0; l < net.nlayers; l++)
    for (int part = 0; part < 2 && q.weight[l]; part++) {
      const float *tensor = part ? q.bias[l] : q.weight[l], *grad = part ? g.bias[l] : g.weight[l];
      size_t many = part ? (size_t)net.layer[l].out_c : axf_weight_count(&net.layer[l]);
      for (size_t i = 0; i < many; i++) {
        double *v = p + (tensor - axf_params_block(&q)) + i, keep = *v, h = 1e-6;
        *v = keep + h;
        double up = naive_loss(&net, p, &q, n, x, label);
        *v = keep - h;
        double slope = (up - naive_loss(&net, p, &q, n, x, label)) / (2 * h);
        *v = keep;
        double error = fabs(slope - (double)grad[i]) / (1 + fabs(slope));
        worst = fmax(worst, error);
        wrong += error > 2e-5;
      }
    }
  CHECK_MSG(wrong == 0, "%s: %d gradients differ, the worst by %g", net.name, wrong, worst);
  axf_pass_free(&s);
  axf_params_free(&q);
  axf_params_free(&g);
  axf_net_free(&net);
}

/* im2col against its definition; col2im is its transpose: <im2col(x), c> = <x, col2im(c)>. */
static void check_unfold(int c, int h, int w, int ky, int kx, int stride, int pad) {
  axf_layer l = {.kind = AXF_CONV, .in_c = c, .in_h = h, .in_w = w, .ky = ky, .kx = kx, .stride = stride, .pad = pad};
  l.out_h = (h + 2 * pad - ky) / stride + 1;
  l.out_w = (w + 2 * pad - kx) / stride + 1;
  size_t n = (size_t)(c * ky * kx * l.out_h * l.out_w), m = (size_t)(c * h * w);
  CHECK(axf_col_count(&l) >= n);
  float *x = axf_alloc(m, 4), *col = axf_alloc(n + 1, 4), *back = axf_alloc(m + 1, 4);
  axf_rng r;
  axf_rng_seed(&r, 5, (uint64_t)(h * w));
  for (size_t i = 0; i < m; i++)
    x[i] = (float)axf_rng_below(&r, 100) - 50; /* small integers: sums are exact */
  memset(col, 0x7f, n * sizeof *col);
  col[n] = back[m] = 12345;
  axf_im2col(&l, x, col);
  int wrong = 0;
  const float *at = col;
  for (int ch = 0; ch < c; ch++)
    for (int i = 0; i < ky; i++)
      for (int j = 0; j < kx; j++)
        for (int y = 0; y < l.out_h; y++)
          for (int k = 0; k < l.out_w; k++, at++) {
            int row = y * stride + i - pad, column = k * stride + j - pad;
            float want = row >= 0 && row < h && column >= 0 && column < w ? x[(ch * h + row) * w + column] : 0;
            wrong += *at != want;
          }
  CHECK_MSG(wrong == 0, "im2col %dx%dx%d kernel %dx%d stride %d pad %d: %d wrong", c, h, w, ky, kx, stride, pad, wrong);
  double left = 0, right = 0;
  float *weight = axf_alloc(n, 4);
  for (size_t i = 0; i < n; i++)
    left += (double)col[i] * (double)(weight[i] = (float)axf_rng_below(&r, 7) - 3);
  axf_col2im(&l, weight, back);
  for (size_t i = 0; i < m; i++)
    right += (double)x[i] * (double)back[i];
  CHECK_MSG(left == right, "col2im %dx%dx%d kernel %dx%d stride %d pad %d: %g, %g", c, h, w, ky, kx, stride, pad, left,
            right);
  CHECK(col[n] == 12345 && back[m] == 12345);
  free(x);
  free(col);
  free(back);
  free(weight);
}

/* 2x2 max pooling has its own path: compare it with the general one on data full of ties. */
static void check_max2(int h, int w) {
  axf_layer l = {.kind = AXF_POOL, .in_c = 2, .in_h = h, .in_w = w, .out_c = 2, .window = 2, .pstride = 2};
  l.out_h = h / 2;
  l.out_w = w / 2;
  float *in = axf_alloc((size_t)(2 * h * w), 4), *out = axf_alloc((size_t)(2 * l.out_h * l.out_w), 4);
  int32_t *arg = axf_alloc((size_t)(2 * l.out_h * l.out_w), 4);
  axf_rng r;
  axf_rng_seed(&r, 9, (uint64_t)w);
  for (int i = 0; i < 2 * h * w; i++)
    in[i] = (float)axf_rng_below(&r, 4);
  axf_pool_fwd(&l, in, out, arg);
  int wrong = 0;
  for (int c = 0; c < 2; c++)
    for (int y = 0; y < l.out_h; y++)
      for (int x = 0; x < l.out_w; x++) {
        int k = (c * l.out_h + y) * l.out_w + x, row = arg[k] / w, column = arg[k] % w;
        float most = 0;
        for (int i = 0; i < 4; i++)
          most = fmaxf(most, in[(c * h + 2 * y + i / 2) * w + 2 * x + i % 2]);
        wrong += out[k] != most || in[c * h * w + arg[k]] != most || row / 2 != y || column / 2 != x;
      }
  CHECK_MSG(wrong == 0, "%dx%d: %d wrong", h, w, wrong);
  free(in);
  free(out);
  free(arg);
}

static void check_loss(void) {
  const float logits[6] = {1000, 1000, -1000, 3, 1, 3};
  const uint8_t label[2] = {1, 2};
  float d[6];
  uint32_t right = 0;
  double loss = axf_softmax_xent(2, 3, logits, label, d, &right);
  CHECK_MSG(fabs(loss - log(2) - log(2 + exp(-2))) < 1e-6, "%.9g", loss);
  CHECK(right == 0); /* the lowest index wins a tie */
  CHECK(fabsf(d[0] - 0.5f) < 1e-6f && fabsf(d[1] + 0.5f) < 1e-6f && d[2] == 0);
  CHECK(fabs((double)(d[3] + d[4] + d[5])) < 1e-6);
}

int main(int argc, char **argv) {
  (void)argc;
  axf_blas_pin(argv);
  CHECK(strcmp(axf_blas_kernel(), "Haswell") == 0);
  static const int unfold[][7] = {{1, 28, 28, 5, 5, 1, 2}, {3, 9, 7, 3, 2, 2, 1}, {2, 5, 20, 5, 1, 1, 3},
                                  {2, 4, 4, 4, 4, 1, 0},   {1, 3, 3, 5, 5, 1, 4}, {1, 2, 2, 7, 7, 3, 6},
                                  {2, 6, 17, 1, 1, 1, 0},  {1, 12, 9, 2, 9, 3, 8}};
  for (size_t i = 0; i < sizeof unfold / sizeof unfold[0]; i++)
    check_unfold(unfold[i][0], unfold[i][1], unfold[i][2], unfold[i][3], unfold[i][4], unfold[i][5], unfold[i][6]);
  check_max2(6, 6);
  check_max2(5, 7);
  check_max2(4, 300);
  check_loss();
  check_net("net fc\ninput 7 1 1\nfc a out=9 relu\nfc b out=4", 5, 1);
  check_net("net conv-pad\ninput 2 6 7\nconv a maps=3 kernel=3 pad=1 relu\nconv b maps=4 kernel=2x3\nfc c out=3", 3, 2);
  check_net(
      "net stride\ninput 2 9 8\nconv a maps=3 kernel=3x4 stride=2 pad=2\nconv b maps=2 kernel=2 stride=3\nfc c out=3",
      4, 3);
  check_net("net max\ninput 1 12 10\nconv a maps=3 kernel=3 relu\npool p max 2\nconv b maps=4 kernel=2\npool q max 3 "
            "stride=1\nfc c out=5",
            3, 4);
  check_net("net average\ninput 1 9 9\nconv a maps=3 kernel=3 relu\npool p avg 2\nconv b maps=2 kernel=1 relu\npool q "
            "avg 2 stride=1\nfc c out=3",
            3, 5);
  check_net("net all-conv\ninput 2 5 5\nconv a maps=4 kernel=2 pad=1 relu\npool p max 3\nconv b maps=3 kernel=2", 16,
            6);
  return check_done("test_kernels");
}
