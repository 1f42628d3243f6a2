//! Reports become findings with an identity: paths are made relative, lines are looked up, fingerprints are computed and
//! the same finding from several files and scanners becomes one.
//!
//! Must not know: settings, formats, how files are opened (it asks [`Surroundings`]).
#![deny(clippy::disallowed_methods)]

mod absorb;
mod form;
mod identity;
mod join;
mod line_hash;
mod named;
mod paths;
mod stand_in;

use std::collections::HashMap;

use globset::{GlobBuilder, GlobMatcher};

use crate::model::{Finding, Kind, Place, Report, Severity, Source, Text, folded_line_hash};

pub use identity::{VERSION, fingerprint, package_name};
pub use line_hash::line_hashes;
pub use stand_in::is_manifest;

/// What merging may ask about the place where it happens.
pub struct Surroundings<'a> {
    /// Where the repository stands or stood, in containers and on hosts: absolute, with `/`, without one at the end.
    pub roots: &'a [String],
    /// Directory of the repository that relative paths start from.
    pub prefix: Option<&'a str>,
    /// Whether a path relative to the repository root is a file in it.
    pub exists: &'a dyn Fn(&str) -> bool,
    /// The text of such a file; nothing when it cannot be read, is too large or lies behind a link out of the repository.
    pub text: &'a dyn Fn(&str) -> Option<String>,
}

/// A severity that the config moves: tool glob, rule glob, new severity. The first that matches counts.
pub struct Moved {
    tool: GlobMatcher,
    rule: GlobMatcher,
    to: Severity,
}

impl Moved {
    /// Compiles one entry of `severity-map`.
    ///
    /// # Errors
    /// The text of the glob error, when one of the globs is none.
    pub fn new(tool: &str, rule: &str, to: Severity) -> Result<Moved, String> {
        let glob = |text: &str| {
            let built = GlobBuilder::new(text).literal_separator(false).build();
            built
                .map(|glob| glob.compile_matcher())
                .map_err(|error| error.to_string())
        };
        Ok(Moved {
            tool: glob(tool)?,
            rule: glob(rule)?,
            to,
        })
    }
}

/// Takes the findings out of the reports and makes them one list, worst first.
pub fn merge(reports: &mut [Report], map: &[Moved], around: &Surroundings<'_>) -> Vec<Finding> {
    let mut files = Files {
        around,
        known: HashMap::new(),
    };
    let mut uris = Uris {
        around,
        known: HashMap::new(),
    };
    let mut all: Vec<Finding> = Vec::new();
    for (input, report) in reports.iter_mut().enumerate() {
        let mut findings = std::mem::take(&mut report.findings);
        for finding in &mut findings {
            place(finding, around, &mut uris);
            files.look_up(finding);
        }
        identity::identify(&mut findings);
        for finding in &mut findings {
            let run = report.runs.get(finding.run as usize);
            move_severity(finding, run.map_or("", |run| &run.tool), map);
            let input = u32::try_from(input).unwrap_or(u32::MAX);
            let own = Source {
                tool: run.map_or_else(|| "unknown".into(), |run| run.tool.clone()),
                input,
                run: finding.run,
                rule: finding.rule.clone(),
                severity: finding.severity,
                fingerprint: finding.fingerprint,
                suppression: finding.suppression.take(),
                recipe: None,
            };
            if finding.sources.is_empty() {
                // Nearly all keep one source; a list that is pushed to makes room for four.
                finding.sources = vec![own];
                continue;
            }
            // A log of ours names all sources of a merged finding, the one that carries it first.
            let own = finding.sources.first().and_then(|own| own.recipe.as_ref());
            if let Some(recorded) = own.and_then(|recipe| recorded(recipe, finding.kind)) {
                finding.fingerprint = recorded;
            }
            for source in &mut finding.sources {
                source.input = input;
                source.run = finding.run;
                let recorded = source
                    .recipe
                    .as_ref()
                    .and_then(|recipe| recorded(recipe, finding.kind));
                source.fingerprint = recorded.unwrap_or(finding.fingerprint);
            }
        }
        if all.is_empty() {
            all = findings;
        } else {
            all.append(&mut findings);
        }
    }
    let mut merged = join::join(all);
    let mut manifests = stand_in::Manifests::new(around);
    for finding in &mut merged {
        if finding.workspace_location().is_none() {
            finding.stand_in = stand_in::find(finding, around);
        }
        finding.stand_in_line = manifests.line(finding);
    }
    sort(&mut merged);
    merged
}

