/* Taking batch normalisation out of a net's description (its numbers: axf_params_fold).
 * SPDX-License-Identifier: Apache-2.0 */
#include "nn/net.h"
#include <stdlib.h>
#include <string.h>

int axf_net_has_bn(const axf_net *n) {
  for (int l = 0; l < n->nlayers; l++)
    if (n->layer[l].bn)
      return 1;
  return 0;
}

/* 1 if the text at s begins with the word bn: blanks or ends stand around it. */
static int is_bn(const char *s, const char *start) {
  return (s == start || strchr(" \t", s[-1])) && strncmp(s, "bn", 2) == 0 && (s[2] == '\0' || strchr(" \t\r\n#", s[2]));
}

int axf_net_fold(axf_net *to, const axf_net *n) {
  char *text = axf_alloc(strlen(n->text) + 1, 1), *out = text;
  int line = 1, word = 0, comment = 0;
  if (!text)
    return -1;
  for (const char *s = n->text; *s; s++) {
    int layer = 0; /* 1: this line is a layer with batch normalisation */
    for (int l = 0; l < n->nlayers; l++)
      layer |= n->layer[l].line == line && n->layer[l].bn;
    comment |= *s == '#';
    if (s == n->text || strchr(" \t\n", s[-1]))
      word += !strchr(" \t\n", *s);
    if (layer && !comment && word > 2 && is_bn(s, n->text)) { /* words 1 and 2 are the kind and the name */
      s += 1;
      while (out > text && out[-1] == ' ' && (s[1] == ' ' || s[1] == '\n' || s[1] == '\0'))
        out--;
      continue;
    }
    if (*s == '\n') {
      line++;
      word = comment = 0;
    }
    *out++ = *s;
  }
  int r = axf_net_parse(to, n->name, text);
  free(text);
  return r;
}
