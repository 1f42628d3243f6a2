use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::*;
use crate::model::{Severity, Text};

fn set(ids: &[&str]) -> BTreeSet<String> {
    ids.iter().map(|id| (*id).to_owned()).collect()
}

fn gz(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text.as_bytes()).expect("memory");
    encoder.finish().expect("memory")
}

const EPSS: &str = "#model_version:v2025.03.14,score_date:2025-06-01T12:55:00Z\ncve,epss,percentile\nCVE-2020-1111,0.5,0.9\nCVE-2020-2222,0.00043,0.1\n";

fn kev_json(count: u32, ids: &[&str]) -> String {
    let entries: Vec<String> = ids
        .iter()
        .map(|id| format!(r#"{{"cveID":"{id}","notes":"a, \"b\""}}"#))
        .collect();
    format!(
        r#"{{"title":"t","catalogVersion":"2025.06.01","dateReleased":"2025-06-01T16:05:01.4Z","count":{count},"vulnerabilities":[{}]}}"#,
        entries.join(",")
    )
}

fn finding(kind: Kind, rule: &str, aliases: &[&str]) -> Finding {
    let mut finding = Finding::new(kind, rule.into(), Severity::High, "t".into());
    finding.aliases = aliases.iter().map(|id| Text::from(*id)).collect();
    finding
}

#[test]
fn scores_plain_and_gzipped_are_the_same() {
    let wanted = set(&["CVE-2020-1111", "CVE-2020-3333"]);
    for bytes in [EPSS.as_bytes().to_vec(), gz(EPSS)] {
        let (feed, scores) = epss::read("e.csv", &bytes, &wanted);
        assert_eq!(feed.problem, None);
        assert_eq!(feed.date.as_deref(), Some("2025-06-01"));
        assert_eq!((feed.entries, feed.sha256.len()), (2, 64));
        assert_eq!(scores, BTreeMap::from([("CVE-2020-1111".to_owned(), 0.5)]));
    }
    let (_, all) = epss::read("e.csv", EPSS.as_bytes(), &BTreeSet::new());
    assert!(all.is_empty());
}

#[test]
fn columns_go_by_their_names() {
    let text = "#score_date:2025-06-01\npercentile,epss,cve\n0.9,0.25,cve-2020-1111\n0.9,0.5,CVE-2020-1111\n";
    let (feed, scores) = epss::read("e.csv", text.as_bytes(), &set(&["CVE-2020-1111"]));
    assert_eq!(feed.problem, None);
    // Of two scores the higher one counts.
    assert_eq!(scores.get("CVE-2020-1111"), Some(&0.5));
}

#[test]
fn broken_scores_are_a_problem_and_never_nothing() {
    let row = |row: &str| format!("{EPSS}{row}\nCVE-2020-4444,0.1,0.1\n");
    for (text, word) in [
        (String::new(), "empty"),
        ("a,b\n1,2\n".into(), "line 1: the header"),
        ("<html>".into(), "the header"),
        (row("CVE-2020-3333,1.5,0.1"), "line 5: the score \"1.5\""),
        (row("CVE-2020-3333,NaN,0.1"), "NaN"),
        (row("CVE-2020-3333,-0.1,0.1"), "-0.1"),
        (row("CVE-2020-3333,,0.1"), "the score \"\""),
        (row("CVE-2020-3333,0.1"), "2 fields"),
        (row("GHSA-1,0.1,0.1"), "no CVE id"),
        (EPSS.trim_end().into(), "middle of a line"),
        (EPSS.replace("2025-06-01", "soon"), "of which day"),
        (EPSS.replace("2025-06-01", "2025-02-30"), "of which day"),
        ("#score_date:2025-06-01\ncve,epss\n".into(), "no entries"),
    ] {
        let (feed, scores) = epss::read("e.csv", text.as_bytes(), &set(&["CVE-2020-1111"]));
        let problem = feed.problem.unwrap_or_default();
        assert!(
            problem.contains(word) && problem.contains("e.csv"),
            "{text}: {problem}"
        );
        assert!(scores.values().all(|score| *score == 0.5));
    }
    let mut cut = gz(EPSS);
    cut.truncate(cut.len() - 9);
    let (feed, _) = epss::read("e.csv", &cut, &BTreeSet::new());
    assert!(
        feed.problem
            .is_some_and(|problem| problem.contains("line "))
    );
    let mut torn = gz(EPSS);
    let at = torn.len() - 8;
    torn[at] ^= 0xff;
    assert!(
        epss::read("e.csv", &torn, &BTreeSet::new())
            .0
            .problem
            .is_some()
    );
}

#[test]
fn the_catalogue_as_json_and_as_a_table() {
    let wanted = set(&["CVE-2021-1111", "CVE-2021-9999"]);
    let json = kev_json(2, &["CVE-2021-1111", "CVE-2021-2222"]);
    let table = "\u{feff}\"cveID\",\"vendorProject\",\"dateAdded\"\nCVE-2021-1111,\"a, \"\"b\"\"\nc\",2025-05-30\nCVE-2021-2222,x,2025-06-01\n";
    for bytes in [json.as_bytes().to_vec(), gz(&json), table.into(), gz(table)] {
        let (feed, listed) = kev::read("k", &bytes, &wanted);
        assert_eq!(feed.problem, None);
        assert_eq!(
            (feed.date.as_deref(), feed.entries),
            (Some("2025-06-01"), 2)
        );
        assert_eq!(listed, set(&["CVE-2021-1111"]));
    }
}

#[test]
fn a_broken_catalogue_is_a_problem_and_keeps_what_it_lists() {
    let whole = kev_json(1, &["CVE-2021-1111"]);
    let cut = whole.get(..whole.len() - 2).expect("cut");
    for (text, word, keeps) in [
        (
            kev_json(2, &["CVE-2021-1111"]),
            "counts 2 vulnerabilities and lists 1",
            true,
        ),
        (cut.to_owned(), "line 1", true),
        (format!("{whole} {{}}"), "more text", true),
        (whole.replace("\"count\":1,", ""), "no `count`", true),
        (whole.replace("2025-06-01T", "then "), "of which day", true),
        (whole.replace("vulnerabilities", "others"), "no list", false),
        (kev_json(0, &[]), "no entries", false),
        (kev_json(1, &["nonsense"]), "no CVE id", false),
        (String::new(), "empty", false),
        ("a,b\n".into(), "column cveID", false),
        ("cveID,dateAdded\nCVE-2021-1111\n".into(), "1 fields", false),
        ("cveID\nCVE-2021-1111\n".into(), "of which day", true),
        ("cveID\n\"CVE-2021-1111\n".into(), "truncated", false),
    ] {
        let (feed, listed) = kev::read("k.json", text.as_bytes(), &set(&["CVE-2021-1111"]));
        let problem = feed.problem.unwrap_or_default();
        assert!(
            problem.contains(word) && problem.contains("k.json"),
            "{text}: {problem}"
        );
        assert_eq!(!listed.is_empty(), keeps, "{text}");
    }
}

#[test]
fn age_is_counted_in_days() {
    let (mut feed, _) = epss::read("e.csv", EPSS.as_bytes(), &BTreeSet::new());
    for (today, word) in [
        ("2025-06-01", None),
        ("2025-06-08", None),
        ("2025-06-09T01:02:03Z", Some("8 days ago")),
        ("2025-05-31", None),
        ("2025-05-30", Some("after today")),
        ("today", Some("cannot be told")),
    ] {
        let said = stale(&feed, today, 7);
        assert_eq!(said.is_some(), word.is_some(), "{today}: {said:?}");
        assert!(said.unwrap_or_default().contains(word.unwrap_or_default()));
    }
    feed.date = None;
    assert_eq!(stale(&feed, "2025-06-01", 7), None);
    assert!(unreadable("kev", "k\n", "no such file").problem.is_some());
}

#[test]
fn what_feeds_know_is_written_down() {
    let mut findings = vec![
        finding(Kind::Vulnerability, "CVE-2020-1111", &[]),
        finding(
            Kind::Vulnerability,
            "GHSA-x",
            &["cve-2020-2222", "CVE-2020-1111"],
        ),
        finding(Kind::Vulnerability, "GHSA-y", &[]),
        finding(Kind::Code, "CVE-2020-1111", &[]),
        finding(Kind::Vulnerability, "CVE-2020-3333", &[]),
    ];
    let wanted = wanted(&findings);
    assert_eq!(
        wanted,
        set(&["CVE-2020-1111", "CVE-2020-2222", "CVE-2020-3333"])
    );
    let sound = kev::read("k", kev_json(1, &["CVE-2020-1111"]).as_bytes(), &wanted);
    let scores = epss::read("e", EPSS.as_bytes(), &wanted);
    let known = |findings: &[Finding]| -> Vec<(Option<bool>, Option<f32>)> {
        let known = findings.iter().map(|finding| &finding.known);
        known.map(|known| (known.kev, known.epss)).collect()
    };
    apply(&mut findings, None, None);
    assert_eq!(known(&findings), [(None, None); 5]);
    apply(&mut findings, Some(&sound), Some(&scores));
    let expected = [
        (Some(true), Some(0.5)),
        (Some(true), Some(0.5)),
        (Some(false), None),
        (Some(false), None),
        (Some(false), None),
    ];
    assert_eq!(known(&findings), expected);
    let cut = kev::read("k", kev_json(9, &["CVE-2020-1111"]).as_bytes(), &wanted);
    apply(&mut findings, Some(&cut), None);
    let kev: Vec<_> = known(&findings).into_iter().map(|known| known.0).collect();
    assert_eq!(kev, [Some(true), Some(true), None, None, None]);
}

#[test]
fn ids_and_days_are_exact() {
    for (id, is) in [
        ("CVE-2020-1234", true),
        (" cve-2020-123456 ", true),
        ("CVE-2020-123", false),
        ("CVE-20-1234", false),
        ("CVE-2020-12a4", false),
        ("GHSA-2020-1234", false),
        ("ÄÄÄ", false),
        ("", false),
    ] {
        assert_eq!(cve(id).is_some(), is, "{id}");
    }
    assert!(day("2025-01-01").is_some() && day("2025-01-01T").is_some());
    assert!(day("2025-1-011").is_none() && day("2025-01-011").is_none() && day("").is_none());
}

#[test]
fn many_rows_are_one_pass() {
    let mut text = String::from("#score_date:2025-06-01\ncve,epss,percentile\n");
    for number in 0..30_000 {
        text.push_str(&format!("CVE-2020-{number:06},0.00043,0.1\n"));
    }
    let (feed, scores) = epss::read("e.csv", &gz(&text), &set(&["CVE-2020-029999"]));
    assert_eq!(
        (feed.problem, feed.entries, scores.len()),
        (None, 30_000, 1)
    );
}

proptest::proptest! {
    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..300), at in 0..200_usize) {
        let wanted = set(&["CVE-2020-1111"]);
        epss::read("e", &bytes, &wanted);
        kev::read("k", &bytes, &wanted);
        for whole in [EPSS.as_bytes().to_vec(), gz(EPSS), kev_json(1, &["CVE-2020-1111"]).into_bytes()] {
            let mut torn = whole;
            let at = at % torn.len();
            torn.splice(at..at, bytes.iter().take(3).copied());
            epss::read("e", &torn, &wanted);
            kev::read("k", &torn, &wanted);
        }
    }
}
