/* axmem: asks the memory model one question, or several for a Liberty file. SPDX-License-Identifier: Apache-2.0 */
#include "core/core.h"
#include "liberty.h"
#include "mem.h"
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
    "usage: axmem --words N --bits N [options]     one memory\n"
    "       axmem --bytes N --bits N [options]     the same by its size\n"
    "       axmem --liberty FILE [options] SIZE..  macros sram_WORDSxBITS for SIZE = WORDSxBITS\n"
    "       axmem --table [options] SIZE..         a line each: SIZE um2, access ns, cycle ns, read pJ, write pJ, idle "
    "pJ, "
    "leakage uW, V\n\n"
    "Area, access and cycle time, energy and leakage of an on-chip SRAM (docs/memory-model.md).\n\noptions:\n"
    "  --ports P       1rw, 1r1w (one read, one write port) or 2rw (default 1rw)\n"
    "  --type T        hp, lop or lstp: fast, low operating power, low standby power (default lop)\n"
    "  --node NM       7 to 180 (default 65)\n"
    "  --vdd V         supply, 0.4 to 1.25 of the type's nominal (default nominal)\n"
    "  --temp K        300 to 400 (default 300)\n"
    "  --objective O   what the organisation makes small: area, energy, delay or balanced (default balanced)\n"
    "  --json          the answer as JSON\n"
    "  --out FILE      where JSON goes (default: standard output)\n"
    "  --tech FILE     the constants (default flow/mem/tech.txt below AXF_ROOT)\n"
    "  --help          this text\n";

typedef struct {
  axf_mem_query q;
  double bytes;
  int json, table;
  const char *out, *liberty, *tech;
} options;

static int choice(const char *what, const char *text, const char *const *names, int count) {
  for (int i = 0; i < count; i++)
    if (!strcmp(text, names[i]))
      return i;
  char all[256] = "";
  for (int i = 0; i < count; i++)
    snprintf(all + strlen(all), sizeof all - strlen(all), "%s%s",
             i == 0          ? ""
             : i + 1 < count ? ", "
                             : " or ",
             names[i]);
  return axf_fail("--%s must be %s, not '%s'", what, all, text);
}

static int whole(const char *what, const char *text, long *to) {
  return axf_parse_int(NULL, what, text, 1, 1L << 27, to);
}

static int number(const char *what, const char *text, double *to) {
  return axf_parse_float(NULL, what, text, 0, 1e9, to);
}

/* -1 + axf_fail; 0 done; 1 --help. */
static int read_options(options *o, int argc, char **argv) {
  enum { WORDS = 1, BITS, BYTES, PORTS, TYPE, NODE, VDD, TEMP, OBJECTIVE, JSON, OUT, LIBERTY, TABLE, TECH, HELP };
  static const struct option list[] = {
      {"words", 1, 0, WORDS}, {"bits", 1, 0, BITS},       {"bytes", 1, 0, BYTES}, {"ports", 1, 0, PORTS},
      {"type", 1, 0, TYPE},   {"node", 1, 0, NODE},       {"vdd", 1, 0, VDD},     {"temp", 1, 0, TEMP},
      {"json", 0, 0, JSON},   {"liberty", 1, 0, LIBERTY}, {"tech", 1, 0, TECH},   {"objective", 1, 0, OBJECTIVE},
      {"out", 1, 0, OUT},     {"table", 0, 0, TABLE},     {"help", 0, 0, HELP},   {0, 0, 0, 0}};
  int c, e = 0, i = 0;
  opterr = 0;
  while (!e && (c = getopt_long(argc, argv, ":", list, NULL)) != -1)
    switch (c) {
    case WORDS:
      e = whole("--words", optarg, &o->q.words);
      break;
    case BITS:
      e = whole("--bits", optarg, &o->q.bits);
      break;
    case BYTES:
      e = number("--bytes", optarg, &o->bytes);
      break;
    case PORTS:
      e = (i = choice("ports", optarg, axf_mem_ports_name, AXF_MEM_PORTS)) < 0;
      o->q.ports = e ? AXF_MEM_1RW : (axf_mem_ports)i;
      break;
    case TYPE:
      e = (i = choice("type", optarg, axf_mem_type_name, AXF_MEM_TYPES)) < 0;
      o->q.type = e ? AXF_MEM_HP : (axf_mem_type)i;
      break;
    case OBJECTIVE:
      e = (i = choice("objective", optarg, axf_mem_objective_name, AXF_MEM_OBJECTIVES)) < 0;
      o->q.objective = e ? AXF_MEM_AREA : (axf_mem_objective)i;
      break;
    case NODE:
      e = number("--node", optarg, &o->q.node_nm);
      break;
    case VDD:
      e = number("--vdd", optarg, &o->q.vdd);
      break;
    case TEMP:
      e = number("--temp", optarg, &o->q.kelvin);
      break;
    case JSON:
      o->json = 1;
      break;
    case OUT:
      o->out = optarg;
      break;
    case TABLE:
      o->table = 1;
      break;
    case LIBERTY:
      o->liberty = optarg;
      break;
    case TECH:
      o->tech = optarg;
      break;
    case HELP:
      return 1;
    default:
      return axf_fail("unknown option or missing value: %s (see axmem --help)", argv[optind - 1]);
    }
  return e ? -1 : 0;
}

