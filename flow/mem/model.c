/* Area, time, energy and leakage of one organisation. SPDX-License-Identifier: Apache-2.0
 *
 *   mats x { rows x cols cells, a row strip (decoder, wordline drivers) a segment, a column strip (precharge,
 *   multiplexer, sense amplifiers, write drivers) }, one mat accessed, an H-tree between the mats and the ports.
 *
 *   read energy  = V swing (cols bitlines) + V^2 (wordline, column strip, decoder, sense amplifiers, H-tree)
 *   write energy = the same for the columns that are not written, a full swing of those that are
 *   access time  = decoder + wordline (driver, RC) + bitline (C swing / I) + sense amplifier + H-tree
 *   leakage      = V Ioff (cells) + V Ioff (width of the periphery, proportional to its area)
 *
 * Words `fit.NAME` are the factors calibrated in tech.txt. */
#include "mem.h"
#include <math.h>

#define ACTIVITY 0.5        /* of data wires: random words */
#define SENSE_FJ_PER_UM 88. /* 5.7 fJ at 65 nm and 1.1 V (CACTI 7, sense_dy_power), as it scales with the feature */

static double log2_up(double x) { return x > 1 ? ceil(log2(x) - 1e-9) : 0; }

/* Wires a port adds to the cell: CACTI 7, a wordline and two bitlines; a single-ended read port one bitline. */
static void cell_size(const axf_mem_process *p, axf_mem_ports ports, double *w, double *h) {
  *w = p->cell_w + (ports == AXF_MEM_2RW ? 2 : ports == AXF_MEM_1R1W ? 1 : 0) * p->pitch;
  *h = p->cell_h + (ports == AXF_MEM_1RW ? 0 : 2) * p->pitch;
}

/* Every port has its own decoder strip, precharge, sense amplifiers or write drivers. */
static double strips(axf_mem_ports ports) { return ports == AXF_MEM_2RW ? 2 : ports == AXF_MEM_1R1W ? 1.5 : 1; }

