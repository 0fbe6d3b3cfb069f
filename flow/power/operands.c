/* What the local stores of one processing element give; see operands.h. SPDX-License-Identifier: Apache-2.0 */
#include "operands.h"
#include <string.h>

int axf_operands_begin(axf_operands *o, const axf_flat *f, const char *path) {
  for (int i = 0; i < f->nmemories; i++) {
    const axf_flat_memory *m = &f->memory[i];
    const char *class = strchr(m->kind, '_');
    if (class && !o->neurons && !strcmp(class, "_ns"))
      o->neurons = m;
    if (class && !o->kernels && !strcmp(class, "_ks"))
      o->kernels = m;
  }
  if (!o->neurons || !o->kernels || o->neurons->scope != o->kernels->scope || o->neurons->width > 64)
    return axf_fail("the netlist has no local stores whose operands could be recorded");
  o->out = axf_out_begin(path);
  if (!o->out)
    return -1;
  fprintf(axf_out_stream(o->out), "i a %d\ni w %d\no running 1\nend\n", o->neurons->width, o->kernels->width);
  return 0;
}

static void word(FILE *f, const axf_sim *s, const int *net, int width, int used) {
  for (int low = 0; low < width; low += 8) {
    int byte = 0;
    for (int b = low; b < low + 8 && b < used; b++)
      byte |= s->net[net[b]] << (b - low);
    fputc(byte, f);
  }
}

void axf_operands_cycle(axf_operands *o, const axf_sim *s) {
  FILE *f = axf_out_stream(o->out);
  word(f, s, o->neurons->rdata, o->neurons->width, o->neurons->width);
  word(f, s, o->kernels->rdata, o->kernels->width, o->kernels->width - 1);
  fputc(1, f);
}

int axf_operands_end(axf_operands *o, int failed) {
  if (!o->out)
    return 0;
  if (failed) {
    axf_out_abort(o->out);
    return 0;
  }
  return axf_out_commit(o->out);
}
