//! What a stream says of each advisory and module, put together.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;

use super::super::advisory::{headline, ids_of_one};
use super::super::package::{Named, purl};
use super::super::{Desk, Sink};
use super::Depth;
use crate::model::{Finding, Fix, Kind, Location, Text, scale};
use crate::syntax::{Loose, OrNothing, Raw, ReadError, each, line_number, text_of};

/// Calls that are shown of one finding.
const MAX_CALLS: usize = 20;

/// The manifest of what was scanned: govulncheck runs in its folder, and its SARIF names it so.
const MANIFEST: &str = "go.mod";

/// An entry of the database, in the schema of OSV.
#[derive(Deserialize)]
pub(super) struct Entry<'a> {
    #[serde(borrow)]
    id: Raw<'a>,
    #[serde(borrow, default)]
    aliases: Loose<Raw<'a>>,
    #[serde(borrow)]
    summary: Raw<'a>,
    #[serde(borrow)]
    details: Raw<'a>,
    #[serde(borrow, default)]
    database_specific: OrNothing<Specific<'a>>,
}

#[derive(Deserialize)]
struct Specific<'a> {
    #[serde(borrow)]
    url: Raw<'a>,
}

/// A `finding` message.
#[derive(Deserialize)]
pub(super) struct Message<'a> {
    #[serde(borrow)]
    osv: Raw<'a>,
    #[serde(borrow)]
    fixed_version: Raw<'a>,
    /// From the vulnerable symbol to the entry of the program.
    #[serde(borrow)]
    trace: Option<Vec<Frame<'a>>>,
}

#[derive(Deserialize)]
struct Frame<'a> {
    #[serde(borrow)]
    module: Raw<'a>,
    #[serde(borrow)]
    version: Raw<'a>,
    #[serde(borrow)]
    package: Raw<'a>,
    #[serde(borrow)]
    function: Raw<'a>,
    #[serde(borrow)]
    receiver: Raw<'a>,
    #[serde(borrow, default)]
    position: OrNothing<Position<'a>>,
}

#[derive(Deserialize)]
struct Position<'a> {
    #[serde(borrow)]
    filename: Raw<'a>,
    #[serde(borrow)]
    line: Raw<'a>,
    #[serde(borrow)]
    column: Raw<'a>,
}

/// How the vulnerable code is reached, weakest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reached {
    Required,
    Imported,
    Called,
}

impl Reached {
    /// The word of the scale.
    fn word(self) -> &'static str {
        match self {
            Reached::Required => "required",
            Reached::Imported => "imported",
            Reached::Called => "called",
        }
    }
}

/// The texts of an advisory.
struct Advisory {
    rule: Text,
    aliases: Vec<Text>,
    summary: Text,
    details: Text,
    link: Option<Text>,
}

/// What was said of an advisory in a module.
struct Said {
    reached: Reached,
    /// What the strongest message names: `net/http.Server.Serve`, `net/http`, or the module.
    what: String,
    version: Option<Text>,
    fixed: Option<Text>,
    calls: Vec<Location>,
    source: bool,
}

/// Everything of a file.
#[derive(Default)]
pub(super) struct Gathered {
    advisories: HashMap<Text, Advisory>,
    said: BTreeMap<(Text, Text), Said>,
    merged: u64,
}

impl Gathered {
    /// Takes an entry of the database.
    pub(super) fn entry(
        &mut self,
        entry: Entry<'_>,
        desk: &mut Desk<'_>,
    ) -> Result<(), &'static str> {
        let id = desk.word(entry.id).ok_or("id")?;
        let aliases = each(&entry.aliases).filter_map(|alias| desk.word(*alias));
        let (rule, aliases) = ids_of_one(id.clone(), aliases.collect::<Vec<_>>());
        let url = entry.database_specific.0.and_then(|specific| specific.url);
        let advisory = Advisory {
            rule,
            aliases,
            summary: desk.some(entry.summary).unwrap_or_default(),
            details: desk.message(entry.details),
            link: desk.link(url),
        };
        self.advisories.insert(id, advisory);
        Ok(())
    }

    /// Takes a finding's message.
    pub(super) fn add(
        &mut self,
        message: &Message<'_>,
        depth: Depth,
        source: bool,
        desk: &mut Desk<'_>,
    ) -> Result<(), &'static str> {
        let id = desk.word(message.osv).ok_or("osv")?;
        let trace = message.trace.as_deref().unwrap_or_default();
        let first = trace.first().ok_or("trace")?;
        let module = desk.word(first.module).ok_or("trace[].module")?;
        let reached = first.reached(depth);
        let fresh = Said {
            reached,
            what: first.symbol(&module),
            version: desk.word(first.version),
            fixed: desk.word(message.fixed_version),
            calls: call(trace, source, desk).into_iter().collect(),
            source,
        };
        match self.said.get_mut(&(id.clone(), module.clone())) {
            Some(before) => {
                self.merged = self.merged.saturating_add(1);
                before.join(fresh);
            }
            None => {
                self.said.insert((id, module), fresh);
            }
        }
        Ok(())
    }

    /// Findings so far.
    pub(super) fn len(&self) -> usize {
        self.said.len()
    }

    /// Messages that became part of another one's finding.
    pub(super) fn merged(&self) -> u64 {
        self.merged
    }

    /// Hands out the findings, in the order of their ids.
    pub(super) fn give(self, desk: &mut Desk<'_>, sink: &mut Sink<'_>) -> Result<(), ReadError> {
        for ((id, module), said) in self.said {
            sink(said.finding(id.clone(), &module, self.advisories.get(&id), desk))?;
        }
        Ok(())
    }
}

