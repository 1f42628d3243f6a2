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

#[test]
fn converting_loses_nothing() {
    each(|name, path| {
        let (reports, findings) = read(path);
        let first = converted(&reports, &findings);
        let (x_reports, x) = read_again(&first);
        same(
            &essences(&findings),
            &essences(&x),
            &format!("{name}: report and log"),
        );
        assert_eq!(findings.len(), x.len(), "{name}");
        let status = |reports: &[Report]| reports[0].status.word();
        assert_eq!(status(&reports), status(&x_reports), "{name}");
        let second = converted(&x_reports, &x);
        let (_, y) = read_again(&second);
        same(
            &essences(&x),
            &essences(&y),
            &format!("{name}: log and log of the log"),
        );
        let texts = |findings: &[Finding]| -> BTreeSet<String> {
            let text = |f: &Finding| format!("{} {} {}", f.fingerprint, f.title, f.message);
            findings.iter().map(text).collect()
        };
        same(&texts(&x), &texts(&y), &format!("{name}: texts"));
    });
}

#[test]
fn a_log_of_all_reports_says_the_same() {
    let paths: Vec<&Path> = READABLE.iter().map(|(_, path)| path.as_path()).collect();
    let (reports, findings) = read_all(&paths);
    let (_, again) = read_again(&converted(&reports, &findings));
    let prints = |findings: &[Finding]| -> BTreeSet<String> {
        findings
            .iter()
            .map(|f| {
                let prints: BTreeSet<_> = f.fingerprints().map(|p| p.to_string()).collect();
                format!("{prints:?} {} {}", f.kind.word(), f.severity.word())
            })
            .collect()
    };
    same(&prints(&findings), &prints(&again), "all at once");
}

/// Whoever else reports, every finding keeps the fingerprint that its own report gives it; and nothing is made up.
#[test]
fn adding_a_scanner_changes_no_fingerprint() {
    let paths: Vec<&Path> = READABLE.iter().map(|(_, path)| path.as_path()).collect();
    let prints = |findings: &[Finding]| -> BTreeSet<String> {
        let all = findings.iter().flat_map(Finding::fingerprints);
        all.map(|print| print.to_string()).collect()
    };
    let alone: BTreeSet<String> = paths
        .iter()
        .flat_map(|path| prints(&read(path).1))
        .collect();
    let (_, together) = read_all(&paths);
    same(&alone, &prints(&together), "alone and together");
}

/// All reports at once: what several tools say of one thing is one finding that names them, and says the same thing.
#[test]
fn findings_of_several_tools_name_them_all() {
    let paths: Vec<&Path> = READABLE.iter().map(|(_, path)| path.as_path()).collect();
    let (reports, findings) = read_all(&paths);
    let mut pairs: BTreeMap<String, usize> = BTreeMap::new();
    for finding in &findings {
        let tools: BTreeSet<&str> = finding.sources.iter().map(|source| &*source.tool).collect();
        for source in &finding.sources {
            let report = &reports[source.input as usize];
            let run = &report.runs[source.run as usize];
            assert_eq!(run.tool, source.tool, "{}", report.input.path);
        }
        if tools.len() < 2 {
            continue;
        }
        let tools: Vec<&str> = tools.into_iter().collect();
        *pairs.entry(tools.join(" + ")).or_default() += 1;
        // Whatever name a source has for it, the finding has it too.
        for source in finding
            .sources
            .iter()
            .filter(|_| finding.kind == Kind::Vulnerability)
        {
            let mut ids = std::iter::once(&finding.rule).chain(&finding.aliases);
            assert!(
                ids.any(|id| *id == source.rule),
                "{} {}",
                finding.rule,
                source.rule
            );
        }
    }
    for pair in ["gitleaks + trivy", "grype + trivy"] {
        assert!(pairs.contains_key(pair), "{pair}: {pairs:?}");
    }
}

#[test]
fn the_order_of_reports_does_not_matter() {
    let mut paths: Vec<&Path> = READABLE.iter().map(|(_, path)| path.as_path()).collect();
    let said = |findings: &[Finding]| -> BTreeSet<String> {
        findings
            .iter()
            .map(|f| {
                let prints: BTreeSet<_> = f.fingerprints().map(|p| p.to_string()).collect();
                let sources = f.sources.len();
                format!(
                    "{} {prints:?} {} {} {sources} {:?}",
                    f.fingerprint,
                    f.kind.word(),
                    f.severity.word(),
                    f.locations.len()
                )
            })
            .collect()
    };
    let (_, there) = read_all(&paths);
    paths.reverse();
    let (_, back) = read_all(&paths);
    same(&said(&there), &said(&back), "reversed");
}

