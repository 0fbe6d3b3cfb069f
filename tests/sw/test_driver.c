/* The driver against a register file that behaves as rtl/ctrl/registers.v documents.
 * SPDX-License-Identifier: Apache-2.0 */
#include "check.h"
#include "driver/driver.h"
#include "isa/isa.h"
#include <string.h>

typedef struct {
  uint32_t reg[64];
  int busy_polls; /* STATUS reads until a started program is done */
  int code;       /* error code it then has */
  int draining;   /* STATUS reads until a reset is over */
  int writes, starts, idles, broken;
} fake;

static int fake_write(void *ctx, uint32_t off, uint32_t v) {
  fake *f = ctx;
  if (f->broken)
    return 1;
  f->writes++;
  if (off == AXF_REG_CTRL && v & 1) {
    f->starts++;
    f->reg[AXF_REG_STATUS / 4] = 1;
  } else if (off == AXF_REG_CTRL && v & 2) {
    f->reg[AXF_REG_STATUS / 4] = 0;
  } else {
    f->reg[off / 4] = v;
  }
  return 0;
}

static int fake_read(void *ctx, uint32_t off, uint32_t *v) {
  fake *f = ctx;
  if (f->broken)
    return 1;
  if (off == AXF_REG_STATUS && f->reg[off / 4] == 1 && f->busy_polls-- <= 0)
    f->reg[off / 4] = f->code ? 6u | (uint32_t)f->code << 8 : 2u;
  *v = f->reg[off / 4];
  if (off == AXF_REG_STATUS && f->draining > 0) {
    f->draining--;
    *v |= 1;
  }
  return 0;
}

static void fake_idle(void *ctx) { ((fake *)ctx)->idles++; }

static axf_dev device(fake *f) {
  memset(f, 0, sizeof *f);
  f->reg[AXF_REG_ID / 4] = 0x41584631;
  f->reg[AXF_REG_CONFIG / 4] = 11u << 24 | 10u << 16 | 8u << 8 | 16u;
  f->reg[AXF_REG_CONFIG2 / 4] = 3;
  return (axf_dev){.reg_write = fake_write, .reg_read = fake_read, .idle = fake_idle, .ctx = f, .irq = 1};
}

static void probe(void) {
  fake f;
  axf_dev d = device(&f);
  CHECK(axf_dev_probe(&d) == AXF_DEV_OK);
  CHECK(d.D == 16 && d.W == 8 && d.nb_words == 1024 && d.kb_words == 2048 && d.segs == 8 && d.rec_copies == 1);
  f.reg[AXF_REG_CONFIG2 / 4] |= 1 << 4;
  CHECK(axf_dev_probe(&d) == AXF_DEV_OK && d.segs == 8 && d.rec_copies == 3);
  f.reg[AXF_REG_ID / 4] = 0x12345678;
  CHECK(axf_dev_probe(&d) == AXF_DEV_NONE);
  f.broken = 1;
  CHECK(axf_dev_probe(&d) == AXF_DEV_BUS);
}

static void load(void) {
  fake f;
  axf_dev d = device(&f);
  axf_dev_program p = {0x100, 7, {0x10, 0x20, 0x30, 0x40}, {0x100, 0, 0x40, 16}};
  CHECK(axf_dev_load(&d, &p) == AXF_DEV_OK);
  CHECK(f.reg[AXF_REG_PROG / 4] == 0x100 && f.reg[AXF_REG_PROGLEN / 4] == 7);
  CHECK(f.reg[AXF_REG_BASE0 / 4] == 0x10 && f.reg[AXF_REG_BASE1 / 4] == 0x20);
  CHECK(f.reg[AXF_REG_BASE2 / 4] == 0x30 && f.reg[AXF_REG_BASE3 / 4] == 0x40);
  CHECK(f.reg[AXF_REG_LIMIT0 / 4] == 0x10f && f.reg[AXF_REG_LIMIT1 / 4] == UINT32_MAX);
  CHECK(f.reg[AXF_REG_LIMIT2 / 4] == 0x6f && f.reg[AXF_REG_LIMIT3 / 4] == 0x4f);
  f.writes = 0;
  axf_dev_program bad = p;
  bad.prog = 0x110;
  CHECK(axf_dev_load(&d, &bad) == AXF_DEV_ARGS);
  bad = p;
  bad.base[2] = 8;
  CHECK(axf_dev_load(&d, &bad) == AXF_DEV_ARGS);
  bad = p;
  bad.ninstr = 0;
  CHECK(axf_dev_load(&d, &bad) == AXF_DEV_ARGS);
  f.busy_polls = 100;
  CHECK(axf_dev_start(&d) == AXF_DEV_OK);
  f.writes = 0;
  CHECK(axf_dev_load(&d, &p) == AXF_DEV_BUSY);
  CHECK(axf_dev_start(&d) == AXF_DEV_BUSY);
  CHECK(f.writes == 0 && f.starts == 1);
}

