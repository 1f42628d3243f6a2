#!/usr/bin/env bash
# Makes the reports of examples/ and tests/formats/ again: builds the scanners
# in pinned versions, lays out sample repositories and runs the scanners there.
#
#   tests/formats/make.sh            everything
#   tests/formats/make.sh python     only what the tools of PyPI make (make-python.sh)
#   tests/formats/make.sh npm        only what the tools of npm make (make-npm.sh)
#   tests/formats/make.sh go         only the tools of make-go.sh
#   tests/formats/make.sh seal       only the sums of the files made by hand
#
# Needs bash, git, jq, go (1.25 or newer) and python3 with venv; npm for the
# cases of ESLint and the like, which are left out without it. The first run
# takes some minutes and 5 GB, most of it for Trivy.
#
#   TOOLS   where the scanners are built        ${TMPDIR:-/tmp}/sarif-gate-tools
#   WORK    where the samples are scanned       /tmp/shop
#           (some tools write this path into their reports: keep it neutral)
#
# Trivy gets its settings from TRIVY_* variables (see trivy_settings) and its
# vulnerabilities from a small database of our own (tools/trivydb), so nothing
# here needs a network once the tools are built.
set -euo pipefail
export LC_ALL=C TZ=UTC

trivy_version=0.70.0
trivy_old_version=0.68.2 # the last line with ids like DS002; 0.69.4 to 0.69.6 were tampered with
gitleaks_version=8.30.1
gitleaks_old_version=8.18.4
bandit_version=1.9.4
ruff_version=0.17.6
semgrep_version=1.182.0
checkov_version=3.3.30
eslint_version=10.15.0
eslint_sarif_version=3.1.0
eslint_security_version=4.1.0

here=$(cd "$(dirname "$0")" && pwd)
project=$(cd "$here/../.." && pwd)
tools=${TOOLS:-${TMPDIR:-/tmp}/sarif-gate-tools}
work=${WORK:-/tmp/shop}
today=$(date -u +%F)
. "$here/make-python.sh"
. "$here/make-npm.sh"

. "$here/make-go.sh"

# ---- tools ---------------------------------------------------------------

go_build() { # output, package, then flags
  local out=$1 package=$2
  shift 2
  CGO_ENABLED=0 go build -trimpath -buildvcs=false "$@" -o "$out" "$package"
}

# Trivy does not go through `go install`: this also works where the module
# proxy knows the version but has no list of versions.
build_trivy() { # version, name
  [ -x "$tools/bin/$2" ] && return
  local module
  module=$(go mod download -json "github.com/aquasecurity/trivy@v$1" | jq -r .Dir)
  rm -rf "$tools/src/$2"
  mkdir -p "$tools/src"
  cp -r "$module" "$tools/src/$2"
  chmod -R u+w "$tools/src/$2"
  (cd "$tools/src/$2" && GOEXPERIMENT=jsonv2 go_build "$tools/bin/$2" ./cmd/trivy \
    -ldflags "-s -w -X github.com/aquasecurity/trivy/pkg/version/app.ver=$1")
}

build_gitleaks() { # version, name
  [ -x "$tools/bin/$2" ] && return
  local package=github.com/zricethezav/gitleaks/v8
  CGO_ENABLED=0 GOBIN="$tools/src/$2" go install -trimpath \
    -ldflags "-s -w -X $package/cmd.Version=$1 -X $package/version.Version=$1" "$package@v$1"
  cp "$tools/src/$2/gitleaks" "$tools/bin/$2"
}

python_tools() { # environment, then commands "--", then packages
  local env=$tools/$1 commands=()
  shift
  while [ "$1" != -- ]; do commands+=("$1"); shift; done
  shift
  [ -f "$env/done" ] || { python3 -m venv "$env"; "$env/bin/pip" -q install "$@"; touch "$env/done"; }
  local command
  for command in "${commands[@]}"; do ln -sf "$env/bin/$command" "$tools/bin/$command"; done
}

