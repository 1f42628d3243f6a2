# Bandit: every element of `results`; what could not be parsed stands elsewhere.
.results[] | .issue_severity
| ["code", (if . == "UNDEFINED" then "unknown" else ascii_downcase end)]
