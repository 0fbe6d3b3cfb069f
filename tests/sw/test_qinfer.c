/* Fast inference against the reference, bit for bit: random nets, tables, shapes, signs; every layer's outputs.
 * SPDX-License-Identifier: Apache-2.0 */
#include "check.h"
#include "kernels/qinfer.h"
#include "refmodel/refmodel.h"
#include <stdlib.h>
#include <string.h>

static axf_rng rng;

static int between(int lo, int hi) { return lo + (int)axf_rng_below(&rng, (uint32_t)(hi - lo + 1)); }
static int coin(void) { return between(0, 1); }

/* kind 0: exact, 1: random 15-bit entries, 2: random 16-bit entries, 3: exact but for one entry of row `kind`. */
static void random_table(axf_mult *m, int kind) {
  for (uint32_t i = 0; i < 65536; i++)
    m->t[i] = (uint16_t)(kind == 1   ? axf_rng_below(&rng, 32768)
                         : kind == 2 ? axf_rng_below(&rng, 65536)
                                     : (i >> 8) * (i & 255));
  if (kind == 3)
    m->t[between(0, 127) * 256 + between(0, 255)] ^= 1;
  m->pmax = 0;
  for (uint32_t i = 0; i < 65536; i++)
    m->pmax = m->t[i] > m->pmax ? m->t[i] : m->pmax;
}

/* A random net that the parser accepts: up to two conv layers, some with pools, then up to two fc layers. */
static void random_net(axf_net *n) {
  char text[1024];
  do {
    int used = snprintf(text, sizeof text, "net t\ninput %d %d %d\n", between(1, 4), between(1, 17), between(1, 17));
    for (int i = 0, convs = between(0, 2); i < convs; i++) {
      used +=
          snprintf(text + used, sizeof text - used, "conv c%d maps=%d kernel=%dx%d stride=%d pad=%d%s\n", i,
                   between(1, 5), between(1, 5), between(1, 5), between(1, 3), between(0, 2), coin() ? " relu" : "");
      if (coin())
        used += snprintf(text + used, sizeof text - used, "pool p%d %s %d stride=%d\n", i, coin() ? "max" : "avg",
                         between(1, 3), between(1, 3));
    }
    if (coin())
      used += snprintf(text + used, sizeof text - used, "fc f out=%d%s\n", between(1, 20), coin() ? " relu" : "");
    snprintf(text + used, sizeof text - used, "fc last out=%d%s\n", between(2, 12), coin() ? " relu" : "");
  } while (axf_net_parse(n, "random", text) != 0);
}

static void random_qnet(axf_qnet *q, const axf_net *n) {
  memset(q, 0, sizeof *q);
  int is_signed = coin();
  for (int l = 0; l < n->nlayers; l++) {
    const axf_layer *L = &n->layer[l];
    axf_qlayer *y = &q->q[l];
    if (L->kind == AXF_POOL)
      continue;
    size_t K = (size_t)L->in_c * L->ky * L->kx;
    y->w = axf_alloc(K * L->out_c, 1);
    y->bias = axf_alloc((size_t)L->out_c, 4);
    y->mult = axf_alloc((size_t)L->out_c, 1);
    y->shift = axf_alloc((size_t)L->out_c, 1);
    for (size_t k = 0; k < K * L->out_c; k++)
      y->w[k] = (int8_t)between(-127, 127);
    for (int m = 0; m < L->out_c; m++) {
      y->bias[m] = between(-100000, 100000);
      y->mult[m] = (uint8_t)between(0, 255);
      y->shift[m] = (uint8_t)between(1, coin() ? 39 : 20);
    }
    y->in_signed = is_signed;
    y->out_signed = is_signed = !L->relu;
    y->s_in = y->s_out = 0.01f;
  }
}

