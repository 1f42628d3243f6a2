//! Paths inside carried content: whoever makes paths relative to the repository has to reach these too.

use std::sync::LazyLock;

use memchr::memmem::Finder;
use serde_json::Value;

use crate::model::{Carried, Finding};

/// Hands every `artifactLocation.uri` of carried content to `f` and puts its answer in the place; `None` leaves it.
pub fn rewrite_uris(carried: &mut Carried, f: &mut dyn FnMut(&str) -> Option<String>) {
    for (_, json) in &mut carried.members {
        rewrite(json, f);
    }
}

/// As [`rewrite_uris`], for everything that a finding carries, its locations included.
pub fn rewrite_finding_uris(finding: &mut Finding, f: &mut dyn FnMut(&str) -> Option<String>) {
    if let Some(carried) = &mut finding.carried {
        rewrite_uris(carried, f);
    }
    for location in &mut finding.locations {
        if let Some(json) = &mut location.carried {
            rewrite(json, f);
        }
    }
}

fn rewrite(json: &mut Box<str>, f: &mut dyn FnMut(&str) -> Option<String>) {
    // Most carried members hold no file, or only such as stay.
    if all_stay(json, f) {
        return;
    }
    let Ok(mut value) = serde_json::from_str::<Value>(json) else {
        return;
    };
    let mut changed = false;
    walk(&mut value, f, &mut changed);
    if changed {
        *json = value.to_string().into();
    }
}

/// Whether `f` would leave every URI, property bags and all, as it is: then no tree is needed. A quotation mark within a
/// text has a backslash before it, so what is found is a whole text, a member's name if a text follows the colon.
fn all_stay(json: &str, f: &mut dyn FnMut(&str) -> Option<String>) -> bool {
    static NAME: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("\"uri\""));
    let name = &*NAME;
    name.find_iter(json.as_bytes()).all(|at| {
        let after = json.get(at.saturating_add(name.needle().len())..);
        let uri = after
            .and_then(|after| after.strip_prefix(":\""))
            .and_then(|text| text.split('"').next());
        uri.is_some_and(|uri| {
            !uri.contains('\\') && f(uri).is_none_or(|rewritten| rewritten == uri)
        })
    })
}

fn walk(value: &mut Value, f: &mut dyn FnMut(&str) -> Option<String>, changed: &mut bool) {
    match value {
        Value::Array(list) => list.iter_mut().for_each(|one| walk(one, f, changed)),
        Value::Object(members) => {
            for (key, value) in members {
                match value {
                    Value::String(uri) if key == "uri" => {
                        if let Some(new) = f(uri) {
                            *changed |= *uri != new;
                            *uri = new;
                        }
                    }
                    // A property bag may use the word for anything.
                    _ if key == "properties" => {}
                    other => walk(other, f, changed),
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uris_are_rewritten_where_they_are_files() {
        let json =
            r#"[{"location":{"uri":"file:///ws/a.py"},"properties":{"uri":"file:///ws/b"}}]"#;
        let mut carried = Carried {
            members: vec![("relatedLocations", json.into())],
        };
        rewrite_uris(&mut carried, &mut |uri| {
            uri.strip_prefix("file:///ws/").map(str::to_owned)
        });
        let (_, json) = carried.members.first().expect("one member");
        assert_eq!(
            &**json,
            r#"[{"location":{"uri":"a.py"},"properties":{"uri":"file:///ws/b"}}]"#
        );
    }
}
