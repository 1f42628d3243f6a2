"""The cases about what a change may say of itself: rules, exemptions and the past come from the base branch, and who lets a
change pass is asked of GitHub. Policies in Rego do not exist in this version, so no case changes one."""
import json
from datetime import datetime, timedelta, timezone

import reports
from harness import CONFIG, Case, place

WAIVERS, VEX, PAST, WORKFLOW = ".github/security-waivers.yml", ".github/vex.json", ".github/baseline.sarif", ".github/workflows/gate.yml"
STRICT = "fail-on: high\n"
RATCHET = "preset: ratchet\n"
LABEL = "security-bypass"
LOCK = {"path": "package-lock.json", "patch": "@@ -1 +1,2 @@\n {}\n+one more\n"}
NOW = datetime.now(timezone.utc).replace(microsecond=0)
BLOCKED = dict(event="pull_request", verdict="fail", exit=1, conclusion="failure")
WARNED = dict(event="pull_request", verdict="warn", exit=0, conclusion="neutral")


def change(files):
    """What the checkout has in place of the base's files; no text takes one away."""
    def prepare(workspace):
        for path, text in files.items():
            place(workspace, path, text)
    return prepare


def link(path, target):
    def prepare(workspace):
        (workspace / path).parent.mkdir(exist_ok=True)
        (workspace / path).symlink_to(target)
    return prepare


def ago(minutes):
    return (NOW - timedelta(minutes=minutes)).isoformat().replace("+00:00", "Z")


def day(days):
    return (NOW + timedelta(days=days)).date().isoformat()


def waiver(number):
    return (f"version: 1\nwaivers:\n  - match:\n      kind: vulnerability\n      rule: CVE-2026-{10000 + number}\n      package: pkg:npm/package-{number}\n"
            f"    decision: risk-accepted\n    reason: For a test.\n    owner: team-x\n    created: {day(-1)}\n    expires: {day(30)}\n")


def vex(*numbers):
    statements = [{"vulnerability": {"name": f"CVE-2026-{10000 + number}"}, "products": [{"@id": f"pkg:npm/package-{number}@1.0.0"}], "status": "not_affected",
                   "justification": "vulnerable_code_not_present"} for number in numbers]
    return json.dumps({"@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://example.com/vex", "author": "x", "timestamp": ago(60), "version": 1, "statements": statements})


def config():
    weaker = dict(fill=reports.trivy(2, "HIGH"), base={CONFIG: STRICT}, inline=2, **BLOCKED)
    yield Case("pull_request: the head weakens the config", prepare=change({CONFIG: "fail-on: critical\n"}),
               says=("Judged by the rules", "alters the config file", "Under the rules of this change the verdict would be warn (0 blocking, 0 excused)"),
               values={"/trust/branch": "main", "/trust/simulated/verdict": "warn", "/trust/simulated/blocking": 0, "/counts/blocking": 2}, **weaker)
    yield Case("pull_request: the head sets the mode to observe", prepare=change({CONFIG: STRICT + "mode: observe\n"}),
               says=("alters the config file", "the mode would be observe in place of enforce"), values={"/mode": "enforce", "/trust/simulated/verdict": "fail"}, **weaker)
    yield Case("pull_request: the head takes the config away", prepare=change({CONFIG: None}),
               says=("alters the config file", "Under the rules of this change the verdict would be warn"), values={"/trust/simulated/verdict": "warn"}, **weaker)
    yield Case("pull_request: the head breaks the config", prepare=change({CONFIG: "fail_on: high\n"}), says=("the pull request breaks", "fail_on"), **weaker)
    yield Case("merge_group: the group weakens the config", prepare=change({CONFIG: "fail-on: critical\n"}), says=("alters the config file",),
               values={"/trust/simulated/verdict": "warn"}, **{**weaker, "event": "merge_group"})
    yield Case("pull_request: a config that the base does not have yet", "pull_request", reports.trivy(1, "HIGH"), "warn", 0, "neutral", 1, prepare=change({CONFIG: STRICT}),
               says=("alters the config file", "Under the rules of this change the verdict would be fail (1 blocking"), values={"/trust/simulated/verdict": "fail"})
    for name, inputs, word in (("fail-on", {"fail-on": "critical"}, "high"), ("mode", {"mode": "warn"}, "enforce")):
        yield Case(f"pull_request: the input {name} would loosen the base's config", inputs=inputs,
                   says=(f"input {name}: `{inputs[name]}` is weaker than the config's `{word}`", "inputs may only tighten"),
                   values={"/mode": "enforce", "/counts/blocking": 2}, **weaker)
    override = {CONFIG: STRICT + "inputs: override\n"}
    yield Case("pull_request: the input fail-on loosens, and the base's config leaves it to inputs", inputs={"fail-on": "critical"},
               values={"/trust/refused": [], "/counts/blocking": 0}, **{**weaker, **WARNED, "base": override})
    yield Case("pull_request: the input mode loosens, and the base's config leaves it to inputs", inputs={"mode": "warn"}, values={"/mode": "warn"},
               **{**weaker, "base": override, "exit": 0, "conclusion": "neutral"})


