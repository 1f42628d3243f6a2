# mypy: every line.
["quality", (if .severity == "error" then "medium" elif .severity == "note" then "info" else "unknown" end)]
