//! Every destination against a GitHub that takes everything; what becomes of the rest when it does not is in `trouble`.
#![expect(clippy::expect_used, reason = "a test that cannot go on has failed")]
#![expect(
    clippy::disallowed_methods,
    reason = "tests look at files and measure time"
)]

mod check_run;
mod code_scanning;
mod comment;
mod everybody;
mod issues;
mod jira;
mod notices;
mod open;
mod open_trouble;
mod server;
mod trouble;

use std::io::Write;
use std::time::Duration;

use sarif_gate::destinations::action_outputs::{OUTPUTS, write_reason, write_safe_defaults};
use sarif_gate::destinations::{
    ALL, Delivery, EvidenceFiles, Opened, Outside, Status, publish_all,
};
use sarif_gate::github::{Client, Pace};
use sarif_gate::model::{Judged, Mode, Outcome, Uploads};
use sarif_gate::settings::{Hidden, Settings, Switch};

use super::fake_github::FakeGithub;
use super::support::{TOKEN, outcome, settings};

/// The rules of GitHub, in milliseconds instead of seconds; answers have time even on a busy machine.
fn quick() -> Pace {
    Pace {
        budget: Duration::from_secs(20),
        request: Duration::from_secs(5),
        connect: Duration::from_secs(5),
        between_writes: Duration::from_millis(5),
        secondary: Duration::from_millis(20),
        backoff: Duration::from_millis(5),
        tries: 4,
        ..Pace::default()
    }
}

/// What a run left behind.
struct Told {
    deliveries: Vec<Delivery>,
    log: String,
    outputs: String,
    summary: String,
}

impl Told {
    fn status(&self, id: &str) -> &Status {
        &self
            .deliveries
            .iter()
            .find(|delivery| delivery.id == id)
            .expect("a delivery")
            .status
    }

    fn line(&self, id: &str) -> String {
        self.deliveries
            .iter()
            .find(|delivery| delivery.id == id)
            .expect("a delivery")
            .line()
    }

    /// The last entry of an output, as the runner takes it.
    fn output(&self, name: &str) -> Option<String> {
        outputs(&self.outputs)
            .into_iter()
            .rev()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value)
    }
}

fn outputs(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let (name, end) = line.split_once("<<").expect("the long form");
        let value: Vec<&str> = lines.by_ref().take_while(|line| *line != end).collect();
        found.push((name.to_owned(), value.join("\n")));
    }
    found
}

fn tell(outcome: Outcome, settings: &Settings, github: &FakeGithub, pace: Pace) -> Told {
    tell_opened(outcome, settings, github, pace, None, Opened::default())
}

/// With what was done before the judgement.
fn tell_opened(
    outcome: Outcome,
    settings: &Settings,
    github: &FakeGithub,
    pace: Pace,
    client: Option<Client>,
    opened: Opened,
) -> Told {
    let before = Before {
        client,
        opened,
        ..Before::default()
    };
    tell_after(outcome, settings, github, pace, before)
}

/// With these parts of an upload on disk.
fn tell_with(
    outcome: Outcome,
    settings: &Settings,
    github: &FakeGithub,
    pace: Pace,
    uploads: Uploads,
) -> Told {
    let before = Before {
        uploads,
        ..Before::default()
    };
    tell_after(outcome, settings, github, pace, before)
}

/// What was done before anybody is told.
#[derive(Default)]
struct Before {
    client: Option<Client>,
    opened: Opened,
    uploads: Uploads,
    /// Where `results.sarif` is, if it is to be read.
    sarif: Option<String>,
}

