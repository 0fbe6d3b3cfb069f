/* The R-operator against finite differences of a network written in double precision, layer type by layer type.
 * SPDX-License-Identifier: Apache-2.0 */
#include "axtrain/rpass.h"
#include "check.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MOST 4096 /* values of the largest array here */
#define N 3       /* examples */

/* One layer of one image in double, ReLU included. */
static void layer(const axf_layer *l, const double *w, const double *b, const double *in, double *out) {
  for (int m = 0; m < l->out_c; m++)
    for (int y = 0; y < l->out_h; y++)
      for (int x = 0; x < l->out_w; x++) {
        double v = l->kind != AXF_POOL ? b[m] : l->pool == AXF_POOL_MAX ? -INFINITY : 0;
        int first = l->kind == AXF_POOL ? m : 0, maps = l->kind == AXF_POOL ? 1 : l->in_c;
        int ky = l->kind == AXF_POOL ? l->window : l->ky, kx = l->kind == AXF_POOL ? l->window : l->kx;
        int stride = l->kind == AXF_POOL ? l->pstride : l->stride;
        for (int c = first; c < first + maps; c++)
          for (int i = 0; i < ky; i++)
            for (int j = 0; j < kx; j++) {
              int r = y * stride + i - l->pad, k = x * stride + j - l->pad;
              if (r < 0 || r >= l->in_h || k < 0 || k >= l->in_w)
                continue;
              double a = in[(c * l->in_h + r) * l->in_w + k];
              if (l->kind != AXF_POOL)
                v += a * w[((m * l->in_c + c) * ky + i) * kx + j];
              else
                v = l->pool == AXF_POOL_MAX ? fmax(v, a) : v + a / (ky * kx);
            }
        out[(m * l->out_h + y) * l->out_w + x] = l->relu ? fmax(v, 0) : v;
      }
}

/* Logits of one image; p has the layout of axf_params. */
static const double *logits(const axf_net *net, const double *p, const axf_params *layout, const double *x) {
  static double buf[2][MOST];
  const float *base = axf_params_block(layout);
  for (int l = 0; l < net->nlayers; l++) {
    int pool = net->layer[l].kind == AXF_POOL;
    layer(&net->layer[l], pool ? NULL : p + (layout->weight[l] - base), pool ? NULL : p + (layout->bias[l] - base), x,
          buf[l % 2]);
    x = buf[l % 2];
  }
  return x;
}

typedef struct {
  axf_net net;
  axf_params p, v, g;
  axf_pass s;
  axf_rpass r;
  size_t count;
  double *w, *dv, *x; /* parameters, direction, inputs */
  uint8_t label[N];
} fixture;

/* w + a v + b e_j, in place of the parameters. */
static const double *moved(const fixture *f, double a, double b, size_t j) {
  static double p[4 * MOST];
  for (size_t i = 0; i < f->count; i++)
    p[i] = f->w[i] + a * f->dv[i] + (i == j ? b : 0);
  return p;
}

static double loss(const fixture *f, double a, double b, size_t j) {
  const double *p = moved(f, a, b, j);
  double sum = 0;
  for (int i = 0; i < N; i++) {
    const double *z = logits(&f->net, p, &f->p, f->x + i * f->net.c * f->net.h * f->net.w);
    double e = exp(z[0]);
    for (int k = 1; k < f->net.classes; k++)
      e += exp(z[k]);
    sum += log(e) - z[f->label[i]];
  }
  return sum;
}

/* v^T G v at w + b e_j. */
static double gauss_newton(const fixture *f, double b, size_t j) {
  const double step = 1e-5;
  double sum = 0;
  for (int i = 0; i < N; i++) {
    const double *x = f->x + i * f->net.c * f->net.h * f->net.w;
    double z[3][16], e = 0, mean = 0, square = 0;
    for (int k = 0; k < 3; k++)
      memcpy(z[k], logits(&f->net, moved(f, (k - 1) * step, b, j), &f->p, x), sizeof(double) * (size_t)f->net.classes);
    for (int k = 0; k < f->net.classes; k++)
      e += exp(z[1][k]);
    for (int k = 0; k < f->net.classes; k++) {
      double r = (z[2][k] - z[0][k]) / (2 * step), p = exp(z[1][k]) / e;
      mean += p * r;
      square += p * r * r;
    }
    sum += square - mean * mean;
  }
  return sum;
}