static const struct {
  const char *key, *text;
  size_t at;
} figures[] = {
#define FIGURE(f, t)                                                                                                   \
  { #f, t, offsetof(axf_mem_result, f) }
    FIGURE(area_um2, "area, um2"),
    FIGURE(cell_area_um2, "of which cells"),
    FIGURE(width_um, "width, um"),
    FIGURE(height_um, "height, um"),
    FIGURE(access_ns, "access time, ns"),
    FIGURE(cycle_ns, "cycle time, ns"),
    FIGURE(decode_ns, "decoder"),
    FIGURE(wordline_ns, "wordline"),
    FIGURE(bitline_ns, "bitline"),
    FIGURE(sense_ns, "sense amplifier"),
    FIGURE(tree_ns, "H-tree"),
    FIGURE(read_pj, "read of a word, pJ"),
    FIGURE(read_bitline_pj, "of which bitlines"),
    FIGURE(read_tree_pj, "of which H-tree"),
    FIGURE(write_pj, "write of a word, pJ"),
    FIGURE(idle_pj, "clock without access, pJ"),
    FIGURE(leak_mw, "leakage, mW"),
    FIGURE(leak_cells_mw, "of which cells"),
    FIGURE(gate_mw, "gate leakage, mW"),
    FIGURE(retain_mw, "gated, contents kept, mW"),
    FIGURE(off_mw, "gated, off, mW"),
    FIGURE(vdd, "supply, V"),
    FIGURE(vdd_nominal, "nominal supply, V"),
    FIGURE(vth, "threshold, V"),
};
#define FIGURES (sizeof figures / sizeof figures[0])
static double figure(const axf_mem_result *r, size_t i) {
  double v;
  memcpy(&v, (const char *)r + figures[i].at, sizeof v);
  return v;
}
/* Five digits are more than a model has; they are the same on every machine. */
static double rounded(double v) {
  char text[32];
  snprintf(text, sizeof text, "%.5g", v);
  return atof(text);
}

static int print_json(const options *o, const axf_mem_result *r) {
  axf_out *out = o->out ? axf_out_begin(o->out) : NULL;
  axf_json j;
  if (o->out && !out)
    return -1;
  axf_json_begin(&j, out ? axf_out_stream(out) : stdout);
  axf_json_num(&j, "words", (double)o->q.words);
  axf_json_num(&j, "bits", (double)o->q.bits);
  axf_json_str(&j, "ports", axf_mem_ports_name[o->q.ports]);
  axf_json_str(&j, "type", axf_mem_type_name[o->q.type]);
  axf_json_num(&j, "node_nm", o->q.node_nm);
  axf_json_num(&j, "kelvin", o->q.kelvin);
  axf_json_str(&j, "objective", axf_mem_objective_name[o->q.objective]);
  axf_json_num(&j, "mats", r->mats);
  axf_json_num(&j, "rows", r->rows);
  axf_json_num(&j, "cols", r->cols);
  axf_json_num(&j, "mux", r->mux);
  axf_json_num(&j, "segments", r->segments);
  for (size_t i = 0; i < FIGURES; i++)
    axf_json_num(&j, figures[i].key, rounded(figure(r, i)));
  axf_json_bool(&j, "near_threshold", r->near_threshold);
  axf_json_str(&j, "labels", r->labels);
  axf_json_end(&j);
  return out ? axf_out_commit(out) : 0;
}

static void print_text(const options *o, const axf_mem_result *r) {
  printf("%ld words of %ld bits, %s, %s at %g nm, %g K, for %s\n", o->q.words, o->q.bits,
         axf_mem_ports_name[o->q.ports], axf_mem_type_name[o->q.type], o->q.node_nm, o->q.kelvin,
         axf_mem_objective_name[o->q.objective]);
  printf("  %-26s %d x %d rows x %d columns, multiplexer %d, %d wordline segments\n", "organisation", r->mats, r->rows,
         r->cols, r->mux, r->segments);
  for (size_t i = 0; i < FIGURES; i++)
    printf("  %-26s %.5g\n", figures[i].text, figure(r, i));
  if (r->near_threshold)
    printf("  near threshold: less than 0.15 V above it; margins and faults are not in these figures\n");
  if (r->labels[0])
    printf("  %s\n", r->labels);
}

/* SIZE, a word like 256x8, becomes the query's; solves it. */
static int solve_size(const axf_mem_tech *t, axf_mem_query *q, const char *size, axf_mem_result *r) {
  int used = 0;
  if (sscanf(size, "%ldx%ld%n", &q->words, &q->bits, &used) != 2 || size[used] || q->bits > 128)
    return axf_fail("'%s' is no size like 256x8 of at most 128 bits", size);
  return axf_mem_solve(t, q, r);
}

static int table(const axf_mem_tech *t, options *o, int count, char **sizes) {
  axf_mem_result r;
  for (int i = 0; i < count; i++) {
    if (solve_size(t, &o->q, sizes[i], &r))
      return -1;
    printf("%s %.6g %.5g %.5g %.5g %.5g %.5g %.5g %.4g\n", sizes[i], r.area_um2, r.access_ns, r.cycle_ns, r.read_pj,
           r.write_pj, r.idle_pj, 1e3 * (r.leak_mw + r.gate_mw), r.vdd);
  }
  return 0;
}

static int liberty(const axf_mem_tech *t, options *o, int count, char **sizes) {
  axf_out *out;
  axf_mem_process p;
  int e = 0;
  if (axf_mem_process_at(t, o->q.node_nm, o->q.type, &p) || !(out = axf_out_begin(o->liberty)))
    return -1;
  FILE *f = axf_out_stream(out);
  axf_mem_liberty_begin(f, "axf_memories", o->q.vdd > 0 ? o->q.vdd : p.d.vdd, o->q.kelvin, 128);
  for (int i = 0; i < count && !e; i++) {
    axf_mem_result r;
    e = solve_size(t, &o->q, sizes[i], &r);
    if (!e)
      axf_mem_liberty_cell(f, &o->q, &r);
  }
  axf_mem_liberty_end(f);
  if (e)
    axf_out_abort(out);
  return e ? -1 : axf_out_commit(out);
}

static int answer(options *o, int count, char **sizes) {
  axf_mem_tech t;
  axf_mem_result r;
  char *path = o->tech ? axf_strdup(o->tech)
                       : axf_sprintf("%s/flow/mem/tech.txt", getenv("AXF_ROOT") ? getenv("AXF_ROOT") : ".");
  int e = !path || axf_mem_tech_load(&t, path);
  free(path);
  if (e)
    return -1;
  if (o->table)
    return table(&t, o, count, sizes);
  if (o->liberty)
    return liberty(&t, o, count, sizes);
  if (count)
    return axf_fail("'%s' is no option (see axmem --help)", sizes[0]);
  if (!o->q.bits || (!o->q.words == !(o->bytes > 0)))
    return axf_fail("--bits and one of --words and --bytes are needed (see axmem --help)");
  if (!o->q.words)
    o->q.words = (long)(o->bytes * 8 / (double)o->q.bits);
  if (axf_mem_solve(&t, &o->q, &r))
    return -1;
  if (o->json)
    return print_json(o, &r);
  print_text(o, &r);
  return 0;
}

int main(int argc, char **argv) {
  options o = {.q = {.type = AXF_MEM_LOP, .objective = AXF_MEM_BALANCED, .node_nm = 65, .kelvin = 300}};
  int e = read_options(&o, argc, argv);
  if (e == 1)
    fputs(usage, stdout);
  else if (!e)
    e = answer(&o, argc - optind, argv + optind);
  if (e < 0)
    fprintf(stderr, "axmem: %s\n", axf_errmsg());
  if (fflush(stdout) || ferror(stdout)) {
    fprintf(stderr, "axmem: cannot write to standard output\n");
    return 1;
  }
  return e < 0 ? 1 : 0;
}
