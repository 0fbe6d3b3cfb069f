/* A random layer and tile for the array's modules: factors, geometry, and by division what XCFG0..2 and XTILE say in
 * steps. And the definition of the walk: the list of steps of a tile with where each stands. SPDX-License-Identifier:
 * Apache-2.0 */
#ifndef LAYER_H
#define LAYER_H
#include "tb.h"

struct layer {
  int tm, tn, tr, tc, ti, tj; /* Tm*Tr*Tc <= D rows, Tn*Ti*Tj <= columns of a segment */
  int seg_log2, qm;           /* columns of a segment, log2; segments with maps of their own */
  int flat, cols;             /* rows take consecutive positions of output rows of so many columns (Tr = 1) */
  int ky, kx, s, pool, avg, relu, in_signed, out_signed, core;
  int pitch, plane;                       /* local store words per row group, per input-map step */
  int otn, oti, otj, opitch, oplane, dst; /* the next layer's factors and bank layout */
};

struct tile {
  int ns_addr, ks_addr, par_addr, ms, rs, cs, ns; /* first addresses; steps */
  int mt, rt, ct, nt;                             /* results and input maps that exist */
  int y0, x0;                                     /* phase of the first input row and column, not scaled */
  int o_addr, om, oy, ox;                         /* first output: address, and map, row, column as phases */
  int psum_in, psum_out, psum_addr;
};

/* One step: loop counters, and from them the values on the sequencer's pins. */
struct step {
  int ms, rs, cs, pr, pc, n, i, j; /* i, j: synapse steps */
  int m, r, c;                     /* first map, row and column of lane 0's output in the tile */
  int y, x; /* input row and column of row 0's window, from the start of the row and column groups */
  int first, last, wfirst, wlast, end, psum_addr, par_addr;
};

static inline int ceil_div(int a, int b) { return (a + b - 1) / b; }
static inline int floor_div(int a, int b) { return a < 0 ? -ceil_div(-a, b) : a / b; }
static inline int mod(int a, int b) { return a - floor_div(a, b) * b; }

/* Three factors with a product of at most d. */
static inline void three_factors(int d, int *a, int *b, int *c) {
  int v[3];
  v[0] = chance(30) ? 1 : between(1, d);
  v[1] = chance(30) ? 1 : between(1, d / v[0]);
  v[2] = chance(30) ? 1 : between(1, d / v[0] / v[1]);
  int k = rnd(3), l = chance(50);
  *a = v[k];
  *b = v[(k + 1 + l) % 3];
  *c = v[(k + 2 - l) % 3];
}

/* For rows of d columns in at most segs segments. */
static inline struct layer layer_random(int d, int segs) {
  struct layer l;
  l.seg_log2 = log2_of(d) - rnd(log2_of(segs) + 1);
  l.qm = between(1, d >> l.seg_log2);
  l.flat = chance(40);
  three_factors(d, &l.tm, &l.tr, &l.tc);
  if (l.flat)
    l.tr = 1;
  l.cols = between(l.tc, 2 * l.tc + 1);
  three_factors(1 << l.seg_log2, &l.tn, &l.ti, &l.tj);
  three_factors(d, &l.otn, &l.oti, &l.otj);
  l.ky = chance(30) ? 1 : between(1, 6);
  l.kx = chance(30) ? 1 : between(1, 6);
  l.s = between(1, 3);
  l.pool = chance(50) ? 1 : between(2, 3);
  l.avg = rnd(2);
  l.relu = rnd(2);
  l.in_signed = rnd(2);
  l.core = rnd(16);
  l.out_signed = rnd(2);
  l.pitch = between(1, chance(20) ? 1023 : 9); /* addresses wrap */
  l.plane = between(1, chance(20) ? 1023 : 40);
  l.opitch = between(1, chance(20) ? 65535 : 200);
  l.oplane = between(1, chance(20) ? 65535 : 2000);
  l.dst = rnd(2);
  return l;
}

