# Synthesis of the blocks of flow/blocks.txt, each once, children before parents. Sourced after common.sh.
# SPDX-License-Identifier: Apache-2.0

# One protection of a buffer as the parameters of rtl/axflow.v: `KIND SAFE`.
blocks_protect() { # blocks_protect NAME
  case $1 in
  none) echo 0 1 ;;
  parity) echo 1 1 ;;
  secded) echo 2 1 ;;
  msb[1-7]) echo 3 "${1#msb}" ;;
  *) flow_die "a protection is none, parity, secded or msb1 .. msb7, not '$1'" ;;
  esac
}
# Of both buffers and the parameter records; protect_name is what stands in the names of results, as in sim/rules.mk: segments
# if not 4, protection.
blocks_protection() {
  local nb=${PROTECT_NB:-none} kb=${PROTECT_KB:-none} text
  text=$(blocks_protect "$nb" && blocks_protect "$kb") || exit 1
  read -rd '' nb_kind nb_safe kb_kind kb_safe <<<"$text" || true
  protect_name=
  [ "$nb $kb" = 'none none' ] || protect_name=-nb_$nb-kb_$kb
  [ "$nb" != "$kb" ] || protect_name=${protect_name:+-$nb}
  case ${PROTECT_REC:-none} in
  none) rec=0 ;;
  vote) rec=1 protect_name+=-rec_vote ;;
  *) flow_die "PROTECT_REC = $PROTECT_REC is not none or vote" ;;
  esac
  SEGS=${SEGS:-4}
  [ "$SEGS" = 4 ] || protect_name=-segs$SEGS$protect_name
  case ${ZERO_SKIP:-0}${ISOLATE:-0} in 00 | 01 | 10 | 11) ;; *) flow_die "ZERO_SKIP and ISOLATE are 0 or 1" ;; esac
  [ "${ZERO_SKIP:-0}" = 0 ] || protect_name+=-skip
  [ "${ISOLATE:-0}" = 0 ] || protect_name+=-isolate
}

# Values of the parameters, as rtl/axflow.v sets them; a difference would be noticed when the parent is synthesised.
# MULT_SIGNED: 1 if the multiplier is a signed core.
blocks_values() {
  case $D in 4 | 8 | 16 | 32) ;; *) flow_die "D = $D is not 4, 8, 16 or 32" ;; esac
  case $W in 8 | 16) ;; *) flow_die "W = $W is not 8 or 16" ;; esac
  blocks_protection
  local log2=$((D == 4 ? 2 : D == 8 ? 3 : D == 16 ? 4 : 5))
  local wlog=$((W == 8 ? 3 : 4))
  local segs_log2=0
  while [ $((1 << segs_log2)) -lt "$SEGS" ] 2>/dev/null; do segs_log2=$((segs_log2 + 1)); done
  [ "$SEGS" = $((1 << segs_log2)) ] && [ "$SEGS" -le "$D" ] || flow_die "SEGS = $SEGS is not 1, 2, 4, .. D = $D"
  declare -gA value=(
    [D]=$D [W]=$W [ACC]=$((W == 8 ? 32 : 48)) [STORE]=$((256 * 8 / W)) [SIGNED]=${MULT_SIGNED:-0} [PSUMS]=64 [PARS]=16
    [PW]=$((2 * W + 1)) [SW]=$((2 * W + 1 + log2)) [NBKIND]=$nb_kind [NBSAFE]=$nb_safe [KBKIND]=$kb_kind [KBSAFE]=$kb_safe [REC]=$rec
    [NBW]=$((16384 * 8 / (D * W))) [KBW]=$((32768 * 8 / (D * W)))
    [SKIP]=${ZERO_SKIP:-0} [ISOLATE]=${ISOLATE:-0}
    [NBLOG]=$((17 - log2 - wlog)) [KBLOG]=$((18 - log2 - wlog)) [SEGS]=$SEGS [SEGSLOG]=$segs_log2)
  declare -gA block_files=() block_children=() block_params=() block_dir=()
  block_list=()
  local name files children params free p text
  while IFS='|' read -r name _ files children params free; do
    name=${name// /}
    case $name in '' | \#*) continue ;; esac
    block_list+=("$name")
    block_children[$name]=$children
    text=
    for p in $params; do text+=" ${p%%=*}=${value[${p#*=}]}"; done
    for p in $free; do text+=" $p=*"; done
    block_params[$name]=$text
    text=
    for p in $files; do
      if [ "$p" = @mult ]; then text+=" $(tr '\n' ' ' <"$mult_files")"; else text+=" rtl/$p"; fi
    done
    block_files[$name]=$text
  done <flow/blocks.txt
}

# Every block below TOP, itself included.
blocks_below() {
  local c
  echo "$1"
  for c in ${block_children[$1]}; do blocks_below "$c"; done
}

