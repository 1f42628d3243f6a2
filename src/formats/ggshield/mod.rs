//! ggshield of GitGuardian: secret scans, and the IaC and SCA scans that it had until version 1.3x (they ended in 2025).

mod iac;
mod sca;
mod secret;

use super::{Desk, Document, Format, Read, ReportEnd, Sink};
use crate::model::scale;
use crate::syntax::{Json, Mark, ReadError, Shape};

const SECRETS: &str = "ggshield-json";
const IAC: &str = "ggshield-iac-json";
const SCA: &str = "ggshield-sca-json";

pub(super) const FORMAT: Format = Format {
    id: "ggshield",
    tool: "ggshield",
    link: "https://github.com/GitGuardian/ggshield",
    scale: &scale::GGSHIELD,
    documents: &[
        Document::new(
            SECRETS,
            // A scan of nothing, or by an old version that found nothing, has neither `scans` nor
            // `entities_with_incidents`.
            &[Mark::Keys(
                "",
                &["type", "total_incidents", "total_occurrences"],
            )],
        ),
        Document::new(
            IAC,
            &[
                Mark::Has("type", Shape::Text),
                Mark::Any(&[
                    Mark::All(&[
                        Mark::Has("iac_engine_version", Shape::Text),
                        Mark::Keys("", &["entities_with_incidents"]),
                    ]),
                    // What it prints of a scan that failed.
                    Mark::All(&[
                        Mark::Has("total_incidents", Shape::Whole),
                        Mark::Has("entities_with_incidents", Shape::EmptyList),
                        Mark::Lacks("total_occurrences"),
                    ]),
                ]),
            ],
        ),
        Document::new(
            SCA,
            &[
                Mark::Has("scanned_files", Shape::List),
                Mark::Any(&[
                    Mark::Has("found_package_vulns", Shape::List),
                    Mark::Has("added_vulns", Shape::List),
                ]),
            ],
        ),
    ],
    identity: "detector, file and GitGuardian's hash of the secret, hashed with a key; policy, component and file; advisory, package and lock file",
    clean_empties: &[],
    read: Read::Json(read),
};

fn read(
    json: &mut Json<'_>,
    desk: &mut Desk<'_>,
    sink: &mut Sink<'_>,
) -> Result<ReportEnd, ReadError> {
    match desk.document {
        IAC => iac::read(json, desk, sink),
        SCA => sca::read(json, desk, sink),
        _ => secret::read(json, desk, sink),
    }
}

fn incomplete(json: &Json<'_>, missing: &str) -> ReadError {
    json.error(format!(
        "this entry has no {missing}, which ggshield always writes: the report is damaged or not ggshield's"
    ))
}

#[cfg(test)]
mod tests;
