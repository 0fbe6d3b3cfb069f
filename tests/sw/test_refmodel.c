/* Reference model against sums worked by hand (docs/arithmetic.md is the only source of the expected numbers).
 * SPDX-License-Identifier: Apache-2.0 */
#include "check.h"
#include "refmodel/refmodel.h"
#include <stdlib.h>
#include <string.h>

static axf_mult exact, odd; /* odd: AM(w, a) = w*a + w + 2a + 7, neither symmetric nor zero at 0 */

static void make_tables(void) {
  for (uint32_t w = 0; w < 256; w++)
    for (uint32_t a = 0; a < 256; a++) {
      exact.t[w * 256 + a] = (uint16_t)(w * a);
      odd.t[w * 256 + a] = (uint16_t)(w * a + w + 2 * a + 7 > 65535 ? 65535 : w * a + w + 2 * a + 7);
    }
  exact.pmax = 65025;
  odd.pmax = 65535;
}

/* A net of one layer from text, with one set of numbers per output map. */
static axf_net net;
static axf_qnet qnet;
static int8_t weights[64];
static int32_t biases[8];
static uint8_t mults[8], shifts[8];

static void make(const char *text, int out_signed) {
  axf_net_free(&net);
  if (axf_net_parse(&net, "test", text) != 0)
    printf("net: %s\n", axf_errmsg());
  memset(&qnet, 0, sizeof qnet);
  memset(biases, 0, sizeof biases);
  memset(mults, 128, sizeof mults);
  memset(shifts, 7, sizeof shifts); /* 128 / 2^7 = 1 */
  qnet.q[0] = (axf_qlayer){weights, NULL, biases, mults, shifts, 0, out_signed, 1, 1};
}

static void test_product(void) {
  CHECK(axf_product(&exact, 127, 255) == 32385);
  CHECK(axf_product(&exact, -127, 255) == -32385);
  CHECK(axf_product(&exact, -3, -5) == 15);
  CHECK(axf_product(&exact, 3, -5) == -15);
  CHECK(axf_product(&odd, 3, 5) == 15 + 3 + 10 + 7);  /* row is the weight */
  CHECK(axf_product(&odd, 5, 3) == 15 + 5 + 6 + 7);   /* and the core is not symmetric */
  CHECK(axf_product(&odd, 0, 9) == 25);               /* AM(0, a) counts */
  CHECK(axf_product(&odd, 0, -9) == -25);             /* 0 has a positive sign */
  CHECK(axf_product(&odd, -4, 0) == -11);             /* AM(w, 0) counts, with the weight's sign */
  CHECK(axf_product_code(&odd, 0x80, 9, 0) == -25);   /* minus zero: magnitude 0, sign negative */
  CHECK(axf_product_code(&odd, 0x80, 0x89, 1) == 25); /* twice negative */
  CHECK(axf_product_code(&odd, 0x04, 0x80, 1) == -11);
  CHECK(axf_product_code(&odd, 0x80, 0x80, 1) == 7);
  CHECK(axf_product_code(&odd, 0x02, 0x80, 0) == 2 * 128 + 2 + 256 + 7); /* unsigned layer: 0x80 is 128 */
  for (int w = -127; w <= 127; w++)
    for (int a = -127; a <= 127; a++)
      if (axf_product(&odd, w, a) != axf_product_code(&odd, axf_code(w), axf_code(a), 1))
        CHECK_MSG(0, "w %d a %d", w, a);
  CHECK(axf_code(-127) == 0xff && axf_code(-1) == 0x81 && axf_code(0) == 0 && axf_code(127) == 0x7f);
  CHECK(axf_code_value(0xff) == -127 && axf_code_value(0x80) == 0 && axf_code_value(0x7f) == 127);
}

/* A core in two's complement: the table has a row for every code of 8 bits; of an activation above 127 it sees seven.
 */
static void test_signed_core(void) {
  static axf_mult two;
  two.is_signed = 1;
  for (int w = -128; w < 128; w++)
    for (int a = -128; a < 128; a++)
      two.t[(w & 255) * 256 + (a & 255)] = (uint16_t)(w * a + 3 * w - a - 5);
  for (int w = -127; w <= 127; w++)
    for (int a = -127; a <= 255; a++) {
      const int seen = a > 127 ? a - 128 : a, want = w * seen + 3 * w - seen - 5;
      if (axf_product(&two, w, a) != want || (a >= 0 && axf_product_code(&two, axf_code(w), (uint8_t)a, 0) != want) ||
          (a <= 127 && axf_product_code(&two, axf_code(w), axf_code(a), 1) != want))
        CHECK_MSG(0, "w %d a %d", w, a);
    }
  CHECK(axf_product(&two, -128 + 1, -127) == 127 * 127 - 381 + 127 - 5);
}

