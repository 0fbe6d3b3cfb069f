/* Multiplier cores by name and number.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cores.h"
#include "shim.h"
#include <string.h>

int axf_cores_built(axf_core_names *c) {
  const char *at = axf_shim_mult();
  memset(c, 0, sizeof *c);
  while (strcmp(at, "table") != 0 && *at) {
    size_t len = strcspn(at, "+");
    if (c->n == AXF_MULT_CORES || len >= sizeof c->name[0])
      return axf_fail("this simulator was built with the multipliers %s: more than %d, or too long a name",
                      axf_shim_mult(), AXF_MULT_CORES);
    memcpy(c->name[c->n++], at, len);
    at += len + (at[len] == '+');
  }
  return 0;
}

/* The number of a core by name; -1: the build has none of that name. */
static int number(const axf_core_names *c, const char *name) {
  for (int i = 0; i < c->n; i++)
    if (strcmp(c->name[i], name) == 0)
      return i;
  return -1;
}

/* A build with tables: every multiplier of the net gets the next number. */
static int tables(axf_cores *c, axf_core_names *names) {
  if (c->set.count > AXF_MULT_CORES)
    return axf_fail("--mult %s: %d different multipliers, an element has at most %d", c->spec, c->set.count,
                    AXF_MULT_CORES);
  names->n = c->set.count;
  for (int i = 0; i < names->n; i++) {
    memcpy(names->name[i], c->set.held[i]->name, sizeof names->name[i]);
    memcpy(axf_mult_table + (size_t)65536 * (size_t)i, c->set.held[i]->t, sizeof c->set.held[i]->t);
  }
  return 0;
}

/* All cores as the accelerator was built for them. */
static int fit(const axf_cores *c) {
  for (int i = 0; i < c->set.count; i++) {
    const axf_mult *m = c->set.held[i];
    if (axf_shim_zero_skip() && !m->zero_exact)
      return axf_fail("multiplier '%s' does not give 0 for every zero operand: this simulator skips zeros", m->name);
    if (m->is_signed != axf_shim_mult_signed())
      return axf_fail("multiplier '%s' is %s, this simulator was built for %s cores%s", m->name,
                      m->is_signed ? "signed" : "unsigned", m->is_signed ? "unsigned" : "signed",
                      c->set.count > 1 ? "; the cores of one accelerator are all of one kind" : "");
  }
  return 0;
}

int axf_cores_load(axf_cores *c, const axf_net *n, const char *spec, const char *mult_dir) {
  axf_core_names built;
  memset(c, 0, sizeof *c);
  if (axf_cores_built(&built))
    return -1;
  if (!spec && built.n > 1)
    return axf_fail("this simulator was built with the multipliers %s: --mult NAME,LAYER=NAME,... says which layer has "
                    "which",
                    axf_shim_mult());
  if (!spec)
    spec = built.n ? built.name[0] : "exact";
  /* Layers that are not spoken of are exact. */
  const int partial = strchr(spec, '=') && strcspn(spec, "=") < strcspn(spec, ",");
  if (snprintf(c->spec, sizeof c->spec, "%s%s", partial ? "exact," : "", spec) >= (int)sizeof c->spec)
    return axf_fail("--mult: the list is too long");
  if (built.n == 1 && !strpbrk(spec, ",=") && strcmp(spec, built.name[0]) != 0)
    return axf_fail("--mult %s: this simulator was built with the Verilog of multiplier %s", spec, built.name[0]);
  if (axf_shim_w() == 16 ? axf_multset_wide(&c->set, n, c->spec) : axf_multset_load(&c->set, n, c->spec, mult_dir))
    return -1;
  if (fit(c) || (built.n == 0 && tables(c, &built)))
    return -1;
  for (int l = 0; l < AXF_MAX_LAYERS; l++) {
    c->layer[l] = c->set.layer[l] ? c->set.layer[l] : c->set.held[0];
    const int k = number(&built, c->layer[l]->name);
    if (k < 0)
      return axf_fail("--mult %s: this simulator was built with the multipliers %s, without %s", spec, axf_shim_mult(),
                      c->layer[l]->name);
    c->core[l] = (uint8_t)k;
  }
  return 0;
}

void axf_cores_free(axf_cores *c) { axf_multset_free(&c->set); }
