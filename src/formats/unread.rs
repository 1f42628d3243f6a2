//! Documents that are known by name and not read: refused with a sentence that says what they are and what to do.
//!
//! A kind leaves this list when a reader for it comes.

use super::Document;
use crate::syntax::{Mark, Shape, Sketch};

/// A document that no reader of ours takes.
pub(super) struct Unread {
    /// The document.
    pub(super) document: Document,
    /// What it is, in a few words.
    pub(super) what: &'static str,
    /// What to do instead.
    pub(super) instead: &'static str,
}

impl Unread {
    /// The sentence for the user, about the document with this sketch.
    pub(super) fn refusal(&self, sketch: &Sketch) -> String {
        let version = match sketch.text("version") {
            Some(version) if self.document.kind == UNSUPPORTED_SARIF => {
                format!(" of version {}", super::bounds::quoted(version))
            }
            _ => String::new(),
        };
        format!(
            "this is {}{version} ({}), which cannot be read as a report: {}",
            self.what, self.document.kind, self.instead
        )
    }
}

/// The one kind whose refusal names a version.
const UNSUPPORTED_SARIF: &str = "sarif-unsupported";

const SBOM: &str = "it is an inventory, no list of findings; let a scanner read it (`trivy sbom FILE --format json`) and give that report";
const VEX: &str =
    "it is an inventory of statements, it has no findings of its own; give it with the input `vex`";
const OTHER_FORM: &str = "give the scanner's own JSON or its SARIF";

const fn unread(
    kind: &'static str,
    what: &'static str,
    instead: &'static str,
    marks: &'static [Mark],
) -> Unread {
    Unread {
        document: Document::new(kind, marks),
        what,
        instead,
    }
}

