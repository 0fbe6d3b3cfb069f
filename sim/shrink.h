/* Making a failing random case small: its net, factors, memories, images, latency and back-pressure are reduced step by
 * step as long as the case still fails. SPDX-License-Identifier: Apache-2.0 */
#ifndef AXF_SHRINK_H
#define AXF_SHRINK_H
#include "options.h"
#include "random_net.h"

/* A convolution with the pool behind it, or a fully connected layer. */
typedef struct {
  int fc, maps, ky, kx, stride, pad, relu;
  int pool, avg; /* window; 0: no pool */
  axf_factors f;
} axf_small_layer;

/* Everything of a case that its seed does not say. */
typedef struct {
  int D; /* of the array */
  int c, h, w, layers;
  axf_small_layer layer[AXF_MAX_LAYERS];
  int words[6]; /* NB,KB,NS,KS,PS,PAR; 0: all there are */
  int images, latency, pressure;
} axf_small;

/* The case as drawn; latency, pressure: -1: the case's own. */
axf_small axf_shrink_start(const axf_random_case *c, int latency, int pressure);
/* Its net as text, its factors as axf_factors_parse reads them (cut at len), its memories. */
void axf_shrink_net(const axf_small *s, char *text, size_t len);
void axf_shrink_factors(const axf_small *s, char *text, size_t len);
axf_arch axf_shrink_arch(const axf_small *s, const axf_arch *all);
/* "NB,KB,NS,KS,PS,PAR" (0: all there are) into an architecture; -1 + axf_fail. */
int axf_shrink_words(axf_arch *a, const char *text);

/* Whether the case fails, with its net in a file. */
typedef int (*axf_fails_fn)(void *ctx, const axf_small *s, const char *net);
/* Reduces s until every single step would make it pass; the net is left in FILE.net. -1 + axf_fail when the case does
 * not fail to begin with, or the file cannot be written. */
int axf_shrink(axf_small *s, const char *file, axf_fails_fn fails, void *ctx);
/* The command that runs the case again; the part of it that sets failing cells. */
void axf_shrink_print(const axf_small *s, const axf_sim_options *o, uint64_t seed);
void axf_shrink_print_supply(const axf_sim_options *o);
#endif