/// Whether a merged finding carries what an entry says.
fn carries(merged: &Finding, entry: &Finding) -> bool {
    let rule = merged.rule == entry.rule
        || merged.aliases.contains(&entry.rule)
        || merged
            .sources
            .iter()
            .any(|source| source.rule == entry.rule);
    let line = |at: &Location| (at.start_line, last_part(&at.path));
    let place = entry
        .locations
        .iter()
        .all(|at| merged.locations.iter().any(|known| line(known) == line(at)));
    let version = |finding: &Finding| finding.package.as_ref().and_then(|p| p.version.clone());
    let package = version(entry).is_none_or(|wanted| {
        let instances = merged.instances.iter().map(|instance| &instance.version);
        version(merged).as_ref() == Some(&wanted)
            || instances.flatten().any(|known| *known == wanted)
    });
    merged.kind == entry.kind && rule && place && package
}

/// The name of the file at the end of a path or URI, without what merging changes in it.
fn last_part(path: &str) -> String {
    let decoded = sarif_gate::sarif::uri::to_path(path);
    let plain = path.rsplit(['/', '\\']).next().unwrap_or_default();
    let decoded = decoded.rsplit(['/', '\\']).next().unwrap_or_default();
    if decoded.is_empty() { plain } else { decoded }.to_owned()
}

/// Every entry of every report is in a finding: after merging a file alone, and after merging all.
#[test]
fn no_entry_is_lost() {
    let mut wanted: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (name, path) in READABLE.iter() {
        let bytes = std::fs::read(path).expect("a file");
        let mut secrets = sarif_gate::formats::Secrets::new(None);
        let mut report = sarif_gate::formats::read(&mut &*bytes, Default::default(), &mut secrets);
        secrets.into_redactor().clean_report(&mut report);
        let entries = &report.entries;
        assert_eq!(
            (entries.findings + entries.suppressed) as usize,
            report.findings.len(),
            "{name}"
        );
        let (_, merged) = read(path);
        for entry in &report.findings {
            let found = merged.iter().any(|merged| carries(merged, entry));
            assert!(found, "{name}: lost {entry:#?}");
        }
        let prints = merged.iter().flat_map(Finding::fingerprints);
        wanted.insert(
            name.clone(),
            prints.map(|print| print.to_string()).collect(),
        );
    }
    let paths: Vec<&Path> = READABLE.iter().map(|(_, path)| path.as_path()).collect();
    let (_, all) = read_all(&paths);
    let kept: BTreeSet<String> = all
        .iter()
        .flat_map(Finding::fingerprints)
        .map(|print| print.to_string())
        .collect();
    for (name, prints) in wanted {
        let lost: Vec<_> = prints.difference(&kept).take(3).collect();
        assert!(lost.is_empty(), "{name}: {lost:?} after merging all");
    }
}

/// The whole way in this process, at a fixed time.
struct Judged {
    folder: tempfile::TempDir,
    run: run::Run,
}

impl Judged {
    fn evidence(&self, name: &str) -> String {
        let path = self.folder.path().join("reports/security").join(name);
        std::fs::read_to_string(path).expect("evidence")
    }

    fn verdict(&self) -> Value {
        serde_json::from_str(&self.evidence("verdict.json")).expect("JSON")
    }

    fn prints(&self) -> BTreeSet<String> {
        let findings = self.run.outcome.findings.iter();
        findings
            .map(|finding| finding.fingerprint.to_string())
            .collect()
    }
}

