/* Quantisation: scale pairs, calibration rules, weights and biases, edge cases, and agreement with the float net.
 * SPDX-License-Identifier: Apache-2.0 */
#include "check.h"
#include "kernels/kernels.h"
#include "kernels/qinfer.h"
#include "quant/calib.h"
#include "quant/multset.h"
#include "quant/quant.h"
#include "refmodel/refmodel.h"
#include "train/train.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static axf_rng rng;

static void test_pair(void) {
  uint8_t m, s;
  double worst = 0;
  for (double r = ldexp(1, -31); r < 127; r *= 1.0137) {
    axf_quant_pair(r, &m, &s);
    double e = fabs(ldexp(m, -s) / r - 1);
    worst = e > worst ? e : worst;
    if (m < 128 || s < 1 || s > 39)
      CHECK_MSG(0, "ratio %g gives %d, %d", r, m, s);
  }
  CHECK_MSG(worst <= 1.0 / 256 && worst > 1.0 / 300, "worst relative error %g", worst);
  axf_quant_pair(1, &m, &s);
  CHECK(m == 128 && s == 7);
  axf_quant_pair(255.0 / 1024, &m, &s);
  CHECK(m == 255 && s == 10);
  axf_quant_pair(255.6 / 1024, &m, &s); /* nearer to 256/1024 */
  CHECK(m == 128 && s == 9);
  axf_quant_pair(127.5, &m, &s);
  CHECK(m == 255 && s == 1);
  axf_quant_pair(1000, &m, &s);
  CHECK(m == 255 && s == 1);
  axf_quant_pair(ldexp(100, -39), &m, &s);
  CHECK(m == 100 && s == 39);
  axf_quant_pair(ldexp(1, -80), &m, &s);
  CHECK(m == 1 && s == 39);
}

static void test_limits(void) {
  static axf_histogram h;
  h.max = 4096; /* bins of width 1 */
  h.count[10] = 999800;
  h.count[100] = 150; /* up to here 99.995 % */
  h.count[4095] = 50;
  CHECK(axf_calib_limit(&h, AXF_CALIB_RANGE, 255) == 4096);
  CHECK(axf_calib_limit(&h, AXF_CALIB_PERCENTILE, 255) == 101);
  h.count[4095] = 1; /* one outlier among a million: clamping it costs less than a coarse step */
  h.count[100] = 0;
  for (int b = 0; b < 1000; b++)
    h.count[b] = 1000;
  double mse = axf_calib_limit(&h, AXF_CALIB_MSE, 255);
  CHECK_MSG(mse > 900 && mse < 4000, "%g", mse);
  for (int b = 0; b < AXF_CALIB_BINS; b++)
    h.count[b] = 7; /* evenly spread: nothing to gain by clamping much */
  CHECK(axf_calib_limit(&h, AXF_CALIB_MSE, 255) > 4000);
  memset(&h, 0, sizeof h);
  for (int rule = 0; rule < 3; rule++)
    CHECK(axf_calib_limit(&h, (axf_calib)rule, 127) == 0);
}

/* A model with random parameters, and random data for it. signed_data: features in -1 .. 1. */
static void make(axf_model *m, axf_part *p, const char *text, uint32_t n, int signed_data) {
  memset(m, 0, sizeof *m);
  CHECK_MSG(axf_net_parse(&m->net, "test", text) == 0, "%s", axf_errmsg());
  CHECK(axf_params_alloc(&m->params, &m->net) == 0);
  axf_params_init(&m->params, &m->net, 5);
  for (int l = 0; l < m->net.nlayers; l++)
    for (int i = 0; m->net.layer[l].kind != AXF_POOL && i < m->net.layer[l].out_c; i++)
      m->params.bias[l][i] = 0.3f * axf_rng_normal(&rng);
  *p = (axf_part){.n = n, .c = m->net.c, .h = m->net.h, .w = m->net.w, .classes = m->net.classes};
  size_t count = (size_t)n * p->c * p->h * p->w;
  p->label = axf_alloc(n, 1);
  p->u8 = signed_data ? NULL : axf_alloc(count, 1);
  p->f32 = signed_data ? axf_alloc(count, sizeof(float)) : NULL;
  for (size_t i = 0; i < count; i++)
    if (signed_data)
      p->f32[i] = 2 * axf_rng_uniform(&rng) - 1;
    else
      p->u8[i] = (uint8_t)axf_rng_below(&rng, 256);
}

