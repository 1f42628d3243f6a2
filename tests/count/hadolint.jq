# Hadolint: every element of the list.
.[] | .level
| ["misconfiguration", ({"error": "medium", "warning": "low", "info": "info", "style": "info"}[.] // "unknown")]
