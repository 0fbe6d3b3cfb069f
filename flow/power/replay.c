/* The replay of a pin log; see replay.h. SPDX-License-Identifier: Apache-2.0 */
#include "replay.h"
#include "core/core.h"
#include <stdlib.h>
#include <string.h>

typedef struct {
  int is_output, bits, at; /* at: byte of the record */
  const axf_flat_port *port;
  char name[64];
} field;
typedef struct {
  field *f;
  int n, record;
} form;

static int read_form(form *m, const axf_flat *flat, FILE *in, const char *path) {
  char line[128], way;
  field x;
  while (fgets(line, sizeof line, in)) {
    if (!strcmp(line, "end\n"))
      return m->n ? 0 : axf_fail("%s: no ports", path);
    memset(&x, 0, sizeof x);
    if (sscanf(line, "%c %63s %d", &way, x.name, &x.bits) != 3 || (way != 'i' && way != 'o') || x.bits < 1 ||
        x.bits > 4096 || m->n == 256)
      break;
    x.is_output = way == 'o';
    x.at = m->record;
    x.port = axf_flat_find_port(flat, x.name);
    if (strcmp(x.name, "running") && (!x.port || x.port->width != x.bits || x.port->is_output != x.is_output))
      return axf_fail("%s: the netlist has no port %s of %d bits", path, x.name, x.bits);
    m->record += (x.bits + 7) / 8;
    m->f[m->n++] = x;
  }
  return axf_fail("%s: not a pin log", path);
}

static int value(const form *m, const uint8_t *record, const char *name) {
  for (int k = 0; k < m->n; k++)
    if (!strcmp(m->f[k].name, name))
      return record[m->f[k].at] & 1;
  return 0;
}

static void compare(axf_replay *r, const axf_sim *s, const field *x, const uint8_t *record) {
  for (int b = 0; b < x->bits; b++) {
    const int want = record[x->at + b / 8] >> (b % 8) & 1, have = s->net[x->port->net[b]];
    r->compared++;
    if (want == have)
      continue;
    if (!r->mismatches++)
      snprintf(r->first, sizeof r->first, "%s[%d] in cycle %llu: RTL %d, netlist %d", x->name, b,
               (unsigned long long)r->cycles, want, have);
  }
}

/* The cycles of all logs, from the length of the first. */
static int share(axf_replay *r, FILE *in, uint64_t record) {
  const long at = ftell(in);
  if (at < 0 || fseek(in, 0, SEEK_END) || ftell(in) < at)
    return axf_fail("the length of the pin log cannot be found");
  axf_timed_share(r->timed, (uint64_t)(ftell(in) - at) / record * r->logs, r->wanted);
  return fseek(in, at, SEEK_SET) ? axf_fail("the pin log cannot be read twice") : 0;
}

int axf_replay_run(axf_replay *r, axf_sim *s, const char *path) {
  form m = {.f = axf_alloc(256, sizeof(field))};
  FILE *in = fopen(path, "rb");
  int status = !m.f || !in ? axf_fail("cannot read the pin log %s", path) : read_form(&m, s->f, in, path);
  uint8_t *record = status ? NULL : axf_alloc((size_t)m.record, 1);
  if (!status && !record)
    status = -1;
  if (!status && r->timed)
    status = share(r, in, (uint64_t)m.record);
  const uint64_t before = r->counted, start = r->cycles;
  if (!status)
    axf_sim_reset(s);
  while (!status && fread(record, (size_t)m.record, 1, in) == 1) {
    const int running = value(&m, record, "running");
    if (r->counted > before && !running)
      break;                                                   /* the inference is over */
    const int look = running && r->timed && r->cycles > start; /* something has settled */
    if (look)
      axf_timed_before(r->timed);
    axf_sim_edge(s, running);
    for (int k = 0; k < m.n; k++)
      for (int b = 0; !m.f[k].is_output && b < m.f[k].bits; b++)
        axf_sim_set(s, m.f[k].port->net[b], record[m.f[k].at + b / 8] >> (b % 8) & 1);
    axf_sim_settle(s);
    if (look && (status = axf_timed_after(r->timed)))
      break;
    for (int k = 0; k < m.n; k++)
      if (m.f[k].is_output && m.f[k].port)
        compare(r, s, &m.f[k], record);
    r->cycles++;
    r->counted += (uint64_t)running;
    if (running && r->operands.out)
      axf_operands_cycle(&r->operands, s);
    if (running) {
      r->beats_in += value(&m, record, "m_rvalid_i") && value(&m, record, "m_rready_o");
      r->beats_out += value(&m, record, "m_wvalid_o") && value(&m, record, "m_wready_i");
    }
  }
  if (!status && r->counted == before)
    status = axf_fail("%s: no cycle of it is marked as running", path);
  if (in)
    fclose(in);
  free(record);
  free(m.f);
  return status;
}