static void drop(axf_model *m, axf_part *p) {
  axf_model_free(m);
  free(p->u8);
  free(p->f32);
  free(p->label);
}

/* Largest difference between the float outputs and the quantised ones, in steps of the last layer's output. */
static double difference(const axf_model *m, const axf_part *p) {
  size_t classes = (size_t)m->net.classes, each = (size_t)p->c * p->h * p->w;
  const axf_qlayer *last = &m->q.q[m->net.nlayers - 1];
  uint8_t *codes = axf_alloc(p->n * classes, 1), *in = axf_alloc(p->n * each, 1), *out[AXF_MAX_LAYERS] = {0};
  double worst = 0;
  axf_pass s;
  out[m->net.nlayers - 1] = codes;
  axf_qinfer *e = axf_qinfer_new(&m->net, &m->q, NULL);
  CHECK_MSG(e != NULL, "%s", axf_errmsg());
  CHECK(axf_pass_alloc(&s, &m->net, 1) == 0);
  axf_qinfer_input(e, p, 0, p->n, in);
  CHECK(axf_qinfer_run(e, in, p->n, NULL, out) == 0);
  for (uint32_t i = 0; i < p->n; i++) {
    axf_example(p, i, s.act[0]);
    const float *y = axf_pass_forward(&s, &m->params, 1);
    for (size_t c = 0; c < classes; c++) {
      int q = last->out_signed ? axf_code_value(codes[i * classes + c]) : codes[i * classes + c];
      double d = fabs((double)y[c] / (double)last->s_out - q);
      worst = d > worst ? d : worst;
    }
  }
  axf_pass_free(&s);
  axf_qinfer_free(e);
  free(codes);
  free(in);
  return worst;
}

static const char lenet_like[] = "net t\ninput 1 12 12\nconv a maps=4 kernel=3 pad=1 relu\npool p avg 2\n"
                                 "conv b maps=6 kernel=3 stride=1\npool q max 2\nfc f out=20 relu\nfc g out=5\n";

static void test_against_float(void) {
  for (int kind = 0; kind < 4; kind++) {
    axf_model m;
    axf_part p;
    make(&m, &p, lenet_like, 200, kind & 1);
    axf_quant_opt o = {.per_tensor = kind >> 1, .calib = AXF_CALIB_RANGE};
    CHECK_MSG(axf_quantise(&m, &p, &o) == 0, "%s", axf_errmsg());
    CHECK(m.quantised);
    const axf_qlayer *q = m.q.q;
    CHECK(q[0].in_signed == (kind & 1) && !q[0].out_signed); /* a: ReLU */
    CHECK(!q[2].in_signed && q[2].out_signed);               /* b: none */
    CHECK(q[4].in_signed && !q[4].out_signed);               /* f */
    CHECK(!q[5].in_signed && q[5].out_signed);               /* g */
    CHECK(q[2].s_in == q[0].s_out && q[5].s_in == q[4].s_out);
    CHECK((kind & 1) || q[0].s_in == 1.0f / 255.0f);
    double d = difference(&m, &p);
    CHECK_MSG(d < 5, "kind %d: %g steps of 127", kind, d);
    for (int l = 0; l < m.net.nlayers; l++) {
      const axf_layer *L = &m.net.layer[l];
      size_t K = (size_t)L->in_c * L->ky * L->kx;
      double group = l == 0 ? 4 : 1, worst = 0;
      for (int c = 0; L->kind != AXF_POOL && c < L->out_c; c++) {
        double s_w = ldexp(q[l].mult[c], -q[l].shift[c]) * (double)q[l].s_out * group / (double)q[l].s_in;
        int largest = 0;
        for (size_t k = c * K; k < (c + 1) * K; k++) {
          double e = fabs((double)m.params.weight[l][k] / s_w - q[l].w[k]);
          worst = e > worst ? e : worst;
          largest = abs(q[l].w[k]) > largest ? abs(q[l].w[k]) : largest;
        }
        CHECK(o.per_tensor || largest >= 126);
        CHECK(!o.per_tensor || (q[l].mult[c] == q[l].mult[0] && q[l].shift[c] == q[l].shift[0]));
        CHECK(fabs((double)m.params.bias[l][c] / (s_w * (double)q[l].s_in) - q[l].bias[c]) <= 0.51);
      }
      CHECK_MSG(worst <= 1.01, "layer %s: %g weight steps", L->name, worst); /* half a step, one where clamped */
    }
    drop(&m, &p);
  }
}

