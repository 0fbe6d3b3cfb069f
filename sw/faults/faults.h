/* Failing memory cells: which cells of which memory of which die fail at a supply voltage, and what a read then gives.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The model is the one of rtl/mem/sram.v, number for number (docs/reliability.md). A cell has a 32-bit variate
 *   cell(die, macro, address, bit) = splitmix64(splitmix64(die << 32 | macro) ^ (address << 8 | bit)) >> 32
 * and fails where cell < p * 2^32, p being the failure probability at the supply: the cells that fail at one voltage
 * fail at every lower one, and a die keeps its cells. Nothing here depends on the order of calls. */
#ifndef AXF_FAULTS_H
#define AXF_FAULTS_H
#include "core/core.h"

/* ---- technologies (tech.c): failure probability and energy over the supply, from sw/faults/tech.txt ---- */
#define AXF_TECH_POINTS 32
typedef struct {
  char name[32], unit[16]; /* unit of the voltages: V, or Vmin (relative to the lowest faultless voltage) */
  char source[512];        /* what was measured, by whom */
  double nominal;          /* at this supply and above nothing fails; energy 1 */
  int n, has_energy;
  struct {
    double v, ber, energy;  /* energy of an access relative to nominal */
  } point[AXF_TECH_POINTS]; /* n of them, voltages falling, rates rising */
} axf_tech;
/* Reads technology `name` from a file (NULL: sw/faults/tech.txt below AXF_ROOT). An unknown name fails with the names
 * there are, a bad line with file and line. */
int axf_tech_read(axf_tech *t, const char *name, const char *path);
/* Failure probability of a cell at v: 0 from `nominal` on; between points the logarithm is linear in v; between the
 * first point and nominal the first two points' line goes on. Below the last point: -1 + axf_fail. */
int axf_tech_ber(const axf_tech *t, double v, double *ber);
/* The other way round: the highest supply at which a cell fails with probability ber or more; 0: nominal. A rate above
 * that of the last point: -1 + axf_fail. */
int axf_tech_supply(const axf_tech *t, double ber, double *v);
/* Energy of an access at v relative to nominal: linear between the table's values, or (v / nominal)^2 when the table
 * has none. */
double axf_tech_energy(const axf_tech *t, double v);

/* ---- cells (cells.c) ---- */
typedef enum {
  AXF_FAULT_FLIP,     /* a read of a failing cell gives the other value */
  AXF_FAULT_STUCK,    /* a failing cell reads as 0 or as 1, by its hash, whatever was written */
  AXF_FAULT_TRANSIENT /* any cell may flip in any read, each time anew, with probability p */
} axf_fault_kind;
/* "flip", "stuck", "transient"; -1 + axf_fail naming these for anything else. */
int axf_fault_kind_of(const char *name, axf_fault_kind *kind);
const char *axf_fault_kind_name(axf_fault_kind kind);

typedef struct {
  uint32_t die;
  axf_fault_kind kind;
  int clustered; /* 1: macros differ, see axf_fault_macro_threshold */
  uint32_t run;  /* transient: number of the run, so that runs differ */
} axf_die;

/* Macro identifiers of the buffers' banks (docs/architecture.md). */
#define AXF_MACRO_NB(buffer, bank) (0x1000u + 256u * (uint32_t)(buffer) + (uint32_t)(bank))
#define AXF_MACRO_KB(bank) (0x2000u + (uint32_t)(bank))

/* The hash of a cell: its variate is the upper half; bit 0 is the value a stuck cell has. bit < 128. */
uint64_t axf_fault_cell(uint32_t die, uint32_t macro, uint32_t addr, int bit);
/* p * 2^32 rounded, p in 0..1; 1 gives 2^32 - 1. */
uint32_t axf_fault_threshold(double p);
/* The threshold of one macro. Clustered dies: t times the macro's factor, one of 16 equally likely values of mean 1 (a
 * log-normal law of sigma 2.2: the worst tenth of the macros holds 82 % of the faults), limited to 2^32 - 1. */
uint32_t axf_fault_macro_threshold(const axf_die *d, uint32_t macro, uint32_t t);
/* The failing cells of words addr0 .. addr0 + words - 1 of a macro: bit b of mask[i] (and of value[i], the value it is
 * stuck at; NULL: not wanted) for cell (addr0 + i, b), b < width <= 32. t as axf_fault_threshold gives. Returns the
 * number of failing cells. A transient die has no failing cells. */
size_t axf_fault_masks(const axf_die *d, uint32_t macro, uint32_t t, uint32_t addr0, size_t words, int width,
                       uint32_t *mask, uint32_t *value);
