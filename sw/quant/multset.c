/* Reading "NAME,LAYER=NAME"; each table is loaded once.
 * SPDX-License-Identifier: Apache-2.0 */
#include "quant/multset.h"
#include <stdlib.h>
#include <string.h>

/* The table of this name, loaded if it is not held yet; NULL + axf_fail. */
static const axf_mult *table(axf_multset *s, const char *name, const char *dir, int wide) {
  for (int i = 0; i < s->count; i++)
    if (strcmp(s->held[i]->name, name) == 0)
      return s->held[i];
  if (s->count > AXF_MAX_LAYERS) {
    axf_fail("more than %d different multipliers for one net", AXF_MAX_LAYERS + 1);
    return NULL;
  }
  axf_mult *m = axf_alloc(1, sizeof *m);
  if (!m || (wide ? axf_mult_wide(m, name) : axf_mult_load(m, name, dir)) < 0) {
    free(m);
    return NULL;
  }
  s->held[s->count++] = m;
  s->pmax = m->pmax > s->pmax ? m->pmax : s->pmax;
  return m;
}

/* One item: NAME or LAYER=NAME. */
static int apply(axf_multset *s, const axf_net *n, char *item, const char *dir, int wide) {
  char *eq = strchr(item, '=');
  if (eq)
    *eq = 0;
  const axf_mult *m = table(s, eq ? eq + 1 : item, dir, wide);
  int found = !eq;
  for (int l = 0; m && l < n->nlayers; l++)
    if (n->layer[l].kind != AXF_POOL && (!eq || strcmp(n->layer[l].name, item) == 0)) {
      s->layer[l] = m;
      found = 1;
    }
  if (m && !found)
    return axf_fail("net %s has no conv or fc layer '%s'", n->name, item);
  return m ? 0 : -1;
}

static int read_all(axf_multset *s, const axf_net *n, const char *spec, const char *dir, int wide) {
  memset(s, 0, sizeof *s);
  if (!spec)
    return 0;
  char *copy = axf_strdup(spec), *rest = copy, *item;
  int r = copy ? 0 : -1;
  for (int first = 1; r == 0 && (item = strsep(&rest, ",")); first = 0)
    r = first || strchr(item, '=')
            ? apply(s, n, item, dir, wide)
            : axf_fail("--mult %s: '%s' stands for no layer, LAYER=NAME was expected", spec, item);
  free(copy);
  if (r < 0)
    axf_multset_free(s);
  return r;
}

int axf_multset_load(axf_multset *s, const axf_net *n, const char *spec, const char *dir) {
  return read_all(s, n, spec, dir, 0);
}

int axf_multset_wide(axf_multset *s, const axf_net *n, const char *spec) { return read_all(s, n, spec, NULL, 1); }

void axf_multset_free(axf_multset *s) {
  for (int i = 0; i < s->count; i++)
    free(s->held[i]);
  memset(s, 0, sizeof *s);
}
