#!/usr/bin/env bash
# sarif.sh VALIDATORS BINARY   what we write is held against the official schema, Microsoft's SDK and the SDK's rules for GitHub.
# Three layers, because each lets something through: the schema knows no indexes, the SDK no semantics, and the rules are
# silent about a file that the SDK cannot read.
set -uo pipefail
tools=${1:?usage: sarif.sh VALIDATORS BINARY}; binary=$(realpath "${2:?usage: sarif.sh VALIDATORS BINARY}")
multitool=$tools/node_modules/@microsoft/sarif-multitool-linux
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
cat > "$work/rules.xml" <<'X'
<?xml version="1.0" encoding="utf-8"?>
<Properties><Properties Key="SARIF2006.UrisShouldBeReachable.Options"><Property Key="RuleEnabled" Value="Disabled" /></Properties></Properties>
X
mkdir -p "$work/logs"
n=0
for report in tests/formats/*/*/report.*; do
  name=$(dirname "${report#tests/formats/}" | tr / _)
  format=$(basename "$(dirname "$(dirname "$report")")")
  input=$format=$report
  # Tools write SARIF too: those logs name their tool themselves.
  case "$format" in *sarif) input=$report ;; esac
  if ! "$binary" convert "$input" -o "$work/logs/$name.sarif" 2>"$work/err"; then
    rm -f "$work/logs/$name.sarif"
    # What the reader refuses on purpose, `cargo test` holds.
    grep -q '"status":"unusable"' "$(dirname "$report")/expected.json" || { echo "$name: $(head -n 3 "$work/err")"; n=1; }
  fi
done
"$binary" run examples/vulnerable/* --evidence-dir "$work/evidence" >/dev/null
cp "$work/evidence/results.sarif" "$work/logs/examples-results.sarif"
cp "$work/evidence/upload.sarif" "$work/logs/examples-upload.sarif"
shared=${SARIF_GATE_SHARED:-../shared}
if [ -d "$shared/real" ]; then
  for report in "$shared"/real/*/*; do
    name=real_$(basename "$(dirname "$report")")_$(basename "$report")
    # The reader refuses some of them on purpose; `cargo test` holds which.
    "$binary" convert "$report" -o "$work/logs/$name.sarif" 2>/dev/null || rm -f "$work/logs/$name.sarif"
  done
fi
"$tools/venv/bin/check-jsonschema" --schemafile "$multitool/sarif-2.1.0.json" "$work"/logs/*.sarif > "$work/schema" 2>&1 || { n=1; grep '::' "$work/schema" | head -20; }
# `validate` says nothing about a file that it cannot read; `rewrite` does. One process a file, so two at a time.
export multitool work
printf '%s\n' "$work"/logs/*.sarif | xargs -P 2 -I LOG sh -c '
  "$multitool/Sarif.Multitool" rewrite "LOG" -o "$work/rewritten.$$" --log ForceOverwrite > "$work/r.$$" 2>&1 ||
    echo "LOG: the SDK cannot read it: $(grep -m1 Exception "$work/r.$$")"
  rm -f "$work/rewritten.$$" "$work/r.$$"' > "$work/unread"
[ ! -s "$work/unread" ] || { n=1; head -n 20 "$work/unread"; }
# The exit code is 0 whatever is found: the results count. `--level` and `--rule-kind` want lists of two or more.
"$multitool/Sarif.Multitool" validate --rule-kind "Sarif;Ghas" -c "$work/rules.xml" --level "Error;Warning;Note" "$work"/logs/*.sarif -o "$work/found.sarif" --log ForceOverwrite > "$work/v" 2>&1
if [ -s "$work/found.sarif" ]; then
  python3 tests/validators/errors.py "$work/found.sarif" || n=1
else
  n=1; echo "the validator wrote nothing"; tail -n 3 "$work/v"
fi
echo "$(find "$work/logs" -name '*.sarif' | wc -l) logs checked"
exit $n
