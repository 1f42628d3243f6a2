//! What a run says of the past: nothing differs from itself.

use super::moved::moved_file;
use super::*;

const TAKEN: &str = "2026-05-01T00:00:00Z";
const NOW: &str = "2026-06-01T00:00:00Z";

fn baseline(reports: &[Report], findings: &[Finding]) -> Baseline {
    let origin = Origin {
        source: "path",
        place: "before".to_owned(),
        sha: None,
        taken: Some(TAKEN.to_owned()),
    };
    Baseline::of(origin, findings, reports)
}

/// Says what differs; nothing may.
fn no_difference(
    (old, before): &(Vec<Report>, Vec<Finding>),
    (new, after): (Vec<Report>, Vec<Finding>),
    what: &str,
) {
    let baseline = baseline(old, before);
    let mut after = after;
    let comparison = compare(&mut after, &new, &baseline, None, NOW);
    let differs = |finding: &&Finding| finding.known.state != Some(State::Unchanged);
    let differ: Vec<String> = after.iter().filter(differs).take(3).map(essence).collect();
    assert!(differ.is_empty(), "{what}: {differ:#?}");
    let gone: Vec<_> = comparison.gone.iter().take(3).collect();
    assert!(gone.is_empty(), "{what}: gone {gone:#?}");
    assert_eq!(comparison.findings as usize, before.len(), "{what}");
    for finding in &after {
        assert_eq!(finding.known.first_seen.as_deref(), Some(TAKEN), "{what}");
    }
    let missing = missing(&baseline, &new);
    assert!(missing.is_empty(), "{what}: {missing:?}");
    let rebased = rebase(&baseline, &mut after, NOW);
    assert_eq!(rebased.by_fingerprint as usize, after.len(), "{what}");
}

/// A report differs in nothing from itself: in any order, from its log, with all lines moved.
#[test]
fn nothing_differs_from_itself() {
    each(|name, path| {
        let first = read(path);
        no_difference(&first, read(path), name);
        let (reports, mut findings) = read(path);
        findings.reverse();
        no_difference(&first, (reports, findings), &format!("{name}: reversed"));
        let log = read_again(&converted(&first.0, &first.1));
        no_difference(&log, read(path), &format!("{name}: against its log"));
        no_difference(&first, log, &format!("{name}: its log"));
        let bytes = std::fs::read(path).expect("a file");
        if !can_move(&bytes) {
            return;
        }
        let after = read_bytes(path, &moved_file(&bytes, 7));
        no_difference(&first, after, &format!("{name}: lines moved"));
    });
}

/// Whether [`moved_file`] keeps everything else: XML, or JSON values to the last byte.
fn can_move(bytes: &[u8]) -> bool {
    let mut values = serde_json::Deserializer::from_slice(bytes).into_iter::<Value>();
    bytes.trim_ascii_start().starts_with(b"<") || values.all(|value| value.is_ok())
}

/// Reads other bytes under the name of a file.
fn read_bytes(path: &Path, bytes: &[u8]) -> (Vec<Report>, Vec<Finding>) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join(path.file_name().expect("a name"));
    std::fs::write(&file, bytes).expect("written");
    read(&file)
}

#[test]
fn all_reports_at_once_differ_in_nothing_from_their_log() {
    let paths: Vec<&Path> = READABLE.iter().map(|(_, path)| path.as_path()).collect();
    let first = read_all(&paths);
    let log = read_again(&converted(&first.0, &first.1));
    let again = read_all(&paths);
    let baseline = baseline(&log.0, &log.1);
    let mut after = again.1;
    let comparison = compare(&mut after, &again.0, &baseline, None, NOW);
    let new: Vec<_> = after
        .iter()
        .filter(|finding| finding.known.state == Some(State::New))
        .take(3)
        .map(essence)
        .collect();
    assert!(new.is_empty(), "{new:#?}");
    assert!(comparison.gone.is_empty(), "{:#?}", comparison.gone);
}

