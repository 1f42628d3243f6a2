# govulncheck: of all messages about one advisory in one module the strongest is a finding, the others are none.
[., inputs]
| ([.[].config | objects | .scan_level][0]) as $level
| def reached:
    .trace[0] as $first
    | if $level == "symbol" then (if $first.function then 3 elif $first.package then 2 else 1 end)
      elif $level == "package" then (if $first.package then 3 else 2 end)
      else 3 end;
  [.[].finding | objects]
| group_by([.osv, .trace[0].module])[]
| ["vulnerability", (["low", "medium", "high"][([.[] | reached] | max) - 1])], (.[1:][] | ["not_findings", "-"])
