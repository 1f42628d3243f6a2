# pip-audit: every vulnerability; a dependency that was audited and has none is no finding, a skipped one is not counted.
(if type == "array" then . else .dependencies end)[]
| if (.vulns // [] | length) > 0 then .vulns[] | ["vulnerability", "unknown"]
  elif has("skip_reason") then empty else ["not_findings", "-"] end
