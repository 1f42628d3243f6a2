//! Atlassian's document format (ADF, version 1), as far as issues need it (Atlassian Developer, "Atlassian Document Format"; JSON
//! schema `@atlaskit/adf-schema`, `json-schema/v1/full.json`).
//!
//! Texts stand in text nodes and nowhere else, so no text can become a mention, a link or markup: those are nodes and marks of
//! their own. Must not know: findings.

use serde_json::{Value, json};

use super::escape::{href, plain_text};

/// A piece of running text. A text node is never empty (schema: `minLength` 1).
pub(super) struct Inline(Option<Value>);

fn inline(text: &str, limit: usize, marks: &[Value]) -> Inline {
    let text = plain_text(text, limit);
    Inline((!text.is_empty()).then(|| match marks {
        [] => json!({ "type": "text", "text": text }),
        marks => json!({ "type": "text", "text": text, "marks": marks }),
    }))
}

/// A sentence of ours, in which texts of reports have been through [`plain_text`] already. Kept whole.
pub(super) fn ours(text: &str) -> Inline {
    inline(text, usize::MAX, &[])
}

/// The blank between two pieces, which [`plain_text`] would take for nothing.
pub(super) fn blank() -> Inline {
    Inline(Some(json!({ "type": "text", "text": " " })))
}

/// Text of a report, cut after `limit` characters.
pub(super) fn text(text: &str, limit: usize) -> Inline {
    inline(text, limit, &[])
}

/// The same in bold.
pub(super) fn strong(text: &str, limit: usize) -> Inline {
    inline(text, limit, &[json!({ "type": "strong" })])
}

/// A sentence of ours in italics.
pub(super) fn em(text: &str) -> Inline {
    inline(text, usize::MAX, &[json!({ "type": "em" })])
}

/// The same as code.
pub(super) fn code(text: &str, limit: usize) -> Inline {
    inline(text, limit, &[json!({ "type": "code" })])
}

/// Text that is a link where the address is plain `http:` or `https:`, else bare.
pub(super) fn link(text: &str, url: Option<&str>, limit: usize) -> Inline {
    match url.and_then(href) {
        Some(href) => {
            let mark = json!({ "type": "link", "attrs": { "href": href } });
            inline(text, limit, &[mark])
        }
        None => inline(text, limit, &[]),
    }
}

fn block(kind: &str, content: impl IntoIterator<Item = Inline>) -> Value {
    let content: Vec<Value> = content.into_iter().filter_map(|inline| inline.0).collect();
    json!({ "type": kind, "content": content })
}

/// A paragraph.
pub(super) fn paragraph(content: impl IntoIterator<Item = Inline>) -> Value {
    block("paragraph", content)
}

/// A heading of the third level. The words are ours.
pub(super) fn heading(words: &str) -> Value {
    let mut node = block("heading", [ours(words)]);
    if let Some(members) = node.as_object_mut() {
        members.insert("attrs".to_owned(), json!({ "level": 3 }));
    }
    node
}

/// A list with a mark before each entry; nothing without entries (schema: `minItems` 1).
pub(super) fn list(items: impl IntoIterator<Item = Inline>) -> Option<Value> {
    let items: Vec<Value> = items
        .into_iter()
        .map(|item| json!({ "type": "listItem", "content": [paragraph([item])] }))
        .collect();
    (!items.is_empty()).then(|| json!({ "type": "bulletList", "content": items }))
}

/// The first row of a table. The words are ours.
pub(super) fn head(cells: &[&str]) -> Value {
    let cells: Vec<Value> = cells
        .iter()
        .map(|words| json!({ "type": "tableHeader", "content": [paragraph([ours(words)])] }))
        .collect();
    json!({ "type": "tableRow", "content": cells })
}

/// A row. A cell holds blocks, never bare text, or Jira refuses the whole document.
pub(super) fn row(cells: impl IntoIterator<Item = Vec<Inline>>) -> Value {
    let cells: Vec<Value> = cells
        .into_iter()
        .map(|cell| json!({ "type": "tableCell", "content": [paragraph(cell)] }))
        .collect();
    json!({ "type": "tableRow", "content": cells })
}

/// A table of rows.
pub(super) fn table(rows: Vec<Value>) -> Value {
    json!({ "type": "table", "content": rows })
}

/// The document.
pub(super) fn doc(content: Vec<Value>) -> Value {
    json!({ "type": "doc", "version": 1, "content": content })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_a_text_and_nothing_else() {
        let hostile =
            "@admin [~admin] {panel} <b> \u{202e}x\u{0}\n*y* https://evil.example \u{1f600}";
        let node = paragraph([text(hostile, 200)]);
        assert_eq!(
            node,
            json!({ "type": "paragraph", "content": [{
                "type": "text",
                "text": "@admin [~admin] {panel} <b> ⟨U+202E⟩x⟨U+0000⟩ *y* https://evil.example ⟨U+1F600⟩",
            }] })
        );
        assert_eq!(
            paragraph([text("  \n ", 9), text("", 9)]),
            json!({ "type": "paragraph", "content": [] })
        );
        assert_eq!(paragraph([text("äöü", 2)])["content"][0]["text"], "äö…");
        assert!(list([]).is_none());
    }

    #[test]
    fn only_web_pages_are_linked() {
        let href = |url| {
            let node = paragraph([link("x", Some(url), 9)]);
            node["content"][0]["marks"][0]["attrs"]["href"]
                .as_str()
                .map(str::to_owned)
        };
        assert_eq!(
            href("https://a.example/?b=1&c=\"2\"").as_deref(),
            Some("https://a.example/?b=1&c=%222%22")
        );
        for bad in [
            "javascript:alert(1)",
            "data:text/html,x",
            "https://github.com@evil.example/",
            "//evil.example",
            "",
        ] {
            assert_eq!(href(bad), None, "{bad}");
        }
    }
}
