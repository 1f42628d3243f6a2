"""What a run asks of GitHub before it judges: branches, files, changes, artifacts, and who let a change pass.

A repository `octo-org/KEEP-NNN` holds what KEEP/NNN/github.json says, written by whoever runs the case:

  base, head      the tip of `main` and the commit that is judged
  files           {path: text} of the base branch
  changed         [{path, status, patch}] of the pull request
  artifacts       [{sarif: text, name, branch, event, conclusion, fork: bool, digest}], the newest first
  pulls           {number: {author, head, labels, timeline, body}}
  roles           {login: role}; who is not named reads
  pushed          {branch: time} when a branch's head was pushed
  commits         [{sha, parents, pulls}] from base to head; refs {name: sha} of the merge queue

Answers are made from the examples of GitHub's own description.
"""
import copy
import hashlib
import io
import json
import pathlib
import re
import zipfile
from urllib.parse import unquote

BASE, RUN, ARTIFACT = "main", 4700, 11
MOMENT = "2026-03-01T10:00:00Z"
DOCS = "https://docs.github.com/rest"
PERMISSIONS = {"maintain": "write", "triage": "read"}


def refusal(status, message):
    return status, {"message": message, "documentation_url": DOCS, "status": str(status)}


def zipped(text):
    """The archive of an artifact: the same bytes for the same text."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("results.sarif", (2026, 3, 1, 10, 0, 0)), text)
    return out.getvalue()


class Told:
    """Answers to GET requests, by the files that cases leave."""

    def __init__(self, description, keep):
        self.keep = pathlib.Path(keep)
        self.moulds = {name: one["value"] for name, one in description["components"]["examples"].items() if "value" in one}

    def holds(self, number):
        file = self.keep / number / "github.json"
        return json.loads(file.read_text()) if file.is_file() else {}

    def mould(self, name, **values):
        made = copy.deepcopy(self.moulds[name])
        made.update(values)
        return made

    def answer(self, repository, rest, query):
        """-> (status, body as data or text)"""
        held = self.holds(repository.rsplit("-", 1)[-1])
        here = Here(self, repository, held, {name: values[-1] for name, values in query.items()})
        path = unquote(rest)
        for pattern, answer in ROUTES:
            if match := re.fullmatch(pattern, path):
                return answer(here, *match.groups())
        return refusal(404, "Not Found")

    def archive(self, number, artifact):
        return zipped(self.holds(number)["artifacts"][artifact - ARTIFACT]["sarif"])


class Here:
    """One repository and one request."""

    def __init__(self, told, repository, held, query):
        self.told, self.repository, self.held, self.query = told, repository, held, query
        self.api = f"https://api.github.com/repos/{repository}"
        self.base, self.head = held.get("base", "b" * 40), held.get("head", "a" * 40)

    def only_page(self, entries):
        return entries if self.query.get("page", "1") == "1" else []

    def reference(self, name, sha):
        return {"ref": f"refs/{name}", "node_id": "R", "url": f"{self.api}/git/refs/{name}",
                "object": {"type": "commit", "sha": sha, "url": f"{self.api}/git/commits/{sha}"}}

    def tip(self, branch):
        return (200, self.reference(f"heads/{branch}", self.base)) if branch == BASE else refusal(404, "Not Found")

    def queue(self, prefix):
        return 200, [self.reference(name, sha) for name, sha in self.held.get("refs", {}).items() if name.startswith(prefix)]

    def contents(self, path):
        """Raw, and at the base's tip only: whatever is asked for at another commit is not there."""
        text = self.held.get("files", {}).get(path)
        return refusal(404, "Not Found") if self.query.get("ref") != self.base or text is None else (200, text)

    def files(self, _):
        return 200, self.only_page([self.diff(one) for one in self.held.get("changed", [])])

    def diff(self, one):
        made = copy.deepcopy(self.told.moulds["diff-entry-items"][0])
        lines = one.get("patch", "").split("\n")
        added, gone = (sum(line.startswith(sign) for line in lines) for sign in "+-")
        made.update(filename=one["path"], status=one.get("status", "modified"), additions=added, deletions=gone, changes=added + gone)
        made.pop("patch")
        if "patch" in one:
            made["patch"] = one["patch"]
        return made

    def user(self, login):
        made = copy.deepcopy(self.told.moulds["pull-request"]["user"])
        kind = "Bot" if login.endswith("[bot]") else "User"
        made.update(login=login, id=sum(login.encode()) + 1000, type=kind)
        return made

    def pull(self, number, mould="pull-request"):
        one = self.held.get("pulls", {}).get(str(number))
        if one is None:
            return None
        made = copy.deepcopy(self.told.moulds[mould][0] if mould.endswith("items") else self.told.moulds[mould])
        made.update(number=int(number), state="open", body=one.get("body", ""), user=self.user(one.get("author", "octo-author")), merge_commit_sha=None, requested_teams=[])
        made["labels"] = [{**made["labels"][0], "name": name} for name in one.get("labels", [])]
        made["head"].update(sha=one.get("head", self.head), ref=one.get("branch", "feature"))
        made["base"].update(sha=self.base, ref=BASE)
        for side in ("head", "base"):
            made[side]["repo"]["full_name"] = self.repository
        return made

    def one_pull(self, number):
        made = self.pull(number)
        return refusal(404, "Not Found") if made is None else (200, made)

    def timeline(self, number):
        events = self.held.get("pulls", {}).get(number, {}).get("timeline", [])
        return 200, self.only_page([self.moment(one) for one in events])

    def moment(self, one):
        """{"event": "labeled", "by": LOGIN, "label": NAME, "at": TIME}, or a commit (sha), or a comment (body), or a review (body, sha)."""
        if one["event"] == "committed":
            who = {"name": "x", "email": "x@example.com", "date": one["at"]}
            url = f"{self.api}/git/commits/{one['sha']}"
            return {"event": "committed", "sha": one["sha"], "node_id": "C", "url": url, "html_url": url, "author": who, "committer": who, "message": "x",
                    "tree": {"sha": one["sha"], "url": url}, "parents": [],
                    "verification": {"verified": False, "reason": "unsigned", "signature": None, "payload": None, "verified_at": None}}
        user, url = self.user(one["by"]), f"{self.api}/issues/comments/1"
        if one["event"] == "commented":
            return {"event": "commented", "actor": user, "id": 1, "node_id": "IC", "url": url, "body": one["body"], "html_url": url, "issue_url": url, "user": user,
                    "created_at": one["at"], "updated_at": one["at"], "author_association": "MEMBER", "performed_via_github_app": None}
        if one["event"] == "reviewed":
            return {"event": "reviewed", "id": 1, "node_id": "PRR", "user": user, "body": one["body"], "state": "approved", "html_url": url, "pull_request_url": url,
                    "commit_id": one["sha"], "submitted_at": one["at"], "author_association": "MEMBER", "_links": {"html": {"href": url}, "pull_request": {"href": url}}}
        return {"id": 1, "node_id": "LE", "url": f"{self.api}/issues/events/1", "actor": user, "event": one["event"], "commit_id": None, "commit_url": None,
                "created_at": one["at"], "label": {"name": one["label"], "color": "ff0000"}, "performed_via_github_app": None}

    def permission(self, login):
        role = self.held.get("roles", {}).get(login, "read")
        made = self.told.mould("repository-collaborator-permission-response-if-user-has-admin-permissions", role_name=role,
                               permission=PERMISSIONS.get(role, role))
        made["user"].update(self.user(login), role_name=role)
        return 200, made

    def activity(self):
        branch = self.query.get("ref", "").removeprefix("refs/heads/")
        at = self.held.get("pushed", {}).get(branch)
        made = copy.deepcopy(self.told.moulds["activity-items"][0])
        made.pop("pushed_at", None)
        heads = {one.get("branch", "feature"): one.get("head", self.head) for one in self.held.get("pulls", {}).values()}
        made.update(before=self.base, after=heads.get(branch, self.head), ref=f"refs/heads/{branch}", timestamp=at, activity_type="push")
        made.update(actor=self.user("octo-author"))
        return 200, [made] if at else []

    def artifacts(self):
        every = [self.artifact(index, one) for index, one in enumerate(self.held.get("artifacts", []))]
        named = [one for one in every if one["name"] == self.query.get("name", one["name"])]
        return 200, {"total_count": len(named), "artifacts": self.only_page(named)}

    def artifact(self, index, one):
        made = copy.deepcopy(self.told.moulds["artifact-paginated"]["artifacts"][0])
        number = ARTIFACT + index
        made.update(id=number, name=one.get("name", "sarif-gate-evidence"), expired=False, archive_download_url=f"{self.api}/actions/artifacts/{number}/zip",
                    created_at=f"2026-03-01T10:{59 - index:02}:00Z", digest=one.get("digest", "sha256:" + hashlib.sha256(zipped(one["sarif"])).hexdigest()))
        origin = made["workflow_run"]
        origin.update(id=RUN + index, head_branch=one.get("branch", BASE), head_sha=one.get("sha", self.base))
        origin["head_repository_id"] = origin["repository_id"] + 1 if one.get("fork") else origin["repository_id"]
        return made

    def zip(self, number):
        return 302, f"/octo-blobs/{self.repository.rsplit('-', 1)[-1]}/{number}"

    def run(self, number):
        made_by = self.held.get("artifacts", [])
        index = int(number) - RUN
        if not 0 <= index < len(made_by):
            return refusal(404, "Not Found")
        one = made_by[index]
        made = self.told.mould("workflow-run", id=int(number), event=one.get("event", "push"), status="completed", conclusion=one.get("conclusion", "success"),
                               head_branch=one.get("branch", BASE), head_sha=one.get("sha", self.base), created_at=MOMENT)
        made["repository"]["full_name"] = self.repository
        made["head_repository"]["full_name"] = "contributor/fork" if one.get("fork") else self.repository
        return 200, made

    def compare(self, before, after):
        """The head stands on the base's tip; everything else is equal."""
        commits = self.held.get("commits", [{"sha": self.head, "parents": [self.base]}]) if (before, after) == (self.base, self.head) else []
        made = self.told.mould("commit-comparison", status="ahead" if commits else "identical", ahead_by=len(commits), behind_by=0, total_commits=len(commits))
        example = made["commits"][0]
        for name, sha in (("base_commit", before), ("merge_base_commit", before)):
            made[name]["sha"] = sha
        made["commits"] = self.only_page([{**example, "sha": one["sha"], "parents": [{**example["parents"][0], "sha": sha} for sha in one["parents"]]} for one in commits])
        made["files"] = [self.diff(one) for one in self.held.get("changed", [])]
        return 200, made

    def pulls_of(self, sha):
        commits = {one["sha"]: one for one in self.held.get("commits", [])}
        numbers = commits.get(sha, {}).get("pulls", [])
        return 200, [self.pull(number, "pull-request-simple-items") for number in numbers]

    def code_scanning(self):
        return refusal(403, "Code scanning is not enabled for this repository. Please enable code scanning in the repository settings.")


ROUTES = (
    (r"git/ref/heads/(.+)", Here.tip),
    (r"git/matching-refs/(.+)", Here.queue),
    (r"contents/(.+)", Here.contents),
    (r"pulls/(\d+)/files", Here.files),
    (r"pulls/(\d+)", Here.one_pull),
    (r"issues/(\d+)/timeline", Here.timeline),
    (r"collaborators/([^/]+)/permission", Here.permission),
    (r"activity", Here.activity),
    (r"actions/artifacts", Here.artifacts),
    (r"actions/artifacts/(\d+)/zip", Here.zip),
    (r"actions/runs/(\d+)", Here.run),
    (r"compare/([0-9a-f]+)\.\.\.([0-9a-f]+)", Here.compare),
    (r"commits/([0-9a-f]+)/pulls", Here.pulls_of),
    (r"code-scanning/.*", Here.code_scanning),
)
