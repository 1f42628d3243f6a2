//! What `cosign verify` prints: the signatures that it accepted, a list for each image (`-o json`) or one object a line
//! (`-o text`). A verification that failed prints nothing at all.
//!
//! `optional` is not read: whoever signs can write an issuer and a subject into it (`-a Issuer=…`). Whose signature it
//! is, only the command line demanded and cosign checked.

use serde::Deserialize;

use super::{Desk, Document, Format, Read, ReportEnd, Sink, bounds};
use crate::model::{Signature, scale};
use crate::syntax::{Json, Mark, Peek, Raw, ReadError, text_of};

pub(super) const FORMAT: Format = Format {
    id: "cosign",
    tool: "cosign",
    link: "https://github.com/sigstore/cosign",
    scale: &scale::COSIGN,
    documents: &[Document::lines(
        "cosign-verify",
        &[Mark::Any(&[
            Mark::All(&[
                Mark::Keys("[]", &["optional"]),
                Mark::Keys("[].critical", PARTS),
            ]),
            Mark::All(&[Mark::Keys("", &["optional"]), Mark::Keys("critical", PARTS)]),
            // Before version 1.
            Mark::All(&[
                Mark::Keys("[]", &["Optional"]),
                Mark::Keys("[].Critical", OLD_PARTS),
            ]),
            Mark::All(&[
                Mark::Keys("", &["Optional"]),
                Mark::Keys("Critical", OLD_PARTS),
            ]),
        ])],
    )],
    identity: "none: signatures, no findings",
    clean_empties: &[],
    read: Read::Json(read),
};

const PARTS: &[&str] = &["identity", "image", "type"];
const OLD_PARTS: &[&str] = &["Identity", "Image", "Type"];

/// What the types of image signatures start with; the second one is that of the bundles of version 3.
const TYPES: &[&str] = &[
    "cosign container image signature",
    "https://sigstore.dev/cosign/sign/",
];

fn read(
    json: &mut Json<'_>,
    desk: &mut Desk<'_>,
    _sink: &mut Sink<'_>,
) -> Result<ReportEnd, ReadError> {
    let mut end = ReportEnd::of(&FORMAT, None);
    json.values(|json, _| {
        if json.peek()? == Peek::Object {
            end.signatures.push(signature(json, desk)?);
            return Ok(());
        }
        let mut listed = false;
        json.list(|json, _| {
            listed = true;
            end.signatures.push(signature(json, desk)?);
            Ok(())
        })?;
        if !listed {
            return Err(json.error("an empty list: no signature was verified".into()));
        }
        Ok(())
    })?;
    end.not_findings = end.signatures.len() as u64;
    let mut images = end.signatures.iter().map(|signature| &signature.image);
    if let Some(first) = images.next()
        && images.all(|image| image == first)
        && !first.is_empty()
    {
        end.target = Some(first.clone());
    }
    Ok(end)
}

#[derive(Deserialize)]
struct Verified<'a> {
    #[serde(borrow, alias = "Critical")]
    critical: Option<Critical<'a>>,
}

#[derive(Deserialize)]
struct Critical<'a> {
    #[serde(borrow, alias = "Identity")]
    identity: Option<Identity<'a>>,
    #[serde(borrow, alias = "Image")]
    image: Option<Image<'a>>,
    #[serde(borrow, alias = "Type", rename = "type")]
    sort: Raw<'a>,
}

#[derive(Deserialize)]
struct Identity<'a> {
    #[serde(borrow, rename = "docker-reference", alias = "Docker-reference")]
    reference: Raw<'a>,
}

#[derive(Deserialize)]
struct Image<'a> {
    #[serde(
        borrow,
        rename = "docker-manifest-digest",
        alias = "Docker-manifest-digest"
    )]
    digest: Raw<'a>,
}

