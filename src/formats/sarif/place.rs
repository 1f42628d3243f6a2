//! Locations: a file and lines for the model, the rest carried.

use std::sync::LazyLock;

use memchr::memmem::Finder;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::message::text;
use crate::model::{Location, Place, Texts, folded_line_hash};
use crate::sarif::clean::Cleaner;
use crate::sarif::tables::{FileRef, Tables};
use crate::sarif::{bag, uri};
use crate::syntax::line_number;

/// A location that is nothing but a file and a region, as most are. Everything else takes the slow way.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Plain<'a> {
    #[serde(borrow)]
    physical_location: PlainPhysical<'a>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct PlainPhysical<'a> {
    #[serde(borrow)]
    artifact_location: PlainFile<'a>,
    #[serde(borrow, default)]
    region: Option<PlainRegion<'a>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct PlainFile<'a> {
    #[serde(borrow, default)]
    uri: Option<&'a RawValue>,
    #[serde(borrow, default)]
    uri_base_id: Option<&'a RawValue>,
    #[serde(default)]
    index: Option<i64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct PlainRegion<'a> {
    #[serde(borrow, default)]
    start_line: Option<&'a RawValue>,
    #[serde(borrow, default)]
    end_line: Option<&'a RawValue>,
    #[serde(borrow, default)]
    start_column: Option<&'a RawValue>,
    #[serde(borrow, default)]
    end_column: Option<&'a RawValue>,
}

/// Locations of one result that are read; GitHub refuses more than 1,000.
pub(super) const MAX_LOCATIONS: usize = 1_000;

/// What the locations of a result come to.
#[derive(Default)]
pub(super) struct Places {
    pub(super) locations: Vec<Location>,
    /// Locations without a file, cleaned.
    pub(super) elsewhere: Vec<Value>,
    /// Hash of the line that the first location with a snippet stands on.
    pub(super) line: Option<u64>,
    /// The snippet of the first location, with whether its region says its columns.
    pub(super) snippet: Option<(String, bool)>,
    /// Name of the first logical location.
    pub(super) logical: Option<String>,
    /// What was dropped.
    pub(super) notes: Vec<&'static str>,
    /// Locations beyond the limit.
    pub(super) left_out: usize,
}

static BASE_ID: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("\"uriBaseId\""));
static INDEX: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("\"index\""));

/// What the locations need of the lists of the run before they can be read.
pub(super) fn waits(
    raw: &RawValue,
    tables: &Tables,
    bases_seen: bool,
    artifacts_seen: bool,
) -> bool {
    let text = raw.get();
    let base = !bases_seen
        && BASE_ID.find_iter(text.as_bytes()).any(|at| {
            let after = text
                .get(at.saturating_add(BASE_ID.needle().len())..)
                .unwrap_or_default();
            let id = after
                .trim_start_matches([':', ' ', '\n', '\r', '\t'])
                .strip_prefix('"');
            let id = id.and_then(|id| id.split('"').next()).unwrap_or_default();
            !tables.knows_base(id)
        });
    base || (!artifacts_seen && INDEX.find(text.as_bytes()).is_some())
}

impl Places {
    /// Reads the list `locations`.
    pub(super) fn read(
        raw: &RawValue,
        tables: &Tables,
        cleaner: &mut Cleaner<'_>,
        secret: bool,
        texts: &mut Texts,
    ) -> Places {
        let mut places = Places::default();
        let list: Vec<&RawValue> = match serde_json::from_str(raw.get()) {
            Ok(list) => list,
            // A single location in the place of a list occurs.
            Err(_) if raw.get().starts_with('{') => vec![raw],
            Err(_) => Vec::new(),
        };
        places.left_out = list.len().saturating_sub(MAX_LOCATIONS);
        for (index, raw) in list.into_iter().take(MAX_LOCATIONS).enumerate() {
            if let Ok(plain) = serde_json::from_str::<Plain<'_>>(raw.get())
                && let Some(location) = places.plain(&plain, tables, texts)
            {
                places.locations.push(location);
            } else if let Ok(value) = serde_json::from_str::<Value>(raw.get()) {
                cleaner.within("locations", |cleaner| {
                    cleaner.within(&index.to_string(), |cleaner| {
                        places.slow(value, tables, cleaner, secret, texts);
                    });
                });
            }
        }
        places
    }

