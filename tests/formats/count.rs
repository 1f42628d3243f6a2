//! The same counts by an independent program: `tests/count.sh`, which is jq and python.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use sarif_gate::formats::by_id;
use sarif_gate::model::{Report, Status};

use super::{case_folders, counted, load, problem, read_bare, read_case, report_of, shared};

/// Formats that list numbers, no entries.
const UNCOUNTED: &[&str] = &["coverage-py", "cobertura", "jacoco", "lcov", "infracost"];

/// What the script prints for a file: kind and severity to count.
fn their_counts(format: &str, file: &Path) -> Option<BTreeMap<(String, String), u64>> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/count.sh");
    let output = Command::new("sh")
        .args([script, format])
        .arg(file)
        .output()
        .ok()?;
    if !output.status.success() {
        panic!(
            "{}: {}",
            file.display(),
            String::from_utf8_lossy(&output.stderr)
        );
    }
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let lines = text.lines().map(|line| {
        let cells: Vec<&str> = line.split('\t').collect();
        (
            (cells[0].to_owned(), cells[1].to_owned()),
            cells[2].parse().expect("a count"),
        )
    });
    Some(lines.collect())
}

/// The same of a report of ours.
fn our_counts(report: &Report) -> BTreeMap<(String, String), u64> {
    let mut counts = counted(report);
    let entries = &report.entries;
    for (what, count) in [
        ("suppressed", entries.suppressed),
        ("not_findings", entries.not_findings),
    ] {
        if count > 0 {
            counts.insert((what.to_owned(), "-".to_owned()), count);
        }
    }
    counts
}

#[test]
fn others_count_the_same() {
    if Command::new("jq").arg("--version").output().is_err() {
        eprintln!("skipped: no jq to count with");
        return;
    }
    let mut reports: Vec<(PathBuf, Report)> = Vec::new();
    for case in case_folders() {
        reports.push((report_of(&case), read_case(&case)));
    }
    if let Some(shared) = shared() {
        let table = String::from_utf8(load(&shared.join("real/EXPECTED.tsv"))).expect("UTF-8");
        for line in table.lines().filter(|line| !line.starts_with('#')) {
            let file = shared
                .join("real")
                .join(line.split('\t').next().expect("a file"));
            let report = read_bare(&load(&file));
            reports.push((file, report));
        }
    }
    let mut compared = 0;
    let mut wrong = Vec::new();
    for (file, report) in &reports {
        if matches!(report.status, Status::Unusable(_)) && report.findings.is_empty() {
            continue;
        }
        let format = report.format.and_then(by_id).expect("a format");
        // Of an answer that cannot be judged, nobody says what its entries are.
        let unclear = format.id == "opa" && matches!(report.status, Status::Unusable(_));
        if unclear || UNCOUNTED.contains(&format.id) {
            continue;
        }
        let (ours, theirs) = (
            our_counts(report),
            their_counts(format.id, file).expect("sh"),
        );
        if ours != theirs {
            let said = problem(report);
            wrong.push(format!(
                "{}: {ours:?}\n  they: {theirs:?} {said}",
                file.display()
            ));
        }
        compared += 1;
    }
    assert!(
        wrong.is_empty(),
        "{} of {compared}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(compared > 20, "only {compared} reports");
}
