# SARIF 2.1.0.
include "lib";
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
# Linters: an error is medium, a warning low, a note info.
def lint_scale($driver; $level):
  if ($driver | IN("eslint", "hadolint", "ruff"))
  then {"error": "medium", "warning": "low", "note": "info"}[$level] else null end;
def severity($run; $driver; $rule):
  ([(.properties["security-severity"], $rule.properties["security-severity"]) | score][0]) as $score
  # The rule of a CVE tells of the last package only, so the word in the message of each result is the true one.
  | (if $driver == "trivy" then .message.text | said("Severity") else null end) as $message
  | if .properties.sarifGate.severity then .properties.sarifGate.severity
    elif $message then $message | word
    elif $score == 0 and $driver == "grype" then
      (if ($rule.help.text | said("Severity") | lower) == "negligible" then "low" else "unknown" end)
    elif $score != null then $score | rating
    else lint_scale($driver; level($run; $rule)) // own_scale($driver; $rule) // (level($run; $rule) | from_level) end;
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
.runs[] | . as $run | (.tool.driver.name | lower) as $driver
  | (.results // [])[]
  | rule($run) as $rule
  | if (.kind == "pass" or .kind == "notApplicable" or .kind == "informational")
       or .baselineState == "absent" or level($run; $rule) == "none" then ["not_findings", "-"]
    elif ((.suppressions // []) | length) > 0
      and ([.suppressions[] | select(.status == "rejected" or .status == "underReview")] | length) == 0
    then ["suppressed", "-"]
    else [kind($driver; $rule), severity($run; $driver; $rule)] end
