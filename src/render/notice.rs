//! What others are told when the verdict changes, as data: for Slack's message and for the webhook's document.
//!
//! Must not know: when that is due, and where it goes.

use super::escape::link_target;
use super::groups::{Group, grouped};
use crate::model::{Conclusion, Finding, Outcome};

/// A change of the verdict. Its texts are those of reports and of the event: escape them.
pub struct Notice<'a> {
    /// What was judged.
    pub outcome: &'a Outcome,
    /// The verdict before; `None` where nobody knows.
    pub previous: Option<Conclusion>,
    /// The findings to tell of, in the order of the outcome, each with its place in there.
    pub findings: Vec<(usize, &'a Finding)>,
    /// The same, grouped by what clears them.
    pub groups: Vec<Group<'a>>,
    /// Page of the check run.
    check: Option<String>,
}

impl<'a> Notice<'a> {
    /// The notice of the findings that `wanted` picks by their place in the list.
    pub fn new(
        outcome: &'a Outcome,
        previous: Option<Conclusion>,
        wanted: &dyn Fn(usize) -> bool,
    ) -> Notice<'a> {
        let findings = outcome.findings.iter().enumerate();
        let findings: Vec<_> = findings.filter(|(index, _)| wanted(*index)).collect();
        Notice {
            outcome,
            previous,
            groups: grouped(findings.iter().map(|(_, finding)| *finding)),
            findings,
            check: None,
        }
    }

    /// The same with the page of the check run.
    #[must_use]
    pub fn with_check(self, check: Option<String>) -> Notice<'a> {
        Notice { check, ..self }
    }

    /// The verdict.
    pub fn verdict(&self) -> Conclusion {
        self.outcome.verdict.conclusion
    }

    /// Whether what was wrong before is right again.
    pub fn recovered(&self) -> bool {
        self.previous.is_some_and(is_trouble) && !is_trouble(self.verdict())
    }

    /// The branch that was judged.
    pub fn branch(&self) -> Option<&'a str> {
        let name = self.outcome.context.git_ref.as_deref()?;
        Some(name.strip_prefix("refs/heads/").unwrap_or(name))
    }

    /// The commit that was judged.
    pub fn sha(&self) -> Option<&'a str> {
        let context = &self.outcome.context;
        context.head_sha.as_deref().or(context.sha.as_deref())
    }

    /// Page of the workflow run.
    pub fn run_page(&self) -> Option<String> {
        self.outcome.context.run_url().filter(|url| is_page(url))
    }

    /// Page of the check run.
    pub fn check_page(&self) -> Option<&str> {
        self.check.as_deref().filter(|url| is_page(url))
    }

    /// Page of the commit.
    pub fn code_page(&self) -> Option<String> {
        let context = &self.outcome.context;
        let (repository, sha) = (context.repository.as_deref()?, self.sha()?);
        let page = format!("{}/{repository}/commit/{sha}", context.server_url);
        Some(page).filter(|url| is_page(url))
    }
}

/// Whether somebody has to do something.
pub fn is_trouble(conclusion: Conclusion) -> bool {
    matches!(conclusion, Conclusion::Fail | Conclusion::Incomplete)
}

/// Whether it is an address that can be shown as it is.
fn is_page(url: &str) -> bool {
    link_target(url).is_some() && url.bytes().all(|b| b.is_ascii_graphic())
}
