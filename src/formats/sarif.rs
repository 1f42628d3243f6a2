use super::*;
pub(super) const DOCUMENT: &str = "sarif-2.1";
pub(super) const FORMAT: Format = Format {
    id: "sarif",
    tool: "SARIF",
    link: "",
    kinds: &[],
    documents: &[DOCUMENT],
    identity: "",
    clean_empties: &[],
    recognises: |_| None,
    read: |_, _| Ok(ReportEnd::of("sarif", "SARIF")),
};
