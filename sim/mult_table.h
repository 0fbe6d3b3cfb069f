/* The table of sim/axf_mult_table.v: T[w*256 + a] of the multiplier under simulation. Defined in sim/mult_table.c, set
 * before the first clock, included in front of the generated C++.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef AXF_MULT_TABLE_H
#define AXF_MULT_TABLE_H
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
extern uint16_t axf_mult_table[65536];
#ifdef __cplusplus
}
#endif
#endif