# How Yosys reads the RTL of a block, with the outsides of its children.
block_read() { # block_read NAME STUB.v..
  local name=$1 params='' p
  shift
  for p in ${block_params[$name]}; do
    case $p in *=\*) ;; *) params+=" -chparam ${p%%=*} ${p#*=}" ;; esac
  done
  echo "read_verilog -lib flow/sram_macro.v $*"
  echo "read_verilog -defer -DAXF_SRAM_MACRO -Irtl/include ${block_files[$name]}"
  echo "hierarchy -check -top $name $params"
}
# What flow/netlist.awk expects of the instances in a block.
block_expect() {
  local c
  for c in ${block_children[$1]}; do printf '%s %s;' "$c" "${block_params[$c]}"; done
}

# Step: one block to gates by Yosys. Leaves plain.v, stub.v (its outside), macros (sizes of its memories).
# -nofsm, -nordff: the registers stay those of the RTL, so that a proof can pair them (flow/prove.sh).
do_map() { # do_map NAME CLOCK_PS LIBRARY CHILD-FOLDER..
  local name=$1 ps=$2 lib=$3 cell in out
  shift 3
  read -r cell in out <<<"$(lib_get buffer)"
  printf 'set_driving_cell %s\nset_load %s\n' "$cell" "$(lib_get load_ff)" >"$OUT/constr"
  cat >"$OUT/synth.ys" <<END
$(block_read "$name" "${@/%//stub.v}")
synth -top $name -flatten -nofsm -nordff
dfflibmap -liberty $lib/lean.lib
abc -liberty $lib/lean.lib -constr $OUT/constr -D $ps
setundef -zero
splitnets
opt_clean -purge
insbuf -buf $cell $in $out
read_liberty -lib -ignore_miss_func -ignore_miss_dir $lib/lean.lib
check -assert -mapped
write_verilog -noattr -noexpr -nohex -nodec $OUT/mapped.v
END
  flow_run "yosys, block $name" "$OUT/yosys.log" yosys -Q "$OUT/synth.ys"
  awk -v expect="$(block_expect "$name")" -v macros="$OUT/macros" -f flow/netlist.awk "$OUT/mapped.v" >"$OUT/plain.v" || exit 1
  awk -v parameters="${block_params[$name]}" -f flow/stub.awk "$OUT/plain.v" >"$OUT/stub.v"
  rm "$OUT/mapped.v"
}

# Step: buffers in the netlist of a block. Leaves NAME.v, the netlist, and loads (what its inputs drive).
do_fanout() { # do_fanout NAME MAP-FOLDER LIBRARY CHILD-FOLDER..
  local name=$1 map=$2 lib=$3 loads=() outsides=() c
  shift 3
  for c in "$@"; do
    outsides+=("$c/stub.v")
    loads+=(-l "$c/loads")
  done
  awk -f flow/macro.awk "$map/macros" >"$OUT/macros.v" || exit 1
  "$fanout" -n "$(lib_get fanout)" -b "$(lib_get buffer | tr ' ' ':')" -i clk_i -i supply_i "${loads[@]}" -o "$OUT/loads" \
    "$lib/outside.v" "$OUT/macros.v" "${outsides[@]}" "$map/plain.v" >"$OUT/$name.v" || exit 1
  cp "$map/stub.v" "$map/macros" "$OUT/" || exit 1
}

# Synthesises all blocks below TOP; block_dir gets the folder of each.
blocks_synth() { # blocks_synth TOP CLOCK_PS
  local name c p wanted common outsides loads shown map
  wanted=" $(blocks_below "$1" | tr '\n' ' ') "
  common=(flow/warnings.txt "flow/libs/$LIB.lib.txt" "$lib/lean.lib")
  for name in "${block_list[@]}"; do
    case $wanted in *" $name "*) ;; *) continue ;; esac
    # Of a child only its outside matters, and for the buffers what its inputs drive.
    outsides=() loads=() shown=
    for c in ${block_children[$name]}; do
      outsides+=("${block_dir[$c]}/stub.v")
      loads+=("${block_dir[$c]}/loads")
    done
    for p in ${block_params[$name]}; do
      case $p in *=\*) ;; *) shown+=" $p" ;; esac
    done
    # shellcheck disable=SC2086 # a list of files
    step "synth $name$shown" "${common[@]}" flow/sram_macro.v rtl/include/*.vh "${outsides[@]}" ${block_files[$name]} -- \
      with_children do_map "$name" "$2" "${block_params[$name]}"
    map=$STEP
    step "bufs $name" "${common[@]}" "$fanout" "$map/plain.v" "${outsides[@]}" "${loads[@]}" -- \
      with_children do_fanout "$name" "$map"
    block_dir[$name]=$STEP
  done
}

# The children's folders are looked up when the step runs, so that they are no part of its key.
with_children() { # with_children COMMAND NAME ARGUMENT ..: COMMAND NAME ARGUMENT LIBRARY CHILD-FOLDER..
  local c dirs=()
  for c in ${block_children[$2]}; do dirs+=("${block_dir[$c]}"); done
  "$1" "$2" "$3" "$lib" "${dirs[@]}"
}