build_tools() {
  mkdir -p "$tools/bin"
  build_trivy "$trivy_version" trivy
  build_trivy "$trivy_old_version" "trivy-$trivy_old_version"
  build_gitleaks "$gitleaks_version" gitleaks
  build_gitleaks "$gitleaks_old_version" "gitleaks-$gitleaks_old_version"
  python_tools python bandit ruff semgrep -- \
    "bandit[sarif]==$bandit_version" "ruff==$ruff_version" "semgrep==$semgrep_version"
  python_tools checkov checkov -- "checkov==$checkov_version"
  (cd "$here/tools/trivydb" && go run -buildvcs=false . "$tools/cache")
  PATH=$tools/bin:$tools/python/bin:$PATH
}

trivy_settings() {
  export TRIVY_CACHE_DIR=$tools/cache TRIVY_SKIP_DB_UPDATE=true TRIVY_SKIP_JAVA_DB_UPDATE=true
  export TRIVY_SKIP_CHECK_UPDATE=true TRIVY_SKIP_VEX_REPO_UPDATE=true TRIVY_SKIP_VERSION_CHECK=true
  export TRIVY_OFFLINE_SCAN=true TRIVY_DISABLE_TELEMETRY=true TRIVY_QUIET=true
}

# ---- samples -------------------------------------------------------------

sample() { # directory, app: a repository that holds only this app
  mkdir -p "$work/$1/examples"
  cp -r "$project/examples/$2" "$work/$1/examples/$2"
}

commit() { # message; the dates are one day apart
  commits=$((commits + 1))
  local date="2026-01-0${commits}T12:00:00Z"
  git add -A
  GIT_AUTHOR_DATE=$date GIT_COMMITTER_DATE=$date git commit -q -m "$1"
}

repository() { # directory
  export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
  export GIT_AUTHOR_NAME="Example Dev" GIT_AUTHOR_EMAIL=dev@example.com
  export GIT_COMMITTER_NAME="Example Dev" GIT_COMMITTER_EMAIL=dev@example.com
  commits=0
  git init -q -b main "$1"
  cd "$1"
  git remote add origin https://github.com/example/shop.git
}

# The sample application with a history: a key that comes, goes and lives on elsewhere.
history() {
  (
    repository "$work/git"
    sample git sample-app
    local settings=examples/sample-app/config/settings.ini key=examples/sample-app/config/deploy_key.pem
    mv "$key" "$work/key"
    commit "Start the shop"
    mv "$work/key" "$key"
    commit "Deploy by key"
    sed -i '/^spare_keys/d' "$settings"
    commit "Take the spare keys out

AKIAFAKEFIXTUREQRSTU is no longer in use."
    mkdir "examples/sample-app/upload scripts"
    printf '#!/bin/sh\nexport AWS_ACCESS_KEY_ID=AKIAFAKEFIXTUREABCDE\naws s3 sync pictures s3://shop-pictures\n' \
      >"examples/sample-app/upload scripts/größe.sh"
    commit "Upload the pictures"
  )
  (
    repository "$work/git-clean"
    sample git-clean clean-app
    commit "Start"
  )
}

build_samples() {
  rm -rf "$work"
  mkdir -p "$work/empty" "$work/encoded" "$work/images"
  cp -r "$here/input" "$work/input"
  python3 "$here/tools/image.py" "$work/images/shop.tar"
  sample app sample-app
  sample clean clean-app
  sample lint sample-app
  mkdir "$work/lint/rules"
  cp "$here/input/semgrep.yml" "$work/lint/rules/"
  cp "$here/input/eslint.config.mjs" "$work/lint/"
  cp -r "$here/input/store" "$work/store"
  cp -r "$here/input/store" "$work/store-broken"
  find "$work/store-broken" -name '*.broken' | while read -r file; do mv "$file" "${file%.broken}"; done
  printf 'key: %s\n' "$(printf 'access_key_id = AKIAFAKEFIXTUREABCDE' | base64)" >"$work/encoded/notes.txt"
  history
}

# ---- reports -------------------------------------------------------------

# Runs a command in a sample; it must write ../report. Scanners that found
# something exit with 1, or as $exits says.
run() { # directory, command
  local code=0
  rm -f "$work/report"
  echo "  $2" >&2
  (cd "$work/$1" && bash -c "$2") >/dev/null 2>"$work/log" || code=$?
  case " 0 ${exits:-1} " in *" $code "*) ;; *) cat "$work/log"; echo "exit code $code" >&2; exit 1 ;; esac
  [ -s "$work/report" ] || { cat "$work/log"; echo "no report" >&2; exit 1; }
}

