# Ruff: every element of the list, or every line.
(if type == "array" then .[] else . end)
| ["code", (if .severity == "warning" then "low" else "medium" end)]
