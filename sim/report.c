/* Sums, tables, the SIM line and the JSON file.
 * SPDX-License-Identifier: Apache-2.0 */
#include "report.h"
#include <string.h>

void axf_report_summarise(axf_summary *s, const axf_results *r) {
  size_t right = 0, ref_right = 0;
  double cycles = 0, macs = 0;
  memset(s, 0, sizeof *s);
  for (size_t i = 0; i < r->n; i++) {
    const axf_run *u = &r->run[i];
    right += u->cls == r->label[i];
    ref_right += u->ref_cls == r->label[i];
    s->mismatches += u->mismatches;
    s->results += u->results;
    s->faulty_reads += u->faulty_reads;
    s->corrected += u->count.corrected;
    s->detected += u->count.detected;
    s->model_differs += u->model_differs;
    cycles += u->count.cycles;
    macs += u->count.macs;
  }
  s->accuracy = 100.0 * (double)right / (double)r->n;
  s->ref_accuracy = 100.0 * (double)ref_right / (double)r->n;
  s->cycles = cycles / (double)r->n;
  s->utilisation = 100.0 * macs / (cycles * r->prog->arch.D * r->prog->arch.D);
  s->pass = s->mismatches == 0 && right == ref_right && s->model_differs == 0;
}

/* Mean cycles of compute layer l: from the last write-back of the layer before to its own. */
static double layer_cycles(const axf_results *r, int l) {
  double sum = 0;
  for (size_t i = 0; i < r->n; i++)
    sum += (double)r->run[i].layer_end[l] - (l ? (double)r->run[i].layer_end[l - 1] : 0);
  return sum / (double)r->n;
}

static double layer_predicted(const axf_results *r, int l) {
  return (double)r->predicted->layer_end[l] - (l ? (double)r->predicted->layer_end[l - 1] : 0);
}

static uint64_t layer_misses(const axf_results *r, int l) {
  uint64_t sum = 0;
  for (size_t i = 0; i < r->n; i++)
    sum += r->run[i].layer_misses[l];
  return sum;
}

static double layer_utilisation(const axf_results *r, int l) {
  double cycles = layer_cycles(r, l) * r->prog->arch.D * r->prog->arch.D;
  return cycles > 0 ? 100.0 * (double)r->prog->layer[l].macs / cycles : 0;
}

/* Mean of counter i over the images. */
static double counter_mean(const axf_results *r, int i) {
  double sum = 0;
  for (size_t k = 0; k < r->n; k++) {
    axf_counters c;
    const char *name;
    uint64_t v = 0;
    axf_runner_counters(&r->run[k].count, &c);
    axf_runner_counter(i, &c, &name, &v);
    sum += (double)v;
  }
  return sum / (double)r->n;
}

static void shape_text(const axf_layer *y, const axf_prog_layer *g, char text[64]) {
  snprintf(text, 64, "%dx%dx%d > %dx%dx%d", y->in_c, y->in_h, y->in_w, g->out_c, g->out_h, g->out_w);
}

static void print_layers(const axf_results *r) {
  printf("%-8s %-24s %-30s %10s %11s %11s %7s %10s\n", "layer", "shape", "Tm,Tn,Tr,Tc,Ti,Tj", "MACs", "cycles",
         "predicted", "util %", "mismatches");
  for (int l = 0; l < r->prog->nlayers; l++) {
    const axf_prog_layer *g = &r->prog->layer[l];
    const axf_layer *y = &r->net->layer[g->net_layer];
    char shape[64], factors[64];
    shape_text(y, g, shape);
    axf_factors_text(factors, sizeof factors, &g->f, r->prog->arch.D);
    printf("%-8s %-24s %-30s %10lld %11.1f %11.1f %7.1f %10llu\n", y->name, shape, factors, (long long)g->macs,
           layer_cycles(r, l), layer_predicted(r, l), layer_utilisation(r, l), (unsigned long long)layer_misses(r, l));
  }
}

