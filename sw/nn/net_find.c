/* Where a named net's file is.
 * SPDX-License-Identifier: Apache-2.0 */
#include "nn/net.h"
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

static int is_net_file(const struct dirent *e) {
  size_t n = strlen(e->d_name);
  return n > 4 && strcmp(e->d_name + n - 4, ".net") == 0;
}

/* Refuses an unknown name, with the names there are in DIR. */
static int unknown_net(const char *name, const char *dir) {
  struct dirent **e;
  char list[512] = "";
  int count = scandir(dir, &e, is_net_file, alphasort);
  if (count < 0)
    return axf_fail("no net '%s': the directory %s cannot be read; set AXF_ROOT to the directory that holds sw/nets",
                    name, dir);
  for (int i = 0; i < count; i++) {
    size_t used = strlen(list);
    snprintf(list + used, sizeof list - used, " %.*s", (int)strlen(e[i]->d_name) - 4, e[i]->d_name);
    free(e[i]);
  }
  free(e);
  return axf_fail("no net '%s' in %s (there are:%s)", name, dir, list);
}

int axf_net_find(char *path, size_t len, const char *name) {
  size_t n = strlen(name);
  const char *root = getenv("AXF_ROOT");
  char dir[512];
  if (strchr(name, '/') || (n > 4 && strcmp(name + n - 4, ".net") == 0)) {
    if ((size_t)snprintf(path, len, "%s", name) >= len)
      return axf_fail("the net's path is longer than %zu characters", len - 1);
    return 0;
  }
  snprintf(dir, sizeof dir, "%s%ssw/nets", root ? root : "", root && *root ? "/" : "");
  if ((size_t)snprintf(path, len, "%s/%s.net", dir, name) >= len)
    return axf_fail("the net's path is longer than %zu characters", len - 1);
  return axf_exists(path) ? 0 : unknown_net(name, dir);
}
