/* Arrays as NumPy writes them: .npy files, one array each, and .npz archives of them.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Formats: NumPy's "format" page (NPY 1.0 to 3.0) and PKWARE's APPNOTE (zip; stored and deflated members, no zip64, no
 * encryption). Every message names the file and the array. */
#ifndef AXF_NPY_H
#define AXF_NPY_H
#include "core/core.h"

#define AXF_NPY_DIMS 8

/* One array of floats, in C order whatever its order in the file; float64 is rounded to float32. */
typedef struct {
  int ndim;
  int64_t dim[AXF_NPY_DIMS];
  size_t count; /* product of dim; 1 for a scalar */
  float *data;  /* (count); free() it */
} axf_npy;
/* Reads the bytes of a .npy file; `place` begins the messages. Refuses what is not float32 or float64, little-endian,
 * finite, of the length that its shape says. */
int axf_npy_parse(axf_npy *a, const char *place, const uint8_t *bytes, size_t len);

/* An open collection of arrays: an .npz archive, or a folder of .npy files. */
typedef struct axf_arrays axf_arrays;
axf_arrays *axf_arrays_open(const char *path); /* NULL + axf_fail */
void axf_arrays_close(axf_arrays *s);
/* Number of arrays and the name of array i, without ".npy"; sorted. Owned by s. */
int axf_arrays_count(const axf_arrays *s);
const char *axf_arrays_name(const axf_arrays *s, int i);
/* Index of the array NAME, -1 if there is none (no message). */
int axf_arrays_find(const axf_arrays *s, const char *name);
/* Reads array i (unpacks it, checks its CRC). */
int axf_arrays_read(const axf_arrays *s, int i, axf_npy *a);
#endif
