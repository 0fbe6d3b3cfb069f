/* From named arrays to the parameters of a net.
 * SPDX-License-Identifier: Apache-2.0 */
#include "import/import.h"
#include <stdlib.h>
#include <string.h>

typedef struct {
  const axf_net *net;
  const axf_arrays *s;
  const char *map;
  uint8_t *used; /* (arrays) */
} job;

/* Entry of the map whose left side is the first n characters of key; its right side, *len characters, or NULL. */
static const char *entry(const char *map, const char *key, size_t n, size_t *len) {
  while (map && *map) {
    const size_t all = strcspn(map, ","), left = strcspn(map, "=,");
    if (left == n && left < all && strncmp(map, key, n) == 0) {
      *len = all - left - 1;
      return map + left + 1;
    }
    map += all + (map[all] == ',');
  }
  return NULL;
}

/* The array's name for key: the longest left side that is key or ends before a '.' of it is replaced. */
static char *mapped(const char *map, const char *key) {
  for (size_t n = strlen(key); n > 0; n--) {
    size_t len;
    const char *to = key[n] == 0 || key[n] == '.' ? entry(map, key, n, &len) : NULL;
    if (to)
      return axf_sprintf("%.*s%s", (int)len, to, key + n);
  }
  return axf_strdup(key);
}

/* 1 if the first n characters of key name a layer of the net, its .bn, or one of its arrays. */
static int known(const axf_net *net, const char *key, size_t n) {
  static const char *const tail[] = {"", ".weight", ".bias"};
  static const char *const norm[] = {".bn", ".bn.weight", ".bn.bias", ".bn.running_mean", ".bn.running_var"};
  for (int l = 0; l < net->nlayers; l++) {
    const axf_layer *y = &net->layer[l];
    char name[64];
    for (int i = 0; i < 8 && y->kind != AXF_POOL; i++) {
      if (i >= 3 && !y->bn)
        break;
      snprintf(name, sizeof name, "%s%s", y->name, i < 3 ? tail[i] : norm[i - 3]);
      if (strlen(name) == n && strncmp(name, key, n) == 0)
        return 1;
    }
  }
  return 0;
}

int axf_import_check_map(const axf_net *n, const char *map) {
  while (map && *map) {
    const int all = (int)strcspn(map, ",");
    const size_t left = strcspn(map, "=,");
    if (left == (size_t)all || (size_t)all == left + 1 || left == 0)
      return axf_fail("the map's entry '%.*s' is not NAME=ARRAY", all, map);
    if (!known(n, map, left))
      return axf_fail("the map's entry '%.*s': net %s has no layer with weights, and no array, named '%.*s'", all, map,
                      n->name, (int)left, map);
    map += all + (map[all] == ',');
  }
  return 0;
}

static void dims_text(int ndim, const int64_t *dim, char text[128]) {
  size_t at = 0;
  text[0] = 0;
  for (int i = 0; i < ndim && at < 100; i++)
    at += (size_t)snprintf(text + at, 128 - at, "%s%lld", i ? " x " : "", (long long)dim[i]);
  if (ndim == 0)
    snprintf(text, 128, "a single number");
}

/* Array LAYER SUFFIX of the given shape into `to`; without it: 1 if it may be missing, else a failure. */
static int fetch(job *j, const axf_layer *y, const char *suffix, int ndim, const int64_t *dim, int optional,
                 float *to) {
  char key[64], want[128], have[128];
  axf_npy a = {0};
  snprintf(key, sizeof key, "%s.%s", y->name, suffix);
  char *name = mapped(j->map, key);
  if (!name)
    return -1;
  const int i = axf_arrays_find(j->s, name);
  int rc = i >= 0 ? 0 : optional ? 1 : axf_fail("there is no array '%s' for %s", name, key);
  if (rc == 0)
    rc = axf_arrays_read(j->s, i, &a);
  if (rc == 0) {
    int same = a.ndim == ndim;
    for (int d = 0; d < ndim && same; d++)
      same = a.dim[d] == dim[d];
    dims_text(ndim, dim, want);
    dims_text(a.ndim, a.dim, have);
    if (!same)
      rc = axf_fail("the array '%s' is %s, %s needs %s%s", name, have, key, want,
                    a.ndim == 2 && ndim == 2 && a.dim[0] == dim[1] && a.dim[1] == dim[0] ? " (its transpose)" : "");
  }
  if (rc == 0) {
    memcpy(to, a.data, a.count * sizeof *to);
    j->used[i] = 1;
  }
  free(a.data);
  free(name);
  return rc;
}

/* Batch normalisation; a bias of the sums before it moves the mean. */
static int fetch_bn(job *j, axf_params *p, int l) {
  const axf_layer *y = &j->net->layer[l];
  const int64_t out = y->out_c;
  float *bias = axf_alloc((size_t)out, sizeof *bias);
  int rc = bias ? fetch(j, y, "bias", 1, &out, 1, bias) : -1;
  if (rc >= 0 &&
      (fetch(j, y, "bn.weight", 1, &out, 0, p->gamma[l]) || fetch(j, y, "bn.bias", 1, &out, 0, p->bias[l]) ||
       fetch(j, y, "bn.running_mean", 1, &out, 0, p->mean[l]) || fetch(j, y, "bn.running_var", 1, &out, 0, p->var[l])))
    rc = -1;
  for (int64_t i = 0; i < out && rc >= 0; i++) {
    if (p->var[l][i] < 0)
      rc = axf_fail("%s.bn.running_var: number %lld is negative", y->name, (long long)i);
    else if (rc == 0)
      p->mean[l][i] -= bias[i];
  }
  free(bias);
  return rc < 0 ? -1 : 0;
}

static int fetch_layer(job *j, axf_params *p, int l) {
  const axf_layer *y = &j->net->layer[l];
  const int64_t conv[4] = {y->out_c, y->in_c, y->ky, y->kx};
  const int64_t fc[2] = {y->out_c, (int64_t)y->in_c * y->ky * y->kx};
  if (y->kind == AXF_POOL)
    return 0;
  if (fetch(j, y, "weight", y->kind == AXF_FC ? 2 : 4, y->kind == AXF_FC ? fc : conv, 0, p->weight[l]))
    return -1;
  return y->bn ? fetch_bn(j, p, l) : fetch(j, y, "bias", 1, conv, 0, p->bias[l]);
}

int axf_import_params(axf_params *p, const axf_net *n, const axf_arrays *s, const char *map, char *unused,
                      size_t room) {
  const int count = axf_arrays_count(s);
  job j = {n, s, map, axf_alloc((size_t)count, 1)};
  int rc = j.used ? axf_import_check_map(n, map) : -1;
  for (int l = 0; l < n->nlayers && rc == 0; l++)
    rc = fetch_layer(&j, p, l);
  size_t at = 0;
  if (unused && room > 0)
    unused[0] = 0;
  for (int i = 0; i < count && rc == 0 && unused && at < room; i++)
    if (!j.used[i])
      at += (size_t)snprintf(unused + at, room - at, "%s%s", at ? ", " : "", axf_arrays_name(s, i));
  free(j.used);
  return rc;
}