impl Frame<'_> {
    /// How deep this frame goes, of what the scan could see: at its own depth everything counts as called.
    fn reached(&self, depth: Depth) -> Reached {
        let is_there = |raw| text_of(raw).is_some_and(|text| !text.trim().is_empty());
        match depth {
            Depth::Module => Reached::Called,
            Depth::Package if is_there(self.package) => Reached::Called,
            Depth::Package => Reached::Imported,
            Depth::Symbol if is_there(self.function) => Reached::Called,
            Depth::Symbol if is_there(self.package) => Reached::Imported,
            Depth::Symbol => Reached::Required,
        }
    }

    /// `package.Receiver.Function`, as far as it is known.
    fn symbol(&self, module: &str) -> String {
        let parts = [self.package, self.receiver, self.function];
        let parts = parts.into_iter().filter_map(text_of);
        let parts: Vec<_> = parts.filter(|part| !part.trim().is_empty()).collect();
        if parts.is_empty() {
            return module.to_owned();
        }
        parts.join(".")
    }
}

/// Where one's own code leaves for the vulnerable symbol: the first frame of the module in which the trace ends. Paths of
/// other modules are those of somebody else's folders.
fn call(trace: &[Frame<'_>], source: bool, desk: &mut Desk<'_>) -> Option<Location> {
    let own = text_of(trace.last()?.module)?;
    let mut frames = trace.iter().skip(1);
    let frame = frames.find(|frame| text_of(frame.module).is_some_and(|module| module == own))?;
    let position = frame.position.0.as_ref().filter(|_| source)?;
    let path = desk.some(position.filename)?;
    let mut location = Location::new(path, line_number(position.line));
    location.start_column = location.start_line.and(line_number(position.column));
    Some(location)
}

impl Said {
    /// Takes what another message says of the same.
    fn join(&mut self, other: Said) {
        if other.reached > self.reached {
            self.reached = other.reached;
            self.what = other.what;
        }
        self.version = self.version.take().or(other.version);
        self.fixed = self.fixed.take().or(other.fixed);
        self.source |= other.source;
        for call in other.calls {
            if self.calls.len() < MAX_CALLS && !self.calls.contains(&call) {
                self.calls.push(call);
            }
        }
    }

    fn finding(
        self,
        id: Text,
        module: &str,
        advisory: Option<&Advisory>,
        desk: &mut Desk<'_>,
    ) -> Finding {
        let severity = desk.severity(&scale::GOVULNCHECK, Some(self.reached.word()), &id);
        let (rule, aliases) = match advisory {
            Some(advisory) => (advisory.rule.clone(), advisory.aliases.clone()),
            None => (id, Vec::new()),
        };
        let summary = advisory.map_or("", |advisory| &advisory.summary);
        let title = desk.title(&headline(summary, &rule, module));
        let mut finding = Finding::new(Kind::Vulnerability, rule, severity, title);
        finding.aliases = aliases;
        let details = advisory.map_or("", |advisory| &advisory.details);
        let message = format!("{}: {}. {details}", self.reached.word(), self.what);
        finding.message = desk.texts.share(message.trim_end());
        finding.link = advisory.and_then(|advisory| advisory.link.clone());
        let version = self.version.as_deref().unwrap_or_default();
        let purl = purl("golang", module, version);
        let named = Named {
            purl: purl.as_deref(),
            sort: "golang",
            name: module,
            version,
        };
        // Its documentation: the version is empty if a fix is not available.
        let fixed = self.fixed.into_iter().collect();
        finding.package = Some(Box::new(named.package(fixed, Fix::None, &mut desk.texts)));
        finding.locations = self.calls;
        if self.source {
            let manifest = desk.texts.share(MANIFEST);
            finding
                .locations
                .push(Location::new(manifest.clone(), None));
            finding.target = Some(manifest);
        }
        finding
    }
}
