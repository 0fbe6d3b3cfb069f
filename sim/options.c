/* Parsing axsim's command line.
 * SPDX-License-Identifier: Apache-2.0 */
#include "options.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct {
  const char *name, *arg, *help;
} options[] = {
    {"model", "FILE", "quantised model (axflow quantize)"},
    {"data", "NAME", "data set: auto, mnist, digits, ... (default auto)"},
    {"data-dir", "DIR", "where the data sets are"},
    {"images", "N", "test examples to run (default 10; 0: all)"},
    {"at-most", NULL, "all test examples if there are fewer than --images says"},
    {"mult", "NAME", "multiplier (default: the one of this build, or exact)"},
    {"mult-dir", "DIR", "where the multiplier tables are"},
    {"rtl-mult", "KIND", "verilog or table: checked against this build"},
    {"seed", "S", "above 0: N examples drawn by this seed, not the first N (default 0)"},
    {"latency", "L", "memory latency in cycles, 1..1000 (default 30)"},
    {"back-pressure", "P", "per cent of cycles in which each handshake is withheld, 0..95 (default 0)"},
    {"factors", "LIST",
     "unrolling, \"c1=Tm,Tn,Tr,Tc,Ti,Tj[,seg=N][,qm=N][,flat];c3=...\" or a file (default: the mapper)"},
    {"trace", "FILE", "waveform of the first image, .fst (build with TRACE=1)"},
    {"trace-cycles", "N", "of the waveform only the first N cycles of the run (default: all, from reset on)"},
    {"story", "M,R,C", "what result map, row, column of the first layer is made of; docs/worked-example.md"},
    {"jobs", "J", "worker processes, 1..64 (default 2)"},
    {"check", NULL, "with --model: only looks whether model, data and settings fit; runs nothing"},
    {"json", "FILE", "writes the results there"},
    {"vdd", "V", "supply of the neuron and kernel buffers (default: nominal; docs/reliability.md)"},
    {"vdd-nb", "V", "supply of the neuron buffers alone"},
    {"vdd-kb", "V", "supply of the kernel buffer alone"},
    {"ber", "P", "instead of a supply: the probability that a cell of these buffers fails"},
    {"die", "N", "number of the die, which decides what cells fail (default 0)"},
    {"fault", "KIND", "flip (a read gives the other value), stuck, or transient (default flip)"},
    {"clustered", NULL, "failing cells gather in some of the banks"},
    {"tech", "NAME", "technology, a name of sw/faults/tech.txt (default 65nm)"},
    {"random", "N", "runs N random small nets instead of a model; case i has seed S + i"},
    {"abuse", "N", "instead: resets, bad and random programs, bus errors on N random nets, a clean run after each"},
    {"net", "NAME", "with --random: this net (a name in sw/nets or a file) with random numbers, the mapper's factors"},
    {"words", "LIST", "with --net: words of the memories, NB,KB,NS,KS,PS,PAR (default: all there are)"},
    {"shrink", "FILE",
     "with --random: makes the first failing case as small as it still fails, writes its net to FILE.net"},
    {"stream", "NETS", "instead: utilisation of nets that stream images, a name or file, several with commas"},
    {"batch", "B", "with --stream: compares runs of B and 2 B images; 1: one image, cold (default 4)"},
    {"columns", "B", "with --stream: fully connected nets with B inputs side by side (default 1)"},
    {"objective", "WHAT", "with --stream: mapped for cycles (default), accesses or energy"},
    {"coupling", NULL, "with --stream: the paper's <Tm,Tr,Tc> = <Tn,Ti,Tj> of the next layer"},
    {"predict", NULL, "with --stream: by the cycle model alone; its line ends in MODEL"},
    {"paper", "P", "with --stream: the paper's per cent, printed beside it"},
    {"floor", "P", "with --stream: PASS needs so many per cent, else BELOW"},
    {"quiet", NULL, "only the last line and errors"}};
#define NOPTIONS ((int)(sizeof options / sizeof options[0]))

