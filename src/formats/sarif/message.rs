//! Messages: text, or an id with arguments that the rule's strings explain.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::rules::Rule;
use crate::sarif::text::unlinked;

/// The text of a JSON string, borrowed where it has no escapes; nothing for other values.
pub(super) fn text<'a>(raw: Option<&'a RawValue>) -> Option<Cow<'a, str>> {
    let raw = raw?.get();
    let inner = raw.strip_prefix('"')?.strip_suffix('"')?;
    if inner.contains('\\') {
        return serde_json::from_str::<String>(raw).ok().map(Cow::Owned);
    }
    Some(Cow::Borrowed(inner))
}

/// A message as nearly every tool writes it.
#[derive(Default, Deserialize)]
pub(super) struct Message<'a> {
    #[serde(borrow, default)]
    text: Option<&'a RawValue>,
    #[serde(borrow, default)]
    id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    arguments: Option<&'a RawValue>,
}

/// Longest text that placeholders may be blown up to.
const LONGEST: usize = 1 << 20;

impl Message<'_> {
    /// The plain text, empty when there is none.
    pub(super) fn plain(&self, rule: Option<&Rule>) -> String {
        let told = text(self.text).filter(|text| !text.trim().is_empty());
        let template = told.or_else(|| {
            let id = text(self.id)?;
            let strings = &rule?.messages;
            strings
                .iter()
                .find(|(known, _)| **known == *id)
                .map(|(_, text)| Cow::Borrowed(&**text))
        });
        let Some(template) = template else {
            return String::new();
        };
        let arguments: Vec<String> = self
            .arguments
            .and_then(|raw| serde_json::from_str(raw.get()).ok())
            .unwrap_or_default();
        let filled = match arguments.is_empty() && self.id.is_none() {
            true => template,
            false => Cow::Owned(fill(&template, &arguments)),
        };
        unlinked(&filled).into_owned()
    }
}

/// Puts arguments in the place of `{0}`; `{{` and `}}` are braces (SARIF 2.1.0, 3.11.5).
fn fill(template: &str, arguments: &[String]) -> String {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, from)) = rest
        .find(['{', '}'])
        .and_then(|at| rest.split_at_checked(at))
    {
        out.push_str(before);
        if out.len() > LONGEST {
            return out;
        }
        if let Some(after) = from.strip_prefix("{{") {
            out.push('{');
            rest = after;
        } else if let Some(after) = from.strip_prefix("}}") {
            out.push('}');
            rest = after;
        } else {
            let inner = from
                .strip_prefix('{')
                .and_then(|inner| inner.split_once('}'));
            let argument = inner.and_then(|(digits, after)| {
                Some((arguments.get(digits.parse::<usize>().ok()?)?, after))
            });
            match argument {
                Some((argument, after)) => {
                    out.push_str(argument);
                    rest = after;
                }
                None => {
                    let (brace, after) = from.split_at_checked(1).unwrap_or((from, ""));
                    out.push_str(brace);
                    rest = after;
                }
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_filled() {
        let arguments = ["a".to_owned(), "{0}".to_owned()];
        for (template, filled) in [
            ("x {0} y {1} {2} {{0}} }", "x a y {0} {2} {0} }"),
            ("{0", "{0"),
            ("{99999999999999999999}", "{99999999999999999999}"),
            ("é{0}é", "éaé"),
        ] {
            assert_eq!(fill(template, &arguments), filled);
        }
    }

    #[test]
    fn the_text_comes_first_then_the_rules_string() {
        let rule = Rule {
            messages: vec![("m".into(), "found {0}, see [docs](1)".into())],
            ..Rule::default()
        };
        for (json, plain) in [
            (r#"{"text":"a {0} \"b\""}"#, "a {0} \"b\""),
            (r#"{"id":"m","arguments":["it"]}"#, "found it, see docs"),
            (r#"{"id":"n"}"#, ""),
            (r#"{"text":7,"id":"m"}"#, "found {0}, see docs"),
        ] {
            let message: Message<'_> = serde_json::from_str(json).expect(json);
            assert_eq!(message.plain(Some(&rule)), plain, "{json}");
        }
    }
}