static void wait_for(void) {
  fake f;
  axf_dev d = device(&f);
  CHECK(axf_dev_wait(&d, 10) == AXF_DEV_IDLE);
  f.busy_polls = 4; /* one of them is taken by start's own check of nothing running */
  CHECK(axf_dev_start(&d) == AXF_DEV_OK);
  CHECK(f.reg[AXF_REG_IRQ / 4] == 3);
  CHECK(axf_dev_wait(&d, 3) == AXF_DEV_TIMEOUT);
  CHECK(f.idles == 2);
  CHECK(axf_dev_wait(&d, 10) == AXF_DEV_OK);
  for (int code = 1; code <= 7; code++) {
    f.busy_polls = 1;
    f.code = code;
    CHECK(axf_dev_start(&d) == AXF_DEV_OK);
    CHECK(axf_dev_wait(&d, 10) == code);
  }
  /* An error is reported at once; the next start waits until the bus is quiet. */
  f.reg[AXF_REG_STATUS / 4] = 7 | AXF_DEV_WATCHDOG << 8;
  CHECK(axf_dev_wait(&d, 1) == AXF_DEV_WATCHDOG);
  CHECK(axf_dev_start(&d) == AXF_DEV_BUSY);
  CHECK(axf_dev_reset(&d, 3) == AXF_DEV_OK);
  f.draining = 3;
  f.idles = 0;
  CHECK(axf_dev_reset(&d, 2) == AXF_DEV_TIMEOUT && f.idles == 1);
  f.draining = 3;
  CHECK(axf_dev_reset(&d, 4) == AXF_DEV_OK);
  CHECK(axf_dev_watchdog(&d, 77) == AXF_DEV_OK && f.reg[AXF_REG_WATCHDOG / 4] == 77);
  CHECK(axf_dev_wait(&d, 10) == AXF_DEV_IDLE);
}

static void counters(void) {
  fake f;
  axf_dev d = device(&f);
  axf_dev_count c;
  uint32_t word[21];
  for (uint32_t i = 0; i < 21; i++)
    f.reg[AXF_REG_CYCLES / 4 + i] = 1000 + i;
  CHECK(axf_dev_counters(&d, &c) == AXF_DEV_OK);
  CHECK(sizeof c == sizeof word);
  memcpy(word, &c, sizeof c);
  for (uint32_t i = 0; i < 21; i++)
    CHECK_MSG(word[i] == 1000 + i, "counter %u is %u", i, word[i]);
}

static void texts(void) {
  const char *unknown = axf_dev_error_text(99);
  for (int i = -6; i <= 7; i++)
    for (int k = i; k <= 7; k++) {
      CHECK(strlen(axf_dev_error_text(i)) > 4 && strcmp(axf_dev_error_text(i), unknown) != 0);
      CHECK(k == i || strcmp(axf_dev_error_text(i), axf_dev_error_text(k)) != 0);
    }
  CHECK(strstr(axf_dev_error_text(1), "bad instruction") && strstr(axf_dev_error_text(2), "semaphore overflow"));
}

int main(void) {
  probe();
  load();
  wait_for();
  counters();
  texts();
  return check_done("test_driver");
}
