//! `waive`: a complete entry for one finding goes to the waiver file. Nothing is judged, and nothing takes effect before it is
//! merged.

use std::fmt::Write as _;
use std::io;
use std::path::Path;
use std::time::SystemTime;

use super::world::{World, complain, print};
use super::{Format, FormatError, convert};
use crate::cli::Waive;
use crate::evidence::{EvidenceError, Folder};
use crate::exit::{self, End};
use crate::gate::waivers::{
    AppendError, Appended, Fault, Waiver, append, covers, covers_of, is_native, refusal, rules_of,
};
use crate::github::command::safe_log_line;
use crate::model::{Day, Finding, Severity, Text};
use crate::run::{moved, rfc3339};
use crate::settings::{Inputs, Settings};
use crate::syntax::words::{did_you_mean, plain};

/// How long a waiver lives when nobody says it, in days.
const LIFE: u32 = 30;

/// Fewest digits of a fingerprint that name a finding.
const DIGITS_LEAST: usize = 6;

/// Most findings that are listed when an id names several, and most faults of a file.
const LISTED: usize = 10;

/// What was asked cannot be done. A usage error; nothing was written.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct WaiveError(String);

/// Adds the entry and prints it.
pub(super) fn waive(world: &World, arguments: &Waive) -> anyhow::Result<u8> {
    if world.format != Format::Text {
        anyhow::bail!(FormatError::new("waive", "text", world.format));
    }
    let settings = world.settings(Inputs::default())?;
    let now = rfc3339(SystemTime::now());
    let today = now.get(..10).unwrap_or_default();
    let expires = expires(arguments, today)?;
    let doing = "reading reports";
    let map = moved(&settings)?;
    let (reports, findings) = convert::read(world, &settings, &arguments.report, &map, doing)?;
    if reports.iter().any(|report| !report.understood) {
        complain(
            "nothing was written, because these reports may say more about the finding, or about others with its id",
        );
        return Ok(exit::code(End::Unreadable));
    }
    let finding = find(&findings, &arguments.id)?;
    let severity = settings.policy.counts_as(finding.severity);
    let done = write(arguments, &settings, finding, severity, today, &expires)?;
    let mut text = said(arguments, finding, &done, &expires);
    let limits = &settings.policy.waiver_limits;
    if let Some(why) = refusal(&done.waiver, limits, finding, severity, today) {
        let _ = writeln!(text, "As it stands the config refuses it: {why}.");
    }
    let lines: Vec<String> = text.lines().map(|line| shown(world, line)).collect();
    print(&format!("{}\n", lines.join("\n")));
    Ok(exit::code(End::Done))
}

/// A line of the answer. In a workflow the runner looks for commands in it.
fn shown(world: &World, line: &str) -> String {
    if world.actions {
        safe_log_line(line)
    } else {
        line.to_owned()
    }
}

/// The last day.
fn expires(arguments: &Waive, today: &str) -> Result<String, WaiveError> {
    let Some(day) = &arguments.expires else {
        let day = Day::of_date(today).and_then(|today| today.plus(LIFE));
        return day.map(|day| day.to_string()).ok_or_else(|| {
            WaiveError("the clock gives no day; say one with --expires".to_owned())
        });
    };
    if Day::of_date(day).is_none() {
        return Err(WaiveError(format!(
            "--expires: {} is no day; expected one of the calendar as YYYY-MM-DD",
            plain(day)
        )));
    }
    if day.as_str() < today {
        return Err(WaiveError(format!(
            "--expires: {day} is over, today is {today} (UTC)"
        )));
    }
    Ok(day.clone())
}

