/* The array: XCFG0..2 and XTILE, as rtl/array/exec_sequencer.v, exec_config.v, row.v, pe.v and rtl/post/row_post.v do
 * it. Sums are integers modulo 2^32, so the order of additions does not matter. SPDX-License-Identifier: Apache-2.0 */
#include "progmodel/state.h"
#include "refmodel/refmodel.h"

/* rtl/ctrl/phase_add.v with an address of so many bits. */
static axf_pair add(axf_pair x, axf_pair y, uint32_t modulus, uint32_t unit, int bits) {
  const uint32_t p = x.p + y.p, wrap = p >= modulus;
  return (axf_pair){(x.a + y.a + (wrap ? unit : 0)) & ((1u << bits) - 1), wrap ? p - modulus : p};
}

/* The three configuration instructions, read out once. */
typedef struct {
  uint32_t tm, tn, tr, tc, ti, tj, pool, avg, relu, in_signed, out_signed, kx, kk, tikx, isteps, jsteps, pitch, plane,
      layer, seg, qm, flat;
  axf_pair xs, xw, xc, xn, ys, yw, yr, oc, on, or_, om, oq;
  uint32_t otj, otitj, otot, opitch, oplane, dst;
} layer_cfg;

#define PAIR(w, OP, name) ((axf_pair){AXF_GET(w, OP, name##_A), AXF_GET(w, OP, name##_P)})
static layer_cfg read_cfg(const axf_progmodel *m) {
  const uint32_t *a = m->xcfg[0], *b = m->xcfg[1], *c = m->xcfg[2];
  return (layer_cfg){.tm = AXF_GET(a, XCFG0, TM),
                     .tn = AXF_GET(a, XCFG0, TN),
                     .tr = AXF_GET(a, XCFG0, TR),
                     .tc = AXF_GET(a, XCFG0, TC),
                     .ti = AXF_GET(a, XCFG0, TI),
                     .tj = AXF_GET(a, XCFG0, TJ),
                     .pool = AXF_GET(a, XCFG0, POOL),
                     .avg = AXF_GET(a, XCFG0, POOL_AVG),
                     .relu = AXF_GET(a, XCFG0, RELU),
                     .in_signed = AXF_GET(a, XCFG0, IN_SIGNED),
                     .out_signed = AXF_GET(a, XCFG0, OUT_SIGNED),
                     .kx = AXF_GET(a, XCFG0, KX),
                     .kk = AXF_GET(a, XCFG0, KK),
                     .tikx = AXF_GET(a, XCFG0, TIKX),
                     .isteps = AXF_GET(a, XCFG0, ISTEPS),
                     .jsteps = AXF_GET(a, XCFG0, JSTEPS),
                     .pitch = AXF_GET(a, XCFG0, PITCH),
                     .plane = AXF_GET(a, XCFG0, PLANE),
                     .layer = AXF_GET(a, XCFG0, LAYER),
                     .seg = 1u << AXF_GET(a, XCFG0, SEG_LOG2),
                     .qm = AXF_GET(a, XCFG0, QM),
                     .flat = AXF_GET(a, XCFG0, FLAT),
                     .xs = PAIR(b, XCFG1, XS),
                     .xw = PAIR(b, XCFG1, XW),
                     .xc = PAIR(b, XCFG1, XC),
                     .xn = PAIR(b, XCFG1, XN),
                     .ys = PAIR(b, XCFG1, YS),
                     .yw = PAIR(b, XCFG1, YW),
                     .yr = PAIR(b, XCFG1, YR),
                     .otj = AXF_GET(b, XCFG1, OTJ),
                     .otitj = AXF_GET(b, XCFG1, OTITJ),
                     .otot = AXF_GET(b, XCFG1, OTOT),
                     .oc = PAIR(c, XCFG2, OC),
                     .on = PAIR(c, XCFG2, ON),
                     .or_ = PAIR(c, XCFG2, OR),
                     .om = PAIR(c, XCFG2, OM),
                     .oq = PAIR(c, XCFG2, OQ),
                     .opitch = AXF_GET(c, XCFG2, OPITCH),
                     .oplane = AXF_GET(c, XCFG2, OPLANE),
                     .dst = AXF_GET(c, XCFG2, DST)};
}

