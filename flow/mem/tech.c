/* Reads tech.txt: every line names its source, every constant must be there once. SPDX-License-Identifier: Apache-2.0
 */
#include "core/core.h"
#include "mem.h"
#include <stdlib.h>
#include <string.h>

const char *const axf_mem_type_name[] = {"hp", "lstp", "lop"};
const char *const axf_mem_ports_name[] = {"1rw", "1r1w", "2rw"};
const char *const axf_mem_objective_name[] = {"area", "energy", "delay", "balanced"};

/* A named number of a line: KEY=VALUE. */
static int get(const axf_lines *l, const char *key, double *value) {
  const char *text = axf_lines_get(l, 1, key);
  if (!text)
    return axf_fail("%s:%d: %s= is missing", l->path, l->line, key);
  return axf_parse_float(l, key, text, -1e30, 1e30, value);
}

static int get_all(const axf_lines *l, const char *const *keys, double *const *values) {
  for (int i = 0; keys[i]; i++)
    if (get(l, keys[i], values[i]))
      return -1;
  return 0;
}

static int device_line(axf_mem_tech *t, const axf_lines *l) {
  int type = 0;
  while (l->ntok > 2 && type < AXF_MEM_TYPES && strcmp(l->tok[2], axf_mem_type_name[type]))
    type++;
  if (l->ntok < 3 || type == AXF_MEM_TYPES || t->devices[type] == AXF_MEM_LINES)
    return axf_fail("%s:%d: a device is of type hp, lstp or lop", l->path, l->line);
  axf_mem_device_line *d = &t->device[type][t->devices[type]];
  const char *const keys[] = {"vdd", "vth", "ion",  "ioff300", "ioff360", "ig", "cg",
                              "cf",  "cj",  "cjsw", "rmul",    "n2p",     NULL};
  double *const values[] = {&d->vdd, &d->vth, &d->ion, &d->ioff300, &d->ioff360, &d->ig,
                            &d->cg,  &d->cf,  &d->cj,  &d->cjsw,    &d->rmul,    &d->n2p};
  if (axf_parse_float(l, "node", l->tok[1], 7, 180, &d->node) || get_all(l, keys, values))
    return -1;
  if (t->devices[type] && d[-1].node <= d->node)
    return axf_fail("%s:%d: the nodes of a type must fall", l->path, l->line);
  d->known = 1;
  t->devices[type]++;
  return 0;
}

static int wire_line(axf_mem_tech *t, const axf_lines *l) {
  if (t->wires == AXF_MEM_LINES || l->ntok < 2)
    return axf_fail("%s:%d: not a wire line", l->path, l->line);
  axf_mem_wire_line *w = &t->wire[t->wires++];
  const char *const keys[] = {"pitch_f", "aspect", "eps_h", "eps_v", "ild", "barrier", "rho", "fringe", "sense", NULL};
  double *const values[] = {&w->pitch_f, &w->aspect, &w->eps_h,  &w->eps_v, &w->ild,
                            &w->barrier, &w->rho,    &w->fringe, &w->sense};
  return axf_parse_float(l, "node", l->tok[1], 7, 180, &w->node) || get_all(l, keys, values) ? -1 : 0;
}

static int pair_line(const axf_lines *l, const char *key, double (*list)[2], int *count) {
  if (*count == AXF_MEM_LINES || l->ntok < 2)
    return axf_fail("%s:%d: not a line of a node", l->path, l->line);
  double *p = list[(*count)++];
  return axf_parse_float(l, "node", l->tok[1], 1, 22, &p[0]) || get(l, key, &p[1]) ? -1 : 0;
}

