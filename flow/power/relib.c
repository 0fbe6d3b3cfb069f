/* A Liberty library rewritten for OpenSTA's power; see annotate.h. SPDX-License-Identifier: Apache-2.0 */
#include "annotate.h"
#include <string.h>

/* The mean of tables on the axes of the first; a null table is left out. Writes nothing if there is none. */
static void mean(FILE *f, const char *name, const axf_lib_table *const *list, int n, double scale) {
  const axf_lib_table *t = NULL;
  for (int k = 0; k < n && !t; k++)
    if (list[k]->nslew)
      t = list[k];
  if (!t)
    return;
  fprintf(f, "      %s (t%dx%d) { ", name, t->nslew, t->nload);
  for (int axis = 0; axis < 2; axis++) {
    const int count = axis ? t->nload : t->nslew;
    fprintf(f, "index_%d (\"", axis + 1);
    for (int i = 0; i < count; i++)
      fprintf(f, "%s%.8g", i ? ", " : "", axis ? t->load[i] * 1e12 : t->slew[i] * 1e9);
    if (count == 1) /* a table of one value gets a second, equal one */
      fprintf(f, ", %g", 1 + (axis ? t->load[0] * 1e12 : t->slew[0] * 1e9));
    fprintf(f, "\"); ");
  }
  fprintf(f, "values (");
  for (int i = 0; i < t->nslew + (t->nslew == 1); i++) {
    fprintf(f, "%s\"", i ? ", " : "");
    for (int j = 0; j < t->nload + (t->nload == 1); j++) {
      const double slew = t->slew[i < t->nslew ? i : 0], load = t->load[j < t->nload ? j : 0];
      double sum = 0;
      int used = 0;
      for (int k = 0; k < n; k++)
        if (list[k]->nslew) {
          sum += axf_lib_lookup(list[k], slew, load);
          used++;
        }
      fprintf(f, "%s%.8g", j ? ", " : "", sum / used * scale);
    }
    fprintf(f, "\"");
  }
  fprintf(f, "); }\n");
}

static void powers(FILE *f, const axf_lib_cell *c, int pin) {
  const axf_lib_table *rise[256], *fall[256];
  int n = 0;
  for (int g = 0; g < c->npowers && n < 256; g++)
    if (c->power[g].pin == pin) {
      rise[n] = &c->power[g].rise;
      fall[n++] = &c->power[g].fall;
    }
  if (!n)
    return;
  const double scale = 1e12 * (pin == c->clock ? 0.5 : 1); /* pJ */
  fprintf(f, "      internal_power () {\n");
  mean(f, "rise_power", rise, n, scale);
  mean(f, "fall_power", fall, n, scale);
  fprintf(f, "      }\n");
}

static void expression(FILE *f, const axf_lib_cell *c, const axf_expr *e) {
  char stack[64][512];
  int top = 0;
  for (int i = 0; i < e->n && top < 62; i++) {
    const int op = e->op[i];
    char text[512];
    if (op >= 0)
      snprintf(stack[top++], sizeof stack[0], "%s",
               op < c->npins    ? c->pin[op].name
               : op == c->npins ? c->state
                                : c->inverse);
    else if (op == -1) {
      snprintf(text, sizeof text, "!(%.500s)", stack[top - 1]);
      memcpy(stack[top - 1], text, sizeof text);
    } else if (op >= -4) {
      top--;
      snprintf(text, sizeof text, "(%.250s%c%.250s)", stack[top - 1],
               op == -2   ? '&'
               : op == -3 ? '|'
                          : '^',
               stack[top]);
      memcpy(stack[top - 1], text, sizeof text);
    } else
      snprintf(stack[top++], sizeof stack[0], "%d", op == -6);
  }
  fprintf(f, "\"%s\"", top ? stack[0] : "1");
}

static void arcs(FILE *f, const axf_lib_cell *c, int pin) {
  for (int a = 0; a < c->narcs; a++) {
    const axf_lib_arc *x = &c->arc[a];
    const axf_lib_table *rise = &x->rise, *fall = &x->fall;
    int repeated = 0;
    for (int b = 0; b < a; b++)
      repeated |= c->arc[b].pin == x->pin && c->arc[b].related == x->related;
    if (x->pin != pin || x->related < 0 || repeated)
      continue;
    fprintf(f, "      timing () { related_pin : \"%s\"; timing_sense : non_unate;%s\n", c->pin[x->related].name,
            c->is_ff ? " timing_type : rising_edge;" : "");
    mean(f, "cell_rise", &rise, 1, 1e9);
    mean(f, "rise_transition", &rise, 1, 1e9);
    mean(f, "cell_fall", &fall, 1, 1e9);
    mean(f, "fall_transition", &fall, 1, 1e9);
    fprintf(f, "      }\n");
  }
}

