# Checkov: one framework, a list of them, or a flat summary that lists nothing. A check of packages is a vulnerability,
# or a licence where its details name one and no advisory.
include "lib";
def kind($type):
  if $type == "secrets" then "secret"
  elif ($type == "sca_package" or $type == "sca_image") and .vulnerability_details then
    (if (.vulnerability_details | .license and (.id | not)) then "license" else "vulnerability" end)
  else "misconfiguration" end;
def severity($kind):
  (.severity // .vulnerability_details.severity?) as $word
  | if $word == null and $kind == "secret" then "high" else $word | word end;
def check($type; $list):
  .check_result.result as $result
  | if $result == "UNKNOWN" or ($list == "passed" and $result == "PASSED") then ["not_findings", "-"]
    elif $result == "SKIPPED" or ($list == "skipped" and $result != "FAILED") then ["suppressed", "-"]
    else kind($type) as $kind | [$kind, severity($kind)] end;
(if type == "array" then .[] else . end)
| select(has("check_type")) | .check_type as $type | .results
| ((.failed_checks // [])[] | check($type; "failed")),
  ((.skipped_checks // [])[] | check($type; "skipped")),
  ((.passed_checks // [])[] | check($type; "passed"))