/* The words of XCFG0..2 (256 bits each). */
static inline void layer_config(const struct layer *l, uint32_t c0[8], uint32_t c1[8], uint32_t c2[8]) {
  int ps = l->pool * l->s; /* input rows of one pooled output row */
  uint32_t *const all[] = {c0, c1, c2};
  for (int k = 0; k < 3; k++) { /* bits that no field has hold anything */
    memset(all[k], 0, 8);
    bits_random(all[k] + 2, 24);
  }
  FIELD(c0, HDR_OPCODE, AXF_OP_XCFG0);
  FIELD(c0, XCFG0_TM, l->tm);
  FIELD(c0, XCFG0_TN, l->tn);
  FIELD(c0, XCFG0_TR, l->tr);
  FIELD(c0, XCFG0_TC, l->tc);
  FIELD(c0, XCFG0_TI, l->ti);
  FIELD(c0, XCFG0_TJ, l->tj);
  FIELD(c0, XCFG0_SEG_LOG2, l->seg_log2);
  FIELD(c0, XCFG0_QM, l->qm);
  FIELD(c0, XCFG0_FLAT, l->flat);
  FIELD(c0, XCFG0_POOL, l->pool);
  FIELD(c0, XCFG0_POOL_AVG, l->avg);
  FIELD(c0, XCFG0_RELU, l->relu);
  FIELD(c0, XCFG0_IN_SIGNED, l->in_signed);
  FIELD(c0, XCFG0_CORE, l->core);
  FIELD(c0, XCFG0_OUT_SIGNED, l->out_signed);
  FIELD(c0, XCFG0_KX, l->kx);
  FIELD(c0, XCFG0_KK, l->ky * l->kx);
  FIELD(c0, XCFG0_TIKX, l->ti * l->kx);
  FIELD(c0, XCFG0_ISTEPS, ceil_div(l->ky, l->ti));
  FIELD(c0, XCFG0_JSTEPS, ceil_div(l->kx, l->tj));
  FIELD(c0, XCFG0_PITCH, l->pitch);
  FIELD(c0, XCFG0_PLANE, l->plane);
  FIELD(c1, HDR_OPCODE, AXF_OP_XCFG1);
  FIELD(c1, XCFG1_XS_A, l->s / l->tj);
  FIELD(c1, XCFG1_XS_P, l->s % l->tj);
  FIELD(c1, XCFG1_XW_A, ps / l->tj);
  FIELD(c1, XCFG1_XW_P, ps % l->tj);
  FIELD(c1, XCFG1_XC_A, l->tc * ps / l->tj);
  FIELD(c1, XCFG1_XC_P, l->tc * ps % l->tj);
  FIELD(c1, XCFG1_YS_A, l->s / l->ti * l->pitch);
  FIELD(c1, XCFG1_YS_P, l->s % l->ti * l->kx);
  FIELD(c1, XCFG1_YW_A, ps / l->ti * l->pitch);
  FIELD(c1, XCFG1_YW_P, ps % l->ti * l->kx);
  FIELD(c1, XCFG1_YR_A, l->tr * ps / l->ti * l->pitch);
  FIELD(c1, XCFG1_YR_P, l->tr * ps % l->ti * l->kx);
  FIELD(c1, XCFG1_OTJ, l->otj);
  FIELD(c1, XCFG1_OTITJ, l->oti * l->otj);
  FIELD(c1, XCFG1_OTOT, l->otn * l->oti * l->otj);
  FIELD(c1, XCFG1_XN_A, floor_div(-l->cols * ps, l->tj) & 255);
  FIELD(c1, XCFG1_XN_P, mod(-l->cols * ps, l->tj));
  FIELD(c2, HDR_OPCODE, AXF_OP_XCFG2);
  FIELD(c2, XCFG2_OC_A, l->tc / l->otj);
  FIELD(c2, XCFG2_OC_P, l->tc % l->otj);
  FIELD(c2, XCFG2_OR_A, l->tr / l->oti * l->opitch);
  FIELD(c2, XCFG2_OR_P, l->tr % l->oti * l->otj);
  FIELD(c2, XCFG2_OM_A, l->tm / l->otn * l->oplane);
  FIELD(c2, XCFG2_OM_P, l->tm % l->otn * l->oti * l->otj);
  FIELD(c2, XCFG2_OQ_A, l->tm * l->qm / l->otn * l->oplane & 0xffff);
  FIELD(c2, XCFG2_OQ_P, l->tm * l->qm % l->otn * l->oti * l->otj);
  FIELD(c2, XCFG2_ON_A, floor_div(-l->cols, l->otj) & 0xffff);
  FIELD(c2, XCFG2_ON_P, mod(-l->cols, l->otj));
  FIELD(c2, XCFG2_OPITCH, l->opitch);
  FIELD(c2, XCFG2_OPLANE, l->oplane);
  FIELD(c2, XCFG2_DST, l->dst);
}

static inline int tile_step_count(const struct layer *l, const struct tile *t) {
  return t->ms * t->rs * t->cs * l->pool * l->pool * t->ns * ceil_div(l->ky, l->ti) * ceil_div(l->kx, l->tj);
}

