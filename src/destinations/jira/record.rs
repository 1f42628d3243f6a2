//! What an issue in Jira carries of us: its labels, and a property with what was written last and by whom it was closed; and what
//! follows of it for this run.
//!
//! Must not know: requests. Whoever may edit an issue may edit its property: what is read is checked, and a property that is no
//! property of ours counts as none.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::limits::PROPERTY_BYTES;
use crate::causes::{Cause, Pair, Seen};
use crate::model::{Context, Severity, Text};

/// Key of the property, and the label of every issue of ours.
pub(super) const KEY: &str = "sarif-gate";

/// Whose issues these are: those of a repository and a category.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Job(String);

impl Job {
    /// The job of a run; `None` where nobody knows the repository. GitHub's names do not depend on case.
    pub(super) fn of(context: &Context, category: Option<&str>) -> Option<Job> {
        let repository = context.repository.as_deref()?.to_lowercase();
        let category = category.map(|name| format!(" {name}")).unwrap_or_default();
        Some(Job(repository + &category))
    }

    /// The label of all issues of the repository: labels have no blanks.
    pub(super) fn label(&self) -> String {
        let repository = self.0.split(' ').next().unwrap_or_default();
        format!("{KEY}:{repository}")
    }

    /// The label of one cause here: the same package is another cause in another repository.
    pub(super) fn cause_label(&self, cause: &str) -> String {
        let mut hash = Sha256::new();
        for part in ["sarifGate/jira/cause/v1", &self.0, cause] {
            hash.update(part.len().to_string());
            hash.update(":");
            hash.update(part);
        }
        let mut label = format!("{KEY}-");
        for byte in hash.finalize().iter().take(8) {
            // Writing to a String cannot fail.
            let _ = write!(label, "{byte:02x}");
        }
        label
    }
}

/// The property.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Record {
    /// Of what was written.
    hash: String,
    /// The cause.
    pub(super) cause: String,
    /// Whose issue it is.
    job: String,
    /// What was scanned when its findings were found; empty where that did not fit, and then nobody can say that it is fixed.
    scopes: Vec<(String, Option<String>)>,
    /// How many findings it tells of, and the worst of them.
    findings: usize,
    severity: String,
    /// We moved it to Done, or were about to. What a person closes stays closed.
    pub(super) closed_by_us: bool,
}

impl Record {
    /// The record of what stands in an issue from now on.
    fn new(job: &Job, cause: &Cause<'_>, scopes: &BTreeSet<Pair>, hash: &str) -> Record {
        let mut record = Record {
            hash: hash.to_owned(),
            cause: cause.id.clone(),
            job: job.0.clone(),
            scopes: scopes
                .iter()
                .map(|(tool, target)| (tool.to_string(), target.as_deref().map(str::to_owned)))
                .collect(),
            findings: cause.findings.len(),
            severity: cause.severity.word().to_owned(),
            closed_by_us: false,
        };
        if record.value().to_string().len() > PROPERTY_BYTES {
            record.scopes.clear();
        }
        record
    }

    /// Reads a property.
    pub(super) fn read(value: &Value) -> Option<Record> {
        let record: Record = serde_json::from_value(value.clone()).ok()?;
        let id = record.cause.len() == 16 && record.cause.bytes().all(|b| b.is_ascii_hexdigit());
        id.then_some(record)
    }

    /// As the property's value.
    pub(super) fn value(&self) -> Value {
        // Texts, numbers and lists: this cannot fail.
        serde_json::to_value(self).unwrap_or_default()
    }

    /// The same, once we close the issue.
    pub(super) fn closing(&self) -> Record {
        Record {
            closed_by_us: true,
            ..self.clone()
        }
    }

    pub(super) fn is_of(&self, job: &Job) -> bool {
        self.job == job.0
    }

    pub(super) fn scopes(&self) -> BTreeSet<Pair> {
        let each = self.scopes.iter();
        each.map(|(tool, target)| (tool.as_str().into(), target.as_deref().map(Text::from)))
            .collect()
    }
}

/// Where an issue stands, by the category of its status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// To do, in progress, or anything else that is not done.
    Open,
    /// Done.
    Done,
}

/// What Jira says of an issue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) key: String,
    pub(super) standing: Standing,
    pub(super) labels: Vec<String>,
    pub(super) record: Option<Record>,
}

/// What has to be done with an issue whose cause is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    /// It says all of it already.
    Keep,
    /// It has to say something else.
    Update,
    /// We closed it, and the cause is back.
    BringBack,
    /// A person closed it.
    LeaveAlone,
}

/// A cause as its issue should stand there.
pub(super) struct Want<'a> {
    pub(super) cause: &'a Cause<'a>,
    pub(super) label: String,
    /// Of what it should say.
    pub(super) hash: String,
}

impl Want<'_> {
    /// What is to be done with the issue.
    pub(super) fn act(&self, found: &Found, job: &Job, seen: &Seen) -> Act {
        match (&found.record, found.standing) {
            (Some(record), Standing::Done) if record.closed_by_us => Act::BringBack,
            (_, Standing::Done) => Act::LeaveAlone,
            (Some(record), Standing::Open)
                if !record.closed_by_us && self.is_said(record, job, seen) =>
            {
                Act::Keep
            }
            _ => Act::Update,
        }
    }

    /// Whether the issue says enough. Where this run did not look at everything that it was written from, what it does not find
    /// is no news; more findings, worse ones and new places are.
    fn is_said(&self, record: &Record, job: &Job, seen: &Seen) -> bool {
        if self.record(job, Some(record), seen) == *record {
            return true;
        }
        let scopes = record.scopes();
        let worst = Severity::from_word(&record.severity);
        !seen.unlooked(&scopes).is_empty()
            && self.cause.scopes.is_subset(&scopes)
            && self.cause.findings.len() <= record.findings
            && worst.is_some_and(|worst| self.cause.severity <= worst)
    }

    /// The record of the issue once it is written. What an earlier run found it in and this one did not look at stays part of
    /// what has to be looked at before it is fixed.
    pub(super) fn record(&self, job: &Job, before: Option<&Record>, seen: &Seen) -> Record {
        let mut scopes = self.cause.scopes.clone();
        if let Some(record) = before {
            scopes.extend(seen.unlooked(&record.scopes()));
        }
        Record::new(job, self.cause, &scopes, &self.hash)
    }
}

#[cfg(test)]
mod tests;
