"""What a run leaves on GitHub besides its check run: comments, issues, analyses and alerts, kept by repository.

Answers are made from the examples of GitHub's own description, so that Prism can hold them against it.
"""
import base64
import copy
import gzip
import json
import re

MOMENT = "2026-03-01T10:00:00Z"
BOT = "github-actions[bot]"


class Kept:
    """The state of every repository."""

    def __init__(self, description):
        self.moulds = {name: one["value"] for name, one in description["components"]["examples"].items() if "value" in one}
        self.comments, self.issues, self.analyses = {}, {}, {}

    def mould(self, name, **values):
        made = copy.deepcopy(self.moulds[name])
        made.update(values)
        return made

    def user(self):
        return {**copy.deepcopy(self.moulds["issue-comment"]["user"]), "login": BOT, "type": "Bot"}

    def answer(self, method, repository, rest, query, body):
        """-> (status, body), or None where this is nobody's of these."""
        for wanted, pattern, act in ROUTES:
            match = re.fullmatch(pattern, rest)
            if method == wanted and match:
                return act(self, repository, {name: values[-1] for name, values in query.items()}, body, *match.groups())
        return None

    # Comments

    def list_comments(self, repository, query, _, number):
        found = [one for one in self.comments.get(repository, []) if one["issue_url"].endswith(f"/issues/{number}")]
        return 200, page(found, query)

    def comment(self, repository, _, body, number):
        made = self.comments.setdefault(repository, [])
        identity = 7000 + len(made)
        api = f"https://api.github.com/repos/{repository}/issues"
        made.append(self.mould("issue-comment", id=identity, body=body["body"], user=self.user(), issue_url=f"{api}/{number}", url=f"{api}/comments/{identity}",
                               html_url=f"https://github.com/{repository}/pull/{number}#issuecomment-{identity}", created_at=MOMENT, updated_at=MOMENT))
        return 201, made[-1]

    def edit_comment(self, repository, _, body, identity):
        for one in self.comments.get(repository, []):
            if one["id"] == int(identity):
                one["body"] = body["body"]
                return 200, one
        return 404, {"message": "Not Found"}

    def drop_comment(self, repository, _, __, identity):
        self.comments[repository] = [one for one in self.comments.get(repository, []) if one["id"] != int(identity)]
        return 204, ""

    # Issues

    def list_issues(self, repository, query, _):
        labels = [name for name in query.get("labels", "").split(",") if name]
        found = [one for one in self.issues.get(repository, []) if all(name in [label["name"] for label in one["labels"]] for name in labels)]
        if query.get("state", "open") != "all":
            found = [one for one in found if one["state"] == query.get("state", "open")]
        return 200, page(found, query)

    def issue(self, repository, _, body):
        made = self.issues.setdefault(repository, [])
        number = 300 + len(made)
        one = self.mould("issue", number=number, id=9000 + number, title=body["title"], body=body.get("body", ""), state="open", state_reason=None, closed_at=None, user=self.user(),
                         html_url=f"https://github.com/{repository}/issues/{number}", url=f"https://api.github.com/repos/{repository}/issues/{number}", created_at=MOMENT)
        one.pop("pull_request", None)
        label = one["labels"][0]
        one["labels"] = [{**label, "name": name} for name in body.get("labels", [])]
        made.append(one)
        return 201, one

    def edit_issue(self, repository, _, body, number):
        for one in self.issues.get(repository, []):
            if one["number"] == int(number):
                one.update({key: body[key] for key in ("title", "body", "state", "state_reason") if key in body})
                return 200, one
        return 404, {"message": "Not Found"}

    # Code scanning

    def upload(self, repository, _, body):
        log = json.loads(gzip.decompress(base64.b64decode(body["sarif"])))
        made = self.analyses.setdefault(repository, [])
        identity = f"47177e22-5596-11eb-80a1-{len(made):012d}"
        made.append({"id": identity, "log": log, "ref": body["ref"], "commit_sha": body["commit_sha"]})
        return 202, {"id": identity, "url": f"https://api.github.com/repos/{repository}/code-scanning/sarifs/{identity}"}

    def uploaded(self, repository, _, __, identity):
        if identity not in [one["id"] for one in self.analyses.get(repository, [])]:
            return 404, {"message": "Not Found"}
        return 200, {"processing_status": "complete", "analyses_url": f"https://api.github.com/repos/{repository}/code-scanning/analyses?sarif_id={identity}", "errors": None}

    def alerts(self, *_):
        return 200, []


def page(entries, query):
    size, number = int(query.get("per_page", "30")), int(query.get("page", "1"))
    return entries[(number - 1) * size:number * size]


ROUTES = [
    ("GET", r"issues/(\d+)/comments", Kept.list_comments),
    ("POST", r"issues/(\d+)/comments", Kept.comment),
    ("PATCH", r"issues/comments/(\d+)", Kept.edit_comment),
    ("DELETE", r"issues/comments/(\d+)", Kept.drop_comment),
    ("GET", r"issues", Kept.list_issues),
    ("POST", r"issues", Kept.issue),
    ("PATCH", r"issues/(\d+)", Kept.edit_issue),
    ("POST", r"code-scanning/sarifs", Kept.upload),
    ("GET", r"code-scanning/sarifs/([0-9a-f-]+)", Kept.uploaded),
    ("GET", r"code-scanning/alerts", Kept.alerts),
]
