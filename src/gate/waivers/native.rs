//! The ignore files of scanners, recognised by their names: what they set aside is excused where that scanner alone says it.
//!
//! Trivy and Gitleaks apply these files themselves; findings that get here come from runs that did not see the file.

use serde::Deserialize;
use serde_saphyr::Spanned;

use super::fields::WORDS_MOST;
use super::file::{Fault, LIST_MOST};
use super::{Covers, IGNORED, Waiver};
use crate::gate::language::{Key, MAX_VALUE, Pattern};
use crate::model::{Day, Kind, Text};
use crate::syntax::words::plain;
use crate::syntax::yaml;

/// Most entries of one file. Real ones have dozens.
const ENTRIES_MOST: usize = 10_000;

/// A form of ignore file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// `.trivyignore`: `ID [exp:YYYY-MM-DD]` a line (Trivy docs, "Filtering").
    Trivy,
    /// `.trivyignore.yaml`.
    TrivyYaml,
    /// `.gitleaksignore`: `[commit:]file:rule:line` a line (Gitleaks README, ".gitleaksignore").
    Gitleaks,
}

/// Whether a file is a scanner's ignore file by its name.
pub fn is_native(path: &str) -> bool {
    form(path).is_some()
}

/// The form of a file by its name; `None` is ours.
pub(super) fn form(path: &str) -> Option<Form> {
    match path.rsplit(['/', '\\']).next()? {
        ".trivyignore" => Some(Form::Trivy),
        ".trivyignore.yaml" | ".trivyignore.yml" => Some(Form::TrivyYaml),
        ".gitleaksignore" => Some(Form::Gitleaks),
        _ => None,
    }
}

impl Form {
    /// Reads the text; what is wrong goes to `faults`.
    pub(super) fn read(self, path: &str, text: &str, faults: &mut Vec<Fault>) -> Vec<Waiver> {
        let mut reading = Reading {
            file: Text::from(path),
            faults,
            waivers: Vec::new(),
        };
        match self {
            Form::Trivy => reading.lines(text, Reading::trivy),
            Form::Gitleaks => reading.lines(text, Reading::gitleaks),
            Form::TrivyYaml => reading.trivy_yaml(text),
        }
        reading.waivers
    }
}

struct Reading<'f> {
    file: Text,
    faults: &'f mut Vec<Fault>,
    waivers: Vec<Waiver>,
}

