/* Plans of all layers, last first: the layout that a layer writes is its reader's.
 * SPDX-License-Identifier: Apache-2.0 */
#include "compile/price.h"
#include <stdlib.h>
#include <string.h>

/* 1: rows are not cut into segments. */
#define WHOLE 0
/* Last of the weights 1, 4, 16 .. that room in the local stores is given. */
#define DEAREST 64
/* Numbers of chunks that are tried beside the one that seems best. */
static const int chunks[] = {1, 2, 3, 4, 6, 8};

void axf_place_input(axf_placement *p, int *ext, const axf_arch *a, const axf_work *reader, const axf_factors *f,
                     int l) {
  axf_placement_init(p, reader->N, reader->H, reader->W, f->Tn, f->Ti, f->Tj, reader->pad);
  *ext = p->words > a->nb_words;
  if (*ext && l > 0)
    axf_placement_init(p, reader->N, reader->H, reader->W, f->Tn, f->Ti, f->Tj, 0);
  p->buffer = l & 1;
  if (*ext)
    axf_placement_ext(p, a);
}

/* Banks that the rows do not fight for, if a neuron buffer holds it so; else D maps an address, perhaps in memory. */
void axf_place_output(axf_placement *p, int *ext, const axf_arch *a, const axf_work *last, const axf_factors *f,
                      int l) {
  axf_placement_init(p, last->M, last->R, last->C, a->D / (f->Tr * f->Tc), f->Tr, f->Tc, 0);
  if (p->words > a->nb_words)
    axf_placement_init(p, last->M, last->R, last->C, a->D, 1, 1, 0);
  p->buffer = (l + 1) & 1;
  *ext = p->words > a->nb_words;
  if (*ext)
    axf_placement_ext(p, a);
}

/* The plan for factors that are given. */
static int given(axf_plan *p, const axf_work *w, int l, const axf_placement *out, int out_ext, const axf_factors *asked,
                 const axf_arch *a) {
  axf_factors f = *asked;
  axf_placement in, to;
  int in_ext;
  f.seg = f.seg ? f.seg : a->D;
  f.Qm = f.Qm ? f.Qm : 1;
  if (axf_check_factors(w, &f, a))
    return -1;
  axf_place_input(&in, &in_ext, a, w, &f, l);
  if (in_ext && l > 0 && (f.Ti > 1 || f.Tj > 1)) {
    axf_placement_init(&in, w->N, w->H, w->W, f.Tn, f.Ti, f.Tj, w->pad);
    return axf_fail(
        "layer %s: its %dx%dx%d input needs %d words a bank, a neuron buffer has %d; from external memory it "
        "is read with Ti = Tj = 1",
        w->net->name, w->N, w->H, w->W, in.words, a->nb_words);
  }
  if (!out)
    axf_place_output(&to, &out_ext, a, w, &f, l);
  return axf_stream_plan(p, in_ext, out_ext, w, &f, out ? out : &to, a, 0);
}

/* What is told of the best plans of a layer. */
static void tell(axf_choices *c, const axf_plan *plans, int n, const axf_work *w) {
  c->n = n;
  for (int k = 0; k < n; k++) {
    const axf_plan *p = &plans[k];
    const axf_tiling *t = &p->t;
    c->choice[k] = (axf_choice){.f = p->f,
                                .cost = p->cost,
                                .blocks = axf_ceil_div(w->M, p->st.maps) * axf_ceil_div(w->R, p->st.rows) *
                                          axf_ceil_div(w->C, p->st.cols),
                                .block_maps = p->st.maps,
                                .block_rows = p->st.rows,
                                .block_cols = p->st.cols,
                                .staged = p->st.staged,
                                .maps = t->ms,
                                .rows = axf_min(t->rs * p->f.Tr, w->R),
                                .cols = axf_min(t->cs * axf_step_cols(&p->f), w->C),
                                .chunks = axf_chunks(t, w),
                                .maps_inner = t->maps_inner};
  }
}

