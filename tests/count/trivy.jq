# Trivy: the report, the bare list, the cluster.
include "lib";
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
if type == "array" then .[] | result
elif has("ClusterName") then
    (.Resources, .Findings, .Vulnerabilities, .Misconfigurations) // [] | .[] | (.Results // [])[] | result
else (.Results // [])[] | result end