/// The one finding that an id names.
fn find<'f>(findings: &'f [Finding], id: &str) -> Result<&'f Finding, WaiveError> {
    let id = id.trim();
    let hex = (DIGITS_LEAST..=32).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_hexdigit());
    let start = id.to_ascii_lowercase();
    let is_print = |finding: &&Finding| {
        hex && finding
            .fingerprints()
            .any(|print| print.to_string().starts_with(&start))
    };
    let is_rule = |finding: &&Finding| rules_of(finding).any(|rule| rule.eq_ignore_ascii_case(id));
    let named: Vec<&Finding> = findings
        .iter()
        .filter(|finding| is_print(finding) || is_rule(finding))
        .collect();
    match named.as_slice() {
        [] => {
            let rules = findings.iter().map(|finding| &*finding.rule);
            Err(WaiveError(format!(
                "no finding of these reports is {}{}; an id is a fingerprint, its first {DIGITS_LEAST} or more digits, or a \
                 rule",
                plain(id),
                did_you_mean(id, rules)
            )))
        }
        [first, rest @ ..] if rest.iter().all(|one| one.fingerprint == first.fingerprint) => {
            Ok(first)
        }
        several => {
            let mut lines: Vec<String> = several.iter().map(|one| line(one)).collect();
            lines.sort();
            let more = lines.len().saturating_sub(LISTED);
            lines.truncate(LISTED);
            if more > 0 {
                lines.push(format!("  and {more} more"));
            }
            Err(WaiveError(format!(
                "{} findings are {}; name one by its fingerprint:\n{}",
                several.len(),
                plain(id),
                lines.join("\n")
            )))
        }
    }
}

/// One finding in a list.
fn line(finding: &Finding) -> String {
    let mut line = format!("  {} {}", finding.fingerprint, about(finding));
    if let Some(package) = &finding.package {
        line += &format!(", {}", plain(&package.name));
    }
    match (finding.locations.first(), &finding.target) {
        (Some(place), _) => {
            line += &format!(", {}", plain(&place.path));
            line.extend(place.start_line.map(|at| format!(":{at}")));
        }
        (None, Some(target)) => line += &format!(", {}", plain(target)),
        (None, None) => {}
    }
    line
}

fn about(finding: &Finding) -> String {
    format!("{} ({})", plain(&finding.rule), finding.severity.word())
}

/// Puts the entry into the file.
fn write(
    arguments: &Waive,
    settings: &Settings,
    finding: &Finding,
    severity: Severity,
    today: &str,
    expires: &str,
) -> anyhow::Result<Appended> {
    let name = &arguments.file;
    if is_native(name) {
        anyhow::bail!(WaiveError(format!(
            "--file: {} is the ignore file of a scanner, which cannot say who decided what; name another one",
            plain(name)
        )));
    }
    let text = |text: &str| Text::from(text.trim());
    let waiver = Waiver {
        file: Text::from(name.as_str()),
        line: None,
        covers: covers_of(finding, severity),
        decision: text(&arguments.decision),
        reason: text(&arguments.reason),
        owner: text(&arguments.owner),
        approved_by: arguments.approved_by.iter().map(|one| text(one)).collect(),
        ticket: arguments.ticket.as_deref().map(text),
        created: Some(today.to_owned()),
        expires: Some(expires.to_owned()),
        tool: None,
        id: None,
    };
    let workspace = Path::new(&settings.context.workspace);
    let path = workspace.join(name);
    let before = read(&path)?;
    let done = append(name, before.as_deref(), &waiver).map_err(|error| refused(name, &error))?;
    if let Err(near) = covers(&done.waiver, finding, severity) {
        anyhow::bail!(WaiveError(format!(
            "no waiver can be written that covers this finding: {}",
            near.words
        )));
    }
    let (Some(parent), Some(file)) = (path.parent(), path.file_name()) else {
        anyhow::bail!(WaiveError(format!("--file: {} is no file", plain(name))));
    };
    Folder::open(workspace, parent)
        .and_then(|folder| {
            folder.write(&file.to_string_lossy(), &mut |out| {
                out.write_all(done.text.as_bytes())
            })
        })
        .map_err(|error| unwritable(error, &path))?;
    Ok(done)
}

/// The text of the file, where there is one.
fn read(path: &Path) -> Result<Option<String>, WaiveError> {
    let wrong = |what: &str| WaiveError(format!("--file: {} {what}", path.display()));
    match std::fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(wrong(&format!("cannot be read: {error}"))),
        Ok(known) if known.is_symlink() => {
            return Err(wrong(
                "is a symbolic link, which would be replaced; name the file behind it",
            ));
        }
        Ok(known) if !known.is_file() => return Err(wrong("is no file")),
        Ok(known) if known.len() > FILE_MOST => {
            return Err(wrong("is larger than a file of waivers can be"));
        }
        Ok(_) => {}
    }
    let bytes = std::fs::read(path).map_err(|error| wrong(&format!("cannot be read: {error}")))?;
    String::from_utf8(bytes)
        .map(Some)
        .map_err(|_| wrong("is not UTF-8 text; save it as UTF-8"))
}

