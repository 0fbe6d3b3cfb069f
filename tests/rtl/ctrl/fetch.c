/* rtl/ctrl/fetch.v: programs of random instructions through a memory with random grants, delays and full queues.
 * Checked: the bursts, order and place of every instruction, END, a bad opcode. SPDX-License-Identifier: Apache-2.0 */
#include "tb.h"

enum { MAX = 64 };
static uint32_t program[MAX][8];

/* One bit an engine {store, exec, nload, kload, load}; 0: not an instruction of an engine. */
static int engine_of(int opcode) {
  switch (opcode) {
  case AXF_OP_LD:
    return 1;
  case AXF_OP_KCFG:
  case AXF_OP_KLD:
    return 2;
  case AXF_OP_NCFG:
  case AXF_OP_NLD:
    return 4;
  case AXF_OP_XCFG0:
  case AXF_OP_XCFG1:
  case AXF_OP_XCFG2:
  case AXF_OP_XTILE:
    return 8;
  case AXF_OP_ST:
    return 16;
  default:
    return 0;
  }
}

/* Runs a program of n instructions. Its last one is END; bad 1: it has no engine; bad 2: it is one as any other. */
static void run(int n, int bad) {
  for (int k = 0; k < n; k++) {
    bits_random(program[k], sizeof program[k]);
    FIELD(program[k], HDR_OPCODE, k < n - 1 || bad == 2 ? between(1, 10) : bad ? between(11, 15) : AXF_OP_END);
  }
  uint32_t prog = (uint32_t)rnd64() & 0x7fffff00;
  int queue_percent = between(10, 100), data_percent = between(20, 100), grant_percent = between(20, 100);
  pins.start_i = 1;
  pins.prog_i = prog;
  pins.proglen_i = (uint32_t)n;
  pins.grant_i = pins.rvalid_i = pins.idle_i = 0;
  tick();
  pins.start_i = 0;
  int over = 0, requested = 0, arrived = 0, pushed = 0, ended = 0; /* in beats, beats, instructions */
  for (int t = 0; !ended && t < 5000; t++) {
    pins.prog_i = (uint32_t)rnd64(); /* only start_i looks at it */
    pins.idle_i = (uint8_t)chance(20);
    pins.ready_i = (uint8_t)(chance(queue_percent) ? rnd(32) : 0);
    pins.rvalid_i = (uint8_t)(arrived < requested && chance(data_percent));
    if (pins.rvalid_i)
      memcpy(pins.rdata_i, &program[arrived / 2][arrived % 2 * 4], 16);
    else
      bits_random(pins.rdata_i, 16);
    pins.grant_i = 0;
    settle();
    pins.grant_i = (uint8_t)(pins.req_o && chance(grant_percent));
    settle();

    int beats = pins.len_o + 1;
    if (pins.grant_i) {
      EXPECT(pins.addr_o == prog + 16u * (uint32_t)requested, "burst at %x", pins.addr_o);
      EXPECT(beats % 2 == 0 && beats <= 16 && requested + beats <= 2 * n, "burst of %d beats", beats);
      EXPECT(beats == 16 || requested + beats == 2 * n, "burst of %d beats before the end", beats);
      EXPECT(pins.addr_o / 256 == (pins.addr_o + 16 * (uint32_t)beats - 1) / 256, "burst crosses a line");
      requested += beats;
      EXPECT(requested / 2 - pushed <= 16, "%d instructions for 16 places", requested / 2 - pushed);
    }
    EXPECT(!pins.req_o || requested <= 2 * n, "requests beyond the program");
    int at_end = !bad && pushed == n - 1 && arrived == 2 * n;
    if (pins.push_o) {
      EXPECT(pushed < arrived / 2, "pushes an instruction that has not arrived");
      int engine = engine_of(GET(program[pushed], HDR_OPCODE));
      EXPECT(pins.push_o == engine, "pushes to %x, expected %x", pins.push_o, engine);
      EXPECT((pins.push_o & ~pins.ready_i) == 0, "pushes to a full queue");
      EXPECT(!memcmp(pins.instr_o, program[pushed], 32), "instruction %d is another", pushed);
      pushed++;
    } else if (pushed < arrived / 2) {
      int engine = engine_of(GET(program[pushed], HDR_OPCODE));
      EXPECT(!(engine & pins.ready_i), "does not push instruction %d", pushed);
    }
    if (pins.done_o) {
      EXPECT(pins.idle_i, "done while the engines are busy");
      EXPECT(!bad && pushed == n - 1, "done after %d of %d instructions", pushed, n);
      ended = 1;
    } else if (at_end)
      EXPECT(!pins.idle_i, "not done although idle");
    EXPECT(pins.overrun_o == over, "overrun_o is %d", pins.overrun_o);
    over = bad == 2 && pushed == n;
    if (bad == 2 && over && t % 50 == 49)
      ended = 1;
    if (bad == 1 && pushed == n - 1 && arrived == 2 * n && t % 50 == 49)
      ended = 1; /* nothing must happen in these cycles */
    if (bad != 1)
      EXPECT(!pins.bad_o, "bad_o in a good program");
    arrived += pins.rvalid_i;
    tick();
  }
  EXPECT(ended, "stuck after %d of %d instructions", pushed, n);
  pins.rvalid_i = pins.grant_i = 0;
  settle();
  EXPECT(pins.bad_o == (bad == 1), "bad_o is %d", pins.bad_o);
  for (int t = 0; t < 3; t++) {
    EXPECT(!pins.done_o && !pins.push_o && (bad || !pins.req_o), "works after the end");
    tick();
  }
}

static void reset(void) {
  pins.rst_i = 1;
  pins.start_i = 0;
  tick();
  pins.rst_i = 0;
  settle();
  EXPECT(!pins.bad_o && !pins.req_o && !pins.push_o && !pins.done_o, "not idle after reset");
}

int main(int argc, char **argv) {
  tb_start(argc, argv);
  reset();
  for (int k = 0; k < 200; k++) {
    int bad = k % 10 == 9 ? 1 : k % 10 == 8 ? 2 : 0;
    run(k < 20 ? k + 1 : between(1, MAX), bad);
    if (bad || chance(10))
      reset();
  }
  return tb_done();
}