static void print_counters(const axf_summary *s, const axf_results *r) {
  const char *name;
  uint64_t predicted;
  printf("\n%-12s %14s %14s\n", "counter", "RTL, per image", "cycle model");
  for (int i = 0; axf_runner_counter(i, r->predicted, &name, &predicted); i++)
    printf("%-12s %14.1f %14llu\n", name, counter_mean(r, i), (unsigned long long)predicted);
  if (r->pressure)
    printf("\nwith back-pressure the cycle model, which knows none, is a lower bound\n");
  else if (s->model_differs)
    printf("\nthe cycle model differs from the RTL in %d of %zu images\n", s->model_differs, r->n);
  else
    printf("\nthe cycle model equals the RTL in every counter and layer of all %zu images\n", r->n);
}

static void print_first(const axf_results *r) {
  size_t i = 0, k = 0;
  while (i < r->n && !r->run[i].first[0])
    i++;
  while (k < r->n && !r->run[k].differs[0])
    k++;
  if (i < r->n)
    fprintf(stderr, "axsim: image %zu: %s\n", i, r->run[i].first);
  if (k < r->n)
    fprintf(stderr, "axsim: image %zu: %s\n", k, r->run[k].differs);
}

/* What the last line says about protections: nothing if there are none. */
static void protect_text(const axf_summary *s, const axf_results *r, char text[256]) {
  const axf_sim_supply *p = r->supply;
  text[0] = 0;
  if (p->at.nb_protect.kind || p->at.kb_protect.kind)
    snprintf(text, 192, "protect_nb=%s protect_kb=%s corrected=%llu detected=%llu ", axf_protect_name(p->at.nb_protect),
             axf_protect_name(p->at.kb_protect), (unsigned long long)s->corrected, (unsigned long long)s->detected);
  text += strlen(text);
  if (r->prog->arch.rec_copies > 1)
    snprintf(text, 64, "protect_rec=%s ", axf_arch_records_name(&r->prog->arch));
}

/* ... and about the supply: nothing unless it was asked for. */
static void supply_text(const axf_summary *s, const axf_results *r, char text[512]) {
  const axf_sim_supply *p = r->supply;
  char volts[96] = "", both[64] = "";
  protect_text(s, r, text);
  if (!p->asked)
    return;
  text += strlen(text);
  if (p->tech)
    snprintf(volts, sizeof volts, "tech=%s vdd_nb=%g vdd_kb=%g ", p->tech, p->v_nb, p->v_kb);
  if (p->at.nb_ber != p->at.kb_ber)
    snprintf(both, sizeof both, "ber_nb=%g ber_kb=%g ", p->at.nb_ber, p->at.kb_ber);
  snprintf(text, 256, "%sdie=%u fault=%s%s %sber=%g faulty_reads=%llu ", volts, p->at.die.die,
           axf_fault_kind_name(p->at.die.kind), p->at.die.clustered ? "-clustered" : "", both,
           axf_sim_supply_ber(&p->at), (unsigned long long)s->faulty_reads);
}

void axf_report_print(const axf_summary *s, const axf_results *r) {
  char supply[512];
  supply_text(s, r, supply);
  print_first(r);
  if (!r->o->quiet) {
    print_layers(r);
    print_counters(s, r);
  }
  printf("SIM net=%s data=%s mult=%s rtl_mult=%s d=%d%s images=%zu accuracy=%.2f%% ref_accuracy=%.2f%% mismatches=%llu "
         "%scycles_per_image=%.1f utilisation=%.1f%% images_per_s=%.1f %s\n",
         r->net->name, r->data, r->mult, r->rtl_mult, r->prog->arch.D, r->prog->arch.W == 16 ? " w=16" : "", r->n,
         s->accuracy, s->ref_accuracy, (unsigned long long)s->mismatches, supply, s->cycles, s->utilisation,
         (double)r->n / r->seconds, s->pass ? "PASS" : "FAIL");
}

