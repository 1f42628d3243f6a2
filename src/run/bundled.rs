//! The bundle that a run leaves for a trusted one.

use super::VERSION;
use crate::bundle;
use crate::destinations;
use crate::evidence::Folder;
use crate::github::gzip;
use crate::model::Outcome;
use crate::settings::Settings;

/// Writes the bundle for a trusted run, where one is due; none of an earlier run stays.
pub(super) fn write(
    outcome: &Outcome,
    settings: &Settings,
    folder: &Folder,
) -> Option<Result<String, String>> {
    // A trusted run may have been given its own there.
    let stale = match outcome.context.trusted_run {
        true => Ok(()),
        false => folder
            .remove(bundle::FILE)
            .map(|_| ())
            .map_err(|error| error.to_string()),
    };
    if !destinations::bundle_is_due(&outcome.context, settings) {
        return None;
    }
    let write = || {
        stale?;
        let packed = packed(outcome)?;
        let written = folder.write(bundle::FILE, &mut |out| out.write_all(&packed));
        let path = written.map_err(|error| error.to_string())?;
        Ok(path.to_string_lossy().into_owned())
    };
    Some(write())
}

fn packed(outcome: &Outcome) -> Result<Vec<u8>, String> {
    let context = &outcome.context;
    let content = bundle::Content {
        of: bundle::Of {
            repository: context.repository.clone(),
            pull_request: context.pull_request,
            head_sha: context.head_sha.clone(),
            run_id: context.run_id.clone(),
        },
        findings: &outcome.findings,
        reports: &outcome.reports,
        tool_version: VERSION,
    };
    let bytes = bundle::write(&content).map_err(|error| error.to_string())?;
    let packed = gzip(&bytes).map_err(|error| error.to_string())?;
    let most = bundle::limits::PACKED_BYTES;
    match packed.len() {
        size if size > most => Err(format!(
            "it has {size} bytes when packed, more than {most}; let the scanners report less, or split them over several jobs"
        )),
        _ => Ok(packed),
    }
}
