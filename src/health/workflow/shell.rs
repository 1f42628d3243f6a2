//! As much of a shell script as is needed to see which programs it calls: commands and their words. No shell is understood
//! in full; what is odd is split too often rather than too rarely.

/// One simple command.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Command {
    /// Its words, without quotes and brackets.
    pub(super) words: Vec<String>,
    /// What stands between it and the next one.
    pub(super) then: Then,
}

/// How a command goes over into the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Then {
    /// A line or the script ends, or a semicolon.
    Next,
    /// `&&`
    And,
    /// `||`
    Or,
    /// `|`
    Pipe,
    /// `&`: nobody waits for its exit code.
    Background,
}

/// The commands of a script.
pub(super) fn commands(script: &str) -> Vec<Command> {
    let mut found = Vec::new();
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quote = None;
    let mut chars = script.chars().peekable();
    while let Some(c) = chars.next() {
        let follows = chars.peek().copied();
        match c {
            '\\' if follows == Some('\n') => {
                chars.next();
                end_word(&mut word, &mut words);
            }
            '#' if word.is_empty() && quote.is_none() => {
                while chars.next_if(|c| *c != '\n').is_some() {}
            }
            '"' | '\'' => {
                quote = match quote {
                    None => Some(c),
                    Some(open) if open == c => None,
                    other => other,
                };
                end_word(&mut word, &mut words);
            }
            // `2>&1` and `&>file` are no end of a command.
            '&' if word.ends_with('>') || (follows == Some('>') && word.is_empty()) => {
                word.push(c);
            }
            '\n' | ';' | '|' | '&' => {
                // A quote that is not closed must not hide the rest of the script; a line ends it.
                if c == '\n' {
                    quote = None;
                }
                end_word(&mut word, &mut words);
                let then = match (c, follows) {
                    ('|', Some('|')) => Then::Or,
                    ('&', Some('&')) => Then::And,
                    ('|', _) => Then::Pipe,
                    ('&', _) => Then::Background,
                    _ => Then::Next,
                };
                if matches!(then, Then::Or | Then::And) {
                    chars.next();
                }
                if !words.is_empty() {
                    let words = std::mem::take(&mut words);
                    found.push(Command { words, then });
                }
            }
            c if c.is_whitespace() || matches!(c, '(' | ')' | '`') => {
                end_word(&mut word, &mut words);
            }
            c => word.push(c),
        }
    }
    end_word(&mut word, &mut words);
    if !words.is_empty() {
        found.push(Command {
            words,
            then: Then::Next,
        });
    }
    found
}

fn end_word(word: &mut String, words: &mut Vec<String>) {
    if !word.is_empty() {
        words.push(std::mem::take(word));
    }
}

/// The name of the program, package or image in a word, in lower case: `trivy` of `/usr/bin/trivy`, `aquasec/trivy:0.60`,
/// `trivy@latest` and `trivy==1`.
pub(super) fn name(word: &str) -> String {
    // A tag, a digest or a version follows the last part of the path; a registry's port stands before it.
    let last = word.rsplit('/').next().unwrap_or_default();
    let (name, _) = last
        .split_once([':', '@', '=', '<', '>', '~', '['])
        .unwrap_or((last, ""));
    name.trim_end_matches(".exe").to_ascii_lowercase()
}

impl Command {
    /// Whether it fetches or shows a program, and does not run it.
    pub(super) fn only_fetches(&self) -> bool {
        const FIRST: [&str; 16] = [
            "echo", "printf", "which", "curl", "wget", "cd", "mkdir", "rm", "cp", "mv", "ls",
            "chmod", "tar", "cat", "test", "git",
        ];
        // `python -m pip install x`
        const EARLY: [&str; 6] = ["install", "add", "pull", "clone", "download", "get"];
        let names: Vec<String> = self.words.iter().take(4).map(|word| name(word)).collect();
        let first = names
            .first()
            .is_some_and(|name| FIRST.contains(&name.as_str()));
        first || names.iter().any(|name| EARLY.contains(&name.as_str()))
    }

    /// Where in it a program is called, given as the words of its call (`npm audit`). Arguments of other programs look
    /// the same, which is why this can say "perhaps" and not "surely".
    pub(super) fn calls(&self, call: &str) -> Option<usize> {
        let wanted: Vec<&str> = call.split(' ').collect();
        let names: Vec<String> = self.words.iter().map(|word| name(word)).collect();
        names
            .windows(wanted.len())
            .position(|window| window.iter().zip(&wanted).all(|(a, b)| a == b))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(script: &str) -> Vec<String> {
        let shown = |command: Command| format!("{} {:?}", command.words.join("·"), command.then);
        commands(script).into_iter().map(shown).collect()
    }

    #[test]
    fn commands_and_what_is_between_them() {
        for (script, expected) in [
            ("", vec![]),
            ("a b\nc", vec!["a·b Next", "c Next"]),
            (
                "a || true; b && c | d",
                vec!["a Or", "true Next", "b And", "c Pipe", "d Next"],
            ),
            ("a \\\n  --x || :", vec!["a·--x Or", ": Next"]),
            ("# a\nb # c\nd#e", vec!["b Next", "d#e Next"]),
            ("bash -c \"trivy fs .\"", vec!["bash·-c·trivy·fs·. Next"]),
            (
                "x=\"$(go env G)/bin/a\" y",
                vec!["x=·$·go·env·G·/bin/a·y Next"],
            ),
            (
                "echo \"it's # here\nnext",
                vec!["echo·it·s·#·here Next", "next Next"],
            ),
            ("a & b", vec!["a Background", "b Next"]),
            ("a 2>&1 | b", vec!["a·2>&1 Pipe", "b Next"]),
            ("a &> log", vec!["a·&>·log Next"]),
        ] {
            assert_eq!(shown(script), expected, "{script}");
        }
    }

    #[test]
    fn names_of_programs() {
        for (word, expected) in [
            ("/usr/bin/trivy", "trivy"),
            ("ghcr.io:443/aquasec/trivy:0.60@sha256:ab", "trivy"),
            ("snyk@latest", "snyk"),
            ("zizmor==1.32.0", "zizmor"),
            ("Trivy.exe", "trivy"),
            ("trivy.json", "trivy.json"),
            ("", ""),
        ] {
            assert_eq!(name(word), expected, "{word}");
        }
        let npm = commands("npm ci && npm audit --json").pop().expect("one");
        assert_eq!(
            (npm.calls("npm audit"), npm.calls("audit npm")),
            (Some(0), None)
        );
    }
}