static void json_layer(axf_json *j, const axf_results *r, int l) {
  const axf_prog_layer *g = &r->prog->layer[l];
  const axf_factors *f = &g->f;
  const axf_layer *y = &r->net->layer[g->net_layer];
  char text[64];
  const int factor[6] = {f->Tm, f->Tn, f->Tr, f->Tc, f->Ti, f->Tj};
  axf_json_obj(j, NULL);
  axf_json_str(j, "name", y->name);
  shape_text(y, g, text);
  axf_json_str(j, "shape", text);
  axf_json_arr(j, "factors");
  for (int i = 0; i < 6; i++)
    axf_json_num(j, NULL, factor[i]);
  axf_json_close(j);
  axf_json_num(j, "segment_columns", f->seg);
  axf_json_num(j, "segment_maps", f->Qm);
  axf_json_bool(j, "flat", f->flat);
  axf_json_num(j, "macs", (double)g->macs);
  axf_json_num(j, "tiles", g->tiles);
  axf_json_num(j, "cycles", layer_cycles(r, l));
  axf_json_num(j, "predicted_cycles", layer_predicted(r, l));
  axf_json_num(j, "utilisation_percent", layer_utilisation(r, l));
  axf_json_num(j, "mismatches", (double)layer_misses(r, l));
  axf_json_close(j);
}

static void json_counters(axf_json *j, const axf_results *r) {
  const char *name;
  uint64_t predicted;
  axf_json_obj(j, "counters");
  for (int i = 0; axf_runner_counter(i, r->predicted, &name, &predicted); i++) {
    axf_json_obj(j, name);
    axf_json_num(j, "rtl", counter_mean(r, i));
    axf_json_num(j, "model", (double)predicted);
    axf_json_close(j);
  }
  axf_json_close(j);
}

static void json_supply(axf_json *j, const axf_summary *s, const axf_results *r) {
  const axf_sim_supply *p = r->supply;
  axf_json_str(j, "protect_nb", axf_protect_name(p->at.nb_protect));
  axf_json_str(j, "protect_kb", axf_protect_name(p->at.kb_protect));
  axf_json_str(j, "protect_rec", axf_arch_records_name(&r->prog->arch));
  if (!p->asked)
    return;
  axf_json_obj(j, "supply");
  if (p->tech) {
    axf_json_str(j, "technology", p->tech);
    axf_json_num(j, "vdd_nb", p->v_nb);
    axf_json_num(j, "vdd_kb", p->v_kb);
    axf_json_num(j, "access_energy_nb", p->energy_nb);
    axf_json_num(j, "access_energy_kb", p->energy_kb);
  }
  axf_json_num(j, "die", p->at.die.die);
  axf_json_str(j, "fault", axf_fault_kind_name(p->at.die.kind));
  axf_json_bool(j, "clustered", p->at.die.clustered);
  axf_json_num(j, "ber_nb", p->at.nb_ber);
  axf_json_num(j, "ber_kb", p->at.kb_ber);
  axf_json_num(j, "faulty_reads", (double)s->faulty_reads);
  axf_json_close(j);
}

int axf_report_json(const axf_summary *s, const axf_results *r, const char *path, int argc, char **argv) {
  axf_out *out = axf_out_begin(path);
  axf_json j;
  if (!out)
    return -1;
  axf_json_begin(&j, axf_out_stream(out));
  axf_json_provenance(&j, argc, argv, r->o->seed);
  axf_json_str(&j, "net", r->net->name);
  axf_json_str(&j, "data", r->data);
  axf_json_str(&j, "mult", r->mult);
  axf_json_str(&j, "rtl_mult", r->rtl_mult);
  axf_json_num(&j, "d", r->prog->arch.D);
  axf_json_num(&j, "w", r->prog->arch.W);
  axf_json_num(&j, "latency", r->latency);
  axf_json_num(&j, "back_pressure_percent", r->pressure);
  axf_json_num(&j, "images", (double)r->n);
  axf_json_num(&j, "accuracy_percent", s->accuracy);
  axf_json_num(&j, "ref_accuracy_percent", s->ref_accuracy);
  axf_json_num(&j, "integers_compared", (double)s->results);
  axf_json_num(&j, "mismatches", (double)s->mismatches);
  axf_json_num(&j, "cycles_per_image", s->cycles);
  axf_json_num(&j, "utilisation_percent", s->utilisation);
  if (!r->pressure)
    axf_json_bool(&j, "cycle_model_equal", s->model_differs == 0);
  json_supply(&j, s, r);
  axf_json_bool(&j, "pass", s->pass);
  axf_json_arr(&j, "layers");
  for (int l = 0; l < r->prog->nlayers; l++)
    json_layer(&j, r, l);
  axf_json_close(&j);
  json_counters(&j, r);
  axf_json_end(&j);
  return axf_out_commit(out);
}