/// Judges files of a new workspace: those that end in `.json` or `.sarif` are the reports.
fn judge(files: &[(String, Vec<u8>)], variables: &[(&str, &str)], event: &str) -> Judged {
    let folder = tempfile::tempdir().expect("a folder");
    let mut reports = Vec::new();
    for (name, bytes) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, bytes).expect("written");
        if name.starts_with("in/") {
            reports.push(name.clone());
        }
    }
    let directory = folder.path().to_string_lossy().into_owned();
    let environment: BTreeMap<String, String> = variables
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_string()))
        .collect();
    let flags = Inputs {
        reports: Some(List(reports)),
        ..Inputs::default()
    };
    let door = Door {
        environment: &environment,
        working_directory: &directory,
        read: &|path| {
            if path.ends_with("event.json") {
                return Ok(event.as_bytes().to_vec());
            }
            std::fs::read(folder.path().join(path))
        },
        head: &|_, path| std::fs::read(folder.path().join(path)),
        base: &|context, _, _| {
            Ok(Base {
                sha: context.base_sha.clone().unwrap_or_default(),
                branch: context.base_ref.clone().unwrap_or_default(),
                read: Rc::new(|_| Ok(None)),
            })
        },
        central: &|_, _, _, _, _, _| Err("there is no network here".to_owned()),
    };
    let settings = load(flags, &door).expect("settings");
    let mut outside = Outside {
        stdin: &mut std::io::empty(),
        log: &mut std::io::sink(),
        show: &mut |_, _| Ok(()),
        now: SystemTime::UNIX_EPOCH + Duration::from_secs(1_780_000_000),
    };
    let run = run::run(&settings, &mut outside).expect("a run");
    Judged { folder, run }
}

/// Files of a folder of this repository, under another name in the workspace.
fn files(folder: &str, to: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    files_below(&folder)
        .into_iter()
        .map(|path| {
            let name = path
                .strip_prefix(&folder)
                .expect("inside")
                .display()
                .to_string();
            (
                format!("{to}/{name}"),
                std::fs::read(&path).expect("a file"),
            )
        })
        .collect()
}

fn all_readable() -> Vec<(String, Vec<u8>)> {
    let all = READABLE.iter().enumerate();
    all.map(|(index, (_, path))| {
        let name = path.file_name().expect("a name").to_string_lossy();
        (
            format!("in/{index}/{name}"),
            std::fs::read(path).expect("a file"),
        )
    })
    .collect()
}

/// The numbers of GitHub's documentation ("SARIF support for code scanning").
fn check_limits(log: &Value, what: &str) {
    let runs = log["runs"].as_array().expect("runs");
    assert!(runs.len() <= 20, "{what}: {} runs", runs.len());
    let mut categories = BTreeSet::new();
    for run in runs {
        let driver = &run["tool"]["driver"];
        let category = (
            driver["name"].to_string(),
            run["automationDetails"]["id"].to_string(),
        );
        assert!(
            categories.insert(category.clone()),
            "{what}: {category:?} twice"
        );
        let rules = driver["rules"].as_array().expect("rules");
        assert!(rules.len() <= 25_000, "{what}: rules");
        let mut ids = BTreeSet::new();
        for rule in rules {
            let id = rule["id"].as_str().unwrap_or_default();
            assert!(!id.is_empty() && ids.insert(id), "{what}: rule {id:?}");
            for text in ["shortDescription", "fullDescription", "help"] {
                let words = rule[text]["text"].as_str().unwrap_or_default();
                assert!(!words.is_empty(), "{what}: {id}: no {text}");
            }
            let tags = rule["properties"]["tags"].as_array().map_or(0, Vec::len);
            assert!(tags <= 20, "{what}: {id}: {tags} tags");
            if let Some(score) = rule["properties"].get("security-severity") {
                let number: f64 = score
                    .as_str()
                    .and_then(|s| s.parse().ok())
                    .expect("a score");
                assert!((0.0..=10.0).contains(&number), "{what}: {id}: {score}");
            }
        }
        let results = run["results"].as_array().expect("results");
        assert!(results.len() <= 25_000, "{what}: results");
        for result in results {
            let id = &result["ruleId"];
            let index = result["ruleIndex"].as_u64().expect("an index") as usize;
            assert_eq!(rules[index]["id"], *id, "{what}: ruleIndex");
            let message = result["message"]["text"].as_str().unwrap_or_default();
            assert!(!message.is_empty(), "{what}: {id}: no message");
            let places = result["locations"].as_array().expect("locations");
            assert!(
                (1..=1_000).contains(&places.len()),
                "{what}: {id}: locations"
            );
            let first = &places[0]["physicalLocation"];
            let uri = first["artifactLocation"]["uri"]
                .as_str()
                .unwrap_or_default();
            assert!(!uri.is_empty(), "{what}: {id}: no file");
            let line = first["region"]["startLine"].as_u64();
            assert!(line.is_none_or(|line| line > 0), "{what}: {id}: line");
            let prints = &result["partialFingerprints"];
            for print in ["primaryLocationLineHash", "sarifGate/v1"] {
                let value = prints[print].as_str().unwrap_or_default();
                assert!(!value.is_empty(), "{what}: {id}: no {print}");
            }
        }
    }
}

