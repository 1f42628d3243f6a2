# conftest: failures, warnings, exceptions and skipped entries of each file and namespace.
def severity($default):
  ((.metadata.severity // "") | tostring | ascii_downcase) as $word
  | {critical: "critical", failure: "high", high: "high", error: "high", important: "high", warning: "medium",
     warn: "medium", medium: "medium", moderate: "medium", low: "low", minor: "low", note: "low", info: "info"}[$word]
  // $default;
.[]
| ((.failures // [])[] | ["misconfiguration", severity("high")]),
  ((.warnings // [])[] | ["misconfiguration", severity("medium")]),
  ((.exceptions // [])[] | ["suppressed", "-"]),
  ((.skipped // [])[] | ["not_findings", "-"])