static void begin(fixture *f, const char *text, uint64_t seed) {
  axf_rng r;
  memset(f, 0, sizeof *f);
  if (axf_net_parse(&f->net, "here", text) || axf_params_alloc(&f->p, &f->net) || axf_params_alloc(&f->v, &f->net) ||
      axf_params_alloc(&f->g, &f->net) || axf_pass_alloc(&f->s, &f->net, N) || axf_rpass_alloc(&f->r, &f->net, N)) {
    printf("%s\n", axf_errmsg());
    exit(1);
  }
  f->count = axf_params_count(&f->net);
  f->w = axf_alloc(f->count, sizeof(double));
  f->dv = axf_alloc(f->count, sizeof(double));
  size_t in = (size_t)(f->net.c * f->net.h * f->net.w);
  f->x = axf_alloc(N * in, sizeof(double));
  axf_rng_seed(&r, seed, 0);
  axf_params_init(&f->p, &f->net, seed);
  axf_params_init(&f->v, &f->net, seed + 1);
  for (int l = 0; l < f->net.nlayers; l++)
    for (int i = 0; f->p.bias[l] && i < f->net.layer[l].out_c; i++) {
      f->p.bias[l][i] = 0.1f * axf_rng_normal(&r);
      f->v.bias[l][i] = 0.1f * axf_rng_normal(&r);
    }
  for (size_t i = 0; i < f->count; i++) {
    f->w[i] = (double)axf_params_block(&f->p)[i];
    f->dv[i] = (double)axf_params_block(&f->v)[i];
  }
  for (size_t i = 0; i < N * in; i++)
    f->x[i] = (double)(f->s.act[0][i] = axf_rng_normal(&r));
  for (int i = 0; i < N; i++)
    f->label[i] = (uint8_t)axf_rng_below(&r, (uint32_t)f->net.classes);
  axf_pass_forward(&f->s, &f->p, N);
  axf_rpass_forward(&f->r, &f->s, &f->p, &f->v, N);
}

static void end(fixture *f) {
  axf_net_free(&f->net);
  axf_params_free(&f->p);
  axf_params_free(&f->v);
  axf_params_free(&f->g);
  axf_pass_free(&f->s);
  axf_rpass_free(&f->r);
  free(f->w);
  free(f->dv);
  free(f->x);
}

static double close_to(double a, double b, double scale) { return fabs(a - b) / (fabs(scale) + 1e-3); }

/* Both scalars and both gradients of a net; every tensor is looked at in several places. */
static void check_net(const char *name, const char *text, uint64_t seed) {
  fixture f;
  const double h = 1e-4;
  begin(&f, text, seed);
  for (int form = 0; form < 2; form++) {
    double q = form ? axf_rpass_seed_gauss_newton(&f.r, &f.s, N) : axf_rpass_seed_hessian(&f.r, &f.s, N, f.label);
    double want = form ? gauss_newton(&f, 0, 0) : (loss(&f, h, 0, 0) - loss(&f, -h, 0, 0)) / (2 * h);
    CHECK_MSG(close_to(q, want, want) < 1e-4, "%s form %d: q = %g, finite difference %g", name, form, q, want);
    memset(axf_params_block(&f.g), 0, f.count * sizeof(float));
    axf_rpass_reverse(&f.r, &f.s, &f.p, &f.v, N, 0.5f, &f.g);
    double largest = 0;
    for (size_t i = 0; i < f.count; i++)
      largest = fmax(largest, fabs((double)axf_params_block(&f.g)[i]));
    CHECK_MSG(largest > 0, "%s form %d: the gradient is zero", name, form);
    for (int l = 0; l < f.net.nlayers; l++) {
      if (!f.p.weight[l])
        continue;
      size_t weights = axf_weight_count(&f.net.layer[l]), at = (size_t)(f.p.weight[l] - axf_params_block(&f.p));
      for (size_t k = 0; k < weights + (size_t)f.net.layer[l].out_c; k += 1 + weights / 12) {
        size_t j = k < weights ? at + k : (size_t)(f.p.bias[l] - axf_params_block(&f.p)) + k - weights;
        double fd =
            form ? (gauss_newton(&f, h, j) - gauss_newton(&f, -h, j)) / (2 * h)
                 : (loss(&f, h, h, j) - loss(&f, h, -h, j) - loss(&f, -h, h, j) + loss(&f, -h, -h, j)) / (4 * h * h);
        double got = 2 * (double)axf_params_block(&f.g)[j];
        CHECK_MSG(close_to(got, fd, largest) < 1e-3, "%s form %d layer %s parameter %zu: %g, finite difference %g",
                  name, form, f.net.layer[l].name, k, got, fd);
      }
    }
  }
  end(&f);
}

