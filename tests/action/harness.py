"""Runs the Action once as the runner does and looks at everything that it left: outputs, log, summary, requests, files."""
import dataclasses
import html
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
from datetime import datetime

from reports import ROOT, SECRET

OWNER = (1001, 127)  # of the files on GitHub's hosted runners
EVIDENCE = {"results.sarif", "upload.sarif", "summary.md", "verdict.json"}
TOKENS = {power: "ghs_" + power + "0123456789" * 4 for power in ("write", "read", "down", "revoked")}  # fake_github.py
CONFIG = ".github/sarif-gate.yml"
PROPOSALS = ("pull_request", "pull_request_fork", "pull_request_target", "merge_group")  # judged by their base
# Refusals that are answers: a file that the base does not have, a repository without code scanning, where artifacts are kept.
KNOWN = (("contents/", 404), ("code-scanning/", 403), (r"actions/artifacts/\d+/zip", 302))
QUIET = {"upload-sarif": "false", "comment": "never"}  # what most cases look at is not told to everybody
# Paths of what a run tells, and looks up to tell it; everything else it asks before it judges.
TELLING = r"/check-runs|issues/\d+/comments|/issues/comments/|/issues(\?|$)|code-scanning/(sarifs|alerts)"
MIB = 1024 * 1024
GIT = {**os.environ, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*",
       **{f"GIT_{who}_{what}": "x@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}}
NOT_OURS = "the token was printed (the runner masks it)"  # the emulator says so of `::add-mask::` too


@dataclasses.dataclass
class Case:
    """One run and what must come of it."""
    name: str
    event: str
    fill: object
    verdict: str
    exit: int
    conclusion: str | None = None     # of the check run; None where there is none
    inline: int = 0                   # annotations of the check run, or by workflow commands where `commands` is set
    commands: bool = False
    inputs: dict = dataclasses.field(default_factory=dict)
    power: str = "write"              # of the token
    says: tuple = ()                  # what the step summary must say, or the log where nothing was judged
    values: dict = dataclasses.field(default_factory=dict)  # of verdict.json, by JSON pointer
    base: dict = dataclasses.field(default_factory=dict)    # files that the base branch has: path and text; the checkout has them too
    github: dict = dataclasses.field(default_factory=dict)  # what GitHub knows besides (told.py); may be a function of base and head
    judged: bool = True               # reports were read, evidence was written
    hostile: bool = False
    prepare: object = None            # further work on the workspace, after the commits
    told: bool = False                # everybody is told that the built-in inputs name; else the check run alone
    look: object = None               # a function of Look that checks further things


@dataclasses.dataclass
class World:
    """How the Action is started."""
    emulator: str
    start: list                       # --binary B or --image I
    api: str
    record: pathlib.Path | None
    network: str = "host"


def git(workspace, *arguments):
    return subprocess.run(["git", "-C", workspace, *arguments], env=GIT, check=True, capture_output=True, text=True).stdout.strip()


def template(path):
    """A repository with two commits and the files that the reports speak of."""
    for part in ("sample-app", "clean-app"):
        shutil.copytree(ROOT / "examples" / part, path / "examples" / part)
    (path / "package-lock.json").write_text("{}\n")
    (path / "Dockerfile").write_text("FROM scratch\n" * 3)
    git(path, "init", "-q", "-b", "main")
    for message in ("first", "second"):
        (path / "README.md").write_text(message + "\n")
        git(path, "add", "-A")
        git(path, "commit", "-q", "-m", message)


def place(workspace, path, text):
    """Writes a file; no text takes it away."""
    if text is None:
        (workspace / path).unlink()
        return
    (workspace / path).parent.mkdir(parents=True, exist_ok=True)
    (workspace / path).write_text(text)


def at(document, pointer):
    """What stands at a JSON pointer; `...` where nothing does."""
    for part in pointer.split("/")[1:]:
        try:
            document = document[int(part) if isinstance(document, list) else part]
        except (KeyError, IndexError, ValueError, TypeError):
            return ...
    return document


def tree(path):
    return {str(file.relative_to(path)) for file in path.rglob("*") if not file.is_dir() and ".git" not in file.relative_to(path).parts}


def run(world, case, number, base, keep):
    """-> what is wrong, in sentences"""
    workspace = keep / f"{number:03}" / "repo"
    shutil.copytree(base, workspace, symlinks=True)
    case.fill(workspace)
    for path, text in case.base.items():
        place(workspace, path, text)
    if case.prepare:
        case.prepare(workspace)
    head, tip = git(workspace, "rev-parse", "HEAD"), git(workspace, "rev-parse", "HEAD~1")
    known = case.github(tip, head) if callable(case.github) else case.github
    (keep / f"{number:03}" / "github.json").write_text(json.dumps({"base": tip, "head": head, "files": case.base, **known}))
    before = tree(workspace)
    if os.geteuid() == 0:
        for file in [workspace, *workspace.rglob("*")]:
            os.chown(file, *OWNER, follow_symlinks=False)
    repository = f"octo-org/{keep.name}-{number:03}"
    command = [sys.executable, world.emulator, str(ROOT), *world.start, "--event", case.event, "--workspace", str(workspace), "--repo", repository,
               "--token", TOKENS[case.power], "--api-url", world.api, "--network", world.network, "--log"]
    for name, value in {**({} if case.told else QUIET), **case.inputs}.items():
        command += ["--with", f"{name}={value}"]
    done = subprocess.run(command, env=GIT, capture_output=True, text=True)
    if done.returncode != 0:
        return [f"the emulator failed: {(done.stderr or done.stdout)[-2000:]}"]
    seen = json.loads(done.stdout)
    requests = []
    if world.record:
        # Others are writing: what follows the last line end is not whole yet.
        lines = world.record.read_text(encoding="utf-8").split("\n")[:-1]
        requests = [json.loads(line) for line in lines if f"/repos/{repository}/" in line]
    look = Look(case, seen, requests, workspace, tip, head, before)
    for check in (look.end, look.outputs, look.log, look.summary, look.record, look.facts, look.writes, look.files, look.leaks, look.forgeries):
        check()
    if case.look:
        case.look(look)
    if not look.wrong:
        shutil.rmtree(keep / f"{number:03}")
    else:
        (keep / f"{number:03}" / "seen.json").write_text(json.dumps(seen, indent=1, ensure_ascii=False))
    return look.wrong


class Look:
    def __init__(self, case, seen, requests, workspace, tip, head, before):
        self.case, self.seen, self.requests, self.workspace, self.tip, self.head, self.before = case, seen, requests, workspace, tip, head, before
        self.wrong = []
        evidence = workspace / case.inputs.get("evidence-dir", "reports/security")
        self.evidence = {file.name: file for file in evidence.iterdir()} if evidence.is_dir() else {}
        self.verdict = json.loads(self.evidence["verdict.json"].read_text()) if "verdict.json" in self.evidence else {}

    def same(self, what, is_, should):
        if is_ != should:
            self.wrong.append(f"{what}: {str(is_)[:400]!r}, not {str(should)[:400]!r}")

    def true(self, what, fact):
        if not fact:
            self.wrong.append(what)

    def end(self):
        self.same("exit code", self.seen["exit_code"], self.case.exit)
        self.same("conclusion of the step", self.seen["conclusion"], "failure" if self.case.exit else "success")
        self.same("warnings of the runner", self.seen["warnings"], [])
        self.same("problems of the runner", [text for text in self.seen["problems"] if text != NOT_OURS], [])
        self.same("masks", [command["data"] for command in self.seen["commands"] if command["command"] == "add-mask"], ["***"])
        self.same("environment, path and state for later steps", (self.seen["env"], self.seen["path"], self.seen["state"]), ({}, [], {}))

    def outputs(self):
        outputs = self.seen["outputs"]
        self.same("outputs that are not set", self.seen["outputs_not_set"], [])
        self.same("verdict", outputs.get("verdict"), self.case.verdict)
        self.true("the reason is empty", outputs.get("reason", "").strip())
        made = [request for request in self.carried("/check-runs$") if self.case.judged]
        page = r"https://github\.com/octo-org/[^/]+/runs/\d+" if made else ""
        self.true(f"check-url: {outputs.get('check-url')!r}", re.fullmatch(page, outputs.get("check-url", "?")))
        page = r"https://github\.com/octo-org/[^/]+/pull/\d+#issuecomment-\d+" if self.carried(r"/issues/\d+/comments$") else ""
        self.true(f"comment-url: {outputs.get('comment-url')!r}", re.fullmatch(page, outputs.get("comment-url", "?")))
        if not self.case.judged:
            numbers = {outputs.get(name) for name in ("total", "critical", "high", "medium", "low", "blocking", "excused", "verdict-file")}
            self.same("outputs of a run that judged nothing", (outputs.get("complete"), numbers), ("false", {""}))
            return
        verdict, counts = self.verdict, self.verdict["counts"]
        should = {"verdict": verdict["verdict"], "complete": str(verdict["complete"]).lower(), "reason": verdict["reason"],
                  **{name: str(counts[name]) for name in ("total", "blocking", "excused")}, **{name: str(counts["by_severity"][name]) for name in ("critical", "high", "medium", "low")},
                  **{name: "" if counts[name] is None else str(counts[name]) for name in ("new", "fixed")}}
        self.same("outputs and verdict.json", {name: outputs.get(name) for name in should}, should)
        self.same("exit code in verdict.json", verdict["exit_code"], 0 if self.case.exit == 4 else self.case.exit)
        for name, file in (("sarif-file", "results.sarif"), ("summary-file", "summary.md"), ("verdict-file", "verdict.json"), ("evidence-dir", "")):
            path = self.workspace / outputs.get(name, "?")
            self.true(f"{name}: {outputs.get(name)!r} is not there", not outputs.get(name, "/").startswith("/") and path.exists() and (not file or path.name == file))

    def log(self):
        lines = self.seen["log"]
        if self.case.judged:
            # Before it stands the table of who will be told.
            self.true(f"the log does not say the verdict first: {lines[:2]}", any(self.case.verdict.upper() in line for line in lines[:40]))
        self.same("annotations by workflow commands", len(self.seen["annotations"]), self.case.inline if self.case.commands else 0)
        for level in ("error", "warning", "notice"):
            self.true(f"more than ten annotations of level {level}", sum(one["level"] == level for one in self.seen["annotations"]) <= 10)
        self.same("other commands", {command["command"] for command in self.seen["commands"]} - {"add-mask", "error", "warning", "notice", "group", "endgroup"}, set())

    def summary(self):
        size, text = self.seen["summary_bytes"], self.seen["summary"] or ""
        wanted = self.case.judged and self.case.inputs.get("summary") != "false"
        self.true(f"summary of {size} bytes", size <= MIB and (size > 0) == wanted)
        if wanted:
            self.true("the summary does not begin with the verdict", f": {self.case.verdict}" in text.split("\n")[0])
        where = "summary" if self.case.judged else "log"
        # As the page shows it: without what keeps a text from being Markdown.
        text = re.sub(r"\\([^a-zA-Z0-9\s])", r"\1", html.unescape(text)) if self.case.judged else "\n".join(self.seen["log"])
        for word in self.case.says:
            self.true(f"the {where} does not say {word!r}", word in text)

    def record(self):
        for pointer, should in self.case.values.items():
            self.same(f"verdict.json {pointer}", at(self.verdict, pointer), should)

    def facts(self):
        """What was asked before the judgement: on a proposal the tip of its base first, and files at this commit only."""
        asked = [request for request in self.requests if request["method"] == "GET" and not re.search(TELLING, request["path"])]
        parts = [(request["path"].split("/", 4)[4], request["status"]) for request in asked]
        if self.case.event in PROPOSALS and self.requests:
            self.same("first question", parts[0][0] if parts else None, "git/ref/heads/main")
        if self.case.event not in PROPOSALS:
            self.same("files of another commit that were read", [path for path, _ in parts if path.startswith("contents/")], [])
        for path, status in parts:
            if path.startswith("contents/"):
                self.true(f"a file that is not of the base's tip: {path}", path.endswith(f"?ref={self.tip}"))
        if self.case.power in ("write", "read"):
            odd = [(path, status) for path, status in parts if status >= 300 and not any(status == known and re.match(start, path) for start, known in KNOWN)]
            self.same("questions that GitHub did not answer", odd, [])

    def carried(self, pattern):
        """Writes to such a path that GitHub carried out."""
        return [request for request in self.requests if request["method"] != "GET" and request["status"] < 300 and re.search(pattern, request["path"])]

    def writes(self):
        writes = self.carried("")
        checks = self.carried("/check-runs")
        refused = [request for request in self.requests if request["method"] != "GET" and request["status"] >= 300]
        if self.case.conclusion is None:
            self.same("writes that GitHub carried out", [request["path"] for request in writes], [])
            # With a token that can only read, one attempt finds that out.
            if self.case.power == "read" and not self.case.told:
                self.same("answers to writes", [request["status"] for request in refused], [403])
            return
        self.same("writes that GitHub refused", [request["path"] for request in refused], [])
        for request in writes:
            self.same("version of the API", request["headers"].get("x-github-api-version"), "2022-11-28")
        if not self.case.told:
            self.same("writes besides the check run", [request["path"] for request in writes if request not in checks], [])
        self.check_run(checks)
        if self.verdict:
            # What is opened before the judgement says nothing of it; everything later comes after the evidence.
            first = datetime.fromisoformat([request for request in writes if request is not checks[0]][0]["time"]).timestamp()
            late = [name for name in ("verdict.json", "results.sarif") if self.evidence[name].stat().st_mtime > first]
            self.same("evidence that was written after the first write", late, [])

    def check_run(self, writes):
        """Opened without a result, concluded once, with all that belongs to it."""
        batches = -(-self.case.inline // 50) or 1
        self.same("methods", [request["method"] for request in writes], ["POST"] + ["PATCH"] * batches)
        if len(writes) < 2:
            return
        opened, concluded = writes[0]["body"], writes[1]["body"]
        should = {"head_sha": self.head, "status": "in_progress", "conclusion": None, "name": self.case.inputs.get("check-name", "sarif-gate")}
        self.same("check run as it is opened", {name: opened.get(name) for name in should}, should)
        self.true("the check run says something before it is judged", not opened.get("output", {}).get("annotations") and self.case.verdict not in json.dumps(opened.get("output", {})))
        should = {"status": "completed", "conclusion": self.case.conclusion}
        self.same("check run as it is concluded", {name: concluded.get(name) for name in should}, should)
        self.same("conclusions", [request["body"].get("conclusion") for request in writes[2:]], [None] * (batches - 1))
        counts = [len(request["body"]["output"].get("annotations", [])) for request in writes[1:]]
        self.same("annotations", (sum(counts), max(counts, default=0) <= 50), (self.case.inline, True))
        for request in writes[1:]:
            summary = request["body"]["output"]["summary"]
            self.true("a check run's summary over 65,535 bytes", len(summary.encode()) <= 65535)
            for one in request["body"]["output"].get("annotations", []):
                path = one["path"]
                self.true(f"annotation at {path!r}", not path.startswith("/") and ".." not in path.split("/"))

    def files(self):
        self.same("evidence", set(self.evidence), EVIDENCE if self.case.judged else set())
        inside = {str(file.relative_to(self.workspace)) for file in self.evidence.values()}
        self.same("files outside the evidence", tree(self.workspace) - self.before - inside, set())
        if os.geteuid() == 0:
            mine = [*self.evidence.values(), *{file.parent for file in self.evidence.values()}]
            self.same("owners of the evidence", {(file.stat().st_uid, file.stat().st_gid) for file in mine}, {OWNER} if mine else set())

    def leaks(self):
        # The emulator masks as the runner does: where the token stood, stars stand. So do they for secrets of reports.
        stars = "***" if not self.case.hostile else TOKENS[self.case.power]
        for where, text in (("log", "\n".join(self.seen["log"])), ("annotations", json.dumps(self.seen["annotations"])), ("summary", self.seen["summary"] or ""),
                            ("outputs", json.dumps(self.seen["outputs"]))):
            self.true(f"the token is in the {where}", stars not in text and TOKENS[self.case.power] not in text)
            self.true(f"a secret is in the {where}", SECRET not in text)
        for where, text in ((f"request {request['path']}", json.dumps(request)) for request in self.requests):
            self.true(f"the token is in a {where}", TOKENS[self.case.power] not in text)
            self.true(f"a secret is in a {where}", SECRET not in text)
        for name, file in self.evidence.items():
            text = file.read_text(encoding="utf-8")
            self.true(f"the token is in {name}", TOKENS[self.case.power] not in text)
            self.true(f"a secret is in {name}", SECRET not in text)

    def forgeries(self):
        """Nothing of a report may act: not in the log, not in Markdown, not as a path."""
        for line in self.seen["log"]:
            self.true(f"a line of the log that the runner may take for a command: {line[:200]!r}", "##[" not in line and not line.lstrip().startswith("::"))
            self.true(f"a control character in the log: {line[:200]!r}", not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u200b\u202e]", line))
        pages = [("summary", self.seen["summary"] or "")]
        bodies = [(f"{request['method']} {request['path']}", request["body"]) for request in self.requests if request["body"]]
        pages += [(where, body["output"]["summary"]) for where, body in bodies if body.get("output")]
        # Our own marker is the only comment that belongs there, at the very beginning.
        pages += [(where, re.sub(r"\A<!-- sarif-gate:[^<>]*-->", "", body["body"])) for where, body in bodies if isinstance(body.get("body"), str)]
        for where, text in pages:
            tags = {tag for tag in re.findall(r"<[^\s<>0-9=][^<>]*>|<!--", text)}
            self.same(f"HTML in the {where}", tags - {"<details>", "</details>", "<summary>", "</summary>", "<b>", "</b>", "<sub>", "</sub>", "<br>"}, set())
            self.same(f"open <details> in the {where}", text.count("<details>"), text.count("</details>"))
            plain = re.sub(r"(`+)(?!`).+?(?<!`)\1(?!`)", "", text)
            # Nothing is looked for in the target of a link.
            plain = re.sub(r"\]\(https://github\.com/[^()\s<>]*\)", "]()", plain)
            for bait in ("@evil", "#1,", "GH-2", "](javascript", "![", "${{"):
                at = plain.replace("\\]", "").find(bait)
                self.true(f"{bait!r} is live in the {where}: …{plain[max(0, at - 60):at + 60]!r}", at < 0)
            self.true(f"a control character in the {where}", not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u200b\u202e]", text))
        for one in self.seen["annotations"]:
            self.true(f"an annotation that is not ours: {one}", re.match(r"(critical|high|medium|low|info|unknown) ", one.get("title", "")) and "Fingerprint: " in one["message"])
