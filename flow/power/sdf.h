/* The part of an SDF file that a gate-level simulation needs: IOPATH delays, with or without a condition.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef AXF_POWER_SDF_H
#define AXF_POWER_SDF_H

typedef struct {
  char type[64], instance[1024]; /* of the cell; levels of hierarchy parted by / */
  char from[64], to[64];         /* pins */
  char condition[512];           /* Verilog; "": none */
  int rise, fall;                /* fs; -1: not given */
} axf_sdf_path;

/* Calls take for every IOPATH; its -1 ends the reading. Of min:typ:max the last that is given counts. -1 + axf_fail
 * with file and line. */
int axf_sdf_read(const char *path, int (*take)(void *ctx, const axf_sdf_path *p), void *ctx);
#endif
