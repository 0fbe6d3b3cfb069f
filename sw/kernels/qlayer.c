/* One layer on a batch: groups of images as columns, one matrix product a group, then bias .. requantisation.
 * SPDX-License-Identifier: Apache-2.0 */
#include "kernels/qlayer.h"
#include "refmodel/refmodel.h"
#include <stdlib.h>
#include <string.h>

#define GROUP_BYTES 262144 /* columns and sums of a group: they stay in the second-level cache */
#define VECTOR 64          /* columns that the matrix product treats at a time */

/* The number of images whose columns fill vectors best, the larger one among equals. */
static int choose_group(const axf_qplan *p, int images) {
  const size_t column = (size_t)p->K + (size_t)p->oc * sizeof(int32_t);
  int best = 1;
  double best_filled = 0;
  for (int g = 1; g <= images && (g == 1 || column * g * p->P <= GROUP_BYTES); g++) {
    const double columns = (double)g * p->P, vectors = (double)((g * (int64_t)p->P + VECTOR - 1) / VECTOR);
    if (columns / vectors >= best_filled) {
      best_filled = columns / vectors;
      best = g;
    }
  }
  return best;
}

int axf_qplan_init(axf_qplan *p, const axf_net *n, const axf_qnet *q, int l, const axf_agemm *agemm, int images,
                   int *next) {
  const axf_layer *L = &n->layer[l];
  memset(p, 0, sizeof *p);
  *next = axf_ref_shape(n, l, &p->oc, &p->oh, &p->ow);
  p->l = l;
  p->conv = L;
  p->pool = *next == l + 2 ? L + 1 : NULL;
  p->q = &q->q[l];
  p->K = L->in_c * L->ky * L->kx;
  p->P = L->out_h * L->out_w;
  p->in_n = (size_t)L->in_c * L->in_h * L->in_w;
  p->out_n = (size_t)p->oc * p->oh * p->ow;
  p->agemm = agemm;
  p->group = choose_group(p, images);
  p->pitch = ((size_t)p->group * p->P + AXF_QCOLS_SLACK + 63) / 64 * 64;
  p->padded = (size_t)L->in_c * (L->in_h + 2 * L->pad) * (L->in_w + 2 * L->pad) + AXF_QCOLS_SLACK;
  uint8_t *code = axf_alloc((size_t)p->oc * p->K, 1);
  if (!code || axf_agemm_weights_new(&p->ready, agemm, p->oc, p->K, p->group * p->P) < 0) {
    free(code);
    return -1;
  }
  for (size_t i = 0; i < (size_t)p->oc * p->K; i++)
    code[i] = axf_code(p->q->w[i]);
  axf_agemm_weights_set(&p->ready, agemm, code);
  free(code);
  return 0;
}

void axf_qplan_free(axf_qplan *p) {
  axf_agemm_weights_free(&p->ready);
  memset(p, 0, sizeof *p);
}

void axf_qplan_sums(const axf_qplan *p, const uint8_t *in, int images, const axf_qscratch *s) {
  const int columns = images * p->P;
  if (p->ready.turned && p->P == 1 && p->conv->pad == 0 &&
      p->in_n == (size_t)p->K) { /* an image is a column as it lies */
    axf_agemm_run_rows(p->agemm, &p->ready, in, p->in_n, columns, s->acc, (size_t)columns, 0, s->agemm);
    return;
  }
  axf_qcols(p, in, images, s->padded, s->col);
  axf_agemm_run(p->agemm, &p->ready, s->col, p->pitch, columns, s->acc, (size_t)columns, 0, s->agemm);
}

void axf_qplan_run(const axf_qplan *p, const uint8_t *in, int images, uint8_t *out, const axf_qscratch *s) {
  for (int first = 0; first < images; first += p->group) {
    const int here = images - first < p->group ? images - first : p->group, columns = here * p->P;
    axf_qplan_sums(p, in + first * p->in_n, here, s);
    axf_qfinish(p, s->acc, (size_t)columns, here, out + first * p->out_n);
  }
}
