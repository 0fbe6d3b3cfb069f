/* Worker processes: a Verilated model is not shared, so images are dealt to processes, each with a model of its own.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef AXF_WORKERS_H
#define AXF_WORKERS_H
#include "core/core.h"

/* Zeroed memory that parent and workers share; NULL + axf_fail. Lives until the process ends. */
void *axf_shared(size_t bytes);
/* Does items first..last-1 in a worker; results go to shared memory; *done counts finished items (for the progress).
 * Returns 0 or -1 + axf_fail. */
typedef int (*axf_block_fn)(void *ctx, size_t first, size_t last, volatile uint64_t *done);
/* Deals n items in contiguous blocks to `jobs` processes and waits. A failure or crash of any worker stops the others
 * and is the result: -1 + axf_fail. label: of the progress on stderr, NULL: no progress. */
int axf_workers(size_t n, int jobs, const char *label, axf_block_fn fn, void *ctx);
#endif
