//! What became of each waiver, and what its owners should hear of it.

use super::super::Said;
use super::ID;
use crate::gate::plain;
use crate::gate::waivers::{IGNORED, Limits, Waiver};
use crate::model::{Day, Exemption, Standing, Text};

/// Most waivers of one sort that remarks name.
const NAMED: usize = 5;

/// What one waiver did in this run.
pub(super) struct Tally<'w> {
    waiver: &'w Waiver,
    /// How many findings it excuses.
    pub(super) excused: u64,
    /// How many it would excuse if the limits allowed it.
    refused: u64,
    /// Why the limits refuse it, for the first of them.
    why: Option<String>,
    /// How many findings it names without covering them, and what differs at the first.
    near: (u64, Option<String>),
}

impl<'w> Tally<'w> {
    /// Nothing yet; `lacks` says why the limits refuse it altogether.
    pub(super) fn new(waiver: &'w Waiver, lacks: Option<String>) -> Tally<'w> {
        Tally {
            waiver,
            excused: 0,
            refused: 0,
            why: lacks,
            near: (0, None),
        }
    }

    /// Counts a finding that it names and does not cover.
    pub(super) fn misses(&mut self, why: &str) {
        self.near.0 += 1;
        self.near.1.get_or_insert_with(|| why.to_owned());
    }

    /// Counts a finding that the limits keep from being excused.
    pub(super) fn refuse(&mut self, why: &str) {
        self.refused += 1;
        self.why.get_or_insert_with(|| why.to_owned());
    }

    fn standing(&self, limits: &Limits, today: &str) -> Standing {
        if self.waiver.is_over(today) {
            Standing::Expired
        } else if self.excused == 0 {
            match self.why {
                Some(_) => Standing::Refused,
                None => Standing::Unused,
            }
        } else if self.ends_soon(limits, today) {
            Standing::Ending
        } else {
            Standing::InForce
        }
    }

    fn ends_soon(&self, limits: &Limits, today: &str) -> bool {
        let ends = self.waiver.expires.as_deref().and_then(Day::of_date);
        ends.zip(Day::of_date(today))
            .is_some_and(|(ends, today)| ends.after(today) <= i64::from(limits.warn_before))
    }

    fn is_broad(&self, limits: &Limits) -> bool {
        self.excused > u64::from(limits.broad)
    }

    fn why(&self, limits: &Limits, standing: Standing) -> String {
        let mut parts = Vec::new();
        if standing == Standing::Expired {
            let ended = self.waiver.expires.as_deref().unwrap_or("unknown");
            parts.push(format!("its last day was {ended}"));
        } else if let Some(why) = &self.why {
            let why = why.strip_prefix("is refused: ").unwrap_or(why);
            parts.push(match (standing, self.refused) {
                (Standing::Refused, _) | (_, 0) => why.to_owned(),
                (_, 1) => format!("refused for 1 finding: {why}"),
                (_, count) => format!("refused for {count} findings: {why}"),
            });
        }
        if standing == Standing::Unused {
            parts.push(self.unused());
        }
        if self.is_broad(limits) {
            let most = limits.broad;
            parts.push(format!("over-broad: it excuses more than {most} findings"));
        }
        parts.join("; ")
    }

    /// Why it is of no use.
    fn unused(&self) -> String {
        match &self.near {
            (0, _) | (_, None) => "it matches no finding".to_owned(),
            (1, Some(why)) => format!("it names 1 finding and {why}"),
            (count, Some(why)) => format!("it names {count} findings; the first: it {why}"),
        }
    }

    /// `the waiver FILE:LINE of OWNER`.
    fn name(&self) -> String {
        let place = self.waiver.place();
        match &*self.waiver.owner {
            "" => format!("the waiver {place}"),
            owner => format!("the waiver {place} of {}", plain::cut(owner, 80)),
        }
    }

    fn findings(&self) -> String {
        match self.excused {
            1 => "1 finding".to_owned(),
            count => format!("{count} findings"),
        }
    }
}

/// Adds what became of each waiver, and the remarks.
pub(super) fn conclude(all: &[Tally<'_>], limits: &Limits, today: &str, said: &mut Said) {
    let (mut ending, mut unused, mut broad) = (Vec::new(), Vec::new(), Vec::new());
    for tally in all {
        let standing = tally.standing(limits, today);
        let waiver = tally.waiver;
        said.exemptions.push(Exemption {
            by: ID,
            file: waiver.file.clone(),
            line: waiver.line,
            about: Text::from(waiver.about()),
            standing,
            findings: tally.excused,
            owner: Some(waiver.owner.clone()).filter(|owner| !owner.is_empty()),
            ticket: waiver.ticket.clone(),
            ends: waiver.expires.clone(),
            why: tally.why(limits, standing),
        });
        if standing == Standing::Ending {
            let ends = waiver.expires.as_deref().unwrap_or("an unknown day");
            ending.push(format!(
                "{} ends after {ends} (UTC) and excuses {}",
                tally.name(),
                tally.findings()
            ));
        }
        // A scanner applies its own ignore file before anything gets here: such entries match nothing as a rule.
        if standing == Standing::Unused && &*waiver.decision != IGNORED {
            unused.push(match &tally.near {
                (0, _) | (_, None) => format!(
                    "{} matches no finding: remove it, or correct what it names",
                    tally.name()
                ),
                _ => format!("{} excuses nothing: {}", tally.name(), tally.unused()),
            });
        }
        if tally.is_broad(limits) {
            broad.push(format!(
                "{} is over-broad, it excuses {}: say more precisely what it covers",
                tally.name(),
                tally.findings()
            ));
        }
    }
    for (sentences, more) in [
        (ending, "waivers end soon"),
        (unused, "waivers match no finding"),
        (broad, "waivers are over-broad"),
    ] {
        let hidden = sentences.len().saturating_sub(NAMED);
        said.remarks.extend(sentences.into_iter().take(NAMED));
        if hidden > 0 {
            said.remarks.push(format!("and {hidden} more {more}"));
        }
    }
}
