//! A finding of the model, made of a line.

use super::super::advisory;
use super::super::bounds::{self, MAX_MESSAGE, MAX_TITLE, cut, quoted};
use super::super::package::{Named, ecosystem};
use super::FORMAT;
use super::line::{Finding as Written, Header, Package, Suppressed};
use crate::formats::{Desk, Secret};
use crate::model::{self, Finding, Fix, Kind, Location, Place, Suppression, Text, purl};

impl Written {
    /// The finding, or what is wrong with the line.
    pub(super) fn made(self, header: &Header, desk: &mut Desk<'_>) -> Result<Finding, String> {
        let secret = self.secret.as_deref().map(Secret::new);
        let kind = self.kind()?;
        if secret.is_some() && kind != Kind::Secret {
            return Err(format!(
                "`secret` belongs to the kind secret, and the kind is {}",
                kind.word()
            ));
        }
        let blank = |written: &str| match &secret {
            Some(secret) => secret.blank(written),
            None => written.to_owned(),
        };
        let mut text =
            |written: &str, limit: usize| desk.texts.share(&cut(blank(written).trim(), limit));
        let required = |name: &str, value: &str| match value.trim() {
            "" => Err(format!("`{name}` is empty")),
            _ => Ok(()),
        };
        required("rule", &self.rule)?;
        required("title", &self.title)?;
        let rule = text(&self.rule, MAX_TITLE);
        let title = text(&bounds::title(&blank(&self.title)), MAX_TITLE);
        let message = text(self.message.as_deref().unwrap_or_default(), MAX_MESSAGE);
        let resource = self
            .resource
            .as_deref()
            .map(|written| text(written, MAX_TITLE));
        let target = self.target.as_deref().or(header.target.as_deref());
        let target = target.map(|written| text(written, MAX_MESSAGE));
        let path = self
            .path
            .as_deref()
            .map(|written| text(written, MAX_MESSAGE));
        let aliases = self.aliases.iter().flatten();
        let aliases: Vec<Text> = aliases.map(|written| text(written, MAX_TITLE)).collect();

        let present = |text: &Text| !text.is_empty();
        let aliases = aliases.into_iter().filter(present).collect();
        let (rule, aliases) = match kind {
            Kind::Vulnerability => advisory::ids(rule, aliases),
            _ => (rule, aliases),
        };
        required("severity", &self.severity)?;
        let severity = desk.severity(FORMAT.scale, Some(&self.severity), &rule);
        let mut finding = Finding::new(kind, rule, severity, title);
        finding.aliases = aliases;
        finding.message = message;
        finding.resource = resource.filter(present);
        let link = self.link.filter(|link| blank(link) == *link);
        finding.link = bounds::link(link.as_deref(), &mut desk.texts);
        finding.cvss = score(self.cvss)?;
        let target = target.filter(present);
        let path = path.filter(present);
        if let Some(path) = path.clone() {
            let mut place = Location::new(path, self.line).to_line(self.end_line);
            let above_0 = |number: Option<u32>| number.filter(|number| *number > 0);
            place.start_column = above_0(self.column).filter(|_| place.start_line.is_some());
            place.end_column = above_0(self.end_column).filter(|_| place.start_column.is_some());
            // In something else than the repository: an image, a host.
            if target.is_some() && target.as_ref() != Some(&place.path) {
                place.place = Place::Target;
            }
            finding.locations.push(place);
        }
        let of_lock_file = || path.filter(|_| kind == Kind::Vulnerability);
        finding.target = target.or_else(of_lock_file);
        if let Some(package) = self.package {
            finding.package = Some(Box::new(package.made(desk)?));
        }
        if let Some(suppressed) = self.suppressed {
            let mut suppression = suppressed.made(desk)?;
            suppression.reason = desk.texts.share(&blank(&suppression.reason));
            finding.suppression = Some(Box::new(suppression));
        }
        if kind == Kind::Secret {
            let secret = secret.unwrap_or_else(|| Secret::new(""));
            desk.secrets.remember(secret.visible_part());
            finding.secret = Some(desk.secrets.mark(secret));
        }
        Ok(finding)
    }

    /// The kind that is named, else the one that the other members show.
    fn kind(&self) -> Result<Kind, String> {
        let Some(word) = &self.kind else {
            return Ok(match (&self.secret, &self.package) {
                (Some(_), _) => Kind::Secret,
                (None, Some(_)) => Kind::Vulnerability,
                (None, None) => Kind::Code,
            });
        };
        Kind::ALL
            .into_iter()
            .find(|kind| kind.word() == word)
            .ok_or_else(|| {
                let known = Kind::ALL.map(Kind::word);
                format!(
                    "{} is no kind; kinds are {}",
                    quoted(word),
                    known.join(", ")
                )
            })
    }
}

fn score(written: Option<f64>) -> Result<Option<f32>, String> {
    match written {
        Some(score) if !(0.0..=10.0).contains(&score) => {
            Err(format!("`cvss` is {score}, which is no score from 0 to 10"))
        }
        score => Ok(score.filter(|score| *score > 0.0).map(|score| score as f32)),
    }
}

impl Package {
    fn made(self, desk: &mut Desk<'_>) -> Result<model::Package, String> {
        let purl = self.purl.as_deref().map(str::trim);
        if let Some(purl) = purl.filter(|purl| purl::kind(purl).is_none()) {
            return Err(format!(
                "{} is no package URL; one reads pkg:npm/lodash@4.17.15",
                quoted(purl)
            ));
        }
        let (in_purl, version) = purl.and_then(purl::named).unwrap_or_default();
        let version = version.unwrap_or_default();
        let name = self
            .name
            .as_deref()
            .map(str::trim)
            .filter(|name| !name.is_empty());
        let name = name.unwrap_or(&in_purl);
        if name.is_empty() {
            return Err("`package` needs a `purl` or a `name`".into());
        }
        let sort = self.ecosystem.as_deref().unwrap_or_default();
        if purl.is_none() && ecosystem(sort).is_none() {
            desk.note(format!(
                "{}: the ecosystem {} is not known",
                quoted(name),
                quoted(sort)
            ));
        }
        let fix = match &self.fixed {
            Some(fixed) if fixed.is_empty() => Fix::None,
            _ => Fix::Unknown,
        };
        let fixed = self.fixed.into_iter().flatten();
        let fixed = fixed.filter(|version| !version.trim().is_empty());
        let fixed = fixed.map(|version| Text::from(version.trim())).collect();
        let named = Named {
            purl,
            sort,
            name,
            version: self.version.as_deref().unwrap_or(&version),
        };
        Ok(named.package(fixed, fix, &mut desk.texts))
    }
}

impl Suppressed {
    fn made(self, desk: &mut Desk<'_>) -> Result<Suppression, String> {
        let kind = match self.kind.as_deref() {
            None | Some("external") => "external",
            Some("inSource") => "inSource",
            Some(other) => {
                return Err(format!(
                    "{} is no kind of suppression; kinds are inSource (a comment in the code) and external (an ignore file, a policy)",
                    quoted(other)
                ));
            }
        };
        let reason = self.reason.unwrap_or_default();
        Ok(Suppression {
            kind,
            status: desk.texts.share(""),
            reason: desk.texts.share(&cut(reason.trim(), MAX_MESSAGE)),
            by: desk.texts.share(""),
        })
    }
}
