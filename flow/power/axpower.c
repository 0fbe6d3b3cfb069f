/* axpower: replays real inferences on the netlist and reports the energy of every block and memory.
 * SPDX-License-Identifier: Apache-2.0 */
#include "core/core.h"
#include "power.h"
#include "replay.h"
#include "report.h"
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
    "usage: axpower --lib FILE.lib --pins LOG.. [options] NETLIST.v..\n\n"
    "Replays pin logs of the simulated accelerator on its netlist, compares all outputs, and adds up the energy by\n"
    "the library's tables (docs/power.md).\n\noptions:\n"
    "  --lib FILE        Liberty of the cells, with power tables\n"
    "  --pins FILE       a pin log, one inference; may be given several times\n"
    "  --top NAME        top module (default axflow)\n"
    "  --blocks FILE     which line of the report a block belongs to (flow/blocks.txt)\n"
    "  --memories FILE   energies of the memories, as axmem --table prints them\n"
    "  --mhz F           clock, for power and for the share of leakage\n"
    "  --no-leakage      the library's leakage is not characterised: n/a\n"
    "  --ext PJ          energy of a bit of external memory, pJ\n"
    "  --json FILE       the results as JSON\n"
    "  --shifter CELL    the library's NAND2: level shifters are counted, of four of these\n"
    "  --operands FILE   what the first processing element multiplies, as a pin log for a multiplier alone\n"
    "  --annotate FILE   activity of each pin of a block, mean over its instances, and its power\n"
    "  --sdf FILE        delays of the netlist: glitches are found with them, in some of the cycles\n"
    "  --glitch-cycles N about so many of them in all (default 1000)\n"
    "  --block NAME      that block (default pe)\n"
    "  --help            this text\n";

static int read_options(axf_report *o, int argc, char **argv) {
  enum {
    LIB = 1,
    PINS,
    TOP,
    BLOCKS,
    MEMORIES,
    MHZ,
    NOLEAK,
    EXT,
    JSON,
    ANNOTATE,
    BLOCK,
    SHIFTER,
    OPERANDS,
    SDF,
    GLITCH,
    HELP
  };
  static const struct option list[] = {{"lib", 1, 0, LIB},
                                       {"pins", 1, 0, PINS},
                                       {"top", 1, 0, TOP},
                                       {"blocks", 1, 0, BLOCKS},
                                       {"memories", 1, 0, MEMORIES},
                                       {"mhz", 1, 0, MHZ},
                                       {"no-leakage", 0, 0, NOLEAK},
                                       {"ext", 1, 0, EXT},
                                       {"json", 1, 0, JSON},
                                       {"annotate", 1, 0, ANNOTATE},
                                       {"block", 1, 0, BLOCK},
                                       {"shifter", 1, 0, SHIFTER},
                                       {"operands", 1, 0, OPERANDS},
                                       {"sdf", 1, 0, SDF},
                                       {"glitch-cycles", 1, 0, GLITCH},
                                       {"help", 0, 0, HELP},
                                       {0, 0, 0, 0}};
  int c, e = 0;
  double wanted;
  opterr = 0;
  while (!e && (c = getopt_long(argc, argv, ":", list, NULL)) != -1)
    switch (c) {
    case LIB:
      o->lib_path = optarg;
      break;
    case PINS:
      if (o->npins == AXF_REPORT_LOGS)
        return axf_fail("more than %d pin logs", AXF_REPORT_LOGS);
      o->pins[o->npins++] = optarg;
      break;
    case TOP:
      o->top = optarg;
      break;
    case BLOCKS:
      o->blocks = optarg;
      break;
    case MEMORIES:
      o->memories = optarg;
      break;
    case MHZ:
      e = axf_parse_float(NULL, "--mhz", optarg, 1e-3, 1e5, &o->mhz);
      break;
    case NOLEAK:
      o->no_leakage = 1;
      break;
    case EXT:
      e = axf_parse_float(NULL, "--ext", optarg, 0, 1e4, &o->ext_pj);
      break;
    case JSON:
      o->json = optarg;
      break;
    case ANNOTATE:
      o->annotate = optarg;
      break;
    case BLOCK:
      o->block = optarg;
      break;
    case SHIFTER:
      o->shifter = optarg;
      break;
    case OPERANDS:
      o->operands = optarg;
      break;
    case SDF:
      o->sdf = optarg;
      break;
    case GLITCH:
      e = axf_parse_float(NULL, "--glitch-cycles", optarg, 1, 1e9, &wanted);
      o->replay.wanted = (uint64_t)wanted;
      break;
    case HELP:
      return 1;
    default:
      return axf_fail("unknown option or missing value: %s (see axpower --help)", argv[optind - 1]);
    }
  if (!e && (!o->lib_path || !o->npins || optind == argc))
    e = axf_fail("--lib, --pins and netlists are needed (see axpower --help)");
  return e ? -1 : 0;
}

static int run(axf_report *o, int count, char **files) {
  axf_lib lib;
  axf_flat flat = {0};
  axf_sim sim = {0};
  axf_timed timed = {0};
  if (axf_lib_read(&lib, o->lib_path))
    return -1;
  int e = axf_flat_read(&flat, &lib, count, files, o->top);
  if (!e)
    e = axf_sim_init(&sim, &flat);
  if (!e && o->operands)
    e = axf_operands_begin(&o->replay.operands, &flat, o->operands);
  if (!e && o->sdf) {
    e = axf_timed_init(&timed, &sim, o->sdf);
    o->replay.timed = &timed;
    o->replay.logs = (uint64_t)o->npins;
  }
  for (int i = 0; i < o->npins && !e; i++)
    e = axf_replay_run(&o->replay, &sim, o->pins[i]);
  if (axf_operands_end(&o->replay.operands, e))
    e = -1;
  if (!e) {
    axf_sim_finish(&sim);
    e = axf_report_write(o, &sim, &lib);
  }
  axf_timed_free(&timed);
  axf_sim_free(&sim);
  axf_flat_free(&flat);
  axf_lib_free(&lib);
  return e;
}

int main(int argc, char **argv) {
  axf_report o = {.top = "axflow", .block = "pe", .mhz = 100, .replay.wanted = 1000};
  int e = read_options(&o, argc, argv);
  if (e == 1)
    fputs(usage, stdout);
  else if (!e)
    e = run(&o, argc - optind, argv + optind);
  if (e < 0)
    fprintf(stderr, "axpower: %s\n", axf_errmsg());
  if (fflush(stdout) || ferror(stdout)) {
    fprintf(stderr, "axpower: cannot write to standard output\n");
    return 1;
  }
  return e < 0 ? 1 : o.replay.mismatches > 0;
}
