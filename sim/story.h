/* What the C model knows about one result of a net's first layer: where it goes and of what numbers it is made. What
 * the RTL does about it is told by sim/story.sv; sim/story.sh puts both together. SPDX-License-Identifier: Apache-2.0
 */
#ifndef AXF_STORY_H
#define AXF_STORY_H
#include "compile/program.h"

/* "MAP,ROW,COLUMN" -> at. -1 + axf_fail. */
int axf_story_parse(int at[3], const char *text);
/* Prints the facts of result at[] of the first layer for the input `in` (c, h, w) and the layer's results `out` (out_c,
 * out_h, out_w), a line `story fact NAME NUMBER ..` each:
 *   layer NAME KY KX STRIDE PAD POOL D;  factors TM TN TR TC TI TJ FLAT;  result MAP ROW COLUMN VALUE
 *   place BUFFER BANK ADDRESS;  parameter BIAS MULT SHIFT;  weight I J VALUE
 *   pixel Y X VALUE BANK ADDRESS, Y and X with the padding
 * The layer must be a convolution of one input map in whole rows; -1 + axf_fail. */
int axf_story_facts(const axf_program *p, const axf_net *n, const axf_qnet *q, const int16_t *in, const int16_t *out,
                    const int at[3]);
#endif
