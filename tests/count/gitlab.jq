# GitLab's reports: every vulnerability, its kind from the scan or, in old ones, from its category.
include "lib";
def configuration: . == "kics" or . == "tfsec" or . == "checkov" or . == "terrascan" or . == "kube-linter";
.scan as $scan | .vulnerabilities[]
| ((.category // $scan.type) // "") as $sort
| ((.scanner.id // $scan.scanner.id) // "") as $scanner
| (if .category == "secret_detection" or $scan.type == "secret_detection" then "secret"
   elif .location.dependency != null or ($sort | test("dependency_scanning|container_scanning|image_scanning")) then "vulnerability"
   elif $sort == "sast" and ($scanner | configuration) then "misconfiguration"
   elif $sort == "" and .raw_source_code_extract != null then "secret"
   else "code" end) as $kind
| [$kind, if $kind == "secret" and (.severity // "") == "" then "high" else (.severity | word) end]
