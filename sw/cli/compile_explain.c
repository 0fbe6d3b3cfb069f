/* axflow compile --explain: what the mapper chose for every layer, what came next, and why.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/compile_explain.h"
#include <string.h>

static void line(const axf_choice *c, int first, const axf_goal *g, const axf_arch *a) {
  const axf_cost *k = &c->cost;
  char f[64], block[48] = "whole", tile[48];
  axf_factors_text(f, sizeof f, &c->f, a->D);
  if (c->blocks > 1)
    snprintf(block, sizeof block, "%dx%dx%d%s", c->block_maps, c->block_rows, c->block_cols, c->staged ? "s" : "");
  snprintf(tile, sizeof tile, "%d:%dx%d/%d%s", c->maps, c->rows, c->cols, c->chunks, c->maps_inner ? "m" : "p");
  printf("%c %-30s %-13s %-14s %10lld %10lld %10lld %10lld %10lld %9lld %9lld %12lld %10.1f\n", first ? '*' : ' ', f,
         block, tile, (long long)k->cycles, (long long)k->compute, (long long)k->kload, (long long)k->nload,
         (long long)k->bus, (long long)k->store, (long long)k->write, (long long)axf_accesses(k, a),
         axf_energy(g, k) / 1000);
}

void axf_explain(const axf_choices *c, const axf_program *p, const axf_net *n, const axf_goal *g) {
  printf(
      "factors Tm,Tn,Tr,Tc,Ti,Tj; block: maps x rows x columns of results, s: input loaded chunk by chunk; tile: map "
      "steps : rows x columns\nof outputs / chunks of a sum, m: neurons stay while maps pass, p: kernels stay; cycles "
      "by calculation: in all, of the array, row buses,\ncolumn buses, reads and writes of memory, write-back; words "
      "moved; nJ. * chosen by price, then the runners-up.\n");
  printf("  %-30s %-13s %-14s %10s %10s %10s %10s %10s %9s %9s %12s %10s\n", "factors", "block", "tile", "cycles",
         "compute", "row", "column", "read", "store", "write", "accesses", "energy");
  for (int l = 0; l < p->nlayers; l++) {
    char now[64], best[64];
    axf_factors_text(now, sizeof now, &p->layer[l].f, p->arch.D);
    axf_factors_text(best, sizeof best, &c[l].choice[0].f, p->arch.D);
    printf("%s%s%s\n", n->layer[p->layer[l].net_layer].name,
           strcmp(now, best) ? ": the cycle model of the whole program prefers " : "", strcmp(now, best) ? now : "");
    for (int k = 0; k < c[l].n; k++)
      line(&c[l].choice[k], k == 0, g, &p->arch);
  }
}
