# Severities, for the counters beside this file.
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