/* The walk of exec_config: every row's place and offsets. */
int axf_pm_configure(axf_progmodel *m) {
  const int D = m->arch.D;
  if (!m->xcfg[0] || !m->xcfg[1])
    return axf_fail("program: XCFG2 before XCFG0 and XCFG1");
  const layer_cfg c = read_cfg(m);
  if (c.seg > (uint32_t)D || (uint32_t)D / c.seg > (uint32_t)m->arch.segs || c.qm < 1 || c.qm > (uint32_t)D / c.seg ||
      AXF_GET(m->xcfg[0], XCFG0, QR) != 1 || AXF_GET(m->xcfg[0], XCFG0, QC) != 1)
    return axf_fail(
        "program: XCFG0 for segments of %u columns of which %u, %u, %u are used; the rows of this array have "
        "%d columns in 1..%d segments",
        c.seg, c.qm, AXF_GET(m->xcfg[0], XCFG0, QR), AXF_GET(m->xcfg[0], XCFG0, QC), D, m->arch.segs);
  if (c.flat && c.tr != 1)
    return axf_fail("program: XCFG0 with positions in line and Tr = %u", c.tr);
  if (c.tn * c.ti * c.tj > c.seg || c.tm * c.tr * c.tc > (uint32_t)D || c.layer >= (uint32_t)m->p->nlayers)
    return axf_fail("program: XCFG0 of layer %u exceeds D = %d or the program's %d layers", c.layer, D, m->p->nlayers);
  const axf_pair zero = {0, 0};
  axf_pm_row r = {0};
  for (int k = 0; k < D; k++) {
    r.active = r.tm < c.tm;
    r.oa = (r.om.a + r.oy.a + r.ox.a) & 0xffff;
    m->row[k] = r;
    if (++r.tc < c.tc) {
      r.x = add(r.x, c.xw, c.tj, 1, 8);
      r.ox = add(r.ox, (axf_pair){0, 1}, c.otj, 1, 16);
      continue;
    }
    r.tc = 0;
    r.x = r.ox = zero;
    if (++r.tr < c.tr) {
      r.y = add(r.y, c.yw, c.tikx, c.pitch, 10);
      r.oy = add(r.oy, (axf_pair){0, c.otj}, c.otitj, c.opitch, 16);
      continue;
    }
    r.tr = 0;
    r.y = r.oy = zero;
    r.tm++;
    r.om = add(r.om, (axf_pair){0, c.otitj}, c.otot, c.oplane, 16);
  }
  return 0;
}

/* What a step of a tile has in common for all rows. */
typedef struct {
  uint32_t ns_addr, km, ns, nt, psum, par;
  int psum_in, psum_out;
  axf_pair y, x;       /* position in the input */
  axf_pair om, oy, ox; /* position in the output: map of segment 0, row, column */
} step;

/* A row in a step: its place, and whether it has left the output row that the first row works on (flat). */
typedef struct {
  const axf_pm_row *row;
  int k, wrapped;
} lane;

/* The sum over the synapses of one output of a lane: of all columns of segment g and all steps. */
static int32_t sum_row(const axf_progmodel *m, const layer_cfg *c, const step *s, const lane *l, uint32_t g) {
  const uint32_t D = (uint32_t)m->arch.D, smask = AXF_STORE - 1;
  const axf_pm_row *r = l->row;
  axf_pair y = add(s->y, r->y, c->tikx, c->pitch, 10), x = add(s->x, r->x, c->tj, 1, 8);
  if (l->wrapped) {
    y = add(y, c->yw, c->tikx, c->pitch, 10);
    x = add(x, c->xn, c->tj, 1, 8);
  }
  const axf_mult *mult = m->mult[m->p->layer[c->layer].net_layer];
  const uint16_t *t = mult->t;
  const int a_mask = c->in_signed ? 0x7f : 0xff;
  uint32_t acc = 0;
  for (uint32_t n = 0; n < s->ns; n++)
    for (uint32_t tn = 0; tn < c->tn && n * c->tn + tn < s->nt; tn++) {
      const uint8_t *kernel = m->ks + (r->tm * D + g * c->seg + tn) * AXF_STORE;
      for (uint32_t ti = 0; ti < c->ti; ti++) {
        const uint32_t ycarry = ti * c->kx < y.p, i1 = ti * c->kx - y.p + (ycarry ? c->tikx : 0);
        for (uint32_t tj = 0; tj < c->tj; tj++) {
          const uint32_t xcarry = tj < x.p, j1 = tj - x.p + (xcarry ? c->tj : 0);
          const uint8_t *neuron = m->ns + (g * c->seg + (tn * c->ti + ti) * c->tj + tj) * AXF_STORE;
          const uint32_t na = s->ns_addr + n * c->plane + y.a + x.a + (ycarry ? c->pitch : 0) + xcarry;
          for (uint32_t is = 0; is < c->isteps; is++) {
            const uint32_t i = is * c->tikx + i1;
            if (i >= c->kk)
              break;
            for (uint32_t js = 0; js < c->jsteps; js++) {
              const uint32_t j = js * c->tj + j1;
              if (j >= c->kx)
                break;
              const unsigned a = neuron[(na + is * c->pitch + js) & smask];
              const unsigned w = kernel[(s->km + n * c->kk + i + j) & smask];
              if (mult->is_signed) {
                acc += (uint32_t)axf_product_code(mult, (uint8_t)w, (uint8_t)a, (int)c->in_signed);
                continue;
              }
              const uint32_t p = t[(w & 0x7f) * 256 + (a & (unsigned)a_mask)];
              acc += (w ^ (a & ~(unsigned)a_mask)) & 0x80 ? 0u - p : p;
            }
          }
        }
      }
    }
  return (int32_t)acc;
}

