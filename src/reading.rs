//! Files become reports, reports become findings: what every command that looks at reports begins with.

use std::io::Read;
use std::path::Path;

use crate::collect::{self, Collected};
use crate::formats::{self, Hint, Secrets};
use crate::merge::{self, Moved, Surroundings};
use crate::model::{Context, Finding, Hidden, Report};
use crate::outside::Workspace;
use crate::settings::Settings;

/// How reports are read and merged.
#[derive(Clone, Copy)]
pub struct Reading<'a> {
    /// Severities that the config moves.
    pub map: &'a [Moved],
    /// Key of the secrets' hashes.
    pub identity_key: Option<&'a Hidden>,
    /// Where the checkout stands.
    pub context: &'a Context,
    /// Directory of the repository that relative paths start from.
    pub prefix: Option<&'a str>,
    /// Lines are looked up in the files of the workspace. Not for reports of another time: today's lines are not those that
    /// they were about.
    pub lines: bool,
}

impl<'a> Reading<'a> {
    /// As the settings have it, for reports of now.
    pub fn of(settings: &'a Settings, map: &'a [Moved]) -> Reading<'a> {
        Reading {
            map,
            identity_key: settings.identity_key.as_ref(),
            context: &settings.context,
            prefix: settings.path_prefix.as_deref(),
            lines: true,
        }
    }

    /// As the settings have it, for reports of another time.
    pub fn of_another_time(settings: &'a Settings) -> Reading<'a> {
        Reading {
            lines: false,
            ..Reading::of(settings, &[])
        }
    }

    /// Reads the collected files. Secrets end here.
    pub fn read(&self, found: Vec<Collected>, stdin: &mut dyn Read) -> Vec<Report> {
        let mut secrets = self.secrets();
        let reports = collect::read_all(found, &mut secrets, stdin);
        cleaned(reports, secrets)
    }

    /// Reads logs that are held in memory.
    pub fn read_bytes(&self, logs: &[Vec<u8>], name: &str) -> Vec<Report> {
        let mut secrets = self.secrets();
        let hint = Hint { format: None, name };
        let read = |bytes: &Vec<u8>| formats::read(&mut bytes.as_slice(), hint, &mut secrets);
        let reports = logs.iter().map(read).collect();
        cleaned(reports, secrets)
    }

    /// Makes one list of what the reports say.
    pub fn merge(&self, reports: &mut [Report]) -> Vec<Finding> {
        let files = Workspace::new(Path::new(&self.context.workspace));
        let around = Surroundings {
            roots: &self.context.roots,
            prefix: self.prefix,
            exists: &|path| files.exists(path),
            text: &|path| files.text(path).filter(|_| self.lines),
        };
        merge::merge(reports, self.map, &around)
    }

    /// Reads and merges.
    pub fn both(&self, found: Vec<Collected>, stdin: &mut dyn Read) -> (Vec<Report>, Vec<Finding>) {
        let mut reports = self.read(found, stdin);
        let findings = self.merge(&mut reports);
        (reports, findings)
    }

    fn secrets(&self) -> Secrets {
        Secrets::new(self.identity_key.map(|key| key.reveal().as_bytes()))
    }
}

fn cleaned(mut reports: Vec<Report>, secrets: Secrets) -> Vec<Report> {
    let redactor = secrets.into_redactor();
    reports
        .iter_mut()
        .for_each(|report| redactor.clean_report(report));
    reports
}