static void test_requant(void) {
  CHECK(axf_requant(5, 1, 1, 1) == 3);   /* 2.5 up */
  CHECK(axf_requant(-5, 1, 1, 1) == -2); /* -2.5 up, towards plus infinity */
  CHECK(axf_requant(-6, 1, 2, 1) == -1); /* -1.5 up */
  CHECK(axf_requant(-7, 1, 2, 1) == -2); /* -1.75 */
  CHECK(axf_requant(7, 3, 3, 0) == 3);   /* 21/8 = 2.625 */
  CHECK(axf_requant(-1, 128, 7, 0) == 0);
  CHECK(axf_requant(255, 128, 7, 0) == 255 && axf_requant(256, 128, 7, 0) == 255);
  CHECK(axf_requant(127, 128, 7, 1) == 127 && axf_requant(128, 128, 7, 1) == 127);
  CHECK(axf_requant(-127, 128, 7, 1) == -127 && axf_requant(-128, 128, 7, 1) == -127);
  CHECK(axf_requant(0x7fffffff, 255, 39, 0) == 1);       /* 2147483647 * 255 / 2^39 = 0.996 */
  CHECK(axf_requant(-0x80000000LL, 255, 32, 1) == -127); /* -127.5 up */
  CHECK(axf_requant(1000, 0, 39, 0) == 0);
}

static void test_conv(void) {
  /* 1x2x2 input, 2x2 kernel, pad 1, stride 2: 2x2 outputs, each sees one pixel and three paddings. */
  make("net t\ninput 1 2 2\nconv c maps=2 kernel=2 pad=1 stride=2\nfc f out=2\n", 1);
  static const int8_t w[8] = {1, 2, -3, 4, 0, 0, 0, 0};
  static const int16_t in[4] = {10, 20, 30, 40};
  int16_t out[8];
  memcpy(weights, w, 8);
  biases[1] = -5;
  axf_ref_layer(&net, &qnet, 0, &exact, in, out);
  /* top left output: pixel 10 under w[1][1] = 4; top right: 20 under w[1][0] = -3; then 30 * 2, 40 * 1 */
  CHECK(out[0] == 40 && out[1] == -60 && out[2] == 60 && out[3] == 40);
  CHECK(out[4] == -5 && out[7] == -5);
  axf_ref_layer(&net, &qnet, 0, &odd, in, out);
  /* padding: product(1,0)=8, product(2,0)=9, product(-3,0)=-10, product(4,0)=11.
   * pixels: AM(4,10)=40+4+20+7=71, AM(3,20)=60+3+40+7=110, AM(2,30)=60+2+60+7=129, AM(1,40)=40+1+80+7=128 -> clamp. */
  CHECK_MSG(out[0] == 8 + 9 - 10 + 71, "%d", out[0]);
  CHECK_MSG(out[1] == 8 + 9 - 110 + 11, "%d", out[1]);
  CHECK_MSG(out[2] == 127, "%d", out[2]);
  CHECK_MSG(out[3] == 127, "%d", out[3]);
  CHECK_MSG(out[4] == 7 * 4 + 2 * 10 - 5, "%d", out[4]); /* weights 0: AM(0,0) = 7 each, AM(0,10) = 27 */
  shifts[0] = 8;                                         /* halve: 129+8-10+11 = 138 -> 69, per map */
  axf_ref_layer(&net, &qnet, 0, &odd, in, out);
  CHECK_MSG(out[2] == 69 && out[4] == 43, "%d %d", out[2], out[4]);
}

static void test_signed_input(void) {
  make("net t\ninput 3 1 1\nfc f out=2 relu\n", 0);
  static const int8_t w[6] = {5, -6, 0, -5, 6, 0};
  static const int16_t in[3] = {-7, -8, -9};
  int16_t out[2];
  memcpy(weights, w, 6);
  qnet.q[0].in_signed = 1;
  axf_ref_layer(&net, &qnet, 0, &exact, in, out);
  CHECK(out[0] == 13 && out[1] == 0); /* -35 + 48; the other is -13, ReLU */
  axf_ref_layer(&net, &qnet, 0, &odd, in, out);
  /* -(35+5+14+7) + (48+6+16+7) - AM(0,9)=25 */
  CHECK_MSG(out[0] == 0, "%d", out[0]); /* -61 + 77 - 25 = -9 */
  biases[0] = 12;
  axf_ref_layer(&net, &qnet, 0, &odd, in, out);
  CHECK_MSG(out[0] == 3, "%d", out[0]);
}

