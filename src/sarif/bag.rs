//! `properties.sarifGate`: what our own log says of a finding beyond SARIF, so that reading it gives the finding back.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::model::{
    Demand, Effect, Finding, Fingerprint, Fix, Instance, Location, Package, Place, SecretMark,
    Severity, Source, Suppression,
};

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
    /// What a threshold demands.
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub demand: Option<BagDemand<'a>>,
    /// Members of the scanner's result that SARIF does not have, by JSON pointer.
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub extra: Option<&'a RawValue>,
}

/// A demand.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct BagDemand<'a> {
    #[serde(borrow)]
    term: Cow<'a, str>,
    #[serde(borrow)]
    effect: Cow<'a, str>,
    #[serde(borrow)]
    why: Cow<'a, str>,
}

/// A package.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct BagPackage<'a> {
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    purl: Option<Cow<'a, str>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    ecosystem: Option<Cow<'a, str>>,
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    version: Option<Cow<'a, str>>,
    #[serde(borrow, skip_serializing_if = "Vec::is_empty")]
    fixed: Vec<Cow<'a, str>>,
    #[serde(borrow)]
    fix: Cow<'a, str>,
}

/// A source.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct BagSource<'a> {
    #[serde(borrow)]
    tool: Cow<'a, str>,
    #[serde(borrow)]
    rule: Cow<'a, str>,
    #[serde(borrow)]
    severity: Cow<'a, str>,
    #[serde(borrow)]
    fingerprint: Cow<'a, str>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    recipe: Option<Vec<Cow<'a, str>>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    suppressed: Option<BagSuppression<'a>>,
}

/// What SARIF has no words for in a suppression.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct BagSuppression<'a> {
    /// The rule of the gate that excused the finding. Such a suppression is the gate's and not the scanner's: whoever
    /// reads the log again leaves it out.
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub ruling: Option<Cow<'a, str>>,
    #[serde(borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    status: Cow<'a, str>,
    #[serde(borrow)]
    reason: Cow<'a, str>,
    #[serde(borrow)]
    by: Cow<'a, str>,
}

/// An instance.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct BagInstance<'a> {
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    version: Option<Cow<'a, str>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    path: Option<Cow<'a, str>>,
}

/// A location inside an image or outside the repository.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct BagPlace<'a> {
    /// Its index among all locations.
    at: usize,
    #[serde(borrow)]
    path: Cow<'a, str>,
    /// `target` or `outside`.
    #[serde(borrow)]
    place: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_line: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_line: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_column: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_column: Option<u32>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    carried: Option<&'a RawValue>,
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

impl<'a> BagPackage<'a> {
    fn of(package: &'a Package) -> BagPackage<'a> {
        BagPackage {
            purl: cow(&package.purl),
            ecosystem: cow(&package.ecosystem),
            name: (&*package.name).into(),
            version: cow(&package.version),
            fixed: package
                .fixed
                .iter()
                .map(|fixed| Cow::Borrowed(&**fixed))
                .collect(),
            fix: match package.fix {
                Fix::Unknown => "unknown",
                Fix::Available => "available",
                Fix::None => "none",
            }
            .into(),
        }
    }

    fn restored(&self) -> Package {
        let text = |text: &Option<Cow<'_, str>>| text.as_deref().map(Into::into);
        Package {
            purl: text(&self.purl),
            ecosystem: text(&self.ecosystem),
            name: self.name.as_ref().into(),
            version: text(&self.version),
            fixed: self
                .fixed
                .iter()
                .take(MAX_LIST)
                .map(|fixed| fixed.as_ref().into())
                .collect(),
            fix: match self.fix.as_ref() {
                "available" => Fix::Available,
                "none" => Fix::None,
                _ => Fix::Unknown,
            },
        }
    }
}

impl<'a> BagSource<'a> {
    fn of(source: &'a Source) -> BagSource<'a> {
        BagSource {
            tool: (&*source.tool).into(),
            rule: (&*source.rule).into(),
            severity: source.severity.word().into(),
            fingerprint: source.fingerprint.to_string().into(),
            recipe: source
                .recipe
                .as_ref()
                .map(|recipe| recipe.iter().map(|text| Cow::Borrowed(&**text)).collect()),
            suppressed: source.suppression.as_deref().map(BagSuppression::of),
        }
    }

    fn restored(&self) -> Source {
        Source {
            tool: self.tool.as_ref().into(),
            input: 0,
            run: 0,
            rule: self.rule.as_ref().into(),
            severity: Severity::from_word(&self.severity).unwrap_or(Severity::Unknown),
            fingerprint: fingerprint(&self.fingerprint).unwrap_or_default(),
            suppression: self.suppressed.as_ref().map(|s| Box::new(s.restored())),
            recipe: self.recipe.as_ref().map(|recipe| {
                recipe
                    .iter()
                    .take(MAX_LIST)
                    .map(|text| text.as_ref().into())
                    .collect()
            }),
        }
    }
}

impl<'a> BagSuppression<'a> {
    /// All that a suppression says.
    pub fn of(suppression: &'a Suppression) -> BagSuppression<'a> {
        BagSuppression {
            ruling: None,
            kind: suppression.kind.into(),
            status: (&*suppression.status).into(),
            reason: (&*suppression.reason).into(),
            by: (&*suppression.by).into(),
        }
    }

    /// The suppression again.
    pub fn restored(&self) -> Suppression {
        Suppression {
            kind: if self.kind == "inSource" {
                "inSource"
            } else {
                "external"
            },
            status: self.status.as_ref().into(),
            reason: self.reason.as_ref().into(),
            by: self.by.as_ref().into(),
        }
    }
}

impl<'a> BagInstance<'a> {
    fn of(instance: &'a Instance) -> BagInstance<'a> {
        BagInstance {
            version: cow(&instance.version),
            path: cow(&instance.path),
        }
    }
}

impl<'a> BagPlace<'a> {
    fn of(at: usize, location: &'a Location) -> Option<BagPlace<'a>> {
        let place = match location.place {
            Place::Outside => "outside",
            Place::Target => "target",
            _ => return None,
        };
        Some(BagPlace {
            at,
            path: (&*location.path).into(),
            place: place.into(),
            start_line: location.start_line,
            end_line: location.end_line,
            start_column: location.start_column,
            end_column: location.end_column,
            carried: location
                .carried
                .as_deref()
                .and_then(|json| serde_json::from_str(json).ok()),
        })
    }

    fn restored(&self) -> Location {
        Location {
            path: self.path.as_ref().into(),
            place: if self.place == "target" {
                Place::Target
            } else {
                Place::Outside
            },
            start_line: self.start_line.filter(|line| *line > 0),
            end_line: self
                .end_line
                .filter(|end| self.start_line.is_some_and(|start| *end > start)),
            start_column: self.start_column,
            end_column: self.end_column,
            carried: self.carried.map(|raw| raw.get().into()),
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
