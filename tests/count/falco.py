# Falco: an alert a line, or pretty-printed; what is no alert counts nothing, and rules of Falco about itself are none.
import json
import re
import sys

SEVERITY = {
    "emergency": "critical", "alert": "critical", "critical": "critical", "error": "high", "warning": "medium",
    "notice": "low", "informational": "info", "debug": "info",
}

text = open(sys.argv[1], encoding="utf-8-sig").read()
decoder = json.JSONDecoder()
at = 0
while True:
    # The next object: right behind the last one, or at the start of a line.
    next_to = re.compile(r"[ \t]*\{").match(text, at)
    start = next_to or re.compile(r"^[ \t]*\{", re.M).search(text, at)
    if not start:
        break
    brace = start.end() - 1
    try:
        alert, at = decoder.raw_decode(text, brace)
    except ValueError:
        at = brace + 1
        continue
    if not all(isinstance(alert.get(key), str) for key in ("rule", "priority", "time")):
        continue
    if alert["rule"].startswith("Falco internal:"):
        print("not_findings\t-")
    else:
        print("runtime\t" + SEVERITY.get(alert["priority"].lower(), "unknown"))
