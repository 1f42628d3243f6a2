use super::*;
pub(super) const FORMAT: Format = Format {
    id: "trivy",
    tool: "trivy",
    link: "",
    kinds: &[],
    documents: &["trivy"],
    identity: "",
    clean_empties: &[Empty::List, Empty::Null],
    recognises: |_| None,
    read: |_, _| Ok(ReportEnd::of("trivy", "trivy")),
};
