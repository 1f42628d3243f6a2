//! One alert, and what of it stays the same when the same thing happens again.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::super::Desk;
use super::super::bounds::{self, cut};
use crate::model::{Finding, Kind, scale};
use crate::syntax::{Raw, text_of};

#[derive(Deserialize)]
pub(super) struct Alert<'a> {
    #[serde(borrow)]
    rule: Raw<'a>,
    #[serde(borrow)]
    priority: Raw<'a>,
    #[serde(borrow)]
    time: Raw<'a>,
    #[serde(borrow)]
    output: Raw<'a>,
    #[serde(borrow)]
    output_fields: Raw<'a>,
    #[serde(borrow)]
    hostname: Raw<'a>,
}

/// What is said of an alert, from the fields that stay the same: label, and the first field that has something.
const SAID: &[(&str, &[&str])] = &[
    ("command", &["proc.cmdline", "proc.exepath", "proc.name"]),
    ("user", &["user.name", "ka.user.name"]),
    ("file", &["fs.path.name", "fd.name"]),
    ("verb", &["ka.verb"]),
    ("namespace", &["ka.target.namespace"]),
    ("resource", &["ka.target.resource"]),
    ("name", &["ka.target.name"]),
];

/// Parts of field names whose values differ each time.
const VOLATILE: &[&str] = &[
    "time", "ts", "pid", "ppid", "vpid", "tid", "vtid", "apid", "sid", "pgid", "num", "port",
    "sport", "cport", "lport", "rport", "id", "uuid", "auditid", "tty", "duration", "latency",
    "rawres", "res", "count",
];

impl Alert<'_> {
    /// Rule and priority of what has all that an alert always has.
    pub(super) fn required(&self) -> Option<(Cow<'_, str>, Cow<'_, str>)> {
        let rule = text_of(self.rule).filter(|rule| !rule.trim().is_empty())?;
        let priority = text_of(self.priority)?;
        self.time.map(|_| (rule, priority))
    }

    pub(super) fn finding(&self, rule: &str, priority: &str, desk: &mut Desk<'_>) -> Finding {
        let fields = Fields::of(self.output_fields);
        let severity = desk.severity(&scale::FALCO, Some(priority), rule);
        let (place, in_container) = fields.place();
        let host = text_of(self.hostname).filter(|host| !host.trim().is_empty());
        let place = place.or_else(|| host.as_ref().map(|host| format!("Host/{host}")));
        let details = self.details(&fields);
        let mut title = rule.trim().to_owned();
        if let Some((_, first)) = details.first() {
            title.push_str(": ");
            title.push_str(first);
        }
        let mut said: Vec<String> = details
            .iter()
            .map(|(label, value)| match label.as_str() {
                "" => value.clone(),
                label => format!("{label}: {value}"),
            })
            .collect();
        said.extend(place.as_ref().map(|place| format!("in {place}")));

        let rule = desk.texts.share(&cut(rule.trim(), bounds::MAX_TITLE));
        let title = desk.title(&title);
        let mut finding = Finding::new(Kind::Runtime, rule, severity, title);
        finding.message = desk
            .texts
            .share(&cut(&said.join("; "), bounds::MAX_MESSAGE));
        finding.resource = place.and_then(|place| desk.texts.share_some(&place));
        let image = fields.text("container.image.repository");
        let target = match (image, in_container) {
            (Some(image), _) => Some(image),
            (None, true) => None,
            (None, false) => host,
        };
        finding.target = target.and_then(|target| desk.texts.share_some(&target));
        finding
    }

    /// Labels and values, the most telling first.
    fn details(&self, fields: &Fields<'_>) -> Vec<(String, String)> {
        let known = SAID.iter().filter_map(|(label, keys)| {
            let value = keys.iter().find_map(|key| {
                let value = fields.text(key)?;
                // A connection has a port of its own each time, and a path in `/proc` a process id.
                let stays =
                    *key != "fd.name" || value.starts_with('/') && !value.starts_with("/proc/");
                stays.then_some(value)
            })?;
            Some(((*label).to_owned(), value.into_owned()))
        });
        let known: Vec<(String, String)> = known.collect();
        if !known.is_empty() {
            return known;
        }
        // Other sources (cloud logs, plugins) have fields of their own.
        let others: Vec<(String, String)> = fields.steady().collect();
        if !others.is_empty() {
            return others;
        }
        let output = text_of(self.output).unwrap_or_default();
        let output = without_numbers(without_time(&output));
        match output.is_empty() {
            true => Vec::new(),
            false => vec![(String::new(), output)],
        }
    }
}

/// The fields of an alert.
struct Fields<'a>(BTreeMap<String, Option<&'a RawValue>>);

impl<'a> Fields<'a> {
    /// Those of an object; none where the output of fields is switched off.
    fn of(raw: Raw<'a>) -> Fields<'a> {
        let fields = raw.and_then(|raw| serde_json::from_str(raw.get()).ok());
        Fields(fields.unwrap_or_default())
    }

    /// What a field says; nothing where Falco did not know.
    fn text(&self, key: &str) -> Option<Cow<'a, str>> {
        let text = text_of(*self.0.get(key)?)?;
        let known = !matches!(text.trim(), "" | "<NA>" | "N/A" | "null" | "incomplete");
        known.then_some(text)
    }

    /// `Pod/NAMESPACE/NAME` or `Container/NAME`, and whether it happened in a container at all.
    fn place(&self) -> (Option<String>, bool) {
        if let Some(pod) = self.text("k8s.pod.name") {
            let place = match self.text("k8s.ns.name") {
                Some(namespace) => format!("Pod/{namespace}/{pod}"),
                None => format!("Pod/{pod}"),
            };
            return (Some(place), true);
        }
        let container = ["container.name", "container.id"]
            .iter()
            .find_map(|key| self.text(key).filter(|name| name != "host"));
        let place = container.map(|name| format!("Container/{name}"));
        let inside = place.is_some();
        (place, inside)
    }

    /// Texts of fields whose names do not say that they differ each time.
    fn steady(&self) -> impl Iterator<Item = (String, String)> + '_ {
        self.0.keys().filter_map(|key| {
            let volatile = key.split(['.', '_']).any(|part| VOLATILE.contains(&part));
            let is_text = self
                .0
                .get(key)
                .and_then(|raw| raw.as_ref())
                .is_some_and(|raw| raw.get().starts_with('"'));
            let value = self.text(key).filter(|_| is_text && !volatile)?;
            Some((key.clone(), value.into_owned()))
        })
    }
}

/// `10:36:32.750441241: Notice A shell …` without its time and priority.
fn without_time(output: &str) -> &str {
    let Some((time, rest)) = output.trim().split_once(": ") else {
        return output.trim();
    };
    let is_time = time
        .chars()
        .all(|c| c.is_ascii_digit() || matches!(c, ':' | '.' | '-' | '+' | 'T' | 'Z'));
    if !is_time {
        return output.trim();
    }
    let words = rest.split_once(' ');
    match words.filter(|(word, _)| scale::FALCO.of(word).is_some()) {
        Some((_, said)) => said,
        None => rest,
    }
}

/// A text with every number blanked: process ids, ports and counts differ each time.
fn without_numbers(text: &str) -> String {
    let mut blanked = String::with_capacity(text.len());
    for c in text.chars() {
        match c.is_ascii_digit() {
            true if blanked.ends_with('#') => {}
            true => blanked.push('#'),
            false => blanked.push(c),
        }
    }
    blanked
}
