# SonarQube: issues and hotspots of the API, and the generic format, whose rules say what its issues do not.
def own:
  ascii_upcase
  | if . == "BLOCKER" then "critical" elif . == "CRITICAL" or . == "HIGH" then "high"
    elif . == "MAJOR" or . == "MEDIUM" then "medium" elif . == "MINOR" or . == "LOW" then "low"
    elif . == "INFO" then "info" else "unknown" end;
def rank: {"critical": 5, "high": 4, "medium": 3, "low": 2, "info": 1, "unknown": 0}[.];
def worst: if length == 0 then null else max_by(rank) end;
def impacts($security):
  [(.impacts // [])[] | select((.softwareQuality == "SECURITY") == $security) | .severity | select(. != null) | own];
def severity: (impacts(true) | worst) // (if .severity then .severity | own else null end) // (impacts(false) | worst);
def kind:
  if any((.impacts // [])[]; .softwareQuality == "SECURITY") then "code"
  elif .type == "BUG" or .type == "CODE_SMELL" then "quality"
  elif .type then "code"
  elif ((.impacts // []) | length) > 0 then "quality"
  else null end;
def settled($status; $resolution):
  ($status | IN("RESOLVED", "CLOSED", "ACCEPTED", "FALSE_POSITIVE", "FIXED"))
  or ($status == "REVIEWED" and ($resolution | IN("SAFE", "FIXED", "ACKNOWLEDGED")));
if has("hotspots") then
  .hotspots[]
  | if settled(.status; .resolution) then ["suppressed", "-"] else ["code", (.vulnerabilityProbability | own)] end
elif has("paging") or has("ps") then
  .issues[]
  | . as $issue
  | if all((.issueStatus, .status) | select(. != null); settled(.; $issue.resolution)) then ["suppressed", "-"]
    else [(kind // "code"), (severity // "unknown")] end
else
  (reduce (.rules // [])[] as $rule ({}; .[$rule.id] = $rule)) as $rules
  | .issues[]
  | ($rules[.ruleId] // {}) as $rule
  | [(kind // ($rule | kind) // "code"), (severity // ($rule | severity) // "unknown")]
end
