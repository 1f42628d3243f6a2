use super::*;
use crate::model::{Finding, Kind, Ruling, Severity, sample};
use Conclusion::{Fail, Incomplete, Pass, Warn};

/// One finding that was judged so and has this ruling.
fn outcome(now: Conclusion, judged: Judged, effect: Effect) -> Outcome {
    let finding = Finding::new(Kind::Code, "rule".into(), Severity::High, "title".into());
    let mut outcome = sample::outcome(vec![finding]);
    outcome.verdict.conclusion = now;
    outcome.verdict.judged = vec![judged];
    outcome.verdict.rulings = vec![vec![Ruling {
        by: "notify-on",
        term: None,
        effect,
        why: "".into(),
    }]];
    outcome
}

/// How many findings are told of, or why nothing is.
fn told_of(previous: Option<Conclusion>, outcome: &Outcome, by_row: bool) -> Result<usize, String> {
    noticed(outcome, previous, by_row).map(|notice| notice.findings.len())
}

#[test]
fn one_message_for_each_change() {
    for previous in [None, Some(Pass), Some(Warn), Some(Fail), Some(Incomplete)] {
        for now in [Pass, Warn, Fail, Incomplete] {
            let outcome = outcome(now, Judged::Fail, Effect::Block);
            let due = told_of(previous, &outcome, false);
            let expected = match previous {
                Some(previous) => previous != now,
                None => matches!(now, Fail | Incomplete),
            };
            assert_eq!(due.is_ok(), expected, "{previous:?} {now:?}");
            if let Err(why) = due {
                let word = format!("`{}`", now.word());
                assert!(
                    why.starts_with("nothing sent") && why.contains(&word),
                    "{why}"
                );
            }
        }
    }
}

#[test]
fn what_is_told_of_is_the_rows_choice_or_what_fails() {
    let failing = outcome(Fail, Judged::Fail, Effect::Block);
    assert_eq!(told_of(Some(Pass), &failing, false), Ok(1));
    let picked = outcome(Fail, Judged::Warn, Effect::Notify);
    assert_eq!(told_of(Some(Pass), &picked, false), Ok(0));
    assert_eq!(told_of(Some(Pass), &picked, true), Ok(1));
}

#[test]
fn a_row_that_picks_nothing_is_silent_but_not_about_the_end_of_trouble() {
    for (previous, now, due) in [
        (Some(Pass), Fail, false),
        (None, Fail, false),
        (Some(Pass), Warn, false),
        (Some(Warn), Pass, false),
        (Some(Incomplete), Fail, false),
        (Some(Fail), Pass, true),
        (Some(Fail), Warn, true),
        (Some(Incomplete), Pass, true),
        // What is missing may hide what the row would pick.
        (Some(Pass), Incomplete, true),
        (None, Incomplete, true),
    ] {
        let outcome = outcome(now, Judged::Fail, Effect::Block);
        let told = told_of(previous, &outcome, true);
        assert_eq!(told.is_ok(), due, "{previous:?} {now:?}");
        if let Err(why) = told {
            assert!(why.contains("`notify-on`"), "{why}");
        }
    }
}

#[test]
fn the_parts_of_an_address_that_open_it_are_secret() {
    let parts = |url: &str| {
        let parts = secret_parts(&Hidden::new(url));
        let parts = parts.iter().map(|part| part.reveal().to_owned());
        parts.collect::<Vec<String>>()
    };
    assert_eq!(
        parts("https://hooks.slack.com/services/T0AAAAAAA/B0BBBBBBB/abcdefghij"),
        ["T0AAAAAAA", "B0BBBBBBB", "abcdefghij"]
    );
    assert_eq!(
        parts("http://127.0.0.1:80/in?key=0123456789&x=y#0123456789"),
        ["0123456789", "0123456789"]
    );
    assert!(parts("https://example.com").is_empty());
}
