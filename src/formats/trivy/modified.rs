//! Entries of `ExperimentalModifiedFindings` (`--show-suppressed`): what an ignore file or a VEX document took out of
//! the normal lists, and why.

use serde::Deserialize;

use super::super::bounds::{self, cut, quoted};
use super::misconfiguration::Misconfiguration;
use super::others::{License, Secret};
use super::place::Item;
use super::result::{Bench, Made};
use super::vulnerability::Vulnerability;
use crate::model::Suppression;
use crate::syntax::{Json, Raw, ReadError, text_of};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Modified<'a> {
    #[serde(borrow, rename = "Type")]
    kind: Raw<'a>,
    #[serde(borrow)]
    status: Raw<'a>,
    #[serde(borrow)]
    statement: Raw<'a>,
    #[serde(borrow)]
    source: Raw<'a>,
    #[serde(borrow)]
    finding: Raw<'a>,
}

pub(super) fn read(
    json: &mut Json<'_>,
    desk: &mut Bench<'_, '_>,
) -> Result<Option<Item>, ReadError> {
    let made = json.borrow::<Modified<'_>>()?.item(desk);
    made.map_err(|what| json.error(what))
}

impl Modified<'_> {
    fn item(&self, desk: &mut Bench<'_, '_>) -> Made {
        let Some(mut item) = self.finding(desk)? else {
            return Ok(None);
        };
        item.finding.suppression = Some(Box::new(Suppression {
            kind: "external",
            status: desk.some(self.status).unwrap_or_default(),
            reason: {
                let reason = text_of(self.statement).unwrap_or_default();
                desk.texts.share(&cut(reason.trim(), bounds::MAX_MESSAGE))
            },
            by: desk.some(self.source).unwrap_or_default(),
        }));
        Ok(Some(item))
    }

    fn finding(&self, desk: &mut Bench<'_, '_>) -> Made {
        let entry = self
            .finding
            .ok_or("a suppressed entry without Finding")?
            .get();
        let broken = |error: serde_json::Error| format!("the suppressed Finding: {error}");
        match text_of(self.kind).unwrap_or_default().as_ref() {
            "vulnerability" => serde_json::from_str::<Vulnerability<'_>>(entry)
                .map_err(broken)?
                .item(desk),
            "misconfiguration" => serde_json::from_str::<Misconfiguration<'_>>(entry)
                .map_err(broken)?
                .item(desk),
            "secret" => serde_json::from_str::<Secret<'_>>(entry)
                .map_err(broken)?
                .item(desk),
            "license" => serde_json::from_str::<License<'_>>(entry)
                .map_err(broken)?
                .item(desk),
            other => {
                desk.note(format!(
                    "a suppressed entry of the type {} was not read: no Trivy that we know writes it",
                    quoted(other)
                ));
                Ok(None)
            }
        }
    }
}
