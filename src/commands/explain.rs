//! `explain`: why one finding blocks or does not, with everything that was tried on it.

use std::io;
use std::time::SystemTime;

use serde_json::{Value, json};

use super::which;
use super::world::{World, complain, print};
use super::{Format, FormatError, json as pretty};
use crate::cli::Explain;
use crate::exit::{self, End};
use crate::facts::{Case, Hub};
use crate::gate::explain::{Tried, explain as tried};
use crate::gate::{Row, judge};
use crate::model::{Effect, Finding, Fix, Judged, Past, State, Verdict};
use crate::render::escape::terminal_text;
use crate::render::place_withheld;
use crate::render::terminal::{Page, Paint, Style};
use crate::run::prepare;
use crate::settings::Settings;

/// Characters of a name.
const NAME: usize = 120;
/// Characters of a sentence.
const SENTENCE: usize = 600;
/// Columns of what was tried, before the reasons.
const HEAD: usize = 34;

/// Reads, judges, and says why. Nothing is written and nobody is told.
pub(super) fn explain(world: &World, arguments: Explain) -> anyhow::Result<u8> {
    if !matches!(world.format, Format::Text | Format::Json) {
        anyhow::bail!(FormatError::new("explain", "text and json", world.format));
    }
    let id = arguments.id.clone();
    let settings = world.settings(arguments.flags())?;
    let mut hub = Hub::of(&settings);
    let case = prepare(&settings, &mut io::stdin(), SystemTime::now(), &mut hub)?;
    let verdict = judge(&case.findings, &case.reports, &case.facts, &settings.policy);
    let finding = which::find(&case.findings, &id)?;
    let mut all = case.findings.iter();
    let Some(index) = all.position(|one| std::ptr::eq(one, finding)) else {
        anyhow::bail!("the finding is not among those that were judged");
    };
    let all = tried(
        index,
        &case.findings,
        &verdict,
        &case.facts,
        &settings.policy,
    );
    let judged = verdict.judged.get(index).copied().unwrap_or(Judged::Ignore);
    for report in &case.reports {
        if let Some(problem) = report.status.problem() {
            complain(&format!("{}: {problem}", report.input.path));
        }
    }
    match world.format {
        Format::Json => print(&pretty(&document(finding, judged, &all))),
        _ => print(&page(
            world, &settings, &case, &verdict, finding, judged, &all,
        )),
    }
    Ok(exit::code(End::Done))
}

/// `sarif-gate/explain/v1`.
fn document(finding: &Finding, judged: Judged, all: &[Tried]) -> Value {
    let tried: Vec<Value> = all
        .iter()
        .map(|one| {
            json!({
                "by": one.by,
                "term": one.term,
                "effect": one.effect.map(Effect::word),
                "why": one.why,
            })
        })
        .collect();
    json!({
        "schema": "sarif-gate/explain/v1",
        "fingerprint": finding.fingerprint,
        "kind": finding.kind.word(),
        "rule": &*finding.rule,
        "severity": finding.severity.word(),
        "title": &*finding.title,
        "state": finding.known.state.map(State::word),
        "first_seen": finding.known.first_seen.as_deref(),
        "outcome": judged.word(),
        "tried": tried,
    })
}

fn name(text: &str) -> String {
    terminal_text(text, NAME)
}

fn page(
    world: &World,
    settings: &Settings,
    case: &Case,
    verdict: &Verdict,
    finding: &Finding,
    judged: Judged,
    all: &[Tried],
) -> String {
    let mut page = Page::new(Style {
        color: world.color,
        width: 100,
    });
    let rule = page.paint(Paint::Bold, &name(&finding.rule));
    page.line(&format!(
        "{rule}  {}",
        terminal_text(&finding.title, SENTENCE)
    ));
    for line in what(settings, case, finding) {
        page.hanging(" ", 1, 2, &line);
    }
    page.line("");
    let (paint, said) = outcome(judged);
    let said = page.paint(paint, said);
    let width = outcome(judged).1.chars().count() + 1;
    page.hanging(&said, width - 1, width, &because(all, judged));
    page.heading("What was looked at, in this order");
    let head = |one: &Tried| match &one.term {
        Some(term) => format!("{} {}", name(&one.by), name(term)),
        None => name(&one.by),
    };
    let widest = all.iter().map(|one| head(one).chars().count()).max();
    let column = widest.unwrap_or_default().min(HEAD) + 6;
    // What a row would have done to a finding that is excused or set aside is shown, and that it did not.
    let lifted = matches!(judged, Judged::Excused | Judged::Ignore);
    for one in all {
        let row = lifted && Row::ALL.iter().any(|row| row.word() == one.by);
        let (paint, mark) = mark(one.effect.filter(|_| !row));
        let head = head(one);
        let width = 4 + head.chars().count();
        let lead = format!("  {} {head}", page.paint(paint, mark));
        let mut why = terminal_text(&one.why, SENTENCE);
        if row && one.effect.is_some() {
            why.push_str(", which counts for nothing here: see above");
        }
        if width + 2 > column {
            page.line(&lead);
            page.hanging("", 0, column, &why);
        } else {
            page.hanging(&lead, width, column, &why);
        }
    }
    let asked = ["waivers", "vex"]
        .into_iter()
        .filter(|by| !all.iter().any(|one| one.by == *by));
    for by in asked {
        let count = match by {
            "vex" => case.facts.vex.len(),
            _ => case.facts.waivers.len(),
        };
        let what = if by == "vex" {
            "VEX statements"
        } else {
            "waivers"
        };
        let said = match count {
            0 => format!("There are no {what}."),
            count => format!("None of the {count} {what} is about it."),
        };
        page.hanging("  ·", 3, 4, &said);
    }
    page.heading("Next");
    for line in next(finding, judged, verdict) {
        page.hanging("  →", 3, 4, &line);
    }
    page.out()
}

