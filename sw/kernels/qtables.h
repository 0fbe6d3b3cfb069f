/* The plans of the multipliers of a net, made once for each table and kind of activation. Private to the integer
 * engine. SPDX-License-Identifier: Apache-2.0 */
#ifndef AXF_QTABLES_H
#define AXF_QTABLES_H
#include "agemm/agemm.h"
#include "mult/mult.h"
#include "nn/net.h"

typedef struct {
  int count;
  struct {
    const axf_mult *mult; /* only compared */
    int in_signed;
    axf_agemm *agemm;
  } of[AXF_MAX_LAYERS];
} axf_qtables;

/* The plan of multiplier m (NULL: exact) for signed or unsigned activations: made at the first call, owned by t. NULL
 * when an AXF_AGEMM_PATH (sw/agemm) cannot be taken, or on exhaustion. At most one call a layer of a net. */
const axf_agemm *axf_qtables_get(axf_qtables *t, const axf_mult *m, int in_signed);
void axf_qtables_free(axf_qtables *t);
#endif
