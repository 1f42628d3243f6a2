//! Cleans every text of every report of the secrets that any report gave away: a code scanner prints the line on which a
//! secret scanner found the key.
//!
//! Two strengths. Texts that people read are cleaned of every value. Fields that the gate looks at (tool, rule, path,
//! package, target) are cleaned only of values that look like tokens: whoever opens a pull request chooses what is found,
//! and a "secret" that reads `src/payments` must not take findings out of the reach of `path="src/**"`.

use aho_corasick::{AhoCorasick, MatchKind};
use serde_json::Value;

use super::secret::BLANK;
use crate::model::{Finding, Kind, Report, RuleText, Status, Text};

/// Values shorter than this do not look like tokens.
const SHORTEST_TOKEN: usize = 16;

/// Cleans texts of every secret that any report gave away.
pub struct Redactor {
    /// Every value; nothing when no report gave one.
    all: Option<AhoCorasick>,
    /// The values that look like tokens.
    tokens: Option<AhoCorasick>,
    /// More values than can be searched for: every text goes.
    too_many: bool,
}

impl Redactor {
    /// Cleans of these values, the longest that fits first.
    pub(super) fn new(mut values: Vec<String>) -> Redactor {
        values.sort_unstable();
        values.dedup();
        let tokens: Vec<&String> = values.iter().filter(|value| is_token(value)).collect();
        let tokens = automaton(&tokens);
        let all = automaton(&values);
        let too_many = !values.is_empty() && all.is_none();
        Redactor {
            all,
            tokens,
            too_many,
        }
    }

    /// `text` cleaned of every value; `None` when it holds none.
    pub fn clean(&self, text: &str) -> Option<String> {
        if self.too_many {
            return Some(BLANK.to_owned());
        }
        replaced(self.all.as_ref(), text)
    }

    /// Cleans a report: its findings and everything that it says of itself.
    pub fn clean_report(&self, report: &mut Report) {
        if self.all.is_none() && !self.too_many {
            return;
        }
        report
            .findings
            .iter_mut()
            .for_each(|finding| self.clean_finding(finding));
        self.name_option(&mut report.target);
        report
            .unanalysed
            .iter_mut()
            .for_each(|text| self.name(text));
        report.products.iter_mut().for_each(|text| self.name(text));
        for signature in &mut report.signatures {
            self.name(&mut signature.image);
            self.name(&mut signature.digest);
        }
        (report.measures.iter_mut()).for_each(|measure| self.text(&mut measure.basis));
        report.repairs.iter_mut().for_each(|text| self.string(text));
        match &mut report.status {
            Status::Complete => {}
            Status::Partial(why) | Status::Unusable(why) => self.string(why),
        }
        for run in &mut report.runs {
            self.name(&mut run.tool);
            self.name_option(&mut run.category);
            run.targets
                .iter_mut()
                .for_each(|target| self.name_option(target));
            self.text(&mut run.name);
            self.option(&mut run.version);
            self.option(&mut run.link);
            run.carried.iter_mut().for_each(|(_, json)| self.json(json));
            let rules = std::mem::take(&mut run.rules);
            run.rules = rules
                .into_iter()
                .map(|(id, rule)| self.rule(id, rule))
                .collect();
        }
    }

    /// Cleans every text of a finding.
    pub fn clean_finding(&self, finding: &mut Finding) {
        if self.all.is_none() && !self.too_many {
            return;
        }
        // Advisory ids come from databases, and look like tokens.
        if finding.kind != Kind::Vulnerability {
            self.name(&mut finding.rule);
            finding
                .aliases
                .iter_mut()
                .for_each(|alias| self.name(alias));
        }
        self.text(&mut finding.title);
        self.text(&mut finding.message);
        self.option(&mut finding.link);
        self.name_option(&mut finding.target);
        self.name_option(&mut finding.resource);
        for location in &mut finding.locations {
            self.name(&mut location.path);
            if let Some(carried) = &mut location.carried {
                self.json(carried);
            }
        }
        if let Some(package) = &mut finding.package {
            self.name(&mut package.name);
            for text in [
                &mut package.purl,
                &mut package.version,
                &mut package.ecosystem,
            ] {
                self.name_option(text);
            }
            package.fixed.iter_mut().for_each(|text| self.name(text));
        }
        if let Some(suppression) = &mut finding.suppression {
            self.text(&mut suppression.reason);
            self.text(&mut suppression.by);
            self.text(&mut suppression.status);
        }
        if let Some(carried) = &mut finding.carried {
            carried
                .members
                .iter_mut()
                .for_each(|(_, json)| self.json(json));
        }
    }

    fn rule(&self, mut id: Text, mut rule: RuleText) -> (Text, RuleText) {
        self.name(&mut id);
        for text in [
            &mut rule.short,
            &mut rule.full,
            &mut rule.help,
            &mut rule.help_markdown,
        ] {
            self.text(text);
        }
        self.option(&mut rule.link);
        self.option(&mut rule.name);
        rule.tags.iter_mut().for_each(|tag| self.text(tag));
        if let Some(carried) = &mut rule.carried {
            self.json(carried);
        }
        (id, rule)
    }

