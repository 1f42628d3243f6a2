#!/usr/bin/env bash
# run.sh ORACLES (BINARY | image:TAG)   the Action as GitHub's runner runs it, for every event and many reports.
# Between the program and the fake GitHub stands Prism with GitHub's own API description: it refuses a wrong request of
# ours and a wrong answer of the fake. ONLY=WORD runs the cases whose name holds the word. ORACLES is the folder with the
# runner emulator (run-action.py) and install.sh.
set -euo pipefail
oracles=$(realpath "${1:?usage: run.sh ORACLES BINARY}")
case ${2:?usage: run.sh ORACLES BINARY} in
  image:*) start=(--image "${2#image:}") ;;
  *) start=(--binary "$(realpath "$2")") ;;
esac
cd "$(dirname "$0")"; here=$PWD
export ORACLES_HOME=${ORACLES_HOME:-$HOME/.cache/oracles} PYTHONDONTWRITEBYTECODE=1
# Full payloads, with the emulator's values laid over them.
export WEBHOOK_EXAMPLES=$ORACLES_HOME/node_modules/@octokit/webhooks-examples/api.github.com/index.json

if ! command -v bwrap >/dev/null; then
  [ "$(id -u)" = 0 ] || { echo "bwrap is missing: install bubblewrap"; exit 1; }
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends bubblewrap >/dev/null
fi
bash "$oracles/install.sh"
python=$ORACLES_HOME/venv/bin/python

work=$(mktemp -d); pids=()
failed=1
clean() { # the workspaces of failed cases stay
  kill "${pids[@]}" 2>/dev/null || true
  if [ "$failed" = 0 ]; then rm -rf "$work"; else find "$work" -mindepth 1 -maxdepth 1 ! -name keep -exec rm -rf {} +; fi
}
trap clean EXIT
until_found() { # until_found FILE PATTERN PID   waits up to 60 s
  for _ in $(seq 300); do
    grep -qE "$2" "$1" 2>/dev/null && return
    kill -0 "$3" 2>/dev/null || break
    sleep 0.2
  done
  echo "did not start:"; tail -n 5 "$1"; return 1
}

: > "$work/record"
mkdir "$work/keep"; chmod 755 "$work" "$work/keep"
"$python" describe.py "$ORACLES_HOME/node_modules/@octokit/openapi/generated/api.github.com.json" "$ORACLES_HOME/prism/github-trim.json" "$work/api.json"
"$python" fake_github.py "$work/record" "$work/api.json" "$work/keep" > "$work/fake" 2>&1 & pids+=($!)
until_found "$work/fake" '^[0-9]+$' "$!"
for try in 1 2 3; do
  port=$("$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  (cd "$ORACLES_HOME/prism" && exec node -r ./ajv-loud.js -r "$here/prism.js" node_modules/@stoplight/prism-cli/dist/index.js proxy -h 127.0.0.1 -p "$port" --errors \
    "$work/api.json" "http://127.0.0.1:$(head -n 1 "$work/fake")") > "$work/prism" 2>&1 & prism=$!
  pids+=("$prism")
  until_found "$work/prism" 'Prism is listening' "$prism" && break
  [ "$try" != 3 ] || exit 1
done

violations() { # violations FROM_LINE   the fake's refusals have statuses that the description does not list; all else counts
  tail -n "+$1" "$work/prism" | grep -E 'AJV-COMPILE-FAILED|Request terminated with error|VALIDATOR' | grep -v 'Unable to match the returned status code'
}

# Is the guard awake? It must refuse a request without head_sha, and an answer that is no check run.
"$python" - "http://127.0.0.1:$port/repos/octo-org/guard/check-runs" <<'P'
import json, sys, urllib.error, urllib.request
whole = {"name": "x", "head_sha": "a" * 40, "status": "completed", "conclusion": "success"}
for power, body, should in (("write", whole, 201), ("write", {"name": "x"}, 422), ("wrong", whole, 500), ("read", whole, 403), ("revoked", whole, 401)):
    headers = {"Authorization": "Bearer ghs_" + power + "0123456789" * 4, "Content-Type": "application/json"}
    try:
        status = urllib.request.urlopen(urllib.request.Request(sys.argv[1], json.dumps(body).encode(), headers)).status
    except urllib.error.HTTPError as error:
        status = error.code
    if status != should:
        sys.exit(f"the guard is asleep: {power} {body}: {status}, not {should}")
P
[ "$(violations 1 | wc -l)" = 2 ] || { echo "the guard's log is not understood:"; violations 1; exit 1; }
begin=$(($(wc -l < "$work/prism") + 1))

failed=0
"$python" check.py --emulator "$oracles/run-action.py" "${start[@]}" --api "http://127.0.0.1:$port" --record "$work/record" --keep "$work/keep" --only "${ONLY:-}" || failed=1
"$python" signals.py "${start[@]}" || failed=1
if violations "$begin" > "$work/violations"; then
  echo "against GitHub's API description:"; head -n 20 "$work/violations"; failed=1
fi
if grep -q 'ghs_write0123456789' "$work/record"; then echo "the record holds the token"; failed=1; fi
echo "$(wc -l < "$work/record") requests were held against GitHub's API description"
exit $failed
