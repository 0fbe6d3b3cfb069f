#!/bin/bash
# Whether a library can be used, before anything is built that takes longer: its description, its file, its units, its cells.
# usage: [LIB=osu018] [BUILD=build] [PDK_DIR=..] flow/library.sh 'make power'      the command that asks. Status 1 and one
# sentence if not. SPDX-License-Identifier: Apache-2.0
set -euo pipefail
cd "$(dirname "$0")/.."
flow_name=${1:-flow/library.sh} LIB=${LIB:-osu018}
. flow/common.sh
flow_need yosys yosys
flow_base
lib_prepare
