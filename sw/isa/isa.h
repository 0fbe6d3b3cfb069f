/* Generated from sw/isa/axflow.isa by sw/isa/gen.awk; do not edit. SPDX-License-Identifier: Apache-2.0 */
/* clang-format off */
#ifndef AXF_ISA_H
#define AXF_ISA_H
#define AXF_INSTR_BITS 256
#define AXF_HDR_OPCODE_LSB 0
#define AXF_HDR_OPCODE_W 4
#define AXF_HDR_RSV_LSB 4
#define AXF_HDR_RSV_W 4
#define AXF_HDR_WAIT_LSB 8
#define AXF_HDR_WAIT_W 16
#define AXF_HDR_POST_LSB 24
#define AXF_HDR_POST_W 16
#define AXF_HDR_POST2_LSB 40
#define AXF_HDR_POST2_W 16
#define AXF_OP_END 0
#define AXF_OP_LD 1
#define AXF_LD_DST_LSB 64
#define AXF_LD_DST_W 2
#define AXF_LD_BASE_LSB 66
#define AXF_LD_BASE_W 2
#define AXF_LD_OFFSET_LSB 68
#define AXF_LD_OFFSET_W 32
#define AXF_LD_BEATS_LSB 100
#define AXF_LD_BEATS_W 16
#define AXF_LD_ADDR_LSB 116
#define AXF_LD_ADDR_W 16
#define AXF_LD_LANES_LOG2_LSB 132
#define AXF_LD_LANES_LOG2_W 3
#define AXF_LD_NY_LSB 135
#define AXF_LD_NY_W 12
#define AXF_LD_NZ_LSB 147
#define AXF_LD_NZ_W 12
#define AXF_LD_YSTRIDE_LSB 159
#define AXF_LD_YSTRIDE_W 28
#define AXF_LD_ZSTRIDE_LSB 187
#define AXF_LD_ZSTRIDE_W 28
#define AXF_LD_PITCH_LSB 215
#define AXF_LD_PITCH_W 16
#define AXF_LD_PLANE_LSB 231
#define AXF_LD_PLANE_W 16
#define AXF_OP_ST 2
#define AXF_ST_SRC_LSB 64
#define AXF_ST_SRC_W 1
#define AXF_ST_BASE_LSB 65
#define AXF_ST_BASE_W 2
#define AXF_ST_OFFSET_LSB 67
#define AXF_ST_OFFSET_W 32
#define AXF_ST_BEATS_LSB 99
#define AXF_ST_BEATS_W 16
#define AXF_ST_ADDR_LSB 115
#define AXF_ST_ADDR_W 16
#define AXF_ST_NY_LSB 131
#define AXF_ST_NY_W 12
#define AXF_ST_NZ_LSB 143
#define AXF_ST_NZ_W 12
#define AXF_ST_YSTRIDE_LSB 155
#define AXF_ST_YSTRIDE_W 28
#define AXF_ST_ZSTRIDE_LSB 183
#define AXF_ST_ZSTRIDE_W 28
#define AXF_ST_PITCH_LSB 211
#define AXF_ST_PITCH_W 16
#define AXF_ST_PLANE_LSB 227
#define AXF_ST_PLANE_W 16
#define AXF_OP_KCFG 3
#define AXF_KCFG_RPG_LSB 64
#define AXF_KCFG_RPG_W 6
#define AXF_KCFG_CPG_LSB 70
#define AXF_KCFG_CPG_W 6
#define AXF_KCFG_BANKS_LSB 76
#define AXF_KCFG_BANKS_W 6
#define AXF_KCFG_TN_LSB 82
#define AXF_KCFG_TN_W 6
#define AXF_KCFG_SEG_LOG2_LSB 88
#define AXF_KCFG_SEG_LOG2_W 3
#define AXF_KCFG_QM_LSB 91
#define AXF_KCFG_QM_W 6
#define AXF_OP_KLD 4
#define AXF_KLD_KB_ADDR_LSB 64
#define AXF_KLD_KB_ADDR_W 16
#define AXF_KLD_KS_ADDR_LSB 80
#define AXF_KLD_KS_ADDR_W 10
#define AXF_KLD_MS_LSB 90
#define AXF_KLD_MS_W 8
#define AXF_KLD_NS_LSB 98
#define AXF_KLD_NS_W 10
#define AXF_KLD_TAIL_LSB 108
#define AXF_KLD_TAIL_W 6
#define AXF_KLD_KK_LSB 114
#define AXF_KLD_KK_W 10
#define AXF_KLD_PAR_ADDR_LSB 124
#define AXF_KLD_PAR_ADDR_W 6
#define AXF_KLD_PARAMS_LSB 130
#define AXF_KLD_PARAMS_W 1
#define AXF_OP_NCFG 5
#define AXF_NCFG_TI_LSB 64
#define AXF_NCFG_TI_W 6
#define AXF_NCFG_TJ_LSB 70
#define AXF_NCFG_TJ_W 6
#define AXF_NCFG_TN_LSB 76
#define AXF_NCFG_TN_W 6
#define AXF_NCFG_PAD_Y_LSB 82
#define AXF_NCFG_PAD_Y_W 8
#define AXF_NCFG_PAD_X_LSB 90
#define AXF_NCFG_PAD_X_W 8
#define AXF_NCFG_H_LSB 98
#define AXF_NCFG_H_W 12
#define AXF_NCFG_W_LSB 110
#define AXF_NCFG_W_W 12
#define AXF_NCFG_BPLANE_LSB 122
#define AXF_NCFG_BPLANE_W 16
#define AXF_NCFG_BPITCH_LSB 138
#define AXF_NCFG_BPITCH_W 16
#define AXF_NCFG_PLANE_LSB 154
#define AXF_NCFG_PLANE_W 10
#define AXF_NCFG_PITCH_LSB 164
#define AXF_NCFG_PITCH_W 10
#define AXF_NCFG_SEG_LOG2_LSB 174
#define AXF_NCFG_SEG_LOG2_W 3
#define AXF_OP_NLD 6
#define AXF_NLD_SRC_LSB 64
#define AXF_NLD_SRC_W 1
#define AXF_NLD_NB_ADDR_LSB 65
#define AXF_NLD_NB_ADDR_W 16
#define AXF_NLD_NS_ADDR_LSB 81
#define AXF_NLD_NS_ADDR_W 10
#define AXF_NLD_NS_LSB 91
#define AXF_NLD_NS_W 10
#define AXF_NLD_YC_LSB 101
#define AXF_NLD_YC_W 10
#define AXF_NLD_XC_LSB 111
#define AXF_NLD_XC_W 10
#define AXF_NLD_Y0_LSB 121
#define AXF_NLD_Y0_W 12
#define AXF_NLD_X0_LSB 133
#define AXF_NLD_X0_W 12
#define AXF_OP_XCFG0 7
#define AXF_XCFG0_TM_LSB 64
#define AXF_XCFG0_TM_W 6
#define AXF_XCFG0_TN_LSB 70
#define AXF_XCFG0_TN_W 6
#define AXF_XCFG0_TR_LSB 76
#define AXF_XCFG0_TR_W 6
#define AXF_XCFG0_TC_LSB 82
#define AXF_XCFG0_TC_W 6
#define AXF_XCFG0_TI_LSB 88
#define AXF_XCFG0_TI_W 6
#define AXF_XCFG0_TJ_LSB 94
#define AXF_XCFG0_TJ_W 6
#define AXF_XCFG0_SEG_LOG2_LSB 100
#define AXF_XCFG0_SEG_LOG2_W 3
#define AXF_XCFG0_QM_LSB 103
#define AXF_XCFG0_QM_W 6
#define AXF_XCFG0_QR_LSB 109
#define AXF_XCFG0_QR_W 6
#define AXF_XCFG0_QC_LSB 115
#define AXF_XCFG0_QC_W 6
#define AXF_XCFG0_POOL_LSB 121
#define AXF_XCFG0_POOL_W 4
#define AXF_XCFG0_POOL_AVG_LSB 125
#define AXF_XCFG0_POOL_AVG_W 1
#define AXF_XCFG0_RELU_LSB 126
#define AXF_XCFG0_RELU_W 1
#define AXF_XCFG0_IN_SIGNED_LSB 127
#define AXF_XCFG0_IN_SIGNED_W 1
#define AXF_XCFG0_OUT_SIGNED_LSB 128
#define AXF_XCFG0_OUT_SIGNED_W 1
#define AXF_XCFG0_KX_LSB 129
#define AXF_XCFG0_KX_W 9
#define AXF_XCFG0_KK_LSB 138
#define AXF_XCFG0_KK_W 10
#define AXF_XCFG0_TIKX_LSB 148
#define AXF_XCFG0_TIKX_W 10
#define AXF_XCFG0_ISTEPS_LSB 158
#define AXF_XCFG0_ISTEPS_W 8
#define AXF_XCFG0_JSTEPS_LSB 166
#define AXF_XCFG0_JSTEPS_W 8
#define AXF_XCFG0_PITCH_LSB 174
#define AXF_XCFG0_PITCH_W 10
#define AXF_XCFG0_PLANE_LSB 184
#define AXF_XCFG0_PLANE_W 10
#define AXF_XCFG0_LAYER_LSB 194
#define AXF_XCFG0_LAYER_W 8
#define AXF_XCFG0_FLAT_LSB 202
#define AXF_XCFG0_FLAT_W 1
#define AXF_XCFG0_CORE_LSB 203
#define AXF_XCFG0_CORE_W 4
#define AXF_OP_XCFG1 8
#define AXF_XCFG1_XS_A_LSB 64
#define AXF_XCFG1_XS_A_W 8
#define AXF_XCFG1_XS_P_LSB 72
#define AXF_XCFG1_XS_P_W 6
#define AXF_XCFG1_XW_A_LSB 78
#define AXF_XCFG1_XW_A_W 8
#define AXF_XCFG1_XW_P_LSB 86
#define AXF_XCFG1_XW_P_W 6
#define AXF_XCFG1_XC_A_LSB 92
#define AXF_XCFG1_XC_A_W 8
#define AXF_XCFG1_XC_P_LSB 100
#define AXF_XCFG1_XC_P_W 6
#define AXF_XCFG1_YS_A_LSB 106
#define AXF_XCFG1_YS_A_W 10
#define AXF_XCFG1_YS_P_LSB 116
#define AXF_XCFG1_YS_P_W 10
#define AXF_XCFG1_YW_A_LSB 126
#define AXF_XCFG1_YW_A_W 10
#define AXF_XCFG1_YW_P_LSB 136
#define AXF_XCFG1_YW_P_W 10
#define AXF_XCFG1_YR_A_LSB 146
#define AXF_XCFG1_YR_A_W 10
#define AXF_XCFG1_YR_P_LSB 156
#define AXF_XCFG1_YR_P_W 10
#define AXF_XCFG1_OTJ_LSB 166
#define AXF_XCFG1_OTJ_W 6
#define AXF_XCFG1_OTITJ_LSB 172
#define AXF_XCFG1_OTITJ_W 6
#define AXF_XCFG1_OTOT_LSB 178
#define AXF_XCFG1_OTOT_W 6
#define AXF_XCFG1_XN_A_LSB 184
#define AXF_XCFG1_XN_A_W 8
#define AXF_XCFG1_XN_P_LSB 192
#define AXF_XCFG1_XN_P_W 6
#define AXF_OP_XCFG2 9
#define AXF_XCFG2_OC_A_LSB 64
#define AXF_XCFG2_OC_A_W 16
#define AXF_XCFG2_OC_P_LSB 80
#define AXF_XCFG2_OC_P_W 6
#define AXF_XCFG2_OR_A_LSB 86
#define AXF_XCFG2_OR_A_W 16
#define AXF_XCFG2_OR_P_LSB 102
#define AXF_XCFG2_OR_P_W 6
#define AXF_XCFG2_OM_A_LSB 108
#define AXF_XCFG2_OM_A_W 16
#define AXF_XCFG2_OM_P_LSB 124
#define AXF_XCFG2_OM_P_W 6
#define AXF_XCFG2_OPITCH_LSB 130
#define AXF_XCFG2_OPITCH_W 16
#define AXF_XCFG2_OPLANE_LSB 146
#define AXF_XCFG2_OPLANE_W 16
#define AXF_XCFG2_DST_LSB 162
#define AXF_XCFG2_DST_W 1
#define AXF_XCFG2_OQ_A_LSB 163
#define AXF_XCFG2_OQ_A_W 16
#define AXF_XCFG2_OQ_P_LSB 179
#define AXF_XCFG2_OQ_P_W 6
#define AXF_XCFG2_ON_A_LSB 185
#define AXF_XCFG2_ON_A_W 16
#define AXF_XCFG2_ON_P_LSB 201
#define AXF_XCFG2_ON_P_W 6
#define AXF_OP_XTILE 10
#define AXF_XTILE_NS_ADDR_LSB 64
#define AXF_XTILE_NS_ADDR_W 10
#define AXF_XTILE_KS_ADDR_LSB 74
#define AXF_XTILE_KS_ADDR_W 10
#define AXF_XTILE_PAR_ADDR_LSB 84
#define AXF_XTILE_PAR_ADDR_W 6
#define AXF_XTILE_MS_LSB 90
#define AXF_XTILE_MS_W 8
#define AXF_XTILE_RS_LSB 98
#define AXF_XTILE_RS_W 10
#define AXF_XTILE_CS_LSB 108
#define AXF_XTILE_CS_W 10
#define AXF_XTILE_NS_LSB 118
#define AXF_XTILE_NS_W 10
#define AXF_XTILE_MT_LSB 128
#define AXF_XTILE_MT_W 12
#define AXF_XTILE_RT_LSB 140
#define AXF_XTILE_RT_W 10
#define AXF_XTILE_CT_LSB 150
#define AXF_XTILE_CT_W 10
#define AXF_XTILE_NT_LSB 160
#define AXF_XTILE_NT_W 12
#define AXF_XTILE_YP_LSB 172
#define AXF_XTILE_YP_W 10
#define AXF_XTILE_XP_LSB 182
#define AXF_XTILE_XP_W 6
#define AXF_XTILE_O_ADDR_LSB 188
#define AXF_XTILE_O_ADDR_W 16
#define AXF_XTILE_OM_P_LSB 204
#define AXF_XTILE_OM_P_W 6
#define AXF_XTILE_OY_P_LSB 210
#define AXF_XTILE_OY_P_W 6
#define AXF_XTILE_OX_P_LSB 216
#define AXF_XTILE_OX_P_W 6
#define AXF_XTILE_PSUM_IN_LSB 222
#define AXF_XTILE_PSUM_IN_W 1
#define AXF_XTILE_PSUM_OUT_LSB 223
#define AXF_XTILE_PSUM_OUT_W 1
#define AXF_XTILE_PSUM_ADDR_LSB 224
#define AXF_XTILE_PSUM_ADDR_W 8
#define AXF_REG_ID 0x00
#define AXF_REG_CONFIG 0x04
#define AXF_REG_CTRL 0x08
#define AXF_REG_STATUS 0x0c
#define AXF_REG_PROG 0x10
#define AXF_REG_PROGLEN 0x14
#define AXF_REG_BASE0 0x18
#define AXF_REG_BASE1 0x1c
#define AXF_REG_BASE2 0x20
#define AXF_REG_BASE3 0x24
#define AXF_REG_IRQ 0x28
#define AXF_REG_CONFIG2 0x2c
#define AXF_REG_LIMIT0 0x30
#define AXF_REG_LIMIT1 0x34
#define AXF_REG_LIMIT2 0x38
#define AXF_REG_LIMIT3 0x3c
#define AXF_REG_CYCLES 0x40
#define AXF_REG_MACS 0x44
#define AXF_REG_X_BUSY 0x48
#define AXF_REG_X_WAIT_K 0x4c
#define AXF_REG_X_WAIT_N 0x50
#define AXF_REG_X_WAIT_O 0x54
#define AXF_REG_X_WB 0x58
#define AXF_REG_X_CFG 0x5c
#define AXF_REG_LD_BEATS 0x60
#define AXF_REG_FETCH_BEATS 0x64
#define AXF_REG_ST_BEATS 0x68
#define AXF_REG_KB_WR 0x6c
#define AXF_REG_KB_RD 0x70
#define AXF_REG_NB_WR 0x74
#define AXF_REG_NB_RD 0x78
#define AXF_REG_KS_WR 0x7c
#define AXF_REG_NS_WR 0x80
#define AXF_REG_PS_RD 0x84
#define AXF_REG_PS_WR 0x88
#define AXF_REG_ECC_CORRECTED 0x8c
#define AXF_REG_ECC_DETECTED 0x90
#define AXF_REG_WATCHDOG 0x94
#define AXF_ERR_INSTRUCTION 1
#define AXF_ERR_SEMAPHORE 2
#define AXF_ERR_ADDRESS 3
#define AXF_ERR_READ 4
#define AXF_ERR_WRITE 5
#define AXF_ERR_OVERRUN 6
#define AXF_ERR_WATCHDOG 7
/* X(OP, field, lsb, width) for every payload and header field */
#define AXF_ISA_FIELDS(X) \
  X(HDR, opcode, 0, 4) \
  X(HDR, rsv, 4, 4) \
  X(HDR, wait, 8, 16) \
  X(HDR, post, 24, 16) \
  X(HDR, post2, 40, 16) \
  X(LD, dst, 64, 2) \
  X(LD, base, 66, 2) \
  X(LD, offset, 68, 32) \
  X(LD, beats, 100, 16) \
  X(LD, addr, 116, 16) \
  X(LD, lanes_log2, 132, 3) \
  X(LD, ny, 135, 12) \
  X(LD, nz, 147, 12) \
  X(LD, ystride, 159, 28) \
  X(LD, zstride, 187, 28) \
  X(LD, pitch, 215, 16) \
  X(LD, plane, 231, 16) \
  X(ST, src, 64, 1) \
  X(ST, base, 65, 2) \
  X(ST, offset, 67, 32) \
  X(ST, beats, 99, 16) \
  X(ST, addr, 115, 16) \
  X(ST, ny, 131, 12) \
  X(ST, nz, 143, 12) \
  X(ST, ystride, 155, 28) \
  X(ST, zstride, 183, 28) \
  X(ST, pitch, 211, 16) \
  X(ST, plane, 227, 16) \
  X(KCFG, rpg, 64, 6) \
  X(KCFG, cpg, 70, 6) \
  X(KCFG, banks, 76, 6) \
  X(KCFG, tn, 82, 6) \
  X(KCFG, seg_log2, 88, 3) \
  X(KCFG, qm, 91, 6) \
  X(KLD, kb_addr, 64, 16) \
  X(KLD, ks_addr, 80, 10) \
  X(KLD, ms, 90, 8) \
  X(KLD, ns, 98, 10) \
  X(KLD, tail, 108, 6) \
  X(KLD, kk, 114, 10) \
  X(KLD, par_addr, 124, 6) \
  X(KLD, params, 130, 1) \
  X(NCFG, ti, 64, 6) \
  X(NCFG, tj, 70, 6) \
  X(NCFG, tn, 76, 6) \
  X(NCFG, pad_y, 82, 8) \
  X(NCFG, pad_x, 90, 8) \
  X(NCFG, h, 98, 12) \
  X(NCFG, w, 110, 12) \
  X(NCFG, bplane, 122, 16) \
  X(NCFG, bpitch, 138, 16) \
  X(NCFG, plane, 154, 10) \
  X(NCFG, pitch, 164, 10) \
  X(NCFG, seg_log2, 174, 3) \
  X(NLD, src, 64, 1) \
  X(NLD, nb_addr, 65, 16) \
  X(NLD, ns_addr, 81, 10) \
  X(NLD, ns, 91, 10) \
  X(NLD, yc, 101, 10) \
  X(NLD, xc, 111, 10) \
  X(NLD, y0, 121, 12) \
  X(NLD, x0, 133, 12) \
  X(XCFG0, tm, 64, 6) \
  X(XCFG0, tn, 70, 6) \
  X(XCFG0, tr, 76, 6) \
  X(XCFG0, tc, 82, 6) \
  X(XCFG0, ti, 88, 6) \
  X(XCFG0, tj, 94, 6) \
  X(XCFG0, seg_log2, 100, 3) \
  X(XCFG0, qm, 103, 6) \
  X(XCFG0, qr, 109, 6) \
  X(XCFG0, qc, 115, 6) \
  X(XCFG0, pool, 121, 4) \
  X(XCFG0, pool_avg, 125, 1) \
  X(XCFG0, relu, 126, 1) \
  X(XCFG0, in_signed, 127, 1) \
  X(XCFG0, out_signed, 128, 1) \
  X(XCFG0, kx, 129, 9) \
  X(XCFG0, kk, 138, 10) \
  X(XCFG0, tikx, 148, 10) \
  X(XCFG0, isteps, 158, 8) \
  X(XCFG0, jsteps, 166, 8) \
  X(XCFG0, pitch, 174, 10) \
  X(XCFG0, plane, 184, 10) \
  X(XCFG0, layer, 194, 8) \
  X(XCFG0, flat, 202, 1) \
  X(XCFG0, core, 203, 4) \
  X(XCFG1, xs_a, 64, 8) \
  X(XCFG1, xs_p, 72, 6) \
  X(XCFG1, xw_a, 78, 8) \
  X(XCFG1, xw_p, 86, 6) \
  X(XCFG1, xc_a, 92, 8) \
  X(XCFG1, xc_p, 100, 6) \
  X(XCFG1, ys_a, 106, 10) \
  X(XCFG1, ys_p, 116, 10) \
  X(XCFG1, yw_a, 126, 10) \
  X(XCFG1, yw_p, 136, 10) \
  X(XCFG1, yr_a, 146, 10) \
  X(XCFG1, yr_p, 156, 10) \
  X(XCFG1, otj, 166, 6) \
  X(XCFG1, otitj, 172, 6) \
  X(XCFG1, otot, 178, 6) \
  X(XCFG1, xn_a, 184, 8) \
  X(XCFG1, xn_p, 192, 6) \
  X(XCFG2, oc_a, 64, 16) \
  X(XCFG2, oc_p, 80, 6) \
  X(XCFG2, or_a, 86, 16) \
  X(XCFG2, or_p, 102, 6) \
  X(XCFG2, om_a, 108, 16) \
  X(XCFG2, om_p, 124, 6) \
  X(XCFG2, opitch, 130, 16) \
  X(XCFG2, oplane, 146, 16) \
  X(XCFG2, dst, 162, 1) \
  X(XCFG2, oq_a, 163, 16) \
  X(XCFG2, oq_p, 179, 6) \
  X(XCFG2, on_a, 185, 16) \
  X(XCFG2, on_p, 201, 6) \
  X(XTILE, ns_addr, 64, 10) \
  X(XTILE, ks_addr, 74, 10) \
  X(XTILE, par_addr, 84, 6) \
  X(XTILE, ms, 90, 8) \
  X(XTILE, rs, 98, 10) \
  X(XTILE, cs, 108, 10) \
  X(XTILE, ns, 118, 10) \
  X(XTILE, mt, 128, 12) \
  X(XTILE, rt, 140, 10) \
  X(XTILE, ct, 150, 10) \
  X(XTILE, nt, 160, 12) \
  X(XTILE, yp, 172, 10) \
  X(XTILE, xp, 182, 6) \
  X(XTILE, o_addr, 188, 16) \
  X(XTILE, om_p, 204, 6) \
  X(XTILE, oy_p, 210, 6) \
  X(XTILE, ox_p, 216, 6) \
  X(XTILE, psum_in, 222, 1) \
  X(XTILE, psum_out, 223, 1) \
  X(XTILE, psum_addr, 224, 8) \