def exemptions():
    one = dict(fill=reports.trivy(1), inline=1, **BLOCKED)
    simulated = {"/counts/blocking": 1, "/counts/excused": 0, "/trust/simulated/verdict": "pass", "/trust/simulated/excused": 1}
    yield Case("pull_request: the head adds a waiver for its own finding", prepare=change({WAIVERS: waiver(0)}),
               says=("This change adds", WAIVERS, "the verdict would be pass (0 blocking, 1 excused)"), values=simulated, **one)
    yield Case("pull_request: the head puts another waiver in place of the base's", base={WAIVERS: waiver(9)}, prepare=change({WAIVERS: waiver(0)}),
               says=("This change alters", WAIVERS, "the verdict would be pass (0 blocking, 1 excused)"), values=simulated, **one)
    # The words about a file may quote it, so nothing is read that the change leads elsewhere.
    yield Case("pull_request: the head's waivers are a link to the environment", prepare=link(WAIVERS, "/proc/self/environ"),
               says=("This change alters", "links of a change are not followed"), **one)
    yield Case("pull_request: the head's config names the environment as waivers", base={CONFIG: STRICT}, prepare=change({CONFIG: "waivers: /proc/self/environ\n"}),
               says=("alters the config file", "it lies outside of the repository"), **one)
    kept = dict(event="pull_request", verdict="pass", exit=0, conclusion="success")
    yield Case("pull_request: the head takes the waivers away", fill=reports.trivy(1), base={WAIVERS: waiver(0)}, prepare=change({WAIVERS: None}),
               says=("This change takes away", WAIVERS, "the verdict would be fail"), values={"/counts/excused": 1, "/trust/simulated/verdict": "fail"}, **kept)
    yield Case("pull_request: a waiver of the base", fill=reports.trivy(1), base={WAIVERS: waiver(0)}, values={"/counts/excused": 1, "/trust/changed": []}, **kept)
    rules = f"vex: {VEX}\n"
    yield Case("pull_request: the head adds a VEX statement for its own finding", base={CONFIG: rules, VEX: vex(9)}, prepare=change({VEX: vex(9, 0)}),
               says=("This change alters", VEX, "the verdict would be pass (0 blocking, 1 excused)"), values=simulated, **one)
    yield Case("pull_request: the head adds the VEX document that the base's config names", base={CONFIG: rules}, prepare=change({VEX: vex(0)}),
               says=("This change adds", VEX, "is not on the base branch"), values=simulated, **one)
    yield Case("pull_request: a VEX statement of the base", fill=reports.trivy(1), base={CONFIG: rules, VEX: vex(0)}, values={"/counts/excused": 1}, **kept)


def past():
    old_and_new = {"/counts/total": 2, "/counts/blocking": 1, "/counts/new": 1, "/counts/fixed": 1}
    two = dict(fill=reports.trivy(2, "HIGH"), inline=2, **BLOCKED)
    known = reports.evidence(0, 9)
    files = {CONFIG: RATCHET + f"baseline: {PAST}\n", PAST: known}
    github = {"files": files, "changed": [LOCK]}
    yield Case("pull_request: a baseline file of the base", base=files, github=github, says=(", 1 new, 1 fixed",), values=old_and_new, **two)
    yield Case("pull_request: the head takes the baseline file away", base=files, github=github, prepare=change({PAST: None}), says=(", 1 new, 1 fixed", "This change takes away", PAST),
               values=old_and_new, **two)
    yield Case("pull_request: the head adds its finding to the baseline file", base=files, github=github, prepare=change({PAST: reports.evidence(0, 1, 9)}),
               says=(", 1 new, 1 fixed", "This change alters", PAST), values=old_and_new, **two)
    files = {CONFIG: RATCHET + "baseline: artifact\n"}

    def kept(*artifacts):
        return {"files": files, "changed": [LOCK], "artifacts": artifacts}

    ours = {"sarif": known}
    yield Case("pull_request: a baseline of an artifact", base=files, github=kept(ours), says=(", 1 new, 1 fixed", "Baseline: artifact"), values=old_and_new, **two)
    yield Case("pull_request: old findings only", "pull_request", reports.trivy(1, "HIGH"), "warn", 0, "neutral", 1, base=files, github=kept(ours),
               says=(", 0 new, 1 fixed",), values={"/counts/new": 0, "/counts/fixed": 1, "/findings/0/state": "unchanged"})
    more = {"sarif": reports.evidence(0, 1)}
    for name, wrong in (("a fork's branch of the same name", {"fork": True}), ("a run of a pull request", {"event": "pull_request"}), ("a failed run", {"conclusion": "failure"})):
        yield Case(f"pull_request: a newer artifact is of {name}", base=files, github=kept({**more, **wrong}, ours), says=(", 1 new, 1 fixed",), values=old_and_new, **two)
    everything = {"/counts/new": None, "/counts/fixed": None, "/counts/blocking": 2}
    first = "no baseline to compare with"
    yield Case("pull_request: no artifact", base=files, github=kept(), says=(first, "There is no baseline"), values=everything, **two)
    yield Case("pull_request: a fork's artifact alone", base=files, github=kept({**more, "fork": True}), says=(first,), values=everything, **two)
    yield Case("pull_request: an artifact that was exchanged", base=files, github=kept({**more, "digest": "sha256:" + "0" * 64}), says=(first, "is not what was uploaded"),
               values=everything, **two)


