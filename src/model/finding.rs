//! One thing that a report says, and the parts it is made of.

use super::{Effect, Kind, Known, Severity, Text};

/// One finding. A reader fills what its tool says; `merge` adds identity, joins the sources and makes paths relative.
#[derive(Clone, Debug)]
pub struct Finding {
    /// What sort of thing this is.
    pub kind: Kind,
    /// The id under which the finding is shown: an advisory (CVE before GHSA before others) or the tool's check.
    pub rule: Text,
    /// Other ids of the same thing (GHSA, vendor ids, old names of a check), without `rule`.
    pub aliases: Vec<Text>,
    /// The severity after the severity map; of several sources, the one that `severity-from` picks.
    pub severity: Severity,
    /// One line that names the problem.
    pub title: Text,
    /// What the tool says about it, as plain text; empty when it says no more than the title.
    pub message: Text,
    /// A web page about the rule, `https:` or `http:` only.
    pub link: Option<Text>,
    /// Where it is; empty when the tool gave no place.
    pub locations: Vec<Location>,
    /// What was scanned, as far as it is part of the identity: the image repository without tag or digest, or the
    /// path of the manifest.
    pub target: Option<Text>,
    /// The package, for vulnerabilities and licences.
    pub package: Option<Box<Package>>,
    /// Address of the resource (`aws_s3_bucket.data`, `Deployment/default/web`), for misconfigurations.
    pub resource: Option<Text>,
    /// What is left of a secret once its value is gone.
    pub secret: Option<SecretMark>,
    /// Hash of the line that the finding stands on, white space folded (and a secret's value blanked).
    pub line: Option<u64>,
    /// The severity comes from the vendor of the package (a distribution's tracker), not from a general database.
    pub vendor_severity: bool,
    /// CVSS base score, 0 to 10.
    pub cvss: Option<f32>,
    /// The index in [`super::Report::runs`] of the run that says it. Meaningless after merging: see `sources`.
    pub run: u32,
    /// Set when the scanner itself set the finding aside.
    pub suppression: Option<Box<Suppression>>,
    /// What a threshold demands of it; only findings about numbers have one.
    pub demand: Option<Box<Demand>>,
    /// What a SARIF result said beyond all this.
    pub carried: Option<Box<Carried>>,
    /// A file of the repository at which a finding without a place of its own is shown (lock file, Dockerfile,
    /// manifest, README). Set by `merge`.
    pub stand_in: Option<Text>,
    /// The line at which the finding's package or image stands in that file, or in a file of its own that it names without
    /// a line; from 1. Set by `merge`, where the file can be read and names it. Only shown: no part of the identity.
    pub stand_in_line: Option<u32>,
    /// `primaryLocationLineHash` of the first workspace location as GitHub computes it. Set by `merge` where the file
    /// can be read.
    pub line_hash: Option<Text>,
    /// Which of several findings with the same recipe in one file this is, from 0. Set by `merge`, or by the reader of
    /// a log of ours, which says it.
    pub occurrence: Option<u32>,
    /// The published identity, set by `merge`.
    pub fingerprint: Fingerprint,
    /// Who says it; the first one gave the texts. Set by `merge`, never empty after it.
    pub sources: Vec<Source>,
    /// Further versions or paths of the same package in the same target.
    pub instances: Vec<Instance>,
    /// What is known besides what reports say. Set between merging and judging.
    pub known: Known,
}

impl Finding {
    /// A finding with nothing but what every finding has.
    pub fn new(kind: Kind, rule: Text, severity: Severity, title: Text) -> Finding {
        Finding {
            kind,
            rule,
            aliases: Vec::new(),
            severity,
            title,
            message: Text::from(""),
            link: None,
            locations: Vec::new(),
            target: None,
            package: None,
            resource: None,
            secret: None,
            line: None,
            vendor_severity: false,
            cvss: None,
            run: 0,
            suppression: None,
            demand: None,
            carried: None,
            stand_in: None,
            stand_in_line: None,
            line_hash: None,
            occurrence: None,
            fingerprint: Fingerprint::default(),
            sources: Vec::new(),
            instances: Vec::new(),
            known: Known::default(),
        }
    }

    /// All fingerprints that baselines and waivers may know this finding by: its own first, then those of its other
    /// sources.
    pub fn fingerprints(&self) -> impl Iterator<Item = Fingerprint> + '_ {
        std::iter::once(self.fingerprint).chain(
            self.sources
                .iter()
                .map(|source| source.fingerprint)
                .filter(|print| *print != self.fingerprint),
        )
    }

    /// The first location that can be opened in the repository.
    pub fn workspace_location(&self) -> Option<&Location> {
        self.locations
            .iter()
            .find(|location| location.place == Place::Workspace)
    }

    /// Whether a fix exists; `false` only when the source says that there is none.
    pub fn fixable(&self) -> bool {
        self.package
            .as_ref()
            .is_none_or(|package| package.fix != Fix::None)
    }
}

/// The published identity: 128 bits, shown as 32 hexadecimal digits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(pub [u8; 16]);

impl Fingerprint {
    /// Its digits in ASCII.
    fn digits(self) -> [u8; 32] {
        const DIGITS: [u8; 16] = *b"0123456789abcdef";
        let digit = |half: u8| DIGITS.get(usize::from(half)).copied().unwrap_or(b'0');
        let mut text = [b'0'; 32];
        for (two, byte) in text.as_chunks_mut::<2>().0.iter_mut().zip(self.0) {
            *two = [digit(byte >> 4), digit(byte & 15)];
        }
        text
    }
}

