/* The report of axpower; see report.h. SPDX-License-Identifier: Apache-2.0 */
#include "report.h"
#include "core/core.h"
#include <stdlib.h>
#include <string.h>

#define GROUPS 64
typedef struct {
  char name[64];
  axf_power_sum sum;
} group;
typedef struct {
  char size[32], block[64];
  long count;
  uint64_t reads, writes, idle;
  double read_pj, write_pj, idle_pj, leak_uw, vdd;
} memory;
typedef struct {
  group g[GROUPS];
  int ngroups;
  memory m[GROUPS];
  int nmemories;
  char block[GROUPS][64], line[GROUPS][64]; /* of blocks.txt */
  int nblocks;
  axf_power_sum all;
  double mem_access, mem_clock, mem_leak, mem_net; /* J, J, W, J */
  double shift, shift_leak;                        /* level shifters: J, W */
  double shift_total;                              /* J an inference */
  double macs;                                     /* reads of the neuron stores: one a multiplication */
  long shifters;
} sums;

static int read_blocks(sums *u, const char *path) {
  uint8_t *text;
  size_t len;
  if (!path)
    return 0;
  if (axf_read_file(path, &text, &len))
    return -1;
  char *save = NULL;
  for (char *l = strtok_r((char *)text, "\n", &save); l; l = strtok_r(NULL, "\n", &save))
    if (*l != '#' && u->nblocks < GROUPS &&
        sscanf(l, " %63[^ |] | %63[^ |]", u->block[u->nblocks], u->line[u->nblocks]) == 2)
      u->nblocks++;
  free(text);
  return 0;
}

static const char *line_of(const sums *u, const axf_flat *f, int scope) {
  for (int k = 0; k < u->nblocks; k++)
    if (!strcmp(u->block[k], f->scope[scope].block))
      return u->line[k];
  return f->scope[scope].block;
}

static axf_power_sum *group_of(sums *u, const char *name) {
  for (int k = 0; k < u->ngroups; k++)
    if (!strcmp(u->g[k].name, name))
      return &u->g[k].sum;
  if (u->ngroups == GROUPS)
    return NULL;
  snprintf(u->g[u->ngroups].name, sizeof u->g[0].name, "%s", name);
  return &u->g[u->ngroups++].sum;
}

static int read_energies(memory *m, const char *path) {
  char line[256], size[32];
  double um2, access, cycle;
  FILE *f = path ? fopen(path, "r") : NULL;
  if (path && !f)
    return axf_fail("cannot read the energies of the memories, %s", path);
  while (f && fgets(line, sizeof line, f)) {
    memory x = {.leak_uw = 0};
    if (sscanf(line, "%31s %lf %lf %lf %lf %lf %lf %lf %lf", size, &um2, &access, &cycle, &x.read_pj, &x.write_pj,
               &x.idle_pj, &x.leak_uw, &x.vdd) == 9 &&
        !strcmp(size, m->size)) {
      m->read_pj = x.read_pj;
      m->write_pj = x.write_pj;
      m->idle_pj = x.idle_pj;
      m->leak_uw = x.leak_uw;
      m->vdd = x.vdd;
      fclose(f);
      return 0;
    }
  }
  if (f)
    fclose(f);
  return path ? axf_fail("%s: no line for a memory %s", path, m->size) : 0;
}

/* A memory at another supply than the logic's: level shifters at its outputs if that is lower, at its inputs if it is
 * higher. Each is assumed to be as large as AXF_REPORT_SHIFTER of the library's NAND2, all of which switch with it. */
static void add_shifters(sums *u, const axf_report *o, const axf_sim *s, const axf_lib *lib, memory *kind,
                         const axf_flat_memory *m) {
  const axf_lib_cell *c = o->shifter ? axf_lib_find(lib, o->shifter) : NULL;
  const int low = kind->vdd > 0 && kind->vdd<0.99 * lib->voltage, high = kind->vdd> 1.01 * lib->voltage;
  double cap = 0, toggles = 0;
  if (!c || !(low || high))
    return;
  for (int p = 0; p < c->npins; p++)
    cap += c->pin[p].is_output ? 0 : c->pin[p].cap;
  for (int b = 0; b < m->width; b++)
    toggles += s->toggles[low ? m->rdata[b] : m->wdata[b]];
  for (int b = 0; high && b < m->abits; b++)
    toggles += s->toggles[m->waddr[b]] + s->toggles[m->raddr[b]];
  if (high)
    toggles += s->toggles[m->we] + s->toggles[m->re];
  const int count = low ? m->width : m->width + 2 * m->abits + 2;
  u->shifters += count;
  u->shift += 0.5 * AXF_REPORT_SHIFTER * cap * lib->voltage * lib->voltage * toggles;
  u->shift_leak += o->no_leakage || c->leakage < 0 ? 0 : (double)count * AXF_REPORT_SHIFTER * c->leakage;
}

