#!/usr/bin/env python3
"""Answers `npm audit` and `pip-audit` from trivydb/advisories.json, so that their reports need no network.

    advisories.py COMMAND...    runs the command, while http://127.0.0.1:4873 answers

npm asks for the advisories of all its packages at once and then for the lists of versions ("packuments") of those that
are affected, and of what depends on them (packuments.json: what each version depends on); pip-audit asks as one asks OSV.
Everything under /closed/ is refused, like a registry that has no advisories.
"""

import gzip
import http.server
import json
import pathlib
import re
import subprocess
import sys
import threading

HERE = pathlib.Path(__file__).parent
DATABASE = json.loads((HERE / "trivydb/advisories.json").read_text())
DEPENDENCIES = json.loads((HERE / "packuments.json").read_text())
SEVERITIES = ["info", "low", "moderate", "high", "critical"]


def source(ecosystem):
    """The packages of GitHub's advisories for one ecosystem."""
    (found,) = [s for s in DATABASE["Sources"] if s["Bucket"].startswith(ecosystem + "::")]
    return found["Packages"]


def npm_advisories(wanted):
    """One list a package, as /-/npm/v1/security/advisories/bulk answers."""
    answer = {}
    for name, advisories in source("npm").items():
        if name not in wanted:
            continue
        answer[name] = []
        for cve, advisory in advisories.items():
            detail = DATABASE["Vulnerabilities"][cve]
            cvss = detail.get("CVSS", {}).get("ghsa", {})
            ghsa = advisory["VendorIDs"][0]
            answer[name].append(
                {
                    "id": 1100000 + sum(map(ord, ghsa)),  # npm's own number, made up here
                    "url": f"https://github.com/advisories/{ghsa}",
                    "title": detail["Title"],
                    "severity": SEVERITIES[detail["VendorSeverity"]["ghsa"]],
                    "vulnerable_versions": " || ".join(v.replace(",", "") for v in advisory["VulnerableVersions"]),
                    "cwe": detail.get("CweIDs", []),
                    "cvss": {"score": cvss.get("V3Score", 0), "vectorString": cvss.get("V3Vector")},
                }
            )
    return answer


def packument(name):
    """The versions of a package that matter here: the affected ones, the mended ones and the listed ones."""
    versions = dict.fromkeys(DEPENDENCIES.get("versions", {}).get(name, []), {})
    versions.update(DEPENDENCIES["dependencies"].get(name, {}))
    if not versions:
        return None
    for advisory in source("npm").get(name, {}).values():
        for version in advisory.get("PatchedVersions", []):
            versions.setdefault(version, {})
    latest = max(versions, key=lambda version: [int(part) for part in version.split(".")])
    return {
        "name": name,
        "dist-tags": {"latest": latest},
        "versions": {v: {"name": name, "version": v, "dependencies": d} for v, d in versions.items()},
    }


def release(version):
    """A version as numbers, for comparing."""
    return [int(part) for part in re.findall(r"\d+", version)]


def within(version, condition):
    """Whether a version meets a condition like `>= 2.1.0, < 2.31.0`."""
    for part in condition.split(","):
        sign, limit = part.split()
        ours, theirs = release(version), release(limit)
        if not {"<": ours < theirs, "<=": ours <= theirs, ">": ours > theirs, ">=": ours >= theirs, "=": ours == theirs}[sign]:
            return False
    return True


def osv(name, version):
    """What OSV answers for one version of a package of PyPI."""
    found = []
    for cve, advisory in source("pip").get(name, {}).items():
        if not any(within(version, condition) for condition in advisory["VulnerableVersions"]):
            continue
        detail = DATABASE["Vulnerabilities"][cve]
        events = [{"introduced": "0"}] + [{"fixed": v} for v in advisory.get("PatchedVersions", [])]
        found.append(
            {
                "id": advisory["VendorIDs"][0],
                "aliases": [cve],
                "summary": detail["Title"],
                "details": detail["Description"],
                "published": detail["PublishedDate"],
                "affected": [
                    {
                        "package": {"name": name, "ecosystem": "PyPI"},
                        "ranges": [{"type": "ECOSYSTEM", "events": events}],
                    }
                ],
            }
        )
    return {"vulns": found} if found else {}


class Registry(http.server.BaseHTTPRequestHandler):
    """Serves both."""

    server_version, sys_version = "advisories", ""  # npm copies it into a report about a refusal

    def answer(self, status, body):
        """Sends JSON."""
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_POST(self):
        """Advisories."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        if self.path.startswith("/closed/"):
            self.answer(405, {"error": "no advisories here"})
        elif self.path.endswith("/advisories/bulk"):
            self.answer(200, npm_advisories(json.loads(body)))
        elif self.path == "/v1/query":
            query = json.loads(body)
            self.answer(200, osv(query["package"]["name"], query["version"]))
        else:
            self.answer(404, {})

    def do_GET(self):
        """Lists of versions."""
        found = packument(self.path.strip("/").replace("%2f", "/"))
        self.answer(200 if found else 404, found or {})

    def log_message(self, *_):
        """Says nothing: the report stands on stdout."""


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 4873), Registry)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.exit(subprocess.call(sys.argv[1:]))


main()
