use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::model::{
    Carried, Cause, Changes, Comparison, Fingerprint, Fix, Input, Instance, Kind, Location,
    Package, Place, Run, SecretMark, Severity, Source, State, Suppression, Touched,
};

mod cause;
mod gone;
mod laws;
mod same;

const NOW: &str = "2026-06-01T12:00:00Z";
const TAKEN: &str = "2026-05-01T00:00:00Z";

fn print(byte: u8) -> Fingerprint {
    Fingerprint([byte; 16])
}

fn source(tool: &str, fingerprint: Fingerprint) -> Source {
    Source {
        tool: tool.into(),
        input: 0,
        run: 0,
        rule: "R".into(),
        severity: Severity::High,
        fingerprint,
        suppression: None,
        recipe: None,
    }
}

fn at(path: &str, line: Option<u32>, place: Place) -> Location {
    let mut location = Location::new(path.into(), line);
    location.place = place;
    location
}

fn code(number: u8, rule: &str, path: &str, line: u32) -> Finding {
    let mut finding = Finding::new(Kind::Code, rule.into(), Severity::High, "title".into());
    finding.locations = vec![at(path, Some(line), Place::Workspace)];
    finding.line = Some(number.into());
    finding.fingerprint = print(number);
    finding.sources = vec![source("bandit", print(number))];
    finding
}

fn vulnerable(number: u8, id: &str, versions: &[&str]) -> Finding {
    let mut finding = Finding::new(Kind::Vulnerability, id.into(), Severity::High, "t".into());
    finding.target = Some("package-lock.json".into());
    finding.locations = vec![at("package-lock.json", None, Place::Workspace)];
    finding.package = Some(Box::new(Package {
        development: false,
        purl: None,
        ecosystem: Some("npm".into()),
        name: "lodash".into(),
        version: versions.first().map(|version| Text::from(*version)),
        fixed: vec![],
        fix: Fix::Unknown,
    }));
    let others = versions.iter().skip(1).map(|version| Instance {
        version: Some((*version).into()),
        path: None,
    });
    finding.instances = others.collect();
    finding.fingerprint = print(number);
    finding.sources = vec![source("trivy", print(number))];
    finding
}

fn report(tools: &[&str], target: Option<&str>, status: Status) -> Report {
    let run = |tool: &&str| Run {
        tool: (*tool).into(),
        ..Run::default()
    };
    Report {
        target: target.map(Text::from),
        status,
        ..Report::new(Input::default(), tools.iter().map(run).collect())
    }
}

fn reports() -> Vec<Report> {
    vec![report(
        &["bandit", "trivy", "gitleaks"],
        None,
        Status::Complete,
    )]
}

fn baseline(findings: &[Finding]) -> Baseline {
    let origin = Origin {
        source: "path",
        place: "base.sarif".to_owned(),
        sha: None,
        taken: Some(TAKEN.to_owned()),
    };
    // The first report scanned no image, so the sources of the base are of one run.
    Baseline::of(
        origin,
        findings,
        &[report(&["bandit"], None, Status::Complete)],
    )
}

/// Compares without changes, everything looked at.
fn held(now: &mut [Finding], base: &[Finding]) -> Comparison {
    compare(now, &reports(), &baseline(base), None, NOW)
}

fn states(now: &[Finding]) -> Vec<State> {
    now.iter()
        .filter_map(|finding| finding.known.state)
        .collect()
}

fn secret(number: u8, value: Option<&str>) -> Finding {
    let mut finding = code(number, "aws", "a.env", 3);
    finding.kind = Kind::Secret;
    finding.secret = Some(SecretMark {
        digest: None,
        published: value.map(Text::from),
    });
    finding
}

fn hashed(mut finding: Finding, hash: &str, carried: bool) -> Finding {
    if carried {
        let json = format!("{{\"primaryLocationLineHash\":\"{hash}\"}}");
        finding.carried = Some(Box::new(Carried {
            members: vec![("partialFingerprints", json.into())],
        }));
    } else {
        finding.line_hash = Some(hash.into());
    }
    finding
}
