/* The probe with a made-up program of two layers: what is right is silent, every kind of wrong write is found.
 * SPDX-License-Identifier: Apache-2.0 */
#include "check.h"
#include "probe.h"
#include <stdlib.h>
#include <string.h>

enum { D = 4, C = 3, H = 3, W = 5, N = C * H * W };
static axf_program prog;
static axf_block blocks[3];
static axf_qnet q;
static axf_net net;
static axf_probe p;
static int16_t first[N], second[4];
static int16_t *const model[2] = {first, second};

static void make(void) {
  prog.arch = (axf_arch){.D = D, .W = 8, .nb_words = 64};
  prog.nlayers = 2;
  prog.layer[0] = (axf_prog_layer){.net_layer = 0, .out_c = C, .out_h = H, .out_w = W};
  prog.layer[0].out = (axf_placement){
      .Tn = 1, .Ti = 2, .Tj = 2, .pad_y = 1, .pad_x = 1, .buffer = 1, .base = 3, .plane = 12, .pitch = 4};
  prog.layer[1] = (axf_prog_layer){.net_layer = 1, .out_c = 4, .out_h = 1, .out_w = 1};
  prog.layer[1].out = (axf_placement){.Tn = 4, .Ti = 1, .Tj = 1, .plane = 1, .pitch = 1};
  q.q[1].out_signed = 1;
  /* The first layer is written in two blocks, columns 0..2 and 3..4, at the same place one after the other. */
  for (int k = 0; k < 2; k++) {
    blocks[k] = (axf_block){.x0 = 3 * k, .at = prog.layer[0].out};
    blocks[k].at.c = C;
    blocks[k].at.h = H;
    blocks[k].at.w = k ? 2 : 3;
  }
  blocks[2] = (axf_block){.at = prog.layer[1].out};
  blocks[2].at.c = 4;
  blocks[2].at.h = blocks[2].at.w = 1;
  prog.layer[0].block = blocks;
  prog.layer[0].nblocks = 2;
  prog.layer[1].block = &blocks[2];
  prog.layer[1].nblocks = 1;
  strcpy(net.layer[0].name, "c1");
  strcpy(net.layer[1].name, "f2");
  for (int i = 0; i < N; i++)
    first[i] = (int16_t)(200 + i);
  for (int i = 0; i < 4; i++)
    second[i] = (int16_t)(i * 40 - 100);
}

/* Writes one word the way the array does. */
static void put(int layer, int buffer, int bank, int addr, int code, uint64_t cycle) {
  axf_pins_out o = {.nb_we = (uint8_t)(1 << buffer), .layer = (uint8_t)layer, .nb_mask = 1u << bank};
  o.nb_addr[bank / 2] = (uint32_t)addr << 16 * (bank % 2);
  o.nb_data[0] = (uint32_t)code << 8 * bank;
  axf_probe_cycle(&p, &o, cycle);
}

static void put_result(int layer, int i, int code, uint64_t cycle) {
  const axf_prog_layer *g = &prog.layer[layer];
  int bank, addr, plane = g->out_h * g->out_w, x = i % g->out_w, k = layer == 0 ? x / 3 : 0;
  axf_place(&g->block[k].at, i / plane, i / g->out_w % g->out_h, x - g->block[k].x0, &bank, &addr);
  put(layer, g->out.buffer, bank, addr, code, cycle);
}

/* A whole run, without result `skip` of the first layer; second layer in sign-magnitude. */
static void run(int skip, int wrong) {
  axf_probe_begin(&p, model);
  for (int k = 0; k < 2; k++)
    for (int i = 0; i < N; i++)
      if (i % W / 3 == k && i != skip)
        put_result(0, i, (first[i] & 0xff) ^ (i == wrong), 10 + (uint64_t)i);
  axf_pins_out o = {.nb_we = 1, .layer = 1, .nb_mask = 15}; /* all four in one cycle: -100 -60 -20 20 */
  o.nb_data[0] = 0x1494bce4;
  axf_probe_cycle(&p, &o, 99);
}

static void expect(axf_miss_kind kind, uint64_t count, const char *words) {
  char text[256];
  axf_probe_end(&p);
  axf_miss_text(&p.first, &prog, &net, text);
  CHECK_MSG(p.mismatches == count && p.failed && p.first.kind == kind, "%llu mismatches, kind %d, %s",
            (unsigned long long)p.mismatches, p.first.kind, text);
  CHECK_MSG(strstr(text, words) != NULL, "'%s' does not say '%s'", text, words);
  axf_probe_free(&p);
  CHECK(axf_probe_init(&p, &prog, &q) == 0);
}

static void placement_errors(void) {
  axf_probe x;
  blocks[0].at.pitch = 1;
  CHECK(axf_probe_init(&x, &prog, &q) < 0 && strstr(axf_errmsg(), "shares bank"));
  blocks[0].at.pitch = 4;
  blocks[1].at.base = 60;
  CHECK(axf_probe_init(&x, &prog, &q) < 0 && strstr(axf_errmsg(), "outside"));
}

int main(void) {
  make();
  for (int i = 0; i < N; i++)
    first[i] &= 0xff;
  CHECK(axf_probe_init(&p, &prog, &q) == 0);
  for (int k = 0; k < 3; k++) {
    run(-1, -1);
    axf_probe_end(&p);
  }
  CHECK(p.mismatches == 0 && !p.failed && p.results == 3 * (N + 4));
  CHECK(p.layer[0].last == 10 + N - 1 && p.layer[1].last == 99);
  run(-1, 22); /* channel 1 row 1 column 2 */
  expect(AXF_MISS_VALUE, 1, "layer c1 channel 1 row 1 column 2: RTL 223, model 222");
  run(9, -1);
  expect(AXF_MISS_NEVER, 1, "channel 0 row 1 column 4: never written, model 209");
  run(-1, -1);
  put_result(0, 3, first[3], 100);
  expect(AXF_MISS_TWICE, 1, "channel 0 row 0 column 3: written twice");
  run(-1, -1);
  put(0, 0, 0, 3, 1, 100); /* right place, wrong buffer */
  expect(AXF_MISS_PLACE, 1, "buffer 0 bank 0 address 3");
  run(-1, -1);
  put(0, 1, 0, 3, 1, 100); /* a padding position */
  expect(AXF_MISS_PLACE, 1, "where no result belongs");
  run(-1, -1);
  put(0, 1, 0, 4000, 1, 100);
  expect(AXF_MISS_PLACE, 1, "address 4000");
  run(-1, -1);
  put(7, 1, 0, 0, 0, 100);
  expect(AXF_MISS_LAYER, 1, "layer number 7");
  axf_probe_begin(&p, model); /* nothing is written at all */
  expect(AXF_MISS_NEVER, N + 4, "never written");
  placement_errors();
  axf_probe_free(&p);
  return check_done("test_probe");
}
