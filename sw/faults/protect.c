/* Protections of a buffer's words against failing cells, as rtl/mem/protected_sram.v has them.
 * SPDX-License-Identifier: Apache-2.0 */
#include "faults/faults.h"
#include <stdlib.h>
#include <string.h>

/* Columns of the SECDED code (rtl/mem/hsiao_check.v): three ones among 5 check bits for 8 data bits, 6 for 16. */
static const uint8_t columns8[8] = {11, 13, 14, 19, 21, 22, 25, 26};
static const uint8_t columns16[16] = {11, 13, 14, 19, 22, 25, 26, 28, 35, 37, 38, 41, 44, 49, 50, 52};

static const uint8_t *columns(int width) { return width == 8 ? columns8 : columns16; }

int axf_protect_of(const char *what, const char *name, axf_protect *p) {
  static const char *const names[] = {"none", "parity", "secded"};
  *p = (axf_protect){AXF_PROTECT_NONE, 0};
  for (int i = 0; i < 3; i++)
    if (strcmp(name, names[i]) == 0) {
      p->kind = (axf_protect_kind)i;
      return 0;
    }
  if (strncmp(name, "msb", 3) == 0 && name[3] >= '1' && name[3] <= '7' && !name[4]) {
    *p = (axf_protect){AXF_PROTECT_SAFE, name[3] - '0'};
    return 0;
  }
  return axf_fail("%s must be none, parity, secded or msb1 .. msb7, not '%s'", what, name);
}

const char *axf_protect_name(axf_protect p) {
  static const char *const names[] = {"none", "parity", "secded"};
  static const char *const safe[] = {"msb0", "msb1", "msb2", "msb3", "msb4", "msb5", "msb6", "msb7"};
  return p.kind == AXF_PROTECT_SAFE ? safe[p.safe & 7] : names[p.kind];
}

int axf_protect_cells(axf_protect p, int width) {
  const int check = width == 8 ? 5 : 6;
  return p.kind == AXF_PROTECT_PARITY   ? width + 1
         : p.kind == AXF_PROTECT_SECDED ? width + check
         : p.kind == AXF_PROTECT_SAFE   ? width - p.safe
                                        : width;
}

/* The check bits of a word, as a number. */
static uint32_t check_bits(axf_protect p, int width, uint32_t word) {
  const uint8_t *column = columns(width);
  uint32_t check = 0;
  if (p.kind == AXF_PROTECT_PARITY)
    return (uint32_t)__builtin_parity(word);
  for (; p.kind == AXF_PROTECT_SECDED && word; word &= word - 1)
    check ^= column[__builtin_ctz(word)];
  return check;
}

uint32_t axf_protect_encode(axf_protect p, int width, uint32_t word) {
  return word | check_bits(p, width, word) << width;
}

uint32_t axf_protect_decode(axf_protect p, int width, uint32_t stored, axf_protect_event *event) {
  const uint32_t word = stored & ((1u << width) - 1), syndrome = check_bits(p, width, word) ^ stored >> width;
  *event = AXF_PROTECT_RIGHT;
  if (!syndrome)
    return word;
  *event = AXF_PROTECT_CORRECTED;
  if (p.kind == AXF_PROTECT_SECDED) {
    if ((syndrome & (syndrome - 1)) == 0) /* a check bit */
      return word;
    for (int b = 0; b < width; b++)
      if (columns(width)[b] == syndrome)
        return word ^ 1u << b;
  }
  *event = AXF_PROTECT_DETECTED;
  return 0;
}
