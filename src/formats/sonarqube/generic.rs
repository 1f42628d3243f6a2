//! The generic issue format. Up to 10.2 each issue has its severity and engine, since 10.3 its rule has them.

use std::collections::HashMap;

use serde::Deserialize;

use super::super::bounds::{self, cut, title};
use super::super::held::Held;
use super::super::{Desk, ReportEnd, Sink};
use super::rating::{Rated, Rating, rated};
use super::{FORMAT, TextRange, incomplete};
use crate::model::{Finding, Kind, Text};
use crate::syntax::{Json, OrNothing, Raw, ReadError, text_of};

/// Rules of one report; the largest rule sets of real tools have some thousands.
const MAX_RULES: usize = 200_000;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Issue<'a> {
    #[serde(borrow)]
    engine_id: Raw<'a>,
    #[serde(borrow)]
    rule_id: Raw<'a>,
    #[serde(borrow)]
    primary_location: Option<Place<'a>>,
    #[serde(borrow, rename = "type")]
    kind: Raw<'a>,
    #[serde(borrow)]
    severity: Raw<'a>,
    #[serde(borrow)]
    impacts: Raw<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Place<'a> {
    #[serde(borrow)]
    message: Raw<'a>,
    #[serde(borrow)]
    file_path: Raw<'a>,
    #[serde(borrow, default)]
    text_range: OrNothing<TextRange<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rule<'a> {
    #[serde(borrow)]
    id: Raw<'a>,
    #[serde(borrow)]
    name: Raw<'a>,
    #[serde(borrow)]
    engine_id: Raw<'a>,
    #[serde(borrow, rename = "type")]
    kind: Raw<'a>,
    #[serde(borrow)]
    severity: Raw<'a>,
    #[serde(borrow)]
    impacts: Raw<'a>,
}

/// What a rule says for its issues.
struct Known {
    engine: Option<Text>,
    name: Option<Text>,
    rating: Rating,
}

/// An issue that waits for its rule.
struct Waiting {
    engine: Option<Text>,
    rating: Rating,
    /// With the id as it stands in the issue.
    finding: Finding,
}

pub(super) fn read(
    json: &mut Json<'_>,
    desk: &mut Desk<'_>,
    sink: &mut Sink<'_>,
) -> Result<ReportEnd, ReadError> {
    let mut held = Held::new();
    let mut rules: HashMap<Text, Known> = HashMap::new();
    let mut has_list = false;
    json.object(|json, key| match key {
        "issues" => {
            has_list = true;
            json.list(|json, _| {
                let made = json.borrow::<Issue<'_>>()?.waiting(desk);
                let waiting = made.map_err(|missing| incomplete(json, missing))?;
                held.push(json, waiting)
            })
        }
        "rules" => json.list(|json, _| {
            let made = json.borrow::<Rule<'_>>()?.known(desk);
            let (id, mut known) = made.ok_or_else(|| incomplete(json, "id"))?;
            if let Some(before) = rules.get(&id) {
                known.rating = known.rating.worse(before.rating);
            }
            rules.insert(id, known);
            if rules.len() > MAX_RULES {
                return Err(json.error(format!("more than {MAX_RULES} rules")));
            }
            Ok(())
        }),
        _ => json.skip(),
    })?;
    if !has_list {
        return Err(ReadError::whole("has no list of issues"));
    }
    for waiting in held.into_items() {
        sink(waiting.settle(&rules, desk))?;
    }
    Ok(ReportEnd::of(&FORMAT, None))
}

impl Issue<'_> {
    fn waiting(&self, desk: &mut Desk<'_>) -> Result<Waiting, &'static str> {
        let rule = desk.word(self.rule_id).ok_or("ruleId")?;
        let place = self.primary_location.as_ref().ok_or("primaryLocation")?;
        let path = desk
            .some(place.file_path)
            .ok_or("primaryLocation.filePath")?;
        let rating = rated!(self).rating(desk, &rule);
        let said = text_of(place.message).unwrap_or_default();
        let named = desk.texts.share_some(&title(&said));
        let named = named.unwrap_or_else(|| "".into());
        // Kind and severity stand in until the rule is known.
        let mut finding = Finding::new(Kind::Code, rule, FORMAT.scale.silent, named);
        finding.message = desk.texts.share(&cut(said.trim(), bounds::MAX_MESSAGE));
        let range = place.text_range.0.as_ref();
        let none = TextRange::default();
        finding
            .locations
            .push(range.unwrap_or(&none).of(path, None));
        Ok(Waiting {
            engine: desk.word(self.engine_id),
            rating,
            finding,
        })
    }
}

impl Rule<'_> {
    fn known(&self, desk: &mut Desk<'_>) -> Option<(Text, Known)> {
        let id = desk.word(self.id)?;
        let known = Known {
            engine: desk.word(self.engine_id),
            name: desk.word(self.name),
            rating: rated!(self).rating(desk, &id),
        };
        Some((id, known))
    }
}

impl Waiting {
    /// The finding, under `engine:rule` as SonarQube itself shows it.
    fn settle(self, rules: &HashMap<Text, Known>, desk: &mut Desk<'_>) -> Finding {
        let mut finding = self.finding;
        let known = rules.get(&finding.rule);
        let said = self
            .rating
            .or(known.map(|rule| rule.rating).unwrap_or_default());
        finding.kind = said.kind.unwrap_or(Kind::Code);
        finding.severity = said.severity.unwrap_or(FORMAT.scale.silent);
        if finding.title.is_empty() {
            let name = known.and_then(|rule| rule.name.clone());
            finding.title = name.map_or_else(|| finding.rule.clone(), |name| desk.title(&name));
        }
        let engine = self.engine.or_else(|| known?.engine.clone());
        if let Some(engine) = engine {
            finding.rule = desk.texts.share(&format!("{engine}:{}", finding.rule));
        }
        finding
    }
}
