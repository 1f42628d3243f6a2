//! Cleaning of what others wrote: valid content stays, unknown members move aside, wrong ones go and are said, indexes
//! into lists of the run become the things themselves.
//!
//! Must not know: what a member means to the gate.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::shape::{Type, shape};
use super::tables::{FileRef, Tables, size_of_values};
use super::{quick, text, uri};

/// How much of a run's lists one result may take along, in bytes or so. A hostile log names one large entry many times.
const FILL_IN_BUDGET: usize = 4 << 20;

/// Remarks kept of one value; a list of a million wrong numbers is one defect.
const MAX_NOTES: usize = 20;

/// Cleans values of one run.
pub struct Cleaner<'a> {
    tables: &'a Tables,
    /// Drop everything that may show the line a secret stands on.
    secret: bool,
    budget: usize,
    pointer: String,
    room: quick::Room,
    /// Members that SARIF does not have, by JSON pointer.
    pub extra: Map<String, Value>,
    /// What was dropped and why, `member: reason`.
    pub dropped: Vec<String>,
    /// Snippets and personal data that were left out because the finding is a secret.
    pub withheld: u64,
}

impl<'a> Cleaner<'a> {
    /// A cleaner for one result or one part of a run.
    pub fn new(tables: &'a Tables, secret: bool) -> Cleaner<'a> {
        Cleaner {
            tables,
            secret,
            budget: FILL_IN_BUDGET,
            pointer: String::new(),
            room: quick::Room::default(),
            extra: Map::new(),
            dropped: Vec::new(),
            withheld: 0,
        }
    }

    /// The member `name` of an object of type `parent`, cleaned; `None` when nothing valid is left of it. A member that
    /// SARIF does not have goes to `extra`.
    pub fn member(
        &mut self,
        parent: &str,
        name: &str,
        value: Value,
    ) -> Option<(&'static str, Value)> {
        let known = shape(parent).and_then(|shape| shape.member(name));
        let Some(known) = known else {
            self.aside(name, value);
            return None;
        };
        let cleaned = self.within(name, |this| this.value(&known.holds, value))?;
        Some((known.name, cleaned))
    }

    /// As [`Cleaner::member`], as JSON, where nothing has to be dropped, set aside or looked up and there are at most
    /// `steps` steps of code flows; otherwise `None`, and nothing has been done.
    pub fn quick(
        &mut self,
        parent: &str,
        name: &str,
        json: &str,
        steps: usize,
    ) -> Option<(&'static str, Box<str>)> {
        if self.secret {
            return None;
        }
        let known = shape(parent)?.member(name)?;
        let clean = quick::clean(self.tables, &known.holds, json, steps, &mut self.room)?;
        Some((known.name, clean.into()))
    }

    /// An object of type `name`, cleaned.
    pub fn object(&mut self, name: &'static str, value: Value) -> Option<Map<String, Value>> {
        let Value::Object(mut members) = value else {
            return self.wrong("not an object");
        };
        let Some(shape) = shape(name) else {
            return self.wrong("of a type that is not carried");
        };
        self.by_value(name, &mut members);
        let mut clean = Map::new();
        for (key, value) in members {
            if value.is_null() {
                continue;
            }
            if let Some((key, value)) = self.member(name, &key, value) {
                clean.insert(key.to_owned(), value);
            }
        }
        let misses = |key: &&str| !clean.contains_key(*key);
        let required = shape.members.iter().filter(|member| member.required);
        if let Some(missing) = required.map(|member| member.name).find(misses) {
            return self.wrong(&format!("without {missing}"));
        }
        if !shape.any_of.is_empty() && shape.any_of.iter().all(misses) {
            return self.wrong(&format!("without {}", shape.any_of.join(" or ")));
        }
        if !shape.one_of.is_empty() && shape.one_of.iter().filter(|key| !misses(key)).count() != 1 {
            return self.wrong(&format!("not with one of {}", shape.one_of.join(", ")));
        }
        Some(clean)
    }

    /// Indexes become the things that they name.
    fn by_value(&mut self, name: &str, members: &mut Map<String, Value>) {
        match name {
            "artifactLocation" => {
                let text = |key: &str| members.get(key).and_then(Value::as_str).map(Into::into);
                let file = FileRef {
                    uri: text("uri"),
                    base: text("uriBaseId"),
                };
                let index = members.remove("index").as_ref().and_then(Value::as_i64);
                members.remove("uriBaseId");
                if let Some(resolved) = self.tables.resolve(&file, index) {
                    members.insert("uri".into(), uri::file(&resolved).into_owned().into());
                }
            }
            "reportingDescriptorReference" => self.tables.name_reference(members),
            "region" if self.secret => {
                self.withhold(members, &["snippet"]);
            }
            "physicalLocation" if self.secret => {
                self.withhold(members, &["contextRegion"]);
            }
            "replacement" if self.secret => {
                self.withhold(members, &["insertedContent"]);
            }
            "resultProvenance" => {
                members.remove("invocationIndex");
            }
            "graphTraversal" => {
                // The run's graphs stay behind; a result that walks one of them loses the walk.
                if members.get("runGraphIndex").and_then(Value::as_i64) == Some(-1) {
                    members.remove("runGraphIndex");
                }
            }
            _ => self.tables.fill_in(name, members, &mut self.budget),
        }
    }

    fn withhold(&mut self, members: &mut Map<String, Value>, keys: &[&str]) {
        for key in keys {
            if members.remove(*key).is_some() {
                self.withheld = self.withheld.saturating_add(1);
            }
        }
    }

    fn value(&mut self, holds: &Type, value: Value) -> Option<Value> {
        match (holds, value) {
            (Type::Object(name), value) => Some(Value::Object(self.object(name, value)?)),
            (Type::List(of, filled, distinct), Value::Array(list)) => {
                let mut clean = Vec::with_capacity(list.len().min(1024));
                let mut seen = std::collections::HashSet::new();
                for (index, element) in list.into_iter().enumerate() {
                    let one = self.within(&index.to_string(), |this| this.value(of, element));
                    let Some(one) = one else { continue };
                    if !*distinct || seen.insert(one.to_string()) {
                        clean.push(one);
                    }
                }
                if *filled && clean.is_empty() {
                    return self.wrong("an empty list");
                }
                Some(Value::Array(clean))
            }
            (Type::Map(of), Value::Object(members)) => {
                let mut clean = Map::new();
                for (key, value) in members {
                    let one = self.within(&key, |this| this.value(of, value));
                    if let Some(one) = one {
                        clean.insert(text::plain(&key).into_owned(), one);
                    }
                }
                Some(Value::Object(clean))
            }
            (Type::Bag, Value::Object(members)) => Some(Value::Object(self.bag(members))),
            (Type::Bool, value @ Value::Bool(_)) => Some(value),
            (Type::Whole(least), Value::Number(number)) => {
                let whole = number.as_i64().or_else(|| whole(number.as_f64()?));
                match whole.filter(|n| {
                    least.is_none_or(|least| *n >= least) && n.abs() <= i64::from(i32::MAX)
                }) {
                    Some(n) => Some(n.into()),
                    None => self.wrong("a number out of range"),
                }
            }
            (Type::Number(bounds), Value::Number(number)) => {
                match number.as_f64().is_some_and(|n| in_range(*bounds, n)) {
                    true => Some(Value::Number(number)),
                    false => self.wrong("a number out of range"),
                }
            }
            (Type::Word(words), Value::String(word)) => match words.contains(&word.as_str()) {
                true => Some(Value::String(word)),
                false => self.wrong("an unknown word"),
            },
            (_, Value::String(value)) => self.text(holds, value),
            _ => self.wrong("of the wrong type"),
        }
    }

    fn text(&mut self, holds: &Type, value: String) -> Option<Value> {
        match fitting(holds, &value) {
            Ok(Cow::Borrowed(_)) => Some(value.into()),
            Ok(Cow::Owned(mended)) => Some(mended.into()),
            Err(why) => self.wrong(why),
        }
    }

    /// A property bag: anything goes, but `tags` are distinct texts, and texts are cleaned.
    fn bag(&mut self, members: Map<String, Value>) -> Map<String, Value> {
        let mut clean = Map::new();
        for (key, value) in members {
            if self.secret && PERSONAL.iter().any(|name| key.eq_ignore_ascii_case(name)) {
                self.withheld = self.withheld.saturating_add(1);
                continue;
            }
            let value = if key == "tags" {
                let tags = Type::List(Box::new(Type::Text), false, true);
                match self.within("tags", |this| this.value(&tags, value)) {
                    Some(tags) => tags,
                    None => continue,
                }
            } else {
                plain_value(value)
            };
            clean.insert(text::plain(&key).into_owned(), value);
        }
        clean
    }

    /// `partialFingerprints` and `fingerprints` without our own and, for secrets, without what names people and commits.
    pub fn fingerprints(&mut self, value: Value) -> Option<Value> {
        let Value::Object(mut members) = value else {
            return self.wrong("not an object");
        };
        members.remove(super::FINGERPRINT_KEY);
        if self.secret {
            let personal: Vec<String> = members
                .keys()
                .filter(|key| PERSONAL.iter().any(|name| key.eq_ignore_ascii_case(name)))
                .cloned()
                .collect();
            for key in personal {
                self.withhold(&mut members, &[&key]);
            }
        }
        let cleaned = self.value(&Type::Map(Box::new(Type::Text)), Value::Object(members))?;
        cleaned
            .as_object()
            .is_some_and(|left| !left.is_empty())
            .then_some(cleaned)
    }

    /// Runs `work` one step further down, so that remarks name the place.
    pub fn within<T>(&mut self, step: &str, work: impl FnOnce(&mut Self) -> T) -> T {
        let length = self.pointer.len();
        self.pointer.push('/');
        // RFC 6901.
        self.pointer
            .push_str(&step.replace('~', "~0").replace('/', "~1"));
        let result = work(self);
        self.pointer.truncate(length);
        result
    }

    /// Puts a member that SARIF does not have aside.
    pub fn aside(&mut self, name: &str, value: Value) {
        let pointer = self.within(name, |this| this.pointer.clone());
        if self.secret || self.extra.len() >= MAX_NOTES.saturating_mul(5) {
            self.dropped
                .push(format!("{}: no member of SARIF", text::plain(&pointer)));
            return;
        }
        let size = size_of_values(std::iter::once(&value));
        if size > self.budget {
            return;
        }
        self.budget = self.budget.saturating_sub(size);
        self.extra
            .insert(text::plain(&pointer).into_owned(), plain_value(value));
    }

    fn wrong<T>(&mut self, why: &str) -> Option<T> {
        if self.dropped.len() < MAX_NOTES {
            self.dropped
                .push(format!("{}: {why}", text::plain(&self.pointer)));
        }
        None
    }
}

/// Names under which gitleaks and others put personal data, commits and the secret itself into fingerprints and bags.
const PERSONAL: [&str; 12] = [
    "email",
    "author",
    "commitMessage",
    "commitSha",
    "commit",
    "date",
    "secret",
    "match",
    "line",
    "snippet",
    "fragment",
    "matches",
];

/// A text as a member may hold it, or what is wrong with it.
pub(super) fn fitting<'v>(holds: &Type, value: &'v str) -> Result<Cow<'v, str>, &'static str> {
    let fits = match holds {
        Type::Text => return Ok(text::plain(value)),
        Type::Reference => return Ok(uri::mended(value)),
        Type::Uri => return uri::absolute(value).ok_or("not an absolute URI"),
        Type::Guid => is_guid(value),
        Type::Time => chrono::DateTime::parse_from_rfc3339(value).is_ok(),
        Type::Mime => value
            .split_once('/')
            .is_some_and(|(a, b)| !a.is_empty() && !b.is_empty()),
        Type::Language => is_language(value),
        Type::Quad => {
            value.split('.').count() == 4
                && value
                    .split('.')
                    .all(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
        }
        _ => return Err("of the wrong type"),
    };
    match fits {
        true => Ok(Cow::Borrowed(value)),
        false => Err("not of the form that SARIF asks for"),
    }
}

/// Whether a number is within the bounds of its member.
pub(super) fn in_range(bounds: Option<(f64, f64)>, number: f64) -> bool {
    bounds.is_none_or(|(least, most)| (least..=most).contains(&number))
}

fn whole(number: f64) -> Option<i64> {
    let text = (number.fract() == 0.0).then(|| format!("{number:.0}"))?;
    text.parse().ok()
}

/// Cleans the texts of a value that may hold anything.
fn plain_value(value: Value) -> Value {
    match value {
        Value::String(text) => match text::plain(&text) {
            Cow::Borrowed(_) => Value::String(text),
            Cow::Owned(clean) => Value::String(clean),
        },
        Value::Array(list) => list.into_iter().map(plain_value).collect(),
        Value::Object(members) => Value::Object(
            members
                .into_iter()
                .map(|(key, value)| (text::plain(&key).into_owned(), plain_value(value)))
                .collect(),
        ),
        other => other,
    }
}

fn is_guid(text: &str) -> bool {
    let groups: Vec<usize> = text.split('-').map(str::len).collect();
    groups == [8, 4, 4, 4, 12] && text.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit())
}

