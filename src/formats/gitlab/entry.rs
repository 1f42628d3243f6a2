//! One entry of `vulnerabilities`.

use serde::Deserialize;

use super::super::bounds::{MAX_MESSAGE, cut, quoted};
use super::super::cvss;
use super::super::package::Named;
use super::identifiers::{Identifier, Names};
use super::place::Place;
use super::{FORMAT, Held};
use crate::formats::{Desk, Secret};
use crate::model::{Finding, Fix, Kind, Text};
use crate::syntax::{OrNothing, Raw, text_of};

/// The members that are kept.
#[derive(Deserialize)]
pub(super) struct Entry<'a> {
    #[serde(borrow)]
    category: Raw<'a>,
    #[serde(borrow)]
    name: Raw<'a>,
    #[serde(borrow)]
    message: Raw<'a>,
    #[serde(borrow)]
    description: Raw<'a>,
    #[serde(borrow)]
    severity: Raw<'a>,
    #[serde(borrow)]
    solution: Raw<'a>,
    #[serde(borrow)]
    location: Raw<'a>,
    #[serde(borrow)]
    identifiers: Raw<'a>,
    #[serde(borrow)]
    raw_source_code_extract: Raw<'a>,
    #[serde(borrow, default)]
    scanner: OrNothing<Scanner<'a>>,
    #[serde(borrow, default)]
    links: OrNothing<Vec<Link<'a>>>,
    #[serde(borrow, default)]
    flags: OrNothing<Vec<Flag<'a>>>,
    #[serde(borrow, default)]
    cvss_vectors: OrNothing<Vec<Vector<'a>>>,
}

#[derive(Deserialize)]
struct Scanner<'a> {
    #[serde(borrow)]
    id: Raw<'a>,
}

#[derive(Deserialize)]
struct Link<'a> {
    #[serde(borrow)]
    url: Raw<'a>,
}

#[derive(Deserialize)]
struct Flag<'a> {
    #[serde(borrow, rename = "type")]
    sort: Raw<'a>,
    #[serde(borrow)]
    description: Raw<'a>,
}

#[derive(Deserialize)]
struct Vector<'a> {
    #[serde(borrow)]
    vector: Raw<'a>,
}

impl Entry<'_> {
    /// The finding as far as the entry itself says it, or the name of the member that is missing.
    pub(super) fn held(&self, desk: &mut Desk<'_>) -> Result<Held, &'static str> {
        let place = self.location.ok_or("location")?;
        let place: Place<'_> =
            serde_json::from_str(place.get()).map_err(|_| "location that is an object")?;
        let identifiers = self.identifiers.ok_or("identifiers")?;
        let identifiers: Vec<Identifier<'_>> =
            serde_json::from_str(identifiers.get()).map_err(|_| "identifiers that are a list")?;
        let dependency = place.dependency();
        let names = Names::of(&identifiers, dependency.is_some(), desk);
        let said = [self.name, self.message, self.description];
        let mut said = said.into_iter().filter_map(text_of);
        let said = said.find(|text| !text.trim().is_empty());
        let rule = match (names.rule, &said) {
            (Some(rule), _) => rule,
            (None, Some(said)) => desk.title(said),
            (None, None) => return Err("name and no identifier"),
        };
        let title = said.map_or_else(|| rule.clone(), |said| desk.title(&said));
        let word = text_of(self.severity);
        let severity = desk.severity(FORMAT.scale, word.as_deref(), &rule);

        let mut finding = Finding::new(Kind::Code, rule, severity, title);
        finding.aliases = names.aliases;
        finding.message = self.told(&place, desk);
        let links = self.links.0.as_deref().unwrap_or_default();
        let mut links = links.iter().filter_map(|link| desk.link(link.url));
        finding.link = names.link.or_else(|| links.next());
        finding.cvss = self.score(desk);
        if let Some(dependency) = dependency {
            let (fixed, fix) = fixed(
                &text_of(self.solution).unwrap_or_default(),
                &dependency.name,
            );
            let named = Named {
                sort: &dependency.sort,
                name: &dependency.name,
                version: &dependency.version,
                ..Named::default()
            };
            finding.package = Some(Box::new(named.package(fixed, fix, &mut desk.texts)));
        }
        finding.target = place.target(desk);
        finding.resource = place.resource(desk);
        finding.locations = place.locations(desk);
        let scanner = self.scanner.0.as_ref();
        Ok(Held {
            finding,
            category: desk.word(self.category),
            scanner: scanner.and_then(|scanner| desk.word(scanner.id)),
            extract: self.extract(),
            rated: word.is_some_and(|word| !word.trim().is_empty()),
        })
    }

    /// The raw value. Some scanners give the lines that hold it, as a list.
    fn extract(&self) -> Option<Secret> {
        let raw = self.raw_source_code_extract?;
        let text = text_of(Some(raw)).map(|text| text.into_owned());
        let lines = || {
            let lines: Vec<String> = serde_json::from_str(raw.get()).ok()?;
            Some(lines.concat())
        };
        text.or_else(lines).map(Secret::new)
    }

    fn told(&self, place: &Place<'_>, desk: &mut Desk<'_>) -> Text {
        let said = [self.description, self.message];
        let mut said = said.into_iter().filter_map(text_of);
        let said = said.find(|text| !text.trim().is_empty());
        let mut text = place.request().unwrap_or_default();
        let mut add = |part: &str| {
            if !part.trim().is_empty() {
                if !text.is_empty() {
                    text.push('\n');
                }
                text.push_str(part.trim());
            }
        };
        add(&said.unwrap_or_default());
        add(&text_of(self.solution).unwrap_or_default());
        for flag in self.flags.0.as_deref().unwrap_or_default() {
            let sort = text_of(flag.sort).unwrap_or_default();
            let why = text_of(flag.description).unwrap_or_default();
            add(&format!("Flag of the analyzer: {sort}. {why}"));
        }
        desk.texts.share(&cut(&text, MAX_MESSAGE))
    }

    /// The highest score of the vectors.
    fn score(&self, desk: &mut Desk<'_>) -> Option<f32> {
        let vectors = self.cvss_vectors.0.as_deref().unwrap_or_default();
        let mut scores = Vec::new();
        for vector in vectors.iter().filter_map(|vector| text_of(vector.vector)) {
            match cvss::rated(&vector) {
                Some(rated) => scores.extend(rated.kept()),
                None => desk.note(format!(
                    "{} is no CVSS vector that has a score",
                    quoted(&vector)
                )),
            }
        }
        scores.into_iter().max_by(f32::total_cmp)
    }
}

