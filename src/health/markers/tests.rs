use proptest::prelude::*;

use super::*;
use crate::model::{Effect, Severity};

/// A file and its added lines.
type Given<'a> = (&'a str, Option<&'a [(u32, &'a str)]>);

/// Files with their added lines, as a change tells them.
fn added(files: &[Given<'_>]) -> Added {
    let lines = |lines: &&[(u32, &str)]| {
        let each = lines
            .iter()
            .map(|(number, text)| (*number, (*text).to_owned()));
        each.collect()
    };
    Added {
        files: files
            .iter()
            .map(|(path, all)| AddedFile {
                path: (*path).to_owned(),
                lines: all.as_ref().map(lines),
            })
            .collect(),
    }
}

fn names(line: &str) -> Vec<&'static str> {
    let markers = markers_in(finder().as_ref(), line);
    markers.into_iter().map(|marker| marker.name).collect()
}

#[test]
fn every_marker_is_found_as_its_scanner_writes_it() {
    let lines = [
        ("nosec", "x = eval(y)  # nosec B307"),
        ("nosec", "a()  # type: ignore  #nosec"),
        ("nosec", "rand.Int() /* #nosec G404 */"),
        ("gosec:disable", "//gosec:disable G101 -- test"),
        ("nosemgrep", "foo() // nosemgrep: rule.id"),
        ("nosem", "foo() # nosem"),
        ("checkov:skip", "  #checkov:skip=CKV_AWS_20:public"),
        ("bridgecrew:skip", "# bridgecrew:skip=CKV_AWS_20"),
        ("cortex:skip", "#cortex:skip=CKV_1"),
        ("checkov.io/skip", "    checkov.io/skip1: CKV_K8S_20=why"),
        ("gitleaks:allow", "k = \"v\" #gitleaks:allow"),
        ("trufflehog:ignore", "k = \"v\" // trufflehog:ignore"),
        ("tfsec:ignore", "#tfsec:ignore:aws-s3-x"),
        ("trivy:ignore", "#trivy:ignore:AVD-AWS-0001"),
        ("hadolint ignore", "# hadolint ignore=DL3006,DL3008"),
        ("hadolint ignore", "# hadolint global ignore=DL3006"),
        ("noqa", "assert x  # noqa: E501, S101"),
        ("noqa", "assert x  # noqa"),
        ("noqa", "# ruff: noqa: S"),
        (
            "eslint-disable",
            "// eslint-disable-next-line security/detect-eval -- why",
        ),
        ("eslint-disable", "/* eslint-disable */"),
        ("eslint-disable", "eval(x) // eslint-disable-line no-eval"),
        ("NOSONAR", "int x; // NOSONAR"),
        ("ggignore", "k = 1 # ggignore"),
        ("pragma: allowlist", "k = 1 # pragma: allowlist secret"),
        ("pragma: allowlist", "# pragma: whitelist nextline secret"),
        ("snyk:ignore", "# snyk:ignore"),
        ("deepcode ignore", "// deepcode ignore XSS: why"),
        ("kics-scan", "# kics-scan ignore-line"),
        ("kics-scan", "# kics-scan disable=abc"),
        ("codeql[", "foo(); // codeql[js/xss]"),
        ("lgtm[", "foo(); // lgtm[js/xss]"),
        ("kubescape.io/ignore", "    kubescape.io/ignore: \"true\""),
        ("skipcq", "foo()  # skipcq: BAN-B101"),
        ("ts:skip", "#ts:skip=AC-K8-1 why"),
        ("nolint", "x := 1 //nolint:gosec,errcheck // why"),
        ("nolint", "x := 1 //nolint"),
        ("rubocop:disable", "eval(x) # rubocop:disable Security/Eval"),
        (
            "zizmor: ignore",
            "- uses: a/b@v1 # zizmor: ignore[unpinned-uses]",
        ),
        (
            "kube-linter ignore",
            "    ignore-check.kube-linter.io/x: why",
        ),
        ("cfn_nag", "        rules_to_suppress:"),
        ("devskim: ignore", "x(); // DevSkim: ignore DS1"),
        ("bearer:disable", "# bearer:disable ruby_x"),
        ("nohorus", "x // nohorus"),
    ];
    for (name, line) in lines {
        assert_eq!(names(line), [name], "{line}");
        assert!(names(&line.to_ascii_uppercase()).contains(&name), "{line}");
    }
    for marker in MARKERS {
        assert!(
            lines.iter().any(|(name, _)| *name == marker.name),
            "{}",
            marker.name
        );
        assert_eq!(marker.text, marker.text.to_ascii_lowercase());
    }
}

