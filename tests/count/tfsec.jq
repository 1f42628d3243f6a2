# tfsec: the state is a word or a number by version, and `passed` in old ones.
def severity: (. // "") | ascii_downcase
  | {critical: "critical", high: "high", error: "high", medium: "medium", warning: "medium", low: "low", info: "low"}[.]
  // "unknown";
(.results // [])[]
| (if .status == null then (if .passed == true then "passed" else "failed" end) else .status | tostring end) as $state
| if $state == "passed" or $state == "1" then ["not_findings", "-"]
  elif $state == "ignored" or $state == "2" then ["suppressed", "-"]
  else ["misconfiguration", (.severity | severity)] end