static int help(void) {
  printf("usage: axsim --model FILE [options]\n       axsim --random N [--seed S] [options]\n       axsim --abuse N "
         "[--seed S] [options]\n       axsim --stream "
         "NETS [--batch B] [options]\n\n"
         "Runs a quantised net on the RTL and compares every integer it writes with the C model.\n\noptions:\n");
  for (int i = 0; i < NOPTIONS; i++) {
    char left[64];
    snprintf(left, sizeof left, "--%s %s", options[i].name, options[i].arg ? options[i].arg : "");
    printf("  %-22s %s\n", left, options[i].help);
  }
  printf("  %-22s %s\n", "--help", "this text");
  return fflush(stdout) ? 1 : 0;
}

static int wrong(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static int wrong(const char *fmt, ...) {
  va_list ap;
  va_start(ap, fmt);
  fprintf(stderr, "axsim: ");
  vfprintf(stderr, fmt, ap);
  fprintf(stderr, " (see axsim --help)\n");
  va_end(ap);
  return 2;
}

static const char *value_of(const char **value, const char *name) {
  for (int i = 0; i < NOPTIONS; i++)
    if (strcmp(options[i].name, name) == 0)
      return value[i];
  abort(); /* a slip in this file */
}

/* The number given for an option, or def; -1 exit status goes on. */
static int number(const char **value, const char *name, long lo, long hi, long def, long *out) {
  const char *text = value_of(value, name);
  char *end;
  *out = def;
  if (!text)
    return -1;
  errno = 0;
  *out = strtol(text, &end, 10);
  if (end == text || *end || errno || *out < lo || *out > hi)
    return wrong("--%s must be an integer from %ld to %ld, not '%s'", name, lo, hi, text);
  return -1;
}

/* The per cent given for an option, -1 without one; -1 exit status goes on. */
static int per_cent(const char **value, const char *name, double *out) {
  const char *text = value_of(value, name);
  char *end;
  *out = text ? strtod(text, &end) : -1;
  if (text && (end == text || *end || !(*out >= 0 && *out <= 100)))
    return wrong("--%s must be a number from 0 to 100, not '%s'", name, text);
  return -1;
}

/* Options that the mode does not look at are refused, or nobody would notice. */
static int fits_mode(const char **value) {
  static const char *const only[] = {"batch", "predict", "paper", "floor", "objective", "coupling", "columns"};
  static const char *const not [] = {"net",   "images", "data",  "factors",   "back-pressure", "trace",  "trace-cycles",
                                     "story", "jobs",   "vdd",   "words",     "shrink",        "vdd-nb", "vdd-kb",
                                     "ber",   "die",    "fault", "clustered", "tech"};
  const int stream = value_of(value, "stream") != NULL, abuse = value_of(value, "abuse") != NULL;
  for (size_t i = 0; i < sizeof only / sizeof only[0]; i++)
    if (!stream && value_of(value, only[i]))
      return wrong("--%s goes with --stream NETS", only[i]);
  for (size_t i = 0; i < sizeof not / sizeof not [0]; i++)
    if (abuse && value_of(value, not [i]) && strcmp(not [i], "back-pressure") && strcmp(not [i], "jobs"))
      return wrong("--%s does not go with --abuse", not [i]);
  for (size_t i = 0; i < sizeof not / sizeof not [0]; i++)
    if (stream && value_of(value, not [i]))
      return wrong("--%s does not go with --stream", not [i]);
  return -1;
}

static int split(int argc, char **argv, const char **value) {
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
      return help();
    if (strncmp(argv[i], "--", 2) != 0)
      return wrong("unexpected argument '%s'", argv[i]);
    const char *name = argv[i] + 2, *eq = strchr(name, '=');
    size_t len = eq ? (size_t)(eq - name) : strlen(name);
    int k = 0;
    while (k < NOPTIONS && (strlen(options[k].name) != len || strncmp(options[k].name, name, len) != 0))
      k++;
    if (k == NOPTIONS)
      return wrong("unknown option '--%.*s'", (int)len, name);
    if (value[k])
      return wrong("option --%s was given twice", options[k].name);
    if (!options[k].arg && eq)
      return wrong("option --%s takes no value", options[k].name);
    if (options[k].arg && !eq && i + 1 == argc)
      return wrong("option --%s needs a value: %s", options[k].name, options[k].arg);
    value[k] = !options[k].arg ? "1" : eq ? eq + 1 : argv[++i];
  }
  return -1;
}

