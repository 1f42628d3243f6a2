//! What a decision gives: findings, entries that are none, or no answer.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::super::Desk;
use super::super::bounds::quoted;
use super::super::policy::{Details, Entry};
use super::sense::Sense;
use super::{FORMAT, MAX_NAMED, one_line};
use crate::model::{Finding, Severity, Text};
use crate::syntax::text_of;

/// Packages inside packages that are looked into.
const DEEPEST: usize = 8;

/// Members that hold an entry's message, best first.
const MESSAGES: &[&str] = &["msg", "message", "reason", "description", "title"];

/// What was asked.
#[derive(Clone)]
pub(super) struct Asked {
    /// Package and rule (`main/deny`); empty where the report does not say it.
    pub(super) rule: String,
    /// What the decision means.
    pub(super) sense: Sense,
    /// The input that was judged.
    pub(super) file: Option<Text>,
}

impl Asked {
    /// A rule of a package, or a member of a partial object.
    fn member(&self, name: &str, sense: Sense) -> Asked {
        self.inner('/', name, sense)
    }

    fn inner(&self, mark: char, name: &str, sense: Sense) -> Asked {
        let name = one_line(name);
        Asked {
            rule: if self.rule.is_empty() {
                name
            } else {
                format!("{}{mark}{name}", self.rule)
            },
            sense,
            file: self.file.clone(),
        }
    }

    fn rule(&self) -> &str {
        match (self.rule.as_str(), self.sense) {
            ("", Sense::Warn) => "warn",
            ("", _) => "deny",
            (rule, _) => rule,
        }
    }

    /// Whether the last word of the rule is one of allowing, not just any rule that somebody asked for.
    fn rule_is_allow(&self) -> bool {
        let name = self.rule.rsplit('/').next().unwrap_or_default();
        Sense::of_name(name) == Sense::Allow
    }

    /// The severity of an entry that names none.
    fn severity(&self) -> Severity {
        match self.sense {
            Sense::Warn => Severity::Medium,
            _ => FORMAT.scale.silent,
        }
    }
}

/// Judges decisions and keeps what comes of them.
#[derive(Default)]
pub(super) struct Court {
    pub(super) findings: Vec<Finding>,
    pub(super) not_findings: u64,
    /// Decisions that were not taken or mean nothing that can be told.
    pub(super) undecided: u64,
    /// Why, of the first of them.
    pub(super) first: Option<String>,
    /// Their inputs.
    pub(super) inputs: Vec<Text>,
}

impl Court {
    /// There is no decision that can be judged.
    pub(super) fn undecided(&mut self, path: &str, why: &str, desk: &mut Desk<'_>) {
        self.undecided = self.undecided.saturating_add(1);
        if self.inputs.len() < MAX_NAMED {
            self.inputs.extend(desk.texts.share_some(path));
        }
        self.first.get_or_insert_with(|| match path {
            "" => format!("OPA gave no decision that can be judged: {why}"),
            path => format!(
                "OPA gave no decision that can be judged for {}: {why}",
                quoted(path)
            ),
        });
    }

    /// Judges one decision.
    pub(super) fn judge(&mut self, value: &RawValue, asked: &Asked, desk: &mut Desk<'_>) {
        self.value(value, asked, 0, desk);
    }

    fn value(&mut self, value: &RawValue, asked: &Asked, depth: usize, desk: &mut Desk<'_>) {
        let denies = matches!(asked.sense, Sense::Deny | Sense::Warn);
        match value.get().as_bytes().first() {
            Some(b'[') => self.set(value, asked, desk),
            Some(b'{') => self.object(value, asked, depth, desk),
            Some(b't' | b'f') => self.boolean(value.get() == "true", asked, desk),
            Some(b'"') if denies => self.entry(value, asked, desk),
            _ => self.unclear(asked, "is neither a set nor true or false", desk),
        }
    }

    fn set(&mut self, value: &RawValue, asked: &Asked, desk: &mut Desk<'_>) {
        let entries: Vec<&RawValue> = match serde_json::from_str(value.get()) {
            Ok(entries) => entries,
            Err(_) => return self.unclear(asked, "could not be read", desk),
        };
        if asked.sense == Sense::Allow && asked.rule_is_allow() {
            return self.unclear(asked, "is a set of what is allowed", desk);
        }
        // An empty set lists nothing: no denial, and no entry that could be counted.
        for entry in entries {
            self.entry(entry, asked, desk);
        }
    }

    fn boolean(&mut self, is: bool, asked: &Asked, desk: &mut Desk<'_>) {
        let denies = match asked.sense {
            Sense::Deny | Sense::Warn => is,
            Sense::Allow | Sense::Unnamed => {
                if !asked.rule_is_allow() {
                    desk.note(
                        "true or false is taken as the answer to `allow`: false is a finding",
                    );
                }
                !is
            }
            Sense::Unclear => {
                return self.unclear(asked, "does not tell whether true is good", desk);
            }
        };
        if !denies {
            return self.pass();
        }
        let rule = match asked.rule.as_str() {
            "" => "decision",
            rule => rule,
        };
        let said = match asked.rule.as_str() {
            "" => format!("the decision is {is}"),
            rule => format!("the decision {rule} is {is}"),
        };
        let entry = Entry {
            rule,
            said: &said,
            details: Details::default(),
            loc: None,
            file: asked.file.clone(),
            severity: asked.severity(),
        };
        let mut finding = entry.finding(FORMAT.scale, desk);
        // One decision has one boolean, so its name says it all.
        finding.rule = desk.texts.share(rule);
        self.findings.push(finding);
    }

