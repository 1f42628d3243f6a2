//! EPSS, the probability that a vulnerability is exploited within 30 days, as FIRST publishes it each day:
//! `epss_scores-YYYY-MM-DD.csv`, gzipped or not.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::source::open;
use super::table::Table;
use super::{Epss, cve, day, lacks, unread};
use crate::model::Feed;
use crate::syntax::words::quoted;

/// Reads scores and keeps those of `wanted` (CVE ids in capitals). Never fails: what is wrong is the feed's problem.
pub fn read(path: &str, bytes: &[u8], wanted: &BTreeSet<String>) -> Epss {
    let mut feed = unread("epss", path, bytes);
    let mut scores = BTreeMap::new();
    let read = rows(bytes, wanted, &mut feed, &mut scores);
    feed.problem = read.err().or_else(|| lacks(&feed)).map(|what| {
        format!(
            "EPSS scores from {}: {what}; see https://www.first.org/epss/data_stats for the file that is expected",
            quoted(path)
        )
    });
    (feed, scores)
}

fn rows(
    bytes: &[u8],
    wanted: &BTreeSet<String>,
    feed: &mut Feed,
    scores: &mut BTreeMap<String, f32>,
) -> Result<(), String> {
    let mut table = Table::new(open(bytes));
    let (id, score, columns) = loop {
        if !table.next()? {
            return Err("it is empty or has no line `cve,epss,percentile`".into());
        }
        if let Some(said) = table.text().strip_prefix('#') {
            feed.date = feed.date.take().or_else(|| date_of(said));
            continue;
        }
        match (table.column("cve"), table.column("epss")) {
            (Some(id), Some(score)) => break (id, score, table.len()),
            _ => return Err(table.error("the header `cve,epss,percentile` was expected")),
        }
    };
    // Asked once for each of 300,000 rows, and never walked.
    let wanted: HashSet<&str> = wanted.iter().map(String::as_str).collect();
    let mut ended = true;
    while table.next()? {
        ended = table.is_ended();
        if table.len() != columns {
            return Err(table.error(&format!(
                "{} fields where the header has {columns}",
                table.len()
            )));
        }
        let written = table.field(id);
        let known = cve(written)
            .ok_or_else(|| table.error(&format!("{} is no CVE id", quoted(written))))?;
        let value = probability(table.field(score)).ok_or_else(|| {
            table.error(&format!(
                "the score {} is no number from 0 to 1",
                quoted(table.field(score))
            ))
        })?;
        feed.entries = feed.entries.saturating_add(1);
        if wanted.contains(known.as_ref()) {
            let highest = scores.entry(known.into_owned()).or_insert(value);
            *highest = highest.max(value);
        }
    }
    if !ended {
        return Err("it ends in the middle of a line: the download was cut".into());
    }
    Ok(())
}

/// The day in `model_version:v2025.03.14,score_date:2025-03-14T00:00:00+0000`.
fn date_of(said: &str) -> Option<String> {
    let mut parts = said.split(',').map(str::trim);
    let date = parts.find_map(|part| part.strip_prefix("score_date:"))?;
    day(date).map(|day| day.to_string())
}

fn probability(text: &str) -> Option<f32> {
    let value: f32 = text.parse().ok()?;
    (0.0..=1.0).contains(&value).then_some(value)
}
