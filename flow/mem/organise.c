/* The search for an organisation, at nominal supply. SPDX-License-Identifier: Apache-2.0 */
#include "core/core.h"
#include "mem.h"
#include <math.h>
#include <string.h>

/* What the search makes small. */
static double cost(const axf_mem_query *q, const axf_mem_result *r) {
  const double energy = 0.5 * (r->read_pj + r->write_pj);
  switch (q->objective) {
  case AXF_MEM_AREA:
    return r->area_um2;
  case AXF_MEM_ENERGY:
    return energy;
  case AXF_MEM_DELAY:
    return r->access_ns;
  default:
    return r->area_um2 * energy * r->access_ns;
  }
}

static int check(const axf_mem_tech *t, const axf_mem_query *q, const axf_mem_process *p) {
  const double bytes = (double)q->words * (double)q->bits / 8, low = p->d.vdd * 0.4, high = p->d.vdd * 1.25;
  (void)t;
  if (q->words < 2 || q->bits < 1 || q->bits > 1024 || bytes > 16. * 1024 * 1024)
    return axf_fail("a memory has 2 words or more of 1 to 1024 bits, at most 16 MB; not %ld words of %ld bits",
                    q->words, q->bits);
  if (q->vdd != 0 && !(q->vdd >= low && q->vdd <= high))
    return axf_fail("the supply of %s at %g nm must be from %.3g to %.3g V (0.4 to 1.25 of nominal), not %g",
                    axf_mem_type_name[q->type], q->node_nm, low, high, q->vdd);
  if (!(q->kelvin >= 300 && q->kelvin <= 400))
    return axf_fail("the temperature must be from 300 to 400 K, not %g", q->kelvin);
  return 0;
}

static void label(axf_mem_result *r, const char *text) {
  const size_t n = strlen(r->labels);
  snprintf(r->labels + n, sizeof r->labels - n, "%s%s", n ? "; " : "", text);
}

int axf_mem_solve(const axf_mem_tech *t, const axf_mem_query *q, axf_mem_result *r) {
  axf_mem_process p;
  axf_mem_query nominal = *q;
  double best = INFINITY;
  if (axf_mem_process_at(t, q->node_nm, q->type, &p) || check(t, q, &p))
    return -1;
  nominal.vdd = 0;
  nominal.kelvin = 300;
  memset(r, 0, sizeof *r);
  for (int mats = 1; mats <= 4096; mats *= 2)
    for (int mux = 1; mux <= t->max_mux; mux *= 2) {
      const long words = (q->words + mats - 1) / mats, rows = (words + mux - 1) / mux, cols = q->bits * mux;
      const int small = q->words * q->bits < 8 * 1024; /* a few rows are right for a few words only */
      if (rows > t->max_rows || (rows < t->min_rows && !(mats == 1 && (mux == 1 || small))) || rows < 1 ||
          cols > 4L * t->max_segment)
        continue;
      axf_mem_result one = {.mats = mats, .rows = (int)rows, .cols = (int)cols, .mux = mux};
      one.segments = (int)((cols + t->max_segment - 1) / t->max_segment);
      axf_mem_evaluate(t, &p, &nominal, &one);
      if (cost(q, &one) < best) {
        best = cost(q, &one);
        *r = one;
      }
    }
  if (best == INFINITY)
    return axf_fail("no organisation of %ld words of %ld bits keeps the limits of tech.txt", q->words, q->bits);
  axf_mem_evaluate(t, &p, q, r);
  if (strcmp(p.how, "table"))
    label(r, p.how);
  if (q->words * q->bits < 8L * 8192)
    label(r, "below 8 KB: extrapolated, calibrated at 8 and 64 KB");
  else if (q->words * q->bits > 8L * 65536)
    label(r, "above 64 KB: extrapolated, calibrated at 8 and 64 KB");
  return 0;
}