    fn plain(&mut self, plain: &Plain<'_>, tables: &Tables, texts: &mut Texts) -> Option<Location> {
        let file = &plain.physical_location.artifact_location;
        let owned = |raw| text(raw).map(|text| text.as_ref().into());
        let file_ref = FileRef {
            uri: owned(file.uri),
            base: owned(file.uri_base_id),
        };
        let uri = tables.resolve(&file_ref, file.index)?;
        let mut location = Location::new(texts.share(&uri), None);
        location.place = Place::UnresolvedUri;
        if let Some(region) = &plain.physical_location.region {
            self.region(
                &mut location,
                [
                    region.start_line,
                    region.end_line,
                    region.start_column,
                    region.end_column,
                ],
            );
        }
        Some(location)
    }

    /// Takes over lines and columns: whole numbers from 1, the end not before the start.
    fn region(&mut self, location: &mut Location, raw: [Option<&RawValue>; 4]) {
        let [start, end, start_column, end_column] = raw.map(line_number);
        if raw
            .iter()
            .zip([start, end, start_column, end_column])
            .any(|(raw, read)| read.is_none() && raw.is_some_and(|raw| raw.get() != "null"))
        {
            self.notes
                .push("a line or column that is no whole number from 1 was dropped");
        }
        location.start_line = start;
        if end.is_some_and(|end| start.is_some_and(|start| end < start)) {
            self.notes
                .push("a region that ends before it starts lost its end");
            location.start_column = start_column.filter(|_| start.is_some());
            return;
        }
        location.end_line = end.filter(|end| start.is_some_and(|start| *end > start));
        location.start_column = start_column.filter(|_| start.is_some());
        let one_line = location.end_line.is_none();
        location.end_column = end_column.filter(|end| {
            start.is_some() && (!one_line || *end >= location.start_column.unwrap_or(1))
        });
    }

    /// A location with more to it.
    fn slow(
        &mut self,
        mut value: Value,
        tables: &Tables,
        cleaner: &mut Cleaner<'_>,
        secret: bool,
        texts: &mut Texts,
    ) {
        if is_stand_in(&value) {
            return;
        }
        let first = value.pointer("/logicalLocations/0");
        let indexed = first.and_then(|l| {
            tables
                .logical
                .get(usize::try_from(l.get("index")?.as_u64()?).ok()?)
        });
        if let (None, Some(logical)) = (&self.logical, first) {
            let name = ["fullyQualifiedName", "name"].iter().find_map(|key| {
                let of = |value: &Value| value.get(*key).and_then(Value::as_str).map(str::to_owned);
                of(logical).or_else(|| indexed.and_then(of))
            });
            self.logical = name.filter(|name| !name.is_empty());
        }
        let file = match value.pointer("/physicalLocation/artifactLocation") {
            Some(Value::Object(file)) => {
                let text = |key: &str| file.get(key).and_then(Value::as_str).map(Into::into);
                let index = file.get("index").and_then(Value::as_i64);
                tables.resolve(
                    &FileRef {
                        uri: text("uri"),
                        base: text("uriBaseId"),
                    },
                    index,
                )
            }
            // A bare text in the place of the object occurs.
            Some(Value::String(uri)) => Some(uri.clone()),
            _ => None,
        };
        let Some(uri) = file else {
            if let Some(physical) = value
                .get_mut("physicalLocation")
                .and_then(Value::as_object_mut)
                && physical.get("address").is_none()
                && let Some(members) = value.as_object_mut()
            {
                members.remove("physicalLocation");
            }
            if let Some(clean) = cleaner
                .object("location", value)
                .filter(|clean| !clean.is_empty())
            {
                self.elsewhere.push(Value::Object(clean));
            }
            return;
        };
        let mut location = Location::new(texts.share(&uri), None);
        location.place = Place::UnresolvedUri;
        if let Some(physical) = value
            .get_mut("physicalLocation")
            .and_then(Value::as_object_mut)
        {
            if let Some(file) = physical.get_mut("artifactLocation") {
                let described =
                    file.get("description").is_some() || file.get("properties").is_some();
                if !described {
                    physical.remove("artifactLocation");
                }
            }
            let mut numbers = [None, None, None, None];
            if let Some(region) = physical.get_mut("region").and_then(Value::as_object_mut) {
                for (slot, key) in numbers.iter_mut().zip(REGION) {
                    *slot = region
                        .remove(key)
                        .and_then(|v| serde_json::value::to_raw_value(&v).ok());
                }
                let columns = numbers.get(2).is_some_and(Option::is_some)
                    && numbers.get(3).is_some_and(Option::is_some);
                if let Some(snippet) = region
                    .get("snippet")
                    .and_then(|s| s.get("text"))
                    .and_then(Value::as_str)
                {
                    self.snippet
                        .get_or_insert_with(|| (snippet.to_owned(), columns));
                }
                if region.is_empty() {
                    physical.remove("region");
                }
            }
            self.region(&mut location, numbers.each_ref().map(Option::as_deref));
            if self.line.is_none() {
                self.line =
                    line_text(physical, location.start_line, &numbers).map(folded_line_hash);
            }
            if physical.is_empty()
                && let Some(members) = value.as_object_mut()
            {
                members.remove("physicalLocation");
            }
        }
        location.carried = rest(value, cleaner, secret);
        self.locations.push(location);
    }
}

