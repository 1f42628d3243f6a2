"""The cases about who is told besides the check run: code scanning, the comment, issues, each with the inputs as they are built in."""
import base64
import gzip
import json
import re

import reports
from harness import Case

# The vulnerable examples: 13 block, 9 of them secrets, whose place a push to a public repository does not show. Code scanning shows
# all, so the check run carries what blocks and nothing else.
ON_PROPOSAL, ELSEWHERE = 13, 4
PULL = {"pulls": {"7": {}}}  # the head that is judged is the newest one, which the comment asks for


def uploads(ref):
    """Code scanning got the evidence, whole, for this ref and the commit that was checked out."""
    def look(look):
        sent = look.carried("/code-scanning/sarifs$")
        look.same("uploads", len(sent), 1)
        for request in sent:
            body = request["body"]
            look.same("ref of the upload", re.sub(r"\d+", "N", body["ref"]), ref)
            look.true(f"commit of the upload: {body['commit_sha']}", body["commit_sha"] in (look.head, look.seen["outputs"].get("sha", look.head)))
            log = json.loads(gzip.decompress(base64.b64decode(body["sarif"])))
            look.same("what was uploaded", log, json.loads(look.evidence["upload.sarif"].read_text()))
            keys = [(run["tool"]["driver"]["name"], run["automationDetails"]["id"]) for run in log["runs"]]
            look.same("runs of one tool and category", len(keys), len(set(keys)))
            look.true("categories", all(key[1].endswith("/") for key in keys))
    return look


def no_upload(look):
    look.same("uploads", look.carried("/code-scanning/sarifs$"), [])


def comments(number):
    def look(look):
        sent = look.carried(r"/issues/\d+/comments$")
        look.same("comments", len(sent), number)
        for request in sent:
            body = request["body"]["body"]
            look.true("the comment has no marker", body.startswith("<!-- sarif-gate:"))
            look.true(f"the comment does not say the verdict: {body[:300]}", f"Security gate: {look.case.verdict}" in body)
            look.true("the comment is too long", len(body.encode()) <= 65535)
    return look


def both(*looks):
    def look(at):
        for one in looks:
            one(at)
    return look


def issues(number):
    def look(look):
        sent = look.carried("/issues$")
        look.same("issues", len(sent), number)
        for request in sent:
            body = request["body"]
            look.true("the issue has no marker", body["body"].startswith("<!-- sarif-gate:cause"))
            look.same("labels", body["labels"], ["sarif-gate"])
            look.true("a title over 256 characters", len(body["title"]) <= 256)
    return look


def cases():
    fill = reports.examples("vulnerable")
    whole = dict(fill=fill, verdict="fail", exit=1, conclusion="failure", told=True, github=PULL)
    yield Case("pull_request: everybody is told", "pull_request", inline=ON_PROPOSAL, look=both(uploads("refs/pull/N/head"), comments(1)), **whole)
    for event, ref in (("push", "refs/heads/main"), ("push_tag", "refs/tags/vN.N.N"), ("schedule", "refs/heads/main"), ("workflow_dispatch", "refs/heads/main")):
        yield Case(f"{event}: everybody is told", event, inline=ELSEWHERE, look=both(uploads(ref), comments(0)), **whole)
    yield Case("merge_group: everybody is told", "merge_group", inline=44, look=both(no_upload, comments(0)), **whole)
    yield Case("pull_request_target: everybody is told", "pull_request_target", inline=50, look=both(no_upload, comments(1)), **whole)
    yield Case("pull_request_fork: everybody is told", "pull_request_fork", fill, "fail", 1, None, 30, True, power="read", told=True, github=PULL, look=no_upload, says=("fork", "publish: later"))
    clean = dict(fill=reports.examples("clean"), verdict="pass", exit=0, conclusion="success", told=True, github=PULL)
    yield Case("pull_request: everybody is told, and all is well", "pull_request", look=both(uploads("refs/pull/N/head"), comments(0)), **clean)
    yield Case("pull_request: comment: always", "pull_request", inputs={"comment": "always"}, look=comments(1), **clean)
    broken = dict(fill=reports.cut_off, verdict="incomplete", exit=2, conclusion="failure", told=True, github=PULL)
    yield Case("pull_request: a report that is cut off is not uploaded", "pull_request", look=both(no_upload, comments(1)), says=("trivy.json",), **broken)
    yield Case("pull_request: hostile reports, everybody is told", "pull_request", reports.hostile, "fail", 1, "failure", 50, told=True, hostile=True, github=PULL)
    yield Case("push: hostile reports, everybody is told", "push", reports.hostile, "fail", 1, "failure", 45, told=True, hostile=True, inputs={"issue-on": "high"})
    one = {"issue-on": "critical"}
    # Five causes are critical; all have many more, of which one run opens ten.
    yield Case("push: an issue for each cause", "push", inline=ELSEWHERE, inputs=one, look=issues(5), **whole)
    yield Case("push: ten issues at most", "push", inline=ELSEWHERE, inputs={"issue-on": "any"}, look=issues(10), **whole)
    yield Case("schedule: an issue for each cause", "schedule", inline=ELSEWHERE, inputs={"issue-on": "critical+fixable"}, **whole)
    yield Case("pull_request: no issue", "pull_request", inline=ON_PROPOSAL, inputs=one, look=issues(0), **whole)
    yield Case("push_tag: no issue", "push_tag", inline=ELSEWHERE, inputs=one, look=issues(0), **whole)
