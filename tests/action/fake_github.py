#!/usr/bin/env python3
"""fake_github.py: GitHub's check runs on loopback, as far as the Action calls them. It keeps what it is sent.

  fake_github.py RECORD DESCRIPTION KEEP

DESCRIPTION is GitHub's API description, whose examples are the moulds of larger answers. What a repository
`octo-org/KEEP-NNN` holds beside check runs stands in KEEP/NNN/github.json, written by whoever runs the case: `files` of
the base branch, `changed` files of the pull request, `labels`, `timeline`, `roles`, `baseline` (a results.sarif). Prints its port on the first line. As at GitHub, it is the token that decides what is allowed; here the token says it:
  ghs_write…   check runs are made and changed
  ghs_read…    403 "Resource not accessible by integration", as for pull requests from forks
  ghs_down…    502 with a proxy's page, and nothing is done
  ghs_wrong…   an answer that GitHub's description does not allow, to show that whoever checks the answers is awake
  any other    401
Every request becomes one line of RECORD: time, method, path, headers (of the token only what it may do), body, status.
"""
import copy
import datetime
import io
import json
import pathlib
import re
import sys
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

MOMENT = "2026-03-01T10:00:00Z"
BASE, BASE_SHA, RUN = "main", "b" * 40, 4711
ADDED = ("path", "start_line", "end_line", "start_column", "end_column", "annotation_level", "title", "message", "raw_details")
USER_LINKS = ("followers", "following{/other_user}", "gists{/gist_id}", "starred{/owner}{/repo}", "subscriptions", "repos",
              "events{/privacy}", "received_events")


def owner():
    url = "https://api.github.com/users/github"
    links = {link.split("{")[0] + "_url": f"{url}/{link}" for link in USER_LINKS}
    return {"login": "github", "id": 9919, "node_id": "O_github", "avatar_url": "https://avatars.githubusercontent.com/u/9919", "gravatar_id": "",
            "url": url, "html_url": "https://github.com/github", "type": "Organization", "site_admin": False,
            "organizations_url": url + "/orgs", **links}


APP = {"id": 15368, "slug": "github-actions", "node_id": "A_15368", "owner": owner(), "name": "GitHub Actions", "description": "Automate your workflow",
       "external_url": "https://help.github.com/en/actions", "html_url": "https://github.com/apps/github-actions", "created_at": MOMENT, "updated_at": MOMENT,
       "permissions": {"checks": "write"}, "events": ["check_run"]}