#[test]
fn what_is_written_is_valid_and_within_githubs_limits() {
    let schema: Value =
        serde_json::from_str(include_str!("schemas/sarif-2.1.0.json")).expect("a schema");
    let schema = jsonschema::options()
        .should_validate_formats(true)
        .build(&schema)
        .expect("a valid schema");
    let check = |judged: &Judged, what: &str| {
        for name in ["results.sarif", "upload.sarif"] {
            let log: Value = serde_json::from_str(&judged.evidence(name)).expect("JSON");
            let wrong: Vec<String> = schema
                .iter_errors(&log)
                .take(3)
                .map(|error| format!("{error:.300} at {}", error.instance_path()))
                .collect();
            assert!(wrong.is_empty(), "{what}: {name}: {wrong:#?}");
            if name == "upload.sarif" {
                check_limits(&log, what);
            }
        }
    };
    for (name, path) in READABLE.iter() {
        let file = path.file_name().expect("a name").to_string_lossy();
        let bytes = std::fs::read(path).expect("a file");
        check(&judge(&[(format!("in/{file}"), bytes)], &[], ""), name);
    }
    check(
        &judge(&files("examples/vulnerable", "in"), &[], ""),
        "the examples",
    );
}

/// The number of GitHub's limit is kept, and what it cuts is said.
fn check_upload(judged: &Judged) {
    let runs = |name: &str| -> (Value, usize) {
        let log: Value = serde_json::from_str(&judged.evidence(name)).expect("JSON");
        let runs = log["runs"].as_array().expect("runs").len();
        (log, runs)
    };
    let (upload, kept) = runs("upload.sarif");
    check_limits(&upload, "all");
    let (_, all) = runs("results.sarif");
    if all > 20 {
        assert_eq!(kept, 20);
        let page = judged.evidence("summary.md");
        assert!(page.contains("upload.sarif"), "what was cut is not said");
    }
}

fn check_same_bytes(first: &Judged, second: &Judged) {
    for name in [
        "results.sarif",
        "upload.sarif",
        "summary.md",
        "verdict.json",
    ] {
        let (a, b) = (first.evidence(name), second.evidence(name));
        let differs = a.lines().zip(b.lines()).find(|(a, b)| a != b);
        assert_eq!(differs, None, "{name}");
        assert_eq!(a.len(), b.len(), "{name}");
    }
}

/// What the table lists is what verdict.json says of each file, merged or not.
fn check_entries(judged: &Judged) {
    let Some(real) = shared().map(|shared| shared.join("real")) else {
        return;
    };
    let table = std::fs::read_to_string(real.join("EXPECTED.tsv")).expect("the table");
    let verdict = judged.verdict();
    let inputs = verdict["inputs"].as_array().expect("inputs");
    let mut seen = 0;
    for line in table.lines().filter(|line| !line.starts_with('#')) {
        let cells: Vec<&str> = line.split('\t').collect();
        let path = real.join(cells[0]);
        let known = ["trivy-", "gitleaks-", "sarif-2.1"];
        let known = known.iter().any(|kind| cells[1].starts_with(kind));
        let index = READABLE.iter().position(|(_, known)| *known == path);
        let (Some(index), true) = (index, known) else {
            continue;
        };
        let prefix = format!("in/{index}/");
        let of_file = |input: &&Value| {
            let path = input["path"].as_str();
            path.is_some_and(|path| path.starts_with(&prefix))
        };
        let entries = &inputs.iter().find(of_file).expect("an input")["entries"];
        let counts = cells[2].split(", ").filter_map(|one| one.split_once('='));
        let listed: u64 = counts
            .map(|(_, count)| count.parse::<u64>().expect("a count"))
            .sum();
        assert_eq!(entries["findings"], listed, "{line}");
        assert_eq!(entries["suppressed"].to_string(), cells[3], "{line}");
        assert_eq!(entries["not_findings"].to_string(), cells[4], "{line}");
        seen += 1;
    }
    assert!(seen > 80, "{seen}");
}

