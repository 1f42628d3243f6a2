#!/usr/bin/env python3
"""fake_github.py: GitHub on loopback, as far as the Action calls it: check runs here, everything else that is kept in kept.py.

  fake_github.py RECORD DESCRIPTION KEEP

DESCRIPTION is GitHub's API description, KEEP the folder that says what a repository holds besides check runs (told.py).
Prints its port on the first line. As at GitHub, it is the token that decides what is allowed; here the token says it:
  ghs_write…   check runs are made and changed
  ghs_read…    403 "Resource not accessible by integration", as for pull requests from forks
  ghs_down…    502 with a proxy's page, and nothing is done
  ghs_wrong…   an answer that GitHub's description does not allow, to show that whoever checks the answers is awake
  any other    401
Every request becomes one line of RECORD: time, method, path, headers (of the token only what it may do), body, status.
"""
import datetime
import json
import pathlib
import re
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

from kept import Kept
from told import MOMENT, Told

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
        self.record, self.told, self.kept = record, Told(description, keep), Kept(description)
        self.runs, self.annotations = {}, {}
        self.lock = threading.Lock()

    def answer(self, method, target, power, body):
        """-> (status, body as data or text)"""
        if power is None:
            return 401, {"message": "Bad credentials", "documentation_url": "https://docs.github.com/rest", "status": "401"}
        if power == "down":
            return 502, "<html><h1>502 Bad Gateway</h1></html>"
        url = urlsplit(target)
        if url.path == "/meta":
            return 200, self.kept.mould("api-overview")
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
        kept = self.kept.answer(method, repository, rest, parse_qs(url.query), body)
        if kept:
            return kept
        if method == "GET" and not rest.startswith("check-runs/"):
            return self.told.answer(repository, rest, parse_qs(url.query))
        match = re.fullmatch(r"check-runs/(\d+)(/annotations)?", rest)
        number = int(match[1]) if match else None
        if number not in self.runs or self.runs[number]["url"].split("/repos/")[1].split("/check-runs")[0] != repository:
            return 404, {"message": "Not Found"}
        if match[2]:
            return 200, self.annotations[number]
        if method == "PATCH":
            return 200, self.change(number, body)
        return 200, self.runs[number]

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
        if status != 204:
            request.send_header("content-type", kind)
        request.send_header("content-length", str(len(data.encode())))
        request.end_headers()
        request.wfile.write(data.encode())

    def blob(self, request):
        """The storage behind artifacts: another server, which must not see the token."""
        _, _, number, artifact = request.path.split("/")
        data = self.told.archive(number, int(artifact))
        known = "authorization" in {name.lower() for name in request.headers}
        request.send_response(400 if known else 200)
        request.send_header("content-type", "application/zip")
        request.send_header("content-length", str(len(data)))
        request.end_headers()
        request.wfile.write(data)


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
