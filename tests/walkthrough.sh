#!/bin/sh
# Does what CONTRIBUTING.md says about a new format, on a copy of the repository, and runs the tests of the formats there.
# usage: tests/walkthrough.sh [TARGET_DIR]      needs python3, cargo
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
cd "$root"
git ls-files -z --cached --others --exclude-standard | tar --null --files-from=- -cf - | tar -xf - -C "$copy"
python3 - "$copy" <<'PYTHON'
import pathlib, re, sys

copy = pathlib.Path(sys.argv[1])
page = (copy / "CONTRIBUTING.md").read_text()
blocks = re.findall(r"^```\w+ (\S+/\S+)\n(.*?)^```$", page, re.M | re.S)
assert len(blocks) == 5, [path for path, _ in blocks]
for path, text in blocks:
    file = copy / path
    if file.name != "mod.rs":
        assert not file.exists(), f"{path} is there already"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        continue
    module, entry = text.rstrip("\n").split("\n")
    source = file.read_text()
    source = re.sub(r"^mod advisory;$", f"{module}\nmod advisory;", source, count=1, flags=re.M)
    source = re.sub(r"^(pub const ALL: &\[&Format\] = &\[)$", rf"\1\n{entry}", source, count=1, flags=re.M)
    assert module in source and entry in source
    file.write_text(source)
PYTHON
cd "$copy"
export CARGO_TARGET_DIR="${1:-$root/target}"
cargo fmt --check
UPDATE=1 cargo test --locked --quiet --test main formats::cases
cargo test --locked --quiet --test main formats::
grep -q '"rule":"ACME001"' tests/formats/acme/two-problems/expected.json
# The tables of the documents are made of the list.
UPDATE=1 cargo test --locked --quiet --test main generated
grep -q '`acme`' README.md
echo "the walk-through of CONTRIBUTING.md works"
