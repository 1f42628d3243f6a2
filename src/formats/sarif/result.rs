//! One result becomes a finding, or is none.

use std::borrow::Cow;

use super::carry;
use super::enrich::enrich;
use super::message::{Message, text};
use super::place::{Places, stand_in};
use super::raw::{Properties, RawResult, RuleReference};
use super::rules::{Reference, Rule};
use super::run::RunReader;
use super::severity::Clues;
use super::suppression::suppression;
use crate::formats::Secrets;
use crate::model::{Finding, Kind, Scale, Severity, Text, Texts};
use crate::sarif::bag::Bag;
use crate::sarif::clean::Cleaner;
use crate::sarif::uri;

/// Everything a result is read with.
pub(super) struct Around<'a> {
    pub(super) texts: &'a mut Texts,
    pub(super) secrets: &'a mut Secrets,
}

impl RunReader {
    /// The finding that a result is; `None` when it says that there is nothing to find.
    pub(super) fn finding(
        &mut self,
        raw: &RawResult<'_>,
        around: &mut Around<'_>,
    ) -> Option<Finding> {
        let properties = raw.get("properties").filter(|p| p.get().starts_with('{'));
        let properties: Properties<'_> = properties
            .and_then(|p| serde_json::from_str(p.get()).ok())
            .unwrap_or_default();
        let mut notes: Vec<Cow<'static, str>> = Vec::new();

        let reference: RuleReference<'_> = raw
            .get("rule")
            .and_then(|r| serde_json::from_str(r.get()).ok())
            .unwrap_or_default();
        let component = reference.tool_component.0.unwrap_or_default();
        let (rule_id, inner_id, guid) =
            (raw.text("ruleId"), text(reference.id), text(reference.guid));
        let named = text(component.name);
        let index_of = |index: i64| usize::try_from(index).ok();
        let own_index: Option<i64> = raw
            .get("ruleIndex")
            .and_then(|r| serde_json::from_str(r.get()).ok());
        let extension = component.index.0.and_then(index_of).or_else(|| {
            let name = named.as_deref()?;
            self.tables.extensions.iter().position(|c| c.name == name)
        });
        let told = rule_id
            .as_deref()
            .or(inner_id.as_deref())
            .filter(|id| !id.is_empty());
        let rule = self.rules.find(&Reference {
            id: told,
            guid: guid.as_deref(),
            index: reference.index.0.or(own_index).and_then(index_of),
            extension,
        });
        let level = self.level(raw, rule, &mut notes);
        let kind_word = raw.text("kind");
        let quiet = matches!(
            kind_word.as_deref(),
            Some("pass" | "notApplicable" | "informational")
        );
        let absent = raw.text("baselineState").as_deref() == Some("absent");
        if quiet || level == "none" || absent {
            notes.into_iter().for_each(|note| self.notes.add(note));
            return None;
        }

        let id = told
            .or_else(|| rule.map(|rule| &*rule.id.0))
            .filter(|id| !id.is_empty())
            .unwrap_or("unnamed");
        let id = self.known.rule_id(id);
        let bag: Option<Bag<'_>> = properties
            .ours
            .and_then(|ours| serde_json::from_str(ours.get()).ok());
        let ours = bag
            .as_ref()
            .and_then(|bag| Some((bag, Kind::from_word(&bag.kind)?)));
        if properties.ours.is_some() && ours.is_none() {
            notes.push("a `sarifGate` property bag that is not in our form was not used".into());
        }
        let own_tags = properties.tags.0.unwrap_or_default();
        let rule_tags = rule.map_or(&[][..], |rule| rule.text.tags.as_slice());
        let tags = rule_tags
            .iter()
            .map(|tag| &**tag)
            .chain(own_tags.iter().map(String::as_str));
        let kind = match ours {
            Some((_, kind)) => kind,
            None => self.known.kind(id, tags),
        };
        let secret = kind == Kind::Secret;

        let mut cleaner = Cleaner::new(&self.tables, secret);
        let mut places = match raw.get("locations") {
            Some(raw) => Places::read(raw, &self.tables, &mut cleaner, secret, around.texts),
            None => Places::default(),
        };
        notes.extend(places.notes.iter().map(|note| Cow::Borrowed(*note)));
        if places.left_out > 0 {
            notes.push(
                format!(
                    "locations beyond the first {} of a result were left out",
                    super::place::MAX_LOCATIONS
                )
                .into(),
            );
        }
        let message: Message<'_> = raw
            .get("message")
            .and_then(|m| serde_json::from_str(m.get()).ok())
            .unwrap_or_default();
        let message = message.plain(rule);
        let severity = match ours.and_then(|(bag, _)| Severity::from_word(&bag.severity)) {
            Some(severity) => severity,
            None => Clues {
                tool: self.known,
                scale: Scale::of_tool(&self.run.tool),
                kind,
                rule,
                message: &message,
                own: properties.security_severity,
                issue: properties.issue_severity,
                level: &level,
            }
            .severity(&mut |note| notes.push(note.into())),
        };

        let title = title(rule, &message, id);
        let mut finding = Finding::new(
            kind,
            around.texts.share(id),
            severity,
            around.texts.share(&title),
        );
        finding.message = if message.trim().is_empty() {
            rule.map_or_else(|| "".into(), |rule| rule.text.full.clone())
        } else {
            around.texts.share(&message)
        };
        finding.link = rule.and_then(|rule| rule.text.link.clone());
        finding.run = self.index;
        finding.suppression = suppression(raw.get("suppressions"), around.texts);
        finding.locations = std::mem::take(&mut places.locations);
        // Only our own logs are believed about the past: their date came from a baseline, a scanner's from nobody knows where.
        let dated = ours.is_some_and(|(bag, _)| !bag.undated);
        if dated {
            finding.known.first_seen = carry::first_detection(raw);
        }
        if let Some((bag, _)) = ours {
            bag.restore(&mut finding);
            if let Some(title) = &bag.title {
                finding.title = around.texts.share(title);
            }
            if bag.untold {
                finding.message = "".into();
            }
            if let Some(link) = &bag.link {
                finding.link = uri::web(link).map(|link| around.texts.share(&link));
            }
            finding.stand_in = raw.get("locations").and_then(stand_in).map(Text::from);
        } else {
            enrich(
                &mut finding,
                self.known,
                rule,
                &message,
                &places,
                self.image.as_deref(),
                around,
            );
        }

        finding.carried = carry::carried(raw, &mut places, &mut cleaner, ours.is_some(), dated);
        let known_extra = ours.and_then(|(bag, _)| bag.extra);
        if let Some(extra) = carry::extra(&mut cleaner, known_extra) {
            let carried = finding.carried.get_or_insert_default();
            carried.members.push((crate::sarif::EXTRA, extra));
        }
        let withheld = cleaner.withheld;
        let dropped = std::mem::take(&mut cleaner.dropped);
        drop(cleaner);
        for note in notes {
            self.notes.add(note);
        }
        for note in &dropped {
            self.notes.add(format!(
                "dropped, as SARIF does not allow it there: {}",
                carry::kind_of_note(note)
            ));
        }
        self.notes.add_times(
            "left out of a secret's finding: a snippet, a commit's text or personal data",
            withheld,
        );
        Some(finding)
    }

