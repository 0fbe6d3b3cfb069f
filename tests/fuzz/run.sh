#!/bin/bash
# Fuzzing in short: two seconds a parser, from the committed corpus.
# SPDX-License-Identifier: Apache-2.0
# slow
set -u
cd "$(dirname "$0")/../.." || exit 2
FUZZ_SECONDS=2 exec tests/fuzz/fuzz.sh
