//! VEX in CSAF 2.0 and 2.1 JSON: `product_status` lists products by id, the product tree says which package URLs these are,
//! flags and threats say why a product is not affected.
//!
//! A component of a platform is a part of that platform and of nothing else. Platforms that have only a CPE match nothing:
//! no report says the CPE of what it scanned.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Draft, JUSTIFICATIONS, Product, Reader, Statement, Status, why};
use crate::model::Text;

#[derive(Deserialize)]
struct Advisory<'a> {
    document: Document,
    product_tree: Option<Tree>,
    #[serde(borrow)]
    vulnerabilities: Option<Vec<&'a RawValue>>,
}

#[derive(Deserialize)]
struct Document {
    tracking: Option<Tracking>,
}

#[derive(Deserialize)]
struct Tracking {
    id: Option<String>,
    current_release_date: Option<String>,
}

#[derive(Deserialize)]
struct Tree {
    branches: Option<Vec<Branch>>,
    full_product_names: Option<Vec<FullName>>,
    relationships: Option<Vec<Relationship>>,
    product_groups: Option<Vec<Group>>,
}

#[derive(Deserialize)]
struct Branch {
    branches: Option<Vec<Branch>>,
    product: Option<FullName>,
}

#[derive(Deserialize)]
struct FullName {
    product_id: Option<String>,
    product_identification_helper: Option<Helper>,
}

