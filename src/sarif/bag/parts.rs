//! The parts of a bag: package, source, suppression, instance, place, demand.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{MAX_LIST, cow, fingerprint};
use crate::model::{Fix, Instance, Location, Package, Place, Severity, Source, Suppression};

/// A demand.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct BagDemand<'a> {
    #[serde(borrow)]
    pub(super) term: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) effect: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) why: Cow<'a, str>,
}

/// A package.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct BagPackage<'a> {
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub(super) purl: Option<Cow<'a, str>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub(super) ecosystem: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub(super) name: Cow<'a, str>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub(super) version: Option<Cow<'a, str>>,
    #[serde(borrow, skip_serializing_if = "Vec::is_empty")]
    pub(super) fixed: Vec<Cow<'a, str>>,
    #[serde(borrow)]
    pub(super) fix: Cow<'a, str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) development: bool,
}

/// A source.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct BagSource<'a> {
    #[serde(borrow)]
    pub(super) tool: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) rule: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) severity: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) fingerprint: Cow<'a, str>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub(super) recipe: Option<Vec<Cow<'a, str>>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub(super) suppressed: Option<BagSuppression<'a>>,
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
    pub(super) kind: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) status: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) reason: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) by: Cow<'a, str>,
}

/// An instance.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct BagInstance<'a> {
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub(super) version: Option<Cow<'a, str>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub(super) path: Option<Cow<'a, str>>,
}

/// A location inside an image or outside the repository.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct BagPlace<'a> {
    /// Its index among all locations.
    pub(super) at: usize,
    #[serde(borrow)]
    pub(super) path: Cow<'a, str>,
    /// `target` or `outside`.
    #[serde(borrow)]
    pub(super) place: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) start_line: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) end_line: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) start_column: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) end_column: Option<u32>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub(super) carried: Option<&'a RawValue>,
}

impl<'a> BagPackage<'a> {
    pub(super) fn of(package: &'a Package) -> BagPackage<'a> {
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
            development: package.development,
        }
    }

    pub(super) fn restored(&self) -> Package {
        let text = |text: &Option<Cow<'_, str>>| text.as_deref().map(Into::into);
        Package {
            development: self.development,
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
    pub(super) fn of(source: &'a Source) -> BagSource<'a> {
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

    pub(super) fn restored(&self) -> Source {
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
    pub(super) fn of(instance: &'a Instance) -> BagInstance<'a> {
        BagInstance {
            version: cow(&instance.version),
            path: cow(&instance.path),
        }
    }
}

impl<'a> BagPlace<'a> {
    pub(super) fn of(at: usize, location: &'a Location) -> Option<BagPlace<'a>> {
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

    pub(super) fn restored(&self) -> Location {
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
