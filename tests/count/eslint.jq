# ESLint: every message of every file; a fatal one says that no rule saw the file.
(if type == "object" then .results else . end)[]
| (.messages[]
   | if .fatal == true then ["not_findings", "-"]
     else ["code", (if .severity == 2 then "medium" elif .severity == 1 then "low" else "unknown" end)] end),
  (.suppressedMessages // [] | .[] | ["suppressed", "-"])