#[derive(Deserialize)]
struct Helper {
    /// 2.0
    purl: Option<String>,
    /// 2.1
    purls: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Relationship {
    full_product_name: Option<FullName>,
    product_reference: Option<String>,
    relates_to_product_reference: Option<String>,
}

#[derive(Deserialize)]
struct Group {
    group_id: Option<String>,
    product_ids: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Vulnerability {
    cve: Option<String>,
    ids: Option<Vec<OtherId>>,
    product_status: Option<BTreeMap<String, Vec<String>>>,
    flags: Option<Vec<Reason>>,
    threats: Option<Vec<Reason>>,
}

#[derive(Deserialize)]
struct OtherId {
    text: Option<String>,
}

/// A flag or a threat. One that names neither products nor groups speaks of none.
#[derive(Deserialize)]
struct Reason {
    label: Option<String>,
    category: Option<String>,
    details: Option<String>,
    product_ids: Option<Vec<String>>,
    group_ids: Option<Vec<String>>,
}

/// What a product id stands for; ids that stand twice stand for nothing.
struct Products<'a> {
    leaves: BTreeMap<&'a str, Option<Vec<Text>>>,
    related: BTreeMap<&'a str, Option<(&'a str, &'a str)>>,
    groups: BTreeMap<&'a str, &'a [String]>,
}

impl<'a> Products<'a> {
    fn of(tree: Option<&'a Tree>) -> Products<'a> {
        let mut products = Products {
            leaves: BTreeMap::new(),
            related: BTreeMap::new(),
            groups: BTreeMap::new(),
        };
        let Some(tree) = tree else { return products };
        let mut names: Vec<&FullName> = tree.full_product_names.iter().flatten().collect();
        let mut left: Vec<&Branch> = tree.branches.iter().flatten().collect();
        while let Some(branch) = left.pop() {
            left.extend(branch.branches.iter().flatten());
            names.extend(&branch.product);
        }
        for name in names {
            let Some(id) = &name.product_id else { continue };
            let helper = name.product_identification_helper.as_ref();
            let purls = helper
                .into_iter()
                .flat_map(|helper| helper.purl.iter().chain(helper.purls.iter().flatten()));
            let purls = purls.map(|purl| purl.trim().into()).collect();
            products
                .leaves
                .entry(id)
                .and_modify(|known| *known = None)
                .or_insert(Some(purls));
        }
        for relation in tree.relationships.iter().flatten() {
            let id = relation
                .full_product_name
                .as_ref()
                .and_then(|name| name.product_id.as_ref());
            let (Some(id), Some(part), Some(whole)) = (
                id,
                &relation.product_reference,
                &relation.relates_to_product_reference,
            ) else {
                continue;
            };
            products
                .related
                .entry(id)
                .and_modify(|known| *known = None)
                .or_insert(Some((part, whole)));
        }
        for group in tree.product_groups.iter().flatten() {
            if let (Some(id), Some(members)) = (&group.group_id, &group.product_ids) {
                products.groups.insert(id, members);
            }
        }
        products
    }

    fn ids(&self, id: &str) -> Option<Vec<Text>> {
        self.leaves.get(id)?.clone().filter(|ids| !ids.is_empty())
    }

    /// `None` where nothing in the tree says a package URL of it.
    fn product(&self, id: &str) -> Option<Product> {
        match (self.related.get(id), self.leaves.get(id)) {
            (Some(Some((part, whole))), None) => Some(Product {
                ids: self.ids(whole)?,
                parts: vec![self.ids(part)?],
            }),
            (None, Some(_)) => Some(Product {
                ids: self.ids(id)?,
                parts: Vec::new(),
            }),
            _ => None,
        }
    }

    /// The products that a flag or threat speaks of.
    fn named<'r>(&'r self, reason: &'r Reason) -> impl Iterator<Item = &'r String> {
        let groups = reason.group_ids.iter().flatten();
        let of_groups = groups.filter_map(|group| self.groups.get(group.as_str()));
        reason
            .product_ids
            .iter()
            .flatten()
            .chain(of_groups.copied().flatten())
    }
}

/// Reads a document that says that it is CSAF.
pub(super) fn read(text: &str, reader: &Reader) -> Result<Vec<Statement>, String> {
    let advisory: Advisory<'_> = serde_json::from_str(text)
        .map_err(|error| format!("is no CSAF document: {}", why(&error)))?;
    let Some(entries) = &advisory.vulnerabilities else {
        return Err(
            "is CSAF without a list `vulnerabilities`, in which statements stand".to_owned(),
        );
    };
    let products = Products::of(advisory.product_tree.as_ref());
    let mut found = Vec::new();
    for (number, raw) in (1_u64..).zip(entries) {
        let entry: Vulnerability = serde_json::from_str(raw.get())
            .map_err(|error| format!("is broken CSAF: vulnerability {number}: {}", why(&error)))?;
        let tracking = advisory.document.tracking.as_ref();
        for ((status, label, impact), products) in entry.groups(&products) {
            let others = entry.ids.iter().flatten().filter_map(|id| id.text.as_ref());
            found.push(reader.statement(Draft {
                number,
                document: tracking.and_then(|tracking| tracking.id.as_deref()),
                ids: entry.cve.iter().chain(others).map(String::as_str).collect(),
                products,
                status: Some(Ok(status)),
                justification: label,
                labels: JUSTIFICATIONS,
                impact,
                timestamp: tracking.and_then(|tracking| tracking.current_release_date.as_deref()),
                ..Draft::default()
            }));
        }
    }
    Ok(found)
}

/// Products with the same status for the same reason: label of the flag, impact statement.
type Groups<'a> = BTreeMap<(Status, Option<&'a str>, &'a str), Vec<Product>>;

impl Vulnerability {
    fn groups(&self, products: &Products<'_>) -> Groups<'_> {
        let labels = reasons(&self.flags, products, |flag| flag.label.as_deref());
        let impacts = reasons(&self.threats, products, |threat| {
            threat
                .details
                .as_deref()
                .filter(|_| threat.category.as_deref() == Some("impact"))
        });
        let mut found = Groups::new();
        for (list, ids) in self.product_status.iter().flatten() {
            let status = match list.as_str() {
                "known_not_affected" => Status::NotAffected,
                "fixed" | "first_fixed" => Status::Fixed,
                "known_affected" | "first_affected" | "last_affected" => Status::Affected,
                "under_investigation" => Status::UnderInvestigation,
                // `recommended` says nothing about the vulnerability.
                _ => continue,
            };
            for id in ids {
                let (label, impact) = match status {
                    Status::NotAffected => (
                        labels.get(id.as_str()).copied(),
                        impacts.get(id.as_str()).copied().unwrap_or_default(),
                    ),
                    _ => (None, ""),
                };
                let group = found.entry((status, label, impact)).or_default();
                group.extend(products.product(id));
            }
        }
        found
    }
}

/// What the first flag or threat that speaks of a product says, by product.
fn reasons<'a>(
    list: &'a Option<Vec<Reason>>,
    products: &Products<'_>,
    text: impl Fn(&'a Reason) -> Option<&'a str>,
) -> BTreeMap<String, &'a str> {
    let mut found = BTreeMap::new();
    for reason in list.iter().flatten() {
        if let Some(text) = text(reason) {
            for id in products.named(reason) {
                found.entry(id.clone()).or_insert(text);
            }
        }
    }
    found
}