static int add_memories(sums *u, const axf_report *o, const axf_sim *s, const axf_lib *lib) {
  const axf_flat *f = s->f;
  for (int i = 0; i < f->nmemories; i++) {
    const char *size = f->memory[i].kind, *line = line_of(u, f, f->memory[i].scope);
    int k = 0;
    while (k < u->nmemories && (strcmp(u->m[k].size, size) || strcmp(u->m[k].block, line)))
      k++;
    if (k == GROUPS)
      return axf_fail("too many kinds of memories");
    if (k == u->nmemories) {
      u->nmemories++;
      snprintf(u->m[k].size, sizeof u->m[k].size, "%s", size);
      snprintf(u->m[k].block, sizeof u->m[k].block, "%s", line);
      if (read_energies(&u->m[k], o->memories))
        return -1;
    }
    u->m[k].count++;
    add_shifters(u, o, s, lib, &u->m[k], &f->memory[i]);
    if (strstr(size, "_ns"))
      u->macs += (double)(s->memory[i].reads + s->memory[i].both);
    u->m[k].reads += s->memory[i].reads + s->memory[i].both;
    u->m[k].writes += s->memory[i].writes + s->memory[i].both;
    u->m[k].idle += s->counted - s->memory[i].reads - s->memory[i].writes - s->memory[i].both;
  }
  for (int k = 0; k < u->nmemories; k++) {
    const memory *m = &u->m[k];
    u->mem_access += ((double)m->reads * m->read_pj + (double)m->writes * m->write_pj) * 1e-12;
    u->mem_clock += (double)m->idle * m->idle_pj * 1e-12;
    u->mem_leak += (double)m->count * m->leak_uw * 1e-6;
  }
  return 0;
}

static void text(const axf_report *o, const sums *u, double runs, double seconds) {
  const double nj = 1e9 / runs;
  printf("%-17s %9s %9s | %s\n", "energy of", "cells", "flip-fl.",
         "nJ an inference: nets  internal     clock   leakage       all   power mW");
  for (int k = 0; k <= u->ngroups; k++) {
    const axf_power_sum *g = k < u->ngroups ? &u->g[k].sum : &u->all;
    const double leak = o->no_leakage ? 0 : g->leakage * seconds * runs;
    const double sum = g->net + g->internal + g->clock + leak;
    char l[32] = "n/a";
    if (!o->no_leakage)
      snprintf(l, sizeof l, "%.4g", leak * nj);
    printf("%-17s %9ld %9ld | %21.4g %9.4g %9.4g %9s %9.4g %10.4g\n", k < u->ngroups ? u->g[k].name : "all logic",
           g->cells, g->flip_flops, g->net * nj, g->internal * nj, g->clock * nj, l, sum * nj,
           sum / runs / seconds * 1e3);
  }
  for (int k = 0; k < u->nmemories; k++) {
    const memory *m = &u->m[k];
    printf(
        "  %4ld x %-10s %-16s %10.0f reads of %.4g pJ, %10.0f writes of %.4g pJ, %.4g nJ + leakage %.4g nJ at %.3g V\n",
        m->count, m->size, m->block, (double)m->reads / runs, m->read_pj, (double)m->writes / runs, m->write_pj,
        ((double)m->reads * m->read_pj + (double)m->writes * m->write_pj + (double)m->idle * m->idle_pj) * 1e-3 / runs,
        (double)m->count * m->leak_uw * 1e-6 * seconds * 1e9, m->vdd);
  }
}

