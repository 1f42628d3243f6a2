//! What a bundle says of one report: all that a report is besides its findings.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::limits::TEXT_BYTES;
use crate::formats;
use crate::model::{
    Entries, Input, Kind, Measure, Measured, Report, Run, Severity, Signature, Status, Text,
};

/// A report.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Claim {
    path: String,
    sha256: String,
    bytes: u64,
    format: Option<String>,
    reader: Option<String>,
    runs: Vec<ClaimedRun>,
    target: Option<String>,
    status: String,
    problem: Option<String>,
    understood: bool,
    unanalysed: Vec<String>,
    entries: ClaimedEntries,
    measures: Vec<ClaimedMeasure>,
    signatures: Vec<ClaimedSignature>,
    products: Vec<String>,
    repairs: Vec<String>,
}

/// A tool's run, without the rules and other members that the log has.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ClaimedRun {
    tool: String,
    name: String,
    version: Option<String>,
    link: Option<String>,
    category: Option<String>,
    targets: Vec<Option<String>>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ClaimedEntries {
    findings: u64,
    suppressed: u64,
    not_findings: u64,
    by_severity: BTreeMap<String, u64>,
    by_kind: BTreeMap<String, u64>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ClaimedMeasure {
    of: String,
    value: Option<String>,
    unit: String,
    basis: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ClaimedSignature {
    image: String,
    digest: String,
}

/// What can be measured, by the word of a bundle.
const MEASURED: [(&str, Measured); 4] = [
    ("coverage", Measured::Coverage),
    ("monthly-cost", Measured::MonthlyCost),
    ("cost-change", Measured::CostChange),
    ("cost-change-percent", Measured::CostChangePercent),
];

fn some(text: &Option<Text>) -> Option<String> {
    text.as_deref().map(str::to_owned)
}

fn list(texts: &[Text]) -> Vec<String> {
    texts.iter().map(|text| text.to_string()).collect()
}

fn shared(text: Option<String>) -> Option<Text> {
    text.map(Text::from)
}

fn shared_list(texts: Vec<String>) -> Vec<Text> {
    texts.into_iter().map(Text::from).collect()
}

impl Claim {
    /// What is said of a report.
    pub(super) fn of(report: &Report) -> Claim {
        let entries = &report.entries;
        let measured = |of: Measured| MEASURED.iter().find(|(_, known)| *known == of);
        Claim {
            path: report.input.path.clone(),
            sha256: report.input.sha256.clone(),
            bytes: report.input.bytes,
            format: report.format.map(str::to_owned),
            reader: report.reader.map(str::to_owned),
            runs: report.runs.iter().map(ClaimedRun::of).collect(),
            target: some(&report.target),
            status: report.status.word().to_owned(),
            problem: report.status.problem().map(str::to_owned),
            understood: report.understood,
            unanalysed: list(&report.unanalysed),
            entries: ClaimedEntries {
                findings: entries.findings,
                suppressed: entries.suppressed,
                not_findings: entries.not_findings,
                by_severity: counted(&entries.by_severity, |severity| severity.word()),
                by_kind: counted(&entries.by_kind, |kind| kind.word()),
            },
            measures: (report.measures.iter())
                .map(|measure| ClaimedMeasure {
                    of: measured(measure.of).map_or("", |(word, _)| word).to_owned(),
                    value: measure.value.map(|value| value.to_string()),
                    unit: measure.unit.to_string(),
                    basis: measure.basis.to_string(),
                })
                .collect(),
            signatures: (report.signatures.iter())
                .map(|signature| ClaimedSignature {
                    image: signature.image.to_string(),
                    digest: signature.digest.to_string(),
                })
                .collect(),
            products: list(&report.products),
            repairs: report.repairs.clone(),
        }
    }

    /// The report again, without findings, and without what the log says of its runs.
    ///
    /// # Errors
    /// What cannot be meant, as the end of a sentence about this report.
    pub(super) fn restored(self) -> Result<Report, String> {
        if self.longest() > TEXT_BYTES {
            return Err(format!("has a text of more than {TEXT_BYTES} bytes"));
        }
        let status = match (self.status.as_str(), self.problem) {
            ("complete", None) => Status::Complete,
            ("partial", Some(why)) => Status::Partial(why),
            ("unusable", Some(why)) => Status::Unusable(why),
            _ => return Err("has a status that does not exist".to_owned()),
        };
        let hex = |text: &str| text.bytes().all(|b| b.is_ascii_hexdigit());
        if !matches!(self.sha256.len(), 0 | 64) || !hex(&self.sha256) {
            return Err("has a SHA-256 that is none".to_owned());
        }
        let measures: Option<Vec<Measure>> =
            self.measures.into_iter().map(restored_measure).collect();
        Ok(Report {
            input: Input {
                path: self.path,
                sha256: self.sha256,
                bytes: self.bytes,
            },
            format: self.format.as_deref().and_then(document),
            // Ours are made anew where a bundle is judged, so no report of a bundle can be one.
            reader: (self.reader.as_deref())
                .and_then(formats::by_id)
                .map(|format| format.id),
            runs: self.runs.into_iter().map(ClaimedRun::restored).collect(),
            target: shared(self.target),
            status,
            understood: self.understood,
            unanalysed: shared_list(self.unanalysed),
            entries: Entries {
                findings: self.entries.findings,
                suppressed: self.entries.suppressed,
                not_findings: self.entries.not_findings,
                by_severity: recounted(self.entries.by_severity, Severity::from_word)
                    .ok_or("counts by a severity that does not exist")?,
                by_kind: recounted(self.entries.by_kind, Kind::from_word)
                    .ok_or("counts by a kind that does not exist")?,
            },
            findings: Vec::new(),
            measures: measures.ok_or("has a number that is none")?,
            signatures: (self.signatures.into_iter())
                .map(|signature| Signature {
                    image: signature.image.into(),
                    digest: signature.digest.into(),
                })
                .collect(),
            products: shared_list(self.products),
            repairs: self.repairs,
        })
    }

    /// Bytes of the longest text.
    pub(super) fn longest(&self) -> usize {
        let runs = self.runs.iter().flat_map(|run| {
            let options = [&run.version, &run.link, &run.category];
            let targets = run.targets.iter().flatten();
            let options = options.into_iter().flatten().chain(targets);
            [&run.tool, &run.name].into_iter().chain(options)
        });
        let measures = self
            .measures
            .iter()
            .flat_map(|measure| [&measure.unit, &measure.basis]);
        let signatures = self
            .signatures
            .iter()
            .flat_map(|signature| [&signature.image, &signature.digest]);
        let lists = [&self.unanalysed, &self.products, &self.repairs];
        let options = [&self.target, &self.problem];
        let all = [&self.path].into_iter();
        all.chain(options.into_iter().flatten())
            .chain(lists.into_iter().flatten())
            .chain(runs)
            .chain(measures)
            .chain(signatures)
            .map(String::len)
            .max()
            .unwrap_or(0)
    }

    /// The report's file.
    pub(super) fn path(&self) -> &str {
        &self.path
    }
}

impl ClaimedRun {
    fn of(run: &Run) -> ClaimedRun {
        ClaimedRun {
            tool: run.tool.to_string(),
            name: run.name.to_string(),
            version: some(&run.version),
            link: some(&run.link),
            category: some(&run.category),
            targets: run.targets.iter().map(some).collect(),
        }
    }

    fn restored(self) -> Run {
        Run {
            tool: self.tool.into(),
            name: self.name.into(),
            version: shared(self.version),
            link: shared(self.link),
            category: shared(self.category),
            targets: self.targets.into_iter().map(shared).collect(),
            ..Run::default()
        }
    }
}

/// The kind of a document as a format names it.
fn document(word: &str) -> Option<&'static str> {
    let mut all = formats::ALL.iter().flat_map(|format| format.documents);
    all.find(|document| document.kind == word)
        .map(|document| document.kind)
}

fn counted<K>(
    counts: &BTreeMap<K, u64>,
    word: impl Fn(&K) -> &'static str,
) -> BTreeMap<String, u64> {
    counts
        .iter()
        .map(|(key, count)| (word(key).to_owned(), *count))
        .collect()
}

fn recounted<K: Ord>(
    counts: BTreeMap<String, u64>,
    key: impl Fn(&str) -> Option<K>,
) -> Option<BTreeMap<K, u64>> {
    counts
        .into_iter()
        .map(|(word, count)| Some((key(&word)?, count)))
        .collect()
}

/// A number of a bundle; `None` where it is none.
fn restored_measure(measure: ClaimedMeasure) -> Option<Measure> {
    let (_, of) = MEASURED.iter().find(|(word, _)| *word == measure.of)?;
    let value = match measure.value {
        Some(text) => Some(Decimal::from_str_exact(&text).ok()?),
        None => None,
    };
    Some(Measure {
        of: *of,
        value,
        unit: measure.unit.into(),
        basis: measure.basis.into(),
    })
}
