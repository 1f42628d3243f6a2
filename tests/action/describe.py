#!/usr/bin/env python3
"""describe.py FULL TRIMMED OUT    GitHub's API description as far as the Action calls it.

TRIMMED is the oracle's own cut; what it lacks is added from FULL in the same way: every schema that is reached, `nullable`
without a type as a branch of its own (the validator would refuse the schema and look at nothing), GitHub's media types.
"""
import copy
import json
import sys

MORE = {
    "/meta": ["get"],
    "/repos/{owner}/{repo}/activity": ["get"],
    "/repos/{owner}/{repo}/git/ref/{ref}": ["get"],
    "/repos/{owner}/{repo}/git/matching-refs/{ref}": ["get"],
    "/repos/{owner}/{repo}/actions/artifacts": ["get"],
    "/repos/{owner}/{repo}/actions/runs/{run_id}": ["get"],
    "/repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}": ["get"],
    "/repos/{owner}/{repo}/code-scanning/analyses/{analysis_id}": ["get"],
    "/repos/{owner}/{repo}/code-scanning/alerts/{alert_number}": ["patch"],
    "/repos/{owner}/{repo}/pulls": ["get"],
    "/repos/{owner}/{repo}/issues/{issue_number}/timeline": ["get"],
    "/repos/{owner}/{repo}/commits/{commit_sha}/pulls": ["get"],
    "/repos/{owner}/{repo}/git/commits": ["post"],
    "/repos/{owner}/{repo}/git/commits/{commit_sha}": ["get"],
    "/repos/{owner}/{repo}/git/trees": ["post"],
    "/repos/{owner}/{repo}/git/trees/{tree_sha}": ["get"],
    "/repos/{owner}/{repo}/git/blobs": ["post"],
    "/repos/{owner}/{repo}/git/blobs/{file_sha}": ["get"],
    "/repos/{owner}/{repo}/git/refs": ["post"],
    "/repos/{owner}/{repo}/git/refs/{ref}": ["patch"],
}
RAW = "application/vnd.github.raw+json"
MEDIA = ("application/vnd.github+json", "application/vnd.github.v3+json")
# Parameters that may hold slashes: the proxy matches one segment only.
DEEP = {"/repos/{owner}/{repo}/git/ref/{ref}": "ref", "/repos/{owner}/{repo}/git/matching-refs/{ref}": "ref", "/repos/{owner}/{repo}/git/refs/{ref}": "ref"}


def references(node):
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def mend(node):
    if isinstance(node, dict):
        if node.get("nullable") is True and "type" not in node:
            key = next((key for key in ("oneOf", "anyOf", "allOf") if key in node), None)
            node.pop("nullable")
            if key:
                inner = {key: node.pop(key)}
                node["anyOf"] = [inner, {"type": "string", "nullable": True, "pattern": "[^\\s\\S]"}]
            elif "$ref" in node:
                node["anyOf"] = [{"$ref": node.pop("$ref")}, {"type": "string", "nullable": True, "pattern": "[^\\s\\S]"}]
        for value in list(node.values()):
            mend(value)
    elif isinstance(node, list):
        for value in node:
            mend(value)


def called(out, parameter):
    """The name of a parameter, whether it stands here or elsewhere."""
    if "$ref" in parameter:
        parameter = out["components"]["parameters"][parameter["$ref"].rsplit("/", 1)[1]]
    return parameter["name"]


def main():
    full, out = json.load(open(sys.argv[1])), json.load(open(sys.argv[2]))
    for path, methods in MORE.items():
        if path in out["paths"]:
            continue
        item = {key: copy.deepcopy(value) for key, value in full["paths"][path].items() if key in methods or key == "parameters"}
        fresh = [item]
        todo, seen = list(references(item)), set()
        while todo:
            reference = todo.pop()
            _, _, kind, name = reference.split("/", 3)
            if reference in seen or name in out["components"].get(kind, {}):
                continue
            seen.add(reference)
            part = copy.deepcopy(full["components"][kind][name])
            out["components"].setdefault(kind, {})[name] = part
            fresh.append(part)
            todo += list(references(part))
        for part in fresh:
            mend(part)
        for method in methods:
            for answer in item[method]["responses"].values():
                content = answer.get("content")
                if content and "application/json" in content:
                    for media in MEDIA:
                        content.setdefault(media, content["application/json"])
        out["paths"][path] = item
    for path, name in DEEP.items():
        for depth in (2, 3, 4, 5):
            item = copy.deepcopy(out["paths"][path])
            for method, operation in item.items():
                operation["operationId"] += f"-{depth}"
                kept = [one for one in operation["parameters"] if called(out, one) != name]
                operation["parameters"] = kept + [{"name": f"{name}{i}", "in": "path", "required": True, "schema": {"type": "string"}}
                                                  for i in range(depth)]
            out["paths"][path.replace("{" + name + "}", "/".join(f"{{{name}{i}}}" for i in range(depth)))] = item
    # A file's own bytes, which is all that is asked for; the description has no word for this media type, and the proxy
    # would hold it for the first that ends in "json".
    for path, item in out["paths"].items():
        if "/contents/" in path or path.endswith("/git/blobs/{file_sha}"):
            item["get"]["responses"]["200"]["content"] = {RAW: {"schema": {"type": "string"}}}
    json.dump(out, open(sys.argv[3], "w"), separators=(",", ":"))


if __name__ == "__main__":
    main()
