/* Loads a multiplier's table, and says what there is when there is no such table.
 * SPDX-License-Identifier: Apache-2.0 */
#include "mult/mult.h"
#include <stdlib.h>
#include <string.h>

const char *axf_mult_dir(const char *dir) {
  const char *env = getenv("AXF_MULT_DIR");
  if (dir != NULL)
    return dir;
  return env != NULL && *env != 0 ? env : "build/mult";
}

/* Fails with the names there are: those with a table first, then the library's that still need one. */
static int unknown(const char *name, const char *dir) {
  axf_mult_entry *list;
  int n = axf_mult_list(&list, NULL, dir), in_library = 0;
  dir = axf_mult_dir(dir);
  if (n < 0)
    return -1;
  char have[800] = "";
  size_t len = 0;
  for (int i = 0; i < n; i++) {
    if (strcmp(list[i].name, name) == 0)
      in_library = list[i].listed;
    if (list[i].built && len + strlen(list[i].name) + 2 < sizeof have)
      len += (size_t)sprintf(have + len, " %s", list[i].name);
  }
  free(list);
  if (in_library)
    return axf_fail("the table of multiplier '%s' is not in %s yet: run `make multipliers-tables`", name, dir);
  if (len == 0)
    return axf_fail("there is no multiplier '%s': %s holds no tables, run `make multipliers-tables`", name, dir);
  return axf_fail("there is no multiplier '%s' in %s; there are:%s", name, dir, have);
}

/* Copies the checked content of the container: the table of `core`, for the multiplier `name`. */
static int take(axf_mult *m, const axf_container *c, const char *name, const char *core, const char *path) {
  const char *inside = axf_container_get(c, "name"), *kind = axf_container_get(c, "signed");
  const axf_tensor *t = axf_container_tensor(c, "table");
  if (t == NULL)
    return axf_fail("%s: it has no tensor 'table'", path);
  if (t->dtype != AXF_U16 || t->ndim != 1 || t->dim[0] != 65536)
    return axf_fail("%s: the tensor 'table' must be 65536 numbers of type u16", path);
  if (inside == NULL || strcmp(inside, core) != 0)
    return axf_fail("%s: it is the table of multiplier '%s', not of '%s'", path, inside != NULL ? inside : "", core);
  if (kind != NULL && strcmp(kind, "1") != 0)
    return axf_fail("%s: the key 'signed' is '%s', it can only be 1", path, kind);
  memset(m, 0, sizeof *m);
  strcpy(m->name, name);
  memcpy(m->t, t->data, sizeof m->t);
  m->zero_exact = 1;
  m->is_signed = kind != NULL;
  for (int i = 0; i < 65536; i++) {
    uint32_t p = m->is_signed ? (uint32_t)abs((int16_t)m->t[i]) : m->t[i];
    if (p > m->pmax)
      m->pmax = p;
  }
  for (int i = 0; i < 256; i++)
    if (m->t[i] != 0 || m->t[i * 256] != 0)
      m->zero_exact = 0;
  return 0;
}

int axf_mult_load(axf_mult *m, const char *name, const char *dir) {
  int err = -1;
  char core[64];
  if (*name == 0 || strlen(name) >= sizeof m->name || strchr(name, '/') != NULL || *name == '.')
    return axf_fail("'%s' cannot be the name of a multiplier: it has 1 to %zu characters and no '/'", name,
                    sizeof m->name - 1);
  char *path = axf_mult_core(core, name) == 0 ? axf_mult_path(core, dir) : NULL;
  if (path == NULL)
    return -1;
  if (!axf_exists(path)) {
    err = unknown(name, dir);
  } else {
    axf_container *c = axf_container_read(path, "mult");
    if (c != NULL)
      err = take(m, c, name, core, path);
    axf_container_free(c);
  }
  free(path);
  return err;
}
