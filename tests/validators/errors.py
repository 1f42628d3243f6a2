"""errors.py FOUND.sarif   prints what the SARIF validator says at level error; exit 1 when there is any. Warnings are counted."""
import collections
import json
import sys

run = json.load(open(sys.argv[1], encoding="utf-8"))["runs"][0]
errors, others = [], collections.Counter()
for result in run.get("results") or []:
    if result.get("level", "warning") == "error":
        place = (result.get("locations") or [{}])[0].get("physicalLocation", {})
        uri = place.get("artifactLocation", {}).get("uri", "?").rsplit("/", 1)[-1]
        line = place.get("region", {}).get("startLine", "?")
        said = result["message"].get("text") or " | ".join(result["message"].get("arguments", []))
        errors.append(f"{uri}:{line}: {result['ruleId']}: {said[:200]}")
    else:
        others[result["ruleId"]] += 1
for notification in (run.get("invocations") or [{}])[0].get("toolExecutionNotifications") or []:
    if notification.get("level") == "error":
        errors.append("the validator itself: " + notification["message"].get("text", "")[:200])
print("\n".join(errors[:30]))
print(f"{len(errors)} errors; below error: " + ", ".join(f"{rule} {count}" for rule, count in sorted(others.items())))
sys.exit(1 if errors else 0)