impl std::fmt::Display for Fingerprint {
    // One piece and no formatting of numbers: every finding shows half a dozen of them.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(std::str::from_utf8(&self.digits()).map_err(|_| std::fmt::Error)?)
    }
}

impl serde::Serialize for Fingerprint {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let digits = self.digits();
        let text = std::str::from_utf8(&digits).map_err(serde::ser::Error::custom)?;
        serializer.serialize_str(text)
    }
}

/// Where a finding is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// As a reader sets it: what the tool wrote, a path or (from SARIF) a URI already resolved against its base. After
    /// merging: relative to the repository root with `/`, unless `place` says otherwise.
    pub path: Text,
    /// What `path` is.
    pub place: Place,
    /// First line, from 1.
    pub start_line: Option<u32>,
    /// Last line, never before `start_line`; `None` when it is the first.
    pub end_line: Option<u32>,
    /// First column, from 1.
    pub start_column: Option<u32>,
    /// The column after the last one, as in SARIF.
    pub end_column: Option<u32>,
    /// The members of a SARIF location that are not said above, as a JSON object.
    pub carried: Option<Box<str>>,
}

impl Location {
    /// A file without a region. `start_line` 0 means "none", as every tool means it.
    pub fn new(path: Text, start_line: Option<u32>) -> Location {
        Location {
            path,
            place: Place::Unresolved,
            start_line: start_line.filter(|line| *line > 0),
            end_line: None,
            start_column: None,
            end_column: None,
            carried: None,
        }
    }

    /// Adds the last line; dropped when it lies before the first one or says nothing new.
    pub fn to_line(mut self, end: Option<u32>) -> Location {
        self.end_line = end.filter(|end| self.start_line.is_some_and(|start| *end > start));
        self
    }
}

/// What the path of a location is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A reader's raw text, not yet looked at.
    Unresolved,
    /// A raw text that was a URI (percent-encoded, perhaps `file:`), not yet looked at.
    UnresolvedUri,
    /// Inside the repository.
    Workspace,
    /// A path outside the repository: shown, never opened, never annotated.
    Outside,
    /// A path inside the thing that was scanned (an image, a cluster): shown, never opened.
    Target,
}

/// The package that a vulnerability or licence is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// Package URL as the tool wrote it, with its version.
    pub purl: Option<Text>,
    /// Ecosystem in the words of package URLs (`npm`, `deb`, `golang` …), where known.
    pub ecosystem: Option<Text>,
    /// Name with its namespace, as the ecosystem writes it.
    pub name: Text,
    /// Installed version.
    pub version: Option<Text>,
    /// Versions that fix it.
    pub fixed: Vec<Text>,
    /// Whether there is a fix at all.
    pub fix: Fix,
    /// Every path to it is for development only, as the source says. Silence is `false`: what runs is judged as such.
    pub development: bool,
}

/// Whether a fix exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fix {
    /// The source does not say. Counts as fixable, so that nobody is spared by silence.
    Unknown,
    /// There is a fixed version.
    Available,
    /// The source says that there is none.
    None,
}

/// A further version or path of the package of a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    /// Installed version.
    pub version: Option<Text>,
    /// Where it was found.
    pub path: Option<Text>,
}

/// What is left of a secret's value once the reader has hashed it: a keyed hash, never shown in full without
/// `identity-key`. It has no `Debug` of its own on purpose: the derived one of [`Finding`] prints `SecretMark`.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretMark {
    /// Keyed hash of the value; `None` when the tool masked it.
    pub digest: Option<[u8; 32]>,
    /// The part of the hash that is published: 3 hexadecimal digits, or 64 with an `identity-key`; `None` when the
    /// value is unknown. A SARIF log of ours gives this part alone.
    pub published: Option<Text>,
}

impl std::fmt::Debug for SecretMark {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretMark")
    }
}

/// A scanner's own decision to set a finding aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppression {
    /// How, in SARIF's words: `inSource` for a comment in the code, `external` for an ignore file or a policy.
    pub kind: &'static str,
    /// The tool's own status word (`ignored`, `not_affected` …), empty when it has none.
    pub status: Text,
    /// Why, as the tool says it; empty when it does not.
    pub reason: Text,
    /// The file or comment that did it; empty when unknown.
    pub by: Text,
}

/// What a threshold demands of a number that misses it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Demand {
    /// The threshold in canonical spelling (`fail<75`).
    pub term: Text,
    /// What it does: block, warn or note.
    pub effect: Effect,
    /// Why, as a sentence part with the number.
    pub why: Text,
}

/// One report that says a finding.
#[derive(Clone, Debug)]
pub struct Source {
    /// Id of the tool.
    pub tool: Text,
    /// Index in the list of reports.
    pub input: u32,
    /// Index in that report's `runs`.
    pub run: u32,
    /// The rule id under which this source reports it.
    pub rule: Text,
    /// The severity that this source gives it.
    pub severity: Severity,
    /// The identity that this source's report alone gives it.
    pub fingerprint: Fingerprint,
    /// Set when this source suppressed it: it excuses this source only.
    pub suppression: Option<Box<Suppression>>,
    /// What the fingerprint was made from, kept for joined sources so that a written log can be read again.
    pub recipe: Option<Box<[Text]>>,
}

/// What a SARIF result carried beyond the model: its members by name, each as checked JSON text that the official
/// schema accepts at that place and that needs nothing else of its log (indexes are resolved).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Carried {
    /// Member name in SARIF and its JSON.
    pub members: Vec<(&'static str, Box<str>)>,
}