#[test]
fn all_reports_in_one_run() {
    let files = all_readable();
    let first = judge(&files, &[], "");
    check_entries(&first);
    check_same_bytes(&first, &judge(&files, &[], ""));
    check_upload(&first);
}

/// Adds lines at the top of every file that a report names: all numbers of lines grow.
fn moved(value: &mut Value, by: u64) {
    const LINES: [&str; 13] = [
        "startLine",
        "endLine",
        "StartLine",
        "EndLine",
        "Number",
        "line",
        "line_number",
        "end_line",
        "row",
        "line_start",
        "line_end",
        "start_line",
        "lineNumber",
    ];
    match value {
        Value::Array(entries) => entries.iter_mut().for_each(|entry| moved(entry, by)),
        Value::Object(members) => {
            // What a report quotes of the file moves too: ESLint carries all of it, Bandit numbered lines.
            if let (true, Some(Value::String(source))) =
                (members.contains_key("filePath"), members.get_mut("source"))
            {
                source.insert_str(0, &"\n".repeat(by as usize));
            }
            if let (true, Some(Value::String(code))) =
                (members.contains_key("line_number"), members.get_mut("code"))
            {
                let renumbered = code.lines().map(|line| {
                    let (number, text) = line.split_once(' ').unwrap_or((line, ""));
                    let number = number.parse::<u64>().map_or(0, |number| number + by);
                    format!("{number} {text}\n")
                });
                *code = renumbered.collect();
            }
            // Checkov gives a range and numbered lines.
            if let Some(Value::Array(range)) = members.get_mut("file_line_range") {
                range.iter_mut().for_each(|line| add(line, by));
            }
            if let Some(Value::Array(block)) = members.get_mut("code_block") {
                block.iter_mut().for_each(|line| add(&mut line[0], by));
            }
            for (name, member) in members {
                match member.as_u64() {
                    Some(line) if line > 0 && LINES.contains(&name.as_str()) => {
                        *member = (line + by).into();
                    }
                    _ => moved(member, by),
                }
            }
        }
        _ => {}
    }
}

/// Adds to the number of a line; 0 and less mean none.
fn add(line: &mut Value, by: u64) {
    if let Some(number) = line.as_u64().filter(|number| *number > 0) {
        *line = (number + by).into();
    }
}

fn moved_file(bytes: &[u8], by: u64) -> Vec<u8> {
    if bytes.trim_ascii_start().starts_with(b"<") {
        return moved_xml(std::str::from_utf8(bytes).expect("UTF-8"), by);
    }
    let values = serde_json::Deserializer::from_slice(bytes).into_iter::<Value>();
    let lines = values.map_while(Result::ok).map(|mut value| {
        moved(&mut value, by);
        value.to_string()
    });
    let lines: Vec<String> = lines.collect();
    lines.join("\n").into_bytes()
}

/// The same in XML: every attribute `line`.
fn moved_xml(text: &str, by: u64) -> Vec<u8> {
    let mut parts = text.split(" line=\"");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (number, rest) = part.split_once('"').expect("an attribute");
        let number = number.parse::<u64>().map_or(0, |number| number + by);
        out.push_str(&format!(" line=\"{number}\"{rest}"));
    }
    out.into_bytes()
}

/// Reports alone: lines move together, and the fingerprints stay.
#[test]
fn identity_outlives_moved_lines_in_reports() {
    each(|name, path| {
        let bytes = std::fs::read(path).expect("a file");
        if bytes.starts_with(b"\xef\xbb\xbf") {
            return;
        }
        let prints = |findings: &[Finding]| -> BTreeSet<String> {
            let all = findings.iter().filter(|f| f.kind != Kind::Vulnerability);
            all.map(|f| format!("{} {}", f.fingerprint, f.rule))
                .collect()
        };
        let (_, before) = read(path);
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join(path.file_name().expect("a name"));
        std::fs::write(&file, moved_file(&bytes, 7)).expect("written");
        let (_, after) = read(&file);
        same(&prints(&before), &prints(&after), name);
    });
}

