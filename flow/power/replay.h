/* Drives the netlist with a pin log of the RTL and compares its outputs. SPDX-License-Identifier: Apache-2.0 */
#ifndef AXF_POWER_REPLAY_H
#define AXF_POWER_REPLAY_H
#include "operands.h"
#include "timed.h"

typedef struct {
  uint64_t cycles, counted;      /* replayed; with running = 1 */
  uint64_t compared, mismatches; /* output bits */
  uint64_t beats_in, beats_out;  /* 16-byte transfers of external memory in counted cycles */
  char first[160];               /* the first mismatch in words */
  axf_operands operands;         /* written on the way if a log has been begun */
  axf_timed *timed;              /* cycles are looked at with delays; NULL: none are */
  uint64_t wanted, logs;         /* about so many in all logs, and their number */
} axf_replay;
/* Replays a log (pinlog.c) from reset; adds to *r. -1 + axf_fail: a damaged log, a port the netlist does not have. */
int axf_replay_run(axf_replay *r, axf_sim *s, const char *path);
#endif