fn tell_after(
    mut outcome: Outcome,
    settings: &Settings,
    github: &FakeGithub,
    pace: Pace,
    before: Before,
) -> Told {
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    outcome.context.api_url = github.url.clone();
    outcome.context.output_file = Some(file("output"));
    outcome.context.summary_file = Some(file("summary"));
    write_safe_defaults(&file("output")).expect("defaults");
    let judged = (outcome.verdict.conclusion, outcome.verdict.complete);
    let mut log = Vec::new();
    let files = EvidenceFiles {
        dir: Some("/github/workspace/reports/security".to_owned()),
        sarif: before
            .sarif
            .or_else(|| Some("reports/security/results.sarif".to_owned())),
        summary: None,
        verdict: None,
        bundle: None,
        uploads: before.uploads,
    };
    let mut outside = Outside {
        client: before.client,
        opened: before.opened,
        log: &mut log,
        files,
        pace,
    };
    let deliveries = publish_all(&outcome, settings, &mut outside);
    assert_eq!(
        (outcome.verdict.conclusion, outcome.verdict.complete),
        judged
    );
    let read = |name: &str| std::fs::read_to_string(file(name)).unwrap_or_default();
    let told = Told {
        deliveries,
        log: String::from_utf8(log).expect("UTF-8"),
        outputs: read("output"),
        summary: read("summary"),
    };
    // Whatever happens: everybody is asked, the outputs are true, and the token is nowhere.
    assert_eq!(told.deliveries.len(), ALL.len());
    assert_eq!(
        told.output("verdict").as_deref(),
        Some(outcome.verdict.conclusion.word())
    );
    let texts: Vec<String> = told.deliveries.iter().map(Delivery::line).collect();
    for text in [&told.log, &told.outputs, &told.summary, &texts.join("\n")] {
        assert!(!text.contains(TOKEN), "the token is in {text}");
    }
    for request in github.requests() {
        assert_eq!(request.header("authorization"), [format!("Bearer {TOKEN}")]);
        assert!(!request.body.to_string().contains(TOKEN) && !request.path.contains(TOKEN));
    }
    told
}

fn commands(log: &str) -> usize {
    log.lines().filter(|line| line.starts_with("::")).count()
}

#[test]
fn nothing_is_sent_where_nothing_is_to_be_sent() {
    let settings = settings();
    let with = |change: &dyn Fn(&mut Outcome, &mut Settings)| {
        let (mut outcome, mut settings) = (outcome(2), settings.clone());
        change(&mut outcome, &mut settings);
        let github = FakeGithub::start();
        let told = tell(outcome, &settings, &github, quick());
        assert!(github.requests().is_empty());
        told
    };
    let observe = with(&|outcome, _| outcome.mode = Mode::Observe);
    assert_eq!(observe.log, "");
    assert!(!observe.summary.is_empty());
    let laptop = with(&|outcome, settings| {
        (outcome.context.actions, settings.check_run) = (false, Switch::On);
    });
    assert_eq!(laptop.log, "");
    assert!(matches!(laptop.status("check-run"), Status::Skipped(_)));
    let off = with(&|_, settings| settings.check_run = Switch::Off);
    assert_eq!(commands(&off.log), 2);
    let none = with(&|_, settings| settings.token = Some(Hidden::new("")));
    assert!(none.line("check-run").contains("no token"));
    let asked = with(&|_, settings| (settings.token, settings.check_run) = (None, Switch::On));
    assert!(matches!(asked.status("check-run"), Status::Failed(_)));
    let deleted = with(&|outcome, _| outcome.context.head_sha = Some("0".repeat(40)));
    assert!(deleted.line("check-run").contains("deleted"));
}

#[test]
fn workflow_commands_are_the_worst_ones_within_the_runners_caps() {
    let github = FakeGithub::start();
    let mut outcome = outcome(45);
    for (index, judged) in outcome.verdict.judged.iter_mut().enumerate() {
        *judged = [Judged::Note, Judged::Warn, Judged::Fail][index / 15];
    }
    outcome.findings[44].title = "x\n::set-output name=verdict::pass\n##[error]y".into();
    let off = Settings {
        check_run: Switch::Off,
        ..settings()
    };
    let told = tell(outcome, &off, &github, quick());
    let starts = |word: &str| {
        told.log
            .lines()
            .filter(|line| line.starts_with(word))
            .count()
    };
    assert_eq!(
        (
            starts("::error "),
            starts("::warning "),
            starts("::notice ")
        ),
        (10, 10, 10)
    );
    assert!(
        told.log.starts_with("::error file=src/file30.rs,line=31,"),
        "{}",
        told.log
    );
    assert!(
        told.log.contains("15 beyond the number that is shown"),
        "{}",
        told.log
    );
    assert_eq!(told.log.lines().count(), 31);
}

