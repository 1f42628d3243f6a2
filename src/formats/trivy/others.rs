//! Entries of `Secrets` and `Licenses`.

use serde::Deserialize;

use super::super::bounds::title;
use super::place::Item;
use super::result::{Bench, Made};
use crate::model::{Finding, Fix, Kind, Package, SecretMark, folded_line_hash};
use crate::syntax::{Json, Raw, ReadError, line_number, text_of};

/// `Match` is masked by Trivy; `Code` repeats it with colours for a terminal and is not read.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Secret<'a> {
    #[serde(borrow, rename = "RuleID")]
    rule: Raw<'a>,
    #[serde(borrow)]
    severity: Raw<'a>,
    #[serde(borrow)]
    title: Raw<'a>,
    #[serde(borrow)]
    start_line: Raw<'a>,
    #[serde(borrow)]
    end_line: Raw<'a>,
    #[serde(borrow, rename = "Match")]
    masked: Raw<'a>,
}

pub(super) fn read_secret(
    json: &mut Json<'_>,
    desk: &mut Bench<'_, '_>,
) -> Result<Option<Item>, ReadError> {
    let made = json.borrow::<Secret<'_>>()?.item(desk);
    made.map_err(|what| json.error(what))
}

impl Secret<'_> {
    pub(super) fn item(&self, desk: &mut Bench<'_, '_>) -> Made {
        let rule = desk.some(self.rule).ok_or("a secret without RuleID")?;
        let severity = desk.rating(self.severity, &rule);
        let named = desk.some(self.title).unwrap_or_else(|| rule.clone());
        let named = desk.texts.share(&title(&named));
        let mut finding = Finding::new(Kind::Secret, rule, severity, named);
        finding.secret = Some(SecretMark {
            digest: None,
            published: None,
        });
        finding.line = text_of(self.masked).as_deref().and_then(masked_line);
        let mut item = Item::new(finding);
        item.start = line_number(self.start_line);
        item.end = line_number(self.end_line);
        Ok(Some(item))
    }
}

/// Hash of a line whose secret Trivy replaced by as many asterisks as it has characters. Runs are made one length, so
/// that the length of the secret is no part of it. Nothing where the line is all secret, and nothing where no asterisk
/// shows that it was masked: a hash of the bare secret would let anybody confirm a guess.
fn masked_line(text: &str) -> Option<u64> {
    let mut blanked = String::with_capacity(text.len());
    let mut rest = text;
    let mut masked = false;
    while let Some(at) = rest.find("***") {
        let (before, stars) = rest.split_at_checked(at)?;
        blanked.push_str(before);
        blanked.push_str("***");
        rest = stars.trim_start_matches('*');
        masked = true;
    }
    blanked.push_str(rest);
    let says_more = blanked.chars().any(char::is_alphanumeric);
    (masked && says_more).then(|| folded_line_hash(&blanked))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct License<'a> {
    #[serde(borrow)]
    severity: Raw<'a>,
    #[serde(borrow)]
    category: Raw<'a>,
    #[serde(borrow)]
    pkg_name: Raw<'a>,
    #[serde(borrow)]
    file_path: Raw<'a>,
    #[serde(borrow)]
    name: Raw<'a>,
    #[serde(borrow)]
    link: Raw<'a>,
}

pub(super) fn read_license(
    json: &mut Json<'_>,
    desk: &mut Bench<'_, '_>,
) -> Result<Option<Item>, ReadError> {
    let made = json.borrow::<License<'_>>()?.item(desk);
    made.map_err(|what| json.error(what))
}

impl License<'_> {
    pub(super) fn item(&self, desk: &mut Bench<'_, '_>) -> Made {
        let name = text_of(self.name).unwrap_or_default();
        // Where Trivy knows no name it writes the licence's whole text.
        let rule = desk.texts.share_some(&title(&name));
        let rule = rule.ok_or("a licence without Name")?;
        let severity = desk.rating(self.severity, &rule);
        let package = desk.some(self.pkg_name);
        let path = desk.some(self.file_path);
        let category = text_of(self.category).unwrap_or_default();
        let mut named = format!("{rule} licence");
        if !category.trim().is_empty() {
            named.push_str(&format!(" ({})", category.trim()));
        }
        if let Some(of) = package.as_ref().or(path.as_ref()) {
            named.push_str(&format!(" of {of}"));
        }
        let named = desk.texts.share(&title(&named));
        let mut finding = Finding::new(Kind::License, rule, severity, named);
        finding.link = desk.link(self.link);
        finding.package = package.map(|name| {
            Box::new(Package {
                development: false,
                purl: None,
                ecosystem: None,
                name,
                version: None,
                fixed: Vec::new(),
                fix: Fix::Unknown,
            })
        });
        let mut item = Item::new(finding);
        item.path = path;
        Ok(Some(item))
    }
}

#[cfg(test)]
mod tests {
    use super::masked_line;

    #[test]
    fn the_length_of_a_masked_secret_is_not_hashed() {
        let short = masked_line("key = \"*****\"");
        assert!(short.is_some());
        assert_eq!(short, masked_line("  key  = \"************\""));
        assert_ne!(short, masked_line("token = \"*****\""));
        for nothing in ["*******", "key = hunter2", "", " ** "] {
            assert_eq!(masked_line(nothing), None, "{nothing}");
        }
    }
}
