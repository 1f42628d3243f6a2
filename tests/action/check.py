#!/usr/bin/env python3
"""check.py --emulator run-action.py (--binary B | --image I) --api URL --record FILE    one line for each case, then `N passed, N failed`.

  --offline       the cases for a container without network: nobody can be told, the verdict is the same
  --only WORD     the cases whose name holds it
  --keep DIR      where workspaces of failed cases stay (default: a new folder that is named at the end)
"""
import argparse
import pathlib
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

import everybody
import reports
import trust
from harness import CONFIG, Case, World, git, run, template

EVENTS = ("push", "push_tag", "pull_request", "pull_request_fork", "pull_request_target", "merge_group", "schedule", "workflow_dispatch")
OFTEN = ("push", "pull_request", "pull_request_fork", "merge_group", "schedule")


def track(workspace):
    git(workspace, "add", "-f", "trivy.json")
    git(workspace, "commit", "-q", "-m", "A clean report for good")


def link(name, target):
    def commit(workspace):
        (workspace / name).symlink_to(target)
        git(workspace, "add", "-f", name)
        git(workspace, "commit", "-q", "-m", "A link")
    return commit


def on(event, name, fill, verdict, code, conclusion, inline=0, commands=0, **more):
    """A case for one event: from a fork the token can only read, and the findings come by workflow commands."""
    if event == "pull_request_fork":
        more["says"] = (*more.get("says", ()), "fork", "403")
        return Case(f"{event}: {name}", event, fill, verdict, code, None, commands, True, power="read", **more)
    return Case(f"{event}: {name}", event, fill, verdict, code, conclusion, inline, **more)


def cases():
    for event in EVENTS:
        yield on(event, "clean examples", reports.examples("clean"), "pass", 0, "success")
        # A public repository shows the place of a secret on pull requests only: 13 block, 22 warn, 18 are noted; 9 are secrets.
        shown = 50 if event.startswith("pull_request") else 44
        yield on(event, "vulnerable examples", reports.examples("vulnerable"), "fail", 1, "failure", shown, 30)
    for event in OFTEN:
        yield on(event, "0 findings", reports.trivy(0), "pass", 0, "success")
        for number, inline, commands in ((1, 1, 1), (50, 50, 10), (51, 50, 10), (1000, 50, 10)):
            yield on(event, f"{number} findings", reports.trivy(number), "fail", 1, "failure", inline, commands)
        yield on(event, "warnings only", reports.trivy(2, "HIGH"), "warn", 0, "neutral", 2, 2)
        yield on(event, "hostile reports", reports.hostile, "fail", 1, "failure", *HOSTILE[event.startswith("pull_request")], hostile=True)
        yield on(event, "a report that is missing", reports.nothing, "incomplete", 2, "failure", inputs={"reports": "nowhere.json"}, says=("nowhere.json",))
        yield on(event, "a report that is cut off", reports.cut_off, "incomplete", 2, "failure", says=("trivy.json",))
    for event in ("pull_request", "push"):
        yield on(event, "51 findings, annotations: 1000", reports.trivy(51), "fail", 1, "failure", 51, inputs={"annotations": "1000"})
        yield on(event, "no report at all", reports.nothing, "incomplete", 2, "failure")
        wrong = dict(verdict="incomplete", exit=3, judged=False)
        yield Case(f"{event}: an input that is wrong", event, reports.trivy(1), inputs={"preset": "strickt"}, **wrong)
        yield Case(f"{event}: a config file that is wrong", event, reports.trivy(1), base={CONFIG: "fail_on: [high]\n"}, says=("fail_on",), **wrong)
    one = "pull_request"
    yield on(one, "1,000 findings, annotations: 1000", reports.trivy(1000), "fail", 1, "failure", 1000, inputs={"annotations": "1000"})
    yield on(one, "annotations: 0", reports.trivy(3), "fail", 1, "failure", 0, inputs={"annotations": "0"})
    yield on(one, "a report that git tracks", reports.trivy(0), "incomplete", 2, "failure", prepare=track, says=("git tracks this file",))
    yield on(one, "a committed link that passes one report off as another", reports.trivy(0), "incomplete", 2, "failure",
             prepare=link("gitleaks.json", "trivy.json"), says=("git tracks this file",))
    yield Case(f"{one}: a committed link in place of the evidence folder", one, reports.trivy(0), "incomplete", 70, "failure", judged=False, prepare=link("reports", "/github/home"))
    yield on(one, "mode: warn", reports.trivy(3), "fail", 0, "neutral", 3, inputs={"mode": "warn"})
    yield on(one, "mode: observe", reports.trivy(3), "fail", 0, None, inputs={"mode": "observe"})
    yield on(one, "another name, folder and table", reports.trivy(1, "MEDIUM"), "fail", 1, "failure", 1,
             inputs={"check-name": "gate / häß", "evidence-dir": "out/gate", "fail-on": "vulnerability:medium+fixable"})
    yield Case(f"{one}: check-run: false", one, reports.trivy(3), "fail", 1, None, 3, True, inputs={"check-run": "false"})
    yield Case(f"{one}: summary: false", one, reports.trivy(3), "fail", 1, "failure", 3, inputs={"summary": "false"})
    told = {"require-publish": "check-run"}
    yield Case("pull_request_fork: require-publish", "pull_request_fork", reports.trivy(0), "pass", 4, power="read", inputs=told)
    yield Case("pull_request_fork: require-publish, but it fails", "pull_request_fork", reports.trivy(1), "fail", 1, None, 1, True, power="read", inputs=told)
    # What the base's config says cannot be known, and the change's own must not stand in for it.
    unknown = dict(verdict="incomplete", exit=3, judged=False)
    yield Case(f"{one}: a token that was revoked", one, reports.trivy(3), power="revoked", says=(CONFIG, "the tip of main", "401"), **unknown)
    yield Case(f"{one}: GitHub is down", one, reports.trivy(3), power="down", says=(CONFIG, "the tip of main", "502"), **unknown)
    yield Case("push: GitHub is down", "push", reports.trivy(3), "fail", 1, None, 3, True, power="down", says=("502",))
    yield from trust.cases()
    yield from everybody.cases()


