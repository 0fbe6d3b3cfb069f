/* Rates by layer and bit (rates.h).
 * SPDX-License-Identifier: Apache-2.0 */
#include "axtrain/rates.h"
#include <stdlib.h>
#include <string.h>

/* One "LAYER[:BIT]=VALUE"; it is cut up. */
static int set_one(axf_rates *r, const axf_net *n, const char *what, char *item, const axf_tech *tech) {
  char *value = strchr(item, '='), *colon;
  double p;
  long bit = -1;
  int found = 0;
  if (!value)
    return axf_fail("%s: '%s' is not LAYER=VALUE or LAYER:BIT=VALUE", what, item);
  *value++ = '\0';
  if ((colon = strchr(item, ':'))) {
    *colon = '\0';
    if (axf_parse_int(NULL, what, colon + 1, 0, 7, &bit))
      return -1;
  }
  if (axf_parse_float(NULL, what, value, 0, tech ? 100 : 1, &p) || (tech && axf_tech_ber(tech, p, &p)))
    return -1;
  for (int l = 0; l < n->nlayers; l++) {
    if (n->layer[l].kind == AXF_POOL || (strcmp(item, "*") != 0 && strcmp(item, n->layer[l].name) != 0))
      continue;
    found = 1;
    for (int b = 0; b < 8; b++)
      if (bit < 0 || b == bit)
        r->p[l][b] = p;
  }
  return found ? 0 : axf_fail("%s: net %s has no layer '%s' with weights", what, n->name, item);
}

int axf_rates_of(axf_rates *r, const axf_net *n, double p, const char *what, const char *text, const axf_tech *tech) {
  char *copy = axf_strdup(text), *rest = copy, *item;
  int bad = !copy;
  for (int l = 0; l < AXF_MAX_LAYERS; l++)
    for (int b = 0; b < 8; b++)
      r->p[l][b] = p;
  while (!bad && (item = strsep(&rest, ",")))
    bad = *text && set_one(r, n, what, item, tech);
  free(copy);
  return bad ? -1 : 0;
}

axf_rates axf_rates_times(const axf_rates *r, double factor) {
  axf_rates to;
  for (int l = 0; l < AXF_MAX_LAYERS; l++)
    for (int b = 0; b < 8; b++)
      to.p[l][b] = factor * r->p[l][b];
  return to;
}

/* The smallest rate above `after`, -1 if there is none. */
static double next_rate(const axf_rates *r, const axf_net *n, double after) {
  double next = -1;
  for (int l = 0; l < n->nlayers; l++)
    for (int b = 0; b < 8 && axf_weight_count(&n->layer[l]); b++)
      if (r->p[l][b] > after && (next < 0 || r->p[l][b] < next))
        next = r->p[l][b];
  return next;
}

void axf_rates_cells(const axf_rates *r, const axf_net *n, axf_cells *c, axf_cells *spare,
                     void (*make)(void *ctx, double p, axf_cells *to), void *ctx) {
  memset(c->zero, 0, c->n);
  memset(c->one, 255, c->n);
  for (double p = next_rate(r, n, 0); p > 0; p = next_rate(r, n, p)) {
    make(ctx, p, spare);
    for (size_t l = 0, first = 0, count; l < (size_t)n->nlayers; l++, first += count) {
      uint8_t here = 0;
      count = axf_weight_count(&n->layer[l]);
      for (int b = 0; b < 8; b++)
        here |= (uint8_t)((r->p[l][b] >= p && r->p[l][b] <= p) << b);
      for (size_t i = first; here && i < first + count; i++) {
        c->zero[i] = (uint8_t)((c->zero[i] & ~here) | (spare->zero[i] & here));
        c->one[i] = (uint8_t)((c->one[i] & ~here) | (spare->one[i] & here));
      }
    }
  }
}