/* law, rule and fit: NAME value=X. */
static int named_line(axf_mem_tech *t, const axf_lines *l, unsigned *seen) {
  double rows = 0, segment = 0, mux = 0, least = 0;
  const struct {
    const char *word, *name;
    double *to;
  } all[] = {{"law", "alpha", &t->alpha},
             {"law", "n_drive", &t->n_drive},
             {"law", "n", &t->n},
             {"law", "dibl", &t->dibl},
             {"rule", "max_rows", &rows},
             {"rule", "max_segment", &segment},
             {"rule", "max_mux", &mux},
             {"rule", "min_rows", &least},
             {"fit", "area_row", &t->fit.area_row},
             {"fit", "area_column", &t->fit.area_column},
             {"fit", "swing", &t->fit.swing},
             {"fit", "bitline", &t->fit.bitline},
             {"fit", "column", &t->fit.column},
             {"fit", "tree_read", &t->fit.tree_read},
             {"fit", "tree_write", &t->fit.tree_write},
             {"fit", "write", &t->fit.write},
             {"fit", "decode", &t->fit.decode},
             {"fit", "driver", &t->fit.driver},
             {"fit", "wordline", &t->fit.wordline},
             {"fit", "cell_read", &t->fit.cell_read},
             {"fit", "sense", &t->fit.sense},
             {"fit", "tree_delay", &t->fit.tree_delay},
             {"fit", "precharge", &t->fit.precharge},
             {"fit", "leak_cell", &t->fit.leak_cell},
             {"fit", "leak_periphery", &t->fit.leak_periphery},
             {"fit", "leak_gate", &t->fit.leak_gate}};
  const int n = (int)(sizeof all / sizeof all[0]);
  if (!l) { /* the end: is everything there? */
    for (int i = 0; i < n; i++)
      if (!(*seen >> i & 1))
        return axf_fail("there is no line `%s %s`", all[i].word, all[i].name);
    return 0;
  }
  for (int i = 0; i < n; i++) {
    if (l->ntok < 2 || strcmp(l->tok[0], all[i].word) || strcmp(l->tok[1], all[i].name))
      continue;
    if (*seen >> i & 1)
      return axf_fail("%s:%d: a second line `%s %s`", l->path, l->line, all[i].word, all[i].name);
    *seen |= 1u << i;
    if (get(l, "value", all[i].to))
      return -1;
    t->max_rows += (int)rows;
    t->max_segment += (int)segment;
    t->max_mux += (int)mux;
    t->min_rows += (int)least;
    return 0;
  }
  return axf_fail("%s:%d: an unknown line that begins with %s", l->path, l->line, l->tok[0]);
}

static int cell_line(axf_mem_tech *t, const axf_lines *l) {
  const char *const keys[] = {"area_f2", "aspect", "access_f", "down_f", "up_f", NULL};
  double *const values[] = {&t->cell_area_f2, &t->cell_aspect, &t->access_f, &t->down_f, &t->up_f};
  return get_all(l, keys, values);
}

int axf_mem_tech_load(axf_mem_tech *t, const char *path) {
  uint8_t *text;
  size_t len;
  char *sources[AXF_MEM_LINES];
  int count = 0, status;
  unsigned seen = 0;
  axf_lines l;
  memset(t, 0, sizeof *t);
  if (axf_read_file(path, &text, &len))
    return -1;
  axf_lines_begin(&l, path, (char *)text);
  while ((status = axf_lines_next(&l)) > 0) {
    const char *word = l.tok[0], *source = axf_lines_get(&l, 1, "source");
    if (!strcmp(word, "source")) {
      if (l.ntok < 3 || count == AXF_MEM_LINES)
        status = axf_fail("%s:%d: a source is NAME and a text", path, l.line);
      else
        sources[count++] = l.tok[1];
    } else {
      int s = 0;
      while (source && s < count && strcmp(sources[s], source))
        s++;
      if (!source || s == count)
        status = axf_fail("%s:%d: a constant without a known source", path, l.line);
      else
        status = !strcmp(word, "device")      ? device_line(t, &l)
                 : !strcmp(word, "wire")      ? wire_line(t, &l)
                 : !strcmp(word, "supply")    ? pair_line(&l, "vdd", t->supply, &t->supplies)
                 : !strcmp(word, "cell_area") ? pair_line(&l, "um2", t->area, &t->areas)
                 : !strcmp(word, "cell")      ? cell_line(t, &l)
                                              : named_line(t, &l, &seen);
    }
    if (status < 0)
      break;
  }
  if (status == 0 && (t->cell_area_f2 <= 0 || t->wires < 2 || !t->supplies || !t->areas || t->devices[AXF_MEM_HP] < 2 ||
                      t->devices[AXF_MEM_LSTP] < 2 || t->devices[AXF_MEM_LOP] < 2))
    status = axf_fail("%s: devices, wires, supplies or cells are missing", path);
  if (status == 0)
    status = named_line(t, NULL, &seen);
  free(text);
  return status;
}
