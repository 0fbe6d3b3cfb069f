/* Programs of random words for axsim --abuse: every instruction of the set, with fields that no compiler would write.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef AXF_NOISE_H
#define AXF_NOISE_H
#include "core/core.h"
#include "isa/isa.h"

#define AXF_NOISE_INSTR 64   /* instructions, the last one is END */
#define AXF_NOISE_BYTES 4096 /* of the memory that loads and stores stay in, or end with an error */

/* Most loops are short; most loads and stores lie in the first AXF_NOISE_BYTES of their base address. */
void axf_noise_program(axf_rng *g, uint32_t to[AXF_NOISE_INSTR][AXF_INSTR_BITS / 32]);
#endif
