//! One run: its members in any order, its results one by one.
//!
//! A result that needs what has not come yet (the rules, a base for its paths, the list of files) waits as compact JSON
//! until the run ends; in the usual order of members none does.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::result::{Around, RawResult};
use super::rules::{self, Rules};
use super::tool::{self, Known};
use super::{Log, Notes, place};
use crate::formats::{Secrets, Sink};
use crate::json::{Json, OrNothing, Peek, ReadError};
use crate::model::{Run, Text, Texts};
use crate::sarif::bag;
use crate::sarif::clean::Cleaner;
use crate::sarif::tables::{Component, FileRef, Tables};
use crate::sarif::uri;

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
    run: Run,
    seen: Seen,
    waiting: Vec<Box<str>>,
    overrides_by_index: Vec<(usize, String)>,
    failed: bool,
    errors: u64,
    unanalysed: Vec<String>,
    external: bool,
    not_findings: u64,
    /// Run-level members to be cleaned when the lists are known.
    kept: Vec<(&'static str, Value)>,
}

#[derive(Default)]
struct Seen {
    tool: bool,
    bases: bool,
    artifacts: bool,
    properties: bool,
    results: bool,
    /// The other lists that results refer to by index.
    lists: bool,
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

/// Files or projects that are listed as not analysed.
const MAX_UNANALYSED: usize = 10_000;

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
                        self.tables.taxonomies = all.map(component).collect();
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

    /// The driver (`None`) or an extension.
    fn component(
        &mut self,
        json: &mut Json<'_>,
        extension: Option<usize>,
        texts: &mut Texts,
    ) -> Result<(), ReadError> {
        let mut members = Map::new();
        walk_object(json, |json, key| {
            if key == "rules" {
                return walk_list(json, |json, _| {
                    let value: Value = json.parse()?;
                    // An element that is no rule keeps its place, because results count by index.
                    let rule = rules::rule(value, texts).unwrap_or_default();
                    self.rules.add(extension, rule);
                    Ok(())
                });
            }
            if DESCRIBES.contains(&key) {
                members.insert(key.to_owned(), json.parse()?);
                return Ok(());
            }
            json.skip()
        })?;
        if let Some(index) = extension {
            let value = Value::Object(members);
            while self.tables.extensions.len() < index {
                self.tables.extensions.push(Component::default());
            }
            self.tables.extensions.push(component(&value));
            match self.kept.iter_mut().find(|(name, _)| *name == "extensions") {
                Some((_, Value::Array(list))) => list.push(value),
                _ => self.kept.push(("extensions", Value::Array(vec![value]))),
            }
            return Ok(());
        }
        let text = |key: &str| {
            members
                .get(key)
                .and_then(Value::as_str)
                .map(str::trim)
                .filter(|text| !text.is_empty())
        };
        let name = text("name").unwrap_or("unknown");
        self.run.tool = texts.share(&tool::id(name));
        self.run.name = texts.share(name);
        self.known = Known::of(&self.run.tool);
        let version = ["semanticVersion", "version", "dottedQuadFileVersion"];
        // Gitleaks calls itself v8.0.0 whatever it is.
        let believed = self.known != Known::Gitleaks;
        let version = version
            .iter()
            .find_map(|key| text(key))
            .filter(|v| believed || *v != "v8.0.0");
        self.run.version = version.map(|version| texts.share(version));
        self.run.link = text("informationUri")
            .and_then(uri::web)
            .map(|link| texts.share(&link));
        for key in ["name", "version", "semanticVersion", "informationUri"] {
            members.remove(key);
        }
        if !members.is_empty() {
            self.kept.push(("driver", Value::Object(members)));
        }
        Ok(())
    }