static void random_case(int number, int images) {
  static axf_mult table[3];
  axf_net n;
  axf_qnet q;
  const axf_mult *fast[AXF_MAX_LAYERS] = {0}, *slow[AXF_MAX_LAYERS] = {0};
  uint8_t *fast_out[AXF_MAX_LAYERS] = {0};
  int16_t *slow_out[AXF_MAX_LAYERS] = {0};
  int c, h, w;
  random_net(&n);
  random_qnet(&q, &n);
  random_table(&table[0], 0);
  random_table(&table[1], 1 + number % 2);
  random_table(&table[2], 3);
  for (int l = 0; l < n.nlayers; l++) {
    int kind = between(0, 3);
    slow[l] = kind == 3 ? &table[0] : &table[kind];
    fast[l] = kind == 3 ? NULL : slow[l];
    if (n.layer[l].kind == AXF_POOL)
      continue;
    axf_ref_shape(&n, l, &c, &h, &w);
    fast_out[l] = axf_alloc((size_t)images * c * h * w, 1);
    slow_out[l] = axf_alloc((size_t)c * h * w, 2);
  }
  size_t per = (size_t)n.c * n.h * n.w, wrong = 0;
  uint8_t *in = axf_alloc(per * images, 1), *cls = axf_alloc((size_t)images, 1);
  int16_t *values = axf_alloc(per, 2);
  for (size_t i = 0; i < per * images; i++) /* many zeros, but never minus zero: the reference has values, not codes */
    in[i] = coin() ? 0 : q.q[0].in_signed ? axf_code(between(-127, 127)) : (uint8_t)between(0, 255);
  axf_qinfer *e = axf_qinfer_new(&n, &q, fast);
  CHECK_MSG(e != NULL, "%s", axf_errmsg());
  CHECK(e && axf_qinfer_run(e, in, (size_t)images, cls, fast_out) == 0);
  for (int b = 0; e && b < images; b++) {
    for (size_t i = 0; i < per; i++)
      values[i] = (int16_t)(q.q[0].in_signed ? axf_code_value(in[b * per + i]) : in[b * per + i]);
    wrong += axf_ref_net(&n, &q, slow, values, slow_out) != cls[b];
    for (int l = 0, next; l < n.nlayers; l = next) {
      next = axf_ref_shape(&n, l, &c, &h, &w);
      size_t count = (size_t)c * h * w;
      for (size_t i = 0; i < count; i++) {
        uint8_t code = fast_out[l][b * count + i];
        wrong +=
            slow_out[l][i] != (q.q[l].out_signed ? axf_code_value(code) : code) || (q.q[l].out_signed && code == 128);
      }
    }
  }
  CHECK_MSG(wrong == 0, "case %d: %zu differences in\n%s", number, wrong, n.text);
  axf_qinfer_free(e);
  for (int l = 0; l < n.nlayers; l++) {
    free(fast_out[l]);
    free(slow_out[l]);
  }
  free(in);
  free(cls);
  free(values);
  axf_qnet_free(&q);
  axf_net_free(&n);
}

/* Minus zero as an input code is legal; a 1x1x1 net makes its product visible. */
static void test_minus_zero(void) {
  static axf_mult m;
  axf_net n;
  int8_t w[2] = {3, -3};
  int32_t bias[2] = {0, 0};
  uint8_t mult[2] = {128, 128}, shift[2] = {7, 7}, in[2] = {0x00, 0x80}, out[4] = {0};
  uint8_t *outs[AXF_MAX_LAYERS] = {out};
  const axf_mult *table[AXF_MAX_LAYERS] = {&m};
  axf_qnet q = {.q = {{w, NULL, bias, mult, shift, 1, 1, 1, 1}}};
  random_table(&m, 0);
  m.t[3 * 256] = 11; /* AM(3, 0) */
  CHECK(axf_net_parse(&n, "t", "net t\ninput 1 1 1\nfc f out=2\n") == 0);
  axf_qinfer *e = axf_qinfer_new(&n, &q, table);
  CHECK(e && axf_qinfer_run(e, in, 2, NULL, outs) == 0);
  CHECK(out[0] == 11 && out[1] == (0x80 | 11) && out[2] == (0x80 | 11) && out[3] == 11);
  axf_qinfer_free(e);
  e = axf_qinfer_new(&n, &q, NULL);
  CHECK(e && axf_qinfer_run(e, in, 2, NULL, outs) == 0);
  CHECK(out[0] == 0 && out[1] == 0 && out[2] == 0 && out[3] == 0);
  axf_qinfer_free(e);
  axf_net_free(&n);
}

