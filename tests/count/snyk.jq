# Snyk: results, alone or in a list; an image nests those of its applications. One entry for each element of each list;
# checks that passed are not entries.
include "lib";
def vulnerability:
  if .isIgnored == true then ["suppressed", "-"]
  else [(if .type == "license" then "license" else "vulnerability" end), ((.severityWithCritical // .severity) | word)] end;
def result:
  ((.vulnerabilities // [])[] | vulnerability),
  ((.docker.binariesVulns.issuesData // {})[] | vulnerability),
  ((.infrastructureAsCodeIssues // [])[]
   | if .isIgnored == true then ["suppressed", "-"] else ["misconfiguration", (.severity | word)] end),
  ((.filtered.ignore // [])[] | ["suppressed", "-"]),
  ((.filtered.patch // [])[] | ["suppressed", "-"]),
  ((.applications // [])[] | result);
if type == "array" then .[] | result else result end
