/* rtl/axi/read_arbiter.v: two requesters, a memory that answers in order, everything with random delays.
 * SPDX-License-Identifier: Apache-2.0 */
#include "tb.h"

enum { BURSTS = 6000 };
static struct {
  int load; /* owner */
  uint32_t addr;
  int beats;
} burst[BURSTS + 2];

int main(int argc, char **argv) {
  tb_start(argc, argv);
  pins.rst_i = 1;
  tick();
  pins.rst_i = 0;
  int granted = 0, addressed = 0, answered = 0, beat = 0, most = 0; /* bursts; beats of burst `answered` */
  int request = 50, address = 50, answer = 50, accept = 50;         /* percent */
  int flushes = 0;
  pins.f_req_i = pins.l_req_i = pins.rvalid_i = pins.flush_i = 0;
  for (long t = 0; answered < BURSTS; t++) {
    if (t % 500 == 0) {
      request = between(10, 100);
      address = between(10, 100);
      answer = between(10, 100);
      accept = between(10, 100);
    }
    /* A request stays until it is granted. */
    if (!pins.f_req_i && granted < BURSTS && chance(request / 2)) {
      pins.f_req_i = 1;
      pins.f_addr_i = (uint32_t)rnd64();
      pins.f_len_i = (uint8_t)(chance(50) ? 0 : rnd(16));
    }
    if (!pins.l_req_i && granted < BURSTS && chance(request)) {
      pins.l_req_i = 1;
      pins.l_addr_i = (uint32_t)rnd64();
      pins.l_len_i = (uint8_t)(chance(50) ? 0 : rnd(16));
    }
    pins.arready_i = (uint8_t)chance(address);
    pins.l_rready_i = (uint8_t)chance(accept);
    if (!pins.rvalid_i)
      pins.rvalid_i = (uint8_t)(answered < addressed && chance(answer));
    if (!pins.flush_i && chance(1) && chance(30)) {
      pins.flush_i = 1;
      flushes++;
    }
    pins.rlast_i = (uint8_t)(pins.rvalid_i ? beat == burst[answered].beats - 1 : rnd(2));
    settle();

    int open = granted - answered, free = !pins.arvalid_o || pins.arready_i;
    EXPECT(pins.idle_o == (open == 0), "idle_o is %d with %d bursts open", pins.idle_o, open);
    EXPECT(pins.arvalid_o == (granted > addressed), "arvalid_o is %d", pins.arvalid_o);
    EXPECT(granted - addressed <= 1, "more than one request before the address channel");
    if (pins.arvalid_o)
      EXPECT(pins.araddr_o == burst[addressed].addr && pins.arlen_o + 1 == burst[addressed].beats,
             "address of burst %d changed", addressed);
    int any = (pins.f_req_i || pins.l_req_i) && free && open < 8 && !pins.flush_i;
    EXPECT(pins.f_grant_o == (any && pins.f_req_i), "f_grant_o is %d", pins.f_grant_o);
    EXPECT(pins.l_grant_o == (any && !pins.f_req_i), "l_grant_o is %d", pins.l_grant_o);
    if (pins.rvalid_i) {
      int load = burst[answered].load;
      EXPECT(pins.f_rvalid_o == (!load && !pins.flush_i) && pins.l_rvalid_o == (load && !pins.flush_i),
             "beat goes to the wrong owner");
      EXPECT(pins.rready_o == (load && !pins.flush_i ? pins.l_rready_i : 1), "rready_o is %d", pins.rready_o);
    } else
      EXPECT(!pins.f_rvalid_o && !pins.l_rvalid_o, "a beat out of nothing");

    addressed += pins.arvalid_o && pins.arready_i;
    int f_grant = pins.f_grant_o, l_grant = pins.l_grant_o, taken = pins.rvalid_i && pins.rready_o;
    if (f_grant || l_grant) {
      burst[granted].load = l_grant;
      burst[granted].addr = f_grant ? pins.f_addr_i : pins.l_addr_i;
      burst[granted].beats = (f_grant ? pins.f_len_i : pins.l_len_i) + 1;
      granted++;
    }
    if (taken && ++beat == burst[answered].beats) {
      answered++;
      beat = 0;
    }
    if (granted - answered > most)
      most = granted - answered;
    int quiet = pins.flush_i && open == 0;
    tick();
    if (quiet)
      pins.flush_i = 0;
    if (f_grant)
      pins.f_req_i = 0;
    if (l_grant)
      pins.l_req_i = 0;
    if (taken)
      pins.rvalid_i = 0;
    if (answered >= BURSTS - 2 && granted >= BURSTS)
      break;
  }
  EXPECT(flushes > 20, "only %d flushes", flushes);
  EXPECT(most == 8, "never 8 bursts open: %d", most);
  return tb_done();
}