/// Every document that is refused by name.
pub(super) const ALL: &[Unread] = &[
    unread(
        UNSUPPORTED_SARIF,
        "a SARIF log",
        "only SARIF 2.1.0 with a list of runs is read; have the scanner write that version",
        &[Mark::Any(&[
            Mark::All(&[
                Mark::Has("runs", Shape::List),
                Mark::Any(&[
                    Mark::Differs("version", "2.1"),
                    Mark::Has("version", Shape::Number),
                    Mark::Has("version", Shape::Null),
                ]),
            ]),
            Mark::All(&[
                Mark::Has("runs", Shape::Null),
                Mark::Has("version", Shape::Text),
            ]),
            Mark::All(&[
                Mark::Has("runs", Shape::Object),
                Mark::Has("version", Shape::Text),
            ]),
        ])],
    ),
    unread(
        "cyclonedx-json",
        "a CycloneDX bill of materials",
        SBOM,
        &[
            Mark::Is("bomFormat", "CycloneDX"),
            Mark::Has("specVersion", Shape::Text),
        ],
    ),
    unread(
        "cyclonedx-xml",
        "a CycloneDX bill of materials in XML",
        SBOM,
        &[
            Mark::Root("bom"),
            Mark::Starts("@xmlns", "http://cyclonedx.org/"),
        ],
    ),
    unread(
        "spdx-2-json",
        "an SPDX bill of materials",
        SBOM,
        &[
            Mark::Starts("spdxVersion", "SPDX-2"),
            Mark::Keys("", &["SPDXID"]),
        ],
    ),
    unread(
        "spdx-3-jsonld",
        "an SPDX 3 bill of materials",
        SBOM,
        &[
            Mark::Has("@graph", Shape::List),
            Mark::Any(&[
                Mark::Starts("@context", "https://spdx.org/rdf/3"),
                Mark::Starts("@context[]", "https://spdx.org/rdf/3"),
            ]),
        ],
    ),
    unread(
        "syft-json",
        "Syft's bill of materials",
        "it is an inventory, no list of findings; let a scanner read it (`grype sbom:FILE -o json`) and give that report",
        &[
            Mark::Has("artifacts", Shape::List),
            Mark::Has("descriptor", Shape::Object),
            Mark::Lacks("matches"),
        ],
    ),
    unread(
        "openvex",
        "an OpenVEX document",
        VEX,
        &[
            Mark::Starts("@context", "https://openvex.dev/ns"),
            Mark::Has("statements", Shape::List),
        ],
    ),
    unread(
        "csaf",
        "a CSAF advisory",
        VEX,
        &[Mark::Has("document.csaf_version", Shape::Text)],
    ),
    unread(
        "trivy-compliance",
        "Trivy's compliance summary",
        "it is an inventory of controls, it has no findings of its own; run Trivy without `--compliance` and give that JSON",
        &[
            Mark::Keys("", &["ID", "Title"]),
            Mark::OneOf("", &["SummaryControls", "RelatedResources"]),
            Mark::Lacks("apiVersion"),
        ],
    ),
    unread(
        "trivy-operator",
        "a resource of trivy-operator",
        "give the JSON of Trivy itself (`trivy k8s --format json --report all`)",
        &[Mark::Starts("apiVersion", "aquasecurity.github.io/")],
    ),
    unread(
        "asff",
        "findings for AWS Security Hub (ASFF)",
        OTHER_FORM,
        &[Mark::Keys("Findings[]", &["ProductArn"])],
    ),
    unread(
        "code-climate",
        "a Code Climate list (GitLab code quality)",
        OTHER_FORM,
        &[Mark::Keys("[]", &["check_name", "fingerprint", "location"])],
    ),
    unread(
        "clover-xml",
        "Clover's coverage",
        "have the tool write Cobertura XML or LCOV",
        &[
            Mark::Root("coverage"),
            Mark::Has("project", Shape::Object),
            Mark::Lacks("@line-rate"),
        ],
    ),
    unread(
        "dsse-envelope",
        "a signed attestation (DSSE envelope)",
        "its content is evidence, it has no findings; what `cosign verify -o json` prints is read",
        &[Mark::Keys("", &["payload", "payloadType", "signatures"])],
    ),
    unread(
        "sonar-preview",
        "SonarQube's preview report",
        "that mode has ended; give what `api/issues/search` of the server says",
        &[
            Mark::Has("issues", Shape::List),
            Mark::Has("components", Shape::List),
            Mark::Lacks("paging"),
            Mark::Lacks("ps"),
        ],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::door::fits;
    use crate::syntax::Json;

    fn kinds(text: &str) -> Vec<&'static str> {
        let mut bytes = text.as_bytes();
        let mut sketch = Sketch::Deep;
        // A prefix ends in an error; what was seen before it counts.
        let whole = Sketch::of(&mut Json::new(&mut bytes), &mut sketch, 0).is_ok();
        ALL.iter()
            .filter(|unread| fits(&unread.document, &sketch, whole))
            .map(|unread| unread.document.kind)
            .collect()
    }

    #[test]
    fn ids_are_unique_and_every_sentence_is_whole() {
        let mut seen = std::collections::BTreeSet::new();
        for unread in ALL {
            assert!(
                seen.insert(unread.document.kind),
                "{} twice",
                unread.document.kind
            );
            assert!(!unread.what.is_empty() && !unread.instead.ends_with('.'));
        }
    }

    #[test]
    fn a_prefix_gives_no_wrong_answer() {
        for (prefix, expected) in [
            (r#"{"runs":[{"tool":{"driver":{"na"#, None),
            (r#"{"runs":[],"version":"#, None),
            (r#"{"runs":[],"version":"2.1.0""#, None),
            (r#"{"runs":[],"version":"1.0.0""#, Some("sarif-unsupported")),
            (
                r#"{"version":"2.1.0","runs":null"#,
                Some("sarif-unsupported"),
            ),
            (r#"{"version":"2.1.0","runs":"#, None),
            (r#"{"issues":[],"components":[]"#, None),
            (r#"{"issues":[],"components":[]}"#, Some("sonar-preview")),
            (r#"{"document":{"csaf_v"#, None),
        ] {
            assert_eq!(kinds(prefix).first().copied(), expected, "{prefix}");
        }
    }

    #[test]
    fn an_unsupported_sarif_names_its_version() {
        let text = r#"{"version":"1.0.0","runs":[]}"#;
        let mut bytes = text.as_bytes();
        let mut sketch = Sketch::Deep;
        let _ = Sketch::of(&mut Json::new(&mut bytes), &mut sketch, 0);
        let unread = ALL
            .iter()
            .find(|unread| fits(&unread.document, &sketch, true));
        let refusal = unread.expect("recognised").refusal(&sketch);
        assert!(refusal.contains("1.0.0"), "{refusal}");
    }
}
