/* The syntax of Liberty: groups `name (args) { .. }` and attributes `name : value;` or `name (args);`.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef AXF_POWER_TREE_H
#define AXF_POWER_TREE_H
#include <stddef.h>

typedef struct axf_tree axf_tree;
struct axf_tree {
  const char *name, *value; /* value: of an attribute, or the text between the parentheses, without quotes */
  axf_tree *child, *next;   /* child: of a group */
};
/* Parses text (modified, borrowed by the tree). NULL + axf_fail with the line. Free with axf_tree_free. */
axf_tree *axf_tree_parse(char *text, const char *path);
void axf_tree_free(axf_tree *t);
/* The first child of that name, NULL if there is none; its value or "". */
const axf_tree *axf_tree_find(const axf_tree *t, const char *name);
const char *axf_tree_get(const axf_tree *t, const char *name);
/* Numbers separated by blanks, commas, quotes, backslashes; returns how many (at most max). */
int axf_tree_numbers(const char *text, double *to, int max);
#endif
