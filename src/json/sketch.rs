//! What a document looks like from a distance: enough of its shape to say whose it is.

use super::{Json, ReadError, stream::Peek};

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
}

/// Levels that a sketch keeps.
const LEVELS: usize = 4;
/// Members of one object that a sketch keeps; more are skipped, a recogniser needs a handful.
const MEMBERS: usize = 200;
/// Bytes of a text that a sketch keeps.
const TEXT: usize = 200;

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
                *into = Sketch::scalar(&json.parse::<serde_json::Value>()?);
                Ok(())
            }
        }
    }

    /// The sketch of a value that is no list and no object.
    pub fn scalar(value: &serde_json::Value) -> Sketch {
        match value {
            serde_json::Value::Null => Sketch::Null,
            serde_json::Value::Bool(b) => Sketch::Bool(*b),
            serde_json::Value::Number(n) => Sketch::Number(n.is_i64() || n.is_u64()),
            serde_json::Value::String(s) => Sketch::Text(s.chars().take(TEXT).collect()),
            _ => Sketch::Deep,
        }
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