    fn invocation(&mut self, value: &Value) {
        self.failed |= value.get("executionSuccessful") == Some(&Value::Bool(false));
        let list = |key: &str| {
            value
                .get(key)
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
        };
        let notifications =
            list("toolExecutionNotifications").chain(list("toolConfigurationNotifications"));
        for note in
            notifications.filter(|note| note.get("level").and_then(Value::as_str) == Some("error"))
        {
            self.errors = self.errors.saturating_add(1);
            let places = note
                .get("locations")
                .and_then(Value::as_array)
                .into_iter()
                .flatten();
            let files = places.filter_map(|place| {
                place
                    .pointer("/physicalLocation/artifactLocation/uri")?
                    .as_str()
            });
            let room = MAX_UNANALYSED.saturating_sub(self.unanalysed.len());
            self.unanalysed.extend(files.take(room).map(str::to_owned));
        }
        for one in list("ruleConfigurationOverrides") {
            let Some(level) = one.pointer("/configuration/level").and_then(Value::as_str) else {
                continue;
            };
            let descriptor = one.get("descriptor");
            let id = descriptor.and_then(|d| d.get("id")).and_then(Value::as_str);
            let index = descriptor
                .and_then(|d| d.get("index"))
                .and_then(Value::as_u64);
            let foreign = descriptor.is_some_and(|d| d.get("toolComponent").is_some());
            match (id, index.and_then(|index| usize::try_from(index).ok())) {
                (Some(id), _) => {
                    self.overrides.insert(id.to_owned(), level.to_owned());
                }
                (None, Some(index)) if !foreign => {
                    self.overrides_by_index.push((index, level.to_owned()))
                }
                _ => {}
            }
        }
        self.name_overrides();
    }

    /// Overrides that name their rule by index get its id, as soon as the rules are known.
    fn name_overrides(&mut self) {
        let rules = &self.rules.driver;
        let overrides = &mut self.overrides;
        self.overrides_by_index
            .retain(|(index, level)| match rules.get(*index) {
                Some(rule) => {
                    overrides.insert(rule.id.0.to_string(), level.clone());
                    false
                }
                None => true,
            });
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
        json.list(|json, _| {
            let raw: RawResult<'_> = json.borrow()?;
            if self.has_to_wait(&raw) {
                self.waiting.push(raw.keep());
                return Ok(());
            }
            match self.finding(&raw, around) {
                Some(finding) => sink(finding),
                None => {
                    self.not_findings = self.not_findings.saturating_add(1);
                    Ok(())
                }
            }
        })
    }

    fn has_to_wait(&self, raw: &RawResult<'_>) -> bool {
        if !self.seen.tool || (self.known == Known::Trivy && !self.seen.properties) {
            return true;
        }
        let places = raw
            .members()
            .filter(|(key, _)| *key != "properties" && *key != "message");
        places.into_iter().any(|(_, value)| {
            place::waits(
                value,
                &self.tables,
                self.seen.bases,
                self.seen.artifacts || self.seen.lists,
            )
        })
    }

    fn end(
        mut self,
        log: &mut Log,
        around: &mut Around<'_>,
        sink: &mut Sink<'_>,
    ) -> Result<(), ReadError> {
        self.name_overrides();
        for json in std::mem::take(&mut self.waiting) {
            let raw: RawResult<'_> = serde_json::from_str(&json)
                .map_err(|error| ReadError::whole(format!("a result cannot be read: {error}")))?;
            match self.finding(&raw, around) {
                Some(finding) => sink(finding)?,
                None => self.not_findings = self.not_findings.saturating_add(1),
            }
        }
        if !self.seen.tool {
            self.notes
                .add("a run names no tool; it is shown as `unknown`");
        }
        if self.run.category.is_none()
            && let Some(image) = &self.image
        {
            self.run.category = around.texts.share_some(repository(image));
        }
        if log.target.is_none() {
            log.target = self.image.as_deref().map(Text::from);
        }
        self.status(log);
        let unanalysed = std::mem::take(&mut self.unanalysed);
        log.unanalysed.extend(
            unanalysed
                .iter()
                .map(|file| around.texts.share(&uri::to_path(file))),
        );
        log.not_findings = log.not_findings.saturating_add(self.not_findings);
        self.carry();
        log.notes = self.notes;
        log.runs.push(self.run);
        Ok(())
    }

    fn status(&self, log: &mut Log) {
        let tool = &self.run.tool;
        if !self.seen.results {
            log.status.unusable(format!(
                "{tool} wrote a run without a list of results: its scan was not carried out (SARIF 2.1.0, 3.14.23); look at the scanner's own output"
            ));
        }
        if self.external {
            log.status.unusable(format!(
                "{tool} keeps a part of its run in other files, which are never opened; write everything into one log"
            ));
        }
        if self.failed {
            log.status.unusable(format!(
                "{tool} says that its run was not successful (executionSuccessful is false); look at the scanner's own output"
            ));
        }
        if self.errors > 0 {
            log.status.partial(match self.errors {
                1 => {
                    format!("{tool} reports an error of its own, so it did not analyse everything")
                }
                many => format!(
                    "{tool} reports {many} errors of its own, so it did not analyse everything"
                ),
            });
        }
    }

