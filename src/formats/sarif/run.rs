//! One run: its members in any order, its results one by one.
//!
//! A result that needs what has not come yet (the rules, a base for its paths, the list of files) waits as compact JSON
//! until the run ends; in the usual order of members none does.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::super::notes::Notes;
use super::component::described;
use super::raw::RawResult;
use super::result::Around;
use super::rules::Rules;
use super::tool::Known;
use super::{Log, place};
use crate::formats::{Secrets, Sink};
use crate::model::{Run, Texts};
use crate::sarif::tables::{FileRef, Tables};
use crate::syntax::{Json, OrNothing, Peek, ReadError};

/// What is known of a run so far.
pub(super) struct RunReader {
    pub(super) index: u32,
    pub(super) tables: Tables,
    pub(super) rules: Rules,
    pub(super) known: Known,
    pub(super) notes: Notes,
    /// Levels that the invocation sets, by rule id.
    pub(super) overrides: BTreeMap<String, String>,
    /// The image that Trivy scanned.
    pub(super) image: Option<String>,
    pub(super) run: Run,
    pub(super) seen: Seen,
    pub(super) waiting: Vec<Box<str>>,
    pub(super) overrides_by_index: Vec<(usize, String)>,
    pub(super) failed: bool,
    pub(super) late_overrides: bool,
    pub(super) errors: u64,
    pub(super) unanalysed: Vec<String>,
    pub(super) external: bool,
    pub(super) not_findings: u64,
    /// Run-level members to be cleaned when the lists are known.
    pub(super) kept: Vec<(&'static str, Value)>,
}

#[derive(Default)]
pub(super) struct Seen {
    pub(super) tool: bool,
    pub(super) bases: bool,
    pub(super) artifacts: bool,
    pub(super) properties: bool,
    pub(super) results: bool,
    /// A result did not have to wait.
    pub(super) sent: bool,
    /// The other lists that results refer to by index.
    pub(super) lists: bool,
}

/// Run-level members that a log of ours takes over.
const KEPT: [&str; 8] = [
    "taxonomies",
    "versionControlProvenance",
    "columnKind",
    "defaultSourceLanguage",
    "newlineSequences",
    "language",
    "policies",
    "translations",
];

/// Reads the run at which `json` stands and adds it to the log.
pub(super) fn read(
    json: &mut Json<'_>,
    index: usize,
    log: &mut Log,
    texts: &mut Texts,
    secrets: &mut Secrets,
    sink: &mut Sink<'_>,
) -> Result<(), ReadError> {
    let index = u32::try_from(index).map_err(|_| json.error("too many runs".into()))?;
    if index >= MAX_RUNS {
        return Err(json.error(format!("more than {MAX_RUNS} runs in one log; split it")));
    }
    let mut reader = RunReader::new(index, std::mem::take(&mut log.notes));
    let mut around = Around { texts, secrets };
    json.object(|json, key| reader.member(json, key, &mut around, sink))?;
    reader.end(log, &mut around, sink)
}

/// Runs in one log that are read. GitHub takes 20; merged logs of large repositories have a few hundred.
const MAX_RUNS: u32 = 10_000;

#[derive(Deserialize)]
struct Artifact<'a> {
    #[serde(borrow, default)]
    location: OrNothing<ArtifactLocation<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactLocation<'a> {
    #[serde(borrow, default)]
    uri: Option<&'a RawValue>,
    #[serde(borrow, default)]
    uri_base_id: Option<&'a RawValue>,
}

impl RunReader {
    fn new(index: u32, notes: Notes) -> RunReader {
        RunReader {
            index,
            tables: Tables::default(),
            rules: Rules::default(),
            known: Known::Other,
            notes,
            overrides: BTreeMap::new(),
            image: None,
            run: Run {
                tool: "unknown".into(),
                name: "unknown".into(),
                ..Run::default()
            },
            seen: Seen::default(),
            waiting: Vec::new(),
            overrides_by_index: Vec::new(),
            failed: false,
            late_overrides: false,
            errors: 0,
            unanalysed: Vec::new(),
            external: false,
            not_findings: 0,
            kept: Vec::new(),
        }
    }

