//! `sla`: how long a finding of a severity may stay. From the day after its last one it blocks, whatever the rows say.

use super::{Case, Docket, Judge, Phase, Rule, Said, Standing};
use crate::gate::Policy;
use crate::model::{Day, Effect, Ruling, Severity, Text};

/// The id, and the name of the config key.
const ID: &str = "sla";

pub(super) const RULE: Rule = Rule {
    id: ID,
    what: "Blocks findings that have stayed for longer than `sla` allows for their severity",
    phase: Phase::Weigh,
    configure,
};

fn configure(policy: &Policy) -> Judge {
    let sla = policy.sla.clone();
    Box::new(move |docket| judge(&sla, docket))
}

fn judge(sla: &[(Severity, u32)], docket: &Docket<'_>) -> Said {
    let mut said = Said::default();
    if sla.is_empty() {
        return said;
    }
    let today = Day::read(&docket.facts.today);
    let mut undated = 0_u64;
    for case in docket.cases() {
        if case.standing == Standing::Excluded {
            continue;
        }
        // Of two entries for one severity the stricter one.
        let days = sla
            .iter()
            .filter(|(severity, _)| *severity == case.severity);
        let Some(days) = days.map(|(_, days)| *days).min() else {
            continue;
        };
        match today.and_then(|today| weigh(&case, days, today)) {
            Some((effect, why)) => {
                let ruling = Ruling {
                    by: ID,
                    term: Some(Text::from(format!("{} {days}d", case.severity.word()))),
                    effect,
                    why: Text::from(why),
                };
                said.rulings.push((case.index, ruling));
            }
            None => undated += 1,
        }
    }
    said.remarks.extend(remark(undated, docket));
    said
}

/// What the dates say; `None` where one of them is missing, or the finding was first seen in the future.
fn weigh(case: &Case<'_>, days: u32, today: Day) -> Option<(Effect, String)> {
    let seen = Day::read(case.finding.known.first_seen.as_deref()?)?;
    today.since(seen)?;
    let Some(due) = seen.plus(days) else {
        return Some((
            Effect::Ignore,
            "due after the end of the calendar".to_owned(),
        ));
    };
    Some(match today.since(due) {
        None | Some(0) => (
            Effect::Ignore,
            format!("first seen {seen}, due {due}; it blocks from the day after"),
        ),
        Some(over) => (
            Effect::Block,
            format!(
                "first seen {seen}, due {due}, {over} {} over",
                if over == 1 { "day" } else { "days" }
            ),
        ),
    })
}

fn remark(undated: u64, docket: &Docket<'_>) -> Option<String> {
    if docket.facts.past.compared().is_none() {
        return Some(
            "`sla` cannot be measured: without a baseline nobody knows when findings were first seen".to_owned(),
        );
    }
    match undated {
        0 => None,
        1 => Some("`sla` cannot be measured for 1 finding that has no first-seen date".to_owned()),
        _ => Some(format!(
            "`sla` cannot be measured for {undated} findings that have no first-seen date"
        )),
    }
}
