/* Checkpoints: everything a run needs to continue to the same bytes.
 * SPDX-License-Identifier: Apache-2.0 */
#include "train/train.h"
#include <stdlib.h>
#include <string.h>

static int set_u64(axf_container *c, const char *key, uint64_t v) {
  char text[32];
  snprintf(text, sizeof text, "%llu", (unsigned long long)v);
  return axf_container_set(c, key, text);
}

int axf_checkpoint_save(const char *path, const char *hash, const axf_net *n, const axf_params *p, const axf_optim *s,
                        int epochs_done) {
  const int64_t dim = (int64_t)axf_params_count(n);
  axf_container *c = axf_container_new("checkpoint");
  int r = !c || axf_container_set(c, "options_sha256", hash) || set_u64(c, "epochs_done", (uint64_t)epochs_done) ||
                  set_u64(c, "step", s->step) ||
                  axf_container_add(c, "params", AXF_F32, 1, &dim, axf_params_block(p)) ||
                  axf_container_add(c, "moment1", AXF_F32, 1, &dim, s->m) ||
                  (s->v && axf_container_add(c, "moment2", AXF_F32, 1, &dim, s->v)) || axf_container_write(c, path)
              ? -1
              : 0;
  axf_container_free(c);
  return r;
}

static const axf_tensor *get(const axf_container *c, const char *path, const char *name, size_t count) {
  const axf_tensor *t = axf_container_tensor(c, name);
  if (t && t->dtype == AXF_F32 && t->count == count)
    return t;
  axf_fail("%s: tensor %s is missing or has not %zu numbers", path, name, count);
  return NULL;
}

static int get_u64(const axf_container *c, const char *path, const char *key, uint64_t *v) {
  const char *s = axf_container_get(c, key);
  char *end;
  if (!s || *s < '0' || *s > '9' || (*v = strtoull(s, &end, 10), *end))
    return axf_fail("%s: key %s is missing or not a number", path, key);
  return 0;
}

static int load(const axf_container *c, const char *path, const char *hash, const axf_net *n, axf_params *p,
                axf_optim *s, int *epochs_done) {
  size_t count = axf_params_count(n), bytes = count * sizeof(float);
  const axf_tensor *w, *m, *v = NULL;
  uint64_t epochs = 0, step = 0;
  const char *its = axf_container_get(c, "options_sha256");
  if (!its || strcmp(its, hash) != 0)
    return axf_fail("%s: made with other options, another net or other data", path);
  if (get_u64(c, path, "epochs_done", &epochs) || get_u64(c, path, "step", &step) ||
      !(w = get(c, path, "params", count)) || !(m = get(c, path, "moment1", count)) ||
      (s->v && !(v = get(c, path, "moment2", count))))
    return -1;
  memcpy(axf_params_block(p), w->data, bytes);
  memcpy(s->m, m->data, bytes);
  if (v)
    memcpy(s->v, v->data, bytes);
  s->step = step;
  *epochs_done = (int)epochs;
  return 0;
}

int axf_checkpoint_load(const char *path, const char *hash, const axf_net *n, axf_params *p, axf_optim *s,
                        int *epochs_done) {
  axf_container *c = axf_container_read(path, "checkpoint");
  int r = c ? load(c, path, hash, n, p, s, epochs_done) : -1;
  axf_container_free(c);
  return r;
}