/// The example with its sources: lines are looked up in the files, which move as well.
#[test]
fn identity_outlives_moved_lines_in_sources() {
    let sources = files("examples/sample-app", "examples/sample-app");
    let mut reports = files("examples/vulnerable", "in");
    // A report that does not say what the line holds.
    let plain = r#"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"Plain"}},"results":[{"ruleId":"R1","message":{"text":"m"},
        "locations":[{"physicalLocation":{"artifactLocation":{"uri":"examples/sample-app/server/orders.py"},"region":{"startLine":24}}}]}]}]}"#;
    reports.push(("in/plain.sarif".to_owned(), plain.as_bytes().to_vec()));
    let before = judge(&[sources.clone(), reports.clone()].concat(), &[], "");
    assert!(before.prints().len() > 60, "{}", before.prints().len());
    for by in [1_u64, 40] {
        let lines = "\n".repeat(by as usize).into_bytes();
        let below = sources.iter();
        let below = below.map(|(name, bytes)| (name.clone(), [&lines[..], bytes].concat()));
        let moved = reports.iter();
        let moved = moved.map(|(name, bytes)| (name.clone(), moved_file(bytes, by)));
        let after = judge(&below.chain(moved).collect::<Vec<_>>(), &[], "");
        same(&before.prints(), &after.prints(), &format!("{by} lines"));
        assert_eq!(before.run.code, after.run.code);
    }
    // And it is the line that tells a finding of the code, where it is known: another one is another finding.
    let changed = sources.iter().map(|(name, bytes)| {
        let text = String::from_utf8_lossy(bytes);
        let text: Vec<String> = text.lines().map(|line| format!("{line} changed")).collect();
        (name.clone(), text.join("\n").into_bytes())
    });
    let after = judge(&changed.chain(reports).collect::<Vec<_>>(), &[], "");
    assert_ne!(before.prints(), after.prints());
}

/// On a pull request code scanning gets no excused findings; on a branch it keeps them, because GitHub would call an alert
/// that is gone fixed.
#[test]
fn excused_findings_leave_the_upload_of_a_pull_request_only() {
    let reports = files("examples/vulnerable", "in");
    let excused = |judged: &Judged, name: &str| {
        let outcome = &judged.run.outcome;
        let all = outcome.findings.iter().zip(&outcome.verdict.judged);
        let excused: Vec<String> = all
            .filter(|(_, judged)| **judged == Judgement::Excused)
            .map(|(finding, _)| finding.fingerprint.to_string())
            .collect();
        assert_eq!(excused.len(), 1);
        judged.evidence(name).contains(&excused[0])
    };
    let branch = judge(&reports, &[], "");
    assert!(excused(&branch, "results.sarif") && excused(&branch, "upload.sarif"));
    let variables = [
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_EVENT_NAME", "pull_request"),
        ("GITHUB_EVENT_PATH", "event.json"),
        ("GITHUB_REPOSITORY", "octo/repo"),
    ];
    let event = r#"{"number":7,"pull_request":{"number":7,"head":{"sha":"0123456789abcdef0123456789abcdef01234567"}}}"#;
    let proposal = judge(&reports, &variables, event);
    assert!(excused(&proposal, "results.sarif") && !excused(&proposal, "upload.sarif"));
    assert_eq!(branch.prints(), proposal.prints());
}

/// The evidence of a run, judged as a report, gets the verdict of the run.
#[test]
fn evidence_is_judged_as_its_reports_were() {
    for folder in ["examples/vulnerable", "examples/clean"] {
        let first = judge(&files(folder, "in"), &[], "");
        let log = first.evidence("results.sarif").into_bytes();
        let again = judge(&[("in/log.sarif".to_owned(), log)], &[], "");
        same(&first.prints(), &again.prints(), folder);
        let (first, again) = (first.verdict(), again.verdict());
        for what in ["/verdict", "/complete", "/reason", "/counts"] {
            // How many reports there were is not the same.
            if what != "/reason" || folder.ends_with("vulnerable") {
                assert_eq!(first.pointer(what), again.pointer(what), "{folder}: {what}");
            }
        }
    }
}

