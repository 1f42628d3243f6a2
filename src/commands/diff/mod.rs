//! `diff`: what is new, updated and fixed between two sets of reports. Nothing is judged.

mod document;
mod page;

use std::time::SystemTime;

use super::convert::remarks;
use super::sets::{Read, entries, found, know_their_lines, read_new, read_old};
use super::world::{World, complain, print};
use super::{Format, FormatError, json as pretty};
use crate::baseline::{Baseline, Difference, Origin, compare, differences, missing};
use crate::cli::Diff;
use crate::exit::{self, End};
use crate::model::{Comparison, Finding, Report, State, Text};
use crate::progress::Progress;
use crate::run::rfc3339;

/// Two sets of reports held against each other.
struct Compared {
    old: Vec<Report>,
    new: Vec<Report>,
    /// Those of the new set, with what the old one knows of them.
    findings: Vec<Finding>,
    /// What of each differs.
    differences: Vec<Option<Difference>>,
    comparison: Comparison,
    /// What the old reports looked at and the new ones did not.
    missing: Vec<(Text, Option<Text>)>,
}

impl Compared {
    /// The findings in a state, with what differs.
    fn of(&self, state: State) -> impl Iterator<Item = (&Finding, Option<&Difference>)> {
        let all = self.findings.iter().zip(&self.differences);
        all.filter(move |(finding, _)| finding.known.state == Some(state))
            .map(|(finding, difference)| (finding, difference.as_ref()))
    }

    fn count(&self, state: State) -> usize {
        self.of(state).count()
    }
}

/// Compares and prints. The exit code says whether both sets could be read, not whether they differ.
pub(super) fn diff(world: &World, arguments: &Diff) -> anyhow::Result<u8> {
    if !matches!(world.format, Format::Text | Format::Json) {
        return Err(FormatError::new("diff", "text and json", world.format).into());
    }
    let settings = world.settings(crate::settings::Inputs::default())?;
    let old = found(world, &entries(world, &arguments.old))?;
    let new = found(world, &entries(world, &arguments.new))?;
    let progress = Progress::start("comparing");
    let (old, before) = read_old(&settings, old);
    let (new, findings) = match know_their_lines(&before) {
        true => read_new(&settings, new),
        false => read_old(&settings, new),
    };
    progress.stop();
    remarks(&old);
    remarks(&new);
    if old.iter().chain(&new).any(|report| !report.understood) {
        complain(
            "nothing was compared, because findings that cannot be read would count as fixed or new",
        );
        return Ok(exit::code(End::Unreadable));
    }
    let compared = held((old, before), (new, findings), SystemTime::now());
    match world.format {
        Format::Json => print(&pretty(&document::document(&compared))),
        _ => print(&page::page(&compared, &settings.context)),
    }
    // The process ends here: giving back a hundred thousand findings one by one would be work for nobody.
    std::mem::forget(compared);
    Ok(exit::code(End::Done))
}

fn held((old, before): Read, (new, mut findings): Read, now: SystemTime) -> Compared {
    let origin = Origin {
        source: "path",
        ..Origin::default()
    };
    let baseline = Baseline::of(origin, &before, &old);
    let comparison = compare(&mut findings, &new, &baseline, None, &rfc3339(now));
    Compared {
        differences: differences(&findings, &baseline),
        missing: missing(&baseline, &new),
        comparison,
        old,
        new,
        findings,
    }
}
