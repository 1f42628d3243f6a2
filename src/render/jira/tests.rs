use proptest::prelude::*;

use super::*;
use crate::causes::causes;
use crate::model::sample::outcome;
use crate::model::{Kind, Place, Severity};

fn finding(number: usize, title: &str) -> Finding {
    let mut finding = Finding::new(Kind::Code, "rules.xss".into(), Severity::High, title.into());
    let line = u32::try_from(number).unwrap() + 1;
    let mut location = Location::new(format!("src/größe{number:04}.rs").into(), Some(line));
    location.place = Place::Workspace;
    finding.locations.push(location);
    finding
}

fn within(outcome: &Outcome, budget: usize) -> Value {
    let causes = causes(outcome, |_| true);
    let [cause] = causes.as_slice() else {
        panic!("one cause")
    };
    description(&Story::of(outcome, cause), true, budget)
}

fn many(count: usize) -> Outcome {
    outcome((0..count).map(|number| finding(number, "ü ✖ €")).collect())
}

fn rows(document: &Value) -> usize {
    document.to_string().matches("\"tableRow\"").count() - 1
}

#[test]
fn one_byte_decides() {
    let outcome = many(20);
    let whole = within(&outcome, DESCRIPTION_BYTES);
    let size = length(&whole);
    assert!(rows(&whole) == 20 && !whole.to_string().contains("Shown"));
    assert_eq!(within(&outcome, size), whole);
    assert_eq!(within(&outcome, size + 1), whole);
    let cut = within(&outcome, size - 1);
    assert!(
        length(&cut) < size && cut.to_string().contains("Shown 19 of 20;"),
        "{cut}"
    );
}

#[test]
fn what_does_not_fit_is_said() {
    let long = "€".repeat(500);
    for count in [1, 49, 50, 51, 1_500] {
        let findings = (0..count).map(|number| finding(number, &long));
        let outcome = outcome(findings.collect());
        let causes = causes(&outcome, |_| true);
        let issue = issue(&outcome, &causes[0]);
        let text = issue.description.to_string();
        assert!(text.len() <= DESCRIPTION_BYTES);
        let shown = rows(&issue.description);
        let all = grouped(count as u64);
        match shown == count {
            true => assert!(!text.contains("Shown")),
            false => assert!(text.contains(&format!("Shown {shown} of {all};")), "{text}"),
        }
        assert!(count < 50 || (30..=50).contains(&shown), "{shown}");
    }
}

#[test]
fn a_summary_is_one_short_line() {
    let mut finding = finding(0, "x");
    finding.rule = format!("a\nb\u{202e}{}", "ö".repeat(400)).into();
    let mut outcome = outcome(vec![finding]);
    outcome.context.repository = Some("o/".to_owned() + &"r".repeat(200));
    let causes = causes(&outcome, |_| true);
    let summary = issue(&outcome, &causes[0]).summary;
    assert_eq!(summary.chars().count(), SUMMARY_CHARS);
    assert!(
        !summary.contains(['\n', '\u{202e}']) && summary.ends_with('…'),
        "{summary}"
    );
}

#[test]
fn only_what_matters_changes_the_hash() {
    let hash = |outcome: &Outcome| {
        let causes = causes(outcome, |_| true);
        issue(outcome, &causes[0]).hash
    };
    let before = many(3);
    let same = |change: &dyn Fn(&mut Outcome)| {
        let mut after = many(3);
        change(&mut after);
        hash(&after) == hash(&before)
    };
    assert!(same(&|_| {}));
    assert!(same(&|after| after.findings.reverse()));
    assert!(same(
        &|after| after.findings[1].locations[0].start_line = Some(900)
    ));
    assert!(same(&|after| after.context.run_id = Some("43".to_owned())));
    assert!(same(&|after| after.context.head_sha = Some("1".repeat(40))));
    assert!(same(
        &|after| after.started = "2027-01-01T00:00:00Z".to_owned()
    ));
    assert!(!same(
        &|after| after.findings[1].severity = Severity::Critical
    ));
    assert!(!same(
        &|after| after.findings[1].locations[0].path = "b".into()
    ));
    assert!(!same(&|after| after.findings.truncate(2)));
    assert!(!same(&|after| after.findings[0].title = "other".into()));
}

#[test]
fn files_are_linked_on_the_branch() {
    let mut finding = finding(6, "x");
    finding.locations[0].path = "a b/c#d?e%20.rs".into();
    let outcome = outcome(vec![finding]);
    let text = within(&outcome, DESCRIPTION_BYTES).to_string();
    let page = "https://github.com/octo/repo/blob/main/a%20b/c%23d%3Fe%2520.rs#L7";
    assert!(text.contains(page), "{text}");
}

#[test]
fn comments_say_who_and_what() {
    let outcome = many(1);
    let said = fixed(&outcome, &["trivy", "<b>\u{202e}"], true).to_string();
    assert!(
        said.contains("complete reports of trivy, <b>⟨U+202E⟩ no longer find it."),
        "{said}"
    );
    assert!(said.contains("https://github.com/octo/repo/actions/runs/42"));
    assert!(
        fixed(&outcome, &["a"; 9], false)
            .to_string()
            .contains("and 3 more no longer")
    );
    assert!(
        returned(&outcome, false)
            .to_string()
            .contains("reopen the issue yourself")
    );
}

proptest! {
    #[test]
    fn any_text_gives_a_document_within_the_budget(
        texts in prop::collection::vec(any::<String>(), 1..6),
        budget in 4_000usize..9_000,
    ) {
        let findings: Vec<Finding> = texts
            .iter()
            .enumerate()
            .map(|(number, text)| {
                let mut finding = finding(number, text);
                finding.link = Some(text.as_str().into());
                finding.locations[0].path = text.as_str().into();
                finding
            })
            .collect();
        let document = within(&outcome(findings), budget);
        prop_assert!(length(&document) <= budget);
        let mut open = vec![&document];
        while let Some(node) = open.pop() {
            prop_assert!(node["text"].as_str() != Some(""));
            open.extend(node["content"].as_array().into_iter().flatten());
        }
    }
}