impl Reading<'_> {
    fn fault(&mut self, line: u64, words: impl Into<String>) {
        self.faults.push(Fault {
            line: Some(line).filter(|line| *line > 0),
            words: words.into(),
        });
    }

    fn add(&mut self, line: u64, tool: &str, covers: Covers, ends: Option<String>, why: &str) {
        if self.waivers.len() >= ENTRIES_MOST {
            if self.waivers.len() == ENTRIES_MOST && self.faults.is_empty() {
                self.fault(line, format!("more than {ENTRIES_MOST} entries"));
            }
            return;
        }
        self.waivers.push(Waiver {
            file: self.file.clone(),
            line: Some(line).filter(|line| *line > 0),
            covers,
            decision: Text::from(IGNORED),
            reason: Text::from(why.trim()),
            owner: Text::from(""),
            approved_by: Vec::new(),
            ticket: None,
            created: None,
            expires: ends,
            tool: Some(Text::from(tool)),
            id: None,
        });
    }

    /// Every line that is neither blank nor a comment.
    fn lines(&mut self, text: &str, read: fn(&mut Self, u64, &str)) {
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if line.len() > WORDS_MOST {
                self.fault(number, format!("longer than {WORDS_MOST} bytes"));
                continue;
            }
            read(self, number, line);
        }
    }

    fn trivy(&mut self, number: u64, line: &str) {
        let mut words = line.split_whitespace();
        let id = words.next().unwrap_or_default();
        let mut ends = None;
        if let Some(text) = words.find_map(|word| word.strip_prefix("exp:")) {
            match last_day(text) {
                Some(day) => ends = Some(day),
                None => self.fault(number, format!("exp: {} is no day", plain(text))),
            }
        }
        let covers = Covers {
            rules: vec![Text::from(id)],
            ..Covers::default()
        };
        self.add(number, "trivy", covers, ends, "");
    }

    fn gitleaks(&mut self, number: u64, line: &str) {
        let parts: Vec<&str> = line.split(':').collect();
        let (commit, file, rule, at) = match parts.as_slice() {
            [file, rule, at] => (None, *file, *rule, *at),
            [commit, file, rule, at] => (Some(*commit), *file, *rule, *at),
            _ => {
                self.fault(
                    number,
                    "no fingerprint of Gitleaks; expected [commit:]file:rule:line",
                );
                return;
            }
        };
        let at = at.parse::<u32>().ok().filter(|at| *at > 0);
        let whole = [file, rule].iter().all(|text| !text.trim().is_empty());
        let (Some(at), true) = (at, whole) else {
            self.fault(
                number,
                "the file, the rule or the line is missing; expected [commit:]file:rule:line",
            );
            return;
        };
        // Gitleaks compares with `/` on every system.
        let file = file.replace('\\', "/");
        let covers = Covers {
            kind: Some(Kind::Secret),
            rules: vec![Text::from(rule)],
            paths: vec![Text::from(Pattern::literally(&file))],
            line: Some(at),
            commit: commit.map(Text::from),
            ..Covers::default()
        };
        self.add(number, "gitleaks", covers, None, "");
    }

    fn trivy_yaml(&mut self, text: &str) {
        // Trivy takes an empty file for one without entries; YAML calls it a null.
        let blank = |line: &str| line.trim().is_empty() || line.trim_start().starts_with('#');
        if text.lines().all(blank) {
            return;
        }
        let document: Document = match yaml::read(text) {
            Ok(document) => document,
            Err(error) => {
                return self.faults.push(Fault {
                    line: error.line,
                    words: error.words,
                });
            }
        };
        for (kind, entries) in [
            (Kind::Vulnerability, document.vulnerabilities),
            (Kind::Misconfiguration, document.misconfigurations),
            (Kind::Secret, document.secrets),
            (Kind::License, document.licenses),
        ] {
            for entry in entries.unwrap_or_default() {
                self.entry(kind, entry.referenced.line(), entry.value);
            }
        }
    }

    fn entry(&mut self, kind: Kind, line: u64, entry: Entry) {
        let before = self.faults.len();
        let paths = entry.paths.unwrap_or_default();
        let purls = entry.purls.unwrap_or_default();
        let statement = entry.statement.unwrap_or_default();
        if entry.id.trim().is_empty() || entry.id.len() > MAX_VALUE {
            self.fault(line, "the id is empty or too long");
        }
        if paths.len().max(purls.len()) > LIST_MOST || statement.len() > WORDS_MOST {
            self.fault(line, "a list or the statement is too long");
        }
        for path in &paths {
            if path.trim().is_empty() || path.len() > MAX_VALUE {
                self.fault(line, "a path is empty or too long");
            } else if let Err(what) = Pattern::new(Key::Path, path) {
                self.fault(line, format!("path {} {what}", plain(path)));
            }
        }
        if let Some(wrong) = purls.iter().find(|purl| !purl.starts_with("pkg:")) {
            self.fault(line, format!("{} is no package URL", plain(wrong)));
        }
        let ends = entry.expired_at.map(|text| (last_day(&text), text));
        if let Some((None, text)) = &ends {
            self.fault(line, format!("expired_at: {} is no day", plain(text)));
        }
        if self.faults.len() > before {
            return;
        }
        let covers = |package: Option<&String>| Covers {
            kind: Some(kind),
            rules: vec![Text::from(entry.id.as_str())],
            package: package.map(|purl| Text::from(purl.as_str())),
            paths: paths.iter().map(|path| Text::from(path.as_str())).collect(),
            ..Covers::default()
        };
        let ends = ends.and_then(|(day, _)| day);
        if purls.is_empty() {
            self.add(line, "trivy", covers(None), ends, &statement);
            return;
        }
        // Each package is a waiver of its own: a finding has one.
        for purl in &purls {
            self.add(line, "trivy", covers(Some(purl)), ends.clone(), &statement);
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    vulnerabilities: Option<Vec<Spanned<Entry>>>,
    misconfigurations: Option<Vec<Spanned<Entry>>>,
    secrets: Option<Vec<Spanned<Entry>>>,
    licenses: Option<Vec<Spanned<Entry>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    paths: Option<Vec<String>>,
    purls: Option<Vec<String>>,
    expired_at: Option<String>,
    statement: Option<String>,
}

/// The last day of an entry of Trivy, which ends at 00:00 UTC of the day that it names: the day before. Where a time of day
/// follows, the day itself is not whole and counts as over, too.
fn last_day(text: &str) -> Option<String> {
    let day = Day::at_start_of(text)?.before()?;
    Some(day.to_string())
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    fn read(path: &str, text: &str) -> Vec<Waiver> {
        parse(path, text.as_bytes()).unwrap()
    }

    #[test]
    fn files_are_known_by_their_names() {
        for (path, form_of) in [
            (".trivyignore", Some(Form::Trivy)),
            ("sub/dir/.trivyignore", Some(Form::Trivy)),
            ("a/.trivyignore.yaml", Some(Form::TrivyYaml)),
            (".trivyignore.yml", Some(Form::TrivyYaml)),
            (".gitleaksignore", Some(Form::Gitleaks)),
            ("trivyignore", None),
            (".github/security-waivers.yml", None),
            ("", None),
        ] {
            assert_eq!(form(path), form_of, "{path}");
        }
    }

    #[test]
    fn trivy_ends_at_the_start_of_the_day_that_it_names() {
        let text = "# why\n\nCVE-2018-14618 exp:2026-05-01\n  AVD-DS-0002  # later\nmy-rule exp:2024-03-01 x\n";
        let all = read(".trivyignore", text);
        let said: Vec<_> = all
            .iter()
            .map(|w| (&*w.covers.rules[0], w.line, w.expires.as_deref()))
            .collect();
        assert_eq!(
            said,
            [
                ("CVE-2018-14618", Some(3), Some("2026-04-30")),
                ("AVD-DS-0002", Some(4), None),
                ("my-rule", Some(5), Some("2024-02-29")),
            ]
        );
        assert!(
            all.iter()
                .all(|w| w.tool.as_deref() == Some("trivy") && &*w.decision == IGNORED)
        );
        let faults = parse("x/.trivyignore", b"CVE-1 exp:2026-02-30\nCVE-2 exp:soon").unwrap_err();
        let lines: Vec<_> = faults.iter().map(|fault| fault.line).collect();
        assert_eq!(lines, [Some(1), Some(2)]);
        assert!(faults[0].words.contains("2026-02-30 is no day"));
    }

    #[test]
    fn trivys_yaml_is_read_by_kind() {
        let text = "vulnerabilities:\n  - id: CVE-1\n    paths: [\"usr/**\"]\n    purls: [pkg:npm/a@1, pkg:npm/b]\n    \
                    expired_at: 2026-05-01\n    statement: not used\nsecrets:\n  - id: aws-access-key-id\n";
        let all = read(".trivyignore.yaml", text);
        assert_eq!(all.len(), 3);
        assert_eq!(all[0].covers.package.as_deref(), Some("pkg:npm/a@1"));
        assert_eq!(all[1].expires.as_deref(), Some("2026-04-30"));
        assert_eq!((&*all[1].reason, all[1].line), ("not used", Some(2)));
        assert_eq!(all[2].covers.kind, Some(Kind::Secret));
        assert!(read(".trivyignore.yaml", "# nothing\n").is_empty());
        for (text, part) in [
            ("vulnerabilities:\n  - id: CVE-1\n    path: a\n", "paths"),
            ("vulnerabilities:\n  - paths: [a]\n", "no id"),
            (
                "vulnerabilities:\n  - id: CVE-1\n    expired_at: 2026-5-1\n",
                "is no day",
            ),
            (
                "vulnerabilities:\n  - id: CVE-1\n    purls: [lodash]\n",
                "no package URL",
            ),
            ("secrets:\n  - id: a\n    paths: [\"[\"]\n", "is no glob"),
        ] {
            let faults = parse(".trivyignore.yaml", text.as_bytes()).unwrap_err();
            assert!(faults[0].words.contains(part), "{faults:?}");
        }
    }

    #[test]
    fn gitleaks_names_file_rule_and_line() {
        let text = "src/[id].ts:aws-access-token:4\nabc123:a.py:github-pat:7\n";
        let all = read(".gitleaksignore", text);
        assert_eq!(all[0].covers.paths, ["src/\\[id\\].ts".into()]);
        assert_eq!(
            (all[0].covers.line, all[0].covers.commit.as_deref()),
            (Some(4), None)
        );
        assert_eq!(all[1].covers.commit.as_deref(), Some("abc123"));
        for text in ["a.py:rule", "a:b:c:d:5", "a.py:rule:0", "a.py::3", ":r:3"] {
            assert!(parse(".gitleaksignore", text.as_bytes()).is_err(), "{text}");
        }
    }

    #[test]
    fn times_do_not_lengthen_a_day() {
        for (text, expected) in [
            ("2026-05-01", Some("2026-04-30")),
            ("2026-05-01T23:59:59Z", Some("2026-04-30")),
            ("2026-05-012", None),
            ("2026-05", None),
            ("ééééé", None),
        ] {
            assert_eq!(last_day(text).as_deref(), expected, "{text}");
        }
    }
}
