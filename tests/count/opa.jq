# OPA: tests, the decisions of `opa exec`, the answers of `opa eval`. A set is one of denials; a boolean is the answer to
# `allow` unless its rule is called otherwise.
def pass: ["not_findings", "-"];
def sense: (. // "") | ascii_downcase | gsub("[^a-z_]"; "")
  | if test("^(deny|violations?|block|fail(ures?)?|reject)(_|$)") then "deny"
    elif test("^warn(ings?)?(_|$)") then "warn"
    elif test("^allow(_|$)|^(allowed|authorized|permitted|approved|passed|compliant|valid)$") then "allow"
    else "other" end;
def severity($means):
  (if type == "object" then (.severity // "") | tostring | ascii_downcase else "" end) as $word
  | if $word == "critical" or $word == "high" or $word == "medium" or $word == "low" or $word == "info" then $word
    elif $means == "warn" then "medium" else "high" end;
def finding($means): ["misconfiguration", severity($means)];
def says: [.msg, .message, .reason, .description, .title] | any(type == "string");
def judge($means):
  if type == "array" then (.[] | finding($means))
  elif type == "boolean" then
    (if (if $means == "deny" or $means == "warn" then . else . | not end) then finding($means) else pass end)
  elif type == "object" and ($means == "deny" or $means == "warn") then
    (if says then finding($means) else .[] | judge($means) end)
  elif type == "object" then
    to_entries[] | (.key | sense) as $inner
    | if $inner == "deny" or $inner == "warn" then .value | judge($inner)
      elif $inner == "allow" and (.value | type) == "boolean" then .value | judge($inner)
      elif (.value | type) == "object" then .value | judge("other")
      else empty end
  elif type == "string" then finding($means)
  else empty end;
if type == "array" then .[] | if (.fail // false) or .error then ["quality", "high"] else pass end
else (.result // [])[]
  | if .expressions then .expressions[] | (.text | sub("\\[[^\"\\]]*\\]$"; "") | split(".") | last | sense) as $means | .value | judge($means)
    elif .error then empty
    else .result | judge("other") end
end
