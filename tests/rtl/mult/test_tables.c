/* The table files against the formulas: every multiplier of the list, all 65,536 pairs. These are the bytes the
 * training, the C model and the compiler use.
 * usage: test_tables TABLEDIR
 * SPDX-License-Identifier: Apache-2.0 */
#include "../../sw/check.h"
#include "mult/mult.h"
#include <stdlib.h>

int main(int argc, char **argv) {
  static axf_mult m;
  axf_mult_entry *list;
  const char *dir = argc > 1 ? argv[1] : NULL;
  int n = axf_mult_list(&list, "rtl/mult/multipliers.def", dir);
  CHECK_MSG(n > 0, "%s", axf_errmsg());
  for (int i = 0; i < n; i++) {
    long bad = 0;
    if (!list[i].listed || *list[i].core) /* a preset has no table of its own */
      continue;
    CHECK_MSG(axf_mult_load(&m, list[i].name, dir) == 0, "%s", axf_errmsg());
    for (uint32_t k = 0; k < 65536; k++) {
      uint32_t want;
      if (axf_mult_formula(list[i].name, k >> 8, k & 255, &want) != 0 || m.t[k] != want)
        bad++;
    }
    CHECK_MSG(bad == 0, "%s: %ld of 65536 entries differ from the formula", list[i].name, bad);
    printf("%s table=formula mismatches=%ld %s\n", list[i].name, bad, bad ? "FAIL" : "PASS");
  }
  free(list);
  return check_done("test_tables");
}