/// Largest file that is read, in bytes; what is read as waivers is smaller still.
const FILE_MOST: u64 = 32 << 20;

fn refused(name: &str, error: &AppendError) -> WaiveError {
    let faults = match error {
        AppendError::Broken(faults) | AppendError::Wrong(faults) => faults.as_slice(),
        AppendError::NoPlace => &[],
    };
    let mut text = match error {
        // Lines of an entry that was never written mean nothing.
        AppendError::Wrong(_) => format!("{error}:"),
        _ => format!("{}: {error}", plain(name)),
    };
    for Fault { line, words } in faults.iter().take(LISTED) {
        match (error, line) {
            (AppendError::Broken(_), Some(line)) => text += &format!("\n  line {line}: {words}"),
            _ => text += &format!("\n  {words}"),
        }
    }
    WaiveError(text)
}

/// The same in words of this command: the folder says that it is about evidence.
fn unwritable(error: EvidenceError, path: &Path) -> anyhow::Error {
    let shown = path.display();
    match error {
        EvidenceError::Link(link) => WaiveError(format!(
            "{} is a symbolic link, and {shown} is not written through links in the workspace: remove the link, or name another \
             --file",
            link.display()
        ))
        .into(),
        EvidenceError::NotFolder(part) => {
            WaiveError(format!("{} is not a folder; name another --file", part.display())).into()
        }
        EvidenceError::Refused { what, path, source } => {
            anyhow::anyhow!("cannot {what} {}: {source}", path.display())
        }
    }
}

/// What is printed.
fn said(arguments: &Waive, finding: &Finding, done: &Appended, expires: &str) -> String {
    let place = done.waiver.place();
    let mut text = format!("Added to {place}:\n\n{}\n", done.entry);
    text += &format!(
        "It covers {} until {expires} (UTC, inclusive), decided as {}.\n",
        about(finding),
        arguments.decision
    );
    if arguments.expires.is_none() {
        text += &format!("That is {LIFE} days from today; --expires sets another day.\n");
    }
    text += "It takes effect when it has been merged to the base branch: a pull request cannot waive its own findings.\n";
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Fingerprint, Kind};

    fn finding(rule: &str, print: u8) -> Finding {
        let mut finding = Finding::new(Kind::Code, rule.into(), Severity::High, "t".into());
        finding.fingerprint = Fingerprint([print; 16]);
        finding
    }

    #[test]
    fn ids_name_one_finding_or_say_why_not() {
        let mut third = finding("R2", 0xac);
        third.fingerprint.0[15] = 1;
        third.aliases = vec!["abcdef".into()];
        let all = [
            finding("R1", 0xab),
            finding("R2", 0xac),
            third,
            finding("deadbe", 1),
        ];
        let print = |id: &str| find(&all, id).map(|one| one.fingerprint.0[15]);
        assert_eq!(print("r1").unwrap(), 0xab);
        assert_eq!(print("ABABAB").unwrap(), 0xab);
        assert_eq!(print(&"ac".repeat(16)).unwrap(), 0xac);
        assert_eq!(print("abcdef").unwrap(), 1, "an alias");
        assert_eq!(print("deadbe").unwrap(), 1, "a rule that looks like digits");
        for (id, part) in [
            ("ababa", "no finding"),
            ("R12", "did you mean R1?"),
            (
                "R2",
                "2 findings are R2; name one by its fingerprint:\n  acac",
            ),
            ("acacac", "2 findings are acacac"),
            ("", "no finding"),
            ("x\u{1b}[2J", "\\u{1b}"),
        ] {
            let error = find(&all, id).unwrap_err().to_string();
            assert!(error.contains(part), "{id}: {error}");
        }
    }

    #[test]
    fn many_candidates_are_cut_with_a_word_about_it() {
        let all: Vec<Finding> = (0..15).map(|print| finding("R", print)).collect();
        let error = find(&all, "R").unwrap_err().to_string();
        assert!(error.ends_with("\n  and 5 more"), "{error}");
        assert_eq!(error.lines().count(), 12);
    }
}
