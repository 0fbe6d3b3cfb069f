/* The compiler: factors in words, what it refuses, the order of kernel words with segments, the fields of a flat layer.
 * SPDX-License-Identifier: Apache-2.0 */
#include "check.h"
#include "compile/program.h"
#include "isa/isa.h"
#include "quant/quant.h"
#include <stdlib.h>
#include <string.h>

#define GET(w, OP, f) ((int)axf_field(w, AXF_##OP##_##f##_LSB, AXF_##OP##_##f##_W))

static const char net_text[] =
    "net t\ninput 3 9 9\nconv c1 maps=7 kernel=3 relu\nconv c2 maps=5 kernel=2x3\nconv c3 maps=4 kernel=1\n";
static axf_net net;
static axf_qnet q;
static axf_arch arch;
static const uint32_t *instr(const axf_program *p, int i) { return p->instr + (size_t)i * AXF_INSTR_WORDS; }

/* Weights that name their place: map, input map, row, column. */
static int8_t weight(int m, int n, int i, int j) { return (int8_t)((m * 29 + n * 13 + i * 5 + j * 3) % 255 - 127); }

static void make(void) {
  CHECK(axf_net_parse(&net, "t", net_text) == 0 && axf_quant_alloc(&q, &net, 8) == 0);
  for (int l = 0; l < net.nlayers; l++) {
    const axf_layer *y = &net.layer[l];
    for (int m = 0, k = 0; m < y->out_c; m++) {
      for (int n = 0; n < y->in_c; n++)
        for (int i = 0; i < y->ky; i++)
          for (int j = 0; j < y->kx; j++)
            q.q[l].w[k++] = weight(m, n, i, j);
      q.q[l].bias[m] = 1000 * m - 7;
      q.q[l].mult[m] = (uint8_t)(130 + m);
      q.q[l].shift[m] = (uint8_t)(9 + m);
    }
  }
}

/* ---- factors in words ---- */

