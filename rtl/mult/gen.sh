#!/bin/sh
# Generates Verilog from the multiplier list.
# SPDX-License-Identifier: Apache-2.0
usage() {
  cat >&2 <<'END'
usage: gen.sh [-d LIST] wrapper NAME OUTDIR   write OUTDIR/axf_mult.v (module axf_mult) and OUTDIR/files.f (every
                                              Verilog file it needs, for `verilator -f` or `yosys read_verilog`)
       gen.sh [-d LIST] list [NAME..]         print name, module, parameters, Verilog files
       gen.sh [-d LIST] kind NAME             print the parameter MULT_SIGNED of the accelerator for this core: 1 if it
                                              multiplies in two's complement, else 0
LIST is a file like multipliers.def (the default) with the cores' Verilog in the same folder.
Without -d, a NAME that is not in the library is looked for among the multipliers that `axflow multiplier add` keeps:
$AXF_USER_MULT_DIR, else $AXF_BUILD/user-mult, else build/user-mult.
END
  exit 2
}
set -eu
here=$(dirname "$0")
def=$here/multipliers.def
if [ "${1:-}" = -d ] && [ $# -gt 1 ]; then
  def=$2
  shift 2
fi
[ $# -ge 1 ] || usage
mode=$1
shift
# The list of one multiplier of the user, if that is what NAME is.
user=${AXF_USER_MULT_DIR:-${AXF_BUILD:-build}/user-mult}
if [ "$def" = "$here/multipliers.def" ] && [ -n "${1:-}" ] && [ -r "$user/$1/$1.def" ] &&
  ! awk -v name="$1" '$1 == name { found = 1 } END { exit !found }' "$def"; then
  def=$user/$1/$1.def
fi
[ -r "$def" ] || { echo "gen.sh: cannot read the multiplier list $def" >&2; exit 1; }

case $mode in
list)
  awk -v names="$*" -f "$here/list.awk" "$def" "$(dirname "$def")"/*.v
  ;;
wrapper)
  [ $# -eq 2 ] || usage
  out=$2
  entry=$(awk -v names="$1" -f "$here/list.awk" "$def" "$(dirname "$def")"/*.v)
  mkdir -p "$out"
  trap 'rm -f "$out/axf_mult.v.$$" "$out/files.f.$$"' EXIT
  echo "$entry" | awk -v mode=wrapper -f "$here/instance.awk" >"$out/axf_mult.v.$$"
  { echo "$entry" | cut -d' ' -f4 | tr , '\n'; echo "$out/axf_mult.v"; } >"$out/files.f.$$"
  mv "$out/files.f.$$" "$out/files.f"
  mv "$out/axf_mult.v.$$" "$out/axf_mult.v"
  ;;
kind)
  [ $# -eq 1 ] || usage
  entry=$(awk -v names="$1" -f "$here/list.awk" "$def" "$(dirname "$def")"/*.v)
  case ",$(echo "$entry" | cut -d' ' -f3)," in *,signed=1,*) echo 1 ;; *) echo 0 ;; esac
  ;;
*) usage ;;
esac
