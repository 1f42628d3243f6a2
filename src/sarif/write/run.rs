//! A run: its tool with the rules, how the scan went, where it came from, its results.

use std::collections::BTreeMap;
use std::io;

use serde_json::{Map, Value, json};
use serde_sarif::sarif::{
    ArtifactLocation, Invocation, Location, Message, Notification, PhysicalLocation, PropertyBag,
    RunAutomationDetails, ToolComponent,
};

use super::object::{Object, Out, list};
use super::plan::Group;
use super::{Log, Reader, Tally, limits, result, rules};
use crate::model::{Report, Run, Status, Text};
use crate::sarif::bag::KEY;
use crate::sarif::text::{cut as shorten, plain};
use crate::sarif::uri;

/// Run-level members of the first source that a log takes over as they are; lists of later ones are added.
const CARRIED: [&str; 8] = [
    "columnKind",
    "defaultSourceLanguage",
    "language",
    "newlineSequences",
    "policies",
    "taxonomies",
    "translations",
    "versionControlProvenance",
];

/// Files that a notification lists.
const MAX_LISTED: usize = 1_000;

/// Writes one run.
pub(super) fn write(
    log: &Log<'_>,
    group: &Group<'_>,
    reader: Reader,
    cut: &mut Tally,
    out: &mut Out<'_>,
) -> io::Result<()> {
    let mut run = Object::begin(out)?;
    let mut tool = run.object("tool")?;
    driver(log, group, reader, &mut tool)?;
    if let Some(extensions) = carried(group, "extensions") {
        tool.put("extensions", &extensions)?;
    }
    tool.end()?;
    if group.id.is_some() {
        let mut details = RunAutomationDetails::builder().build();
        details.id.clone_from(&group.id);
        run.put("automationDetails", &details)?;
    }
    run.put("invocations", &invocations(group, reader))?;
    for name in CARRIED {
        if let Some(value) = carried(group, name) {
            run.put(name, &value)?;
        }
    }
    let mut properties: Map<String, Value> = match carried(group, "properties") {
        Some(Value::Object(members)) => members,
        _ => Map::new(),
    };
    properties.insert(
        KEY.into(),
        json!({ "tool": plain(group.tool), "inputs": inputs(group.runs.iter().map(|(report, run)| (*report, &run.targets[..]))) }),
    );
    run.put("properties", &properties)?;
    let out = run.name("results")?;
    list(out, group.findings.iter(), |out, index| {
        cut.written = cut.written.saturating_add(1);
        result::write(log, group, *index, reader, &mut cut.lost, out)
    })?;
    run.end()
}

fn driver(
    log: &Log<'_>,
    group: &Group<'_>,
    reader: Reader,
    tool: &mut Object<'_, '_>,
) -> io::Result<()> {
    let first = group.runs.first().map(|(_, run)| *run);
    let made = component(first, group.tool, log.tool_version);
    // The rules are written one by one, so the component goes out member by member.
    let Ok(Value::Object(members)) = serde_json::to_value(&made) else {
        return Err(io::Error::other("a tool component that is no object"));
    };
    let mut driver = tool.object("driver")?;
    for (name, value) in &members {
        driver.put(name, value)?;
    }
    let mut known: std::collections::HashSet<&str> =
        group.rules.iter().map(|rule| &**rule.id).collect();
    let mut unused: BTreeMap<&str, &crate::model::RuleText> = BTreeMap::new();
    if reader == Reader::Anybody {
        for (id, text) in group.runs.iter().flat_map(|(_, run)| &run.rules) {
            if known.insert(id) {
                unused.insert(id, text);
            }
        }
    }
    let room = limits::RULES.saturating_sub(group.rules.len());
    let used = group
        .rules
        .iter()
        .map(|rule| rules::descriptor(rule, reader));
    let rest = unused
        .into_iter()
        .take(room)
        .map(|(id, text)| rules::unused(id, text));
    list(driver.name("rules")?, used.chain(rest), |out, rule| {
        Ok(serde_json::to_writer(out, &rule)?)
    })?;
    driver.end()
}

/// The tool's name as its first run has it.
pub(super) fn name(run: Option<&Run>, id: &str) -> String {
    let name = run
        .map(|run| plain(&run.name))
        .filter(|name| !name.trim().is_empty());
    name.unwrap_or_else(|| plain(id)).into_owned()
}

/// The tool as its first run describes it.
fn component(run: Option<&Run>, id: &str, our_version: &str) -> ToolComponent {
    let name = name(run, id);
    let carried = run.and_then(|run| run.carried.iter().find(|(name, _)| *name == "driver"));
    let mut members: Map<String, Value> = carried
        .and_then(|(_, json)| serde_json::from_str(json).ok())
        .unwrap_or_default();
    members.insert("name".into(), name.clone().into());
    let parsed = serde_json::from_value(Value::Object(members));
    let mut made: ToolComponent =
        parsed.unwrap_or_else(|_| ToolComponent::builder().name(name).build());
    if let Some(version) = run.and_then(|run| run.version.as_deref()).map(plain) {
        match is_semantic(&version) {
            true => made.semantic_version = Some(version.into_owned()),
            false => made.version = Some(version.into_owned()),
        }
    }
    let link = run.and_then(|run| run.link.as_deref()).and_then(uri::web);
    made.information_uri = link.map(|link| link.into_owned());
    let bag = made
        .properties
        .get_or_insert_with(|| PropertyBag::builder().build());
    bag.additional_properties
        .extend(rules::driver_properties(our_version));
    made
}