int axf_sim_options_read(axf_sim_options *o, int argc, char **argv) {
  const char *value[NOPTIONS] = {NULL};
  long seed, latency, pressure, jobs, batch, columns, trace_cycles;
  int s = split(argc, argv, value);
  if (s >= 0 || (s = number(value, "images", 0, 1000000, 10, &o->images)) >= 0 ||
      (s = number(value, "random", 1, 1000000, 0, &o->random)) >= 0 ||
      (s = number(value, "abuse", 1, 1000000, 0, &o->abuse)) >= 0 ||
      (s = number(value, "seed", 0, INT32_MAX, 0, &seed)) >= 0 ||
      (s = number(value, "latency", 1, 1000, -1, &latency)) >= 0 ||
      (s = number(value, "back-pressure", 0, 95, -1, &pressure)) >= 0 ||
      (s = number(value, "batch", 1, 64, 4, &batch)) >= 0 || (s = number(value, "columns", 1, 256, 1, &columns)) >= 0 ||
      (s = number(value, "jobs", 1, 64, 2, &jobs)) >= 0 ||
      (s = number(value, "trace-cycles", 1, INT32_MAX, 0, &trace_cycles)) >= 0 ||
      (s = per_cent(value, "paper", &o->paper)) >= 0 || (s = per_cent(value, "floor", &o->floor)) >= 0 ||
      (s = fits_mode(value)) >= 0)
    return s;
  o->batch = (int)batch;
  o->columns = (int)columns;
  o->coupling = value_of(value, "coupling") != NULL;
  o->objective = value_of(value, "objective") ? value_of(value, "objective") : "cycles";
  o->stream = value_of(value, "stream");
  o->predict = value_of(value, "predict") != NULL;
  o->seed = (uint64_t)seed;
  o->latency = (int)latency;
  o->pressure = (int)pressure;
  o->jobs = (int)jobs;
  o->model = value_of(value, "model");
  o->data = value_of(value, "data") ? value_of(value, "data") : "auto";
  o->data_dir = value_of(value, "data-dir");
  o->mult = value_of(value, "mult");
  o->mult_dir = value_of(value, "mult-dir");
  o->rtl_mult = value_of(value, "rtl-mult");
  o->factors = value_of(value, "factors");
  o->trace = value_of(value, "trace");
  o->trace_cycles = (uint64_t)trace_cycles;
  o->story = value_of(value, "story");
  o->json = value_of(value, "json");
  o->net = value_of(value, "net");
  o->words = value_of(value, "words");
  o->shrink = value_of(value, "shrink");
  o->vdd = value_of(value, "vdd");
  o->vdd_nb = value_of(value, "vdd-nb");
  o->vdd_kb = value_of(value, "vdd-kb");
  o->ber = value_of(value, "ber");
  o->die = value_of(value, "die");
  o->fault = value_of(value, "fault");
  o->tech = value_of(value, "tech");
  o->clustered = value_of(value, "clustered") != NULL;
  o->at_most = value_of(value, "at-most") != NULL;
  o->check = value_of(value, "check") != NULL;
  o->quiet = value_of(value, "quiet") != NULL;
  if (!o->model + !o->random + !o->abuse + !o->stream != 3)
    return wrong("one of --model FILE, --random N, --abuse N and --stream NETS must be given");
  if (o->net && !o->random)
    return wrong("--net goes with --random N");
  if ((o->story || o->trace_cycles || o->check || o->at_most) && !o->model)
    return wrong("--story, --trace-cycles, --check and --at-most go with --model FILE");
  if (o->words && !o->net)
    return wrong("--words goes with --net NAME");
  if (o->random && o->factors && !o->net)
    return wrong("--factors goes with --model, or with --random and --net");
  if (o->shrink && (!o->random || o->net))
    return wrong("--shrink goes with --random N, without --net");
  if (o->random && !value_of(value, "images"))
    o->images = 0;
  return -1;
}
