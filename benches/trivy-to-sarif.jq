# Trivy JSON to SARIF 2.1.0, as pipelines do it: the mapping of Trivy's own SARIF output, with each rule written once.
# Use: jq -f trivy-to-sarif.jq trivy.json > trivy.sarif

def level: {CRITICAL: "error", HIGH: "error", MEDIUM: "warning", LOW: "note"}[.Severity] // "note";
def score: ([.CVSS // {} | .[] | .V3Score // empty] | max) // ({CRITICAL: 9.5, HIGH: 8, MEDIUM: 5.5, LOW: 2}[.Severity] // 0);
def kind: if . == "os-pkgs" then "OsPackageVulnerability" else "LanguageSpecificPackageVulnerability" end;
# "image:tag (debian 12)" names no file; GitHub wants a relative path.
def path: sub(" \\([^)]*\\)$"; "") | sub(":[^:/]*$"; "");

[.Results[]? | .Target as $target | .Class as $class | .Vulnerabilities[]? | . + {Target: $target, Class: $class}] as $found
| ($found | unique_by(.VulnerabilityID)) as $rules
| (reduce range($rules | length) as $i ({}; .[$rules[$i].VulnerabilityID] = $i)) as $index
| {
    "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [{
      tool: {driver: {
        name: "Trivy",
        fullName: "Trivy Vulnerability Scanner",
        informationUri: "https://github.com/aquasecurity/trivy",
        version: (.Trivy.Version // "unknown"),
        rules: [$rules[] | {
          id: .VulnerabilityID,
          name: (.Class | kind),
          shortDescription: {text: (.Title // .VulnerabilityID)},
          fullDescription: {text: (.Description // .Title // .VulnerabilityID)},
          defaultConfiguration: {level: level},
          helpUri: .PrimaryURL,
          help: {
            text: "Vulnerability \(.VulnerabilityID)\nSeverity: \(.Severity)\nPackage: \(.PkgName)\nFixed Version: \(.FixedVersion // "")\nLink: [\(.VulnerabilityID)](\(.PrimaryURL))\n\(.Description // "")",
            markdown: "**Vulnerability \(.VulnerabilityID)**\n| Severity | Package | Fixed Version | Link |\n| --- | --- | --- | --- |\n|\(.Severity)|\(.PkgName)|\(.FixedVersion // "")|[\(.VulnerabilityID)](\(.PrimaryURL))|\n\n\(.Description // "")"
          },
          properties: {precision: "very-high", "security-severity": (score | tostring), tags: ["vulnerability", "security", .Severity]}
        }]
      }},
      results: [$found[] | {
        ruleId: .VulnerabilityID,
        ruleIndex: $index[.VulnerabilityID],
        level: level,
        message: {text: "Package: \(.PkgName)\nInstalled Version: \(.InstalledVersion)\nVulnerability \(.VulnerabilityID)\nSeverity: \(.Severity)\nFixed Version: \(.FixedVersion // "")\nLink: [\(.VulnerabilityID)](\(.PrimaryURL))"},
        locations: [{
          physicalLocation: {
            artifactLocation: {uri: (.PkgPath // .Target | path), uriBaseId: "ROOTPATH"},
            region: {startLine: 1, startColumn: 1, endLine: 1, endColumn: 1}
          },
          message: {text: "\(.PkgPath // .Target): \(.PkgName)@\(.InstalledVersion)"}
        }]
      }],
      columnKind: "utf16CodeUnits",
      originalUriBaseIds: {ROOTPATH: {uri: "file:///"}}
    }]
  }
