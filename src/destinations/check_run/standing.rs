//! The annotations of earlier attempts: which of ours stand there already, and which there are no longer true. Pure.
//!
//! GitHub adds annotations and never takes one away, so what stands there is not sent again.

use std::collections::BTreeMap;

use serde_json::Value;

/// What makes an annotation the same for a reader.
type Key = (String, u64, u64, String, String, String);

fn key(annotation: &Value) -> Key {
    let text = |name: &str| {
        let text = annotation.get(name).and_then(Value::as_str);
        // Line ends and blanks at the ends may come back otherwise than they were sent.
        let lines: Vec<&str> = text.unwrap_or_default().trim().lines().collect();
        lines.join("\n")
    };
    let number = |name: &str| annotation.get(name).and_then(Value::as_u64).unwrap_or(0);
    (
        text("path"),
        number("start_line"),
        number("end_line"),
        text("annotation_level"),
        text("title"),
        text("message"),
    )
}

/// What has to be added, and how many stand there that are not wanted any more.
pub(super) fn missing(wanted: &[Value], standing: &[Value]) -> (Vec<Value>, usize) {
    let mut there: BTreeMap<Key, usize> = BTreeMap::new();
    for annotation in standing {
        let count = there.entry(key(annotation)).or_default();
        *count = count.saturating_add(1);
    }
    let mut missing = Vec::new();
    for annotation in wanted {
        match there.get_mut(&key(annotation)).filter(|count| **count > 0) {
            Some(count) => *count = count.saturating_sub(1),
            None => missing.push(annotation.clone()),
        }
    }
    (missing, there.into_values().sum())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_stands_there_is_not_missing_and_what_is_not_wanted_is_old() {
        let one = |line: u64, title: &str| {
            json!({ "path": "a.rs", "start_line": line, "end_line": line, "annotation_level": "failure",
                "title": title, "message": "m\nn\n" })
        };
        let mut back = one(1, "x");
        back["message"] = json!("m\r\nn");
        back["blob_href"] = json!("https://github.com/o/r/blob/x/a.rs");
        back["start_column"] = Value::Null;
        let wanted = [one(1, "x"), one(1, "x"), one(2, "x"), one(1, "y")];
        assert_eq!(missing(&wanted, &[]), (wanted.to_vec(), 0));
        let (sent, old) = missing(&wanted, &[back.clone(), one(3, "x"), one(1, "y")]);
        assert_eq!((sent, old), (vec![one(1, "x"), one(2, "x")], 1));
        let (sent, old) = missing(&wanted, &[&wanted[..], &wanted[..]].concat());
        assert_eq!((sent.len(), old), (0, 4));
        assert_eq!(missing(&[], &[Value::Null]), (Vec::new(), 1));
    }
}
