//! Who owns a file, after GitHub's CODEOWNERS: patterns in the manner of `.gitignore`, the last one that matches counts
//! (GitHub docs, "About code owners").
#![deny(clippy::disallowed_methods)]

use globset::{GlobBuilder, GlobMatcher};

use crate::model::Text;

/// Where GitHub looks, in its order; the first file that exists is the only one.
pub const PLACES: [&str; 3] = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"];

/// Largest CODEOWNERS file that GitHub reads (3 MB).
const MAX_BYTES: usize = 3 << 20;

/// Rules that are looked at; GitHub names no number, a file of 3 MB has fewer.
const MAX_RULES: usize = 20_000;

/// A CODEOWNERS file.
#[derive(Default)]
pub struct Owners {
    rules: Vec<(Vec<GlobMatcher>, Vec<Text>)>,
}

impl Owners {
    /// Reads the file's text. Lines that cannot be understood are passed over, as GitHub does.
    pub fn parse(text: &str) -> Owners {
        if text.len() > MAX_BYTES {
            return Owners::default();
        }
        let rules = text.lines().filter_map(|line| {
            let line = line.split(" #").next().unwrap_or(line).trim();
            if line.is_empty() || line.starts_with('#') {
                return None;
            }
            let mut words = line.split_whitespace();
            let globs = globs(words.next()?)?;
            let owners = words
                .filter(|word| is_owner(word))
                .map(Text::from)
                .collect();
            Some((globs, owners))
        });
        Owners {
            rules: rules.take(MAX_RULES).collect(),
        }
    }

    /// The owners of a file, given relative to the repository root. A pattern without owners takes them away again.
    pub fn of(&self, path: &str) -> &[Text] {
        let matching = self
            .rules
            .iter()
            .rev()
            .find(|(globs, _)| globs.iter().any(|glob| glob.is_match(path)));
        matching.map_or(&[], |(_, owners)| owners)
    }
}

/// `@user`, `@org/team` or a mail address; nothing else is shown as an owner.
fn is_owner(word: &str) -> bool {
    let plain = word
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || matches!(c, '@' | '/' | '-' | '_' | '.' | '+'));
    plain && word.len() < 256 && word.contains('@')
}

/// The globs that one pattern means: the path itself and, for a folder, everything in it.
fn globs(pattern: &str) -> Option<Vec<GlobMatcher>> {
    let pattern = pattern.replace("\\ ", " ");
    // A slash at the start or within ties the pattern to the root; a bare name matches at every depth.
    let anchored = pattern.trim_end_matches('/').contains('/');
    let bare = pattern.trim_start_matches('/');
    let folder = bare.ends_with('/');
    let bare = bare.trim_end_matches('/');
    let rooted = if anchored {
        bare.to_owned()
    } else {
        format!("**/{bare}")
    };
    let within = format!("{rooted}/**");
    // `docs/*` means the files of the folder, not those below it.
    let texts: Vec<String> = if folder {
        vec![within]
    } else if bare.ends_with("/*") {
        vec![rooted]
    } else {
        vec![rooted, within]
    };
    texts
        .iter()
        .map(|text| {
            let glob = GlobBuilder::new(text).literal_separator(true).build();
            glob.map(|glob| glob.compile_matcher()).ok()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_pattern_counts() {
        let owners = Owners::parse(
            "# comment\n* @org/all\n*.tf @infra # why\n/docs/ @writers docs@example.com\napps/ @apps\n/src/*.rs @rust <b>\nvendor/**/x @v\n/docs/free\n/flat/* @flat\n",
        );
        for (path, expected) in [
            ("README.md", &["@org/all"][..]),
            ("infra/main.tf", &["@infra"]),
            ("docs/a/b.md", &["@writers", "docs@example.com"]),
            ("other/docs/a.md", &["@org/all"]),
            ("x/apps/y/z", &["@apps"]),
            ("src/a.rs", &["@rust"]),
            ("src/sub/a.rs", &["@org/all"]),
            ("vendor/a/b/x", &["@v"]),
            ("docs/free", &[]),
            ("flat/a", &["@flat"]),
            ("flat/a/b", &["@org/all"]),
        ] {
            let found: Vec<&str> = owners.of(path).iter().map(|owner| &**owner).collect();
            assert_eq!(found, expected, "{path}");
        }
        assert!(Owners::parse("").of("a").is_empty());
    }
}