static int is_given(const axf_chosen *e, int l) {
  return e->o && e->o->factors && l < e->o->nfactors && e->o->factors[l].Tm;
}

/* At most `most` plans of layer l, the best first; next: the plan of the layer behind it (NULL: it is the last). want:
 * as axf_map's. Returns their number or -1. */
static int plans_of(axf_plan *plans, int most, const axf_chosen *e, int l, const axf_plan *next,
                    const axf_factors *want, int whole) {
  axf_placement out;
  int out_ext = 0;
  axf_work w = e->work[l];
  w.goal = e->o ? e->o->goal : NULL;
  w.stream = e->o && e->o->images > 1;
  w.resident = e->resident;
  w.first = l == 0;
  w.last = !next;
  if (next)
    axf_place_input(&out, &out_ext, e->a, &e->work[l + 1], &next->f, l + 1);
  const axf_placement *to = next ? &out : NULL;
  if (is_given(e, l))
    return given(&plans[0], &w, l, to, out_ext, &e->o->factors[l], e->a) ? -1 : 1;
  return axf_map(plans, most, &w, l, to, out_ext, want, whole, e->a);
}

/* ---- the paper's coupling: <Tm,Tr,Tc> of a layer = <Tn,Ti,Tj> of the next ---- */

#define BEAM 16 /* ways to read a layer that are followed up */

typedef struct {
  axf_plan plan;
  double total; /* with the layers behind it */
  int next;     /* the way of the layer behind it */
} way;

static int same_input(const axf_factors *x, const axf_factors *y) {
  return x->Tn == y->Tn && x->Ti == y->Ti && x->Tj == y->Tj;
}

/* Keeps a plan among the best ways to read the layer: one for each <Tn,Ti,Tj>. */
static void keep(way *w, int *count, const axf_plan *p, double total, int next) {
  int at = 0;
  while (at < *count && !same_input(&w[at].plan.f, &p->f))
    at++;
  if (at == *count && at < BEAM) {
    w[(*count)++].total = total + 1;
  } else if (at == *count) { /* full: over the worst */
    for (int k = at = 0; k < BEAM; k++)
      at = w[k].total > w[at].total ? k : at;
  }
  if (total < w[at].total)
    w[at] = (way){*p, total, next};
}

static int coupled(axf_plan *plan, const axf_chosen *e) {
  way(*ways)[BEAM] = axf_alloc((size_t)e->n, sizeof *ways);
  int count[AXF_MAX_LAYERS] = {0}, rc = ways ? 0 : -1;
  axf_plan found[BEAM];
  for (int l = e->n - 1; l >= 0 && !rc; l--) {
    const int last = l == e->n - 1;
    for (int k = 0; k < (last ? 1 : count[l + 1]); k++) {
      const way *behind = last ? NULL : &ways[l + 1][k];
      axf_factors want = {0};
      if (behind) {
        want.Tm = behind->plan.f.Tn;
        want.Tr = behind->plan.f.Ti;
        want.Tc = behind->plan.f.Tj;
      }
      const int n = plans_of(found, BEAM, e, l, behind ? &behind->plan : NULL, &want, 1);
      for (int i = 0; i < n; i++) {
        const axf_factors *f = &found[i].f;
        if (!behind || (f->Tm == want.Tm && f->Tr == want.Tr && f->Tc == want.Tc && !f->flat && f->Qm == 1))
          keep(ways[l], &count[l], &found[i], found[i].value + (behind ? behind->total : 0), k);
      }
    }
    if (!count[l] && !rc)
      rc = axf_fail("layer %s: no factors with <Tm,Tr,Tc> equal to <Tn,Ti,Tj> of the layer behind it",
                    e->work[l].net->name);
  }
  if (!rc) {
    int at = 0;
    for (int k = 1; k < count[0]; k++)
      at = ways[0][k].total < ways[0][at].total ? k : at;
    for (int l = 0; l < e->n; l++) {
      plan[l] = ways[l][at].plan;
      at = ways[l][at].next;
    }
  }
  free(ways);
  return rc;
}

