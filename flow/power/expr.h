/* Boolean expressions of Liberty: functions and `when` conditions. SPDX-License-Identifier: Apache-2.0 */
#ifndef AXF_POWER_EXPR_H
#define AXF_POWER_EXPR_H

#define AXF_EXPR_MAX 400
/* Postfix: a value >= 0 is a variable, below: an operator. Evaluates one bit. */
typedef struct {
  int n;
  short op[AXF_EXPR_MAX];
} axf_expr;

/* Parses `text`; find(ctx, name) gives the number of a variable, -1 if there is none. ! ' & * blank | + ^ ( ) 0 1.
 * -1 + axf_fail. */
int axf_expr_parse(axf_expr *e, const char *text, int (*find)(void *ctx, const char *name), void *ctx);
/* The value; bit k of vars is variable k. An empty expression is 1. */
int axf_expr_eval(const axf_expr *e, unsigned vars);
#endif
