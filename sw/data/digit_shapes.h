/* The skeletons of the embedded digits (digit_shapes.c). Private to sw/data.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef AXF_DIGIT_SHAPES_H
#define AXF_DIGIT_SHAPES_H

#define AXF_DIGIT_VARIANTS 5

/* How each digit is written, as text: `mX,Y` sets the pen down, `cX,Y` goes on through a point smoothly, `kX,Y` goes on
 * to a corner. X to the right and Y downwards, in hundredths of the digit's height, from the top left. */
extern const char *const axf_digit_shape[10][AXF_DIGIT_VARIANTS];
#endif
