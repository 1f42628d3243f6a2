//! OpenVEX 0.0.x and 0.2.0 (<https://github.com/openvex/spec>).
//!
//! 0.0.x writes vulnerabilities and products as texts and the parts beside the products; 0.2.0 as objects.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Draft, JUSTIFICATIONS, Product, Reader, Statement, Status, why};
use crate::model::Text;

#[derive(Deserialize)]
struct Document<'a> {
    #[serde(rename = "@id")]
    id: Option<String>,
    timestamp: Option<String>,
    #[serde(borrow)]
    statements: Option<Vec<&'a RawValue>>,
}

#[derive(Deserialize)]
struct Entry {
    vulnerability: Option<Vulnerability>,
    products: Option<Vec<Named>>,
    /// 0.0.x: parts of all products.
    subcomponents: Option<Vec<Named>>,
    status: Option<String>,
    justification: Option<String>,
    impact_statement: Option<String>,
    action_statement: Option<String>,
    timestamp: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Vulnerability {
    Id(String),
    Object {
        #[serde(rename = "@id")]
        id: Option<String>,
        name: Option<String>,
        aliases: Option<Vec<String>>,
    },
}

/// A product or a part of one.
#[derive(Deserialize)]
#[serde(untagged)]
enum Named {
    Id(String),
    Object(Component),
}

#[derive(Deserialize)]
struct Component {
    #[serde(rename = "@id")]
    id: Option<String>,
    identifiers: Option<std::collections::BTreeMap<String, String>>,
    hashes: Option<std::collections::BTreeMap<String, String>>,
    subcomponents: Option<Vec<Named>>,
}

impl Named {
    fn ids(&self) -> Vec<Text> {
        match self {
            Named::Id(id) => vec![id.trim().into()],
            Named::Object(component) => {
                let identifiers = component.identifiers.iter().flatten();
                let hashes = component.hashes.iter().flatten();
                let written = component.id.iter().map(|id| Text::from(id.trim()));
                written
                    .chain(identifiers.map(|(_, id)| id.trim().into()))
                    // `sha-256` here, `sha256` everywhere else.
                    .chain(hashes.map(|(kind, value)| {
                        let kind = kind.to_ascii_lowercase().replacen("sha-", "sha", 1);
                        format!("{kind}:{}", value.trim()).into()
                    }))
                    .collect()
            }
        }
    }

    fn parts(&self) -> &[Named] {
        match self {
            Named::Id(_) => &[],
            Named::Object(component) => component.subcomponents.as_deref().unwrap_or_default(),
        }
    }
}

/// Reads a document that says that it is OpenVEX.
pub(super) fn read(text: &str, reader: &Reader) -> Result<Vec<Statement>, String> {
    let document: Document<'_> = serde_json::from_str(text)
        .map_err(|error| format!("is no OpenVEX document: {}", why(&error)))?;
    let Some(statements) = &document.statements else {
        return Err("is OpenVEX without a list `statements`".to_owned());
    };
    let mut found = Vec::with_capacity(statements.len());
    for (number, raw) in (1_u64..).zip(statements) {
        let entry: Entry = serde_json::from_str(raw.get())
            .map_err(|error| format!("is broken OpenVEX: statement {number}: {}", why(&error)))?;
        found.push(reader.statement(draft(number, &document, &entry)));
    }
    Ok(found)
}

fn draft<'a>(number: u64, document: &'a Document<'_>, entry: &'a Entry) -> Draft<'a> {
    let ids = match &entry.vulnerability {
        None => Vec::new(),
        Some(Vulnerability::Id(id)) => vec![id.as_str()],
        Some(Vulnerability::Object { id, name, aliases }) => {
            let aliases = aliases.iter().flatten();
            let ids = name.iter().chain(aliases).chain(id);
            ids.map(String::as_str).collect()
        }
    };
    let shared = entry.subcomponents.as_deref().unwrap_or_default();
    let products = entry.products.iter().flatten().map(|product| Product {
        ids: product.ids(),
        parts: product
            .parts()
            .iter()
            .chain(shared)
            .map(Named::ids)
            .collect(),
    });
    Draft {
        number,
        document: document.id.as_deref(),
        ids,
        products: products.collect(),
        status: entry.status.as_deref().map(|word| match word.trim() {
            "not_affected" => Ok(Status::NotAffected),
            "affected" => Ok(Status::Affected),
            "fixed" => Ok(Status::Fixed),
            "under_investigation" => Ok(Status::UnderInvestigation),
            other => Err(other),
        }),
        justification: entry.justification.as_deref(),
        labels: JUSTIFICATIONS,
        impact: entry.impact_statement.as_deref().unwrap_or_default(),
        detail: entry.action_statement.as_deref().unwrap_or_default(),
        timestamp: entry.timestamp.as_deref().or(document.timestamp.as_deref()),
        ..Draft::default()
    }
}
