/* What the compiler makes small: cycles, accesses or energy, and the file of energy coefficients.
 * SPDX-License-Identifier: Apache-2.0 */
#include "compile/program.h"
#include <stdlib.h>
#include <string.h>

#define SECOND 1e-3 /* weight of what decides near ties */

int64_t axf_accesses(const axf_cost *c, const axf_arch *a) {
  return c->store_writes + c->buffer + c->psum + c->ext_bytes * 8 / a->W;
}

double axf_energy(const axf_goal *g, const axf_cost *c) {
  const axf_energy_table *e = &g->pj;
  return e->mac * (double)c->macs + e->store_write * (double)c->store_writes + e->buffer * (double)c->buffer +
         e->psum * (double)c->psum + e->ext_byte * (double)c->ext_bytes + e->cycle * (double)c->cycles;
}

double axf_value(const axf_goal *g, const axf_cost *c, const axf_arch *a) {
  const double cycles = (double)c->cycles, words = (double)axf_accesses(c, a);
  switch (g ? g->objective : AXF_MIN_CYCLES) {
  case AXF_MIN_ACCESSES:
    return words + SECOND * cycles;
  case AXF_MIN_ENERGY:
    return axf_energy(g, c);
  default: /* a word in a thousand words a cycle: more of them never pay for a cycle */
    return cycles + SECOND * words / (a->D * a->D);
  }
}

/* The coefficients of a file: lines `NAME PJ`, each name once. */
static int read_table(axf_energy_table *e, axf_lines *l) {
  const struct {
    const char *name;
    double *at;
  } c[] = {{"mac", &e->mac},   {"store_write", &e->store_write}, {"buffer", &e->buffer},
           {"psum", &e->psum}, {"ext_byte", &e->ext_byte},       {"element_cycle", &e->cycle}};
  enum { N = sizeof c / sizeof *c };
  int seen[N] = {0}, more;
  while ((more = axf_lines_next(l)) != 0) {
    int k = 0;
    while (k < N && more > 0 && strcmp(l->tok[0], c[k].name) != 0)
      k++;
    if (more < 0 || k == N || l->ntok != 2)
      return axf_fail("%s:%d: expected NAME PJ, NAME one of mac store_write buffer psum ext_byte element_cycle",
                      l->path, l->line);
    if (seen[k]++)
      return axf_fail("%s:%d: %s stands twice", l->path, l->line, c[k].name);
    if (axf_parse_float(l, c[k].name, l->tok[1], 0, 1e6, c[k].at))
      return -1;
  }
  for (int k = 0; k < N; k++)
    if (!seen[k])
      return axf_fail("%s: %s is missing", l->path, c[k].name);
  return 0;
}

int axf_goal_read(axf_goal *g, const char *objective, const char *energy_file, const axf_arch *a) {
  static const char *const name[] = {"cycles", "accesses", "energy"};
  const char *root = getenv("AXF_ROOT");
  char standard[512];
  uint8_t *buf;
  size_t len;
  axf_lines l;
  int k = 0;
  memset(g, 0, sizeof *g);
  while (k < 3 && strcmp(objective, name[k]) != 0)
    k++;
  if (k == 3)
    return axf_fail("the objective is cycles, accesses or energy, not '%s'", objective);
  g->objective = (axf_objective)k;
  snprintf(standard, sizeof standard, "%s%ssw/compile/energy.txt", root ? root : "", root && *root ? "/" : "");
  if (!energy_file)
    energy_file = standard;
  if (axf_read_file(energy_file, &buf, &len))
    return -1;
  axf_lines_begin(&l, energy_file, (char *)buf);
  int rc = read_table(&g->pj, &l);
  free(buf);
  g->pj.cycle *= a->D * a->D;
  return rc;
}
