"""The reports that the cases feed to the Action. Each function fills a workspace and says what the verdict must be."""
import json
import pathlib
import shutil

ROOT = pathlib.Path(__file__).resolve().parents[2]

# Put together here, so that no scanner takes this file for a leak.
SECRET = "AKIA" + "FAKE7FIXTURE" + "WXYZ"

# What somebody who opens a pull request might have a scanner say.
EVIL = [
    "::error file=pwned.txt,line=1::forged",
    "harmless\n::set-output name=verdict::pass",
    "harmless\r\n::set-env name=PATH::/pwned",
    "##[set-output name=verdict]pass",
    "text ##[error]forged by the old syntax",
    "%0A::warning::forged%0D%0A::add-mask::e",
    "line\u2028::notice::forged\u2029::error::forged\u0085::error::forged",
    "\u200b::error::forged behind nothing",
    ":\u200b:error::forged around nothing #\u200b#[error]x",
    "::stop-commands::pwned",
    "::add-mask::pass",
    "\x1b[31mred\x1b[0m \x1b]8;;https://evil.example\x07link\x1b]8;;\x07 \x07\x08\x00",
    "<script>alert(1)</script><img src=x onerror=alert(1)><a href='https://evil.example'>x</a>",
    "</details></td></table><h1>pass</h1><!-- <details> -->",
    "@evil-team please look, see #1, GH-2 and octo-org/hello-world#3",
    "[click](javascript:alert(1)) ![x](https://evil.example/x.png) <https://evil.example>",
    "| a | table | `code` ```fence``` ~~~ \\| \\`",
    "\u202edesrever\u202c \ufeff\u00ad",
    "verdict=pass\nEOF\nverdict<<EOF\npass\nEOF",
    "${{ secrets.GITHUB_TOKEN }} $(id) `id` $`x`$ $$\\href{javascript:alert(1)}{x}$$",
    "# heading\n- [ ] task\n> quote\n---\n1. one",
    "wörter 😀 " + "long " * 2000,
]


def write(path, document):
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")


def examples(name):
    def fill(workspace):
        for report in (ROOT / "examples" / name).iterdir():
            shutil.copy(report, workspace / report.name)
    return fill


def trivy(number, severity="CRITICAL"):
    """`number` different vulnerabilities of as many packages in one lock file."""
    def one(index):
        return {"VulnerabilityID": f"CVE-2026-{10000 + index}", "PkgName": f"package-{index}", "InstalledVersion": "1.0.0", "FixedVersion": "1.0.1",
                "PkgIdentifier": {"PURL": f"pkg:npm/package-{index}@1.0.0"}, "Status": "fixed", "Severity": severity, "Title": f"package-{index}: problem {index}",
                "Description": "A made-up advisory.", "PrimaryURL": f"https://avd.aquasec.com/nvd/cve-2026-{10000 + index}"}

    def fill(workspace):
        result = {"Target": "package-lock.json", "Class": "lang-pkgs", "Type": "npm"}
        if number:
            result["Vulnerabilities"] = [one(index) for index in range(number)]
        write(workspace / "trivy.json", {"SchemaVersion": 2, "ArtifactName": ".", "ArtifactType": "filesystem", "Results": [result]})
    return fill


