use super::*;

const WHOLE: &str = r#"# head
version: 1
waivers:
  - match:
      kind: vulnerabilities
      rule: [CVE-2023-45853, GHSA-mq29-j5xf-cjwr, CVE-2023-45853]
      package: pkg:deb/debian/zlib1g
      path: [src/**, "lib/"]
      tool: Trivy
      target: "ghcr.io/example-org/app*"
      severity-at-most: high
    decision: risk-accepted
    reason: MiniZip is not linked.
    owner: team-platform
    approved-by: [octo-security]
    ticket: 431
    id: zlib
    created: 2026-06-01
    expires: 2026-12-01
  - match:
      fingerprint: 3F6C0d1e2b4a59687f8e9d0c1b2a3948
    decision: false-positive
    reason: Documented example key.
    owner: team-docs
    expires: 2027-01-31
"#;

#[test]
fn everything_that_can_be_said_is_read() {
    let all = parse("w.yml", WHOLE.as_bytes()).unwrap();
    assert_eq!(all.len(), 2);
    let expected = Waiver {
        file: "w.yml".into(),
        line: Some(4),
        covers: Covers {
            kind: Some(Kind::Vulnerability),
            rules: vec!["CVE-2023-45853".into(), "GHSA-mq29-j5xf-cjwr".into()],
            package: Some("pkg:deb/debian/zlib1g".into()),
            paths: vec!["src/**".into(), "lib/".into()],
            tool: Some("trivy".into()),
            target: Some("ghcr.io/example-org/app*".into()),
            fingerprints: Vec::new(),
            severity_at_most: Some(Severity::High),
            line: None,
            commit: None,
        },
        decision: "risk-accepted".into(),
        reason: "MiniZip is not linked.".into(),
        owner: "team-platform".into(),
        approved_by: vec!["octo-security".into()],
        ticket: Some("431".into()),
        created: Some("2026-06-01".to_owned()),
        expires: Some("2026-12-01".to_owned()),
        tool: None,
        id: Some("zlib".into()),
    };
    assert_eq!(all[0], expected);
    assert_eq!(all[1].line, Some(20));
    let print = &*all[1].covers.fingerprints[0];
    assert_eq!(print, "3f6c0d1e2b4a59687f8e9d0c1b2a3948");
    let windows = format!("\u{feff}{}", WHOLE.replace('\n', "\r\n"));
    assert_eq!(parse("w.yml", windows.as_bytes()).unwrap(), all);
}

#[test]
fn files_without_waivers() {
    for text in [
        "version: 1\n",
        "version: 1\nwaivers:\n",
        "version: 1\nwaivers: []\n",
    ] {
        assert_eq!(parse("w.yml", text.as_bytes()), Ok(Vec::new()), "{text}");
    }
    for (text, part) in [
        ("", "version"),
        ("# nothing\n", "version"),
        ("waivers: []\n", "has no version"),
        ("version: 2\n", "version 2 is not read"),
        ("- match: {}\n", ""),
        ("version: 1\nwaivers: yes\n", "a list is expected"),
        ("version: 1\nwaiver: []\n", "did you mean waivers?"),
        ("version: 1\n---\nversion: 1\n", "more than one document"),
    ] {
        let faults = parse("w.yml", text.as_bytes()).unwrap_err();
        assert!(faults[0].words.contains(part), "{text:?}: {faults:?}");
    }
}

/// The whole file with one line of the first entry replaced, and what is wrong then.
fn wrong(line: &str, by: &str) -> Vec<Fault> {
    assert!(WHOLE.contains(line), "{line}");
    let text = WHOLE.replacen(line, by, 1);
    parse("w.yml", text.as_bytes()).unwrap_err()
}

#[test]
fn what_is_missing_or_wrong_is_refused_with_its_line() {
    let rule = "rule: [CVE-2023-45853, GHSA-mq29-j5xf-cjwr, CVE-2023-45853]";
    let many = format!("path: [{}]", "a, ".repeat(LIST_MOST + 1));
    for (line, by, at, part) in [
        ("    decision: risk-accepted\n", "", 4, "has no decision"),
        (
            "    reason: MiniZip is not linked.\n",
            "",
            4,
            "has no reason",
        ),
        ("    owner: team-platform\n", "", 4, "has no owner"),
        ("    expires: 2026-12-01\n", "", 4, "has no expires"),
        ("owner: team-platform", "owner: \" \"", 14, "owner is empty"),
        (rule, "rule: \"*\"", 6, "globs are not read here"),
        (rule, "rule: CVE-2023-*", 6, "globs are not read here"),
        (rule, "rule: []", 6, "rule lists 0"),
        (rule, "rule: 007", 6, "in quotes"),
        (rule, "fingerprint: abc", 6, "32 hexadecimal digits"),
        (
            "path: [src/**, \"lib/\"]",
            "path: \"src/[\"",
            8,
            "is no glob",
        ),
        ("path: [src/**, \"lib/\"]", &many, 8, "path lists"),
        ("tool: Trivy", "tool: \"tri*\"", 9, "is no id of a tool"),
        (
            "kind: vulnerabilities",
            "kind: vulnerabilty",
            5,
            "did you mean vulnerability?",
        ),
        (
            "severity-at-most: high",
            "severity-at-most: unknown",
            11,
            "is no severity",
        ),
        (
            "severity-at-most",
            "severity_at_most",
            11,
            "did you mean severity-at-most?",
        ),
        (
            "decision: risk-accepted",
            "decision: risk-acepted",
            12,
            "did you mean risk-accepted?",
        ),
        (
            "approved-by: [octo-security]",
            "aproved-by: x",
            15,
            "did you mean approved-by?",
        ),
        (
            "expires: 2026-12-01",
            "expires: 2026-02-30",
            19,
            "is no day",
        ),
        ("expires: 2026-12-01", "expires: 2026-12-1", 19, "is no day"),
        ("expires: 2026-12-01", "expires: never", 19, "is no day"),
        (
            "expires: 2026-12-01",
            "expires: 2026-05-31",
            4,
            "is after expires",
        ),
        (
            "package: pkg:deb/debian/zlib1g",
            "package: \"*\"",
            7,
            "globs are not read here",
        ),
        (
            "package: pkg:deb/debian/zlib1g",
            "package: pkg:deb/a@b/c",
            7,
            "is no package URL",
        ),
        (
            "package: pkg:deb/debian/zlib1g",
            "package: pkg:deb",
            7,
            "is no package URL",
        ),
        (
            "package: pkg:deb/debian/zlib1g",
            "package: pkg:deb/a/b?arch=x",
            7,
            "qualifiers",
        ),
        (
            "package: pkg:deb/debian/zlib1g",
            "package: zlib@1",
            7,
            "a name with a version",
        ),
        (
            "reason: MiniZip is not linked.",
            "reason: a\n    reason: b",
            14,
            "stands twice",
        ),
        ("reason: MiniZip is not linked.", "reason: [a]", 13, ""),
        (
            "reason: MiniZip is not linked.",
            "reason: ~",
            4,
            "has no reason",
        ),
    ] {
        let faults = wrong(line, by);
        assert_eq!(faults.len(), 1, "{by}: {faults:?}");
        assert!(faults[0].words.contains(part), "{by}: {faults:?}");
        assert_eq!(faults[0].line, Some(at), "{by}: {faults:?}");
    }
    let no_match = "version: 1\nwaivers:\n  - decision: mitigated\n    reason: r\n    owner: o\n    expires: 2026-01-01\n";
    let faults = parse("w.yml", no_match.as_bytes()).unwrap_err();
    assert!(faults[0].words.contains("has no match"), "{faults:?}");
    let bare = wrong(&format!("      {rule}\n"), "");
    assert!(
        bare[0].words.contains("neither rule nor fingerprint"),
        "{bare:?}"
    );
}

#[test]
fn all_faults_are_told_up_to_a_bound() {
    let entry = "  - match: { rule: CVE-1 }\n";
    let text = format!("version: 1\nwaivers:\n{}", entry.repeat(10));
    let faults = parse("w.yml", text.as_bytes()).unwrap_err();
    assert_eq!(faults.len(), FAULTS_MOST + 1);
    assert_eq!(faults[FAULTS_MOST].words, "and 20 more faults");
    assert_eq!(faults[4].line, Some(4));
}

#[test]
fn hostile_files_are_refused() {
    let bomb = "version: 1\nwaivers:\n  - match: { rule: &a [x, x, x, x] }\n    reason: *a\n";
    let deep = format!("version: 1\nwaivers: {}", "[".repeat(100));
    let big = "x".repeat(BYTES_MOST + 1);
    for text in [
        bomb,
        &deep,
        &big,
        "version: !!python/object 1\n",
        "\t- a: b",
    ] {
        let faults = parse("w.yml", text.as_bytes()).unwrap_err();
        assert!(!faults.is_empty());
        for fault in faults {
            assert!(!fault.words.contains(['\n', '\u{1b}']), "{fault:?}");
        }
    }
    let faults = parse("w.yml", b"version: 1\n\xff").unwrap_err();
    assert!(faults[0].words.contains("UTF-8"));
    let escape = "version: 1\nwaivers:\n  - match: { rule: \"\\e[31m*\" }\n";
    let faults = parse("w.yml", escape.as_bytes()).unwrap_err();
    assert!(faults[0].words.contains("\\u{1b}[31m*"), "{faults:?}");
}
