# shellcheck shell=bash disable=SC2154
# The part of make.sh for tools in Go and Rust that are not Trivy or gitleaks.
# make.sh reads it; `make.sh go` does nothing else.
#
# What these tools would fetch (advisories, modules, images) is laid out from
# input/ on this machine: nothing here needs a network once they are built.
# Building them takes half an hour and some GB; cargo-audit needs cargo.

opa_version=1.22.2
conftest_version=0.71.1
tfsec_version=1.28.14
cargo_audit_version=0.22.2
govulncheck_version=1.9.0
osv_scanner_version=2.5.0
cosign_version=3.1.3
cosign_old_version=2.6.5 # the last line with signatures as tags
crane_version=0.22.1

# ---- tools ---------------------------------------------------------------

# Not `go install`: some of these modules have replacements, which it refuses.
build_module() { # name, module, version, package, version's variable or nothing
  [ -x "$tools/bin/$1" ] && return
  local module flags="-s -w"
  module=$(go mod download -json "$2@v$3" | jq -r .Dir)
  rm -rf "$tools/src/$1"
  mkdir -p "$tools/src"
  cp -r "$module" "$tools/src/$1"
  chmod -R u+w "$tools/src/$1"
  [ -z "${5:-}" ] || flags="$flags -X $5"
  (cd "$tools/src/$1" && go_build "$tools/bin/$1" "$4" -ldflags "$flags")
}

build_go_tools() {
  mkdir -p "$tools/bin"
  build_module opa github.com/open-policy-agent/opa "$opa_version" .
  build_module conftest github.com/open-policy-agent/conftest "$conftest_version" . \
    "github.com/open-policy-agent/conftest/internal/version.Version=$conftest_version"
  build_module tfsec github.com/aquasecurity/tfsec "$tfsec_version" ./cmd/tfsec \
    "github.com/aquasecurity/tfsec/version.Version=v$tfsec_version"
  build_module govulncheck golang.org/x/vuln "$govulncheck_version" ./cmd/govulncheck
  build_module osv-scanner github.com/google/osv-scanner/v2 "$osv_scanner_version" ./cmd/osv-scanner
  build_module crane github.com/google/go-containerregistry "$crane_version" ./cmd/crane
  build_module cosign github.com/sigstore/cosign/v3 "$cosign_version" ./cmd/cosign \
    "sigs.k8s.io/release-utils/version.gitVersion=v$cosign_version"
  build_module "cosign-$cosign_old_version" github.com/sigstore/cosign/v2 "$cosign_old_version" ./cmd/cosign \
    "sigs.k8s.io/release-utils/version.gitVersion=v$cosign_old_version"
  [ -x "$tools/bin/cargo-audit" ] ||
    cargo install cargo-audit --version "$cargo_audit_version" --locked --debug --root "$tools"
  PATH=$tools/bin:$PATH
}

# ---- samples -------------------------------------------------------------

build_go_samples() {
  local folder
  for folder in opa conftest terraform cargo go osv; do
    rm -rf "${work:?}/$folder"
    mkdir -p "$work"
    cp -r "$here/input/$folder" "$work/$folder"
  done
  rm -rf "$work/advisory-db"
  cp -r "$here/input/rustsec" "$work/advisory-db"
  (
    repository "$work/advisory-db"
    git remote remove origin
    commit "Advisories"
  )
  python3 "$here/tools/godata.py" proxy "$work/go/modules" "$work/go/proxy"
  python3 "$here/tools/godata.py" vulndb "$work/go/advisories" "$work/go/vulndb"
  python3 "$here/tools/godata.py" vulndb "$work/go/advisories" "$work/go/vulndb-without-go" GO-2099-0006
  for folder in npm PyPI crates.io; do
    mkdir -p "$work/osv/db/osv-scanner/$folder"
    (cd "$work/osv/advisories/$folder" && python3 -m zipfile -c "$work/osv/db/osv-scanner/$folder/all.zip" ./*.json)
  done
}

# ---- reports -------------------------------------------------------------

opa_case() { fixture "opa/$1" opa "$opa_version" opa "opa $2 >../report" "$3"; }

opa_reports() {
  local requests="requests/jobs.json requests/queue.yaml requests/web.json"
  opa_case exec-deny-set "exec --decision shop/deploy/deny --bundle policy $requests" "a set of messages for each file, one empty"
  opa_case exec-warn-set "exec --decision shop/deploy/warn --bundle policy $requests" "a set named warn"
  opa_case exec-violations "exec --decision shop/deploy/violation --bundle policy $requests" "objects with msg and severity"
  opa_case exec-allow-boolean "exec --decision shop/deploy/allow --bundle policy $requests" "true and false"
  opa_case exec-whole-package "exec --decision shop/deploy --bundle policy $requests" "every rule of the package in one object"
  opa_case exec-clean "exec --decision shop/deploy --bundle policy requests/jobs.json" "allowed, all sets empty"
  opa_case exec-undefined-decision "exec --decision shop/deploy/audit --bundle policy $requests" \
    "no such rule: an error for each file, exit code 0"
  opa_case exec-unreadable-input "exec --decision shop/deploy/deny --bundle policy requests/jobs.json unreadable/half.json" \
    "a file that is cut off: error {}, exit code 0"
  opa_case exec-conflict "exec --decision shop/deploy/owner --bundle conflict requests/web.json" "a rule with two values, exit code 0"
  opa_case eval-deny "eval --data policy --input requests/web.json --format json data.shop.deploy.deny" "two messages"
  opa_case eval-warn "eval --data policy --input requests/web.json --format json data.shop.deploy.warn" "one message"
  opa_case eval-package "eval --data policy --input requests/web.json --format json data.shop.deploy" "every rule in one object"
  opa_case eval-two-queries \
    "eval --data policy --input requests/web.json --format json \"data.shop.deploy.deny; data.shop.deploy.warn; x := data.shop.deploy.allow\"" \
    "three expressions and a binding"
  opa_case eval-clean "eval --data policy --input requests/jobs.json --format json data.shop.deploy.deny" "an empty set"
  opa_case eval-undefined "eval --data policy --input requests/web.json --format json data.shop.deploy.audit" "no such rule: {}, exit code 0"
  fixture opa/eval-rego-error opa "$opa_version" opa \
    "opa eval --data broken --input requests/web.json --format json data.shop.deploy.deny >../report || [ \$? -eq 2 ]" \
    "the policy does not compile"
  fixture opa/eval-conflict opa "$opa_version" opa \
    "opa eval --data conflict --input requests/web.json --format json data.shop.deploy.owner >../report || [ \$? -eq 2 ]" \
    "an error while it runs: its code does not begin with rego_"
  fixture opa/test-results opa "$opa_version" opa "opa test policy --format json >../report || [ \$? -eq 2 ]" \
    "passed, failed and skipped tests"
  fixture opa/test-error opa "$opa_version" opa "opa test conflict tests --format json >../report || [ \$? -eq 2 ]" \
    "a test that stops with an error"
  opa_case test-clean "test policy --run plain_image --format json" "one test, passed"
}

go_reports() {
  build_go_tools
  build_go_samples
  opa_reports
}
