//! Waivers: findings that the maintainers excuse, until a day. What nearly excuses one is said of it, too.

use std::collections::{BTreeMap, BTreeSet};

use super::{Case, Docket, Judge, Phase, Rule, Said, Standing};
use crate::gate::waivers::{IGNORED, Limits, Ready, Waiver, by_place, lacks, refusal, rules_of};
use crate::gate::{Policy, plain};
use crate::model::{Effect, Ruling, Text};

mod tally;

use tally::Tally;

/// The id, and the name of the input.
const ID: &str = "waivers";

/// Most waivers that are told to have come near to one finding.
const NEAR_MOST: usize = 5;

pub(super) const RULE: Rule = Rule {
    id: ID,
    what: "Excuses findings that a waiver covers, and says of those that it nearly covers what differs",
    phase: Phase::Excuse,
    configure,
};

fn configure(policy: &Policy) -> Judge {
    let limits = policy.waiver_limits.clone();
    Box::new(move |docket| judge(&limits, docket))
}

/// What a waiver that names a finding comes to.
enum Answer {
    Excuses,
    /// It would, but its last day is over or the limits are against it.
    Void(Void, String),
    /// Something else that it says does not hold.
    Differs(String),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Void {
    Expired,
    Refused,
}

fn judge(limits: &Limits, docket: &Docket<'_>) -> Said {
    let mut said = Said::default();
    let mut waivers: Vec<&Waiver> = docket.facts.waivers.iter().collect();
    waivers.sort_by(|a, b| by_place(a, b));
    let ready: Vec<Ready<'_>> = waivers.iter().map(|waiver| Ready::new(waiver)).collect();
    let index = index(&waivers);
    let mut tally: Vec<Tally<'_>> = waivers
        .iter()
        .map(|waiver| Tally::new(waiver, lacks(waiver, limits)))
        .collect();
    let today = docket.facts.today.as_str();
    for case in docket.cases() {
        if waivers.is_empty() || case.standing == Standing::Excluded {
            continue;
        }
        let (mut excuse, mut void, mut near) = (None, Vec::new(), Vec::new());
        for number in named(&case, &index) {
            let (Some(ready), Some(tally)) = (ready.get(number), tally.get_mut(number)) else {
                continue;
            };
            match answer(ready, &case, limits, today) {
                Answer::Excuses => {
                    tally.excused += 1;
                    excuse = excuse.or(Some(ready.waiver));
                }
                Answer::Void(reason, why) => {
                    if reason == Void::Refused {
                        tally.refuse(&why);
                    }
                    void.push((ready.waiver, why));
                }
                Answer::Differs(why) => {
                    tally.misses(&why);
                    near.push((ready.waiver, why));
                }
            }
        }
        match excuse {
            Some(waiver) => said
                .rulings
                .push((case.index, ruling(waiver, Effect::Excuse, grounds(waiver)))),
            None => {
                // Those that only time or the limits are against are the nearest.
                void.append(&mut near);
                let missed = nearest(void).into_iter();
                said.rulings.extend(missed.map(|miss| (case.index, miss)));
            }
        }
    }
    tally::conclude(&tally, limits, today, &mut said);
    said
}

/// Numbers of waivers by the ids and fingerprints that they name, in lower case.
fn index(waivers: &[&Waiver]) -> BTreeMap<String, Vec<usize>> {
    let mut index: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (number, waiver) in waivers.iter().enumerate() {
        let said = &waiver.covers;
        for id in said.rules.iter().chain(&said.fingerprints) {
            index
                .entry(id.to_ascii_lowercase())
                .or_default()
                .push(number);
        }
    }
    index
}

/// The waivers that name an id or a fingerprint of the finding, in their order.
fn named(case: &Case<'_>, index: &BTreeMap<String, Vec<usize>>) -> BTreeSet<usize> {
    let rules = rules_of(case.finding).map(|rule| rule.to_ascii_lowercase());
    let prints = case.finding.fingerprints().map(|print| print.to_string());
    rules
        .chain(prints)
        .filter_map(|id| index.get(&id))
        .flatten()
        .copied()
        .collect()
}

fn answer(ready: &Ready<'_>, case: &Case<'_>, limits: &Limits, today: &str) -> Answer {
    let waiver = ready.waiver;
    if let Err(near) = ready.covers(case.finding, case.severity) {
        return Answer::Differs(format!("does not cover it: {}", near.words));
    }
    // A waiver of a folder or a fingerprint was written before anybody knew that it is malware.
    if case.malware().is_some() && waiver.covers.rules.is_empty() {
        return Answer::Differs(
            "does not cover it: known malware is waived only by a waiver that names its rule"
                .to_owned(),
        );
    }
    if waiver.is_over(today) {
        let ended = waiver.expires.as_deref().unwrap_or("unknown");
        return Answer::Void(
            Void::Expired,
            format!("has expired: its last day was {ended}"),
        );
    }
    match refusal(waiver, limits, case.finding, case.severity, today) {
        Some(why) => Answer::Void(Void::Refused, format!("is refused: {why}")),
        None => Answer::Excuses,
    }
}

/// Why a finding is excused: decision, last day, owner, ticket, reason.
fn grounds(waiver: &Waiver) -> String {
    let mut why = plain::cut(&waiver.decision, 40);
    if let Some(ends) = &waiver.expires {
        why += &format!(" until {ends}");
    }
    match &waiver.tool {
        Some(tool) if &*waiver.decision == IGNORED => {
            why += &format!(" by an ignore file of {}", plain::cut(tool, 40));
        }
        _ => why += &format!(" by {}", plain::cut(&waiver.owner, 80)),
    }
    if let Some(ticket) = &waiver.ticket {
        why += &format!(" ({})", plain::cut(ticket, 80));
    }
    if !waiver.reason.is_empty() {
        why += &format!(": {}", plain::line(&waiver.reason));
    }
    why
}

fn ruling(waiver: &Waiver, effect: Effect, why: String) -> Ruling {
    Ruling {
        by: ID,
        term: Some(Text::from(waiver.place())),
        effect,
        why: Text::from(why),
    }
}

/// The rulings of the first few waivers that nearly excuse a finding; the last one says how many more there are.
fn nearest(missed: Vec<(&Waiver, String)>) -> Vec<Ruling> {
    let more = missed.len().saturating_sub(NEAR_MOST);
    let mut rulings: Vec<Ruling> = missed
        .into_iter()
        .take(NEAR_MOST)
        .map(|(waiver, why)| ruling(waiver, Effect::Ignore, why))
        .collect();
    if let Some(last) = rulings.last_mut().filter(|_| more > 0) {
        last.why = Text::from(format!("{} (and {more} more waivers nearly do)", last.why));
    }
    rulings
}
