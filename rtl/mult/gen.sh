#!/bin/sh
# Generates Verilog from the multiplier list.
# SPDX-License-Identifier: Apache-2.0
usage() {
  cat >&2 <<'END'
usage: gen.sh [-d LIST] wrapper NAMES OUTDIR  write OUTDIR/axf_mult.v (module axf_mult) and OUTDIR/files.f (every
                                              Verilog file it needs, for `verilator -f` or `yosys read_verilog`);
                                              NAMES: one core, or up to 16 as NAME+NAME.., which `core` chooses from
       gen.sh [-d LIST] list [NAME..]         print name, module, parameters, Verilog files
       gen.sh [-d LIST] kind NAMES            print the parameter MULT_SIGNED of the accelerator for these cores: 1 if
                                              they multiply in two's complement, else 0; refused if they differ
       gen.sh names MULT                      the NAMES in MULT=NAME,LAYER=NAME,.. once each; layers that are not spoken
                                              of are exact
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
user=${AXF_USER_MULT_DIR:-${AXF_BUILD:-build}/user-mult}
die() {
  echo "gen.sh: $*" >&2
  exit 1
}
# What list.awk prints of a multiplier: of the library's list, or else of the user's own one of that name.
entry() { # entry NAME
  from=$def
  if [ "$def" = "$here/multipliers.def" ] && [ -r "$user/$1/$1.def" ] &&
    ! awk -v name="$1" '$1 == name { found = 1 } END { exit !found }' "$def"; then
    from=$user/$1/$1.def
  fi
  [ -r "$from" ] || die "cannot read the multiplier list $from"
  awk -v names="$1" -f "$here/list.awk" "$from" "$(dirname "$from")"/*.v
}
# Those of NAME+NAME.., all of one kind, in `entries`; `kind` is 1 if they are signed.
entries() { # entries NAMES
  entries='' kind=''
  for name in $(echo "$1" | tr + ' '); do
    line=$(entry "$name")
    case ",$(echo "$line" | cut -d' ' -f3)," in *,signed=1,*) this=1 ;; *) this=0 ;; esac
    [ "${kind:-$this}" = "$this" ] ||
      die "$1: signed and unsigned cores cannot be in one element, whose activations have either 7 bits or 8"
    kind=$this
    entries="$entries$line
"
  done
  [ -n "$entries" ] || usage
  [ "$(echo "$1" | tr + '\n' | wc -l)" -le 16 ] || die "$1: more than 16 cores in an element"
}

case $mode in
list)
  if [ $# = 1 ]; then
    entry "$1"
  else
    [ -r "$def" ] || die "cannot read the multiplier list $def"
    awk -v names="$*" -f "$here/list.awk" "$def" "$(dirname "$def")"/*.v
  fi
  ;;
wrapper)
  [ $# -eq 2 ] || usage
  out=$2
  entries "$1"
  files=$(printf '%s' "$entries" | cut -d' ' -f4 | tr , '\n' | awk '!seen[$0]++')
  # shellcheck disable=SC2086 # a list of files
  twice=$(awk '/^[ \t]*module[ \t]/ { name = $2; sub(/[^A-Za-z0-9_$].*/, "", name)
    if (name in at && at[name] != FILENAME) { print name " is in " at[name] " and in " FILENAME; exit } at[name] = FILENAME }' $files)
  [ -z "$twice" ] || die "$1: module $twice: these multipliers cannot be in one element"
  mkdir -p "$out"
  trap 'rm -f "$out/axf_mult.v.$$" "$out/files.f.$$"' EXIT
  printf '%s' "$entries" | awk -v mode=wrapper -f "$here/instance.awk" >"$out/axf_mult.v.$$"
  { echo "$files"; echo "$out/axf_mult.v"; } >"$out/files.f.$$"
  mv "$out/files.f.$$" "$out/files.f"
  mv "$out/axf_mult.v.$$" "$out/axf_mult.v"
  ;;
kind)
  [ $# -eq 1 ] || usage
  entries "$1"
  echo "$kind"
  ;;
names)
  [ $# -eq 1 ] || usage
  case $1 in '' | ,* | *, | *,,* | *=,* | *=) die "MULT is '$1', expected NAME or NAME,LAYER=NAME,.." ;; esac
  case ${1%%,*} in *=*) set -- "exact,$1" ;; esac
  for item in $(echo "$1" | tr , ' '); do
    case $item in *=* | "${1%%,*}") ;; *) die "MULT is '$1': '$item' stands for no layer, LAYER=NAME was expected" ;; esac
  done
  echo "$1" | tr , '\n' | sed 's/.*=//' | awk 'NF && !seen[$0]++ { text = text (text == "" ? "" : "+") $0 } END { print text }'
  ;;
*) usage ;;
esac