/* A table that is exact except at one place of the used rows must not be taken for the exact multiplier. */
static void test_nearly_exact(void) {
  static axf_mult m;
  axf_net n;
  int8_t w[2] = {127, -100};
  int32_t bias[2] = {0, 0};
  uint8_t mult[2] = {128, 128}, shift[2] = {15, 15}, in[1] = {255}, out[2] = {0};
  uint8_t *outs[AXF_MAX_LAYERS] = {out};
  const axf_mult *table[AXF_MAX_LAYERS] = {&m};
  axf_qnet q = {.q = {{w, NULL, bias, mult, shift, 0, 1, 1, 1}}};
  random_table(&m, 0);
  m.t[127 * 256 + 255] = 256;
  CHECK(axf_net_parse(&n, "t", "net t\ninput 1 1 1\nfc f out=2\n") == 0);
  axf_qinfer *e = axf_qinfer_new(&n, &q, table);
  CHECK(e && axf_qinfer_run(e, in, 1, NULL, outs) == 0);
  CHECK_MSG(out[0] == 1 && out[1] == (0x80 | 100), "%d %d", out[0], out[1]); /* 256 / 256; -25500 / 256 = -99.6 */
  axf_qinfer_free(e);
  axf_net_free(&n);
}

/* Counting correct answers, and the refusals. */
static void test_part(void) {
  axf_net n;
  int8_t w[4] = {1, 0, 0, 1};
  int32_t bias[2] = {0, 0};
  uint8_t mult[2] = {128, 128}, shift[2] = {7, 7}, label[3] = {0, 1, 1}, bytes[6] = {5, 1, 1, 5, 5, 5};
  float features[6] = {0.5f, 0.1f, -0.5f, -0.1f, 0.1f, 0.1f};
  axf_qnet q = {.q = {{w, NULL, bias, mult, shift, 0, 1, 0.01f, 1}}};
  axf_part p = {.n = 3, .c = 2, .h = 1, .w = 1, .classes = 2, .u8 = bytes, .label = label};
  CHECK(axf_net_parse(&n, "t", "net t\ninput 2 1 1\nfc f out=2\n") == 0);
  axf_qinfer *e = axf_qinfer_new(&n, &q, NULL);
  CHECK(axf_qinfer_correct(e, &p, 0) == 2); /* the tie goes to class 0 */
  CHECK(axf_qinfer_correct(e, &p, 1) == 1);
  axf_qinfer_free(e);
  q.q[0].in_signed = 1;
  e = axf_qinfer_new(&n, &q, NULL);
  CHECK(axf_qinfer_correct(e, &p, 0) == -1);
  p.u8 = NULL;
  p.f32 = features;
  CHECK(axf_qinfer_correct(e, &p, 0) == 2);
  p.c = 3;
  CHECK(axf_qinfer_correct(e, &p, 0) == -1);
  CHECK(strstr(axf_errmsg(), "2 x 1 x 1") != NULL);
  axf_qinfer_free(e);
  q.q[0].bias[1] = 0x7fffffff;
  CHECK(axf_qinfer_new(&n, &q, NULL) == NULL);
  axf_net_free(&n);
}

int main(void) {
  axf_rng_seed(&rng, 7, 0);
  for (int i = 0; i < 300; i++) { /* every path of the matrix product in turn; the fastest is tried most */
    static const char *const path[] = {"", "plain", "", "avx2"};
    setenv("AXF_AGEMM_PATH", path[i / 4 % 4], 1);
    random_case(i, i % 4 == 0 ? between(60, 300) : between(1, 9));
  }
  unsetenv("AXF_AGEMM_PATH");
  test_minus_zero();
  test_nearly_exact();
  test_part();
  return check_done("test_qinfer");
}
