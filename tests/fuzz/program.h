/* The fuzz target `program` (program.c). SPDX-License-Identifier: Apache-2.0 */
#ifndef FUZZ_PROGRAM_H
#define FUZZ_PROGRAM_H
#include <stddef.h>
#include <stdint.h>
/* Runs the bytes as an accelerator program on the functional model, in program order and with the engines apart. */
void fuzz_program(const uint8_t *b, size_t n);
#endif
