/* The configuration instructions of a layer: how kernels and neurons are handed out, and the steps of the array.
 * SPDX-License-Identifier: Apache-2.0 */
#include "compile/lower.h"
#include "isa/isa.h"

void axf_config_kernels(axf_lower *c, const axf_factors *f) {
  int i = axf_asm_op(&c->s, AXF_OP_KCFG);
  AXF_SET_COUNT(&c->s, i, KCFG, RPG, f->Tr * f->Tc);
  AXF_SET_COUNT(&c->s, i, KCFG, CPG, f->Ti * f->Tj);
  AXF_SET_COUNT(&c->s, i, KCFG, BANKS, f->Tm);
  AXF_SET_COUNT(&c->s, i, KCFG, TN, f->Tn);
  AXF_SET(&c->s, i, KCFG, SEG_LOG2, axf_log2_up(f->seg));
  AXF_SET(&c->s, i, KCFG, QM, f->Qm);
}

void axf_config_neurons(axf_lower *c, const axf_work *w, const axf_factors *f, const axf_tiling *t, int plane,
                        int pitch) {
  int i = axf_asm_op(&c->s, AXF_OP_NCFG);
  AXF_SET_COUNT(&c->s, i, NCFG, TI, f->Ti);
  AXF_SET_COUNT(&c->s, i, NCFG, TJ, f->Tj);
  AXF_SET_COUNT(&c->s, i, NCFG, TN, f->Tn);
  AXF_SET(&c->s, i, NCFG, PAD_Y, w->pad);
  AXF_SET(&c->s, i, NCFG, PAD_X, w->pad);
  AXF_SET(&c->s, i, NCFG, H, w->H);
  AXF_SET(&c->s, i, NCFG, W, w->W);
  AXF_SET(&c->s, i, NCFG, BPLANE, plane);
  AXF_SET(&c->s, i, NCFG, BPITCH, pitch);
  AXF_SET(&c->s, i, NCFG, PLANE, t->yc * t->xc);
  AXF_SET(&c->s, i, NCFG, PITCH, t->xc);
  AXF_SET(&c->s, i, NCFG, SEG_LOG2, axf_log2_up(f->seg));
}