/* A tile of at most so many steps, its parameter and partial-sum entries within the stores. */
static inline struct tile tile_random(const struct layer *l, int most, int par_words, int ps_words) {
  struct tile t = {0};
  int limit = 3, longest = l->flat || chance(80) ? -1 : rnd(4); /* many steps along one loop */
  do {
    t.ms = between(1, limit);
    t.rs = between(1, limit);
    t.cs = between(1, limit);
    t.ns = between(1, limit);
    if (longest >= 0) {
      t.ms = t.rs = t.cs = t.ns = 1;
      const int room = most / tile_step_count(l, &t),
                rooms[] = {par_words / l->qm, 1000 / l->tr, 1000 / l->tc, 1000 / l->tn};
      const int to = room < rooms[longest] ? room : rooms[longest];
      *(int *const[]){&t.ms, &t.rs, &t.cs, &t.ns}[longest] = between(1, to < 1 ? 1 : to);
    }
    limit = chance(5) && limit > 1 ? limit - 1 : limit;
    t.rt = between((t.rs - 1) * l->tr + 1, t.rs * l->tr);
    t.ct = between((t.cs - 1) * l->tc + 1, t.cs * l->tc);
    if (l->flat) { /* whole output rows, one behind the other */
      t.ct = l->cols;
      t.cs = ceil_div(t.rt * l->cols, l->tc);
      t.rs = 1;
    }
  } while ((limit > 1 && tile_step_count(l, &t) > most) || t.ms * l->qm > par_words);
  int maps = l->tm * l->qm;
  t.mt = between((t.ms - 1) * maps + 1, t.ms * maps);
  t.nt = between((t.ns - 1) * l->tn + 1, t.ns * l->tn);
  t.ns_addr = rnd(1024);
  t.ks_addr = rnd(1024);
  t.par_addr = rnd(par_words - t.ms * l->qm + 1);
  t.y0 = rnd(l->ti);
  t.x0 = rnd(l->tj);
  t.o_addr = rnd(65536);
  t.om = rnd(l->otn);
  t.oy = rnd(l->oti);
  t.ox = rnd(l->otj);
  int results = t.ms * t.rs * t.cs * l->pool * l->pool * l->qm;
  t.psum_in = results <= ps_words && chance(30);
  t.psum_out = results <= ps_words && chance(30);
  t.psum_addr = results <= ps_words ? rnd(ps_words - results + 1) : rnd(256);
  return t;
}

static inline void tile_instr(const struct layer *l, const struct tile *t, uint32_t i[8]) {
  bits_random(i + 2, 24); /* bits that no field has hold anything */
  FIELD(i, HDR_OPCODE, AXF_OP_XTILE);
  FIELD(i, XTILE_NS_ADDR, t->ns_addr);
  FIELD(i, XTILE_KS_ADDR, t->ks_addr);
  FIELD(i, XTILE_PAR_ADDR, t->par_addr);
  FIELD(i, XTILE_MS, t->ms);
  FIELD(i, XTILE_RS, t->rs);
  FIELD(i, XTILE_CS, t->cs);
  FIELD(i, XTILE_NS, t->ns);
  FIELD(i, XTILE_MT, t->mt);
  FIELD(i, XTILE_RT, t->rt);
  FIELD(i, XTILE_CT, t->ct);
  FIELD(i, XTILE_NT, t->nt);
  FIELD(i, XTILE_YP, t->y0 * l->kx);
  FIELD(i, XTILE_XP, t->x0);
  FIELD(i, XTILE_O_ADDR, t->o_addr);
  FIELD(i, XTILE_OM_P, t->om * l->oti * l->otj);
  FIELD(i, XTILE_OY_P, t->oy * l->otj);
  FIELD(i, XTILE_OX_P, t->ox);
  FIELD(i, XTILE_PSUM_IN, t->psum_in);
  FIELD(i, XTILE_PSUM_OUT, t->psum_out);
  FIELD(i, XTILE_PSUM_ADDR, t->psum_addr);
}

/* Step k of a tile: the counters of the loops ms { rs { cs { pr { pc { ns { i { j }}}}}}} and what follows from them.
 */
static inline struct step tile_step(const struct layer *l, const struct tile *t, int k) {
  struct step s;
  int is = ceil_div(l->ky, l->ti), js = ceil_div(l->kx, l->tj), p = l->pool, rest = k;
  s.j = rest % js, rest /= js;
  s.i = rest % is, rest /= is;
  s.n = rest % t->ns, rest /= t->ns;
  int result = rest;
  s.pc = rest % p, rest /= p;
  s.pr = rest % p, rest /= p;
  s.cs = rest % t->cs, rest /= t->cs;
  s.rs = rest % t->rs, rest /= t->rs;
  s.ms = rest;
  s.m = s.ms * l->tm * l->qm;
  s.r = l->flat ? s.cs * l->tc / l->cols : s.rs * l->tr;
  s.c = l->flat ? s.cs * l->tc % l->cols : s.cs * l->tc;
  s.y = t->y0 + (s.r * p + s.pr) * l->s;
  s.x = t->x0 + (s.c * p + s.pc) * l->s;
  s.first = s.n == 0 && s.i == 0 && s.j == 0;
  s.last = s.n == t->ns - 1 && s.i == is - 1 && s.j == js - 1;
  s.wfirst = s.pr == 0 && s.pc == 0;
  s.wlast = s.pr == p - 1 && s.pc == p - 1;
  s.end = k == tile_step_count(l, t) - 1;
  s.psum_addr = (t->psum_addr + result * l->qm) & 255; /* of segment 0 */
  s.par_addr = (t->par_addr + s.ms * l->qm) & 63;
  return s;
}

/* Where the output of map m, row r, column c (counted from the layout's origin) is in the next layer's banks. */
static inline int out_bank(const struct layer *l, int m, int r, int c) {
  return (m % l->otn * l->oti + r % l->oti) * l->otj + c % l->otj;
}
static inline int out_addr(const struct layer *l, int m, int r, int c) {
  return m / l->otn * l->oplane + r / l->oti * l->opitch + c / l->otj;
}
#endif
