/* Signed multiplier cores take activations of 7 bits: inputs that would be bytes 0..255 become signed codes 0..127.
 * SPDX-License-Identifier: Apache-2.0 */
#include "quant/quant.h"
#include "refmodel/refmodel.h"
#include <string.h>

void axf_quant_narrow(axf_quant_limits *s, const axf_net *n, const axf_mult *const mult[]) {
  memset(s->narrow, 0, sizeof s->narrow);
  for (int l = 0; mult && l < n->nlayers; l++)
    s->narrow[l] = mult[l] && mult[l]->is_signed;
}

int axf_quant_out_signed(const axf_quant_limits *s, const axf_net *n, int l) {
  int c, h, w, next = axf_ref_shape(n, l, &c, &h, &w);
  return !n->layer[l].relu || (next < n->nlayers && s->narrow[next]);
}

/* The ranges that the integers of m stand for. Returns whether some input is to become signed that is not. */
static int ranges(axf_quant_limits *s, const axf_model *m) {
  int c, h, w, next, changes = 0;
  s->in_signed = m->q.q[0].in_signed || s->narrow[0];
  s->s_in = m->q.q[0].in_signed || !s->narrow[0] ? m->q.q[0].s_in : AXF_REF_NARROW_STEP;
  for (int l = 0; l < m->net.nlayers; l = next) {
    const axf_qlayer *q = &m->q.q[l];
    next = axf_ref_shape(&m->net, l, &c, &h, &w);
    s->limit[l] = (double)q->s_out * (q->out_signed ? 127 : 255);
    changes |= s->narrow[l] && !q->in_signed;
    s->narrow[l] |= q->in_signed; /* what is signed stays so */
  }
  return changes;
}

int axf_quant_for(axf_qnet *out, const axf_model *m, const axf_mult *const mult[]) {
  const char *scales = m->meta ? axf_container_get(m->meta, "quantise.granularity") : NULL;
  axf_quant_limits s;
  axf_params folded;
  memset(out, 0, sizeof *out);
  axf_quant_narrow(&s, &m->net, mult);
  if (!ranges(&s, m))
    return 0;
  if (axf_params_alloc(&folded, &m->net))
    return -1;
  axf_params_fold(&folded, &m->net, &m->params);
  int r = axf_quant_alloc(out, &m->net, 8);
  if (r == 0)
    axf_quant_net(out, &m->net, &folded, &s, scales && strcmp(scales, "per-tensor") == 0);
  axf_params_free(&folded);
  return r ? -1 : 1;
}
