/* Writes Liberty: area, leakage, clock-to-output, set-up, energy of an access by state. SPDX-License-Identifier:
 * Apache-2.0 */
#include "liberty.h"

#define PIN_PF 0.002 /* an input's gate: a small inverter, as in the cell libraries */

void axf_mem_liberty_begin(FILE *f, const char *library, double vdd, double kelvin, int max_width) {
  fprintf(f,
          "/* On-chip memories by axflow's memory model; docs/memory-model.md says how far to trust it. */\n"
          "library (%s) {\n  delay_model : table_lookup;\n  time_unit : \"1ns\";\n  voltage_unit : \"1V\";\n"
          "  current_unit : \"1mA\";\n  pulling_resistance_unit : \"1kohm\";\n  leakage_power_unit : \"1nW\";\n"
          "  capacitive_load_unit (1,pf);\n  nom_voltage : %.4g;\n  nom_temperature : %.4g;\n  nom_process : 1;\n",
          library, vdd, kelvin - 273.15);
  static const char *const edge[] = {"rise", "fall"};
  for (int i = 0; i < 2; i++)
    fprintf(f,
            "  input_threshold_pct_%s : 50;\n  output_threshold_pct_%s : 50;\n"
            "  slew_lower_threshold_pct_%s : 20;\n  slew_upper_threshold_pct_%s : 80;\n",
            edge[i], edge[i], edge[i], edge[i]);
  for (int k = 1; k <= max_width; k++)
    fprintf(f, "  type (b%d) { base_type : array; data_type : bit; bit_width : %d; bit_from : %d; bit_to : 0; }\n", k,
            k, k - 1);
}

static void setup(FILE *f, double ns) {
  fprintf(f,
          "      capacitance : %g;\n      timing () { related_pin : \"clk_i\"; timing_type : setup_rising;\n"
          "        rise_constraint (scalar) { values (\"%.5g\"); } fall_constraint (scalar) { values (\"%.5g\"); } }\n",
          PIN_PF, ns, ns);
}

static void input(FILE *f, const char *name, int bits, double ns) {
  if (bits)
    fprintf(f, "    bus (%s) { bus_type : b%d; direction : input;\n", name, bits);
  else
    fprintf(f, "    pin (%s) { direction : input;\n", name);
  setup(f, ns);
  fprintf(f, "    }\n");
}

static void power(FILE *f, const char *when, double pj) {
  fprintf(f,
          "      internal_power () { when : \"%s\";\n        rise_power (scalar) { values (\"%.6g\"); }\n"
          "        fall_power (scalar) { values (\"%.6g\"); } }\n",
          when, pj / 2, pj / 2);
}

void axf_mem_liberty_cell(FILE *f, const axf_mem_query *q, const axf_mem_result *r) {
  int address = 0;
  const double ns = r->decode_ns / 4; /* the address reaches its register and the predecoder */
  while (address < 30 && 1L << address < q->words)
    address++;
  if (r->labels[0])
    fprintf(f, "  /* sram_%ldx%ld: %s */\n", q->words, q->bits, r->labels);
  fprintf(f,
          "  cell (sram_%ldx%ld) {\n    area : %.6g;\n    is_macro_cell : true;\n    cell_leakage_power : %.6g;\n"
          "    pin (clk_i) { direction : input; clock : true; capacitance : %g; min_period : %.6g;\n",
          q->words, q->bits, r->area_um2, (r->leak_mw + r->gate_mw) * 1e6, 4 * PIN_PF, r->cycle_ns);
  power(f, "re_i & !we_i", r->read_pj);
  power(f, "!re_i & we_i", r->write_pj);
  power(f, "re_i & we_i", r->read_pj + r->write_pj);
  power(f, "!re_i & !we_i", r->idle_pj);
  fprintf(f, "    }\n");
  input(f, "we_i", 0, ns);
  input(f, "re_i", 0, ns);
  input(f, "supply_i", 8, 0);
  input(f, "waddr_i", address, ns);
  input(f, "raddr_i", address, ns);
  input(f, "wdata_i", (int)q->bits, ns);
  fprintf(f,
          "    bus (rdata_o) { bus_type : b%ld; direction : output;\n"
          "      timing () { related_pin : \"clk_i\"; timing_type : rising_edge; timing_sense : non_unate;\n"
          "        cell_rise (scalar) { values (\"%.6g\"); } cell_fall (scalar) { values (\"%.6g\"); }\n"
          "        rise_transition (scalar) { values (\"%.4g\"); } fall_transition (scalar) { values (\"%.4g\"); } }\n"
          "    }\n  }\n",
          q->bits, r->access_ns, r->access_ns, r->access_ns / 20, r->access_ns / 20);
}

void axf_mem_liberty_end(FILE *f) { fprintf(f, "}\n"); }
