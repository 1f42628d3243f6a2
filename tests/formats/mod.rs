//! Readers held against files: our own cases, real files and hostile ones. What a file must give is data.
#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test reads files, says what it skips, and fails by a panic"
)]

mod cases;
mod count;
mod findings_page;
mod hostile;
mod mutations;
mod real;
mod refusals;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use sarif_gate::formats::{self, Hint, Secrets};
use sarif_gate::model::{Report, Status};

/// Reads a file's bytes as the program would, with what its name and its prefix say.
fn read(bytes: &[u8], hint: Hint<'_>) -> Report {
    formats::read(&mut &*bytes, hint, &mut Secrets::new(None))
}

/// Reads a file without any hint.
fn read_bare(bytes: &[u8]) -> Report {
    read(bytes, Hint::default())
}

fn load(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Why a report is not complete, or nothing.
fn problem(report: &Report) -> String {
    report.status.problem().unwrap_or_default().to_owned()
}

/// Findings that are not suppressed, by kind and severity in the words of the gate language.
fn counted(report: &Report) -> BTreeMap<(String, String), u64> {
    let mut counts = BTreeMap::new();
    for finding in report.findings.iter().filter(|f| f.suppression.is_none()) {
        let key = (
            finding.kind.word().to_owned(),
            finding.severity.word().to_owned(),
        );
        *counts.entry(key).or_default() += 1;
    }
    counts
}

/// What every report promises, whatever is in it.
fn check_promises(report: &Report, name: &str) {
    let sarif = report.format.is_some_and(|kind| kind.starts_with("sarif"));
    let unusable = matches!(report.status, Status::Unusable(_));
    if unusable {
        let sentence = problem(report);
        assert!(sentence.len() > 10, "{name}: {sentence:?}");
        assert!(!sentence.contains('\n'), "{name}: {sentence:?}");
    } else {
        // A SARIF log may have no run, and locations that are no file.
        assert!(sarif || report.runs.len() == 1, "{name}");
    }
    let suppressed = report.findings.iter().filter(|f| f.suppression.is_some());
    let suppressed = suppressed.count() as u64;
    let entries = &report.entries;
    assert_eq!(entries.suppressed, suppressed, "{name}");
    assert_eq!(
        entries.findings + suppressed,
        report.findings.len() as u64,
        "{name}"
    );
    assert_eq!(
        entries.by_kind.values().sum::<u64>(),
        entries.findings,
        "{name}"
    );
    assert_eq!(
        entries.by_severity.values().sum::<u64>(),
        entries.findings,
        "{name}"
    );
    for finding in &report.findings {
        assert!((finding.run as usize) < report.runs.len(), "{name}");
        assert!(!finding.title.contains('\n'), "{name}: {:?}", finding.title);
        let bounded = finding.title.chars().count() <= 301;
        assert!(
            bounded && finding.cvss.is_none_or(|s| (0.0..=10.0).contains(&s)),
            "{name}"
        );
        for place in &finding.locations {
            assert!(
                place.start_line != Some(0) && (sarif || !place.path.is_empty()),
                "{name}"
            );
        }
    }
}

/// The folder of shared real and hostile files, where there is one beside the repository.
pub(crate) fn shared() -> Option<PathBuf> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared");
    let folder = std::env::var_os("SARIF_GATE_SHARED").unwrap_or_else(|| beside.into());
    let folder = PathBuf::from(folder);
    if folder.join("real").is_dir() && folder.join("hostile").is_dir() {
        return Some(folder);
    }
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| eprintln!("skipped: no shared files at {}", folder.display()));
    None
}

/// Folders of cases: `tests/formats/FORMAT/CASE` with a report and its provenance, in order.
fn case_folders() -> Vec<PathBuf> {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/formats"));
    let folders = |at: &Path| -> Vec<PathBuf> {
        let entries = std::fs::read_dir(at).into_iter().flatten().flatten();
        entries
            .map(|entry| entry.path())
            .filter(|path| path.is_dir())
            .collect()
    };
    let all = folders(root)
        .into_iter()
        .flat_map(|format| folders(&format));
    let mut cases: Vec<PathBuf> = all
        .filter(|case| case.join("provenance.toml").is_file())
        .collect();
    cases.sort();
    cases
}

/// The report of a case: the one file named `report.*`.
fn report_of(case: &Path) -> PathBuf {
    let mut reports: Vec<PathBuf> = std::fs::read_dir(case)
        .expect("a case")
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.file_stem().is_some_and(|stem| stem == "report"))
        .collect();
    assert_eq!(reports.len(), 1, "{}: one report per case", case.display());
    reports.remove(0)
}

/// Reads a case with the name of its folder as file name, which says whose an empty list is.
fn read_case(case: &Path) -> Report {
    let folder = case.parent().and_then(Path::file_name).expect("a folder");
    let name = format!("{}.json", folder.to_string_lossy());
    let hint = Hint {
        format: None,
        name: &name,
    };
    read(&load(&report_of(case)), hint)
}
