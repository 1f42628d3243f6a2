//! What terms could not decide, counted and said.

use std::collections::BTreeMap;

use crate::gate::Facts;
use crate::gate::language::{Doubt, Lack, Lacks, Term};

/// Counts the findings for which something was not known.
#[derive(Default)]
pub(super) struct Tally(BTreeMap<Lack, u64>);

impl Tally {
    /// One finding, with all that was missing when its terms were asked.
    pub(super) fn add(&mut self, lacks: Lacks) {
        for lack in lacks.iter() {
            *self.0.entry(lack).or_default() += 1;
        }
    }

    /// The remarks on terms of `by` (`the rows`, `exclude`), which are `terms`. Where a whole file of data is missing, that
    /// is said even if no finding asked for it: the rules do less than they say.
    pub(super) fn remarks<'t>(
        &self,
        by: &str,
        doubt: Doubt,
        terms: impl IntoIterator<Item = &'t Term>,
        facts: &Facts,
    ) -> Vec<String> {
        let mut needed = Lacks::default();
        for term in terms {
            let needs = Lack::ALL.into_iter().filter(|lack| term.needs(*lack));
            needs.for_each(|lack| needed.add(lack));
        }
        needed
            .iter()
            .filter_map(|lack| {
                let count = self.0.get(&lack).copied().unwrap_or_default();
                match feed(lack) {
                    Some((id, name)) if facts.feed(id).is_none() => {
                        Some(not_given(by, lack, name, count))
                    }
                    _ if count == 0 => None,
                    _ => Some(missing(by, doubt, lack, count)),
                }
            })
            .collect()
    }
}

/// The data that a qualifier needs a file for: its id among the feeds and its name.
pub(super) fn feed(lack: Lack) -> Option<(&'static str, &'static str)> {
    match lack {
        Lack::Kev => Some(("kev", "KEV catalogue")),
        Lack::Epss => Some(("epss", "EPSS data")),
        Lack::Baseline | Lack::Changes | Lack::Cvss | Lack::Age | Lack::Grace => None,
    }
}

fn not_given(by: &str, lack: Lack, name: &str, count: u64) -> String {
    let mut text = format!(
        "no {name} was given, so terms of {by} with {} match nothing",
        words(lack)
    );
    match count {
        0 => {}
        1 => text.push_str("; 1 finding would have been looked up"),
        _ => text.push_str(&format!("; {count} findings would have been looked up")),
    }
    text
}

fn missing(by: &str, doubt: Doubt, lack: Lack, count: u64) -> String {
    let (findings, have, are, them) = match count {
        1 => ("finding", "has", "is", "it"),
        _ => ("findings", "have", "are", "them"),
    };
    let cause = match lack {
        Lack::Baseline => format!("no baseline says whether {count} {findings} {are} new"),
        Lack::Changes => format!("nobody knows whether the change touches {count} {findings}"),
        Lack::Kev => format!("{count} {findings} could not be looked up in the KEV catalogue"),
        Lack::Epss => format!("{count} {findings} {have} no EPSS score"),
        Lack::Cvss => format!("{count} {findings} {have} no CVSS score"),
        Lack::Age | Lack::Grace => format!("{count} {findings} {have} no first-seen date"),
    };
    let terms = format!("terms of {by} with {}", words(lack));
    let effect = match (lack, doubt) {
        (Lack::Baseline, Doubt::Matches) => format!("took {them} as new"),
        (Lack::Changes, Doubt::Matches) => format!("took {them} as touched"),
        (Lack::Grace, Doubt::Matches) => format!("granted {them} none and matched"),
        _ => "did not match".to_owned(),
    };
    format!("{cause}, so {terms} {effect}")
}

/// The qualifiers that need it.
fn words(lack: Lack) -> &'static str {
    match lack {
        Lack::Baseline => "`new`, `introduced` or `disclosed`",
        Lack::Changes => "`changed`",
        Lack::Kev => "`kev`",
        Lack::Epss => "`epss>=`",
        Lack::Cvss => "`cvss>=`",
        Lack::Age => "`age>=`",
        Lack::Grace => "`grace=`",
    }
}
