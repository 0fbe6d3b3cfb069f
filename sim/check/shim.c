/* An accelerator that is nothing but its settings: with it axsim --check tells, before minutes go into a simulator,
 * what that one would refuse. AXF_CHECK names the build, as sim/rules.mk knows it: D W SEGS MULT SIGNED ZERO_SKIP
 * PROTECT_NB PROTECT_KB PROTECT_REC TRACE. SPDX-License-Identifier: Apache-2.0 */
#include "shim.h"
#include <stdio.h>
#include <stdlib.h>

static struct {
  int d, w, segs, mult_signed, zero_skip, can_trace;
  char mult[1024], nb[16], kb[16], rec[16];
} build;

__attribute__((constructor)) static void read_build(void) {
  const char *text = getenv("AXF_CHECK");
  if (!text || sscanf(text, "%d %d %d %1023s %d %d %15s %15s %15s %d", &build.d, &build.w, &build.segs, build.mult,
                      &build.mult_signed, &build.zero_skip, build.nb, build.kb, build.rec, &build.can_trace) != 10) {
    fprintf(stderr,
            "axsim-check: AXF_CHECK must be D W SEGS MULT SIGNED ZERO_SKIP PROTECT_NB PROTECT_KB PROTECT_REC TRACE\n");
    exit(2);
  }
}

int axf_shim_d(void) { return build.d; }
int axf_shim_w(void) { return build.w; }
int axf_shim_segs(void) { return build.segs; }
const char *axf_shim_mult(void) { return build.mult; }
int axf_shim_mult_signed(void) { return build.mult_signed; }
int axf_shim_zero_skip(void) { return build.zero_skip; }
const char *axf_shim_protect_nb(void) { return build.nb; }
const char *axf_shim_protect_kb(void) { return build.kb; }
const char *axf_shim_protect_rec(void) { return build.rec; }
int axf_shim_can_trace(void) { return build.can_trace; }

/* Nothing can be run: whoever tries ends here. */
static void nothing(void) {
  fprintf(stderr, "axsim-check: it has no accelerator: --check is all it can do\n");
  exit(2);
}
axf_shim *axf_shim_new(const char *trace, uint64_t cycles) {
  (void)trace, (void)cycles;
  nothing();
  return NULL;
}
void axf_shim_free(axf_shim *s) { (void)s; }
void axf_shim_step(axf_shim *s, const axf_pins_in *in, axf_pins_out *out) {
  (void)s, (void)in, (void)out;
  nothing();
}
void axf_shim_supply(axf_shim *s, int argc, const char *const *args, int code_nb, int code_kb) {
  (void)s, (void)argc, (void)args, (void)code_nb, (void)code_kb;
  nothing();
}
uint64_t axf_shim_faulty_reads(const axf_shim *s) {
  (void)s;
  return 0;
}
