#!/bin/sh
# Checks what `make sim` was asked to do before anything is built, and prints the model file to run.
# usage: settings.sh NET DATA MULT D IMAGES SEED RTL_MULT [MODEL]     MODEL -: none is needed yet
# BUILD: the build folder; GOAL: what make was asked for; IMAGES_OF: another name of IMAGES; W, SEGS, ZERO_SKIP, ISOLATE, PROTECT_NB, PROTECT_KB, PROTECT_REC: see array.sh
# SPDX-License-Identifier: Apache-2.0
set -eu
[ $# -ge 7 ] || { echo "usage: settings.sh NET DATA MULT D IMAGES SEED RTL_MULT [MODEL]" >&2; exit 2; }
build=${BUILD:-build}
die() {
  echo "make ${GOAL:-sim}: $*" >&2
  exit 1
}
mkdir -p "$build" 2>/dev/null || die "the build folder $build cannot be made"
user=${AXF_USER_MULT_DIR:-$build/user-mult} # what axflow multiplier add has made
number() { # number NAME VALUE LEAST
  case $2 in '' | *[!0-9]* | ??????????*) die "$1 is '$2', expected a number of at least $3" ;; esac
  [ "$2" -ge "$3" ] || die "$1 is '$2', expected a number of at least $3"
}

case $1 in # a name, or the path of a file
*/* | *.net) [ -f "$1" ] || die "there is no network file $1" ;;
*) [ -f "sw/nets/$1.net" ] || die "there is no network '$1': sw/nets has $(for f in sw/nets/*.net; do basename "$f" .net; done | tr '\n' ' ')" ;;
esac
case $3 in '' | ,* | *, | *,,* | *=,* | *=) die "MULT is '$3', expected NAME or NAME,LAYER=NAME,.." ;; esac
for entry in $(echo "$3" | tr , ' '); do
  case $entry in *=* | "${3%%,*}") ;; *) die "MULT is '$3': '$entry' stands for no layer, LAYER=NAME was expected" ;; esac
  name=${entry#*=}
  [ -f "$build/mult/$name.axt" ] || [ -f "$user/$name/$name.def" ] || awk -v name="$name" '$1 == name { found = 1 } END { exit !found }' rtl/mult/multipliers.def ||
    die "there is no multiplier '$name': rtl/mult/multipliers.def has $(awk '!/^[ \t]*(#|$)/ { print $1 }' rtl/mult/multipliers.def | tr '\n' ' ')"
done
GOAL=${GOAL:-sim} sim/array.sh "$4" "${W:-8}" "${SEGS:-4}" "$7" "${ZERO_SKIP:-0}" "${ISOLATE:-0}" "${PROTECT_NB:-none}" "${PROTECT_KB:-none}" "${PROTECT_REC:-none}"
if [ "${W:-8}" = 16 ]; then
  for entry in $(echo "$3" | tr , ' '); do
    case ${entry#*=} in
    exact | trunc[0-9]* | drum[0-9]*) ;;
    *) die "multiplier '${entry#*=}': at 16 bits there are exact, truncT and drumK only" ;;
    esac
  done
fi
number "${IMAGES_OF:-IMAGES}" "$5" 0
number SEED "$6" 0

[ "${8:-}" != - ] || exit 0
if [ -n "${8:-}" ]; then
  [ -r "$8" ] || die "the model file $8 cannot be read"
  echo "$8"
  exit
fi
net=$(basename "$1" .net) data=$(sw/datasets/label.sh "$2")
for model in "sw/models/$net-$data.axm" "$build/models/$net-$data.axm"; do
  if [ -r "$model" ]; then
    echo "$model"
    exit
  fi
done
die "there is no trained model of '$1' for the data set '$2', neither in sw/models nor in $build/models: run make train NET=$1 DATA=$2"
