#!/bin/sh
# Draws every figure of docs/figures from its text: NAME.dot, with the common style of style.inc, gives NAME.svg. A picture
# carries the checksum of its source, by which a test finds one that is stale.
# usage: docs/figures/generate.sh [--check]      from the top; --check: only compare the checksums
# SPDX-License-Identifier: Apache-2.0
set -eu
cd "$(dirname "$0")"
status=0
[ "${1:-}" = --check ] || command -v dot >/dev/null || {
  echo "docs/figures/generate.sh: dot is missing: apt-get install graphviz" >&2
  exit 1
}
for source in *.dot; do
  name=${source%.dot}
  sum=$(cat style.inc "$source" | sha256sum | cut -c1-64)
  if [ "${1:-}" = --check ]; then
    grep -q "source $sum" "$name.svg" 2>/dev/null || {
      echo "docs/figures/$name.svg is not drawn from $source as it is: run make figures" >&2
      status=1
    }
    continue
  fi
  # The style goes behind the opening brace. Only the first line is a brace at its end.
  awk 'NR == FNR { style = style $0 "\n"; next } { print } /^digraph/ { printf "%s", style }' style.inc "$source" |
    dot -Tsvg | sed "s|^<svg |<!-- source $sum SPDX-License-Identifier: Apache-2.0 -->\n&|" >"$name.tmp"
  mv "$name.tmp" "$name.svg"
  echo "docs/figures/$name.svg"
done
exit $status
