//! Data about advisories that others publish: the catalogue of known exploited vulnerabilities (KEV) and EPSS scores.
//!
//! A file that is broken, cut or undated says so in [`Feed::problem`] and may still make a run stricter: what it lists is
//! kept. It never makes one milder: what it does not list is then unknown, not harmless.
//!
//! Must not know: where a file comes from, settings, the verdict.
#![deny(clippy::disallowed_methods)]

pub mod epss;
pub mod kev;
mod source;
mod table;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

use crate::model::{Day, Feed, Finding, Kind};
use crate::syntax::words::quoted;

/// The catalogue as it was given, and those of its CVEs that somebody asked for.
pub type Kev = (Feed, BTreeSet<String>);

/// The scores as they were given, of those CVEs that somebody asked for.
pub type Epss = (Feed, BTreeMap<String, f32>);

/// The CVE ids of all vulnerabilities among `findings`, in capitals: what is worth keeping of a feed.
pub fn wanted(findings: &[Finding]) -> BTreeSet<String> {
    findings.iter().flat_map(cves).collect()
}

/// A feed whose file could not be read at all. `why` is what the system said.
pub fn unreadable(id: &'static str, path: &str, why: &str) -> Feed {
    Feed {
        id,
        path: path.to_owned(),
        sha256: String::new(),
        date: None,
        entries: 0,
        problem: Some(format!(
            "{} could not be read: {}; give the path of the file that was downloaded",
            quoted(path),
            quoted(why)
        )),
    }
}

/// Why the data is too old to be relied on, or cannot be what it says: more than `max_days` before `today`
/// (`YYYY-MM-DD`), or more than a day after it. `None` for data without a date, which has that as its problem.
pub fn stale(feed: &Feed, today: &str, max_days: u32) -> Option<String> {
    let date = feed.date.as_deref()?;
    let (Some(of), Some(now)) = (day(date), day(today)) else {
        return Some(format!(
            "the age of {} cannot be told: its date is {} and today is {}",
            quoted(&feed.path),
            quoted(date),
            quoted(today)
        ));
    };
    let age = now.after(of);
    if age > i64::from(max_days) {
        return Some(format!(
            "{} is of {date}, {age} days ago; data of at most {max_days} days counts as current: download it again",
            quoted(&feed.path)
        ));
    }
    // The scores of a day are published in its first hours, and clocks differ by a time zone.
    (age < -1).then(|| {
        format!(
            "{} says that it is of {date}, which is after today, {today}: download it again from its publisher",
            quoted(&feed.path)
        )
    })
}

/// Writes down what the feeds know of each finding. In a catalogue with a problem only what it lists counts; the rest
/// stays unknown. Without a feed nothing is written.
pub fn apply(findings: &mut [Finding], kev: Option<&Kev>, epss: Option<&Epss>) {
    if kev.is_none() && epss.is_none() {
        return;
    }
    for finding in findings {
        let ids = cves(finding);
        if let Some((feed, listed)) = kev {
            let exploited = ids.iter().any(|id| listed.contains(id));
            let sound = feed.problem.is_none();
            finding.known.kev = (exploited || sound).then_some(exploited);
        }
        if let Some((_, scores)) = epss {
            let scores = ids.iter().filter_map(|id| scores.get(id)).copied();
            finding.known.epss = scores.reduce(f32::max);
        }
    }
}

/// The CVE ids by which a vulnerability is known; none of other findings.
fn cves(finding: &Finding) -> BTreeSet<String> {
    if finding.kind != Kind::Vulnerability {
        return BTreeSet::new();
    }
    std::iter::once(&finding.rule)
        .chain(&finding.aliases)
        .filter_map(|id| cve(id).map(Cow::into_owned))
        .collect()
}

/// `CVE-YYYY-N…` in capitals; nothing for another id. Borrowed where it is written so, as the feeds do.
fn cve(id: &str) -> Option<Cow<'_, str>> {
    let id = id.trim();
    let (word, rest) = id.split_at_checked(4)?;
    let (year, number) = rest.split_once('-')?;
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    // The CVE rules: four digits of a year, at least four of a number.
    let fits = word.eq_ignore_ascii_case("CVE-")
        && year.len() == 4
        && (4..=19).contains(&number.len())
        && digits(year)
        && digits(number);
    let id = match word {
        "CVE-" => Cow::Borrowed(id),
        _ => Cow::Owned(id.to_ascii_uppercase()),
    };
    fits.then_some(id)
}

/// The day at the start of a date or of a moment in RFC 3339.
fn day(text: &str) -> Option<Day> {
    Day::at_start_of(text.trim())
}

/// A feed of which nothing is known but its bytes.
fn unread(id: &'static str, path: &str, bytes: &[u8]) -> Feed {
    let digest = Sha256::digest(bytes);
    Feed {
        id,
        path: path.to_owned(),
        sha256: digest.iter().map(|byte| format!("{byte:02x}")).collect(),
        date: None,
        entries: 0,
        problem: None,
    }
}

/// What is wrong with data that could be read to its end, if anything.
fn lacks(feed: &Feed) -> Option<String> {
    if feed.entries == 0 {
        return Some(
            "it has no entries, which its publisher never writes: download it again".into(),
        );
    }
    feed.date
        .is_none()
        .then(|| "it does not say of which day it is: give the file as it was published".into())
}

#[cfg(test)]
mod tests;