    fn member(
        &mut self,
        json: &mut Json<'_>,
        key: &str,
        around: &mut Around<'_>,
        sink: &mut Sink<'_>,
    ) -> Result<(), ReadError> {
        match key {
            "tool" => {
                self.seen.tool = true;
                walk_object(json, |json, key| match key {
                    "driver" => self.component(json, None, around.texts),
                    "extensions" => walk_list(json, |json, index| {
                        self.component(json, Some(index), around.texts)
                    }),
                    _ => json.skip(),
                })
            }
            "results" => self.results(json, around, sink),
            "artifacts" => {
                self.seen.artifacts = true;
                walk_list(json, |json, _| {
                    let found = json
                        .borrow::<OrNothing<Artifact<'_>>>()?
                        .0
                        .and_then(|artifact| artifact.location.0);
                    self.tables
                        .artifacts
                        .push(found.map_or_else(FileRef::default, |location| {
                            let text =
                                |raw| super::message::text(raw).map(|text| text.as_ref().into());
                            FileRef {
                                uri: text(location.uri),
                                base: text(location.uri_base_id),
                            }
                        }));
                    Ok(())
                })
            }
            "originalUriBaseIds" => {
                self.seen.bases = true;
                walk_object(json, |json, id| {
                    let value: Value = json.parse()?;
                    let text = |key: &str| value.get(key).and_then(Value::as_str).map(Into::into);
                    let base = FileRef {
                        uri: text("uri"),
                        base: text("uriBaseId"),
                    };
                    self.tables.bases.insert(id.to_owned(), base);
                    Ok(())
                })
            }
            "invocations" => walk_list(json, |json, _| {
                let value: Value = json.parse()?;
                self.invocation(&value);
                Ok(())
            }),
            "automationDetails" => {
                let value: Value = json.parse()?;
                let id = value.get("id").and_then(Value::as_str).unwrap_or_default();
                self.run.category = id
                    .rsplit_once('/')
                    .and_then(|(category, _)| around.texts.share_some(category));
                Ok(())
            }
            "properties" => {
                self.seen.properties = true;
                let value: Value = json.parse()?;
                self.image = value
                    .get("imageName")
                    .and_then(Value::as_str)
                    .filter(|n| !n.is_empty())
                    .map(str::to_owned);
                self.kept.push(("properties", value));
                Ok(())
            }
            "externalPropertyFileReferences" | "externalPropertyFiles" => {
                let value: Value = json.parse()?;
                self.external = match &value {
                    Value::Object(files) => !files.is_empty(),
                    Value::Null => false,
                    _ => true,
                };
                Ok(())
            }
            "logicalLocations" => self.list(json, |tables| &mut tables.logical),
            "threadFlowLocations" => self.list(json, |tables| &mut tables.thread_flow),
            "webRequests" => self.list(json, |tables| &mut tables.requests),
            "webResponses" => self.list(json, |tables| &mut tables.responses),
            "addresses" => self.list(json, |tables| &mut tables.addresses),
            "graphs" => self.list(json, |tables| &mut tables.graphs),
            _ => match KEPT.iter().find(|kept| **kept == key) {
                Some(kept) => {
                    let value: Value = json.parse()?;
                    if *kept == "taxonomies" {
                        let all = value.as_array().into_iter().flatten();
                        self.tables.taxonomies = all.map(described).collect();
                    }
                    self.kept.push((kept, value));
                    Ok(())
                }
                None => json.skip(),
            },
        }
    }

    fn list(
        &mut self,
        json: &mut Json<'_>,
        of: impl Fn(&mut Tables) -> &mut Vec<Value>,
    ) -> Result<(), ReadError> {
        self.seen.lists = true;
        walk_list(json, |json, _| {
            let value = json.parse()?;
            of(&mut self.tables).push(value);
            Ok(())
        })
    }
    fn results(
        &mut self,
        json: &mut Json<'_>,
        around: &mut Around<'_>,
        sink: &mut Sink<'_>,
    ) -> Result<(), ReadError> {
        self.name_overrides();
        if json.peek()? == Peek::Null {
            return json.skip();
        }
        self.seen.results = true;
        let lists = self.lists_known();
        json.list(|json, _| {
            let raw: RawResult<'_> = json.borrow()?;
            if self.has_to_wait(&raw, lists) {
                self.waiting.push(raw.keep());
                return Ok(());
            }
            self.seen.sent = true;
            match self.finding(&raw, around) {
                Some(finding) => sink(finding),
                None => {
                    self.not_findings = self.not_findings.saturating_add(1);
                    Ok(())
                }
            }
        })
    }

    /// Whether the lists that results refer to have come. The list of files may need bases that are still to come.
    fn lists_known(&self) -> bool {
        (self.seen.artifacts && (self.seen.bases || self.tables.bases_known())) || self.seen.lists
    }

    fn has_to_wait(&self, raw: &RawResult<'_>, lists: bool) -> bool {
        if !self.seen.tool || (self.known == Known::Trivy && !self.seen.properties) {
            return true;
        }
        if self.seen.bases && lists {
            return false;
        }
        let places = raw
            .members()
            .filter(|(key, _)| *key != "properties" && *key != "message");
        places
            .into_iter()
            .any(|(_, value)| place::waits(value, &self.tables, self.seen.bases, lists))
    }
}

/// Walks an object; anything else is passed over.
pub(super) fn walk_object<'r>(
    json: &mut Json<'r>,
    member: impl FnMut(&mut Json<'r>, &str) -> Result<(), ReadError>,
) -> Result<(), ReadError> {
    match json.peek()? {
        Peek::Object => json.object(member),
        _ => json.skip(),
    }
}

/// Walks a list; anything else is passed over.
pub(super) fn walk_list<'r>(
    json: &mut Json<'r>,
    element: impl FnMut(&mut Json<'r>, usize) -> Result<(), ReadError>,
) -> Result<(), ReadError> {
    match json.peek()? {
        Peek::List => json.list(element),
        _ => json.skip(),
    }
}
