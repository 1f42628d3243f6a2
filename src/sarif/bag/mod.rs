//! `properties.sarifGate`: what our own log says of a finding beyond SARIF, so that reading it gives the finding back.

mod parts;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::model::{Demand, Effect, Finding, Fingerprint, Instance, SecretMark};

pub use parts::{BagDemand, BagInstance, BagPackage, BagPlace, BagSource, BagSuppression};

/// Name of the member of a property bag that is ours.
pub const KEY: &str = "sarifGate";

/// Longest list of a bag that is read; ours are short, hostile ones are not ours.
const MAX_LIST: usize = 1_000;

/// Characters of a demand's texts that are read.
const MAX_DEMAND: usize = 300;

/// The bag of a result.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Bag<'a> {
    /// The kind's word.
    #[serde(borrow)]
    pub kind: Cow<'a, str>,
    /// The severity's word.
    #[serde(borrow)]
    pub severity: Cow<'a, str>,
    /// The title, where the rule's short description is another.
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub title: Option<Cow<'a, str>>,
    /// `true` when the finding has no message of its own and `message.text` repeats the title.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub untold: bool,
    /// The page, where the rule's is another; empty for none.
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub link: Option<Cow<'a, str>>,
    /// What was scanned.
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub target: Option<Cow<'a, str>>,
    /// Address of the resource.
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub resource: Option<Cow<'a, str>>,
    /// The package.
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub package: Option<BagPackage<'a>>,
    /// Other ids.
    #[serde(borrow, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<Cow<'a, str>>,
    /// Hash of the line, 16 hexadecimal digits.
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub line: Option<Cow<'a, str>>,
    /// Published part of a secret's hash; empty when the value is unknown.
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub secret: Option<Cow<'a, str>>,
    /// CVSS base score.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cvss: Option<f32>,
    /// Which of several findings with the same recipe in the file it is; only kinds that count them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub occurrence: Option<u32>,
    /// Every source of a finding that several reports say, the first one first.
    #[serde(borrow, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<BagSource<'a>>,
    /// Further versions or paths of the package.
    #[serde(borrow, skip_serializing_if = "Vec::is_empty")]
    pub instances: Vec<BagInstance<'a>>,
    /// Locations that no file of the repository stands for.
    #[serde(borrow, skip_serializing_if = "Vec::is_empty")]
    pub place: Vec<BagPlace<'a>>,
    /// `true` when the date in the result's `provenance` is the scanner's own: nobody may take it for our first-seen date.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub undated: bool,
    /// What a threshold demands.
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub demand: Option<BagDemand<'a>>,
    /// Members of the scanner's result that SARIF does not have, by JSON pointer.
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub extra: Option<&'a RawValue>,
}

/// A text of a foreign log, cut to what ours say at most.
fn bounded(text: &str) -> crate::model::Text {
    text.chars().take(MAX_DEMAND).collect::<String>().into()
}

fn cow<'a>(text: &'a Option<crate::model::Text>) -> Option<Cow<'a, str>> {
    text.as_deref().map(Cow::Borrowed)
}

impl<'a> Bag<'a> {
    /// The bag of `finding`, without title, link and extra, which depend on its rule and on what it carried.
    pub fn of(finding: &'a Finding) -> Bag<'a> {
        Bag {
            kind: finding.kind.word().into(),
            severity: finding.severity.word().into(),
            target: cow(&finding.target),
            resource: cow(&finding.resource),
            package: finding.package.as_deref().map(BagPackage::of),
            aliases: finding
                .aliases
                .iter()
                .map(|alias| Cow::Borrowed(&**alias))
                .collect(),
            line: finding.line.map(|line| format!("{line:016x}").into()),
            secret: finding
                .secret
                .as_ref()
                .map(|mark| mark.published.as_deref().unwrap_or_default().into()),
            cvss: finding.cvss.filter(|score| score.is_finite()),
            occurrence: finding
                .occurrence
                .filter(|_| finding.kind.counts_occurrences()),
            sources: match finding.sources.len() {
                0 | 1 => Vec::new(),
                _ => finding.sources.iter().map(BagSource::of).collect(),
            },
            instances: finding.instances.iter().map(BagInstance::of).collect(),
            place: finding
                .locations
                .iter()
                .enumerate()
                .filter_map(|(at, location)| BagPlace::of(at, location))
                .collect(),
            demand: finding.demand.as_deref().map(|demand| BagDemand {
                term: Cow::Borrowed(&demand.term),
                effect: demand.effect.word().into(),
                why: Cow::Borrowed(&demand.why),
            }),
            ..Bag::default()
        }
    }

    /// Puts what the bag says into `finding`, whose locations hold the ones in the repository already.
    pub fn restore(&self, finding: &mut Finding) {
        let text = |text: &Option<Cow<'_, str>>| text.as_deref().map(Into::into);
        finding.target = text(&self.target);
        finding.resource = text(&self.resource);
        finding.demand = self.demand.as_ref().and_then(|demand| {
            // Only what can make a verdict stricter: nobody gets a milder one by writing it into a log.
            let strict = [Effect::Block, Effect::Warn, Effect::Note];
            let effect = strict
                .into_iter()
                .find(|effect| effect.word() == demand.effect)?;
            Some(Box::new(Demand {
                term: bounded(&demand.term),
                effect,
                why: bounded(&demand.why),
            }))
        });
        finding.package = self
            .package
            .as_ref()
            .map(|package| Box::new(package.restored()));
        let aliases = self.aliases.iter().take(MAX_LIST);
        finding.aliases = aliases.map(|alias| alias.as_ref().into()).collect();
        finding.line = self
            .line
            .as_deref()
            .and_then(|line| u64::from_str_radix(line, 16).ok());
        finding.secret = self.secret.as_deref().map(|published| SecretMark {
            digest: None,
            published: is_hex(published).then(|| published.into()),
        });
        finding.occurrence = self.occurrence;
        finding.cvss = self.cvss.filter(|score| (0.0..=10.0).contains(score));
        finding.sources = self
            .sources
            .iter()
            .take(MAX_LIST)
            .map(BagSource::restored)
            .collect();
        let instances = self.instances.iter().take(MAX_LIST);
        finding.instances = instances
            .map(|instance| Instance {
                version: text(&instance.version),
                path: text(&instance.path),
            })
            .collect();
        for place in self.place.iter().take(MAX_LIST) {
            let at = place.at.min(finding.locations.len());
            finding.locations.insert(at, place.restored());
        }
    }
}

fn is_hex(text: &str) -> bool {
    !text.is_empty() && text.len() <= 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Reads 32 hexadecimal digits.
pub fn fingerprint(text: &str) -> Option<Fingerprint> {
    let number = u128::from_str_radix(text, 16)
        .ok()
        .filter(|_| text.len() == 32)?;
    Some(Fingerprint(number.to_be_bytes()))
}
