//! `cargo audit --json`: vulnerabilities in the locked crates, and warnings about crates that are unmaintained, unsound,
//! yanked or worth a notice.
//!
//! The report says how many crates the lock file has and not where it is, so findings have no file. What its settings
//! ignore is not listed at all; the settings are repeated as a note, because that is all there is to see of it.

mod entry;
#[cfg(test)]
mod tests;

use serde::Deserialize;

use super::bounds::quoted;
use super::{Desk, Document, Format, Read, ReportEnd, Sink};
use crate::model::{Status, scale};
use crate::syntax::{Json, Mark, OrNothing, Peek, Raw, ReadError, Shape, text_of};

pub(super) const FORMAT: Format = Format {
    id: "cargo-audit",
    tool: "cargo-audit",
    link: "https://github.com/rustsec/rustsec/tree/main/cargo-audit",
    scale: &scale::CARGO_AUDIT,
    documents: &[Document::new(
        "cargo-audit-json",
        &[
            Mark::Has("lockfile", Shape::Object),
            Mark::Keys("vulnerabilities", &["found", "count", "list"]),
        ],
    )],
    identity: "advisory and crate; warnings: advisory and what it says",
    clean_empties: &[],
    read: Read::Json(read),
};

/// Ignored ids that the note names.
const MAX_NAMED: usize = 10;

/// What `vulnerabilities` says of itself.
#[derive(Default)]
struct Count {
    found: Option<bool>,
    count: Option<u64>,
    listed: Option<u64>,
}

fn read(
    json: &mut Json<'_>,
    desk: &mut Desk<'_>,
    sink: &mut Sink<'_>,
) -> Result<ReportEnd, ReadError> {
    let mut count = Count::default();
    json.object(|json, key| match key {
        "vulnerabilities" => json.object(|json, key| match key {
            "found" => {
                count.found = json.parse()?;
                Ok(())
            }
            "count" => {
                count.count = json.parse()?;
                Ok(())
            }
            "list" => {
                let mut listed = 0u64;
                json.list(|json, _| {
                    listed = listed.saturating_add(1);
                    entry::read(json, desk, sink, None)
                })?;
                count.listed = Some(listed);
                Ok(())
            }
            _ => json.skip(),
        }),
        "warnings" => match json.peek()? {
            Peek::Object => json.object(|json, sort| {
                json.list(|json, _| entry::read(json, desk, sink, Some(sort)))
            }),
            // Versions before 0.12.
            _ => json
                .list_or_null(|json, _| entry::read(json, desk, sink, Some("")))
                .map(|_| ()),
        },
        "settings" => {
            let settings = json.borrow::<OrNothing<Settings<'_>>>()?.0;
            let notes = settings.map(|settings| settings.notes());
            notes.into_iter().flatten().for_each(|note| desk.note(note));
            Ok(())
        }
        _ => json.skip(),
    })?;
    let mut end = ReportEnd::of(&FORMAT, None);
    let listed = count.listed.ok_or_else(|| {
        json.error("`vulnerabilities` has no `list`, which cargo-audit always writes".into())
    })?;
    let agrees = count.count.is_none_or(|count| count == listed)
        && count.found.is_none_or(|found| found == (listed > 0));
    if !agrees {
        end.status = Status::Unusable(format!(
            "it says `found` {} and `count` {} and lists {listed} vulnerabilities: the report was cut or changed",
            count.found.unwrap_or_default(),
            count.count.unwrap_or_default()
        ));
    }
    Ok(end)
}

#[derive(Deserialize)]
struct Settings<'a> {
    #[serde(borrow, default)]
    ignore: OrNothing<Vec<Raw<'a>>>,
    #[serde(borrow)]
    severity: Raw<'a>,
    #[serde(borrow, default)]
    target_arch: Raw<'a>,
    #[serde(borrow, default)]
    target_os: Raw<'a>,
}

impl Settings<'_> {
    /// What the settings keep out of the report.
    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        let ignored = self.ignore.0.as_deref().unwrap_or_default();
        let ignored: Vec<_> = ignored.iter().filter_map(|id| text_of(*id)).collect();
        if !ignored.is_empty() {
            let named: Vec<String> = ignored
                .iter()
                .take(MAX_NAMED)
                .map(|id| quoted(id))
                .collect();
            let more = match ignored.len().saturating_sub(MAX_NAMED) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            notes.push(format!(
                "cargo-audit's own settings ignore {}{more}; it does not say whether they would be found",
                named.join(", ")
            ));
        }
        if let Some(level) = text_of(self.severity) {
            notes.push(format!(
                "cargo-audit's own settings leave out what is less severe than {}",
                quoted(&level)
            ));
        }
        for (only, raw) in [
            ("architecture", self.target_arch),
            ("system", self.target_os),
        ] {
            let set = raw.filter(|raw| !matches!(raw.get(), "[]" | "null"));
            if let Some(raw) = set {
                let wanted = text_of(Some(raw)).unwrap_or_else(|| raw.get().into());
                notes.push(format!(
                    "cargo-audit's own settings keep to the {only} {}",
                    quoted(&wanted)
                ));
            }
        }
        notes
    }
}