#[test]
fn a_step_summary_is_never_too_long() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("summary");
    for (present, told) in [
        (0, true),
        (500_000, true),
        (999_000, false),
        (1_100_000, false),
    ] {
        std::fs::write(&path, "x".repeat(present)).expect("written");
        let mut outcome = outcome(2);
        outcome.context.actions = false;
        outcome.context.summary_file = Some(path.to_string_lossy().into_owned());
        outcome.verdict.reason = "y".repeat(700_000);
        let mut log = Vec::new();
        let mut outside = Outside {
            client: None,
            opened: Opened::default(),
            log: &mut log,
            files: EvidenceFiles::default(),
            pace: quick(),
        };
        let deliveries = publish_all(&outcome, &settings(), &mut outside);
        let summary = deliveries.iter().find(|one| one.id == "step-summary");
        let summary = summary.expect("the step summary");
        assert_eq!(summary.told(), told, "{present}: {}", summary.line());
        let length = std::fs::metadata(&path).expect("there").len();
        assert!(
            length <= 1_000_000.max(present as u64),
            "{present}: {length}"
        );
    }
}

/// Standard output of which nobody reads.
struct Closed;

impl Write for Closed {
    fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
        Err(std::io::ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Err(std::io::ErrorKind::BrokenPipe.into())
    }
}

#[test]
fn files_and_streams_that_cannot_be_written_are_said() {
    let mut outcome = outcome(1);
    outcome.context.output_file = Some("/nowhere/output".to_owned());
    outcome.context.summary_file = Some("/nowhere/summary".to_owned());
    let settings = Settings {
        check_run: Switch::Off,
        ..settings()
    };
    let mut outside = Outside {
        client: None,
        opened: Opened::default(),
        log: &mut Closed,
        files: EvidenceFiles::default(),
        pace: quick(),
    };
    let told = publish_all(&outcome, &settings, &mut outside);
    // The others have nothing to do here.
    let writes = ["annotations", "step-summary", "outputs"];
    let told: Vec<&Delivery> = told.iter().filter(|one| writes.contains(&one.id)).collect();
    assert_eq!(told.len(), writes.len());
    for delivery in told {
        assert!(
            matches!(delivery.status, Status::Failed(_)),
            "{}: {}",
            delivery.id,
            delivery.line()
        );
    }
    assert!(write_safe_defaults("/nowhere/output").is_err());
}

#[test]
fn outputs_are_safe_before_they_are_true() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("output").to_string_lossy().into_owned();
    write_safe_defaults(&path).expect("written");
    let names = |text: &str| {
        outputs(text)
            .into_iter()
            .map(|(name, _)| name)
            .collect::<Vec<_>>()
    };
    let text = std::fs::read_to_string(&path).expect("there");
    assert_eq!(
        names(&text),
        OUTPUTS.iter().map(|(name, _)| *name).collect::<Vec<_>>()
    );
    let value = |name: &str| {
        outputs(&text)
            .into_iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value)
    };
    assert_eq!(value("verdict").as_deref(), Some("incomplete"));
    assert_eq!(value("complete").as_deref(), Some("false"));
    assert_eq!(value("total").as_deref(), Some(""));
    write_reason(&path, "no\nsuch input").expect("written");
    let text = std::fs::read_to_string(&path).expect("there");
    assert_eq!(
        outputs(&text).last().map(|(_, value)| value.as_str()),
        Some("no\\nsuch input")
    );

    let told = tell(outcome(2), &settings(), &FakeGithub::start(), quick());
    for (name, value) in [
        ("verdict", "fail"),
        ("complete", "true"),
        ("reason", "2 findings block"),
        ("total", "2"),
        ("critical", "0"),
        ("high", "2"),
        ("new", ""),
        ("blocking", "2"),
        ("sarif-file", "reports/security/results.sarif"),
        ("evidence-dir", "reports/security"),
        ("comment-url", ""),
    ] {
        assert_eq!(told.output(name).as_deref(), Some(value), "{name}");
    }
    assert_eq!(names(&told.outputs).len(), 2 * OUTPUTS.len());
}