/// Sorts worst first. By numbers, then every finding moves once. No two findings are equal, since those with the same
/// fingerprint have been joined.
pub fn sort(findings: &mut [Finding]) {
    let mut sources: Vec<usize> = (0..findings.len()).collect();
    sources.sort_unstable_by(|a, b| {
        let key = |index: &usize| findings.get(*index).map(order);
        key(a).cmp(&key(b))
    });
    for place in 0..sources.len() {
        // What belongs here may have been swapped away already: follow where it went.
        let mut from = sources.get(place).copied().unwrap_or(place);
        while from < place {
            from = sources.get(from).copied().unwrap_or(place);
        }
        if from != place {
            findings.swap(place, from);
        }
    }
}

/// The fingerprint of a recorded recipe: its first field is the kind, its last one the occurrence number. A recipe of another
/// kind than the finding's is not ours.
fn recorded(recipe: &[Text], kind: Kind) -> Option<crate::model::Fingerprint> {
    let (occurrence, fields) = recipe.split_last()?;
    let same = fields.first().is_some_and(|first| **first == *kind.word());
    let occurrence = occurrence.parse().ok()?;
    same.then(|| fingerprint(fields, occurrence))
}

/// Worst first, then by what people read.
fn order(finding: &Finding) -> impl Ord + '_ {
    let location = finding.locations.first();
    (
        std::cmp::Reverse(finding.severity),
        finding.kind,
        &finding.rule,
        location.map(|location| (&location.path, location.start_line)),
        finding.fingerprint,
    )
}

fn move_severity(finding: &mut Finding, tool: &str, map: &[Moved]) {
    let ids = || std::iter::once(&finding.rule).chain(&finding.aliases);
    let moved = map
        .iter()
        .find(|entry| entry.tool.is_match(tool) && ids().any(|id| entry.rule.is_match(&**id)));
    if let Some(entry) = moved {
        finding.severity = entry.to;
    }
}

/// Makes the paths of a finding relative to the repository.
fn place(finding: &mut Finding, around: &Surroundings<'_>, uris: &mut Uris<'_>) {
    if let Some(target) = &finding.target {
        let same = finding
            .locations
            .iter()
            .find(|location| location.path == *target);
        let resolved = paths::target(target, same.map(|location| location.place), around);
        if resolved != *target {
            finding.target = Some(resolved);
        }
    }
    for location in &mut finding.locations {
        paths::resolve(location, around);
    }
    crate::sarif::rewrite_finding_uris(finding, &mut |uri| uris.rewritten(uri));
}

/// File URIs of carried content. The steps of code flows name the same few files over and over.
struct Uris<'a> {
    around: &'a Surroundings<'a>,
    /// What each becomes; nothing when it stays.
    known: HashMap<Box<str>, Option<Box<str>>>,
}

/// URIs that are remembered; beyond them each is worked out again.
const MOST_URIS: usize = 50_000;

impl Uris<'_> {
    fn rewritten(&mut self, uri: &str) -> Option<String> {
        if let Some(known) = self.known.get(uri) {
            return known.as_deref().map(str::to_owned);
        }
        let path = paths::relative(uri, true, self.around);
        let new = path
            .map(|path| crate::sarif::uri::of_path(&path))
            .filter(|new| new != uri);
        if self.known.len() < MOST_URIS {
            self.known
                .insert(uri.into(), new.as_deref().map(Into::into));
        }
        new
    }
}

/// What is known of a file of the repository.
struct Lines {
    folded: Vec<u64>,
    hashes: Vec<String>,
}

/// The files that findings point at, each read once.
struct Files<'a> {
    around: &'a Surroundings<'a>,
    known: HashMap<Text, Option<Lines>>,
}

impl Files<'_> {
    /// Fills in the line's hashes of a finding from the repository, where its report does not say them.
    fn look_up(&mut self, finding: &mut Finding) {
        let Some(location) = finding
            .locations
            .iter()
            .find(|l| l.place == Place::Workspace)
        else {
            return;
        };
        let Some(line) = location.start_line else {
            return;
        };
        let around = self.around;
        let lines = self.known.entry(location.path.clone()).or_insert_with(|| {
            let text = (around.text)(&location.path)?;
            Some(Lines {
                folded: text.lines().map(folded_line_hash).collect(),
                hashes: line_hashes(&text),
            })
        });
        let (Some(lines), Ok(index)) = (lines, usize::try_from(line - 1)) else {
            return;
        };
        finding.line_hash = lines
            .hashes
            .get(index)
            .map(|hash| Text::from(hash.as_str()));
        if finding.line.is_none() && finding.kind == Kind::Code {
            finding.line = lines.folded.get(index).copied();
        }
    }
}