static void test_pools(void) {
  /* 1x1 kernel with weight 1 over a 3x3 image: a 2x2 window that does not fit is dropped. */
  static const int16_t in[9] = {1, 2, 90, 4, 5, 90, 90, 90, 90};
  int16_t out[4];
  int c, h, w;
  weights[0] = 1;
  make("net t\ninput 1 3 3\nconv c maps=1 kernel=1\npool p max 2\nfc f out=2\n", 1);
  CHECK(axf_ref_shape(&net, 0, &c, &h, &w) == 2 && c == 1 && h == 1 && w == 1);
  CHECK(axf_ref_shape(&net, 2, &c, &h, &w) == 3 && c == 2 && h == 1 && w == 1);
  axf_ref_layer(&net, &qnet, 0, &exact, in, out);
  CHECK(out[0] == 5);
  /* average: 1 + 2 + 4 + 5 = 12; 12/4 = 3 with 1/P^2 in the scale. Rounding before the sum would differ: */
  make("net t\ninput 1 3 3\nconv c maps=1 kernel=1\npool p avg 2\nfc f out=2\n", 1);
  shifts[0] = 9;
  axf_ref_layer(&net, &qnet, 0, &exact, in, out);
  CHECK(out[0] == 3);
  shifts[0] = 10; /* 12/8 = 1.5 -> 2; rounded one by one (1,2,4,5)/8 -> 0,0,1,1 */
  axf_ref_layer(&net, &qnet, 0, &exact, in, out);
  CHECK(out[0] == 2);
  /* ReLU comes before the average: bias -3 gives 0, 0, 1, 2, not -2, -1, 1, 2 */
  make("net t\ninput 1 3 3\nconv c maps=1 kernel=1 relu\npool p avg 2\nfc f out=2\n", 0);
  biases[0] = -3;
  axf_ref_layer(&net, &qnet, 0, &exact, in, out);
  CHECK(out[0] == 3);
  /* overlapping windows */
  make("net t\ninput 1 3 3\nconv c maps=1 kernel=1\npool p max 2 stride=1\nfc f out=2\n", 1);
  axf_ref_layer(&net, &qnet, 0, &exact, in, out);
  CHECK(out[0] == 5 && out[1] == 90 && out[2] == 90 && out[3] == 90);
  shifts[0] = 8; /* negative maxima: the largest is the one nearest to zero */
  weights[0] = -1;
  axf_ref_layer(&net, &qnet, 0, &exact, in, out);
  CHECK(out[0] == 0 && out[3] == -2); /* -1 -> -0.5 -> 0; -5 -> -2.5 -> -2 */
}

static void test_net(void) {
  /* Two fc layers; a tie between classes 1 and 2 goes to 1. */
  make("net t\ninput 2 1 1\nfc a out=2 relu\nfc b out=3\n", 0);
  static const int8_t w1[4] = {1, 0, 0, 1}, w2[6] = {1, -1, 1, 1, 1, 1};
  static const int16_t in[2] = {3, 4};
  int16_t o0[2] = {0}, o1[3] = {0}, *out[AXF_MAX_LAYERS] = {o0, o1};
  const axf_mult *tables[AXF_MAX_LAYERS] = {&exact, &exact};
  memcpy(weights, w1, 4);
  memcpy(weights + 4, w2, 6);
  qnet.q[1] = (axf_qlayer){weights + 4, NULL, biases, mults, shifts, 0, 1, 1, 1};
  CHECK(axf_ref_net(&net, &qnet, tables, in, out) == 1);
  CHECK(o0[0] == 3 && o0[1] == 4 && o1[0] == -1 && o1[1] == 7 && o1[2] == 7);
  tables[1] = &odd; /* another multiplier in the second layer only */
  CHECK(axf_ref_net(&net, &qnet, tables, in, out) == 1);
  CHECK_MSG(o0[0] == 3 && o1[0] == (3 + 1 + 6 + 7) - (4 + 1 + 8 + 7), "%d %d", o0[0], o1[0]);
  CHECK(axf_ref_net(&net, &qnet, tables, in, NULL) == 1);
}

