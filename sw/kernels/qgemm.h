/* The two inner loops of the fast inference: matrix product by table look-up, and exact matrix product.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef AXF_QGEMM_H
#define AXF_QGEMM_H
#include <stddef.h>
#include <stdint.h>

/* acc[x] = sum_k rows[wcode[k]*256 + col[k][x]], modulo 2^32.
 * rows: (256, 256) signed products, row = weight code; wcode: (K); col: (K, X) codes; acc: (X). X is a multiple of 16.
 */
void axf_qgemm_table(const int32_t *rows, const uint8_t *wcode, const uint8_t *col, int K, int X, int32_t *acc);

/* acc[x] = sum_k w[k] * col[k][x]. w: (K2) values, K2 even (a padded w is 0); col: (K2, X) bytes, unsigned, or two's
 * complement when a_signed; acc: (X). X is a multiple of 16. */
void axf_qgemm_exact(const int16_t *w, const uint8_t *col, int a_signed, int K2, int X, int32_t *acc);
#endif
