# Shared by the scripts of the flow: sentences, steps cached by content, libraries. Sourced, from the top folder.
# SPDX-License-Identifier: Apache-2.0
BUILD=${BUILD:-build}
PDK_DIR=${PDK_DIR:-$([ -d ../shared/pdk ] && echo ../shared/pdk || echo "$BUILD/pdk")}
export LC_ALL=C
flow_work=$BUILD/flow

flow_die() {
  echo "$flow_name: $*" >&2
  exit 1
}
flow_need() { # flow_need COMMAND PACKAGE
  command -v "$1" >/dev/null || flow_die "$1 is missing: apt-get install $2"
}
flow_say() { printf '  %-6s %s\n' "$1" "$2"; }

# The scripts themselves and the tools belong to the inputs of every step.
flow_base() {
  local sta_version=none
  command -v sta >/dev/null && sta_version=$(dpkg-query -W -f '${Version}' opensta 2>/dev/null || sta -version)
  flow_key=$({
    yosys -V
    echo "opensta $sta_version"
    cat flow/common.sh flow/blocks.sh flow/clocked.tcl flow/sta.tcl flow/fo4.tcl flow/lean.awk flow/macro.awk flow/netlist.awk flow/stub.awk
  } | sha256sum | cut -c1-16)
}

# Runs a command once for the same content: step LABEL FILE.. -- COMMAND WORD..
# The command runs with OUT, a new folder, which is kept under the hash of everything; STEP is that folder.
step() {
  local label=$1 files=() key out begin
  shift
  while [ "$1" != -- ]; do
    files+=("$1")
    shift
  done
  shift
  [ ${#files[@]} -gt 0 ] || files=(/dev/null)
  key=$({
    echo "$flow_key" "$@"
    cat "${files[@]}" | sha256sum
  } | sha256sum | cut -c1-24)
  STEP=$flow_work/cache/$key
  if [ -e "$STEP/done" ]; then
    flow_cached=$((${flow_cached:-0} + 1))
    return
  fi
  out=$STEP.tmp.$$
  rm -rf "$out"
  mkdir -p "$out"
  begin=$(date +%s)
  if ! (OUT=$out && "$@"); then
    rm -rf "$flow_work/failed"
    mv "$out" "$flow_work/failed"
    exit 1
  fi
  echo $(($(date +%s) - begin)) >"$out/done"
  mv -T "$out" "$STEP" 2>/dev/null || rm -rf "$out" # another run may have been faster
  [ "${label%% *}" = bufs ] && [ "$(cat "$STEP/done")" = 0 ] && return
  flow_say "${label%% *}" "${label#* }, $(cat "$STEP/done") s"
}

# An error of a tool, or a warning that flow/warnings.txt does not explain, ends the run with that line.
flow_check_log() { # flow_check_log LOG WHAT
  local line
  line=$(grep -iE '(^|[^a-z_])(warnings?|error)( [0-9]+)?:' "$1" | grep -vE -f <(sed -n 's/^\([^#\t][^\t]*\)\t.*/\1/p' flow/warnings.txt) | head -n 1)
  case $line in
  "") ;;
  *[Ee][Rr][Rr][Oo][Rr]*) flow_die "$2: $line" ;;
  *) flow_die "$2: a message that flow/warnings.txt does not explain: $line" ;;
  esac
}
flow_run() { # flow_run WHAT LOG COMMAND..: a tool whose messages are checked
  local what=$1 log=$2 status=0
  shift 2
  "$@" >"$log" 2>&1 </dev/null || status=$?
  flow_check_log "$log" "$what"
  [ "$status" = 0 ] || flow_die "$what ended with status $status: $(tail -n 1 "$log")"
}

# A replay by axpower: one sentence unless all was compared and every bit was equal.
flow_replay() { # flow_replay WHAT REPORT COMMAND..
  local what=$1 report=$2 status=0
  shift 2
  "$@" >"$report" || status=$?
  [ "$status" -le 128 ] || flow_die "$what: axpower was ended by signal $((status - 128))"
  ! grep -q " wrong, first " "$report" || flow_die "$what: $(grep -m 1 "^replay:" "$report")"
  [ "$status" = 0 ] || exit 1 # axpower has said why
  grep -q " 0 wrong$" "$report" || flow_die "$what: nothing was compared"
}

# The value of a key of the library's description; empty if there is none.
lib_get() { awk -v key="$1" '$1 == key { sub(/^[^ \t]+[ \t]+/, ""); print }' "flow/libs/$LIB.lib.txt"; }

# A Debian package unpacked into the build folder, without what it depends on; prints the path of one file of it.
lib_from_debian() { # lib_from_debian PACKAGE FILE
  local dir=$BUILD/pdk/$1
  if [ -r "/$2" ]; then
    echo "/$2"
    return
  fi
  if [ ! -r "$dir/$2" ]; then
    mkdir -p "$dir.tmp.$$" || return 1
    if ! (cd "$dir.tmp.$$" && apt-get -q -o APT::Sandbox::User=root download "$1" && dpkg-deb -x "$1"_*.deb .) \
      >"$dir.log" 2>&1 </dev/null || [ ! -r "$dir.tmp.$$/$2" ]; then
      rm -rf "$dir.tmp.$$"
      flow_die "library $LIB needs the Debian package $1, which is not installed and cannot be downloaded" \
        "(\`apt-get install --no-install-recommends $1\`, or connect to a Debian mirror; what apt-get said is in $dir.log)"
    fi
    rm -rf "$dir" && mv "$dir.tmp.$$" "$dir"
  fi
  echo "$dir/$2"
}

