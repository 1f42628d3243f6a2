//! What `api/issues/search` and `api/hotspots/search` answer.

use std::collections::HashMap;

use serde::Deserialize;

use super::super::bounds::{self, cut, title};
use super::super::held::Held;
use super::super::{Desk, ReportEnd, Sink};
use super::rating::{Rated, rated};
use super::{FORMAT, HOTSPOTS, TextRange, incomplete};
use crate::model::{Finding, Kind, Suppression, Text, folded_line_hash};
use crate::syntax::{Json, OrNothing, Raw, ReadError, text_of};

/// Components of one answer: at most the page's issues and their projects, with room for answers put together.
const MAX_COMPONENTS: usize = 4_000_000;

/// Digits of the server's hash of a line (MD5 of the line without white space).
const HASH_DIGITS: usize = 32;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Issue<'a> {
    #[serde(borrow)]
    rule: Raw<'a>,
    #[serde(borrow)]
    component: Raw<'a>,
    #[serde(borrow)]
    project: Raw<'a>,
    #[serde(borrow)]
    line: Raw<'a>,
    #[serde(borrow, default)]
    text_range: OrNothing<TextRange<'a>>,
    #[serde(borrow)]
    hash: Raw<'a>,
    #[serde(borrow)]
    status: Raw<'a>,
    #[serde(borrow)]
    issue_status: Raw<'a>,
    #[serde(borrow)]
    resolution: Raw<'a>,
    #[serde(borrow)]
    message: Raw<'a>,
    #[serde(borrow, rename = "type")]
    kind: Raw<'a>,
    #[serde(borrow)]
    severity: Raw<'a>,
    #[serde(borrow)]
    impacts: Raw<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Hotspot<'a> {
    #[serde(borrow)]
    rule_key: Raw<'a>,
    #[serde(borrow)]
    security_category: Raw<'a>,
    #[serde(borrow)]
    vulnerability_probability: Raw<'a>,
    #[serde(borrow)]
    component: Raw<'a>,
    #[serde(borrow)]
    project: Raw<'a>,
    #[serde(borrow)]
    line: Raw<'a>,
    #[serde(borrow, default)]
    text_range: OrNothing<TextRange<'a>>,
    #[serde(borrow)]
    status: Raw<'a>,
    #[serde(borrow)]
    resolution: Raw<'a>,
    #[serde(borrow)]
    message: Raw<'a>,
}

#[derive(Deserialize)]
struct Component<'a> {
    #[serde(borrow)]
    key: Raw<'a>,
    #[serde(borrow)]
    path: Raw<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Paging<'a> {
    #[serde(borrow)]
    page_index: Raw<'a>,
    #[serde(borrow)]
    total: Raw<'a>,
}

/// A finding that waits for the path of its file; the place has the component's key for a path.
struct Waiting {
    finding: Finding,
    project: Option<Text>,
}

/// Which page of how many entries this is, as far as it is said.
#[derive(Default)]
struct Page {
    total: Option<u64>,
    index: Option<u64>,
}