#[test]
fn words_that_only_look_like_markers_are_none() {
    for line in [
        "let nanoseconds = 5; // nanoseconds",
        "nosec = 1",
        "x = 1  # noqa: E501",
        "# noqa: SIM101",
        "/* eslint-disable no-console */",
        "x := 1 //nolint:errcheck",
        "# rubocop:disable Layout/LineLength",
        "run hadolint on the file",
        "#pragma once",
        "#pragma GCC diagnostic ignored",
        "codeql is fine, lgtm",
        "skipcqx",
        "write noqa here",
        "call it nolint",
        "",
    ] {
        assert_eq!(names(line), [""; 0], "{line}");
    }
}

#[test]
fn one_observation_for_a_marker_and_never_the_line() {
    let lines = [
        (
            7,
            "password = \"hunter2\" # nosec B105 # gitleaks:allow gitleaks:allow",
        ),
        (9, "fine"),
    ];
    let seen = check(&added(&[("src/a.py", Some(&lines))]));
    let shown: Vec<(&str, Option<u32>)> = seen.iter().map(|seen| (seen.rule, seen.line)).collect();
    assert_eq!(shown, [(ADDED, Some(7)), (ADDED, Some(7))]);
    for one in &seen {
        assert_eq!((one.severity, one.effect), (Severity::Medium, Effect::Warn));
        let all = format!("{one:?}");
        assert!(
            !all.contains("hunter2") && !all.contains("password"),
            "{all}"
        );
    }
    // The same line further down is the same; another line is not.
    let moved = [(
        90,
        "  password = \"hunter2\"   # nosec B105 # gitleaks:allow gitleaks:allow",
    )];
    let moved = check(&added(&[("src/a.py", Some(&moved))]));
    let subjects = |seen: &[Observation]| -> Vec<String> {
        seen.iter().map(|seen| seen.subject.to_string()).collect()
    };
    assert_eq!(subjects(&moved), subjects(&seen));
    let other = check(&added(&[("src/a.py", Some(&[(7, "other() # nosec")]))]));
    assert_ne!(subjects(&other).first(), subjects(&seen).first());
}

#[test]
fn files_of_scanners_and_unknown_lines() {
    let seen = check(&added(&[
        (".trivyignore", Some(&[])),
        ("image.png", None),
        ("docs/a.md", Some(&[(1, "text")])),
        ("a\n::error::b/.snyk", None),
        ("large.py", None),
    ]));
    let shown: Vec<(&str, Effect)> = seen.iter().map(|seen| (seen.rule, seen.effect)).collect();
    let expected = [
        (CONFIG_CHANGED, Effect::Warn),
        (CONFIG_CHANGED, Effect::Warn),
        (UNKNOWN, Effect::Note),
    ];
    assert_eq!(shown, expected);
    let one_line = |seen: &Observation| !format!("{}{}", seen.title, seen.message).contains('\n');
    assert!(seen.iter().all(one_line));
}

#[test]
fn a_flood_is_bounded() {
    let lines: Vec<(u32, &str)> = (1..=1000).map(|n| (n, "x # nosec")).collect();
    let seen = check(&added(&[("a.py", Some(&lines))]));
    assert_eq!(seen.len(), 201);
    let last = seen.last().expect("the count");
    assert_eq!(last.rule, LEFT_OUT);
    assert!(last.title.starts_with("800 more"), "{}", last.title);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_line_panics_and_twice_is_the_same(
        path in ".{0,40}",
        texts in proptest::collection::vec(".{0,60}", 0..6),
        marker in 0..MARKERS.len(),
        at in 0..60_usize,
    ) {
        let mut lines: Vec<(u32, String)> = (0..).zip(texts).collect();
        for (_, line) in &mut lines {
            let at = (0..=at.min(line.len())).rev().find(|at| line.is_char_boundary(*at));
            line.insert_str(at.unwrap_or(0), MARKERS[marker].text);
        }
        let lines: Vec<(u32, &str)> = lines.iter().map(|(n, line)| (*n, line.as_str())).collect();
        let files = added(&[(path.as_str(), Some(lines.as_slice())), (path.as_str(), None)]);
        prop_assert_eq!(check(&files), check(&files));
    }
}
