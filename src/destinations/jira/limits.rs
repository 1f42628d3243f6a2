//! Jira's limits, each under the fact that it comes from, and our own bounds at the end.

/// An entity property: "The maximum length of an entity property value is 32768 bytes" (Atlassian Developer, "Jira entity
/// properties", "Limitations"). A little less, because it is not said of which spelling of the JSON.
pub(super) const PROPERTY_BYTES: usize = 32_000;

/// Issues on one page of a search: at most 5,000 where ids alone are asked for, fewer with fields; the default is 50 (Jira Cloud
/// REST API v3, "Search for issues using JQL enhanced search").
pub(super) const PER_PAGE: usize = 100;

/// Types of issues on one page: 50 is the default (Jira Cloud REST API v3, "Get create metadata issue types for a project"); more
/// than 200 in one project nobody could choose from.
pub(super) const ISSUE_TYPES: usize = 200;

// Ours.

/// Pages of open issues that are looked through. Whatever is behind is asked for by its label before anything is created.
pub(super) const PAGES: usize = 20;

/// Labels that one search asks for, so that its address stays below 4 kB.
pub(super) const LABELS: usize = 50;

/// Searches by label in one run.
pub(super) const SEARCHES: usize = 10;

/// Issues that one run creates: whoever switches this on must not get hundreds at once.
pub(super) const CREATED: usize = 10;

/// Issues that one run changes, moves or brings back.
pub(super) const CHANGED: usize = 25;

/// Refusals of single issues after which a run stops trying.
pub(super) const REFUSALS: usize = 3;

/// Problems that are told in full; the others are counted.
pub(super) const TOLD: usize = 2;

/// Keys of issues that are named.
pub(super) const NAMED: usize = 3;

/// Before a search for an issue of which nobody knows whether it was created: recent issues may be missing in it ("Recent updates
/// might not be immediately visible in the returned search results", same page as [`PER_PAGE`]).
pub(super) const SETTLE_S: u64 = 3;

/// The longest key of an issue: that of a project and a number.
pub(super) const KEY_BYTES: usize = 280;
