/* Inside the cycle model: the state of the accelerator's control, one field a register of the RTL that matters to time.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef AXF_CYCLES_H
#define AXF_CYCLES_H
#include "compile/plan.h"

#define AXF_PIPE 9

/* A decoded instruction. */
typedef struct {
  int op;
  uint32_t wait, post, post2;
  const uint32_t *w; /* the eight words, for fields */
} axf_decoded;

/* Read bursts: granted by the arbiter, on their way, delivering. */
typedef struct {
  int owner;     /* 0 fetch, 1 load engine */
  int beats;     /* left */
  int64_t ready; /* first cycle in which a beat can be valid */
} axf_burst;

typedef struct {
  int dst, lanes, addr_beats, chunks, parts, beats;
  uint32_t post;
} axf_ldinfo;

/* One step in S1..S4, or in S5..S8 the result slot of one segment at the end of a sum: only what has an effect on time.
 */
typedef struct {
  int valid, bank, sum, end, out; /* configuration bank; last of a sum, of a tile; results leave in S8 */
  int g, qm;                      /* segment of a slot, segments in use */
  uint32_t post, post2;
  int m, r, c;    /* of a result: first map (of segment 0), row, column of the step in the tile; */
  int mt, rt, ct; /* the tile's maps, rows, columns; */
  int om, oy, ox; /* and its output phases */
} axf_step;

/* The results of one slot, waiting for write-back (rtl/array/result_queue.v). */
typedef struct {
  int banks[64]; /* words for each bank that are still to be written */
  int pending, most;
  int dst, layer, end;
  uint32_t post;
} axf_result;

typedef struct {
  const axf_program *p;
  axf_counters *k;
  int latency;
  int64_t t; /* cycle, as REG_CYCLES counts */

  /* read port */
  axf_burst burst[8];
  int open;
  int64_t port_free; /* first cycle for the next burst's first beat */
  /* fetch */
  int f_run, f_left, f_room, f_odd, f_count, f_pc, f_arrive;
  /* queues: load, kload, nload, exec, store */
  axf_decoded queue[5][2];
  int qn[5], popped[5], pushed[5];
  int sem[16];
  uint32_t take, post; /* of this cycle */
  /* load engine */
  int l_run, l_left, l_y, l_z; /* beats of the row, rows and planes left */
  uint32_t l_addr, l_row, l_plane;
  axf_decoded ld;
  axf_ldinfo info[4];
  int l_open, hold, fresh, chunk, beats_left;
  /* kernel and neuron loaders: cycles left in CFG or RUN, words; two stages behind */
  struct {
    int state; /* 0 idle, 1 configuration, 2 run */
    int left;
    uint32_t post, post1, post2;
    int p1, p2; /* stages 1 and 2 are in use */
    int v1, v2; /* columns they write */
  } kl, nl;
  int nl_src;
  int k_cpg, k_banks, k_tn, k_qm, n_cols, n_segs;
  int k_par_left, k_map_words, k_in_map, k_par_words;
  /* array */
  int x_run;              /* a tile is in S0 */
  int x_walk;             /* cycles of the configuration walk left */
  int x_bank, x_cfg_bank; /* configuration bank of S0's tile, and the one set up last */
  axf_decoded cfg[2][3], tile;
  int64_t x_steps_left;
  int per_sum, sum_left, P, pc, ms, rs, cs, i_ms, i_rs, i_cs;
  axf_step pipe[AXF_PIPE];
  int slot_left;         /* S0: cycles until the slots of the sum before have left */
  axf_step slots;        /* S4: the sum whose slots are leaving; g: the next one */
  axf_result result[64]; /* results that wait, the oldest first */
  int nresult, x_idle;
  /* store engine */
  int s_state, s_left, s_y, s_z, s_burst, s_slot, s_src, s_more;
  uint32_t s_addr, s_row, s_plane, s_post;
  axf_decoded st;
  int64_t s_b;
} axf_cyc;

#define AXF_GET(d, OP, f) axf_field((d)->w, AXF_##OP##_##f##_LSB, AXF_##OP##_##f##_W)
/* What AXF_SET_COUNT has written. */
#define AXF_GET_COUNT(d, OP, f) ((AXF_GET(d, OP, f) + 63) % 64 + 1)
/* Engines: one cycle each. The order of calls is that of axf_cycle_model. */
int axf_cyc_array(axf_cyc *c);           /* returns the neuron buffer written in this cycle (bit mask) */
void axf_cyc_load(axf_cyc *c, int busy); /* read data and requests */
int axf_cyc_nload(axf_cyc *c);           /* returns the neuron buffer read in this cycle (bit mask) */
void axf_cyc_kload(axf_cyc *c);
void axf_cyc_store(axf_cyc *c, int busy);
/* Head of engine e's queue if the engine may start it: pops it and takes its semaphores. */
int axf_cyc_start(axf_cyc *c, int e, axf_decoded *d);
#endif