class GitHub:
    """The state: check runs by number, and their annotations."""

    def __init__(self, record, description, keep):
        self.record, self.keep = record, pathlib.Path(keep)
        self.moulds = {name: one["value"] for name, one in description["components"]["examples"].items()}
        self.runs, self.annotations = {}, {}
        self.lock = threading.Lock()

    def answer(self, method, target, power, body):
        """-> (status, body as data or text)"""
        if power is None:
            return 401, {"message": "Bad credentials", "documentation_url": "https://docs.github.com/rest", "status": "401"}
        if power == "down":
            return 502, "<html><h1>502 Bad Gateway</h1></html>"
        url = urlsplit(target)
        match = re.fullmatch(r"/repos/([^/]+/[^/]+)/(.*)", url.path)
        if not match:
            return 404, {"message": "Not Found"}
        repository, rest = match.groups()
        if power == "read" and method != "GET":
            return 403, {"message": "Resource not accessible by integration", "documentation_url": "https://docs.github.com/rest/checks/runs", "status": "403"}
        if method == "POST" and rest == "check-runs":
            made = self.create(repository, body)
            return 201, {"id": str(made["id"])} if power == "wrong" else made
        if method == "GET" and (match := re.fullmatch(r"commits/([^/]+)/check-runs", rest)):
            return 200, self.listed(repository, unquote(match[1]), parse_qs(url.query))
        if method == "GET" and not rest.startswith("check-runs/"):
            return self.told(repository, rest, parse_qs(url.query))
        match = re.fullmatch(r"check-runs/(\d+)(/annotations)?", rest)
        number = int(match[1]) if match else None
        if number not in self.runs or self.runs[number]["url"].split("/repos/")[1].split("/check-runs")[0] != repository:
            return 404, {"message": "Not Found"}
        if match[2]:
            return 200, self.annotations[number]
        if method == "PATCH":
            return 200, self.change(number, body)
        return 200, self.runs[number]

    def holds(self, repository):
        file = self.keep / repository.rsplit("-", 1)[1] / "github.json"
        return json.loads(file.read_text()) if file.is_file() else {}

    def mould(self, name, **values):
        made = copy.deepcopy(self.moulds[name])
        made.update(values)
        return made

    def told(self, repository, rest, query):
        """What a run asks before it judges."""
        held, api = self.holds(repository), f"https://api.github.com/repos/{repository}"
        missing = 404, {"message": "Not Found", "documentation_url": "https://docs.github.com/rest", "status": "404"}
        rest = unquote(rest)
        if rest == f"git/ref/heads/{BASE}":
            made = {"ref": f"refs/heads/{BASE}", "node_id": "R", "url": f"{api}/git/refs/heads/{BASE}",
                    "object": {"type": "commit", "sha": BASE_SHA, "url": f"{api}/git/commits/{BASE_SHA}"}}
            return 200, made
        if match := re.fullmatch(r"contents/(.+)", rest):
            text = held.get("files", {}).get(match[1])
            if query.get("ref") != [BASE_SHA] or text is None:
                return missing
            return 200, text
        if re.fullmatch(r"pulls/\d+/files", rest):
            return 200, [self.mould_file(api, one) for one in held.get("changed", [])]
        if match := re.fullmatch(r"pulls/(\d+)", rest):
            pull = self.mould("pull-request", number=int(match[1]), state="open", body=held.get("body", ""))
            pull["head"]["sha"] = held["head"]
            pull["base"]["ref"] = BASE
            pull["user"]["login"] = held.get("author", "octo-author")
            pull["labels"] = [{**pull["labels"][0], "name": name} for name in held.get("labels", [])]
            return 200, pull
        if re.fullmatch(r"issues/\d+/timeline", rest):
            return 200, [self.moment(api, one) for one in held.get("timeline", [])] if query.get("page", ["1"]) == ["1"] else []
        if match := re.fullmatch(r"collaborators/([^/]+)/permission", rest):
            role = held.get("roles", {}).get(match[1], "read")
            made = self.mould("repository-collaborator-permission-response-if-user-has-admin-permissions", role_name=role)
            made["permission"] = {"maintain": "write", "triage": "read"}.get(role, role)
            made["user"].update(login=match[1], role_name=role)
            return 200, made
        if rest == "actions/artifacts":
            kept = [self.artifact(api, repository)] if held.get("baseline") and query.get("page", ["1"]) == ["1"] else []
            return 200, {"total_count": len(kept), "artifacts": kept}
        if rest == "actions/artifacts/11/zip":
            return 302, f"/octo-blobs/{repository.rsplit('-', 1)[1]}"
        if rest == f"actions/runs/{RUN}":
            made = self.mould("workflow-run", id=RUN, event="push", status="completed", conclusion="success", head_branch=BASE, head_sha=BASE_SHA)
            made["repository"]["full_name"] = made["head_repository"]["full_name"] = repository
            return 200, made
        if rest.startswith("code-scanning/"):
            return 403, {"message": "Code scanning is not enabled for this repository.", "documentation_url": "https://docs.github.com/rest", "status": "403"}
        return missing

    def artifact(self, api, repository):
        made = copy.deepcopy(self.moulds["artifact-paginated"]["artifacts"][0])
        made.update(id=11, name="sarif-gate-evidence", expired=False, archive_download_url=f"{api}/actions/artifacts/11/zip")
        made["workflow_run"].update(id=RUN, head_branch=BASE, head_sha=BASE_SHA)
        made["workflow_run"]["head_repository_id"] = made["workflow_run"]["repository_id"]
        return made

    def mould_file(self, api, one):
        made = copy.deepcopy(self.moulds["diff-entry-items"][0])
        made.update(filename=one["path"], status=one.get("status", "modified"))
        made.pop("patch", None)
        if "patch" in one:
            made["patch"] = one["patch"]
        return made

    def moment(self, api, one):
        """An event of the timeline: {"event": "labeled", "by": LOGIN, "type": "User", "label": NAME, "at": TIME, "body": TEXT}"""
        made = copy.deepcopy(next(event for event in self.moulds["timeline-issue-events"] if event["event"] == "labeled" or "label" in event))
        user = {**made["actor"], "login": one.get("by", "octo-author"), "type": one.get("type", "User")}
        if one["event"] == "committed":
            who = {"name": "x", "email": "x@example.com", "date": one["at"]}
            return {"event": "committed", "sha": one["sha"], "node_id": "C", "url": f"{api}/git/commits/{one['sha']}", "html_url": f"{api}/commit/{one['sha']}",
                    "author": who, "committer": who, "message": "x", "tree": {"sha": one["sha"], "url": api}, "parents": [],
                    "verification": {"verified": False, "reason": "unsigned", "signature": None, "payload": None, "verified_at": None}}
        if one["event"] == "commented":
            url = f"{api}/issues/comments/1"
            return {"event": "commented", "actor": user, "id": 1, "node_id": "IC", "url": url, "body": one["body"], "html_url": url, "issue_url": url,
                    "user": user, "created_at": one["at"], "updated_at": one["at"], "author_association": "MEMBER"}
        made.update(event=one["event"], actor=user, created_at=one["at"])
        made["label"] = {"name": one["label"], "color": "ff0000"}
        return made

    def create(self, repository, body):
        number = len(self.runs) + 1
        url = f"https://api.github.com/repos/{repository}/check-runs/{number}"
        page = f"https://github.com/{repository}/runs/{number}"
        self.annotations[number] = []
        self.runs[number] = {
            "id": number, "node_id": f"CR_{number}", "head_sha": body["head_sha"], "external_id": body.get("external_id", ""), "url": url, "html_url": page,
            "details_url": body.get("details_url", page), "status": body.get("status", "queued"), "conclusion": body.get("conclusion"),
            "started_at": body.get("started_at", MOMENT), "completed_at": MOMENT if body.get("conclusion") else None, "name": body["name"],
            "check_suite": {"id": 5}, "app": APP, "pull_requests": [],
            "output": {"title": None, "summary": None, "text": None, "annotations_count": 0, "annotations_url": url + "/annotations"}}
        return self.change(number, body)

    def change(self, number, body):
        """A PATCH adds annotations and replaces everything else that it names."""
        run, output = self.runs[number], body.get("output", {})
        run.update({key: body[key] for key in ("name", "status", "conclusion", "details_url", "external_id") if key in body})
        run["output"].update({key: output[key] for key in ("title", "summary", "text") if key in output})
        for one in output.get("annotations", []):
            blob = f"{run['html_url'].split('/runs/')[0]}/blob/{run['head_sha']}/{one['path']}"
            self.annotations[number].append({**{key: one.get(key) for key in ADDED}, "blob_href": blob})
        run["output"]["annotations_count"] = len(self.annotations[number])
        return run

    def listed(self, repository, commit, query):
        wanted = query.get("check_name", [None])[0]
        found = [run for run in self.runs.values() if f"/repos/{repository}/" in run["url"] and run["head_sha"] == commit and wanted in (None, run["name"])]
        return {"total_count": len(found), "check_runs": found[: int(query.get("per_page", ["30"])[0])]}

    def serve(self, request):
        length = int(request.headers.get("content-length") or 0)
        raw = request.rfile.read(length)
        try:
            body = json.loads(raw) if raw else None
        except ValueError:
            body = {"not JSON": raw.decode("utf-8", "replace")}
        headers = {name.lower(): value for name, value in request.headers.items()}
        token = re.fullmatch(r"(?:bearer|token) ghs_(write|read|down|wrong)\d{40}", headers.get("authorization", ""), flags=re.IGNORECASE)
        power = token[1] if token else None
        with self.lock:
            status, answer = self.answer(request.command, request.path, power, body)
            headers["authorization"] = f"<{power}>"
            self.record.write(json.dumps({"time": datetime.datetime.now().isoformat(), "method": request.command, "path": request.path, "headers": headers,
                                          "body": body, "status": status}) + "\n")
            self.record.flush()
            data = answer if isinstance(answer, str) else json.dumps(answer)
        request.send_response(status)
        if status == 302:
            request.send_header("location", f"http://127.0.0.1:{request.server.server_address[1]}{answer}")
            data = ""
        raw = status == 200 and isinstance(answer, str)
        kind = "application/vnd.github.raw+json; charset=utf-8" if raw else "text/html" if isinstance(answer, str) else "application/json; charset=utf-8"
        request.send_header("content-type", kind)
        request.send_header("content-length", str(len(data.encode())))
        request.end_headers()
        request.wfile.write(data.encode())

    def blob(self, request):
        """The storage behind artifacts: another server, which must not see the token."""
        number = request.path.rsplit("/", 1)[1]
        zipped = io.BytesIO()
        with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("results.sarif", json.loads((self.keep / number / "github.json").read_text())["baseline"])
        wrong = "authorization" in {name.lower() for name in request.headers}
        request.send_response(400 if wrong else 200)
        request.send_header("content-type", "application/zip")
        request.send_header("content-length", str(len(zipped.getvalue())))
        request.end_headers()
        request.wfile.write(zipped.getvalue())


def main():
    with open(sys.argv[1], "a", encoding="utf-8") as record:
        github = GitHub(record, json.loads(pathlib.Path(sys.argv[2]).read_text()), sys.argv[3])

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_GET(self):
                (github.blob if self.path.startswith("/octo-blobs/") else github.serve)(self)

            do_POST = do_PATCH = do_PUT = do_DELETE = lambda self: github.serve(self)

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        print(server.server_address[1], flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
