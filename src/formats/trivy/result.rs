//! One `Result`: its header, and the lists of findings in it.

use std::ops::{Deref, DerefMut};

use super::super::bounds::quoted;
use super::super::door::MAX_FINDINGS;
use super::super::{Desk, Sink};
use super::advisory::{Advisories, Advisory, Parts};
use super::packages::Development;
use super::place::{Head, Item, Scope};
use super::{misconfiguration, modified, others, vulnerability};
use crate::model::{Severity, Text, Texts, scale};
use crate::syntax::{Json, Peek, Raw, ReadError, text_of};

/// A walk over results.
pub(super) struct Walk<'w, 'd, 's> {
    pub(super) desk: &'w mut Desk<'d>,
    sink: &'w mut Sink<'s>,
    pub(super) scope: Scope,
    advisories: Advisories,
    purl: Last,
    version: Last,
    /// The packages of the present result.
    development: Development,
    /// Passed checks and exceptions.
    pub(super) not_findings: u64,
    /// Findings whose scope was not known yet when their result had ended.
    waiting: Vec<(Head, Vec<Item>)>,
    waiting_items: usize,
}

/// What becomes of one element of a list: a finding, none (a passed check), or an error with its reason.
pub(super) type Made = Result<Option<Item>, String>;

/// Reads the element at which the document stands.
type ReadElement = fn(&mut Json<'_>, &mut Bench<'_, '_>) -> Result<Option<Item>, ReadError>;

/// What the conversion of an element may use.
pub(super) struct Bench<'b, 'd> {
    desk: &'b mut Desk<'d>,
    pub(super) advisories: &'b mut Advisories,
    pub(super) purl: &'b mut Last,
    pub(super) version: &'b mut Last,
    pub(super) development: &'b Development,
}

impl<'d> Deref for Bench<'_, 'd> {
    type Target = Desk<'d>;

    fn deref(&self) -> &Desk<'d> {
        self.desk
    }
}

impl DerefMut for Bench<'_, '_> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        self.desk
    }
}

/// The last text of a sort that is nearly unique but comes in rows: Trivy lists the vulnerabilities of a package
/// together. Sharing such texts through a table would cost more than it saves.
#[derive(Default)]
pub(super) struct Last(Option<Text>);

impl Last {
    /// The last text if this is the same, else a new one; nothing for a blank text.
    pub(super) fn same_or_new(&mut self, text: &str) -> Option<Text> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        if self.0.as_deref() != Some(text) {
            self.0 = Some(text.into());
        }
        self.0.clone()
    }
}

impl Bench<'_, '_> {
    /// What is said of an advisory.
    pub(super) fn advisory(&mut self, id: &str, parts: &Parts<'_>) -> Advisory {
        self.advisories.of(id, parts, &mut self.desk.texts)
    }

    /// The severity that `raw` spells.
    pub(super) fn rating(&mut self, raw: Raw<'_>, id: &str) -> Severity {
        self.desk
            .severity(&scale::TRIVY, text_of(raw).as_deref(), id)
    }
}

impl<'w, 'd, 's> Walk<'w, 'd, 's> {
    pub(super) fn new(desk: &'w mut Desk<'d>, sink: &'w mut Sink<'s>, scope: Scope) -> Self {
        Walk {
            desk,
            sink,
            scope,
            advisories: Advisories::default(),
            purl: Last::default(),
            version: Last::default(),
            development: Development::default(),
            not_findings: 0,
            waiting: Vec::new(),
            waiting_items: 0,
        }
    }

    /// Reads one result.
    pub(super) fn result(&mut self, json: &mut Json<'_>) -> Result<(), ReadError> {
        let mut head = Head::default();
        let mut held: Vec<Item> = Vec::new();
        self.development = Development::default();
        json.object(|json, key| {
            match key {
                "Target" => {
                    head.target = Some(word(json, &mut self.desk.texts)?.unwrap_or_default())
                }
                "Class" => head.class = Some(word(json, &mut self.desk.texts)?.unwrap_or_default()),
                "Type" => head.kind = Some(word(json, &mut self.desk.texts)?.unwrap_or_default()),
                "Vulnerabilities" => self.list(json, &head, &mut held, vulnerability::read)?,
                "Misconfigurations" => self.list(json, &head, &mut held, misconfiguration::read)?,
                "Secrets" => self.list(json, &head, &mut held, others::read_secret)?,
                "Licenses" => self.list(json, &head, &mut held, others::read_license)?,
                "ExperimentalModifiedFindings" | "ModifiedFindings" => {
                    self.list(json, &head, &mut held, modified::read)?;
                }
                "Packages" if !head.is_of_system() => self.development.read(json)?,
                "Packages" | "CustomResources" | "MisconfSummary" => json.skip()?,
                other => {
                    let is_list = json.peek()? == Peek::List;
                    json.skip()?;
                    if is_list {
                        self.desk.note(format!(
                            "a list {} in a result was not read: no Trivy that we know writes it",
                            quoted(other)
                        ));
                    }
                }
            }
            Ok(())
        })?;
        if head.target.is_none() {
            return Err(json.error("a result without Target".into()));
        }
        if self.scope.is_known() {
            self.waiting_items = self.waiting_items.saturating_sub(held.len());
            held.into_iter().try_for_each(|item| self.give(item, &head))
        } else {
            self.waiting.push((head, held));
            Ok(())
        }
    }

    /// Gives out what waited for the scope: at the end of a resource and of the document.
    pub(super) fn end_of_scope(&mut self) -> Result<(), ReadError> {
        for (head, items) in std::mem::take(&mut self.waiting) {
            for item in items {
                self.give(item, &head)?;
            }
        }
        self.waiting_items = 0;
        Ok(())
    }

    fn list(
        &mut self,
        json: &mut Json<'_>,
        head: &Head,
        held: &mut Vec<Item>,
        read: ReadElement,
    ) -> Result<(), ReadError> {
        json.list_or_null(|json, _| {
            let mut desk = Bench {
                desk: self.desk,
                advisories: &mut self.advisories,
                purl: &mut self.purl,
                version: &mut self.version,
                development: &self.development,
            };
            let Some(item) = read(json, &mut desk)? else {
                self.not_findings = self.not_findings.saturating_add(1);
                return Ok(());
            };
            if self.scope.is_known() && head.is_known() {
                return self.give(item, head);
            }
            self.waiting_items = self.waiting_items.saturating_add(1);
            if self.waiting_items > MAX_FINDINGS {
                return Err(json.error(format!(
                    "more than {MAX_FINDINGS} findings wait for the name of their file"
                )));
            }
            held.push(item);
            Ok(())
        })?;
        Ok(())
    }

    fn give(&mut self, item: Item, head: &Head) -> Result<(), ReadError> {
        (self.sink)(item.settle(head, &self.scope, &mut self.desk.texts))
    }
}

/// The text at which the document stands; nothing for null. Another type is an error: whoever writes a list where the
/// name of a file belongs is not Trivy.
pub(super) fn word(json: &mut Json<'_>, texts: &mut Texts) -> Result<Option<Text>, ReadError> {
    let wrong = {
        let raw: Raw<'_> = json.borrow()?;
        match (raw, text_of(raw)) {
            (None, _) => return Ok(None),
            (Some(_), Some(text)) => return Ok(Some(texts.share(&text))),
            (Some(_), None) => "expected a text, found a list or an object",
        }
    };
    Err(json.error(wrong.into()))
}
