//! What a report says of an advisory, kept once. The same CVE stands in a report for every package that it touches,
//! each time with the same long texts: they are decoded, cut and shared the first time only.

use std::collections::HashMap;

use super::super::advisory::ids;
use super::super::bounds::{self, cut, link, title};
use crate::model::{Text, Texts};
use crate::syntax::{Raw, text_of};

/// The advisories of a report by the id that Trivy wrote.
#[derive(Default)]
pub(super) struct Advisories {
    known: HashMap<Text, Advisory>,
}

/// The texts of one advisory.
#[derive(Clone)]
pub(super) struct Advisory {
    /// Of the JSON that the rest was made from.
    seal: u64,
    /// The id to show: a CVE before a GHSA before others.
    pub(super) rule: Text,
    /// The other ids of the same vulnerability.
    pub(super) aliases: Vec<Text>,
    /// `None` when the report gives no title.
    pub(super) title: Option<Text>,
    pub(super) message: Text,
    pub(super) link: Option<Text>,
}

/// The members of an entry that belong to its advisory, not to the package.
pub(super) struct Parts<'a> {
    pub(super) vendor_ids: Raw<'a>,
    pub(super) title: Raw<'a>,
    pub(super) description: Raw<'a>,
    pub(super) link: Raw<'a>,
}

impl Advisories {
    /// The advisory that was written as `id`. Entries that say something else under the same id get their own texts.
    pub(super) fn of(&mut self, id: &str, parts: &Parts<'_>, texts: &mut Texts) -> Advisory {
        let seal = parts.seal();
        if let Some(known) = self.known.get(id).filter(|known| known.seal == seal) {
            return known.clone();
        }
        let written = texts.share(id);
        let fresh = parts.read(seal, written.clone(), texts);
        self.known.insert(written, fresh.clone());
        fresh
    }
}

impl Parts<'_> {
    fn read(&self, seal: u64, written: Text, texts: &mut Texts) -> Advisory {
        let others: Option<Vec<Raw<'_>>> = self
            .vendor_ids
            .and_then(|raw| serde_json::from_str(raw.get()).ok());
        let others = others.into_iter().flatten();
        let others: Vec<Text> = others
            .filter_map(|raw| texts.share_some(&text_of(raw)?))
            .collect();
        let (rule, aliases) = ids(written, others);
        let named = text_of(self.title).filter(|text| !text.trim().is_empty());
        let message = text_of(self.description).unwrap_or_default();
        Advisory {
            seal,
            rule,
            aliases,
            title: named.map(|text| texts.share(&title(&text))),
            message: texts.share(&cut(message.trim(), bounds::MAX_MESSAGE)),
            link: link(text_of(self.link).as_deref(), texts),
        }
    }

    /// A number that differs where the JSON differs. It decides only whether texts are made anew, so it has to be quick
    /// and good, not proof against somebody who wants his own two texts to be taken for one.
    fn seal(&self) -> u64 {
        let parts = [self.vendor_ids, self.title, self.description, self.link];
        parts.into_iter().fold(0, |seal, part| {
            let text = part.map_or("", |raw| raw.get());
            mix(seal, text.as_bytes())
        })
    }
}

fn mix(seed: u64, bytes: &[u8]) -> u64 {
    let step = |sum: u64, word: u64| {
        let product = (sum ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        product ^ (product >> 32)
    };
    let (words, rest) = bytes.as_chunks::<8>();
    let sum = step(seed, bytes.len() as u64);
    let sum = words
        .iter()
        .fold(sum, |sum, word| step(sum, u64::from_le_bytes(*word)));
    rest.iter()
        .fold(sum, |sum, byte| step(sum, u64::from(*byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_texts_once_and_others_anew() {
        let mut advisories = Advisories::default();
        let mut texts = Texts::default();
        let mut of = |title: &str, vendor: &str| {
            let title = serde_json::value::to_raw_value(title).expect("a text");
            let vendor: Box<serde_json::value::RawValue> =
                serde_json::from_str(vendor).expect("JSON");
            let parts = Parts {
                vendor_ids: Some(&vendor),
                title: Some(&title),
                description: None,
                link: None,
            };
            advisories.of("GHSA-1", &parts, &mut texts)
        };
        let first = of("one", "[]");
        let again = of("one", "[]");
        assert_eq!(first.title, again.title);
        assert_eq!(of("two", "[]").title.as_deref(), Some("two"));
        let known = of("one", r#"["CVE-1", "DSA-7", "GHSA-1"]"#);
        assert_eq!(&*known.rule, "CVE-1");
        assert_eq!(
            known.aliases.iter().map(|a| &**a).collect::<Vec<_>>(),
            ["GHSA-1"]
        );
        assert_eq!(&*of("one", "[]").rule, "GHSA-1");
    }

    #[test]
    fn every_byte_counts() {
        let text = "abcdefghijklmnopqrstu";
        for at in 0..text.len() {
            let mut other = text.as_bytes().to_vec();
            other[at] ^= 1;
            assert_ne!(mix(1, text.as_bytes()), mix(1, &other), "{at}");
        }
        assert_ne!(mix(0, b""), mix(0, b"\0"));
    }
}
