/* Multiplier tables: T[w*256 + a] = AM(w, a), extracted from the Verilog of each core (docs/arithmetic.md).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef AXF_MULT_H
#define AXF_MULT_H
#include "core/core.h"

typedef struct {
  char name[64];
  uint16_t t[65536];
  uint32_t pmax;  /* largest entry */
  int zero_exact; /* 1 if AM(0,a) = AM(w,0) = 0 for all a, w */
} axf_mult;

/* Loads the table of multiplier `name` from DIR/NAME.axt (DIR NULL: AXF_MULT_DIR, else build/mult); an unknown name is
 * refused with the list of known ones. A container of kind "mult" with tensor "table" (u16, 65536) and key "name". */
int axf_mult_load(axf_mult *m, const char *name, const char *dir);
/* The independent formula of a library multiplier (exact, truncT, drumK), for checking: 0 and *p, or -1 if `name` has
 * none. */
int axf_mult_formula(const char *name, uint32_t w, uint32_t a, uint32_t *p);
#endif