static void words(void) {
  axf_factors f[AXF_MAX_LAYERS];
  char text[64];
  CHECK(axf_factors_parse(f, &net, "c2=1,2,3,4,2,3;c1=2,1,1,8,2,2,seg=4,qm=4,flat") == 3);
  CHECK(f[0].Tm == 2 && f[0].Tc == 8 && f[0].Tj == 2 && f[0].seg == 4 && f[0].Qm == 4 && f[0].flat == 1);
  CHECK(f[1].Tm == 1 && f[1].Tr == 3 && f[1].seg == 0 && f[1].Qm == 0 && f[1].flat == 0);
  axf_factors_text(text, sizeof text, &f[0], 16);
  CHECK_MSG(!strcmp(text, "2,1,1,8,2,2,seg=4,qm=4,flat"), "%s", text);
  f[0].seg = 16;
  f[0].Qm = 1;
  f[0].flat = 0;
  axf_factors_text(text, sizeof text, &f[0], 16);
  CHECK_MSG(!strcmp(text, "2,1,1,8,2,2"), "%s", text);
  static const char *const bad[] = {"c1=2,1,1,8,2",           "c1=2,1,1,8,2,2,",
                                    "c1=2,1,1,8,2,2,seg",     "c1=2,1,1,8,2,2,seg=",
                                    "c1=2,1,1,8,2,2,seg=0",   "c1=2,1,1,8,2,2,seg=4,seg=4",
                                    "c1=2,1,1,8,2,2,qm=-1",   "c1=2,1,1,8,2,2,flat,flat",
                                    "c1=2,1,1,8,2,2,flatter", "c1=2,1,1,8,2,2;c1=1,1,1,1,1,1",
                                    "c9=2,1,1,8,2,2"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    CHECK_MSG(axf_factors_parse(f, &net, bad[i]) < 0, "'%s' is taken", bad[i]);
}

/* ---- refusals ---- */

static int compile(axf_program *p, const char *text, int images) {
  axf_factors f[AXF_MAX_LAYERS];
  axf_compile_opt o = {.factors = f, .nfactors = AXF_MAX_LAYERS, .pmax = 65535, .images = images};
  memset(p, 0, sizeof *p);
  return axf_factors_parse(f, &net, text) < 0 ? -1 : axf_compile(p, &net, &q, &arch, &o);
}

static void refused(const char *text, const char *why) {
  axf_program p;
  const int e = compile(&p, text, 1);
  CHECK_MSG(e < 0 && strstr(axf_errmsg(), why), "'%s' %s", text, e ? axf_errmsg() : "is compiled");
  axf_program_free(&p);
}

static void taken(const char *text) {
  axf_program p;
  CHECK_MSG(compile(&p, text, 1) == 0, "'%s': %s", text, axf_errmsg());
  axf_program_free(&p);
}

/* Records in three copies take their room of a small kernel buffer: the mapper finds factors that fit. */
static void small_kernel_buffers(int D, int least) {
  const axf_arch all = arch;
  CHECK(axf_arch_default(&arch, D, 8) == 0 && axf_arch_records(&arch, "", "vote") == 0);
  for (arch.kb_words = least; arch.kb_words < 300; arch.kb_words += 2)
    taken("c3=4,4,1,1,1,1");
  arch = all;
}

static void refusals(void) {
  refused("c1=1,2,1,1,1,3,seg=4", "exceeds the 4 columns of a segment");
  taken("c1=1,2,1,1,1,2,seg=4");
  refused("c1=1,1,1,1,1,1,seg=2", "1, 2, 4 .. 4 equal segments");
  refused("c1=1,1,1,1,1,1,seg=6", "equal segments");
  refused("c1=1,1,1,1,1,1,seg=32", "equal segments");
  refused("c1=1,1,1,1,1,1,seg=4,qm=5", "Qm = 5 is outside 1..4");
  refused("c1=1,1,1,1,1,1,qm=2", "Qm = 2 is outside 1..1");
  refused("c1=1,1,2,4,1,1,flat", "Tr = 2");
  refused("c1=1,1,1,8,1,1,flat", "Tc = 8 is outside 1..7");
  taken("c1=1,1,1,5,1,1,flat");
  CHECK(axf_arch_segments(&arch, 3) < 0 && axf_arch_segments(&arch, 32) < 0 && axf_arch_segments(&arch, 0) < 0);
  CHECK(arch.segs == 4 && axf_arch_segments(&arch, 1) == 0 && arch.segs == 1);
  CHECK(axf_arch_records(&arch, "--protect-rec", "votes") < 0 &&
        strstr(axf_errmsg(), "must be none or vote, not 'votes'"));
  CHECK(axf_record_words(&arch) == 8 && axf_arch_records(&arch, "", "vote") == 0 && axf_record_words(&arch) == 24);
  CHECK(axf_arch_records(&arch, "", "none") == 0 && axf_record_words(&arch) == 8);
  refused("c1=1,1,1,1,1,1,seg=8", "equal segments");
  taken("c1=1,3,1,1,1,3");
  arch.segs = 16;
  taken("c1=1,1,1,1,1,1,seg=1,qm=7");
  refused("c1=1,1,1,1,1,1,seg=1,qm=9", "exceeds half of the 16 records");
  refused("c2=1,1,1,1,2,3,seg=1", "exceeds the 1 columns of a segment");
  arch.par_words = 64;
  arch.D = 32;
  arch.segs = 4;
  refused("c2=1,4,1,1,2,1,seg=8,qm=5", "Qm = 5 is outside 1..4");
  taken("c2=1,4,1,1,2,1,seg=8,qm=4"); /* 7 maps, 2x3: 2*1*3 steps a sum */
  refused("c2=1,7,1,1,1,1,seg=8,qm=0", "is not LAYER=");
  refused("c3=1,5,1,1,1,1,seg=8,qm=2", "a sum takes 1 steps");
  taken("c3=1,4,1,1,1,1,seg=8,qm=2");
  if (axf_arch_default(&arch, 16, 8))
    CHECK(0);
}

/* ---- the order of kernel words ---- */

static unsigned code(int v) { return v < 0 ? (unsigned)-v | 128u : (unsigned)v; }

/* The weight image, read as the kernel loader reads it: ms { segment { [record] ns { tn { kk }}}}. */
static void kernel_words(const char *text, const axf_factors *f) {
  axf_program p;
  const axf_layer *y = &net.layer[0];
  CHECK_MSG(compile(&p, text, 1) == 0, "%s", axf_errmsg());
  int lds = 0, offset[64], lane_count[64], map0 = 0, seen = 0;
  for (int i = 0; i < p.ninstr && map0 < y->out_c; i++) {
    const uint32_t *w = instr(&p, i);
    const int op = GET(w, HDR, OPCODE);
    if (op == AXF_OP_KCFG) {
      CHECK(GET(w, KCFG, QM) == f->Qm && 1 << GET(w, KCFG, SEG_LOG2) == f->seg && GET(w, KCFG, BANKS) == f->Tm);
    } else if (op == AXF_OP_LD && GET(w, LD, DST) == 2 && lds < 64) {
      offset[lds] = GET(w, LD, OFFSET);
      lane_count[lds++] = 1 << GET(w, LD, LANES_LOG2);
    } else if (op == AXF_OP_KLD) {
      const uint8_t *b = p.weights + offset[seen];
      const int lanes = lane_count[seen++];
      int addr = 0;
      for (int s = 0; s < GET(w, KLD, MS); s++, map0 += f->Tm * f->Qm)
        for (int g = 0; g < f->Qm; g++) {
          for (int tm = 0; tm < f->Tm && map0 + g * f->Tm + tm < y->out_c; tm++) {
            const int m = map0 + g * f->Tm + tm;
            for (int copy = 0; copy < arch.rec_copies; copy++) {
              uint64_t record = 0;
              for (int k = 0; k < 8; k++)
                record |= (uint64_t)b[(addr + k * arch.rec_copies + copy) * lanes + tm] << 8 * k;
              CHECK_MSG((int32_t)record == q.q[0].bias[m] && (record >> 48 & 255) == q.q[0].mult[m] &&
                            record >> 56 == q.q[0].shift[m],
                        "%s: record of map %d, copy %d", text, m, copy);
            }
          }
          addr += 8 * arch.rec_copies;
          for (int n = 0; n < y->in_c; n++)
            for (int k = 0; k < y->ky * y->kx; k++, addr++)
              for (int tm = 0; tm < f->Tm && map0 + g * f->Tm + tm < y->out_c; tm++) {
                const int m = map0 + g * f->Tm + tm;
                CHECK_MSG(b[addr * lanes + tm] == code(weight(m, n, k / y->kx, k % y->kx)), "%s: map %d, word %d", text,
                          m, addr);
              }
        }
      CHECK(GET(w, KLD, NS) == (y->in_c + f->Tn - 1) / f->Tn && GET(w, KLD, PARAMS) == 1);
    }
  }
  CHECK_MSG(map0 >= y->out_c, "%s: kernels of %d maps", text, map0);
  axf_program_free(&p);
}

/* ---- the fields of a flat layer ---- */

static void flat_fields(void) {
  axf_program p;
  CHECK_MSG(compile(&p, "c1=2,1,1,4,1,2,seg=4,qm=2,flat;c2=1,1,1,2,2,3", 1) == 0, "%s", axf_errmsg());
  int tiles = 0, found = 0, rows = 0, layer = -1;
  for (int i = 0; i < p.ninstr; i++) {
    const uint32_t *w = instr(&p, i);
    const int op = GET(w, HDR, OPCODE);
    if (op == AXF_OP_XCFG0)
      layer = GET(w, XCFG0, LAYER);
    if (layer != 0)
      continue;
    if (op == AXF_OP_XCFG0)
      CHECK(GET(w, XCFG0, FLAT) == 1 && GET(w, XCFG0, QM) == 2 && GET(w, XCFG0, SEG_LOG2) == 2);
    if (op == AXF_OP_XCFG1) /* 7 columns back: -4 groups of 2, and 1 */
      CHECK_MSG(GET(w, XCFG1, XN_A) == 256 - 4 && GET(w, XCFG1, XN_P) == 1, "xn %d %d", GET(w, XCFG1, XN_A),
                GET(w, XCFG1, XN_P));
    if (op == AXF_OP_XCFG2) { /* 7 columns back with the next layer's Tj = 3: -3 groups, and 2; 4 maps on, Tn = 1 */
      CHECK(GET(w, XCFG2, ON_A) == 65536 - 3 && GET(w, XCFG2, ON_P) == 2);
      CHECK(GET(w, XCFG2, OQ_A) == 4 * GET(w, XCFG2, OPLANE) && GET(w, XCFG2, OQ_P) == 0);
      found = 1;
    }
    if (op != AXF_OP_XTILE)
      continue;
    CHECK(GET(w, XTILE, RS) == 1 && GET(w, XTILE, CT) == 7);
    CHECK(GET(w, XTILE, CS) == (GET(w, XTILE, RT) * 7 + 3) / 4);
    rows += GET(w, XTILE, RT) * GET(w, XTILE, MS);
    tiles++;
  }
  CHECK_MSG(found && tiles && rows == 2 * 7, "%d tiles, %d rows of map steps", tiles, rows);
  axf_program_free(&p);
}

int main(void) {
  if (axf_arch_default(&arch, 16, 8))
    return 1;
  make();
  words();
  small_kernel_buffers(16, 34);
  small_kernel_buffers(4, 210);
  refusals();
  kernel_words("c1=2,2,1,4,1,2,seg=4,qm=3", &(axf_factors){2, 2, 1, 4, 1, 2, 4, 3, 0});
  kernel_words("c1=1,3,1,4,1,1,seg=4,qm=4,flat", &(axf_factors){1, 3, 1, 4, 1, 1, 4, 4, 1});
  kernel_words("c1=3,1,1,4,3,3", &(axf_factors){3, 1, 1, 4, 3, 3, 16, 1, 0});
  CHECK(axf_arch_records(&arch, "", "vote") == 0);
  kernel_words("c1=2,2,1,4,1,2,seg=4,qm=3", &(axf_factors){2, 2, 1, 4, 1, 2, 4, 3, 0});
  CHECK(axf_arch_records(&arch, "", "none") == 0);
  flat_fields();
  axf_qnet_free(&q);
  axf_net_free(&net);
  return check_done("compile");
}
