/* rtl/array/kernel_loader.v: random distributions and loads; after each load every kernel local store and parameter
 * store is compared with the definition: row k takes bank k div rpg, column l of segment g takes the words of segment g
 * and input map l div cpg. With PROTECT_REC = 1 copies of parameter words are wrong: one is outvoted, two are not.
 * Parameters D, W, SEGS, PROTECT_REC. SPDX-License-Identifier: Apache-2.0 */
#include "engine.h"
#ifndef PROTECT_REC
#define PROTECT_REC 0
#endif

enum { COUNT = 400, STORE = 1024, PARAMS = 64, RECORD = 64 / W, COPIES = PROTECT_REC ? 3 : 1, LONG = 6000 };
static uint16_t ks[D][D][STORE], ks_want[D][D][STORE]; /* row, column, address */
static uint64_t par[D][PARAMS], par_want[D][PARAMS], shift[D];
static int rpg = 1, cpg = 1, banks = 1, tn = 1, seg = D, qm = 1; /* of the last KCFG that is complete */

/* A word of the kernel buffer. */
static uint32_t word(int bank, int addr) { return content((uint32_t)bank, (uint32_t)addr, 3) & ((1u << W) - 1); }

/* The copies that are wrong (bit c: copy c) of the parameter word whose first copy is at this address: all sets occur.
 */
static unsigned wrong(int bank, int at) { return PROTECT_REC ? content((uint32_t)bank, (uint32_t)at, 4) % 8 : 0; }

/* The bits that are wrong in them. */
static uint32_t wrong_bits(int bank, int at) { return content((uint32_t)bank, (uint32_t)at, 5) & ((1u << W) - 1); }

static uint32_t copy(int bank, int at, int c) {
  return word(bank, at) ^ (wrong(bank, at) >> c & 1 ? wrong_bits(bank, at) : 0);
}

/* What the rows shall get of the three. */
static uint32_t voted(int bank, int at) {
  const unsigned w = wrong(bank, at);
  return word(bank, at) ^ (w == 3 || w == 5 || w == 6 || w == 7 ? wrong_bits(bank, at) : 0);
}

/* What a bank holds at an address: word `offset` of those that instruction i reads, with so many input maps a step. */
static uint32_t held(const uint32_t *i, int of_tn, int offset, int bank, int addr) {
  const int maps = (GET(i, KLD_NS) - 1) * of_tn + GET(i, KLD_TAIL), record = GET(i, KLD_PARAMS) ? COPIES * RECORD : 0;
  const int in_map = offset % (record + maps * GET(i, KLD_KK));
  return in_map < record ? copy(bank, addr - in_map % COPIES, in_map % COPIES) : word(bank, addr);
}

static void add(int k, int *made_tn) {
  static int made_qm = 1;
  if (k % 5 == 0) {
    uint32_t *i = eng_add(AXF_OP_KCFG);
    int level = rnd(log2_of(SEGS) + 1), columns = D >> level;
    int r = chance(40) ? 1 : between(1, D), c = chance(40) ? 1 : between(1, columns); /* all of them often */
    *made_tn = chance(40) ? columns / c : between(1, columns / c);
    made_qm = chance(40) ? 1 << level : between(1, 1 << level);
    FIELD(i, KCFG_SEG_LOG2, log2_of(columns));
    FIELD(i, KCFG_QM, made_qm);
    FIELD(i, KCFG_RPG, r);
    FIELD(i, KCFG_CPG, c);
    FIELD(i, KCFG_BANKS, chance(40) ? D / r : between(1, D / r));
    FIELD(i, KCFG_TN, *made_tn);
    return;
  }
  uint32_t *i = eng_add(AXF_OP_KLD);
  int ms = between(1, 4), ns = between(1, 4), kk = chance(20) ? 1 : between(1, 25);
  if (chance(8)) { /* a long one */
    int *const one[] = {&ms, &ns, &kk}, which = rnd(3), most = LONG / *made_tn / made_qm;
    ms = ns = kk = 1;
    *one[which] = between(1, most < (which ? 1000 : 255) ? most : which ? 1000 : 255);
  }
  const int params = rnd(2);
  ms = params && ms * made_qm > PARAMS ? 1 : ms;
  FIELD(i, KLD_KB_ADDR, rnd(60000));
  FIELD(i, KLD_KS_ADDR, rnd(STORE - ms * ns * kk + 1));
  FIELD(i, KLD_NS, ns);
  FIELD(i, KLD_TAIL, chance(40) ? *made_tn : between(1, *made_tn));
  FIELD(i, KLD_KK, kk);
  FIELD(i, KLD_MS, ms);
  FIELD(i, KLD_PAR_ADDR, params ? rnd(PARAMS - ms * made_qm + 1) : rnd(PARAMS));
  FIELD(i, KLD_PARAMS, params);
}