/* What delays add, block by block. Not in any sum: it is an estimate by some of the cycles. */
static void glitches(const axf_report *o, const sums *u, double runs) {
  const axf_timed *t = o->replay.timed;
  if (!t || !t->cycles)
    return;
  printf("%-17s %28s %10s | %s\n", "glitches of", "toggles a cycle: no delays", "delays",
         "nJ an inference: nets  internal       all");
  for (int k = 0; k <= u->ngroups; k++) {
    const axf_power_sum *g = k < u->ngroups ? &u->g[k].sum : &u->all;
    printf("%-17s %28.4g %10.4g | %21.4g %9.4g %9.4g\n", k < u->ngroups ? u->g[k].name : "all logic",
           g->without / (double)t->cycles, g->with / (double)t->cycles, g->glitch_net * 1e9 / runs,
           g->glitch_internal * 1e9 / runs, (g->glitch_net + g->glitch_internal) * 1e9 / runs);
  }
  const axf_power_sum *a = &u->all;
  printf(
      "glitches, not in the sums: %.4g nJ an inference, %+.1f %% of nets and internal; %llu of %llu cycles were looked "
      "at with delays\n  (nets in these alone: %+.1f %% of all; the last toggle %.4g ns after its edge)\n",
      (a->glitch_net + a->glitch_internal) * 1e9 / runs,
      100 * (a->glitch_net + a->glitch_internal) / (a->net + a->internal), (unsigned long long)t->cycles,
      (unsigned long long)t->seen, 100 * (a->seen_net / a->net - 1), (double)t->latest * 1e-6);
}

static int json(const axf_report *o, const sums *u, double runs, double seconds, double total) {
  axf_out *out = axf_out_begin(o->json);
  axf_json j;
  if (!out)
    return -1;
  axf_json_begin(&j, axf_out_stream(out));
  axf_json_num(&j, "clock_mhz", o->mhz);
  axf_json_num(&j, "inferences", runs);
  axf_json_num(&j, "cycles_per_inference", (double)o->replay.counted / runs);
  axf_json_num(&j, "output_bits_compared", (double)o->replay.compared);
  axf_json_num(&j, "output_bits_wrong", (double)o->replay.mismatches);
  axf_json_arr(&j, "blocks");
  for (int k = 0; k <= u->ngroups; k++) {
    const axf_power_sum *g = k < u->ngroups ? &u->g[k].sum : &u->all;
    axf_json_obj(&j, NULL);
    axf_json_str(&j, "block", k < u->ngroups ? u->g[k].name : "all logic");
    axf_json_num(&j, "net_nj", g->net * 1e9 / runs);
    axf_json_num(&j, "internal_nj", g->internal * 1e9 / runs);
    axf_json_num(&j, "clock_nj", g->clock * 1e9 / runs);
    if (!o->no_leakage) {
      axf_json_num(&j, "leakage_uw", g->leakage * 1e6);
      axf_json_num(&j, "leakage_nj", g->leakage * seconds * 1e9);
    }
    if (o->replay.timed) {
      axf_json_num(&j, "glitch_net_nj", g->glitch_net * 1e9 / runs);
      axf_json_num(&j, "glitch_internal_nj", g->glitch_internal * 1e9 / runs);
      axf_json_num(&j, "toggles_without_delays", g->without);
      axf_json_num(&j, "toggles_with_delays", g->with);
    }
    axf_json_close(&j);
  }
  axf_json_close(&j);
  axf_json_arr(&j, "memories");
  for (int k = 0; k < u->nmemories; k++) {
    const memory *m = &u->m[k];
    axf_json_obj(&j, NULL);
    axf_json_str(&j, "size", m->size);
    axf_json_str(&j, "block", m->block);
    axf_json_num(&j, "count", (double)m->count);
    axf_json_num(&j, "vdd", m->vdd);
    axf_json_num(&j, "reads", (double)m->reads / runs);
    axf_json_num(&j, "writes", (double)m->writes / runs);
    axf_json_num(&j, "read_pj", m->read_pj);
    axf_json_num(&j, "write_pj", m->write_pj);
    axf_json_num(&j, "leakage_uw", (double)m->count * m->leak_uw);
    axf_json_close(&j);
  }
  axf_json_close(&j);
  axf_json_num(&j, "memory_nj", (u->mem_access + u->mem_clock) * 1e9 / runs + u->mem_leak * seconds * 1e9);
  axf_json_num(&j, "macs_per_inference", u->macs / runs);
  axf_json_num(&j, "level_shifters", (double)u->shifters);
  axf_json_num(&j, "level_shifter_nj", u->shift_total * 1e9);
  if (o->replay.timed) {
    axf_json_num(&j, "glitch_nj", (u->all.glitch_net + u->all.glitch_internal) * 1e9 / runs);
    axf_json_num(&j, "glitch_cycles", (double)o->replay.timed->cycles);
    axf_json_num(&j, "glitch_last_toggle_ns", (double)o->replay.timed->latest * 1e-6);
  }
  axf_json_num(&j, "external_bytes", (double)(o->replay.beats_in + o->replay.beats_out) * 16 / runs);
  axf_json_num(&j, "energy_nj_per_inference", total * 1e9);
  axf_json_num(&j, "power_mw", total / seconds * 1e3);
  axf_json_end(&j);
  return axf_out_commit(out);
}

