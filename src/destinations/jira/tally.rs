//! What a run did in Jira, in words.

use super::limits::{CHANGED, CREATED, NAMED, TOLD};

/// What was done, by key of the issue, and what was not.
#[derive(Default)]
pub(super) struct Tally {
    pub(super) created: Vec<String>,
    pub(super) updated: Vec<String>,
    pub(super) closed: Vec<String>,
    pub(super) returned: Vec<String>,
    /// No transition leads where they have to go.
    pub(super) stuck: Vec<String>,
    /// As they should be.
    pub(super) kept: usize,
    /// Closed by a person although the cause is there.
    pub(super) left_alone: usize,
    /// Open, and nobody can say that they are fixed, or what they tell of is there and asks for nothing any more.
    pub(super) still_open: usize,
    /// Put off, because a run does only so much.
    pub(super) waiting: usize,
    /// There are more open issues than were looked through.
    pub(super) not_all_looked_at: bool,
    /// The time of the destination was used up before everything was done.
    pub(super) out_of_time: bool,
    problems: Vec<String>,
    /// All problems, those included that are not kept.
    many: usize,
}

impl Tally {
    /// Takes note of a failure.
    pub(super) fn problem(&mut self, said: String) {
        self.many = self.many.saturating_add(1);
        // One cause fails everywhere in the same words but for the key.
        if self.problems.len() < TOLD && !self.problems.contains(&said) {
            self.problems.push(said);
        }
    }

    pub(super) fn problems(&self) -> usize {
        self.many
    }

    /// Issues that were changed.
    pub(super) fn changed(&self) -> usize {
        [&self.updated, &self.closed, &self.returned, &self.stuck]
            .iter()
            .map(|keys| keys.len())
            .sum()
    }

    /// Issues that were created or changed.
    pub(super) fn touched(&self) -> usize {
        self.changed().saturating_add(self.created.len())
    }

    /// The only issue that was touched.
    pub(super) fn only(&self) -> Option<&str> {
        let all = [
            &self.created,
            &self.updated,
            &self.closed,
            &self.returned,
            &self.stuck,
        ];
        let mut all = all.into_iter().flatten();
        let first = all.next()?;
        all.next().is_none().then_some(first)
    }

    /// What was done, as one line.
    pub(super) fn detail(&self) -> String {
        let mut parts: Vec<String> = [
            ("created", &self.created),
            ("updated", &self.updated),
            ("moved to Done", &self.closed),
            ("brought back", &self.returned),
        ]
        .into_iter()
        .filter_map(|(what, keys)| keyed(what, keys))
        .collect();
        if let Some(stuck) = keyed(
            "have to be moved by hand, because no transition leads there:",
            &self.stuck,
        ) {
            parts.push(stuck);
        }
        for (number, what) in [
            (self.kept, "unchanged"),
            (self.left_alone, "left alone, because a person closed them"),
            (
                self.still_open,
                "open still, because their findings are there or not all reports that found them are",
            ),
        ] {
            if number > 0 {
                parts.push(format!("{number} {what}"));
            }
        }
        if self.waiting > 0 {
            parts.push(format!(
                "{} more wait for the next run, because one run creates {CREATED} and changes {CHANGED}",
                self.waiting
            ));
        }
        if self.out_of_time {
            parts.push("the rest waits for the next run, because the time is used up".to_owned());
        }
        if self.not_all_looked_at {
            parts.push("there are more open issues than were looked through".to_owned());
        }
        match parts.is_empty() {
            true => "nothing to tell".to_owned(),
            false => parts.join(", "),
        }
    }

    /// What failed, with what was done before; `None` where nothing did.
    pub(super) fn failure(&self) -> Option<String> {
        let more = match self.many.saturating_sub(self.problems.len()) {
            0 => String::new(),
            more => format!("; and {more} more"),
        };
        let done = match self.touched() {
            0 => String::new(),
            _ => format!(" ({})", self.detail()),
        };
        (self.many > 0).then(|| format!("{}{more}{done}", self.problems.join("; ")))
    }
}

/// `created SEC-1, SEC-2 and 3 more`.
fn keyed(what: &str, keys: &[String]) -> Option<String> {
    let named = keys.get(..keys.len().min(NAMED))?.join(", ");
    let more = match keys.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    (!keys.is_empty()).then(|| format!("{what} {named}{more}"))
}
