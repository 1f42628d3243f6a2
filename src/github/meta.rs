//! What a server says of itself.

use serde::Deserialize;

use super::Client;
use super::limits::{VERSION_CHARS, VERSIONED_SINCE};

/// Release of a GitHub Enterprise Server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// As the server says it: digits and dots.
    pub text: String,
    /// It knows the versions of the REST API, the one that we speak among them.
    pub versioned: bool,
}

#[derive(Deserialize)]
struct Meta {
    installed_version: Option<String>,
}

impl Release {
    /// Asks the server (REST API of GitHub Enterprise Server, "Get GitHub Enterprise Server meta information"); `None` where it
    /// does not say.
    pub fn ask(client: &mut Client) -> Option<Release> {
        let meta: Meta = client.get("/meta").ok()?;
        Release::read(meta.installed_version?.trim())
    }

    fn read(text: &str) -> Option<Release> {
        if text.len() > VERSION_CHARS {
            return None;
        }
        let mut numbers = text.split('.').map(|part| part.parse::<u32>().ok());
        let (major, minor) = (numbers.next()??, numbers.next()??);
        let plain = text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        (plain && numbers.all(|number| number.is_some())).then(|| Release {
            text: text.to_owned(),
            versioned: (major, minor) >= VERSIONED_SINCE,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_is_numbers() {
        for (text, versioned) in [
            ("3.9", true),
            ("3.9.0", true),
            ("3.10.4", true),
            ("4.0.0", true),
            ("3.8.20", false),
            ("2.22.0", false),
        ] {
            let release = Release::read(text);
            let versioned = Some(versioned);
            assert_eq!(
                release.map(|release| release.versioned),
                versioned,
                "{text}"
            );
        }
        let long = format!("3.9.{}", "0".repeat(VERSION_CHARS));
        for text in [
            "",
            "3",
            "3.",
            "3.9.",
            "+3.9",
            "3.9\n::error::x",
            "3.x",
            "3.9-rc1",
            &long,
        ] {
            assert_eq!(Release::read(text), None, "{text}");
        }
    }
}