seal() { # directory of a case, tool, version, command, made, note
  local report sum
  report=$(echo "$1"/report.*)
  sum=$(sha256sum "$report" | cut -d' ' -f1)
  # A file that did not change keeps its date.
  grep -qs "$sum" "$1/provenance.toml" && [ "$5" = "by hand" ] && return
  {
    printf 'tool = "%s"\nversion = "%s"\n' "$2" "$3"
    printf "command = '%s'\n" "${4% }"
    printf 'date = "%s"\nsha256 = "%s"\nmade = "%s"\nnote = "%s"\n' "$today" "$sum" "$5" "$6"
  } >"$1/provenance.toml"
}

fixture() { # format/case, tool, version, sample directory, command, note
  local dir=$here/$1 ending=json
  case $1 in
    *sarif/*) ending=sarif ;;
    checkstyle/* | cobertura/* | junit/*) ending=xml ;;
    lcov/*) ending=info ;;
    mypy/* | *-lines) ending=jsonl ;;
  esac
  run "$4" "$5"
  mkdir -p "$dir"
  mv "$work/report" "$dir/report.$ending"
  seal "$dir" "$2" "$3" "$5" "by running the tool" "$6"
}

example() { # file, sample directory, command
  run "$2" "$3"
  mkdir -p "$(dirname "$project/examples/$1")"
  mv "$work/report" "$project/examples/$1"
}

by_hand() { # format/case, tool, version, note
  seal "$here/$1" "$2" "$3" "" "by hand" "$4"
}

secret_config="--secret-config ../input/trivy-secret.yaml"
trivy_all="trivy fs --scanners vuln,misconfig,secret,license $secret_config"
gitleaks_config="--no-banner --config ../input/gitleaks.toml"
semgrep="semgrep scan --config rules/semgrep.yml --metrics off --disable-version-check"

trivy_case() { fixture "trivy/$1" trivy "$trivy_version" "$2" "$3 --format json --output ../report $4" "$5"; }
trivy_sarif_case() { fixture "trivy-sarif/$1" trivy "$trivy_version" "$2" "$3 --format sarif --output ../report $4" "$5"; }

trivy_reports() {
  trivy_case fs-vulnerabilities app "trivy fs --scanners vuln" . \
    "npm, pip and Go; all five severities, one without a fix, several fixes in one"
  trivy_case fs-all app "$trivy_all" . "vulnerabilities, misconfigurations, secrets and licences together"
  trivy_case fs-without-packages app "trivy fs --scanners vuln --list-all-pkgs=false" . "the same without lists of packages"
  trivy_case misconfig-dockerfile app "trivy config --misconfig-scanners dockerfile" . "ids like DS-0002, no AVDID"
  trivy_case misconfig-terraform app "trivy config --misconfig-scanners terraform" . "ids like AWS-0086"
  fixture trivy/misconfig-old-ids trivy "$trivy_old_version" app \
    "trivy-$trivy_old_version config --format json --output ../report ." "the same files, ids like DS002 with AVDID"
  trivy_case include-non-failures app "trivy config --misconfig-scanners dockerfile --include-non-failures" . \
    "PASS beside FAIL"
  trivy_case only-passes clean "trivy config --include-non-failures" . "PASS only: no finding"
  trivy_case secrets app "trivy fs --scanners secret $secret_config" . "two secrets on one line, a key of several lines"
  trivy_case licences app "trivy fs --scanners license" . "LOW, MEDIUM and HIGH licences"
  trivy_case suppressed app "$trivy_all --show-suppressed --ignorefile ../input/trivyignore.yaml" . \
    "ExperimentalModifiedFindings of every kind, by a .trivyignore.yaml"
  trivy_case suppressed-by-vex app "trivy fs --scanners vuln --show-suppressed --vex ../input/shop.openvex.json" . \
    "ExperimentalModifiedFindings with status fixed and not_affected"
  trivy_case ignored-without-trace app "trivy fs --scanners vuln --ignorefile ../input/trivyignore.yaml" . \
    "the same ignore file without --show-suppressed"
  trivy_case repository git "trivy fs --scanners vuln" . "a git checkout: Metadata has commit and author"
  trivy_case image images "trivy image --scanners vuln --input shop.tar" "" \
    "os-pkgs and node-pkg; one CVE in two packages; will_not_fix, fix_deferred, TEMP id. The statuses were chosen for the fixture"
  trivy_case clean clean "trivy fs --scanners vuln,misconfig,secret" . "results, but nothing found"
  trivy_case clean-no-results empty "trivy fs --scanners vuln" . "no Results key at all"

  trivy_sarif_case fs-all app "$trivy_all" . "every kind together"
  trivy_sarif_case fs-vulnerabilities app "trivy fs --scanners vuln" . "npm, pip and Go"
  trivy_sarif_case misconfig app "trivy config" . "Dockerfile and Terraform"
  fixture trivy-sarif/misconfig-old-ids trivy "$trivy_old_version" app \
    "trivy-$trivy_old_version config --format sarif --output ../report ." "ids like DS002"
  trivy_sarif_case secrets app "trivy fs --scanners secret $secret_config" . "secrets"
  trivy_sarif_case licences app "trivy fs --scanners license" . "rule ids like MIT:axios"
  trivy_sarif_case image images "trivy image --scanners vuln --input shop.tar" "" "one rule for a CVE of two packages"
  trivy_sarif_case clean clean "trivy fs --scanners vuln,misconfig,secret" . "no results"
}

gitleaks_case() { # case, tool name, version, sample directory, command, note: as JSON and as SARIF
  fixture "gitleaks/$1" gitleaks "$3" "$4" "$2 $5 --report-format json --report-path ../report" "$6"
  fixture "gitleaks-sarif/$1" gitleaks "$3" "$4" "$2 $5 --report-format sarif --report-path ../report" "$6"
}

gitleaks_reports() {
  local old=gitleaks-$gitleaks_old_version
  gitleaks_case git gitleaks "$gitleaks_version" git "git $gitleaks_config" \
    "four commits; a secret in two files, one no longer in HEAD, one in a commit message"
  gitleaks_case dir gitleaks "$gitleaks_version" app "dir $gitleaks_config examples/sample-app" \
    "two secrets on one line share a fingerprint, and so do a key and its decoded body"
  gitleaks_case redacted gitleaks "$gitleaks_version" git "git $gitleaks_config --redact=100" "nothing in clear text"
  gitleaks_case half-redacted gitleaks "$gitleaks_version" app \
    "dir $gitleaks_config --redact=30 examples/sample-app" "the beginning of each secret in clear text"
  gitleaks_case decoded gitleaks "$gitleaks_version" encoded "dir --no-banner notes.txt" "a secret in Base64: tags"
  gitleaks_case stdin gitleaks "$gitleaks_version" app \
    "stdin $gitleaks_config <examples/sample-app/config/settings.ini" "no file name, StartLine 0"
  gitleaks_case git-old "$old" "$gitleaks_old_version" git "detect $gitleaks_config --source ." "an older version, by git"
  gitleaks_case no-git-old "$old" "$gitleaks_old_version" app "detect --no-git $gitleaks_config --source examples/sample-app" \
    "an older version, without git"
  gitleaks_case gitleaks-clean gitleaks "$gitleaks_version" git-clean "git --no-banner" "nothing found"
}

sarif_reports() {
  fixture sarif/bandit bandit "$bandit_version" app "bandit -q -r examples/sample-app -f sarif -o ../report" \
    "no level on MEDIUM results"
  fixture sarif/bandit-clean bandit "$bandit_version" clean "bandit -q -r examples/clean-app -f sarif -o ../report" \
    "nothing found"
  fixture sarif/ruff ruff "$ruff_version" app \
    "ruff check --isolated --select S --output-format sarif --output-file ../report examples/sample-app" "file:// paths"
  fixture sarif/semgrep semgrep "$semgrep_version" lint "$semgrep --sarif --output ../report examples/sample-app" \
    "no levels on results, one suppressed by nosemgrep, fingerprints that say nothing"
  fixture sarif/checkov checkov "$checkov_version" app \
    "checkov -d examples/sample-app --framework terraform dockerfile --skip-download --quiet --compact -o sarif --output-file-path ../checkov; mv ../checkov/results_sarif.sarif ../report" \
    "level error throughout"
  if command -v npm >/dev/null; then
    (cd "$work/lint" && npm install --silent --no-save --no-package-lock --ignore-scripts --no-fund --no-audit \
      "eslint@$eslint_version" "@microsoft/eslint-formatter-sarif@$eslint_sarif_version" \
      "eslint-plugin-security@$eslint_security_version")
    fixture sarif/eslint eslint "$eslint_version" lint \
      "node_modules/.bin/eslint --config eslint.config.mjs --format @microsoft/eslint-formatter-sarif --output-file ../report examples/sample-app/web" \
      "empty suppressions on every result and one true suppression"
  fi
}

example_reports() {
  example vulnerable/trivy-fs.json app "$trivy_all --format json --output ../report ."
  example vulnerable/gitleaks.json git "gitleaks git $gitleaks_config --report-format json --report-path ../report"
  example vulnerable/bandit.sarif app "bandit -q -r examples/sample-app -f sarif -o ../report"
  example vulnerable/semgrep.sarif lint "$semgrep --sarif --output ../report examples/sample-app"
  example clean/trivy-fs.json clean "trivy fs --scanners vuln,misconfig,secret --format json --output ../report ."
  example clean/gitleaks.json git-clean "gitleaks git --no-banner --report-format json --report-path ../report"
  example clean/bandit.sarif clean "bandit -q -r examples/clean-app -f sarif -o ../report"
}

hand_made() {
  by_hand trivy/bare-list trivy 0.19 "the list of before 0.20, without SchemaVersion; one target without findings"
  by_hand trivy/image-statuses trivy 0.56 "every status, a severity that is missing and one that is UNKNOWN"
  by_hand trivy/k8s-report trivy 0.58 "needs a cluster to run; Resources, Metadata as a list"
  by_hand trivy/k8s-report-old trivy 0.29 "needs a cluster to run; two lists of resources, Exceptions, status EXCEPTION"
  by_hand gitleaks/v7-list gitleaks 7.6 "offender and rule; not to be had any more"
  by_hand gitleaks/v8-early gitleaks 8.2 "no Fingerprint, Tags null; not to be had any more"
  by_hand sarif/flows "made up" "" "codeFlows, relatedLocations, fixes, taxa and properties"
  by_hand sarif/levels "made up" "" "every way to say a level or a severity, and what is no finding"
  by_hand sarif/locations "made up" "" "every way to name a place, or none"
  by_hand sarif/failed-run "made up" "" "executionSuccessful is false"
  by_hand sarif/no-results "made up" "" "results absent and null: no scan took place"
  by_hand sarif/two-runs "made up" "" "two tools in one file"
}

# Reports must not tell whose machine they were made on.
check() {
  local path found=0
  for path in "$HOME" "$project" "$tools" "$here"; do
    if grep -rlF --include='report.*' --include='provenance.toml' -- "$path/" "$here" ||
      grep -rlF -- "$path/" "$project/examples/vulnerable" "$project/examples/clean"; then
      echo "the path $path is in the files above" >&2
      found=1
    fi
  done
  return $found
}

everything() {
  build_tools
  trivy_settings
  build_samples
  trivy_reports
  gitleaks_reports
  sarif_reports
  example_reports
  build_python_tools
  python_reports
  npm_family
  go_reports
}

python_family() { build_python_tools; build_samples; python_reports; }
npm_family() {
  command -v npm >/dev/null || { echo "no npm: left out" >&2; return; }
  build_npm_tools
  [ -d "$work/store" ] || build_samples
  npm_reports
}

case ${1:-} in
  "") everything ;;
  python | npm) "$1_family" ;;
  go) go_reports ;;
  seal) ;;
  *) echo "unknown: $1; python, npm, go, seal, or nothing for everything" >&2; exit 2 ;;
esac
hand_made
check
