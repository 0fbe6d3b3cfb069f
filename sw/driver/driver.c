/* The accelerator's driver: a few register accesses a call (registers: sw/isa/axflow.isa).
 * SPDX-License-Identifier: Apache-2.0 */
#include "driver/driver.h"
#include "isa/isa.h"

#define ID_WORD 0x41584631u /* "AXF1" */
#define CTRL_START 1u
#define CTRL_RESET 2u
#define STATUS_BUSY 1u
#define STATUS_DONE 2u
#define STATUS_ERROR 4u
#define IRQ_ENABLE 1u
#define IRQ_CLEAR 2u

static int put(axf_dev *d, uint32_t off, uint32_t value) {
  return d->reg_write(d->ctx, off, value) ? AXF_DEV_BUS : AXF_DEV_OK;
}

static int get(axf_dev *d, uint32_t off, uint32_t *value) {
  return d->reg_read(d->ctx, off, value) ? AXF_DEV_BUS : AXF_DEV_OK;
}

/* AXF_DEV_OK when no program is running. */
static int check_free(axf_dev *d) {
  uint32_t status;
  if (get(d, AXF_REG_STATUS, &status))
    return AXF_DEV_BUS;
  return status & STATUS_BUSY ? AXF_DEV_BUSY : AXF_DEV_OK;
}

int axf_dev_probe(axf_dev *d) {
  uint32_t id, config, config2;
  if (get(d, AXF_REG_ID, &id))
    return AXF_DEV_BUS;
  if (id != ID_WORD)
    return AXF_DEV_NONE;
  if (get(d, AXF_REG_CONFIG, &config) || get(d, AXF_REG_CONFIG2, &config2))
    return AXF_DEV_BUS;
  d->D = config & 0xff;
  d->W = config >> 8 & 0xff;
  d->nb_words = UINT32_C(1) << (config >> 16 & 31);
  d->kb_words = UINT32_C(1) << (config >> 24 & 31);
  d->segs = UINT32_C(1) << (config2 & 15);
  d->rec_copies = config2 >> 4 & 1 ? 3 : 1;
  return AXF_DEV_OK;
}

int axf_dev_reset(axf_dev *d, uint32_t max_polls) {
  int r = put(d, AXF_REG_CTRL, CTRL_RESET);
  for (uint32_t i = 0; i < max_polls && !r; i++) {
    if (i > 0 && d->idle)
      d->idle(d->ctx);
    r = check_free(d);
    if (r != AXF_DEV_BUSY)
      return r;
    r = AXF_DEV_OK;
  }
  return r ? r : AXF_DEV_TIMEOUT;
}

int axf_dev_watchdog(axf_dev *d, uint32_t cycles) { return put(d, AXF_REG_WATCHDOG, cycles); }

int axf_dev_load(axf_dev *d, const axf_dev_program *p) {
  int r = p->prog % 256 || p->ninstr == 0 ? AXF_DEV_ARGS : AXF_DEV_OK;
  for (int i = 0; i < 4; i++)
    if (p->base[i] % 16)
      r = AXF_DEV_ARGS;
  if (r || (r = check_free(d)) || (r = put(d, AXF_REG_PROG, p->prog)) || (r = put(d, AXF_REG_PROGLEN, p->ninstr)))
    return r;
  for (uint32_t i = 0; i < 4 && !r; i++)
    if (!(r = put(d, AXF_REG_BASE0 + 4 * i, p->base[i])))
      r = put(d, AXF_REG_LIMIT0 + 4 * i, p->size[i] ? p->base[i] + p->size[i] - 1 : UINT32_MAX);
  return r;
}

int axf_dev_start(axf_dev *d) {
  int r = check_free(d);
  if (r || (r = put(d, AXF_REG_IRQ, IRQ_CLEAR | (d->irq ? IRQ_ENABLE : 0))))
    return r;
  return put(d, AXF_REG_CTRL, CTRL_START);
}

int axf_dev_wait(axf_dev *d, uint32_t max_polls) {
  for (uint32_t i = 0; i < max_polls; i++) {
    uint32_t status;
    if (i > 0 && d->idle)
      d->idle(d->ctx);
    if (get(d, AXF_REG_STATUS, &status))
      return AXF_DEV_BUS;
    if (!(status & STATUS_ERROR) && status & STATUS_BUSY)
      continue;
    if (!(status & STATUS_DONE))
      return AXF_DEV_IDLE;
    if (put(d, AXF_REG_IRQ, IRQ_CLEAR))
      return AXF_DEV_BUS;
    return status & STATUS_ERROR ? (int)(status >> 8 & 0xff) : AXF_DEV_OK;
  }
  return AXF_DEV_TIMEOUT;
}

int axf_dev_counters(axf_dev *d, axf_dev_count *c) {
  const struct {
    uint32_t off;
    uint32_t *value;
  } reg[] = {{AXF_REG_CYCLES, &c->cycles},
             {AXF_REG_MACS, &c->macs},
             {AXF_REG_X_BUSY, &c->busy},
             {AXF_REG_X_WAIT_K, &c->wait_k},
             {AXF_REG_X_WAIT_N, &c->wait_n},
             {AXF_REG_X_WAIT_O, &c->wait_o},
             {AXF_REG_X_WB, &c->wb},
             {AXF_REG_X_CFG, &c->cfg},
             {AXF_REG_LD_BEATS, &c->ld_beats},
             {AXF_REG_FETCH_BEATS, &c->fetch_beats},
             {AXF_REG_ST_BEATS, &c->st_beats},
             {AXF_REG_KB_WR, &c->kb_wr},
             {AXF_REG_KB_RD, &c->kb_rd},
             {AXF_REG_NB_WR, &c->nb_wr},
             {AXF_REG_NB_RD, &c->nb_rd},
             {AXF_REG_KS_WR, &c->ks_wr},
             {AXF_REG_NS_WR, &c->ns_wr},
             {AXF_REG_PS_RD, &c->ps_rd},
             {AXF_REG_PS_WR, &c->ps_wr},
             {AXF_REG_ECC_CORRECTED, &c->corrected},
             {AXF_REG_ECC_DETECTED, &c->detected}};
  for (unsigned i = 0; i < sizeof reg / sizeof reg[0]; i++)
    if (get(d, reg[i].off, reg[i].value))
      return AXF_DEV_BUS;
  return AXF_DEV_OK;
}

const char *axf_dev_error_text(int code) {
  switch (code) {
  case AXF_DEV_OK:
    return "no error";
  case AXF_DEV_BUS:
    return "a register access failed on the bus";
  case AXF_DEV_NONE:
    return "no accelerator answers at this address (wrong identification register)";
  case AXF_DEV_ARGS:
    return "the program address is not a multiple of 256, a base address not a multiple of 16, or the program is empty";
  case AXF_DEV_BUSY:
    return "the accelerator is still running a program";
  case AXF_DEV_TIMEOUT:
    return "the program was not done within the given number of polls";
  case AXF_DEV_IDLE:
    return "no program was started";
#define TEXT(name, number, words)                                                                                      \
  case AXF_ERR_##name:                                                                                                 \
    return words;
    AXF_ISA_ERRORS(TEXT)
#undef TEXT
  default:
    return "unknown error code";
  }
}
