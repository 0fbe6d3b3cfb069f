/* A model of on-chip SRAM: area, time, energy and leakage from size, word, ports, device type, node and supply.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Built like CACTI (Muralimanohar et al., HPL-2009-85; power gating: Li et al., CACTI-P, ICCAD 2011): an organisation
 * is searched for (rows, column multiplexer, mats), its decoder, wordline, bitline, sense amplifiers and H-tree are
 * added up. What CACTI does not have is the supply: current and leakage follow it down to near threshold. Every
 * constant stands with its source in tech.txt; docs/memory-model.md says how well it agrees with what. */
#ifndef AXF_MEM_H
#define AXF_MEM_H

typedef enum { AXF_MEM_HP, AXF_MEM_LSTP, AXF_MEM_LOP, AXF_MEM_TYPES } axf_mem_type;
typedef enum { AXF_MEM_1RW, AXF_MEM_1R1W, AXF_MEM_2RW, AXF_MEM_PORTS } axf_mem_ports;
typedef enum { AXF_MEM_AREA, AXF_MEM_ENERGY, AXF_MEM_DELAY, AXF_MEM_BALANCED, AXF_MEM_OBJECTIVES } axf_mem_objective;
extern const char *const axf_mem_type_name[AXF_MEM_TYPES], *const axf_mem_ports_name[AXF_MEM_PORTS],
                                                               *const axf_mem_objective_name[AXF_MEM_OBJECTIVES];

/* The constants of tech.txt. */
typedef struct {
  double node, vdd, vth, ion, ioff300, ioff360, ig, cg, cf, cj, cjsw, rmul, n2p;
  int known; /* 1: a line of the file; 0: no such line */
} axf_mem_device_line;
typedef struct {
  double node, pitch_f, aspect, eps_h, eps_v, ild, barrier, rho, fringe, sense;
} axf_mem_wire_line;
#define AXF_MEM_LINES 16
typedef struct {
  axf_mem_device_line device[AXF_MEM_TYPES][AXF_MEM_LINES]; /* falling nodes */
  axf_mem_wire_line wire[AXF_MEM_LINES];
  int devices[AXF_MEM_TYPES], wires, supplies, areas;
  double supply[AXF_MEM_LINES][2], area[AXF_MEM_LINES][2]; /* node and value, nodes below the last device */
  double cell_area_f2, cell_aspect, access_f, down_f, up_f;
  double alpha, n_drive, n, dibl;
  int max_rows, max_segment, max_mux, min_rows;
  struct {
    double area_row, area_column, swing, bitline, column, tree_read, tree_write, write, decode, driver, wordline,
        cell_read, sense, tree_delay, precharge, leak_cell, leak_periphery, leak_gate;
  } fit;
} axf_mem_tech;

/* Reads the constants. -1 + axf_fail with file and line on anything unknown, missing or without a known source. */
int axf_mem_tech_load(axf_mem_tech *t, const char *path);

/* One process: a device type at a node, nominal supply, 300 K. */
typedef struct {
  double node; /* um */
  axf_mem_device_line d;
  double cell_w, cell_h;   /* um, one port */
  double wire_c, wire_r;   /* F/um, ohm/um */
  double pitch, sense;     /* um, s */
  const char *how;         /* "table", "interpolated", or "extrapolated" and why */
  double access, down, up; /* widths of the cell's transistors, um */
} axf_mem_process;
/* node_nm: 7..180. -1 + axf_fail outside. */
int axf_mem_process_at(const axf_mem_tech *t, double node_nm, axf_mem_type type, axf_mem_process *p);

/* On-current at a supply, relative to nominal; subthreshold current A/um at a supply and temperature (K). */
double axf_mem_drive(const axf_mem_tech *t, const axf_mem_process *p, double v);
double axf_mem_ioff(const axf_mem_tech *t, const axf_mem_process *p, double v, double kelvin);
/* The threshold at a supply. */
double axf_mem_threshold(const axf_mem_tech *t, const axf_mem_process *p, double v);

/* What is asked for. */
typedef struct {
  long words, bits; /* 2..2^22 words of 1..1024 bits, 128 bytes to 16 MB in all */
  axf_mem_ports ports;
  axf_mem_type type;
  axf_mem_objective objective;
  double node_nm, vdd, kelvin; /* vdd 0: nominal; 300..400 K */
} axf_mem_query;

/* What comes out. */
typedef struct {
  /* organisation: mats of rows x cols cells, of which one is accessed; mux columns share a sense amplifier */
  int mats, rows, cols, mux, segments;
  double width_um, height_um, area_um2, cell_area_um2, efficiency;
  double access_ns, cycle_ns, decode_ns, wordline_ns, bitline_ns, sense_ns, tree_ns;
  double read_pj, write_pj, idle_pj; /* an access of one word; idle_pj: a clock edge without an access */
  double read_bitline_pj, read_tree_pj, read_other_pj;
  double leak_mw, leak_cells_mw, gate_mw; /* subthreshold, of which cells; gate */
  double retain_mw, off_mw;               /* power gated: contents kept at 0.65 vdd; all at 0.35 vdd (CACTI-P) */
  double vdd, vdd_nominal, vth;
  int near_threshold; /* 1: less than 0.15 V above the threshold */
  char labels[256];   /* what was extrapolated, "" if nothing */
} axf_mem_result;

/* Searches the organisation at nominal supply and evaluates it at the supply asked for. -1 + axf_fail if the query is
 * outside the model. */
int axf_mem_solve(const axf_mem_tech *t, const axf_mem_query *q, axf_mem_result *r);
/* Evaluates one given organisation (mats, rows, cols, mux, segments of r); model.c. */
void axf_mem_evaluate(const axf_mem_tech *t, const axf_mem_process *p, const axf_mem_query *q, axf_mem_result *r);
#endif