/* 16-bit words: the float net's outputs to within a few of the finer steps; weights to half a step, none clamped. */
static void test_wide(void) {
  static axf_mult exact;
  const axf_mult *mult[AXF_MAX_LAYERS];
  CHECK(axf_mult_wide(&exact, "exact") == 0);
  for (int l = 0; l < AXF_MAX_LAYERS; l++)
    mult[l] = &exact;
  for (int kind = 0; kind < 2; kind++) {
    axf_model m;
    axf_part p;
    axf_pass s;
    make(&m, &p, lenet_like, 100, kind);
    axf_quant_opt o = {.calib = AXF_CALIB_RANGE};
    CHECK(axf_quantise(&m, &p, &o) == 0);
    axf_qnet q;
    CHECK_MSG(axf_quant_wide(&q, &m) == 0, "%s", axf_errmsg());
    CHECK(axf_ref_check_overflow(&m.net, &q, UINT32_MAX, 48) == 0);
    const int last = m.net.nlayers - 1;
    CHECK(q.q[0].in_signed == kind && !q.q[0].out_signed && q.q[last].out_signed && !q.q[last].w);
    CHECK(kind || q.q[0].s_in == 1.0f / 65535.0f);
    double worst = 0;
    for (int l = 0; l <= last; l++)
      for (int c = 0; m.net.layer[l].kind != AXF_POOL && c < m.net.layer[l].out_c; c++) {
        const axf_layer *L = &m.net.layer[l];
        const size_t K = (size_t)L->in_c * L->ky * L->kx;
        const double step = axf_quant_weight_step(&m.net, &q, l, c);
        int largest = 0;
        for (size_t k = (size_t)c * K; k < (size_t)(c + 1) * K; k++) {
          worst = fmax(worst, fabs((double)m.params.weight[l][k] / step - q.q[l].w16[k]));
          largest = abs(q.q[l].w16[k]) > largest ? abs(q.q[l].w16[k]) : largest;
        }
        /* the whole code, or that of the bias */
        CHECK_MSG((largest >= 32380 || fabs((double)q.q[l].bias[c]) > 2.0e9) && largest <= 32767, "%d", largest);
      }
    CHECK_MSG(worst <= 0.5001, "%g weight steps", worst);
    const size_t each = (size_t)p.c * p.h * p.w;
    int16_t in[144], y16[5] = {0}, *out[AXF_MAX_LAYERS] = {NULL};
    out[last] = y16;
    worst = 0;
    CHECK(axf_pass_alloc(&s, &m.net, 1) == 0);
    for (uint32_t i = 0; i < p.n; i++) {
      axf_ref_input_wide(kind ? NULL : p.u8 + i * each, kind ? p.f32 + i * each : NULL, each, q.q[0].s_in, in);
      CHECK(axf_ref_net(&m.net, &q, mult, in, out) >= 0);
      axf_example(&p, i, s.act[0]);
      const float *y = axf_pass_forward(&s, &m.params, 1);
      for (int c = 0; c < 5; c++)
        worst = fmax(worst, fabs((double)y[c] / (double)q.q[last].s_out - y16[c]));
    }
    CHECK_MSG(worst < 8, "kind %d: %g steps of 32767", kind, worst);
    axf_pass_free(&s);
    axf_qnet_free(&q);
    drop(&m, &p);
  }
}

