/* One system running one program on many inputs, with everything that is checked about a run.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef AXF_RUNNER_H
#define AXF_RUNNER_H
#include "host.h"
#include "mult/mult.h"
#include "progmodel/progmodel.h"

/* What is run and what it is compared with. Everything is borrowed. */
typedef struct {
  const axf_net *net;
  const axf_qnet *q;
  const axf_program *prog;
  const axf_mult *const *mult;   /* (AXF_MAX_LAYERS) of each layer of the net */
  const axf_counters *predicted; /* by the cycle model; used for the time-out, and compared without back-pressure */
  int latency, pressure;
  uint64_t seed; /* of the back-pressure and of the shift; 0: none */
  const char *trace;
  const axf_supply *supply; /* failing cells; NULL: none, the reference model is compared with */
  uint64_t trace_cycles;    /* of the trace; 0: all */
} axf_job;

/* What one run gave. */
typedef struct {
  int cls, ref_cls;    /* class of the last image by the RTL's output in memory, by the C model */
  uint32_t mismatches; /* of the probe and of the output in memory */
  uint32_t results;    /* integers the probe saw written and compared */
  int model_differs;   /* without back-pressure: a counter or layer end differs from the cycle model */
  char first[256];     /* the first mismatch in words, "" if there is none */
  char differs[128];   /* the first counter that differs from the cycle model, "" if none does */
  axf_dev_count count;
  uint64_t layer_end[AXF_MAX_LAYERS]; /* cycle of each compute layer's last write-back */
  uint32_t layer_misses[AXF_MAX_LAYERS];
  uint64_t faulty_reads; /* reads that met failing cells */
} axf_run;

typedef struct {
  axf_job job;
  axf_host host;
  axf_dev dev;
  uint32_t shift; /* of the addresses of program and data */
  axf_probe probe;
  int16_t *model[AXF_MAX_LAYERS]; /* (images, out_c, out_h, out_w) outputs of compute layer l by the C model */
  uint8_t *program, *input, *output, *spill;
  int16_t *result, *expected; /* the last layer's outputs in memory: as read back, as the model says */
  axf_progmodel *faulty;      /* with a supply: the functional model of the program and its memories' failing cells */
} axf_runner;

/* The accelerator of this build: default parameters, D, W and segments of the shim. */
int axf_runner_arch(axf_arch *a);
/* Builds the system, probes it by the driver and loads the program. -1 + axf_fail. */
int axf_runner_init(axf_runner *r, const axf_job *job);
void axf_runner_free(axf_runner *r);
/* Where the program and its data are. */
axf_dev_program axf_runner_place(const axf_runner *r);
/* One run. in: (c, h, w) values; number: of the run, for transient faults. Returns -1 + axf_fail when the run did not
 * finish (time-out, error code, bus error); differences are in *run. */
int axf_runner_run(axf_runner *r, const int16_t *in, uint32_t number, axf_run *run);
/* The counters of the driver as the cycle model's struct. */
void axf_runner_counters(const axf_dev_count *c, axf_counters *to);
/* Name, RTL value and model value of counter i; 0 when there is no counter i. */
int axf_runner_counter(int i, const axf_counters *c, const char **name, uint64_t *value);
#endif