/// `1.2.3`, with or without something after it.
fn is_semantic(version: &str) -> bool {
    let core = version.split(['-', '+']).next().unwrap_or_default();
    let number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    core.split('.').count() == 3 && core.split('.').all(number)
}

/// How each of the scans went.
fn invocations(group: &Group<'_>, reader: Reader) -> Vec<Invocation> {
    if reader == Reader::CodeScanning {
        // `false` makes GitHub refuse the file; whether a log with holes is uploaded is not decided here.
        return vec![Invocation::builder().execution_successful(true).build()];
    }
    let mut reports: Vec<&Report> = group.runs.iter().map(|(report, _)| *report).collect();
    reports.dedup_by(|a, b| std::ptr::eq(*a, *b));
    reports.into_iter().map(invocation).collect()
}

fn invocation(report: &Report) -> Invocation {
    let failed = matches!(report.status, Status::Unusable(_));
    let mut made = Invocation::builder().execution_successful(!failed).build();
    if let Some(problem) = report.status.problem() {
        let mut note = Notification::builder()
            .message(said(&format!("{}: {problem}", report.input.path)))
            .build();
        note.level = Some("error".into());
        let files = report
            .unanalysed
            .iter()
            .take(MAX_LISTED)
            .filter(|file| !file.is_empty());
        let places: Vec<Location> = files.map(|file| at(file)).collect();
        note.locations = (!places.is_empty()).then_some(places);
        made.tool_execution_notifications = Some(vec![note]);
    }
    made
}

fn said(text: &str) -> Message {
    let mut message = Message::builder().build();
    message.text =
        Some(shorten(&crate::sarif::text::message(&plain(text)), limits::MESSAGE).into_owned());
    message
}

fn at(file: &str) -> Location {
    let mut artifact = ArtifactLocation::builder().build();
    // A path from the root of a machine is relative to nothing, which SARIF does not allow.
    artifact.uri = Some(uri::file(&uri::of_path(file)).into_owned());
    let mut physical = PhysicalLocation::builder().build();
    physical.artifact_location = Some(artifact);
    let mut location = Location::builder().build();
    location.physical_location = Some(physical);
    location
}

/// The files that a run was read from.
fn inputs<'a>(read: impl Iterator<Item = (&'a Report, &'a [Option<Text>])>) -> Vec<Value> {
    let mut all: Vec<(&Report, Vec<Option<&str>>)> = Vec::new();
    for (report, targets) in read {
        let targets = targets.iter().map(Option::as_deref);
        match all
            .last_mut()
            .filter(|(known, _)| std::ptr::eq(*known, report))
        {
            Some((_, known)) => known.extend(targets),
            None => all.push((report, targets.collect())),
        }
    }
    let one = |(report, mut targets): (&Report, Vec<Option<&str>>)| {
        if targets.is_empty() {
            targets.push(report.target.as_deref());
        }
        let targets: Vec<_> = targets
            .into_iter()
            .map(|target| target.map(plain))
            .collect();
        json!({
            "path": plain(&report.input.path),
            "sha256": report.input.sha256,
            "format": report.format,
            "status": report.status.word(),
            "targets": targets,
        })
    };
    all.into_iter().map(one).collect()
}

/// A run-level member: of the first run that has it, lists of all of them together.
fn carried(group: &Group<'_>, name: &str) -> Option<Value> {
    let all = group
        .runs
        .iter()
        .flat_map(|(_, run)| &run.carried)
        .filter(|(known, _)| *known == name);
    let mut values = all.filter_map(|(_, json)| serde_json::from_str::<Value>(json).ok());
    let mut first = values.next()?;
    if let Value::Array(list) = &mut first {
        for more in values {
            for one in more.as_array().into_iter().flatten() {
                if !list.contains(one) {
                    list.push(one.clone());
                }
            }
        }
    }
    Some(first)
}

/// Whether reports were lost before their tool was known. Evidence says so: a log without them would read as clean.
pub(super) fn lost(log: &Log<'_>, reader: Reader) -> bool {
    reader == Reader::Anybody && log.reports.iter().any(is_lost)
}

fn is_lost(report: &Report) -> bool {
    report.runs.is_empty() && report.status != Status::Complete
}

/// A run of our own that names the reports that could not be read.
pub(super) fn write_lost(log: &Log<'_>, out: &mut Out<'_>) -> io::Result<()> {
    let mut run = Object::begin(out)?;
    let mut tool = run.object("tool")?;
    let ours = Run {
        tool: "sarif-gate".into(),
        name: "sarif-gate".into(),
        version: Some(log.tool_version.into()),
        ..Run::default()
    };
    let mut driver = component(Some(&ours), &ours.tool, log.tool_version);
    driver.rules = Some(Vec::new());
    tool.put("driver", &driver)?;
    tool.end()?;
    let lost = || log.reports.iter().filter(|report| is_lost(report));
    let notes: Vec<Invocation> = lost().map(invocation).collect();
    run.put("invocations", &notes)?;
    run.put(
        "properties",
        &json!({ KEY: {"inputs": inputs(lost().map(|report| (report, &[][..])))} }),
    )?;
    run.raw("results", "[]")?;
    run.end()
}