/* X(NAME, offset) for every register */
#define AXF_ISA_REGS(X) \
  X(ID, 0x00) \
  X(CONFIG, 0x04) \
  X(CTRL, 0x08) \
  X(STATUS, 0x0c) \
  X(PROG, 0x10) \
  X(PROGLEN, 0x14) \
  X(BASE0, 0x18) \
  X(BASE1, 0x1c) \
  X(BASE2, 0x20) \
  X(BASE3, 0x24) \
  X(IRQ, 0x28) \
  X(CONFIG2, 0x2c) \
  X(LIMIT0, 0x30) \
  X(LIMIT1, 0x34) \
  X(LIMIT2, 0x38) \
  X(LIMIT3, 0x3c) \
  X(CYCLES, 0x40) \
  X(MACS, 0x44) \
  X(X_BUSY, 0x48) \
  X(X_WAIT_K, 0x4c) \
  X(X_WAIT_N, 0x50) \
  X(X_WAIT_O, 0x54) \
  X(X_WB, 0x58) \
  X(X_CFG, 0x5c) \
  X(LD_BEATS, 0x60) \
  X(FETCH_BEATS, 0x64) \
  X(ST_BEATS, 0x68) \
  X(KB_WR, 0x6c) \
  X(KB_RD, 0x70) \
  X(NB_WR, 0x74) \
  X(NB_RD, 0x78) \
  X(KS_WR, 0x7c) \
  X(NS_WR, 0x80) \
  X(PS_RD, 0x84) \
  X(PS_WR, 0x88) \
  X(ECC_CORRECTED, 0x8c) \
  X(ECC_DETECTED, 0x90) \
  X(WATCHDOG, 0x94) \

/* X(NAME, code, text) for every error code */
#define AXF_ISA_ERRORS(X) \
  X(INSTRUCTION, 1, "bad instruction: the program holds an operation code the accelerator does not know") \
  X(SEMAPHORE, 2, "semaphore overflow: an instruction posted to a semaphore that held 255 tokens") \
  X(ADDRESS, 3, "illegal address: a load or store would leave the window of its base register or has no beats, or a load, store or result lies beyond the end of a buffer") \
  X(READ, 4, "bus error: the memory answered a read with an error") \
  X(WRITE, 5, "bus error: the memory answered a write with an error") \
  X(OVERRUN, 6, "overrun: the program went on after its last instruction: it has no END") \
  X(WATCHDOG, 7, "watchdog: nothing moved for as many cycles as the watchdog allows") \

#endif