static void cell(FILE *f, const axf_lib_cell *c) {
  double leakage = c->leakage < 0 ? 0 : c->leakage;
  for (int k = 0; k < c->nleaks && c->leakage < 0; k++) /* no mean is given: that of the states */
    leakage += c->leak[k].watt / c->nleaks;
  fprintf(f, "  cell (%s) {\n    area : 1;\n    cell_leakage_power : %.8g;\n", c->name, leakage * 1e9);
  if (c->is_ff) {
    fprintf(f, "    ff (\"%s\", \"%s\") { clocked_on : \"%s\"; next_state : ", c->state, c->inverse,
            c->pin[c->clock].name);
    expression(f, c, &c->next);
    fprintf(f, "; }\n");
  }
  for (int p = 0; p < c->npins; p++) {
    fprintf(f, "    pin (%s) { direction : %s; capacitance : %.8g;%s\n", c->pin[p].name,
            c->pin[p].is_output ? "output" : "input", c->pin[p].cap * 1e12, p == c->clock ? " clock : true;" : "");
    if (c->pin[p].is_output) {
      fprintf(f, "      function : ");
      expression(f, c, &c->pin[p].function);
      fprintf(f, ";\n");
      arcs(f, c, p);
    }
    if (c->is_ff && !c->pin[p].is_output && p != c->clock) /* an endpoint: without any, OpenSTA finds no clock */
      fprintf(f,
              "      timing () { related_pin : \"%s\"; timing_type : setup_rising;\n        rise_constraint (scalar) { "
              "values (\"0\"); } fall_constraint (scalar) { values (\"0\"); } }\n",
              c->pin[c->clock].name);
    powers(f, c, p);
    fprintf(f, "    }\n");
  }
  fprintf(f, "  }\n");
}

static void begin(FILE *f, const char *name, double voltage) {
  fprintf(f,
          "/* Rewritten for OpenSTA's power by axpower: not for timing. */\nlibrary (%s) {\n  delay_model : "
          "table_lookup;\n  time_unit : \"1ns\";\n  voltage_unit : \"1V\";\n  current_unit : \"1mA\";\n"
          "  pulling_resistance_unit : \"1kohm\";\n  leakage_power_unit : \"1nW\";\n  capacitive_load_unit (1,pf);\n"
          "  nom_voltage : %g;\n  nom_temperature : 25;\n  nom_process : 1;\n"
          "  operating_conditions (typical) { process : 1; temperature : 25; voltage : %g; }\n"
          "  default_operating_conditions : typical;\n", /* without them OpenSTA's power is 0 */
          name, voltage, voltage);
  for (int i = 0; i < 2; i++) {
    const char *edge = i ? "fall" : "rise";
    fprintf(f,
            "  input_threshold_pct_%s : 50;\n  output_threshold_pct_%s : 50;\n  slew_lower_threshold_pct_%s : 20;\n  "
            "slew_upper_threshold_pct_%s : 80;\n",
            edge, edge, edge, edge);
  }
  for (int i = 1; i <= AXF_LIB_AXIS; i++)
    for (int j = 1; j <= AXF_LIB_AXIS; j++) {
      for (int power = 0; power < 2; power++) {
        fprintf(f, "  %s (t%dx%d) { variable_1 : %s; variable_2 : %s; ",
                power ? "power_lut_template" : "lu_table_template", i, j,
                power ? "input_transition_time" : "input_net_transition", "total_output_net_capacitance");
        for (int axis = 0; axis < 2; axis++) {
          fprintf(f, "index_%d (\"", axis + 1);
          for (int k = 0; k < (axis ? j : i) || k < 2; k++)
            fprintf(f, "%s%d", k ? ", " : "", 1000 + k);
          fprintf(f, "\"); ");
        }
        fprintf(f, "}\n");
      }
    }
}

void axf_annotate_library(const axf_annotate *a, const axf_sim *s, const axf_lib *lib, FILE *f) {
  begin(f, "axf_power", lib->voltage);
  for (int i = 0; i < lib->ncells; i++) {
    int used = 0;
    for (int k = 0; k < a->ncells && !used; k++)
      used = s->f->cell[a->cell[k]].type == &lib->cell[i];
    if (used)
      cell(f, &lib->cell[i]);
  }
  fprintf(f, "}\n");
}

void axf_annotate_source(const axf_lib *lib, double slew, FILE *f) {
  begin(f, "axf_source", lib->voltage);
  fprintf(f,
          "  cell (AXF_SOURCE) {\n    area : 0;\n    cell_leakage_power : 0;\n    ff (\"IQ\", \"IQN\") { clocked_on : "
          "\"CK\"; "
          "next_state : \"IQN\"; }\n    pin (CK) { direction : input; capacitance : 0; clock : true; }\n"
          "    pin (Q) { direction : output; function : \"IQ\"; timing () { related_pin : \"CK\"; timing_type : "
          "rising_edge; timing_sense : non_unate;\n      cell_rise (scalar) { values (\"0\"); } cell_fall (scalar) { "
          "values "
          "(\"0\"); }\n      rise_transition (scalar) { values (\"%.6g\"); } fall_transition (scalar) { values "
          "(\"%.6g\"); } } }\n  }\n}\n",
          slew * 1e9, slew * 1e9);
}