const TAKEN: &str = "2026-05-01T00:00:00Z";
const NOW: &str = "2026-06-01T00:00:00Z";

fn baseline(reports: &[Report], findings: &[Finding]) -> Baseline {
    let origin = Origin {
        source: "path",
        place: "before".to_owned(),
        sha: None,
        taken: Some(TAKEN.to_owned()),
    };
    Baseline::of(origin, findings, reports)
}

/// Says what differs; nothing may.
fn no_difference(
    (old, before): &(Vec<Report>, Vec<Finding>),
    (new, after): (Vec<Report>, Vec<Finding>),
    what: &str,
) {
    let baseline = baseline(old, before);
    let mut after = after;
    let comparison = compare(&mut after, &new, &baseline, None, NOW);
    let differs = |finding: &&Finding| finding.known.state != Some(State::Unchanged);
    let differ: Vec<String> = after.iter().filter(differs).take(3).map(essence).collect();
    assert!(differ.is_empty(), "{what}: {differ:#?}");
    let gone: Vec<_> = comparison.gone.iter().take(3).collect();
    assert!(gone.is_empty(), "{what}: gone {gone:#?}");
    assert_eq!(comparison.findings as usize, before.len(), "{what}");
    for finding in &after {
        assert_eq!(finding.known.first_seen.as_deref(), Some(TAKEN), "{what}");
    }
    let missing = missing(&baseline, &new);
    assert!(missing.is_empty(), "{what}: {missing:?}");
    let rebased = rebase(&baseline, &mut after, NOW);
    assert_eq!(rebased.by_fingerprint as usize, after.len(), "{what}");
}

/// A report differs in nothing from itself: in any order, from its log, with all lines moved.
#[test]
fn nothing_differs_from_itself() {
    each(|name, path| {
        let first = read(path);
        no_difference(&first, read(path), name);
        let (reports, mut findings) = read(path);
        findings.reverse();
        no_difference(&first, (reports, findings), &format!("{name}: reversed"));
        let log = read_again(&converted(&first.0, &first.1));
        no_difference(&log, read(path), &format!("{name}: against its log"));
        no_difference(&first, log, &format!("{name}: its log"));
        let bytes = std::fs::read(path).expect("a file");
        if !can_move(&bytes) {
            return;
        }
        let after = read_bytes(path, &moved_file(&bytes, 7));
        no_difference(&first, after, &format!("{name}: lines moved"));
    });
}

/// Whether [`moved_file`] keeps everything else: XML, or JSON values to the last byte.
fn can_move(bytes: &[u8]) -> bool {
    let mut values = serde_json::Deserializer::from_slice(bytes).into_iter::<Value>();
    bytes.trim_ascii_start().starts_with(b"<") || values.all(|value| value.is_ok())
}

/// Reads other bytes under the name of a file.
fn read_bytes(path: &Path, bytes: &[u8]) -> (Vec<Report>, Vec<Finding>) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join(path.file_name().expect("a name"));
    std::fs::write(&file, bytes).expect("written");
    read(&file)
}

#[test]
fn all_reports_at_once_differ_in_nothing_from_their_log() {
    let paths: Vec<&Path> = READABLE.iter().map(|(_, path)| path.as_path()).collect();
    let first = read_all(&paths);
    let log = read_again(&converted(&first.0, &first.1));
    let again = read_all(&paths);
    let baseline = baseline(&log.0, &log.1);
    let mut after = again.1;
    let comparison = compare(&mut after, &again.0, &baseline, None, NOW);
    let new: Vec<_> = after
        .iter()
        .filter(|finding| finding.known.state == Some(State::New))
        .take(3)
        .map(essence)
        .collect();
    assert!(new.is_empty(), "{new:#?}");
    assert!(comparison.gone.is_empty(), "{:#?}", comparison.gone);
}