/* v modulo 2^41 as a signed number: the width of p * mult in row_post. */
static int64_t wrap41(uint64_t v) { return (int64_t)(v << 23) >> 23; }

/* Requantisation of any parameter record, also of one that no compiler writes. */
static uint8_t requantise(int32_t p, uint64_t par, int out_signed) {
  const unsigned mult = (unsigned)(par >> 48 & 0xff), shift = (unsigned)(par >> 56 & 0x3f), half = (shift - 1) & 0x3f;
  int64_t v = wrap41((uint64_t)((int64_t)p * (int64_t)mult) + (half < 41 ? (uint64_t)1 << half : 0));
  v >>= shift;
  if (!out_signed)
    return (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v);
  const int64_t mag = v < 0 ? -v : v;
  return (uint8_t)((v < 0 ? 0x80 : 0) | (mag > 127 ? 127 : mag));
}

static int write_result(axf_progmodel *m, const layer_cfg *c, const step *s, const lane *l, uint32_t g, uint8_t code) {
  const axf_pm_row *r = l->row;
  axf_pair om = s->om;
  for (uint32_t i = 0; i < g; i++)
    om = add(om, c->om, c->otot, c->oplane, 16);
  om = add((axf_pair){om.a + s->oy.a + s->ox.a, om.p}, (axf_pair){r->oa, r->om.p}, c->otot, c->oplane, 16);
  axf_pair oy = add((axf_pair){om.a, s->oy.p}, (axf_pair){0, r->oy.p}, c->otitj, c->opitch, 16);
  if (l->wrapped)
    oy = add(oy, (axf_pair){0, c->otj}, c->otitj, c->opitch, 16);
  axf_pair ox = add((axf_pair){oy.a, s->ox.p}, (axf_pair){0, r->ox.p}, c->otj, 1, 16);
  if (l->wrapped)
    ox = add(ox, c->on, c->otj, 1, 16);
  const uint32_t bank = om.p + oy.p + ox.p;
  if (axf_pm_result(m, (int)c->layer, (int)c->dst, bank, ox.a, code))
    return -1;
  m->nb[c->dst][bank * (uint32_t)m->arch.nb_words + ox.a] = code;
  return 0;
}

/* One position of the pooling window for segment g of one lane; p: its pooled value so far. */
static int one_result(axf_progmodel *m, const layer_cfg *c, const step *s, const lane *l, uint32_t g, int first,
                      int last, int32_t *p) {
  const uint64_t par = m->par[l->row->tm][(s->par + g) & 63];
  int32_t *psum = &m->psum[l->k][(s->psum + g) & 255];
  const uint32_t sum = (uint32_t)sum_row(m, c, s, l, g) + (s->psum_in ? (uint32_t)*psum : 0);
  if (s->psum_out) {
    *psum = (int32_t)sum;
    return 0;
  }
  int32_t v = (int32_t)(sum + (uint32_t)par);
  if (c->relu && v < 0)
    v = 0;
  *p = first ? v : c->avg ? (int32_t)((uint32_t)*p + (uint32_t)v) : v > *p ? v : *p;
  return last ? write_result(m, c, s, l, g, requantise(*p, par, (int)c->out_signed)) : 0;
}

/* The loops of a tile. */
typedef struct {
  axf_progmodel *m;
  const layer_cfg *c;
  step s;
  uint32_t mt, rt, ct;                    /* maps, rows, columns of the tile */
  uint32_t m0, r0, c0;                    /* of the first row of the step, segment 0 */
  int32_t pooled[AXF_ROWS][AXF_SEGMENTS]; /* the windows' values so far */
} tile;

