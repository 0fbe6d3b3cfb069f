/* A Liberty library as far as power needs it: cells, pins, functions, tables of energy and transition, leakage by
 * state. SPDX-License-Identifier: Apache-2.0 */
#ifndef AXF_POWER_LIB_H
#define AXF_POWER_LIB_H
#include "expr.h"

#define AXF_LIB_AXIS 16
#define AXF_LIB_PINS 14
/* Energy or transition over input slew and output load. */
typedef struct {
  int nslew, nload; /* 0: the table is not there; 1: does not depend on it */
  double slew[AXF_LIB_AXIS], load[AXF_LIB_AXIS];
  double v[AXF_LIB_AXIS][AXF_LIB_AXIS]; /* [slew][load] */
} axf_lib_table;

/* internal_power of a pin: energy of its edges. */
typedef struct {
  int pin, related; /* related: -1 if none is named */
  int has_when;
  axf_expr when;
  char rail[16];            /* related_pg_pin, "" if none: what the rails of one arc take is added up */
  axf_lib_table rise, fall; /* J when looked up by s and F */
} axf_lib_power;

/* Transition of an output, rise and fall. */
typedef struct {
  int pin, related;
  axf_lib_table rise, fall;
} axf_lib_arc;

typedef struct {
  char name[32];
  int is_output, is_clock;
  double cap;        /* F */
  axf_expr function; /* outputs: over the variables */
} axf_lib_pin;

typedef struct {
  axf_expr when;
  char rail[16]; /* as above */
  double watt;
} axf_lib_leak;

/* Variables of expressions: pins 0..npins-1, then the state (IQ) and its complement (IQN). */
typedef struct {
  char name[64];
  int npins, clock; /* clock: the pin of a flip-flop, -1 of other cells */
  char state[32], inverse[32];
  axf_expr next, clear, preset; /* of a flip-flop; clear and preset empty if there is none */
  int has_clear, has_preset, is_ff, unusable;
  axf_lib_pin pin[AXF_LIB_PINS];
  int npowers, narcs, nleaks;
  axf_lib_power *power;
  axf_lib_arc *arc;
  axf_lib_leak *leak;
  double leakage; /* W, cell_leakage_power; below 0: not given */
} axf_lib_cell;

typedef struct {
  int ncells;
  axf_lib_cell *cell;
  double voltage, time, cap, leak; /* units in s, F, W */
} axf_lib;

/* Reads a Liberty file, gzip'd or not. -1 + axf_fail with the reason. Latches and cells with more than one state are
 * marked unusable. */
int axf_lib_read(axf_lib *l, const char *path);
void axf_lib_free(axf_lib *l);
const axf_lib_cell *axf_lib_find(const axf_lib *l, const char *name);
int axf_lib_pin_index(const axf_lib_cell *c, const char *name); /* -1: none */
/* Bilinear between the points of a table, held at its ends. slew in s, load in F. */
double axf_lib_lookup(const axf_lib_table *t, double slew, double load);
#endif