fn signature(json: &mut Json<'_>, desk: &mut Desk<'_>) -> Result<Signature, ReadError> {
    let made = {
        let verified: Verified<'_> = json.borrow()?;
        verified.critical.ok_or("critical").and_then(|critical| {
            let reference = critical.identity.and_then(|identity| identity.reference);
            let reference = text_of(reference).ok_or("critical.identity.docker-reference")?;
            let digest = critical.image.and_then(|image| image.digest);
            let digest = text_of(digest)
                .filter(|digest| is_digest(digest))
                .ok_or("critical.image.docker-manifest-digest")?;
            text_of(critical.sort)
                .filter(|sort| TYPES.iter().any(|known| sort.starts_with(known)))
                .ok_or("critical.type of an image signature")?;
            Ok(Signature {
                image: desk
                    .texts
                    .share(&bounds::cut(reference.trim(), bounds::MAX_TITLE)),
                digest: desk.texts.share(&digest),
            })
        })
    };
    made.map_err(|missing| {
        json.error(format!(
            "this signature has no {missing}, which cosign always writes: the output is damaged or not that of `cosign verify`"
        ))
    })
}

/// `sha256:` and hexadecimal digits.
fn is_digest(text: &str) -> bool {
    text.split_once(':').is_some_and(|(algorithm, digits)| {
        matches!(algorithm, "sha256" | "sha384" | "sha512")
            && (1..=128).contains(&digits.len())
            && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
    })
}

#[cfg(test)]
mod tests {
    use crate::formats::testing::report;

    use crate::model::Status;

    const ONE: &str = r#"{"critical":{"identity":{"docker-reference":"registry.example.com/shop"},"image":{"docker-manifest-digest":"sha256:00ff"},"type":"cosign container image signature"},"optional":{"Issuer":"https://issuer.example.com","Subject":"boss@example.com"}}"#;
    const NEW: &str = r#"{"critical":{"identity":{"docker-reference":"registry.example.com/shop@sha256:00ff"},"image":{"docker-manifest-digest":"sha256:00ff"},"type":"https://sigstore.dev/cosign/sign/v1"},"optional":null}"#;
    const OLD: &str = r#"{"Critical":{"Identity":{"docker-reference":""},"Image":{"Docker-manifest-digest":"sha256:00ff"},"Type":"cosign container image signature"},"Optional":null}"#;

    #[test]
    fn every_layout_is_read() {
        for (text, count, target) in [
            (format!("\n[{ONE}]\n"), 1, Some("registry.example.com/shop")),
            (
                format!("\n[{ONE},{ONE}]\n"),
                2,
                Some("registry.example.com/shop"),
            ),
            (format!("{ONE}\n{NEW}\n"), 2, None),
            (ONE.to_owned(), 1, Some("registry.example.com/shop")),
            (format!("\n[{NEW}]\n\n[{ONE}]\n"), 2, None),
            (format!("[{OLD}]"), 1, None),
            (format!("{OLD}\n{OLD}\n"), 2, None),
        ] {
            let report = report(&text);
            assert_eq!(report.status, Status::Complete, "{text}");
            assert_eq!(report.format, Some("cosign-verify"), "{text}");
            assert_eq!(report.signatures.len(), count, "{text}");
            assert_eq!(report.entries.not_findings, count as u64);
            assert_eq!(report.target.as_deref(), target);
            assert!(
                report
                    .signatures
                    .iter()
                    .all(|s| &*s.digest == "sha256:00ff")
            );
        }
    }

    #[test]
    fn what_the_signer_wrote_is_nobodys_identity() {
        let printed = format!("{:?}", report(ONE));
        assert!(!printed.contains("boss@") && !printed.contains("issuer.example"));
    }

    #[test]
    fn what_is_missing_is_named() {
        for (from, to, word) in [
            ("\"critical\"", "\"other\"", "critical"),
            ("\"docker-reference\"", "\"other\"", "docker-reference"),
            (
                "\"docker-manifest-digest\"",
                "\"other\"",
                "docker-manifest-digest",
            ),
            ("sha256:00ff", "00ff", "docker-manifest-digest"),
            ("sha256:00ff", "sha256:", "docker-manifest-digest"),
            ("cosign container image signature", "note", "critical.type"),
        ] {
            let bad = ONE.replace(from, to);
            let report = report(&format!("[{ONE},{bad}]"));
            let problem = report.status.problem().unwrap_or_default();
            assert!(
                problem.contains("/1") && problem.contains(word),
                "{from}: {problem}"
            );
            assert!(report.signatures.is_empty());
        }
        let two = ONE.replace("\"optional\"", "\"Critical\":null,\"optional\"");
        assert!(report(&format!("[{ONE},{two}]")).signatures.is_empty());
        assert!(report(&format!("[{ONE}]\n[]")).signatures.is_empty());
    }
}
