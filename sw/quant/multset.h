/* Multipliers of a network by name: one for all layers, or one a layer.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef AXF_MULTSET_H
#define AXF_MULTSET_H
#include "mult/mult.h"
#include "nn/net.h"

typedef struct {
  const axf_mult *layer[AXF_MAX_LAYERS]; /* of each conv/fc layer; NULL: exact without a table */
  uint32_t pmax;                         /* largest entry of any of them; 0 without a table */
  int count;                             /* tables held */
  axf_mult *held[AXF_MAX_LAYERS + 1];
} axf_multset;

/* Loads `spec`: NAME for all layers, LAYER=NAME for one, separated by commas, the last one to speak of a layer wins
 * ("drum4,c1=exact"). NULL: every layer exact, and no table is read. Tables are searched in dir as axf_mult_load does.
 */
int axf_multset_load(axf_multset *s, const axf_net *n, const char *spec, const char *dir);
/* The same for 16-bit operands, by formulas (axf_mult_wide). */
int axf_multset_wide(axf_multset *s, const axf_net *n, const char *spec);
void axf_multset_free(axf_multset *s);
#endif
