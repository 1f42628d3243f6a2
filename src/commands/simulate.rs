//! `simulate`: what would change under other rules, over the same reports.

use std::io::{self, Read as _};
use std::time::SystemTime;

use serde_json::{Value, json};

use super::world::{World, print};
use super::{Format, FormatError, json as pretty};
use crate::cli::Run;
use crate::exit::{self, End};
use crate::facts::{Case, Hub};
use crate::gate::judge;
use crate::model::{Conclusion, Finding, Judged, Verdict};
use crate::render::escape::terminal_text;
use crate::render::place_withheld;
use crate::render::terminal::{Page, Paint, Style};
use crate::run::prepare;
use crate::settings::{Inputs, Settings};
use crate::syntax::MAX_DOCUMENT_BYTES;

/// Characters of a name.
const NAME: usize = 100;
/// Findings that are listed for each change; JSON lists all.
const LISTED: usize = 20;

/// A judgement and what it was made of.
struct Judgement {
    settings: Settings,
    case: Case,
    verdict: Verdict,
}

/// Judges the same reports twice: by the rules in force, and by those that the flags make of them.
pub(super) fn simulate(world: &World, arguments: Run) -> anyhow::Result<u8> {
    if !matches!(world.format, Format::Text | Format::Json) {
        anyhow::bail!(FormatError::new("simulate", "text and json", world.format));
    }
    let flags = arguments.flags();
    let present = Inputs {
        reports: flags.reports.clone(),
        ..Inputs::default()
    };
    let now = SystemTime::now();
    // The reports are read twice, and standard input can be read once.
    let named = flags.reports.iter().flat_map(|list| &list.0);
    let mut stdin = Vec::new();
    if named
        .into_iter()
        .any(|entry| entry == "-" || entry.ends_with("=-"))
    {
        io::stdin()
            .take(MAX_DOCUMENT_BYTES)
            .read_to_end(&mut stdin)?;
    }
    let before = judged(world, present, now, &stdin)?;
    let after = judged(world, flags, now, &stdin)?;
    let changes = changes(&before, &after);
    match world.format {
        Format::Json => print(&pretty(&document(&before, &after, &changes))),
        _ => print(&page(world, &before, &after, &changes)),
    }
    Ok(exit::code(End::Done))
}

fn judged(
    world: &World,
    inputs: Inputs,
    now: SystemTime,
    mut stdin: &[u8],
) -> anyhow::Result<Judgement> {
    let settings = world.settings(inputs)?;
    let mut hub = Hub::of(&settings);
    let case = prepare(&settings, &mut stdin, now, &mut hub)?;
    let verdict = judge(&case.findings, &case.reports, &case.facts, &settings.policy);
    Ok(Judgement {
        settings,
        case,
        verdict,
    })
}

/// A finding that is judged otherwise; `None` where one side does not have it (an expired waiver is a finding of its own).
struct Change<'a> {
    finding: &'a Finding,
    before: Option<Judged>,
    after: Option<Judged>,
}

fn changes<'a>(before: &'a Judgement, after: &'a Judgement) -> Vec<Change<'a>> {
    let known: std::collections::BTreeMap<_, _> = before
        .case
        .findings
        .iter()
        .zip(&before.verdict.judged)
        .map(|(finding, judged)| (finding.fingerprint, (finding, *judged)))
        .collect();
    let mut seen = std::collections::BTreeSet::new();
    let mut changes: Vec<Change<'a>> = after
        .case
        .findings
        .iter()
        .zip(&after.verdict.judged)
        .filter_map(|(finding, judged)| {
            seen.insert(finding.fingerprint);
            let was = known.get(&finding.fingerprint).map(|(_, judged)| *judged);
            (was != Some(*judged)).then_some(Change {
                finding,
                before: was,
                after: Some(*judged),
            })
        })
        .collect();
    let gone = known.into_iter().filter(|(print, _)| !seen.contains(print));
    changes.extend(gone.map(|(_, (finding, judged))| Change {
        finding,
        before: Some(judged),
        after: None,
    }));
    changes.sort_by_key(|change| (change.after, change.before));
    changes.reverse();
    changes
}

fn word(judged: Option<Judged>) -> &'static str {
    judged.map_or("absent", Judged::word)
}

