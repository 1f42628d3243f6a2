//! The limits of Slack and of the document, at the limit and one beyond.

use sarif_gate::model::{Demand, Effect, Finding, Judged, Kind, Outcome, Severity};
use sarif_gate::render::slack::{limits, message};
use sarif_gate::render::webhook::{DOCUMENT_BYTES, FINDINGS, document};
use serde_json::Value;

use super::super::{plain, text, vulnerability};
use super::{check, notice, parsed, texts, told};

#[test]
fn the_header_is_cut_at_its_limit_and_not_before() {
    let (_, mut outcome) = told().swap_remove(0);
    let header = |outcome: &Outcome| texts(&message(&notice(outcome, None)))[0].1.clone();
    outcome.context.repository = Some(String::new());
    let own = header(&outcome).len();
    for (letter, more) in [("a", "a"), ("é", "é"), ("✖", "a")] {
        let room = limits::HEADER_BYTES - own;
        let name = letter.repeat(room / letter.len()) + &"a".repeat(room % letter.len());
        outcome.context.repository = Some(name.clone());
        let whole = header(&outcome);
        assert!(
            whole.len() == limits::HEADER_BYTES && whole.ends_with(&name),
            "{whole}"
        );
        outcome.context.repository = Some(name + more);
        let cut = header(&outcome);
        assert!(
            cut.len() <= limits::HEADER_BYTES && cut.ends_with('…'),
            "{cut}"
        );
    }
}

#[test]
fn what_is_not_shown_is_counted() {
    let (_, mut outcome) = told().swap_remove(0);
    for steps in 1..9_usize {
        outcome.findings.clear();
        outcome.verdict.judged = vec![Judged::Fail; steps];
        for number in 0..steps {
            let rule = format!("rule{number}");
            let found = plain(Kind::Code, &rule, Severity::High, "x", "a.rs", 1);
            outcome.findings.push(found);
        }
        let sent = texts(&message(&notice(&outcome, None)))[2].1.clone();
        assert_eq!(sent.matches("▲ high").count(), steps.min(5), "{sent}");
        let said = format!("Shown 5 of {steps} steps");
        assert_eq!(sent.contains(&said), steps > 5, "{sent}");
    }
}

#[test]
fn a_section_is_filled_to_its_limit_by_whole_lines() {
    // Limits on numbers have three names in a line.
    let (_, mut outcome) = told().swap_remove(0);
    let mut most = 0;
    let mut left_out = false;
    for length in 0..90 {
        let name = "✖".repeat(length);
        outcome.verdict.judged = vec![Judged::Fail; 5];
        outcome.findings = (0..5)
            .map(|number| {
                let rule = format!("{number}{name}");
                let mut found = plain(Kind::Quality, &rule, Severity::High, "x", &name, 1);
                found.demand = Some(Box::new(Demand {
                    term: text(&name),
                    effect: Effect::Block,
                    why: text("x"),
                }));
                found
            })
            .collect();
        let sent = message(&notice(&outcome, None));
        check(&sent);
        let section = texts(&sent)[2].1.clone();
        let shown = section.matches("▲ high").count();
        assert_eq!(
            section.contains(&format!("Shown {shown} of 5 steps")),
            shown < 5,
            "{section}"
        );
        most = most.max(section.len());
        left_out |= shown < 5;
    }
    assert!(left_out && most > limits::SECTION_BYTES / 5 * 4, "{most}");
}

fn many(count: usize, letter: &str) -> Outcome {
    let (_, mut outcome) = told().swap_remove(0);
    let long = letter.repeat(200);
    outcome.findings = (0..count)
        .map(|_| {
            let mut found: Finding = vulnerability(&long, Severity::High, &long, &long, &[]);
            found.locations[0].path = text(&long);
            found
        })
        .collect();
    outcome.verdict.judged = vec![Judged::Fail; count];
    outcome
}

#[test]
fn the_document_ends_at_its_limit_and_counts_what_it_leaves_out() {
    for (count, shown) in [(0, 0), (FINDINGS, FINDINGS), (FINDINGS + 1, FINDINGS)] {
        let sent = parsed(&notice(&many(count, "a"), None));
        assert_eq!(sent["findings"].as_array().unwrap().len(), shown);
        assert_eq!(sent["told"], count);
    }
    let mut filled = 0;
    for letter in ["é", "✖", "\"", "\u{202e}"] {
        let mut outcome = many(FINDINGS, letter);
        outcome.verdict.reason = String::new();
        let length = |outcome: &Outcome| document(&notice(outcome, None), "id").unwrap().len();
        let shown = |outcome: &Outcome| {
            let sent = document(&notice(outcome, None), "id").unwrap();
            let sent: Value = serde_json::from_str(&sent).unwrap();
            sent["findings"].as_array().unwrap().len()
        };
        let before = shown(&outcome);
        assert!(before < FINDINGS, "{letter}");
        // The reason fills what is left: names of 200 characters leave more than it has characters.
        let room = DOCUMENT_BYTES - length(&outcome);
        let wide = (room / 3).min(1_000);
        let narrow = room - 3 * wide;
        if wide + narrow > 1_000 {
            continue;
        }
        outcome.verdict.reason = "✖".repeat(wide) + &"a".repeat(narrow);
        assert_eq!(
            (length(&outcome), shown(&outcome)),
            (DOCUMENT_BYTES, before),
            "{letter}"
        );
        outcome.verdict.reason.push('a');
        assert!(length(&outcome) < DOCUMENT_BYTES, "{letter}");
        assert_eq!(shown(&outcome), before - 1, "{letter}");
        filled += 1;
    }
    assert!(filled > 1);
}
