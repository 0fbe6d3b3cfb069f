/* Instructions as they lie in memory, 32 bytes each, on the functional model: it must run or refuse whatever they say.
 * The memories, the placements and the weights are those of a small network's program, whose own instructions are the
 * corpus's first file. Programs that would run for long are left out, as the hardware's watchdog would end them.
 * SPDX-License-Identifier: Apache-2.0 */
#include "fuzz/program.h"
#include "isa/isa.h"
#include "progmodel/progmodel.h"
#include "quant/quant.h"
#include <stdlib.h>
#include <string.h>

#define GET(w, OP, f) ((uint64_t)axf_field(w, AXF_##OP##_##f##_LSB, AXF_##OP##_##f##_W))
#define LIMIT (1u << 21) /* words moved and products, together */

static axf_net net;
static axf_qnet q;
static axf_mult mult;
static axf_program program;

static void check(int failed) {
  if (failed) {
    fprintf(stderr, "fuzz: the program target cannot be set up: %s\n", axf_errmsg());
    abort();
  }
}

static void set_up(void) {
  static const char text[] = "net t\ninput 2 7 7\nconv c1 maps=3 kernel=3 pad=1 relu\npool p2 max 2\nfc f2 out=4\n";
  axf_arch a;
  check(axf_net_parse(&net, "net", text) || axf_quant_alloc(&q, &net, 8) || axf_arch_default(&a, 4, 8));
  for (int l = 0; l < net.nlayers; l++)
    for (int m = 0; m < net.layer[l].out_c && q.q[l].w; m++) {
      q.q[l].mult[m] = 200;
      q.q[l].shift[m] = 12;
      q.q[l].bias[m] = 5 - m;
    }
  for (int l = 0; l < net.nlayers; l++)
    for (size_t i = 0; i < axf_weight_count(&net.layer[l]); i++)
      q.q[l].w[i] = (int8_t)((int)(i * 37 % 255) - 127);
  for (unsigned w = 0; w < 256; w++)
    for (unsigned x = 0; x < 256; x++)
      mult.t[w * 256 + x] = (uint16_t)(w * x);
  mult.pmax = 255 * 255;
  a.nb_words = 256;
  a.kb_words = 512;
  const axf_compile_opt opt = {.pmax = mult.pmax};
  check(axf_compile(&program, &net, &q, &a, &opt));
}

/* Steps that an instruction takes at most; x: the XCFG0, k: the KCFG, n: the NCFG before it, or NULL. */
static uint64_t steps(const uint32_t *w, const uint32_t *x, const uint32_t *k, const uint32_t *n) {
  switch (GET(w, HDR, OPCODE)) {
  case AXF_OP_LD:
    return GET(w, LD, NZ) * GET(w, LD, NY) * (1 + 16 * GET(w, LD, BEATS));
  case AXF_OP_ST:
    return GET(w, ST, NZ) * GET(w, ST, NY) * (1 + 16 * GET(w, ST, BEATS));
  case AXF_OP_KLD:
    return k ? GET(w, KLD, MS) * GET(k, KCFG, QM) *
                   (8 + GET(w, KLD, NS) * (GET(k, KCFG, TN) + GET(w, KLD, TAIL)) * GET(w, KLD, KK))
             : 0;
  case AXF_OP_NLD:
    return n ? GET(w, NLD, NS) * GET(w, NLD, YC) * GET(w, NLD, XC) *
                   (1 + GET(n, NCFG, TN) * GET(n, NCFG, TI) * GET(n, NCFG, TJ))
             : 0;
  case AXF_OP_XTILE:
    return x ? (GET(w, XTILE, MS) * GET(w, XTILE, RS) * (GET(w, XTILE, CS) + 1)) *
                   (1 + GET(x, XCFG0, POOL) * GET(x, XCFG0, POOL) * 4 * GET(x, XCFG0, QM) *
                            (1 + GET(w, XTILE, NS) * GET(x, XCFG0, TN) *
                                     (1 + GET(x, XCFG0, TI) * GET(x, XCFG0, TJ) *
                                              (1 + GET(x, XCFG0, ISTEPS) * (1 + GET(x, XCFG0, JSTEPS))))))
             : 0;
  default:
    return 1;
  }
}

static int is_long(const uint32_t *instr, int n) {
  const uint32_t *at[16] = {0};
  uint64_t sum = 0;
  for (int i = 0; i < n; i++) {
    const uint32_t *w = instr + (size_t)i * AXF_INSTR_WORDS;
    at[GET(w, HDR, OPCODE)] = w;
    const uint64_t more = steps(w, at[AXF_OP_XCFG0], at[AXF_OP_KCFG], at[AXF_OP_NCFG]);
    if (more > LIMIT || (sum += more) > LIMIT)
      return 1;
  }
  return 0;
}

void fuzz_program(const uint8_t *b, size_t n) {
  static const axf_mult *mults[AXF_MAX_LAYERS];
  static const int16_t in[2 * 7 * 7] = {1, 200, 3, 255};
  if (!program.instr) {
    set_up();
    for (int l = 0; l < AXF_MAX_LAYERS; l++)
      mults[l] = &mult;
  }
  axf_program p = program;
  p.ninstr = (int)(n / 32);
  p.instr = malloc((size_t)p.ninstr * 32 + 1);
  if (!p.instr)
    abort();
  memcpy(p.instr, b, (size_t)p.ninstr * 32);
  for (uint64_t order = 0; order < 2 && !is_long(p.instr, p.ninstr); order++) {
    const axf_supply low = {.die = {.die = 3}, .nb_ber = 0.01, .kb_ber = 0.01};
    int16_t *const out[AXF_MAX_LAYERS] = {0};
    axf_progmodel *m = axf_progmodel_new(&p, &net, &q, mults, order ? &low : NULL);
    if (!m)
      abort();
    axf_progmodel_order(m, order);
    axf_fail("%s", "");
    if (axf_progmodel_run(m, in, 1, out, NULL) < 0 && !axf_errmsg()[0])
      abort();
    axf_progmodel_free(m);
  }
  free(p.instr);
}