fn is_language(text: &str) -> bool {
    let two = |part: &str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_alphabetic());
    match text.split_once('-') {
        Some((language, region)) => two(language) && two(region),
        None => two(text),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn valid_stays_unknown_moves_wrong_goes() {
        let tables = Tables::default();
        let mut cleaner = Cleaner::new(&tables, false);
        let value = json!({
            "message": {"text": "ok\u{1b}[0m", "colour": "red"},
            "id": -3,
            "relationships": [{"target": 1}, {"kinds": ["x"]}],
            "physicalLocation": {"artifactLocation": {"uri": "a b.py", "uriBaseId": "X", "index": 3},
                                 "region": {"startLine": "7", "charOffset": 1.0}},
        });
        let clean = cleaner.object("location", value).expect("a location");
        assert_eq!(
            Value::Object(clean),
            json!({"message": {"text": "ok"}, "relationships": [{"target": 1}],
                   "physicalLocation": {"artifactLocation": {"uri": "a%20b.py"}, "region": {"charOffset": 1}}})
        );
        assert_eq!(
            Value::Object(cleaner.extra),
            json!({"/message/colour": "red"})
        );
        assert_eq!(
            cleaner.dropped,
            [
                "/id: a number out of range",
                "/physicalLocation/region/startLine: of the wrong type",
                "/relationships/1: without target"
            ]
        );
    }

    #[test]
    fn indexes_become_things_within_a_budget() {
        let big = "x".repeat(1 << 20);
        let tables = Tables {
            thread_flow: vec![json!({"module": big})],
            ..Tables::default()
        };
        let mut cleaner = Cleaner::new(&tables, false);
        let flow = json!({"locations": vec![json!({"index": 0}); 50]});
        let clean = Value::Object(cleaner.object("threadFlow", flow).expect("a flow"));
        assert!(clean["locations"][0]["module"].is_string());
        assert!(clean.to_string().len() < 6 << 20);
        assert!(!clean.to_string().contains("index"));
    }

    #[test]
    fn a_secret_shows_no_line_and_no_person() {
        let tables = Tables::default();
        let mut cleaner = Cleaner::new(&tables, true);
        let value = json!({"physicalLocation": {"artifactLocation": {"uri": "a"},
            "region": {"startLine": 1, "snippet": {"text": "SECRET"}},
            "contextRegion": {"snippet": {"text": "SECRET"}}}, "strange": "SECRET"});
        let clean = Value::Object(cleaner.object("location", value).expect("a location"));
        let prints =
            cleaner.fingerprints(json!({"email": "a@b.c", "commitMessage": "SECRET", "x/v1": "1"}));
        assert_eq!(prints, Some(json!({"x/v1": "1"})));
        assert!(!clean.to_string().contains("SECRET"));
        assert!(cleaner.extra.is_empty());
        assert_eq!(cleaner.withheld, 4);
    }
}