static int same(const axf_model *a, const axf_model *b) {
  int equal = 1;
  for (int l = 0; l < a->net.nlayers; l++) {
    const axf_layer *L = &a->net.layer[l];
    const axf_qlayer *x = &a->q.q[l], *y = &b->q.q[l];
    if (L->kind == AXF_POOL)
      continue;
    equal &= memcmp(x->w, y->w, axf_weight_count(L)) == 0 && memcmp(x->bias, y->bias, 4 * (size_t)L->out_c) == 0 &&
             memcmp(x->mult, y->mult, (size_t)L->out_c) == 0 && memcmp(x->shift, y->shift, (size_t)L->out_c) == 0 &&
             x->s_in == y->s_in && x->s_out == y->s_out;
  }
  return equal;
}

/* The same for any number of threads; decided by the first N examples only. */
static void test_reproducible(void) {
  axf_model a, b;
  axf_part p, unused;
  make(&a, &p, lenet_like, 150, 0);
  axf_rng_seed(&rng, 1, 0);
  make(&b, &unused, lenet_like, 1, 0);
  for (int l = 0; l < a.net.nlayers; l++)
    if (a.net.layer[l].kind != AXF_POOL)
      memcpy(b.params.bias[l], a.params.bias[l], sizeof(float) * (size_t)a.net.layer[l].out_c);
  for (int rule = 0; rule < 3; rule++) {
    axf_quant_opt o = {.calib = (axf_calib)rule, .images = 100};
    setenv("AXF_THREADS", "1", 1);
    CHECK(axf_quantise(&a, &p, &o) == 0);
    setenv("AXF_THREADS", "3", 1);
    CHECK(axf_quantise(&b, &p, &o) == 0 && same(&a, &b));
    memset(p.u8 + 100 * 144, 100 * rule, 50 * 144);
    CHECK(axf_quantise(&b, &p, &o) == 0 && same(&a, &b));
    memset(p.u8, 0, 100 * 144); /* the calibration examples themselves do matter */
    CHECK(axf_quantise(&b, &p, &o) == 0 && !same(&a, &b));
    for (int i = 0; i < 100 * 144; i++)
      p.u8[i] = (uint8_t)axf_rng_below(&rng, 256);
  }
  unsetenv("AXF_THREADS");
  drop(&a, &p);
  drop(&b, &unused);
}

/* Maps without weights, without anything, with a giant bias; a layer that is always 0. */
static void test_odd_parameters(void) {
  axf_model m;
  axf_part p;
  make(&m, &p, "net t\ninput 3 1 1\nfc a out=4 relu\nfc b out=3\n", 64, 1);
  memset(m.params.weight[0] + 3, 0, 6 * sizeof(float)); /* maps 1 and 2 */
  m.params.bias[0][1] = 1.5f;
  m.params.bias[0][2] = 0;
  m.params.bias[0][3] = 900;
  axf_quant_opt o = {.calib = AXF_CALIB_RANGE};
  CHECK_MSG(axf_quantise(&m, &p, &o) == 0, "%s", axf_errmsg());
  double d = difference(&m, &p);
  CHECK_MSG(d < 4, "%g steps", d);
  for (int i = 0; i < 4; i++)
    m.params.bias[0][i] = -1e6f; /* dead */
  CHECK_MSG(axf_quantise(&m, &p, &o) == 0, "%s", axf_errmsg());
  d = difference(&m, &p);
  CHECK_MSG(d < 1, "%g steps", d);
  memset(m.params.weight[1], 0, 12 * sizeof(float));
  memset(m.params.bias[1], 0, 3 * sizeof(float));
  CHECK_MSG(axf_quantise(&m, &p, &o) == 0, "%s", axf_errmsg());
  CHECK(difference(&m, &p) == 0);
  drop(&m, &p);
}