/// `sarif-gate/simulate/v1`.
fn document(before: &Judgement, after: &Judgement, changes: &[Change<'_>]) -> Value {
    let side = |judgement: &Judgement| {
        let verdict = &judgement.verdict;
        let thresholds: Vec<Value> = verdict
            .thresholds
            .iter()
            .map(|(severity, all, new)| {
                json!({ "severity": severity.word(), "findings": all, "new": new })
            })
            .collect();
        json!({
            "verdict": verdict.conclusion.word(),
            "reason": verdict.reason,
            "total": verdict.counts.total,
            "blocking": verdict.counts.blocking,
            "warned": verdict.counts.warned,
            "excused": verdict.counts.excused,
            "policy_digest": judgement.settings.policy.digest(&judgement.settings.severity_map),
            "thresholds": thresholds,
        })
    };
    let changes: Vec<Value> = changes
        .iter()
        .map(|change| {
            json!({
                "fingerprint": change.finding.fingerprint,
                "kind": change.finding.kind.word(),
                "rule": &*change.finding.rule,
                "severity": change.finding.severity.word(),
                "title": &*change.finding.title,
                "before": word(change.before),
                "after": word(change.after),
            })
        })
        .collect();
    json!({
        "schema": "sarif-gate/simulate/v1",
        "before": side(before),
        "after": side(after),
        "changes": changes,
    })
}

fn paint(conclusion: Conclusion) -> Paint {
    match conclusion {
        Conclusion::Pass => Paint::Green,
        Conclusion::Warn => Paint::Yellow,
        Conclusion::Fail | Conclusion::Incomplete => Paint::Red,
    }
}

fn page(world: &World, before: &Judgement, after: &Judgement, changes: &[Change<'_>]) -> String {
    let mut page = Page::new(Style {
        color: world.color,
        width: 100,
    });
    for (title, side) in [("Now", before), ("Then", after)] {
        let verdict = &side.verdict;
        let word = verdict.conclusion.word().to_uppercase();
        let word = page.paint(paint(verdict.conclusion), &word);
        let counts = &verdict.counts;
        page.line(&format!(
            "{title:<5} {word}  {} blocking, {} warned of, {} excused, {} in all",
            counts.blocking, counts.warned, counts.excused, counts.total
        ));
        page.hanging("", 0, 6, &terminal_text(&verdict.reason, 400));
    }
    if changes.is_empty() {
        page.line("");
        page.line("No finding is judged otherwise.");
    }
    let mut kinds: Vec<(Option<Judged>, Option<Judged>)> = changes
        .iter()
        .map(|change| (change.before, change.after))
        .collect();
    kinds.dedup();
    for (was, is) in kinds {
        let these: Vec<&Change<'_>> = changes
            .iter()
            .filter(|change| (change.before, change.after) == (was, is))
            .collect();
        page.heading(&format!("{} → {}: {}", word(was), word(is), these.len()));
        for change in these.iter().take(LISTED) {
            page.line(&format!("  {}", row(before, change.finding)));
        }
        let more = these.len().saturating_sub(LISTED);
        if more > 0 {
            page.line(&format!("  and {more} more; --format json lists all"));
        }
    }
    page.heading("A gate at one severity, by the rules then");
    for (severity, all, new) in &after.verdict.thresholds {
        let new = new.map_or(String::new(), |new| format!(", {new} of them new"));
        page.line(&format!(
            "  {:<9} would fail on {all}{new}",
            severity.word()
        ));
    }
    page.out()
}

fn row(side: &Judgement, finding: &Finding) -> String {
    let print = finding.fingerprint.to_string();
    let withheld = place_withheld(&side.settings.context, finding.kind);
    let place = finding.workspace_location().or(finding.locations.first());
    let place = place.filter(|_| !withheld).map(|place| {
        let line = place.start_line.map(|line| format!(":{line}"));
        format!(
            "{}{}",
            terminal_text(&place.path, NAME),
            line.unwrap_or_default()
        )
    });
    format!(
        "{}  {:<8}  {}  {}",
        print.get(..12).unwrap_or_default(),
        finding.severity.word(),
        terminal_text(&finding.rule, NAME),
        place.unwrap_or_default()
    )
}