/// The fixed versions that the sentence of the analyzer names (`Upgrade NAME to 1.2, 2.0`, `Upgrade to version 1.2 or
/// above.`); Gemnasium says so where there is none.
fn fixed(solution: &str, name: &str) -> (Vec<Text>, Fix) {
    let solution = solution.trim();
    if solution.starts_with("Unfortunately, there is no solution available yet") {
        return (Vec::new(), Fix::None);
    }
    let Some(rest) = solution.strip_prefix("Upgrade ") else {
        return (Vec::new(), Fix::Unknown);
    };
    let rest = rest.strip_prefix(name).map_or(rest, str::trim_start);
    let rest = rest.strip_prefix("to ").unwrap_or_default();
    let rest = ["versions ", "version "]
        .iter()
        .find_map(|word| rest.strip_prefix(word))
        .unwrap_or(rest);
    let rest = rest.split(" or above").next().unwrap_or_default();
    let each = rest
        .split(',')
        .map(|version| version.trim().trim_end_matches('.'));
    let version = |text: &&str| {
        text.starts_with(|c: char| c.is_ascii_alphanumeric()) && !text.contains(char::is_whitespace)
    };
    (
        each.filter(version).map(Text::from).collect(),
        Fix::Available,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_name_versions() {
        for (solution, versions, fix) in [
            ("Upgrade openssl to 1.1.1d-r0", "1.1.1d-r0", Fix::Available),
            (
                "Upgrade openssl to 2.6.9, 3.1.0",
                "2.6.9 3.1.0",
                Fix::Available,
            ),
            (
                "Upgrade to version 4.17.21 or above.",
                "4.17.21",
                Fix::Available,
            ),
            (
                "Upgrade to versions 1.2, 2.0 or above.",
                "1.2 2.0",
                Fix::Available,
            ),
            ("Upgrade to the newest one", "", Fix::Available),
            (
                "Unfortunately, there is no solution available yet.",
                "",
                Fix::None,
            ),
            ("No solution provided", "", Fix::Unknown),
            ("", "", Fix::Unknown),
        ] {
            let (found, said) = fixed(solution, "openssl");
            assert_eq!(
                (found.join(" ").as_str(), said),
                (versions, fix),
                "{solution}"
            );
        }
    }
}
