//! The table that a run in Actions begins with: who will be told and who will not, and what to add to the workflow.

use super::table;
use crate::destinations::plan::{Fix, Plan};
use crate::destinations::preflight;
use crate::github::command::{self, safe_log_line};
use crate::settings::Settings;

/// The table as lines of the log, folded; every line is safe there.
pub(super) fn log(settings: &Settings) -> String {
    let plans = preflight(&settings.context, settings);
    let rows: Vec<Vec<String>> = plans.iter().map(|(id, plan)| row(id, plan)).collect();
    let mut text = table::text(&["destination", "will it be told", "what to add"], &rows);
    let permissions = permissions(plans.iter().map(|(_, plan)| plan));
    if !permissions.is_empty() {
        text.push_str("\nAll permissions that this needs, for the job:\n");
        text.push_str(&permissions);
    }
    let safe: Vec<String> = text.lines().map(safe_log_line).collect();
    command::group("Who will be told", &safe.join("\n"))
}

fn row(id: &str, plan: &Plan) -> Vec<String> {
    let (word, fix) = match plan {
        Plan::Will(what) => (format!("yes: {what}"), Fix::Nothing),
        Plan::Try { what, doubt, fix } => (format!("yes, {doubt}: {what}"), *fix),
        Plan::Not { because, fix, .. } => (format!("no: {because}"), *fix),
    };
    vec![id.to_owned(), word, fix.yaml()]
}

/// One block with every permission that a plan names: naming one takes away those that are not named.
fn permissions<'a>(plans: impl Iterator<Item = &'a Plan>) -> String {
    let mut lines: Vec<&str> = plans
        .filter_map(|plan| match plan {
            Plan::Try { fix, .. } | Plan::Not { fix, .. } => match fix {
                Fix::Job(line) | Fix::Token(line) => Some(*line),
                Fix::Nothing | Fix::Step(_) => None,
            },
            Plan::Will(_) => None,
        })
        .collect();
    if lines.is_empty() {
        return String::new();
    }
    lines.push("contents: read");
    lines.sort_unstable();
    lines.dedup();
    // Writing includes reading.
    if lines.contains(&"contents: write") {
        lines.retain(|line| *line != "contents: read");
    }
    let lines: Vec<String> = lines.iter().map(|line| format!("  {line}\n")).collect();
    format!("permissions:\n{}", lines.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_block_names_every_permission_once() {
        let job = |line| Plan::Try {
            what: String::new(),
            doubt: String::new(),
            fix: Fix::Job(line),
        };
        let plans = [
            job("checks: write"),
            job("contents: write"),
            job("checks: write"),
        ];
        assert_eq!(
            permissions(plans.iter()),
            "permissions:\n  checks: write\n  contents: write\n"
        );
        assert_eq!(permissions([Plan::Will(String::new())].iter()), "");
    }
}
