//! Laws that hold over every report that can be read, recorded ones and our own: converting loses nothing, the order of
//! the reports does not matter, no entry gets lost, identity outlives moved lines, what is written is valid and within
//! GitHub's limits, and the same input gives the same bytes.
#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    reason = "a test reads and writes files and fails by a panic"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::LazyLock;
use std::time::{Duration, SystemTime};

use serde_json::Value;

use sarif_gate::baseline::{Baseline, Origin, compare, missing, rebase};
use sarif_gate::collect::Collected;
use sarif_gate::model::{
    Context, Finding, Judged as Judgement, Kind, Location, Report, State, image_repository,
};
use sarif_gate::reading::Reading;
use sarif_gate::run::{self, Outside};
use sarif_gate::sarif::{Log, write_results};
use sarif_gate::settings::{Base, Door, Inputs, List, load};

mod bundle;
mod merging;
mod moved;
mod past;
mod whole;

use crate::program::{files_below, shared};

/// A file and the name by which failures are told.
type Named = (String, PathBuf);

/// Endings of reports.
const ENDINGS: [&str; 5] = ["json", "jsonl", "sarif", "xml", "info"];

/// Every report that a reader understands: recorded ones where they are at hand, and our own.
fn readable() -> Vec<Named> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = vec![own.join("tests/formats"), own.join("examples")];
    folders.extend(shared().map(|shared| shared.join("real")));
    let mut found = Vec::new();
    for folder in folders {
        for path in files_below(&folder) {
            let report = path
                .extension()
                .is_some_and(|end| ENDINGS.iter().any(|known| end == *known));
            if report && read(&path).0.iter().all(|report| report.understood) {
                found.push((path.display().to_string(), path));
            }
        }
    }
    assert!(found.len() > 40, "{} readable reports", found.len());
    found
}

static READABLE: LazyLock<Vec<Named>> = LazyLock::new(readable);

/// Reads and merges files as the program does, in a workspace without any file.
fn read_all(paths: &[&Path]) -> (Vec<Report>, Vec<Finding>) {
    let collected = paths.iter().map(|path| Collected {
        shown: path.display().to_string(),
        file: Some(path.to_path_buf()),
        format: None,
        problem: None,
    });
    let nowhere = Context::default();
    let reading = Reading {
        map: &[],
        identity_key: None,
        context: &nowhere,
        prefix: None,
        lines: true,
    };
    reading.both(collected.collect(), &mut std::io::empty())
}

fn read(path: &Path) -> (Vec<Report>, Vec<Finding>) {
    read_all(&[path])
}

/// The log that `convert` writes.
fn converted(reports: &[Report], findings: &[Finding]) -> Vec<u8> {
    let log = Log {
        findings,
        reports,
        verdict: None,
        tool_version: "0",
    };
    let mut out = Vec::new();
    write_results(&log, &mut out).expect("a log");
    out
}

/// A log read again.
fn read_again(log: &[u8]) -> (Vec<Report>, Vec<Finding>) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("log.sarif");
    std::fs::write(&path, log).expect("written");
    read(&path)
}

/// What has to stay of a finding on the way through a log, but for its texts.
fn essence(finding: &Finding) -> String {
    let package = finding.package.as_ref().map(|package| {
        let fixed: Vec<&str> = package.fixed.iter().map(|text| &**text).collect();
        format!(
            "{:?} {} {:?} {fixed:?} {:?}",
            package.purl, package.name, package.version, package.fix
        )
    });
    let places: Vec<String> = finding
        .locations
        .iter()
        .map(|at| {
            format!(
                "{:?} {} {:?}-{:?}",
                at.place, at.path, at.start_line, at.end_line
            )
        })
        .collect();
    let sources: BTreeSet<String> = finding
        .sources
        .iter()
        .map(|source| {
            format!(
                "{} {} {} {} {:?}",
                source.tool,
                source.rule,
                source.severity.word(),
                source.fingerprint,
                source.suppression
            )
        })
        .collect();
    let prints: Vec<String> = finding
        .fingerprints()
        .map(|print| print.to_string())
        .collect();
    format!(
        "{prints:?} {} {} {:?} {} {:?} {:?} {package:?} {places:?} {sources:?} {:?} {:?}",
        finding.kind.word(),
        finding.rule,
        finding.aliases,
        finding.severity.word(),
        finding.target,
        finding.resource,
        finding.cvss,
        finding.instances,
    )
}

fn essences(findings: &[Finding]) -> BTreeSet<String> {
    findings.iter().map(essence).collect()
}

/// Says what one set has and the other lacks.
fn same(a: &BTreeSet<String>, b: &BTreeSet<String>, what: &str) {
    let gone: Vec<_> = a.difference(b).take(3).collect();
    let came: Vec<_> = b.difference(a).take(3).collect();
    assert!(
        gone.is_empty() && came.is_empty(),
        "{what}: gone {gone:#?}, came {came:#?}"
    );
}

/// Runs a check over many files and says all that failed.
fn each(check: impl Fn(&str, &Path) + std::panic::RefUnwindSafe) {
    let failed: Vec<&str> = READABLE
        .iter()
        .filter(|(name, path)| std::panic::catch_unwind(|| check(name, path)).is_err())
        .map(|(name, _)| name.as_str())
        .collect();
    assert!(failed.is_empty(), "{failed:#?}");
}
