# The reports of tools from npm; sourced by make.sh, which has the helpers.
#
# npm audit asks tools/advisories.py, which answers as a registry does, so
# nothing here needs a network once the tools are there.
# shellcheck shell=bash disable=SC2154 # the variables are make.sh's

eslint_old_version=7.32.0 # without suppressedMessages
eslint_checkstyle_version=9.0.1
stylelint_version=16.26.1 # the last for Node 20
stylelint_standard_version=39.0.1
stylelint_checkstyle_version=1.1.1
mocha_version=10.8.2
mocha_junit_version=2.2.1
jest_version=30.5.2
jest_junit_version=17.0.0
c8_version=12.0.0
nyc_version=18.0.0
npm_version=11.19.1

npm_tools() { # folder, then packages
  local folder=$tools/npm/$1
  shift
  [ -f "$folder/done" ] && return
  mkdir -p "$folder"
  (cd "$folder" && npm install --silent --no-save --no-package-lock --ignore-scripts --no-fund --no-audit "$@")
  touch "$folder/done"
}

build_npm_tools() {
  mkdir -p "$tools/bin"
  npm_tools store "eslint@$eslint_version" "eslint-plugin-security@$eslint_security_version" \
    "eslint-formatter-checkstyle@$eslint_checkstyle_version" \
    "stylelint@$stylelint_version" "stylelint-config-standard@$stylelint_standard_version" \
    "stylelint-checkstyle-reporter@$stylelint_checkstyle_version" \
    "mocha@$mocha_version" "mocha-junit-reporter@$mocha_junit_version" \
    "jest@$jest_version" "jest-junit@$jest_junit_version" "c8@$c8_version" "nyc@$nyc_version"
  npm_tools "eslint-$eslint_old_version" "eslint@$eslint_old_version"
  npm_tools "npm-$npm_version" "npm@$npm_version"
  ln -sf "$tools/npm/eslint-$eslint_old_version/node_modules/.bin/eslint" "$tools/bin/eslint-$eslint_old_version"
  ln -sf "$tools/npm/npm-$npm_version/node_modules/.bin/npm" "$tools/bin/npm-$npm_version"
  PATH=$tools/bin:$PATH
}

# Plugins are found beside the files, and what is found there may stand in a
# report: hard links where they can be had, because the folder is large.
npm_samples() {
  local sample
  for sample in store store-broken; do
    [ -d "$work/$sample/node_modules" ] ||
      cp -al "$tools/npm/store/node_modules" "$work/$sample/" 2>/dev/null ||
      cp -a "$tools/npm/store/node_modules" "$work/$sample/"
  done
  mkdir -p "$work/tools"
  cp -r "$here/tools/." "$work/tools"
}

eslint_reports() {
  local eslint="node_modules/.bin/eslint -c web/eslint.config.mjs -o ../report"
  fixture eslint/store eslint "$eslint_version" store "$eslint -f json web/cart.js web/prices.js" \
    "errors and warnings, two suppressed by directives, one directive that suppresses nothing"
  fixture eslint/with-metadata eslint "$eslint_version" store "$eslint -f json-with-metadata web/cart.js web/prices.js" \
    "the same with rulesMeta"
  fixture eslint/broken eslint "$eslint_version" store-broken "$eslint -f json web/broken.js web/half.js web/cart.js" \
    "fatal: two files could not be parsed"
  fixture eslint/ignored eslint "$eslint_version" store "$eslint -f json --ignore-pattern web/cart.js web/cart.js web/prices.js" \
    "a file that was asked for is ignored: a warning without a rule and without a line"
  fixture eslint/clean eslint "$eslint_version" store "$eslint -f json web/prices.js" "a file without messages"
  fixture eslint/old eslint "$eslint_old_version" store \
    "eslint-$eslint_old_version --no-eslintrc -c web/eslintrc.json -f json -o ../report web/cart.js web/prices.js" \
    "an older version: no suppressedMessages; the directive of an unknown rule is an error"
  fixture checkstyle/eslint eslint "$eslint_version" store "$eslint -f checkstyle web/cart.js web/prices.js" \
    "source is eslint.rules.ID; a message without a rule has an empty source; absolute paths"
  fixture checkstyle/eslint-broken eslint "$eslint_version" store-broken "$eslint -f checkstyle web/broken.js web/prices.js" \
    "a file that could not be parsed is an error like any other"
}

