/* DRUM's published relative errors (Hashemi, Bahar, Reda, ICCAD 2015: 16-bit operands, uniform) against the formula.
 * SPDX-License-Identifier: Apache-2.0 */
#include "check.h"
#include "mult/mult.h"
#include <math.h>

/* At 8 bits DRUM is biased: mean and standard deviation of the relative error, in per cent, to the digits known. */
static void test_8bit(void) {
  static const struct {
    const char *name;
    double mean, mean_digit, sd;
  } known[] = {
      {"drum3", 3.4, 0.05, 14.9}, {"drum4", 1.6, 0.05, 7.2}, {"drum5", 0.94, 0.005, 3.4}, {"drum6", 0.57, 0.005, 1.6}};
  static axf_mult m;
  for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
    axf_mult_metrics x;
    int err = 0;
    for (uint32_t i = 0; i < 65536; i++) {
      uint32_t p = 0;
      err |= axf_mult_formula(known[k].name, i >> 8, i & 255, &p);
      m.t[i] = (uint16_t)p;
    }
    axf_mult_measure(&m, &x);
    CHECK(err == 0);
    CHECK_MSG(fabs(100 * x.mre - known[k].mean) <= known[k].mean_digit, "%s: mean %.4f %%", known[k].name, 100 * x.mre);
    CHECK_MSG(fabs(100 * x.sd_re - known[k].sd) <= 0.05, "%s: sd %.4f %%", known[k].name, 100 * x.sd_re);
  }
}

int main(void) {
  test_8bit();
  /* Mean relative error distance and standard deviation of the relative error, in percent. */
  static const struct {
    const char *name;
    double mred, sd, digit; /* digit: half the last digit published, plus the sampling error */
  } published[] = {{"drum3", 11.9, 14.7, 0.08},  {"drum4", 5.90, 7.27, 0.03}, {"drum5", 2.94, 3.61, 0.02},
                   {"drum6", 1.47, 1.81, 0.015}, {"drum7", 0.73, 0.90, 0.01}, {"drum8", 0.37, 0.45, 0.008}};
  const int n = 1000000;
  for (size_t k = 0; k < sizeof published / sizeof *published; k++) {
    double sum = 0, sum_abs = 0, sum_sq = 0, error = 0, product = 0;
    axf_rng r;
    axf_rng_seed(&r, 16, k);
    for (int i = 0; i < n; i++) {
      uint32_t w = axf_rng_below(&r, 65535) + 1, a = axf_rng_below(&r, 65535) + 1, p = 0;
      if (axf_mult_formula_w(published[k].name, 16, w, a, &p) != 0)
        break;
      double rel = (double)p / ((double)w * a) - 1;
      error += (double)p - (double)w * a;
      product += (double)w * a;
      sum += rel;
      sum_abs += fabs(rel);
      sum_sq += rel * rel;
    }
    double mre = 100 * sum / n, mred = 100 * sum_abs / n, sd = 100 * sqrt(sum_sq / n - sum / n * (sum / n));
    printf("%s 16 bit: MRED %.3f %% (published %.2f), sd %.3f %% (published %.2f), mean %.3f %%\n", published[k].name,
           mred, published[k].mred, sd, published[k].sd, mre);
    CHECK_MSG(fabs(mred - published[k].mred) < published[k].digit, "%s: MRED %.4f %%", published[k].name, mred);
    CHECK_MSG(fabs(sd - published[k].sd) < 1.5 * published[k].digit, "%s: sd %.4f %%", published[k].name, sd);
    /* Unbiased: the errors cancel in a sum of products (their ratios to small products do not). */
    CHECK_MSG(fabs(error / product) < 0.001, "%s: not unbiased, %.4f %%", published[k].name, 100 * error / product);
  }
  return check_done("test_mult_drum");
}
