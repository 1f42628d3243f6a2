//! VEX in CycloneDX JSON (1.4 to 1.7): `vulnerabilities[].analysis` says what, `affects[]` of which components.
//!
//! A vulnerability without an analysis says nothing. Ranges of versions are not evaluated: one that is unaffected counts for
//! no version, one that is affected for all.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Draft, Product, Reader, Statement, Status, why};
use crate::model::Text;
use crate::model::purl::{Purl, decoded, with_version};

/// The justifications of CycloneDX (schema 1.6, `impactAnalysisJustification`).
const JUSTIFICATIONS: &[&str] = &[
    "code_not_present",
    "code_not_reachable",
    "requires_configuration",
    "requires_dependency",
    "requires_environment",
    "protected_by_compiler",
    "protected_at_runtime",
    "protected_at_perimeter",
    "protected_by_mitigating_control",
];

#[derive(Deserialize)]
struct Document<'a> {
    #[serde(rename = "serialNumber")]
    serial: Option<String>,
    metadata: Option<Metadata>,
    components: Option<Vec<Component>>,
    #[serde(borrow)]
    vulnerabilities: Option<Vec<&'a RawValue>>,
}

#[derive(Deserialize)]
struct Metadata {
    timestamp: Option<String>,
    component: Option<Component>,
}

#[derive(Deserialize)]
struct Component {
    #[serde(rename = "bom-ref")]
    reference: Option<String>,
    #[serde(rename = "type")]
    sort: Option<String>,
    name: Option<String>,
    version: Option<String>,
    purl: Option<String>,
    components: Option<Vec<Component>>,
}

#[derive(Deserialize)]
struct Vulnerability {
    id: Option<String>,
    references: Option<Vec<Reference>>,
    analysis: Option<Analysis>,
    affects: Option<Vec<Affected>>,
}

#[derive(Deserialize)]
struct Reference {
    id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Analysis {
    state: Option<String>,
    justification: Option<String>,
    response: Option<Vec<String>>,
    detail: Option<String>,
    first_issued: Option<String>,
    last_updated: Option<String>,
}

#[derive(Deserialize)]
struct Affected {
    #[serde(rename = "ref")]
    reference: Option<String>,
    versions: Option<Vec<Version>>,
}

#[derive(Deserialize)]
struct Version {
    version: Option<String>,
    status: Option<String>,
}

impl Component {
    /// A container's name counts too: it is what scanners say that they scanned.
    fn ids(&self) -> Vec<Text> {
        let mut ids: Vec<Text> = self.purl.iter().map(|purl| purl.trim().into()).collect();
        if let (true, Some(name)) = (self.is_container(), &self.name) {
            ids.push(match self.version.as_deref().unwrap_or_default() {
                "" => name.as_str().into(),
                digest if digest.starts_with("sha256:") => format!("{name}@{digest}").into(),
                tag => format!("{name}:{tag}").into(),
            });
        }
        // A purl says more than a name: with both, only the purl counts.
        ids.truncate(1);
        ids
    }

    fn is_container(&self) -> bool {
        self.sort.as_deref() == Some("container")
    }
}

/// What the document lists, by reference.
struct Parts<'a> {
    serial: Option<&'a str>,
    /// `None` for a reference that stands twice, so that nobody knows which is meant.
    known: BTreeMap<&'a str, Option<&'a Component>>,
    /// The thing that the document is about, where that is a container: then its components are parts of it and of nothing
    /// else.
    container: Option<&'a Component>,
}

impl<'a> Parts<'a> {
    fn of(document: &'a Document<'_>) -> Parts<'a> {
        let root = document
            .metadata
            .as_ref()
            .and_then(|metadata| metadata.component.as_ref());
        let mut known = BTreeMap::new();
        let mut left: Vec<&Component> = root
            .into_iter()
            .chain(document.components.iter().flatten())
            .collect();
        while let Some(component) = left.pop() {
            left.extend(component.components.iter().flatten());
            if let Some(reference) = &component.reference {
                known
                    .entry(reference.as_str())
                    .and_modify(|known| *known = None)
                    .or_insert(Some(component));
            }
        }
        Parts {
            serial: document.serial.as_deref(),
            known,
            container: root.filter(|root| root.is_container()),
        }
    }

    /// What a reference means: a component of this document, or the package URL that a link to another document has for a
    /// reference. `version` is the one that the vulnerability names beside it.
    fn product(&self, reference: &str, version: Option<Option<&str>>) -> Option<Product> {
        let reference = reference.trim();
        let (foreign, name) = match linked(reference) {
            Some((serial, name)) => (self.serial != Some(serial.as_str()), name),
            None => (false, reference.to_owned()),
        };
        let component = self.known.get(name.as_str()).filter(|_| !foreign);
        let ids = match component {
            Some(component) => (*component)?.ids(),
            None if Purl::parse(&name).is_some() => vec![name.into()],
            None => return None,
        };
        let ids: Vec<Text> = match version {
            Some(version) => ids
                .iter()
                .filter_map(|id| with_version(id, version))
                .map(Text::from)
                .collect(),
            None => ids,
        };
        if ids.is_empty() {
            return None;
        }
        let own = component.copied().flatten();
        Some(match self.container {
            Some(container) if !foreign && own.is_none_or(|own| !std::ptr::eq(own, container)) => {
                Product {
                    ids: container.ids(),
                    parts: vec![ids],
                }
            }
            _ => Product {
                ids,
                parts: Vec::new(),
            },
        })
    }
}

