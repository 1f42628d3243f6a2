//! One result becomes a finding, or is none.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::carry;
use super::message::{Message, text};
use super::place::{Places, stand_in};
use super::rules::{Reference, Rule};
use super::run::RunReader;
use super::severity::Clues;
use super::tool::{Known, ecosystem, line_value};
use crate::formats::{Secret, Secrets};
use crate::json::OrNothing;
use crate::model::{
    Finding, Fix, Kind, Package, Place, SecretMark, Severity, Suppression, Text, Texts,
};
use crate::sarif::bag::{Bag, BagSuppression};
use crate::sarif::clean::Cleaner;

/// The members of a result, not looked into.
pub(super) struct RawResult<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

#[derive(Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de> Deserialize<'de> for RawResult<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = RawResult<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a result, an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members: Vec<(Cow<'de, str>, &'de RawValue)> = Vec::with_capacity(12);
                while let Some(Key(key)) = map.next_key()? {
                    if members.len() >= MAX_MEMBERS {
                        return Err(serde::de::Error::custom("a result with too many members"));
                    }
                    if members.iter().any(|(known, _)| *known == key) {
                        return Err(serde::de::Error::custom(format!(
                            "the member {key:?} comes twice"
                        )));
                    }
                    members.push((key, map.next_value()?));
                }
                Ok(RawResult(members))
            }
        }
        deserializer.deserialize_map(Members)
    }
}

/// Members of one result; SARIF knows 29.
const MAX_MEMBERS: usize = 500;

impl<'a> RawResult<'a> {
    /// The member `key`.
    pub(super) fn get(&self, key: &str) -> Option<&'a RawValue> {
        self.0
            .iter()
            .find(|(known, _)| known == key)
            .map(|(_, value)| *value)
    }

    /// All members.
    pub(super) fn members(&self) -> impl Iterator<Item = (&str, &'a RawValue)> {
        self.0.iter().map(|(key, value)| (&**key, *value))
    }

    fn text(&self, key: &str) -> Option<Cow<'a, str>> {
        text(self.get(key))
    }

    /// The result as JSON without white space, for the time until its run is known.
    pub(super) fn keep(&self) -> Box<str> {
        let mut json = String::from("{");
        for (key, value) in self.members() {
            if json.len() > 1 {
                json.push(',');
            }
            json.push_str(&serde_json::Value::from(key).to_string());
            json.push(':');
            minify(value.get(), &mut json);
        }
        json.push('}');
        json.into()
    }
}

