/* Test accuracy of the quantised net.
 * SPDX-License-Identifier: Apache-2.0 */
#include "kernels/qinfer.h"
#include "quant/quant.h"

int axf_eval_quantised(const axf_model *m, const axf_dataset *d, const axf_mult *const mult[], uint32_t limit,
                       double *accuracy) {
  uint32_t n = limit && limit < d->test.n ? limit : d->test.n;
  if (!m->quantised)
    return axf_fail("the model of net %s is not quantised: run `axflow quantize` on it first", m->net.name);
  axf_qnet other;
  int fit = axf_quant_for(&other, m, mult);
  axf_qinfer *e = fit < 0 ? NULL : axf_qinfer_new(&m->net, fit ? &other : &m->q, mult);
  int64_t correct = e ? axf_qinfer_correct(e, &d->test, n) : -1;
  axf_qinfer_free(e);
  axf_qnet_free(&other);
  if (correct < 0)
    return -1;
  *accuracy = n ? 100.0 * (double)correct / n : 0;
  return 0;
}
