#!/usr/bin/env bash
# files.sh VALIDATORS   action.yml, the workflows and the Dockerfile, held against what others say of them.
set -uo pipefail
tools=${1:?usage: files.sh VALIDATORS}; n=0
"$tools/venv/bin/check-jsonschema" --builtin-schema vendor.github-actions action.yml || n=1
"$tools/venv/bin/check-jsonschema" --builtin-schema vendor.github-workflows .github/workflows/*.yml || n=1
for file in action.yml .github/workflows/*.yml; do
  node "$tools/node_modules/@action-validator/cli/cli.mjs" "$file" || n=1
done
"$tools/venv/bin/zizmor" --offline --no-progress --min-severity medium .github/workflows action.yml || n=1
# The whole workflows of the documents, with an id for every commit that they leave open.
pages=$(mktemp -d) || exit 1
mkdir -p "$pages/.github/workflows"
documents=(README.md docs/forks.md docs/publishing.md)
awk -v dir="$pages/.github/workflows" '/^```yaml$/ { fresh = 1; next } /^```$/ { file = fresh = ""; next }
  fresh { fresh = ""; if (/^name:/) file = dir "/" ++count ".yml" }
  file { gsub(/<commit>/, "0123456789abcdef0123456789abcdef01234567"); print > file }' "${documents[@]}"
[ "$(ls "$pages/.github/workflows" | wc -l)" = 4 ] || { echo "${documents[*]}: not four workflows"; n=1; }
"$tools/venv/bin/check-jsonschema" --builtin-schema vendor.github-workflows "$pages"/.github/workflows/*.yml || n=1
for file in "$pages"/.github/workflows/*.yml; do
  node "$tools/node_modules/@action-validator/cli/cli.mjs" "$file" || n=1
done
"$tools/venv/bin/zizmor" --offline --no-progress --min-severity medium "$pages/.github/workflows" || n=1
rm -rf "$pages"
"$tools/venv/bin/hadolint" --ignore DL3059 Dockerfile || n=1
exit $n