/* What a read gives of a word of which the cells `mask` fail. */
static inline uint32_t axf_fault_read(axf_fault_kind kind, uint32_t word, uint32_t mask, uint32_t value) {
  return kind == AXF_FAULT_STUCK ? (word & ~mask) | (value & mask) : word ^ mask;
}
/* Transient dies: the cells that flip in the n-th read (from 0) of an address since the run began. */
uint32_t axf_fault_transient(const axf_die *d, uint32_t macro, uint32_t t, uint32_t addr, uint32_t n, int width);

/* ---- protections (protect.c), as rtl/mem/protected_sram.v has them ---- */
typedef enum {
  AXF_PROTECT_NONE,
  AXF_PROTECT_PARITY, /* a parity bit: a word of odd parity reads as 0 */
  AXF_PROTECT_SECDED, /* 5 check bits for 8 data bits, 6 for 16: one failing cell corrected, two detected, read as 0 */
  AXF_PROTECT_SAFE    /* the upper `safe` bits lie in a memory at nominal supply */
} axf_protect_kind;
typedef struct {
  axf_protect_kind kind;
  int safe; /* 1..7 with AXF_PROTECT_SAFE, else 0 */
} axf_protect;
typedef enum { AXF_PROTECT_RIGHT, AXF_PROTECT_CORRECTED, AXF_PROTECT_DETECTED } axf_protect_event;
/* "none", "parity", "secded", "msb1" .. "msb7"; -1 + axf_fail naming these for anything else, `what` in front. */
int axf_protect_of(const char *what, const char *name, axf_protect *p);
const char *axf_protect_name(axf_protect p);
/* Cells at the low supply that hold a word of `width` (8 or 16) data bits: bit b of the data is cell b, check bits lie
 * above. */
int axf_protect_cells(axf_protect p, int width);
/* What is stored for a word, and what is read for what is stored. */
uint32_t axf_protect_encode(axf_protect p, int width, uint32_t word);
uint32_t axf_protect_decode(axf_protect p, int width, uint32_t stored, axf_protect_event *event);
/* What a read gives of `word` when the cells `mask` of what is stored for it fail. */
static inline uint32_t axf_protect_read(axf_protect p, axf_fault_kind kind, int width, uint32_t word, uint32_t mask,
                                        uint32_t value, axf_protect_event *event) {
  return axf_protect_decode(p, width, axf_fault_read(kind, axf_protect_encode(p, width, word), mask, value), event);
}

/* ---- a memory of several banks at one supply (memory.c) ---- */
typedef struct {
  axf_die die;
  uint32_t macro, threshold; /* of bank 0; bank b has macro + b */
  int banks, words, width;   /* width: data bits */
  axf_protect protect;
  uint32_t *mask, *value;       /* (banks, words); NULL when nothing fails */
  uint32_t *reads;              /* (banks, words), transient: reads since the run began */
  uint64_t cells;               /* failing ones */
  uint64_t faulty_reads;        /* reads that met a failing (or flipping) cell, since init */
  uint64_t corrected, detected; /* of these: corrected, and found wrong and read as 0 */
} axf_fault_mem;
/* Finds the failing cells once. ber 0: nothing is allocated and reads cost a test. -1 + axf_fail (memory). */
int axf_fault_mem_init(axf_fault_mem *m, const axf_die *d, double ber, uint32_t macro, int banks, int words, int width,
                       axf_protect p);
void axf_fault_mem_free(axf_fault_mem *m);
/* Transient: run number `run` begins, no word was read yet. */
void axf_fault_mem_begin(axf_fault_mem *m, uint32_t run);
/* What a read of `word`, stored at (bank, addr), gives; counts. addr >= words: the word itself. */
uint32_t axf_fault_mem_read(axf_fault_mem *m, int bank, uint32_t addr, uint32_t word);

/* ---- codes in a buffer (codes.c): bit errors for training and for studies without a program ---- */
/* An abstract placement: code i lies in bank i mod banks, at address first + (i div banks) mod words, W bits a code.
 * The macro of bank b is macro + b. */
typedef struct {
  uint32_t macro;
  int banks, words, first, width;
} axf_fault_place;
/* The kernel buffer of the default accelerator: D = 16, W = 8, 2048 words a bank, from `first` on. */
axf_fault_place axf_fault_kernel_buffer(int first);
/* out[i]: what a read of code in[i] gives on die d when cells fail with probability ber (transient: in the first read
 * of each address; codes that share an address share its flips). in and out may be the same. Returns the number of
 * codes changed. */
size_t axf_fault_codes(const axf_die *d, double ber, const axf_fault_place *p, const uint8_t *in, uint8_t *out,
                       size_t n);
#endif
