/* The tables of sim/axf_mult_table.v: T[core*65536 + w*256 + a] of the multipliers under simulation. Defined in
 * sim/mult_table.c, set before the first clock, included in front of the generated C++.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef AXF_MULT_TABLE_H
#define AXF_MULT_TABLE_H
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
#define AXF_MULT_CORES 16 /* what the field `core` of a layer can tell apart */
extern uint16_t axf_mult_table[AXF_MULT_CORES * 65536];
#ifdef __cplusplus
}
#endif
#endif
