//! Locations of a result: files of the repository, or a file that stands in for what has none.

use std::io::{self, Write};

use serde_json::{Map, Value};

use super::object::{Object, Out, list};
use super::{Lost, Reader, limits};
use crate::model::{Finding, Location, Place};
use crate::sarif::bag::KEY;
use crate::sarif::text::plain;
use crate::sarif::uri;

/// The file that stands in when nobody named one: code scanning loses the whole upload over a result without a file.
const LAST_RESORT: &str = "README.md";

/// The URI of a location that a file of the repository stands for.
fn file_uri(location: &Location) -> Option<String> {
    let uri = match location.place {
        Place::Workspace => uri::of_path(&location.path),
        Place::Unresolved => uri::file(&uri::of_path(&location.path)).into_owned(),
        Place::UnresolvedUri => uri::file(&location.path).into_owned(),
        Place::Outside | Place::Target => return None,
    };
    (!uri.is_empty()).then_some(uri)
}

/// The path and the line of a result's first location as code scanning gets it: not percent-encoded.
pub(super) fn first(finding: &Finding) -> (String, u32) {
    let mut files = finding.locations.iter();
    let first = files.find_map(|location| Some((location, file_uri(location)?)));
    match first {
        Some((location, uri)) => (uri::to_path(&uri), location.start_line.unwrap_or(1)),
        None => (stand_in(finding).to_owned(), 1),
    }
}

/// The file at which a finding without a file of its own is shown.
fn stand_in(finding: &Finding) -> &str {
    let named = finding.stand_in.as_deref();
    named.filter(|file| !file.is_empty()).unwrap_or(LAST_RESORT)
}

/// Writes the list of locations. `elsewhere` are carried ones without a file.
pub(super) fn write(
    finding: &Finding,
    elsewhere: Option<&str>,
    reader: Reader,
    cut: &mut Lost,
    out: &mut Out<'_>,
) -> io::Result<()> {
    let files: Vec<(&Location, String)> = finding
        .locations
        .iter()
        .filter_map(|location| Some((location, file_uri(location)?)))
        .collect();
    let most = if reader == Reader::CodeScanning {
        limits::LOCATIONS
    } else {
        usize::MAX
    };
    cut.locations = cut
        .locations
        .saturating_add(files.len().saturating_sub(most) as u64);
    let elsewhere: Vec<Value> = elsewhere
        .filter(|_| reader == Reader::Anybody)
        .and_then(|json| serde_json::from_str(json).ok())
        .unwrap_or_default();
    enum One<'a> {
        File(&'a Location, &'a str),
        StandIn,
        Value(&'a Value),
    }
    let all = files
        .iter()
        .take(most)
        .map(|(location, uri)| One::File(location, uri));
    let all = all
        .chain(files.is_empty().then_some(One::StandIn))
        .chain(elsewhere.iter().map(One::Value));
    list(out, all, |out, one| match one {
        One::File(location, uri) => write_file(location, uri, reader, out),
        One::StandIn => write_stand_in(finding, out),
        One::Value(value) => Ok(serde_json::to_writer(out, value)?),
    })
}

fn region(location: &Location, reader: Reader) -> [(&'static str, Option<u32>); 4] {
    // Code scanning places an alert at a line; without one it takes the first.
    let start = match (location.start_line, reader) {
        (None, Reader::CodeScanning) => Some(1),
        (start, _) => start,
    };
    [
        ("startLine", start),
        (
            "startColumn",
            location.start_column.filter(|_| start.is_some()),
        ),
        ("endLine", location.end_line.filter(|_| start.is_some())),
        ("endColumn", location.end_column.filter(|_| start.is_some())),
    ]
}

fn write_file(location: &Location, uri: &str, reader: Reader, out: &mut Out<'_>) -> io::Result<()> {
    let numbers = region(location, reader);
    if let Some(carried) = &location.carried
        && let Ok(Value::Object(carried)) = serde_json::from_str(carried)
    {
        return Ok(serde_json::to_writer(out, &merged(carried, uri, numbers))?);
    }
    let mut whole = Object::begin(out)?;
    let mut physical = whole.object("physicalLocation")?;
    let mut file = physical.object("artifactLocation")?;
    file.put("uri", uri)?;
    file.end()?;
    if numbers.iter().any(|(_, number)| number.is_some()) {
        let mut region = physical.object("region")?;
        for (name, number) in numbers {
            if let Some(number) = number {
                region.put(name, &number)?;
            }
        }
        region.end()?;
    }
    physical.end()?;
    whole.end()
}

/// What a location carried, with the file and the lines that the model holds.
fn merged(
    mut carried: Map<String, Value>,
    uri: &str,
    numbers: [(&'static str, Option<u32>); 4],
) -> Value {
    let mut physical = match carried.remove("physicalLocation") {
        Some(Value::Object(physical)) => physical,
        _ => Map::new(),
    };
    let mut file = match physical.remove("artifactLocation") {
        Some(Value::Object(file)) => file,
        _ => Map::new(),
    };
    file.insert("uri".into(), uri.into());
    physical.insert("artifactLocation".into(), Value::Object(file));
    let mut region = match physical.remove("region") {
        Some(Value::Object(region)) => region,
        _ => Map::new(),
    };
    for (name, number) in numbers {
        if let Some(number) = number {
            region.insert(name.into(), number.into());
        }
    }
    // The file may be cut short by its own snippet only; without lines or offsets it says nothing.
    let placed = ["startLine", "charOffset", "byteOffset"]
        .iter()
        .any(|key| region.contains_key(*key));
    if placed {
        physical.insert("region".into(), Value::Object(region));
    } else {
        physical.remove("contextRegion");
    }
    carried.insert("physicalLocation".into(), Value::Object(physical));
    Value::Object(carried)
}

/// The location of a finding that has no file of its own: what it is about as a logical location, and the stand-in.
fn write_stand_in(finding: &Finding, out: &mut Out<'_>) -> io::Result<()> {
    let about = finding
        .locations
        .first()
        .map(|location| &location.path)
        .or(finding.resource.as_ref())
        .or(finding.target.as_ref());
    let about = about
        .map(|about| plain(about))
        .filter(|about| !about.trim().is_empty());
    let mut location = Object::begin(out)?;
    if let Some(about) = about {
        let out = location.name("logicalLocations")?;
        out.write_all(b"[")?;
        let mut logical = Object::begin(out)?;
        logical.put("fullyQualifiedName", &about)?;
        logical.put("kind", "resource")?;
        logical.end()?;
        out.write_all(b"]")?;
    }
    let mut physical = location.object("physicalLocation")?;
    let mut file = physical.object("artifactLocation")?;
    file.put("uri", &uri::of_path(stand_in(finding)))?;
    file.end()?;
    let mut region = physical.object("region")?;
    region.put("startLine", &finding.stand_in_line.unwrap_or(1))?;
    region.end()?;
    physical.end()?;
    let mut properties = location.object("properties")?;
    properties.raw(KEY, "{\"standIn\":true}")?;
    properties.end()?;
    location.end()
}
