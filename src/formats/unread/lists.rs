//! Documents that are a list, or lines, of JSON objects.

use super::{Unread, one_or_list};
use crate::json::Sketch;

pub(super) const ALL: &[Unread] = &[
    Unread {
        document: "eslint-json",
        what: "ESLint's JSON",
        instead: "it will be read from a later version on; until then write SARIF with `eslint -f @microsoft/eslint-formatter-sarif`",
        recognises: |s| {
            let list = if s.has_object("metadata") {
                s.get("results")
            } else {
                Some(s)
            };
            let first = list.and_then(Sketch::first);
            first.is_some_and(|file| {
                file.has(&["filePath", "errorCount", "warningCount"]) && file.has_list("messages")
            })
        },
    },
    Unread {
        document: "hadolint-json",
        what: "Hadolint's JSON",
        instead: "it will be read from a later version on; until then write SARIF with `hadolint -f sarif`",
        recognises: |s| {
            let all = ["line", "column", "code", "message", "file", "level"];
            s.first().is_some_and(|finding| finding.has(&all))
        },
    },
    Unread {
        document: "ruff-json",
        what: "Ruff's JSON",
        instead: "it will be read from a later version on; until then write SARIF with `ruff check --output-format sarif`",
        recognises: |s| one_or_list(s, ruff),
    },
    Unread {
        document: "conftest-json",
        what: "conftest's JSON",
        instead: "it will be read from a later version on; until then write SARIF with `conftest test -o sarif`",
        recognises: |s| {
            s.first()
                .is_some_and(|file| file.has(&["filename", "namespace", "successes"]))
        },
    },
    Unread {
        document: "opa-test",
        what: "the output of `opa test`",
        instead: "it says which tests of a policy passed, it has no findings",
        recognises: |s| {
            s.first().is_some_and(|test| {
                test.has(&["name", "location", "duration"])
                    && test
                        .text("package")
                        .is_some_and(|name| name.starts_with("data."))
            })
        },
    },
    Unread {
        document: "cosign-verify",
        what: "the output of `cosign verify`",
        instead: "it says who signed an image, it has no findings; signatures will be judged from a later version on",
        recognises: |s| one_or_list(s, cosign),
    },
    Unread {
        document: "code-climate",
        what: "a Code Climate list (GitLab code quality)",
        instead: "give the scanner's own JSON or its SARIF",
        recognises: |s| {
            s.first()
                .is_some_and(|issue| issue.has(&["check_name", "fingerprint", "location"]))
        },
    },
];

fn ruff(s: &Sketch) -> bool {
    s.has(&["filename", "message", "code"])
        && s.get("location")
            .is_some_and(|place| place.has(&["row", "column"]))
}

fn cosign(s: &Sketch) -> bool {
    s.has(&["optional"])
        && s.get("critical")
            .is_some_and(|critical| critical.has(&["identity", "image", "type"]))
}
