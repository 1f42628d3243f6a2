//! Identity outlives moved lines.

use super::whole::{files, judge};
use super::*;

/// Adds lines at the top of every file that a report names: all numbers of lines grow.
fn moved(value: &mut Value, by: u64) {
    const LINES: [&str; 13] = [
        "startLine",
        "endLine",
        "StartLine",
        "EndLine",
        "Number",
        "line",
        "line_number",
        "end_line",
        "row",
        "line_start",
        "line_end",
        "start_line",
        "lineNumber",
    ];
    match value {
        Value::Array(entries) => entries.iter_mut().for_each(|entry| moved(entry, by)),
        Value::Object(members) => {
            // What a report quotes of the file moves too: ESLint carries all of it, Bandit numbered lines.
            if let (true, Some(Value::String(source))) =
                (members.contains_key("filePath"), members.get_mut("source"))
            {
                source.insert_str(0, &"\n".repeat(by as usize));
            }
            if let (true, Some(Value::String(code))) =
                (members.contains_key("line_number"), members.get_mut("code"))
            {
                let renumbered = code.lines().map(|line| {
                    let (number, text) = line.split_once(' ').unwrap_or((line, ""));
                    let number = number.parse::<u64>().map_or(0, |number| number + by);
                    format!("{number} {text}\n")
                });
                *code = renumbered.collect();
            }
            // Checkov gives a range and numbered lines.
            if let Some(Value::Array(range)) = members.get_mut("file_line_range") {
                range.iter_mut().for_each(|line| add(line, by));
            }
            if let Some(Value::Array(block)) = members.get_mut("code_block") {
                block.iter_mut().for_each(|line| add(&mut line[0], by));
            }
            for (name, member) in members {
                match member.as_u64() {
                    Some(line) if line > 0 && LINES.contains(&name.as_str()) => {
                        *member = (line + by).into();
                    }
                    _ => moved(member, by),
                }
            }
        }
        _ => {}
    }
}

/// Adds to the number of a line; 0 and less mean none.
fn add(line: &mut Value, by: u64) {
    if let Some(number) = line.as_u64().filter(|number| *number > 0) {
        *line = (number + by).into();
    }
}

pub(super) fn moved_file(bytes: &[u8], by: u64) -> Vec<u8> {
    if bytes.trim_ascii_start().starts_with(b"<") {
        return moved_xml(std::str::from_utf8(bytes).expect("UTF-8"), by);
    }
    let values = serde_json::Deserializer::from_slice(bytes).into_iter::<Value>();
    let lines = values.map_while(Result::ok).map(|mut value| {
        moved(&mut value, by);
        value.to_string()
    });
    let lines: Vec<String> = lines.collect();
    lines.join("\n").into_bytes()
}

/// The same in XML: every attribute `line`.
fn moved_xml(text: &str, by: u64) -> Vec<u8> {
    let mut parts = text.split(" line=\"");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (number, rest) = part.split_once('"').expect("an attribute");
        let number = number.parse::<u64>().map_or(0, |number| number + by);
        out.push_str(&format!(" line=\"{number}\"{rest}"));
    }
    out.into_bytes()
}

/// Reports alone: lines move together, and the fingerprints stay.
#[test]
fn identity_outlives_moved_lines_in_reports() {
    each(|name, path| {
        let bytes = std::fs::read(path).expect("a file");
        if bytes.starts_with(b"\xef\xbb\xbf") {
            return;
        }
        let prints = |findings: &[Finding]| -> BTreeSet<String> {
            let all = findings.iter().filter(|f| f.kind != Kind::Vulnerability);
            all.map(|f| format!("{} {}", f.fingerprint, f.rule))
                .collect()
        };
        let (_, before) = read(path);
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join(path.file_name().expect("a name"));
        std::fs::write(&file, moved_file(&bytes, 7)).expect("written");
        let (_, after) = read(&file);
        same(&prints(&before), &prints(&after), name);
    });
}

/// The example with its sources: lines are looked up in the files, which move as well.
#[test]
fn identity_outlives_moved_lines_in_sources() {
    let sources = files("examples/sample-app", "examples/sample-app");
    let mut reports = files("examples/vulnerable", "in");
    // A report that does not say what the line holds.
    let plain = r#"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"Plain"}},"results":[{"ruleId":"R1","message":{"text":"m"},
        "locations":[{"physicalLocation":{"artifactLocation":{"uri":"examples/sample-app/server/orders.py"},"region":{"startLine":24}}}]}]}]}"#;
    reports.push(("in/plain.sarif".to_owned(), plain.as_bytes().to_vec()));
    let before = judge(&[sources.clone(), reports.clone()].concat(), &[], "");
    assert!(before.prints().len() > 60, "{}", before.prints().len());
    for by in [1_u64, 40] {
        let lines = "\n".repeat(by as usize).into_bytes();
        let below = sources.iter();
        let below = below.map(|(name, bytes)| (name.clone(), [&lines[..], bytes].concat()));
        let moved = reports.iter();
        let moved = moved.map(|(name, bytes)| (name.clone(), moved_file(bytes, by)));
        let after = judge(&below.chain(moved).collect::<Vec<_>>(), &[], "");
        same(&before.prints(), &after.prints(), &format!("{by} lines"));
        assert_eq!(before.run.code, after.run.code);
    }
    // And it is the line that tells a finding of the code, where it is known: another one is another finding.
    let changed = sources.iter().map(|(name, bytes)| {
        let text = String::from_utf8_lossy(bytes);
        let text: Vec<String> = text.lines().map(|line| format!("{line} changed")).collect();
        (name.clone(), text.join("\n").into_bytes())
    });
    let after = judge(&changed.chain(reports).collect::<Vec<_>>(), &[], "");
    assert_ne!(before.prints(), after.prints());
}
