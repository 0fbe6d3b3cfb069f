#!/bin/sh
# The files made from sw/isa/axflow.isa are up to date, and a change of the source would be noticed in each of them.
# SPDX-License-Identifier: Apache-2.0
set -u
suite=isa
. tests/verdict.inc
sw/isa/generate.sh --check
verdict $? "generated files are up to date"

copy=$(mktemp -d "${TMPDIR:-/tmp}/isa_test.XXXXXX")
trap 'rm -rf "$copy"' EXIT
mkdir -p "$copy/sw" "$copy/rtl" "$copy/docs"
cp -r sw/isa "$copy/sw/" && cp -r rtl/include "$copy/rtl/" && cp docs/instruction-set.md "$copy/docs/"
sed -i 's/^f beats 16/f beats 15/; s/^reg IRQ 0x28/reg IRQ 0x2c/' "$copy/sw/isa/axflow.isa"
"$copy/sw/isa/generate.sh" --check >"$copy/said"
verdict $(($? == 1 ? 0 : 1)) "a changed source is noticed"
for file in sw/isa/isa.h rtl/include/axflow_isa.vh docs/instruction-set.md; do
  grep -q "^$file does not match" "$copy/said"
  verdict $? "$file depends on the source"
done
"$copy/sw/isa/generate.sh" >/dev/null && "$copy/sw/isa/generate.sh" --check
verdict $? "what was written is up to date"
echo 'f surplus 250 | too much' >>"$copy/sw/isa/axflow.isa"
"$copy/sw/isa/generate.sh" >"$copy/said" 2>&1
verdict $(($? == 1 ? 0 : 1)) "an instruction of more than 256 bits is refused"
exit $failed
