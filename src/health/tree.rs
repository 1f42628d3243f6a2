//! A YAML document of any shape, with the line of every value.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::Spanned;

use crate::syntax::yaml::{self, YamlError};

/// A value and its line.
#[derive(Debug, Default)]
pub(super) struct Node {
    /// Line, from 1; 0 where it is unknown.
    pub(super) line: u32,
    pub(super) value: Value,
}

/// What a value is.
#[derive(Debug, Default)]
pub(super) enum Value {
    /// Nothing.
    #[default]
    Null,
    /// A text, number or boolean, as text.
    Scalar(String),
    /// A list.
    List(Vec<Node>),
    /// Keys and their values, in the order of the file.
    Map(Vec<(Node, Node)>),
}

/// Reads a document.
pub(super) fn read(text: &str) -> Result<Node, YamlError> {
    let node = yaml::read::<Spanned<Value>>(text)?;
    Ok(Node::from(node))
}

impl From<Spanned<Value>> for Node {
    fn from(spanned: Spanned<Value>) -> Node {
        Node {
            line: u32::try_from(spanned.referenced.line()).unwrap_or(0),
            value: spanned.value,
        }
    }
}

impl Node {
    /// The text of a single value.
    pub(super) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar(text) => Some(text),
            _ => None,
        }
    }

    /// The elements of a list; nothing for another value.
    pub(super) fn list(&self) -> &[Node] {
        match &self.value {
            Value::List(list) => list,
            _ => &[],
        }
    }

    /// The members of a map; nothing for another value.
    pub(super) fn members(&self) -> impl Iterator<Item = (&str, &Node, &Node)> {
        let members = match &self.value {
            Value::Map(members) => members.as_slice(),
            _ => &[],
        };
        members
            .iter()
            .filter_map(|(key, value)| Some((key.text()?, key, value)))
    }

    /// The value of a key.
    pub(super) fn get(&self, name: &str) -> Option<&Node> {
        self.entry(name).map(|(_, value)| value)
    }

    /// The line of a key and its value.
    pub(super) fn entry(&self, name: &str) -> Option<(u32, &Node)> {
        self.members()
            .find(|(key, _, _)| *key == name)
            .map(|(_, key, value)| (key.line, value))
    }

    /// The texts of a single value, or of a list of such.
    pub(super) fn texts(&self) -> Vec<&str> {
        match self.text() {
            Some(text) => vec![text],
            None => self.list().iter().filter_map(Node::text).collect(),
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(Any)
    }
}

struct Any;

impl<'de> Visitor<'de> for Any {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Scalar(value.to_string()))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Scalar(value.to_string()))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Scalar(value.to_string()))
    }

    fn visit_i128<E: de::Error>(self, value: i128) -> Result<Value, E> {
        Ok(Value::Scalar(value.to_string()))
    }

    fn visit_u128<E: de::Error>(self, value: u128) -> Result<Value, E> {
        Ok(Value::Scalar(value.to_string()))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        Ok(Value::Scalar(value.to_string()))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::Scalar(value.to_owned()))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E: de::Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        Value::deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(element) = seq.next_element::<Spanned<Value>>()? {
            list.push(Node::from(element));
        }
        Ok(Value::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut members = Vec::new();
        while let Some(key) = map.next_key::<Spanned<Value>>()? {
            let value = map.next_value::<Spanned<Value>>()?;
            members.push((Node::from(key), Node::from(value)));
        }
        Ok(Value::Map(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_and_lines() {
        let text = "on:\n  push:\n  # note\n  pull_request: {types: [opened]}\nn: 1.5\nyes: true\nb: |\n  x\n  y\nl:\n  - a\n  - - b\n1: x\n";
        let root = read(text).expect("a document");
        let (line, on) = root.entry("on").expect("on");
        assert_eq!((line, on.members().count()), (1, 2));
        assert_eq!(on.entry("push").map(|(line, _)| line), Some(2));
        let request = on.entry("pull_request").expect("a trigger");
        assert_eq!(request.0, 4);
        assert_eq!(
            request.1.get("types").map(Node::texts),
            Some(vec!["opened"])
        );
        assert_eq!(root.get("n").and_then(Node::text), Some("1.5"));
        assert_eq!(root.get("yes").and_then(Node::text), Some("true"));
        assert_eq!(root.get("b").and_then(Node::text), Some("x\ny\n"));
        let list = root.get("l").expect("a list");
        assert_eq!(
            list.list().iter().map(|node| node.line).collect::<Vec<_>>(),
            [11, 12]
        );
        assert_eq!(list.texts(), ["a"]);
        assert_eq!(root.get("1").and_then(Node::text), Some("x"));
        assert!(root.get("none").is_none());
    }

    #[test]
    fn what_is_no_yaml_is_an_error() {
        for text in [
            "a: [",
            "a: 1\na: 2",
            "a: !cancelled()",
            "\t- :\n :",
            "a: *b",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
        assert!(matches!(read("").map(|node| node.value), Ok(Value::Null)));
    }
}
