#!/bin/sh
# Counts what a report lists, independently of sarif-gate: findings by kind and severity, findings that the scanner
# suppressed, and entries that are none. Knows Trivy JSON (three shapes), Gitleaks JSON (two) and SARIF 2.1.0.
# usage: tests/count.sh FILE       prints tab-separated lines, sorted; needs jq 1.6 or later
set -eu
LC_ALL=C
export LC_ALL
jq -r '
# ---- severities -------------------------------------------------------------------------------------------------
def word:
  if . == null then "unknown" else (tostring | ascii_downcase | gsub("^\\s+|\\s+$"; "")) as $w
  | if $w == "critical" or $w == "high" or $w == "medium" or $w == "low" or $w == "info" then $w
    elif $w == "moderate" or $w == "warning" or $w == "warn" then "medium"
    elif $w == "error" or $w == "important" then "high"
    elif $w == "note" or $w == "minor" or $w == "negligible" then "low"
    elif $w == "none" or $w == "informational" or $w == "information" then "info"
    else "unknown" end
  end;
def rating:
  if . >= 9 then "critical" elif . >= 7 then "high" elif . >= 4 then "medium" elif . > 0 then "low" else "info" end;
# A number, or a text that is one; nothing else. NaN is no number between 0 and 10.
def score:
  (if type == "number" then . elif type == "string" then (try tonumber catch null) else null end)
  | select(. != null) | select(. >= 0 and . <= 10);

# ---- Trivy ------------------------------------------------------------------------------------------------------
def finding($kind): [$kind, (.Severity | word)];
def entry($kind):
  if $kind == "misconfiguration" and (.Status == "PASS" or .Status == "EXCEPTION")
  then ["not_findings", "-"] else finding($kind) end;
def result:
  ((.Vulnerabilities // [])[] | entry("vulnerability")),
  ((.Misconfigurations // [])[] | entry("misconfiguration")),
  ((.Secrets // [])[] | entry("secret")),
  ((.Licenses // [])[] | entry("license")),
  ((.ExperimentalModifiedFindings // [])[] | ["suppressed", "-"]);
def trivy:
  if type == "array" then .[] | result
  elif has("ClusterName") then
    (.Resources, .Findings, .Vulnerabilities, .Misconfigurations) // [] | .[] | (.Results // [])[] | result
  else (.Results // [])[] | result end;

# ---- SARIF ------------------------------------------------------------------------------------------------------
def lower: (. // "") | tostring | ascii_downcase;
# The rule of a result: in an extension, by index, or by id (also with the last part cut off).
def rule($run):
  (.ruleId // .rule.id) as $id
  | (.rule.toolComponent.index) as $ext
  | (if $ext != null and $ext >= 0 then $run.tool.extensions[$ext].rules else $run.tool.driver.rules end // []) as $rules
  | (.ruleIndex // .rule.index // -1) as $at
  | (if $at >= 0 then $rules[$at] else null end) as $by_index
  | if $by_index != null and ($id == null or $by_index.id == $id or ($id | startswith($by_index.id + "/"))) then $by_index
    else ([$rules[] | select(.id == $id)][0]
          // [$rules[] | select(.id == (($id // "") | sub("/[^/]*$"; "")))][0]
          // {}) end;
def override($run; $id):
  [($run.invocations // [])[] | (.ruleConfigurationOverrides // [])[]
   | select(.descriptor.id == $id) | .configuration.level][0];
def level($run; $rule):
  .level
  // (if .kind != null and .kind != "fail" then "none" else null end)
  // override($run; $rule.id // .ruleId)
  // $rule.defaultConfiguration.level
  // "warning";
def from_level: if . == "error" then "high" elif . == "note" then "low" elif . == "warning" then "medium" else "info" end;
# What stands after a word at the start of a line, as Trivy and Grype write their messages and help texts.
def said($word): (. // "") | tostring | [match("(^|\n)" + $word + ": *([A-Za-z]+)").captures[1].string] | .[0];
# The words that tools put where SARIF has no place for them.
def own_scale($driver; $rule):
  if $driver == "trivy" then
    [($rule.properties.tags // [])[] | select(IN("CRITICAL", "HIGH", "MEDIUM", "LOW", "UNKNOWN"))][0]
    | if . then word else null end
  elif $driver == "grype" then $rule.help.text | said("Severity") | if . then word else null end
  elif $driver == "bandit" then .properties.issue_severity | if . then word else null end
  elif $driver == "gitleaks" or $driver == "ggshield" then "high"
  else
    $rule.properties["problem.severity"]
    | if . == "error" then "high" elif . == "warning" then "medium" elif . == "recommendation" then "low" else null end
  end;
def severity($run; $driver; $rule):
  ([(.properties["security-severity"], $rule.properties["security-severity"]) | score][0]) as $score
  # The rule of a CVE tells of the last package only, so the word in the message of each result is the true one.
  | (if $driver == "trivy" then .message.text | said("Severity") else null end) as $message
  | if .properties.sarifGate.severity then .properties.sarifGate.severity
    elif $message then $message | word
    elif $score == 0 and $driver == "grype" then
      (if ($rule.help.text | said("Severity") | lower) == "negligible" then "low" else "unknown" end)
    elif $score != null then $score | rating
    else own_scale($driver; $rule) // (level($run; $rule) | from_level) end;
def kind($driver; $rule):
  (.ruleId // .rule.id // $rule.id // "") as $id
  | ([($rule.properties.tags // [])[] | lower]) as $tags
  | if .properties.sarifGate.kind then .properties.sarifGate.kind
    elif $driver == "gitleaks" or $driver == "ggshield" then "secret"
    elif $driver == "grype" then "vulnerability"
    elif $driver == "checkov" or $driver == "tfsec" or $driver == "defsec" or $driver == "hadolint" then "misconfiguration"
    elif $driver == "trivy" and ($tags | index("vulnerability")) then "vulnerability"
    elif $driver == "trivy" and ($tags | index("misconfiguration")) then "misconfiguration"
    elif $driver == "trivy" and ($tags | index("secret")) then "secret"
    elif $driver == "trivy" and ($tags | index("license")) then "license"
    elif $id | test("^(\\[[A-Z]+\\] )?(CVE|GHSA)-"; "i") then "vulnerability"
    elif $tags | index("secret") then "secret"
    else "code" end;
def sarif:
  .runs[] | . as $run | (.tool.driver.name | lower) as $driver
  | (.results // [])[]
  | rule($run) as $rule
  | if (.kind == "pass" or .kind == "notApplicable" or .kind == "informational")
       or .baselineState == "absent" or level($run; $rule) == "none" then ["not_findings", "-"]
    elif ((.suppressions // []) | length) > 0
      and ([.suppressions[] | select(.status == "rejected" or .status == "underReview")] | length) == 0
    then ["suppressed", "-"]
    else [kind($driver; $rule), severity($run; $driver; $rule)] end;

# ---- all --------------------------------------------------------------------------------------------------------
[ if . == null then empty
  elif type == "array" and (.[0] // {} | has("RuleID") or has("offender")) then .[] | ["secret", "high"]
  elif type == "object" and has("runs") then sarif
  else trivy end ]
| group_by(.) | map([.[0][], length]) | .[] | @tsv
' "$1"
