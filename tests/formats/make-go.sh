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
govulncheck_version=1.8.0
osv_scanner_version=2.5.0
cosign_version=3.1.3
cosign_old_version=2.6.5 # the last line with signatures as tags
crane_version=0.22.1
grype_version=0.121.2

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

# With the program that writes our database, which needs Grype's own packages.
# Three modules in the versions before: the module proxy did not have the newest.
build_grype() {
  [ -x "$tools/bin/grypedb" ] && return
  local module source=$tools/src/grype
  module=$(go mod download -json "github.com/anchore/grype@v$grype_version" | jq -r .Dir)
  rm -rf "$source"
  mkdir -p "$tools/src"
  cp -r "$module" "$source"
  chmod -R u+w "$source"
  cp -r "$here/tools/grypedb" "$source/cmd/grypedb"
  (
    cd "$source"
    go mod edit -replace github.com/docker/cli=github.com/docker/cli@v29.9.1+incompatible \
      -replace github.com/github/go-spdx/v2=github.com/github/go-spdx/v2@v2.7.0 \
      -replace github.com/google/pprof=github.com/google/pprof@v0.0.0-20250403155104-27863c87afa6
    go_build "$tools/bin/grype" ./cmd/grype -mod=mod -ldflags "-s -w -X main.version=$grype_version"
    go_build "$tools/bin/grypedb" ./cmd/grypedb -mod=mod
  )
}

build_go_tools() {
  mkdir -p "$tools/bin"
  build_module opa github.com/open-policy-agent/opa "$opa_version" .
  build_module conftest github.com/open-policy-agent/conftest "$conftest_version" . \
    "github.com/open-policy-agent/conftest/internal/version.Version=$conftest_version"
  build_module tfsec github.com/aquasecurity/tfsec "$tfsec_version" ./cmd/tfsec \
    "github.com/aquasecurity/tfsec/version.Version=v$tfsec_version"
  [ -x "$tools/bin/govulncheck" ] || # this way it knows its version
    CGO_ENABLED=0 GOBIN="$tools/bin" go install -trimpath "golang.org/x/vuln/cmd/govulncheck@v$govulncheck_version"
  build_module osv-scanner github.com/google/osv-scanner/v2 "$osv_scanner_version" ./cmd/osv-scanner
  build_module crane github.com/google/go-containerregistry "$crane_version" ./cmd/crane
  build_module cosign github.com/sigstore/cosign/v3 "$cosign_version" ./cmd/cosign \
    "sigs.k8s.io/release-utils/version.gitVersion=v$cosign_version"
  build_module "cosign-$cosign_old_version" github.com/sigstore/cosign/v2 "$cosign_old_version" ./cmd/cosign \
    "sigs.k8s.io/release-utils/version.gitVersion=v$cosign_old_version"
  build_grype
  [ -x "$tools/bin/cargo-audit" ] ||
    cargo install cargo-audit --version "$cargo_audit_version" --locked --debug --root "$tools"
  PATH=$tools/bin:$PATH
}

# ---- samples -------------------------------------------------------------

# From here on Go sees no network; do not build tools after it.
go_settings() {
  export GOPROXY=file://$work/go/proxy GOMODCACHE=$work/go/cache GONOSUMDB="*"
  export GOFLAGS="-mod=mod -modcacherw -buildvcs=false"
}

