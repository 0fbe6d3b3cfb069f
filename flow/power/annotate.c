/* One block as files for OpenSTA; see report.h. SPDX-License-Identifier: Apache-2.0 */
#include "annotate.h"
#include "core/core.h"
#include <stdlib.h>
#include <string.h>

static int inside(const axf_flat *f, int scope, const char *block, int *instance) {
  for (; scope >= 0; scope = f->scope[scope].parent)
    if (!strcmp(f->scope[scope].block, block)) {
      *instance = scope;
      return 1;
    }
  return 0;
}

/* Cells by instance, in the order of flattening, which is the same in all of them. */
static int collect(axf_annotate *a, const axf_sim *s, const char *block) {
  const axf_flat *f = s->f;
  int instance, *seen = axf_alloc((size_t)f->nscopes, sizeof *seen);
  a->cell = axf_alloc((size_t)f->ncells + 1, sizeof *a->cell);
  if (!seen || !a->cell)
    return -1;
  for (int k = 0; k < f->nscopes; k++)
    a->instances += !strcmp(f->scope[k].block, block);
  for (int i = 0; i < f->ncells; i++)
    a->total += inside(f, f->cell[i].scope, block, &instance);
  if (!a->instances || a->total % a->instances) {
    free(seen);
    return axf_fail("block %s: %d cells in %d instances", block, a->total, a->instances);
  }
  a->ncells = a->total / a->instances;
  int index = 0;
  for (int i = 0; i < f->ncells; i++) {
    if (!inside(f, f->cell[i].scope, block, &instance))
      continue;
    if (!seen[instance])
      seen[instance] = ++index;
    const int which = seen[instance] - 1;
    if (which >= AXF_ANNOTATE_MAX) {
      free(seen);
      return axf_fail("block %s has more than %d instances", block, AXF_ANNOTATE_MAX);
    }
    const int k = a->fill[which]++;
    a->cell[which * a->ncells + k] = i;
    if (f->cell[i].type != f->cell[a->cell[k]].type) {
      free(seen);
      return axf_fail("the instances of %s differ", block);
    }
  }
  free(seen);
  return 0;
}

/* The netlist: nets driven outside get a source. Returns their mean slew. */
static int netlist(const axf_annotate *a, const axf_sim *s, const axf_power *p, FILE *out, double *slew) {
  const axf_flat *f = s->f;
  char *state = axf_alloc((size_t)f->nnets, 1); /* 1 used, 2 driven */
  long sources = 0;
  if (!state)
    return -1;
  for (int k = 0; k < a->ncells; k++) {
    const axf_flat_cell *c = &f->cell[a->cell[k]];
    for (int q = 0; q < c->type->npins; q++)
      if (c->net[q] >= 0 && q != c->type->clock)
        state[c->net[q]] |= c->type->pin[q].is_output ? 3 : 1;
  }
  fprintf(out, "module wrap(clk);\n  input clk;\n");
  for (int n = 2; n < f->nnets; n++)
    if (state[n])
      fprintf(out, "  wire n%d;\n", n);
  *slew = 0;
  for (int n = 2; n < f->nnets; n++)
    if (state[n] == 1) {
      fprintf(out, "  AXF_SOURCE s%d (.CK(clk), .Q(n%d));\n", n, n);
      *slew += p->slew[n];
      sources++;
    }
  *slew /= sources ? (double)sources : 1;
  for (int k = 0; k < a->ncells; k++) {
    const axf_flat_cell *c = &f->cell[a->cell[k]];
    fprintf(out, "  %s c%d (", c->type->name, k);
    for (int q = 0, first = 1; q < c->type->npins; q++) {
      if (q == c->type->clock)
        fprintf(out, "%s.%s(clk)", first ? "" : ", ", c->type->pin[q].name);
      else if (c->net[q] >= 2)
        fprintf(out, "%s.%s(n%d)", first ? "" : ", ", c->type->pin[q].name, c->net[q]);
      else if (c->net[q] >= 0)
        fprintf(out, "%s.%s(1'b%d)", first ? "" : ", ", c->type->pin[q].name, c->net[q]);
      else
        continue;
      first = 0;
    }
    fprintf(out, ");\n");
  }
  fprintf(out, "endmodule\n");
  free(state);
  return 0;
}

/* Activity of every pin: toggles a cycle and duty, means over the instances. */
static void activity(const axf_annotate *a, const axf_sim *s, FILE *out) {
  const axf_flat *f = s->f;
  const double cycles = (double)s->counted * a->instances;
  for (int k = 0; k < a->ncells; k++) {
    const axf_flat_cell *c = &f->cell[a->cell[k]];
    for (int q = 0; q < c->type->npins; q++) {
      double toggles = 0, ones = 0;
      if (q == c->type->clock || c->net[q] < 0)
        continue;
      for (int i = 0; i < a->instances; i++) {
        const int n = f->cell[a->cell[i * a->ncells + k]].net[q];
        toggles += s->toggles[n];
        ones += (double)s->ones[n];
      }
      fprintf(out, "sta::set_power_pin_activity [get_pins {c%d/%s}] %.6g %.6g\n", k, c->type->pin[q].name,
              toggles / cycles, ones / cycles);
    }
  }
}

static void figures(const axf_annotate *a, const axf_report *o, const axf_sim *s, const axf_power *p,
                    const axf_lib *lib, FILE *out) {
  axf_power_sum sum = {0};
  for (int k = 0; k < a->total; k++)
    axf_power_cell(p, s, lib, a->cell[k], &sum);
  const double each = o->mhz * 1e6 / ((double)s->counted * a->instances);
  fprintf(out, "block %s\ninstances %d\ncells %d\nmhz %g\nnet %.6g\ninternal %.6g\nclock %.6g\nclock_net %.6g\n",
          o->block, a->instances, a->ncells, o->mhz, sum.net * each, sum.internal * each, sum.clock * each,
          sum.clock_net * each);
  fprintf(out, "leakage %.6g\nleakage_mean %.6g\n", sum.leakage / a->instances, sum.leakage_mean / a->instances);
}

int axf_annotate_write(const axf_report *o, const axf_sim *s, const axf_power *p, const axf_lib *lib) {
  static const char *const ending[] = {".v", "-cells.lib", "-source.lib", ".tcl", ".txt"};
  static axf_annotate a;
  double slew = 0;
  memset(&a, 0, sizeof a);
  int e = collect(&a, s, o->block);
  for (int k = 0; k < 5 && !e; k++) {
    char *path = axf_sprintf("%s%s", o->annotate, ending[k]);
    axf_out *out = path ? axf_out_begin(path) : NULL;
    free(path);
    if (!out) {
      e = -1;
      break;
    }
    FILE *f = axf_out_stream(out);
    if (k == 0)
      e = netlist(&a, s, p, f, &slew);
    else if (k == 1)
      axf_annotate_library(&a, s, lib, f);
    else if (k == 2)
      axf_annotate_source(lib, slew, f);
    else if (k == 3)
      activity(&a, s, f);
    else
      figures(&a, o, s, p, lib, f);
    e = axf_out_commit(out) || e ? -1 : 0;
  }
  free(a.cell);
  return e;
}
