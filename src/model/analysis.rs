//! Names of analyses in code scanning. GitHub keys an analysis by its tool and its category, the newest replaces the last,
//! and alerts that the newest lacks count as fixed. So a category names what was looked at, and nothing that changes from
//! run to run.

use std::borrow::Cow;

/// The first part of categories where the user names none.
pub const CATEGORY_ROOT: &str = "sarif-gate";

/// Longest name of a tool or of what it looked at within a category, in characters. Ours: GitHub names no limit.
const PART_CHARS: usize = 200;

/// `ROOT/TOOL` or `ROOT/TOOL/SCOPE`: the category of an analysis, without the slash that ends it in SARIF. `root` is the input
/// `category`; `scope` what was looked at besides the repository itself: the image repository, or the category that the
/// scanner gave. Two tools never get one category: a slash in a tool's name is escaped.
pub fn analysis_category(root: Option<&str>, tool: &str, scope: Option<&str>) -> String {
    let tool = shortened(tool).replace('%', "%25").replace('/', "%2F");
    let root = root.map(trimmed).filter(|root| !root.is_empty());
    let mut category = format!("{}/{tool}", root.unwrap_or(CATEGORY_ROOT));
    if let Some(scope) = scope.map(trimmed).filter(|scope| !scope.is_empty()) {
        category.push('/');
        category.push_str(&shortened(scope));
    }
    category
}

/// What an analysis of ours looked at, by its category: `None` for one that [`analysis_category`] does not make of this root
/// and tool, `Some(None)` for the repository itself.
pub fn analysis_scope<'a>(
    category: &'a str,
    root: Option<&str>,
    tool: &str,
) -> Option<Option<&'a str>> {
    let whole = analysis_category(root, tool, None);
    let rest = trimmed(category).strip_prefix(whole.as_str())?;
    match rest.strip_prefix('/') {
        Some(scope) => Some(Some(scope)),
        None => rest.is_empty().then_some(None),
    }
}

/// Whether a category is `root` or stands below it. GitHub takes a slash at the end for no part of it.
pub fn is_category_of(category: &str, root: &str) -> bool {
    let root = trimmed(root);
    let rest = trimmed(category).strip_prefix(root);
    !root.is_empty() && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// What is between slashes counts, not those around it.
fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| c == '/' || c.is_whitespace())
}

/// The text itself; a longer one is cut, with a number that keeps two of them apart.
fn shortened(text: &str) -> Cow<'_, str> {
    let Some((end, _)) = text.char_indices().nth(PART_CHARS) else {
        return text.into();
    };
    // FNV-1a.
    let number = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    format!("{}-{number:016x}", text.get(..end).unwrap_or_default()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_category_names_tool_and_scope_and_says_them_again() {
        for (root, tool, scope, category) in [
            (None, "trivy", None, "sarif-gate/trivy"),
            (
                None,
                "trivy",
                Some("ghcr.io/o/app"),
                "sarif-gate/trivy/ghcr.io/o/app",
            ),
            (Some("api"), "trivy", Some("/x/"), "api/trivy/x"),
            (Some("a/b"), "trivy", Some(""), "a/b/trivy"),
            (Some(""), "a/b%", None, "sarif-gate/a%2Fb%25"),
        ] {
            assert_eq!(analysis_category(root, tool, scope), category);
            let scope = scope.map(trimmed).filter(|scope| !scope.is_empty());
            assert_eq!(analysis_scope(category, root, tool), Some(scope));
            let slash = format!("{category}/");
            assert_eq!(analysis_scope(&slash, root, tool), Some(scope));
        }
        for (category, root, tool) in [
            ("sarif-gate/trivy2", None, "trivy"),
            ("sarif-gate/grype/x", None, "trivy"),
            ("x/trivy", None, "trivy"),
        ] {
            assert_eq!(analysis_scope(category, root, tool), None, "{category}");
        }
    }

    #[test]
    fn a_long_name_stays_apart_from_others() {
        let long = |end: char| format!("{}{end}", "ä".repeat(PART_CHARS));
        let (a, b) = (long('a'), long('b'));
        let name = |scope: &str| analysis_category(None, "t", Some(scope));
        assert_ne!(name(&a), name(&b));
        assert!(name(&a).chars().count() < PART_CHARS + 40);
        let fits = "ä".repeat(PART_CHARS);
        assert!(name(&fits).ends_with(&fits));
    }

    #[test]
    fn categories_of_others_do_not_count() {
        for (is, root, counts) in [
            ("sarif-gate/trivy", "sarif-gate", true),
            ("sarif-gate/", "sarif-gate", true),
            ("sarif-gate", "sarif-gate/", true),
            ("sarif-gateway/x", "sarif-gate", false),
            ("x/sarif-gate/", "sarif-gate", false),
            ("mine/trivy", "mine", true),
            ("mine", "yours", false),
            ("", "", false),
        ] {
            assert_eq!(is_category_of(is, root), counts, "{is} {root}");
        }
    }
}
