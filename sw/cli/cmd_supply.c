/* axflow supply: failure probability and energy of a memory against its supply, either way round.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"
#include "faults/faults.h"
#include <string.h>

static const axf_option options[] = {
    {"tech", "NAME", "technology of sw/faults/tech.txt (default 65nm)"},
    {"vdd", "V,V,..",
     "these supplies, in the technology's unit (default: its nominal supply and the points of its table)"},
    {"ber", "P,P,..", "the highest supplies with these failure probabilities of a cell"},
    {NULL, NULL, NULL}};
static const axf_usage usage = {"supply", "[options]",
                                "Prints, of memories at a supply voltage, the probability that a cell fails and the "
                                "energy of an access relative to "
                                "the nominal supply; one line each.",
                                options};

static int row(const axf_tech *t, double v) {
  double ber;
  if (axf_tech_ber(t, v, &ber))
    return -1;
  printf("%-10.6g %-10.4f %-12.6g %.6g\n", v, v / t->nominal, ber, axf_tech_energy(t, v));
  return 0;
}

/* A line for every number of the list, which is a rate or a supply. */
static int listed(const axf_tech *t, char *list, int rates) {
  char *rest = NULL;
  for (char *s = strtok_r(list, ",", &rest); s; s = strtok_r(NULL, ",", &rest)) {
    double x, v;
    if (axf_parse_float(NULL, rates ? "--ber" : "--vdd", s, 0, rates ? 1 : 100, &x))
      return -1;
    v = x;
    if ((rates && axf_tech_supply(t, x, &v)) || row(t, v))
      return -1;
  }
  return 0;
}

static int all(const axf_tech *t) {
  int e = row(t, t->nominal);
  for (int i = 0; i < t->n && !e; i++)
    e = row(t, t->point[i].v);
  return e;
}

int axf_cmd_supply(int argc, char **argv) {
  const char *value[sizeof options / sizeof *options];
  const int status = axf_cli_options(&usage, argc, argv, value);
  char list[4096];
  axf_tech t;
  if (status >= 0)
    return status;
  const char *vdd = axf_cli_get(&usage, value, "vdd", NULL), *ber = axf_cli_get(&usage, value, "ber", NULL);
  if (vdd && ber)
    return axf_cli_wrong(&usage, "--vdd and --ber exclude each other");
  if (vdd || ber) {
    const int wrong = axf_cli_list(&usage, value, vdd ? "vdd" : "ber", list, sizeof list);
    if (wrong)
      return wrong;
  }
  if (axf_tech_read(&t, axf_cli_get(&usage, value, "tech", "65nm"), NULL))
    return axf_cli_fail(&usage);
  char unit[32];
  snprintf(unit, sizeof unit, "#%s", t.unit);
  printf("# %s: %s\n%-10s %-10s %-12s %s\n", t.name, t.source, unit, "relative", "ber", "energy");
  return (vdd || ber ? listed(&t, list, ber != NULL) : all(&t)) ? axf_cli_fail(&usage) : 0;
}
