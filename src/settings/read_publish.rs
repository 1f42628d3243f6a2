//! Reads the values of inputs that say who is told: text in, checked value or a sentence about it out.
//!
//! Must not know: layers, origins, what a destination does with them.

use super::origin::quoted;

/// Longest `category` in characters: it becomes part of the id of analyses and of the comment's marker.
const CATEGORY_MOST: usize = 100;

/// A category: stable, one line, and nothing that ends SARIF's id or an HTML comment early.
pub(super) fn category(text: &str) -> Result<String, String> {
    let name = text.trim();
    let allowed = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ':' | '/' | ' ');
    let whole = name.split('/').all(|part| !part.trim().is_empty());
    if name.chars().count() > CATEGORY_MOST
        || !name.chars().all(allowed)
        || name.contains("--")
        || !whole
    {
        return Err(format!(
            "{} is no category; write at most {CATEGORY_MOST} letters, digits, spaces and - _ . : /, without -- and with \
             something on both sides of each /",
            quoted(text)
        ));
    }
    Ok(name.to_string())
}

/// Whether the input `publish` names a bundle to be published instead of saying when others are told.
pub fn is_bundle(text: &str) -> bool {
    text.trim().ends_with(".bundle")
}

/// The base address of a server, without a slash at its end. Credentials go there, so `https`, but for servers of this
/// very machine.
pub(super) fn server(text: &str) -> Result<String, String> {
    let text = text.trim().trim_end_matches('/');
    let rest = match text.split_once("://") {
        Some(("https", rest)) => rest,
        Some(("http", rest)) if is_loopback(rest) => rest,
        _ => return Err("this is no address that begins with https://".to_string()),
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if host.is_empty() || host.contains('@') || !rest.bytes().all(|b| b.is_ascii_graphic()) {
        return Err("this is no address of the form https://host/path".to_string());
    }
    Ok(text.to_string())
}

fn is_loopback(rest: &str) -> bool {
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, port)| {
        if port.bytes().all(|b| b.is_ascii_digit()) {
            name
        } else {
            host
        }
    });
    matches!(name, "127.0.0.1" | "localhost" | "[::1]")
}

/// The key of a Jira project: a capital letter, then capital letters, digits and underscores (Jira documentation, "Editing a
/// project's details": the default pattern `([A-Z][A-Z]+)`, which servers may widen).
pub(super) fn jira_project(text: &str) -> Result<String, String> {
    let key = text.trim();
    let first = key.starts_with(|c: char| c.is_ascii_uppercase());
    let all = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    match first && key.len() <= 255 && key.chars().all(all) {
        true => Ok(key.to_string()),
        false => Err(format!(
            "{} is no key of a Jira project, such as SEC",
            quoted(text)
        )),
    }
}

/// The name of an account, which goes into a header.
pub(super) fn account(text: &str) -> Result<String, String> {
    let name = text.trim();
    match name.len() <= 254 && !name.contains(':') && name.bytes().all(|b| b.is_ascii_graphic()) {
        true => Ok(name.to_string()),
        false => Err("this is no account name; it has no blanks and no colon".to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_go_by_https_or_stay_here() {
        for good in [
            "https://hooks.slack.com/services/T/B/x",
            " https://example.atlassian.net/ ",
            "http://127.0.0.1:4010",
            "http://localhost/x",
            "http://[::1]:80",
        ] {
            assert!(server(good).is_ok(), "{good}");
        }
        for bad in [
            "http://example.com",
            "ftp://example.com",
            "https://",
            "https://user:password@example.com",
            "http://127.0.0.1.example.com",
            "http://localhost@example.com/",
            "https://a b",
            "",
        ] {
            assert!(server(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_category_cannot_end_what_it_stands_in() {
        for good in ["backend", "trivy/images", "a b: c_d.e"] {
            assert_eq!(category(good).as_deref(), Ok(good));
        }
        for bad in ["a-->b", "/a", "a/", "a//b", "a\nb", "<x>", &"x".repeat(101)] {
            assert!(category(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn keys_and_accounts() {
        assert!(jira_project("SEC").is_ok() && jira_project("A1_B").is_ok());
        assert!(jira_project("sec").is_err() && jira_project("A\" OR 1").is_err());
        assert!(
            account("bot@example.com").is_ok()
                && account("a:b").is_err()
                && account("a b").is_err()
        );
    }
}
