use super::*;
pub(super) const FORMAT: Format = Format {
    id: "gitleaks",
    tool: "gitleaks",
    link: "",
    kinds: &[],
    documents: &["gitleaks"],
    identity: "",
    clean_empties: &[Empty::List, Empty::Null],
    recognises: |_| None,
    read: |_, _| Ok(ReportEnd::of("gitleaks", "gitleaks")),
};
