#!/usr/bin/env bash
# image.sh ORACLES   builds the container image, says how large it is, and runs it as GitHub's runner does, with
# network and without. ORACLES is the folder with build-image.sh and run-action.py. Needs root and Debian's packages; the first time it also
# makes stand-ins for the base images, which takes some minutes.
set -euo pipefail
oracles=$(realpath "${1:?usage: image.sh ORACLES}")
cd "$(dirname "$0")"
most=8000000  # bytes, compressed: what a job downloads or unpacks before it starts
tag=localhost/sarif-gate:check
export STORE=${STORE:-${SARIF_GATE_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/sarif-gate-ci}/images}
export ORACLES_HOME=${ORACLES_HOME:-$HOME/.cache/oracles} PYTHONDONTWRITEBYTECODE=1

log=$(mktemp); trap 'rm -f "$log"' EXIT
if ! built=$(NO_RUN=1 bash "$oracles/build-image.sh" ../.. "$tag" 2>"$log"); then
  tail -n 40 "$log"; echo "the image cannot be built"; exit 1
fi
built=$(tail -n 1 <<<"$built"); echo "$built"
python3 - "$built" "$most" <<'P' || exit 1
import json, sys
image, most = json.loads(sys.argv[1]), int(sys.argv[2])
print(f"uncompressed {image['uncompressed_bytes']:,} bytes, compressed {image['compressed_bytes']:,} bytes")
if image["compressed_bytes"] > most:
    sys.exit(f"the image is larger than {most:,} bytes")
if image["user"] not in ("", "0", "root"):
    sys.exit("the image must run as root: the runner's files belong to somebody else")
P

failed=0
ONLY="pull_request: vulnerable" bash run.sh "$oracles" "image:$tag" || failed=1
"$ORACLES_HOME/venv/bin/python" check.py --emulator "$oracles/run-action.py" --image "$tag" --network none --offline --jobs 1 || failed=1
exit $failed