stylelint_reports() {
  local stylelint="node_modules/.bin/stylelint -c web/stylelint.config.mjs --custom-formatter stylelint-checkstyle-reporter -o ../report"
  exits=2 fixture checkstyle/stylelint stylelint "$stylelint_version" store "$stylelint web/style.css web/style-clean.css" \
    "errors and a warning; a file element without errors"
  exits=2 fixture checkstyle/stylelint-broken stylelint "$stylelint_version" store-broken "$stylelint web/style-broken.css" \
    "CssSyntaxError: a file that could not be parsed is an error like any other"
  fixture checkstyle/stylelint-clean stylelint "$stylelint_version" store "$stylelint web/style-clean.css" "nothing found"
}

test_reports() {
  local mocha=node_modules/.bin/mocha
  exits=3 fixture junit/mocha mocha-junit-reporter "$mocha_junit_version" store \
    "$mocha --reporter mocha-junit-reporter --reporter-options mochaFile=../report web/test/prices.test.js" \
    "failures, one of a hook; a skipped test is counted but not listed"
  exits=3 fixture junit/mocha-xunit mocha "$mocha_version" store "$mocha --reporter xunit web/test/prices.test.js >../report" \
    "Mocha's own: the root is testsuite, tests and skipped do not agree with the list, failures are counted as errors"
  fixture junit/mocha-clean mocha-junit-reporter "$mocha_junit_version" store \
    "$mocha --reporter mocha-junit-reporter --reporter-options mochaFile=../report web/test/clean.test.js" "all tests pass"
  fixture junit/jest jest-junit "$jest_junit_version" store \
    "cd web && JEST_JUNIT_OUTPUT_FILE=../../report ../node_modules/.bin/jest" "two files; failure without message"
}

script_coverage_reports() {
  local c8="node_modules/.bin/c8 --reports-dir ../c8 --temp-directory ../c8/tmp --include \"web/*.js\""
  local nyc="node_modules/.bin/nyc --report-dir ../nyc --temp-dir ../nyc/tmp --cache false --include \"web/*.js\""
  local mocha="node_modules/.bin/mocha web/test/clean.test.js"
  fixture lcov/c8 c8 "$c8_version" store "$c8 --reporter lcovonly $mocha && mv ../c8/lcov.info ../report" "every line, also blank ones"
  fixture cobertura/c8 c8 "$c8_version" store "$c8 --reporter cobertura $mocha && mv ../c8/cobertura-coverage.xml ../report" \
    "a DOCTYPE by address; one branch of one"
  fixture lcov/nyc nyc "$nyc_version" store "$nyc --reporter lcovonly $mocha && mv ../nyc/lcov.info ../report" "lines, functions, branches"
  fixture cobertura/nyc nyc "$nyc_version" store "$nyc --reporter cobertura $mocha && mv ../nyc/cobertura-coverage.xml ../report" \
    "a DOCTYPE by address; rates are cut off, not rounded"
}

npm_audit_reports() {
  local serve="python3 ../tools/advisories.py" registry=http://127.0.0.1:4873
  local audit="npm-$npm_version audit --json --package-lock-only --registry $registry"
  export npm_config_cache=$work/npm-cache npm_config_userconfig=/dev/null npm_config_update_notifier=false
  fixture npm-audit/shop npm "$npm_version" app "$serve $audit --prefix examples/sample-app/web >../report" \
    "direct packages, several advisories on one, one without a fix, a fix that breaks; the advisories are tools/advisories.py's"
  fixture npm-audit/transitive npm "$npm_version" store "$serve $audit --prefix audit >../report" \
    "two packages are affected only through a third: via is its name"
  fixture npm-audit/clean npm "$npm_version" clean "$serve $audit --prefix examples/clean-app/web >../report" "nothing found"
  fixture npm-audit/refused npm "$npm_version" store "$serve $audit/closed --prefix audit >../report" \
    "the registry has no advisories: no audit took place"
  fixture npm-audit/no-lock npm "$npm_version" store "$serve $audit --prefix web >../report" "no lock file: no audit took place"
}

npm_reports() {
  npm_samples
  eslint_reports
  stylelint_reports
  test_reports
  script_coverage_reports
  npm_audit_reports
}
