//! What a reader asks of a document: marks that can be held against a sketch and said in words, so that a document that is
//! not recognised can be told which format it came near and what it lacks.

use super::Sketch;

/// One thing that a document has to have, or must not have. Paths are those of [`Sketch::at`].
#[derive(Clone, Copy, Debug)]
pub enum Mark {
    /// There is a value of this shape at the path.
    Has(&'static str, Shape),
    /// The value at the path is an object with all of these members.
    Keys(&'static str, &'static [&'static str]),
    /// The value at the path is an object with at least one of these members.
    OneOf(&'static str, &'static [&'static str]),
    /// The text at the path is this one.
    Is(&'static str, &'static str),
    /// The text at the path starts so.
    Starts(&'static str, &'static str),
    /// The text at the path starts otherwise.
    Differs(&'static str, &'static str),
    /// The value at the path is an object with no other members than these.
    Only(&'static str, &'static [&'static str]),
    /// There is nothing at the path. Holds only once the whole document was seen.
    Lacks(&'static str),
    /// At least one of the marks holds.
    Any(&'static [Mark]),
    /// All of the marks hold.
    All(&'static [Mark]),
    /// The document is XML with this root; the other marks of the document look at what is in it.
    Root(&'static str),
    /// The document is plain text whose first line starts with one of these.
    Line(&'static [&'static str]),
}

/// The shape of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Anything, `null` included.
    Any,
    /// A list.
    List,
    /// An empty list.
    EmptyList,
    /// An object.
    Object,
    /// A text.
    Text,
    /// A whole number.
    Whole,
    /// A number.
    Number,
    /// `true` or `false`.
    Bool,
    /// `null`.
    Null,
}

impl Shape {
    fn fits(self, sketch: &Sketch) -> bool {
        match self {
            Shape::Any => true,
            Shape::List => matches!(sketch, Sketch::List(_)),
            Shape::EmptyList => matches!(sketch, Sketch::List(None)),
            Shape::Object => matches!(sketch, Sketch::Object(_)),
            Shape::Text => matches!(sketch, Sketch::Text(_)),
            Shape::Whole => matches!(sketch, Sketch::Number(true)),
            Shape::Number => matches!(sketch, Sketch::Number(_)),
            Shape::Bool => matches!(sketch, Sketch::Bool(_)),
            Shape::Null => matches!(sketch, Sketch::Null),
        }
    }

    fn words(self) -> &'static str {
        match self {
            Shape::Any => "a value",
            Shape::List => "a list",
            Shape::EmptyList => "an empty list",
            Shape::Object => "an object",
            Shape::Text => "a text",
            Shape::Whole => "a whole number",
            Shape::Number => "a number",
            Shape::Bool => "true or false",
            Shape::Null => "null",
        }
    }
}

impl Mark {
    /// Whether the mark holds. `whole` says that the sketch is of the whole document: before that nothing is known to be
    /// absent.
    pub fn holds(&self, sketch: &Sketch, whole: bool) -> bool {
        let body = body(sketch);
        let has = |path: &str, key: &str| has_key(sketch, path, key);
        let text = |path: &str| match body.at(path) {
            Some(Sketch::Text(text)) => Some(text.as_str()),
            _ => None,
        };
        match self {
            Mark::Has(path, shape) => body.at(path).is_some_and(|value| shape.fits(value)),
            Mark::Keys(path, wanted) => wanted.iter().all(|key| has(path, key)),
            Mark::OneOf(path, wanted) => wanted.iter().any(|key| has(path, key)),
            Mark::Is(path, wanted) => text(path) == Some(wanted),
            Mark::Starts(path, start) => text(path).is_some_and(|text| text.starts_with(start)),
            Mark::Differs(path, start) => text(path).is_some_and(|text| !text.starts_with(start)),
            Mark::Only(path, wanted) => {
                whole
                    && matches!(body.at(path), Some(Sketch::Object(members))
                        if members.iter().all(|(key, _)| wanted.contains(&key.as_str())))
            }
            Mark::Lacks(path) => whole && body.at(path).is_none(),
            Mark::Any(marks) => marks.iter().any(|mark| mark.holds(sketch, whole)),
            Mark::All(marks) => marks.iter().all(|mark| mark.holds(sketch, whole)),
            Mark::Root(name) => matches!(sketch, Sketch::Xml(root, _) if root == name),
            Mark::Line(starts) => match sketch {
                Sketch::Plain(lines) => lines
                    .first()
                    .is_some_and(|line| starts.iter().any(|start| line.starts_with(start))),
                _ => false,
            },
        }
    }

    /// How much of the mark speaks for the document, from 0 to 1: for naming what came near. What is only asked to be
    /// absent speaks for nobody.
    pub fn nearness(&self, sketch: &Sketch) -> f32 {
        let share = |path: &str, keys: &[&str]| {
            let found = keys.iter().filter(|key| has_key(sketch, path, key)).count();
            found as f32 / keys.len().max(1) as f32
        };
        match self {
            Mark::Keys(path, keys) => share(path, keys),
            Mark::Lacks(_) | Mark::Only(..) => 0.0,
            Mark::Any(marks) => marks
                .iter()
                .map(|mark| mark.nearness(sketch))
                .fold(0.0, f32::max),
            Mark::All(marks) => {
                marks.iter().map(|mark| mark.nearness(sketch)).sum::<f32>()
                    / marks.len().max(1) as f32
            }
            other => f32::from(u8::from(other.holds(sketch, true))),
        }
    }

    /// What the mark asks for, in words that fit behind "it lacks".
    pub fn words(&self, sketch: &Sketch) -> String {
        let of = |path: &str| match path {
            "" => String::new(),
            path => format!(" in `{path}`"),
        };
        let list = |keys: &[&str], word: &str| {
            let quoted: Vec<String> = keys.iter().map(|key| format!("`{key}`")).collect();
            quoted.join(word)
        };
        match self {
            Mark::Has(path, shape) => format!("{} at `{path}`", shape.words()),
            Mark::Keys(path, keys) => {
                let missing: Vec<&str> = keys
                    .iter()
                    .copied()
                    .filter(|key| !has_key(sketch, path, key))
                    .collect();
                format!("{}{}", list(&missing, " and "), of(path))
            }
            Mark::OneOf(path, keys) => format!("{}{}", list(keys, " or "), of(path)),
            Mark::Is(path, text) => format!("`{path}` = {text:?}"),
            Mark::Starts(path, start) => format!("`{path}` that starts with {start:?}"),
            Mark::Differs(path, start) => format!("`{path}` that does not start with {start:?}"),
            Mark::Only(path, keys) => format!("nothing but {}{}", list(keys, " and "), of(path)),
            Mark::Lacks(path) => format!("the absence of `{path}`"),
            // The alternative that the document came nearest to says most.
            Mark::Any(marks) => {
                let near = |mark: &Mark| mark.nearness(sketch);
                // Of equally near ones the last of the reversed list, which is the first that was written.
                let reversed = marks.iter().rev();
                let nearest = reversed.max_by(|a, b| near(a).total_cmp(&near(b)));
                match nearest.filter(|mark| near(mark) > 0.0) {
                    Some(nearest) => nearest.words(sketch),
                    None => joined(marks, sketch, ", or "),
                }
            }
            Mark::All(marks) => {
                let missing: Vec<Mark> = marks
                    .iter()
                    .copied()
                    .filter(|mark| !mark.holds(sketch, true))
                    .collect();
                joined(&missing, sketch, " and ")
            }
            Mark::Root(name) => format!("the XML root <{name}>"),
            Mark::Line(starts) => format!("a first line that starts with {}", list(starts, " or ")),
        }
    }
}

/// What paths start from.
fn body(sketch: &Sketch) -> &Sketch {
    match sketch {
        Sketch::Xml(_, body) => body,
        other => other,
    }
}

fn has_key(sketch: &Sketch, path: &str, key: &str) -> bool {
    body(sketch)
        .at(path)
        .is_some_and(|value| value.get(key).is_some())
}

fn joined(marks: &[Mark], sketch: &Sketch, word: &str) -> String {
    let words: Vec<String> = marks.iter().map(|mark| mark.words(sketch)).collect();
    words.join(word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::Json;

    fn sketch(text: &str) -> Sketch {
        let mut bytes = text.as_bytes();
        let mut sketch = Sketch::Deep;
        let _ = Sketch::of(&mut Json::new(&mut bytes), &mut sketch, 0);
        sketch
    }

    #[test]
    fn marks_hold_and_say_what_is_missing() {
        let seen =
            sketch(r#"{"results":[{"rule_id":"x","location":{"filename":"f"}}],"n":1,"v":"2.1"}"#);
        for (mark, holds, words) in [
            (
                Mark::Has("results", Shape::List),
                true,
                "a list at `results`",
            ),
            (
                Mark::Has("results", Shape::EmptyList),
                false,
                "an empty list at `results`",
            ),
            (
                Mark::Has("results[].location.filename", Shape::Any),
                true,
                "a value at `results[].location.filename`",
            ),
            (
                Mark::Keys("results[]", &["rule_id", "severity", "x"]),
                false,
                "`severity` and `x` in `results[]`",
            ),
            (Mark::OneOf("", &["a", "n"]), true, "`a` or `n`"),
            (Mark::Is("v", "2.1"), true, "`v` = \"2.1\""),
            (Mark::Starts("v", "3"), false, "`v` that starts with \"3\""),
            (Mark::Only("", &["results"]), false, "nothing but `results`"),
            (Mark::Lacks("errors"), true, "the absence of `errors`"),
            (Mark::Lacks("n"), false, "the absence of `n`"),
            (
                Mark::Any(&[Mark::Lacks("n"), Mark::Is("v", "x")]),
                false,
                "the absence of `n`, or `v` = \"x\"",
            ),
            (
                Mark::Any(&[Mark::Is("v", "x"), Mark::Keys("", &["n", "m"])]),
                false,
                "`m`",
            ),
            (
                Mark::All(&[Mark::Is("v", "2.1"), Mark::Is("v", "x")]),
                false,
                "`v` = \"x\"",
            ),
            (Mark::Root("coverage"), false, "the XML root <coverage>"),
        ] {
            assert_eq!(mark.holds(&seen, true), holds, "{mark:?}");
            assert_eq!(mark.words(&seen), words);
        }
    }

    #[test]
    fn nothing_is_absent_before_the_end() {
        let seen = sketch(r#"{"a":1"#);
        assert!(!Mark::Lacks("b").holds(&seen, false));
        assert!(Mark::Lacks("b").holds(&seen, true));
        assert!(!Mark::Only("", &["a"]).holds(&seen, false));
    }

    #[test]
    fn nearness_counts_members() {
        let seen = sketch(r#"[{"a":1,"b":2}]"#);
        let near = Mark::Keys("[]", &["a", "b", "c", "d"]).nearness(&seen);
        assert!((near - 0.5).abs() < 0.01, "{near}");
    }
}
