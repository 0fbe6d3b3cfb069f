/* Softmax with cross entropy, shifted by the largest logit so that nothing overflows.
 * SPDX-License-Identifier: Apache-2.0 */
#include "kernels/kernels.h"

int axf_argmax(int n, const float *v) {
  int best = 0;
  for (int i = 1; i < n; i++)
    if (v[i] > v[best])
      best = i;
  return best;
}

double axf_softmax_xent(int n, int classes, const float *logits, const uint8_t *label, float *dlogits,
                        uint32_t *right) {
  double loss = 0;
  for (int i = 0; i < n; i++, logits += classes) {
    int best = axf_argmax(classes, logits);
    float e[256], sum = 0;
    for (int j = 0; j < classes; j++)
      sum += e[j] = axf_expf(logits[j] - logits[best]);
    loss += (double)(axf_logf(sum) - (logits[label[i]] - logits[best]));
    *right += best == label[i];
    if (!dlogits)
      continue;
    for (int j = 0; j < classes; j++)
      dlogits[j] = e[j] / sum - (j == label[i] ? 1.0f : 0.0f);
    dlogits += classes;
  }
  return loss;
}