/// Serial number and reference of a link to a document: `urn:cdx:SERIAL/VERSION#REFERENCE`.
fn linked(reference: &str) -> Option<(String, String)> {
    let rest = reference.strip_prefix("urn:cdx:")?;
    let (document, name) = rest.split_once('#')?;
    let (serial, _version) = document.split_once('/')?;
    Some((format!("urn:uuid:{serial}"), decoded(name)?))
}

/// Reads a document that says that it is CycloneDX.
pub(super) fn read(text: &str, reader: &Reader) -> Result<Vec<Statement>, String> {
    let document: Document<'_> = serde_json::from_str(text)
        .map_err(|error| format!("is no CycloneDX document: {}", why(&error)))?;
    let Some(entries) = &document.vulnerabilities else {
        return Err(
            "is CycloneDX without a list `vulnerabilities`, in which statements stand; an inventory belongs to `sbom`"
                .to_owned(),
        );
    };
    let parts = Parts::of(&document);
    let issued = document
        .metadata
        .as_ref()
        .and_then(|metadata| metadata.timestamp.as_deref());
    let mut found = Vec::new();
    for (number, raw) in (1_u64..).zip(entries) {
        let entry: Vulnerability = serde_json::from_str(raw.get()).map_err(|error| {
            format!(
                "is broken CycloneDX: vulnerability {number}: {}",
                why(&error)
            )
        })?;
        if let Some(analysis) = &entry.analysis {
            let said = Said {
                number,
                entry: &entry,
                analysis,
                document: document.serial.as_deref(),
                issued,
            };
            found.extend(said.statements(&parts, reader));
        }
    }
    Ok(found)
}

/// A vulnerability with an analysis.
struct Said<'a> {
    number: u64,
    entry: &'a Vulnerability,
    analysis: &'a Analysis,
    document: Option<&'a str>,
    issued: Option<&'a str>,
}

impl Said<'_> {
    /// One statement, or more where its versions differ in status.
    fn statements(&self, parts: &Parts<'_>, reader: &Reader) -> Vec<Statement> {
        let word = self.analysis.state.as_deref().map(str::trim);
        let whole = word.map(|word| match word {
            "not_affected" | "false_positive" => Ok(Status::NotAffected),
            "resolved" | "resolved_with_pedigree" => Ok(Status::Fixed),
            "exploitable" => Ok(Status::Affected),
            "in_triage" => Ok(Status::UnderInvestigation),
            other => Err(other),
        });
        let status = match whole {
            Some(Ok(status)) => status,
            _ => Status::UnderInvestigation,
        };
        let mut whole_products = Vec::new();
        let mut others: BTreeMap<bool, Vec<Product>> = BTreeMap::new();
        for affected in self.entry.affects.iter().flatten() {
            let reference = affected.reference.as_deref().unwrap_or_default();
            let versions = affected.versions.as_deref().unwrap_or_default();
            if versions.is_empty() {
                whole_products.extend(parts.product(reference, None));
            }
            for version in versions {
                let exact = version
                    .version
                    .as_deref()
                    .filter(|text| !text.trim().is_empty());
                let product = parts.product(reference, Some(exact));
                match (version.status.as_deref(), exact) {
                    (Some("unaffected"), Some(_)) if status.excuses() => {
                        whole_products.extend(product);
                    }
                    // Nothing says why, or a range says which.
                    (Some("unaffected"), _) => {}
                    (None | Some("affected"), _) if status == Status::Affected => {
                        whole_products.extend(product);
                    }
                    // The state says one thing and the version another.
                    (word, _) => others
                        .entry(word == Some("affected"))
                        .or_default()
                        .extend(product),
                }
            }
        }
        let mut found = Vec::new();
        if !whole_products.is_empty() || others.is_empty() {
            found.push(reader.statement(Draft {
                products: whole_products,
                status: whole,
                ..self.draft()
            }));
        }
        for (affected, products) in others {
            let status = match affected {
                true => Status::Affected,
                false => Status::UnderInvestigation,
            };
            found.push(reader.statement(Draft {
                products,
                status: Some(Ok(status)),
                ..self.draft()
            }));
        }
        found
    }

    fn draft(&self) -> Draft<'_> {
        let references = self.entry.references.iter().flatten();
        let ids = self
            .entry
            .id
            .iter()
            .chain(references.filter_map(|one| one.id.as_ref()));
        let responses = self.analysis.response.as_deref().unwrap_or_default();
        let updated = self.analysis.last_updated.as_deref();
        Draft {
            number: self.number,
            document: self.document,
            ids: ids.map(String::as_str).collect(),
            justification: self.analysis.justification.as_deref(),
            labels: JUSTIFICATIONS,
            false_positive: self.analysis.state.as_deref().map(str::trim) == Some("false_positive"),
            impact: self.analysis.detail.as_deref().unwrap_or_default(),
            detail: responses.first().map(String::as_str).unwrap_or_default(),
            timestamp: updated
                .or(self.analysis.first_issued.as_deref())
                .or(self.issued),
            ..Draft::default()
        }
    }
}
