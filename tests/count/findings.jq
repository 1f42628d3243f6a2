# Our own lines: what has a rule is a finding, what says `pass` is none.
include "lib";
if has("pass") then ["not_findings", "-"]
elif has("rule") | not then empty
elif .suppressed != null then ["suppressed", "-"]
else [(.kind // (if .secret != null then "secret" elif .package != null then "vulnerability" else "code" end)), (.severity | word)] end
