#!/bin/sh
# Counts what a report lists, independently of sarif-gate: findings by kind and severity, findings that the scanner
# suppressed, and entries that are none. FORMAT is an id that `sarif-gate formats` prints; what is known of it is in
# count/FORMAT.jq (one list [KIND, SEVERITY], ["suppressed", "-"] or ["not_findings", "-"] for each entry, from each JSON
# value of the file) or in count/FORMAT.py (the same as tab-separated lines).
# usage: tests/count.sh FORMAT FILE       prints tab-separated lines, sorted; needs jq 1.6 or later, python3 for the latter
set -eu
LC_ALL=C
export LC_ALL
here=$(dirname "$0")/count
if [ -f "$here/$1.py" ]; then
  python3 "$here/$1.py" "$2"
else
  jq -r -L "$here" "$(cat "$here/$1.jq") | @tsv" "$2"
fi | sort | uniq -c | awk '{ print $2 "\t" $3 "\t" $1 }'