    fn object(&mut self, value: &RawValue, asked: &Asked, depth: usize, desk: &mut Desk<'_>) {
        let Ok(Members(members)) = serde_json::from_str::<Members<'_>>(value.get()) else {
            return self.unclear(asked, "has a member twice", desk);
        };
        let says = members
            .iter()
            .any(|(key, value)| MESSAGES.contains(&key.as_str()) && text_of(Some(value)).is_some());
        match asked.sense {
            Sense::Deny | Sense::Warn if says => self.entry(value, asked, desk),
            Sense::Deny | Sense::Warn if members.is_empty() => {}
            Sense::Deny | Sense::Warn if depth < DEEPEST => {
                for (key, value) in &members {
                    let asked = asked.member(key, asked.sense);
                    self.value(value, &asked, depth.saturating_add(1), desk);
                }
            }
            Sense::Deny | Sense::Warn => self.entry(value, asked, desk),
            Sense::Allow | Sense::Unclear | Sense::Unnamed => {
                if !self.package(&members, asked, depth, desk) {
                    self.unclear(
                        asked,
                        "holds no `allow`, `deny`, `violation` or `warn`; ask for the rule that decides",
                        desk,
                    );
                }
            }
        }
    }

    /// Judges the rules of a whole package that decide something; whether there is one.
    fn package(
        &mut self,
        members: &[(String, &RawValue)],
        asked: &Asked,
        depth: usize,
        desk: &mut Desk<'_>,
    ) -> bool {
        let mut decides = false;
        for (key, value) in members {
            let first = value.get().as_bytes().first();
            let boolean = matches!(first, Some(b't' | b'f'));
            let sense = Sense::of_name(key);
            match sense {
                Sense::Deny | Sense::Warn => {
                    self.value(value, &asked.member(key, sense), depth, desk);
                    decides = true;
                }
                // An `allow` that is neither true nor false is not passed over.
                Sense::Allow if boolean || (key == "allow" && first != Some(&b'{')) => {
                    self.value(value, &asked.member(key, sense), depth, desk);
                    decides = true;
                }
                // `all_violations` beside its helpers; a boolean there may mean either.
                Sense::Unclear if first == Some(&b'[') => {
                    self.set(value, &asked.member(key, Sense::Deny), desk);
                    decides = true;
                }
                _ if first == Some(&b'{') => {
                    let asked = asked.inner('.', key, asked.sense);
                    // What is passed over here may hold a denial.
                    match serde_json::from_str(value.get()) {
                        Ok(Members(inner)) if depth < DEEPEST => {
                            let depth = depth.saturating_add(1);
                            decides |= self.package(&inner, &asked, depth, desk);
                        }
                        Ok(_) => self.unclear(&asked, "is nested too deep", desk),
                        Err(_) => self.unclear(&asked, "has a member twice", desk),
                    }
                }
                _ => {}
            }
        }
        decides
    }

    /// One entry of a set of denials or warnings.
    fn entry(&mut self, value: &RawValue, asked: &Asked, desk: &mut Desk<'_>) {
        let members = serde_json::from_str::<Members<'_>>(value.get()).ok();
        let members = members.map(|Members(members)| members).unwrap_or_default();
        let member = |wanted: &&str| {
            let found = members.iter().find(|(key, _)| key == *wanted);
            found.and_then(|(_, value)| text_of(Some(value)))
        };
        let said = MESSAGES.iter().find_map(member);
        let said = said.or_else(|| text_of(Some(value)));
        // An entry without words is shown as it is.
        let said = said.unwrap_or_else(|| value.get().into());
        let details: Option<Details<'_>> = serde_json::from_str(value.get()).ok();
        let entry = Entry {
            rule: asked.rule(),
            said: &said,
            details: details.unwrap_or_default(),
            loc: None,
            file: asked.file.clone(),
            severity: asked.severity(),
        };
        let finding = entry.finding(FORMAT.scale, desk);
        self.findings.push(finding);
    }

    fn pass(&mut self) {
        self.not_findings = self.not_findings.saturating_add(1);
    }

    fn unclear(&mut self, asked: &Asked, why: &str, desk: &mut Desk<'_>) {
        let path = asked.file.as_deref().unwrap_or_default();
        let what = match asked.rule.as_str() {
            "" => "the decision".to_owned(),
            rule => quoted(rule),
        };
        self.undecided(path, &format!("{what} {why}"), desk);
    }
}

/// The members of an object; one that comes twice is an error, because a second empty set would hide the first.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Walk;
        impl<'de> Visitor<'de> for Walk {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Members<'de>, M::Error> {
                let mut members = Vec::new();
                let mut seen = std::collections::HashSet::new();
                while let Some((key, value)) = map.next_entry::<String, &'de RawValue>()? {
                    if !seen.insert(key.clone()) {
                        return Err(M::Error::custom("a member comes twice"));
                    }
                    members.push((key, value));
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Walk)
    }
}
