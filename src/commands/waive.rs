//! `waive`: a complete entry for one finding goes to the waiver file. Nothing is judged, and nothing takes effect before it is
//! merged.

use std::fmt::Write as _;
use std::io;
use std::path::Path;
use std::time::SystemTime;

use super::which::{self, about};
use super::world::{World, complain, print};
use super::{Format, FormatError, convert};
use crate::cli::Waive;
use crate::evidence::{EvidenceError, Folder};
use crate::exit::{self, End};
use crate::gate::waivers::{
    AppendError, Appended, Fault, Waiver, append, covers, covers_of, is_native, refusal,
};
use crate::github::command::safe_log_line;
use crate::model::{Day, Finding, Severity, Text};
use crate::run::{moved, rfc3339};
use crate::settings::{Inputs, Settings};
use crate::syntax::words::plain;

/// How long a waiver lives when nobody says it, in days.
const LIFE: u32 = 30;

/// Most faults of a file that are listed.
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
    let finding = which::find(&findings, &arguments.id)?;
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