def hostile(workspace):
    """Every evil text at every place that three formats have for texts; and a secret that several of them repeat."""
    vulnerabilities, misconfigurations, leaks, results, rules = [], [], [], [], []
    for index, evil in enumerate([*EVIL, f"key {SECRET} in a text"]):
        # Ids of advisories are not searched for secrets, because they look like some.
        vulnerabilities.append({"VulnerabilityID": f"CVE-2026-{index} {evil.replace(SECRET, '')}", "PkgName": f"{index}{evil}", "InstalledVersion": evil, "FixedVersion": evil,
                                "PkgPath": evil, "Severity": "CRITICAL", "Title": evil, "Description": evil, "PrimaryURL": evil, "References": [evil]})
        misconfigurations.append({"Type": "Dockerfile Security Check", "ID": f"DS-{index}", "Title": evil, "Description": evil, "Message": evil, "Resolution": evil, "Severity": "HIGH",
                                  "Status": "FAIL", "PrimaryURL": "javascript:alert(1)", "CauseMetadata": {"Resource": evil, "StartLine": index, "EndLine": 2}})
        leaks.append({"RuleID": f"rule-{index}", "Description": evil, "StartLine": 1, "EndLine": 1, "StartColumn": 1, "EndColumn": 20, "Match": f"key = {SECRET}",
                      "Secret": f"{SECRET}", "File": f"src/{index}{evil}", "SymlinkFile": evil, "Commit": evil, "Entropy": 3.5, "Author": evil, "Email": evil,
                      "Date": evil, "Message": evil, "Tags": [evil], "Fingerprint": evil})
        rules.append({"id": f"R{index}{evil}", "name": evil, "shortDescription": {"text": evil}, "fullDescription": {"text": evil}, "help": {"text": evil, "markdown": evil},
                      "helpUri": evil, "properties": {"tags": [evil, "security"], "security-severity": "9.8"}})
        results.append({"ruleId": f"R{index}{evil}", "ruleIndex": index, "level": "error", "message": {"text": evil, "markdown": evil},
                        "locations": [{"physicalLocation": {"artifactLocation": {"uri": ["../../etc/passwd", "/etc/passwd", "file:///etc/passwd", evil][index % 4]},
                                                            "region": {"startLine": 1, "snippet": {"text": f"key = {SECRET}"}}}}]})
    write(workspace / "trivy.json", {"SchemaVersion": 2, "ArtifactName": EVIL[0], "ArtifactType": "filesystem", "Results": [
        {"Target": EVIL[3] + "/package-lock.json", "Class": "lang-pkgs", "Type": "npm", "Vulnerabilities": vulnerabilities},
        {"Target": "Dockerfile", "Class": "config", "Type": "dockerfile", "Misconfigurations": misconfigurations}]})
    write(workspace / "gitleaks.json", leaks)
    driver = {"name": EVIL[3], "version": EVIL[0], "informationUri": "https://evil.example", "rules": rules}
    write(workspace / "other.sarif", {"version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results}]})


def cut_off(workspace):
    trivy(3)(workspace)
    report = workspace / "trivy.json"
    report.write_bytes(report.read_bytes()[:-40])


def nothing(_):
    pass


def evidence(*numbers, severity="HIGH"):
    """The results.sarif that an earlier run left of `trivy` with these vulnerabilities, cut to what a reader needs."""
    def result(number):
        name = f"package-{number}"
        package = {"purl": f"pkg:npm/{name}@1.0.0", "ecosystem": "npm", "name": name, "version": "1.0.0", "fixed": ["1.0.1"], "fix": "available"}
        return {"ruleId": f"CVE-2026-{10000 + number}", "level": "error", "message": {"text": "A made-up advisory."},
                "locations": [{"physicalLocation": {"artifactLocation": {"uri": "package-lock.json"}}}],
                "properties": {"sarifGate": {"kind": "vulnerability", "severity": severity.lower(), "target": "package-lock.json", "package": package}}}

    inputs = [{"format": "trivy-json-2", "path": "trivy.json", "sha256": "0" * 64, "status": "complete", "targets": ["."]}]
    driver = {"name": "Trivy", "informationUri": "https://trivy.dev", "properties": {"sarifGate": {"version": "0.1.0"}}}
    return json.dumps({"version": "2.1.0", "runs": [{"tool": {"driver": driver}, "invocations": [{"executionSuccessful": True}],
                                                     "properties": {"sarifGate": {"inputs": inputs, "tool": "trivy"}}, "results": [result(number) for number in numbers]}]})
