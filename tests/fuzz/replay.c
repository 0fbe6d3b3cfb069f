/* Feeds the files of the command line to a fuzz target: what is left of fuzzing where clang's runtime is missing.
 * SPDX-License-Identifier: Apache-2.0 */
#include "core/core.h"
#include <stdlib.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int main(int argc, char **argv) {
  LLVMFuzzerInitialize(&argc, &argv);
  for (int i = 1; i < argc; i++) {
    FILE *f = fopen(argv[i], "rb");
    uint8_t *bytes = malloc(1 << 20);
    if (!f || !bytes) {
      fprintf(stderr, "replay: cannot read %s\n", argv[i]);
      return 1;
    }
    const size_t n = fread(bytes, 1, 1 << 20, f);
    fclose(f);
    bytes = realloc(bytes, n ? n : 1); /* so that reading behind the end is seen */
    LLVMFuzzerTestOneInput(bytes, n);
    free(bytes);
  }
  return 0;
}
