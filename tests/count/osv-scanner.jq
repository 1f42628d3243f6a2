# osv-scanner: a finding for each group, for each vulnerability in no group, and for each licence that is not allowed.
include "lib";
def worst: if . == [] then "unknown" else ["critical", "high", "medium", "low", "info", "unknown"] - (["critical", "high", "medium", "low", "info", "unknown"] - .) | .[0] end;
def words: [.[] | (.database_specific.severity, ((.severity // [])[] | .score | select((. | tostring | startswith("CVSS")) | not)))
            | select(. != null) | word] | worst;
(.results[].packages[]
 | (.vulnerabilities // []) as $all
 | ((.groups // [])[] | .ids as $ids
    | ([.max_severity | score | select(. > 0)][0]) as $score
    | ["vulnerability", (if $score then $score | rating else [$all[] | select(.id | IN($ids[]))] | words end)]),
   ([(.groups // [])[].ids[]] as $grouped
    | $all[] | select(.id | IN($grouped[]) | not) | ["vulnerability", ([.] | words)]),
   ((.license_violations // [])[] | ["license", "medium"])),
((.experimental_generic_findings // [])[]
 | ["misconfiguration", ({"1": "low", "2": "low", "3": "medium", "4": "high", "5": "critical"}[.Adv.Sev | tostring] // "unknown")])
