/* Multiplier tables: T[w*256 + a] = AM(w, a), extracted from the Verilog of each core (docs/arithmetic.md). Of a signed
 * core w, a and AM(w, a) are the bits of two's complement numbers.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef AXF_MULT_H
#define AXF_MULT_H
#include "core/core.h"

/* A product of operands of `width` bits; par: the numbers of the multiplier's name. */
typedef uint64_t (*axf_mult_fn)(int width, const long *par, uint64_t w, uint64_t a);
typedef struct {
  char name[64];
  uint16_t t[65536];
  axf_mult_fn wide; /* 16-bit operands: the formula that stands in the table's place; NULL: 8 bits, the table */
  long par[2];      /* its numbers */
  uint32_t pmax;    /* largest magnitude of an entry */
  int zero_exact;   /* 1 if AM(0,a) = AM(w,0) = 0 for all a, w */
  int is_signed;    /* 1: a signed core, whose activations are -127..127, after a ReLU 0..127; 0: an unsigned one */
} axf_mult;

/* ---- tables (table.c) ---- */
/* Loads the table of multiplier `name` from DIR/NAME.axt; of a preset, a second name in the library's list, from its
 * core's, with m->name the preset's. DIR NULL: AXF_MULT_DIR, else build/mult, and if it is not
 * there one the user has added (axf_mult_user_dir). An unknown name is refused with the list of known ones. A container
 * of kind "mult" with tensor "table" (u16, 65536) and key "name"; and "signed" = 1 if it is. */
int axf_mult_load(axf_mult *m, const char *name, const char *dir);
/* The directory of the tables: dir, else AXF_MULT_DIR, else build/mult. */
const char *axf_mult_dir(const char *dir);

/* ---- the user's own multipliers, made by `axflow multiplier add` (user.c) ---- */
/* Their folder, malloc'd: AXF_USER_MULT_DIR, else $AXF_BUILD/user-mult, else build/user-mult. In it is a folder NAME
 * for each, with NAME.def (a list of one), its Verilog and NAME.axt. NULL + axf_fail on exhaustion. */
char *axf_mult_user_dir(void);
/* Path, malloc'd, of the table axf_mult_load reads, a preset's being its core's; where there is none, of the one in the
 * table directory. */
char *axf_mult_path(const char *name, const char *dir);

/* ---- the library's list (list.c) ---- */
/* One line of rtl/mult/multipliers.def or of a user's list, or a table that stands in no list (module and params are
 * then ""). */
typedef struct {
  char name[64], module[64], params[64];
  char core[64];   /* a preset (K1 ..): the multiplier it stands for, whose module and params these are; else "" */
  char about[256]; /* one-line description */
  int listed;      /* 1: in multipliers.def */
  int user;        /* 1: added by the user */
  int built;       /* 1: its table exists */
} axf_mult_entry;
/* The multipliers of `def` (NULL: $AXF_ROOT/rtl/mult/multipliers.def, AXF_ROOT unset: ./) in its order, then the
 * user's own (only if dir is NULL) and the other tables of `dir` (as in axf_mult_load), each by name. A missing list is
 * an empty one unless def is given. *list is malloc'd: free() it. Returns the number of entries, or -1. */
int axf_mult_list(axf_mult_entry **list, const char *def, const char *dir);
/* The core's name if `name` is a preset of the library's list, else `name` itself, in core; -1 + axf_fail for a list
 * that cannot be read. */
int axf_mult_core(char core[64], const char *name);

/* ---- formulas (formula.c) ---- */
/* The independent formula of a multiplier of the library (exact, truncT, drumK ..; also other T, K ..), for checking: 0
 * and *p, or -1 if `name` has none. */
int axf_mult_formula(const char *name, uint32_t w, uint32_t a, uint32_t *p);
/* The same for operands of `width` bits (4..16): w, a < 2^width, *p < 2^(2*width). Of a signed core all three are the
 * bits of two's complement numbers. */
int axf_mult_formula_w(const char *name, int width, uint32_t w, uint32_t a, uint32_t *p);

/* Makes *m the multiplier `name` for 16-bit operands, by its formula; -1 + axf_fail for a name that has none or is not
 * among exact, truncT and drumK, the ones that are checked at 16 bits. */
int axf_mult_wide(axf_mult *m, const char *name);

/* ---- error metrics (metrics.c) ---- */
/* Over all n = 65,536 pairs, each as likely as the other; E = w*a, e = AM(w, a) - E. The relative ones are over the
 * 65,025 pairs with E != 0. Signed cores: w, a = -128..127. */
typedef struct {
  double error_rate; /* ER: share of the pairs with e != 0 */
  double med;        /* mean error distance, mean |e| */
  double nmed;       /* med / the largest exact product, 255^2 or 128^2 */
  double mred;       /* mean relative error distance, mean |e / E| */
  double wce;        /* worst-case error, max |e| */
  double bias;       /* mean error, mean e */
  double mre;        /* mean relative error (with its sign), mean e / E */
  double sd_re;      /* standard deviation of e / E */
} axf_mult_metrics;
void axf_mult_measure(const axf_mult *m, axf_mult_metrics *out);
#endif