static int each_alone(axf_plan *plan, const axf_chosen *e) {
  const axf_factors any = {0};
  axf_choices *c = e->o ? e->o->choices : NULL;
  axf_plan best[AXF_CHOICES];
  for (int l = e->n - 1; l >= 0; l--) {
    const axf_plan *next = l + 1 < e->n ? &plan[l + 1] : NULL;
    const int found = plans_of(best, c ? AXF_CHOICES : 1, e, l, next, &any, WHOLE);
    if (found < 0)
      return -1;
    plan[l] = best[0];
    if (c)
      tell(&c[l], best, found, &e->work[l]);
  }
  return 0;
}

/* Do the kernels and parameters of all layers fit the local stores together? */
static int fit_together(const axf_plan *plan, const axf_chosen *e) {
  int64_t words = 0, records = 0;
  for (int l = 0; l < e->n; l++) {
    const axf_work *w = &e->work[l];
    const int64_t MS = axf_ceil_div(w->M, axf_step_maps(&plan[l].f));
    words += MS * axf_ceil_div(w->N, plan[l].f.Tn) * w->Ky * w->Kx;
    records += MS * plan[l].f.Qm;
  }
  return words <= e->a->ks_words && records <= e->a->par_words;
}

int axf_choose(axf_plan *plan, axf_chosen *e) {
  const axf_compile_opt *o = e->o;
  int rc = -1;
  /* Several images: for kernels that stay in the local stores, if such plans then do; else with room there dearer. */
  for (e->resident = o && o->images > 1; e->resident <= DEAREST; e->resident *= 4) {
    rc = o && o->coupling ? coupled(plan, e) : each_alone(plan, e);
    if (rc || !e->resident || fit_together(plan, e))
      break;
  }
  if (e->resident > DEAREST) {
    e->resident = 0;
    rc = o->coupling ? coupled(plan, e) : each_alone(plan, e);
  }
  for (int l = 0; l < e->n && !rc && o && o->coupling && o->choices; l++)
    tell(&o->choices[l], &plan[l], 1, &e->work[l]);
  return rc;
}

int axf_others(axf_plan *other, int most, const axf_chosen *e, const axf_plan *plan, int l) {
  const axf_plan *next = l + 1 < e->n ? &plan[l + 1] : NULL;
  axf_factors want = {0};
  axf_plan found[AXF_CHOICES];
  int count = 0;
  if (l > 0) { /* the layer before writes for these */
    want.Tn = plan[l].f.Tn;
    want.Ti = plan[l].f.Ti;
    want.Tj = plan[l].f.Tj;
  }
  if (e->o->coupling) {
    want.Tm = plan[l].f.Tm;
    want.Tr = plan[l].f.Tr;
    want.Tc = plan[l].f.Tc;
  }
  const int n = is_given(e, l) ? 0 : plans_of(found, AXF_CHOICES, e, l, next, &want, WHOLE);
  for (int k = 0; k < n && count < most; k++)
    other[count++] = found[k];
  for (int k = 0; k < (int)(sizeof chunks / sizeof *chunks) && count < most; k++) {
    axf_chosen fixed = *e;
    axf_compile_opt o = *e->o;
    axf_factors f[AXF_MAX_LAYERS] = {{0}};
    axf_work work[AXF_MAX_LAYERS];
    memcpy(work, e->work, (size_t)e->n * sizeof *work);
    work[l].chunks = chunks[k];
    f[l] = plan[l].f;
    o.factors = f;
    o.nfactors = l + 1;
    fixed.work = work;
    fixed.o = &o;
    if (plans_of(&other[count], 1, &fixed, l, next, &want, WHOLE) > 0)
      count++;
  }
  return count;
}
