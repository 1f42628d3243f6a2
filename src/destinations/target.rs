//! Where on GitHub things are sent, and what a refusal to take them means.

use crate::github::Access;
use crate::github::names::{is_repository, is_sha};
use crate::model::Context;
use crate::settings::Hidden;

/// Repository, commit and token, all there and of the right form.
pub(super) struct Target {
    pub(super) repository: String,
    pub(super) head_sha: String,
    pub(super) token: Hidden,
}

/// Repository, commit and token, or the reason why nothing can be sent. `permission` is what sending needs.
pub(super) fn target(
    context: &Context,
    token: Option<&Hidden>,
    permission: &str,
) -> Result<Target, String> {
    let token = token.ok_or_else(|| {
        format!("no token: give the step `token: ${{{{ github.token }}}}` and the job `permissions: {permission}`")
    })?;
    let repository = context
        .repository
        .as_deref()
        .filter(|name| is_repository(name))
        .ok_or("GITHUB_REPOSITORY names no repository")?;
    let head_sha = context
        .head_sha
        .as_deref()
        .ok_or("the event names no commit")?;
    if head_sha.bytes().all(|b| b == b'0') {
        return Err("the branch was deleted, there is no commit any more".to_owned());
    }
    if !is_sha(head_sha) {
        return Err("the event names no commit".to_owned());
    }
    Ok(Target {
        repository: repository.to_owned(),
        head_sha: head_sha.to_owned(),
        token: token.clone(),
    })
}

/// The token, unless it is empty as an unset input is.
pub(super) fn usable(token: Option<&Hidden>) -> Option<&Hidden> {
    token.filter(|token| !token.reveal().trim().is_empty())
}

/// GitHub's API as the runner names it, else the public one.
pub(super) fn access(context: &Context, token: Hidden, ca_bundle: Option<String>) -> Access {
    let api_url = match context.api_url.trim_end_matches('/') {
        "" => "https://api.github.com",
        url => url,
    };
    Access {
        api_url: api_url.to_owned(),
        token,
        ca_bundle,
    }
}

/// Whether the address of a page may go into outputs and Markdown.
pub(super) fn is_page(url: &str) -> bool {
    (url.starts_with("https://") || url.starts_with("http://"))
        && url.bytes().all(|b| b.is_ascii_graphic())
}

/// What a 403 means. A missing permission and a read-only token give the same text.
pub(super) fn forbidden(context: &Context, permission: &str, text: &str) -> String {
    let why = if context.only_reads() {
        "the token of a pull request from a fork can only read; `publish: later` leaves this to a trusted workflow".to_owned()
    } else if context.dependabot {
        format!(
            "the token of a run by Dependabot can only read unless the job says `permissions: {permission}`"
        )
    } else {
        format!("the token may not; give the job `permissions: {permission}`")
    };
    format!("{why} (403: {text})")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_real_place_is_a_target() {
        let token = Hidden::new("t");
        let context = |repository: &str, sha: &str| Context {
            repository: Some(repository.to_owned()),
            head_sha: Some(sha.to_owned()),
            ..Context::default()
        };
        let sha = "a".repeat(40);
        assert!(target(&context("o/r.x-y_z", &sha), Some(&token), "checks: write").is_ok());
        for (repository, sha, token) in [
            ("o/r", sha.as_str(), None),
            ("o", &sha, Some(&token)),
            ("o/r/../x", &sha, Some(&token)),
            ("o/..", &sha, Some(&token)),
            ("o/r?x", &sha, Some(&token)),
            ("o/r", "main", Some(&token)),
            ("o/r", &"0".repeat(40), Some(&token)),
        ] {
            assert!(
                target(&context(repository, sha), token, "checks: write").is_err(),
                "{repository} {sha}"
            );
        }
    }
}
