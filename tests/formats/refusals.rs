//! What every reader refuses. A new format is held to it by its entry in the list.

use std::collections::BTreeSet;
use std::path::PathBuf;

use sarif_gate::formats::{ALL, Empty, Format, Hint, by_id};
use sarif_gate::model::Status;

use super::{case_folders, load, problem, read, read_bare, report_of};

fn unusable(status: &Status) -> bool {
    matches!(status, Status::Unusable(_))
}

/// The largest complete case of a format.
fn good_document(format: &Format) -> Vec<u8> {
    let own = |case: &PathBuf| {
        case.parent()
            .is_some_and(|folder| folder.ends_with(format.id))
    };
    let documents = case_folders().into_iter().filter(own);
    let documents = documents.map(|case| load(&report_of(&case)));
    let complete = documents.filter(|document| read_bare(document).status == Status::Complete);
    let largest = complete.max_by_key(Vec::len);
    largest.unwrap_or_else(|| panic!("no case under tests/formats/{}", format.id))
}

#[test]
fn ids_are_unique_kebab_and_found() {
    let mut seen = BTreeSet::new();
    for format in ALL {
        let documents = format
            .documents
            .iter()
            .map(|document| document.kind)
            .filter(|kind| *kind != format.id);
        for id in std::iter::once(format.id).chain(documents) {
            assert!(seen.insert(id), "{id} twice");
            let kebab = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-.".contains(c);
            assert!(!id.is_empty() && id.chars().all(kebab), "{id}");
            assert_eq!(by_id(id).map(|found| found.id), Some(format.id));
        }
        assert!(
            !format.scale.kinds.is_empty() && !format.identity.is_empty(),
            "{}",
            format.id
        );
        assert!(format.link.starts_with("https://"), "{}", format.id);
    }
}

#[test]
fn nothing_is_never_a_clean_report() {
    let nothings = [
        "",
        " \n\t",
        "{}",
        "[]",
        "null",
        "true",
        "\"x\"",
        "7",
        "[[]]",
        "[null]",
        "{\"a\":1}",
        "{\"results\": []}",
        "<a/>",
        "<a",
        "text",
    ];
    for text in nothings {
        let report = read_bare(text.as_bytes());
        assert!(unusable(&report.status), "{text:?}: {:?}", report.status);
    }
    for format in ALL {
        for text in nothings {
            let hint = Hint {
                format: Some(format),
                name: "",
            };
            let report = read(text.as_bytes(), hint);
            let clean = match text {
                "[]" => format.clean_empties.contains(&Empty::List),
                "null" => format.clean_empties.contains(&Empty::Null),
                "{\"results\": []}" => format.clean_empties.contains(&Empty::Results),
                " \n\t" => format.clean_empties.contains(&Empty::Blank),
                _ => false,
            };
            assert_eq!(
                report.status == Status::Complete,
                clean,
                "{} {text:?}",
                format.id
            );
            assert!(clean || unusable(&report.status), "{} {text:?}", format.id);
            assert!(report.findings.is_empty(), "{} {text:?}", format.id);
        }
    }
}

#[test]
fn a_damaged_document_is_unusable() {
    for format in ALL {
        let good = good_document(format);
        let whole = read_bare(&good);
        assert_eq!(
            whole.status,
            Status::Complete,
            "{}: {}",
            format.id,
            problem(&whole)
        );
        let length = good.trim_ascii_end().len();
        for tenth in 0..10 {
            let mut cut = length * tenth / 10 + (length / 20).min(length - length * tenth / 10 - 1);
            // Between two lines of JSON Lines nothing is missing.
            while matches!(good[cut - 1], b'\n' | b'}') || good[cut] == b'\n' {
                cut -= 1;
            }
            let report = read_bare(&good[..cut]);
            assert!(unusable(&report.status), "{} cut at {cut}", format.id);
            assert!(report.findings.is_empty(), "{} cut at {cut}", format.id);
        }
        let last = read_bare(&good[..length - 1]);
        assert!(
            unusable(&last.status),
            "{} without its last byte",
            format.id
        );
        // Lines, and records of lines, may follow one another as often as they like.
        let document = format
            .documents
            .iter()
            .find(|document| whole.format == Some(document.kind));
        if document.is_some_and(|document| document.lines && good.first() != Some(&b'[')) {
            continue;
        }
        let twice = read_bare(&[good.as_slice(), good.as_slice()].concat());
        assert!(unusable(&twice.status), "{} twice in one file", format.id);
    }
}

#[test]
fn a_prefix_never_overrides_content() {
    for format in ALL {
        for other in ALL.iter().filter(|other| other.id != format.id) {
            let hint = Hint {
                format: Some(format),
                name: "",
            };
            let document = good_document(other);
            // Many tools write SARIF: a log of this very tool is none of another's.
            let own = |run: &sarif_gate::model::Run| *run.tool == *format.id;
            if read_bare(&document).runs.iter().any(own) {
                continue;
            }
            let report = read(&document, hint);
            let said = problem(&report);
            assert!(unusable(&report.status), "{} under {}", other.id, format.id);
            assert!(
                said.contains(format.id),
                "{} under {}: {said}",
                other.id,
                format.id
            );
        }
    }
}

#[test]
fn a_document_that_could_be_two_names_both() {
    let two =
        r#"{"version":"2.1.0","runs":[],"matches":[],"descriptor":{"name":"grype","version":"1"}}"#;
    let said = problem(&read_bare(two.as_bytes()));
    for word in ["ambiguous", "sarif-2.1", "grype-json", "=FILE"] {
        assert!(said.contains(word), "{word}: {said}");
    }
}