/* The Hessian is symmetric: u . H v = v . H u. */
static void check_symmetry(void) {
  fixture f;
  double uhv = 0, vhu = 0;
  begin(&f, "net n\ninput 2 8 8\nconv c1 maps=4 kernel=3 relu\npool p max 2\nfc f1 out=9 relu\nfc f2 out=4\n", 9);
  axf_params u;
  CHECK(axf_params_alloc(&u, &f.net) == 0);
  axf_params_init(&u, &f.net, 77);
  axf_rpass_seed_hessian(&f.r, &f.s, N, f.label);
  axf_rpass_reverse(&f.r, &f.s, &f.p, &f.v, N, 1, &f.g);
  for (size_t i = 0; i < f.count; i++)
    uhv += (double)axf_params_block(&f.g)[i] * (double)axf_params_block(&u)[i];
  memset(axf_params_block(&f.g), 0, f.count * sizeof(float));
  axf_rpass_forward(&f.r, &f.s, &f.p, &u, N);
  axf_rpass_seed_hessian(&f.r, &f.s, N, f.label);
  axf_rpass_reverse(&f.r, &f.s, &f.p, &u, N, 1, &f.g);
  for (size_t i = 0; i < f.count; i++)
    vhu += (double)axf_params_block(&f.g)[i] * (double)axf_params_block(&f.v)[i];
  CHECK_MSG(close_to(uhv, vhu, uhv) < 1e-4, "u.Hv = %.9g, v.Hu = %.9g", uhv, vhu);
  CHECK(fabs(uhv) > 0.01);
  axf_params_free(&u);
  end(&f);
}

int main(void) {
  check_net("fc", "net n\ninput 7 1 1\nfc f1 out=8 relu\nfc f2 out=6 relu\nfc f3 out=4\n", 1);
  check_net("linear", "net n\ninput 5 1 1\nfc f1 out=6\nfc f2 out=3\n", 2);
  check_net("conv",
            "net n\ninput 2 7 6\nconv c1 maps=3 kernel=3 pad=1 relu\nconv c2 maps=4 kernel=2x3 stride=2 relu\n"
            "fc f out=4\n",
            3);
  check_net("max pool", "net n\ninput 1 9 9\nconv c1 maps=3 kernel=2 relu\npool p max 2\nfc f out=5\n", 4);
  check_net(
      "max pool, overlapping windows",
      "net n\ninput 1 9 9\nconv c1 maps=3 kernel=2 relu\npool p max 3 stride=2\nconv c2 maps=4 kernel=2\nfc f out=3\n",
      5);
  check_net("average pool",
            "net n\ninput 1 8 8\nconv c1 maps=3 kernel=3 relu\npool p avg 2\nfc f out=4 relu\nfc o out=4\n", 6);
  check_symmetry();
  return check_done("test_rpass");
}