def offline():
    yield Case("pull_request: vulnerable examples, no network", "pull_request", reports.examples("vulnerable"), "incomplete", 3, judged=False, says=("the tip of main",))
    # 9 of the 13 that block are secrets, whose places a push to a public repository does not show: 4 errors, 10 warnings, 10 notices.
    yield Case("push: vulnerable examples, no network", "push", reports.examples("vulnerable"), "fail", 1, None, 24, True, says=("check-run",))
    yield Case("push: clean examples, no network", "push", reports.examples("clean"), "pass", 0, None, commands=True)
    yield Case("push: a report that is missing, no network", "push", reports.nothing, "incomplete", 2, None, commands=True, inputs={"reports": "nowhere.json"})


# Annotations of the hostile reports: by check run, by workflow commands; on pull requests or elsewhere.
HOSTILE = {True: (50, 20), False: (50, 20)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--emulator", required=True)
    parser.add_argument("--binary")
    parser.add_argument("--image")
    parser.add_argument("--api", default="http://127.0.0.1:9")
    parser.add_argument("--record")
    parser.add_argument("--network", default="host")
    parser.add_argument("--offline", action="store_true")
    parser.add_argument("--only", default="")
    parser.add_argument("--keep")
    parser.add_argument("--jobs", type=int, default=4)
    arguments = parser.parse_args()
    start = ["--image", arguments.image] if arguments.image else ["--binary", arguments.binary]
    world = World(arguments.emulator, start, arguments.api, pathlib.Path(arguments.record) if arguments.record else None, arguments.network)
    keep = pathlib.Path(arguments.keep or tempfile.mkdtemp(prefix="action-check-")).resolve()
    keep.mkdir(parents=True, exist_ok=True)
    keep.chmod(0o755)
    base = keep / "template"
    base.mkdir()
    template(base)
    chosen = [case for case in (offline() if arguments.offline else cases()) if arguments.only in case.name]
    passed = 0

    def one(item):
        begin = time.monotonic()
        try:
            wrong = run(world, item[1], item[0], base, keep)
        except Exception as error:  # one case must not end the others
            wrong = [f"{type(error).__name__}: {error}"]
        return item[1], wrong, time.monotonic() - begin

    with ThreadPoolExecutor(arguments.jobs) as pool:
        for case, wrong, seconds in pool.map(one, enumerate(chosen)):
            passed += not wrong
            print(f"{'FAILED' if wrong else 'ok    '} {seconds:5.1f} s  {case.name}", *(f"         {text}" for text in wrong), sep="\n", flush=True)
    failed = len(chosen) - passed
    if failed:
        print(f"workspaces of failed cases: {keep}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not chosen else 0


if __name__ == "__main__":
    sys.exit(main())
