/* Options of the training methods: names, defaults of each method, text form.
 * SPDX-License-Identifier: Apache-2.0 */
#include "axtrain/axtrain.h"
#include <stdlib.h>
#include <string.h>

static const char *const methods[AXF_METHODS] = {"plain",   "qat",  "active", "passive", "joint",
                                                 "randbet", "clip", "sam",    "die"};
static const char *const forms[] = {"gradient", "gauss-newton", "hutchinson", "sampled"};
static const char *const passes[] = {"float", "integer"};
static const char *const over[] = {"batch", "block"};

static const axf_axtrain_key keys[] = {
    {"method", "M", "plain, qat, active, passive, joint, randbet, clip, sam or die (docs/axtrain.md)"},
    {"pass", "P", "forward through float or integer arithmetic (default: by method and --mult)"},
    {"ber", "P", "probability that a memory cell of a weight fails"},
    {"ber-warmup", "E", "epochs in which that probability rises from 0"},
    {"chip", "C", "a new random chip for every block of 16 examples (default) or every batch"},
    {"fault", "F", "a failing cell: flip or stuck"},
    {"weight-code", "C", "weights in memory: sign-magnitude, twos or offset"},
    {"fault-bits", "MASK", "bits of a weight that can fail (default 255: all)"},
    {"except", "LIST", "other rates for some: LAYER=P or LAYER:BIT=P, commas between, LAYER * for all"},
    {"protect", "P", "protection of the weights' words: none, parity, secded, msb1 .. msb7"},
    {"die", "N", "method die: its number"},
    {"active-form", "F", "sensitivity by gradient, gauss-newton, hutchinson or sampled"},
    {"active-weight", "L", "weight of the sensitivity in the loss"},
    {"active-warmup", "E", "epochs in which that weight rises from 0"},
    {"active-target", "S", "a sensitivity below this has no gradient"},
    {"active-over", "O", "form gradient: squared gradient of the batch or of each block of 16"},
    {"active-probe", "E", "hutchinson and sampled: displacement in units of the noise"},
    {"clip", "C", "weights stay within +-C sqrt(2 / fan-in) of their layer (0: anywhere)"},
    {"inject-below", "L", "bit errors only when the mini-batch's clean loss is below this"},
    {"noisy-weight", "B", "weight of the noisy gradient beside the clean one"},
    {"rho", "R", "method sam: length of the displacement"},
    {"window", "H", "half-width of the multiplier gradient's window (0: straight-through)"},
    {"window-error", "E", "part of that gradient's table that may be left out for speed (default 0.01)"},
};
#define KEYS (int)(sizeof keys / sizeof keys[0])

const axf_axtrain_key *axf_axtrain_option(int i) { return i >= 0 && i < KEYS ? &keys[i] : NULL; }
const char *axf_axtrain_name(axf_method_kind m) { return methods[m]; }

void axf_axtrain_defaults(axf_axtrain_opts *o) {
  *o = (axf_axtrain_opts){.method = AXF_METHOD_PLAIN,
                          .integer = -1,
                          .fault = AXF_FAULT_FLIP,
                          .code = AXF_CODE_SIGN,
                          .chip_a_block = 1,
                          .bits = 255,
                          .form = AXF_ACTIVE_GRADIENT,
                          .weight = 1,
                          .warmup = 1,
                          .probe = 1,
                          .inject_below = 1e30,
                          .noisy_weight = 1,
                          .rho = 0.05,
                          .window_error = 0.01};
}

/* Index of value among n words. */
static int choice(const char *what, const char *value, const char *const *word, int n) {
  char list[160] = "";
  for (int i = 0; i < n; i++) {
    if (strcmp(value, word[i]) == 0)
      return i;
    strcat(strcat(list, i ? ", " : ""), word[i]);
  }
  return axf_fail("%s must be one of %s, found '%s'", what, list, value);
}

static int set_method(axf_axtrain_opts *o, axf_method_kind m) {
  o->method = m;
  if (m == AXF_METHOD_RANDBET) {
    o->inject_below = 1.75; /* Stutz et al., MLSys 2021, for ten classes */
    o->clip = 1.5;
  } else if (m == AXF_METHOD_CLIP) {
    o->clip = 1.5;
  }
  return 0;
}