int axf_report_write(axf_report *o, const axf_sim *s, const axf_lib *lib) {
  static sums u;
  axf_power p;
  const double runs = o->npins, seconds = (double)o->replay.counted / runs / (o->mhz * 1e6);
  memset(&u, 0, sizeof u);
  int e = read_blocks(&u, o->blocks) || axf_power_init(&p, s) ? -1 : 0;
  if (e)
    return -1;
  for (int i = 0; i < s->f->ncells && !e; i++) {
    if (s->f->cell[i].type->leakage < 0 && !s->f->cell[i].type->nleaks)
      o->no_leakage = 1; /* a sum without this cell would be no sum */
    axf_power_sum *g = group_of(&u, line_of(&u, s->f, s->f->cell[i].scope));
    if (!g) {
      e = axf_fail("more than %d lines in the report", GROUPS);
      break;
    }
    axf_power_cell(&p, s, lib, i, g);
    axf_power_cell(&p, s, lib, i, &u.all);
    if (o->replay.timed) {
      axf_power_glitches(&p, o->replay.timed, lib, i, g);
      axf_power_glitches(&p, o->replay.timed, lib, i, &u.all);
    }
  }
  for (int i = 0; i < s->f->nmemories; i++) /* what the memories drive */
    for (int b = 0; b < s->f->memory[i].width; b++) {
      const int n = s->f->memory[i].rdata[b];
      u.mem_net += 0.5 * p.load[n] * lib->voltage * lib->voltage * s->toggles[n];
    }
  if (!e)
    e = add_memories(&u, o, s, lib);
  if (!e && o->annotate)
    e = axf_annotate_write(o, s, &p, lib);
  if (!e) {
    const double leak = o->no_leakage ? 0 : u.all.leakage;
    const double logic = (u.all.net + u.all.internal + u.all.clock) / runs + leak * seconds;
    const double memories = (u.mem_access + u.mem_clock + u.mem_net) / runs + u.mem_leak * seconds;
    const double shifters = u.shift / runs + u.shift_leak * seconds;
    const double bits = (double)(o->replay.beats_in + o->replay.beats_out) * 128 / runs,
                 total = logic + memories + shifters;
    u.shift_total = shifters;
    text(o, &u, runs, seconds);
    printf("memories: accesses %.4g nJ, clock %.4g nJ, nets they drive %.4g nJ, leakage %.4g nJ; %.4g nJ in all\n",
           u.mem_access * 1e9 / runs, u.mem_clock * 1e9 / runs, u.mem_net * 1e9 / runs, u.mem_leak * seconds * 1e9,
           memories * 1e9);
    if (u.macs > 0)
      printf("energy of a multiplication and addition: %.4g pJ, all included; %.0f of them an inference\n",
             total * 1e12 * runs / u.macs, u.macs / runs);
    glitches(o, &u, runs);
    if (u.shifters)
      printf("level shifters: %ld, assumed %d NAND2 each: %.4g nJ\n", u.shifters, AXF_REPORT_SHIFTER, shifters * 1e9);
    if (o->ext_pj > 0)
      printf("external memory, not in the sum: %.0f bytes x %.3g pJ a bit = %.4g nJ\n", bits / 8, o->ext_pj,
             bits * o->ext_pj * 1e-3);
    printf("replay: %llu cycles of %d inferences, %llu counted; %llu output bits compared, %llu wrong%s%s\n",
           (unsigned long long)o->replay.cycles, o->npins, (unsigned long long)o->replay.counted,
           (unsigned long long)o->replay.compared, (unsigned long long)o->replay.mismatches,
           o->replay.mismatches ? ", first " : "", o->replay.first);
    char glitch[32] = "n/a";
    if (o->replay.timed)
      snprintf(glitch, sizeof glitch, "%.5g", (u.all.glitch_net + u.all.glitch_internal) * 1e9 / runs);
    printf("POWER mhz=%.4g power_mw=%.5g energy_nj_per_inference=%.5g logic_nj=%.5g memory_nj=%.5g shifter_nj=%.5g "
           "glitch_nj=%s leakage=%s\n",
           o->mhz, total / seconds * 1e3, total * 1e9, logic * 1e9, memories * 1e9, shifters * 1e9, glitch,
           o->no_leakage ? "n/a" : "yes");
    e = o->json ? json(o, &u, runs, seconds, total) : 0;
  }
  axf_power_free(&p);
  return e;
}
