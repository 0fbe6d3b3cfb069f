#!/bin/sh
# Extracts multiplier tables from Verilog by simulation of all 65,536 operand pairs at W = 8.
# SPDX-License-Identifier: Apache-2.0
usage() {
  cat >&2 <<'END'
usage: extract.sh -o OUTDIR [-d LIST] [-s SOURCE] [NAME..]
                                                    tables of the multipliers of a list (default: the whole library)
       extract.sh -o OUTDIR -n NAME [-t TOP] [-p PARAMS] FILE..
                                                    table of a core of your own: OUTDIR/NAME.axt from Verilog files
  -s SOURCE   what the tables say their Verilog is (default: the files)
  -t TOP      the core's module (default: NAME)
  -p PARAMS   comma-separated overrides, e.g. K=3; also W=none if the module has no parameter W,
              and ports=A:B:O if its ports a, w and p have other names
Run it from the top of the repository. Environment: see bench.sh; EXTRACT_SECONDS: the simulation may take so many seconds.
END
  exit 2
}
set -eu
here=$(dirname "$0")
out='' def='' source='' name='' top='' params=-
while getopts o:d:s:n:t:p: opt; do
  case $opt in
  o) out=$OPTARG ;;
  d) def=$OPTARG ;;
  s) source=$OPTARG ;;
  n) name=$OPTARG ;;
  t) top=$OPTARG ;;
  p) params=$OPTARG ;;
  *) usage ;;
  esac
done
shift $((OPTIND - 1))
[ -n "$out" ] || usage

if [ -n "$name" ]; then
  [ $# -ge 1 ] && [ -z "$def" ] || usage
  case $name in
  *[!a-z0-9_]* | [!a-z]*) echo "extract.sh: the name '$name' must be small letters, digits and _" >&2; exit 1 ;;
  esac
  files=''
  for f in "$@"; do
    [ -r "$f" ] || { echo "extract.sh: cannot read $f" >&2; exit 1; }
    case $f in
    *[\ ,]*) echo "extract.sh: the path '$f' must not hold blanks and commas" >&2; exit 1 ;;
    esac
    files=$files${files:+,}$f
  done
  list="$name ${top:-$name} $params $files"
else
  list=$("$here/gen.sh" ${def:+-d "$def"} list "$@")
fi

work=$(mktemp -d "${TMPDIR:-/tmp}/extract.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
echo "$list" | "$here/bench.sh" "$work" "$work/extract" 8 "$here/sim/extract.c"
status=0
${EXTRACT_SECONDS:+timeout "$EXTRACT_SECONDS"} "$work/extract" "$out" "$work/list" ${source:+"$source"} || status=$?
[ $status != 124 ] || echo "extract: a product is not found in $EXTRACT_SECONDS seconds: a loop that does not end" >&2
exit $status
