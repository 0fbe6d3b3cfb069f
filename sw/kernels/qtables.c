/* The plans of the multipliers of a net, each made once.
 * SPDX-License-Identifier: Apache-2.0 */
#include "kernels/qtables.h"
#include <stdlib.h>
#include <string.h>

const axf_agemm *axf_qtables_get(axf_qtables *t, const axf_mult *m, int in_signed) {
  uint16_t *exact = NULL;
  for (int i = 0; i < t->count; i++)
    if (t->of[i].mult == m && t->of[i].in_signed == in_signed)
      return t->of[i].agemm;
  if (!m && !(exact = axf_alloc(65536, sizeof *exact)))
    return NULL;
  for (uint32_t i = 0; exact && i < 65536; i++)
    exact[i] = (uint16_t)((i >> 8) * (i & 255));
  axf_agemm *p = axf_agemm_new(m ? m->t : exact, m && m->is_signed ? AXF_AGEMM_TWOS : in_signed, AXF_AGEMM_AUTO);
  free(exact);
  t->of[t->count].mult = m;
  t->of[t->count].in_signed = in_signed;
  t->of[t->count++].agemm = p;
  return p;
}

void axf_qtables_free(axf_qtables *t) {
  for (int i = 0; i < t->count; i++)
    axf_agemm_free(t->of[i].agemm);
  memset(t, 0, sizeof *t);
}
