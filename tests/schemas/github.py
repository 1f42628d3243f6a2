#!/usr/bin/env python3
"""github.py DESCRIPTION > github-requests.json

Cuts GitHub's own description of its REST API (generated/api.github.com.json of the npm package @octokit/openapi, MIT) down
to the requests that this program makes: path, query and body, without the answers. The tests hold every request that
reaches their fake GitHub against it, so an endpoint that is missing here fails them.
"""
import copy
import json
import sys

CALLED = {
    "/repos/{owner}/{repo}": ["get"],
    "/repos/{owner}/{repo}/activity": ["get"],
    "/repos/{owner}/{repo}/actions/artifacts": ["get"],
    "/repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}": ["get"],
    "/repos/{owner}/{repo}/actions/runs/{run_id}": ["get"],
    "/repos/{owner}/{repo}/check-runs": ["post"],
    "/repos/{owner}/{repo}/check-runs/{check_run_id}": ["get", "patch"],
    "/repos/{owner}/{repo}/check-runs/{check_run_id}/annotations": ["get"],
    "/repos/{owner}/{repo}/code-scanning/alerts": ["get"],
    "/repos/{owner}/{repo}/code-scanning/alerts/{alert_number}": ["get", "patch"],
    "/repos/{owner}/{repo}/code-scanning/analyses": ["get"],
    "/repos/{owner}/{repo}/code-scanning/analyses/{analysis_id}": ["get"],
    "/repos/{owner}/{repo}/code-scanning/sarifs": ["post"],
    "/repos/{owner}/{repo}/code-scanning/sarifs/{sarif_id}": ["get"],
    "/repos/{owner}/{repo}/collaborators/{username}/permission": ["get"],
    "/repos/{owner}/{repo}/commits/{commit_sha}/pulls": ["get"],
    "/repos/{owner}/{repo}/commits/{ref}": ["get"],
    "/repos/{owner}/{repo}/commits/{ref}/check-runs": ["get"],
    "/repos/{owner}/{repo}/compare/{basehead}": ["get"],
    "/repos/{owner}/{repo}/contents/{path}": ["get"],
    "/repos/{owner}/{repo}/git/blobs": ["post"],
    "/repos/{owner}/{repo}/git/blobs/{file_sha}": ["get"],
    "/repos/{owner}/{repo}/git/commits": ["post"],
    "/repos/{owner}/{repo}/git/commits/{commit_sha}": ["get"],
    "/repos/{owner}/{repo}/git/matching-refs/{ref}": ["get"],
    "/repos/{owner}/{repo}/git/ref/{ref}": ["get"],
    "/repos/{owner}/{repo}/git/refs": ["post"],
    "/repos/{owner}/{repo}/git/refs/{ref}": ["patch"],
    "/repos/{owner}/{repo}/git/trees": ["post"],
    "/repos/{owner}/{repo}/git/trees/{tree_sha}": ["get"],
    "/repos/{owner}/{repo}/issues": ["get", "post"],
    "/repos/{owner}/{repo}/issues/comments/{comment_id}": ["get", "patch", "delete"],
    "/repos/{owner}/{repo}/issues/{issue_number}": ["get", "patch"],
    "/repos/{owner}/{repo}/issues/{issue_number}/comments": ["get", "post"],
    "/repos/{owner}/{repo}/issues/{issue_number}/timeline": ["get"],
    "/repos/{owner}/{repo}/pulls": ["get"],
    "/repos/{owner}/{repo}/pulls/{pull_number}": ["get"],
    "/repos/{owner}/{repo}/pulls/{pull_number}/files": ["get"],
}
WORDS = ("title", "description", "example", "examples", "default", "deprecated", "externalDocs")


def plain(node, whole):
    """A schema on its own: references followed, what only people read left out, `nullable` in JSON schema's words."""
    if isinstance(node, list):
        return [plain(one, whole) for one in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        at = whole
        for part in node["$ref"].split("/")[1:]:
            at = at[part]
        return plain(at, whole)
    made = {}
    for key, value in node.items():
        if key in ("properties", "patternProperties"):
            made[key] = {name: plain(one, whole) for name, one in value.items()}
        elif key not in WORDS and not key.startswith("x-") and key != "nullable":
            made[key] = plain(value, whole)
    if node.get("nullable"):
        if isinstance(made.get("type"), str) and "enum" not in made:
            made["type"] = [made["type"], "null"]
        else:
            made = {"anyOf": [made, {"type": "null"}]}
    return made


def body(operation, whole):
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if content is None:
        return None
    schema = plain(content["schema"], whole)
    # GitHub passes over members that it does not know; here they are mistakes.
    if schema.get("type") == "object" and "properties" in schema and not {"anyOf", "oneOf"} & set(schema):
        schema.setdefault("additionalProperties", False)
    return schema


def main():
    whole = json.load(open(sys.argv[1]))
    requests = []
    for path, methods in CALLED.items():
        item = whole["paths"][path]
        for method in methods:
            operation = item[method]
            parameters = [plain(one, whole) for one in item.get("parameters", []) + operation.get("parameters", [])]
            made = {"method": method.upper(), "path": path}
            for place in ("path", "query"):
                made[place + "_parameters"] = {one["name"]: {"schema": one["schema"], "required": one.get("required", False)} for one in parameters if one["in"] == place}
            made["body"] = copy.deepcopy(body(operation, whole))
            if (path, method) == ("/repos/{owner}/{repo}/check-runs", "post"):
                # Said in the documentation's words and not in the description's: what is completed has a conclusion.
                made["body"]["if"] = {"properties": {"status": {"const": "completed"}}, "required": ["status"]}
                made["body"]["then"] = {"required": ["conclusion"]}
            requests.append(made)
    json.dump({"$comment": "made by github.py from @octokit/openapi (MIT)", "requests": requests}, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