/* What KLD means, into the wanted stores; returns the number of words read from a bank. */
static int define(const uint32_t *i) {
  int kk = GET(i, KLD_KK), ns = GET(i, KLD_NS), at = GET(i, KLD_KB_ADDR);
  for (int mg = 0; mg < GET(i, KLD_MS) * qm; mg++) {
    int m = mg / qm, first = mg % qm * seg; /* column of the segment */
    if (GET(i, KLD_PARAMS)) {
      for (int row = 0; row < rpg * banks; row++)
        for (int w = 0; w < RECORD; w++)
          bits_set(&par_want[row][GET(i, KLD_PAR_ADDR) + mg], w * W, W, voted(row / rpg, at + w * COPIES));
      at += RECORD * COPIES;
    }
    for (int n = 0; n < ns; n++)
      for (int t = 0; t < (n == ns - 1 ? GET(i, KLD_TAIL) : tn); t++, at += kk)
        for (int k = 0; k < kk; k++)
          for (int row = 0; row < rpg * banks; row++)
            for (int col = first + t * cpg; col < first + (t + 1) * cpg; col++)
              ks_want[row][col][GET(i, KLD_KS_ADDR) + (m * ns + n) * kk + k] = (uint16_t)word(row / rpg, at + k);
  }
  return at - GET(i, KLD_KB_ADDR);
}

/* Takes what the loader writes in this cycle. */
static void take_writes(void) {
  for (int row = 0; row < D; row++) {
    uint64_t value = bits_get(&pins.bus_o, row * W, W);
    for (int col = 0; col < D; col++)
      if (bits_get(&pins.ks_we_o, col, 1))
        ks[row][col][pins.ks_addr_o] = (uint16_t)value;
    if (!pins.par_shift_o)
      continue;
    uint64_t record = value << (64 - W) | shift[row] >> W; /* the first word ends lowest */
    if (pins.par_we_o)
      par[row][pins.par_addr_o] = record;
    shift[row] = record;
  }
}

int main(int argc, char **argv) {
  tb_start(argc, argv);
  int made_tn = 1;
  for (int k = 0; k < COUNT; k++)
    add(k, &made_tn);
  pins.rst_i = 1;
  tick();
  pins.rst_i = 0;
  static int reads[COUNT];
  int reading = 0, reading_banks = 1, reading_tn = 1; /* the last instruction that was started; of the last KCFG */
  while (eng_posted < COUNT) {
    eng_drive();
    settle();
    EXPECT(!pins.par_we_o || pins.par_shift_o, "a record without its last word");
    take_writes();
    uint64_t re = bits_get(&pins.re_o, 0, D);
    const int raddr = pins.raddr_o, of_tn = reading_tn, offset = reads[reading];
    const uint32_t *of = eng_instr[reading];
    if (re) {
      EXPECT(re == (1ull << reading_banks) - 1, "reads the banks %llx", (unsigned long long)re);
      EXPECT(raddr == GET(eng_instr[reading], KLD_KB_ADDR) + reads[reading], "reads address %d", raddr);
      reads[reading]++;
    }
    /* An instruction may start while the one before is still on its way; at a post the stores hold what came until
     * then. */
    const uint32_t *i = eng_post();
    if (i && GET(i, HDR_OPCODE) == AXF_OP_KCFG) {
      rpg = GET(i, KCFG_RPG);
      cpg = GET(i, KCFG_CPG);
      banks = GET(i, KCFG_BANKS);
      tn = GET(i, KCFG_TN);
      seg = 1 << GET(i, KCFG_SEG_LOG2);
      qm = GET(i, KCFG_QM);
      memcpy(ks_want, ks, sizeof ks); /* rows that were not in use hold anything */
      memcpy(par_want, par, sizeof par);
    } else if (i) {
      int words = define(i), done = eng_posted - 1;
      EXPECT(reads[done] == words, "%d words read, expected %d", reads[done], words);
      EXPECT(!memcmp(ks, ks_want, sizeof *ks * (size_t)(rpg * banks)), "kernel stores after instruction %d", done);
      EXPECT(!memcmp(par, par_want, sizeof *par * (size_t)(rpg * banks)), "parameter stores after %d", done);
    }
    EXPECT(!pins.idle_o || eng_posted == eng_next, "idle with an open instruction");
    if ((i = eng_pop()) != NULL) {
      reading = eng_next - 1;
      if (GET(i, HDR_OPCODE) == AXF_OP_KCFG) {
        reading_banks = GET(i, KCFG_BANKS);
        reading_tn = GET(i, KCFG_TN);
      }
    }
    tick();
    if (re)
      for (int b = 0; b < D; b++)
        if (re >> b & 1)
          bits_set(&pins.rdata_i, b * W, W, held(of, of_tn, offset, b, raddr));
  }
  for (int t = 0; t < 5; t++) {
    settle();
    EXPECT(pins.idle_o && !pins.post_o && !bits_get(&pins.ks_we_o, 0, D), "works after the end");
    tick();
  }
  return tb_done();
}