def labelled(by, at, event="labeled"):
    return {"event": event, "by": by, "label": LABEL, "at": ago(at)}


REASON = {"event": "commented", "by": "mia", "body": "/bypass hotfix for the outage", "at": ago(29)}
ROLES = {"mia": "maintain", "adm": "admin", "tri": "triage", "wri": "write"}


def pull(*events, **more):
    return {"labels": [LABEL], "timeline": events, **more}


def labels(*events, files, pushed=60, **more):
    """One pull request with these events; its head was pushed so many minutes ago."""
    def github(base, head):
        arrived = {"event": "committed", "sha": head, "at": ago(90)}
        return {"files": files, "roles": ROLES, "pushed": {"feature": ago(pushed)}, "pulls": {"7": pull(arrived, *events, **more)}}
    return github


def group(base, head, second, files):
    """Two pull requests in one queue, the second as it is given."""
    one = "1" * 40
    other = "2" * 40
    first = pull({"event": "committed", "sha": one, "at": ago(90)}, labelled("mia", 30), REASON, head=one, branch="one")
    return {"files": files, "roles": ROLES, "pushed": {"one": ago(60), "two": ago(60)},
            "pulls": {"7": first, "8": {"head": other, "branch": "two", **second(other)}},
            "commits": [{"sha": one, "parents": [base], "pulls": [7]}, {"sha": other, "parents": [base], "pulls": [8]},
                        {"sha": "3" * 40, "parents": [base, one], "pulls": []}, {"sha": head, "parents": ["3" * 40, other], "pulls": []}]}


def bypasses():
    files = {CONFIG: f"bypass-label: {LABEL}\n"}
    blocked = dict(fill=reports.trivy(1), inline=1, base=files, **BLOCKED)
    good = labelled("mia", 30)
    for name, why, events, more in (
            ("set by triage", "`tri`, who set the label", [labelled("tri", 30), {**REASON, "by": "tri"}], {}),
            ("set by who may write only", "it takes maintain or admin", [labelled("wri", 30), {**REASON, "by": "wri"}], {}),
            ("set by a bot", "is not a person", [labelled("robot[bot]", 30), {**REASON, "by": "robot[bot]"}], {}),
            ("set by the author", "opened it", [good, REASON], {"author": "mia"}),
            ("set before the last push", "the head was pushed at", [good, REASON], {"pushed": 10}),
            ("set before a force push", "a force push came after it", [good, REASON, {**labelled("mia", 20), "event": "head_ref_force_pushed"}], {}),
            ("set again by who may not", "`tri`, who set the label", [good, REASON, labelled("mia", 25, "unlabeled"), labelled("tri", 20)], {}),
            ("without a reason", "no reason given", [good], {}),
            ("that has ended", "the bypass of", [labelled("mia", 3000), {**REASON, "at": ago(2999)}], {"pushed": 3100})):
        yield Case(f"pull_request: a bypass label {name}", github=labels(*events, files=files, **more), says=("the bypass does not count", why), values={"/bypass": None}, **blocked)
    yield Case("pull_request: a bypass label that the input names", inputs={"bypass-label": LABEL}, github=labels(good, REASON, files={CONFIG: STRICT}),
               says=("input bypass-label",), values={"/bypass": None}, **{**blocked, "base": {CONFIG: STRICT}})
    granted = {"/bypass/lifted": "fail", "/bypass/grants/0/by": "mia", "/bypass/grants/0/role": "maintain", "/bypass/grants/0/at": ago(30), "/bypass/grants/0/pull_request": 7,
               "/bypass/grants/0/ends": ago(30 - 24 * 60), "/bypass/grants/0/reason": "hotfix for the outage", "/counts/blocking": 1}
    valid = labels(good, REASON, files=files)
    yield Case("pull_request: a bypass label of a maintainer for this head", github=valid, says=("Let through by a bypass", "hotfix for the outage", "mia"), values=granted,
               **{**blocked, **WARNED})
    yield Case("pull_request_fork: a bypass label of a maintainer for this head", github=valid, values=granted, power="read", commands=True,
               **{**blocked, **WARNED, "event": "pull_request_fork", "conclusion": None})
    incomplete = dict(fill=reports.cut_off, event="pull_request", verdict="incomplete", exit=2, conclusion="failure")
    yield Case("pull_request: a bypass label does not make a report whole", base=files, github=valid, says=("the bypass does not count: the run is incomplete",),
               values={"/bypass": None}, **incomplete)
    files = {CONFIG: f"bypass-label: {LABEL}\nbypass:\n  allow-incomplete: true\n"}
    yield Case("pull_request: a bypass label where the base's config lets it lift incomplete", base=files, github=labels(good, REASON, files=files),
               says=("Let through by a bypass",), values={"/bypass/lifted": "incomplete", "/complete": False}, **{**incomplete, **WARNED})