static void test_refusals(void) {
  axf_model m;
  axf_part p;
  axf_dataset d;
  double acc;
  axf_quant_opt o = {.calib = AXF_CALIB_RANGE};
  memset(&d, 0, sizeof d);
  make(&m, &p, "net t\ninput 33100 1 1\nfc a out=2\n", 3, 1);
  CHECK(axf_quantise(&m, &p, &o) == -1 && !m.quantised && m.q.q[0].w == NULL); /* 33100 * 255 * 255 > 2^31 */
  CHECK(strstr(axf_errmsg(), "layer a") != NULL);
  d.test = p;
  CHECK(axf_eval_quantised(&m, &d, NULL, 0, &acc) == -1);
  p.c = 5;
  CHECK(axf_quantise(&m, &p, &o) == -1);
  drop(&m, &p);
}

static void test_multset(void) {
  axf_net n;
  axf_multset s;
  CHECK(axf_net_parse(&n, "t", lenet_like) == 0);
  CHECK(axf_multset_load(&s, &n, NULL, NULL) == 0 && s.count == 0 && s.layer[0] == NULL && s.pmax == 0);
  static uint16_t t[65536];
  const int64_t dim = 65536;
  char dir[] = "/tmp/test_quant.XXXXXX", path[2][64];
  CHECK(mkdtemp(dir) != NULL);
  for (int i = 0; i < 2; i++) {
    const char *name = i ? "two" : "one";
    axf_container *c = axf_container_new("mult");
    t[0] = (uint16_t)(100 + i);
    snprintf(path[i], sizeof path[i], "%s/%s.axt", dir, name);
    CHECK(axf_container_set(c, "name", name) == 0 && axf_container_add(c, "table", AXF_U16, 1, &dim, t) == 0 &&
          axf_container_write(c, path[i]) == 0);
    axf_container_free(c);
  }
  CHECK_MSG(axf_multset_load(&s, &n, "one", dir) == 0, "%s", axf_errmsg());
  CHECK(s.count == 1 && s.layer[0] && s.layer[0] == s.layer[5] && !s.layer[1] && s.pmax == 100);
  axf_multset_free(&s);
  CHECK(axf_multset_load(&s, &n, "one,b=two,g=two", dir) == 0);
  CHECK(s.count == 2 && s.layer[0]->t[0] == 100 && s.layer[2]->t[0] == 101 && s.layer[5] == s.layer[2]);
  axf_multset_free(&s);
  CHECK(axf_multset_load(&s, &n, "b=two", dir) == 0 && s.layer[0] == NULL && s.layer[2]);
  axf_multset_free(&s);
  CHECK(axf_multset_load(&s, &n, "zz=two", dir) == -1 && strstr(axf_errmsg(), "'zz'"));
  CHECK(axf_multset_load(&s, &n, "one,two", dir) == -1 && strstr(axf_errmsg(), "'two' stands for no layer"));
  CHECK(axf_multset_load(&s, &n, "three", dir) == -1);
  for (int i = 0; i < 2; i++)
    remove(path[i]);
  remove(dir);
  axf_net_free(&n);
}

int main(int argc, char **argv) {
  (void)argc;
  axf_blas_pin(argv);
  axf_rng_seed(&rng, 3, 0);
  test_pair();
  test_limits();
  test_against_float();
  test_wide();
  test_reproducible();
  test_odd_parameters();
  test_refusals();
  test_multset();
  return check_done("test_quant");
}
