/* Error metrics of a multiplier table; their definitions stand in mult.h.
 * SPDX-License-Identifier: Apache-2.0 */
#include "mult/mult.h"
#include <math.h>

void axf_mult_measure(const axf_mult *m, axf_mult_metrics *out) {
  int64_t wrong = 0, sum = 0, sum_abs = 0, worst = 0;
  double rel = 0, rel_abs = 0, rel_sq = 0;
  for (int w = 0; w < 256; w++)
    for (int a = 0; a < 256; a++) {
      const uint16_t t = m->t[w * 256 + a];
      int64_t exact = m->is_signed ? (int8_t)w * (int8_t)a : w * a;
      int64_t e = (m->is_signed ? (int16_t)t : t) - exact, d = e < 0 ? -e : e;
      wrong += e != 0;
      sum += e;
      sum_abs += d;
      if (d > worst)
        worst = d;
      if (exact != 0) {
        double r = (double)e / (double)exact;
        rel += r;
        rel_abs += fabs(r);
        rel_sq += r * r;
      }
    }
  const double n = 65536, n_rel = 255 * 255;
  out->error_rate = (double)wrong / n;
  out->med = (double)sum_abs / n;
  out->nmed = out->med / (m->is_signed ? 128 * 128 : 255 * 255);
  out->mred = rel_abs / n_rel;
  out->wce = (double)worst;
  out->bias = (double)sum / n;
  out->mre = rel / n_rel;
  double var = rel_sq / n_rel - out->mre * out->mre;
  out->sd_re = var > 0 ? sqrt(var) : 0;
}
