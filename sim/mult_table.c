/* Storage of the shared multiplier tables.
 * SPDX-License-Identifier: Apache-2.0 */
#include "mult_table.h"

uint16_t axf_mult_table[AXF_MULT_CORES * 65536];
