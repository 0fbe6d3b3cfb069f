# Writes the C header (-v out=c), the Verilog header (-v out=v) or the documentation tables (-v out=md) from axflow.isa.
# SPDX-License-Identifier: Apache-2.0
function field(name, width, text) {
  if (out == "c") printf "#define AXF_%s_%s_LSB %d\n#define AXF_%s_%s_W %d\n", op, toupper(name), lsb, op, toupper(name), width
  if (out == "v") printf "`define %s_%s %d:%d\n", op, toupper(name), lsb + width - 1, lsb
  if (out == "md") printf "| %d:%d | `%s` | %s |\n", lsb + width - 1, lsb, name, text
  if (out == "c") pack[op] = pack[op] sprintf("  X(%s, %s, %d, %d) \\\n", op, name, lsb, width)
  lsb += width
  if (lsb > bits) { print FILENAME ":" FNR ": " op " is longer than " bits " bits" > "/dev/stderr"; bad = 1; exit 1 }
}
BEGIN {
  note = "Generated from sw/isa/axflow.isa by sw/isa/gen.awk; do not edit. SPDX-License-Identifier: Apache-2.0"
  if (out == "c") print "/* " note " */\n/* clang-format off */\n#ifndef AXF_ISA_H\n#define AXF_ISA_H"
  if (out == "v") print "// " note
  if (out == "md") print "<!-- " note " -->"
}
/^#/ || NF == 0 { next }
{ text = $0; if (!sub(/^[^|]*\| ?/, "", text)) text = ""; head = $0; sub(/\|.*/, "", head); n = split(head, t, " ") }
t[1] == "instruction_bits" { bits = t[2]; if (out == "c") print "#define AXF_INSTR_BITS " bits; next }
t[1] == "header" { op = "HDR"; order[nops++] = op; lsb = 0; if (out == "md") print "\n### Header, common to all instructions\n\n| bits | field | meaning |\n|---|---|---|"; next }
t[1] == "op" {
  op = t[2]; lsb = 64; order[nops++] = op
  if (out == "c") printf "#define AXF_OP_%s %d\n", op, t[3]
  if (out == "v") printf "`define OP_%s 4'd%d\n", op, t[3]
  if (out == "md") printf "\n### %s (opcode %d, %s engine)\n\n%s\n\n| bits | field | meaning |\n|---|---|---|\n", op, t[3], tolower(t[4]), text
  next
}
t[1] == "f" { field(t[2], t[3], text); next }
t[1] == "err" {
  if (!errs++ && out == "md") print "\n### Error codes (STATUS[15:8])\n\n| code | name | meaning |\n|---|---|---|"
  if (out == "c") { printf "#define AXF_ERR_%s %d\n", t[2], t[3]; errors = errors sprintf("  X(%s, %d, \"%s\") \\\n", t[2], t[3], text) }
  if (out == "v") printf "`define ERR_%s 8'd%d\n", t[2], t[3]
  if (out == "md") printf "| %d | %s | %s |\n", t[3], t[2], text
  next
}
t[1] == "reg" {
  if (!regs++ && out == "md") print "\n### Registers (AXI4-Lite, 32 bits)\n\n| offset | name | access | meaning |\n|---|---|---|---|"
  if (out == "c") { printf "#define AXF_REG_%s %s\n", t[2], t[3]; list = list sprintf("  X(%s, %s) \\\n", t[2], t[3]) }
  if (out == "v") { off = t[3]; sub(/^0x/, "", off); printf "`define REG_%s 8'h%s\n", t[2], off }
  if (out == "md") printf "| %s | %s | %s | %s |\n", t[3], t[2], t[4], text
  next
}
{ print FILENAME ":" FNR ": not understood: " $0 > "/dev/stderr"; bad = 1; exit 1 }
END {
  if (bad) exit 1
  if (out == "c") {
    print "/* X(OP, field, lsb, width) for every payload and header field */\n#define AXF_ISA_FIELDS(X) \\"
    for (k = 0; k < nops; k++) all = all pack[order[k]]
    printf "%s\n", all
    print "/* X(NAME, offset) for every register */\n#define AXF_ISA_REGS(X) \\"
    printf "%s\n", list
    print "/* X(NAME, code, text) for every error code */\n#define AXF_ISA_ERRORS(X) \\"
    printf "%s\n", errors
    print "#endif"
  }
}
