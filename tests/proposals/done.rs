//! What a run left behind, and what holds of every run.

use serde_json::{Value, json};

use crate::fake_github::FakeGithub;
use crate::hostile::{SARIF, VERDICT, check_schema};
use crate::program::Ran;

/// A run that judged.
pub(super) struct Done {
    pub(super) ran: Ran,
    pub(super) verdict: Value,
    pub(super) github: FakeGithub,
}

impl Done {
    pub(super) fn word(&self) -> &str {
        self.verdict["verdict"].as_str().expect("a word")
    }

    /// The finding of a rule.
    pub(super) fn finding(&self, rule: &str) -> &Value {
        let mut found = self.findings().iter().filter(|found| found["rule"] == rule);
        let first = found.next().unwrap_or_else(|| panic!("no {rule}"));
        assert!(found.next().is_none(), "more than one {rule}");
        first
    }

    pub(super) fn findings(&self) -> &[Value] {
        self.verdict["findings"].as_array().expect("findings")
    }

    /// What became of the finding of a rule.
    pub(super) fn outcome(&self, rule: &str) -> &str {
        self.finding(rule)["outcome"].as_str().expect("a word")
    }

    pub(super) fn sarif(&self) -> Value {
        let text = self.ran.evidence("results.sarif").expect("a log");
        serde_json::from_str(&text).expect("JSON")
    }

    /// The result of a rule in `results.sarif`.
    pub(super) fn result(&self, rule: &str) -> Value {
        let log = self.sarif();
        let mut results = results(&log).into_iter();
        let found = results.find(|result| result["ruleId"] == rule);
        found.unwrap_or_else(|| panic!("no {rule}")).clone()
    }

    /// The text of a part of the verdict, to look for words in.
    pub(super) fn text(&self, pointer: &str) -> String {
        let part = self.verdict.pointer(pointer);
        part.unwrap_or_else(|| panic!("no {pointer}")).to_string()
    }

    pub(super) fn summary(&self) -> String {
        self.ran.evidence("summary.md").expect("a summary")
    }

    /// What holds of every run: one outcome each, counts that add up, documents of the right shape.
    pub(super) fn check(&self, what: &str) {
        for (name, schema) in [
            ("verdict.json", &VERDICT),
            ("results.sarif", &SARIF),
            ("upload.sarif", &SARIF),
        ] {
            let text = self.ran.evidence(name).expect(name);
            check_schema(schema, &text, &format!("{what}: {name}"));
        }
        let count = |wanted: &str| {
            let same = self
                .findings()
                .iter()
                .filter(|found| found["outcome"] == wanted);
            same.count()
        };
        let words = ["fail", "warn", "note", "ignore", "excused"];
        let all: usize = words.into_iter().map(count).sum();
        assert_eq!(all, self.findings().len(), "{what}: one outcome each");
        let counts = &self.verdict["counts"];
        let rest = count("warn") + count("note") + count("ignore");
        let sum = rest as u64
            + counts["blocking"].as_u64().expect("a count")
            + counts["excused"].as_u64().expect("a count");
        assert_eq!(
            counts["total"], sum,
            "{what}: total = blocking + excused + rest"
        );
        for (name, key) in [("by_severity", "severity"), ("by_kind", "kind")] {
            for (word, number) in counts[name].as_object().expect("an object") {
                let same = self.findings().iter().filter(|found| found[key] == **word);
                assert_eq!(*number, same.count(), "{what}: {name} {word}");
            }
        }
        let new = self
            .findings()
            .iter()
            .filter(|found| found["state"] == "new");
        let new = json!(new.count());
        let compared = self.verdict["baseline"]["source"].is_string();
        assert_eq!(
            counts["new"],
            if compared { new } else { Value::Null },
            "{what}: new"
        );
        self.check_log(what);
    }

    /// `results.sarif` holds every finding with its state and what excuses it.
    fn check_log(&self, what: &str) {
        let log = self.sarif();
        let results = results(&log);
        assert_eq!(results.len(), self.findings().len(), "{what}: results");
        for finding in self.findings() {
            let at = format!("{what}: {}", finding["rule"]);
            let own = |result: &&&Value| {
                result["partialFingerprints"]["sarifGate/v1"] == finding["fingerprint"]
            };
            let result = results.iter().find(own).unwrap_or_else(|| panic!("{at}"));
            assert_eq!(result["baselineState"], finding["state"], "{at}");
            let first = &result["provenance"]["firstDetectionTimeUtc"];
            assert_eq!(*first, finding["first_seen"], "{at}");
            let accepted = result["suppressions"].as_array().is_some_and(|all| {
                let accepted = |one: &Value| one["status"] == "accepted";
                all.iter().any(accepted)
            });
            assert_eq!(accepted, finding["outcome"] == "excused", "{at}");
        }
    }
}

fn results(log: &Value) -> Vec<&Value> {
    let runs = log["runs"].as_array().expect("runs");
    runs.iter()
        .flat_map(|run| run["results"].as_array().into_iter().flatten())
        .collect()
}
