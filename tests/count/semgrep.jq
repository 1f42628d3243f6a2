# Semgrep: every element of `results`; nosemgrep suppresses; a dependency's own severity may be worse than the rule's.
def level:
  (ascii_upcase) as $w
  | if $w == "CRITICAL" then 5 elif $w == "ERROR" or $w == "HIGH" then 4
    elif $w == "WARNING" or $w == "MEDIUM" then 3 elif $w == "INFO" or $w == "LOW" then 2
    elif $w == "INVENTORY" or $w == "EXPERIMENT" then 1 else 0 end;
.results[] | .extra
| if .is_ignored == true then ["suppressed", "-"]
  else
    ([.severity, (if .sca_info then .metadata["sca-severity"] else null end)]
      | map(select(. != null) | level) | max) as $worst
    | [ (if .sca_info then "vulnerability" elif .metadata.product? == "secrets" then "secret" else "code" end),
        (["unknown", "info", "low", "medium", "high", "critical"][$worst]) ]
  end
