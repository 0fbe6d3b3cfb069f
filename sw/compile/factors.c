/* Unrolling factors in words: "c1=3,1,1,5,3,5;c3=16,3,1,1,1,5" in the paper's order <Tm,Tn,Tr,Tc,Ti,Tj>.
 * SPDX-License-Identifier: Apache-2.0 */
#include "compile/program.h"
#include <string.h>

int axf_factors_parse(const char *spec, const axf_net *n, axf_factors f[AXF_MAX_LAYERS]) {
  memset(f, 0, AXF_MAX_LAYERS * sizeof *f);
  while (*spec) {
    size_t len = strcspn(spec, ";");
    char item[128], name[64];
    if (len >= sizeof item)
      return axf_fail("factors: '%.40s...' is too long", spec);
    memcpy(item, spec, len);
    item[len] = 0;
    spec += len + (spec[len] == ';');
    if (!item[0])
      continue;
    axf_factors v;
    int used = 0;
    if (sscanf(item, " %63[^= ] = %d,%d,%d,%d,%d,%d %n", name, &v.Tm, &v.Tn, &v.Tr, &v.Tc, &v.Ti, &v.Tj, &used) != 7 ||
        item[used])
      return axf_fail("factors: '%s' is not LAYER=Tm,Tn,Tr,Tc,Ti,Tj", item);
    int k = 0, found = 0;
    for (int l = 0; l < n->nlayers; l++) {
      if (n->layer[l].kind == AXF_POOL)
        continue;
      if (!strcmp(n->layer[l].name, name)) {
        if (v.Tm < 1)
          return axf_fail("factors: layer %s: Tm = %d is not 1 or more", name, v.Tm);
        f[k] = v;
        found = 1;
      }
      k++;
    }
    if (!found)
      return axf_fail("factors: net %s has no layer '%s' to compute", n->name, name);
  }
  return 0;
}
