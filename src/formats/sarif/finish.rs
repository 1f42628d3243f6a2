//! The end of a run: how the scan went, results that had to wait, what goes on with the run.

use serde_json::{Map, Value};

use super::Log;
use super::raw::RawResult;
use super::result::Around;
use super::run::RunReader;
use super::tool::Known;
use crate::formats::Sink;
use crate::model::{ImageName, Text};
use crate::sarif::bag;
use crate::sarif::clean::Cleaner;
use crate::sarif::uri;
use crate::syntax::ReadError;

/// Files or projects that are listed as not analysed.
const MAX_UNANALYSED: usize = 10_000;

impl RunReader {
    pub(super) fn invocation(&mut self, value: &Value) {
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
        // Results that went out already had the levels of their rules: nobody may take that for the whole truth.
        self.late_overrides |=
            self.seen.sent && list("ruleConfigurationOverrides").next().is_some();
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
    pub(super) fn name_overrides(&mut self) {
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
    pub(super) fn end(
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
            self.run.category = around.texts.share_some(ImageName::of(image).name);
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

    pub(super) fn status(&self, log: &mut Log) {
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
        if self.late_overrides {
            log.status.partial(format!(
                "{tool} sets levels of rules (ruleConfigurationOverrides) after its results, where they are not applied; write `invocations` before `results`"
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
    pub(super) fn carry(&mut self) {
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
                    if let Some(ours) = members.remove(bag::KEY) {
                        self.run.targets = targets(&ours);
                        let id = ours.get("tool").and_then(Value::as_str);
                        if let Some(id) = id.map(super::tool::id).filter(|id| !id.is_empty()) {
                            self.run.tool = id.into();
                        }
                    }
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

/// What the reports scanned that a run of ours was put together from.
fn targets(ours: &Value) -> Vec<Option<Text>> {
    let inputs = ours.get("inputs").and_then(Value::as_array);
    let targets = inputs
        .into_iter()
        .flatten()
        .filter_map(|input| input.get("targets")?.as_array())
        .flatten();
    let mut all: Vec<Option<Text>> = targets
        .take(MAX_TARGETS)
        .map(|target| target.as_str().map(Text::from))
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// Things scanned that are remembered of one run.
const MAX_TARGETS: usize = 10_000;