def groups():
    files = {CONFIG: f"bypass-label: {LABEL}\n"}
    queue = dict(fill=reports.trivy(1), inline=1, base=files, event="merge_group")

    def labelled_too(sha):
        return pull({"event": "committed", "sha": sha, "at": ago(90)}, labelled("adm", 30), {**REASON, "by": "adm"})

    yield Case("merge_group: two pull requests, each with a bypass", verdict="warn", exit=0, conclusion="neutral", github=lambda base, head: group(base, head, labelled_too, files),
               says=("pull request 7", "pull request 8"), values={"/bypass/grants/0/pull_request": 7, "/bypass/grants/1/pull_request": 8, "/bypass/grants/1/by": "adm"}, **queue)
    yield Case("merge_group: two pull requests, one without a bypass", verdict="fail", exit=1, conclusion="failure",
               github=lambda base, head: group(base, head, lambda _: {"labels": []}, files),
               says=("the bypass does not count: pull request 8: it does not carry the label",), values={"/bypass": None}, **queue)


STEPS = """on:
  pull_request:
  merge_group:
jobs:
  gate:
    runs-on: ubuntu-latest
    steps:
      - uses: octo-org/sarif-gate@{sha}
        if: always()
{more}"""


def health():
    marked = {"path": "src/run.py", "status": "added", "patch": "@@ -0,0 +1,2 @@\n+import os\n+os.system(word)  # nosec\n"}
    ignored = {"path": ".trivyignore", "status": "added", "patch": "@@ -0,0 +1 @@\n+CVE-2026-10000\n"}
    seen = dict(fill=reports.trivy(0), inline=1, **WARNED)
    yield Case("pull_request: a marker that a change adds", github={"changed": [marked]}, says=("src/run.py",),
               values={"/findings/0/kind": "supply-chain", "/findings/0/rule": "suppression-added", "/findings/0/locations/0/start_line": 2, "/findings/0/outcome": "warn"}, **seen)
    yield Case("pull_request: an ignore file that a change adds", github={"changed": [ignored]}, says=(".trivyignore",),
               values={"/findings/0/kind": "supply-chain", "/findings/0/rule": "scanner-config-changed", "/findings/0/outcome": "warn"}, **seen)
    yield Case("push: a marker that a change adds", "push", reports.trivy(0), "pass", 0, "success", github={"changed": [marked]})
    for event in ("pull_request", "push"):
        forgiven = STEPS.format(sha="0" * 40, more="        continue-on-error: true\n")
        yield Case(f"{event}: a workflow that forgives the gate", event, reports.trivy(0), "warn", 0, "neutral", 1, prepare=change({WORKFLOW: forgiven}), says=(WORKFLOW,),
                   values={"/findings/0/kind": "supply-chain", "/findings/0/rule": "workflow-continue-on-error", "/findings/0/outcome": "warn"})
        yield Case(f"{event}: a workflow as it should be", event, reports.trivy(0), "pass", 0, "success", prepare=change({WORKFLOW: STEPS.format(sha="0" * 40, more="")}),
                   values={"/counts/total": 0})


def cases():
    for part in (config, exemptions, past, bypasses, groups, health):
        yield from part()
