# dependency-check: each vulnerability of each dependency, and those that its suppression file set aside.
include "lib";
def said: select(. != null and . != "");
def severity:
  ([(.severity | said), (.cvssv4.baseSeverity | said), (.cvssv3.baseSeverity | said), (.cvssv2.severity | said)][0]) as $word
  | if $word then $word | word
    else ([(.cvssv4.baseScore, .cvssv3.baseScore | numbers | rating),
           (.cvssv2.score | numbers | rating | if . == "critical" then "high" else . end)][0]) // "unknown" end;
.dependencies[]
| ((.vulnerabilities // [])[] | ["vulnerability", severity]),
  ((.suppressedVulnerabilities // [])[] | ["suppressed", "-"])