build_go_samples() {
  go_settings
  local folder
  for folder in opa conftest terraform cargo go osv; do
    rm -rf "${work:?}/$folder"
    mkdir -p "$work"
    cp -r "$here/input/$folder" "$work/$folder"
  done
  cp -r "$here/input/rustsec" "$work/cargo/advisory-db"
  python3 "$here/tools/offline.py" index "$work/cargo/shop/Cargo.lock" "$work/cargo/home" courier@0.8.0 pictures@1.4.2
  python3 "$here/tools/offline.py" proxy "$work/go/modules" "$work/go/proxy"
  python3 "$here/tools/offline.py" vulndb "$work/go/advisories" "$work/go/vulndb"
  python3 "$here/tools/offline.py" vulndb "$work/go/advisories" "$work/go/vulndb-cut" GO-2099-0002 GO-2099-0006
  cp -r "$work/go/vulndb" "$work/go/vulndb-broken"
  rm "$work/go/vulndb-broken/ID/GO-2099-0002.json"
  cp -r "$work/go/jobs" "$work/go/broken"
  sed -i 's/pictures.Decode/pictures.Decipher/' "$work/go/broken/preview.go"
  (cd "$work/go/jobs" && go build -trimpath -o ../binary/jobs .)
  cp -r "$work/go/advisories" "$work/osv/advisories/Go"
  for folder in npm PyPI crates.io Debian Go; do
    mkdir -p "$work/osv/db/osv-scalibr/$folder"
    (cd "$work/osv/advisories/$folder" && python3 -m zipfile -c "$work/osv/db/osv-scalibr/$folder/all.zip" ./*.json)
  done
  python3 "$here/tools/image.py" "$work/osv/shop.tar"
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
  opa_case opa-eval-undefined "eval --data policy --input requests/web.json --format json data.shop.deploy.audit" "no such rule: {}, exit code 0"
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

conftest_reports() {
  local test="conftest test --output json"
  fixture conftest/namespaces conftest "$conftest_version" conftest "$test --all-namespaces clusters >../report" \
    "every file twice; failures, warnings, an exception, severity in metadata, loc"
  fixture conftest/main conftest "$conftest_version" conftest "$test clusters >../report" "one namespace: failures, warnings and an exception"
  fixture conftest/stdin conftest "$conftest_version" conftest "$test - <clusters/web.yaml >../report" "no file name"
  fixture conftest/combined conftest "$conftest_version" conftest \
    "$test --combine --policy combined clusters >../report" "all files as one, called Combined"
  fixture conftest/no-rules conftest "$conftest_version" conftest "$test --policy quiet clusters/web.yaml >../report" \
    "no rule was checked: successes 0 and nothing else"
  fixture conftest/other-namespace conftest "$conftest_version" conftest \
    "$test --namespace shop.nothing clusters/web.yaml >../report" "a namespace that is not there: the same"
  fixture conftest/one-without-rules conftest "$conftest_version" conftest \
    "$test --namespace main,shop.nothing clusters/jobs.yaml >../report" "one namespace checked, one not there"
  fixture conftest/clean conftest "$conftest_version" conftest "$test --all-namespaces clusters/jobs.yaml >../report" "only successes"

  test="conftest test --output sarif"
  fixture conftest-sarif/namespaces conftest "$conftest_version" conftest "$test --all-namespaces clusters >../report" \
    "levels error, warning, note for an exception, none for successes"
  fixture conftest-sarif/no-rules conftest "$conftest_version" conftest "$test --policy quiet clusters/web.yaml >../report" \
    "no rule was checked: main/skip"
  fixture conftest-sarif/clean conftest "$conftest_version" conftest "$test --all-namespaces clusters/jobs.yaml >../report" \
    "only successes, which are results of level none"
}

tfsec_case() { # format/case, sample directory, flags, note
  fixture "$1" tfsec "$tfsec_version" terraform "tfsec $2 --no-color $3 --out ../report" "$4"
}

tfsec_reports() {
  tfsec_case tfsec/shop shop "--format json" "an egress rule and a secret are ignored in the source and not listed"
  tfsec_case tfsec/ignored shop "--format json --include-ignored" "the ignored ones are listed, status 2"
  tfsec_case tfsec/passed shop "--format json --include-passed" "passed checks are listed, status 1"
  tfsec_case tfsec/tfsec-clean clean "--format json" "nothing found"
  tfsec_case tfsec-sarif/shop shop "--format sarif" "the same as SARIF"
  tfsec_case tfsec-sarif/ignored shop "--format sarif --include-ignored" "the ignored ones as SARIF"
  tfsec_case tfsec-sarif/clean clean "--format sarif" "nothing found"
}

cargo_audit_case() { # format/case, sample, flags, note
  CARGO_HOME=$work/cargo/home fixture "$1" cargo-audit "$cargo_audit_version" cargo/"$2" \
    "cargo-audit audit --db ../advisory-db --no-fetch --stale $3 >../../report" "$4"
}

cargo_audit_reports() {
  cargo_audit_case cargo-audit/shop shop --json "vulnerabilities with CVSS 3, CVSS 4 and none, all four kinds of warnings"
  cargo_audit_case cargo-audit/ignored shop "--json --ignore RUSTSEC-2099-0001 --ignore RUSTSEC-2099-0003" \
    "two are ignored: named in settings only"
  cargo_audit_case cargo-audit/warnings shop \
    "--json --no-yanked --ignore RUSTSEC-2099-0001 --ignore RUSTSEC-2099-0002 --ignore RUSTSEC-2099-0003 --ignore RUSTSEC-2099-0008" \
    "found is false, there are warnings"
  cargo_audit_case cargo-audit/clean clean --json "nothing found"
  cargo_audit_case cargo-audit-sarif/shop shop "--format sarif" "the same as SARIF"
  cargo_audit_case cargo-audit-sarif/clean clean "--format sarif" "nothing found"
}

govulncheck_case() { # format/case, sample, command, note
  fixture "$1" govulncheck "$govulncheck_version" go/"$2" "$3 >../../report" "$4"
}

govulncheck_reports() {
  local db="govulncheck -db file://$work/go/vulndb" cut="govulncheck -db file://$work/go/vulndb-cut"
  govulncheck_case govulncheck/symbols jobs "$db -format json ./..." \
    "called, only imported and only required; each finding comes once for each level"
  govulncheck_case govulncheck/packages jobs "$db -scan package -format json ./..." "no level of symbols"
  govulncheck_case govulncheck/modules jobs "$db -scan module -format json" "only the level of modules"
  govulncheck_case govulncheck/binary binary "$db -mode binary -format json jobs" "a program: no positions"
  govulncheck_case govulncheck/clean clean "$cut -format json ./..." "no advisory, no finding"
  govulncheck_case govulncheck/unaffected mended "$cut -format json ./..." "advisories of the module, none for its version"
  govulncheck_case govulncheck/does-not-build broken "$db -format json ./..." "the program does not compile: config and nothing else"
  govulncheck_case govulncheck/broken-database jobs "$db-broken -format json ./..." \
    "an advisory is missing in the database: it stops before the first one"
  govulncheck_case govulncheck-sarif/symbols jobs "$db -format sarif ./..." "levels error, warning and note"
  govulncheck_case govulncheck-sarif/clean clean "$cut -format sarif ./..." "nothing found"
}

osv_scanner_case() { # format/case, command, format, note
  OSV_SCALIBR_LOCAL_DB_CACHE_DIRECTORY=$work/osv/db fixture "$1" osv-scanner "$osv_scanner_version" osv \
    "osv-scanner scan $2 --offline --format $3 --output-file ../report" "$4"
}

osv_scanner_reports() {
  osv_scanner_case osv-scanner/shop "source shop" json \
    "npm, PyPI and crates.io; groups of one and of two ids, no score, a malicious package, an unmaintained one"
  osv_scanner_case osv-scanner/ignored "source --config ignore.toml shop" json "one is ignored and leaves no trace"
  osv_scanner_case osv-scanner/all-packages "source --all-packages clean" json "a package without vulnerabilities is listed"
  osv_scanner_case osv-scanner/clean "source clean" json "nothing found"
  osv_scanner_case osv-scanner/image "image --archive shop.tar" json "packages of the system, one advisory in two of them"
  # The analysis of calls builds the program.
  osv_scanner_case osv-scanner/calls "source --call-analysis=go ../go/jobs" json "Go: called, not called, and nothing known of it"
  osv_scanner_case osv-scanner-sarif/shop "source shop" sarif "level warning throughout, CVE ids, fingerprints"
  osv_scanner_case osv-scanner-sarif/clean "source clean" sarif "nothing found"
  fixture osv-scanner/no-database osv-scanner "$osv_scanner_version" osv \
    "OSV_SCALIBR_LOCAL_DB_CACHE_DIRECTORY=../nowhere osv-scanner scan source shop --offline --format json --output-file ../report || [ \$? -eq 127 ]" \
    "it failed, exit code 127, and wrote the same as when nothing is found"
}

# A registry of our own with small images, and keys for this one run.
cosign_samples() { # where the registry listens
  local image layer=layer.tar sign="--use-signing-config=false --tlog-upload=false --yes" old="--new-bundle-format=false"
  rm -rf "$work/cosign"
  mkdir -p "$work/cosign"
  cd "$work/cosign"
  export COSIGN_PASSWORD=""
  cosign generate-key-pair --output-key-prefix shop
  cosign generate-key-pair --output-key-prefix partner
  for image in shop shop-old jobs jobs-old mail ledger; do
    echo "$image" >VERSION
    tar --sort=name --owner=0 --group=0 --mtime=@0 -cf "$layer" VERSION
    crane append --new_layer "$layer" --new_tag "$1/$image:1.4.0"
  done
  # Whoever has the key writes what annotations say, even of an identity.
  local lie="-a build=42 -a Issuer=https://issuer.example.com -a Subject=dev@example.com" by
  cosign sign --key shop.key $sign $lie "$1/shop:1.4.0"
  cosign sign --key shop.key $sign $old $lie "$1/shop-old:1.4.0"
  for by in "shop built" "shop tested" "partner released"; do
    cosign sign --key "${by% *}.key" $sign -a "stage=${by#* }" "$1/jobs:1.4.0"
    cosign sign --key "${by% *}.key" $sign $old -a "stage=${by#* }" "$1/jobs-old:1.4.0"
  done
  echo '{"passed": true}' >tests.json
  for by in 1 2; do
    cosign attest --key shop.key $sign --predicate tests.json --type https://example.com/tests/v1 "$1/ledger:1.4.0"
  done
}

cosign_case() { # case, flags, note
  fixture "cosign/$1" cosign "$cosign_version" cosign "cosign verify --key shop.pub --insecure-ignore-tlog $2 >../report" "$3"
}

cosign_reports() {
  local at=localhost:5000 registry
  crane registry serve --address "$at" >/dev/null 2>&1 &
  registry=$!
  # shellcheck disable=SC2064
  trap "kill $registry" EXIT
  sleep 2
  (cosign_samples "$at") >/dev/null 2>"$work/log" || { cat "$work/log"; exit 1; }

  local old="--new-bundle-format=false"
  cosign_case annotations "--output json $at/shop:1.4.0" "a bundle; annotations that look like an identity"
  cosign_case annotations-old "$old --output json $at/shop-old:1.4.0" "a signature as a tag; annotations that look like an identity"
  cosign_case two-signatures "--output json $at/jobs:1.4.0" "two bundles by one key; a third by another key is not listed"
  cosign_case two-signatures-old "$old --output json $at/jobs-old:1.4.0" "the same with signatures as tags"
  cosign_case two-signatures-lines "$old --output text $at/jobs-old:1.4.0" "one object a line"
  cosign_case one-signature-lines "--output text $at/shop:1.4.0" "one line"
  cosign_case one-annotation "$old --annotations stage=tested --output json $at/jobs-old:1.4.0" "only the signature with this annotation"
  cosign_case two-images "--output json $at/shop:1.4.0 $at/jobs:1.4.0" "two lists, one after the other"
  cosign_case two-images-lines "--output text $at/shop:1.4.0 $at/jobs:1.4.0" "three lines, two images"
  cosign_case one-image-failed "--output json $at/shop:1.4.0 $at/mail:1.4.0" \
    "the second has no signature: exit code 1, and the list of the first"
  cosign_case only-attested "--output json $at/ledger:1.4.0" \
    "nobody signed this image: attestations count as signatures, with their own type"
  fixture cosign/attestations-lines cosign "$cosign_version" cosign \
    "cosign verify-attestation --key shop.pub --insecure-ignore-tlog --type https://example.com/tests/v1 $at/ledger:1.4.0 >../report" \
    "two DSSE envelopes, one a line"
  fixture cosign/verified-by-2 cosign "$cosign_old_version" cosign \
    "cosign-$cosign_old_version verify --key shop.pub --insecure-ignore-tlog --output json $at/jobs-old:1.4.0 >../report" \
    "the same by version 2"
  kill "$registry"
  trap - EXIT
}

grype_case() { # format/case, command, format, note
  fixture "$1" grype "$grype_version" grype "grype $2 --output $3 --file ../report" "$4"
}

grype_samples() {
  local database
  rm -rf "$work/grype"
  cp -r "$here/input/grype" "$work/grype"
  cp -r "$work/osv/shop" "$work/osv/clean" "$work/osv/shop.tar" "$work/grype/"
  cd "$work/grype"
  # One database, and one where the system gets no more updates.
  mkdir plain old
  cp advisories.json plain/
  jq '(.Advisories[].Packages[]? | select(.System) | .System) += {EOLDate: "2026-01-01T00:00:00Z", MinorVersion: "1"}' advisories.json >old/advisories.json
  for database in plain old; do
    grypedb "$database/advisories.json" "$database"
    tar -C "$database" -cf - vulnerability.db | zstd -q -o "$database/database.tar.zst"
    GRYPE_DB_CACHE_DIR=$database/cache grype db import "$database/database.tar.zst"
  done
}

grype_reports() {
  export GRYPE_DB_CACHE_DIR=$work/grype/plain/cache GRYPE_DB_AUTO_UPDATE=false GRYPE_DB_VALIDATE_AGE=false
  export GRYPE_CHECK_FOR_APP_UPDATE=false GRYPE_DB_REQUIRE_UPDATE_CHECK=false
  (grype_samples) >/dev/null 2>"$work/log" || { cat "$work/log"; exit 1; }
  grype_case grype/directory dir:shop json "npm, PyPI and crates.io; aliases, KEV, EPSS, no severity, no fix"
  grype_case grype/image docker-archive:shop.tar json "Debian: every state of a fix, Negligible and Unknown"
  GRYPE_DB_CACHE_DIR=$work/grype/old/cache grype_case grype/system-without-updates docker-archive:shop.tar json \
    "alertsByPackage: every package of a system past its end"
  grype_case grype/ignored "dir:shop --config ignore.yaml" json "ignoredMatches by vulnerability and by package"
  grype_case grype/only-fixed "docker-archive:shop.tar --only-fixed" json "ignoredMatches by the state of the fix"
  grype_case grype/vex "docker-archive:shop.tar --vex shop.openvex.json" json "ignoredMatches by VEX"
  grype_case grype/by-cve "dir:shop --by-cve" json "CVE ids in the place of GHSA ids"
  grype_case grype/clean dir:clean json "no match"
  grype_case grype-sarif/directory dir:shop sarif "rule ids with the package's name"
  grype_case grype-sarif/image docker-archive:shop.tar sarif "Negligible and Unknown"
  grype_case grype-sarif/clean dir:clean sarif "no match"
}

go_reports() {
  build_go_tools
  build_go_samples
  opa_reports
  conftest_reports
  tfsec_reports
  cargo_audit_reports
  govulncheck_reports
  osv_scanner_reports
  cosign_reports
  grype_reports
}
