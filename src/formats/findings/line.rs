//! The lines as they are written: a header, findings, passed rules, parts that were not analysed, and the end.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::super::bounds::quoted;
use super::VERSION;
use crate::formats::Desk;

/// One line.
pub(super) enum Line {
    Header(Header),
    Finding(Box<Finding>),
    Pass,
    Unanalysed(Unanalysed),
    End(u64),
}

#[derive(Deserialize)]
pub(super) struct Header {
    findings: String,
    pub(super) tool: String,
    pub(super) version: Option<String>,
    pub(super) target: Option<String>,
    pub(super) link: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Finding {
    pub(super) rule: String,
    pub(super) severity: String,
    pub(super) title: String,
    pub(super) kind: Option<String>,
    pub(super) message: Option<String>,
    pub(super) path: Option<String>,
    pub(super) line: Option<u32>,
    pub(super) end_line: Option<u32>,
    pub(super) column: Option<u32>,
    pub(super) end_column: Option<u32>,
    pub(super) link: Option<String>,
    pub(super) resource: Option<String>,
    pub(super) target: Option<String>,
    pub(super) aliases: Option<Vec<String>>,
    pub(super) cvss: Option<f64>,
    pub(super) package: Option<Package>,
    pub(super) suppressed: Option<Suppressed>,
    pub(super) secret: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Package {
    pub(super) purl: Option<String>,
    pub(super) ecosystem: Option<String>,
    pub(super) name: Option<String>,
    pub(super) version: Option<String>,
    pub(super) fixed: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Suppressed {
    pub(super) reason: Option<String>,
    pub(super) kind: Option<String>,
}

#[derive(Deserialize)]
struct Pass {
    #[serde(rename = "pass")]
    _rule: String,
}

#[derive(Deserialize)]
pub(super) struct Unanalysed {
    pub(super) unanalysed: String,
    pub(super) reason: Option<String>,
}

#[derive(Deserialize)]
struct End {
    end: u64,
}

/// The members of each line. The first one says which line it is; a finding is what none of them starts.
const HEADER: &[&str] = &["findings", "tool", "version", "target", "link"];
const PASS: &[&str] = &["pass"];
const UNANALYSED: &[&str] = &["unanalysed", "reason"];
const END: &[&str] = &["end"];
const FINDING: &[&str] = &[
    "rule",
    "severity",
    "title",
    "kind",
    "message",
    "path",
    "line",
    "end_line",
    "column",
    "end_column",
    "link",
    "resource",
    "target",
    "aliases",
    "cvss",
    "package",
    "suppressed",
    "secret",
];

impl Line {
    /// Reads one line, or says what is wrong with it.
    pub(super) fn of(raw: &RawValue) -> Result<Line, String> {
        let keys: BTreeMap<String, IgnoredAny> = serde_json::from_str(raw.get())
            .map_err(|_| "this line is no object; each line is one".to_owned())?;
        let has = |key: &str| keys.contains_key(key);
        let (what, known) = match () {
            () if has("findings") => ("the header", HEADER),
            () if has("pass") => ("a passed rule", PASS),
            () if has("unanalysed") => ("a part that was not analysed", UNANALYSED),
            () if has("end") => ("the end", END),
            () => ("a finding", FINDING),
        };
        if let Some(strange) = keys.keys().find(|key| !known.contains(&key.as_str())) {
            return Err(format!(
                "{} is no member of {what}; its members are {}",
                quoted(strange),
                known.join(", ")
            ));
        }
        let text = raw.get();
        match known {
            HEADER => parsed(text).map(Line::Header),
            PASS => parsed::<Pass>(text).map(|_| Line::Pass),
            UNANALYSED => parsed(text).map(Line::Unanalysed),
            END => parsed::<End>(text).map(|end| Line::End(end.end)),
            _ => parsed(text).map(|finding| Line::Finding(Box::new(finding))),
        }
    }
}

/// The line as this type, or serde's complaint without its place, which is that of the line. Complaints about members of
/// `package` quote them, so control characters go.
fn parsed<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, String> {
    serde_json::from_str(text).map_err(|error| {
        let said = error.to_string();
        let said = said.rfind(" at line ").and_then(|cut| said.get(..cut));
        let said = said.unwrap_or("this line cannot be read");
        said.chars().filter(|c| !c.is_control()).take(300).collect()
    })
}

impl Header {
    /// The header, if it is one that we know.
    pub(super) fn checked(mut self, desk: &mut Desk<'_>) -> Result<Header, String> {
        if self.findings != VERSION {
            return Err(format!(
                "version {} of the form, of which only {VERSION} is known",
                quoted(&self.findings)
            ));
        }
        if super::slug(&self.tool).is_empty() {
            return Err("`tool` has to name the check".into());
        }
        let present = |text: &String| !text.trim().is_empty();
        self.version = self.version.filter(present);
        self.target = self.target.filter(present);
        if let Some(link) = self.link.take() {
            let shown = super::super::bounds::link(Some(&link), &mut desk.texts);
            self.link = shown.map(|link| link.as_ref().to_owned());
        }
        Ok(self)
    }
}
