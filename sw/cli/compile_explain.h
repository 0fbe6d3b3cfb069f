/* A part of `axflow compile`.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef AXF_COMPILE_EXPLAIN_H
#define AXF_COMPILE_EXPLAIN_H
#include "compile/program.h"

/* Prints the best plans of every layer, the chosen one first, with what they take by calculation. */
void axf_explain(const axf_choices *c, const axf_program *p, const axf_net *n, const axf_goal *g);
#endif
