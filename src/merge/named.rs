//! At which line of a lock file, a manifest or a Dockerfile a package or an image stands. Pure: text in, line out.
//!
//! These files are not read by their grammars: each names one package a line, in a way of its own, and a line that is not
//! understood names none. Every file is gone through once, whatever the number of findings.

use std::collections::BTreeMap;

use super::form::{Around, Form, image, names};
use crate::model::image_repository;

/// Names that are kept of one file; a lock file of a large application has some thousand.
const NAMES: usize = 200_000;

/// Lines of one name that are kept.
const LINES_OF_A_NAME: usize = 64;

/// Longest line that is looked at, in bytes: longer ones are not written for people.
const LINE_BYTES: usize = 4_096;

/// Whether a file is of a form in which packages or images are found.
pub(super) fn is_known(path: &str) -> bool {
    Form::of(path).is_some()
}

/// A file, and where what it names stands in it.
pub(super) struct Named {
    form: Form,
    text: String,
    /// Line from 1, and where it begins in the text.
    names: BTreeMap<String, Vec<(u32, usize)>>,
    /// Images of a Dockerfile in order: line, image, name of the stage.
    images: Vec<(u32, String, Option<String>)>,
}

impl Named {
    /// Goes through a file; nothing where it is of no known form.
    pub(super) fn read(path: &str, text: String) -> Option<Named> {
        let form = Form::of(path)?;
        let mut named = Named {
            form,
            text: String::new(),
            names: BTreeMap::new(),
            images: Vec::new(),
        };
        let mut around = Around::default();
        let mut start = 0_usize;
        let mut kept = 0_usize;
        for (line, number) in text.split_inclusive('\n').zip(1_u32..) {
            let at = start;
            start = start.saturating_add(line.len());
            if line.len() > LINE_BYTES {
                continue;
            }
            if form == Form::Dockerfile {
                named
                    .images
                    .extend(image(line).filter(|_| kept < NAMES).map(|(image, stage)| {
                        (number, image.to_owned(), stage.map(str::to_ascii_lowercase))
                    }));
                kept = named.images.len();
                continue;
            }
            for name in names(form, line, &mut around) {
                if kept >= NAMES {
                    break;
                }
                let places = named.names.entry(folded(&name)).or_default();
                if places.len() < LINES_OF_A_NAME {
                    places.push((number, at));
                    kept = kept.saturating_add(1);
                }
            }
        }
        named.text = text;
        Some(named)
    }

    /// Bytes that are kept.
    pub(super) fn size(&self) -> usize {
        self.text.len()
    }

    /// The line of a package: the one with its version, else the first.
    pub(super) fn package(&self, name: &str, version: Option<&str>) -> Option<u32> {
        let short = || {
            name.rsplit([':', '/'])
                .next()
                .filter(|_| self.form == Form::Pom)
        };
        let name = if matches!(self.form, Form::Pom | Form::Gradle) {
            name.replace('/', ":")
        } else {
            name.to_owned()
        };
        let places = self
            .names
            .get(&folded(&name))
            .or_else(|| self.names.get(&folded(short()?)))?;
        let version = version.map(|version| version.trim_start_matches('v'));
        let version = version.filter(|version| !version.is_empty());
        // The nearest, because the lines below may be of the next one already.
        let distance = |at: &usize| {
            let below = self.text.get(*at..).unwrap_or_default();
            let mut lines = below.lines().take(self.form.height());
            lines.position(|line| version.is_some_and(|version| says(line, version)))
        };
        let exact = places
            .iter()
            .filter_map(|(line, at)| Some((distance(at)?, *line)));
        let (first, _) = places.first()?;
        Some(exact.min().map_or(*first, |(_, line)| line))
    }

    /// The line of a Dockerfile at which an image stands; for what an image holds that is built here, the line of the image
    /// that the last stage begins from.
    pub(super) fn image(&self, target: Option<&str>, of_system: bool) -> Option<u32> {
        let wanted = target.map(image_repository);
        let same = wanted.and_then(|wanted| {
            let mut images = self.images.iter();
            images.find(|(_, image, _)| image_repository(image) == wanted)
        });
        let (mut line, mut image, mut rest) = match (same, self.images.split_last()) {
            (Some((line, ..)), _) => return Some(*line),
            (None, Some(((line, image, _), rest))) if of_system => (line, image, rest),
            _ => return None,
        };
        // A stage that begins from an earlier one stands on the image of that.
        while let Some(at) = rest
            .iter()
            .rposition(|(.., stage)| stage.as_deref() == Some(&image.to_ascii_lowercase()))
        {
            let (before, from) = rest.split_at(at);
            let Some((stage_line, stage_image, _)) = from.first() else {
                break;
            };
            (line, image, rest) = (stage_line, stage_image, before);
        }
        Some(*line)
    }
}

/// Names as they are compared: Python's rule (PEP 503), which does no harm to the others.
fn folded(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.chars() {
        let c = if matches!(c, '_' | '.') { '-' } else { c };
        if !(c == '-' && out.ends_with('-')) {
            out.push(c.to_ascii_lowercase());
        }
    }
    out
}

/// Whether a line says a version, and not a longer one that holds it.
fn says(line: &str, version: &str) -> bool {
    let longer = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '+');
    line.match_indices(version).any(|(at, _)| {
        let before = line.get(..at).unwrap_or_default();
        let end = at.saturating_add(version.len());
        let after = line.get(end..).unwrap_or_default();
        let before = before.strip_suffix('v').unwrap_or(before);
        !before.ends_with(longer) && !after.starts_with(|c| longer(c) || c == '-')
    })
}

#[cfg(test)]
#[path = "named_tests.rs"]
mod tests;