/* The sums of all rows at one position of the pooling window. */
static int one_sum(tile *t, int first, int last) {
  const layer_cfg *c = t->c;
  for (int k = 0; k < t->m->arch.D; k++) {
    lane l = {.row = &t->m->row[k], .k = k};
    const uint32_t col = t->c0 + l.row->tc;
    l.wrapped = c->flat && col >= t->ct;
    if (!l.row->active || t->r0 + l.row->tr + (uint32_t)l.wrapped >= t->rt || (col >= t->ct && !l.wrapped))
      continue;
    for (uint32_t g = 0; g < c->qm; g++)
      if (t->m0 + g * c->tm + l.row->tm < t->mt && one_result(t->m, c, &t->s, &l, g, first, last, &t->pooled[k][g]))
        return -1;
  }
  t->s.psum = (t->s.psum + c->qm) & 255;
  return 0;
}

/* The pooling windows of one step, which begin at (y, x) of the input. */
static int one_step(tile *t, axf_pair y, axf_pair x) {
  const layer_cfg *c = t->c;
  t->s.y = y;
  for (uint32_t pr = 0; pr < c->pool; pr++, t->s.y = add(t->s.y, c->ys, c->tikx, c->pitch, 10)) {
    t->s.x = x;
    for (uint32_t pc = 0; pc < c->pool; pc++, t->s.x = add(t->s.x, c->xs, c->tj, 1, 8))
      if (one_sum(t, !pr && !pc, pr + 1 == c->pool && pc + 1 == c->pool))
        return -1;
  }
  return 0;
}

int axf_pm_tile(axf_progmodel *m, const uint32_t *w) {
  if (!m->xcfg[0] || !m->xcfg[1] || !m->xcfg[2])
    return axf_fail("program: XTILE before XCFG0..2");
  const layer_cfg cfg = read_cfg(m), *c = &cfg;
  tile t = {.m = m,
            .c = c,
            .mt = AXF_GET(w, XTILE, MT),
            .rt = AXF_GET(w, XTILE, RT),
            .ct = AXF_GET(w, XTILE, CT),
            .s = {.ns_addr = AXF_GET(w, XTILE, NS_ADDR),
                  .km = AXF_GET(w, XTILE, KS_ADDR),
                  .ns = AXF_GET(w, XTILE, NS),
                  .nt = AXF_GET(w, XTILE, NT),
                  .psum = AXF_GET(w, XTILE, PSUM_ADDR),
                  .par = AXF_GET(w, XTILE, PAR_ADDR),
                  .psum_in = (int)AXF_GET(w, XTILE, PSUM_IN),
                  .psum_out = (int)AXF_GET(w, XTILE, PSUM_OUT),
                  .om = {AXF_GET(w, XTILE, O_ADDR), AXF_GET(w, XTILE, OM_P)}}};
  if (c->flat && AXF_GET(w, XTILE, RS) != 1)
    return axf_fail("program: XTILE of positions in line with %u row steps", AXF_GET(w, XTILE, RS));
  for (uint32_t ms = 0; ms < AXF_GET(w, XTILE, MS); ms++) {
    axf_pair y = {0, AXF_GET(w, XTILE, YP)};
    t.s.oy = (axf_pair){0, AXF_GET(w, XTILE, OY_P)};
    t.m0 = ms * c->tm * c->qm;
    t.r0 = 0;
    for (uint32_t rs = 0; rs < AXF_GET(w, XTILE, RS); rs++) {
      axf_pair x = {0, AXF_GET(w, XTILE, XP)};
      t.s.ox = (axf_pair){0, AXF_GET(w, XTILE, OX_P)};
      t.c0 = 0;
      for (uint32_t cs = 0; cs < AXF_GET(w, XTILE, CS); cs++) {
        if (one_step(&t, y, x))
          return -1;
        x = add(x, c->xc, c->tj, 1, 8);
        t.s.ox = add(t.s.ox, c->oc, c->otj, 1, 16);
        t.c0 += c->tc;
        if (!c->flat || t.c0 < t.ct)
          continue;
        t.c0 -= t.ct; /* on in the next row */
        t.r0++;
        x = add(x, c->xn, c->tj, 1, 8);
        y = add(y, c->yr, c->tikx, c->pitch, 10);
        t.s.ox = add(t.s.ox, c->on, c->otj, 1, 16);
        t.s.oy = add(t.s.oy, c->or_, c->otitj, c->opitch, 16);
      }
      y = add(y, c->yr, c->tikx, c->pitch, 10);
      t.s.oy = add(t.s.oy, c->or_, c->otitj, c->opitch, 16);
      t.r0 += c->tr;
    }
    t.s.om = add(t.s.om, c->oq, c->otot, c->oplane, 16);
    t.s.km += t.s.ns * c->kk;
    t.s.par = (t.s.par + c->qm) & 63;
  }
  return 0;
}