/// An image that was built anew and tagged differently has the same findings.
#[test]
fn nothing_differs_under_another_tag_and_digest() {
    let mut covered: BTreeMap<&'static str, usize> = BTreeMap::new();
    for (name, path) in READABLE.iter() {
        let first = read(path);
        let Some(target) = first.0[0].target.as_deref().filter(|t| is_image(t)) else {
            continue;
        };
        let text = std::fs::read_to_string(path).expect("UTF-8");
        let image = target.split('@').next().expect("a name");
        let retagged = match image.rsplit_once(':') {
            Some((repository, tag)) if !tag.contains('/') => {
                text.replace(image, &format!("{repository}:9.9.9-moved"))
            }
            _ => text.clone(),
        };
        let rebuilt = other_digests(&retagged);
        assert_ne!(rebuilt, text, "{name}");
        let after = read_bytes(path, rebuilt.as_bytes());
        assert!(!first.1.is_empty() || after.1.is_empty(), "{name}");
        let counted = first.1.iter().any(|finding| {
            let same = image_repository(target);
            finding
                .target
                .as_deref()
                .is_some_and(|target| target == same)
        });
        no_difference(&first, after, &format!("{name}: {target}"));
        if counted {
            *covered
                .entry(first.0[0].format.expect("a format"))
                .or_default() += 1;
        }
    }
    let all: usize = covered.values().sum();
    // Of our own files there are 6; with the recorded ones 14, of 6 documents.
    assert!(all > 5, "{covered:?}");
    if shared().is_some() {
        assert!(all > 10 && covered.len() > 2, "{covered:?}");
    }
}

fn is_image(target: &str) -> bool {
    let name = target.rsplit('/').next().unwrap_or(target);
    !target.starts_with(['/', '.']) && !target.contains([' ', '\\']) && name.contains([':', '@'])
}

/// Every SHA-256 digest becomes another one, the same everywhere.
fn other_digests(text: &str) -> String {
    let mut parts = text.split("sha256:");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part
            .find(|c: char| !c.is_ascii_hexdigit())
            .unwrap_or(part.len());
        let (digest, rest) = part.split_at(end);
        let other: String = digest.chars().rev().collect();
        out.push_str(&format!("sha256:{other}{rest}"));
    }
    out
}

/// When something was first seen goes through our logs, and nobody else's date is taken for it.
#[test]
fn first_seen_dates_go_through_our_logs_only() {
    let foreign = r#"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"Plain"}},"results":[
        {"ruleId":"R1","message":{"text":"m"},"provenance":{"firstDetectionTimeUtc":"2020-01-01T00:00:00Z","lastDetectionTimeUtc":"2020-02-02T00:00:00Z"},
        "locations":[{"physicalLocation":{"artifactLocation":{"uri":"a.py"},"region":{"startLine":2}}}]}]}]}"#;
    let (reports, mut findings) = read_again(foreign.as_bytes());
    assert_eq!(findings[0].known.first_seen, None);
    // Their date stays theirs, however often it is converted.
    let mut log = converted(&reports, &findings);
    for _ in 0..2 {
        assert!(String::from_utf8_lossy(&log).contains("2020-01-01T00:00:00Z"));
        let (reports, findings) = read_again(&log);
        assert_eq!(findings[0].known.first_seen, None);
        log = converted(&reports, &findings);
    }
    findings[0].known.first_seen = Some("2026-02-03T04:05:06Z".into());
    findings[0].known.state = Some(State::Updated);
    let mut log = converted(&reports, &findings);
    let value: Value = serde_json::from_slice(&log).expect("JSON");
    let result = &value["runs"][0]["results"][0];
    assert_eq!(result["baselineState"], "updated");
    assert_eq!(
        result["provenance"]["firstDetectionTimeUtc"],
        "2026-02-03T04:05:06Z"
    );
    assert_eq!(
        result["provenance"]["lastDetectionTimeUtc"],
        "2020-02-02T00:00:00Z"
    );
    for _ in 0..2 {
        let (reports, findings) = read_again(&log);
        assert_eq!(
            findings[0].known.first_seen.as_deref(),
            Some("2026-02-03T04:05:06Z")
        );
        assert_eq!(findings[0].known.state, None);
        log = converted(&reports, &findings);
    }
    let text = String::from_utf8(log).expect("UTF-8");
    for (date, expected) in [
        ("2026-02-03T05:05:06.9+01:00", Some("2026-02-03T04:05:06Z")),
        ("yesterday", None),
        ("2026-02-30T00:00:00Z", None),
        ("", None),
    ] {
        let other = text.replace("2026-02-03T04:05:06Z", date);
        let (_, findings) = read_again(other.as_bytes());
        assert_eq!(findings[0].known.first_seen.as_deref(), expected, "{date}");
    }
}