    fn string(&self, text: &mut String) {
        if let Some(cleaned) = self.clean(text) {
            *text = cleaned;
        }
    }

    fn text(&self, text: &mut Text) {
        if let Some(cleaned) = self.clean(text) {
            *text = cleaned.into();
        }
    }

    fn option(&self, text: &mut Option<Text>) {
        if let Some(text) = text {
            self.text(text);
        }
    }

    /// Cleans a field that the gate looks at.
    fn name(&self, text: &mut Text) {
        if let Some(cleaned) = replaced(self.tokens.as_ref(), text) {
            *text = cleaned.into();
        }
    }

    fn name_option(&self, text: &mut Option<Text>) {
        if let Some(text) = text {
            self.name(text);
        }
    }

    /// Cleans the texts within JSON, never its structure: a value may look like a member name or a number.
    fn json(&self, json: &mut Box<str>) {
        // Escapes hide a value from a search of the raw text.
        let may_hold = self.too_many
            || json.contains('\\')
            || self.all.as_ref().is_some_and(|all| all.is_match(&**json));
        if !may_hold {
            return;
        }
        let Ok(mut value) = serde_json::from_str::<Value>(json) else {
            // Carried JSON is ours and parses; if it ever did not, it must not pass uncleaned.
            *json = "null".into();
            return;
        };
        if self.value(&mut value) {
            *json = value.to_string().into();
        }
    }

    /// Cleans the texts of a value, at any depth; says whether there was something to clean.
    fn value(&self, value: &mut Value) -> bool {
        match value {
            Value::String(text) => match self.clean(text) {
                Some(cleaned) => {
                    *text = cleaned;
                    true
                }
                None => false,
            },
            Value::Array(list) => list
                .iter_mut()
                .fold(false, |any, one| self.value(one) | any),
            Value::Object(members) => members
                .values_mut()
                .fold(false, |any, one| self.value(one) | any),
            _ => false,
        }
    }
}

/// Finds the longest of several values at each place, in one pass over the text.
fn automaton<T: AsRef<[u8]>>(values: &[T]) -> Option<AhoCorasick> {
    if values.is_empty() {
        return None;
    }
    let built = AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostLongest)
        .build(values);
    // The builder fails beyond 2^31 states; the caller notices.
    built.ok()
}

fn replaced(values: Option<&AhoCorasick>, text: &str) -> Option<String> {
    let values = values?;
    values.find(text)?;
    let mut cleaned = String::with_capacity(text.len());
    values.replace_all_with(text, &mut cleaned, |_, _, out| {
        out.push_str(BLANK);
        true
    });
    Some(cleaned)
}

/// Whether a value looks like a token and not like a path or a word.
fn is_token(value: &str) -> bool {
    value.len() >= SHORTEST_TOKEN
        && value
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '+' | '='))
        && value.chars().any(|c| c.is_ascii_digit())
        && value.chars().any(|c| c.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Location, Severity};

    fn redactor(values: &[&str]) -> Redactor {
        Redactor::new(values.iter().map(|value| (*value).to_owned()).collect())
    }

    #[test]
    fn the_longest_value_goes_as_a_whole() {
        let cleaner = redactor(&["password1", "password123456", "ünïcödé!"]);
        for (text, expected) in [
            ("x password123456 y", Some("x *** y")),
            ("password1password1", Some("******")),
            ("ünïcödé!", Some("***")),
            ("nothing", None),
        ] {
            assert_eq!(cleaner.clean(text).as_deref(), expected, "{text}");
        }
        assert_eq!(redactor(&[]).clean("x"), None);
    }

    #[test]
    fn a_secret_cannot_hide_findings_from_the_gate() {
        let redactor = redactor(&[
            "src/payments",
            "gitleaks",
            "AKIAFAKEFIXTUREABC1",
            "CVE-2024-1234567",
        ]);
        let mut finding = Finding::new(
            Kind::Code,
            "gitleaks".into(),
            Severity::High,
            "in src/payments".into(),
        );
        finding.locations.push(Location::new(
            "src/payments/AKIAFAKEFIXTUREABC1.py".into(),
            None,
        ));
        redactor.clean_finding(&mut finding);
        assert_eq!(&*finding.rule, "gitleaks");
        assert_eq!(&*finding.title, "in ***");
        assert_eq!(&*finding.locations[0].path, "src/payments/***.py");
        let mut finding = Finding::new(
            Kind::Vulnerability,
            "CVE-2024-1234567".into(),
            Severity::High,
            "t".into(),
        );
        redactor.clean_finding(&mut finding);
        assert_eq!(&*finding.rule, "CVE-2024-1234567");
    }

    #[test]
    fn json_keeps_its_structure() {
        let redactor = redactor(&["codeFlows", "12345678", "pass\"word\nx", "\",\"text\":\""]);
        let mut json: Box<str> =
            r#"{"codeFlows":[{"rank":12345678,"text":"a codeFlows","note":"pass\"word\nx","u":"\u0070ass\"word\nx"}]}"#.into();
        redactor.json(&mut json);
        assert_eq!(
            &*json,
            r#"{"codeFlows":[{"note":"***","rank":12345678,"text":"a ***","u":"***"}]}"#
        );
    }
}