lib_readable() { # lib_readable FILE HINT
  [ ! -d "$1" ] || flow_die "library $LIB: $1 is a folder, not a Liberty file"
  [ -r "$1" ] || flow_die "library $LIB: cannot read $1$2"
}
# The description of the library LIB is there, with all its keys.
lib_described() {
  local description=flow/libs/$LIB.lib.txt key
  [ -f "$description" ] || flow_die "there is no library '$LIB'; there are:" \
    "$(cd flow/libs && printf '%s ' *.lib.txt | sed 's/\.lib\.txt//g')"
  for key in source node_nm voltage time_unit cap_unit nand2 buffer fanout load_ff clock_ns fo4_ps leakage memory; do
    [ -n "$(lib_get $key)" ] || flow_die "$description: the key $key is missing"
  done
}
# Finds the library LIB: sets lib_file, the Liberty file as it came (unpacked).
lib_find() {
  local description=flow/libs/$LIB.lib.txt kind first path
  lib_described
  read -r kind first path <<<"$(lib_get source)"
  case $kind in
  deb) lib_file=$(lib_from_debian "$first" "$path") || exit 1 ;;
  pdk)
    path=$PDK_DIR/$first
    lib_readable "$path" " (PDK_DIR is the folder with the libraries)"
    # Unpacked each time: it may be another file than last time, of another folder.
    lib_file=$BUILD/pdk/${first%.gz}
    mkdir -p "$(dirname "$lib_file")"
    if [ "$first" = "${first%.gz}" ]; then cat "$path"; else gzip -dc "$path"; fi >"$lib_file.tmp.$$" 2>/dev/null ||
      { rm -f "$lib_file.tmp.$$" && flow_die "library $LIB: $path is damaged, it cannot be unpacked"; }
    mv "$lib_file.tmp.$$" "$lib_file"
    ;;
  *) flow_die "$description: a source is 'deb PACKAGE FILE' or 'pdk FILE'" ;;
  esac
  lib_readable "$lib_file" ''
}

# Step: the lean Liberty lean.lib, `areas`, outsides of the cells outside.v, their functions cells.v. Units are checked.
do_library() { # do_library LIBERTY
  local units want said
  said=$(awk -v dont_use="$(lib_get dont_use)" -v units="$OUT/units" -v areas="$OUT/areas" -v leakages="$OUT/leakages" \
    -v leakage="$(lib_get leakage)" -f flow/lean.awk "$1" 2>&1 >"$OUT/lean.lib") || flow_die "library $LIB: $said"
  touch "$OUT/leakages"
  units=$(cat "$OUT/units")
  want="$(lib_get time_unit) $(lib_get cap_unit) $(lib_get voltage)"
  [ "$units" = "$want" ] ||
    flow_die "library $LIB: time unit, capacitance unit and voltage of $1 are '$units', expected '$want'"
  for cell in "$(lib_get nand2)" "$(lib_get buffer | cut -d' ' -f1)"; do
    grep -q "^$cell " "$OUT/areas" || flow_die "library $LIB: $1 has no cell $cell"
  done
  flow_run "yosys, library $1" "$OUT/outside.log" \
    yosys -Q -p "read_liberty -lib -ignore_miss_func -ignore_miss_dir $OUT/lean.lib; write_verilog -noattr -blackboxes $OUT/outside.v"
  [ "$(grep -c "^module " "$OUT/outside.v")" = "$(wc -l <"$OUT/areas")" ] ||
    flow_die "library $LIB: of the $(wc -l <"$OUT/areas") cells of $1 Yosys finds $(grep -c "^module " "$OUT/outside.v")"
  flow_run "yosys, library $1" "$OUT/cells.log" \
    yosys -Q -p "read_liberty -ignore_miss_func -ignore_miss_dir $OUT/lean.lib; proc; opt_clean; write_verilog -noattr $OUT/cells.v"
}
lib_prepare() {
  lib_find
  step "lib $LIB: units checked, power tables left out" "$lib_file" "flow/libs/$LIB.lib.txt" flow/warnings.txt -- \
    do_library "$lib_file"
  lib=$STEP
}

# Step: axmem, the memory model.
do_axmem() {
  ${CC:-gcc} -std=c11 -O2 -D_GNU_SOURCE -Wall -Isw -Iflow/mem -o "$OUT/axmem" flow/mem/*.c sw/core/*.c -lz -lpthread -lm
}
# The memories of a design as macros: mem_options for axmem, by the library's node, MEM_TYPE if it is set.
memory_tools() {
  step "cc axmem" flow/mem/*.[ch] sw/core/*.[ch] -- do_axmem
  axmem=$STEP/axmem
  memory_options
}
memory_options() { # of axmem, for the memories of the library
  mem_options=(--tech flow/mem/tech.txt --ports 1r1w --node "$(lib_get node_nm)" --type "${MEM_TYPE:-$(lib_get memory)}")
}
memory_nominal() { "$1" --table "${mem_options[@]}" 1024x8 | awk '{ print $9 }'; } # memory_nominal AXMEM: in V
# The supply of a class of flow/memories.txt; empty: nominal.
memory_vdd() { # memory_vdd CLASS
  local own=MEM_VDD_${1^^}
  if [ "$1" = safe ]; then echo "${!own:-}"; else echo "${!own:-${MEM_VDD:-}}"; fi
}

# Step: the program that bounds the fan-out.
do_fanout_tool() { ${CC:-gcc} -std=c11 -O2 -D_GNU_SOURCE -Wall -o "$OUT/fanout" flow/fanout.c flow/netlist.c flow/table.c; }
flow_tools() {
  step "cc fanout" flow/fanout.c flow/netlist.c flow/netlist.h flow/table.c flow/table.h -- do_fanout_tool
  fanout=$STEP/fanout
}
