//! Reads waivers and VEX statements from where they are trusted.

use crate::gate::vex::{self, Statement};
use crate::gate::waivers::{self, Waiver};
use crate::model::Trust;
use crate::settings::{BaselineFrom, Problem, Settings, SettingsError};

use super::files::Files;

/// Largest such file in bytes.
const MOST: usize = 16 << 20;

/// What the files say, and their place in the record.
#[derive(Default)]
pub(super) struct Exempt {
    pub(super) waivers: Vec<Waiver>,
    pub(super) vex: Vec<Statement>,
    /// Files that rules hang on and that were read: path and bytes.
    pub(super) read: Vec<(String, Vec<u8>)>,
    /// What readers must know besides.
    pub(super) remarks: Vec<String>,
}

/// Where a file is looked for.
pub(super) type Look<'a> = &'a dyn Fn(&str) -> Result<Option<Vec<u8>>, String>;

/// Reads what the settings name.
///
/// # Errors
/// A file that is broken or cannot be read: what it would have excused cannot be known, and neither what it was meant to say.
/// One that a trusted commit does not have yet is none.
pub(super) fn read(
    settings: &Settings,
    look: Look<'_>,
    trusted_elsewhere: bool,
) -> Result<Exempt, SettingsError> {
    let mut exempt = Exempt::default();
    let mut problems = Vec::new();
    let mut open = |path: &str, built_in: bool, exempt: &mut Exempt| {
        let problem = |text: String| Problem::config(path, None, None, text);
        let bytes = match look(path) {
            Ok(Some(bytes)) if bytes.len() > MOST => {
                problems.push(problem(format!(
                    "it has {} bytes, more than the {MOST} that are read",
                    bytes.len()
                )));
                return None;
            }
            Ok(Some(bytes)) => bytes,
            Ok(None) if built_in => return None,
            Ok(None) if trusted_elsewhere => {
                exempt.remarks.push(format!(
                    "{} is not on the base branch, so it says nothing yet",
                    crate::settings::plain(path)
                ));
                return None;
            }
            Ok(None) => {
                problems.push(problem("there is no such file".to_owned()));
                return None;
            }
            Err(why) => {
                problems.push(problem(format!("it cannot be read: {why}")));
                return None;
            }
        };
        exempt.read.push((path.to_owned(), bytes.clone()));
        Some(bytes)
    };
    let mut wrong = Vec::new();
    for path in &settings.waivers {
        let Some(bytes) = open(path, settings.waivers_built_in, &mut exempt) else {
            continue;
        };
        match waivers::parse(path, &bytes) {
            Ok(read) => exempt.waivers.extend(read),
            Err(faults) => wrong.extend(
                faults
                    .into_iter()
                    .map(|fault| Problem::config(path, fault.line, None, fault.words)),
            ),
        }
    }
    for path in &settings.vex {
        let Some(bytes) = open(path, false, &mut exempt) else {
            continue;
        };
        match vex::parse(path, &bytes, settings.policy.accept_impact_statements) {
            Ok(read) => exempt.vex.extend(read),
            Err(why) => wrong.push(Problem::config(path, None, None, why)),
        }
    }
    problems.extend(wrong);
    SettingsError::unless_empty(problems).map(|()| exempt)
}

/// What the checkout says otherwise than the trusted commit, one sentence a file. A baseline that is a file belongs to it.
pub(super) fn differences(
    exempt: &Exempt,
    settings: &Settings,
    files: &Files<'_>,
    trust: &mut Trust,
) {
    let mut say = |path: &str, trusted: Option<&[u8]>| {
        let head = files.local(path).unwrap_or_default();
        let what = match (trusted, &head) {
            (None, None) => return,
            (Some(bytes), Some(head)) if bytes == head => return,
            (Some(_), Some(_)) => "alters",
            (Some(_), None) => "takes away",
            (None, Some(_)) => "adds",
        };
        trust.changed.push(format!(
            "This change {what} {}; what the base branch has of it counts until the merge.",
            crate::settings::plain(path)
        ));
    };
    for path in settings.waivers.iter().chain(&settings.vex) {
        let trusted = exempt.read.iter().find(|(read, _)| read == path);
        say(path, trusted.map(|(_, bytes)| bytes.as_slice()));
    }
    // One that cannot be read is said as a missing baseline.
    if let BaselineFrom::Path(path) = &settings.baseline
        && let Ok(trusted) = files.trusted(path)
    {
        say(path, trusted.as_deref());
    }
}
