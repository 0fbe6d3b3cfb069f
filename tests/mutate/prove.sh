#!/bin/bash
# Proves that a changed Verilog file does what the original does, for every set of parameters that it is tested with.
# usage: tests/mutate/prove.sh rtl/FOLDER/MODULE.v COPY.v WORK     from the top; WORK: a folder for files
# Both modules are cut at their registers, memories and child modules and compared as logic, for any content of the registers;
# where that says no, as machines that start with all registers 0, cut at child modules only (ABC: dprove; scorr and pdr).
# PROVE_SECONDS: of ABC, for each set and way (60); PROVE_QUICK=1: only the first way; PROVE_SETS: this
# set alone, TOP PARAMETER=VALUE ..
# Exit status 0: equal, and a line that says for any `registers` or from zero (`sequence`); 1: not proved.
# SPDX-License-Identifier: Apache-2.0
set -u
file=$1 copy=$2 work=$3
limit=${PROVE_SECONDS:-60}
module=$(basename "$file" .v) folder=$(basename "$(dirname "$file")")
mkdir -p "$work"

# Lines TOP PARAMETER=VALUE ..: of the module's tests; of the multipliers that use a file; of the array's simulators.
sets() {
  [ -z "${PROVE_SETS:-}" ] || { echo "$PROVE_SETS" && return; }
  case $folder in
  mult)
    rtl/mult/gen.sh list | awk -v file="$file" '
      index("," $4 ",", "," file ",") {
        gsub(/,?(signed|ports)=[^,]*/, "", $3); sub(/^(-|,)/, "", $3); gsub(",", " ", $3)
        print $2, "W=8", $3; print $2, "W=16", $3 }'
    ;;
  rtl) printf 'axflow %s\n' 'D=4 SEGS=4' 'D=4 SEGS=1 MULT_SIGNED=1 ZERO_SKIP=1 ISOLATE=1' \
    'D=4 W=16 NB_PROTECT=2 KB_PROTECT=3 PROTECT_REC=1' 'D=16' ;;
  *)
    if grep -q "^$folder/$module\\b" tests/rtl/cases; then
      sed -n "s|^$folder/\($module\)\\b|\1|p" tests/rtl/cases | grep -v FAULTS
    else
      printf "$module %s\n" 'D=4 SEGS=4' 'D=4 SEGS=1' 'D=16 W=16 ACC_W=48 SEGS=4'
    fi
    ;;
  esac
}

# The files of the modules below a file, and theirs.
below() { # below FILE..
  # shellcheck disable=SC2046 # a list of files
  awk -v files="$*" '
    function path(f) { sub(/.*\//, "", f); sub(/\.v$/, "", f); return f }
    BEGIN { n = split(files, list, " ") }
    { sub(/\/\/.*/, ""); text[FILENAME] = text[FILENAME] "\n" $0 }
    END {
      for (i = 1; i <= n; i++) wanted[list[i]] = 1
      for (i = 1; i <= n; i++)
        for (f in text)
          if (!(f in wanted) && match(text[list[i]], "[^A-Za-z0-9_.]" path(f) "[ \n]+(#|u_)")) {
            wanted[f] = 1
            list[++n] = f
            print f
          }
    }' $(find rtl -name "*.v" ! -name sram_faults.v) tests/rtl/axf_mult.v
}

side() { # side NAME FILE CUT TOP PARAMETER..: commands that leave the module NAME
  local name=$1 from=$2 cut=$3 top=$4 p set=() flat=''
  shift 4
  for p in "$@"; do set+=(-chparam "${p%=*}" "${p#*=}"); done
  [ "$folder" != mult ] || flat=flatten
  cat <<YS
read_verilog -Irtl/include ${others//$'\n'/ } $from
hierarchy -top $top ${set[*]}
${flat:+proc; flatten}
rename -top $name
blackbox * $name %d
proc $name
opt_clean
tee -o $work/$name.stat stat $name
memory -nordff -nomap
memory_map
opt_clean
dffunmap
expose $cut -evert $name/c:*
design -stash $name
YS
}

# The modules that a side is made of, with their parameters: the cut hides them from the comparison.
children() { grep -v '^  *\$[a-z_]* ' "$1" | awk 'cells { print $1, $2 } /Number of cells/ { cells = 1 }' | sort; }

attempt() { # attempt CUT TOP PARAMETER..: 0 if equal
  local cut=$1 top
  shift
  top=$(find rtl -name "$1.v")
  # shellcheck disable=SC2046 # a list of files
  others=$(printf "%s\n" "$top" $(below "$top") | grep -vx "$file")
  {
    side gold "$file" "$cut" "$@"
    side gate "$copy" "$cut" "$@"
    cat <<YS
design -copy-from gold -as gold gold
design -copy-from gate -as gate gate
miter -equiv -flatten gold gate miter
hierarchy -top miter
flatten
opt -fast
techmap
opt -fast
dffunmap
setundef -undriven -anyseq
setundef -init -zero
abc -g AND -fast
opt_clean
write_aiger -I -B -zinit $work/miter.aig
YS
  } >"$work/miter.ys"
  rm -f "$work/miter.aig"
  timeout "$((10 * limit))" yosys -q "$work/miter.ys" >"$work/yosys.log" 2>&1 || return 1
  cmp -s <(children "$work/gold.stat") <(children "$work/gate.stat") || return 1
  local how="fraig; dprove"
  [ -n "$cut" ] || how="scorr; pdr -T $limit"
  timeout "$((2 * limit))" yosys-abc -c "read_aiger $work/miter.aig; print_stats; fold; strash; orpos; $how" >"$work/abc.log" 2>&1
  grep -q -e "^Property proved" -e "^UNSATISFIABLE" "$work/abc.log"
}

list=$(sets)
[ -n "$list" ] || exit 1
kind=registers
while read -r line; do
  # shellcheck disable=SC2086 # parameters
  attempt -evert-dff $line && continue
  # shellcheck disable=SC2086
  [ -z "${PROVE_QUICK:-}" ] && attempt '' $line || exit 1
  kind=sequence
done <<<"$list"
echo $kind