pub(super) fn read(
    json: &mut Json<'_>,
    desk: &mut Desk<'_>,
    sink: &mut Sink<'_>,
    list: &'static str,
) -> Result<ReportEnd, ReadError> {
    let mut held = Held::new();
    let mut has_list = false;
    // Of each component the path; a project has none.
    let mut paths: HashMap<Text, Option<Text>> = HashMap::new();
    let mut paging = Page::default();
    let mut top = Page::default();
    json.object(|json, key| match key {
        _ if key == list => {
            has_list = true;
            let hotspots = desk.document == HOTSPOTS;
            json.list(|json, _| {
                let made = if hotspots {
                    json.borrow::<Hotspot<'_>>()?.waiting(desk)
                } else {
                    json.borrow::<Issue<'_>>()?.waiting(desk)
                };
                let waiting = made.map_err(|missing| incomplete(json, missing))?;
                held.push(json, waiting)
            })
        }
        "components" => json.list(|json, _| {
            let known = {
                let component: Component<'_> = json.borrow()?;
                let key = desk.some(component.key);
                key.map(|key| (key, desk.some(component.path)))
            };
            let (key, path) = known.ok_or_else(|| incomplete(json, "key"))?;
            paths.insert(key, path);
            if paths.len() > MAX_COMPONENTS {
                return Err(json.error(format!("more than {MAX_COMPONENTS} components")));
            }
            Ok(())
        }),
        "paging" => {
            let said: Paging<'_> = json.borrow()?;
            paging.total = number(said.total);
            paging.index = number(said.page_index);
            Ok(())
        }
        "total" => {
            top.total = number(json.borrow::<Raw<'_>>()?);
            Ok(())
        }
        "p" => {
            top.index = number(json.borrow::<Raw<'_>>()?);
            Ok(())
        }
        _ => json.skip(),
    })?;
    if !has_list {
        return Err(ReadError::whole(format!("has no list of {list}")));
    }
    let mut end = ReportEnd::of(&FORMAT, None);
    let listed = u64::try_from(held.len()).unwrap_or(u64::MAX);
    // `total` on the top is the old spelling of the same.
    let page = Page {
        total: paging.total.or(top.total),
        index: paging.index.or(top.index),
    };
    match page.total {
        Some(total) if total <= listed => {}
        Some(total) => {
            let index = page.index.unwrap_or(1);
            end.leave_out(
                Vec::new(),
                format!(
                    "this is page {index} of SonarQube's answer and holds {listed} of {total} {list}: fetch the other pages and put their lists together"
                ),
            );
        }
        None => end.leave_out(
            Vec::new(),
            format!("SonarQube does not say how many {list} there are, so pages may be missing"),
        ),
    }
    for waiting in held.into_items() {
        let project = waiting.project.clone();
        end.target = end.target.or(project);
        sink(waiting.settle(&paths, desk))?;
    }
    Ok(end)
}

fn number(raw: Raw<'_>) -> Option<u64> {
    text_of(raw)?.trim().parse().ok()
}

impl Issue<'_> {
    fn waiting(&self, desk: &mut Desk<'_>) -> Result<Waiting, &'static str> {
        let rule = desk.word(self.rule).ok_or("rule")?;
        let component = desk.some(self.component).ok_or("component")?;
        let rating = rated!(self).rating(desk, &rule);
        let kind = rating.kind.unwrap_or(Kind::Code);
        let severity = rating.severity.unwrap_or(FORMAT.scale.silent);
        let mut finding = made(desk, kind, rule, self.message);
        finding.severity = severity;
        // The server's hash is that of the very line; it says so without the file.
        let hash = text_of(self.hash).filter(|hash| hash.len() == HASH_DIGITS);
        finding.line = hash.map(|hash| folded_line_hash(&hash));
        let none = TextRange::default();
        let range = self.text_range.0.as_ref().unwrap_or(&none);
        finding.locations.push(range.of(component, self.line));
        finding.suppression = self.suppression(desk)?;
        Ok(Waiting {
            finding,
            project: desk.some(self.project),
        })
    }

    /// Somebody resolved it, or it is gone. Of two statuses both have to say so; a word that nobody knows is open.
    fn suppression(&self, desk: &mut Desk<'_>) -> Result<Option<Box<Suppression>>, &'static str> {
        let words = [desk.word(self.issue_status), desk.word(self.status)];
        let mut said = words.iter().flatten();
        let first = said.clone().next().ok_or("status")?.clone();
        let closed = said.all(|word| is_settled(word, self.resolution));
        Ok(closed.then(|| suppressed(desk, first, self.resolution)))
    }
}

impl Hotspot<'_> {
    fn waiting(&self, desk: &mut Desk<'_>) -> Result<Waiting, &'static str> {
        let component = desk.some(self.component).ok_or("component")?;
        let rule = desk.word(self.rule_key);
        // Before 9.x the answer had no rule.
        let rule = rule.or_else(|| desk.word(self.security_category));
        let rule = rule.ok_or("ruleKey")?;
        let word = text_of(self.vulnerability_probability).ok_or("vulnerabilityProbability")?;
        let status = desk.word(self.status).ok_or("status")?;
        let mut finding = made(desk, Kind::Code, rule.clone(), self.message);
        finding.severity = desk.severity(FORMAT.scale, Some(&word), &rule);
        let none = TextRange::default();
        let range = self.text_range.0.as_ref().unwrap_or(&none);
        finding.locations.push(range.of(component, self.line));
        if is_settled(&status, self.resolution) {
            finding.suppression = Some(suppressed(desk, status, self.resolution));
        }
        Ok(Waiting {
            finding,
            project: desk.some(self.project),
        })
    }
}

/// Whether a status says that nothing is to be done any more. A hotspot that was reviewed may still have to be fixed.
fn is_settled(status: &str, resolution: Raw<'_>) -> bool {
    let resolution = text_of(resolution).unwrap_or_default();
    match status {
        "RESOLVED" | "CLOSED" | "ACCEPTED" | "FALSE_POSITIVE" | "FIXED" => true,
        "REVIEWED" => matches!(&*resolution, "SAFE" | "FIXED" | "ACKNOWLEDGED"),
        _ => false,
    }
}

/// A finding with the texts of a message.
fn made(desk: &mut Desk<'_>, kind: Kind, rule: Text, message: Raw<'_>) -> Finding {
    let said = text_of(message).unwrap_or_default();
    let named = match &*title(&said) {
        "" => rule.clone(),
        named => desk.texts.share(named),
    };
    let mut finding = Finding::new(kind, rule, FORMAT.scale.silent, named);
    finding.message = desk.texts.share(&cut(said.trim(), bounds::MAX_MESSAGE));
    finding
}

fn suppressed(desk: &mut Desk<'_>, status: Text, resolution: Raw<'_>) -> Box<Suppression> {
    Box::new(Suppression {
        kind: "external",
        status,
        reason: desk.message(resolution),
        by: "".into(),
    })
}

impl Waiting {
    /// The finding at the path of its component. Keys are `project:path`, and project keys may hold colons themselves,
    /// so the list of components is asked first. What stands on the project as a whole has no file.
    fn settle(self, paths: &HashMap<Text, Option<Text>>, desk: &mut Desk<'_>) -> Finding {
        let mut finding = self.finding;
        let Some(mut location) = finding.locations.pop() else {
            return finding;
        };
        let key = location.path.clone();
        let project = self.project.as_deref().unwrap_or_default();
        let path = match paths.get(&key) {
            Some(path) => path.clone(),
            None => {
                let of_project = key.strip_prefix(project);
                let path = of_project.and_then(|rest| rest.strip_prefix(':'));
                path.and_then(|path| desk.texts.share_some(path))
            }
        };
        match path {
            Some(path) => {
                location.path = path;
                finding.locations.push(location);
            }
            None => finding.target = Some(key),
        }
        finding
    }
}
