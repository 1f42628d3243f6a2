//! Reports that the base has and this run has not.

use super::{Spot, Weight};
use crate::model::{Observation, Text};
use crate::syntax::words::plain;

/// Id of the rule.
pub const MISSING: &str = "report-missing-against-base";

/// One observation for each tool (and target, where its reports have one) that reported on the base and did not in this
/// run. `workflow` is the file that runs the scanners, where it is known.
pub fn check(missing: &[(Text, Option<Text>)], workflow: Option<&str>) -> Vec<Observation> {
    missing
        .iter()
        .map(|(tool, target)| one(tool, target.as_deref(), workflow.unwrap_or(".github")))
        .collect()
}

fn one(tool: &str, target: Option<&str>, path: &str) -> Observation {
    let of = target.map_or(String::new(), |target| format!(" of {}", plain(target)));
    let tool_shown = plain(tool);
    let spot = Spot {
        path,
        line: None,
        subject: match target {
            Some(target) => format!("{tool} {target}"),
            None => tool.to_owned(),
        },
    };
    spot.observation(
        MISSING,
        Weight::Warns,
        &format!("{tool_shown}{of} reported on the base and did not here"),
        &format!(
            "The base's evidence has a report by {tool_shown}{of}; this run has none, so nobody looked for what it finds. Run the scanner again and list its report in `reports`. To make this block, write `require-reports: {tool_shown}`; if the scanner went on purpose, this ends once the base has run without it."
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_tool_and_target_is_one() {
        let missing = [
            (Text::from("trivy"), Some(Text::from("app:1\n::error::x"))),
            (Text::from("gitleaks"), None),
        ];
        let seen = check(&missing, Some(".github/workflows/gate.yml"));
        assert_eq!(seen.len(), 2);
        assert!(
            seen.iter()
                .all(|seen| !seen.title.contains('\n') && !seen.message.contains('\n'))
        );
        let subjects: Vec<&str> = seen.iter().map(|seen| &*seen.subject).collect();
        assert_eq!(subjects, ["trivy app:1\n::error::x", "gitleaks"]);
        assert!(
            check(&missing, None)
                .iter()
                .all(|seen| &*seen.path == ".github")
        );
        assert!(check(&[], None).is_empty());
    }
}