const REGION: [&str; 4] = ["startLine", "endLine", "startColumn", "endColumn"];

/// The line at which the finding stands, as the scanner quotes it: of the context where there is one, since the region
/// may begin in the middle of its line.
fn line_text<'v>(
    physical: &'v Map<String, Value>,
    start: Option<u32>,
    numbers: &[Option<Box<RawValue>>; 4],
) -> Option<&'v str> {
    let quoted = |key: &str| physical.get(key)?.get("snippet")?.get("text")?.as_str();
    let context = || {
        let first = physical.get("contextRegion")?.get("startLine")?.as_u64()?;
        let skip = u64::from(start?).checked_sub(first)?;
        quoted("contextRegion")?
            .lines()
            .nth(usize::try_from(skip).ok()?)
    };
    let own = || {
        // A region that begins after column 1 may quote a part of its line only.
        let text = quoted("region")?;
        let column = numbers.get(2).and_then(Option::as_deref);
        let whole =
            column.is_none_or(|column| column.get() == "1") || text.starts_with([' ', '\t']);
        text.lines()
            .next()
            .filter(|line| whole && !line.trim().is_empty())
    };
    context().or_else(own)
}

/// The members that are left, cleaned, as JSON.
fn rest(value: Value, cleaner: &mut Cleaner<'_>, secret: bool) -> Option<Box<str>> {
    let Value::Object(members) = value else {
        return None;
    };
    let mut clean = Map::new();
    for (key, value) in members {
        if value.is_null() {
            continue;
        }
        // Without its file a physical location is no valid one; its parts are cleaned one by one.
        if key == "physicalLocation"
            && let Value::Object(parts) = value
        {
            let mut physical = Map::new();
            for (key, mut value) in parts {
                if secret && (key == "contextRegion" || key == "region") {
                    if key == "contextRegion" || value.get("snippet").is_some() {
                        cleaner.withheld = cleaner.withheld.saturating_add(1);
                    }
                    if let Some(region) = value.as_object_mut() {
                        region.remove("snippet");
                    }
                    if key == "contextRegion" {
                        continue;
                    }
                }
                let cleaned = cleaner.within("physicalLocation", |c| {
                    c.member("physicalLocation", &key, value)
                });
                if let Some((key, value)) = cleaned
                    && value.as_object().is_none_or(|members| !members.is_empty())
                {
                    physical.insert(key.to_owned(), value);
                }
            }
            if !physical.is_empty() {
                clean.insert(key, Value::Object(physical));
            }
        } else if let Some((key, value)) = cleaner.member("location", &key, value) {
            clean.insert(key.to_owned(), value);
        }
    }
    (!clean.is_empty()).then(|| Value::Object(clean).to_string().into())
}

/// Whether our writer put this location there for want of a file.
fn is_stand_in(value: &Value) -> bool {
    let ours = value.get("properties").and_then(|bag| bag.get(bag::KEY));
    ours.and_then(|ours| ours.get("standIn")) == Some(&Value::Bool(true))
}

/// The file that stands in for a finding without a place, in a log of ours.
pub(super) fn stand_in(raw: &RawValue) -> Option<String> {
    if !raw.get().contains("\"standIn\"") {
        return None;
    }
    let list: Vec<Value> = serde_json::from_str(raw.get()).ok()?;
    let found = list.iter().find(|value| is_stand_in(value))?;
    let uri = found
        .pointer("/physicalLocation/artifactLocation/uri")?
        .as_str()?;
    Some(uri::to_path(uri))
}
