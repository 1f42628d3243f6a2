//! What a document looks like from a distance: enough of its shape to say whose it is.

use serde_json::Value;
use serde_json::value::RawValue;

use super::{Json, ReadError, json::Peek, text_of};

/// A pruned copy of a JSON value: texts cut short, of each list only the first element, four levels deep.
#[derive(Clone, Debug, PartialEq)]
pub enum Sketch {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number; `true` when it is a whole one.
    Number(bool),
    /// A text, its first 200 bytes or so.
    Text(String),
    /// A list and its first element; `None` is an empty list.
    List(Option<Box<Sketch>>),
    /// An object: its members as far as they were seen, in order.
    Object(Vec<(String, Sketch)>),
    /// A value below the levels that are looked at.
    Deep,
    /// An XML document: the name of its root, and an object of what is in it.
    Xml(String, Box<Sketch>),
    /// Plain text that is neither JSON nor XML: its first lines.
    Plain(Vec<String>),
}

/// Levels that a sketch keeps.
const LEVELS: usize = 4;
/// Members of one object that a sketch keeps; more are skipped, a recogniser needs a handful.
const MEMBERS: usize = 200;
/// Bytes of a text that a sketch keeps.
const TEXT: usize = 200;
/// Lines of plain text that a sketch keeps.
const LINES: usize = 5;

impl Sketch {
    /// Sketches the value at which `json` stands. What was seen before an error stays in `into`.
    pub fn of(json: &mut Json<'_>, into: &mut Sketch, level: usize) -> Result<(), ReadError> {
        if level >= LEVELS {
            *into = Sketch::Deep;
            return json.skip();
        }
        match json.peek()? {
            Peek::Object => {
                *into = Sketch::Object(Vec::new());
                json.object(|json, key| {
                    let Sketch::Object(members) = into else {
                        return json.skip();
                    };
                    if members.len() >= MEMBERS {
                        return json.skip();
                    }
                    members.push((key.to_owned(), Sketch::Deep));
                    match members.last_mut() {
                        Some((_, value)) => Sketch::of(json, value, level + 1),
                        None => json.skip(),
                    }
                })
            }
            Peek::List => {
                *into = Sketch::List(None);
                json.list(|json, index| {
                    if index > 0 {
                        return json.skip();
                    }
                    let mut first = Box::new(Sketch::Deep);
                    let seen = Sketch::of(json, &mut first, level + 1);
                    *into = Sketch::List(Some(first));
                    seen
                })
            }
            _ => {
                *into = Sketch::scalar(json.borrow::<&RawValue>()?);
                Ok(())
            }
        }
    }

    /// The sketch of a value that is no list and no object. A number beyond every range (`1e999`) and a text with a lone
    /// surrogate are values all the same: whether they do harm is the reader's to say.
    pub fn scalar(raw: &RawValue) -> Sketch {
        match serde_json::from_str(raw.get()) {
            Ok(Value::Null) => Sketch::Null,
            Ok(Value::Bool(b)) => Sketch::Bool(b),
            Ok(Value::Number(n)) => Sketch::Number(n.is_i64() || n.is_u64()),
            Ok(Value::String(s)) => Sketch::text_of(&s),
            Ok(_) => Sketch::Deep,
            Err(_) if raw.get().starts_with('"') => {
                Sketch::text_of(&text_of(Some(raw)).unwrap_or_default())
            }
            Err(_) => Sketch::Number(false),
        }
    }

    /// The sketch of a text.
    pub fn text_of(text: &str) -> Sketch {
        Sketch::Text(text.chars().take(TEXT).collect())
    }

    /// The first lines of plain text that say something.
    pub fn plain(text: &str) -> Sketch {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        Sketch::Plain(
            lines
                .take(LINES)
                .map(|line| line.chars().take(TEXT).collect())
                .collect(),
        )
    }

    /// The value at a path such as `results[].location.filename`: `[]` steps into the first element of a list, `.` into
    /// a member. The empty path is the value itself.
    pub fn at(&self, path: &str) -> Option<&Sketch> {
        let mut here = self;
        for part in path.split('.').filter(|part| !part.is_empty()) {
            let key = part.trim_end_matches("[]");
            if !key.is_empty() {
                here = here.get(key)?;
            }
            if part.ends_with("[]") {
                here = here.first()?;
            }
        }
        Some(here)
    }

    /// The member `key` of an object.
    pub fn get(&self, key: &str) -> Option<&Sketch> {
        match self {
            Sketch::Object(members) => members.iter().find(|(k, _)| k == key).map(|(_, v)| v),
            _ => None,
        }
    }

    /// Whether an object has all of `keys`.
    pub fn has(&self, keys: &[&str]) -> bool {
        matches!(self, Sketch::Object(_)) && keys.iter().all(|key| self.get(key).is_some())
    }

    /// Whether an object has one of `keys`.
    pub fn has_any(&self, keys: &[&str]) -> bool {
        keys.iter().any(|key| self.get(key).is_some())
    }

    /// Whether the member `key` is a list.
    pub fn has_list(&self, key: &str) -> bool {
        matches!(self.get(key), Some(Sketch::List(_)))
    }

    /// Whether the member `key` is an object.
    pub fn has_object(&self, key: &str) -> bool {
        matches!(self.get(key), Some(Sketch::Object(_)))
    }

    /// The text of the member `key`.
    pub fn text(&self, key: &str) -> Option<&str> {
        match self.get(key) {
            Some(Sketch::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// The first element of a list.
    pub fn first(&self) -> Option<&Sketch> {
        match self {
            Sketch::List(Some(first)) => Some(first),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_scalars_do_not_end_the_look() {
        let text = r#"{"a":1e999,"b":[{"c":"x\ud800","d":-1e400}],"e":7}"#;
        let mut bytes = text.as_bytes();
        let mut sketch = Sketch::Deep;
        Sketch::of(&mut Json::new(&mut bytes), &mut sketch, 0).expect("JSON");
        assert_eq!(sketch.get("a"), Some(&Sketch::Number(false)));
        assert_eq!(sketch.at("b[].d"), Some(&Sketch::Number(false)));
        assert!(matches!(sketch.at("b[].c"), Some(Sketch::Text(text)) if text.starts_with('x')));
        assert_eq!(sketch.get("e"), Some(&Sketch::Number(true)));
    }
}