/// An image that was built anew and tagged differently has the same findings.
#[test]
fn nothing_differs_under_another_tag_and_digest() {
    let mut covered: BTreeMap<&'static str, usize> = BTreeMap::new();
    for (name, path) in READABLE.iter() {
        let first = read(path);
        let Some(target) = first.0[0].target.as_deref().filter(|t| is_image(t)) else {
            continue;
        };
        let text = std::fs::read_to_string(path).expect("UTF-8");
        let image = target.split('@').next().expect("a name");
        let retagged = match image.rsplit_once(':') {
            Some((repository, tag)) if !tag.contains('/') => {
                text.replace(image, &format!("{repository}:9.9.9-moved"))
            }
            _ => text.clone(),
        };
        let rebuilt = other_digests(&retagged);
        assert_ne!(rebuilt, text, "{name}");
        let after = read_bytes(path, rebuilt.as_bytes());
        assert!(!first.1.is_empty() || after.1.is_empty(), "{name}");
        let counted = first.1.iter().any(|finding| {
            let same = image_repository(target);
            finding
                .target
                .as_deref()
                .is_some_and(|target| target == same)
        });
        no_difference(&first, after, &format!("{name}: {target}"));
        if counted {
            *covered
                .entry(first.0[0].format.expect("a format"))
                .or_default() += 1;
        }
    }
    let all: usize = covered.values().sum();
    // Of our own files there are 6; with the recorded ones 14, of 6 documents.
    assert!(all > 5, "{covered:?}");
    if shared().is_some() {
        assert!(all > 10 && covered.len() > 2, "{covered:?}");
    }
}

fn is_image(target: &str) -> bool {
    let name = target.rsplit('/').next().unwrap_or(target);
    !target.starts_with(['/', '.']) && !target.contains([' ', '\\']) && name.contains([':', '@'])
}

/// Every SHA-256 digest becomes another one, the same everywhere.
fn other_digests(text: &str) -> String {
    let mut parts = text.split("sha256:");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part
            .find(|c: char| !c.is_ascii_hexdigit())
            .unwrap_or(part.len());
        let (digest, rest) = part.split_at(end);
        let other: String = digest.chars().rev().collect();
        out.push_str(&format!("sha256:{other}{rest}"));
    }
    out
}

/// When something was first seen goes through our logs, and nobody else's date is taken for it.
#[test]
fn first_seen_dates_go_through_our_logs_only() {
    let foreign = r#"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"Plain"}},"results":[
        {"ruleId":"R1","message":{"text":"m"},"provenance":{"firstDetectionTimeUtc":"2020-01-01T00:00:00Z","lastDetectionTimeUtc":"2020-02-02T00:00:00Z"},
        "locations":[{"physicalLocation":{"artifactLocation":{"uri":"a.py"},"region":{"startLine":2}}}]}]}]}"#;
    let (reports, mut findings) = read_again(foreign.as_bytes());
    assert_eq!(findings[0].known.first_seen, None);
    // Their date stays theirs, however often it is converted.
    let mut log = converted(&reports, &findings);
    for _ in 0..2 {
        assert!(String::from_utf8_lossy(&log).contains("2020-01-01T00:00:00Z"));
        let (reports, findings) = read_again(&log);
        assert_eq!(findings[0].known.first_seen, None);
        log = converted(&reports, &findings);
    }
    findings[0].known.first_seen = Some("2026-02-03T04:05:06Z".into());
    findings[0].known.state = Some(State::Updated);
    let mut log = converted(&reports, &findings);
    let value: Value = serde_json::from_slice(&log).expect("JSON");
    let result = &value["runs"][0]["results"][0];
    assert_eq!(result["baselineState"], "updated");
    assert_eq!(
        result["provenance"]["firstDetectionTimeUtc"],
        "2026-02-03T04:05:06Z"
    );
    assert_eq!(
        result["provenance"]["lastDetectionTimeUtc"],
        "2020-02-02T00:00:00Z"
    );
    for _ in 0..2 {
        let (reports, findings) = read_again(&log);
        assert_eq!(
            findings[0].known.first_seen.as_deref(),
            Some("2026-02-03T04:05:06Z")
        );
        assert_eq!(findings[0].known.state, None);
        log = converted(&reports, &findings);
    }
    let text = String::from_utf8(log).expect("UTF-8");
    for (date, expected) in [
        ("2026-02-03T05:05:06.9+01:00", Some("2026-02-03T04:05:06Z")),
        ("yesterday", None),
        ("2026-02-30T00:00:00Z", None),
        ("", None),
    ] {
        let other = text.replace("2026-02-03T04:05:06Z", date);
        let (_, findings) = read_again(other.as_bytes());
        assert_eq!(findings[0].known.first_seen.as_deref(), expected, "{date}");
    }
}