static int set_word(axf_axtrain_opts *o, const char *what, const char *key, const char *value) {
  int i;
  if (strcmp(key, "method") == 0)
    return (i = choice(what, value, methods, AXF_METHODS)) < 0 ? -1 : set_method(o, (axf_method_kind)i);
  if (strcmp(key, "pass") == 0)
    return (o->integer = choice(what, value, passes, 2)) < 0 ? -1 : 0;
  if (strcmp(key, "active-over") == 0)
    return (o->over_block = choice(what, value, over, 2)) < 0 ? -1 : 0;
  if (strcmp(key, "chip") == 0)
    return (o->chip_a_block = choice(what, value, over, 2)) < 0 ? -1 : 0;
  if (strcmp(key, "weight-code") == 0)
    return axf_weight_code_of(what, value, &o->code);
  if (strcmp(key, "except") == 0) {
    if (strlen(value) >= sizeof o->except)
      return axf_fail("%s: longer than %zu characters", what, sizeof o->except - 1);
    strcpy(o->except, value);
    return 0;
  }
  if (strcmp(key, "protect") == 0)
    return axf_protect_of(what, value, &o->protect);
  if (strcmp(key, "active-form") == 0) {
    if ((i = choice(what, value, forms, 4)) < 0)
      return -1;
    o->form = (axf_active_form)i;
    return 0;
  }
  if (strcmp(key, "fault") == 0) {
    static const char *const kinds[] = {"flip", "stuck"};
    if ((i = choice(what, value, kinds, 2)) < 0)
      return -1;
    o->fault = i ? AXF_FAULT_STUCK : AXF_FAULT_FLIP;
    return 0;
  }
  return axf_fail("%s: there is no option '%s' of a training method", what, key);
}

int axf_axtrain_set(axf_axtrain_opts *o, const char *what, const char *key, const char *value) {
  const struct {
    const char *key;
    double *real, lo, hi;
  } reals[] = {{"ber", &o->ber, 0, 1},
               {"ber-warmup", &o->ber_warmup, 0, 10000},
               {"active-weight", &o->weight, 0, 1e9},
               {"active-warmup", &o->warmup, 0, 10000},
               {"active-target", &o->target, 0, 1e9},
               {"active-probe", &o->probe, 1e-3, 1e3},
               {"clip", &o->clip, 0, 1000},
               {"inject-below", &o->inject_below, 0, 1e30},
               {"noisy-weight", &o->noisy_weight, 0, 1000},
               {"rho", &o->rho, 0, 1000},
               {"window-error", &o->window_error, 1e-6, 0.5}};
  long v;
  for (size_t k = 0; k < sizeof reals / sizeof reals[0]; k++)
    if (strcmp(key, reals[k].key) == 0)
      return axf_parse_float(NULL, what, value, reals[k].lo, reals[k].hi, reals[k].real);
  if (strcmp(key, "die") == 0)
    return axf_parse_int(NULL, what, value, 0, UINT32_MAX, &o->die);
  if (strcmp(key, "fault-bits") == 0 || strcmp(key, "window") == 0) {
    int bits = *key == 'f';
    if (axf_parse_int(NULL, what, value, 0, bits ? 255 : 127, &v))
      return -1;
    *(bits ? &o->bits : &o->window) = (int)v;
    return 0;
  }
  return set_word(o, what, key, value);
}

char *axf_axtrain_text(const axf_axtrain_opts *o) {
  return axf_sprintf("--method %s --pass %s --ber %.9g --ber-warmup %.9g --chip %s --fault %s --weight-code %s "
                     "--fault-bits %d%s%s%s%s --die %ld "
                     "--active-form %s --active-weight %.9g --active-warmup %.9g --active-target %.9g --active-over %s "
                     "--active-probe %.9g --clip %.9g --inject-below %.9g --noisy-weight %.9g --rho %.9g --window %d "
                     "--window-error %.9g",
                     methods[o->method], o->integer < 0 ? "auto" : passes[o->integer], o->ber, o->ber_warmup,
                     over[o->chip_a_block], axf_fault_kind_name(o->fault), axf_weight_code_name(o->code), o->bits,
                     *o->except ? " --except " : "", o->except, o->protect.kind ? " --protect " : "",
                     o->protect.kind ? axf_protect_name(o->protect) : "", o->die, forms[o->form], o->weight, o->warmup,
                     o->target, over[o->over_block], o->probe, o->clip, o->inject_below, o->noisy_weight, o->rho,
                     o->window, o->window_error);
}
