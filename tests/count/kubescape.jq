# kubescape: every control of every resource; what passed is no entry.
include "lib";
def worst: if index("failed") then "failed" elif index("error") then "error" elif index("excluded") then "excluded"
  elif index("skipped") then "skipped" else "passed" end;
def old: if . == "irrelevant" then "skipped" else . end;
def state:
  (if (.status | type) == "object" then .status else {status: .status} end) as $own
  | if $own.status then (if $own.status == "passed" and $own.subStatus == "w/exceptions" then "excluded" else $own.status | old end)
    else [(.rules // [])[] | if .status == "passed" and .subStatus == "w/exceptions" then "excluded" else .status | old end] | worst end;
.summaryDetails.controls as $controls
| .results[] | (.controls // [])[]
| $controls[.controlID] as $control
| state as $state
| if $state == "passed" then empty
  elif $state == "skipped" or $state == "error" then ["not_findings", "-"]
  elif $state == "excluded" then ["suppressed", "-"]
  else ["misconfiguration",
    (($control.scoreFactor // 0) as $factor
     | if $factor > 0 then $factor | rating else $control.severity | word end)] end
