/* Where the user's own multipliers are: a folder each, with its list, Verilog and table (docs/multipliers.md).
 * SPDX-License-Identifier: Apache-2.0 */
#include "mult/mult.h"
#include <stdlib.h>

char *axf_mult_user_dir(void) {
  const char *own = getenv("AXF_USER_MULT_DIR"), *build = getenv("AXF_BUILD");
  if (own != NULL && *own != 0)
    return axf_strdup(own);
  return axf_sprintf("%s/user-mult", build != NULL && *build != 0 ? build : "build");
}

char *axf_mult_path(const char *name, const char *dir) {
  char core[64];
  if (axf_mult_core(core, name) != 0)
    return NULL;
  name = core;
  char *path = axf_sprintf("%s/%s.axt", axf_mult_dir(dir), name);
  if (path == NULL || dir != NULL || axf_exists(path))
    return path;
  char *home = axf_mult_user_dir();
  char *user = home != NULL ? axf_sprintf("%s/%s/%s.axt", home, name, name) : NULL;
  free(home);
  if (user == NULL || axf_exists(user)) {
    free(path);
    return user;
  }
  free(user);
  return path;
}
