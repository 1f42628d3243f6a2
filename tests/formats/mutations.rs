//! Good reports, slightly wrong: nothing panics, and nothing disappears in silence.

use std::path::PathBuf;
use std::sync::LazyLock;

use proptest::prelude::*;
use serde_json::{Value, json};

use sarif_gate::model::{Report, Status};

use super::{case_folders, check_promises, load, read_bare, report_of};

/// The smaller complete cases of every format; the large ones say the same more often.
static DOCUMENTS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let own = |case: &PathBuf| !format_of(case).ends_with("sarif");
    let documents = case_folders().into_iter().filter(own);
    let documents = documents.map(|case| load(&report_of(&case)).trim_ascii_end().to_vec());
    let small = documents.filter(|document| (10..60_000).contains(&document.len()));
    let small: Vec<Vec<u8>> = small
        .filter(|document| read_bare(document).status == Status::Complete)
        .collect();
    assert!(small.len() > 150, "too few cases");
    small
});

/// Those that are one JSON value. What a policy of OPA answers may be anything: another type is another answer.
static VALUES: LazyLock<Vec<&'static Vec<u8>>> = LazyLock::new(|| {
    let one = |document: &&Vec<u8>| {
        let opa = read_bare(document).reader == Some("opa");
        !opa && serde_json::from_slice::<Value>(document).is_ok()
    };
    DOCUMENTS.iter().filter(one).collect()
});

fn format_of(case: &std::path::Path) -> String {
    let folder = case.parent().and_then(|folder| folder.file_name());
    folder.unwrap_or_default().to_string_lossy().into_owned()
}

/// Every place of a document, as a pointer.
fn places(value: &Value, at: &str, into: &mut Vec<String>) {
    into.push(at.to_owned());
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                let key = key.replace('~', "~0").replace('/', "~1");
                places(value, &format!("{at}/{key}"), into);
            }
        }
        Value::Array(list) => {
            for (index, value) in list.iter().enumerate() {
                places(value, &format!("{at}/{index}"), into);
            }
        }
        _ => {}
    }
}

fn entries(report: &Report) -> u64 {
    let entries = &report.entries;
    entries.findings + entries.suppressed + entries.not_findings
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_damaged_byte_breaks_a_reader(which: prop::sample::Index, at: prop::sample::Index, byte: u8) {
        let mut bytes = which.get(&DOCUMENTS).clone();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        check_promises(&read_bare(&bytes), "a damaged byte");
        check_promises(&read_bare(&bytes[..at]), "a cut document");
    }

    /// A value of another type, wherever it stands, is an error or loses no entry. (Null and empty lists are left out:
    /// they are how Go writes "none".)
    #[test]
    fn no_wrong_type_hides_an_entry(which: prop::sample::Index, at: prop::sample::Index, by in 0..5usize) {
        let whole = *which.get(&VALUES);
        let mut document: Value = serde_json::from_slice(whole).expect("a good report");
        let mut all = Vec::new();
        places(&document, "", &mut all);
        let place = at.get(&all);
        let value = [json!(7), json!("x"), json!(true), json!({}), json!([7])][by].clone();
        // A map without members is how these say "none".
        let none = ["warnings", "docker", "filtered", "vulnerabilities", "advisories"];
        prop_assume!(value != json!({}) || !none.iter().any(|name| place.ends_with(&format!("/{name}"))));
        *document.pointer_mut(place).expect("a place") = value.clone();

        let before = read_bare(whole);
        let after = read_bare(document.to_string().as_bytes());
        check_promises(&after, place);
        // Partial says aloud that something is missing.
        let refused = after.status != Status::Complete;
        // A list of packages is none of findings, so the counts stay; so do those of every member that is not read.
        prop_assert!(refused || entries(&after) == entries(&before), "{place} = {value}");
    }
}
