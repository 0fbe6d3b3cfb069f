/* A process at any node, and how it follows the supply. SPDX-License-Identifier: Apache-2.0 */
#include "core/core.h"
#include "mem.h"
#include <math.h>

#define EPS0 8.854e-18     /* F/um */
#define BOLTZMANN 8.617e-5 /* V/K */
#define ROOM 300.0

/* Between two values at nodes a and b (logarithmic; straight where a value may be 0). */
static double between(double x, double a, double b, double va, double vb) {
  double f = (log(x) - log(a)) / (log(b) - log(a));
  return va > 0 && vb > 0 ? exp((1 - f) * log(va) + f * log(vb)) : (1 - f) * va + f * vb;
}

static void blend(axf_mem_device_line *o, double node, const axf_mem_device_line *a, const axf_mem_device_line *b) {
#define BLEND(f) o->f = between(node, a->node, b->node, a->f, b->f)
  BLEND(vdd), BLEND(vth), BLEND(ion), BLEND(ioff300), BLEND(ioff360), BLEND(ig), BLEND(cg), BLEND(cf);
  BLEND(cj), BLEND(cjsw), BLEND(rmul), BLEND(n2p);
#undef BLEND
}

/* The device of a type at a node. Above a type's largest node it changes as hp does; below 22 nm it stays. */
static const char *device_at(const axf_mem_tech *t, double node, axf_mem_type type, axf_mem_device_line *d) {
  const axf_mem_device_line *list = t->device[type];
  const int n = t->devices[type];
  for (int i = 0; i < n; i++)
    if (fabs(list[i].node - node) < 1e-9) {
      *d = list[i];
      return "table";
    }
  for (int i = 0; i + 1 < n; i++)
    if (list[i].node > node && list[i + 1].node < node) {
      *d = list[i];
      blend(d, node, &list[i], &list[i + 1]);
      d->node = node;
      return "interpolated between nodes";
    }
  if (node < list[n - 1].node) {
    double v = t->supply[t->supplies - 1][1];
    *d = list[n - 1];
    for (int i = 0; i < t->supplies; i++) {
      const double a = i ? t->supply[i - 1][0] : list[n - 1].node, va = i ? t->supply[i - 1][1] : list[n - 1].vdd;
      if (node <= a && node >= t->supply[i][0])
        v = between(node, a, t->supply[i][0], i ? va : t->supply[0][1], t->supply[i][1]);
    }
    d->vdd = type == AXF_MEM_LOP ? 0.75 * v : v;
    d->node = node;
    return "extrapolated: devices of 22 nm, published supply and cell";
  }
  axf_mem_device_line h, h0;
  device_at(t, node, AXF_MEM_HP, &h);
  device_at(t, list[0].node, AXF_MEM_HP, &h0);
  *d = list[0];
#define FOLLOW(f) d->f *= h.f / h0.f
  FOLLOW(vdd), FOLLOW(vth), FOLLOW(ion), FOLLOW(ioff300), FOLLOW(ioff360), FOLLOW(ig), FOLLOW(cg), FOLLOW(cf);
  FOLLOW(cj), FOLLOW(cjsw), FOLLOW(rmul), FOLLOW(n2p);
#undef FOLLOW
  d->node = node;
  return "extrapolated: the type's first node, changed as hp changes";
}

static void wire_at(const axf_mem_tech *t, double node, axf_mem_wire_line *w) {
  int i = t->wires - 1;
  while (i > 0 && t->wire[i].node < node)
    i--;
  const axf_mem_wire_line *a = &t->wire[i], *b = a + 1;
  *w = *a;
  if (i == t->wires - 1) { /* below the last node the layers shrink with it */
    w->ild *= node / a->node;
    w->barrier *= node / a->node;
  } else if (node < a->node) {
#define BLEND(f) w->f = between(node, a->node, b->node, a->f, b->f)
    BLEND(pitch_f), BLEND(aspect), BLEND(eps_h), BLEND(eps_v), BLEND(ild), BLEND(barrier), BLEND(rho), BLEND(fringe);
    BLEND(sense);
#undef BLEND
  }
}

int axf_mem_process_at(const axf_mem_tech *t, double node_nm, axf_mem_type type, axf_mem_process *p) {
  axf_mem_wire_line w;
  double scale = 1;
  if (!(node_nm >= 7 && node_nm <= 180))
    return axf_fail("the node must be from 7 to 180 nm, not %g", node_nm);
  p->how = device_at(t, node_nm, type, &p->d);
  wire_at(t, node_nm, &w);
  p->node = node_nm / 1000;
  p->cell_h = p->node * sqrt(t->cell_area_f2 / t->cell_aspect);
  p->cell_w = p->cell_h * t->cell_aspect;
  for (int i = 0; i < t->areas; i++) {
    const double last = t->device[type][t->devices[type] - 1].node, a = i ? t->area[i - 1][0] : last,
                 va = i ? t->area[i - 1][1] : t->cell_area_f2 * last * last / 1e6;
    if (node_nm < a && node_nm >= t->area[i][0])
      scale = sqrt(between(node_nm, a, t->area[i][0], va, t->area[i][1]) / (p->cell_h * p->cell_w));
  }
  /* Below 22 nm the cell tells what a feature is; transistors, wires and strips follow it. */
  p->cell_h *= scale;
  p->cell_w *= scale;
  p->node *= scale;
  p->access = t->access_f * p->node;
  p->down = t->down_f * p->node;
  p->up = t->up_f * p->node;
  p->pitch = w.pitch_f * p->node;
  const double width = p->pitch / 2, thick = w.aspect * width, space = p->pitch - width;
  p->wire_c = 2 * EPS0 * (1.5 * w.eps_h * thick / space + w.eps_v * width / w.ild) + w.fringe;
  p->wire_r = w.rho / ((width - 2 * w.barrier) * (thick - w.barrier));
  p->sense = w.sense * 1e-9;
  return 0;
}

double axf_mem_threshold(const axf_mem_tech *t, const axf_mem_process *p, double v) {
  return p->d.vth + t->dibl * (p->d.vdd - v);
}

static double current(const axf_mem_tech *t, const axf_mem_process *p, double v) {
  const double scale = t->alpha * t->n_drive * BOLTZMANN * ROOM;
  return pow(log1p(exp((v - axf_mem_threshold(t, p, v)) / scale)), t->alpha);
}

double axf_mem_drive(const axf_mem_tech *t, const axf_mem_process *p, double v) {
  return current(t, p, v) / current(t, p, p->d.vdd);
}

double axf_mem_ioff(const axf_mem_tech *t, const axf_mem_process *p, double v, double kelvin) {
  const double f = (kelvin - 300) / 60, dv = axf_mem_threshold(t, p, v) - p->d.vth;
  return exp((1 - f) * log(p->d.ioff300) + f * log(p->d.ioff360)) * exp(-dv / (t->n * BOLTZMANN * kelvin));
}
