/* Storage of the shared multiplier table.
 * SPDX-License-Identifier: Apache-2.0 */
#include "mult_table.h"

uint16_t axf_mult_table[65536];
