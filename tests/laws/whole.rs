//! The whole way in one process: what is written is valid, within GitHub's limits, and the same every time.

use super::*;

/// The whole way in this process, at a fixed time.
pub(super) struct Judged {
    folder: tempfile::TempDir,
    pub(super) run: run::Run,
}

impl Judged {
    fn evidence(&self, name: &str) -> String {
        let path = self.folder.path().join("reports/security").join(name);
        std::fs::read_to_string(path).expect("evidence")
    }

    fn has(&self, name: &str) -> bool {
        let path = self.folder.path().join("reports/security").join(name);
        path.is_file()
    }

    fn verdict(&self) -> Value {
        serde_json::from_str(&self.evidence("verdict.json")).expect("JSON")
    }

    pub(super) fn prints(&self) -> BTreeSet<String> {
        let findings = self.run.outcome.findings.iter();
        findings
            .map(|finding| finding.fingerprint.to_string())
            .collect()
    }
}

/// Judges files of a new workspace: those that end in `.json` or `.sarif` are the reports.
pub(super) fn judge(
    files: &[(String, Vec<u8>)],
    variables: &[(&str, &str)],
    event: &str,
) -> Judged {
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
        at_signal: &mut |_| (),
        now: SystemTime::UNIX_EPOCH + Duration::from_secs(1_780_000_000),
    };
    let run = run::run(&settings, &mut outside).expect("a run");
    Judged { folder, run }
}

/// Files of a folder of this repository, under another name in the workspace.
pub(super) fn files(folder: &str, to: &str) -> Vec<(String, Vec<u8>)> {
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
        serde_json::from_str(include_str!("../schemas/sarif-2.1.0.json")).expect("a schema");
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

/// Each part keeps GitHub's limits, together they have every run, and what is not in them is said.
fn check_upload(judged: &Judged) {
    let mut categories = BTreeSet::new();
    let mut results = 0;
    for part in 1.. {
        let name = match part {
            1 => "upload.sarif".to_owned(),
            part => format!("upload-{part}.sarif"),
        };
        if !judged.has(&name) {
            assert!(part > 1, "no {name}");
            break;
        }
        let log: Value = serde_json::from_str(&judged.evidence(&name)).expect("JSON");
        check_limits(&log, &name);
        for run in log["runs"].as_array().expect("runs") {
            let id = run["automationDetails"]["id"].as_str().expect("an id");
            assert!(id.starts_with("sarif-gate/") && id.ends_with('/'), "{id}");
            assert!(categories.insert(id.to_owned()), "{id} twice");
            results += run["results"].as_array().expect("results").len();
        }
    }
    let all = judged.run.outcome.findings.len();
    assert!(results <= all && results > 0);
    if results < all {
        let page = judged.evidence("summary.md");
        assert!(
            page.contains("upload.sarif"),
            "what is left out is not said"
        );
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
    // In Actions the gate has looked at itself, and code scanning is told that it saw nothing.
    for (judged, name, own) in [
        (&proposal, "upload.sarif", vec![0]),
        (&proposal, "results.sarif", vec![]),
        (&branch, "upload.sarif", vec![]),
    ] {
        let log: Value = serde_json::from_str(&judged.evidence(name)).expect("JSON");
        let runs = log["runs"].as_array().expect("runs").iter();
        let of_own = runs.filter(|run| run["tool"]["driver"]["name"] == "sarif-gate");
        let results = of_own.map(|run| run["results"].as_array().expect("results").len());
        assert_eq!(results.collect::<Vec<_>>(), own, "{name}");
        if name == "upload.sarif" {
            check_limits(&log, name);
        }
    }
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