    /// Cleans what goes on with the run: its texts of rules and the members that are kept.
    fn carry(&mut self) {
        let mut cleaner = Cleaner::new(&self.tables, self.known == Known::Gitleaks);
        let rules = std::mem::take(&mut self.rules);
        for rule in rules
            .driver
            .into_iter()
            .chain(rules.extensions.into_iter().flatten())
        {
            let id = self.known.rule_id(&rule.id.0).to_owned();
            if !id.is_empty() && !self.run.rules.contains_key(id.as_str()) {
                self.run
                    .rules
                    .insert(id.as_str().into(), rule.into_text(&mut cleaner));
            }
        }
        for (name, mut value) in std::mem::take(&mut self.kept) {
            let cleaned = match (name, &mut value) {
                ("driver", Value::Object(members)) => {
                    let mut clean = Map::new();
                    for (key, value) in std::mem::take(members) {
                        if let Some((key, value)) = cleaner.member("toolComponent", &key, value) {
                            clean.insert(key.to_owned(), value);
                        }
                    }
                    Some(Value::Object(clean))
                }
                ("extensions", _) => cleaner.member("tool", name, value).map(|(_, value)| value),
                ("properties", Value::Object(members)) => {
                    members.remove(bag::KEY);
                    cleaner.member("run", name, value).map(|(_, value)| value)
                }
                _ => cleaner.member("run", name, value).map(|(_, value)| value),
            };
            let filled = |value: &Value| match value {
                Value::Array(list) => !list.is_empty(),
                Value::Object(members) => !members.is_empty(),
                _ => true,
            };
            if let Some(value) = cleaned.filter(filled) {
                self.run.carried.push((name, value.to_string().into()));
            }
        }
        let dropped = std::mem::take(&mut cleaner.dropped);
        drop(cleaner);
        for note in dropped {
            let note = super::carry::kind_of_note(&note).into_owned();
            self.notes.add(format!(
                "dropped from a run, as SARIF does not allow it there: {note}"
            ));
        }
    }
}

/// Members of a tool component that are looked at or carried; its notifications, taxa and translations are not.
const DESCRIBES: [&str; 14] = [
    "name",
    "guid",
    "organization",
    "product",
    "productSuite",
    "shortDescription",
    "fullDescription",
    "fullName",
    "version",
    "semanticVersion",
    "dottedQuadFileVersion",
    "downloadUri",
    "informationUri",
    "properties",
];

fn component(value: &Value) -> Component {
    let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    let taxa = value
        .get("taxa")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    Component {
        name: text("name").unwrap_or_default(),
        guid: text("guid"),
        taxa: taxa
            .map(|t| {
                t.get("id")
                    .and_then(Value::as_str)
                    .unwrap_or_default()
                    .to_owned()
            })
            .collect(),
    }
}

/// The repository of an image name: without digest and tag.
fn repository(image: &str) -> &str {
    let image = image.split_once('@').map_or(image, |(name, _)| name);
    match image.rsplit_once(':') {
        // A colon before a slash belongs to the port of a registry.
        Some((name, tag)) if !tag.contains('/') => name,
        _ => image,
    }
}

/// Walks an object; anything else is passed over.
fn walk_object<'r>(
    json: &mut Json<'r>,
    member: impl FnMut(&mut Json<'r>, &str) -> Result<(), ReadError>,
) -> Result<(), ReadError> {
    match json.peek()? {
        Peek::Object => json.object(member),
        _ => json.skip(),
    }
}

/// Walks a list; anything else is passed over.
fn walk_list<'r>(
    json: &mut Json<'r>,
    element: impl FnMut(&mut Json<'r>, usize) -> Result<(), ReadError>,
) -> Result<(), ReadError> {
    match json.peek()? {
        Peek::List => json.list(element),
        _ => json.skip(),
    }
}
