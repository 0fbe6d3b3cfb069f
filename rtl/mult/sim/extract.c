/* Extracts the table of every multiplier of a bench by simulating all 65,536 operand pairs; writes OUTDIR/NAME.axt.
 * usage: extract OUTDIR LIST [SOURCE]    LIST: the lines `name module parameters files` of the bench, in its order
 * (list.awk); SOURCE: what the tables say their Verilog is (default: the files)
 * SPDX-License-Identifier: Apache-2.0 */
#include "bench.h"
#include "core/core.h"
#include <stdlib.h>
#include <string.h>

/* Pair k of all pairs in a scrambled order, each once: odd factors and shifted exclusive ors can be undone. No bit of
 * the operands alternates, as they would with a factor alone, so any two pairs may follow each other. */
static uint32_t scrambled(uint32_t k) {
  k = k * 40503 & 65535;
  k = (k ^ k >> 7) * 60493 & 65535;
  return k ^ k >> 9;
}

/* All pairs upwards, then downwards and jumping about: a core with a latch, a register or a loop that remembers answers
 * differently then. */
static int simulate(unsigned sel, const char *name, uint16_t t[65536]) {
  for (uint32_t i = 0; i < 65536; i++)
    t[i] = (uint16_t)axf_bench_eval(sel, i >> 8, i & 255);
  for (uint32_t k = 0; k < 2 * 65536; k++) {
    uint32_t i = k < 65536 ? 65535 - k : scrambled(k);
    if (axf_bench_eval(sel, i >> 8, i & 255) != t[i])
      return axf_fail("multiplier '%s' is not combinational: w=%u a=%u gave two different products", name, i >> 8,
                      i & 255);
  }
  if (axf_bench_finished())
    return axf_fail("multiplier '%s' ends the simulation with $finish", name);
  return 0;
}

/* SHA-256 of the files of a comma-separated list, one after the other; `files` becomes blank-separated. */
static int hash_files(char *files, char hex[65]) {
  char *all = NULL, *names = axf_strdup(files), *save = NULL;
  size_t total = 0;
  int err = names == NULL ? -1 : 0;
  for (char *f = err ? NULL : strtok_r(names, ",", &save); f != NULL && !err; f = strtok_r(NULL, ",", &save)) {
    uint8_t *buf;
    size_t len;
    if ((err = axf_read_file(f, &buf, &len)) != 0)
      break;
    char *more = realloc(all, total + len + 1);
    if (more == NULL) {
      err = axf_fail("out of memory reading %s", f);
    } else {
      all = more;
      memcpy(all + total, buf, len);
      total += len;
    }
    free(buf);
  }
  if (!err)
    axf_sha256_hex(all, total, hex);
  for (char *c = files; *c != 0; c++)
    if (*c == ',')
      *c = ' ';
  free(names);
  free(all);
  return err;
}

/* 1 if the word signed=1 is among comma-separated parameters. */
static int is_signed(const char *params) {
  const char *word = strstr(params, "signed=1");
  return word != NULL && (word == params || word[-1] == ',') && (word[8] == 0 || word[8] == ',');
}

/* One table: line l of the list, multiplier number sel of the bench. source may be NULL. */
static int extract(const char *dir, const axf_lines *l, unsigned sel, const char *source) {
  static uint16_t table[65536];
  const int64_t dim[1] = {65536};
  char hex[65], *path = NULL;
  axf_container *c = NULL;
  int ok = 0;
  if (l->ntok != 4)
    return axf_fail("%s:%d: a line is `name module parameters files`", l->path, l->line);
  if (simulate(sel, l->tok[0], table) == 0 && hash_files(l->tok[3], hex) == 0 &&
      (c = axf_container_new("mult")) != NULL && (path = axf_sprintf("%s/%s.axt", dir, l->tok[0])) != NULL)
    ok = axf_container_set(c, "name", l->tok[0]) == 0 && axf_container_set(c, "module", l->tok[1]) == 0 &&
         axf_container_set(c, "parameters", l->tok[2]) == 0 &&
         (!is_signed(l->tok[2]) || axf_container_set(c, "signed", "1") == 0) &&
         axf_container_set(c, "source", source != NULL ? source : l->tok[3]) == 0 &&
         axf_container_set(c, "sha256", hex) == 0 && axf_container_add(c, "table", AXF_U16, 1, dim, table) == 0 &&
         axf_container_write(c, path) == 0;
  axf_container_free(c);
  free(path);
  return ok ? 0 : -1;
}

int main(int argc, char **argv) {
  uint8_t *buf = NULL;
  size_t len;
  axf_lines l;
  int more = -1;
  unsigned sel = 0;
  if (argc != 3 && argc != 4) {
    fprintf(stderr, "usage: extract OUTDIR LIST [SOURCE]\n");
    return 2;
  }
  if (axf_mkdirs(argv[1]) == 0 && axf_read_file(argv[2], &buf, &len) == 0) {
    axf_lines_begin(&l, argv[2], (char *)buf);
    while ((more = axf_lines_next(&l)) > 0)
      if (extract(argv[1], &l, sel++, argv[3]) != 0) {
        more = -1;
        break;
      }
  }
  free(buf);
  if (more != 0) {
    fprintf(stderr, "extract: %s\n", axf_errmsg());
    return 1;
  }
  printf("%u multiplier tables in %s\n", sel, argv[1]);
  return 0;
}