    /// The level of a result: its own, else by kind, configuration override and rule, else `warning`
    /// (SARIF 2.1.0, 3.27.10).
    fn level(
        &self,
        raw: &RawResult<'_>,
        rule: Option<&Rule>,
        notes: &mut Vec<Cow<'static, str>>,
    ) -> Cow<'static, str> {
        let word = |level: &str| match level {
            "none" => Some("none"),
            "note" => Some("note"),
            "warning" => Some("warning"),
            "error" => Some("error"),
            _ => None,
        };
        if let Some(told) = raw.get("level").filter(|level| level.get() != "null") {
            match text(Some(told)).as_deref().and_then(word) {
                Some(level) => return level.into(),
                None => notes.push("a level that is none of SARIF's words was not used".into()),
            }
        }
        match raw.text("kind").as_deref() {
            None | Some("fail") => {}
            Some("pass" | "notApplicable" | "informational" | "open" | "review") => {
                return "none".into();
            }
            // A word that nobody knows must not make a finding disappear.
            Some(_) => notes.push("a kind that is none of SARIF's words counts as fail".into()),
        }
        let by_override = rule.and_then(|rule| self.overrides.get(&*rule.id.0));
        let by_rule = rule.and_then(|rule| rule.level.as_ref());
        by_override
            .or(by_rule)
            .and_then(|level| word(level))
            .unwrap_or("warning")
            .into()
    }
}

/// One line that names the problem: what the rule is called, else how the message begins, else the rule's id.
fn title(rule: Option<&Rule>, message: &str, id: &str) -> String {
    let text = rule.map(|rule| &rule.text);
    // "Semgrep Finding: rules.eval" repeats the id and says nothing.
    let short = text.map_or("", |text| &*text.short);
    let short = if short.contains(id) { "" } else { short };
    let candidates = [
        short,
        message,
        text.map_or("", |text| &*text.full),
        rule.map_or("", |rule| rule.name.as_str()),
    ];
    let line = candidates
        .iter()
        .find_map(|text| crate::sarif::text::title(text));
    line.map_or_else(|| id.to_owned(), Cow::into_owned)
}