static void test_input(void) {
  static const float x[7] = {0.25f, -0.25f, 0.75f, -0.75f, 100, -100, 63.5f};
  int16_t q[7];
  axf_ref_input_f32(x, 7, 0.5f, q);
  CHECK(q[0] == 1 && q[1] == 0 && q[2] == 2 && q[3] == -1); /* 0.5 -> 1, -0.5 -> 0, 1.5 -> 2, -1.5 -> -1 */
  CHECK(q[4] == 127 && q[5] == -127 && q[6] == 127);
  for (int v = 0; v < 256; v++) { /* pixels: themselves, or the nearest of 0..127 for a signed first layer */
    const uint8_t pixel = (uint8_t)v;
    uint8_t code[2];
    axf_ref_input_u8(&pixel, 1, 0, &code[0]);
    axf_ref_input_u8(&pixel, 1, 1, &code[1]);
    CHECK_MSG(code[0] == v && code[1] == (int)(v * 127.0 / 255 + 0.5), "pixel %d: %d, %d", v, code[0], code[1]);
  }
}

static void test_overflow(void) {
  make("net t\ninput 32768 1 1\nfc f out=2\n", 1);
  CHECK(axf_ref_check_overflow(&net, NULL, 65535, 32) == 0);
  int32_t b[2] = {0, -32767}; /* 2^31 - 1 - 32768 * 65535 = 32767: fits exactly */
  qnet.q[0].bias = b;
  CHECK(axf_ref_check_overflow(&net, &qnet, 65535, 32) == 0);
  qnet.q[0].bias[1]--;
  CHECK(axf_ref_check_overflow(&net, &qnet, 65535, 32) == -1);
  CHECK(strstr(axf_errmsg(), "layer f") && strstr(axf_errmsg(), "32768 products"));
  make("net t\ninput 32769 1 1\nfc f out=2\n", 1);
  CHECK(axf_ref_check_overflow(&net, NULL, 65535, 32) == -1);
  CHECK(axf_ref_check_overflow(&net, NULL, 65535, 48) == 0);
  make("net t\ninput 1 2 2\nconv c maps=1 kernel=1\npool p avg 2\nfc f out=2\n", 1);
  CHECK(axf_ref_check_overflow(&net, NULL, 65535, 19) == 0); /* 4 * 65535 <= 2^18 - 1 */
  CHECK(axf_ref_check_overflow(&net, NULL, 65535, 18) == -1);
}

/* Word width 16: numbers by hand, over the whole range of both codes. */
static void test_wide(void) {
  static int16_t w[2] = {-32767, 3};
  int16_t in[1], out[2];
  axf_mult m;
  CHECK(axf_mult_wide(&m, "exact") == 0 && m.wide != NULL);
  make("net t\ninput 1 1 1\nfc f out=2\n", 1);
  biases[0] = biases[1] = 0;
  qnet.q[0].w16 = w;
  qnet.q[0].in_signed = 0;
  in[0] = (int16_t)(uint16_t)65535; /* an unsigned layer: 16 bits */
  shifts[0] = 24;
  shifts[1] = 10;
  mults[0] = mults[1] = 128;
  axf_ref_layer(&net, &qnet, 0, &m, in, out);
  /* -32767 * 65535 * 128 / 2^24 = -16383.25 -> -16383; 3 * 65535 * 128 / 2^10 = 24575.6 -> 24576 */
  CHECK_MSG(out[0] == -16383 && out[1] == 24576, "%d %d", out[0], out[1]);
  shifts[1] = 8;
  axf_ref_layer(&net, &qnet, 0, &m, in, out);
  CHECK_MSG(out[1] == 32767, "%d", out[1]); /* clamped */
  qnet.q[0].in_signed = 1;                  /* the same bits are -1 now */
  axf_ref_layer(&net, &qnet, 0, &m, in, out);
  CHECK_MSG(out[0] == 0 && out[1] == -1, "%d %d", out[0], out[1]); /* 0.25 -> 0, -1.5 -> -1 */
  qnet.q[0].out_signed = 0;
  shifts[0] = 4;
  axf_ref_layer(&net, &qnet, 0, &m, in, out);
  CHECK_MSG((uint16_t)out[0] == 65535 && out[1] == 0, "%u %d", (uint16_t)out[0], out[1]);
  CHECK(axf_mult_wide(&m, "drum4") == 0 && m.wide(16, m.par, 0xffff, 1) == 0xf000);
  CHECK(axf_mult_wide(&m, "kulkarni") == -1 && strstr(axf_errmsg(), "at 16 bits"));
  CHECK(axf_mult_wide(&m, "exact4") == -1 && axf_mult_wide(&m, "nosuch") == -1);
  qnet.q[0].w16 = NULL;
}

int main(void) {
  make_tables();
  test_product();
  test_signed_core();
  test_requant();
  test_conv();
  test_signed_input();
  test_pools();
  test_net();
  test_input();
  test_overflow();
  test_wide();
  axf_net_free(&net);
  return check_done("test_refmodel");
}