/// What the finding is, in lines.
fn what(settings: &Settings, case: &Case, finding: &Finding) -> Vec<String> {
    let mut lines = vec![format!(
        "{}, {}, fingerprint {}",
        finding.kind.word(),
        finding.severity.word(),
        finding.fingerprint
    )];
    if let Some(package) = &finding.package {
        let version = package.version.as_deref().unwrap_or("of unknown version");
        let fixed: Vec<String> = package.fixed.iter().map(|one| name(one)).collect();
        let fix = match (fixed.is_empty(), package.fix) {
            (false, _) => format!(", fixed in {}", fixed.join(", ")),
            (true, Fix::None) => ", without a fix".to_owned(),
            (true, _) => String::new(),
        };
        lines.push(format!(
            "package {} {}{fix}",
            name(&package.name),
            name(version)
        ));
    }
    if !place_withheld(&settings.context, finding.kind) {
        let place = finding.workspace_location().or(finding.locations.first());
        if let Some(place) = place {
            let line = place.start_line.map(|line| format!(":{line}"));
            lines.push(format!(
                "in {}{}",
                name(&place.path),
                line.unwrap_or_default()
            ));
        }
    }
    let sources: Vec<String> = finding
        .sources
        .iter()
        .map(|source| format!("{} ({})", name(&source.tool), source.severity.word()))
        .collect();
    lines.push(format!("said by {}", sources.join(", ")));
    let past = match (&case.facts.past, finding.known.state) {
        (Past::Missing(why), _) => {
            format!("there is no baseline: {}", terminal_text(why, SENTENCE))
        }
        (_, Some(State::New)) => "not in the baseline".to_owned(),
        (_, Some(state)) => format!("in the baseline, {}", state.word()),
        _ => String::new(),
    };
    let seen = finding.known.first_seen.as_deref();
    let seen = seen.map(|seen| format!("first seen {}", name(seen)));
    let parts: Vec<String> = [Some(past), seen]
        .into_iter()
        .flatten()
        .filter(|part| !part.is_empty())
        .collect();
    if !parts.is_empty() {
        lines.push(parts.join(", "));
    }
    if let Some(component) = &finding.known.component {
        lines.push(format!("component {}", name(component)));
    }
    lines
}

fn outcome(judged: Judged) -> (Paint, &'static str) {
    match judged {
        Judged::Fail => (Paint::Red, "It blocks:"),
        Judged::Warn => (Paint::Yellow, "It warns:"),
        Judged::Note => (Paint::Cyan, "It is noted:"),
        Judged::Ignore => (Paint::Dim, "It does not count:"),
        Judged::Excused => (Paint::Green, "It is excused and cannot block:"),
    }
}

/// The ruling that decided, in words.
fn because(all: &[Tried], judged: Judged) -> String {
    let effects: &[Effect] = match judged {
        Judged::Fail => &[Effect::Block],
        Judged::Warn => &[Effect::Warn],
        Judged::Note => &[Effect::Note],
        Judged::Excused => &[Effect::Excuse],
        Judged::Ignore => &[Effect::Exclude],
    };
    let decided = all
        .iter()
        .find(|one| one.effect.is_some_and(|effect| effects.contains(&effect)));
    match decided {
        Some(one) => {
            let term = one.term.as_deref().map(|term| format!(" {}", name(term)));
            let by = format!("{}{}", name(&one.by), term.unwrap_or_default());
            match one.why.as_str() {
                "matches" => format!("{by} matches."),
                why => format!(
                    "{by}: {}.",
                    terminal_text(why, SENTENCE).trim_end_matches('.')
                ),
            }
        }
        None => "no rule takes it.".to_owned(),
    }
}

fn mark(effect: Option<Effect>) -> (Paint, &'static str) {
    match effect {
        Some(Effect::Block) => (Paint::Red, "✖"),
        Some(Effect::Warn) => (Paint::Yellow, "▲"),
        Some(Effect::Excuse) => (Paint::Green, "✔"),
        Some(Effect::Note) => (Paint::Cyan, "■"),
        Some(Effect::Exclude) => (Paint::Cyan, "○"),
        Some(Effect::Issue | Effect::Notify) => (Paint::Cyan, "→"),
        Some(Effect::Ignore) | None => (Paint::Dim, "·"),
    }
}

fn next(finding: &Finding, judged: Judged, verdict: &Verdict) -> Vec<String> {
    let id = finding.fingerprint.to_string();
    let id = id.get(..12).unwrap_or_default();
    let mut lines = Vec::new();
    if judged == Judged::Fail {
        let fixed = finding.package.as_ref().and_then(|package| {
            let first = package.fixed.first()?;
            Some(format!(
                "Upgrade {} to {}.",
                name(&package.name),
                name(first)
            ))
        });
        lines.extend(fixed);
        lines.push(format!(
            "Not a real problem, or accepted for a time? `sarif-gate waive {id}` writes the entry for review."
        ));
    }
    lines.push(format!(
        "What other rules would do: `sarif-gate simulate`. The verdict on everything is {}.",
        verdict.conclusion.word()
    ));
    lines
}
