/* Which OpenBLAS kernel runs. OpenBLAS picks one by processor when it is loaded, and each sums in another order; the
 * environment variables that fix it must therefore stand before the program starts.
 * SPDX-License-Identifier: Apache-2.0 */
#include "kernels/kernels.h"
#include <cblas.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Sets NAME to VALUE; 1 if it was not so before. */
static int want(const char *name, const char *value) {
  const char *now = getenv(name);
  return (!now || strcmp(now, value) != 0) && setenv(name, value, 1) == 0;
}

void axf_blas_pin(char **argv) {
  const char *native = getenv("AXF_NATIVE_BLAS");
  char self[4096];
  int changed = want("OPENBLAS_NUM_THREADS", "1");
  if (!native || strcmp(native, "1") != 0) {
    changed |= want("OPENBLAS_CORETYPE", "Haswell");
    changed |= want("OPENBLAS_L2_SIZE", "512");
  }
  ssize_t n = changed ? readlink("/proc/self/exe", self, sizeof self - 1) : -1;
  if (n > 0) {
    self[n] = '\0';
    execv(self, argv);
  }
  openblas_set_num_threads(1); /* also when the restart was impossible */
}

const char *axf_blas_kernel(void) { return openblas_get_corename(); }