fn minify(json: &str, out: &mut String) {
    let mut quoted = false;
    let mut escaped = false;
    let bare = |c: char| matches!(c, ' ' | '\n' | '\r' | '\t');
    out.extend(json.chars().filter(|c| {
        if quoted {
            quoted = *c != '"' || escaped;
            escaped = *c == '\\' && !escaped;
            return true;
        }
        quoted = *c == '"';
        !bare(*c)
    }));
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct RuleReference<'a> {
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    guid: Option<&'a RawValue>,
    index: OrNothing<i64>,
    #[serde(borrow)]
    tool_component: OrNothing<ComponentReference<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ComponentReference<'a> {
    index: OrNothing<i64>,
    #[serde(borrow)]
    name: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Properties<'a> {
    #[serde(borrow, rename = "security-severity")]
    security_severity: Option<&'a RawValue>,
    #[serde(borrow)]
    issue_severity: Option<&'a RawValue>,
    tags: OrNothing<Vec<String>>,
    #[serde(borrow, rename = "sarifGate")]
    ours: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawSuppression<'a> {
    #[serde(borrow)]
    kind: Option<&'a RawValue>,
    #[serde(borrow)]
    status: Option<&'a RawValue>,
    #[serde(borrow)]
    justification: Option<&'a RawValue>,
    #[serde(borrow)]
    properties: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct SuppressionBag<'a> {
    #[serde(borrow, rename = "sarifGate")]
    ours: Option<BagSuppression<'a>>,
}

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
            rule.map(|rule| rule.text.full.clone())
                .unwrap_or_default_text()
        } else {
            around.texts.share(&message)
        };
        finding.link = rule.and_then(|rule| rule.text.link.clone());
        finding.run = self.index;
        finding.suppression = suppression(raw.get("suppressions"), around.texts);
        finding.locations = std::mem::take(&mut places.locations);
        if let Some((bag, _)) = ours {
            bag.restore(&mut finding);
            if let Some(title) = &bag.title {
                finding.title = around.texts.share(title);
            }
            if bag.untold {
                finding.message = "".into();
            }
            if let Some(link) = &bag.link {
                finding.link = around.texts.share_some(link);
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

        finding.carried = carry::carried(raw, &mut places, &mut cleaner, ours.is_some());
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
        if raw.text("kind").is_some_and(|kind| kind != "fail") {
            return "none".into();
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

/// A text or the empty one.
trait OrEmpty {
    fn unwrap_or_default_text(self) -> Text;
}

impl OrEmpty for Option<Text> {
    fn unwrap_or_default_text(self) -> Text {
        self.unwrap_or_else(|| "".into())
    }
}

/// One line that names the problem: what the rule is called, else how the message begins, else the rule's id.
fn title(rule: Option<&Rule>, message: &str, id: &str) -> String {
    let text = rule.map(|rule| &rule.text);
    let candidates = [
        text.map_or("", |text| &*text.short),
        message,
        text.map_or("", |text| &*text.full),
        rule.map_or("", |rule| rule.name.as_str()),
    ];
    let line = candidates
        .iter()
        .find_map(|text| crate::sarif::text::title(text));
    line.map_or_else(|| id.to_owned(), Cow::into_owned)
}

/// The suppression of a result: there are some, and none is rejected or still under review (SARIF 2.1.0, 3.27.23).
fn suppression(raw: Option<&RawValue>, texts: &mut Texts) -> Option<Box<Suppression>> {
    let mut list: Vec<RawSuppression<'_>> = serde_json::from_str(raw?.get()).ok()?;
    let ours = |one: &RawSuppression<'_>| {
        let bag: SuppressionBag<'_> = serde_json::from_str(one.properties?.get()).ok()?;
        Some((bag.ours.as_ref()?.ruling.is_some(), bag.ours?.restored()))
    };
    // What the gate itself excused is judged anew.
    list.retain(|one| !ours(one).is_some_and(|(ruling, _)| ruling));
    let open = |one: &RawSuppression<'_>| match one.status.filter(|raw| raw.get() != "null") {
        None => false,
        // A status that nobody knows is no acceptance.
        Some(status) => text(Some(status)).as_deref() != Some("accepted"),
    };
    let first = list.first()?;
    if list.iter().any(open) {
        return None;
    }
    if let Some((_, ours)) = ours(first) {
        return Some(Box::new(ours));
    }
    let kind = if text(first.kind).as_deref() == Some("inSource") {
        "inSource"
    } else {
        "external"
    };
    let reason = list
        .iter()
        .find_map(|one| text(one.justification).filter(|reason| !reason.is_empty()));
    Some(Box::new(Suppression {
        kind,
        status: text(first.status).map_or_else(|| "".into(), |status| texts.share(&status)),
        reason: reason.map_or_else(|| "".into(), |reason| texts.share(&reason)),
        by: "".into(),
    }))
}

/// What the model wants and a tool says in its own way.
fn enrich(
    finding: &mut Finding,
    tool: Known,
    rule: Option<&Rule>,
    message: &str,
    places: &Places,
    image: Option<&str>,
    around: &mut Around<'_>,
) {
    match finding.kind {
        Kind::Code => finding.line = places.line,
        Kind::Misconfiguration => {
            finding.line = places.line;
            finding.resource = places
                .logical
                .as_deref()
                .map(|name| around.texts.share(name));
        }
        Kind::Secret => {
            finding.secret = Some(SecretMark {
                digest: None,
                published: None,
            });
            if let Some((snippet, columns)) = &places.snippet {
                let value = Secret::new(snippet.as_str());
                if tool == Known::Gitleaks {
                    // Gitleaks quotes the secret itself, as its JSON does.
                    finding.secret = Some(around.secrets.mark(value));
                } else if *columns {
                    around.secrets.remember(value);
                }
            }
        }
        _ => {}
    }
    if finding.kind == Kind::Vulnerability || finding.kind == Kind::License {
        let score = rule.and_then(|rule| {
            rule.cvss.or(match (tool, &rule.score) {
                (Known::Trivy, _) => None,
                (_, Some(super::severity::Score::Valid(score))) if *score > 0.0 => Some(*score),
                _ => None,
            })
        });
        #[expect(clippy::cast_possible_truncation, reason = "a score from 0 to 10")]
        let score = score
            .filter(|s| (0.0..=10.0).contains(s))
            .map(|score| score as f32);
        finding.cvss = score;
        match tool {
            Known::Trivy => trivy_package(finding, message, around.texts),
            Known::Grype => grype_package(finding, rule, message, around.texts),
            _ => {}
        }
    }
    let mut image = image.map(str::to_owned);
    if tool == Known::Grype {
        image = grype_image(message, places, finding);
    }
    match image {
        Some(image) => {
            finding.target = around.texts.share_some(&image);
            for location in &mut finding.locations {
                location.place = Place::Target;
            }
        }
        None if tool == Known::Trivy && finding.package.is_some() => {
            finding.target = finding
                .locations
                .first()
                .map(|location| location.path.clone());
        }
        None => {}
    }
}

/// Trivy's message names the package; its rule names the package of another result.
fn trivy_package(finding: &mut Finding, message: &str, texts: &mut Texts) {
    let Some(name) = line_value(message, "Package").and_then(|name| texts.share_some(name)) else {
        return;
    };
    let fixed_line = line_value(message, "Fixed Version");
    let fixed = versions(fixed_line.unwrap_or_default(), texts);
    finding.package = Some(Box::new(Package {
        purl: None,
        ecosystem: None,
        name,
        version: line_value(message, "Installed Version").and_then(|v| texts.share_some(v)),
        fix: match (fixed.is_empty(), fixed_line) {
            (false, _) => Fix::Available,
            (true, Some(_)) => Fix::None,
            (true, None) => Fix::Unknown,
        },
        fixed,
    }));
}

/// Grype has one rule per advisory and package, whose help names the package.
fn grype_package(finding: &mut Finding, rule: Option<&Rule>, message: &str, texts: &mut Texts) {
    let help = rule.map_or("", |rule| &*rule.text.help);
    let Some(name) = line_value(help, "Package").and_then(|name| texts.share_some(name)) else {
        return;
    };
    let fixed = versions(line_value(help, "Fix Version").unwrap_or_default(), texts);
    let version = line_value(help, "Version").or_else(|| {
        let after = message.split_once(" version ")?.1;
        after.split_whitespace().next()
    });
    finding.package = Some(Box::new(Package {
        purl: None,
        ecosystem: line_value(help, "Type")
            .and_then(ecosystem)
            .map(|e| texts.share(e)),
        name,
        version: version.and_then(|version| texts.share_some(version)),
        // An empty list may mean "not known" as well as "none".
        fix: if fixed.is_empty() {
            Fix::Unknown
        } else {
            Fix::Available
        },
        fixed,
    }));
}

fn versions(list: &str, texts: &mut Texts) -> Vec<Text> {
    list.split(',')
        .filter_map(|version| texts.share_some(version))
        .take(100)
        .collect()
}

/// The image that Grype looked at: new versions name it in the message, old ones in the logical location.
fn grype_image(message: &str, places: &Places, finding: &mut Finding) -> Option<String> {
    if let Some((image, path)) = message
        .split_once("was found in image ")
        .and_then(|(_, rest)| rest.split_once(" at: "))
    {
        for location in &mut finding.locations {
            location.path = path.trim().into();
        }
        return Some(image.trim().to_owned());
    }
    if !message.contains("installed in the container") {
        return None;
    }
    let (image, path) = places.logical.as_deref()?.rsplit_once(":/")?;
    // `image@LAYER`, where the image may have a digest of its own.
    let image = image.rsplit_once('@').map_or(image, |(image, _)| image);
    for location in finding.locations.iter_mut().take(1) {
        location.path = format!("/{path}").into();
    }
    Some(image.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_goes_but_not_in_texts() {
        let mut out = String::new();
        minify("{ \"a b\\\" c\" :\n [1, \"\\\\\" , 2 ] }", &mut out);
        assert_eq!(out, "{\"a b\\\" c\":[1,\"\\\\\",2]}");
    }

    #[test]
    fn suppressions_count_when_all_are_accepted() {
        for (json, counts) in [
            ("[]", false),
            ("null", false),
            (r#"[{"kind":"inSource"}]"#, true),
            (
                r#"[{"kind":"external","status":"accepted"},{"kind":"inSource"}]"#,
                true,
            ),
            (
                r#"[{"kind":"external","status":"accepted"},{"kind":"external","status":"rejected"}]"#,
                false,
            ),
            (r#"[{"kind":"external","status":"underReview"}]"#, false),
            (r#"[{"kind":"external","status":7}]"#, false),
            (r#"[{"kind":"external","status":null}]"#, true),
            ("{}", false),
        ] {
            let raw: Box<RawValue> = serde_json::from_str(json).expect(json);
            assert_eq!(
                suppression(Some(&raw), &mut Texts::default()).is_some(),
                counts,
                "{json}"
            );
        }
    }
}
