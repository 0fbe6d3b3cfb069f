/* Unrolling factors in words: "c1=2,1,1,8,2,2,seg=4,qm=4,flat;c3=16,3,1,1,1,5" in the paper's order
 * <Tm,Tn,Tr,Tc,Ti,Tj>, then segments and positions in line (docs/segments.md), or a file of such items.
 * SPDX-License-Identifier: Apache-2.0 */
#include "compile/program.h"
#include <stdlib.h>
#include <string.h>

/* The words behind the six numbers: ",seg=N", ",qm=N", ",flat", each at most once. */
static int extensions(axf_factors *f, const char *text) {
  while (*text) {
    int used = 0;
    if (!f->seg && sscanf(text, ",seg=%d%n", &f->seg, &used) == 1 && f->seg > 0)
      text += used;
    else if (!f->Qm && sscanf(text, ",qm=%d%n", &f->Qm, &used) == 1 && f->Qm > 0)
      text += used;
    else if (!f->flat && strncmp(text, ",flat", 5) == 0 && (text[5] == 0 || text[5] == ',')) {
      f->flat = 1;
      text += 5;
    } else
      return -1;
  }
  return 0;
}

void axf_factors_text(char *text, size_t len, const axf_factors *f, int D) {
  char seg[24] = "", qm[24] = "";
  if (f->seg != D)
    snprintf(seg, sizeof seg, ",seg=%d", f->seg);
  if (f->Qm != 1)
    snprintf(qm, sizeof qm, ",qm=%d", f->Qm);
  snprintf(text, len, "%d,%d,%d,%d,%d,%d%s%s%s", f->Tm, f->Tn, f->Tr, f->Tc, f->Ti, f->Tj, seg, qm,
           f->flat ? ",flat" : "");
}

/* One item of the list, "NAME=Tm,Tn,Tr,Tc,Ti,Tj[,seg=N][,qm=N][,flat]". */
static int one_layer(axf_factors *f, const axf_net *n, const char *item) {
  const char *eq = strchr(item, '=');
  axf_factors v = {0};
  int used = 0;
  if (!eq || sscanf(eq + 1, "%d,%d,%d,%d,%d,%d%n", &v.Tm, &v.Tn, &v.Tr, &v.Tc, &v.Ti, &v.Tj, &used) != 6 ||
      extensions(&v, eq + 1 + used))
    return axf_fail("factors: '%s' is not LAYER=Tm,Tn,Tr,Tc,Ti,Tj[,seg=COLUMNS][,qm=MAPS][,flat]", item);
  if (v.Tm < 1 || v.Tn < 1 || v.Tr < 1 || v.Tc < 1 || v.Ti < 1 || v.Tj < 1)
    return axf_fail("factors: '%s': a factor is 1 or more", item);
  for (int l = 0, k = 0; l < n->nlayers; l++) {
    const axf_layer *y = &n->layer[l];
    if (y->kind == AXF_POOL)
      continue;
    if (strlen(y->name) == (size_t)(eq - item) && strncmp(y->name, item, (size_t)(eq - item)) == 0) {
      if (f[k].Tm)
        return axf_fail("factors: layer %s stands twice", y->name);
      f[k] = v;
      return 0;
    }
    k++;
  }
  return axf_fail("factors: net %s has no conv or fc layer '%.*s'", n->name, (int)(eq - item), item);
}

/* A file: any number of items a line, `#` starts a comment. */
static int from_file(axf_factors *f, const axf_net *n, const char *path) {
  uint8_t *buf;
  size_t len;
  axf_lines t;
  int more, r = 0;
  if (axf_read_file(path, &buf, &len))
    return -1;
  axf_lines_begin(&t, path, (char *)buf);
  while (r == 0 && (more = axf_lines_next(&t)) != 0) {
    r = more < 0 ? -1 : 0;
    for (int i = 0; r == 0 && i < t.ntok; i++)
      r = one_layer(f, n, t.tok[i]);
  }
  free(buf);
  return r;
}

int axf_factors_parse(axf_factors *f, const axf_net *n, const char *text) {
  int count = 0, r = 0;
  for (int l = 0; l < n->nlayers; l++)
    if (n->layer[l].kind != AXF_POOL)
      f[count++] = (axf_factors){0};
  if (!text)
    return count;
  if (!strchr(text, '='))
    return from_file(f, n, text) ? -1 : count;
  char *copy = axf_strdup(text), *rest = copy, *item;
  if (!copy)
    return -1;
  while (r == 0 && (item = strsep(&rest, ";")))
    if (*item)
      r = one_layer(f, n, item);
  free(copy);
  return r ? -1 : count;
}
