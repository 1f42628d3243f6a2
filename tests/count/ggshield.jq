# ggshield: incidents of secret scans, which nest; of IaC scans; vulnerabilities of SCA scans.
include "lib";
def secrets:
  ((.entities_with_incidents // [])[].incidents[]
   | if .ignore_reason != null then ["suppressed", "-"]
     else ["secret", (if .validity == "valid" then "critical" else "high" end)] end),
  ((.scans // [])[] | secrets);
def misconfigurations: .incidents[] | ["misconfiguration", (.severity | word)];
def vulnerabilities: .package_vulns[].vulns[] | ["vulnerability", (.severity | word)];
if has("scanned_files") then
  ((.found_package_vulns, .added_vulns) // [] | .[] | vulnerabilities),
  ((.removed_vulns // [])[] | vulnerabilities | ["not_findings", "-"])
elif has("total_occurrences") then secrets
elif (.entities_with_incidents | type) == "object" then
  ((.entities_with_incidents | .new, .unchanged) // [] | .[] | misconfigurations),
  ((.entities_with_incidents.deleted // [])[] | misconfigurations | ["not_findings", "-"])
else .entities_with_incidents[] | misconfigurations end
