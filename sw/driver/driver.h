/* The accelerator's driver, as firmware uses it: registers only, no memory of its own, no library.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The caller owns the memories: it places program, weights, input and output where the accelerator's AXI4 master can
 * reach them, and makes them coherent (caches flushed) before axf_dev_start and after axf_dev_wait. Order of calls:
 *   axf_dev_probe, then for each program axf_dev_load, then for each input axf_dev_start, axf_dev_wait.
 * Every function returns AXF_DEV_OK, a negative driver error, or (axf_dev_wait) the accelerator's positive error code;
 * axf_dev_error_text puts any of them in words. */
#ifndef AXF_DRIVER_H
#define AXF_DRIVER_H
#include <stdint.h>

/* Results of the driver (negative) and error codes of the accelerator (positive, REG_STATUS[15:8]). */
enum {
  AXF_DEV_OK = 0,
  AXF_DEV_BUS = -1,     /* a register access failed */
  AXF_DEV_NONE = -2,    /* REG_ID is not the accelerator's */
  AXF_DEV_ARGS = -3,    /* an address or length is not aligned or zero */
  AXF_DEV_BUSY = -4,    /* a program is running */
  AXF_DEV_TIMEOUT = -5, /* not done after the given number of polls */
  AXF_DEV_IDLE = -6,    /* nothing was started */
  AXF_DEV_BAD_INSTR = 1,
  AXF_DEV_SEM_OVERFLOW = 2,
  AXF_DEV_ADDRESS = 3,
  AXF_DEV_READ = 4,
  AXF_DEV_WRITE = 5,
  AXF_DEV_OVERRUN = 6,
  AXF_DEV_WATCHDOG = 7
};

typedef struct {
  /* Set by the caller before axf_dev_probe. The callbacks return 0, or anything else for a bus error. */
  int (*reg_write)(void *ctx, uint32_t off, uint32_t value); /* 32-bit register at byte offset off */
  int (*reg_read)(void *ctx, uint32_t off, uint32_t *value);
  void (*idle)(void *ctx); /* between two polls: sleep, wait for the interrupt, ...; NULL: poll at once */
  void *ctx;
  int irq; /* 1: the interrupt is enabled while a program runs */
  /* Set by axf_dev_probe. */
  uint32_t D, W;               /* array dimension, word width */
  uint32_t nb_words, kb_words; /* words of one bank of a neuron buffer and of the kernel buffer */
  uint32_t segs;               /* segments into which a row's reduction can be cut */
  uint32_t rec_copies;         /* copies of each word of a parameter record in the kernel buffer, 1 or 3 */
} axf_dev;

/* Where a program and its data are, in bytes as the accelerator's master sees them. */
typedef struct {
  uint32_t prog;    /* program, a multiple of 256 */
  uint32_t ninstr;  /* its instructions, 1 or more */
  uint32_t base[4]; /* weights, input, output, spilled feature maps: multiples of 16 */
  uint32_t size[4]; /* bytes of each, which the accelerator is held to; 0: as far as memory reaches */
} axf_dev_program;

/* The counter registers after a run, in the order of their offsets; all of them 32 bits, wrapping. */
typedef struct {
  uint32_t cycles, macs, busy, wait_k, wait_n, wait_o, wb, cfg, ld_beats, fetch_beats, st_beats, kb_wr, kb_rd, nb_wr,
      nb_rd, ks_wr, ns_wr, ps_rd, ps_wr, corrected, detected;
} axf_dev_count;

/* Checks the identification and reads the configuration. AXF_DEV_NONE when something else answers. */
int axf_dev_probe(axf_dev *d);
/* Stops the engines and forgets a running program, at any time; the registers keep their values. Memory transactions
 * that were begun are completed first: polls up to max_polls times until they are. AXF_DEV_TIMEOUT: the memory does not
 * answer.
 */
int axf_dev_reset(axf_dev *d, uint32_t max_polls);
/* A program in which nothing moves for so many cycles ends with AXF_DEV_WATCHDOG; 0: it may wait for ever. */
int axf_dev_watchdog(axf_dev *d, uint32_t cycles);
/* Writes program and base addresses; AXF_DEV_ARGS or AXF_DEV_BUSY change nothing. */
int axf_dev_load(axf_dev *d, const axf_dev_program *p);
/* Starts the loaded program; AXF_DEV_BUSY if one is running. */
int axf_dev_start(axf_dev *d);
/* Polls REG_STATUS up to max_polls times, calling idle in between, until the program is done. Returns AXF_DEV_OK, the
 * accelerator's error code (> 0), AXF_DEV_TIMEOUT (it is still running), or AXF_DEV_IDLE. Clears the interrupt. After
 * an error code the accelerator takes the next start when its open transactions are complete; until then AXF_DEV_BUSY.
 */
int axf_dev_wait(axf_dev *d, uint32_t max_polls);
/* Reads the counters of the last run. */
int axf_dev_counters(axf_dev *d, axf_dev_count *c);
/* Any result in words, a static text. */
const char *axf_dev_error_text(int code);
#endif
