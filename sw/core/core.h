/* axflow core: errors, files, random numbers, hashing, threads, progress. Everything else stands on this.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Error convention of the whole library: a function that can fail returns 0 on success and -1 on failure (or NULL
 * where it returns a pointer) after axf_fail() recorded ONE plain sentence with the place (file, line, field).
 * Only the CLI prints it. */
#ifndef AXF_CORE_H
#define AXF_CORE_H
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define AXF_VERSION "0.1.0"

/* ---- errors (error.c) ---- */
/* Records a sentence (thread-local, 1023 bytes) and returns -1. */
int axf_fail(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* The last recorded sentence, "" if none. Owned by the library. */
const char *axf_errmsg(void);

/* ---- memory (error.c) ---- */
/* Zeroed array of n elements of `size` bytes, 64-byte aligned; NULL + axf_fail on overflow or exhaustion. free() it. */
void *axf_alloc(size_t n, size_t size);
/* malloc'd copy of a string / printf into a malloc'd string; NULL + axf_fail on exhaustion. */
char *axf_strdup(const char *s);
char *axf_sprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* ---- files (file.c) ---- */
/* Reads a whole file (gunzips when it is gzip) into a malloc'd, NUL-terminated buffer; *len excludes the NUL. */
int axf_read_file(const char *path, uint8_t **buf, size_t *len);
/* Atomic output: begin opens PATH.tmp.PID, commit flushes, fsyncs, checks every write and renames, abort removes it. */
typedef struct axf_out axf_out;
axf_out *axf_out_begin(const char *path);
FILE *axf_out_stream(axf_out *o);
int axf_out_commit(axf_out *o); /* frees o, also on failure */
void axf_out_abort(axf_out *o); /* frees o; NULL is allowed */
/* mkdir -p; fails with the path and reason. */
int axf_mkdirs(const char *dir);
int axf_exists(const char *path); /* 1 if a readable regular file */

/* ---- SHA-256 (sha256.c, FIPS 180-4) ---- */
void axf_sha256_hex(const void *data, size_t len, char hex[65]);
int axf_sha256_file(const char *path, char hex[65]); /* of the uncompressed content */

/* ---- random numbers (rng.c): xoshiro256** seeded by splitmix64; the same on every machine ---- */
typedef struct {
  uint64_t s[4];
} axf_rng;
/* The first output of splitmix64 (Steele, Lea and Flood, 2014) from seed x. */
static inline uint64_t axf_splitmix64(uint64_t x) {
  x += UINT64_C(0x9e3779b97f4a7c15);
  x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
  x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
  return x ^ x >> 31;
}
void axf_rng_seed(axf_rng *r, uint64_t seed, uint64_t stream); /* independent streams of one seed */
static inline uint64_t axf_rng_rotl(uint64_t x, int n) { return x << n | x >> (64 - n); }
static inline uint64_t axf_rng_u64(axf_rng *r) { /* here, for where random numbers are most of the work */
  uint64_t *s = r->s, out = axf_rng_rotl(s[1] * 5, 7) * 9, t = s[1] << 17;
  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= t;
  s[3] = axf_rng_rotl(s[3], 45);
  return out;
}
uint32_t axf_rng_below(axf_rng *r, uint32_t n); /* 0..n-1, unbiased; n >= 1 */
float axf_rng_uniform(axf_rng *r);              /* [0,1), 24 bits */
float axf_rng_normal(axf_rng *r);               /* N(0,1) by the polar-free sum/ratio or Box-Muller on axf_logf etc. */
void axf_rng_shuffle(axf_rng *r, uint32_t *v, size_t n); /* Fisher-Yates */

/* ---- deterministic transcendental functions (fmath.c): only +,-,*,/ and sqrt, so the same bits everywhere ---- */
float axf_expf(float x);
float axf_logf(float x);
float axf_sinf(float x);
float axf_cosf(float x);
/* The largest |v[i]| of finite numbers; 0 for none. */
float axf_max_magnitude(const float *v, size_t n);

/* ---- threads (threads.c) ---- */
/* Runs fn(ctx, i, worker) for i in 0..n-1 on axf_threads() workers (dynamic assignment). The *results* must not depend
 * on the assignment: callers reduce in index order. worker is 0..axf_threads()-1. */
typedef void (*axf_task_fn)(void *ctx, size_t i, int worker);
int axf_threads(void);       /* AXF_THREADS if set, else the number of online CPUs; 1..64 */
int axf_threads_check(void); /* -1 + axf_fail if AXF_THREADS is set and no number from 1 to 64 (it is then ignored) */
void axf_parallel_for(size_t n, axf_task_fn fn, void *ctx);

/* ---- progress on stderr (progress.c): one updating line on a terminal, a line every few seconds otherwise ---- */
typedef struct {
  const char *label;
  double total, start, last;
} axf_progress;
void axf_progress_begin(axf_progress *p, const char *label, double total);
void axf_progress_update(axf_progress *p, double done, const char *extra); /* extra may be NULL; prints ETA */
void axf_progress_end(axf_progress *p);
double axf_now(void); /* monotonic seconds */

/* ---- JSON writer (json.c) ---- */
typedef struct {
  FILE *f;
  int depth, first;
  uint32_t arrays; /* bit d: level d is an array */
} axf_json;
void axf_json_begin(axf_json *j, FILE *f); /* opens the top object */
void axf_json_str(axf_json *j, const char *key, const char *v);
void axf_json_num(axf_json *j, const char *key, double v); /* shortest round-trip; integers without a point */
void axf_json_bool(axf_json *j, const char *key, int v);
void axf_json_obj(axf_json *j, const char *key); /* key NULL inside arrays */
void axf_json_arr(axf_json *j, const char *key);
void axf_json_close(axf_json *j); /* closes the innermost object or array */
void axf_json_end(axf_json *j);   /* closes the top object and ends the line */
/* Writes command, seed, version, git revision (AXF_GIT_REV or "unknown"), compiler and date-free provenance. */
void axf_json_provenance(axf_json *j, int argc, char **argv, uint64_t seed);

/* ---- text files of `key value` or `word key=value ...` lines (text.c) ---- */
/* Iterates over the lines of a buffer: strips `#` comments and blanks, splits at blanks into at most AXF_MAX_TOK
 * tokens. */
#define AXF_MAX_TOK 64
typedef struct {
  const char *path; /* for messages */
  char *cur;        /* private, points into a buffer the caller owns and that is modified */
  int line;
  int ntok;
  char *tok[AXF_MAX_TOK];
} axf_lines;
void axf_lines_begin(axf_lines *l, const char *path, char *buf);
int axf_lines_next(axf_lines *l); /* 1 a line is in tok[], 0 end, -1 too many tokens */
/* Value of `key=` among tok[first..]; NULL if absent. */
const char *axf_lines_get(const axf_lines *l, int first, const char *key);
/* Takes one pair of double quotes off s, in place; two quotes inside stand for one. Returns where the text begins. */
char *axf_unquote(char *s);
/* Parses a whole token as a decimal integer in [lo, hi] (or a finite float); message names file, line, `what`. */
int axf_parse_int(const axf_lines *l, const char *what, const char *s, long lo, long hi, long *out);
int axf_parse_float(const axf_lines *l, const char *what, const char *s, double lo, double hi, double *out);

/* ---- container of named tensors (container.c): model files, checkpoints, multiplier tables ----
 * Layout: line "AXF <kind> 1\n"; text lines "<key> <value>\n" (value to the end of line; a multi-line value is stored
 * with
 * "\\n" escapes); lines "tensor <name> <f32|i32|u8|i8|u16> <ndim> <d0> ..\n"; line "data <bytes> <sha256 of the
 * data>\n"; then the tensors' little-endian bytes in the order of the lines, each padded with zeros to a multiple of 8.
 * Nothing follows. */
typedef enum { AXF_F32, AXF_I32, AXF_U8, AXF_I8, AXF_U16 } axf_dtype;
typedef struct {
  char name[64];
  axf_dtype dtype;
  int ndim;
  int64_t dim[6];
  size_t count; /* product of dim */
  void *data;   /* owned by the container */
} axf_tensor;
typedef struct {
  char kind[16];
  int nkeys, ntensors;
  char **key, **value;
  axf_tensor *tensor;
} axf_container;
axf_container *axf_container_new(const char *kind);
void axf_container_free(axf_container *c);
int axf_container_set(axf_container *c, const char *key, const char *value);
const char *axf_container_get(const axf_container *c, const char *key); /* NULL if absent */
/* Copies the data in. */
int axf_container_add(axf_container *c, const char *name, axf_dtype t, int ndim, const int64_t *dim, const void *data);
const axf_tensor *axf_container_tensor(const axf_container *c, const char *name); /* NULL + axf_fail if absent */
int axf_container_write(const axf_container *c, const char *path);                /* atomic */
/* Reads and checks everything: magic, kind, sizes, sha256, no trailing bytes. */
axf_container *axf_container_read(const char *path, const char *kind);
#endif
