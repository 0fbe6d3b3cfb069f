/* Published errors of multipliers against their formulas; DRUM's have a test of their own.
 * SPDX-License-Identifier: Apache-2.0 */
#include "check.h"
#include "mult/mult.h"
#include <math.h>

static double product(const char *name, int width, uint32_t w, uint32_t a) {
  uint32_t p = 0;
  if (axf_mult_formula_w(name, width, w, a, &p) != 0)
    CHECK_MSG(0, "%s", axf_errmsg());
  return p;
}

/* Mean and largest |relative error| over all pairs w, a < n, products of 0 counted as right. */
static void measure(const char *name, int width, uint32_t n, double *mean, double *largest) {
  *mean = *largest = 0;
  for (uint32_t w = 1; w < n; w++)
    for (uint32_t a = 1; a < n; a++) {
      double r = fabs(product(name, width, w, a) / ((double)w * a) - 1);
      *mean += r;
      *largest = r > *largest ? r : *largest;
    }
  *mean /= (double)n * n;
}

/* Kulkarni, Gupta, Ercegovac, VLSI Design 2011: mean errors from 1.39 % (2x2 bits) to 3.32 % (16x16 bits, here
 * sampled), at most 22.22 %. */
static void test_kulkarni(void) {
  double mean, largest, sum = 0;
  const int n = 400000;
  axf_rng r;
  measure("kulkarni", 4, 4, &mean, &largest);
  CHECK_MSG(fabs(100 * mean - 1.39) < 0.005 && fabs(100 * largest - 22.22) < 0.005, "2 bit: %.4f %%", 100 * mean);
  measure("kulkarni", 8, 256, &mean, &largest);
  CHECK_MSG(fabs(100 * largest - 22.22) < 0.005, "8 bit: at most %.4f %%", 100 * largest);
  axf_rng_seed(&r, 11, 0);
  for (int i = 0; i < n; i++) {
    uint32_t w = axf_rng_below(&r, 65535) + 1, a = axf_rng_below(&r, 65535) + 1;
    sum += 1 - product("kulkarni", 16, w, a) / ((double)w * a);
  }
  CHECK_MSG(fabs(100 * sum / n - 3.32) < 0.02, "16 bit: %.4f %%", 100 * sum / n);
}

/* Mitchell 1962 and Zendegani et al. 2017: at most 1/9 of the product, and the bound is met. */
static void test_ninth(void) {
  static const char *const names[] = {"mitchell", "roba"};
  double mean, largest;
  for (int i = 0; i < 2; i++) {
    measure(names[i], 8, 256, &mean, &largest);
    CHECK_MSG(fabs(largest - 1.0 / 9) < 1e-9, "%s: at most %.6f", names[i], largest);
  }
}

/* What the truncation's constant is for: the mean error is less than one unit, where truncation alone loses hundreds.
 */
static void test_rounded_truncation(void) {
  static const char *const names[] = {"rtrunc4", "rtrunc6", "rtrunc8"};
  for (int i = 0; i < 3; i++) {
    double sum = 0;
    for (uint32_t k = 0; k < 65536; k++)
      sum += product(names[i], 8, k >> 8, k & 255) - (double)(k >> 8) * (k & 255);
    CHECK_MSG(fabs(sum / 65536) <= 0.5, "%s: bias %.4f", names[i], sum / 65536);
  }
}

/* Momeni et al. 2015, design 2, worked by hand for the column of four bits that operands of 4 bits have: with w = 15
 * and column 3 alone (a = 8, 4, 2 or 1) one of the four is 1, which is right; with a = w = 0 they count one, 2^3. */
static void test_compressors(void) {
  CHECK(product("comp4", 4, 0, 0) == 8 && product("comp4", 4, 15, 1) == 15 && product("comp4", 4, 15, 8) == 120);
  CHECK(product("comp3", 4, 0, 0) == 0 && product("comp0", 4, 15, 15) == 225 &&
        product("comp0", 16, 65535, 257) == 16842495);
  CHECK(product("comp4", 4, 15, 15) == 225 - 8);                                       /* 1111 counts 3 */
  CHECK(product("comp4", 4, 3, 12) == 36 - 8 && product("comp4", 4, 12, 3) == 36 - 8); /* 0011 and 1100 count 1 */
  CHECK(product("comp4", 4, 5, 10) == 50);                                             /* 0101 counts 2 */
}

int main(void) {
  test_kulkarni();
  test_ninth();
  test_rounded_truncation();
  test_compressors();
  return check_done("test_mult_published");
}
