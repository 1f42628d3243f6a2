//! What an `if:` says about whether a step or job always runs.

use super::super::tree::Node;

/// Whether it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Condition {
    /// After a success only, which is also what nothing and `success()` mean.
    AfterSuccess,
    /// Whatever happened before.
    Always,
    /// Whatever happened before, where something else holds as well.
    AlwaysWhere,
    /// After a success only, where something else holds as well.
    Where,
    /// Never, or only when something else failed.
    NotAfterSuccess,
}

/// Conditions that hold whatever happened, without blanks.
const ALWAYS: [&str; 5] = [
    "always()",
    "!cancelled()",
    "success()||failure()",
    "failure()||success()",
    "(success()||failure())",
];

/// Reads an `if:`.
pub(super) fn read(node: Option<&Node>) -> Condition {
    let Some(text) = node.and_then(Node::text) else {
        return Condition::AfterSuccess;
    };
    let bare: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let bare = bare.to_ascii_lowercase();
    let bare = bare
        .strip_prefix("${{")
        .and_then(|rest| rest.strip_suffix("}}"))
        .unwrap_or(&bare);
    match bare {
        "" | "true" | "success()" => Condition::AfterSuccess,
        "false" | "failure()" | "cancelled()" | "failure()||cancelled()" => {
            Condition::NotAfterSuccess
        }
        bare if ALWAYS.contains(&bare) => Condition::Always,
        bare if ["always()", "cancelled()", "failure()"]
            .iter()
            .any(|call| bare.contains(call)) =>
        {
            Condition::AlwaysWhere
        }
        _ => Condition::Where,
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::tree;
    use super::*;

    #[test]
    fn conditions() {
        for (text, expected) in [
            ("always()", Condition::Always),
            ("${{ always() }}", Condition::Always),
            ("\"!cancelled()\"", Condition::Always),
            ("${{ success() || failure() }}", Condition::Always),
            ("always() && github.ref == 'x'", Condition::AlwaysWhere),
            ("success()", Condition::AfterSuccess),
            ("true", Condition::AfterSuccess),
            ("", Condition::AfterSuccess),
            ("false", Condition::NotAfterSuccess),
            ("failure()", Condition::NotAfterSuccess),
            ("github.event_name == 'push'", Condition::Where),
        ] {
            let root = tree::read(&format!("if: {text}")).expect("yaml");
            assert_eq!(read(root.get("if")), expected, "{text}");
        }
        assert_eq!(read(None), Condition::AfterSuccess);
    }
}
