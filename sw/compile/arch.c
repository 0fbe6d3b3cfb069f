/* The accelerator's dimensions and the bank layout of feature maps.
 * SPDX-License-Identifier: Apache-2.0 */
#include "compile/plan.h"
#include <string.h>

int axf_arch_default(axf_arch *a, int D, int W) {
  if (D != 4 && D != 8 && D != 16 && D != 32)
    return axf_fail("D = %d: the array dimension is 4, 8, 16 or 32", D);
  return axf_arch_model(a, D, W);
}

int axf_arch_model(axf_arch *a, int D, int W) {
  if (D != 4 && D != 8 && D != 16 && D != 32 && D != 64)
    return axf_fail("D = %d: the cycle model takes 4, 8, 16, 32 and 64", D);
  if (W != 8 && W != 16)
    return axf_fail("W = %d: the word width is 8 or 16 bits", W);
  *a = (axf_arch){.D = D,
                  .W = W,
                  .nb_words = 16384 * 8 / (D * W),
                  .kb_words = 32768 * 8 / (D * W),
                  .ns_words = 256 * 8 / W,
                  .ks_words = 256 * 8 / W,
                  .ps_words = 64,
                  .par_words = 16,
                  .segs = 4,
                  .rec_copies = 1};
  return 0;
}

int axf_arch_segments(axf_arch *a, int segs) {
  if (segs < 1 || segs > a->D || segs & (segs - 1))
    return axf_fail("%d segments: a row of %d columns is cut into 1, 2, 4 .. %d", segs, a->D, a->D);
  a->segs = segs;
  return 0;
}

int axf_arch_records(axf_arch *a, const char *option, const char *name) {
  if (strcmp(name, "none") && strcmp(name, "vote"))
    return axf_fail("%s must be none or vote, not '%s'", option, name);
  a->rec_copies = *name == 'v' ? 3 : 1;
  return 0;
}

const char *axf_arch_records_name(const axf_arch *a) { return a->rec_copies > 1 ? "vote" : "none"; }

int axf_record_words(const axf_arch *a) { return a->rec_copies * 64 / a->W; }

void axf_place(const axf_placement *p, int c, int y, int x, int *bank, int *addr) {
  int yy = y + p->pad_y, xx = x + p->pad_x;
  *bank = ((c % p->Tn) * p->Ti + yy % p->Ti) * p->Tj + xx % p->Tj;
  *addr = p->base + (c / p->Tn) * p->plane + (yy / p->Ti) * p->pitch + xx / p->Tj;
}

void axf_placement_init(axf_placement *p, int c, int h, int w, int Tn, int Ti, int Tj, int pad) {
  *p = (axf_placement){.c = c, .h = h, .w = w, .Tn = Tn, .Ti = Ti, .Tj = Tj, .pad_y = pad, .pad_x = pad};
  p->pitch = axf_ceil_div(w + 2 * pad, Tj);
  p->plane = axf_ceil_div(h + 2 * pad, Ti) * p->pitch;
  p->words = axf_ceil_div(c, Tn) * p->plane;
}
