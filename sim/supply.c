/* Supply codes: 0 nominal, 1 the neuron buffers', 2 the kernel buffer's.
 * SPDX-License-Identifier: Apache-2.0 */
#include "supply.h"
#include <string.h>

enum { CODE_NB = 1, CODE_KB = 2 };

/* A voltage given for one buffer, for both, or nominal. */
static int voltage(const axf_tech *t, const char *option, const char *own, const char *both, double *v, double *ber,
                   double *energy) {
  const char *text = own ? own : both;
  *v = t->nominal;
  if (text && axf_parse_float(NULL, own ? option : "--vdd", text, 0.001, 10, v))
    return -1;
  *energy = axf_tech_energy(t, *v);
  return axf_tech_ber(t, *v, ber);
}

int axf_sim_supply_read(axf_sim_supply *s, const axf_sim_options *o) {
  axf_tech t;
  long die = 0;
  memset(s, 0, sizeof *s);
  if (axf_protect_of("this simulator's neuron buffers", axf_shim_protect_nb(), &s->at.nb_protect) ||
      axf_protect_of("this simulator's kernel buffer", axf_shim_protect_kb(), &s->at.kb_protect))
    return -1;
  s->asked = o->vdd || o->vdd_nb || o->vdd_kb || o->ber;
  if (!s->asked) {
    if (o->die || o->fault || o->clustered)
      return axf_fail("--die, --fault and --clustered go with --vdd, --vdd-nb, --vdd-kb or --ber");
    return 0;
  }
  if (o->ber && (o->vdd || o->vdd_nb || o->vdd_kb))
    return axf_fail("--ber sets the failure probability directly: it does not go with --vdd");
  if ((o->die && axf_parse_int(NULL, "--die", o->die, 0, INT32_MAX, &die)) ||
      (o->fault && axf_fault_kind_of(o->fault, &s->at.die.kind)))
    return -1;
  s->at.die.die = (uint32_t)die;
  s->at.die.clustered = o->clustered;
  if (o->ber) {
    if (axf_parse_float(NULL, "--ber", o->ber, 0, 1, &s->at.nb_ber))
      return -1;
    s->at.kb_ber = s->at.nb_ber;
    return 0;
  }
  s->tech = o->tech ? o->tech : "65nm";
  return axf_tech_read(&t, s->tech, NULL) ||
                 voltage(&t, "--vdd-nb", o->vdd_nb, o->vdd, &s->v_nb, &s->at.nb_ber, &s->energy_nb) ||
                 voltage(&t, "--vdd-kb", o->vdd_kb, o->vdd, &s->v_kb, &s->at.kb_ber, &s->energy_kb)
             ? -1
             : 0;
}

double axf_sim_supply_ber(const axf_supply *s) {
  /* Both neuron buffers together have as many cells as the kernel buffer (rtl/axflow.v). */
  const int n = (s->nb_ber > 0) + (s->kb_ber > 0);
  return n ? (s->nb_ber + s->kb_ber) / n : 0;
}

void axf_sim_supply_set(const axf_supply *s, axf_shim *shim, uint32_t run, int on) {
  char die[32], kind[32], cluster[32], number[32], fail[48];
  const char *args[] = {"axsim", die, kind, cluster, number, fail};
  snprintf(die, sizeof die, "+axf_die=%u", s->die.die);
  snprintf(kind, sizeof kind, "+axf_fault=%d", (int)s->die.kind);
  snprintf(cluster, sizeof cluster, "+axf_cluster=%d", s->die.clustered != 0);
  snprintf(number, sizeof number, "+axf_run=%u", run);
  snprintf(fail, sizeof fail, "+axf_fail=%08x%08x%08x", axf_fault_threshold(s->kb_ber), axf_fault_threshold(s->nb_ber),
           0u);
  axf_shim_supply(shim, (int)(sizeof args / sizeof args[0]), args, on ? CODE_NB : 0, on ? CODE_KB : 0);
}
