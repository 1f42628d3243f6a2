# npm audit: of npm 7 every advisory object in `via`, a package with none only repeats; of npm 6 every advisory.
include "lib";
if has("advisories") then
  (.advisories[] | ["vulnerability", (.severity | word)]),
  ((.muted // [])[] | ["not_findings", "-"])
else
  (.vulnerabilities // {})[] | [.via[] | select(type == "object")] as $said
  | if ($said | length) == 0 then ["not_findings", "-"] else $said[] | ["vulnerability", (.severity | word)] end
end
