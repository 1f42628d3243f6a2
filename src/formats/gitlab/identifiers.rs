//! The names under which an entry is known: the id of its rule or advisory, and others of the same advisory.

use serde::Deserialize;

use super::super::advisory;
use crate::formats::Desk;
use crate::model::Text;
use crate::syntax::{Raw, text_of};

/// One identifier of an entry.
#[derive(Deserialize)]
pub(super) struct Identifier<'a> {
    #[serde(borrow, rename = "type")]
    sort: Raw<'a>,
    #[serde(borrow)]
    name: Raw<'a>,
    #[serde(borrow)]
    value: Raw<'a>,
    #[serde(borrow)]
    url: Raw<'a>,
}

/// What the identifiers come to.
pub(super) struct Names {
    /// The one to show.
    pub(super) rule: Option<Text>,
    /// Other names of the same vulnerability.
    pub(super) aliases: Vec<Text>,
    /// The page of the first.
    pub(super) link: Option<Text>,
}

/// Sorts of identifiers that name classes of weaknesses, under which many rules stand.
const CLASSES: &[&str] = &["cwe", "owasp", "wasc", "capec"];

impl Names {
    /// Of a vulnerability in a package the advisories, of everything else the scanner's own rule.
    pub(super) fn of(list: &[Identifier<'_>], in_package: bool, desk: &mut Desk<'_>) -> Names {
        let is_class = |id: &&Identifier<'_>| {
            let sort = text_of(id.sort).unwrap_or_default().to_ascii_lowercase();
            CLASSES.contains(&sort.as_str())
        };
        let is_advisory =
            |id: &&Identifier<'_>| text_of(id.value).is_some_and(|id| advisory::names_one(&id));
        let first = list
            .iter()
            .find(|id| in_package && is_advisory(id))
            .or_else(|| list.iter().find(|id| !is_class(id)))
            .or_else(|| list.first());
        let written = first.and_then(|first| first.text(desk));
        let link = first.and_then(|first| desk.link(first.url));
        let (rule, aliases) = match written {
            Some(written) if in_package => {
                let others: Vec<Text> = list.iter().filter_map(|id| desk.word(id.value)).collect();
                let (rule, aliases) = advisory::ids(written, others);
                (Some(rule), aliases)
            }
            written => (written, Vec::new()),
        };
        Names {
            rule,
            aliases,
            link,
        }
    }
}

impl Identifier<'_> {
    /// Its value; the number of a CWE and the UUID of an advisory say less than their name does.
    fn text(&self, desk: &mut Desk<'_>) -> Option<Text> {
        let value = desk.word(self.value);
        let opaque = |text: &Text| text.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
        match value {
            Some(value) if !opaque(&value) => Some(value),
            value => desk.word(self.name).or(value),
        }
    }
}
