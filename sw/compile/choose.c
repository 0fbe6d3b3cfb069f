/* Plans of all layers, last first: the layout that a layer writes is its reader's.
 * SPDX-License-Identifier: Apache-2.0 */
#include "compile/price.h"

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

void axf_place_output(axf_placement *p, int *ext, const axf_arch *a, const axf_work *last, int l) {
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
  axf_placement in;
  int in_ext;
  f.seg = f.seg ? f.seg : a->D;
  f.Qm = f.Qm ? f.Qm : 1;
  if (axf_check_factors(w, &f, a))
    return -1;
  axf_place_input(&in, &in_ext, a, w, &f, l);
  if (in_ext && l > 0 && (f.Ti > 1 || f.Tj > 1)) {
    axf_placement_init(&in, w->N, w->H, w->W, f.Tn, f.Ti, f.Tj, w->pad);
    return axf_fail("layer %s: its %dx%dx%d input needs %d words a bank, a neuron buffer has %d; from external memory it "
                    "is read with Ti = Tj = 1",
                    w->net->name, w->N, w->H, w->W, in.words, a->nb_words);
  }
  return axf_stream_plan(p, in_ext, out_ext, w, &f, out, a, 0);
}

/* What is told of the best plans of a layer. */
static void tell(axf_choices *c, const axf_plan *plans, int n, const axf_work *w) {
  c->n = n;
  for (int k = 0; k < n; k++) {
    const axf_plan *p = &plans[k];
    const axf_tiling *t = &p->t;
    c->choice[k] = (axf_choice){.f = p->f,
                                .cost = p->cost,
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

int axf_choose(axf_plan *plan, const axf_work *work, int n, const axf_arch *a, const axf_compile_opt *o) {
  const axf_factors any = {0};
  for (int l = n - 1; l >= 0; l--) {
    axf_placement out;
    int out_ext;
    if (l + 1 < n)
      axf_place_input(&out, &out_ext, a, &work[l + 1], &plan[l + 1].f, l + 1);
    else
      axf_place_output(&out, &out_ext, a, &work[l], l);
    axf_plan best[AXF_CHOICES];
    int found = 1;
    axf_work w = work[l];
    w.goal = o ? o->goal : NULL;
    w.stream = o && o->images > 1;
    if (o && o->factors && l < o->nfactors && o->factors[l].Tm) {
      if (given(&best[0], &w, l, &out, out_ext, &o->factors[l], a))
        return -1;
    } else if ((found = axf_map(best, AXF_CHOICES, &w, l, &out, out_ext, &any, 1, a)) < 0) {
      return -1;
    }
    plan[l] = best[0];
    if (o && o->choices)
      tell(&o->choices[l], best, found, &w);
  }
  return 0;
}