void axf_config_array(axf_lower *c, const axf_work *w, const axf_factors *f, const axf_tiling *t, const axf_chunk *part,
                      const axf_placement *out, int layer, int oplane, int opitch) {
  axf_asm *s = &c->s;
  int i = axf_asm_op(s, AXF_OP_XCFG0);
  AXF_SET_COUNT(s, i, XCFG0, TM, f->Tm);
  AXF_SET_COUNT(s, i, XCFG0, TN, f->Tn);
  AXF_SET_COUNT(s, i, XCFG0, TR, f->Tr);
  AXF_SET_COUNT(s, i, XCFG0, TC, f->Tc);
  AXF_SET_COUNT(s, i, XCFG0, TI, f->Ti);
  AXF_SET_COUNT(s, i, XCFG0, TJ, f->Tj);
  AXF_SET(s, i, XCFG0, SEG_LOG2, axf_log2_up(f->seg));
  AXF_SET(s, i, XCFG0, QM, f->Qm);
  AXF_SET(s, i, XCFG0, QR, 1);
  AXF_SET(s, i, XCFG0, QC, 1);
  AXF_SET(s, i, XCFG0, POOL, w->P);
  AXF_SET(s, i, XCFG0, POOL_AVG, w->avg);
  AXF_SET(s, i, XCFG0, RELU, w->relu);
  AXF_SET(s, i, XCFG0, IN_SIGNED, w->in_signed);
  AXF_SET(s, i, XCFG0, OUT_SIGNED, w->out_signed);
  AXF_SET(s, i, XCFG0, KX, part->kx);
  AXF_SET(s, i, XCFG0, KK, part->ky * part->kx);
  AXF_SET(s, i, XCFG0, TIKX, f->Ti * part->kx);
  AXF_SET(s, i, XCFG0, ISTEPS, axf_ceil_div(part->ky, f->Ti));
  AXF_SET(s, i, XCFG0, JSTEPS, axf_ceil_div(part->kx, f->Tj));
  AXF_SET(s, i, XCFG0, PITCH, t->xc);
  AXF_SET(s, i, XCFG0, PLANE, t->yc * t->xc);
  AXF_SET(s, i, XCFG0, LAYER, layer);
  AXF_SET(s, i, XCFG0, FLAT, f->flat);
  AXF_SET(s, i, XCFG0, CORE, w->core);

  const int st = w->s, ps = w->P * w->s, cs = f->Tc * ps, rs = f->Tr * ps, Ti = f->Ti, Tj = f->Tj;
  i = axf_asm_op(s, AXF_OP_XCFG1);
  AXF_SET(s, i, XCFG1, XS_A, AXF_WRAP(st / Tj, 8));
  AXF_SET(s, i, XCFG1, XS_P, st % Tj);
  AXF_SET(s, i, XCFG1, XW_A, AXF_WRAP(ps / Tj, 8));
  AXF_SET(s, i, XCFG1, XW_P, ps % Tj);
  AXF_SET(s, i, XCFG1, XC_A, AXF_WRAP(cs / Tj, 8));
  AXF_SET(s, i, XCFG1, XC_P, cs % Tj);
  AXF_SET(s, i, XCFG1, YS_A, AXF_WRAP(st / Ti * t->xc, 10));
  AXF_SET(s, i, XCFG1, YS_P, st % Ti * part->kx);
  AXF_SET(s, i, XCFG1, YW_A, AXF_WRAP(ps / Ti * t->xc, 10));
  AXF_SET(s, i, XCFG1, YW_P, ps % Ti * part->kx);
  AXF_SET(s, i, XCFG1, YR_A, AXF_WRAP(rs / Ti * t->xc, 10));
  AXF_SET(s, i, XCFG1, YR_P, rs % Ti * part->kx);
  AXF_SET_COUNT(s, i, XCFG1, OTJ, out->Tj);
  AXF_SET_COUNT(s, i, XCFG1, OTITJ, out->Ti * out->Tj);
  AXF_SET_COUNT(s, i, XCFG1, OTOT, out->Tn * out->Ti * out->Tj);
  if (f->flat) { /* as a pair: the phase is not negative */
    AXF_SET(s, i, XCFG1, XN_A, AXF_WRAP(-axf_ceil_div(t->cs * ps, Tj), 8));
    AXF_SET(s, i, XCFG1, XN_P, axf_ceil_div(t->cs * ps, Tj) * Tj - t->cs * ps);
  }

  i = axf_asm_op(s, AXF_OP_XCFG2);
  AXF_SET(s, i, XCFG2, OC_A, f->Tc / out->Tj);
  AXF_SET(s, i, XCFG2, OC_P, f->Tc % out->Tj);
  AXF_SET(s, i, XCFG2, OR_A, f->Tr / out->Ti * opitch);
  AXF_SET(s, i, XCFG2, OR_P, f->Tr % out->Ti * out->Tj);
  AXF_SET(s, i, XCFG2, OM_A, f->Tm / out->Tn * oplane);
  AXF_SET(s, i, XCFG2, OM_P, f->Tm % out->Tn * out->Ti * out->Tj);
  AXF_SET(s, i, XCFG2, OQ_A, AXF_WRAP(axf_step_maps(f) / out->Tn * oplane, 16));
  AXF_SET(s, i, XCFG2, OQ_P, axf_step_maps(f) % out->Tn * out->Ti * out->Tj);
  if (f->flat) {
    AXF_SET(s, i, XCFG2, ON_A, AXF_WRAP(-axf_ceil_div(t->cs, out->Tj), 16));
    AXF_SET(s, i, XCFG2, ON_P, axf_ceil_div(t->cs, out->Tj) * out->Tj - t->cs);
  }
  AXF_SET(s, i, XCFG2, OPITCH, opitch);
  AXF_SET(s, i, XCFG2, OPLANE, oplane);
  AXF_SET(s, i, XCFG2, DST, out->buffer);
}