void axf_mem_evaluate(const axf_mem_tech *t, const axf_mem_process *p, const axf_mem_query *q, axf_mem_result *r) {
  const axf_mem_device_line *d = &p->d;
  const double v = q->vdd > 0 ? q->vdd : d->vdd, v2 = v * v, f = p->node;
  const double drive = axf_mem_drive(t, p, v), slower = (v / d->vdd) / drive; /* C V / I against nominal */
  double w, h;

  /* ---- area (um): cells and strips, mats, H-tree wires within the strips */
  cell_size(p, q->ports, &w, &h);
  const double row_strip = t->fit.area_row * f * strips(q->ports),
               column_strip = t->fit.area_column * f * strips(q->ports);
  const double mat_w = r->cols * w + r->segments * row_strip, mat_h = r->rows * h + column_strip;
  const double across = pow(2, ceil(log2_up(r->mats) / 2)), down = r->mats / across;
  r->width_um = across * mat_w;
  r->height_um = down * mat_h;
  r->area_um2 = r->width_um * r->height_um;
  r->cell_area_um2 = (double)r->mats * r->rows * r->cols * w * h;
  r->efficiency = r->cell_area_um2 / r->area_um2;

  /* ---- capacitances (F) */
  const double cg = d->cg + 2 * d->cf, cd = 3 * f * d->cj + d->cjsw + d->cf;
  const double c_bit = t->fit.bitline * r->rows * (h * p->wire_c + 0.5 * p->access * cd);
  const double c_word = r->cols * (w * p->wire_c + 2 * p->access * cg);
  const double tree_um = sqrt(r->area_um2) + (r->mats > 1 ? 0.5 * (r->width_um + r->height_um) : 0);
  const double address = log2_up((double)r->mats * r->rows * r->mux);

  /* ---- energy of an access (J) */
  const double swing = t->fit.swing * v / d->vdd; /* a replica bitline ends it: follows the supply */
  const double quiet = c_bit * v * swing;         /* one column that is read */
  const double full = t->fit.write * c_bit * v2;  /* one column that is written */
  const double column = t->fit.column * (f / 0.065) * v2 * (cg / 6.23e-16); /* precharge, multiplexer */
  const double row = 1.3 * c_word * v2 + address * 40 * f * cg * 10 * v2;   /* wordline and drivers, decoder */
  const double sense = q->bits * SENSE_FJ_PER_UM * 1e-15 * f * v2 / 1.21;
  const double tree = tree_um * p->wire_c * v2 * ACTIVITY;
  const double tree_read = t->fit.tree_read * (double)(q->bits) * tree,
               tree_write = t->fit.tree_write * (double)q->bits * tree;
  const double common = r->cols * column + row + address * tree;
  r->read_bitline_pj = r->cols * quiet * 1e12;
  r->read_tree_pj = tree_read * 1e12;
  r->read_other_pj = (common + sense) * 1e12;
  r->read_pj = r->read_bitline_pj + r->read_tree_pj + r->read_other_pj;
  r->write_pj = ((double)(r->cols - q->bits) * quiet + (double)q->bits * full + common + tree_write) * 1e12;
  r->idle_pj = 20 * f * cg * 10 * v2 * 1e12; /* the clock pin's own gates */

  /* ---- time (s) */
  const double tau = d->rmul * d->vdd / d->ion * (cg + cd) * slower; /* an inverter driving itself */
  const double tree_r =
      sqrt(d->rmul * d->vdd / d->ion * (cg + cd) * slower * p->wire_r * p->wire_c); /* s/um, repeated */
  const double segment = (double)r->cols / r->segments;
  const double i_cell = t->fit.cell_read * d->ion * p->access / 2 * drive; /* two transistors in series */
  const double decode = t->fit.decode * tau * (1 + log2_up(r->rows) / 2 + log2_up(segment) / 4);
  const double wordline = t->fit.wordline * segment * segment * w * p->wire_r * (w * p->wire_c + 2 * p->access * cg);
  const double driver = t->fit.driver * d->rmul * d->vdd / d->ion * slower / (100 * f) * c_word / r->segments;
  const double bitline = c_bit * swing / i_cell;
  const double senses = t->fit.sense * p->sense * slower;
  const double trees = t->fit.tree_delay * tree_um * tree_r;
  r->decode_ns = decode * 1e9;
  r->wordline_ns = (driver + wordline) * 1e9;
  r->bitline_ns = bitline * 1e9;
  r->sense_ns = senses * 1e9;
  r->tree_ns = trees * 1e9;
  r->access_ns = (decode + driver + wordline + bitline + senses + trees) * 1e9;
  r->cycle_ns = (driver + wordline + bitline + senses + t->fit.precharge * tau) * 1e9;

  /* ---- leakage (W): a cell leaks through an access, a pull-down and a pull-up transistor */
  const double ioff = axf_mem_ioff(t, p, v, q->kelvin), cells = (double)r->mats * r->rows * r->cols;
  const double more = q->ports == AXF_MEM_2RW ? 2 : q->ports == AXF_MEM_1R1W ? 1.5 : 1; /* access transistors */
  const double width = t->fit.leak_cell * (p->access * more + p->down + p->up / d->n2p);
  const double periphery = t->fit.leak_periphery * (r->area_um2 - r->cell_area_um2) / p->node * 0.01;
  r->leak_cells_mw = cells * width * ioff * v * 1e3;
  r->leak_mw = r->leak_cells_mw + periphery * ioff * v * 1e3;
  r->gate_mw = t->fit.leak_gate * (cells * p->down + periphery) * d->ig * v * pow(v / d->vdd, 2) * 1e3;
  const double keep = 0.65 * v, off = 0.35 * v;
  const double ioff_keep = axf_mem_ioff(t, p, keep, q->kelvin), ioff_off = axf_mem_ioff(t, p, off, q->kelvin);
  r->retain_mw = (cells * width * ioff_keep * keep + periphery * ioff_off * off) * 1e3;
  r->off_mw = (cells * width + periphery) * ioff_off * off * 1e3;

  r->vdd = v;
  r->vdd_nominal = d->vdd;
  r->vth = axf_mem_threshold(t, p, v);
  r->near_threshold = v < r->vth + 0.15;
}
