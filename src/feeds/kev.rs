//! The catalogue of known exploited vulnerabilities that CISA publishes, as JSON or CSV, gzipped or not.

use std::collections::BTreeSet;
use std::io::BufRead;

use serde::Deserialize;

use super::source::open;
use super::table::Table;
use super::{Kev, cve, day, lacks, unread};
use crate::model::Feed;
use crate::syntax::words::quoted;
use crate::syntax::{Json, Raw, ReadError, decimal, text_of};

/// Reads the catalogue and keeps which of `wanted` (CVE ids in capitals) it lists. Never fails: what is wrong is the
/// feed's problem.
pub fn read(path: &str, bytes: &[u8], wanted: &BTreeSet<String>) -> Kev {
    let mut feed = unread("kev", path, bytes);
    let mut listed = BTreeSet::new();
    let mut source = open(bytes);
    let read = match first(&mut source) {
        Err(error) => Err(error),
        Ok(Some(b'{')) => document(&mut source, wanted, &mut feed, &mut listed),
        Ok(_) => rows(source, wanted, &mut feed, &mut listed),
    };
    feed.problem = read.err().or_else(|| lacks(&feed)).map(|what| {
        format!(
            "the catalogue of known exploited vulnerabilities {}: {what}; see https://www.cisa.gov/known-exploited-vulnerabilities-catalog for the file that is expected",
            quoted(path)
        )
    });
    (feed, listed)
}

/// The first byte that is no blank, left where it stands.
fn first(source: &mut impl BufRead) -> Result<Option<u8>, String> {
    loop {
        let waiting = source.fill_buf().map_err(|error| error.to_string())?;
        if waiting.is_empty() {
            return Ok(None);
        }
        let blanks = waiting.iter().take_while(|byte| byte.is_ascii_whitespace());
        let blanks = blanks.count();
        let found = waiting.get(blanks).copied();
        source.consume(blanks);
        if found.is_some() {
            return Ok(found);
        }
    }
}

/// One vulnerability.
#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(borrow, rename = "cveID")]
    id: Raw<'a>,
}

fn document(
    source: &mut impl BufRead,
    wanted: &BTreeSet<String>,
    feed: &mut Feed,
    listed: &mut BTreeSet<String>,
) -> Result<(), String> {
    let mut source: &mut dyn std::io::Read = source;
    let mut json = Json::new(&mut source);
    let mut counted = None;
    let mut has_list = false;
    let walked = json.object(|json, key| {
        match key {
            "dateReleased" => {
                let said = text_of(json.borrow()?).and_then(|text| day(&text));
                feed.date = said.map(|day| day.to_string());
            }
            "count" => counted = decimal(json.borrow()?),
            "vulnerabilities" => {
                has_list = true;
                json.list(|json, _| entry(json, wanted, feed, listed))?;
            }
            _ => json.skip()?,
        }
        Ok(())
    });
    walked
        .and_then(|()| json.end())
        .map_err(|error: ReadError| error.to_string())?;
    if !has_list {
        return Err("it has no list `vulnerabilities`, so it is another document".into());
    }
    match counted {
        // A count is far below 2^52, where numbers of this sort are exact.
        Some(counted) if counted == feed.entries as f64 => Ok(()),
        Some(counted) => Err(format!(
            "it counts {counted} vulnerabilities and lists {}: it was cut or changed",
            feed.entries
        )),
        None => Err(
            "it has no `count`, so nobody can tell whether it is whole: give the file as it was published"
                .into(),
        ),
    }
}

fn entry(
    json: &mut Json<'_>,
    wanted: &BTreeSet<String>,
    feed: &mut Feed,
    listed: &mut BTreeSet<String>,
) -> Result<(), ReadError> {
    let id = text_of(json.borrow::<Entry<'_>>()?.id).map(|text| text.into_owned());
    let id = id.unwrap_or_default();
    let Some(known) = cve(&id) else {
        return Err(json.error(format!("the `cveID` {} is no CVE id", quoted(&id))));
    };
    keep(&known, wanted, feed, listed);
    Ok(())
}

fn keep(id: &str, wanted: &BTreeSet<String>, feed: &mut Feed, listed: &mut BTreeSet<String>) {
    feed.entries = feed.entries.saturating_add(1);
    if wanted.contains(id) {
        listed.insert(id.to_owned());
    }
}

/// The table. It has no date of its own: its newest entry is the earliest day that it can be of.
fn rows(
    source: impl BufRead,
    wanted: &BTreeSet<String>,
    feed: &mut Feed,
    listed: &mut BTreeSet<String>,
) -> Result<(), String> {
    let mut table = Table::new(source);
    let header =
        "a JSON document with `vulnerabilities`, or a table with a column cveID, was expected";
    if !table.next()? {
        return Err(format!("it is empty; {header}"));
    }
    let id = table.column("cveID").ok_or_else(|| table.error(header))?;
    let added = table.column("dateAdded");
    let columns = table.len();
    let mut newest = None;
    while table.next()? {
        if table.len() != columns {
            return Err(table.error(&format!(
                "{} fields where the header has {columns}: the download was cut or changed",
                table.len()
            )));
        }
        let written = table.field(id);
        let known = cve(written)
            .ok_or_else(|| table.error(&format!("the cveID {} is no CVE id", quoted(written))))?;
        newest = newest.max(added.and_then(|column| day(table.field(column))));
        feed.date = newest.map(|day| day.to_string());
        keep(&known, wanted, feed, listed);
    }
    Ok(())
}
